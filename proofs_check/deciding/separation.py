"""Bounds of separation ranks as two papers are remembered to state them; see `levine2020` for what that means."""

from __future__ import annotations

from math import comb, e, log, sqrt


def log3(number: int) -> float:
    """Return the logarithm of a positive integer of any size to base 3.

    Examples
    --------
    >>> log3(3**1000)
    1000.0
    """
    shift = max(0, number.bit_length() - 60)
    return round((log(number >> shift) + shift * log(2)) / log(3), 9)


def is_shallow(width: int, layers: int) -> bool:
    """Tell whether L < log_3 d, exactly: the first theorem speaks of these stacks, the second of L > log_3 d."""
    return bool(3**layers < width)


def shallow_upper(width: int, heads: int, layers: int) -> int:
    """Return (d + H)^((3^L - 1)/2), remembered as the upper bound of the first theorem.

    Examples
    --------
    >>> shallow_upper(3, 1, 2)
    256
    """
    return int((width + heads) ** ((3**layers - 1) // 2))


def lower_core(width: int, heads: int, layers: int) -> int:
    """Return the number of monomials of degree 3^(L-2) in (d - H)/2 variables, 0 where this makes no sense.

    Both remembered lower bounds follow from it.

    Examples
    --------
    >>> lower_core(9, 1, 3)
    20
    """
    variables = (width - heads) // 2
    return comb(variables + 3 ** (layers - 2) - 1, variables - 1) if variables > 0 and layers >= 2 else 0


def deep_upper_log3(width: int, layers: int) -> float:
    """Return 2 d L + L - 2 d log_3(d / (2 sqrt(2) e)), log_3 of what the second theorem is remembered to say.

    Examples
    --------
    >>> round(deep_upper_log3(5, 22), 1)
    245.9
    """
    return 2 * width * layers + layers - 2 * width * log(width / (2 * sqrt(2) * e)) / log(3)
