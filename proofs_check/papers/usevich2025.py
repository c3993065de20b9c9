r"""K. Usevich, R. Borsoi, C. Dérand, M. Clausel: identifiability of deep polynomial networks."""

from __future__ import annotations

from collections.abc import Callable

from algebra import PolynomialNetwork
from algebra.polynomial.identifiability import (
    Theorem,
    bias_blocks,
    blocks,
    bounded_decoder,
    high_degrees,
    kruskal,
    kruskal_with_biases,
    localization_blocks,
    non_increasing,
)
from proofs_check.claim import Hypothesis, Kind, Outcome, Verdict
from proofs_check.deciding.evidence import reaches_naive
from proofs_check.deciding.families import DEEP, NO_BIASES, box, mixed, powers, some, widths_boxed
from proofs_check.paper import Paper

PAPER = Paper(
    "usevich2025",
    "K. Usevich, R. Borsoi, C. Dérand, M. Clausel, Identifiability of deep polynomial neural networks, NeurIPS 2025",
    "2506.17093v3",
)

IDENTIFIABLE = r"\dim V_{d,r} = d_h + \sum_{i=1}^h (d_{i-1}-1)d_i"


def _all_identifiable(parts: tuple[PolynomialNetwork, ...], seed: int = 0) -> Verdict:
    return Verdict.all_of(reaches_naive(part, seed) for part in parts)


def _identifiable_blocks(
    name: str, parts: Callable[[PolynomialNetwork], tuple[PolynomialNetwork, ...]]
) -> Hypothesis[PolynomialNetwork]:
    return Hypothesis(name, lambda n: _all_identifiable(parts(n)).outcome is Outcome.HOLDS)


def _satisfies(theorem: Theorem) -> Hypothesis[PolynomialNetwork]:
    return Hypothesis(theorem.hypothesis, theorem.applies)


def with_biases(widest: int, count: int) -> tuple[PolynomialNetwork, ...]:
    """Return networks with biases, and mixed degrees.

    Examples
    --------
    >>> with_biases(2, 1)[0].biases
    True
    """
    return tuple(
        PolynomialNetwork(n.widths, degrees=powers(n), biases=True) for n in mixed(widest, (2, 3, 4), (2, 3, 4), count)
    )


# In some of these all blocks are identifiable and the network is not: it has fewer inputs than its second block.
FEW_INPUTS = box([[2], [3, 4], [3, 4, 5], [1, 2]], [2, 3, 4, 5])

SEVERAL: Hypothesis[tuple[int, ...]] = Hypothesis("d_0, ..., d_{h-1} >= 2", lambda d: min(d[:-1]) >= 2)


@PAPER.states(
    r"d_0, \ldots, d_{h-1} \ge 2 \text{ and } r_l \ge 2d_l - 1 \text{ for } 0 < l < h \implies " + IDENTIFIABLE,
    DEEP,
    NO_BIASES,
    _satisfies(high_degrees),
    on=lambda: some((n for n in mixed(4, (2, 3, 4, 5, 6, 7), (2, 3, 4), 4000) if high_degrees.applies(n)), 100),
    item="Corollary 17",
    name="high-degrees",
)
def naive_at_high_degrees(n: PolynomialNetwork, seed: int) -> Verdict:
    return reaches_naive(n, seed)


@PAPER.states(
    r"d_0, \ldots, d_{h-1} \ge 2 \implies \operatorname{ActThr}(d) \le 2\max(d_1, \ldots, d_{h-1}) - 2",
    SEVERAL,
    on=lambda: widths_boxed(4, (2, 3, 4), 25, least=2),
    item="Corollary 17",
)
def threshold(widths: tuple[int, ...], seed: int) -> Verdict:
    """Checked at the degrees t+1, t+2 and t+4 after the bound t."""
    least = 2 * max(widths[1:-1]) - 1
    return Verdict.all_of(
        reaches_naive(PolynomialNetwork(widths, degree=r), seed) for r in (least, least + 1, least + 3)
    )


@PAPER.states(
    r"(\min(d_0,\ldots,d_{l-1}), d_l, d_{l+1}; r_l) \text{ finitely identifiable for } 0 < l < h \implies "
    + IDENTIFIABLE,
    DEEP,
    NO_BIASES,
    _identifiable_blocks("every localised block is identifiable", localization_blocks),
    on=lambda: mixed(4, (2, 3), (3, 4), 120),
    item="Theorem 11",
)
def localization(n: PolynomialNetwork, seed: int) -> Verdict:
    return reaches_naive(n, seed)


@PAPER.states(
    IDENTIFIABLE + r" \implies (d_{l-1}, d_l, d_{l+1}; r_l) \text{ finitely identifiable for } 0 < l < h",
    DEEP,
    NO_BIASES,
    _identifiable_blocks("finitely identifiable", lambda n: (n,)),
    on=lambda: mixed(4, (2, 3), (3, 4), 120),
    item="Section 3",
)
def blocks_necessary(network: PolynomialNetwork, seed: int) -> Verdict:
    return _all_identifiable(blocks(network), seed)


@PAPER.states(
    r"h = 2,\; d_0, d_1 \ge 2,\; r \ge \frac{2d_1 - \min(d_1,d_2)}{\min(d_0,d_1) - 1}"
    r" \implies \text{globally identifiable}",
    NO_BIASES,
    _satisfies(kruskal),
    on=lambda: box([range(2, 6), range(2, 7), range(1, 5)], [2, 3, 4]),
    item="Proposition 12",
    name="kruskal",
)
def naive_by_kruskal(n: PolynomialNetwork, seed: int) -> Verdict:
    """Checked: finitely identifiable, which follows. Contact loci, which decide the rest, are not asked here."""
    return reaches_naive(n, seed)


@PAPER.states(
    r"d_0 \ge \cdots \ge d_{h-1} \ge 2,\; r_l \ge 2,\; (d_h \ge 2 \text{ or } r_{h-1} \ge 3) \implies " + IDENTIFIABLE,
    DEEP,
    NO_BIASES,
    _satisfies(non_increasing),
    on=lambda: some((n for n in mixed(5, (2, 3), (2, 3, 4), 3000) if non_increasing.applies(n)), 150),
    item="Corollary 16",
    name="non-increasing",
)
def naive_for_non_increasing_widths(n: PolynomialNetwork, seed: int) -> Verdict:
    return reaches_naive(n, seed)


@PAPER.states(
    r"d_0 \ge \cdots \ge d_b \le \cdots \le d_h,\; d_b \ge 2,\; r_1, \ldots, r_b \ge 2,\;"
    r" d_l / r_l \le d_b - 1 \text{ for } b < l < h \implies " + IDENTIFIABLE,
    DEEP,
    NO_BIASES,
    _satisfies(bounded_decoder),
    on=lambda: some((n for n in mixed(5, (2, 3), (2, 3, 4), 3000) if bounded_decoder.applies(n)), 150),
    item="Corollary 19",
    name="bounded-decoder",
)
def naive_for_bounded_decoders(n: PolynomialNetwork, seed: int) -> Verdict:
    return reaches_naive(n, seed)


@PAPER.states(
    r"(\min(d_0,\ldots,d_{l-1}) + 1, d_l + 1, d_{l+1}; r_l) \text{ finitely identifiable for } 0 < l < h"
    r" \implies \text{the network with biases is finitely identifiable}",
    DEEP,
    _identifiable_blocks("every homogenised block is identifiable", bias_blocks),
    on=lambda: with_biases(3, 60),
    item="Proposition 27",
)
def biases(n: PolynomialNetwork, seed: int) -> Verdict:
    return reaches_naive(n, seed)


@PAPER.states(
    r"r_l \ge \frac{2(d_l+1) - \min(d_l+1, d_{l+1})}{\min(d_l, d_0, \ldots, d_{l-1})} \text{ for } 0 < l < h"
    r" \implies \text{the network with biases is finitely identifiable}",
    DEEP,
    _satisfies(kruskal_with_biases),
    on=lambda: with_biases(3, 60),
    item="Corollary 28",
)
def biases_degrees(n: PolynomialNetwork, seed: int) -> Verdict:
    return reaches_naive(n, seed)


@PAPER.states(
    r"(d_{l-1}, d_l, d_{l+1}; r_l) \text{ finitely identifiable for } 0 < l < h \implies " + IDENTIFIABLE,
    DEEP,
    NO_BIASES,
    _identifiable_blocks("every block is identifiable", blocks),
    on=lambda: FEW_INPUTS,
    kind=Kind.FALSE_CONJECTURE,
)
def localization_converse(n: PolynomialNetwork, seed: int) -> Verdict:
    """Not asserted by the paper: what its localization theorem would say without the minima.

    The space of outputs may be too small for the parameters.
    """
    return reaches_naive(n, seed)
