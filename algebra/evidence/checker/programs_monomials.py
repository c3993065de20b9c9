"""The monomials in the inputs that the outputs of a polynomial program can have."""

from __future__ import annotations

from .limits import MOST_BITS, hold, need, spend
from .programs_reading import Program

Monomial = tuple[tuple[int, int], ...]
"""Inputs with their exponents, sorted."""

Support = frozenset[Monomial]

ONE: Support = frozenset({()})


def ambient_dimension(p: Program) -> int:
    """Count the monomials of all outputs together; whatever sees no input is a number here."""
    supports: dict[int, Support] = {}
    held = 0
    for u in p.needed:
        kind, of, terms, number = p.tape.made[u]
        if not p.sees[u]:
            supports[u] = ONE if p.tape.value(u) != 0 else frozenset()
        elif kind == "input":
            supports[u] = frozenset({((u, 1),)})
        elif kind == "form":
            parts = []
            for symbol, _ in terms:
                found = ONE
                for v in symbol:
                    found = products(found, supports[v])
                parts.append(found)
            spend(8 * sum(map(len, parts)), "the monomials")
            supports[u] = frozenset().union(*parts)
        else:
            need(kind == "power", "the program is no polynomial in its inputs")
            supports[u] = power(supports[of[0]], number)
        held += len(supports[u])
        hold(held, 400, "the monomials")
    spend(len(p.outputs), "the monomials")
    return sum(len(supports[u]) for u in p.outputs)


def products(a: Support, b: Support) -> Support:
    """Return the monomials of a product."""
    if a == ONE or b == ONE:
        return b if a == ONE else a
    hold(len(a) * len(b), 400, "the monomials")
    longest = max((len(x) for x in a | b), default=0)
    spend(len(a) * len(b) * (20 + 4 * longest), "the monomials")
    return frozenset(product(x, y) for x in a for y in b)


def product(x: Monomial, y: Monomial) -> Monomial:
    """Return the product of two monomials."""
    found = dict(x)
    for u, exponent in y:
        found[u] = found.get(u, 0) + exponent
        need(found[u].bit_length() <= MOST_BITS, "the degree of a monomial is too long")
    return tuple(sorted(found.items()))


def power(a: Support, exponent: int) -> Support:
    """Return the monomials of a power."""
    found = ONE
    for bit in f"{exponent:b}":
        found = products(found, found)
        found = products(found, a) if bit == "1" else found
    return found
