"""The streaming reduced echelon form: rows in, pivots out, the work by BLAS.

State: up to a permutation of the columns, the rows seen so far span the rows of ``[I | R]``, with the r pivot
columns first and the others in their original order.  A block of rows ``[B1 | B2]`` is

- reduced: ``S = B2 - B1 R``, one product;
- echelonised to ``[I | T]``: by halving its rows down to `BASE`, where the leading square block is inverted,
  and if it is singular cut where that shows, down to a few rows that are eliminated column by column;
- and substituted back into R, one more product.

That is as many operations as an LU decomposition, ``2/3 N^3`` for an N x N matrix of full rank; rows are
consumed as they come, and none after the rank has met its upper bound.  R has r (N - r) entries, kept
contiguous: at most N^2/4.

Columns are never swapped: a pivot is the first column, then the topmost row, that is not zero after reduction
by the pivots before it.  So both profiles are lexicographic (Dumas, Pernet, Sultan: the rank profile matrix,
ISSAC 2015), and a square block that is invertible as a whole may be taken at once.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from algebra.errors import InputError, as_integer
from algebra.rank.modular import (
    FLOAT_PRIME_LIMIT,
    SINGLE_PRIME,
    centre,
    centred_residues,
    multiply,
    subtract_product,
)
from algebra.rank.pivot_block import LEAF, block_inverse, gauss_jordan
from algebra.rank.primes import as_prime
from algebra.rank.validation import integer_matrix
from algebra.shown import Shown
from algebra.types import Floats

Order = NDArray[np.intp]

BASE = 64
"""Blocks of up to this many rows are echelonised by inverting their leading square block."""

ROW_CHUNK = 256
"""Rows of R that are updated by one product."""


def default_block(columns: int) -> int:
    """Return how many rows to reduce at a time, measured on AMD Zen 4 with 1 MiB of L2 cache.

    Parameters
    ----------
    columns : int

    Returns
    -------
    int
    """
    return 64 if columns <= 300 else 128 if columns <= 900 else 256 if columns <= 3000 else 512


class Echelon(Shown):
    """The reduced echelon form modulo a prime of rows that arrive in blocks.

    Parameters
    ----------
    columns : int
        Length of the rows.
    prime : int
        A prime below `algebra.rank.modular.FLOAT_PRIME_LIMIT`.
    capacity : int, optional
        A known upper bound of the rank: rows are ignored once it is reached.  Default: `columns`.
    block : int, optional
        How many rows are reduced at a time.
    threads : int
        Threads for the reductions of large blocks; BLAS has its own.
    is_single : bool
        Whether residues are kept in float32: of primes up to `algebra.rank.modular.SINGLE_PRIME`, in three fifths of
        the time.

    Examples
    --------
    >>> form = Echelon(3, 7)
    >>> form.add(np.array([[0.0, 2.0, 1.0], [0.0, 4.0, 2.0]])), form.add(np.array([[1.0, 1.0, 1.0]]))
    (1, 1)
    >>> form.rank, form.pivot_rows, form.pivot_columns
    (2, (0, 2), (0, 1))
    """

    def __init__(
        self,
        columns: int,
        prime: int,
        capacity: int | None = None,
        block: int | None = None,
        threads: int = 1,
        is_single: bool = False,
    ) -> None:
        self.columns = as_integer("columns", columns, 0)
        self.prime = as_prime("prime", prime)
        if self.prime >= FLOAT_PRIME_LIMIT:
            raise InputError("prime", prime, f"below {FLOAT_PRIME_LIMIT}")
        if is_single and self.prime > SINGLE_PRIME:
            raise InputError("prime", prime, f"at most {SINGLE_PRIME} for float32")
        bound = self.columns if capacity is None else as_integer("capacity", capacity, 0)
        self.capacity = min(bound, self.columns)
        self.block = default_block(self.columns) if block is None else as_integer("block", block, 1)
        self.threads = as_integer("threads", threads, 1)
        self.rank = 0
        self._fed = 0
        self._rows: list[int] = []
        self._order: Order = np.arange(self.columns)
        self._permuted = False
        most = min(self.capacity, self.columns // 2)
        self._dtype = np.dtype(np.float32 if is_single else np.float64)
        self._rest: Floats = np.empty(most * (self.columns - most), self._dtype)
        self._work: Floats = np.empty(0, self._dtype)
        self._scratch: Floats = np.empty(0, self._dtype)

    @property
    def pivot_columns(self) -> tuple[int, ...]:
        """The lexicographically first independent columns of the rows so far, increasing."""
        return tuple(sorted(self._order[: self.rank].tolist()))

    @property
    def pivot_rows(self) -> tuple[int, ...]:
        """The lexicographically first independent rows, numbered as they were fed, increasing."""
        return tuple(sorted(self._rows))

    def kernel(self) -> Floats:
        """Return the basis of the kernel that has a unit vector in the columns without pivots, one vector a row.

        It is read off the form: of ``[I | R]`` it is ``[-R^T | I]``.

        Returns
        -------
        ndarray of float64, shape (columns - rank, columns)
            Centred residues.

        Examples
        --------
        >>> form = Echelon(3, 7)
        >>> form.add(np.array([[1.0, 2.0, 3.0]]))
        1
        >>> form.kernel()
        array([[-2.,  1.,  0.],
               [-3.,  0.,  1.]])
        """
        r, n = self.rank, self.columns - self.rank
        found = np.zeros((n, self.columns))
        if n and r:
            found[:, self._order[:r]] = -self._rest[: r * n].reshape(r, n).T
        found[np.arange(n), self._order[r:]] = 1.0
        return found

    def relations(self) -> tuple[Order, Order, Floats]:
        """Return the pivot columns, the other columns, and R: the rows so far span those of ``[I | R]``.

        Once the capacity is reached below the number of columns, R is not kept up to date.

        Returns
        -------
        (numpy.ndarray, numpy.ndarray, numpy.ndarray)
            Numbers of columns, likewise, and R with a row for each pivot and a column for each other column: residues
            in float64.

        Raises
        ------
        InputError
            In that case.

        Examples
        --------
        >>> form = Echelon(3, 7)
        >>> form.add(np.array([[0.0, 2.0, 1.0]]))
        1
        >>> form.relations()
        (array([1]), array([0, 2]), array([[ 0., -3.]]))
        """
        left = self.columns - self.rank
        if left and self.rank == self.capacity:
            raise InputError("capacity", self.capacity, "more than the rank, where relations are asked for")
        rest = self._rest[: self.rank * left].reshape(self.rank, left)
        return self._order[: self.rank], self._order[self.rank :], rest

    def add(self, rows: NDArray[Any], *, centred: bool = False) -> int:
        """Add rows, and return how many pivots they gave.

        Parameters
        ----------
        rows : array_like, shape (m, columns)
            float64 integers with ``|x| <= 2^52``, float32 ones with ``|x| <= 2^23``, or any integer dtype, or lists of
            integers.  Not modified.
        centred : bool
            The rows are known to be centred residues, in float64 or float32.

        Returns
        -------
        int
            The new pivots.  Fewer than m: some rows depend on the others, or the capacity is reached.

        Raises
        ------
        InputError
            If the rows have another length.
        """
        if not isinstance(rows, np.ndarray):
            rows = integer_matrix("rows", rows)
        if rows.ndim != 2 or rows.shape[1] != self.columns:
            raise InputError("rows", rows.shape, f"a matrix of {self.columns} columns")
        before, start, count = self.rank, 0, rows.shape[0]
        while start < count and self.rank < self.capacity:
            step = min(self.block, max(self.capacity - self.rank, 32))
            self._add_block(rows[start : start + step], self._fed + start, centred)
            start += step
        self._fed += count
        return self.rank - before

    def _add_block(self, rows: NDArray[Any], first: int, centred: bool) -> None:
        r, n = self.rank, self.columns - self.rank
        block = self._load(rows, centred)
        remaining = block[:, r:]
        if r:
            old = self._rest[: r * n].reshape(r, n)
            subtract_product(remaining, block[:, :r], old, self.prime, self._scratch, threads=self.threads)
        pivots, order = _echelonise(remaining, self.prime, self._scratch)
        found = min(len(pivots), self.capacity - r)
        if not found:
            return
        self._rows += [first + row for row in pivots[:found]]
        if order is not None:
            self._permuted = True
            self._order[r:] = self._order[r:][order]
        self.rank = r + found
        if self.rank < self.capacity:
            self._substitute(remaining[:found, found:], r, n, order)

    def _load(self, rows: NDArray[Any], centred: bool) -> Floats:
        """Copy rows into the work space, reduced and with their columns in the present order."""
        count = rows.shape[0]
        if self._work.size < count * self.columns:
            self._work = np.empty(count * self.columns, self._dtype)
            self._scratch = np.empty(max(count, min(ROW_CHUNK, self.columns)) * self.columns, self._dtype)
        block = self._work[: count * self.columns].reshape(count, self.columns)
        if rows.dtype == self._dtype:
            if self._permuted:
                np.take(rows, self._order, axis=1, out=block, mode="clip")
            else:
                np.copyto(block, rows)
            return block if centred else centre(block, self.prime)

        # Only residues may be narrowed to float32.
        if self._dtype == np.float64:
            centred_residues(rows, self.prime, out=block)
        else:
            block[...] = rows if centred else centred_residues(rows, self.prime)
        if self._permuted:
            block[...] = block[:, self._order]
        return block

    def _substitute(self, tail: Floats, r: int, n: int, order: Order | None) -> None:
        """Clear the new pivot columns in R, move R to rows of the new length, and append the new rows."""
        found, left = tail.shape
        step = max(1, self._scratch.size // self.columns)
        for start in range(0, r, step):
            stop = min(r, start + step)
            part = self._rest[start * n : stop * n].reshape(stop - start, n)
            _permute_columns(part, order)
            target = self._rest[start * left : stop * left].reshape(stop - start, left)
            subtract_product(part[:, found:], part[:, :found], tail, self.prime, self._scratch, target, self.threads)
        self._rest[r * left : (r + found) * left].reshape(found, left)[...] = tail


def _permute_columns(matrix: Floats, order: Order | None) -> None:
    if order is not None and matrix.size:
        moved = np.flatnonzero(order != np.arange(order.size))
        low, high = moved[0], moved[-1] + 1
        matrix[:, low:high] = matrix[:, order[low:high]]


def _pivots_first(pivots: list[int], columns: int) -> Order | None:
    """Return the order that brings the pivot columns to the front, or None if they are there."""
    if not pivots or pivots == list(range(len(pivots))):
        return None
    others = np.ones(columns, dtype=bool)
    others[pivots] = False
    return np.concatenate([np.array(pivots, dtype=np.intp), np.flatnonzero(others)])


def _echelonise(block: Floats, prime: int, scratch: Floats) -> tuple[list[int], Order | None]:
    """Bring a block to ``[I | T]``, in place; the columns of I are left undefined.

    Returns the pivot rows, in the order of the rows of T, and the order of the columns (None: unchanged),
    which is applied to the block.
    """
    count = block.shape[0]
    if count > BASE:
        first = BASE * -(-count // (2 * BASE))
        upper, order = _echelonise(block[:first], prime, scratch)
    else:
        window = _window(block, 0, count)
        if not window:
            return [], None
        first = _invert_leading(block, window, prime, scratch)
        if first:
            upper, order = list(range(first)), _pivots_first(window[:first], block.shape[1])
        else:
            first = min(LEAF, count)
            upper, order = _echelonise_by_columns(block[:first], prime)
    if first == count:
        return upper, order
    return _echelonise_below(block, first, upper, order, prime, scratch)


def _echelonise_below(
    block: Floats, first: int, upper: list[int], order: Order | None, prime: int, scratch: Floats
) -> tuple[list[int], Order | None]:
    """Reduce the rows after the first ones, echelonise them, and substitute back."""
    columns, a = block.shape[1], len(upper)
    below = block[first:]
    _permute_columns(below, order)
    if a and a < columns:
        subtract_product(below[:, a:], below[:, :a], block[:a, a:], prime, scratch)
    lower, next_order = _echelonise(below[:, a:], prime, scratch)
    b = len(lower)
    if b:
        _permute_columns(block[:a, a:], next_order)
        if a and a + b < columns:
            subtract_product(block[:a, a + b :], block[:a, a : a + b], below[:b, a + b :], prime, scratch)
        if a < first:
            block[a : a + b] = below[:b].copy()
    return upper + [first + row for row in lower], _compose(order, next_order, a, columns)


def _compose(order: Order | None, next_order: Order | None, fixed: int, columns: int) -> Order | None:
    if next_order is None:
        return order
    result = np.arange(columns) if order is None else order
    return np.concatenate([result[:fixed], result[fixed:][next_order]])


def _invert_leading(block: Floats, window: list[int], prime: int, scratch: Floats) -> int:
    """Echelonise by one inverse, on the columns `window`, as many rows as it serves; return how many."""
    size = len(window)
    inverse = block_inverse(block[:size, window], prime)
    first, columns = len(inverse), block.shape[1]
    if first:
        rows = block[:first]
        _permute_columns(rows, _pivots_first(window[:first], columns))
        if first < columns:
            product = scratch[: first * (columns - first)].reshape(first, columns - first)
            rows[:, first:] = multiply(inverse, rows[:, first:], prime, out=product)
    return first


def _window(block: Floats, start: int, width: int) -> list[int]:
    """Return the first columns from `start` on, up to `width` of them, that are not zero."""
    lead = block[:, start : start + width].any(axis=0)
    if lead.size == width and lead.all():
        return list(range(start, start + width))
    found: list[int] = (np.flatnonzero(block[:, start:].any(axis=0))[:width] + start).tolist()
    return found


def _echelonise_by_columns(block: Floats, prime: int) -> tuple[list[int], Order | None]:
    """Do the same column by column, for the few rows whose leading block is singular."""
    count, columns = block.shape
    free = np.ones(count, dtype=bool)
    rows: list[int] = []
    pivots: list[int] = []
    window = _window(block, 0, count)
    while window:
        transform, new_rows, new = gauss_jordan(block[:, window], free, prime)
        if new_rows:
            rest = block[:, window[0] :]
            upper = rest[new_rows]
            rest[new_rows] = 0.0
            rest += multiply(transform, upper, prime)
            centre(rest, prime)
            rows += new_rows
            pivots += [window[column] for column in new]
        if not free.any():
            break
        window = _window(block[free], window[-1] + 1, count)
    order = _pivots_first(pivots, columns)
    _permute_columns(block, order)
    block[: len(rows)] = block[rows]
    return rows, order
