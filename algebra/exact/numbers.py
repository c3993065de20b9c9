"""Reading one exact rational number; floats are refused, because they are not what the user wrote."""

from __future__ import annotations

import re
from fractions import Fraction
from math import gcd, inf, isfinite, isqrt
from operator import index
from typing import TYPE_CHECKING, Any

from algebra.errors import TEXT, InputError, is_truth_value

if TYPE_CHECKING:
    from flint import fmpq

EXACT = "exact: an integer, a Fraction or a string 'p/q'"
MOST_POWER = 9999  # of ten, in strings like "1e-30": a short one could fill the memory
PLAIN = re.compile(r"\s*([+-]?)([0-9]+)(?:/([0-9]+))?\s*", re.ASCII)


def ratio(value: Any) -> tuple[int, int] | None:
    """Return numerator and denominator of an exact number; every reader of numbers asks here.

    Parameters
    ----------
    value : int, Fraction, str or a rational of numpy, FLINT or sympy

    Returns
    -------
    (int, int) or None
        None for floats, truth values, powers of ten above 9999, and whatever is no rational number.

    Examples
    --------
    >>> ratio("-4/6"), ratio(0.5), ratio(True)
    ((-2, 3), None, None)
    """
    try:
        if type(value) is Fraction:
            return value.as_integer_ratio()
        if isinstance(value, str):
            return None if _has_large_power(value) else Fraction(value).as_integer_ratio()
        if isinstance(value, float) or is_truth_value(value):
            return None
        if hasattr(value, "q"):  # rationals of FLINT and sympy
            return int(value.p), int(value.q)
        if hasattr(value, "denominator"):
            return int(value.numerator), int(value.denominator)
        return index(value), 1
    except (AttributeError, TypeError, ValueError, ZeroDivisionError):
        return None


def _has_large_power(text: str) -> bool:
    power = text.lower().partition("e")[2].strip().lstrip("+-0")
    return len(power) > len(str(MOST_POWER))


def exact_number(argument: str, value: Any) -> Fraction:
    """Return `value` as a Fraction.

    Parameters
    ----------
    argument : str
        Its name, as the caller knows it.
    value : int, Fraction, str or a rational of numpy, FLINT or sympy

    Returns
    -------
    Fraction

    Raises
    ------
    InputError
        If it is a float, a truth value, or not a number.

    Examples
    --------
    >>> exact_number("coefficient", "2/3")
    Fraction(2, 3)
    """
    found = ratio(value)
    if found is None:
        is_large = isinstance(value, str) and _has_large_power(value)
        raise InputError(argument, value, f"{EXACT}, with powers of ten up to {MOST_POWER}" if is_large else EXACT)
    return Fraction(*found)


def fraction_of_residue(residue: int, modulus: int) -> Fraction | None:
    """Return the fraction with this residue whose parts are at most the root of half the modulus; None without one.

    There is at most one. It is found by Euclid's algorithm (Wang's rational reconstruction).

    Parameters
    ----------
    residue : int
        From 0 to modulus - 1.
    modulus : int

    Returns
    -------
    Fraction or None

    Examples
    --------
    >>> fraction_of_residue(2 * pow(3, -1, 10007) % 10007, 10007), fraction_of_residue(10006, 10007)
    (Fraction(2, 3), Fraction(-1, 1))
    """
    bound = isqrt(modulus // 2)
    above, below = (modulus, residue), (0, 1)
    while above[1] > bound:
        quotient = above[0] // above[1]
        above = above[1], above[0] - quotient * above[1]
        below = below[1], below[0] - quotient * below[1]
    numerator, denominator = above[1], below[1]
    if not denominator or abs(denominator) > bound or gcd(numerator, denominator) > 1:
        return None
    return Fraction(numerator, denominator)


def long_number(argument: str, value: Any) -> Fraction:
    """Return `value` as a Fraction; strings may be longer than Python's own limit on digits.

    Parameters
    ----------
    argument : str
        What messages call it.
    value : object

    Returns
    -------
    Fraction

    Raises
    ------
    InputError
        If it is a float, or not a number.

    Examples
    --------
    >>> long_number("x", "-3/6"), long_number("x", "0.25")
    (Fraction(-1, 2), Fraction(1, 4))
    >>> long_number("x", "1e3")
    Fraction(1000, 1)
    """
    match = PLAIN.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return exact_number(argument, value)

    from flint import fmpz

    sign, above, below = match.groups()
    numerator, denominator = int(fmpz(above)), int(fmpz(below)) if below else 1
    if denominator == 0:
        raise InputError(argument, value, EXACT)
    return Fraction(-numerator if sign == "-" else numerator, denominator)


def number_text(value: Fraction) -> str:
    """Write a fraction as ``"p"`` or ``"p/q"``, however long.

    Parameters
    ----------
    value : Fraction

    Returns
    -------
    str

    Examples
    --------
    >>> number_text(Fraction(-3, 6)), number_text(Fraction(7))
    ('-1/2', '7')
    """
    from flint import fmpz

    above = str(fmpz(value.numerator))
    return above if value.denominator == 1 else f"{above}/{fmpz(value.denominator)}"


def as_finite_float(argument: str, value: Any, allowed: str) -> float:
    """Return a real number of any type (Python's, numpy's, a fraction) as a float, and refuse truth values and text.

    Parameters
    ----------
    argument : str
        What messages call it.
    value : object
    allowed : str
        What the message says is allowed.

    Returns
    -------
    float

    Raises
    ------
    InputError
        If it is no real number, or not finite as a float.

    Examples
    --------
    >>> as_finite_float("tolerance", Fraction(1, 4), "a number")
    0.25
    """
    try:
        if isinstance(value, TEXT) or is_truth_value(value):
            raise TypeError
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        raise InputError(argument, value, allowed) from None
    if not isfinite(found):
        raise InputError(argument, value, allowed)
    return found


def nearest_float(value: Fraction) -> float:
    """Return the float nearest to a rational number: infinite, or 0, where it is beyond all floats.

    Parameters
    ----------
    value : Fraction

    Returns
    -------
    float

    Examples
    --------
    >>> nearest_float(Fraction(1, 3)), nearest_float(Fraction(-(10**400)))
    (0.3333333333333333, -inf)
    """
    try:
        return value.numerator / value.denominator
    except OverflowError:
        return inf if value > 0 else -inf


def binary_exponent(value: Fraction) -> int:
    """Return an e such that a number other than zero, over 2^e, is between 1/2 and 2 in absolute value.

    Parameters
    ----------
    value : Fraction
        Not zero.

    Returns
    -------
    int

    Examples
    --------
    >>> binary_exponent(Fraction(5)), binary_exponent(Fraction(1, 10**400))
    (2, -1328)
    """
    return value.numerator.bit_length() - value.denominator.bit_length()


def decimal_text(value: Fraction, digits: int = 12) -> str:
    """Write a rational number with so many digits, however large or small it is.

    Parameters
    ----------
    value : Fraction
    digits : int
        Significant ones.

    Returns
    -------
    str

    Examples
    --------
    >>> decimal_text(Fraction(1, 3)), decimal_text(Fraction(10**400, 3), 5)
    ('0.333333333333', '3.3333e+399')
    """
    found = nearest_float(value)
    if isfinite(found) and (abs(found) > 1e-300 or value == 0):
        return f"{found:.{digits}g}"
    from decimal import MAX_EMAX, MIN_EMIN, Context

    context = Context(prec=digits, Emax=MAX_EMAX, Emin=MIN_EMIN, capitals=0)
    above, below = context.create_decimal(value.numerator), context.create_decimal(value.denominator)
    return context.to_sci_string(context.divide(above, below))


def to_fmpq(value: Fraction) -> fmpq:
    """Return FLINT's form of a fraction, which FLINT does not read itself.

    Parameters
    ----------
    value : Fraction

    Returns
    -------
    fmpq

    Examples
    --------
    >>> to_fmpq(Fraction(2, 3))
    2/3
    """
    from flint import fmpq

    return fmpq(value.numerator, value.denominator)


def to_fraction(value: fmpq) -> Fraction:
    """Return Python's form of a rational number of FLINT.

    Parameters
    ----------
    value : fmpq

    Returns
    -------
    Fraction

    Examples
    --------
    >>> to_fraction(to_fmpq(Fraction(2, 3)))
    Fraction(2, 3)
    """
    return Fraction(int(value.p), int(value.q))


def residue(value: int | Fraction, prime: int) -> int | None:
    """Return a rational number modulo a prime; None if the prime divides its denominator.

    Examples
    --------
    >>> residue(Fraction(1, 2), 7), residue(Fraction(1, 7), 7)
    (4, None)
    """
    numerator, denominator = int(value.numerator), int(value.denominator)
    return numerator * pow(denominator, -1, prime) % prime if denominator % prime else None


def bit_length(value: Fraction) -> int:
    """Return the bits of numerator and denominator together; a denominator of 1 is free.

    Parameters
    ----------
    value : Fraction

    Returns
    -------
    int

    Examples
    --------
    >>> bit_length(Fraction(5)), bit_length(Fraction(-3, 4)), bit_length(Fraction(0))
    (3, 5, 0)
    """
    below = value.denominator
    return value.numerator.bit_length() + (0 if below == 1 else below.bit_length())


def root_above(value: int, degree: int) -> int:
    """Return the least integer whose power of this degree is at least `value`.

    Parameters
    ----------
    value : int
    degree : int
        Positive.

    Returns
    -------
    int

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


def has_floats(*values: Any) -> bool:
    """Tell whether an entry of nested lists or arrays is a float.

    Parameters
    ----------
    *values : nested lists, or arrays

    Returns
    -------
    bool

    Examples
    --------
    >>> has_floats([["1/2", 1]]), has_floats([1], [[0.5, 1]])
    (False, True)
    """
    for value in values:
        if hasattr(value, "dtype"):
            if value.dtype.kind == "f":
                return True
        elif isinstance(value, float) or (isinstance(value, list | tuple) and has_floats(*value)):
            return True
    return False


def exact_fractions(value: Any) -> Any:
    """Replace finite floats in nested lists and objects by the binary fractions that they are.

    Parameters
    ----------
    value : object
        As JSON has it.

    Returns
    -------
    object

    Examples
    --------
    >>> exact_fractions([[0.5, "1/3"]])
    [[Fraction(1, 2), '1/3']]
    """
    if isinstance(value, list):
        return [exact_fractions(each) for each in value]
    if isinstance(value, dict):
        return {key: exact_fractions(each) for key, each in value.items()}
    return Fraction(value) if isinstance(value, float) and isfinite(value) else value
