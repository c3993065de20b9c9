"""Rectifiers: which are active at real weights and inputs, decided exactly.

At weights and a sample where no argument of a rectifier is 0, all signs stay as they are nearby. There the program is a
rational function, so the rank of its derivative is generic on that region, and is seen at any residues. An argument may
be 0 where it is so nearby: it is made of rectifiers that are not active.
"""

from __future__ import annotations

from fractions import Fraction

from .generator import residues
from .limits import MOST_BITS, need, per_drawing, per_product, spend
from .programs_reading import Program
from .programs_tape import Rational, length, whole

SPAN, UNIT = 64, 16
"""Weights and inputs are k/16 with -64 <= k <= 64: integer q of a stream modulo 129, less 64."""


def active(p: Program, key: str, t: int) -> frozenset[int]:
    """Return the rectifiers that are active at sample t, at the weights of a key.

    Weight q is from integer q of the stream ``signs/weights``, input k from integer k of ``signs/points/t``.
    """
    spend(per_drawing(2 * (p.parameters + p.inputs), 1), "the signs of rectifiers")
    weights = residues(key, "signs/weights", 0, p.parameters, 1, 2 * SPAN + 1)
    inputs = residues(key, f"signs/points/{t}", 0, p.inputs, 1, 2 * SPAN + 1)
    z: dict[int, Rational] = {}
    found: list[int] = []
    gone: set[int] = set()  # what is 0 nearby
    for u in p.needed:
        kind, of, terms, number = p.tape.made[u]
        if kind in ("weight", "input"):
            drawn = weights if kind == "weight" else inputs
            z[u] = whole(Fraction(drawn[number] - SPAN, UNIT))
        elif kind == "form":
            value: Rational = 0
            for symbol, c in terms:
                bits = length(c) + length(value) + sum(length(z[v]) for v in symbol)
                need(bits <= 8 * MOST_BITS, "the numbers at a sample are too long")
                spend(20 + 8 * per_product(bits), "the signs of rectifiers")
                for v in symbol:
                    c *= z[v]
                value += c
            z[u] = whole(value)
            gone |= {u} if all(gone.intersection(symbol) for symbol, _ in terms) else set()
        elif of[0] in gone and kind in ("power", "relu"):
            z[u] = 0
            gone.add(u)
        else:
            z[u] = function(kind, z[of[0]], number)
            if kind == "relu":
                (found.append if z[u] else gone.add)(u)
    return frozenset(found)


def function(kind: str, z: Rational, exponent: int) -> Rational:
    """Return a function of a number."""
    if kind == "power":
        need(length(z) * exponent <= MOST_BITS, "the numbers at a sample are too long")
        spend(20 + 8 * per_product(length(z) * exponent), "the signs of rectifiers")
        return z**exponent
    need(z != 0, "a denominator, or the argument of a rectifier, vanishes at a sample")
    need(kind in ("inverse", "relu"), "the checker has no rule for rectifiers beside exponentials or square roots")
    return max(z, 0) if kind == "relu" else whole(1 / Fraction(z))
