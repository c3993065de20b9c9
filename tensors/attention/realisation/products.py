"""Extremes of the rows of a product of integer matrices, exactly and without forming its large integers.

Numbers are cut into limbs of w bits, small enough for the sums of their products to be exact in float64, so that BLAS
multiplies; carries are then propagated, and rows compared limb by limb from the top. Where floats, with a bound of
their error, show that few entries may be extremes, only these are computed; see `float_scores`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from algebra.exact.integers import largest_absolute
from tensors.attention.realisation.float_scores import FloatScores, Places

Limbs = list[NDArray[np.float64]]

MANTISSA = 52
BLOCK_NUMBERS = 1 << 21


@dataclass(frozen=True)
class RowExtremes:
    """Of one row of scores: the greatest and least off the support, None if the support is everything; and on it."""

    greatest_off: int | None
    least_off: int | None
    on: tuple[int, ...]


def row_extremes(queries: NDArray[Any], keys: NDArray[Any], supports: Sequence[Sequence[int]]) -> Iterator[RowExtremes]:
    """Yield the exact extremes of each row of ``queries @ keys.T``.

    Parameters
    ----------
    queries, keys : integer arrays (L x d)
        int64, or object arrays of Python integers of any size.
    supports : sequence of L sequences of int
        Columns that count as the support of each row.

    Yields
    ------
    RowExtremes

    Examples
    --------
    >>> q, y = np.array([[1, 2], [3, -1]]), np.array([[1, 0], [10**20, 1]], object)
    >>> next(row_extremes(q, y, [(0,), (1,)]))
    RowExtremes(greatest_off=100000000000000000002, least_off=100000000000000000002, on=(1,))
    """
    start, floats = 0, FloatScores.of(queries, keys)
    size = max(BLOCK_NUMBERS // max(len(keys), 1), 16)
    while floats is not None and start < len(queries):
        stop = min(start + size, len(queries))
        places = floats.near_extremes(start, stop, supports[start:stop])
        if places is None:  # of these rows, and so most likely of the others
            break
        yield from _extremes_among(queries[start:stop], keys, places, supports[start:stop])
        start = stop
    if start == len(queries):
        return

    product = _Product(queries, keys)
    size = max(BLOCK_NUMBERS // max(len(keys) * product.depth, 1), 16)
    for first in range(start, len(queries), size):
        stop = min(first + size, len(queries))
        yield from _block_extremes(product.rows(first, stop), product.width, supports[first:stop])


def _extremes_among(
    queries: NDArray[Any], keys: NDArray[Any], places: Places, supports: Sequence[Sequence[int]]
) -> Iterator[RowExtremes]:
    """Yield the extremes of the rows' entries at some places off the supports, computed in Python's integers."""
    off: list[list[int]] = [[] for _ in supports]
    for row, value in zip(places[0].tolist(), _entries(queries, keys, *places), strict=True):
        off[row].append(value)
    rows = np.repeat(np.arange(len(supports)), [len(support) for support in supports])
    columns = np.concatenate([np.asarray(support, np.int64) for support in supports])
    on = iter(_entries(queries, keys, rows, columns))
    for values, support in zip(off, supports, strict=True):
        yield RowExtremes(max(values, default=None), min(values, default=None), tuple(islice(on, len(support))))


def _entries(
    queries: NDArray[Any], keys: NDArray[Any], rows: NDArray[np.int64], columns: NDArray[np.int64]
) -> list[int]:
    """Return the entries of the product at some places."""
    products = queries[rows].astype(object) * keys[columns].astype(object)
    return [int(value) for value in products.sum(axis=1)]


def limbs_of(matrix: NDArray[Any], width: int) -> Limbs:
    """Cut integers into limbs of `width` bits, the lowest first; all but the last are nonnegative.

    Examples
    --------
    >>> [limb.tolist() for limb in limbs_of(np.array([5, -1]), 2)]
    [[1.0, 3.0], [1.0, -1.0]]
    """
    found, rest = [], matrix
    while largest_absolute(rest) >= 1 << width:
        found.append((rest & ((1 << width) - 1)).astype(np.float64))
        rest = rest >> width
    found.append(rest.astype(np.float64))
    return found


class _Product:
    """Limbs of the rows of ``queries @ keys.T``."""

    def __init__(self, queries: NDArray[Any], keys: NDArray[Any]) -> None:
        key_bits, inner = largest_absolute(keys).bit_length(), max(keys.shape[1], 1)
        self.single_key = bool(keys.size) and int((keys != 0).sum(axis=1).max()) <= 1
        room = MANTISSA - (0 if self.single_key else inner.bit_length())
        if key_bits <= room // 2:
            self.width = room - key_bits
            key_limbs = [keys.astype(np.float64)]
        else:
            self.width = (MANTISSA - (inner * (key_bits // 16 + 1)).bit_length()) // 2
            key_limbs = limbs_of(keys, self.width)
        self.length = len(keys)
        query_limbs = limbs_of(queries, self.width)
        # A limb more: the carries out of the highest sum.
        self.depth = len(query_limbs) + len(key_limbs)
        if self.single_key and len(key_limbs) == 1:
            self.places = (keys != 0).argmax(axis=1)
            self.values = key_limbs[0][np.arange(len(keys)), self.places]
        else:
            self.single_key = False
        self.pairs = [_gathered(query_limbs, key_limbs, total) for total in range(self.depth - 1)]

    def rows(self, start: int, stop: int) -> Limbs:
        """Return the product's rows as limbs that are normalised: all but the last in ``[0, 2**width)``."""
        sums = []
        for left, right in self.pairs:
            if self.single_key:
                sums.append(left[start:stop, self.places] * self.values)
            elif left.shape[1]:
                sums.append(left[start:stop] @ right.T)
            else:
                sums.append(np.zeros((stop - start, self.length)))
        return _carried(sums, self.width)


def _gathered(queries: Limbs, keys: Limbs, total: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Put side by side the limbs whose places add up to `total`, without columns that are zero on either side."""
    left, right = [], []
    for i, query in enumerate(queries):
        if 0 <= total - i < len(keys):
            key = keys[total - i]
            used = query.any(axis=0) & key.any(axis=0) if len(keys) > 1 else slice(None)
            left.append(query[:, used])
            right.append(key[:, used])
    return (left[0], right[0]) if len(left) == 1 else (np.hstack(left), np.hstack(right))


def _carried(sums: Limbs, width: int) -> Limbs:
    if len(sums) == 1:
        return sums
    base = float(1 << width)
    for low, high in pairwise(sums):
        carry = np.floor(low / base)
        low -= carry * base
        high += carry
    return sums


def _block_extremes(limbs: Limbs, width: int, supports: Sequence[Sequence[int]]) -> Iterator[RowExtremes]:
    sizes = [len(support) for support in supports]
    rows = np.repeat(np.arange(len(supports)), sizes)
    columns = np.concatenate([np.asarray(support, np.int64) for support in supports])
    on = _values(limbs, width, rows, columns)
    top = limbs[-1]
    top[rows, columns] = -np.inf
    greatest = _values(limbs, width, np.arange(len(top)), _first_best(limbs, largest=True))
    top[rows, columns] = np.inf
    least = _values(limbs, width, np.arange(len(top)), _first_best(limbs, largest=False))
    place = 0
    for i, size in enumerate(sizes):
        yield RowExtremes(greatest[i], least[i], tuple(on[place : place + size]))  # type: ignore[arg-type]
        place += size


def _first_best(limbs: Limbs, largest: bool) -> NDArray[np.int64]:
    """Return for each row a place of its greatest (least) number, comparing limbs from the top."""
    best = np.max if largest else np.min
    worst = -np.inf if largest else np.inf
    if len(limbs) == 1:
        return np.asarray(limbs[0].argmax(axis=1) if largest else limbs[0].argmin(axis=1))
    left = limbs[-1] == best(limbs[-1], axis=1)[:, None]
    for limb in limbs[-2::-1]:
        if not (left.sum(axis=1) > 1).any():
            break
        masked = np.where(left, limb, worst)
        left &= masked == best(masked, axis=1)[:, None]
    return np.asarray(left.argmax(axis=1))


def _values(limbs: Limbs, width: int, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> list[int | None]:
    picked = [limb[rows, columns].tolist() for limb in limbs]
    found: list[int | None] = []
    for digits in zip(*picked, strict=True):
        if digits[-1] in (np.inf, -np.inf):
            found.append(None)
            continue
        value = int(digits[-1])
        for digit in digits[-2::-1]:
            value = (value << width) + int(digit)
        found.append(value)
    return found
