"""Eigenvalues of positive semidefinite matrices, compared exactly: rational ones, and over a real number field.

Rational characteristic polynomials have their roots isolated (see `algebra.exact.roots`).  Over a number field all
eigenvalues are real, so that Descartes' rule counts them from signs of field elements: those of a matrix beyond a
rational number, and the pairs of two matrices through the polynomial whose roots are all differences.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flint import fmpq, fmpq_mat

from algebra.exact.field_matrix import FieldMatrix
from algebra.exact.matrices import Matrix, rows_like
from algebra.exact.roots import (
    FIRST_BITS,
    Root,
    largest_root,
    merged_roots,
    nonzero_part,
    sign_changes,
    simplest_between,
    sum_of_largest,
    without_zeros,
)
from algebra.shown import Shown


@dataclass(frozen=True)
class Comparison(Shown):
    """The nonzero eigenvalues a of one positive semidefinite matrix against the nonzero eigenvalues b of another.

    Parameters
    ----------
    larger, equal, smaller : int
        Number of pairs (a, b), with multiplicities, with b > a, b = a and b < a.
    separator : fmpq, optional
        A rational number t with b < t < a for all pairs, if there is one and both matrices are nonzero.
    positions : tuple of int, optional
        Places of the a, counted from 1, among all nonzero eigenvalues in descending order; of equal ones the a come
        first.  None where they were compared in pairs only.
    """

    larger: int
    equal: int
    smaller: int
    separator: Any
    positions: tuple[int, ...] | None

    @property
    def top(self) -> bool:
        """Whether no b is larger than an a."""
        return self.larger == 0


def compare_spectra(first: Matrix, second: Matrix) -> Comparison:
    """Compare the nonzero eigenvalues of two square matrices that have only real nonnegative ones.

    Parameters
    ----------
    first : Matrix
    second : Matrix
        Both square, of rationals or of elements of one number field.

    Returns
    -------
    Comparison

    Examples
    --------
    >>> compare_spectra(fmpq_mat(2, 2, [4, 0, 0, 0]), fmpq_mat(2, 2, [0, 0, 0, 1]))
    Comparison(larger=0, equal=0, smaller=1, separator=3, positions=(1,))
    """
    if not isinstance(first, fmpq_mat):
        return _compare_by_differences(first, second)
    roots = merged_roots([nonzero_part(first.charpoly()), nonzero_part(second.charpoly())])
    return _compare([root.multiplicities for root in roots], roots)


def _compare(multiplicities: Sequence[tuple[int, ...]], roots: Sequence[Root] = ()) -> Comparison:
    """Count pairs; the multiplicities (of a, of b) belong to distinct values in descending order."""
    larger = equal = smaller = above = seen_a = 0
    positions: list[int] = []
    for a, b in multiplicities:
        larger += a * above
        equal += a * b
        smaller += b * seen_a
        positions += range(seen_a + above + 1, seen_a + above + a + 1)
        seen_a, above = seen_a + a, above + b
    return Comparison(larger, equal, smaller, _separator(roots), tuple(positions))


def _separator(roots: Sequence[Root]) -> Any:
    a = [root for root in roots if root.multiplicities[0]]
    b = [root for root in roots if root.multiplicities[1]]
    if not a or not b or b[0].upper >= a[-1].lower:
        return None
    return simplest_between(b[0].upper, a[-1].lower)


def _compare_by_differences(first: FieldMatrix, second: FieldMatrix) -> Comparison:
    """Compare eigenvalues through the signs of the polynomial whose roots are all differences a - b."""
    p, q = without_zeros(first.charpoly()), without_zeros(second.charpoly())
    a, b = len(p) - 1, len(q) - 1
    if not a or not b:
        return Comparison(0, 0, 0, None, tuple(range(1, a + 1)))
    signs = _difference_signs(first, p, q)
    equal = next(i for i, sign in enumerate(signs) if sign)
    smaller = sign_changes(signs)
    return Comparison(a * b - equal - smaller, equal, smaller, None, None)


def _difference_signs(like: FieldMatrix, p: Sequence[Any], q: Sequence[Any]) -> list[int]:
    a, b = _companion(p), _companion(q)
    pairs = [(i, j) for i in range(len(a)) for j in range(len(b))]
    rows = [[(a[i][k] if j == m else fmpq(0)) - (b[j][m] if i == k else fmpq(0)) for k, m in pairs] for i, j in pairs]
    return like.from_rows(rows).charpoly_signs()


def _companion(p: Sequence[Any]) -> list[list[Any]]:
    size = len(p) - 1
    return [[fmpq(int(i == j + 1)) for j in range(size - 1)] + [-1 * p[i] / p[-1]] for i in range(size)]


def extreme_eigenvalue(matrix: Matrix, bits: int, largest: bool) -> Any:
    """Return a rational number close to, but not at, the largest or the smallest nonzero eigenvalue.

    Parameters
    ----------
    matrix : fmpq_mat
        With real nonnegative eigenvalues, not all zero.
    bits : int
        The distance is about 2^-bits of the eigenvalue.
    largest : bool

    Returns
    -------
    fmpq

    Examples
    --------
    >>> extreme_eigenvalue(fmpq_mat(2, 2, [4, 0, 0, 1]), 2, largest=True)
    9/2
    """
    off = 1 + fmpq(1, 2**bits)
    if not isinstance(matrix, fmpq_mat):
        coefficients = without_zeros(matrix.charpoly())
        lower, upper = largest_root(coefficients, 1 if largest else len(coefficients) - 1, bits)
        return upper * off if largest else lower / off
    roots = merged_roots([nonzero_part(matrix.charpoly())], max(bits, FIRST_BITS))
    near = roots[0].upper if largest else roots[-1].lower
    return simplest_between(near, near * off) if largest else simplest_between(near / off, near)


def sum_of_largest_eigenvalues(matrix: Matrix, count: int, bits: int) -> tuple[Any, Any]:
    """Return rational bounds of the sum of the largest eigenvalues, with multiplicity; equal if it is known rational.

    Parameters
    ----------
    matrix : Matrix
        Positive semidefinite, or similar to such a one.
    count : int
        How many, with multiplicity.
    bits : int
        To begin with.

    Returns
    -------
    (fmpq, fmpq)

    Examples
    --------
    >>> sum_of_largest_eigenvalues(fmpq_mat(2, 2, [4, 0, 0, 1]), 1, 64)
    (4, 4)
    """
    if isinstance(matrix, fmpq_mat):
        return sum_of_largest(nonzero_part(matrix.charpoly()), count, bits)
    coefficients = without_zeros(matrix.charpoly())
    ends = [largest_root(coefficients, place, bits) for place in range(1, min(count, len(coefficients) - 1) + 1)]
    return sum((lower for lower, _ in ends), fmpq(0)), sum((upper for _, upper in ends), fmpq(0))


def distinct_nonzero_eigenvalues(matrix: Matrix) -> bool:
    """Tell whether the nonzero eigenvalues of a symmetric matrix are distinct, exactly.

    Over a number field they are if Hermite's matrix of their power sums has full rank.

    Parameters
    ----------
    matrix : Matrix

    Returns
    -------
    bool

    Examples
    --------
    >>> distinct_nonzero_eigenvalues(fmpq_mat(2, 2, [1, 0, 0, 1]))
    False
    """
    if isinstance(matrix, fmpq_mat):
        polynomial = nonzero_part(matrix.charpoly())
        return bool(polynomial.gcd(polynomial.derivative()).degree() == 0) if polynomial.degree() > 0 else True

    rank = matrix.rank()
    power, sums = matrix, []
    for _ in range(2 * rank):
        power = power * matrix
        table = power.table()
        sums.append(sum((table[i][i] for i in range(len(table))), fmpq(0)))
    hermite = rows_like(matrix, [[sums[i + j] for j in range(rank)] for i in range(rank)], rank)
    return int(hermite.rank()) == int(rank)
