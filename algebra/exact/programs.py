"""Linear programs over Q: floats find a basis, exact arithmetic proves what it is.

The convention is the standard form, min c x subject to A x = b and x >= 0, with the dual max b y subject to
A^T y <= c.  A float solver (HiGHS, in SciPy) says which x are positive and which constraints of the dual are tight;
those systems are solved exactly.  Nothing that it says is believed: x and y are returned only if both are feasible and
their values are equal.  Where numbers are too far apart for floats, the simplex method runs over Q, with Bland's rule:
for 10 equations in 120 unknowns that takes two and a half times as long.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flint import fmpq, fmpq_mat

from algebra.exact.elimination import independent_rows, least_norm_solutions, solution
from algebra.exact.matrices import columns_of, is_zero, side_by_side, spread_columns, submatrix, trace_of_product
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
        None if the program has no optimum: nothing is feasible, or the values are not bounded below.

    Examples
    --------
    >>> found = minimum([1, 1], fmpq_mat([[1, 2]]), fmpq_mat([[3]]))
    >>> found.x.tolist(), found.y.tolist(), found.value
    ([[0], [3/2]], [[1/2]], 3/2)
    """
    cost = fmpq_mat(len(costs), 1, list(costs))
    return _by_floats(cost, matrix, right) or simplex(cost, matrix, right)


def _by_floats(cost: fmpq_mat, matrix: fmpq_mat, right: fmpq_mat) -> LinearOptimum | None:
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
    is_primal = _is_nonnegative(x) and is_zero(matrix * x - right)
    return (
        is_primal
        and _is_nonnegative(cost - matrix.transpose() * y)
        and trace_of_product(cost, x) == trace_of_product(right, y)
    )


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


# ---- without floats


def simplex(cost: fmpq_mat, matrix: fmpq_mat, right: fmpq_mat) -> LinearOptimum | None:
    """Solve min c x subject to A x = b, x >= 0 by the revised simplex method over Q, in two phases.

    Examples
    --------
    >>> found = simplex(fmpq_mat([[1], [1]]), fmpq_mat([[1, 2]]), fmpq_mat([[3]]))
    >>> found.x.tolist(), found.value
    ([[0], [3/2]], 3/2)
    >>> simplex(fmpq_mat([[1]]), fmpq_mat([[1]]), fmpq_mat([[-3]])) is None
    True

    References
    ----------
    .. [1] R. Bland, New finite pivoting rules for the simplex method, Math. of Operations Research 2, 1977.
    """
    # rows that others imply are left out; A x = b has no solution if b adds to the rank
    rows = independent_rows(side_by_side([matrix, right], matrix.nrows()))
    A, b = submatrix(matrix, rows, range(matrix.ncols())), submatrix(right, rows, [0])
    size, count = len(rows), matrix.ncols()
    if A.rank() < size:
        return None
    if not size:
        return (
            LinearOptimum(fmpq_mat(count, 1), fmpq_mat(matrix.nrows(), 1), fmpq(0)) if _is_nonnegative(cost) else None
        )

    # first phase: artificial variables, one a row, with the sign of b, are made as small as they can be
    signs = [1 if b[i, 0] >= 0 else -1 for i in range(size)]
    extra = fmpq_mat(size, size, [signs[i] if i == j else 0 for i in range(size) for j in range(size)])
    columns = [*columns_of(A), *columns_of(extra)]
    basis = list(range(count, count + size))
    ones = [fmpq(int(j >= count)) for j in range(count + size)]
    _improve(columns, b, ones, basis, count + size)
    start = _basis_matrix(columns, basis).solve(b)
    if any(start[place, 0] != 0 for place, j in enumerate(basis) if j >= count):
        return None
    for place in (place for place, j in enumerate(basis) if j >= count):
        inverse = _basis_matrix(columns, basis).inv()
        basis[place] = next(j for j in range(count) if (inverse * columns[j])[place, 0] != 0)

    # second phase: the costs themselves, with the variables of the program alone
    costs = cost.entries()
    if not _improve(columns, b, costs, basis, count):
        return None
    B = _basis_matrix(columns, basis)
    x = spread_columns(B.solve(b).transpose(), basis, count).transpose()
    short = B.transpose().solve(fmpq_mat(size, 1, [costs[j] for j in basis]))
    y = spread_columns(short.transpose(), rows, matrix.nrows()).transpose()
    return LinearOptimum(x, y, trace_of_product(cost, x))


def _is_nonnegative(column: fmpq_mat) -> bool:
    return all(entry >= 0 for entry in column.entries())


def _basis_matrix(columns: Sequence[fmpq_mat], basis: Sequence[int]) -> fmpq_mat:
    return side_by_side([columns[j] for j in basis], columns[0].nrows())


def _improve(columns: Sequence[fmpq_mat], b: fmpq_mat, costs: Sequence[Any], basis: list[int], count: int) -> bool:
    """Exchange columns of a feasible basis, always the first that may be, until none is left; False if unbounded."""
    while True:
        inverse = _basis_matrix(columns, basis).inv()
        x = inverse * b
        y = inverse.transpose() * fmpq_mat(len(basis), 1, [costs[j] for j in basis])
        entering = (j for j in range(count) if j not in basis and costs[j] < trace_of_product(columns[j], y))
        chosen = next(entering, None)
        if chosen is None:
            return True

        step = (inverse * columns[chosen]).entries()
        ratios = [(x[i, 0] / s, basis[i], i) for i, s in enumerate(step) if s > 0]
        if not ratios:
            return False
        basis[min(ratios)[2]] = chosen
