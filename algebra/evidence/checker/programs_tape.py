"""A program as a tape: every entry of every array is a scalar, and equal scalars are one.

Arrays are shapes with lists of scalars, so whatever moves entries about (transposition, slices, broadcasting) makes
no new ones. A scalar is made in one of these ways:

``weight q``, ``input k``; a ``form``: a sum of terms c, c u, c u v with rational c and earlier scalars u, v; or a
function of earlier scalars: ``power``, ``inverse``, ``sqrt``, ``relu``, ``exp``, ``sigmoid`` (E / (1 + E) with E =
exp u), ``softmax`` (of a line of scalars, and which of them).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import isqrt, prod
from typing import Any, NamedTuple

from .limits import MOST_BITS, hold, need, per_product, spend

Rational = int | Fraction

MOST_AXES = 8

Symbol = tuple[int, ...]
"""Up to two scalars, sorted: their product; the empty one is 1."""

Terms = tuple[tuple[Symbol, Rational], ...]
"""A sum of products with coefficients, none of them 0, sorted; a number has no symbol but the empty one."""


class Made(NamedTuple):
    """How a scalar is made: its kind, what it takes, and the terms of a form or the number that a kind needs."""

    kind: str
    of: tuple[int, ...] = ()
    terms: Terms = ()
    number: int = 0


class Tape:
    """Scalars in an order in which each takes earlier ones; `group` is the number of the step that made it."""

    def __init__(self) -> None:
        self.made: list[Made] = []
        self.known: dict[Made, int] = {}
        self.group: list[int] = []
        self.step = 0

    def add(self, made: Made) -> int:
        """Return the scalar that is made so."""
        if made not in self.known:
            hold(len(self.made) + 1, 400, "the program")
            self.known[made] = len(self.made)
            self.made.append(made)
            self.group.append(self.step)
        return self.known[made]

    def number(self, value: Rational) -> int:
        """Return the scalar of a number."""
        bits = value.numerator.bit_length() + value.denominator.bit_length()
        need(bits <= MOST_BITS, "a number that the program makes is too long")
        return self.add(Made("form", (), (((), whole(value)),) if value else ()))

    def value(self, u: int) -> Rational | None:
        """Return the number that a scalar is; None if it is none."""
        made = self.made[u]
        if made.kind != "form" or made.of:
            return None
        return made.terms[0][1] if made.terms else 0

    def total(self, parts: Iterable[tuple[Rational, Symbol]]) -> int:
        """Return a sum of multiples of products of scalars; numbers among them join the coefficients."""
        terms: dict[Symbol, Rational] = {}
        for coefficient, product in parts:
            left = []
            for u in product:
                number = self.value(u)
                if number is None:
                    left.append(u)
                else:
                    coefficient *= number
            symbol = tuple(sorted(left))
            terms[symbol] = terms.get(symbol, 0) + coefficient
            bits = length(terms[symbol]) + length(coefficient)
            need(bits <= 4 * MOST_BITS, "a number that the program makes is too long")
            spend(8 * per_product(bits), "the program")
        kept = tuple(sorted((symbol, whole(c)) for symbol, c in terms.items() if c))
        if not any(symbol for symbol, _ in kept):
            return self.number(kept[0][1] if kept else 0)
        if len(kept) == 1 and len(kept[0][0]) == 1 and kept[0][1] == 1:
            return kept[0][0][0]
        need(all(length(c) <= MOST_BITS for _, c in kept), "a number that the program makes is too long")
        return self.add(Made("form", tuple(sorted({u for symbol, _ in kept for u in symbol})), kept))

    def product(self, u: int, v: int) -> int:
        """Return a product."""
        return self.total([(1, (u, v))])

    def function(self, kind: str, u: int, exponent: int = 0) -> int:
        """Return a function of a scalar; of numbers it is a number, where that is rational."""
        number = self.value(u)
        found = None if number is None else exact(kind, number, exponent)
        return self.add(Made(kind, (u,), (), exponent)) if found is None else self.number(found)

    def squares(self, u: int) -> tuple[Rational, Symbol]:
        """Return a scalar that is a product as that product, so that sums of squares are seen as such."""
        made = self.made[u]
        if made.kind == "power" and made.number == 2:
            return 1, made.of * 2
        if made.kind == "form" and len(made.terms) == 1 and len(made.terms[0][0]) == 2:
            return made.terms[0][1], made.terms[0][0]
        return 1, (u,)


def whole(value: Rational) -> Rational:
    """Return a number as an integer if it is one."""
    return value.numerator if value.denominator == 1 else value


def length(value: Rational) -> int:
    """Return the bits of a number."""
    return value.numerator.bit_length() + value.denominator.bit_length()


def exact(kind: str, z: Rational, exponent: int) -> Rational | None:
    """Return a function of a number; None if it is not rational."""
    if kind == "power":
        need(length(z) * exponent <= MOST_BITS, "a number that the program makes is too long")
        return z**exponent
    if kind == "inverse":
        return 1 / Fraction(z) if z else None
    if kind == "relu":
        return max(z, 0)
    if kind == "sqrt":
        if z < 0:
            return None
        above, below = isqrt(z.numerator), isqrt(z.denominator)
        return Fraction(above, below) if (above**2, below**2) == (z.numerator, z.denominator) else None
    return None


class Entries(NamedTuple):
    """An array: its shape, and its scalars, those of the last axis first."""

    shape: tuple[int, ...]
    scalars: list[int]


def strides(shape: Sequence[int]) -> list[int]:
    """Return by how many entries a step along each axis goes."""
    found = [1]
    for n in shape[:0:-1]:
        found.append(found[-1] * n)
    return found[::-1] if shape else []


def places(offsets: Iterable[Iterable[int]]) -> list[int]:
    """Return the sums of one offset of each axis, those of the last axis first."""
    found = [0]
    for each in offsets:
        row = list(each)
        found = [place + offset for place in found for offset in row]
    return found


def gather(a: Entries, shape: tuple[int, ...], offsets: Iterable[Iterable[int]]) -> Entries:
    """Return the array of entries at such places of another."""
    pay_for_terms(prod(shape))
    return Entries(shape, [a.scalars[place] for place in places(offsets)])


def along(n: int, stride: int) -> list[int]:
    """Return the offsets of an axis."""
    return [i * stride for i in range(n)]


def spread(a: Entries, shape: tuple[int, ...]) -> list[int]:
    """Return the scalars of an array that is repeated up to this shape."""
    padded = (1,) * (len(shape) - len(a.shape)) + a.shape
    steps = strides(padded)
    offsets = [along(n, step) if m == n else [0] * n for m, n, step in zip(padded, shape, steps, strict=True)]
    return gather(a, shape, offsets).scalars


def broadcast(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    """Return the common shape of two arrays."""
    rank = max(len(a), len(b))
    pairs = list(zip((1,) * (rank - len(a)) + a, (1,) * (rank - len(b)) + b, strict=True))
    need(all(m == n or 1 in (m, n) for m, n in pairs), "shapes do not fit")
    return tuple(n if m == 1 else m for m, n in pairs)


def pay_for_terms(count: int, what: Any = "the program") -> None:
    """Pay for so many terms that are about to be made."""
    hold(count, 400, what)
    spend(40 * count, what)
