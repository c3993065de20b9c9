"""Sparse self-expression: noiseless by exact linear programs, noisy by the conditions of Karush, Kuhn and Tucker.

For a point z and other points, p = min |c|_1 subject to sum_i c_i z_i = z; the dual is max <z, y> subject to
``|<z_i, y>| <= 1``.  p_own allows points of the own cluster only.  Some optimal c is subspace preserving iff
p = p_own; all are iff moreover the margin

    s* = max s  subject to  <z, y> = p,  |<z_i, y>| <= 1 (own),  |<z_i, y>| <= 1 - s (others)

is positive, by strict complementarity (Goldman, Tucker).  It is solved through its dual,

    s* = min |w|_1 - t p  subject to  sum_i w_i z_i = t z,  |w_others|_1 = 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import fmpq, fmpq_mat

from algebra.exact.dyadic import nearest_floats
from algebra.exact.elimination import solution
from algebra.exact.matrices import columns_of, is_zero, rational_matrix, side_by_side, trace_of_product
from algebra.exact.numbers import nearest_float, to_fmpq, to_fraction
from algebra.exact.programs import minimum
from algebra.shown import Shown

NEARLY = (1e-9, 1e-6, 1e-12)
"""What floats may mean by 0, of coefficients relative to the largest one: the first is most often right."""


@dataclass(frozen=True)
class SparseExpression(Shown):
    """The least ``|c|_1`` with which others express a point, with what proves it.

    Parameters
    ----------
    value : Fraction
    coefficients : tuple of Fraction
        c, one for each point; 0 for those that were not allowed.
    dual : tuple of Fraction
        y with <z, y> equal to the value and ``|<z_i, y>| <= 1``.
    """

    value: Fraction
    coefficients: tuple[Fraction, ...]
    dual: tuple[Fraction, ...]


@dataclass(frozen=True)
class Recovery(Shown):
    """What sparse self-expression recovers at one point.

    Parameters
    ----------
    best, own : SparseExpression, optional
        Among all others, and among those of its cluster; None if they do not span the point.
    margin : Fraction, optional
        None where `best` is better than `own`, and without points of other clusters.
    """

    best: SparseExpression | None
    own: SparseExpression | None
    margin: Fraction | None

    @property
    def is_preserved_by_some(self) -> bool:
        """Whether some optimal solution is subspace preserving."""
        return self.best is not None and self.own is not None and self.best.value == self.own.value

    @property
    def is_preserved(self) -> bool:
        """Whether there are optimal solutions, and all are subspace preserving."""
        return self.is_preserved_by_some and (self.margin is None or self.margin > 0)


def sparse_expression(Z: Any, point: int, among: Sequence[int] | None = None) -> SparseExpression | None:
    """Express one point by others with the least sum of absolute values, exactly.

    Parameters
    ----------
    Z : array_like
        Rational, one point a column.
    point : int
        The column that is to be expressed.
    among : sequence of int, optional
        The columns that may be used; default: all others.

    Returns
    -------
    SparseExpression or None
        None if they do not span it.

    Examples
    --------
    >>> found = sparse_expression([[1, 1, 0], [1, 0, 1]], 0)
    >>> str(found.value), [str(x) for x in found.coefficients]
    ('2', ['0', '1', '1'])
    """
    columns = columns_of(rational_matrix("Z", Z))
    used = [i for i in (range(len(columns)) if among is None else among) if i != point]
    return _expression(columns, point, used)


def _expression(columns: Sequence[fmpq_mat], point: int, used: Sequence[int]) -> SparseExpression | None:
    """Express one of the columns by those that are used."""
    z, rows = columns[point], columns[point].nrows()
    others = side_by_side([columns[i] for i in used], rows)
    if not used or solution(others, z) is None:
        return _zero(len(columns), rows) if is_zero(z) else None

    # c = c+ - c-, both nonnegative, with the least sum.
    found = minimum([fmpq(1)] * (2 * len(used)), side_by_side([others, -1 * others], rows), z)
    assert found is not None  # it is feasible, and nothing is below 0

    coefficients = [Fraction(0)] * len(columns)
    for place, i in enumerate(used):
        coefficients[i] = to_fraction(found.x[place, 0] - found.x[place + len(used), 0])
    dual = tuple(map(to_fraction, found.y.entries()))
    return SparseExpression(to_fraction(found.value), tuple(coefficients), dual)


def _zero(points: int, rows: int) -> SparseExpression:
    return SparseExpression(Fraction(0), (Fraction(0),) * points, (Fraction(0),) * rows)


def recovery(Z: Any, labels: Sequence[Any]) -> list[Recovery]:
    """Return for every point what sparse self-expression recovers of its cluster.

    Parameters
    ----------
    Z : array_like
        Rational, one point a column.
    labels : sequence
        The cluster of each point.

    Returns
    -------
    list of Recovery

    Examples
    --------
    >>> found = recovery([[1, 0, 1, 0], [0, 1, 1, 0], [0, 0, 0, 1]], [0, 0, 0, 1])
    >>> [each.is_preserved for each in found], str(found[0].margin), found[3].best
    ([True, True, True, False], '1', None)

    References
    ----------
    .. [1] E. Elhamifar, R. Vidal, Sparse subspace clustering, PAMI 35, 2013, arXiv:1203.1005.
    .. [2] M. Soltanolkotabi, E. Candes, A geometric analysis of subspace clustering with outliers, Annals of
       Statistics 40, 2012, arXiv:1112.4258.
    """
    columns = columns_of(rational_matrix("Z", Z))
    return [_recovery(columns, labels, j) for j in range(len(columns))]


def _recovery(columns: Sequence[fmpq_mat], labels: Sequence[Any], j: int) -> Recovery:
    rest = [i for i in range(len(columns)) if i != j]
    own = [i for i in rest if labels[i] == labels[j]]
    others = [i for i in rest if labels[i] != labels[j]]
    best, within = _expression(columns, j, rest), _expression(columns, j, own)
    if best is None or within is None or best.value < within.value or not others:
        return Recovery(best, within, None)
    return Recovery(best, within, _margin(columns, j, own, others, best.value))


def _margin(columns: Sequence[fmpq_mat], j: int, own: list[int], others: list[int], value: Fraction) -> Fraction:
    """Solve the program of the margin in the variables w+, w-, t+, t-."""
    rows, p = columns[j].nrows(), to_fmpq(value)
    points = side_by_side([columns[i] for i in (*own, *others)], rows)
    count = len(own) + len(others)

    # sum_i w_i z_i - t z = 0, and the sum of |w_i| of other clusters is 1.
    above = side_by_side([points, -1 * points, -1 * columns[j], columns[j]], rows).table()
    counted = [0] * len(own) + [1] * len(others)
    matrix = fmpq_mat([*above, [*counted, *counted, 0, 0]])
    right = fmpq_mat(rows + 1, 1, [0] * rows + [1])

    # Minimise |w|_1 - t p.
    costs = [*[fmpq(1)] * (2 * count), -p, p]
    found = minimum(costs, matrix, right)
    assert found is not None  # w = e_i/2 - e_i/2 of another cluster is feasible, and the dual of p bounds it
    return to_fraction(found.value)


# ---- the lasso


def lasso_minimum(Z: fmpq_mat, lam: Fraction, is_free: bool = False) -> tuple[Fraction, fmpq_mat] | None:
    """Minimise ``|Z - Z C|_F^2 / 2 + lam |C|_1``, point by point: the value and C, proved.

    None where floats do not help.

    Parameters
    ----------
    Z : fmpq_mat
        One column a point.
    lam : Fraction
        Positive.
    is_free : bool
        Whether the diagonal of C is free.

    Returns
    -------
    (Fraction, fmpq_mat) or None

    Examples
    --------
    >>> value, C = lasso_minimum(fmpq_mat([[1, 1, 0], [0, 0, 1]]), Fraction(1, 2))
    >>> str(value), C.tolist()
    ('5/4', [[0, 1/2, 0], [1/2, 0, 0], [0, 0, 0]])
    """
    columns = columns_of(Z)
    total, found = Fraction(0), []
    for j, z in enumerate(columns):
        # The coefficients of one point.
        used = [i for i in range(len(columns)) if is_free or i != j]
        others = side_by_side([columns[i] for i in used], Z.nrows())
        solved = _lasso(others, z, to_fmpq(lam)) if used else []
        if solved is None:
            return None
        coefficients = fmpq_mat(len(columns), 1)
        for i, c in zip(used, solved, strict=True):
            coefficients[i, 0] = c

        # What it adds to the value.
        residual = z - Z * coefficients
        size = sum((abs(c) for c in solved), fmpq(0))
        total += to_fraction(trace_of_product(residual, residual) / 2 + to_fmpq(lam) * size)
        found.append(coefficients)
    return total, side_by_side(found, len(columns))


def _lasso(A: fmpq_mat, z: fmpq_mat, lam: fmpq) -> list[Any] | None:
    """Return optimal coefficients: floats propose support and signs, the conditions are checked exactly.

    With the residual r: A_i r = lam sign(c_i) where c_i is not 0, |A_i r| <= lam elsewhere.
    """
    # No coefficients at all, if no point is correlated enough.
    correlations = A.transpose() * z
    if all(abs(entry) <= lam for entry in correlations.entries()):
        return [fmpq(0)] * A.ncols()

    floats = _float_lasso(A, z, lam)
    largest = max(map(abs, floats))
    columns = columns_of(A)
    for nearly in NEARLY:
        # Support and signs, as these floats have them.
        support = [i for i, c in enumerate(floats) if abs(c) > nearly * largest]
        signs = [1 if floats[i] > 0 else -1 for i in support]

        # The coefficients with which the first condition holds, if their signs are these.
        part = side_by_side([columns[i] for i in support], A.nrows())
        wanted = part.transpose() * z - fmpq_mat(len(support), 1, [lam * sign for sign in signs])
        solved = solution(part.transpose() * part, wanted)
        if solved is None or any(c * sign < 0 for c, sign in zip(solved.entries(), signs, strict=True)):
            continue

        # The second condition, everywhere.
        residual = z - part * solved
        if all(abs(entry) <= lam for entry in (A.transpose() * residual).entries()):
            found = dict(zip(support, solved.entries(), strict=True))
            return [found.get(i, fmpq(0)) for i in range(A.ncols())]
    return None


def _float_lasso(A: fmpq_mat, z: fmpq_mat, lam: fmpq) -> list[float]:
    """Return coefficients in floats, by the least distance problem that is the dual (Lawson, Hanson, chapter 23).

    The residual is the projection of z on {r : |A_i r| <= lam}.  Its distance to z is the least |u| with G u >= h, and
    non-negative least squares of (G^T; h^T) against the last unit vector have the coefficients up to a factor.
    """
    import numpy as np
    from scipy.optimize import nnls

    # All numbers relative to the largest: floats neither overflow nor vanish.
    size = max(map(abs, (*A.entries(), *z.entries())))
    M = nearest_floats(A / size)
    inner = M.T @ nearest_floats(z / size).ravel()
    bound = nearest_float(to_fraction(lam / size**2))

    # (G^T; h^T) against the last unit vector.
    E = np.vstack([np.hstack([-M, M]), np.concatenate([inner - bound, -inner - bound])])
    target = np.zeros(len(E))
    target[-1] = 1
    weights = nnls(E, target, maxiter=30 * E.shape[1])[0]

    # The factor is the last entry of the residual.
    last = float((target - E @ weights)[-1])
    both = weights / last if last > 0 else weights
    half = A.ncols()
    return [float(c) for c in both[:half] - both[half:]]
