"""Scalars of a tape written as polynomials in earlier ones, the latest first, as far as that is asked for.

Forms and powers are polynomials in what they take; the last value of a softmax is 1 less the others of its line. All
other scalars are *atoms*: a polynomial that vanishes in free atoms vanishes as a function.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from .limits import LARGEST, spend
from .programs_monomials import Monomial
from .programs_relations import Polynomial, combined, power, times
from .programs_tape import Made, Tape


def monomial(symbol: tuple[int, ...]) -> Monomial:
    """Return a product of sorted scalars with exponents."""
    return tuple((u, symbol.count(u)) for u in dict.fromkeys(symbol))


def of_scalar(u: int) -> Polynomial:
    """Return a scalar as a polynomial."""
    return {((u, 1),): 1}


def definition(made: Made, u: int) -> Polynomial | None:
    """Return how scalar u is made, as a polynomial in earlier ones; None if it is an atom."""
    kind, of, terms, number = made
    if kind == "form":
        return {monomial(symbol): c for symbol, c in terms}
    if kind == "power":
        return {((of[0], number),): 1}
    if kind == "softmax" and number == len(of) - 1:
        return {(): 1, **{((v, 1),): -1 for v in range(u - number, u)}}
    return None


def expanded(tape: Tape, found: Polynomial, kept: Collection[int] = (), most: int = LARGEST) -> Polynomial:
    """Write out scalars, the latest first, until there are atoms alone, and scalars that are kept.

    It ends before that where there are more than `most` terms.
    """
    done = set(kept)
    while 0 < len(found) <= most:
        spend(10 * sum(1 + len(each) for each in found), "the expansion of a scalar")
        latest = max((u for each in found for u, _ in each if u not in done), default=None)
        if latest is None:
            break
        meant = definition(tape.made[latest], latest)
        done.add(latest)
        if meant is not None:
            found = replaced(found, {latest: meant})
    return found


def replaced(polynomial: Polynomial, meant: Mapping[int, Polynomial]) -> Polynomial:
    """Return a polynomial in which some scalars are replaced by polynomials, all at once."""
    parts = []
    for each, c in polynomial.items():
        product: Polynomial = {tuple(factor for factor in each if factor[0] not in meant): 1}
        for u, exponent in each:
            if u in meant:
                product = times(product, power(meant[u], exponent))
        parts.append((c, product))
    return combined(parts)


def vanishes(tape: Tape, polynomial: Polynomial, most: int = LARGEST) -> bool:
    """Tell whether a polynomial in scalars is seen to be 0, with no more than so many terms on the way."""
    return not expanded(tape, polynomial, (), most)
