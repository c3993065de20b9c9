"""Rational logits of a softmax matrix, and the integers that its rank depends on.

Softmax divides the columns of exp(Z) by positive numbers, so it has the rank of exp(Z), which in turn keeps its rank
when rows and columns are multiplied by powers of e: only the differences z_ij - z_1j - z_i1 + z_11 matter. With c their
greatest common divisor, q = e^c is transcendental (Hermite, Lindemann): the rank is that of a matrix of powers of a
variable q, see `tensors.attention.softmax.residues`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import gcd
from typing import TYPE_CHECKING

from algebra.evidence.checker.labels import softmax_label
from algebra.exact.integers import integer_array
from algebra.exact.matrices import to_strings
from algebra.exact.pickling import frozen_hash

if TYPE_CHECKING:
    from flint import fmpq_mat

    from algebra.types import Array


MOVED = 8
"""A difference of two exponents is a sum of eight logits: four in each."""


@dataclass(frozen=True)
class SoftmaxLogits:
    """Rational logits, one row a key, one column a query.

    The data of `tensors.attention.softmax.matrix.SoftmaxMatrix`.
    """

    logits: fmpq_mat

    __hash__ = frozen_hash

    @property
    def shape(self) -> tuple[int, int]:
        """Number of keys and of queries."""
        return self.logits.nrows(), self.logits.ncols()

    @cached_property
    def label(self) -> str:
        """Permanent name: the size and a hash of the logits."""
        return softmax_label(to_strings(self.logits))

    @cached_property
    def exponents(self) -> Array:
        """Return M with logits = c M up to shifts of rows and columns; its first row and column are zero."""
        numerators = list(map(int, self.logits.numer_denom()[0].entries()))
        entries = integer_array(numerators, MOVED).reshape(self.shape)
        moved: Array = entries - entries[:1] - entries[:, :1] + entries[0, 0]
        divisor = gcd(*moved.ravel().tolist())
        reduced = moved // divisor if divisor > 1 else moved
        _check(numerators, reduced, divisor)
        return reduced

    @cached_property
    def core(self) -> Array:
        """The distinct rows and columns of the exponents: the others are multiples of these."""
        return _distinct_rows(_distinct_rows(self.exponents).T).T


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


def _distinct_rows(matrix: Array) -> Array:
    rows = list(map(tuple, matrix.tolist()))
    if len(set(rows)) == len(rows):
        return matrix
    first = {row: i for i, row in zip(range(len(rows) - 1, -1, -1), reversed(rows), strict=True)}
    return matrix[sorted(first.values())]
