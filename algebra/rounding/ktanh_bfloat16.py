"""The words of bfloat16, and tanh rounded correctly to them.

A word of 16 bits is s (1), E (8), M (7): the value (-1)^s 2^(E-127) (1 + M/128), for E = 0 that of (-1)^s 2^-126 M/128,
for E = 255 infinity or no number (NaN).  Magnitudes are ordered as the integers w & 0x7fff.

The value of tanh at a rational number other than 0 is transcendental (Lindemann).  So it lies strictly between two
neighbouring multiples of any power of two, and `tanh_floor`, the lower of them, decides every rounding: there are no
ties, and the ball that encloses the value only has to become small enough.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING

from algebra.errors import InputError, as_integer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Words = NDArray[np.uint16]

SIGN, MAGNITUDE, QUIET = 0x8000, 0x7FFF, 0x0040
INFINITY, ONE = 0x7F80, 0x3F80
MANTISSA_BITS, BIAS = 7, 127
WORD = "a bfloat16 word: an integer from 0 to 0xffff"

# below 2^-7, x - tanh x < x^3/3 is less than half of the spacing, which is at least x/256: tanh rounds to x itself;
# from 32 on 1 - tanh x < 2 exp(-64) is less than half of the spacing below 1, which is 1/256: it rounds to 1
FIRST, LAST = 0x3C00, 0x4200


def as_word(argument: str, word: int) -> int:
    """Return a bfloat16 word as an int.

    Raises
    ------
    InputError
        If it is no integer of 16 bits.
    """
    found = as_integer(argument, word, 0, WORD)
    if found > 0xFFFF:
        raise InputError(argument, word, WORD)
    return found


def is_nan(word: int) -> bool:
    """Say whether a word is no number."""
    return word & MAGNITUDE > INFINITY


def scaled_value(magnitude: int, bits: int) -> int:
    """Return the value of a positive finite word as a multiple of 2^-bits; `bits` is at least 133, so it is one.

    Parameters
    ----------
    magnitude : int
        The 15 bits of a bfloat16 without its sign.
    bits : int

    Returns
    -------
    int

    Examples
    --------
    >>> scaled_value(0x3F80, 200) == 2**200, scaled_value(0x0001, 133)
    (True, 1)
    """
    exponent, mantissa = magnitude >> MANTISSA_BITS, magnitude & 0x7F
    significand = mantissa if exponent == 0 else mantissa | 0x80
    return significand << (max(exponent, 1) - BIAS - MANTISSA_BITS + bits)


def bfloat16_value(word: int) -> Fraction | None:
    """Return the value of a bfloat16 word; None where it is infinite or no number.

    Parameters
    ----------
    word : int
        Its 16 bits, from 0 to 65535.

    Returns
    -------
    Fraction, or None

    Examples
    --------
    >>> bfloat16_value(0x4070), bfloat16_value(0xBE80), bfloat16_value(0x7F80)
    (Fraction(15, 4), Fraction(-1, 4), None)
    """
    magnitude = as_word("word", word) & MAGNITUDE
    if magnitude >= INFINITY:
        return None
    value = Fraction(scaled_value(magnitude, 133), 1 << 133)
    return -value if word & SIGN else value


def word_of(value: Fraction) -> int | None:
    """Return the word whose value this positive rational is; None if there is none.

    Examples
    --------
    >>> hex(word_of(Fraction(15, 4))), word_of(Fraction(1, 3))
    ('0x4070', None)
    """
    numerator, denominator = value.numerator, value.denominator
    power = denominator.bit_length() - 1
    if numerator <= 0 or denominator != 1 << power or power > 133 or numerator.bit_length() > 128:
        return None
    found = round_floor(numerator << (133 - power), 133)
    return found if found < INFINITY and bfloat16_value(found) == value else None


def round_floor(floor: int, bits: int) -> int:
    """Round a positive number to the nearest word, its lower neighbour among the multiples of 2^-bits given.

    The number is that neighbour itself, and no tie, or lies strictly between it and the next one.
    """
    # the significand keeps 8 bits, in the least binade (and below it) those above 2^-133
    shift = max(floor.bit_length() - 8, bits - 133)
    significand = (floor + (1 << shift >> 1)) >> shift  # half a unit or more: upwards

    # a significand of 256 carries into the exponent by itself
    return significand + ((shift - (bits - 133)) << MANTISSA_BITS)


@cache
def tanh_floor(magnitude: int, bits: int) -> int:
    """Return floor(2^bits tanh x) for a positive finite word x, from balls (Arb) that shrink until they decide.

    Parameters
    ----------
    magnitude : int
        The 15 bits of a bfloat16 without its sign.
    bits : int

    Returns
    -------
    int

    Examples
    --------
    >>> tanh_floor(0x3F80, 20)  # tanh(1) = 0.76159...
    798589
    """
    from flint import arb, fmpz

    from algebra.exact.precision import precision

    exact = scaled_value(magnitude, 133)
    working = bits + 32
    while True:
        with precision(working):
            scaled = (arb(fmpz(exact)) * arb(2) ** -133).tanh() * arb(2) ** bits
            floor = scaled.floor().unique_fmpz()
        if floor is not None:
            return int(floor)
        working *= 2


@cache
def reference_magnitudes() -> tuple[int, ...]:
    """Return the word of tanh, rounded to the nearest, for every word from +0 to infinity."""
    middle = [round_floor(tanh_floor(word, 160), 160) for word in range(FIRST, LAST)]
    return (*range(FIRST), *middle, *[ONE] * (INFINITY + 1 - LAST))


def reference_word(word: int) -> int:
    """Return tanh of one word, correctly rounded; what is no number stays so, and becomes quiet.

    Parameters
    ----------
    word : int
        The 16 bits of a bfloat16.

    Returns
    -------
    int
        The 16 bits of a bfloat16.

    Examples
    --------
    >>> hex(reference_word(0xBF80)), hex(reference_word(0x7F81))
    ('0xbf43', '0x7fc1')
    """
    if is_nan(as_word("word", word)):
        return word | QUIET
    return word & SIGN | reference_magnitudes()[word & MAGNITUDE]


@cache
def correctly_rounded_tanh() -> Words:
    """Return tanh of all 65,536 words, correctly rounded to nearest; the array cannot be written to.

    Examples
    --------
    >>> [hex(word) for word in correctly_rounded_tanh()[[0x3F00, 0x3DB9, 0xFF80]]]
    ['0x3eed', '0x3db8', '0xbf80']
    """
    import numpy as np

    table = np.array([reference_word(word) for word in range(1 << 16)], dtype=np.uint16)
    table.setflags(write=False)
    return table
