"""Sums in small formats of floating point: where nearest stagnates, and the exact law of stochastic rounding.

In floating point every addition rounds.  Rounding to nearest loses every addend below half the distance of the numbers
around the sum.  Stochastic rounding takes one of the two neighbours with probabilities that keep the mean: errors are
mean-zero given all earlier ones, though not independent of them, so that the error of the sum is a martingale.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from algebra.errors import InputError
from algebra.exact.numbers import exact_number
from algebra.rounding.formats import NumberFormat
from algebra.rounding.law import Law
from algebra.shown import Shown

MOST_TERMS = 1 << 9  # of a law: each multiplies the denominator of all probabilities by some power of two


@dataclass(frozen=True)
class FloatSum(Shown):
    """What becomes of a sum whose additions are rounded one after the other.

    Parameters
    ----------
    format : NumberFormat
    terms : tuple of Fraction
    law : Law
        Of the sum under stochastic rounding, in units of the least positive number.
    nearest : Fraction
        The sum with every addition rounded to nearest, ties to even.
    spacings : tuple of Fraction
        For each addition the greatest distance of the two numbers between which it may have to choose.
    """

    format: NumberFormat
    terms: tuple[Fraction, ...]
    law: Law
    nearest: Fraction
    spacings: tuple[Fraction, ...]

    @property
    def exact(self) -> Fraction:
        """The sum itself, which is also the mean."""
        return sum(self.terms, Fraction(0))

    @property
    def mean(self) -> Fraction:
        """The mean of the law."""
        return self.law.mean * self.format.least_positive

    @property
    def variance(self) -> Fraction:
        """The variance of the law."""
        return self.law.variance * self.format.least_positive**2

    def tail(self, distance: Any) -> Fraction:
        """Return the probability of an error of at least a distance.

        Parameters
        ----------
        distance : exact number
            From the exact sum.

        Returns
        -------
        Fraction
        """
        unit = self.format.least_positive
        return self.law.tail(exact_number("distance", distance) / unit, self.exact / unit)

    def tail_exponent(self, distance: Any) -> Fraction | None:
        """Return x for which the inequality of Azuma and Hoeffding bounds the tail by 2 exp(-x); None without errors.

        Given the past, the error of an addition is in an interval as long as its spacing e_k, so that
        x = 2 L^2 / sum e_k^2.

        Parameters
        ----------
        distance : exact number
            L, from the exact sum.

        Returns
        -------
        Fraction or None
        """
        squares = sum((spacing**2 for spacing in self.spacings), Fraction(0))
        return 2 * exact_number("distance", distance) ** 2 / squares if squares else None


def stochastic_sum(name: str, terms: Sequence[Any]) -> FloatSum:
    """Return the exact law of a sum in a small format, added from left to right with stochastic rounding.

    Parameters
    ----------
    name : str
        Of a format.
    terms : sequence
        Numbers of the format, at least one.

    Returns
    -------
    FloatSum

    Raises
    ------
    InputError
        If a term is not one of its numbers, some sum may be beyond the greatest one, or there are more than 512 terms.

    References
    ----------
    .. [1] M. P. Connolly, N. J. Higham, T. Mary, Stochastic rounding and its probabilistic backward error analysis,
       SIAM J. Sci. Comput. 43, 2021, A566.

    Examples
    --------
    >>> found = stochastic_sum("e4m3", [1] * 24)
    >>> found.nearest, found.mean, found.exact, found.variance
    (Fraction(16, 1), Fraction(24, 1), Fraction(24, 1), Fraction(8, 1))
    """
    fmt = NumberFormat(name)
    exact = tuple(exact_number(f"terms[{i}]", term) for i, term in enumerate(terms))
    if not 0 < len(exact) <= MOST_TERMS:
        raise InputError("terms", f"{len(exact)} numbers", f"from 1 to {MOST_TERMS:,}")
    for i, term in enumerate(exact):
        if term not in fmt:
            raise InputError(f"terms[{i}]", str(term), f"a number of {fmt.name}")

    weights: dict[Fraction, Fraction] = {exact[0]: Fraction(1)}
    spacings = []
    for term in exact[1:]:
        found: dict[Fraction, Fraction] = {}
        widest = Fraction(0)
        for partial, probability in weights.items():
            value = partial + term
            if abs(value) > fmt.most:
                raise InputError("terms", f"a sum of {value}", f"such that no sum exceeds {fmt.most} in absolute value")
            below, above = fmt.neighbours(value)
            widest = max(widest, above - below)
            share = (value - below) / (above - below) if above > below else Fraction(0)
            found[below] = found.get(below, Fraction(0)) + probability * (1 - share)
            if share:
                found[above] = found.get(above, Fraction(0)) + probability * share
        weights = found
        spacings.append(widest)

    law = Law.of({int(value / fmt.least_positive): probability for value, probability in weights.items()})
    return FloatSum(fmt, exact, law, _nearest(fmt, exact), tuple(spacings))


def _nearest(fmt: NumberFormat, terms: Sequence[Fraction]) -> Fraction:
    total, *others = fmt.rounded([float(term) for term in terms])
    for term in others:
        total = np.asarray(total + term)
    return Fraction(float(total))
