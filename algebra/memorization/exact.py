"""Exact rationals in and out: "p/q" strings of any length, integer roots, and nothing rounded."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from flint import fmpz

from algebra.errors import InputError
from algebra.exact import EXACT, exact_number

PLAIN = re.compile(r"\s*([+-]?)([0-9]+)(?:/([0-9]+))?\s*", re.ASCII)


def rational(argument: str, value: Any) -> Fraction:
    """Return `value` as a Fraction; strings may be longer than Python's own limit on digits.

    Raises
    ------
    InputError
        If it is a float, a string with an exponent, or not a number.

    Examples
    --------
    >>> rational("x", "-3/6"), rational("x", "0.25")
    (Fraction(-1, 2), Fraction(1, 4))
    """
    if not isinstance(value, str):
        return exact_number(argument, value)
    match = PLAIN.fullmatch(value)
    if match is None:
        if "e" in value.lower():
            raise InputError(argument, value, EXACT)
        return exact_number(argument, value)
    sign, above, below = match.groups()
    numerator, denominator = int(fmpz(above)), int(fmpz(below)) if below else 1
    if denominator == 0:
        raise InputError(argument, value, EXACT)
    return Fraction(-numerator if sign == "-" else numerator, denominator)


def text(value: Fraction) -> str:
    """Write a fraction as ``"p"`` or ``"p/q"``, however long.

    Examples
    --------
    >>> text(Fraction(-3, 6)), text(Fraction(7))
    ('-1/2', '7')
    """
    above = str(fmpz(value.numerator))
    return above if value.denominator == 1 else f"{above}/{fmpz(value.denominator)}"


def bit_length(value: Fraction) -> int:
    """Return the bits of numerator and denominator together; a denominator of 1 is free.

    Examples
    --------
    >>> bit_length(Fraction(5)), bit_length(Fraction(-3, 4)), bit_length(Fraction(0))
    (3, 5, 0)
    """
    below = value.denominator
    return value.numerator.bit_length() + (0 if below == 1 else below.bit_length())


def root_above(value: int, degree: int) -> int:
    """Return the least integer whose power of this degree is at least `value`.

    Examples
    --------
    >>> root_above(27, 3), root_above(28, 3), root_above(1, 5)
    (3, 4, 1)
    """
    low, high = 0, 1 << -(-max(value, 1).bit_length() // degree)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if middle**degree >= value else (middle, high)
    return high if low**degree < value else low
