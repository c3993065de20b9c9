r"""Questions of our own about dimensions of polynomial networks, and answers that are no."""

from __future__ import annotations

from algebra import PolynomialNetwork
from algebra.polynomial.dimension import best_upper_bound
from proofs_check.claim import Claim, Hypothesis, Kind, Source, Verdict
from proofs_check.papers._evidence import dimension, equals, unaided_dimension
from proofs_check.papers._families import deep_box, widths_boxed

PAPER = Source("open_questions", "the rankcert developers")

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


def _sharp(network: PolynomialNetwork, seed: int) -> Verdict:
    return equals(unaided_dimension(network, seed), best_upper_bound(network).value, f"{network.label}: dimension")


def _tight(widths: Widths, seed: int) -> Verdict:
    """Decide that the dimension is reached one degree before the theorem says so, too."""
    network = PolynomialNetwork(widths, degree=2 * max(widths[1:-1]) - 2)
    return equals(dimension(network, seed), network.naive_dimension, f"{network.label}: dimension")


CLAIMS = (
    Claim(
        "open_questions.naive-upward-closed",
        r"\{ r \ge 2 : \dim V_{d,r} = d_h + \sum_i (d_{i-1}-1)d_i \} \text{ is upward closed}",
        PAPER,
        (SEVERAL_INPUTS, WIDER_THAN_ONE),
        lambda: (
            *widths_boxed(5, (2,), 40, least=2),
            *widths_boxed(4, (3,), 30, least=2),
            (3, 5, 1),
            (2, 5, 2, 3),
        ),
        lambda d, seed: _no_return(d, False, seed),
        kind=Kind.CONJECTURE,
        note="Checked from r = 2 to 2 max(hidden widths) + 1; beyond, the naive dimension is a theorem.",
    ),
    Claim(
        "open_questions.expected-upward-closed",
        r"\{ r \ge 2 : \dim V_{d,r} = \min(d_h + \textstyle\sum_i (d_{i-1}-1)d_i, A) \} \text{ is upward closed}",
        PAPER,
        (SEVERAL_INPUTS, WIDER_THAN_ONE),
        lambda: ((3, 5, 1), (2, 3, 1), (3, 4, 1), (3, 3, 2), (2, 3, 3, 2), (4, 9, 1)),
        lambda d, seed: _no_return(d, True, seed),
        kind=Kind.FALSE_CONJECTURE,
        note="(3, 5, 1) has the expected dimension at r = 2 and 3 and from 5 on, but not at 4 "
        "(Alexander, Hirschowitz).",
    ),
    Claim(
        "open_questions.threshold-attained",
        r"d_0, \ldots, d_{h-1} \ge 2 \implies \operatorname{ActThr}(d) < 2\max(d_1, \ldots, d_{h-1}) - 2",
        PAPER,
        (SEVERAL_INPUTS, WIDER_THAN_ONE),
        lambda: ((2, 2, 1), (2, 3, 1), (2, 4, 1), (2, 4, 3), (3, 4, 2), (2, 5, 2), (4, 3, 3, 2)),
        _tight,
        kind=Kind.FALSE_CONJECTURE,
        note="The theorem's bound 2 max(hidden widths) - 2 is attained, by (2, n, 1). For which other widths is open.",
    ),
    Claim(
        "open_questions.bounds-sharp",
        r"h \le 3 \implies \text{the least of the named upper bounds is } \dim V_{d,r}",
        PAPER,
        (Hypothesis("h <= 3", lambda n: n.depth <= 3),),
        lambda: (*deep_box(6, (2, 3), (2,), 80), *deep_box(5, (2, 3), (3,), 120)),
        _sharp,
        kind=Kind.CONJECTURE,
        note="Decided without the named bounds: the rank, computed with room above them, "
        "neither falls short nor exceeds.",
    ),
)
