r"""B. Finkel, J. I. Rodriguez, C. Wu, T. Yahl: activation degree thresholds."""

from __future__ import annotations

from algebra import PolynomialNetwork
from proofs_check.claim import Hypothesis, Verdict
from proofs_check.deciding.evidence import reaches_naive
from proofs_check.deciding.families import widths_boxed
from proofs_check.paper import Paper

PAPER = Paper(
    "finkel2024",
    "B. Finkel, J. I. Rodriguez, C. Wu, T. Yahl, Activation degree thresholds and expressiveness of polynomial "
    "neural networks, Algebraic Statistics 16, 2025",
    "2408.04569",
)

Widths = tuple[int, ...]
WIDER_THAN_ONE: Hypothesis[Widths] = Hypothesis("hidden widths > 1", lambda d: all(w > 1 for w in d[1:-1]))
EQUAL: Hypothesis[Widths] = Hypothesis("d_0 = ... = d_h > 1", lambda d: len(set(d)) == 1 and d[0] > 1)
SEVERAL_INPUTS: Hypothesis[Widths] = Hypothesis("d_0 > 1", lambda d: d[0] > 1)


def _at_degrees(widths: Widths, degrees: range, seed: int) -> Verdict:
    return Verdict.all_of(reaches_naive(PolynomialNetwork(widths, degree=r), seed) for r in degrees)


@PAPER.states(
    r"\forall d \text{ without hidden width } 1\; \exists t(d)\; \forall r > t(d):"
    r"\quad \dim V_{d,r} = d_h + \sum_{i=1}^h (d_{i-1}-1)d_i",
    WIDER_THAN_ONE,
    SEVERAL_INPUTS,
    on=lambda: widths_boxed(4, (2, 3, 4), 40),
)
def high_degree(widths: Widths, seed: int) -> Verdict:
    """Checked for the explicit t(d) = 2 max(hidden widths) - 2 of Usevich, Borsoi, Dérand and Clausel, corollary
    17, at the three degrees that follow it. For d_0 = 1 the dimension is d_h.
    """
    start = 2 * max(widths[1:-1]) - 1
    return _at_degrees(widths, range(start, start + 3), seed)


@PAPER.states(
    r"d_0 = \cdots = d_h > 1 \implies \dim V_{d,r} = d_h + \sum_{i=1}^h (d_{i-1}-1)d_i \text{ for all } r \ge 2",
    EQUAL,
    on=lambda: tuple((n,) * (h + 1) for n in range(2, 7) for h in range(2, 6)),
)
def equal_widths(widths: Widths, seed: int) -> Verdict:
    """Checked for r = 2, ..., 5."""
    return _at_degrees(widths, range(2, 6), seed)
