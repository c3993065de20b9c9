"""Moves inside the fibre of a critical point: the weights change, the product W_H … W_1 X does not."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeAlias

from flint import fmpq

from algebra.critical_points.problem import Problem
from algebra.exact.elimination import kernel
from algebra.exact.matrices import Matrix, is_zero

MOST_ROUNDS = 1000

SHORT_ROUNDS = 8
"""Rounds of steps -1, 0 and 1, whose sums come back to 0: of many layers one always has, so others follow."""

LONGEST_STEP = 1 << 16
"""Of the steps that follow, in units of the shortest one; the longest changes entries by the radius."""


Draw: TypeAlias = Callable[[], int]


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
    generator, moves = random.Random(seed), 0
    weights, starts_critical = list(problem.W), problem.is_critical
    for number in range(MOST_ROUNDS):
        is_short = number < SHORT_ROUNDS
        steps = (-1, 0, 0, 1) if is_short else range(-LONGEST_STEP, LONGEST_STEP + 1)
        draw, least = partial(generator.choice, steps), fmpq(1 if is_short else LONGEST_STEP)
        above, below = problem.with_weights(weights).partial_above, [problem.C(1)]
        for i in range(1, problem.depth + 1):
            # What layer i may move along; neither sees its own weights.
            A, C = above[i], below[-1]
            for build in (_below_kernel, _above_kernel):
                change = build(problem, A, C, draw)
                if change is None:
                    continue
                weights[i - 1] = weights[i - 1] + change * (radius / max(least, _size(change)))
                moves += 1
                if starts_critical and not _gradient_appears(problem, weights, above, below, i):
                    continue
                there = problem.with_weights(weights)
                if not there.is_critical:
                    return there, moves
            below.append(weights[i - 1] * C)
    raise ArithmeticError(f"the gradient is still zero after {moves} moves along the fibre")


def _gradient_appears(
    problem: Problem, weights: list[Matrix], above: Sequence[Matrix], below: list[Matrix], i: int
) -> bool:
    """Tell whether the gradient is not zero any more at another layer after layer i has moved.

    Along the fibre E stays as it is, and what layer i itself sees does not depend on its weights. A layer further up
    sees a product that layer i is part of below it, one further down above it; where that is zero, so is the gradient,
    and of all layers beyond.
    """
    C = weights[i - 1] * below[i - 1]
    for other in range(i + 1, problem.depth + 1):
        if is_zero(C):
            break
        if not is_zero(above[other].transpose() * problem.E * C.transpose()):
            return True
        C = weights[other - 1] * C

    A = above[i] * weights[i - 1]
    for other in range(i - 1, 0, -1):
        if is_zero(A):
            break
        if not is_zero(A.transpose() * problem.E * below[other - 1].transpose()):
            return True
        A = A * weights[other - 1]
    return False


def _above_kernel(problem: Problem, A: Matrix, C: Matrix, draw: Draw) -> Matrix | None:
    """Columns that A_i does not see."""
    vectors = kernel(A)
    if not vectors:
        return None
    width = C.nrows()
    return _sum([v * _random_column(problem, width, draw).transpose() for v in vectors])


def _below_kernel(problem: Problem, A: Matrix, C: Matrix, draw: Draw) -> Matrix | None:
    """Rows that vanish on what C_i X can give."""
    vectors = kernel((C * problem.X).transpose())
    if not vectors:
        return None
    height = A.ncols()
    return _sum([_random_column(problem, height, draw) * v.transpose() for v in vectors])


def _random_column(problem: Problem, size: int, draw: Draw) -> Matrix:
    return problem.matrix_of([[fmpq(draw())] for _ in range(size)])


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
