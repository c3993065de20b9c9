"""The law of a dot product in fixed point whose products, or whose sum, are rounded stochastically."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from algebra.errors import InputError, as_integer, one_of
from algebra.rounding.fixed_point import (
    MOST_BITS,
    Mode,
    checked_random_bits,
    round_shift,
    up_share,
    word_ends,
)
from algebra.rounding.law import Law, law_of_coefficients
from algebra.sequences import as_list
from algebra.shown import Shown

WORDS = "a list of integers"
MOST_LAW_BITS = 1 << 24  # of all probabilities together; as decimals some five megabytes


@dataclass(frozen=True)
class DotProduct(Shown):
    """What becomes of a dot product; everything in grid units of 2^-fraction_bits.

    Parameters
    ----------
    a, b : tuple of int
        The vectors in grid units.
    fraction_bits : int
    accumulate : str
        ``each``: every product is rounded, and the sums are exact. ``once``: the sum of the exact products is rounded.
    law : Law
        Of the result under stochastic rounding.
    saturation : Fraction
        Probability that a rounded product, or the result, was beyond the range of the words; 0 without a range.
    ends : (int, int), optional
        The range.
    """

    a: tuple[int, ...]
    b: tuple[int, ...]
    fraction_bits: int
    accumulate: Literal["each", "once"]
    law: Law
    saturation: Fraction = Fraction(0)
    ends: tuple[int, int] | None = None

    @property
    def exact(self) -> Fraction:
        """The dot product itself: the mean of the law, if nothing saturates and random words have all bits."""
        return Fraction(sum(x * y for x, y in zip(self.a, self.b, strict=True)), 1 << self.fraction_bits)

    def nearest(self, mode: Mode) -> int:
        """Return what rounding to nearest gives in the same scheme.

        Parameters
        ----------
        mode : Mode

        Returns
        -------
        int
            In grid units.
        """
        products = [x * y for x, y in zip(self.a, self.b, strict=True)]
        if self.accumulate == "once":
            products = [sum(products)]
        rounded = (self._clipped(round_shift(product, self.fraction_bits, mode)) for product in products)
        return self._clipped(sum(rounded))

    def _clipped(self, word: int) -> int:
        return word if self.ends is None else min(max(word, self.ends[0]), self.ends[1])

    def tail(self, distance: int | Fraction) -> Fraction:
        """Return the probability of an error of at least so many units.

        Parameters
        ----------
        distance : int or Fraction
            In grid units, from the exact dot product.

        Returns
        -------
        Fraction
        """
        return self.law.tail(distance, self.exact)


def rounded_dot_product(
    a: Sequence[Any],
    b: Sequence[Any],
    fraction_bits: int,
    accumulate: Literal["each", "once"] = "each",
    random_bits: int | None = None,
    centred: bool = False,
    word_bits: int | None = None,
) -> DotProduct:
    """Return the law of a dot product of fixed-point numbers under stochastic rounding.

    A product of two words has twice the fraction bits; rounding drops the lower half. Sums of words are exact. The
    error is a sum of independent centred Bernoulli variables, so that the law is a product of linear polynomials.

    Parameters
    ----------
    a, b : sequence of int
        Words: integers over 2^fraction_bits.
    fraction_bits : int
    accumulate : {"each", "once"}
    random_bits : int, optional
        Length of the random words; default: all bits that are dropped.
    centred : bool
        Whether half a unit of the random word is added to it.
    word_bits : int, optional
        Length of the words: what is rounded saturates then, every product and the result. Sums between are exact.

    Returns
    -------
    DotProduct

    Raises
    ------
    InputError
        If the vectors differ in length or do not fit the words, or the probabilities would have more than 2^24 bits
        together.

    Examples
    --------
    >>> found = rounded_dot_product([3, -5], [5, 3], 3)
    >>> print(found.law, found.exact, found.law.variance)
    {-1: 7/64, 0: 25/32, 1: 7/64} 0 7/32
    """
    left = tuple(as_integer(f"a[{i}]", entry) for i, entry in enumerate(as_list("a", a, WORDS)))
    right = tuple(as_integer(f"b[{i}]", entry) for i, entry in enumerate(as_list("b", b, WORDS)))
    if len(left) != len(right):
        raise InputError("b", f"of {len(right)} entries", f"as long as a, which has {len(left)}")
    fraction_bits = as_integer("fraction_bits", fraction_bits, 0)
    if fraction_bits > MOST_BITS:
        raise InputError("fraction_bits", fraction_bits, f"at most {MOST_BITS:,}")
    one_of("accumulate", accumulate, ("each", "once"), "each or once")

    bits, ends = checked_random_bits(random_bits), word_ends(word_bits)
    for name, vector in (("a", left), ("b", right)):
        for i, word in enumerate(vector):
            if ends is not None and not ends[0] <= word <= ends[1]:
                allowed = f"in the range of words of {word_bits} bits, from {ends[0]} to {ends[1]}"
                raise InputError(f"{name}[{i}]", word, allowed)

    # the exact sum is rounded once, or each product for itself
    products = [x * y for x, y in zip(left, right, strict=True)]
    terms = [sum(products)] if accumulate == "once" else products
    roundings = [_Rounding.of(term, fraction_bits, bits, centred) for term in terms]
    if ends is None:
        return DotProduct(left, right, fraction_bits, accumulate, _sum_law(roundings))
    law, saturation = _saturating_sum(roundings, ends)
    return DotProduct(left, right, fraction_bits, accumulate, law, saturation, ends)


@dataclass(frozen=True)
class _Rounding:
    """A number that is rounded up with probability share / 2^bits, in lowest terms."""

    down: int
    share: int
    bits: int

    @classmethod
    def of(cls, value: int, shift: int, random_bits: int | None, centred: bool) -> _Rounding:
        down, rest = value >> shift, value & ((1 << shift) - 1)
        few = None if random_bits is None else min(random_bits, shift)
        share, total = up_share(rest, 1 << shift, few, centred)
        if share in (0, total):
            return cls(down + (share == total), 0, 0)
        zeros = _trailing_zeros(share)
        return cls(down, share >> zeros, total.bit_length() - 1 - zeros)

    def clipped(self, ends: tuple[int, int]) -> tuple[_Rounding, Fraction]:
        """Saturate, and return the probability that it does."""
        beyond_up = self.share > 0 and not ends[0] <= self.down + 1 <= ends[1]
        beyond_down = not ends[0] <= self.down <= ends[1]
        if not (beyond_up or beyond_down):
            return self, Fraction(0)
        up = Fraction(self.share, 1 << self.bits)
        saturated = min(max(self.down, ends[0]), ends[1])
        return _Rounding(saturated, 0, 0), up * beyond_up + (1 - up) * beyond_down


def _saturating_sum(roundings: Sequence[_Rounding], ends: tuple[int, int]) -> tuple[Law, Fraction]:
    """Return the law of a sum of words that saturate, which does so itself; and the probability that anything does.

    A rounding with an outcome beyond the range has at most one within it, the end, to which the other one is moved: it
    is certain, and saturates independently of the others.
    """
    clipped = [rounding.clipped(ends) for rounding in roundings]
    law = _sum_law([rounding for rounding, _ in clipped])
    inside = Fraction(1)
    for _, beyond in clipped:
        inside *= 1 - beyond
    within = sum((probability for at, probability in law if ends[0] <= at <= ends[1]), Fraction(0))
    return law.clipped(*ends), 1 - inside * within


def _sum_law(roundings: Sequence[_Rounding]) -> Law:
    """Add independent roundings: the generating polynomial is the product of all (1 - f) + f x."""
    from flint import fmpz_poly

    dropped = Counter((rounding.share, rounding.bits) for rounding in roundings if rounding.share)
    certain = sum(rounding.down for rounding in roundings)

    count = dropped.total()
    needed = (count + 1) * sum(times * bits for (_, bits), times in dropped.items())
    if needed > MOST_LAW_BITS:
        allowed = f"such that the probabilities have at most {MOST_LAW_BITS:,} bits together"
        raise InputError("a", f"of {count} entries whose products are rounded", allowed)

    # equal fractions are a power; factors are multiplied in pairs, so that both are of like degree
    factors = []
    for (share, bits), times in sorted(dropped.items()):
        factors.append(fmpz_poly([(1 << bits) - share, share]) ** times)
    while len(factors) > 1:
        paired = [x * y for x, y in zip(factors[::2], factors[1::2], strict=False)]
        factors = paired + factors[2 * len(paired) :]
    weights = [int(weight) for weight in factors[0].coeffs()] if factors else [1]
    return law_of_coefficients(weights, certain)


def _trailing_zeros(number: int) -> int:
    return (number & -number).bit_length() - 1
