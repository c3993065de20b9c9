"""Polishing: Newton steps that bring a nearly critical point closer, in floats, and back to exact numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from algebra.critical_points.classification import Classification, classify_exactly
from algebra.critical_points.floats.network import DENSE, FloatNetwork
from algebra.critical_points.floats.normal_form import normal_form
from algebra.critical_points.floats.problem import FloatProblem
from algebra.critical_points.problem import Problem
from algebra.errors import InputError, as_integer
from algebra.exact.given import plain_array
from algebra.exact.numbers import has_floats
from algebra.exact.pickling import frozen_equal, frozen_hash
from algebra.shown import Shown
from algebra.types import Floats

CUTS = 12
DENOMINATORS = (1, 2, 6, 12, 60, 420, 1000, 10_000, 100_000, 1_000_000)


@dataclass(frozen=True)
class PolishedPoint(Shown):
    """A point after some Newton steps.

    Attributes
    ----------
    W : tuple of ndarray
    gradient_norms : tuple of float
        Before the first step and after each; decreasing.
    losses : tuple of float
    moved : float
        Distance from the first point in the weights.
    stopped_by : str
        "steps", "gradient is zero" or "no decrease".
    """

    __eq__ = frozen_equal
    __hash__ = frozen_hash

    W: tuple[Floats, ...] = field(repr=False)
    gradient_norms: tuple[float, ...]
    losses: tuple[float, ...]
    moved: float
    stopped_by: str


def polish(X: Any, Y: Any, W: Sequence[Any], steps: int = 10) -> PolishedPoint:
    """Take Newton steps on the gradient, of least length, while its norm decreases.

    Parameters
    ----------
    X, Y : array_like
        Shapes (d_x, m) and (d_y, m).
    W : sequence of array_like
        W_1 first; at most 600 weights in all.
    steps : int
        At most so many, at least 1.

    Returns
    -------
    PolishedPoint
        A critical point of any kind attracts them, saddles as well as minima.

    Raises
    ------
    InputError
        If an entry is infinite or NaN, shapes do not chain, or there are too many weights for the dense Hessian.

    Notes
    -----
    The Hessian is singular at every critical point (the product does not change along changes of basis), so small
    eigenvalues are cut off; where to cut is chosen anew at each step, as what reduces the gradient most.

    Examples
    --------
    >>> eye = np.eye(2)
    >>> found = polish(eye, [[2.0, 0.0], [0.0, 1.0]], [eye + 1e-3, [[2.001, 0.0], [0.001, 1.0]]])
    >>> found.gradient_norms[0] > 1e-3, found.gradient_norms[-1] < 1e-14
    (True, True)
    """
    given = FloatProblem.of(X, Y, W)
    most = as_integer("steps", steps, 1)
    network = start = FloatNetwork(given.X, given.Y, given.W)
    if network.parameters > DENSE:
        raise InputError("W", f"{network.parameters} weights", f"of at most {DENSE} weights: the Hessian is dense")
    norms, losses, reason = [network.gradient_norm], [network.loss], "steps"
    for _ in range(most):
        if norms[-1] == 0:
            reason = "gradient is zero"
            break
        moved = network.moved(newton_step(network))
        if not moved.gradient_norm < norms[-1]:
            reason = "no decrease"
            break
        network = moved
        norms.append(network.gradient_norm)
        losses.append(network.loss)
    distance = sum(float(np.sum((a - b) ** 2)) for a, b in zip(network.W, start.W, strict=True)) ** 0.5
    return PolishedPoint(network.W, tuple(norms), tuple(losses), distance, reason)


def newton_step(network: FloatNetwork) -> Floats:
    """Return the flat step that reduces the norm of the gradient most, among Newton steps with a cut-off spectrum.

    It is zero where none reduces it.
    """
    matrix = network.hessian()
    if not np.isfinite(matrix).all():
        return np.zeros(len(matrix))
    values, vectors = np.linalg.eigh(matrix)
    flat = vectors.T @ np.concatenate([g.ravel() for g in network.gradient])
    best, least = np.zeros(len(values)), network.gradient_norm
    size = float(np.abs(values).max(initial=0.0))
    for cut in np.geomspace(1e-12, 1e-1, CUTS) * size:
        kept = np.abs(values) > cut
        step = -vectors[:, kept] @ (flat[kept] / values[kept])
        for damping in (1.0, 0.5, 0.125):
            norm = network.moved(damping * step).gradient_norm
            if norm < least:
                best, least = damping * step, norm
    return best


@dataclass(frozen=True)
class RoundedPoint(Shown):
    """An exact critical point near floats.

    Attributes
    ----------
    problem : Problem
        Exactly critical.
    classification : Classification
        Proved, for these rationals.
    moved : float
        Largest change of an entry by rounding.
    in_normal_form : bool
        Whether the hidden layers' bases were changed before, so that the weights themselves are not near.
    """

    problem: Problem
    classification: Classification
    moved: float
    in_normal_form: bool


def rounded(
    X: Any, Y: Any, W: Sequence[Any], within: float = 1e-6, denominators: Sequence[int] = DENOMINATORS
) -> RoundedPoint | None:
    """Round nearly critical weights to rationals of small denominator and classify them exactly.

    The weights as they are come first; then, since changes of basis in the hidden layers hide rational numbers, their
    normal form, which has the same product.

    Parameters
    ----------
    X, Y : array_like
        Exact rationals, or floats, which are read as exactly what they are.
    W : sequence of array_like of float
    within : float
        No entry may change by more, times the largest entry if that exceeds 1.
    denominators : sequence of int
        Bounds of the denominators to try, increasing.

    Returns
    -------
    RoundedPoint or None
        The first that is exactly critical; None if none is. Nothing is accepted that is not.

    Raises
    ------
    InputError
        If an entry is infinite or NaN, shapes do not chain, or `within` is not positive.

    Examples
    --------
    >>> third = [[0.33333333, 0.0], [0.0, 0.99999999]]
    >>> found = rounded([[1, 0], [0, 1]], [["1/3", 0], [0, 1]], [[[1.0, 0.0], [0.0, 1.0]], third])
    >>> found.classification.verdict.value, found.problem.W[1].table()[0]
    ('global_min', [1/3, 0])
    """
    if not (isinstance(within, (int, float)) and 0 < within < 1):
        raise InputError("within", within, "a number between 0 and 1")
    for most in denominators:
        as_integer("denominators", most, 1)
    x, y = _exact_if_floats("X", X), _exact_if_floats("Y", Y)
    floats = _finite(W)
    Problem(x, y, tuple([[0] * w.shape[1]] * len(w) for w in floats))
    for is_normal, weights in ((False, floats), (True, normal_form(floats))):
        for most in denominators:
            near = [_near(w, most) for w in weights]
            moved = _largest_change(weights, near)
            if moved > within * max(1.0, *(float(np.abs(w).max()) for w in weights)):
                continue
            problem = Problem(x, y, tuple(near))
            if problem.is_critical:
                return RoundedPoint(problem, classify_exactly(problem), moved, is_normal)
    return None


def _finite(W: Sequence[Any]) -> list[Floats]:
    floats = [np.asarray(plain_array(f"W_{i}", w), dtype=np.float64) for i, w in enumerate(W, start=1)]
    for i, w in enumerate(floats, start=1):
        if w.ndim != 2 or not w.size or not np.isfinite(w).all():
            raise InputError(f"W_{i}", W[i - 1], "a matrix of finite numbers")
    return floats


def _largest_change(weights: Sequence[Floats], near: list[list[list[Fraction]]]) -> float:
    return max(
        abs(float(exact - Fraction(value)))
        for w, rows in zip(weights, near, strict=True)
        for exacts, values in zip(rows, w.tolist(), strict=True)
        for exact, value in zip(exacts, values, strict=True)
    )


def _near(matrix: Floats, most: int) -> list[list[Fraction]]:
    return [[Fraction(value).limit_denominator(most) for value in row] for row in matrix.tolist()]


def _exact_if_floats(argument: str, given: Any) -> Any:
    from algebra.exact.dyadic import dyadic

    return dyadic(argument, given) if has_floats(given) else given
