r"""N. W. Henry, G. L. Marchetti, K. Kohn: dimensions of lightning self-attention, and of other kinds."""

from __future__ import annotations

from itertools import product
from random import Random

from algebra import Grade
from proofs_check.claim import Hypothesis, Kind, Verdict
from proofs_check.deciding.attention import (
    ONE_LAYER,
    SEVERAL_TOKENS,
    SINGLE_HEAD,
    THREE_TOKENS,
    attention_box,
    dimension,
    has_dimension,
    random_matrix,
)
from proofs_check.deciding.evidence import equals
from proofs_check.deciding.families import some
from proofs_check.paper import Paper
from tensors.attention import AttentionNetwork
from tensors.attention.formulas import equal_width_dimension, formula_values
from tensors.attention.functions.counts import naive_dimension, one_layer_dimension, virtual_weights_dimension

PAPER = Paper(
    "henry2025",
    "N. W. Henry, G. L. Marchetti, K. Kohn, Geometry of lightning self-attention: identifiability and dimension, "
    "ICLR 2025",
    "2408.17221",
)
OWN = PAPER.beside("the rankcert developers")

Sizes = tuple[int, int, int, int, int]  # d', d, head size, H, seed

EQUAL: Hypothesis[AttentionNetwork] = Hypothesis(
    "equal widths, equal head sizes", lambda n: len(set(n.widths)) == len(set(n.head_sizes)) == 1
)
RANK_TWO: Hypothesis[AttentionNetwork] = Hypothesis(
    "min(a_i, d_0, ..., d_{i-1}) >= 2 for i < l",
    lambda n: all(min(a, *n.widths[: i + 1]) >= 2 for i, a in enumerate(n.head_sizes[:-1])),
)
SOFTMAX: Hypothesis[AttentionNetwork] = Hypothesis("softmax", lambda n: n.kind == "softmax")
LIGHTNING: Hypothesis[AttentionNetwork] = Hypothesis("lightning", lambda n: n.kind == "lightning")
NORMALISED: Hypothesis[AttentionNetwork] = Hypothesis("normalised scores", lambda n: n.kind == "normalised")
POWERS: Hypothesis[AttentionNetwork] = Hypothesis("r >= 2", lambda n: n.score_power >= 2)
WIDE_SCORES: Hypothesis[AttentionNetwork] = Hypothesis(
    "min(a, d) >= 2", lambda n: all(shape.rank >= 2 for shape in n.shapes)
)
RANK_ONE: Hypothesis[AttentionNetwork] = Hypothesis(
    "min(a, d) = 1", lambda n: all(shape.rank == 1 for shape in n.shapes)
)
TWO_COORDINATES: Hypothesis[AttentionNetwork] = Hypothesis("d >= 2", lambda n: n.widths[0] >= 2)

ALPHA = r"\alpha(2d - \alpha) + d d'"
VIRTUAL = (
    r"\dim = \sum_i c_i + \sum_{0<j<l} T_j (T_{j-1} - T_j) + r_l (T_{l-1} + d_l - r_l)"
    r" \text{ with } T_l = r_l,\; T_j = \min(r_j, T_{j+1} + \min(2a_{j+1}, r_j)),\; r_j = \min(d_0, \ldots, d_j)"
)


def single_layer(network: AttentionNetwork) -> int:
    """Return H (α(2d - α) + d d' - 1), the published dimension of one head H times; without the -1 for softmax.

    Examples
    --------
    >>> single_layer(AttentionNetwork((4, 4), 2)), single_layer(AttentionNetwork((4, 4), 2, kind="softmax"))
    (27, 28)
    """
    (shape,) = network.shapes
    head = shape.rank * (2 * shape.before - shape.rank) + shape.before * shape.after
    return shape.heads * (head - (network.kind != "softmax"))


def _equal_widths(network: AttentionNetwork, seed: int) -> Verdict:
    softmax = network.kind == "softmax"
    value = equal_width_dimension(network.widths[0], network.head_sizes[0], network.depth, softmax)
    return has_dimension(network, value, seed)


def _layers(network: AttentionNetwork, seed: int) -> Verdict:
    value = formula_values(network)["layers"]
    assert value is not None
    return has_dimension(network, value, seed)


def _unfolded(instance: Sizes, name: str) -> Verdict:
    """Decide that the rank of an unfolding of a random layer's symmetrised tensor is no more than its heads can make.

    The name "op x rs / 1" stands for the plain rank of that unfolding, which is no bound.
    """
    from algebra.rank import rank_rational
    from tensors.attention import AttentionLayer, coefficient_tensor, head_bounds
    from tensors.attention.decomposition import unfolding

    out, d, a, heads, seed = instance
    random = Random(seed)
    layer = AttentionLayer(
        [
            (random_matrix(random, a, d), random_matrix(random, a, d), random_matrix(random, out, d))
            for _ in range(heads)
        ]
    )
    tensor = coefficient_tensor(layer)
    plain = rank_rational(unfolding(tensor, (0, 1))) if name == "op x rs / 1" else 0
    bound = plain or max(head_bounds(tensor, head_size=a).values())
    if bound <= heads:
        return Verdict.holds(Grade.PROVED)
    return Verdict.violated(Grade.PROVED, reason=f"the unfolding has rank {bound}, the layer {heads} heads")


UNFOLDED: tuple[Sizes, ...] = tuple(
    (out, d, a, heads, seed) for seed, (out, d, a, heads) in enumerate(product((1, 2, 3), (2, 3), (1, 2), (1, 2, 3)))
)


def _once(*networks: AttentionNetwork) -> tuple[AttentionNetwork, ...]:
    return tuple(dict.fromkeys(networks))


def deep_equal(kind: str, tokens: int) -> tuple[AttentionNetwork, ...]:
    """Return networks of equal widths 1 to 5 and head sizes 1 to 3, of one to three layers.

    Examples
    --------
    >>> len(deep_equal("lightning", 2))
    45
    """
    every = product(range(1, 6), range(1, 4), range(1, 4))
    return tuple(AttentionNetwork((d,) * (depth + 1), a, kind=kind, tokens=tokens) for d, a, depth in every)


def one_layer_heads(
    count: int, tokens: tuple[int, ...] = (2,), kind: str = "lightning"
) -> tuple[AttentionNetwork, ...]:
    """Return some single layers with up to six heads.

    Examples
    --------
    >>> len(one_layer_heads(10))
    10
    """
    every = product(range(1, 5), range(1, 5), range(1, 4), range(1, 7), tokens)
    return tuple(AttentionNetwork((d, e), a, h, kind=kind, tokens=n) for d, e, a, h, n in some(every, count))


@PAPER.states(
    rf"n \ge 2 \implies \dim = {ALPHA} - 1,\quad \alpha = \min(a, d)",
    LIGHTNING,
    ONE_LAYER,
    SINGLE_HEAD,
    SEVERAL_TOKENS,
    on=lambda: attention_box(6, (1,), (1, 2, 3, 4), 90, tokens=(2, 3)),
)
def one_layer(network: AttentionNetwork, seed: int) -> Verdict:
    return has_dimension(network, single_layer(network), seed)


@PAPER.states(
    r"d_i = d,\; a_i = a,\; n \ge 2 \implies \dim = l\alpha(2d - \alpha) + d^2 - l",
    LIGHTNING,
    EQUAL,
    SINGLE_HEAD,
    SEVERAL_TOKENS,
    on=lambda: deep_equal("lightning", 2),
)
def equal_widths(network: AttentionNetwork, seed: int) -> Verdict:
    """The deep theorem, where widths and head sizes are equal."""
    return _equal_widths(network, seed)


@OWN.states(
    r"\min(a_i, r_{i-1}) \ge 2 \; (i < l) \implies " + VIRTUAL + r",\; c_i = \alpha_i(2T_{i-1} - \alpha_i) - 1",
    LIGHTNING,
    SINGLE_HEAD,
    SEVERAL_TOKENS,
    RANK_TWO,
    on=lambda: attention_box(5, (1, 2, 3), (2, 3), 60, least=2),
    kind=Kind.CONJECTURE,
)
def rank_two_before_last(network: AttentionNetwork, seed: int) -> Verdict:
    """The count of the deep theorem for all widths. That it is an upper bound is proved."""
    return has_dimension(network, naive_dimension(network), seed)


@OWN.states(
    VIRTUAL + r",\; c_i = \alpha_i(2T_{i-1} - \alpha_i) - 1",
    LIGHTNING,
    SINGLE_HEAD,
    SEVERAL_TOKENS,
    on=lambda: _once(
        *(AttentionNetwork((3,) * 3, a) for a in ((1, 2), (2, 1), (1, 3))),
        *(AttentionNetwork((3,) * 4, a) for a in ((2, 2, 2), (1, 2, 2), (2, 1, 2))),
        *attention_box(4, (2,), (1, 2), 20),
    ),
    kind=Kind.FALSE_CONJECTURE,
)
def any_head_sizes(network: AttentionNetwork, seed: int) -> Verdict:
    """After a layer of head size 1 all tokens are multiples of one vector, and later layers see the symmetric parts
    of their scores only: widths (3, 3, 3), head sizes (1, 2) give 18, not 20.
    """
    return has_dimension(network, naive_dimension(network), seed)


@OWN.states(
    VIRTUAL + r",\; c_i = s_i(2T_{i-1} - s_i + 1)/2 - 1 \text{ if } n = 1 \text{ or some earlier } \alpha_j = 1,"
    r" \text{ with } s_i = \min(2a_i, r_{i-1}); \text{ else } \alpha_i(2T_{i-1} - \alpha_i) - 1",
    LIGHTNING,
    SINGLE_HEAD,
    on=lambda: attention_box(5, (1, 2, 3), (1, 2, 3), 70, tokens=(1, 2, 3)),
    kind=Kind.CONJECTURE,
)
def virtual_weights(network: AttentionNetwork, seed: int) -> Verdict:
    """That it is an upper bound is proved; that it is attained by all widths and head sizes is open."""
    return has_dimension(network, virtual_weights_dimension(network), seed)


@PAPER.states(
    r"d_i = d,\; a_i = a,\; \text{softmax},\; n \ge 2 \implies \dim = l\alpha(2d - \alpha) + d^2",
    SOFTMAX,
    EQUAL,
    SINGLE_HEAD,
    SEVERAL_TOKENS,
    on=lambda: (
        *deep_equal("softmax", 3),
        *(AttentionNetwork((d,) * 3, 2, kind="softmax", tokens=3) for d in range(6, 9)),
    ),
    kind=Kind.CONJECTURE,
)
def softmax_equal_widths(network: AttentionNetwork, seed: int) -> Verdict:
    """Proved on each instance: exponentials as independent residues below, virtual weights above."""
    return _equal_widths(network, seed)


@OWN.states(
    VIRTUAL + r",\; c_i = \alpha_i(2T_{i-1} - \alpha_i), \text{ for softmax and } n \ge 2",
    SOFTMAX,
    SINGLE_HEAD,
    SEVERAL_TOKENS,
    on=lambda: attention_box(3, (1, 2, 3), (1, 2, 3), 50, tokens=(2, 3), kind="softmax"),
    kind=Kind.CONJECTURE,
)
def softmax_virtual_weights(network: AttentionNetwork, seed: int) -> Verdict:
    return has_dimension(network, virtual_weights_dimension(network), seed)


@OWN.states(
    rf"\text{{one layer}},\; n \ge 2 \implies \dim = H({ALPHA} - 1)",
    LIGHTNING,
    ONE_LAYER,
    SEVERAL_TOKENS,
    on=lambda: one_layer_heads(60),
    kind=Kind.FALSE_CONJECTURE,
)
def heads_add_up(network: AttentionNetwork, seed: int) -> Verdict:
    """Heads of lightning attention interfere: widths (3, 1), head size 1, three heads give 18, not 21."""
    return has_dimension(network, single_layer(network), seed)


@OWN.states(
    rf"\text{{one layer}},\; n \ge 2 \implies \dim = \min\bigl(H({ALPHA} - 1),\; h(d^2 + dd' - h),\;"
    r" d'd^2(d+1)/2, \ldots\bigr),\quad h = \min(H, dd', d^2)",
    LIGHTNING,
    ONE_LAYER,
    SEVERAL_TOKENS,
    on=lambda: one_layer_heads(120),
    kind=Kind.CONJECTURE,
)
def heads(network: AttentionNetwork, seed: int) -> Verdict:
    """With two more terms for d' = 1.

    All of them are proved upper bounds; that the least is always attained is open.
    """
    (shape,) = network.shapes
    return has_dimension(
        network, one_layer_dimension(shape.before, shape.after, shape.head_size, shape.heads, network.tokens), seed
    )


@OWN.states(
    rf"\text{{one layer, softmax}},\; n \ge 2 \implies \dim = H({ALPHA})",
    SOFTMAX,
    ONE_LAYER,
    SEVERAL_TOKENS,
    on=lambda: one_layer_heads(60, (2, 3), "softmax"),
)
def softmax_heads_one_layer(network: AttentionNetwork, seed: int) -> Verdict:
    """Softmax heads never interfere: the canonical form of a layer determines them."""
    return has_dimension(network, single_layer(network), seed)


@OWN.states(
    r"n \ge 3 \implies \dim = \sum_i H(\alpha_i(2w_{i-1} - \alpha_i) + w_{i-1}w_i) - \sum_{0<i<l} w_i^2,"
    r"\quad w_i = \min(f_i, H(w_{i+1} + 2a_{i+1})),\; f_i = \min(d_i, H f_{i-1})",
    SOFTMAX,
    THREE_TOKENS,
    on=lambda: attention_box(3, (2, 3), (1, 2), 40, heads=(2,), tokens=(3,), kind="softmax"),
    kind=Kind.CONJECTURE,
)
def softmax_heads(network: AttentionNetwork, seed: int) -> Verdict:
    """With two tokens the dimension is smaller for some widths, such as (2, 5, 2)."""
    return _layers(network, seed)


@OWN.states(
    r"\dim = \sum_i m(w_{i-1}, w_i, a_i, H) - \sum_{0<i<l} w_i^2,\quad m = \text{the dimension of one layer}",
    LIGHTNING,
    SEVERAL_TOKENS,
    on=lambda: _once(
        AttentionNetwork((2, 4, 2), (1, 3), 3, tokens=3),
        AttentionNetwork((2, 4, 2), (1, 3), 2, tokens=3),
        AttentionNetwork((2, 4, 4), (1, 3), 2, tokens=3),
        *attention_box(3, (2,), (1, 2), 30, heads=(2, 3), tokens=(3,)),
    ),
    kind=Kind.FALSE_CONJECTURE,
)
def deep_heads(network: AttentionNetwork, seed: int) -> Verdict:
    """Right in most cases with widths from 2 on.

    All functions of l layers are F(X X^T) X with forms of degree (3^l - 1)/2: for widths (2, 4, 2), head sizes (1,
    3) and three heads that leaves 60 dimensions.
    """
    return _layers(network, seed)


@OWN.states(
    rf"\text{{one layer, scores divided by their column sums}},\; n \ge 2 \implies \dim = H({ALPHA} - 1)",
    NORMALISED,
    ONE_LAYER,
    SEVERAL_TOKENS,
    on=lambda: attention_box(4, (1,), (1, 2, 3), 40, heads=(1, 2), kind="normalised"),
    kind=Kind.FALSE_CONJECTURE,
)
def normalised_any(network: AttentionNetwork, seed: int) -> Verdict:
    """For scores of rank 1 the query cancels: see the next two claims."""
    return has_dimension(network, single_layer(network), seed)


@OWN.states(
    rf"\alpha \ge 2, \text{{ scores divided by their column sums}},\; n \ge 2 \implies \dim = H({ALPHA} - 1)",
    NORMALISED,
    ONE_LAYER,
    SEVERAL_TOKENS,
    WIDE_SCORES,
    on=lambda: attention_box(4, (1,), (2, 3), 50, heads=(1, 2), kind="normalised", least=2),
    kind=Kind.CONJECTURE,
)
def normalised(network: AttentionNetwork, seed: int) -> Verdict:
    return has_dimension(network, single_layer(network), seed)


@OWN.states(
    r"\alpha = 1,\; d \ge 2, \text{ scores divided by their column sums},\; n \ge 2"
    r" \implies \dim = H(d - 1 + dd')",
    NORMALISED,
    ONE_LAYER,
    SEVERAL_TOKENS,
    RANK_ONE,
    TWO_COORDINATES,
    on=lambda: attention_box(4, (1,), (1,), 40, heads=(1, 2), tokens=(2, 3), kind="normalised"),
    kind=Kind.CONJECTURE,
)
def normalised_rank_one(network: AttentionNetwork, seed: int) -> Verdict:
    """(k x_j)(q x_m) over its sum over j is k x_j over the sum of the k x_i: the query q cancels.

    For d = 1 the key cancels, too, and all heads are one.
    """
    d, after = network.widths
    return has_dimension(network, network.heads[0] * (d - 1 + d * after), seed)


@OWN.states(
    r"\text{one layer: } X + \varphi(X) \text{ has the dimension of } \varphi(X)",
    ONE_LAYER,
    on=lambda: tuple(
        AttentionNetwork((d, d), a, h, kind=kind)
        for kind, d, a, h in product(("lightning", "softmax"), (1, 2, 3), (1, 2), (1, 2))
    ),
)
def residual(network: AttentionNetwork, seed: int) -> Verdict:
    arguments = network.to_json() | {"residual": True}
    found = dimension(AttentionNetwork(**arguments), seed)
    without = dimension(network, seed)
    if without.value is None:
        return Verdict.inconclusive(f"without the connection {without}", without)
    return Verdict.all_of([equals(found, without.value), Verdict.holds(without.grade, without)])


@OWN.states(
    rf"\text{{scores }} (x_j^T A x_q)^r,\; r \ge 2,\; n \ge 2,\; H = 1 \implies \dim = {ALPHA} - 1",
    POWERS,
    ONE_LAYER,
    SINGLE_HEAD,
    SEVERAL_TOKENS,
    on=lambda: tuple(
        AttentionNetwork((d, e), a, kind="polynomial", score_power=r)
        for d, e, a, r in product((1, 2, 3), (1, 2, 3), (1, 2, 3), (2, 3))
    ),
    kind=Kind.CONJECTURE,
)
def polynomial_scores(network: AttentionNetwork, seed: int) -> Verdict:
    return has_dimension(network, single_layer(network), seed)


@OWN.states(
    r"H \ge \operatorname{rank} T_{(op) \times (rs)} \text{ for the symmetrised coefficients } T \text{ of } H"
    r" \text{ heads}",
    on=lambda: UNFOLDED,
    kind=Kind.FALSE_CONJECTURE,
)
def unfolding_of_symmetrised(instance: Sizes, seed: int) -> Verdict:
    """True of the tensor that is not symmetrised; the function determines the symmetrised one only."""
    return _unfolded(instance, "op x rs / 1")


@OWN.states(
    r"H \ge \operatorname{rank} T_{s \times (opr)}/a,\; \operatorname{rank} T_{o \times (prs)}/\nu,\;"
    r" \operatorname{rank} T_{p \times (ors)}/(\nu + a),\; \operatorname{rank} T_{(op) \times (rs)}/(1 + \nu a)",
    on=lambda: UNFOLDED,
)
def unfoldings(instance: Sizes, seed: int) -> Verdict:
    return _unfolded(instance, "all")
