"""Small number formats of floating point, as finite sets of rational numbers: e4m3, e5m2, bfloat16 and their like.

What a format holds, and how it rounds, is decided by `ml_dtypes` alone, the package behind JAX and others; nothing here
imitates it.  Its numbers are read as rationals, so that statements about all of them are checked one by one.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.errors import InputError, one_of
from algebra.exact.numbers import exact_number
from algebra.shown import Shown

if TYPE_CHECKING:
    from algebra.types import Array

FORMATS = (
    "float4_e2m1fn", "float6_e2m3fn", "float6_e3m2fn", "float8_e3m4", "float8_e4m3", "float8_e4m3fn",
    "float8_e4m3b11fnuz", "float8_e4m3fnuz", "float8_e5m2", "float8_e5m2fnuz", "bfloat16",
)  # fmt: skip
"""Binary floating point with a sign of at most 16 bits, by the names of `ml_dtypes`."""

SHORT = {"e2m1": "float4_e2m1fn", "e4m3": "float8_e4m3fn", "e5m2": "float8_e5m2"}
"""What the formats of the Open Compute Project are called for short."""

FLOAT32_BITS = 24
"""Significant bits of float32, in which sums are often accumulated."""


@dataclass(frozen=True)
class NumberFormat(Shown):
    """A format of floating point with a few bits.

    Parameters
    ----------
    name : str
        One of `FORMATS`, or ``e2m1``, ``e4m3`` or ``e5m2`` for short.

    Raises
    ------
    InputError
        If there is no such format.

    Examples
    --------
    >>> e4m3 = NumberFormat("e4m3")
    >>> e4m3.name, e4m3.bits, len(e4m3.numbers), e4m3.most, e4m3.least_positive
    ('float8_e4m3fn', 8, 253, Fraction(448, 1), Fraction(1, 512))
    >>> e4m3.neighbours("1/3")
    (Fraction(5, 16), Fraction(11, 32))
    """

    name: str

    def __post_init__(self) -> None:
        name = SHORT.get(self.name, self.name) if isinstance(self.name, str) else ""
        if name not in FORMATS:
            one_of("format", self.name, (*SHORT, *FORMATS))
        object.__setattr__(self, "name", name)

    @cached_property
    def dtype(self) -> np.dtype[Any]:
        """The type of `ml_dtypes`, which numpy's arrays take."""
        import ml_dtypes

        found: np.dtype[Any] = np.dtype(getattr(ml_dtypes, self.name))
        return found

    @cached_property
    def bits(self) -> int:
        """The length of a word."""
        import ml_dtypes

        return int(ml_dtypes.finfo(self.dtype).bits)

    @cached_property
    def significant_bits(self) -> int:
        """Digits of a number that is not subnormal, the first one included."""
        import ml_dtypes

        return int(ml_dtypes.finfo(self.dtype).nmant) + 1

    @cached_property
    def words(self) -> Array:
        """All numbers as an array of the format, by magnitude and positive ones first: no infinities, no NaN, one 0."""
        magnitudes = 1 << (self.bits - 1)
        unsigned = np.arange(2 * magnitudes, dtype=np.uint8 if self.bits <= 8 else np.uint16)
        both = unsigned.reshape(2, magnitudes).T.reshape(-1).view(self.dtype)
        with np.errstate(invalid="ignore"):  # NaN is a word as well
            floats = both.astype(np.float64)
        is_number = np.isfinite(floats) & ~((floats == 0) & np.signbit(floats))
        found: Array = both[is_number]
        return found

    @cached_property
    def numbers(self) -> tuple[Fraction, ...]:
        """All numbers, in increasing order."""
        return tuple(map(Fraction, sorted(self.words.astype(np.float64).tolist())))

    @property
    def most(self) -> Fraction:
        """The greatest number."""
        return self.numbers[-1]

    @property
    def least_positive(self) -> Fraction:
        """The least number above 0, of which all others are multiples."""
        return self.numbers[self._zero + 1]

    @property
    def least_normal(self) -> Fraction:
        """The least number above 0 that has all significant bits."""
        return self.least_positive * (1 << (self.significant_bits - 1))

    @cached_property
    def _zero(self) -> int:
        return bisect_left(self.numbers, 0)

    @cached_property
    def _known(self) -> frozenset[Fraction]:
        return frozenset(self.numbers)

    def __contains__(self, value: object) -> bool:
        """Whether a number is one of the format."""
        return value in self._known

    def neighbours(self, value: Any) -> tuple[Fraction, Fraction]:
        """Return the greatest number that is not above a value, and the least that is not below it.

        Parameters
        ----------
        value : exact number

        Returns
        -------
        (Fraction, Fraction)
            Twice the value if it is a number of the format.

        Raises
        ------
        InputError
            If the value is beyond the greatest number, or no exact number.
        """
        exact = exact_number("value", value)
        if abs(exact) > self.most:
            raise InputError("value", value, f"from -{self.most} to {self.most}")
        at = bisect_left(self.numbers, exact)
        return self.numbers[at if self.numbers[at] == exact else at - 1], self.numbers[at]

    def nearest_real(self, value: Any) -> Fraction:
        """Return the number nearest to a real one, given by a ball (Arb) of a magnitude below the greatest number.

        Parameters
        ----------
        value : flint.arb

        Returns
        -------
        Fraction

        Raises
        ------
        ArithmeticError
            If the ball is so wide that it does not decide.
        """
        from algebra.exact.balls import ball, interval_of

        if abs(value) * 4 < ball(self.least_positive):  # the ends of a ball may have a huge exponent
            return Fraction(0)
        low, high = (Fraction(int(end.p), int(end.q)) for end in interval_of(value))
        below, above = self.neighbours(low)[0], self.neighbours(high)[1]
        if below == above:
            return below
        middle = ball((below + above) / 2)
        if not (value < middle or value > middle) or (below, above) != self.neighbours((below + above) / 2):
            raise ArithmeticError(f"the ball {value} does not decide between numbers of {self.name}")
        return below if value < middle else above

    def rounded(self, values: Any) -> Array:
        """Round floats to the format, nearest and ties to even, as `ml_dtypes` does.

        Parameters
        ----------
        values : array_like of float

        Returns
        -------
        numpy.ndarray
            Of the same shape, with the format's dtype of `ml_dtypes`.
        """
        return np.asarray(values, dtype=np.float64).astype(self.dtype)

    def exact_terms(self, accumulator_bits: int = FLOAT32_BITS) -> int:
        """Return how many numbers can always be added exactly, in any order, in an accumulator of so many bits.

        All numbers are multiples of the least, and at most the greatest one: partial sums of n terms are exact as long
        as n times their ratio is at most 2^bits.

        Parameters
        ----------
        accumulator_bits : int
            Significant bits of the accumulator; default: those of float32.

        Returns
        -------
        int

        Examples
        --------
        >>> [NumberFormat(name).exact_terms() for name in ("e2m1", "e4m3", "e5m2")]
        [1398101, 73, 0]
        """
        return int((1 << accumulator_bits) / (self.most / self.least_positive))

    def order_free_terms(self, accumulator_bits: int = FLOAT32_BITS) -> int:
        """Return how many numbers give the same sum in any order, where they are added one after the other.

        Let n terms be exact always (`exact_terms`). With n + 1 only the last addition rounds, and what it rounds is the
        sum of all. A partial sum of n + 1 terms can be inexact only if it is an odd multiple of the least number; then
        one term is odd, less than 2^p for p significant bits. If n times the greatest number and that stay below the
        limit, these are exact, too, and n + 2 terms give one sum. With n + 3 the order matters: two ties may be lost.

        Parameters
        ----------
        accumulator_bits : int
            Significant bits of the accumulator; default: those of float32.

        Returns
        -------
        int
        """
        count = self.exact_terms(accumulator_bits)
        reached = count * self.most / self.least_positive + (1 << self.significant_bits) - 1
        return count + 2 if count and reached <= 1 << accumulator_bits else count + 1 if count else 2
