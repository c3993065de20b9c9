"""Linear programs over Q: floats find a basis, exact arithmetic proves what it is.

The convention is the standard form, min c x subject to A x = b and x >= 0, with the dual max b y subject to
A^T y <= c.  A float solver (HiGHS, in SciPy) says which x are positive and which constraints of the dual are tight;
those systems are solved exactly.  Nothing that it says is believed: x and y are returned only if both are feasible and
their values are equal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flint import fmpq, fmpq_mat

from algebra.exact.elimination import least_norm_solutions, solution
from algebra.exact.matrices import columns_of, is_zero, side_by_side, spread_columns, trace_of_product
from algebra.exact.numbers import to_fmpq, to_fraction

# what floats mean by 0, of numbers of size 1: the usual accuracy of the solver first, then coarser and finer
NEARLY = (1e-8, 1e-6, 1e-10)


@dataclass(frozen=True)
class LinearOptimum:
    """Solutions of a linear program and of its dual, with the same value: each proves that the other is optimal.

    Parameters
    ----------
    x, y : fmpq_mat
        Columns.
    value : fmpq
    """

    x: Any
    y: Any
    value: Any


def minimum(costs: Sequence[Any], matrix: fmpq_mat, right: fmpq_mat) -> LinearOptimum | None:
    """Solve min c x subject to A x = b, x >= 0, exactly.

    Parameters
    ----------
    costs : sequence of fmpq
        c.
    matrix : fmpq_mat
        A.
    right : fmpq_mat
        b, one column.

    Returns
    -------
    LinearOptimum or None
        None if the program has no optimum, or if floats do not find the place of one.

    Examples
    --------
    >>> found = minimum([1, 1], fmpq_mat([[1, 2]]), fmpq_mat([[3]]))
    >>> found.x.tolist(), found.y.tolist(), found.value
    ([[0], [3/2]], [[1/2]], 3/2)
    """
    cost = fmpq_mat(len(costs), 1, list(costs))
    floats = _float_solution(cost, matrix, right)
    if floats is None:
        return None
    for nearly in NEARLY:
        x = _primal(matrix, right, [j for j, size in enumerate(floats.x) if size > nearly])
        if x is None:
            continue
        tight = [j for j, slack in enumerate(floats.slacks) if slack < nearly]
        for y in _duals(matrix, cost, tight, floats.y):
            if is_optimal(cost, matrix, right, x, y):
                return LinearOptimum(x, y, trace_of_product(cost, x))
    return None


def is_optimal(cost: fmpq_mat, matrix: fmpq_mat, right: fmpq_mat, x: fmpq_mat, y: fmpq_mat) -> bool:
    """Tell whether x and y are feasible for the program and its dual, with one value: then both are optimal.

    Examples
    --------
    >>> is_optimal(fmpq_mat([[1]]), fmpq_mat([[2]]), fmpq_mat([[3]]), fmpq_mat([[fmpq(3, 2)]]), fmpq_mat([[1]]))
    False
    """
    is_primal = all(entry >= 0 for entry in x.entries()) and is_zero(matrix * x - right)
    is_dual = all(entry >= 0 for entry in (cost - matrix.transpose() * y).entries())
    return is_primal and is_dual and trace_of_product(cost, x) == trace_of_product(right, y)


@dataclass(frozen=True)
class _Floats:
    x: list[float]
    y: list[float]
    slacks: list[float]


def _float_solution(cost: fmpq_mat, matrix: fmpq_mat, right: fmpq_mat) -> _Floats | None:
    """Ask HiGHS, with A, b and c each divided by their largest entry."""
    import numpy as np
    from scipy.optimize import linprog

    given = [matrix.entries(), right.entries(), cost.entries()]
    sizes = [max(map(abs, entries), default=fmpq(0)) or fmpq(1) for entries in given]
    A = np.array([_floats(row, sizes[0]) for row in matrix.table()])
    b, c = (np.array(_floats(entries, size)) for entries, size in zip(given[1:], sizes[1:], strict=True))
    found = linprog(c, A_eq=A, b_eq=b, method="highs-ds")
    if found.x is None or found.status != 0:
        return None
    y = found.eqlin.marginals
    return _Floats(found.x.tolist(), (y * _float(sizes[2] / sizes[0])).tolist(), (c - A.T @ y).tolist())


def _floats(entries: Sequence[Any], size: Any) -> list[float]:
    return [_float(entry / size) for entry in entries]


def _float(entry: Any) -> float:
    return float(to_fraction(entry))


def _primal(matrix: fmpq_mat, right: fmpq_mat, support: list[int]) -> fmpq_mat | None:
    """Return the x with this support, if there is one."""
    columns = columns_of(matrix)
    if not support:
        return fmpq_mat(len(columns), 1) if is_zero(right) else None
    found = solution(side_by_side([columns[j] for j in support], matrix.nrows()), right)
    return None if found is None else spread_columns(found.transpose(), support, len(columns)).transpose()


def _duals(matrix: fmpq_mat, cost: fmpq_mat, tight: list[int], near: list[float]) -> Iterator[fmpq_mat]:
    """Yield y for which these constraints are tight: with short numbers, and the one nearest to what the floats say."""
    from fractions import Fraction

    if not tight:
        yield fmpq_mat(matrix.nrows(), 1)
        return
    columns = columns_of(matrix)
    rows = side_by_side([columns[j] for j in tight], matrix.nrows()).transpose()
    sides = fmpq_mat(len(tight), 1, [cost[j, 0] for j in tight])
    short = solution(rows, sides)
    if short is not None:
        yield short
        start = fmpq_mat(len(near), 1, [to_fmpq(Fraction(value)) for value in near])
        yield start + least_norm_solutions(rows, [sides - rows * start])[0]
