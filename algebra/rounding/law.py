"""Distributions on finitely many integers with rational probabilities: `Law`."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from algebra.drawn import LARGEST, bars
from algebra.errors import InputError
from algebra.shown import Shown, plain


@dataclass(frozen=True)
class Law(Shown):
    """The law of a random integer, exactly.

    Probabilities are kept as integer weights over their sum. Rational arithmetic would cancel after every addition;
    here a common factor is cancelled once, so that equal laws are equal objects.

    Parameters
    ----------
    weights : tuple of (int, int)
        Pairs (outcome, positive weight), by outcome; `Law.of` makes them of anything.

    Examples
    --------
    >>> fair = Law.of({0: 1, 1: 1})
    >>> print(fair + fair + fair)
    {0: 1/8, 1: 3/8, 2: 3/8, 3: 1/8}
    >>> (fair + fair).mean, (fair + fair).variance, (fair + fair).tail(1)
    (Fraction(1, 1), Fraction(1, 2), Fraction(1, 2))
    """

    weights: tuple[tuple[int, int], ...]

    def shown_facts(self) -> list[tuple[str, Any]]:
        """Say how many outcomes there are, between which, and the probabilities of the first.

        Returns
        -------
        list of (str, object)
            Names and values, in the order in which they are shown.
        """
        total = sum(weight for _, weight in self.weights)
        first = {at: Fraction(weight, total) for at, weight in self.weights[:12]}
        ends = (self.weights[0][0], self.weights[-1][0])
        return [("outcomes", len(self.weights)), ("from, to", ends), ("probabilities", first)]

    def shown_figure(self) -> str:
        """Draw the probabilities.

        Returns
        -------
        str
            SVG.
        """
        total = sum(weight for _, weight in self.weights)
        return bars([(plain(at), weight / total) for at, weight in self.weights[: LARGEST + 1]])

    @classmethod
    def of(cls, weights: Mapping[int, int | Fraction]) -> Law:
        """Return the law with probabilities in the proportion of these weights.

        Parameters
        ----------
        weights : mapping of int to int or Fraction
            For each outcome its weight; outcomes of weight 0 are left out.

        Returns
        -------
        Law

        Raises
        ------
        InputError
            If a weight is negative or all are zero.

        Examples
        --------
        >>> Law.of({5: Fraction(1, 2), 7: Fraction(1, 3), 6: 0})
        Law(weights=((5, 3), (7, 2)))
        """
        if any(weight < 0 for weight in weights.values()) or not any(weights.values()):
            raise InputError("weights", dict(weights), "at least 0, and not all 0")

        # Integers without a common factor.
        common = math.lcm(*(weight.denominator for weight in weights.values()))
        scaled = {at: weight.numerator * (common // weight.denominator) for at, weight in weights.items()}
        shared = math.gcd(*scaled.values())
        return cls(tuple((at, scaled[at] // shared) for at in sorted(scaled) if scaled[at]))

    @classmethod
    def certain(cls, value: int) -> Law:
        """Return the law of a number that is not random.

        Parameters
        ----------
        value : int

        Returns
        -------
        Law
        """
        return cls(((value, 1),))

    @property
    def total(self) -> int:
        """The sum of the weights, the common denominator of all probabilities."""
        return sum(weight for _, weight in self.weights)

    def __iter__(self) -> Iterator[tuple[int, Fraction]]:
        """Yield the outcomes with their probabilities, by outcome."""
        total = self.total
        return ((at, Fraction(weight, total)) for at, weight in self.weights)

    def __len__(self) -> int:
        return len(self.weights)

    def __str__(self) -> str:
        return "{" + ", ".join(f"{at}: {probability}" for at, probability in self) + "}"

    def __getitem__(self, value: int) -> Fraction:
        """The probability of one outcome; 0 for what does not happen."""
        return Fraction(dict(self.weights).get(value, 0), self.total)

    @property
    def lowest(self) -> int:
        """The least outcome."""
        return self.weights[0][0]

    @property
    def highest(self) -> int:
        """The greatest outcome."""
        return self.weights[-1][0]

    def mean_of(self, of: Callable[[int], int | Fraction]) -> Fraction:
        """Return the expectation of a function of the outcome.

        Parameters
        ----------
        of : callable
            From an outcome to an exact number.

        Returns
        -------
        Fraction

        Examples
        --------
        >>> Law.of({1: 1, 3: 1}).mean_of(lambda value: value**2)
        Fraction(5, 1)
        """
        found = sum(weight * of(at) for at, weight in self.weights)
        return Fraction(found) / self.total

    @property
    def mean(self) -> Fraction:
        """The expectation."""
        return self.mean_of(lambda value: value)

    @property
    def variance(self) -> Fraction:
        """The second central moment."""
        return self.central_moment(2)

    def central_moment(self, order: int) -> Fraction:
        """Return E (X - E X)^order.

        The deviations are integers over the total weight, so that only one division is made.

        Parameters
        ----------
        order : int

        Returns
        -------
        Fraction

        Examples
        --------
        >>> Law.of({0: 2, 1: 1}).central_moment(3)
        Fraction(2, 27)
        """
        total = self.total
        first = sum(weight * at for at, weight in self.weights)
        found = sum(weight * (at * total - first) ** order for at, weight in self.weights)
        return Fraction(found, total ** (order + 1))

    def tail(self, distance: int | Fraction, about: int | Fraction | None = None) -> Fraction:
        """Return the probability of being at least so far from a point, by default from the mean.

        Parameters
        ----------
        distance : int or Fraction
        about : int or Fraction, optional
            The point; default: the mean.

        Returns
        -------
        Fraction

        Examples
        --------
        >>> Law.of({0: 1, 1: 2, 2: 1}).tail(1), Law.of({0: 1, 4: 1}).tail(3, about=1)
        (Fraction(1, 2), Fraction(1, 2))
        """
        centre = self.mean if about is None else Fraction(about)
        return Fraction(
            sum(weight for at, weight in self.weights if abs(Fraction(at) - centre) >= Fraction(distance)), self.total
        )

    def shifted(self, by: int) -> Law:
        """Return the law of X + by.

        Parameters
        ----------
        by : int

        Returns
        -------
        Law
        """
        return Law(tuple((at + by, weight) for at, weight in self.weights))

    def clipped(self, least: int, most: int) -> Law:
        """Return the law after saturation: outcomes beyond either end are moved to it.

        Parameters
        ----------
        least, most : int
            The ends.

        Returns
        -------
        Law

        Examples
        --------
        >>> print(Law.of({0: 1, 1: 2, 2: 1}).clipped(1, 5))
        {1: 3/4, 2: 1/4}
        """
        found: dict[int, int] = {}
        for at, weight in self.weights:
            inside = min(max(at, least), most)
            found[inside] = found.get(inside, 0) + weight
        return Law.of(found)

    def __add__(self, other: Law) -> Law:
        """The law of the sum with an independent number: weights are coefficients, and polynomials are multiplied."""
        from flint import fmpz_poly

        product = fmpz_poly(self._coefficients()) * fmpz_poly(other._coefficients())
        return law_of_coefficients([int(weight) for weight in product.coeffs()], self.lowest + other.lowest)

    def _coefficients(self) -> list[int]:
        found = [0] * (self.highest - self.lowest + 1)
        for at, weight in self.weights:
            found[at - self.lowest] = weight
        return found


def law_of_coefficients(coefficients: list[int], lowest: int) -> Law:
    """Return the law whose weight at ``lowest + k`` is the coefficient of x^k of a generating polynomial.

    Examples
    --------
    >>> print(law_of_coefficients([1, 0, 3], -1))
    {-1: 1/4, 1: 3/4}
    """
    return Law.of({lowest + k: weight for k, weight in enumerate(coefficients)})
