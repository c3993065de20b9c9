"""Rectifiers beside exponentials and square roots: which are active at real weights and inputs, by intervals.

A scalar is enclosed by two integers over 2^`BITS`, rounded outwards. A rectifier is active if its argument is above 0
there, and it is not if its argument is below 0, or 0 nearby; a sample at which an interval meets 0 is refused, and so
is one at which a denominator or the argument of a root may be 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isqrt

from .limits import MOST_BITS, need, per_product, spend
from .programs_tape import Made, Rational, Terms

Interval = tuple[int, int]
"""The ends, over 2^BITS."""

BITS = 128

ONE = 1 << BITS

MOST_EXPONENT = 1 << 10
"""Of exp s the s: the result has as many bits, and half as many again."""

WHAT = "the signs of rectifiers"


def enclosed(value: int, over: int) -> Interval:
    """Return the interval of a number over a power of two."""
    return value * (ONE // over), value * (ONE // over)


def rounded(value: Rational) -> Interval:
    """Return the interval of any number."""
    spend(per_product(value.numerator.bit_length() + value.denominator.bit_length() + BITS), WHAT)
    above = value.numerator << BITS
    return above // value.denominator, -(-above // value.denominator)


def is_above(z: Interval) -> bool:
    """Tell whether a number is above 0; refuse it if it may be 0."""
    need(z[0] > 0 or z[1] < 0, "the sign of a rectifier is not decided at a sample")
    return z[0] > 0


def pay(count: int, taken: Sequence[Interval]) -> None:
    """Pay for so many operations with two of these intervals."""
    longest = max((abs(end).bit_length() for each in taken for end in each), default=0)
    need(longest <= MOST_BITS, "the numbers at a sample are too long")
    spend(count * (30 + 8 * per_product(2 * longest + BITS)), WHAT)


def product(a: Interval, b: Interval) -> Interval:
    """Return an enclosure of a product."""
    ends = [x * y for x in a for y in b]
    return min(ends) >> BITS, -(-max(ends) >> BITS)


def form(terms: Terms, of: Sequence[int], z: Mapping[int, Interval]) -> Interval:
    """Return an enclosure of a sum of products."""
    pay(len(terms), [z[v] for v in of])
    low = high = 0
    for symbol, c in terms:
        value = (ONE, ONE)
        for v in symbol:
            value = product(value, z[v])
        spend(per_product(c.numerator.bit_length() + BITS), WHAT)
        ends = [end * c.numerator for end in value]
        low += min(ends) // c.denominator
        high -= -max(ends) // c.denominator
    return low, high


def function(made: Made, z: Mapping[int, Interval]) -> Interval:
    """Return an enclosure of a function of intervals."""
    kind, of, number = made.kind, made.of, made.number
    pay(4 * len(of) + 2 * number.bit_length() * (kind == "power"), [z[v] for v in of])
    low, high = z[of[0]]
    if kind == "power":
        bits = max(abs(low), abs(high), ONE).bit_length() - BITS
        need(bits * number <= MOST_BITS, "the numbers at a sample are too long")
        spend(number.bit_length() * per_product(2 * (bits * number + BITS)), WHAT)
        return power((low, high), number)
    if kind == "inverse":
        need(low > 0 or high < 0, "a denominator is perhaps 0 at a sample")
        return ONE * ONE // high, -(-ONE * ONE // low)
    if kind == "sqrt":
        need(low > 0, "the argument of a root is perhaps not above 0 at a sample")
        return isqrt(low << BITS), isqrt(high << BITS) + 1

    # Exponentials, and quotients of them: of the value that is asked for, and of the others, which only divide it.
    E = [exponential(z[v]) for v in of]
    if kind == "exp":
        return E[0]
    own = E[number] if kind == "softmax" else E[0]
    others = [ONE, ONE]
    if kind == "softmax":
        others = [sum(each[end] for each in E) - own[end] for end in (0, 1)]
    return (own[0] << BITS) // (own[0] + others[1]), -(-(own[1] << BITS) // (own[1] + others[0]))


def power(value: Interval, exponent: int) -> Interval:
    """Return an enclosure of a power."""
    found = (ONE, ONE)
    for bit in f"{exponent:b}":
        found = product(found, found)
        found = product(found, value) if bit == "1" else found
    return found


def exponential(value: Interval) -> Interval:
    """Return an enclosure of an exponential, which grows with its argument."""
    return exponential_of(value[0])[0], exponential_of(value[1])[1]


def exponential_of(x: int) -> Interval:
    """Return an enclosure of exp(x / 2^BITS): a Taylor sum at x / 2^j, which is below 2^-8, squared j times.

    The sum has a rounding of at most one unit for each term, of which at most twice as much is in the sum, and leaves
    less than a unit out: |y|^n / n! with n terms, 8 n bits.
    """
    need(abs(x) <= MOST_EXPONENT * ONE, "an exponent is too large at a sample")
    halvings = max(0, abs(x).bit_length() - BITS + 8)
    bits = 2 * BITS + 2 * halvings
    count = bits // 8 + 2
    spend((count + halvings) * (20 + 4 * per_product(2 * bits)) + 8 * per_product(4 * MOST_EXPONENT), WHAT)

    y, term, total = x << (bits - BITS - halvings), 1 << bits, 1 << bits
    for k in range(1, count):
        term = term * y // (k << bits)
        total += term
    low, high = total - 2 * count, total + 2 * count
    for _ in range(halvings):
        low, high = low * low >> bits, -(-high * high >> bits)
    return low >> (bits - BITS), -(-high >> (bits - BITS))
