r"""C. Yun, Y.-W. Chang, S. Bhojanapalli, A. S. Rawat, S. J. Reddi, S. Kumar: sparse transformers."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import ceil, log2

from proofs_check.claim import Hypothesis, Kind, Verdict
from proofs_check.deciding import least_patterns as least
from proofs_check.deciding import sparse_patterns as decide
from proofs_check.deciding.least_patterns import Least, Scale
from proofs_check.deciding.sparse_patterns import Block, Drawn, Named
from proofs_check.paper import Paper

PAPER = Paper(
    "yun2020",
    "C. Yun, Y.-W. Chang, S. Bhojanapalli, A. S. Rawat, S. J. Reddi, S. Kumar, O(n) connections are expressive enough: "
    "universal approximability of sparse transformers, NeurIPS 2020",
    "2006.04862",
)
OWN = PAPER.beside("the rankcert developers")

DRAWN: tuple[Drawn, ...] = tuple(
    (n, p, percent, seed) for n, p, percent, seed in product((2, 3, 5, 7, 9), (1, 2, 3), (10, 25, 45), range(3))
)
NAMED: tuple[Named, ...] = tuple(
    pattern
    for n in (8, 16, 64)
    for pattern in (
        *(decide.parameters(name, n) for name in ("dense", "directed-ring", "star", "star-transformer", "logsparse")),
        *(decide.parameters(name, n, w=w) for name in ("sliding-window", "circular-window") for w in (1, 2, 3)),
        *(decide.parameters("longformer", n, w=2, g=g) for g in (1, 2)),
        *(decide.parameters("strided", n, w=w) for w in (2, 3, int(2 ** ceil(log2(n) / 2)))),
        *(decide.parameters("fixed", n, w=w) for w in (2, 4, n // 2)),
    )
)
BLOCKS: tuple[Block, ...] = tuple((n, w) for n in (8, 9, 12, 16, 23, 64) for w in (2, 3, 4, 5, 8))
SCALES: tuple[Scale, ...] = tuple(
    product((1, 2, 5, 100), (Fraction(1, 10), Fraction(1, 2), Fraction(3)), (Fraction(1, 100), Fraction(1, 3)))
)
LEAST: tuple[Least, ...] = (
    *((n, s, 1, True, arcs) for n, s, arcs in ((3, 2, 3), (4, 3, 4), (4, 2, 6), (5, 4, 5), (5, 3, 7), (5, 2, 10))),
    *((n, s, 1, True, arcs) for n, s, arcs in ((6, 5, 6), (6, 4, 8), (6, 3, 9), (7, 6, 7))),
    *((n, s, 1, False, arcs) for n, s, arcs in ((4, 2, 6), (5, 2, 8), (5, 3, 7))),
    *((n, s, 2, True, arcs) for n, s, arcs in ((3, 4, 3), (3, 3, 3), (3, 2, 4), (4, 6, 4), (4, 3, 5), (4, 2, 7))),
)
CONNECTED: Hypothesis[Drawn] = Hypothesis("the union is strongly connected", decide.is_connected)
DIVIDES: Hypothesis[Block] = Hypothesis("w divides n", lambda i: i[0] % i[1] == 0)
SEVERAL_BLOCKS: Hypothesis[Block] = Hypothesis("2 <= w < n", lambda i: 2 <= i[1] < i[0])
FOUR: Hypothesis[int] = Hypothesis("n >= 4", lambda n: n >= 4)
TWO: Hypothesis[int] = Hypothesis("n >= 2", lambda n: n >= 2)


@OWN.states(
    r"k \in A_k^l \;\forall k, l \implies \bigl(\exists s\,\forall k: S_k^s = [n]\bigr) \iff"
    r" \textstyle\bigcup_l A^l \text{ is strongly connected}",
    on=lambda: DRAWN,
)
def reach(instance: Drawn, seed: int) -> Verdict:
    """Part 3 of Assumption 1, by its definition, against networkx and the checker's certificates."""
    return decide.reach(instance, seed)


@OWN.states(
    r"\textstyle\bigcup_l A^l \text{ strongly connected} \implies \exists s\,\forall k: S_k^s = [n]",
    on=lambda: (2, 3, 5),
    kind=Kind.FALSE_CONJECTURE,
)
def reach_without_self_loops(n: int, seed: int) -> Verdict:
    """Part 1 of Assumption 1 has to be checked first."""
    return decide.without_loops(n, seed)


@OWN.states(
    r"\operatorname{diam} U \le s \le p \operatorname{diam} U \le p(n - 1)",
    CONNECTED,
    on=lambda: DRAWN,
)
def steps(instance: Drawn, seed: int) -> Verdict:
    return decide.between(instance, seed)


@OWN.states(
    r"\prod_{t=1}^{s} \max_k |A_k^t| \ge n",
    CONNECTED,
    on=lambda: DRAWN,
)
def degrees(instance: Drawn, seed: int) -> Verdict:
    """Patterns of bounded degree m need at least log n / log m layers."""
    return decide.degrees(instance, seed)


@OWN.states(
    r"k - 1 \in A_k,\; n - 1 \in A_0 \implies \text{Assumption 1}",
    on=lambda: DRAWN[::3],
)
def window_gives_path(instance: Drawn, seed: int) -> Verdict:
    return decide.with_window(instance, seed)


@OWN.states(
    r"\text{steps and connections of named patterns: dense } 1, n^2; \text{ window } \lceil (n-1)/w \rceil,"
    r" n(2w+1) - w(w+1); \text{ ring } n-1, 2n; \text{ star-transformer } 2, 5n-6; \ldots",
    on=lambda: NAMED,
)
def named(instance: Named, seed: int) -> Verdict:
    """Connections counted with self-loops.

    Of the causal LogSparse pattern, layers until all earlier tokens are seen.
    """
    return decide.as_stated(instance, seed)


@PAPER.states(
    r"5n - 6 \text{ connections are enough for Assumption 1 with } s = 2",
    FOUR,
    on=lambda: (4, 8, 16, 64, 512),
)
def linear(n: int, seed: int) -> Verdict:
    """Of what the paper's title says: the patterns; the theorem itself is about approximation."""
    return Verdict.all_of(
        [
            decide.as_stated(decide.parameters("star-transformer", n), seed),
            decide.assumption1(decide.named(decide.parameters("star-transformer", n))),
        ]
    )


@PAPER.states(
    r"w \mid n \implies \text{the fixed pattern meets Assumption 1}",
    DIVIDES,
    on=lambda: BLOCKS,
)
def fixed(instance: Block, seed: int) -> Verdict:
    return decide.fixed(instance, seed)


@PAPER.states(
    r"\text{the fixed pattern meets Assumption 1}",
    on=lambda: BLOCKS,
    kind=Kind.FALSE_CONJECTURE,
)
def fixed_any_block(instance: Block, seed: int) -> Verdict:
    """If w does not divide n, the last block has no summary token, and no token outside ever sees it.

    Divisibility is easily left unsaid.
    """
    return decide.fixed(instance, seed)


@OWN.states(
    r"\text{the fixed pattern with } n-1 \text{ as one more summary token meets Assumption 1}",
    on=lambda: BLOCKS,
)
def fixed_repaired(instance: Block, seed: int) -> Verdict:
    return decide.fixed(instance, seed, repair=True)


@OWN.states(
    r"w \mid n,\; 2 \le w < n \implies s = 2 \text{ for the fixed pattern, } s = 3 \text{ with its layers swapped}",
    DIVIDES,
    SEVERAL_BLOCKS,
    on=lambda: BLOCKS,
)
def fixed_swapped(instance: Block, seed: int) -> Verdict:
    return decide.swapped(instance, seed)


@PAPER.states(
    r"\text{the strided pattern meets Assumption 1}",
    on=lambda: BLOCKS,
)
def strided(instance: Block, seed: int) -> Verdict:
    return decide.strided(instance, seed)


@OWN.states(
    r"n \ge 4 \implies \text{a star without window has } s = 2 \text{ and no Hamiltonian path}",
    FOUR,
    on=lambda: (4, 5, 8, 16, 64),
)
def star_without_window(n: int, seed: int) -> Verdict:
    """Assumption 1 is sufficient: nothing follows against universality."""
    return decide.star(n, seed)


@OWN.states(
    r"A_k \subseteq \{0, \ldots, k\},\; n \ge 2 \implies \text{part 3 of Assumption 1 fails}",
    on=lambda: DRAWN[::3],
)
def causal(instance: Drawn, seed: int) -> Verdict:
    return decide.causal(instance, seed)


@OWN.states(
    r"p = 1,\; n \ge 2 \implies \text{the least number of connections under Assumption 1 is } 2n",
    TWO,
    on=lambda: tuple(range(2, 8)),
)
def least_connections(n: int, seed: int) -> Verdict:
    """Attained by the directed ring; for up to four tokens all smaller patterns are enumerated."""
    return least.two_n(n, seed)


@OWN.states(
    r"n \ge 4,\; s \le 2 \implies \text{at least } 2(n - 1) \text{ arcs, without the Hamiltonian path}",
    FOUR,
    on=lambda: (4, 5),
    kind=Kind.CONJECTURE,
)
def star_is_least(n: int, seed: int) -> Verdict:
    """By complete enumeration."""
    return least.star_is_least(n, seed)


@OWN.states(
    r"\text{least numbers of arcs for } n \text{ tokens to mix within } s \text{ layers: }"
    r" (n, s) = (4, 2): 6,\; (5, 2): 10,\; (5, 3): 7,\; (6, 3): 9,\; \ldots",
    on=lambda: LEAST,
    kind=Kind.PROPOSITION,
)
def least_arcs(instance: Least, seed: int) -> Verdict:
    """Self-loops not counted; instances are (n, s, p, with a Hamiltonian path, arcs).

    By complete enumeration up to relabelling; the patterns found are checked.
    """
    return least.least_arcs(instance, seed)


@OWN.states(
    r"\text{the least number of arcs for } s \text{ layers is the same with and without a Hamiltonian path}",
    on=lambda: ((3, 2), (4, 2), (4, 3), (5, 4), (5, 3), (5, 2)),
    kind=Kind.FALSE_CONJECTURE,
)
def path_is_free(instance: tuple[int, int], seed: int) -> Verdict:
    """Five tokens in two layers: 10 arcs with a path, 8 without."""
    return least.path_is_free(instance, seed)


@OWN.states(
    r"t = \log((m-1)/\eta)/\zeta \implies \operatorname{softmax}(tZ)_{j^*} \ge 1 - \eta"
    r" \text{ if } Z_{j^*} \ge Z_j + \zeta \;\forall j \ne j^*",
    on=lambda: SCALES,
)
def softmax(instance: Scale, seed: int) -> Verdict:
    """Assumption 2 with its scale, in the worst case."""
    return least.softmax_scale(instance, seed)


@OWN.states(
    r"t = 1/\zeta \implies \operatorname{sparsemax}(tZ) \text{ is one-hot if } Z_{j^*} \ge Z_j + \zeta",
    on=lambda: SCALES,
)
def sparsemax(instance: Scale, seed: int) -> Verdict:
    return least.sparsemax_scale(instance, seed)
