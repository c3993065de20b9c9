"""Pairwise coprime bases of integers: logarithms of rationals over a basis that is independent over Q."""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING

from algebra.errors import as_integer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def coprime_base(numbers: Iterable[int]) -> tuple[int, ...]:
    """Return pairwise coprime integers above 1 of which the given ones are products of powers.

    Nothing is factored: only greatest common divisors are taken. The logarithms of the base are linearly independent
    over the rationals, because a product of powers of coprime numbers is 1 only if all exponents are 0.

    Parameters
    ----------
    numbers : iterable of int
        Each at least 1.

    Returns
    -------
    tuple of int
        Increasing.

    Raises
    ------
    InputError
        If a number is not a positive integer.

    Examples
    --------
    >>> coprime_base([12, 18, 35])
    (2, 3, 35)
    """
    waiting = [as_integer("numbers", number, 1) for number in numbers]
    base: list[int] = []
    while waiting:
        number = waiting.pop()
        if number == 1 or number in base:
            continue
        partner = next((b for b in base if gcd(number, b) > 1), None)
        if partner is None:
            base.append(number)
        else:
            common = gcd(number, partner)
            base.remove(partner)
            waiting += [common, number // common, partner // common]
    return tuple(sorted(base))


def exponents(number: int, base: Sequence[int]) -> list[int]:
    """Return the powers of the base whose product is the number.

    Parameters
    ----------
    number : int
        Positive.
    base : sequence of int
        Above 1, coprime in pairs.

    Returns
    -------
    list of int
        One for each of the base.

    Raises
    ------
    ArithmeticError
        If it is no such product.

    Examples
    --------
    >>> exponents(24, (2, 3))
    [3, 1]
    """
    found = []
    for b in base:
        power = 0
        while number % b == 0:
            number, power = number // b, power + 1
        found.append(power)
    if number != 1:
        raise ArithmeticError(f"{number} is left over: it is no product of powers of {tuple(base)}")
    return found
