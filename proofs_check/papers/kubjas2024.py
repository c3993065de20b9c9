r"""K. Kubjas, J. Li, M. Wiesmann: geometry of polynomial neural networks."""

from __future__ import annotations

from algebra import PolynomialNetwork
from proofs_check.claim import Hypothesis, Kind, Verdict
from proofs_check.deciding.evidence import reaches_naive
from proofs_check.deciding.families import DEEP, box, from_degree
from proofs_check.paper import Paper

PAPER = Paper(
    "kubjas2024",
    "K. Kubjas, J. Li, M. Wiesmann, Geometry of polynomial neural networks, Algebraic Statistics 15, 2024",
    "2402.00949",
)


def _does_not_increase(network: PolynomialNetwork) -> bool:
    return list(network.widths) == sorted(network.widths, reverse=True) and network.widths[-1] >= 2


NON_INCREASING: Hypothesis[PolynomialNetwork] = Hypothesis("d_0 >= ... >= d_h >= 2", _does_not_increase)
SIZES = range(2, 6)


@PAPER.states(
    r"d_0 \ge d_1 \ge \cdots \ge d_h \ge 2,\; r \ge 2 \implies \dim V_{d,r} = d_h + \sum_{i=1}^h (d_{i-1}-1)d_i",
    DEEP,
    NON_INCREASING,
    from_degree(2),
    on=lambda: tuple(n for h in (2, 3, 4) for n in box([SIZES] * (h + 1), [2, 3]) if _does_not_increase(n)),
    kind=Kind.CONJECTURE,
)
def non_increasing_widths(n: PolynomialNetwork, seed: int) -> Verdict:
    """The conjecture on non-increasing widths, in the form that Usevich, Borsoi, Dérand and Clausel
    (arXiv:2506.17093v3, Corollary 16) prove.
    """
    return reaches_naive(n, seed)
