"""Enclosures of what decides about a point: gradient, loss, gap to the least loss, eigenvalues, curvature."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from operator import mul

import numpy as np
from flint import arb, arb_mat

from algebra.critical_points.floats.network import FloatNetwork, least_curvature
from algebra.critical_points.floats.problem import FloatProblem
from algebra.exact.balls import (
    WORKING_BITS,
    Band,
    band,
    exact_balls,
    frobenius_squared,
    inner,
    square_root,
    symmetric_eigenvalues,
)
from algebra.exact.precision import precision
from algebra.rank import rank_lower_bound_balls
from algebra.types import Floats


@dataclass(frozen=True)
class BallBounds:
    """Enclosures for one float problem; each is computed when it is asked for.

    Parameters
    ----------
    given : FloatProblem
    """

    given: FloatProblem

    @cached_property
    def X(self) -> arb_mat:
        """The inputs as balls."""
        return self.given.balls("X", self.given.X)

    @cached_property
    def Y(self) -> arb_mat:
        """The targets as balls."""
        return self.given.balls("Y", self.given.Y)

    @cached_property
    def W(self) -> tuple[arb_mat, ...]:
        """The weights as balls."""
        return tuple(self.given.balls("W", w) for w in self.given.W)

    @cached_property
    def above(self) -> list[arb_mat]:
        """W_H ... W_(i+1) for i = 0 to H."""
        return list(accumulate(reversed(self.W), mul, initial=exact_balls(np.eye(self.Y.nrows()))))[::-1]

    @cached_property
    def below(self) -> list[arb_mat]:
        """W_(i-1) ... W_1 for i = 1 to H + 1."""
        return list(accumulate(self.W, lambda product, w: w * product, initial=exact_balls(np.eye(self.X.nrows()))))

    @cached_property
    def residual(self) -> arb_mat:
        """R X - Y."""
        return self.below[-1] * self.X - self.Y

    @cached_property
    def E(self) -> arb_mat:
        """(R X - Y) X^T."""
        return self.residual * self.X.transpose()

    @cached_property
    def gradient(self) -> list[arb_mat]:
        """A_i^T E C_i^T for i = 1 to H."""
        pairs = zip(self.above[1:], self.below, strict=False)
        return [a.transpose() * self.E * c.transpose() for a, c in pairs]

    @cached_property
    def gradient_squared(self) -> arb:
        """Squared norm of the gradient."""
        return sum((frobenius_squared(g) for g in self.gradient), arb(0))

    @cached_property
    def gradient_norm(self) -> Band:
        """Norm of the gradient; positive means: not critical."""
        lowest = max((float(entry.abs_lower()) for g in self.gradient for entry in g.entries()), default=0.0)
        found = band(square_root(self.gradient_squared), 0.0)
        return Band(max(found.lower, math.nextafter(lowest, 0.0)), found.upper)

    @cached_property
    def relative_gradient(self) -> Band:
        """Norm of the gradient over the size of the terms that cancel in it: from 0 to 1, without unit.

        Where the other layers are smaller than (||Y|| / ||X||)^(1/H) each, what a product of the size of the best map
        needs, they count as that large, so that zero weights are not worse than others.
        """
        inputs = square_root(frobenius_squared(self.X))
        targets = square_root(frobenius_squared(self.Y))
        terms = square_root(frobenius_squared(self.below[-1])) * inputs + targets

        # What the other layers are to a layer: the products above and below it, at least of the usual size.
        depth = len(self.W)
        usual = (targets / inputs) ** (arb(depth - 1) / depth) if inputs > 0 and targets > 0 else arb(0)
        total = arb(0)
        for a, c in zip(self.above[1:], self.below, strict=False):
            size = square_root(frobenius_squared(a)) * square_root(frobenius_squared(c))
            total += arb.max(size, usual) * arb.max(size, usual)

        ratio = square_root(self.gradient_squared) / (terms * inputs * square_root(total))
        found = band(ratio, 0.0)
        return Band(found.lower if self.gradient_norm.is_positive else 0.0, min(found.upper, 1.0))

    @cached_property
    def loss(self) -> Band:
        """1/2 ||R X - Y||^2."""
        return band(frobenius_squared(self.residual) / 2, 0.0)

    @cached_property
    def data_rank(self) -> int | None:
        """Rank of X if every X within the accuracy has it, else None."""
        shape = self.given.X.shape
        if self.given.knows("X"):
            return self.given.exact.data_rank
        radius = [[float(entry.rad().upper()) for entry in row] for row in self.X.table()]
        proved = rank_lower_bound_balls(self.given.X, np.nextafter(np.array(radius), np.inf)).rank
        return proved if proved == min(shape) else None

    @cached_property
    def k(self) -> int | None:
        """The least width, the input's replaced by the rank of X; None where the rank of X is not certain."""
        least = min(len(w) for w in self.given.W)
        if self.data_rank is None:
            return None
        return min(least, self.data_rank)

    @property
    def filling(self) -> bool:
        """Whether the widths allow every linear map of the data."""
        return self.k is not None and self.k == min(self.data_rank or 0, len(self.given.Y))

    def projected(self, matrix: arb_mat) -> arb_mat | None:
        """Return M P M^T, P the projection on the row space of X; None where X is not of certain full rank."""
        if self.data_rank == self.X.ncols():
            return matrix * matrix.transpose()
        if self.data_rank == 0:
            return arb_mat(matrix.nrows(), matrix.nrows(), [0] * matrix.nrows() ** 2)
        inputs = self.X
        if self.data_rank is not None and self.data_rank < self.X.nrows():
            inputs = _exact_rows(self.given)
        if self.data_rank is None:
            return None
        cross = matrix * inputs.transpose()
        try:
            return cross * (inputs * inputs.transpose()).inv() * cross.transpose()
        except ZeroDivisionError:
            return None

    @cached_property
    def N_E(self) -> arb_mat | None:
        """What the error sees of the data; its eigenvalues are squared singular values."""
        return self.projected(self.residual)

    @cached_property
    def gap(self) -> Band:
        """Loss minus the least loss of these widths."""
        found = self._gap_ball()
        bands = [band(ball, 0.0) for ball in (found, self.gap_by_gradient) if ball is not None]
        bands.append(Band(0.0, self.loss.upper))
        return Band(max(b.lower for b in bands), min(b.upper for b in bands))

    def _gap_ball(self) -> arb | None:
        if self.N_E is None or self.k is None:
            return None
        if self.filling:
            # R* = R - E S_XX^-1, so the gap is half the trace of N_E.
            return self.N_E.trace() / 2
        target = self.projected(self.Y)
        assert target is not None
        best = sum(symmetric_eigenvalues(target)[: self.k], arb(0))
        return (frobenius_squared(self.residual) - frobenius_squared(self.Y) + best) / 2

    @cached_property
    def gap_by_gradient(self) -> arb | None:
        """Upper bound of the gap from the gradient (Yun et al. 2018, proposition 3.4); None where it does not apply.

        It is ||dL/dW_1||^2 / (2 sigma_min(A_1)^2 lambda_min(X X^T)) if no layer is narrower than d_y <= d_x, and the
        same with the last layer and C_H if none is narrower than d_x <= d_y.
        """
        d_y, d_x = len(self.given.Y), len(self.given.X)
        if self.data_rank != d_x or not self.filling:
            return None
        outer, gradient = self.above[1], self.gradient[0]
        if d_y > d_x:
            outer, gradient = self.below[-2].transpose(), self.gradient[-1]
        least = symmetric_eigenvalues(outer * outer.transpose())[-1]
        data = symmetric_eigenvalues(self.X * self.X.transpose())[-1]
        if not (least > 0 and data > 0):
            return None
        bound = (frobenius_squared(gradient) / (2 * least * data)).upper()
        return arb(0).union(bound)

    @cached_property
    def product_eigenvalue(self) -> Band | None:
        """The k-th eigenvalue of N_R: positive means that the product has rank k on the data."""
        if not self.k:
            return None
        image = self.below[-1] * self.X
        return band(symmetric_eigenvalues(image * image.transpose())[self.k - 1], 0.0)

    @cached_property
    def error_eigenvalue(self) -> Band | None:
        """The largest eigenvalue of N_E."""
        return None if self.N_E is None else band(symmetric_eigenvalues(self.N_E)[0], 0.0)

    @cached_property
    def curvature(self) -> tuple[Band, tuple[Floats, ...]]:
        """Second derivative of the loss along a direction of norm about 1 that floats choose as the lowest."""
        direction = least_curvature(FloatNetwork(self.given.X, self.given.Y, self.given.W))
        return band(self.second_derivative(direction)), direction

    def second_derivative(self, direction: tuple[Floats, ...]) -> arb:
        """Return ||D1 X||^2 + 2 <E, D2> for a direction of float matrices."""
        moves = [exact_balls(v) for v in direction]
        zero = exact_balls(np.zeros_like(self.given.X))
        image, first, second = self.X, zero, zero
        for w, v in zip(self.W, moves, strict=True):
            image, first, second = w * image, w * first + v * image, w * second + v * first
        return frobenius_squared(first) + 2 * inner(self.residual, second)

    def fill(self) -> BallBounds:
        """Compute everything at working precision."""
        with precision(WORKING_BITS):
            _ = (self.gradient_norm, self.relative_gradient, self.gap, self.product_eigenvalue, self.error_eigenvalue)
            _ = self.curvature
        return self


def _exact_rows(given: FloatProblem) -> arb_mat:
    """Return rows that span the row space of X, which is known exactly."""
    from algebra.exact.elimination import independent_rows

    return exact_balls(given.X[list(independent_rows(given.exact.X))])
