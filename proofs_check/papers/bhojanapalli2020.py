r"""S. Bhojanapalli, C. Yun, A. S. Rawat, S. J. Reddi, S. Kumar: the low-rank bottleneck of multi-head attention."""

from __future__ import annotations

from itertools import product

from proofs_check.claim import Hypothesis, Kind, Verdict
from proofs_check.deciding import attention_matrices as decide
from proofs_check.deciding import softmax_layers as layers
from proofs_check.deciding.attention_matrices import Matrix, Shape, Tokens, Vectors
from proofs_check.deciding.evidence import equals
from proofs_check.deciding.softmax_layers import Layers, Pair
from proofs_check.paper import Paper

PAPER = Paper(
    "bhojanapalli2020",
    "S. Bhojanapalli, C. Yun, A. S. Rawat, S. J. Reddi, S. Kumar, Low-rank bottleneck in multi-head attention models, "
    "ICML 2020",
    "2002.07028",
)
OWN = PAPER.beside("the rankcert developers")

MATRICES: tuple[Matrix, ...] = tuple(product(("logits", "rational", "powers"), (2, 3, 4, 5), (0, 1)))
LAYERS: tuple[Layers, ...] = tuple((d, h, seed) for d, h in ((4, 2), (4, 4), (6, 3), (8, 4)) for seed in range(2))
PAIRS: tuple[Pair, ...] = tuple(product((3, 4), (1, 2, 3), (True, False), (0, 1)))
HEADS: tuple[Tokens, ...] = tuple(product((2, 4, 8, 12), (1, 2, 3), (1, 5), (0,)))
ONE: Hypothesis[Tokens] = Hypothesis("a = 1", lambda i: i[1] == 1)
FEWER: Hypothesis[Shape] = Hypothesis("d < n", lambda i: i[1] < i[0])
DROPS: tuple[tuple[Vectors, Vectors], ...] = (
    (((-1, 0), (0, 0), (1, 0)), ((-1, 1), (-1, -1), (0, -1))),
    (((0, 0), (1, 0), (0, 1), (-1, 1)), ((-1, 1), (0, -1), (-1, -1), (1, 0))),
    (((-1, 0), (-1, -1), (1, -1), (1, 1), (-1, 1)), ((0, 0), (0, 1), (1, 1), (-1, 1), (1, -1))),
)
REPRESENTED = r"\operatorname{softmax}((W_k X)^T W_q X/\sqrt{a}) = P"


@PAPER.states(
    rf"\operatorname{{rank}} X = n,\; a = n \implies \forall P > 0\; \exists W_q, W_k: {REPRESENTED}",
    on=lambda: MATRICES,
    item="Theorem 1",
)
def sufficient(instance: Matrix, seed: int) -> Verdict:
    """By building the weights; for rational logits they are multiplied out."""
    return decide.sufficient(instance, seed, instance[1])


@PAPER.states(
    rf"d < n \implies \exists X, P\; \forall W_q, W_k: {REPRESENTED.replace('=', chr(92) + 'ne')}",
    FEWER,
    on=lambda: tuple((n, d, 0) for n in range(2, 6) for d in range(1, n)),
    item="Theorem 1",
)
def dependent_tokens(instance: Shape, seed: int) -> Verdict:
    """The obstacle is the rank of X, not the head size: it stays for heads of any size."""
    return decide.dependent(instance, seed)


@OWN.states(
    rf"\operatorname{{rank}} X = n,\; a = n - 1 \implies \forall P > 0\; \exists W_q, W_k: {REPRESENTED}",
    on=lambda: MATRICES,
)
def sharp(instance: Matrix, seed: int) -> Verdict:
    """Softmax does not see a constant added to the scores of a query."""
    return decide.sufficient(instance, seed, instance[1] - 1)


@OWN.states(
    r"a < n - 1 \implies \exists P\; \forall X \text{ of rank } n: P \text{ has no weights of head size } a",
    on=lambda: tuple(range(2, 11)),
)
def sharp_needed(n: int, seed: int) -> Verdict:
    return decide.needed(n, seed)


@PAPER.states(
    r"a < n \implies \exists P\; \forall X \text{ of rank } n: P \text{ has no weights of head size } a",
    on=lambda: tuple(range(2, 7)),
    kind=Kind.FALSE_CONJECTURE,
)
def n_is_needed(n: int, seed: int) -> Verdict:
    """Not what the theorem says, but how it may be read: the threshold for independent tokens is n - 1."""
    return equals(decide.most_head_size(n), n, "greatest least head size")


@OWN.states(
    r"\min_c \operatorname{rank}(\log P + 1c^T) = \operatorname{rank}(\log P_{ij} - \log P_{rj})_{ij}"
    r" = \operatorname{rank}[\log P \mid 1] - 1 \text{ for every } r",
    on=lambda: MATRICES,
)
def shifts(instance: Matrix, seed: int) -> Verdict:
    return decide.rank_of_differences(instance, seed)


@PAPER.states(
    r"d/h \le d_p \implies \text{every layer of } h \text{ heads of size } d/h \text{ is one of size } d_p",
    on=lambda: LAYERS,
    item="Theorem 2",
)
def larger_heads_contain(instance: Layers, seed: int) -> Verdict:
    """Checked with d_p = 4d/h."""
    return layers.included(instance, seed)


@PAPER.states(
    r"d_p > d/h,\; n \ge 3 \implies \text{some layer of heads of size } d_p \text{ is none of heads of size } d/h",
    on=lambda: LAYERS,
    item="Theorem 2",
)
def larger_heads_strict(instance: Layers, seed: int) -> Verdict:
    """Decided by the canonical form, whatever the number of heads."""
    return layers.strict(instance, seed, cancel=False)


@OWN.states(
    r"\text{a layer with a head of rank} > d/h \text{ is no layer of heads of size } d/h",
    on=lambda: LAYERS,
    kind=Kind.FALSE_CONJECTURE,
)
def one_large_head(instance: Layers, seed: int) -> Verdict:
    """Heads (A, V) and (A, -V) cancel: ranks count after heads of equal A are merged."""
    return layers.strict(instance, seed, cancel=True)


@OWN.states(
    r"n \ge 3 \implies \bigl(f = f' \iff \{(A, \textstyle\sum V \ne 0)\} = \{(A', \sum V' \ne 0)\}\bigr)"
    r" \text{ for } f(X) = \sum_h V_h X \operatorname{softmax}(X^T A_h X)",
    on=lambda: PAIRS,
)
def canonical_form(instance: Pair, seed: int) -> Verdict:
    """Different layers are told apart by an input and a residue that is not zero."""
    return layers.canonical(instance, seed)


@OWN.states(
    r"n \ge 3,\; A, V \ne 0 \implies f_{(A, V)} + f_{(-A, V)} \ne f_{(0, 2V)}",
    on=lambda: (1, 2, 3, 4),
)
def opposite_scores(d: int, seed: int) -> Verdict:
    return layers.opposite(d, seed, 3)


@OWN.states(
    r"n = 2,\; A, V \ne 0 \implies f_{(A, V)} + f_{(-A, V)} \ne f_{(0, 2V)}",
    on=lambda: (1, 2, 3, 4),
    kind=Kind.FALSE_CONJECTURE,
)
def opposite_scores_two_tokens(d: int, seed: int) -> Verdict:
    """With two tokens the canonical form has to choose the sign of A."""
    return layers.opposite(d, seed, 2)


@OWN.states(
    r"a = 1 \implies \operatorname{rank} P = \min(\#\text{distinct keys}, \#\text{distinct queries})",
    ONE,
    on=lambda: (*((n, 1, c, -1) for n in (2, 5, 8, 12, 16) for c in (1, 100, 10000)), *HEADS),
)
def head_size_one_rank(instance: Tokens, seed: int) -> Verdict:
    """exp(kq) is strictly totally positive."""
    return decide.distinct_rank(*decide.tokens_drawn(instance), seed)


@OWN.states(
    r"\operatorname{rank} P \le a",
    on=lambda: HEADS,
    kind=Kind.FALSE_CONJECTURE,
)
def rank_at_most_head_size(instance: Tokens, seed: int) -> Verdict:
    """The scores have rank at most a; after softmax a single head of size 1 has full rank."""
    return decide.at_most_head_size(instance, seed)


@OWN.states(
    r"\operatorname{rank} P = \min(\#\text{distinct keys}, \#\text{distinct queries})",
    on=lambda: DROPS,
    kind=Kind.FALSE_CONJECTURE,
)
def distinct_rank(tokens: tuple[Vectors, Vectors], seed: int) -> Verdict:
    """The generic value, and right for head size 1.

    From head size 2 on it can drop: two queries may score all keys alike, as in the first instance; and it drops
    where all scores differ, as in the others.
    """
    return decide.distinct_rank(*tokens, seed)


@OWN.states(
    r"\texttt{numpy.linalg.matrix\_rank(P)} = \operatorname{rank} P \text{ in float64}",
    on=lambda: ((2, 1, 1, -1), (12, 1, 1, -1), (12, 1, 100, -1), (16, 1, 100, -1), (16, 1, 10000, -1)),
    kind=Kind.FALSE_CONJECTURE,
)
def float_rank(instance: Tokens, seed: int) -> Verdict:
    """Logits ij/10000 for 16 tokens have rank 16, proved by integers; floats see about a third of it."""
    return decide.float_rank(instance, seed)
