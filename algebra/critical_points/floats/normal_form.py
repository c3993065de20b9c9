"""A change of basis in the hidden layers that turns hidden rational structure into rational entries, in floats."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from algebra.types import Floats


def normal_form(W: Sequence[Floats], tolerance: float = 1e-9) -> tuple[Floats, ...]:
    """Bring every layer but the last to reduced row echelon form; the product stays the same up to rounding.

    Parameters
    ----------
    W : sequence of ndarray
        W_1 first.
    tolerance : float
        Entries below it, relative to the largest of the layer, are no pivots.

    Returns
    -------
    tuple of ndarray

    Notes
    -----
    Weights are known up to invertible changes of basis in the hidden layers, which hide that a point is rational. The
    echelon form of a layer depends on its row space alone.

    Examples
    --------
    >>> first, second = normal_form([np.array([[3.0, 6.0]]), np.array([[0.5]])])
    >>> first.tolist(), second.tolist()
    ([[1.0, 2.0]], [[1.5]])
    """
    found = []
    carried = np.asarray(W[0], dtype=np.float64)
    for following in W[1:]:
        least = tolerance * float(np.abs(carried).max(initial=0.0))
        reduced, inverse, rank = _row_reduced(carried, least)
        found.append(reduced)
        carried = _free_columns_reduced(following @ inverse, rank, tolerance)
    return (*found, carried)


def _free_columns_reduced(matrix: Floats, rank: int, tolerance: float) -> Floats:
    """Reduce the columns that meet only zero rows of the layer below: modulo the others, then among themselves."""
    if rank == matrix.shape[1]:
        return matrix
    least = tolerance * float(np.abs(matrix).max(initial=0.0))
    used, free = matrix[:, :rank].T, matrix[:, rank:].T
    basis = _row_reduced(used, least)[0]
    for row in basis[np.abs(basis).max(axis=1, initial=0.0) > 0]:
        pivot = int(np.flatnonzero(row)[0])
        free = free - np.outer(free[:, pivot], row)
    return np.hstack([matrix[:, :rank], _row_reduced(free, least)[0].T])


def _row_reduced(matrix: Floats, least: float) -> tuple[Floats, Floats, int]:
    """Return the echelon form, the matrix that times it gives the original, and the rank; smaller pivots are zero."""
    size, columns = matrix.shape
    work = np.hstack([matrix, np.eye(size)])
    row = 0
    for column in range(columns):
        if row == size:
            break
        pivot = row + int(np.argmax(np.abs(work[row:, column])))
        if abs(work[pivot, column]) <= least:
            work[row:, column] = 0.0
            continue
        work[[row, pivot]] = work[[pivot, row]]
        work[row] /= work[row, column]
        others = np.arange(size) != row
        work[others] -= np.outer(work[others, column], work[row])
        row += 1
    reduced = work[:, :columns]
    reduced[row:] = 0.0
    return reduced, np.linalg.inv(work[:, columns:]), row
