"""Gradient descent on quadratics in fixed point, in one dimension: exact laws under stochastic rounding.

Everything is in grid units: a word s stands for s eps. On F(w) = a/2 (w - w*)^2 one step of size eta maps s to the
rounding of (1 - h) s + h c, with h = eta a and c = w* / eps. The update is formed exactly and rounded once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from algebra.errors import InputError, as_integer
from algebra.exact.numbers import exact_number
from algebra.rounding.dead_zones import Stop, stop_of_nearest
from algebra.rounding.descent_step import ALL_BITS, Ends, Step, Weights, Words, clipped, step_size
from algebra.rounding.fixed_point import Mode, checked_random_bits, quotient_law, word_ends
from algebra.rounding.law import Law
from algebra.shown import Shown

MOST_PROBABILITY_BITS = 1 << 17
MOST_LAW_BITS = 1 << 25  # of all probabilities of a law; as decimals some ten megabytes
MOST_VISITS = 1 << 21  # words that are met, over all steps: a second or two


@dataclass(frozen=True)
class Descent(Shown):
    """The law of gradient descent in one dimension under stochastic rounding, in grid units.

    Parameters
    ----------
    h, c : Fraction
        Step size times curvature, and the minimiser.
    start, steps : int
    law : Law
        Of the last word.
    saturation : Fraction
        Probability that some step left the range of the words; 0 without a range.
    ends : (int, int), optional
        The range.
    rounding : Words
        The random words.
    has_exact_steps : bool
        Whether every rounding that was met has its exact mean: always, unless random words have few bits.
    """

    h: Fraction
    c: Fraction
    start: int
    steps: int
    law: Law
    saturation: Fraction
    ends: Ends | None = None
    rounding: Words = ALL_BITS
    has_exact_steps: bool = True

    @property
    def exact(self) -> Fraction:
        """The iterate without rounding, c - (c - start) (1 - h)^steps: the mean of the law if it is unbiased."""
        return self.c - (self.c - self.start) * (1 - self.h) ** self.steps

    @property
    def is_unbiased(self) -> bool:
        """Whether no trajectory saturates and no rounding is biased, so that the mean is the exact iterate."""
        return self.saturation == 0 and self.has_exact_steps

    @property
    def limit(self) -> Law | None:
        """The limit law for 0 < h <= 1: the stochastic rounding of c, whatever the step size.

        The pair {floor c, ceil c} is absorbing, as the image of either lies between them, and is reached with
        probability 1; means converge to c. None for h > 1, if c is out of range, or if random words have few bits.
        """
        if (
            self.h > 1
            or self.rounding.bits is not None
            or (self.ends is not None and not self.ends[0] <= self.c <= self.ends[1])
        ):
            return None
        return quotient_law(*self.c.as_integer_ratio())

    def stop(self, mode: Mode) -> Stop:
        """Return where rounding to nearest stops from the same start.

        Parameters
        ----------
        mode : Mode

        Returns
        -------
        Stop
        """
        return stop_of_nearest(self.h, self.c, self.start, mode, self.ends)


def gradient_descent(
    h: Any,
    c: Any,
    start: int,
    steps: int,
    word_bits: int | None = None,
    random_bits: int | None = None,
    centred: bool = False,
) -> Descent:
    """Return the exact law after some steps of gradient descent with stochastic rounding, in one dimension.

    Parameters
    ----------
    h : int, Fraction or str
        Step size times curvature, above 0 and at most 2; beyond, descent diverges without any rounding.
    c : int, Fraction or str
        The minimiser in grid units.
    start, steps : int
    word_bits : int, optional
        Length of the words, which then saturate. Without it they are as long as is needed.
    random_bits : int, optional
        Length of the random words of stochastic rounding; default: as many bits as are dropped.
    centred : bool
        Whether half a unit of the random word is added to it.

    Returns
    -------
    Descent

    Raises
    ------
    InputError
        If h is out of range, the start does not fit the words, or the law would be too long to be written.

    Examples
    --------
    >>> found = gradient_descent("1/8", 13, 0, 4)
    >>> print(found.law)
    {4: 45/512, 5: 963/2048, 6: 1705/4096, 7: 105/4096}
    >>> found.law.mean == found.exact == Fraction(22035, 4096)
    True
    >>> found.stop(Mode.NEAREST_EVEN), found.limit
    (Stop(at=10, step=9, cycle=None), Law(weights=((13, 1),)))
    """
    rate, centre = step_size(h), exact_number("c", c)
    first, count = as_integer("start", start), as_integer("steps", steps, 0)
    ends, words = word_ends(word_bits), Words(checked_random_bits(random_bits), centred)
    if ends is not None and not ends[0] <= first <= ends[1]:
        raise InputError("start", first, f"in the range of words of {word_bits} bits, from {ends[0]} to {ends[1]}")

    step = Step.of(rate, centre, words)
    _check_size(rate, step.total, count)
    weights: Weights = {first: 1}
    inside: Weights = {first: 1}  # the weight of trajectories that never left the range
    met: set[int] = set()
    for _ in range(count):
        met |= weights.keys()
        weights = clipped(step.propagated(weights), ends)
        if ends is not None:
            moved = step.propagated(inside)
            inside = {at: weight for at, weight in moved.items() if ends[0] <= at <= ends[1]}
    saturation = Fraction(0) if ends is None else 1 - Fraction(sum(inside.values()), step.total**count)
    has_exact_steps = words.bits is None or all(map(step.is_exact, met))
    return Descent(rate, centre, first, count, Law.of(weights), saturation, ends, words, has_exact_steps)


def most_words(h: Fraction, steps: int) -> int:
    """Return how many words the law of a descent has at most, for 0 < h <= 2.

    A step maps words between two that are L apart into words less than |1 - h| L + 2 apart, and not over L + 1.

    Examples
    --------
    >>> most_words(Fraction(1, 8), 3), most_words(Fraction(1, 8), 1000)
    (4, 17)
    """
    shrinking = 1 - abs(1 - h)
    return steps + 1 if shrinking == 0 else min(steps, math.ceil(2 / shrinking)) + 1


def _check_size(h: Fraction, total: int, steps: int) -> None:
    """Refuse laws that are too long to be computed or written."""
    bits, atoms = steps * (total - 1).bit_length(), most_words(h, steps)
    if bits > MOST_PROBABILITY_BITS or atoms * bits > MOST_LAW_BITS:
        allowed = f"such that a probability has at most {MOST_PROBABILITY_BITS:,} bits, and the law {MOST_LAW_BITS:,}"
        raise InputError("steps", steps, allowed)
    if atoms * steps > MOST_VISITS:
        raise InputError("steps", steps, f"such that at most {MOST_VISITS:,} words are met, about {atoms:,} a step")
