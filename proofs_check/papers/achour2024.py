r"""E. M. Achour, F. Malgouyres, S. Gerchinovitz: the loss landscape of deep linear networks to second order."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

from flint import fmpq_mat

from algebra.critical_points.theorem_check import TheoremCheck
from algebra.critical_points.theorems import is_tightened, published_theorems
from algebra.exact.matrices import Matrix, is_zero, trace_of_product
from algebra.exact.numbers import to_fraction
from proofs_check.claim import Hypothesis, Kind, Verdict
from proofs_check.deciding.assumptions import (
    CRITICAL,
    DISTINCT,
    FULL_RANK,
    INVERTIBLE,
    NOT_TALLER,
    ON_DATA,
    SAMPLES,
    is_global,
)
from proofs_check.deciding.balanced import Balanced, balanced_instances
from proofs_check.deciding.critical_points import BOTTLENECK, FAMILY, FILLING, REPEATED, SINGULAR, Data, Point, points
from proofs_check.deciding.saddles import checked, lower_nearby
from proofs_check.paper import Paper

PAPER = Paper(
    "achour2024",
    "E. M. Achour, F. Malgouyres, S. Gerchinovitz, The loss landscape of deep linear neural networks: a second-order "
    "analysis, JMLR 25(242), 2024",
    "2107.13289",
)


def _part(data: Data, kept: tuple[int, ...]) -> Matrix:
    """U_S U_Sᵀ S_YX S_XX⁻¹ for a set of the data's singular directions."""
    structure = data.structure
    total = fmpq_mat(structure.outputs, structure.inputs)
    return sum((structure.directions[i].left * structure.directions[i].right for i in kept), total)


def sets_of(point: Point) -> list[tuple[int, ...]]:
    """Return all sets S of singular directions, of any size, with R = U_S U_Sᵀ S_YX S_XX⁻¹.

    Examples
    --------
    >>> sets_of(Point(Data((2, 2, 2), (2, 1), "plain"), "class", 1))
    [(0,)]
    """
    places = range(len(point.data.structure.directions))
    every = [kept for size in range(len(places) + 1) for kept in combinations(places, size)]
    return [kept for kept in every if _part(point.data, kept) == point.problem.R]


def _unique(point: Point, seed: int) -> Verdict:
    found = sets_of(point)
    problem, traces = point.problem, point.data.structure.traces
    difference = trace_of_product(problem.Y, problem.Y) - 2 * problem.loss
    explained = to_fraction(difference)
    parts = {
        "one S": len(found) == 1,
        "|S| = r": all(_size(point.data, kept) == problem.r for kept in found),
        "tr(Y Y^T) - sum of l_i, i in S": all(
            explained == sum((traces[i] for i in kept), Fraction(0)) for kept in found
        ),
    }
    return checked(parts, f"sets {found}, r = {problem.r}")


def _size(data: Data, kept: tuple[int, ...]) -> int:
    return sum(data.structure.directions[i].size for i in kept)


def theorem7(point: Point) -> TheoremCheck:
    """Return what Theorem 7 says of a point, whether or not it applies.

    Examples
    --------
    >>> theorem7(Point(Data((2, 2, 2), (2, 1), "plain"), "class", 0)).says
    'strict_saddle'
    """
    (found,) = (check for check in published_theorems(point.found) if check.name.startswith("Achour"))
    return found


def _second_order(point: Point, seed: int) -> Verdict:
    says, inertia = theorem7(point).would_say, point.inertia
    if says == "global_min":
        parts = {"the loss is the least": is_global(point.problem)}
    elif says == "strict_saddle":
        parts = {"the Hessian has a negative eigenvalue": inertia.neg > 0}
    else:
        lower = not is_global(point.problem) and lower_nearby(point.found)
        parts = {"the Hessian has no negative eigenvalue": inertia.neg == 0, "a point of lower loss nearby": lower}
    problem = point.problem
    least = point.found.minimum_loss()
    return checked(parts, f"{says} says the test; loss {problem.loss}, least loss {least}, Hessian: {inertia}")


def layers_of_rank_r(point: Point) -> int:
    """Return how many layers have rank r.

    Examples
    --------
    >>> layers_of_rank_r(Point(Data((2, 2, 2), (2, 1), "plain"), "class", 0))
    2
    """
    return sum(int(W.rank()) == point.problem.r for W in point.problem.W)


ASSUMED = (CRITICAL, *ON_DATA, NOT_TALLER)
DEGENERATE: Hypothesis[Point] = Hypothesis("r < k", lambda p: p.problem.r < p.problem.k)
TWO_LAYERS: Hypothesis[Point] = Hypothesis("H = 2", lambda p: p.problem.depth == 2)
DEEP: Hypothesis[Point] = Hypothesis("H >= 3", lambda p: p.problem.depth >= 3)
THREE: Hypothesis[Point] = Hypothesis("three layers of rank r", lambda p: layers_of_rank_r(p) >= 3)
NONSTRICT: Hypothesis[Point] = Hypothesis(
    "non-strict saddle", lambda p: p.inertia.neg == 0 and not is_global(p.problem)
)
TALLER: Hypothesis[Point] = Hypothesis("d_y > d_x", lambda p: p.data.widths[-1] > p.data.widths[0])
THEOREM_7 = (
    r"r = k: \text{ global minimum if } S = \{1..k\}, \text{ else strict saddle};\; r < k: \text{ non-strict saddle if"
    r" } S = \{1..r\} \text{ and } W \text{ is tightened, else strict saddle}"
)
BY_HESSIAN = "Against the exact Hessian, the least loss by Eckart and Young, and exact points nearby."
RATIONAL = tuple(data for data in FILLING + BOTTLENECK if data.kind != "golden")


@PAPER.states(
    r"\text{critical} \implies \exists!\, S,\; |S| = r:\; R = U_S U_S^T S_{YX} S_{XX}^{-1}, \text{ with value }"
    r" \operatorname{tr}(YY^T) - \sum_{i \in S} \lambda_i",
    *ASSUMED,
    on=lambda: points(mixed=4),
    item="Proposition 1",
)
def directions(point: Point, seed: int) -> Verdict:
    """Their loss has no factor 1/2. Blocks of irrational directions count as one."""
    return _unique(point, seed)


@PAPER.states(
    r"\text{the same without: the eigenvalues are distinct}",
    CRITICAL,
    *SAMPLES,
    INVERTIBLE,
    FULL_RANK,
    NOT_TALLER,
    on=lambda: points(REPEATED, mixed=6),
    kind=Kind.FALSE_CONJECTURE,
)
def directions_repeated(point: Point, seed: int) -> Verdict:
    """The proposition assumes it. With a repeated eigenvalue no single basis U serves all critical points."""
    return _unique(point, seed)


@PAPER.states(
    r"\text{every } S \text{ with } |S| \le k \text{ belongs to a critical point}",
    Hypothesis("d_y <= d_x", lambda data: data.widths[-1] <= data.widths[0]),
    on=lambda: tuple(data for data in RATIONAL if len(data.widths) > 2),
    item="Proposition 2",
)
def every_set(data: Data, seed: int) -> Verdict:
    """By generated points."""
    found = {
        kept
        for number in range(len(data.classes))
        if (point := Point(data, "class", number)).problem.is_critical
        for kept in sets_of(point)
    }
    k, places = min(data.widths), range(len(data.structure.directions))
    every = {kept for size in range(k + 1) for kept in combinations(places, size)}
    return checked({"every S with |S| <= k": found == every}, f"{len(found)} sets of {len(every)}")


@PAPER.states(
    THEOREM_7,
    *ASSUMED,
    on=lambda: points(most=8, mixed=6),
    item="Theorem 7",
    remark=BY_HESSIAN,
)
def second_order(point: Point, seed: int) -> Verdict:
    return _second_order(point, seed)


@PAPER.states(
    r"\text{the same without: } S_{XY} \text{ has rank } d_y",
    CRITICAL,
    *SAMPLES,
    INVERTIBLE,
    NOT_TALLER,
    on=lambda: points(SINGULAR),
    kind=Kind.FALSE_CONJECTURE,
)
def second_order_singular(point: Point, seed: int) -> Verdict:
    """The theorem assumes it. Without it an exact fit of rank below k is a global minimum."""
    return _second_order(point, seed)


def _inside(point: Point) -> bool:
    return NOT_TALLER.holds(point) and DISTINCT.holds(point)


@PAPER.states(
    r"\text{the same with repeated eigenvalues (some } S \text{ for some basis), and for } d_y > d_x",
    CRITICAL,
    *SAMPLES,
    INVERTIBLE,
    FULL_RANK,
    Hypothesis("outside the assumptions", lambda p: not _inside(p)),
    on=lambda: points(FAMILY, most=8, mixed=6),
)
def second_order_beyond(point: Point, seed: int) -> Verdict:
    """Outside the paper's assumptions; S = {1..r} read as: no dropped eigenvalue exceeds a kept one.

    Against the exact Hessian, the least loss by Eckart and Young, and exact points nearby.
    """
    return _second_order(point, seed)


def _complementary(point: Point, i: int, j: int) -> tuple[int, int]:
    problem = point.problem
    long = problem.C(j) * problem.S_YX.transpose() * problem.A(i)
    return int(long.rank()), int(problem.B(i, j).rank())


@PAPER.states(
    r"\text{both complementary blocks of every pivot have rank} \ge r",
    *ASSUMED,
    on=lambda: points(mixed=4),
)
def block_ranks(point: Point, seed: int) -> Verdict:
    r = point.problem.r
    return checked({"both ranks >= r": all(min(_complementary(point, *p)) >= r for p in point.problem.pivots)})


@PAPER.states(
    r"H = 2,\; r < k \implies W \text{ is not tightened}",
    *ASSUMED,
    TWO_LAYERS,
    DEGENERATE,
    on=lambda: points(mixed=4),
)
def two_layers(point: Point, seed: int) -> Verdict:
    return checked({"not tightened": not is_tightened(point.problem)}, point.label)


@PAPER.states(
    r"H \ge 3, \text{ three layers of rank } r \implies W \text{ is tightened}",
    *ASSUMED,
    DEEP,
    THREE,
    on=lambda: points(most=12, mixed=6),
)
def three_layers(point: Point, seed: int) -> Verdict:
    return checked({"tightened": is_tightened(point.problem)}, point.label)


@PAPER.states(
    r"r < k, \text{ non-strict saddle} \implies \text{three layers of rank } r",
    *ASSUMED,
    DEGENERATE,
    NONSTRICT,
    on=lambda: points(most=40, mixed=6),
    kind=Kind.FALSE_CONJECTURE,
)
def three_layers_converse(point: Point, seed: int) -> Verdict:
    """Not the paper's: three layers of rank r suffice, they are not needed."""
    count = layers_of_rank_r(point)
    shown = f"{count} layers of rank r = {point.problem.r}; Hessian: {point.inertia}"
    return checked({"three layers of rank r": count >= 3}, shown)


@PAPER.states(
    r"\text{a pivot is tightened} \iff \text{one of } W_H \cdots W_{i+1},\; W_{i-1} \cdots W_{j+1},\;"
    r" W_{j-1} \cdots W_1 \text{ has rank } r",
    *ASSUMED,
    DEGENERATE,
    on=lambda: points(most=40, mixed=6),
    kind=Kind.FALSE_CONJECTURE,
)
def separate_ranks(point: Point, seed: int) -> Verdict:
    """Not the paper's, but easily read into it: the outer block is the product with S_XY in the middle."""
    p = point.problem
    separate = all(p.r in (int(M.rank()) for M in (p.A(i), p.B(i, j), p.C(j))) for i, j in p.pivots)
    shown = f"ranks alone say {'tightened' if separate else 'not tightened'}, the blocks say the opposite"
    return checked({"the same answer": separate == is_tightened(point.problem)}, f"{shown}; Hessian: {point.inertia}")


@PAPER.states(
    r"W_{h+1}^T W_{h+1} = W_h W_h^T,\; H \ge 3 \implies \text{a critical point is tightened}",
    on=balanced_instances,
)
def balanced(instance: Balanced, seed: int) -> Verdict:
    p = instance.problem
    pairs = zip(p.W, p.W[1:], strict=False)
    parts = {
        "critical": p.is_critical,
        "balanced": all(is_zero(above.transpose() * above - below * below.transpose()) for below, above in pairs),
        "tightened": is_tightened(p),
    }
    return checked(parts)
