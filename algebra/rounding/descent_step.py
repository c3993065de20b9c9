"""One step of gradient descent on a quadratic in one dimension, in grid units, and the random words that round it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from algebra.errors import InputError
from algebra.exact.numbers import exact_number
from algebra.rounding.fixed_point import up_share

Ends = tuple[int, int]
Weights = dict[int, int]


def step_size(h: Any) -> Fraction:
    """Return the step size times the curvature.

    Raises
    ------
    InputError
        If it is not above 0 and at most 2: beyond, descent diverges without any rounding.
    """
    rate = exact_number("h", h)
    if not 0 < rate <= 2:
        raise InputError("h", h, "above 0 and at most 2: step size times curvature")
    return rate


def step_integers(h: Fraction, c: Fraction) -> tuple[int, int, int]:
    """Return integers with (1 - h) s + h c = (slope s + offset) / below."""
    shift = h * c
    below = math.lcm(h.denominator, shift.denominator)
    return below - int(h * below), int(shift * below), below


@dataclass(frozen=True)
class Words:
    """The random words of stochastic rounding.

    Parameters
    ----------
    bits : int, optional
        Their length; None: as many bits as are dropped.
    centred : bool
        Whether half a unit of the word is added to it.
    """

    bits: int | None = None
    centred: bool = False


ALL_BITS = Words()


@dataclass(frozen=True)
class Step:
    """One step of descent: s is mapped to (slope s + offset) / below, and rounded with the shares of a total."""

    slope: int
    offset: int
    below: int
    words: Words
    total: int

    @classmethod
    def of(cls, h: Fraction, c: Fraction, words: Words) -> Step:
        """Read a quadratic."""
        slope, offset, below = step_integers(h, c)
        return cls(slope, offset, below, words, below if words.bits is None else 1 << words.bits)

    def outcome(self, word: int) -> tuple[int, int]:
        """Return the lower neighbour of the image of a word, and the share with which it is rounded up."""
        down, rest = divmod(self.slope * word + self.offset, self.below)
        return down, up_share(rest, self.below, self.words.bits, self.words.centred)[0]

    def is_exact(self, word: int) -> bool:
        """Say whether the rounding of a word's image has the image as its mean."""
        down, up = self.outcome(word)
        return (down * self.total + up) * self.below == (self.slope * word + self.offset) * self.total

    def propagated(self, weights: Weights) -> Weights:
        """Return the law after the step; weights are over a denominator that is multiplied by the total."""
        found: Weights = {}
        for at, weight in weights.items():
            down, up = self.outcome(at)
            if up < self.total:
                found[down] = found.get(down, 0) + weight * (self.total - up)
            if up:
                found[down + 1] = found.get(down + 1, 0) + weight * up
        return found


def clipped(weights: Weights, ends: Ends | None) -> Weights:
    """Move the weights of words beyond the range to its ends."""
    if ends is None:
        return weights
    found: Weights = {}
    for at, weight in weights.items():
        inside = min(max(at, ends[0]), ends[1])
        found[inside] = found.get(inside, 0) + weight
    return found
