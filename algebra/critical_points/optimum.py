"""The smallest loss that a deep linear network can reach, as an exact number or in a tight rational interval.

By Eckart and Young it is 1/2 (tr Y Yᵀ minus the sum of the k largest eigenvalues of N_M), whatever the data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flint import fmpq, fmpq_mat

from algebra.critical_points.problem import Problem
from algebra.exact.balls import interval_of
from algebra.exact.matrices import trace_of_product
from algebra.exact.numbers import decimal_text, to_fraction
from algebra.exact.spectra import sum_of_largest_eigenvalues
from algebra.shown import Shown

TIGHT_BITS = 128
SHOWN_BITS = 40  # of the minimum, at least: twelve digits of it are printed
MOST_BITS = 1 << 13


@dataclass(frozen=True)
class Enclosure(Shown):
    """A real number between two rationals; they are equal exactly when the number is known to be rational.

    Parameters
    ----------
    lower : fmpq
    upper : fmpq
        Not below the other.

    Examples
    --------
    >>> from flint import fmpq
    >>> print(Enclosure(fmpq(1, 2), fmpq(1, 2)))
    1/2
    """

    lower: Any
    upper: Any

    @property
    def exact(self) -> bool:
        """Whether the number is the rational `lower`."""
        return bool(self.lower == self.upper)

    def fields(self) -> str | dict[str, str]:
        """Return the rational as a string, or both ends.

        Returns
        -------
        str or dict
            "p/q"; or such strings under the keys ``lower`` and ``upper``.
        """
        return str(self.lower) if self.exact else {"lower": str(self.lower), "upper": str(self.upper)}

    def __str__(self) -> str:
        return str(self.lower) if self.exact else f"{decimal_text(to_fraction(self.lower))}…"


def minimum_loss(problem: Problem, bits: int = TIGHT_BITS) -> Enclosure:
    """Return the minimum of the loss over all weights of these widths.

    It is rational exactly when the k largest eigenvalues of N_M take in the roots of each irreducible factor of the
    characteristic polynomial equally often: the mean of the largest conjugates exceeds the mean of all of them, and
    a rational sum would be a fixed point of the Galois group, so the excesses would have to cancel, yet all are
    positive.

    Parameters
    ----------
    problem : Problem
    bits : int
        Precision of the eigenvalues when the minimum is irrational; more where they need it.

    Returns
    -------
    Enclosure

    Examples
    --------
    >>> golden = Problem([[1, 0], [0, 1]], [[1, 1], [1, 2]], [[[1, 0]], [[1], [0]]])
    >>> minimum_loss(golden).exact
    False
    >>> minimum_loss(Problem([[1, 0], [0, 1]], [[2, 0], [0, 1]], [[[1, 0]], [[1], [0]]])).fields()
    '1/2'
    """
    total = trace_of_product(problem.Y, problem.Y)
    if problem.data_rank == 0:
        return _half(total, total)
    reduced = problem.reduced
    explained = trace_of_product(reduced.S_YX, reduced.S_YX * reduced.S_XX_inverse)
    if int(reduced.S_YX.rank()) <= problem.k:
        return _half(total - explained, total - explained)
    gram = _small_gram(reduced)
    while True:
        lower, upper = sum_of_largest_eigenvalues(gram, problem.k, bits)
        least, most = total - upper, total - lower
        if not isinstance(gram, fmpq_mat):
            least, most = interval_of(least.ball(2 * bits))[0], interval_of(most.ball(2 * bits))[1]

        # Eigenvalues beside which the minimum is small need more bits. Over a number field it may be 0: then they end.
        if (most - least) * (1 << SHOWN_BITS) <= most or bits >= MOST_BITS:
            return _half(max(least, fmpq(0)), most)
        bits *= 2


def _half(lower: Any, upper: Any) -> Enclosure:
    return Enclosure(lower / 2, upper / 2)


def _small_gram(reduced: Problem) -> Any:
    """N_M, or the matrix on the inputs' side with the same nonzero eigenvalues if that is smaller."""
    if reduced.Y.nrows() <= reduced.X.nrows():
        return reduced.N_M
    return reduced.S_XX_inverse * reduced.S_YX.transpose() * reduced.S_YX
