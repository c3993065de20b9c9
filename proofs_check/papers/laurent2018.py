r"""T. Laurent, J. von Brecht: deep linear networks with arbitrary loss, all local minima are global."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import fmpq, fmpq_mat

from algebra import Grade
from algebra.critical_points import Inertia, Problem
from algebra.critical_points.classes.varieties import differential
from algebra.exact.inertia import inertia
from algebra.exact.matrices import is_zero
from algebra.exact.numbers import to_fraction
from proofs_check.claim import Hypothesis, Kind, Verdict
from proofs_check.deciding.assumptions import CRITICAL, is_global
from proofs_check.deciding.convex_losses import CUBES, gradient_vanishes, has_lower_and_higher, is_least
from proofs_check.deciding.critical_points import Point, points
from proofs_check.deciding.saddles import checked, lower_nearby
from proofs_check.paper import Paper

PAPER = Paper(
    "laurent2018",
    "T. Laurent, J. von Brecht, Deep linear networks with arbitrary loss: all local minima are global, ICML 2018",
    "1712.01473",
)


@dataclass(frozen=True)
class Weighted:
    """The network 2-1-2 with loss 1/2 sum w_ij (R - Y)_ij², Y = diag(1, 2), at the product that keeps one entry.

    Parameters
    ----------
    off_diagonal : int
        The weights w_12 = w_21; w_11 = w_22 = 1.
    kept : int
        0 or 1.

    Examples
    --------
    >>> Weighted(3, 0).loss, Weighted(3, 1).loss, Weighted(3, 0).hessian_inertia
    (Fraction(2, 1), Fraction(1, 2), Inertia(neg=0, zero=1, pos=3))
    """

    off_diagonal: int
    kept: int

    @property
    def label(self) -> str:
        """Short name."""
        product = ("E_11", "2 E_22")[self.kept]
        return f"weighted:2-1-2:w_11 = w_22 = 1, w_12 = w_21 = {self.off_diagonal}:R = {product}"

    @property
    def problem(self) -> Problem:
        """The weights: W_1 is a unit row, W_2 a multiple of the unit column."""
        row, column = [[0, 0]], [[0], [0]]
        row[0][self.kept], column[self.kept][0] = 1, self.kept + 1
        return Problem([[1, 0], [0, 1]], [[1, 0], [0, 2]], [row, column])

    @property
    def weights(self) -> list[int]:
        """Of the entries of R, row by row."""
        return [1, self.off_diagonal, self.off_diagonal, 1]

    @property
    def gradient(self) -> fmpq_mat:
        """With respect to R."""
        entries = (self.problem.R - self.problem.Y).entries()
        return fmpq_mat(2, 2, [w * entry for w, entry in zip(self.weights, entries, strict=True)])

    @property
    def loss(self) -> Fraction:
        """Exact."""
        entries = (self.problem.R - self.problem.Y).entries()
        total: Any = sum((w * entry * entry for w, entry in zip(self.weights, entries, strict=True)), fmpq(0)) / 2
        return to_fraction(total)

    @property
    def is_critical(self) -> bool:
        """Whether the gradient with respect to both layers vanishes."""
        first, second = self.problem.W
        return is_zero(second.transpose() * self.gradient) and is_zero(self.gradient * first.transpose())

    @property
    def hessian_inertia(self) -> Inertia:
        """Of the 4 x 4 Hessian: Jacobian, weights, Jacobian, and the gradient off the diagonal."""
        J, G = differential(self.problem), self.gradient
        D = fmpq_mat(4, 4, [w * (i == j) for i, w in enumerate(self.weights) for j in range(4)])
        mixed = [[fmpq(0)] * 2 + row for row in G.transpose().table()] + [row + [fmpq(0)] * 2 for row in G.table()]
        return inertia(J.transpose() * D * J + fmpq_mat(4, 4, [entry for row in mixed for entry in row]))


WIDE: Hypothesis[Point] = Hypothesis("d_j >= min(d_x, d_y)", lambda p: p.facts.least_width == p.facts.ends)


@PAPER.states(
    r"\min_j d_j \ge \min(d_x, d_y) \implies \text{every local minimum of a convex differentiable loss is global}",
    CRITICAL,
    WIDE,
    on=lambda: points(mixed=3),
)
def square(point: Point, seed: int) -> Verdict:
    """The square loss, any data: near every other critical point an exact point of lower loss is found."""
    if is_global(point.problem):
        return Verdict.holds(Grade.PROVED)
    return checked({"a point of lower loss nearby": lower_nearby(point.found)}, point.label)


@PAPER.states(
    r"\text{the same for the loss } \tfrac14 \sum (R - Y)_{ij}^4",
    CRITICAL,
    WIDE,
    on=lambda: points(CUBES, most=8, mixed=0),
)
def quartic(point: Point, seed: int) -> Verdict:
    """At points that are critical for this loss."""
    if is_least(point):
        return Verdict.holds(Grade.PROVED)
    parts = {"critical": gradient_vanishes(point), "a point of lower loss nearby": has_lower_and_higher(point)}
    return checked(parts, point.label)


@PAPER.states(
    r"\text{the same without: } \min_j d_j \ge \min(d_x, d_y)",
    on=lambda: tuple(Weighted(weight, kept) for weight in (1, 2, 3, 10) for kept in (0, 1)),
    kind=Kind.FALSE_CONJECTURE,
)
def bottleneck(instance: Weighted, seed: int) -> Verdict:
    """The theorem assumes it.

    Through a bottleneck, squares with unequal weights have local minima that are not global; with equal weights
    there are none.
    """
    # With one zero eigenvalue, that of the scaling between the layers, a positive semidefinite Hessian suffices.
    found, other = instance.hessian_inertia, Weighted(instance.off_diagonal, 1 - instance.kept)
    assert instance.is_critical
    local = found.neg == 0 and found.zero == 1
    shown = f"local minimum (Hessian: {found}) of loss {instance.loss}, but {other.label} has {other.loss}"
    if local and other.loss < instance.loss:
        return Verdict.violated(Grade.PROVED, reason=shown)
    return Verdict.holds(Grade.PROVED)
