"""A convex loss that is not the square loss: the sum of fourth powers, on points that are critical for it, too.

With X = I the gradient with respect to R has entries (R - Y)³.  Given a critical point of the square loss for which the
entries of E are cubes, move Y so that R - Y has their cube roots: both losses then have the same gradient with respect
to R, so the point is critical for both, and stays so on the whole fibre of R.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flint import fmpq

from algebra.critical_points import Problem
from algebra.critical_points.fibre import moved_off
from algebra.errors import InputError
from algebra.exact.matrices import Matrix, is_zero
from algebra.exact.numbers import to_fraction
from proofs_check.deciding.critical_points import Data, Point

CUBES = (
    Data((2, 2, 2), (8, 1), "plain"),
    Data((2, 2, 2, 2), (8, 1), "plain"),
    Data((2, 3, 3), (8, 1), "plain"),
    Data((3, 2, 2), (8, 1), "plain"),
    Data((3, 3, 2, 2), (8, 8), "plain"),
    Data((2, 2, 2, 2), (8, 0), "plain"),
    Data((1, 1, 1, 1), (27,), "plain"),
)


def _cube_root(value: Any) -> Any:
    exact = to_fraction(value)
    size = round(abs(exact) ** Fraction(1, 3))
    root = size if exact > 0 else -size
    if Fraction(root) ** 3 != exact:
        raise InputError("E", value, "a cube of an integer")
    return fmpq(root)


def cube_roots(matrix: Matrix) -> Matrix:
    """Return the matrix of cube roots.

    Raises
    ------
    InputError
        If an entry is not the cube of an integer.

    Examples
    --------
    >>> from flint import fmpq_mat
    >>> cube_roots(fmpq_mat(1, 2, [-8, 0]))
    [-2, 0]
    """
    return type(matrix)(matrix.nrows(), matrix.ncols(), [_cube_root(entry) for entry in matrix.entries()])


def quartic(D: Matrix) -> Any:
    """Return 1/4 of the sum of the fourth powers of the entries.

    Examples
    --------
    >>> from flint import fmpq_mat
    >>> quartic(fmpq_mat(1, 2, [2, 0]))
    4
    """
    return sum((entry**4 for entry in D.entries()), fmpq(0)) / 4


def is_least(point: Point) -> bool:
    """Whether the loss is zero, its least value where every matrix is a product."""
    return is_zero(point.problem.E)


def gradient_vanishes(point: Point) -> bool:
    """Whether the quartic loss, computed with its own gradient (R - Y)³, is critical at the point."""
    problem = point.problem
    roots = cube_roots(problem.E)
    G = type(roots)(roots.nrows(), roots.ncols(), [entry**3 for entry in roots.entries()])
    layers = range(1, problem.depth + 1)
    return all(is_zero(problem.A(i).transpose() * G * problem.C(i).transpose()) for i in layers)


def has_lower_and_higher(point: Point) -> bool:
    """Tell whether the quartic loss is lower and higher near a point with r < k and E nonzero.

    The move is along the fibre, which keeps R and both gradients, and then down or up the gradient.

    Examples
    --------
    >>> has_lower_and_higher(Point(CUBES[0], "class", 0))
    True
    """
    problem = point.problem
    target = problem.R - cube_roots(problem.E)
    here = quartic(problem.R - target)
    there, _ = moved_off(problem, 0, fmpq(1, 64))
    return _reaches(there, target, lambda loss: loss < here, -1) and _reaches(
        there, target, lambda loss: loss > here, 1
    )


def _reaches(there: Problem, target: Matrix, wanted: Any, sign: int) -> bool:
    step = fmpq(sign, 64)
    for _ in range(60):
        moved = there.with_weights([W + g * step for W, g in zip(there.W, there.gradient, strict=True)])
        if wanted(quartic(moved.R - target)):
            return True
        step /= 2
    return False
