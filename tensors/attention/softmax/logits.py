"""Rational logits of a softmax matrix, and the integers that its rank depends on.

Softmax divides the columns of exp(Z) by positive numbers, so it has the rank of exp(Z), which in turn keeps its rank
when rows and columns are multiplied by powers of e: only the differences z_ij - z_1j - z_i1 + z_11 matter. With c their
greatest common divisor, q = e^c is transcendental (Hermite, Lindemann): the rank is that of a matrix of powers of a
variable q, see `tensors.attention.softmax.residues`.

Where a query does not see a key, the logit is minus infinity and the entry of softmax is 0, exactly. Rows and columns
are then shifted along visible entries, breadth first, so that an entry of each becomes 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import gcd
from typing import TYPE_CHECKING

import numpy as np

from algebra.evidence.checker.labels import softmax_label
from algebra.evidence.checker.softmax import BLOCKED
from algebra.exact.integers import integer_array
from algebra.exact.matrices import to_strings
from algebra.exact.pickling import frozen_hash
from algebra.shown import Shown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flint import fmpq_mat

    from algebra.types import Array


MOVED = 8
"""A difference of two exponents is a sum of eight logits: four in each."""


@dataclass(frozen=True)
class SoftmaxLogits(Shown):
    """Rational logits, one row a key, one column a query.

    The data of `tensors.attention.softmax.matrix.SoftmaxMatrix`.

    Parameters
    ----------
    logits : fmpq_mat
        0 where the key is blocked.
    visible : tuple of tuple of bool, optional
        ``visible[i][j]``: query j sees key i; every query sees a key. Default: all do.
    """

    logits: fmpq_mat
    visible: tuple[tuple[bool, ...], ...] | None = None

    __hash__ = frozen_hash

    @property
    def shape(self) -> tuple[int, int]:
        """Number of keys and of queries."""
        return self.logits.nrows(), self.logits.ncols()

    @cached_property
    def label(self) -> str:
        """Permanent name: the size and a hash of the logits."""
        return softmax_label(self.texts())

    def texts(self) -> list[list[str]]:
        """Return the logits as strings, "-inf" where a key is blocked.

        Returns
        -------
        list of lists of str
        """
        texts = to_strings(self.logits)
        if self.visible is None:
            return texts
        pairs = zip(texts, self.visible, strict=True)
        return [[z if seen else BLOCKED for z, seen in zip(row, sees, strict=True)] for row, sees in pairs]

    @cached_property
    def exponents(self) -> Array:
        """Return M with logits = c M up to shifts of rows and columns.

        Its first row and column are zero; if keys are blocked, an entry of each row and column is, and blocked ones.
        """
        numerators = list(map(int, self.logits.numer_denom()[0].entries()))
        if self.visible is not None:
            return _shifted_along(numerators, self.visible)
        entries = integer_array(numerators, MOVED).reshape(self.shape)
        moved: Array = entries - entries[:1] - entries[:, :1] + entries[0, 0]
        divisor = int(np.gcd.reduce(moved, axis=None))
        reduced = moved // divisor if divisor > 1 else moved
        _check(numerators, reduced, divisor)
        return reduced

    @cached_property
    def visibility(self) -> Array | None:
        """The entries of `exponents` that are seen, as an array of truth values; None if all are."""
        return None if self.visible is None else np.array(self.visible)

    @cached_property
    def _core(self) -> tuple[list[int], list[int]]:
        """The first of equal rows and the first of equal columns; rows that nobody sees are left out."""
        if self.visibility is None:
            rows = _first_places(self.exponents)
            return rows, _first_places(_part(self.exponents, rows, range(self.shape[1])).T)

        # A row is its exponents beside what is seen of it.
        seen = [i for i, sees in enumerate(self.visibility) if sees.any()]
        told = np.concatenate([self.exponents, self.visibility.astype(self.exponents.dtype)], axis=1)
        rows = [seen[i] for i in _first_places(told[seen])]
        told = np.concatenate([self.exponents[rows], self.visibility[rows].astype(self.exponents.dtype)])
        return rows, _first_places(told.T)

    @cached_property
    def core(self) -> Array:
        """The distinct rows and columns of the exponents: the others are multiples of these."""
        rows, columns = self._core
        return _part(self.exponents, rows, columns)

    @cached_property
    def core_visibility(self) -> Array | None:
        """The entries of `core` that are seen; None if all are."""
        return None if self.visibility is None else _part(self.visibility, *self._core)


def _check(numerators: list[int], exponents: Array, divisor: int) -> None:
    """Compare a few exponents with the logits: both bounds of the rank rest on the exponents.

    The largest one and the least one, where arithmetic fails first, and the last one are computed once more, in
    Python's integers.

    Raises
    ------
    ArithmeticError
        If one of them is not what it was: no rank of this matrix is to be believed.
    """
    columns = exponents.shape[1]
    for place in {int(exponents.argmax()), int(exponents.argmin()), exponents.size - 1}:
        i, j = divmod(place, columns)
        wanted = numerators[place] - numerators[j] - numerators[place - j] + numerators[0]
        if divisor * int(exponents[i, j]) != wanted:
            raise ArithmeticError(f"the exponent in row {i}, column {j} is not that of the logits")


def _shifted_along(numerators: list[int], visible: Sequence[Sequence[bool]]) -> Array:
    """Return the exponents, in Python's integers throughout: a shift is a sum of as many logits as a path has steps."""
    rows, columns = len(visible), len(visible[0])
    logits = [numerators[i * columns : (i + 1) * columns] for i in range(rows)]
    above, left = _shifts(logits, visible)

    # The places that are not seen are no logits; 0 is as good as any number there.
    moved = [0] * (rows * columns)
    for i, sees in enumerate(visible):
        for j in (j for j, is_seen in enumerate(sees) if is_seen):
            moved[i * columns + j] = logits[i][j] - above[i] - left[j]

    divisor = gcd(*moved) or 1
    reduced = [entry // divisor for entry in moved]
    return integer_array(reduced, MOVED).reshape(rows, columns)


def _shifts(logits: Sequence[Sequence[int]], visible: Sequence[Sequence[bool]]) -> tuple[list[int], list[int]]:
    """Return what each row and each column is less by, reached breadth first in order through entries that are seen.

    Rows that differ by a shift are seen in the same columns, so both are reached through the first of these that was
    reached: they become equal. Likewise columns.
    """
    rows, columns = range(len(logits)), range(len(logits[0]))
    above: list[int | None] = [None for _ in rows]
    left: list[int | None] = [None for _ in columns]
    for start in (i for i in rows if any(visible[i])):
        if above[start] is not None:
            continue
        above[start], new_rows = 0, [start]
        while new_rows:
            new_columns = _reach(new_rows, above, left, lambda i, j: logits[i][j] if visible[i][j] else None)
            new_rows = _reach(new_columns, left, above, lambda j, i: logits[i][j] if visible[i][j] else None)
    return [shift or 0 for shift in above], [shift or 0 for shift in left]


def _reach(
    new: Sequence[int],
    shifts: list[int | None],
    others: list[int | None],
    logit: Callable[[int, int], int | None],
) -> list[int]:
    """Shift those on the other side that are seen from the new ones and were not reached; return their places."""
    found = []
    for k in new:
        for other in (place for place, shift in enumerate(others) if shift is None):
            z, own = logit(k, other), shifts[k]
            if z is not None and own is not None:
                others[other] = z - own
                found.append(other)
    return found


def _first_places(matrix: Array) -> list[int]:
    """Return the places of the distinct rows, the first of equal ones."""
    is_plain = matrix.dtype != object  # rows are then the same if their bytes are
    rows: list[object] = [row.tobytes() for row in matrix] if is_plain else list(map(tuple, matrix.tolist()))
    if len(set(rows)) == len(rows):
        return list(range(len(rows)))
    first = {row: i for i, row in zip(range(len(rows) - 1, -1, -1), reversed(rows), strict=True)}
    return sorted(first.values())


def _part(matrix: Array, rows: Sequence[int], columns: Sequence[int]) -> Array:
    """Return the rows and columns at some places; the matrix itself if they are all."""
    if len(rows) < matrix.shape[0]:
        matrix = matrix[rows]
    return matrix if len(columns) == matrix.shape[1] else matrix[:, columns]
