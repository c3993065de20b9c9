r"""O. Sharir, A. Shashua: overlapping architectures, restated with the borders and the sharing that they need."""

from __future__ import annotations

from itertools import product
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from algebra import Bounds, Grade
from proofs_check.claim import Hypothesis, Kind, Verdict
from proofs_check.deciding.evidence import equals, within
from proofs_check.deciding.grid_tensors import (
    Circuit,
    balanced,
    both_ways,
    random_sides,
    rank_is,
    shallow,
    unaided_rank,
)
from proofs_check.paper import Paper
from tensors.convac import ConvAC, ConvLayer
from tensors.convac.receptive_fields import minimal_receptive_field, total_stride

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PAPER = Paper(
    "sharir2018",
    "O. Sharir, A. Shashua, On the expressive power of overlapping architectures of deep learning, ICLR 2018 (v4)",
    "1703.02065",
)
OURS = PAPER.beside("the rankcert developers, after Sharir and Shashua, ICLR 2018", "1703.02065")


class Formula(NamedTuple):
    """The overlap formula at one layer: the rank is said to be at least ``base ** exponent``."""

    layer: int
    base: int
    exponent: int


def formulas(net: ConvAC, axis: int, halved: bool = True) -> Iterator[Formula]:
    """Yield the overlap formula for each layer but the last, whatever the borders, the sharing and the length.

    Parameters
    ----------
    net : ConvAC
    axis : int
        The axis that the partition cuts in the middle.
    halved : bool
        Whether only half of the channels below layer K count, as in the theorem.

    Yields
    ------
    Formula

    Examples
    --------
    >>> net = ConvAC((8, 8), 2, [ConvLayer(5, 1, 2, "valid"), ConvLayer(4, 4, 1)])
    >>> list(formulas(net, 1))
    [Formula(layer=1, base=2, exponent=32)]
    """
    size = net.input_shape[axis]
    for k in range(1, len(net.layers)):
        layers = net.layers[:k]
        strides = [[layer.stride[j] for layer in layers] for j in range(len(net.input_shape))]
        field = minimal_receptive_field([layer.window[axis] for layer in layers], strides[axis], size // 2)
        if field is None or field > size:
            continue
        exponent = (size - field) // total_stride(strides[axis]) + 1
        for j, length in enumerate(net.input_shape):
            if j != axis:
                exponent *= -(-length // total_stride(strides[j]))
        below = [layer.channels // 2 if halved else layer.channels for layer in layers[:-1]]
        yield Formula(k, min(net.templates, layers[-1].channels, *below), exponent)


def stated(circuit: Circuit, halved: bool = True) -> int:
    """Return the best value of the formula across the partition of a circuit, 1 if it says nothing.

    Examples
    --------
    >>> stated(Circuit(ConvAC(8, 2, [ConvLayer(8, 1, 2, "valid"), ConvLayer(1, 1, 2)]), "left"))
    16
    """
    axis = {"left": len(circuit.net.input_shape) - 1, "top": 0}[str(circuit.side)]
    return max((f.base**f.exponent for f in formulas(circuit.net, axis, halved)), default=1)


def _halves(circuit: Circuit) -> bool:
    return circuit.side in ("left", "top")


def _axis_length(circuit: Circuit) -> int:
    return circuit.net.input_shape[-1 if circuit.side == "left" else 0]


def _deepest(circuit: Circuit) -> list[ConvLayer]:
    return list(circuit.net.layers[:-1])


def _borders(circuit: Circuit) -> bool:
    """``clip`` throughout, or ``same`` below one layer of stride 1."""
    layers = _deepest(circuit)
    if all(layer.border == "clip" for layer in layers):
        return True
    return len(layers) == 1 and layers[0].border == "same" and set(layers[0].stride) == {1}


HALVES: Hypothesis[Circuit] = Hypothesis("left/right or top/bottom", _halves)
EVEN: Hypothesis[Circuit] = Hypothesis("even length", lambda c: _axis_length(c) % 2 == 0)
BORDER: Hypothesis[Circuit] = Hypothesis("clip borders (or same, K = 1, stride 1)", _borders)
SAME_OR_CLIP: Hypothesis[Circuit] = Hypothesis(
    "clip or same borders", lambda c: all(layer.border in ("clip", "same") for layer in _deepest(c))
)
OFFSETS: Hypothesis[Circuit] = Hypothesis(
    "weights depend on the offset", lambda c: all(layer.knows_offsets for layer in _deepest(c))
)
SAYS_SOMETHING: Hypothesis[Circuit] = Hypothesis("T_R > H/2 at some layer but the last", lambda c: stated(c) > 1)


def overlapping(count: int, seed: int, borders: Sequence[str] = ("clip",)) -> tuple[Circuit, ...]:
    """Return random circuits of one to three layers below a last product, in one and two dimensions.

    Examples
    --------
    >>> len(overlapping(5, 0))
    5
    """
    random = Random(f"overlapping {seed}")
    shapes = [(4,), (6,), (8,), (4,), (6,), (8,), (2, 4), (4, 2), (3, 4), (2, 6)]
    found: dict[str, Circuit] = {}
    while len(found) < count:
        shape = random.choice(shapes)
        grid, layers = list(shape), []
        for _ in range(random.choice((1, 1, 2, 2, 3))):
            window = [random.randint(max(1, (h + 1) // 2), h) for h in grid]
            stride = [random.randint(1, min(2, r)) for r in window]
            sharing = random.choice(("sliding", "none"))
            layers.append(ConvLayer(window, stride, random.randint(2, 4), random.choice(borders), sharing))
            grid = [-(-h // s) for h, s in zip(grid, stride, strict=True)]
        layers.append(ConvLayer(grid, grid, random.randint(1, 3)))
        templates = random.choice((2, 3)) if sum(shape) <= 6 and shape[0] * shape[-1] <= 8 else 2
        circuit = Circuit(ConvAC(shape, templates, layers), random.choice(("left", "top")))
        found[circuit.label] = circuit
    return tuple(found.values())


def one_window(length: int, window: int, border: str = "clip", sharing: str = "sliding", last: int = 2) -> Circuit:
    """Return a line of patches under one layer of stride 1, then a product over everything; M = C = 2.

    Examples
    --------
    >>> one_window(8, 5).label
    'convac:8:M2:w5s1c2,sliding-w8s8c2 left'
    """
    after = length - window + 1 if border == "valid" else length
    first = ConvLayer(window, 1, 2, border, sharing)
    return Circuit(ConvAC(length, 2, [first, ConvLayer(after, after, last)]), "left")


def _literal(circuit: Circuit, seed: int) -> Verdict:
    """Decide the literal formula with every bound there is."""
    return within(both_ways(circuit, seed), low=stated(circuit), name="rank")


Blocks = tuple[int, int]  # H, B


def blocks(size: int, window: int, channels: int = 4, templates: int = 2) -> ConvAC:
    """Return the square grid under layers "B x B, stride 1" and "2 x 2, stride 2" in turn, then one product.

    Examples
    --------
    >>> blocks(8, 3).label
    'convac:8x8:M2:w3x3s1x1c4,sliding-w2x2s2x2c4,sliding-w3x3s1x1c4,sliding-w2x2s2x2c4,sliding-w2x2s2x2c1,sliding'
    """
    layers, side = [], size
    while side > 2 and side >= window:
        layers.append(ConvLayer(window, 1, channels, sharing="sliding"))
        layers.append(ConvLayer(2, 2, channels, sharing="sliding"))
        side = -(-side // 2)
    return ConvAC((size, size), templates, [*layers, ConvLayer(side, side, 1, sharing="sliding")])


def stack(length: int, templates: int, window: int, layers: int) -> Circuit:
    """Return layers of stride 1 with C = M channels, then one product with one channel.

    Examples
    --------
    >>> stack(6, 2, 2, 2).label
    'convac:6:M2:w2s1c2,sliding-w2s1c2,sliding-w6s6c1 left'
    """
    below = [ConvLayer(window, 1, templates, sharing="sliding")] * layers
    return Circuit(ConvAC(length, templates, [*below, ConvLayer(length, length, 1)]), "left")


SHARED = tuple(
    Circuit(shallow(n, m, z, "full"), side)
    for n, m, z in ((4, 2, 6), (4, 3, 8), (6, 2, 9), (8, 2, 20))
    for side in ("odd-even", "left")
)
T8 = r"D^{\left\lfloor\frac{H-T}{T_S}+1\right\rfloor\lceil H/T_S\rceil},\; D = \min(M, D_K, \tfrac12 \min_{l<K} D_l)"
LITERAL = r"T_R^{(K)} > H/2 \implies \operatorname{rank} [\mathcal A]_I \ge " + T8
READING = "The literal formula, under a convention that the theorem as restated here excludes."


@PAPER.states(
    r"T_R^{(K)} > H/2,\; T = T_R^{(K, H/2)} \le H \implies \operatorname{rank} [\mathcal A]_{I} \ge " + T8,
    HALVES,
    EVEN,
    BORDER,
    OFFSETS,
    SAYS_SOMETHING,
    on=lambda: (*overlapping(40, 0), *(one_window(n, r, "same") for n in (4, 6, 8) for r in (n // 2 + 1, n))),
)
def overlaps(circuit: Circuit, seed: int) -> Verdict:
    """Restated: which borders the paper assumes is not in its statement as restated.

    K is not the last layer. One factor ceil(H_j / T_S) for each axis that is not cut, none in one dimension.
    """
    return rank_is(circuit, stated(circuit), None, seed)


@OURS.states(
    r"\text{the weights of the proof have exactly the rank } " + T8.split(",")[0],
    HALVES,
    EVEN,
    BORDER,
    OFFSETS,
    SAYS_SOMETHING,
    on=lambda: tuple(c for c in overlapping(30, 1) if c.net.templates**c.net.positions <= 1 << 12),
)
def constructed(circuit: Circuit, seed: int) -> Verdict:
    """Integers 0 and 1; the rank is exact, over the rationals."""
    # The proof's weights have the rank that the theorem names, exactly, over the rationals.
    from algebra.rank import rank_rational
    from tensors.convac.constructive import constructive_weights
    from tensors.convac.grid_tensor import matricization

    built = constructive_weights(circuit.net, circuit.rows, "sharir-shashua-overlap")
    rank = rank_rational(matricization(built.weights, circuit.rows))
    return equals(Bounds.exactly(rank, by="elimination"), stated(circuit), "rank of the constructed tensor")


@PAPER.states(
    r"K = 1,\; S_1 = 1,\; R_1 > H/2,\; D_1 \ge M \implies \operatorname{rank} = M^{H^2/2}",
    EVEN,
    on=lambda: tuple(
        Circuit(ConvAC(shape, m, [ConvLayer(r, 1, m, sharing="sliding"), ConvLayer(shape, shape, 1)]), "left")
        for shape, m, r in (((4,), 2, 3), ((4,), 3, 3), ((6,), 2, 4), ((8,), 2, 5), ((2, 2), 2, 2), ((4, 4), 2, 3))
    ),
)
def largest(circuit: Circuit, seed: int) -> Verdict:
    small = min(len(circuit.rows), circuit.net.positions - len(circuit.rows))
    return equals(unaided_rank(circuit, seed), circuit.net.templates**small, "rank")


@PAPER.states(
    r"B \times B, \text{ stride } 1, \text{ then } 2 \times 2: \quad \tfrac12 (2B-1)^2 \left(1 + "
    r"\tfrac{2B-2}{H}\right)^{-2} \le \text{the exponent}",
    Hypothesis("H even, B <= H", lambda i: i[0] % 2 == 0 and i[1] <= i[0]),
    on=lambda: tuple(product(range(4, 65, 2), range(2, 12))),
    name="blocks",
)
def exponent_of_blocks(instance: Blocks, seed: int) -> Verdict:
    """The best K, widths at least 2M; arithmetic of receptive fields, in integers."""
    # ((2B-1)^2 / 2) (1 + (2B-2)/H)^-2 <= the exponent, in integers.
    size, window = instance
    exponent = max((f.exponent for f in formulas(blocks(size, window), 1)), default=0)
    if (2 * window - 1) ** 2 * size**2 <= 2 * exponent * (size + 2 * window - 2) ** 2:
        return Verdict.holds(Grade.PROVED)
    return Verdict.violated(Grade.PROVED, reason=f"H = {size}, B = {window}: the exponent is only {exponent}")


@PAPER.states(
    r"M = 64,\; B = 5,\; H \ge 20 \implies \operatorname{rank} \ge 64^{20}",
    Hypothesis("H even, H >= 20", lambda h: h % 2 == 0 and h >= 20),
    on=lambda: tuple(range(20, 129, 2)),
)
def blocks_example(instance: int, seed: int) -> Verdict:
    # 64^20 for M = 64, B = 5 from some side length on.
    net = blocks(instance, 5, channels=128, templates=64)
    best = max((f.base**f.exponent for f in formulas(net, 1)), default=1)
    if best >= 64**20:
        return Verdict.holds(Grade.PROVED)
    return Verdict.violated(Grade.PROVED, reason=f"H = {instance}: only 64^{(best.bit_length() - 1) // 6}")


@PAPER.states(
    r"R_l = S_l \;\forall l \implies \operatorname{rank} \le D_{L-1} \text{ across left and right}",
    HALVES,
    on=lambda: tuple(
        Circuit(balanced(n, m, widths), "left")
        for n, m, widths in (
            (4, 2, (2, 3)),
            (4, 3, (4, 2)),
            (8, 2, (2, 2, 3)),
            (8, 2, (2, 4, 1)),
            (8, 2, (3, 3, 2)),
        )
    ),
)
def non_overlapping(c: Circuit, seed: int) -> Verdict:
    """So they need exponential width where overlapping ones do not."""
    return rank_is(c, 0, c.net.layers[-1].channels, seed)


@PAPER.states(
    r"\text{windows larger than the strides, one more channel above the first layer: no less rank}",
    OFFSETS,
    on=lambda: tuple(
        Circuit(ConvAC(n, 2, [*(ConvLayer(r, 2, c, sharing="sliding") for c in widths), ConvLayer(k, k, 3)]), side)
        for n, r, widths, k in ((4, 3, (2,), 2), (8, 4, (3,), 4), (8, 3, (2, 3), 2), (8, 4, (3, 3), 2))
        for side in ("left", "odd-even", (0, 3))
    ),
)
def contains(circuit: Circuit, seed: int) -> Verdict:
    """Against the rank seen of the non-overlapping circuit, a proved lower bound."""
    # Overlapping windows, one channel more above the first layer, lose no rank against pooling windows.
    net = circuit.net
    plain = [
        ConvLayer(x.stride, x.stride, x.channels - (k > 0), sharing=x.sharing) for k, x in enumerate(net.layers[:-1])
    ]
    pooled = Circuit(ConvAC(net.input_shape, net.templates, [*plain, net.layers[-1]]), circuit.side)
    return within(unaided_rank(circuit, seed), low=unaided_rank(pooled, seed).lower, name="rank")


@OURS.states(
    r"\operatorname{rank} [\mathcal A]_I \ge D^c,\; c = \#\text{components of the equality graph on both sides}",
    OFFSETS,
    on=lambda: tuple(
        Circuit(c.net, side)
        for number, c in enumerate(overlapping(20, 2))
        for side in random_sides(c.net.positions, 2, number)
    ),
)
def equality_graph(circuit: Circuit, seed: int) -> Verdict:
    """Any partition, any overlap; contains the overlap theorem."""
    from tensors.convac.lower_bounds import equality_graph_bound

    bound = equality_graph_bound(circuit.net, circuit.rows)
    return rank_is(circuit, 1 if bound is None else bound.value, None, seed)


@OURS.states(
    r"2 \times 2 \text{ windows, stride } 1 \implies \operatorname{rank} \ge 2^H",
    on=lambda: (2, 4, 6),
)
def perimeter(size: int, seed: int) -> Verdict:
    """Here the overlap theorem says nothing."""
    # 2 x 2 windows of stride 1 already give the rank 2^H across left and right.
    net = ConvAC((size, size), 2, [ConvLayer(2, 1, 2, sharing="sliding"), ConvLayer(size, size, 1)])
    circuit = Circuit(net, "left")
    return Verdict.all_of((equality_graph(circuit, seed), rank_is(circuit, 2**size, None, seed)))


@OURS.states(
    r"L \text{ layers } (R, \text{ stride } 1, C = M) \implies \operatorname{rank} = \min(M^{H/2}, M^{L(R-1)})",
    EVEN,
    on=lambda: tuple(
        stack(*numbers)
        for numbers in (
            (4, 2, 2, 1),
            (6, 2, 2, 2),
            (8, 2, 2, 3),
            (8, 2, 3, 1),
            (8, 2, 2, 2),
            (6, 3, 2, 1),
            (6, 3, 2, 2),
            (10, 2, 2, 3),
            (10, 2, 3, 2),
            (12, 2, 2, 1),
        )
    ),
    kind=Kind.CONJECTURE,
)
def stacks(circuit: Circuit, seed: int) -> Verdict:
    """Exponential in the total receptive field, long before it exceeds H/2."""
    net = circuit.net
    growth = sum(layer.window[0] - 1 for layer in net.layers[:-1])
    return equals(unaided_rank(circuit, seed), net.templates ** min(net.positions // 2, growth), "rank")


@OURS.states(
    r"\operatorname{rank} [\mathcal A]_I \ge D^{\lfloor (H-T)/T_S + 1\rfloor \lceil H/T_S\rceil},\; "
    r"D = \min(M, D_1, \ldots, D_K)",
    HALVES,
    EVEN,
    SAME_OR_CLIP,
    OFFSETS,
    on=lambda: tuple(c for c in overlapping(400, 3, ("clip", "same")) if stated(c, halved=False) > stated(c)),
    kind=Kind.CONJECTURE,
)
def no_half(circuit: Circuit, seed: int) -> Verdict:
    """Whether the factor 1/2 is needed is open; the instances are those where it matters."""
    return rank_is(circuit, stated(circuit, halved=False), None, seed)


@OURS.states(
    r"\text{CP, weights fully shared} \implies \operatorname{rank} \le \binom{M+n-1}{n},\; n = \min(|I|, |I^c|)",
    on=lambda: SHARED,
)
def shared_symmetric(circuit: Circuit, seed: int) -> Verdict:
    from math import comb

    small = min(len(circuit.rows), circuit.net.positions - len(circuit.rows))
    return rank_is(circuit, 0, comb(circuit.net.templates + small - 1, small), seed)


@PAPER.states(
    LITERAL + r"\text{ with borders \textit{valid}}",
    HALVES,
    EVEN,
    OFFSETS,
    on=lambda: (
        Circuit(ConvAC(4, 3, [ConvLayer(4, 1, 4, "valid", "sliding"), ConvLayer(1, 1, 4)]), "left"),
        *(one_window(n, r, "valid") for n in (4, 6, 8) for r in range(n // 2 + 1, n + 1)),
    ),
    kind=Kind.FALSE_CONJECTURE,
    remark=READING,
)
def literal_valid(circuit: Circuit, seed: int) -> Verdict:
    """There are too few windows."""
    return _literal(circuit, seed)


@PAPER.states(
    LITERAL + r"\text{ with borders \textit{zero}}",
    HALVES,
    EVEN,
    OFFSETS,
    on=lambda: tuple(one_window(n, n // 2 + 1, "zero") for n in (4, 6, 8)),
    kind=Kind.FALSE_CONJECTURE,
    remark=READING,
)
def literal_zero(circuit: Circuit, seed: int) -> Verdict:
    """Every incomplete window is 0, and so is their product."""
    return _literal(circuit, seed)


@PAPER.states(
    LITERAL + r"\text{ with one matrix for all offsets}",
    HALVES,
    EVEN,
    BORDER,
    on=lambda: tuple(one_window(n, r, "clip", "full", 1) for n in (4, 6, 8) for r in range(n // 2 + 1, n + 1)),
    kind=Kind.FALSE_CONJECTURE,
    remark=READING,
)
def literal_shared(circuit: Circuit, seed: int) -> Verdict:
    """Weights must depend on the offset."""
    return _literal(circuit, seed)


@PAPER.states(
    LITERAL + r"\text{ with } H \text{ odd}",
    HALVES,
    BORDER,
    OFFSETS,
    on=lambda: tuple(one_window(n, r) for n in (5, 7, 9) for r in range(n // 2 + 1, n + 1)),
    kind=Kind.FALSE_CONJECTURE,
    remark=READING,
)
def literal_odd(circuit: Circuit, seed: int) -> Verdict:
    """The exponent exceeds the cells of the smaller half."""
    return _literal(circuit, seed)
