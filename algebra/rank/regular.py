"""Which of many square matrices are regular modulo a prime, where their leading minors are generic.

Nothing is searched for and nothing is left of the matrices: the question is only whether a rank that is hoped for is
there. Blocks of a few columns are eliminated one after the other. What is left of a block after those before it is one
product of matrices, which BLAS makes while a matrix stays in the first cache; its square head is inverted for all
matrices at once, the axis of the batch last. One elimination column by column across the batch
(`algebra.rank.batch.eliminate`) takes twice the time of matrices of 80 rows, and as long at 24.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from algebra.rank.inverses import inverses
from algebra.rank.modular import centre, multiply
from algebra.types import Floats

WIDTH = 8
"""Columns of a block. Of 4 to 24, this one is the fastest from 24 to 110 rows; wider heads cost more than they save."""


def are_regular(stack: Floats, prime: int) -> NDArray[np.bool_]:
    """Tell which matrices are seen to be regular, by pivots on the diagonal in their order.

    Parameters
    ----------
    stack : ndarray, shape (b, n, n), n at most `algebra.rank.modular.summable_products(prime)`
        Centred residues; overwritten.
    prime : int

    Returns
    -------
    ndarray of bool, shape (b,)
        True proves that a matrix is regular. False says that one of its leading minors vanishes.

    Examples
    --------
    >>> from algebra.rank.primes import DEFAULT_PRIME
    >>> stack = np.array([[[1.0, 2.0], [3.0, 4.0]], [[1.0, 2.0], [2.0, 4.0]], [[0.0, 1.0], [1.0, 0.0]]])
    >>> are_regular(stack, DEFAULT_PRIME)
    array([ True, False, False])
    """
    count, size, _ = stack.shape
    found = np.ones(count, dtype=bool)
    for start in range(0, size, WIDTH):
        end = min(start + WIDTH, size)

        # What the blocks before leave of these columns, and the inverses of their heads.
        columns = _left(stack, slice(start, None), slice(start, end), prime)
        heads = np.ascontiguousarray(columns[:, : end - start].transpose(1, 2, 0))
        found &= _invert(heads, prime)
        if end == size:
            break

        # The factor below the heads stays, and so does what is left of the rows beside them.
        stack[:, end:, start:end] = multiply(
            columns[:, end - start :], np.ascontiguousarray(heads.transpose(2, 0, 1)), prime
        )
        stack[:, start:end, end:] = _left(stack, slice(start, end), slice(end, None), prime)
    return found


def _left(stack: Floats, rows: slice, columns: slice, prime: int) -> Floats:
    """Subtract from a part of each matrix the product of the factors to the left of it and above it."""
    done = min(rows.start, columns.start)
    if done == 0:
        return stack[:, rows, columns].copy()
    return centre(stack[:, rows, columns] - stack[:, rows, :done] @ stack[:, :done, columns], prime)


def _invert(heads: Floats, prime: int) -> NDArray[np.bool_]:
    """Invert matrices, (n, n, b), in place, and tell of which no pivot vanishes; the others are arbitrary then."""
    found = np.ones(heads.shape[-1], dtype=bool)
    for i in range(len(heads)):
        pivots = heads[i, i].copy()
        if not pivots.all():
            found &= pivots != 0.0
            pivots[pivots == 0.0] = 1.0

        # The i-th unit column takes the place of column i, and the i-th row is divided by the pivot.
        heads[i, i] = 1.0
        row, column = centre(heads[i] * inverses(pivots, prime), prime), heads[:, i].copy()
        column[i], heads[:, i], heads[i] = 0.0, 0.0, row
        heads -= column[:, None] * row
        centre(heads, prime)
    return found
