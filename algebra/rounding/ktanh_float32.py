"""K-TanH on float32: the least maximal error of a table with the same index, proved without looking at 2^23 mantissas.

With the exponent E, the shift r and the addend b an entry answers the mantissa M by (E, (M >> r) + b).  Over the words
of one entry M >> r is a staircase, and tanh is concave: the difference of the first words of all stairs from tanh is
convex, and so is that of the last words.  So the greatest difference is at an end, and the least one where a bisection
on integers finds it.  The best b makes both equally large.

The error is limited by slopes that are powers of two, not by the mantissa: with 32 entries it is 0.0098300, where
bfloat16 has 0.0089204.  A float32 variant makes sense only as "drop 16 bits, use the table, append zeros".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING

from algebra.errors import InputError, as_integer
from algebra.rounding.ktanh_bfloat16 import INFINITY
from algebra.rounding.ktanh_errors import enclosure
from algebra.rounding.ktanh_table import LARGEST_SHIFT
from algebra.shown import Shown

if TYPE_CHECKING:
    from algebra.exact.balls import Decimals

MANTISSA_BITS, BIAS = 23, 127
SCALE = 320  # values are integers in units of 2^-320, those of tanh rounded downwards, as for bfloat16
MOST_INDEX_BITS = 10  # of the mantissa: 4,096 entries


@dataclass(frozen=True)
class Float32Entry:
    """An entry: the exponent, the shift, the addend, and its maximal error in units of 2^-320, rounded upwards."""

    exponent: int
    shift: int
    addend: int
    error: int


@dataclass(frozen=True)
class Float32Table(Shown):
    """A table of the least maximal error on float32, from 0.25 to 4 and without carry.

    Parameters
    ----------
    mantissa_bits : int
    entries : tuple of Float32Entry
        In increasing order of the words that they answer.
    """

    mantissa_bits: int
    entries: tuple[Float32Entry, ...]

    @property
    def max_abs(self) -> float:
        """The maximal distance to tanh."""
        return max(entry.error for entry in self.entries) / (1 << SCALE)

    @property
    def max_abs_bounds(self) -> Decimals:
        """Decimal strings that enclose it: floors and the bisection leave less than four units of 2^-320."""
        most = max(entry.error for entry in self.entries)
        from algebra.exact.balls import Decimals

        return Decimals(enclosure(most - 4).lower, enclosure(most).upper)


@cache
def _tanh(exponent: int, mantissa: int) -> int:
    """Return floor(2^320 tanh x) of a positive float32."""
    from flint import arb, fmpz

    from algebra.exact.precision import precision

    with precision(SCALE + 64):
        x = arb(fmpz((1 << MANTISSA_BITS) + mantissa)) * arb(2) ** (exponent - BIAS - MANTISSA_BITS)
        floor = (x.tanh() * arb(2) ** SCALE).floor().unique_fmpz()
    if floor is None:
        raise ArithmeticError(f"tanh of the float32 {exponent}, {mantissa} is too near to a multiple of 2^-{SCALE}")
    return int(floor)


def optimal_float32_table(mantissa_bits: int, largest_shift: int = LARGEST_SHIFT) -> Float32Table:
    """Return a table for float32 whose maximal error on [0.25, 4) is proved to be the least, up to 2^-318.

    Parameters
    ----------
    mantissa_bits : int
        High bits of the mantissa in the index, from 0 to 10.
    largest_shift : int
        From 0 to 23.

    Returns
    -------
    Float32Table

    Raises
    ------
    InputError
        If an argument is out of range.

    Examples
    --------
    >>> table = optimal_float32_table(2)
    >>> len(table.entries), round(table.max_abs, 7)
    (16, 0.0378828)
    """
    if as_integer("mantissa_bits", mantissa_bits, 0) > MOST_INDEX_BITS:
        raise InputError("mantissa_bits", mantissa_bits, f"at most {MOST_INDEX_BITS}")
    if as_integer("largest_shift", largest_shift, 0) > MANTISSA_BITS:
        raise InputError("largest_shift", largest_shift, f"at most {MANTISSA_BITS}")
    width = 1 << (MANTISSA_BITS - mantissa_bits)
    starts = range(0, 1 << MANTISSA_BITS, width)
    pieces = [(at, range(first, first + width)) for at in range(125, 129) for first in starts]
    return Float32Table(mantissa_bits, tuple(_best(at, piece, largest_shift) for at, piece in pieces))


def _best(at: int, piece: range, largest_shift: int) -> Float32Entry:
    """Return the entry of the least maximal error: any exponent near that of tanh, any shift, the best addend."""
    near = {_exponent(_tanh(at, mantissa)) for mantissa in (piece[0], piece[-1])}
    exponents = range(max(min(near) - 1, 1), min(max(near) + 2, INFINITY >> 7))
    choices = [_entry(at, piece, exponent, shift) for exponent in exponents for shift in range(largest_shift + 1)]
    return min((choice for choice in choices if choice is not None), key=lambda entry: entry.error)


def _exponent(value: int) -> int:
    return value.bit_length() - 1 - SCALE + BIAS


def _entry(at: int, piece: range, exponent: int, shift: int) -> Float32Entry | None:
    """Return the best addend for an exponent and a shift; None if the mantissa overflows with every addend."""
    unit = 1 << (exponent - BIAS - MANTISSA_BITS + SCALE)
    stairs = range(piece[0] >> shift, (piece[-1] >> shift) + 1)
    lowest, highest = -stairs[0], (1 << MANTISSA_BITS) - 1 - stairs[-1]
    if lowest > highest:
        return None

    def above(stair: int) -> int:  # at the first word of a stair, where it exceeds tanh most, without the addend
        return (1 << MANTISSA_BITS) * unit + stair * unit - _tanh(at, max(stair << shift, piece[0]))

    def below(stair: int) -> int:  # at its last word
        last = min(((stair + 1) << shift) - 1, piece[-1])
        return (1 << MANTISSA_BITS) * unit + stair * unit - _tanh(at, last)

    greatest = max(above(stairs[0]), above(stairs[-1]))
    least = below(_lowest_of_convex(below, stairs))

    # the error is the greater of |greatest + b unit| and |least + b unit|: convex in b
    middle = -(greatest + least) // (2 * unit)
    addends = {min(max(b, lowest), highest) for b in (middle, middle + 1)}
    error, addend = min((max(abs(greatest + b * unit), abs(least + b * unit)), b) for b in addends)
    return Float32Entry(exponent, shift, addend, error + 1)


def _lowest_of_convex(values: Callable[[int], int], places: range) -> int:
    """Return where a convex sequence of integers is the least.

    Floors of tanh err by less than a unit of 2^-320, so that the value there is the least up to two units.
    """
    low, high = places[0], places[-1]
    while low < high:
        middle = (low + high) // 2
        if values(middle + 1) >= values(middle):
            high = middle
        else:
            low = middle + 1
    return low


def float32_answer(table: Float32Table, value: Fraction) -> Fraction:
    """Return a table's answer to a float32 number of [0.25, 4), in the arithmetic of the algorithm.

    Parameters
    ----------
    table : Float32Table
    value : Fraction
        Of [0.25, 4).

    Returns
    -------
    Fraction

    Raises
    ------
    InputError
        If it is none of these.

    Examples
    --------
    >>> float32_answer(optimal_float32_table(2), Fraction(1))
    Fraction(6490173, 8388608)
    """
    numerator, denominator = value.as_integer_ratio()
    if not Fraction(1, 4) <= value < 4 or denominator & (denominator - 1):
        raise InputError("value", str(value), "a float32 number from 0.25 to 4")
    exponent = numerator.bit_length() - denominator.bit_length() + BIAS
    word = value / Fraction(2) ** (exponent - BIAS - MANTISSA_BITS)
    if word.denominator != 1:
        raise InputError("value", str(value), "a float32 number from 0.25 to 4")
    mantissa = int(word) - (1 << MANTISSA_BITS)
    number = (exponent - 125 << table.mantissa_bits) + (mantissa >> (MANTISSA_BITS - table.mantissa_bits))
    entry = table.entries[number]
    answer = (1 << MANTISSA_BITS) + (mantissa >> entry.shift) + entry.addend
    return answer * Fraction(2) ** (entry.exponent - BIAS - MANTISSA_BITS)
