"""Eigenvalues of symmetric matrices over a real number field, compared exactly.

There are no roots to isolate over Q here.  All eigenvalues are real, so that Descartes' rule counts them from signs
of field elements: those of a matrix beyond a rational number, and the pairs of two matrices through the polynomial
whose roots are all differences.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq

from algebra.linear.field_matrix import FieldMatrix
from algebra.linear.number_field import FieldElement
from algebra.linear.real_roots import compare_by_differences, largest_root, without_zeros
from algebra.linear.spectra import Comparison


def _coefficients(matrix: FieldMatrix) -> list[FieldElement]:
    return without_zeros(matrix.charpoly())


def compare_field_spectra(first: FieldMatrix, second: FieldMatrix) -> Comparison:
    """Compare the nonzero eigenvalues of two positive semidefinite matrices.

    Examples
    --------
    >>> from sympy import sqrt
    >>> from algebra.linear.field_matrix import into_one_field
    >>> a, b = into_one_field([[[sqrt(2)]], [[fmpq(3, 2)]]])
    >>> compare_field_spectra(a, b).larger
    1
    """
    return compare_by_differences(
        _coefficients(first), _coefficients(second), lambda p, q: _difference_signs(first, p, q)
    )


def _difference_signs(like: FieldMatrix, p: Sequence[Any], q: Sequence[Any]) -> list[int]:
    a, b = _companion(p), _companion(q)
    pairs = [(i, j) for i in range(len(a)) for j in range(len(b))]
    rows = [[(a[i][k] if j == m else fmpq(0)) - (b[j][m] if i == k else fmpq(0)) for k, m in pairs] for i, j in pairs]
    return like.from_rows(rows).charpoly_signs()


def _companion(p: Sequence[Any]) -> list[list[Any]]:
    size = len(p) - 1
    return [[fmpq(int(i == j + 1)) for j in range(size - 1)] + [-1 * p[i] / p[-1]] for i in range(size)]


def extreme_field_eigenvalue(matrix: FieldMatrix, bits: int, largest: bool) -> Any:
    """Return a rational number close to, and beyond, the largest or the smallest nonzero eigenvalue."""
    coefficients = _coefficients(matrix)
    place = 1 if largest else len(coefficients) - 1
    lower, upper = largest_root(coefficients, place, bits)
    off = 1 + fmpq(1, 2**bits)
    return upper * off if largest else lower / off


def sum_of_largest_field(matrix: FieldMatrix, count: int, bits: int) -> tuple[Any, Any]:
    """Return rational bounds of the sum of the largest eigenvalues, counted with multiplicity."""
    coefficients = _coefficients(matrix)
    ends = [largest_root(coefficients, place, bits) for place in range(1, min(count, len(coefficients) - 1) + 1)]
    return sum((lower for lower, _ in ends), fmpq(0)), sum((upper for _, upper in ends), fmpq(0))


def distinct_nonzero_field_eigenvalues(matrix: FieldMatrix) -> bool:
    """Tell whether the nonzero eigenvalues are distinct: Hermite's matrix of power sums then has full rank."""
    rank = matrix.rank()
    power, sums = matrix, []
    for _ in range(2 * rank):
        power = power * matrix
        table = power.table()
        sums.append(sum((table[i][i] for i in range(len(table))), fmpq(0)))
    return rank == 0 or matrix.from_rows([[sums[i + j] for j in range(rank)] for i in range(rank)]).rank() == rank
