"""Exact elimination, each question once: pivots, kernels, solutions, projectors, factors through the rank.

All answers are read off FLINT's reduced row echelon form.  The functions that return matrices of the kind they were
given serve rational matrices and matrices over a real number field (`algebra.exact.field_matrix`) alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq, fmpq_mat

from algebra.exact.matrices import Matrix, identity, rows_like, side_by_side, submatrix


def pivots_of_form(form: Any, rank: int) -> tuple[int, ...]:
    """Return the pivot columns of a reduced row echelon form over any field of FLINT.

    Parameters
    ----------
    form : matrix of FLINT
        In reduced row echelon form.
    rank : int

    Returns
    -------
    tuple of int
    """
    found: list[int] = []
    for i in range(rank):
        start = found[-1] + 1 if found else 0
        found.append(next(j for j in range(start, form.ncols()) if form[i, j] != 0))
    return tuple(found)


def pivots(matrix: Any) -> tuple[int, ...]:
    """Return the first independent columns: of a rational matrix, over a number field, or modulo a prime.

    Parameters
    ----------
    matrix : matrix of FLINT, or FieldMatrix

    Returns
    -------
    tuple of int

    Examples
    --------
    >>> pivots(fmpq_mat(2, 3, [0, 1, 2, 0, 0, 3]))
    (1, 2)
    """
    return pivots_of_form(*matrix.rref())


def independent_rows(matrix: Any) -> tuple[int, ...]:
    """Return the first rows that span the row space.

    Parameters
    ----------
    matrix : matrix of FLINT, or FieldMatrix

    Returns
    -------
    tuple of int

    Examples
    --------
    >>> independent_rows(fmpq_mat(3, 2, [0, 0, 1, 2, 2, 4]))
    (1,)
    """
    return pivots(matrix.transpose())


def kernel(matrix: Matrix) -> list[Matrix]:
    """Return a basis of {v : matrix v = 0}, as columns; each free unknown is 1 in one of them.

    Parameters
    ----------
    matrix : Matrix

    Returns
    -------
    list of Matrix
        One column each.

    Examples
    --------
    >>> [v.table() for v in kernel(fmpq_mat(1, 2, [1, 2]))]
    [[[-2], [1]]]
    """
    form, rank = matrix.rref()
    places, width = pivots_of_form(form, rank), matrix.ncols()
    taken = set(places)

    # A vector for each free unknown: it is 1, the other free ones are 0, and each row gives its pivot's.
    found = []
    for free in (j for j in range(width) if j not in taken):
        entries: list[Any] = [fmpq(0)] * width
        entries[free] = fmpq(1)
        for i, pivot in enumerate(places):
            entries[pivot] = -form[i, free]
        found.append(rows_like(matrix, [[entry] for entry in entries]))
    return found


def orthogonal_kernel(matrix: fmpq_mat) -> fmpq_mat:
    """Return a basis of {v : matrix v = 0} as the columns of one matrix, orthogonal to each other.

    Parameters
    ----------
    matrix : fmpq_mat

    Returns
    -------
    fmpq_mat

    Examples
    --------
    >>> orthogonal_kernel(fmpq_mat(1, 3, [1, 1, 1])).table()
    [[-1, -1/2], [1, -1/2], [0, 1]]
    """
    return side_by_side(orthogonalised(kernel(matrix)), matrix.ncols())


def orthogonalised(columns: Sequence[fmpq_mat]) -> list[fmpq_mat]:
    """Return independent columns made orthogonal to each other: Gram-Schmidt without square roots.

    Parameters
    ----------
    columns : sequence of fmpq_mat
        One column each, independent.

    Returns
    -------
    list of fmpq_mat

    Examples
    --------
    >>> [v.table() for v in orthogonalised([fmpq_mat(2, 1, [1, 0]), fmpq_mat(2, 1, [1, 1])])]
    [[[1], [0]], [[0], [1]]]
    """
    found: list[fmpq_mat] = []
    for column in columns:
        # Less its projections on the columns before it.
        rest = column
        for other in found:
            share = _dot(other, column) / _dot(other, other)
            rest = rest - other * share
        found.append(rest)
    return found


def _dot(left: fmpq_mat, right: fmpq_mat) -> fmpq:
    return (left.transpose() * right)[0, 0]


def solution(matrix: fmpq_mat, right: fmpq_mat) -> fmpq_mat | None:
    """Return a solution of ``matrix x = right``, one column, whose free unknowns are 0; None if there is none.

    Parameters
    ----------
    matrix : fmpq_mat, shape (m, n)
    right : fmpq_mat, shape (m, 1)

    Returns
    -------
    fmpq_mat or None

    Examples
    --------
    >>> solution(fmpq_mat(1, 2, [2, 1]), fmpq_mat(1, 1, [4])).tolist()
    [[2], [0]]
    >>> solution(fmpq_mat(1, 1, [0]), fmpq_mat(1, 1, [4])) is None
    True
    """
    columns = matrix.ncols()
    form, rank = side_by_side([matrix, right], matrix.nrows()).rref()
    places = pivots_of_form(form, rank)

    # A pivot on the right-hand side is the equation 0 = 1.
    if places and places[-1] == columns:
        return None

    found = fmpq_mat(columns, 1)
    for i, j in enumerate(places):
        found[j, 0] = form[i, columns]
    return found


def least_norm_solutions(matrix: fmpq_mat, sides: Sequence[fmpq_mat]) -> list[fmpq_mat]:
    """Return the shortest solutions of ``matrix x = side``, each of which has one.

    Parameters
    ----------
    matrix : fmpq_mat, shape (m, n)
    sides : sequence of fmpq_mat, shape (m, 1)

    Returns
    -------
    list of fmpq_mat, shape (n, 1)

    Examples
    --------
    >>> [x.tolist() for x in least_norm_solutions(fmpq_mat(1, 2, [1, 1]), [fmpq_mat(1, 1, [2])])]
    [[[1], [1]]]
    """
    # Independent rows A say it all, and the shortest solution is in their span: x = A^T (A A^T)^-1 b.
    rows = independent_rows(matrix)
    short = submatrix(matrix, rows, range(matrix.ncols()))
    inverse = short.transpose() * (short * short.transpose()).inv()
    return [inverse * submatrix(side, rows, [0]) for side in sides]


def coordinates(basis: Matrix, matrix: Matrix) -> Matrix:
    """Return the C with the least ``|basis C - matrix|``, for a basis of independent columns.

    Parameters
    ----------
    basis : Matrix, shape (m, r)
    matrix : Matrix, shape (m, n)

    Returns
    -------
    Matrix, shape (r, n)

    Examples
    --------
    >>> coordinates(fmpq_mat(2, 1, [1, 1]), fmpq_mat(2, 1, [1, 3])).tolist()
    [[2]]
    """
    return (basis.transpose() * basis).inv() * (basis.transpose() * matrix)


def rank_factors(matrix: Matrix) -> tuple[Matrix, Matrix]:
    """Factor M = L R through its rank: the pivot columns, and the rows of the reduced echelon form.

    Parameters
    ----------
    matrix : Matrix, shape (m, n)

    Returns
    -------
    (Matrix, Matrix)
        L, of shape (m, rank), and R, of shape (rank, n).

    Examples
    --------
    >>> L, R = rank_factors(fmpq_mat(2, 2, [1, 2, 2, 4]))
    >>> L.table(), R.table()
    ([[1], [2]], [[1, 2]])
    """
    form, rank = matrix.rref()
    places = pivots_of_form(form, rank)

    # Column j of M is the combination of pivot columns that column j of the form has as its entries.
    left = [[row[j] for j in places] for row in matrix.table()]
    right = form.table()[:rank]
    return rows_like(matrix, left, rank), rows_like(matrix, right, matrix.ncols())


def column_basis(matrix: Matrix) -> Matrix:
    """Return the matrix with only its pivot columns.

    Parameters
    ----------
    matrix : Matrix, shape (m, n)

    Returns
    -------
    Matrix, shape (m, rank)

    Examples
    --------
    >>> column_basis(fmpq_mat(2, 3, [1, 2, 0, 0, 0, 1])).table()
    [[1, 0], [0, 1]]
    """
    return rank_factors(matrix)[0]


def projector(matrix: Matrix) -> Matrix:
    """Return the orthogonal projector on the column space.

    Parameters
    ----------
    matrix : Matrix, shape (m, n)

    Returns
    -------
    Matrix, shape (m, m)

    Examples
    --------
    >>> projector(fmpq_mat(2, 1, [1, 1])).tolist()
    [[1/2, 1/2], [1/2, 1/2]]
    """
    basis = column_basis(matrix)
    return basis * coordinates(basis, identity(matrix.nrows(), matrix))


def pseudo_inverse(matrix: fmpq_mat) -> fmpq_mat:
    """Return the Moore-Penrose inverse, exactly.

    Parameters
    ----------
    matrix : fmpq_mat, shape (m, n)

    Returns
    -------
    fmpq_mat, shape (n, m)

    Examples
    --------
    >>> pseudo_inverse(fmpq_mat(1, 2, [1, 1])).tolist()
    [[1/2], [1/2]]
    """
    # Of M = L R with L and R of full rank it is R^T (R R^T)^-1 (L^T L)^-1 L^T.
    left, right = rank_factors(matrix)
    inner = (right * right.transpose()).inv() * (left.transpose() * left).inv()
    return right.transpose() * inner * left.transpose()
