"""Comparing rationals with logarithms of rationals, exactly, and decimals that enclose what is not rational."""

from __future__ import annotations

from fractions import Fraction

from flint import arb, fmpq

from tensors.attention.balls import precision as working_precision


def ball(value: Fraction) -> arb:
    """Return a ball around a rational number."""
    return arb(fmpq(value.numerator, value.denominator))


def compare_with_log(value: Fraction, argument: Fraction) -> int:
    """Return the sign of ``value - log(argument)``, decided.

    Equality is possible only as ``0 = log 1``: the exponential of a nonzero rational is transcendental (Lindemann).
    So balls of growing precision decide in the end.

    Examples
    --------
    >>> compare_with_log(Fraction(0), Fraction(1)), compare_with_log(Fraction(7, 10), Fraction(2))
    (0, 1)
    """
    if argument == 1:
        return (value > 0) - (value < 0)
    bits = 64
    while True:
        with working_precision(bits):
            difference = ball(value) - ball(argument).log()
            if difference > 0:
                return 1
            if difference < 0:
                return -1
        bits *= 2


def log_above(argument: Fraction, bits: int) -> Fraction:
    """Return the least multiple of ``2**-bits`` that is certainly greater than ``log(argument)``, or the next one.

    Examples
    --------
    >>> log_above(Fraction(2), 4)
    Fraction(3, 4)
    """
    rounded = rounded_log(argument, bits)
    step = Fraction(1, 1 << bits)
    while compare_with_log(rounded, argument) <= 0:
        rounded += step
    return rounded


def rounded_log(argument: Fraction, bits: int) -> Fraction:
    """Return a multiple of ``2**-bits`` within ``2**-bits`` of ``log(argument)``.

    Examples
    --------
    >>> rounded_log(Fraction(2), 10)
    Fraction(709, 1024)
    """
    if argument == 1:
        return Fraction(0)
    extra = 64 + argument.numerator.bit_length() + argument.denominator.bit_length()
    with working_precision(bits + extra):
        scaled = ball(argument).log() * (1 << bits)
        return Fraction(int(scaled.mid().floor().unique_fmpz()), 1 << bits)


def decimals(value: arb, digits: int = 12) -> dict[str, str]:
    """Return decimal strings that enclose a ball, however large or small.

    Examples
    --------
    >>> decimals(arb(1) / 3, 4)
    {'lower': '0.3333', 'upper': '0.3334'}
    >>> decimals((arb(-10) ** 7).exp(), 3)
    {'lower': '1.51e-4342945', 'upper': '1.52e-4342945'}
    """
    return {"lower": _decimal(value.lower(), digits, up=False), "upper": _decimal(value.upper(), digits, up=True)}


def _decimal(value: arb, digits: int, up: bool) -> str:
    if value == 0:
        return "0"
    if not value.is_finite():
        return "inf" if value > 0 or up else "-inf"
    if value < 0:
        return "-" + _decimal(-value, digits, not up)
    size = max(abs(int(value.man_exp()[1])).bit_length(), 1)
    with working_precision(64 + 4 * digits + 2 * size):
        power = int((value.log() / arb(10).log()).lower().floor().mid().unique_fmpz())  # near a power of 10: one less
        scaled = value * arb(10) ** (digits - 1 - power)
        mantissa = int((scaled.upper().ceil() if up else scaled.lower().floor()).mid().unique_fmpz())
    figures = str(mantissa)
    return _written(figures, power - digits + len(figures))


def _written(figures: str, power: int) -> str:
    if -5 <= power < 0:
        return "0." + "0" * (-power - 1) + figures
    if 0 <= power < len(figures) - 1:
        return f"{figures[: power + 1]}.{figures[power + 1 :]}"
    return f"{figures[0]}.{figures[1:]}e{power}" if power != len(figures) - 1 else figures
