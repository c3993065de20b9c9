r"""K. Kawaguchi: deep learning without poor local minima."""

from __future__ import annotations

from algebra.critical_points import Problem, classify, hessian_inertia
from proofs_check.claim import Hypothesis, Verdict
from proofs_check.deciding.assumptions import CRITICAL, HIDDEN, NOT_TALLER, ON_DATA, is_global
from proofs_check.deciding.critical_points import BOTTLENECK, FILLING, Data, Point, points
from proofs_check.deciding.saddles import checked, global_iff, lower_nearby
from proofs_check.paper import Paper

PAPER = Paper("kawaguchi2016", "K. Kawaguchi, Deep learning without poor local minima, NeurIPS 2016", "1605.07110")


def _middle_has_full_rank(point: Point) -> bool:
    p = point.problem
    return int(p.B(p.depth, 1).rank()) == min(p.widths[1:-1])


def _strict(point: Point, seed: int) -> Verdict:
    found = point.inertia
    return checked({"the Hessian has a negative eigenvalue": found.neg > 0}, str(found))


def zero_weights(data: Data) -> Problem:
    """Return the point at which all weights are zero.

    Examples
    --------
    >>> zero_weights(Data((2, 1, 2), (2, 1))).is_critical
    True
    """
    some = Point(data, "class", 0).problem
    return some.with_weights([W - W for W in some.W])


NOT_LEAST: Hypothesis[Point] = Hypothesis("no global minimum", lambda p: not is_global(p.problem))
TWO_LAYERS: Hypothesis[Point] = Hypothesis("H = 2", lambda p: len(p.data.widths) == 3)
MIDDLE: Hypothesis[Point] = Hypothesis(
    "rank(W_{H-1}...W_2) is the smallest hidden width", lambda p: len(p.data.widths) > 2 and _middle_has_full_rank(p)
)
DEEP: Hypothesis[Data] = Hypothesis("H >= 3", lambda data: len(data.widths) > 3)
WITH_HIDDEN: Hypothesis[Data] = Hypothesis("H >= 2", lambda data: len(data.widths) > 2)
ASSUMED = (CRITICAL, *ON_DATA, NOT_TALLER, HIDDEN)


@PAPER.states(
    r"\text{every critical point is a global minimum or a saddle, so every local minimum is global}",
    *ASSUMED,
    on=lambda: points(mixed=3),
)
def saddles(point: Point, seed: int) -> Verdict:
    """Minima by Eckart and Young; saddles by exact points of lower and of higher loss nearby."""
    return global_iff(point, is_global(point.problem))


@PAPER.states(
    r"\operatorname{rank}(W_{H-1} \cdots W_2) = \min_{0<i<H} d_i \implies \text{the Hessian at a saddle has a"
    r" negative eigenvalue}",
    *ASSUMED,
    NOT_LEAST,
    MIDDLE,
    on=lambda: points(mixed=3),
)
def strict_saddles(point: Point, seed: int) -> Verdict:
    """By the characteristic polynomial of the exact Hessian.

    H counts weight matrices; the paper's counts hidden layers.
    """
    return _strict(point, seed)


@PAPER.states(
    r"H = 2 \implies \text{the Hessian at every saddle has a negative eigenvalue}",
    *ASSUMED,
    NOT_LEAST,
    TWO_LAYERS,
    on=lambda: points(mixed=3),
)
def shallow(point: Point, seed: int) -> Verdict:
    """H counts weight matrices; the paper's counts hidden layers."""
    return _strict(point, seed)


@PAPER.states(
    r"H \ge 3 \implies \text{there are saddles at which the Hessian has no negative eigenvalue}",
    DEEP,
    on=lambda: FILLING + BOTTLENECK,
)
def nonstrict_saddles(data: Data, seed: int) -> Verdict:
    """At the point with all weights zero. H counts weight matrices; the paper's counts hidden layers."""
    problem = zero_weights(data)
    found, inertia = classify(problem), hessian_inertia(problem)
    parts = {
        "no negative eigenvalue": inertia.neg == 0,
        "no global minimum": not is_global(problem),
        "a point of lower loss nearby": lower_nearby(found),
    }
    return checked(parts, str(inertia))


@PAPER.states(
    r"H \ge 2 \implies \text{the loss is neither convex nor concave}",
    WITH_HIDDEN,
    on=lambda: FILLING + BOTTLENECK,
)
def non_convex(data: Data, seed: int) -> Verdict:
    """H counts weight matrices; the paper's counts hidden layers."""
    found = [point.inertia for point in points((data,))]
    parts = {
        "some Hessian has a negative eigenvalue": any(inertia.neg for inertia in found),
        "some Hessian has a positive eigenvalue": any(inertia.pos for inertia in found),
    }
    return checked(parts)
