"""The little rational linear algebra that generation needs, for matrices that may have no rows or columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq, fmpq_mat


def rows_to_matrix(rows: Sequence[Sequence[Any]], columns: int) -> fmpq_mat:
    """Return the matrix of these rows; without rows it has shape (0, columns)."""
    return fmpq_mat(len(rows), columns, [entry for row in rows for entry in row])


def independent_rows(matrix: fmpq_mat) -> list[int]:
    """Return the first rows that span the row space."""
    echelon, rank = matrix.transpose().rref()
    return [next(j for j in range(matrix.nrows()) if echelon[i, j] != 0) for i in range(rank)]


def kernel(matrix: fmpq_mat) -> fmpq_mat:
    """Return a basis of {v : matrix v = 0} as columns, orthogonal to each other."""
    echelon, rank = matrix.rref()
    n = matrix.ncols()
    pivots = [next(j for j in range(n) if echelon[i, j] != 0) for i in range(rank)]
    free = [j for j in range(n) if j not in pivots]
    columns = []
    for j in free:
        vector = [fmpq(int(i == j)) for i in range(n)]
        for i, pivot in enumerate(pivots):
            vector[pivot] = -echelon[i, j]
        columns.append(fmpq_mat(n, 1, vector))
    return hstack(orthogonalised(columns), n)


def hstack(parts: list[fmpq_mat], rows: int) -> fmpq_mat:
    """Put matrices with this many rows side by side."""
    tables = [part.table() for part in parts if part.ncols()]
    joined = [[entry for table in tables for entry in table[i]] for i in range(rows)]
    return rows_to_matrix(joined, sum(part.ncols() for part in parts))


def orthogonalised(columns: list[fmpq_mat]) -> list[fmpq_mat]:
    """Gram-Schmidt without square roots."""
    found: list[fmpq_mat] = []
    for column in columns:
        rest = column
        for other in found:
            rest = rest - other * (_dot(other, column) / _dot(other, other))
        found.append(rest)
    return found


def lift(rows: fmpq_mat, chosen: list[int], width: int) -> fmpq_mat:
    """Spread columns over the chosen inputs, zero on the others: the same map on the data."""
    lifted = fmpq_mat(rows.nrows(), width)
    for j, target in enumerate(chosen):
        for i in range(rows.nrows()):
            lifted[i, target] = rows[i, j]
    return lifted


def _dot(left: fmpq_mat, right: fmpq_mat) -> fmpq:
    return sum((a * b for a, b in zip(left.entries(), right.entries(), strict=True)), fmpq(0))
