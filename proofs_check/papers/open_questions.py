r"""Questions of our own about dimensions of polynomial networks, and answers that are no."""

from __future__ import annotations

from algebra import PolynomialNetwork
from algebra.polynomial.dimension import best_upper_bound
from proofs_check.claim import Hypothesis, Kind, Verdict
from proofs_check.deciding.evidence import dimension, equals, unaided_dimension
from proofs_check.deciding.families import deep_box, widths_boxed
from proofs_check.paper import Paper

PAPER = Paper("open_questions", "the rankcert developers")

Widths = tuple[int, ...]
SEVERAL_INPUTS: Hypothesis[Widths] = Hypothesis("d_0 >= 2", lambda d: d[0] >= 2)
WIDER_THAN_ONE: Hypothesis[Widths] = Hypothesis("hidden widths >= 2", lambda d: min(d[1:-1]) >= 2)


def _degrees(widths: Widths) -> range:
    """From 2 to two beyond the degree from which on the naive dimension is a theorem."""
    return range(2, 2 * max(widths[1:-1]) + 2)


def _no_return(widths: Widths, expected: bool, seed: int) -> Verdict:
    """Decide that no degree at which the dimension is reached is followed by one at which it is not."""
    reached_at: int | None = None
    verdicts = []
    for r in _degrees(widths):
        network = PolynomialNetwork(widths, degree=r)
        goal = network.expected_dimension if expected else network.naive_dimension
        verdict = equals(dimension(network, seed), goal, f"reached at r = {reached_at}; at r = {r} dimension")
        if verdict.outcome.value == "holds":
            reached_at = reached_at or r
            verdicts.append(verdict)
        elif reached_at is not None:
            return verdict
    return Verdict.all_of(verdicts)


@PAPER.states(
    r"\{ r \ge 2 : \dim V_{d,r} = d_h + \sum_i (d_{i-1}-1)d_i \} \text{ is upward closed}",
    SEVERAL_INPUTS,
    WIDER_THAN_ONE,
    on=lambda: (
        *widths_boxed(5, (2,), 40, least=2),
        *widths_boxed(4, (3,), 30, least=2),
        (3, 5, 1),
        (2, 5, 2, 3),
    ),
    kind=Kind.CONJECTURE,
)
def naive_upward_closed(widths: Widths, seed: int) -> Verdict:
    """Checked from r = 2 to 2 max(hidden widths) + 1; beyond, the naive dimension is a theorem."""
    return _no_return(widths, False, seed)


@PAPER.states(
    r"\{ r \ge 2 : \dim V_{d,r} = \min(d_h + \textstyle\sum_i (d_{i-1}-1)d_i, A) \} \text{ is upward closed}",
    SEVERAL_INPUTS,
    WIDER_THAN_ONE,
    on=lambda: ((3, 5, 1), (2, 3, 1), (3, 4, 1), (3, 3, 2), (2, 3, 3, 2), (4, 9, 1)),
    kind=Kind.FALSE_CONJECTURE,
)
def expected_upward_closed(widths: Widths, seed: int) -> Verdict:
    """(3, 5, 1) has the expected dimension at r = 2 and 3 and from 5 on, but not at 4 (Alexander, Hirschowitz)."""
    return _no_return(widths, True, seed)


@PAPER.states(
    r"d_0, \ldots, d_{h-1} \ge 2 \implies \operatorname{ActThr}(d) < 2\max(d_1, \ldots, d_{h-1}) - 2",
    SEVERAL_INPUTS,
    WIDER_THAN_ONE,
    on=lambda: ((2, 2, 1), (2, 3, 1), (2, 4, 1), (2, 4, 3), (3, 4, 2), (2, 5, 2), (4, 3, 3, 2)),
    kind=Kind.FALSE_CONJECTURE,
)
def threshold_attained(widths: Widths, seed: int) -> Verdict:
    """The theorem's bound 2 max(hidden widths) - 2 is attained, by (2, n, 1). For which other widths is open."""
    # The dimension is reached one degree before the theorem says so, too.
    network = PolynomialNetwork(widths, degree=2 * max(widths[1:-1]) - 2)
    return equals(dimension(network, seed), network.naive_dimension, f"{network.label}: dimension")


@PAPER.states(
    r"h \le 3 \implies \text{the least of the named upper bounds is } \dim V_{d,r}",
    Hypothesis("h <= 3", lambda n: n.depth <= 3),
    on=lambda: (*deep_box(6, (2, 3), (2,), 80), *deep_box(5, (2, 3), (3,), 120)),
    kind=Kind.CONJECTURE,
)
def bounds_sharp(network: PolynomialNetwork, seed: int) -> Verdict:
    """Decided without the named bounds: the rank, computed with room above them, neither falls short nor exceeds."""
    return equals(unaided_dimension(network, seed), best_upper_bound(network).value, f"{network.label}: dimension")
