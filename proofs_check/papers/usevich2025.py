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
from proofs_check.claim import Claim, Hypothesis, Kind, Outcome, Source, Verdict
from proofs_check.papers._evidence import reaches_naive
from proofs_check.papers._families import DEEP, NO_BIASES, box, mixed, powers, some, widths_boxed

PAPER = Source(
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


def _blocks_too(network: PolynomialNetwork, seed: int) -> Verdict:
    return _all_identifiable(blocks(network), seed)


def _satisfies(theorem: Theorem) -> Hypothesis[PolynomialNetwork]:
    return Hypothesis(theorem.hypothesis, theorem.applies)


def _threshold(widths: tuple[int, ...], seed: int) -> Verdict:
    least = 2 * max(widths[1:-1]) - 1
    return Verdict.all_of(
        reaches_naive(PolynomialNetwork(widths, degree=r), seed) for r in (least, least + 1, least + 3)
    )


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

CLAIMS = (
    Claim(
        "usevich2025.high-degrees",
        r"d_0, \ldots, d_{h-1} \ge 2 \text{ and } r_l \ge 2d_l - 1 \text{ for } 0 < l < h \implies " + IDENTIFIABLE,
        PAPER.at("Corollary 17"),
        (DEEP, NO_BIASES, _satisfies(high_degrees)),
        lambda: some((n for n in mixed(4, (2, 3, 4, 5, 6, 7), (2, 3, 4), 4000) if high_degrees.applies(n)), 100),
        lambda n, seed: reaches_naive(n, seed),
    ),
    Claim(
        "usevich2025.threshold",
        r"d_0, \ldots, d_{h-1} \ge 2 \implies \operatorname{ActThr}(d) \le 2\max(d_1, \ldots, d_{h-1}) - 2",
        PAPER.at("Corollary 17"),
        (SEVERAL,),
        lambda: widths_boxed(4, (2, 3, 4), 25, least=2),
        _threshold,
        note="Checked at the degrees t+1, t+2 and t+4 after the bound t.",
    ),
    Claim(
        "usevich2025.localization",
        r"(\min(d_0,\ldots,d_{l-1}), d_l, d_{l+1}; r_l) \text{ finitely identifiable for } 0 < l < h \implies "
        + IDENTIFIABLE,
        PAPER.at("Theorem 11"),
        (DEEP, NO_BIASES, _identifiable_blocks("every localised block is identifiable", localization_blocks)),
        lambda: mixed(4, (2, 3), (3, 4), 120),
        lambda n, seed: reaches_naive(n, seed),
    ),
    Claim(
        "usevich2025.blocks-necessary",
        IDENTIFIABLE + r" \implies (d_{l-1}, d_l, d_{l+1}; r_l) \text{ finitely identifiable for } 0 < l < h",
        PAPER.at("Section 3"),
        (DEEP, NO_BIASES, _identifiable_blocks("finitely identifiable", lambda n: (n,))),
        lambda: mixed(4, (2, 3), (3, 4), 120),
        _blocks_too,
    ),
    Claim(
        "usevich2025.kruskal",
        r"h = 2,\; d_0, d_1 \ge 2,\; r \ge \frac{2d_1 - \min(d_1,d_2)}{\min(d_0,d_1) - 1}"
        r" \implies \text{globally identifiable}",
        PAPER.at("Proposition 12"),
        (NO_BIASES, _satisfies(kruskal)),
        lambda: box([range(2, 6), range(2, 7), range(1, 5)], [2, 3, 4]),
        lambda n, seed: reaches_naive(n, seed),
        note="Checked: finitely identifiable, which follows. Contact loci, which decide the rest, are not asked here.",
    ),
    Claim(
        "usevich2025.non-increasing",
        r"d_0 \ge \cdots \ge d_{h-1} \ge 2,\; r_l \ge 2,\; (d_h \ge 2 \text{ or } r_{h-1} \ge 3) \implies "
        + IDENTIFIABLE,
        PAPER.at("Corollary 16"),
        (DEEP, NO_BIASES, _satisfies(non_increasing)),
        lambda: some((n for n in mixed(5, (2, 3), (2, 3, 4), 3000) if non_increasing.applies(n)), 150),
        lambda n, seed: reaches_naive(n, seed),
    ),
    Claim(
        "usevich2025.bounded-decoder",
        r"d_0 \ge \cdots \ge d_b \le \cdots \le d_h,\; d_b \ge 2,\; r_1, \ldots, r_b \ge 2,\;"
        r" d_l / r_l \le d_b - 1 \text{ for } b < l < h \implies " + IDENTIFIABLE,
        PAPER.at("Corollary 19"),
        (DEEP, NO_BIASES, _satisfies(bounded_decoder)),
        lambda: some((n for n in mixed(5, (2, 3), (2, 3, 4), 3000) if bounded_decoder.applies(n)), 150),
        lambda n, seed: reaches_naive(n, seed),
    ),
    Claim(
        "usevich2025.biases",
        r"(\min(d_0,\ldots,d_{l-1}) + 1, d_l + 1, d_{l+1}; r_l) \text{ finitely identifiable for } 0 < l < h"
        r" \implies \text{the network with biases is finitely identifiable}",
        PAPER.at("Proposition 27"),
        (DEEP, _identifiable_blocks("every homogenised block is identifiable", bias_blocks)),
        lambda: with_biases(3, 60),
        lambda n, seed: reaches_naive(n, seed),
    ),
    Claim(
        "usevich2025.biases-degrees",
        r"r_l \ge \frac{2(d_l+1) - \min(d_l+1, d_{l+1})}{\min(d_l, d_0, \ldots, d_{l-1})} \text{ for } 0 < l < h"
        r" \implies \text{the network with biases is finitely identifiable}",
        PAPER.at("Corollary 28"),
        (DEEP, _satisfies(kruskal_with_biases)),
        lambda: with_biases(3, 60),
        lambda n, seed: reaches_naive(n, seed),
    ),
    Claim(
        "usevich2025.localization-converse",
        r"(d_{l-1}, d_l, d_{l+1}; r_l) \text{ finitely identifiable for } 0 < l < h \implies " + IDENTIFIABLE,
        PAPER,
        (DEEP, NO_BIASES, _identifiable_blocks("every block is identifiable", blocks)),
        lambda: FEW_INPUTS,
        lambda n, seed: reaches_naive(n, seed),
        kind=Kind.FALSE_CONJECTURE,
        note="Not asserted by the paper: what its localization theorem would say without the minima. "
        "The space of outputs may be too small for the parameters.",
    ),
)
