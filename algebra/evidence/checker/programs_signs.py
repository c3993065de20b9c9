"""Rectifiers: which are active at real weights and inputs, decided exactly.

At weights and a sample where no argument of a rectifier is 0, all signs stay as they are nearby. There the program is a
rational function, so the rank of its derivative is generic on that region, and is seen at any residues. An argument may
be 0 where it is so nearby: it is made of rectifiers that are not active. Beside exponentials and square roots numbers
are enclosed instead; see `programs_intervals`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import gcd
from typing import Any, NamedTuple

from .generator import residues
from .limits import MOST_BITS, need, per_drawing, per_product, spend
from .programs_intervals import enclosed
from .programs_intervals import form as enclosed_form
from .programs_intervals import function as enclosed_function
from .programs_intervals import is_above as is_enclosed_above
from .programs_reading import Program
from .programs_tape import Made, Terms

Ratio = tuple[int, int]
"""A numerator and a denominator above 0, not reduced: those of one layer are alike."""

SPAN, UNIT = 64, 16
"""Weights and inputs are k/16 with -64 <= k <= 64: integer q of a stream modulo 129, less 64."""

VANISHES = "a denominator, or the argument of a rectifier, vanishes at a sample"


class Numbers(NamedTuple):
    """How numbers are calculated with, exactly or enclosed: what k/16 is, sums of products, functions, and signs."""

    point: Callable[[int, int], Any]
    form: Callable[[Terms, Sequence[int], Mapping[int, Any]], Any]
    function: Callable[[Made, Mapping[int, Any]], Any]
    is_above: Callable[[Any], bool]


def active(p: Program, key: str, t: int) -> frozenset[int]:
    """Return the rectifiers that are active at sample t, at the weights of a key.

    Weight q is from integer q of the stream ``signs/weights``, input k from integer k of ``signs/points/t``.
    """
    spend(per_drawing(2 * (p.parameters + p.inputs), 1), "the signs of rectifiers")
    weights = residues(key, "signs/weights", 0, p.parameters, 1, 2 * SPAN + 1)
    inputs = residues(key, f"signs/points/{t}", 0, p.inputs, 1, 2 * SPAN + 1)
    numbers = ENCLOSED if p.exponents or p.roots else EXACT
    z: dict[int, Any] = {}
    for u in p.needed:
        made = p.tape.made[u]
        if made.kind in ("weight", "input"):
            z[u] = numbers.point((weights if made.kind == "weight" else inputs)[made.number] - SPAN, UNIT)
    return active_from(p, z, [], set(), numbers)


def active_from(p: Program, z: dict[int, Any], found: list[int], gone: set[int], numbers: Numbers) -> frozenset[int]:
    """Return the rectifiers that are active, where all signs are decided.

    The scalars of `z` are known, with the rectifiers among them that are active (`found`), and those that are 0 nearby,
    or count as that (`gone`).
    """
    zero = numbers.point(0, 1)
    for u in p.needed:
        made = p.tape.made[u]
        if u in z:
            continue
        if made.kind == "form":
            z[u] = numbers.form(made.terms, made.of, z)
            gone |= {u} if all(gone.intersection(symbol) for symbol, _ in made.terms) else set()
        elif made.of[0] in gone and made.kind in ("power", "relu"):
            z[u] = zero
            gone.add(u)
        elif made.kind == "relu":
            is_above = numbers.is_above(z[made.of[0]])
            z[u] = z[made.of[0]] if is_above else zero
            (found.append if is_above else gone.add)(u)
        else:
            z[u] = numbers.function(made, z)
    return frozenset(found)


def form_at(terms: Terms, of: Sequence[int], z: Mapping[int, Ratio]) -> Ratio:
    """Return a sum of products of numbers."""
    total = (0, 1)
    pay(len(terms), [z[v] for v in of])
    for symbol, c in terms:
        above, below = c.numerator, c.denominator
        for v in symbol:
            above, below = above * z[v][0], below * z[v][1]
        total = plus(total, (above, below))
    return total


def length(z: Ratio) -> int:
    """Return the bits of a number."""
    return z[0].bit_length() + z[1].bit_length()


def pay(count: int, taken: list[Ratio]) -> None:
    """Pay for so many products of two of these numbers."""
    longest = max(map(length, taken), default=0)
    need(longest <= MOST_BITS, "the numbers at a sample are too long")
    spend(count * (20 + 4 * per_product(2 * longest)), "the signs of rectifiers")


def plus(a: Ratio, b: Ratio) -> Ratio:
    """Return a sum."""
    if a[1] == b[1]:
        return a[0] + b[0], a[1]
    bits = length(a) + length(b)
    need(bits <= 8 * MOST_BITS, "the numbers at a sample are too long")
    spend(10 + 8 * per_product(bits), "the signs of rectifiers")
    common = gcd(a[1], b[1])
    return a[0] * (b[1] // common) + b[0] * (a[1] // common), a[1] // common * b[1]


def function(kind: str, z: Ratio, exponent: int) -> Ratio:
    """Return a function of a number."""
    above, below = z
    if kind == "power":
        need(length(z) * exponent <= MOST_BITS, "the numbers at a sample are too long")
        pay(1, [(above**exponent, 1)])
        return above**exponent, below**exponent
    need(above != 0, VANISHES)
    need(kind == "inverse", "the checker has no rule for rectifiers beside exponentials or square roots")
    return (below, above) if above > 0 else (-below, -above)


def is_above(z: Ratio) -> bool:
    """Tell whether a number is above 0; refuse 0."""
    need(z[0] != 0, VANISHES)
    return z[0] > 0


def of_values(made: Made, z: Mapping[int, Ratio]) -> Ratio:
    """Return a function of a number that has its value."""
    return function(made.kind, z[made.of[0]], made.number)


EXACT = Numbers(lambda value, over: (value, over), form_at, of_values, is_above)
ENCLOSED = Numbers(enclosed, enclosed_form, enclosed_function, is_enclosed_above)
