"""Moves inside the fibre of a critical point: the weights change, the product W_H … W_1 X does not."""

from __future__ import annotations

import math
import random
from typing import Any

from flint import fmpq

from algebra.critical_points.problem import Problem
from algebra.exact.elimination import kernel
from algebra.exact.matrices import Matrix

MOST_ROUNDS = 1000


def moved_off(problem: Problem, seed: int = 0, radius: Any = 1) -> tuple[Problem, int]:
    """Move a point along its fibre until the gradient is not zero.

    A move adds z wᵀ to W_i, with A_i z = 0, or x yᵀ, with yᵀ C_i X = 0; both leave R X unchanged.  At a critical
    point with r < k and E nonzero such moves, as small as one likes, lead to a point that is not critical: if they
    did not, E would have to vanish.

    Parameters
    ----------
    problem : Problem
        A critical point that is no global minimum, with r < k.
    seed : int
        Of the random integers in the moves.
    radius : fmpq or int
        No move changes an entry by more.

    Returns
    -------
    problem : Problem
        The same data, with weights of the same loss and nonzero gradient.
    moves : int

    Raises
    ------
    ArithmeticError
        If the gradient stays zero, which for such a point it cannot.

    Examples
    --------
    >>> zero = [[0]]
    >>> there, moves = moved_off(Problem([[1]], [[1]], [zero, zero, zero]))
    >>> there.is_critical, there.loss
    (False, 1/2)
    """
    generator = random.Random(seed)
    moves = 0
    for _ in range(MOST_ROUNDS):
        for i in range(1, problem.depth + 1):
            for build in (_below_kernel, _above_kernel):
                change = build(problem, i, generator)
                if change is None:
                    continue
                weights = list(problem.W)
                weights[i - 1] = weights[i - 1] + change * (radius / _size(change))
                problem, moves = problem.with_weights(weights), moves + 1
                if not problem.is_critical:
                    return problem, moves
    raise ArithmeticError(f"the gradient is still zero after {moves} moves along the fibre")


def _above_kernel(problem: Problem, i: int, generator: random.Random) -> Matrix | None:
    """Columns that A_i does not see."""
    vectors = kernel(problem.A(i))
    if not vectors:
        return None
    width = problem.W[i - 1].ncols()
    return _sum([v * _random_column(problem, width, generator).transpose() for v in vectors])


def _below_kernel(problem: Problem, i: int, generator: random.Random) -> Matrix | None:
    """Rows that vanish on what C_i X can give."""
    vectors = kernel((problem.C(i) * problem.X).transpose())
    if not vectors:
        return None
    height = problem.W[i - 1].nrows()
    return _sum([_random_column(problem, height, generator) * v.transpose() for v in vectors])


def _random_column(problem: Problem, size: int, generator: random.Random) -> Matrix:
    return problem.matrix_of([[fmpq(generator.choice((-1, 0, 0, 1)))] for _ in range(size)])


def _size(matrix: Matrix) -> fmpq:
    """Bound the entries, and by at least 1: after a short move the next kernel has entries of the inverse length."""
    return max([fmpq(1), *(_absolute(entry) for entry in matrix.entries())])


def _absolute(entry: Any) -> fmpq:
    if isinstance(entry, fmpq):
        return abs(entry)
    return fmpq(math.ceil(float(entry.ball(64).abs_upper())))


def _sum(matrices: list[Matrix]) -> Matrix:
    total = matrices[0]
    for matrix in matrices[1:]:
        total = total + matrix
    return total
