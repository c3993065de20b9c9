"""Which entries of a row of scores may be its extremes: floats with a bound of their error leave few of them.

The exact product of integer matrices costs several passes over all entries, for the limbs of large integers. One pass
in floats is enough to see that nearly all entries are far from the extremes; the others are computed exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from algebra.exact.integers import largest_absolute
from algebra.types import Array

MOST_BITS = 1000
"""Of a sum of products: floats go to 2^1024."""

EXACT = 1 << 53
"""Below, sums of products of integers are exact in floats, in any order."""

FEW = 50
"""One in so many entries may be left: an exact entry costs about as much as so many in limbs, or less."""

Floats = NDArray[np.float64]
Places = tuple[NDArray[np.int64], NDArray[np.int64]]


@dataclass(frozen=True)
class FloatScores:
    """Queries and keys as floats, and for each row of scores a bound of the error of its entries."""

    queries: Floats
    keys: Floats
    errors: Floats

    @classmethod
    def of(cls, queries: Array, keys: Array) -> FloatScores | None:
        """Return them, or None if a score may be beyond all floats.

        A sum of d products of rounded numbers errs by at most (d + 2) 2^-53 (1 + 2^-20) times the sum of their absolute
        values; twice that is taken, for the absolute values are floats as well.
        """
        inner = max(keys.shape[1], 1)
        most = inner * largest_absolute(queries) * largest_absolute(keys)
        if most.bit_length() > MOST_BITS:
            return None
        left, right = queries.astype(np.float64), keys.astype(np.float64)
        if most < EXACT:
            return cls(left, right, np.zeros(len(left)))
        sizes = np.abs(left) @ np.abs(right).max(axis=0)
        return cls(left, right, (inner + 2) * 2.0**-52 * sizes)

    def near_extremes(self, start: int, stop: int, supports: Sequence[Sequence[int]]) -> Places | None:
        """Return rows and columns, off the supports, among which each row's greatest and least entry are.

        Rows are counted from `start`. None if these are too many.
        """
        scores = self.queries[start:stop] @ self.keys.T
        rows = np.repeat(np.arange(stop - start), [len(support) for support in supports])
        columns = np.concatenate([np.asarray(support, np.int64) for support in supports])
        room = 2 * self.errors[start:stop, None]
        is_exact = not room.any()

        scores[rows, columns] = -np.inf
        top = scores.argmax(axis=1)
        places = np.arange(len(scores))
        near = np.zeros(scores.shape, bool) if is_exact else scores >= scores[places, top][:, None] - room
        near[places, top] = True

        scores[rows, columns] = np.inf
        bottom = scores.argmin(axis=1)
        if not is_exact:
            near |= scores <= scores[places, bottom][:, None] + room
        near[places, bottom] = True

        near[rows, columns] = False
        if np.count_nonzero(near) > max(near.size // FEW, 2 * len(near)):
            return None
        found = np.nonzero(near)
        return found[0], found[1]
