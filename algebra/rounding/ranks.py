"""The law of the rank of a matrix whose entries are rounded stochastically and independently to integers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Any

from algebra.errors import InputError
from algebra.exact.matrices import rational_matrix
from algebra.exact.numbers import to_fraction
from algebra.rounding.fixed_point import Mode, checked_random_bits, quotient_law, round_quotient
from algebra.rounding.law import Law
from algebra.shown import Shown

if TYPE_CHECKING:
    from flint import fmpq_mat

MOST_ROW_OUTCOMES = 1 << 16
MOST_WORK = 1 << 24  # entries of rows that are reduced by spaces; two or three seconds
MOST_SQUARE = 6  # rows of a matrix whose variance of the determinant is computed: 4^6 second moments

Row = tuple[int, ...]
Space = tuple[Row, ...]
Outcome = tuple[Row, int]


@dataclass(frozen=True)
class RoundedRank(Shown):
    """What becomes of the rank of a matrix that is rounded to integers.

    Parameters
    ----------
    matrix : fmpq_mat
    law : Law
        Of the rank under stochastic rounding.
    random_bits : int, optional
        Length of the random words; None: all bits that are dropped.
    centred : bool
        Whether half a unit of the random word is added to it.
    """

    matrix: fmpq_mat
    law: Law
    random_bits: int | None = None
    centred: bool = False

    @property
    def rank(self) -> int:
        """The rank of the matrix itself."""
        return int(self.matrix.rank())

    @property
    def expected_determinant(self) -> Fraction | None:
        """E det of the rounded matrix, which is det of its mean, as det is multilinear; None unless it is square.

        The mean is the matrix itself, unless random words have few bits.
        """
        if self.matrix.nrows() != self.matrix.ncols():
            return None
        if self.random_bits is None:
            return to_fraction(self.matrix.det())
        return to_fraction(rational_matrix("mean", [[law.mean for law in row] for row in self._laws]).det())

    @property
    def _laws(self) -> list[list[Law]]:
        return _laws(_fractions(self.matrix), self.random_bits, self.centred)

    @property
    def determinant_variance(self) -> Fraction | None:
        """The variance of det of the rounded matrix; None unless it is square, and beyond 6 x 6."""
        mean = self.expected_determinant
        if mean is None or self.matrix.nrows() > MOST_SQUARE:
            return None
        return _second_moment(self._laws) - mean**2

    @property
    def regular_at_least(self) -> Fraction | None:
        """A lower bound on the probability of a determinant that is not zero, (E D)^2 / E D^2, by Cauchy and Schwarz.

        It needs no law of the rank. None where the variance is.
        """
        mean, variance = self.expected_determinant, self.determinant_variance
        if mean is None or variance is None:
            return None
        return mean**2 / (variance + mean**2) if mean else Fraction(0)

    @property
    def regular_by_size(self) -> Fraction | None:
        """A lower bound on the same probability, |E D| over the greatest |D|, which Hadamard's inequality bounds.

        None unless the matrix is square.
        """
        mean = self.expected_determinant
        if mean is None:
            return None
        rows = [sum(max(law.lowest**2, law.highest**2) for law in row) for row in self._laws]
        most = math.isqrt(math.prod(rows)) if all(rows) else 0  # |D| is an integer
        return abs(mean) / most if most else Fraction(0)

    def nearest(self, mode: Mode) -> int:
        """Return the rank after a deterministic rounding.

        Parameters
        ----------
        mode : Mode

        Returns
        -------
        int
        """
        from flint import fmpz_mat

        rows = [[round_quotient(*x.as_integer_ratio(), mode) for x in row] for row in _fractions(self.matrix)]
        return int(fmpz_mat(rows).rank())


def rounded_rank(matrix: Any, random_bits: int | None = None, centred: bool = False) -> RoundedRank:
    """Return the law of the rank of a matrix under stochastic rounding to integers, bits independent.

    Rows are rounded independently of each other. So the span of the first rows is a Markov chain, whose states are
    spaces in reduced echelon form: outcomes with one span are counted together, which reaches much further than all
    2^m outcomes of m entries that are no integers. Of a matrix and its transpose the one with fewer outcomes a row is
    taken.

    Parameters
    ----------
    matrix : array_like
        Rational numbers.
    random_bits : int, optional
        Length of the random words; default: as many bits as are dropped.
    centred : bool
        Whether half a unit of the random word is added to it.

    Returns
    -------
    RoundedRank

    Raises
    ------
    InputError
        If each way has a row of more than 2^16 outcomes, or the spaces become too many.

    Examples
    --------
    >>> found = rounded_rank([["1/2", "1/3"], ["1/4", "1/5"]])
    >>> print(found.law, found.expected_determinant)
    {0: 1/5, 1: 19/30, 2: 1/6} 1/60
    >>> print(rounded_rank([["1/2"] * 4] * 4).law[4] == 1 - Fraction(42976, 65536))
    True
    """
    given = rational_matrix("matrix", matrix)
    rows = _laws(_fractions(given), checked_random_bits(random_bits), centred)
    columns = [list(column) for column in zip(*rows, strict=True)]
    vectors = min(rows, columns, key=lambda each: (max(map(_free, each)), len(each[0])))
    if max(map(_free, vectors)) > MOST_ROW_OUTCOMES.bit_length() - 1:
        allowed = f"such that a row, or a column, has at most {MOST_ROW_OUTCOMES:,} outcomes"
        raise InputError("matrix", f"{given.nrows()} x {given.ncols()}", allowed)

    # rows that are not random are reduced at once, by FLINT
    full = min(len(vectors), len(vectors[0]))
    first = _space([[law.lowest for law in vector] for vector in vectors if not _free(vector)])
    spaces, complete = ({}, 1) if len(first) == full else ({first: 1}, 0)  # weights of spans that can grow, and cannot
    work = 0
    for vector in sorted(filter(_free, vectors), key=_free):
        outcomes = list(_outcomes(vector))
        work += len(spaces) * len(outcomes) * full * len(vector)
        if work > MOST_WORK:
            allowed = f"such that at most {MOST_WORK:,} entries of rows have to be reduced"
            raise InputError("matrix", f"{given.nrows()} x {given.ncols()}", allowed)
        complete *= sum(weight for _, weight in outcomes)
        spaces, finished = _grown(spaces, outcomes, full)
        complete += finished

    weights = {full: complete}
    for space, weight in spaces.items():
        weights[len(space)] = weights.get(len(space), 0) + weight
    return RoundedRank(given, Law.of(weights), random_bits, centred)


def rank_before_rounding(words: Any, nearest: bool = True) -> int:
    """Return a lower bound on the rank of every matrix that is rounded to these words.

    The words differ from the matrix by at most 1/2 an entry (by less than 1 if rounding is not to nearest), hence by
    at most sqrt(m n) / 2 in the Frobenius norm. A matrix of rank below r is at least as far from the words as their
    r-th singular value. So the rank is at least the number of singular values beyond that distance, which are counted
    exactly, as eigenvalues. There is no such upper bound: matrices of full rank are arbitrarily near to any matrix.

    Parameters
    ----------
    words : array_like
        Integers, in grid units.
    nearest : bool
        Whether rounding was to nearest; otherwise down, or stochastic.

    Returns
    -------
    int

    Examples
    --------
    >>> rank_before_rounding([[100, 2, 0], [3, 90, 1], [0, 1, 1]]), rank_before_rounding([[0, 0], [0, 0]])
    (2, 0)
    """
    from flint import fmpq_mat

    from algebra.exact.inertia import inertia

    given = rational_matrix("words", words)
    _check_whole(given)
    rows, columns = given.nrows(), given.ncols()
    gram = given * given.transpose() if rows <= columns else given.transpose() * given
    size = gram.nrows()
    unit = fmpq_mat(size, size, [int(i == j) for i in range(size) for j in range(size)])
    found = inertia(4 * gram - (rows * columns if nearest else 4 * rows * columns) * unit)
    # at a distance that is not attained, a singular value that equals it is beyond it
    return found.pos if nearest else found.pos + found.zero


def _check_whole(matrix: fmpq_mat) -> None:
    for i, row in enumerate(matrix.table()):
        for j, entry in enumerate(row):
            if int(entry.q) != 1:
                raise InputError(f"words[{i}][{j}]", str(entry), "an integer")


def _fractions(matrix: fmpq_mat) -> list[list[Fraction]]:
    return [[to_fraction(x) for x in row] for row in matrix.table()]


def _laws(rows: Sequence[Sequence[Fraction]], random_bits: int | None, centred: bool) -> list[list[Law]]:
    return [[quotient_law(*x.as_integer_ratio(), random_bits, centred) for x in row] for row in rows]


def _second_moment(rows: Sequence[Sequence[Law]]) -> Fraction:
    """Return E det^2 of the rounded matrix, by expanding both factors along the same rows.

    Rows are independent, so that E det^2 is a sum over pairs of permutations of products of E M_ij M_ik. These are
    added by pairs of sets of columns that the first rows have used: 4^n numbers instead of n!^2 summands.
    """
    moments: dict[tuple[int, int], Fraction] = {(0, 0): Fraction(1)}
    for row in rows:
        means, variances = [law.mean for law in row], [law.variance for law in row]
        found: dict[tuple[int, int], Fraction] = {}
        for (left, right), moment in moments.items():
            for j, k in product(range(len(row)), repeat=2):
                if left >> j & 1 or right >> k & 1:
                    continue
                second = means[j] * means[k] + (variances[j] if j == k else 0)
                sign = -1 if ((left >> j).bit_count() + (right >> k).bit_count()) % 2 else 1
                used = (left | 1 << j, right | 1 << k)
                found[used] = found.get(used, Fraction(0)) + sign * second * moment
        moments = found
    (moment,) = moments.values()
    return moment


def _space(rows: list[list[int]]) -> Space:
    """Return the span of integer rows, in the form of `_extended`."""
    from flint import fmpz_mat

    if not rows:
        return ()
    reduced, _, rank = fmpz_mat(rows).rref()
    return tuple(_primitive(tuple(int(x) for x in row)) for row in reduced.table()[:rank])


def _free(vector: Sequence[Law]) -> int:
    """Return how many entries are random."""
    return sum(len(law) > 1 for law in vector)


def _outcomes(vector: Sequence[Law]) -> Iterator[Outcome]:
    """Yield what a row can be rounded to, with integer weights of one sum."""
    for outcome in product(*(law.weights for law in vector)):
        yield tuple(at for at, _ in outcome), math.prod(weight for _, weight in outcome)


def _grown(spaces: dict[Space, int], outcomes: Sequence[Outcome], full: int) -> tuple[dict[Space, int], int]:
    """Add a random row to random spaces; also return the weight of those that are full by now."""
    found: dict[Space, int] = {}
    complete = 0
    for space, weight in spaces.items():
        # many outcomes agree up to the space and a factor
        classes: dict[Row, int] = {}
        for row, share in outcomes:
            residue = _residue(row, space)
            classes[residue] = classes.get(residue, 0) + share

        for residue, share in classes.items():
            if not any(residue):
                found[space] = found.get(space, 0) + weight * share
            elif len(space) + 1 == full:
                complete += weight * share
            else:
                larger = _extended(space, residue)
                found[larger] = found.get(larger, 0) + weight * share
    return found, complete


def _residue(row: Row, space: Space) -> Row:
    """Return what is left of a row modulo a space: primitive, with zeros at the pivots; or zeros."""
    for basis in space:
        pivot = _pivot(basis)
        if row[pivot]:
            row = _eliminated(row, basis, pivot)
    return _primitive(row) if any(row) else row


def _extended(space: Space, new: Row) -> Space:
    """Return the span of a space and a residue: primitive rows in reduced echelon form, so that it is unique."""
    pivot = _pivot(new)
    others = [_primitive(_eliminated(basis, new, pivot)) if basis[pivot] else basis for basis in space]
    return tuple(sorted([*others, new], key=_pivot))


def _pivot(row: Row) -> int:
    return next(i for i, x in enumerate(row) if x)


def _eliminated(row: Row, basis: Row, pivot: int) -> Row:
    """Return a multiple of the row minus one of the basis row, with a zero at the pivot."""
    above, below = row[pivot], basis[pivot]
    return tuple([below * x - above * y for x, y in zip(row, basis, strict=True)])


def _primitive(row: Row) -> Row:
    """Divide by the common factor, and make the first entry positive."""
    common = math.gcd(*row) * (1 if row[_pivot(row)] > 0 else -1)
    return row if common == 1 else tuple([x // common for x in row])
