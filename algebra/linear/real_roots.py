"""Real roots over Q and over real number fields: isolation near a value, and counting by Descartes' rule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from flint import arb, ctx, fmpq, fmpz_poly

from algebra.linear.spectra import Comparison


def root_near(polynomial: fmpz_poly, expression: Any, bits: int) -> arb:
    """Return a ball of this many bits around the root that a sympy expression names.

    Examples
    --------
    >>> from sympy import sqrt
    >>> root_near(fmpz_poly([-2, 0, 1]), -sqrt(2), 64) < 0
    True
    """
    digits, extra = 30, 32
    while True:
        with ctx.workprec(bits + extra):
            roots = [root.real for root, _ in polynomial.complex_roots() if root.imag == 0]
            value = arb(str(expression.evalf(digits))) + arb(0, str(10.0 ** (3 - digits)))
            near = [root for root in roots if root.overlaps(value)]
        if len(near) == 1:
            return near[0]
        digits, extra = 2 * digits, 2 * extra


def sign_of(number: Any) -> int:
    """Return -1, 0 or 1 for a rational or an element of a real number field."""
    return int(number > 0) - int(number < 0)


def positive_roots(coefficients: Sequence[Any]) -> int:
    """Count the positive roots, with multiplicity, of a polynomial that has only real ones.

    Examples
    --------
    >>> positive_roots([fmpq(2), fmpq(-3), fmpq(1)])
    2
    """
    return sign_changes(map(sign_of, coefficients))


def sign_changes(signs: Iterable[int]) -> int:
    """Count the changes of sign, zeros left out: by Descartes the positive roots of a real-rooted polynomial.

    Examples
    --------
    >>> sign_changes([1, 0, -1, -1, 1])
    2
    """
    return sum(a != b for a, b in pairwise(sign for sign in signs if sign))


def roots_above(coefficients: Sequence[Any], bound: Any) -> int:
    """Count the roots above a rational number, with multiplicity, of a polynomial that has only real ones.

    Examples
    --------
    >>> roots_above([fmpq(2), fmpq(-3), fmpq(1)], fmpq(1))
    1
    """
    shifted = list(coefficients)
    for start in range(len(shifted) - 1):
        for i in range(len(shifted) - 2, start - 1, -1):
            shifted[i] = shifted[i] + shifted[i + 1] * bound
    return positive_roots(shifted)


def without_zeros(coefficients: Sequence[Any]) -> list[Any]:
    """Drop the zero roots."""
    zeros = next(i for i, c in enumerate(coefficients) if sign_of(c))
    return list(coefficients[zeros:])


def largest_root(coefficients: Sequence[Any], place: int, bits: int) -> tuple[Any, Any]:
    """Enclose the root of this place, from 1 for the largest, of a polynomial with positive real roots only.

    Returns
    -------
    lower, upper : fmpq
        With lower < root <= upper, and upper - lower at most 2^-bits of upper.

    Examples
    --------
    >>> lower, upper = largest_root([fmpq(2), fmpq(-3), fmpq(1)], 2, 10)
    >>> lower < 1 <= upper
    True
    """
    lower, upper = fmpq(0), fmpq(1)
    while roots_above(coefficients, upper) >= place:
        lower, upper = upper, upper * 2
    while upper - lower > upper / fmpq(2) ** bits:
        middle = (lower + upper) / 2
        if roots_above(coefficients, middle) >= place:
            lower = middle
        else:
            upper = middle
    return lower, upper


def compare_by_differences(first: Sequence[Any], second: Sequence[Any], companion_signs: Any) -> Comparison:
    """Compare the roots of two polynomials through the signs of the polynomial of all differences.

    Parameters
    ----------
    first, second : sequences of coefficients
        Of real-rooted polynomials without zero roots, the constant one first.
    companion_signs : callable
        From both to the signs of the coefficients of the polynomial whose roots are all differences a - b.
    """
    a, b = len(first) - 1, len(second) - 1
    if not a or not b:
        return Comparison(0, 0, 0, None, tuple(range(1, a + 1)))
    signs = companion_signs(first, second)
    equal = next(i for i, sign in enumerate(signs) if sign)
    smaller = sign_changes(signs)
    return Comparison(a * b - equal - smaller, equal, smaller, None, None)
