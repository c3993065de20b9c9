"""Square roots of numbers, and exponents that are numbers.

Numbers under roots are independent if no product of some of them is the square of a rational number; the products of
different roots are then a basis of the field that the roots generate, over the rational numbers. By the theorem of
Lindemann and Weierstrass the exponentials of algebraic numbers are algebraically independent if the numbers are
linearly independent; if they are so together with 1, also beside the exponentials of rational numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd
from typing import Any

from .limits import need, spend
from .programs_expansion import expanded, of_scalar
from .programs_monomials import Monomial
from .programs_parts import rank
from .programs_reading import Program
from .programs_relations import Polynomial, combined, irrational_numbers
from .programs_tape import Rational
from .reading import integers


def numbers_under_roots(p: Program) -> list[Rational]:
    """Return the numbers of which square roots are taken; rational roots are numbers themselves."""
    values = [p.tape.value(p.tape.made[u].of[0]) for u in p.roots]
    return [value for value in values if value is not None]


def check_numbers(radicands: Sequence[Rational], moduli: Any) -> None:
    """Check that no product of some of these numbers is the square of a rational number.

    It would be a square modulo every odd number; its Jacobi symbol would be 1 where it is a unit.
    """
    chosen = integers(moduli, "numbers", 3)
    need(all(q % 2 for q in chosen) and len(chosen) == len(radicands), "numbers is not an odd modulus for every root")
    need(all(value > 0 for value in radicands), "the checker has no rule for roots of negative numbers")
    whole = [value.numerator * value.denominator for value in radicands]
    spend(len(chosen) * sum(2000 + n.bit_length() for n in whole), "the roots of numbers")
    rows = [sum((character(n % q, q) < 0) << i for i, n in enumerate(whole)) for q in chosen]
    need(binary_rank(rows) == len(radicands), "roots of numbers are not shown to be independent")


def check_constant_exponents(p: Program) -> None:
    """Check that the exponents that are irrational numbers are linearly independent over the rational numbers.

    If some are rational, so is 1. Those that a relation gives are combinations of the others.
    """
    related = {relation.u for relation in p.relations}
    rows = [in_roots(p, u) for u in irrational_numbers(p) if u not in related]
    if p.numbers:
        rows = [{monomial: c for monomial, c in row.items() if monomial} for row in rows]
    need(rank(rows) == len(rows), "exponents that are numbers are not seen to be independent")


def in_roots(p: Program, u: int) -> Polynomial:
    """Return a number as a combination of products of different roots of numbers."""
    found: list[tuple[Rational, Polynomial]] = []
    for monomial, c in expanded(p.tape, of_scalar(u)).items():
        left: Monomial = ()
        for v, exponent in monomial:
            made = p.tape.made[v]
            square = p.tape.value(made.of[0]) if made.kind == "sqrt" else None
            need(square is not None, "an exponent is a number that is no polynomial in roots of numbers")
            c, left = c * (square or 0) ** (exponent // 2), (*left, *([(v, 1)] if exponent % 2 else []))
        found.append((c, {left: 1}))
    return combined(found)


def character(u: int, m: int) -> int:
    """Return the Jacobi symbol of a unit modulo an odd number."""
    need(gcd(u, m) == 1, "a radicand is no unit at a sample")
    sign = 1
    while u:
        twos = (u & -u).bit_length() - 1
        u >>= twos
        if twos % 2 and m % 8 in (3, 5):
            sign = -sign
        if u % 4 == m % 4 == 3:
            sign = -sign
        u, m = m % u, u
    return sign


def binary_rank(rows: Sequence[int]) -> int:
    """Return the rank of a matrix over two elements; each row is a number, one bit an entry."""
    pivots: list[int] = []
    for row in rows:
        for pivot in pivots:
            row = min(row, row ^ pivot)
        if row:
            pivots.append(row)
    return len(pivots)
