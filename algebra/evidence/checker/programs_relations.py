"""Relations between exponents: which exponentials are products of others.

A relation says s = q_1 s_1 + q_2 s_2 + ... + c for exponents s, s_1, ..., integers q and a function c of the weights
alone (or c = 0). Both sides are written as polynomials in *atoms*, the scalars that are neither sums of products nor
powers, and compared. Then exp s is the product of the exp(s_j)^(q_j) and of exp c, an exponential of the weights.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .limits import hold, need, per_product, spend
from .programs_monomials import Monomial, product
from .programs_reading import Program, Relation
from .programs_tape import Rational, length, whole
from .reading import boolean, integer

MOST_MULTIPLE = 1 << 20

Polynomial = dict[Monomial, Rational]
"""Monomials in atoms with coefficients, none of them 0."""

Combination = tuple[tuple[int, int], ...]
"""Exponents with integer coefficients."""


def read_relations(p: Program, value: Any) -> Program:
    """Return the program with its relations, each checked; exponents are numbered as in the program."""
    need(type(value) is list, "relations is not a list")
    names = {u: i for i, u in enumerate(p.exponents)}
    related = [integer(each[0], "an exponent", 0, len(names) - 1) for each in value if triple(each)]
    need(len(set(related)) == len(related), "an exponent has two relations")
    waiting = {p.exponents[i] for i in related}
    found = []
    for i, parts, has_rest in value:
        need(type(parts) is list and all(type(each) is list and len(each) == 2 for each in parts), "parts are no pairs")
        combination = []
        for j, q in parts:
            v = p.exponents[integer(j, "an exponent", 0, len(names) - 1)]
            need(v not in waiting, "a relation uses an exponent whose own relation comes later")
            combination.append((v, integer(q, "a multiple", -MOST_MULTIPLE, MOST_MULTIPLE)))
        relation = Relation(p.exponents[i], tuple(combination), boolean(has_rest, "a rest"))
        check_relation(p, relation)
        waiting.discard(relation.u)
        found.append(relation)
    return p._replace(relations=tuple(found))


def triple(value: Any) -> bool:
    """Refuse what is no triple."""
    need(type(value) is list and len(value) == 3, "a relation is not an exponent, parts and a truth value")
    return True


def check_relation(p: Program, relation: Relation) -> None:
    """Refuse a relation that does not hold."""
    rest = expanded(p, rest_of(relation))
    if relation.has_rest:
        seen = any(p.sees[atom] for monomial in rest for atom, _ in monomial)
        need(not seen and p.sees[relation.u], "a relation's rest sees an input, or its exponent sees none")
    else:
        need(not rest, "a relation between exponents does not hold")


def rest_of(relation: Relation) -> Combination:
    """Return the combination of exponents that is left: s less its parts."""
    return ((relation.u, 1), *((v, -q) for v, q in relation.parts))


def irrational_numbers(p: Program) -> list[int]:
    """Return the exponents that depend on no weight and on no input, and are not seen to be rational."""
    moved: list[bool] = []
    for made in p.tape.made:
        moved.append(made.kind in ("weight", "input") or any(moved[v] for v in made.of))
    spend(10 * len(moved), "the exponents")
    return [u for u in p.exponents if not moved[u] and p.tape.value(u) is None]


def columns(p: Program) -> tuple[list[Combination], list[Combination]]:
    """Return what must be independent: exponents that see an input; those that see none, and rests."""
    related = {relation.u for relation in p.relations} | {u for u, _ in p.numbers} | set(irrational_numbers(p))
    free = [u for u in p.exponents if u not in related]
    rests = [rest_of(relation) for relation in p.relations if relation.has_rest]
    return [((u, 1),) for u in free if p.sees[u]], [*(((u, 1),) for u in free if not p.sees[u]), *rests]


def expanded(p: Program, combination: Combination) -> Polynomial:
    """Return a combination of scalars as a polynomial in atoms."""
    made = p.tape.made
    inner, waiting = set[int](), [u for u, _ in combination]
    while waiting:
        u = waiting.pop()
        if u not in inner and made[u].kind in ("form", "power"):
            inner.add(u)
            waiting += made[u].of
    spend(20 * sum(1 + len(made[u].terms) for u in inner), "a relation")
    known: dict[int, Polynomial] = {}

    def polynomial(u: int) -> Polynomial:
        return known[u] if u in inner else {((u, 1),): 1}

    for u in sorted(inner):
        if made[u].kind == "power":
            known[u] = power(polynomial(made[u].of[0]), made[u].number)
            continue
        parts: list[tuple[Rational, Polynomial]] = []
        for symbol, c in made[u].terms:
            found: Polynomial = {(): 1}
            for v in symbol:
                found = times(found, polynomial(v)) if len(symbol) == 2 else polynomial(v)
            parts.append((c, found))
        known[u] = combined(parts)
    return combined((q, polynomial(u)) for u, q in combination)


def combined(parts: Iterable[tuple[Rational, Polynomial]]) -> Polynomial:
    """Return a linear combination."""
    found: Polynomial = {}
    for factor, polynomial in parts:
        hold(len(found) + len(polynomial), 400, "a relation")
        for monomial, c in polynomial.items():
            bits = length(c) + length(factor)
            spend(20 + 4 * per_product(bits), "a relation")
            found[monomial] = found.get(monomial, 0) + factor * c
    return {monomial: whole(c) for monomial, c in found.items() if c}


def times(a: Polynomial, b: Polynomial) -> Polynomial:
    """Return a product."""
    hold(len(a) * len(b), 400, "a relation")
    found: Polynomial = {}
    for x, c in a.items():
        spend(len(b) * (40 + 4 * len(x)) + 4 * sum(len(y) for y in b), "a relation")
        for y, d in b.items():
            spend(per_product(length(c) + length(d)), "a relation")
            monomial = product(x, y)
            found[monomial] = found.get(monomial, 0) + c * d
    return {monomial: whole(c) for monomial, c in found.items() if c}


def power(a: Polynomial, exponent: int) -> Polynomial:
    """Return a power."""
    found: Polynomial = {(): 1}
    for bit in f"{exponent:b}":
        found = times(found, found)
        found = times(found, a) if bit == "1" else found
    return found
