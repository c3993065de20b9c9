"""The law of a dot product in fixed point whose products, or whose sum, are rounded stochastically."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from algebra.errors import InputError, as_integer, one_of
from algebra.rounding.fixed_point import MOST_BITS, Mode, quotient_law, round_shift
from algebra.rounding.law import Law, law_of_coefficients
from algebra.sequences import as_list

WORDS = "a list of integers"
MOST_LAW_BITS = 1 << 24  # of all probabilities together; as decimals some five megabytes


@dataclass(frozen=True)
class DotProduct:
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
    """

    a: tuple[int, ...]
    b: tuple[int, ...]
    fraction_bits: int
    accumulate: Literal["each", "once"]
    law: Law

    @property
    def exact(self) -> Fraction:
        """The dot product itself, which is also the mean of the law."""
        return Fraction(sum(x * y for x, y in zip(self.a, self.b, strict=True)), 1 << self.fraction_bits)

    def nearest(self, mode: Mode) -> int:
        """Return what rounding to nearest gives in the same scheme."""
        products = [x * y for x, y in zip(self.a, self.b, strict=True)]
        if self.accumulate == "once":
            products = [sum(products)]
        return sum(round_shift(product, self.fraction_bits, mode) for product in products)

    def tail(self, distance: int | Fraction) -> Fraction:
        """Return the probability of an error of at least so many units."""
        return self.law.tail(distance, self.exact)


def rounded_dot_product(
    a: Sequence[Any], b: Sequence[Any], fraction_bits: int, accumulate: Literal["each", "once"] = "each"
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

    Raises
    ------
    InputError
        If the vectors differ in length, or the probabilities would have more than 2^24 bits together.

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

    products = [x * y for x, y in zip(left, right, strict=True)]
    is_once = accumulate == "once"
    law = quotient_law(sum(products), 1 << fraction_bits) if is_once else _sum_law(products, fraction_bits)
    return DotProduct(left, right, fraction_bits, accumulate, law)


def _sum_law(products: Sequence[int], shift: int) -> Law:
    """Add independent roundings: the generating polynomial is the product of all (1 - f) + f x."""
    from flint import fmpz_poly

    dropped = Counter(product & ((1 << shift) - 1) for product in products)
    certain = sum(product >> shift for product in products)
    del dropped[0]

    count = dropped.total()
    needed = (count + 1) * sum(times * (shift - _trailing_zeros(rest)) for rest, times in dropped.items())
    if needed > MOST_LAW_BITS:
        allowed = f"such that the probabilities have at most {MOST_LAW_BITS:,} bits together"
        raise InputError("a", f"of {count} entries whose products are rounded", allowed)

    # equal fractions are a power; factors are multiplied in pairs, so that both are of like degree
    factors = []
    for rest, times in sorted(dropped.items()):
        zeros = _trailing_zeros(rest)
        factors.append(fmpz_poly([(1 << (shift - zeros)) - (rest >> zeros), rest >> zeros]) ** times)
    while len(factors) > 1:
        paired = [x * y for x, y in zip(factors[::2], factors[1::2], strict=False)]
        factors = paired + factors[2 * len(paired) :]
    weights = [int(weight) for weight in factors[0].coeffs()] if factors else [1]
    return law_of_coefficients(weights, certain)


def _trailing_zeros(number: int) -> int:
    return (number & -number).bit_length() - 1
