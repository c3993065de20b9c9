"""Reading one exact rational number; floats are refused, because they are not what the user wrote."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from algebra.errors import InputError

EXACT = "exact: an integer, a Fraction or a string 'p/q'"
MOST_POWER = 9999  # of ten, in strings like "1e-30": a short one could fill the memory


def exact_number(argument: str, value: Any) -> Fraction:
    """Return `value` as a Fraction.

    Parameters
    ----------
    argument : str
        Its name, as the caller knows it.
    value : int, Fraction, str or a rational of numpy, FLINT or sympy

    Raises
    ------
    InputError
        If it is a float, a truth value, or not a number.

    Examples
    --------
    >>> exact_number("coefficient", "2/3")
    Fraction(2, 3)
    """
    if isinstance(value, float | bool):
        raise InputError(argument, value, EXACT)
    if isinstance(value, str) and len(value.lower().partition("e")[2].strip("+-0 ")) > len(str(MOST_POWER)):
        raise InputError(argument, value, f"{EXACT}, with powers of ten up to {MOST_POWER}")
    try:
        return Fraction(value) if isinstance(value, str) else Fraction(*_parts(value))
    except (AttributeError, TypeError, ValueError, ZeroDivisionError):
        raise InputError(argument, value, EXACT) from None


def _parts(value: Any) -> tuple[int, int]:
    if hasattr(value, "q"):  # rationals of FLINT and sympy
        return int(value.p), int(value.q)
    return int(value.numerator), int(value.denominator)
