"""The degeneracy report of a trained self-expressive model: what its embedding and its coefficients are worth.

Raw coefficients are looked at.  Thresholds, singular values and powers that are taken of them afterwards are no part of
the model.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from algebra.errors import InputError
from algebra.evidence import Grade
from algebra.exact.numbers import to_fraction
from algebra.shown import Shown
from tensors.clustering.closed_forms import (
    Interval,
    l1_norm,
    low_rank_minimum,
    nuclear_norm,
    ridge_minimum,
    squared_norm,
)
from tensors.clustering.clusters import Affinity, Subspaces, affinity, subspaces
from tensors.clustering.optimum import DegenerateOptimum, degenerate_optimum
from tensors.clustering.solution import TrainedSolution
from tensors.clustering.sparse import lasso_minimum

MOST_SOLVED = 100  # points up to which the best coefficients of an embedding are found, and singular values enclosed

SHAPES = {
    "zero": "all points are 0",
    "one-point": "all points but one are 0",
    "two-points": "all points but two are 0, and these are equal or opposite",
    "collapse": "all points are equal up to sign",
    "rank-one": "all points lie on one line",
    "pairs": "every point has a twin, equal or opposite",
}


@dataclass(frozen=True)
class DegeneracyReport(Shown):
    """What was found; intervals are points where a number is known exactly.

    Parameters
    ----------
    solution : TrainedSolution
    rank, zero_points, directions, points_with_twin : int
    shape : str, optional
        A key of `SHAPES`; None if the embedding has none of these shapes.
    is_feasible : bool
        Whether the embedding is normalised as the model says.
    deviation : Fraction
        The largest difference of a squared norm, or of an inner product of rows, from what it should be.
    objective : (Fraction, Fraction), optional
        F(Z, C), enclosed; None for a nuclear norm of too many points.
    optimum : DegenerateOptimum, optional
        The least value over all embeddings; None where it is not known, or the embedding is not normalised.
    least_for_embedding : (Fraction, Fraction), optional
        The least value over all C for this Z, enclosed; None where it is not known.
    subspaces : Subspaces, optional
    affinity : Affinity
    """

    solution: TrainedSolution
    rank: int
    zero_points: int
    directions: int
    points_with_twin: int
    shape: str | None
    is_feasible: bool
    deviation: Fraction
    objective: Interval | None
    optimum: DegenerateOptimum | None
    least_for_embedding: Interval | None
    subspaces: Subspaces | None
    affinity: Affinity

    @property
    def grade(self) -> Grade:
        """`PROVED` of exact numbers, `NUMERIC` up to the tolerance."""
        return Grade.NUMERIC if self.solution.tolerance else Grade.PROVED

    @property
    def gap(self) -> Interval | None:
        """How far F(Z, C) is above the least value over all embeddings."""
        value = None if self.optimum is None else (self.optimum.value, self.optimum.value)
        return _difference(self.objective, value)

    @property
    def gap_for_embedding(self) -> Interval | None:
        """How far F(Z, C) is above the least value for this Z."""
        return _difference(self.objective, self.least_for_embedding)

    @property
    def is_optimal(self) -> bool | None:
        """Whether nothing is better, whatever the embedding; None where that is open."""
        return self._vanishes(self.gap)

    @property
    def is_optimal_for_embedding(self) -> bool | None:
        """Whether no coefficients are better for this embedding; None where that is open."""
        return self._vanishes(self.gap_for_embedding)

    @property
    def relative_lam(self) -> Fraction | None:
        """``lam / |Z|_F^2``: it stays if Z is scaled and F divided by the squared scale; None for Z = 0."""
        size = to_fraction(self.solution.size)
        return self.solution.model.lam / size if size else None

    @property
    def is_degenerate(self) -> bool:
        """Whether the embedding has a degenerate shape, or is a global optimum, which no data have shaped."""
        return self.shape is not None or bool(self.is_optimal)

    def _vanishes(self, gap: Interval | None) -> bool | None:
        if gap is None or self.objective is None:
            return None
        least = self.solution.tolerance * max(abs(self.objective[1]), Fraction(1))
        if gap[0] > least:
            return False
        return True if gap[1] <= least else None


def _difference(one: Interval | None, other: Interval | None) -> Interval | None:
    return None if one is None or other is None else (one[0] - other[1], one[1] - other[0])


def degeneracy_report(solution: TrainedSolution) -> DegeneracyReport:
    """Examine an embedding with its coefficients.

    Parameters
    ----------
    solution : TrainedSolution
        As `trained_solution` reads it.

    Returns
    -------
    DegeneracyReport

    Raises
    ------
    ArithmeticError
        If exact numbers are below the proved least value: a bug, never hidden.

    Examples
    --------
    >>> from tensors.clustering import trained_solution
    >>> found = degeneracy_report(trained_solution([[1, 1]], [[0, "1/2"], ["1/2", 0]], 1, "square", "instance"))
    >>> found.shape, found.is_optimal, [str(x) for x in found.objective]
    ('collapse', True, ['1/2', '1/2'])

    References
    ----------
    .. [1] B. Haeffele, C. You, R. Vidal, A Critique of Self-Expressive Deep Subspace Clustering, ICLR 2021,
       arXiv:2010.03697.
    """
    N = solution.model.N
    nonzero = [i for i in range(N) if not solution.is_zero(i)]
    directions = _directions(solution, nonzero)
    twins = len({point for pair in solution.twins for point in pair})
    deviation, is_feasible = _deviation(solution)
    report = DegeneracyReport(
        solution,
        solution.rank_of(range(N)),
        N - len(nonzero),
        directions,
        twins,
        _shape(solution, nonzero, directions, twins),
        is_feasible,
        deviation,
        objective(solution),
        _optimum(solution) if is_feasible else None,
        least_for_embedding(solution),
        subspaces(solution),
        affinity(solution),
    )
    for gap in (report.gap, report.gap_for_embedding):
        if gap is not None and not solution.tolerance and gap[1] < 0:
            raise ArithmeticError(f"{solution.model.label}: {gap[1]} below the least value")
    return report


# ---- the embedding


def _directions(solution: TrainedSolution, nonzero: list[int]) -> int:
    """Count the lines through 0 on which points lie: points that are not parallel to an earlier one that counts."""
    counted = set(nonzero)
    for i, j in sorted(solution.parallel):
        if i in counted:
            counted.discard(j)
    return len(counted)


def _shape(solution: TrainedSolution, nonzero: list[int], directions: int, twins: int) -> str | None:
    """Name the degenerate shape of the embedding, the most special one; one point alone has none."""
    if solution.model.N == 1:
        return None
    if len(nonzero) < 2:
        return "one-point" if nonzero else "zero"
    is_whole = len(nonzero) == solution.model.N
    if directions == 1:
        if twins == len(nonzero):
            return "collapse" if is_whole else "two-points" if twins == 2 else "rank-one"
        return "rank-one"
    return "pairs" if is_whole and twins == len(nonzero) else None


def _deviation(solution: TrainedSolution) -> tuple[Fraction, bool]:
    """Return by how much the normalisation is missed at most, and whether that is nothing, up to the tolerance."""
    model = solution.model
    if model.normalisation == "none":
        return Fraction(0), True
    if model.normalisation == "instance":
        unit = Fraction(1)
        found = [to_fraction(solution.gram[j][j]) - 1 for j in range(model.N)]
    else:
        assert model.tau is not None
        unit = model.tau if model.normalisation == "frobenius" else model.tau / model.d
        inner = (solution.Z * solution.Z.transpose()).table()
        found = [to_fraction(inner[k][k]) - unit for k in range(model.d)]
        if model.normalisation == "frobenius":
            found = [to_fraction(solution.size) - unit]
        elif model.normalisation == "whitened":
            found += [to_fraction(inner[k][m]) for k in range(model.d) for m in range(k)]
    worst = max(map(abs, found))
    return worst, worst <= 2 * solution.tolerance * unit


# ---- values


def objective(solution: TrainedSolution) -> Interval | None:
    """Return F(Z, C), exactly or enclosed; None for a nuclear norm of too many points.

    Parameters
    ----------
    solution : TrainedSolution

    Returns
    -------
    Interval or None
    """
    model, C = solution.model, solution.C
    residual = solution.Z - solution.Z * C
    fit = squared_norm(residual) / 2
    if model.regulariser == "nuclear":
        if model.N > MOST_SOLVED:
            return None
        lower, upper = nuclear_norm(C)
        return fit + model.lam * lower, fit + model.lam * upper
    size = l1_norm(C) if model.regulariser == "l1" else squared_norm(C) / 2
    return fit + model.lam * size, fit + model.lam * size


def least_for_embedding(solution: TrainedSolution) -> Interval | None:
    """Return the least F(Z, C) over all C, exactly or enclosed.

    With the square it is a closed form, with l1 the lasso, proved by its optimality conditions; with the nuclear norm a
    sum over the singular values, but with a zero diagonal nothing of the kind is known.
    """
    model, is_free = solution.model, solution.model.diagonal == "free"
    if model.N > MOST_SOLVED:
        return None
    if model.regulariser == "square":
        value = ridge_minimum(solution.Z, model.lam, is_free)
        return value, value
    if model.regulariser == "l1":
        found = lasso_minimum(solution.Z, model.lam, is_free)
        return None if found is None else (found[0], found[0])
    return low_rank_minimum(solution.Z, model.lam) if is_free else None


def _optimum(solution: TrainedSolution) -> DegenerateOptimum | None:
    try:
        return degenerate_optimum(solution.model)
    except InputError:  # whitened embeddings of which nothing is known
        return None


def undercut(report: DegeneracyReport) -> tuple[Fraction, Fraction] | None:
    """Return a scale mu = 2^-k with F(mu Z, 0) < F(Z, C), and that value; None with a normalisation, or for F = 0.

    F(mu Z, 0) = mu^2 |Z|_F^2 / 2.  A linear layer that scales Z, and one after it that undoes that, change no
    reconstruction: without normalisation coefficients are worth nothing.

    Parameters
    ----------
    report : DegeneracyReport

    Returns
    -------
    (Fraction, Fraction) or None

    References
    ----------
    .. [1] Haeffele, You, Vidal (2021), arXiv:2010.03697, on the model without normalisation.
    """
    value, size = report.objective, to_fraction(report.solution.size) / 2
    if report.solution.model.normalisation != "none" or value is None or value[0] <= 0:
        return None
    mu = Fraction(1)
    while size and mu**2 * size >= value[0]:
        mu /= 2
    return mu, mu**2 * size
