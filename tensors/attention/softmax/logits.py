"""Rational logits of a softmax matrix, and the integers that its rank depends on.

Softmax divides the columns of exp(Z) by positive numbers, so it has the rank of exp(Z), which in turn keeps its rank
when rows and columns are multiplied by powers of e: only the differences z_ij - z_1j - z_i1 + z_11 matter. With c their
greatest common divisor, q = e^c is transcendental (Hermite, Lindemann): the rank is that of a matrix of powers of a
variable q, see `tensors.attention.softmax.residues`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from algebra.evidence.checker.labels import softmax_label
from algebra.exact.matrices import to_strings
from tensors.attention.softmax.residues import exponent_array

if TYPE_CHECKING:
    from flint import fmpq_mat

    from algebra.types import Array


@dataclass(frozen=True)
class SoftmaxLogits:
    """Rational logits, one row a key, one column a query.

    The data of `tensors.attention.softmax.matrix.SoftmaxMatrix`.
    """

    logits: fmpq_mat

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
        numerators, _ = self.logits.numer_denom()
        entries = exponent_array(list(map(int, numerators.entries()))).reshape(self.shape)
        if entries.dtype != object and np.abs(entries).max() >= 1 << 60:
            entries = entries.astype(object)
        moved = entries - entries[:1] - entries[:, :1] + entries[0, 0]
        divisor = int(np.gcd.reduce(moved.ravel()))
        reduced: Array = moved // (divisor or 1)
        return reduced

    @cached_property
    def core(self) -> Array:
        """The distinct rows and columns of the exponents: the others are multiples of these."""
        return _distinct_rows(_distinct_rows(self.exponents).T).T


def _distinct_rows(matrix: Array) -> Array:
    rows = list(map(tuple, matrix.tolist()))
    first = {row: i for i, row in zip(range(len(rows) - 1, -1, -1), reversed(rows), strict=True)}
    return matrix if len(first) == len(rows) else matrix[sorted(first.values())]
