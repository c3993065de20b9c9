"""Real roots over Q and over real number fields.

Over Q, polynomials are split into coprime squarefree parts, the roots of each are enclosed by ball arithmetic and the
precision is raised until all enclosures are disjoint.  Roots that several polynomials share are known from their
greatest common divisors, so the process ends and equality is decided, never guessed.  Over a number field there is
nothing to isolate roots with: there Descartes' rule counts those of real-rooted polynomials, from exact signs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from flint import acb_poly, arb, fmpq, fmpz_poly

from algebra.exact.balls import interval_of
from algebra.exact.precision import precision

FIRST_BITS = 64

LONG_BITS = 512
"""Of coefficients. Up to here FLINT isolates the roots itself. Its time grows with the inverse distance of the closest
ones: 0.01 s at 10^-100, 24 s at 10^-400. So close they can be only if coefficients are long."""

MOST_WORKING_BITS = 1 << 15
"""Of the iteration for long coefficients: degree 60 and 4,000 bits take 10 ms, degree 120 and 8,000 bits 0.1 s. Where
it does not separate the roots at so many bits, some are closer than 10^-1000, and the degree is small: bisection by
continued fractions (sympy) then takes milliseconds; of degree 30 it takes minutes."""


@dataclass(frozen=True)
class Root:
    """A real root and how often it occurs in each of several polynomials.

    Parameters
    ----------
    lower, upper : fmpq
        Ends of an interval that holds this root and no other one of the polynomials.
    multiplicities : tuple of int
        One for each polynomial.
    """

    lower: Any
    upper: Any
    multiplicities: tuple[int, ...]


def simplest_between(lower: Any, upper: Any) -> Any:
    """Return a rational number strictly between two, their middle rounded to few bits.

    Parameters
    ----------
    lower, upper : fmpq
        The first below the second.

    Returns
    -------
    fmpq

    Examples
    --------
    >>> simplest_between(fmpq(1, 3), fmpq(1, 2))
    3/8
    """
    middle, bits = (lower + upper) / 2, 0
    while True:
        found = fmpq((middle * 2**bits + fmpq(1, 2)).floor(), 2**bits)
        if lower < found < upper:
            return found
        bits += 1


def nonzero_part(polynomial: Any) -> fmpz_poly:
    """Return a rational polynomial without its zero roots, with integer coefficients.

    Parameters
    ----------
    polynomial : fmpq_poly
        Not zero.

    Returns
    -------
    fmpz_poly
    """
    coefficients = polynomial.numer().coeffs()
    zeros = next(i for i, c in enumerate(coefficients) if c != 0)
    return fmpz_poly(coefficients[zeros:])


def merged_roots(polynomials: Sequence[fmpz_poly], bits: int = FIRST_BITS) -> list[Root]:
    """Return the real roots of one or two real-rooted polynomials, descending, in disjoint intervals.

    Parameters
    ----------
    polynomials : sequence of fmpz_poly
        One or two, with real roots only.
    bits : int
        Precision to begin with; it is doubled until the intervals are disjoint.

    Returns
    -------
    list of Root

    Examples
    --------
    >>> [r.multiplicities for r in merged_roots([fmpz_poly([2, -3, 1]), fmpz_poly([1, -2, 1])])]
    [(1, 0), (1, 2)]
    """
    parts = [squarefree_parts(p) for p in polynomials]
    coprime = [(f, (m,)) for f, m in parts[0]] if len(parts) == 1 else _coprime(*parts)
    while True:
        roots = [Root(*interval, m) for f, m in coprime for interval in root_intervals(f, bits)]
        roots.sort(key=lambda root: root.lower, reverse=True)
        if all(small.upper < large.lower for large, small in pairwise(roots)):
            return roots
        bits *= 2


def squarefree_parts(polynomial: fmpz_poly) -> list[tuple[fmpz_poly, int]]:
    """Return the squarefree parts of positive degree with their multiplicities.

    Parameters
    ----------
    polynomial : fmpz_poly

    Returns
    -------
    list of (fmpz_poly, int)
    """
    return [(f, int(m)) for f, m in polynomial.factor_squarefree()[1] if f.degree() > 0]


def _coprime(
    first: list[tuple[fmpz_poly, int]], second: list[tuple[fmpz_poly, int]]
) -> list[tuple[fmpz_poly, tuple[int, ...]]]:
    found: list[tuple[fmpz_poly, tuple[int, ...]]] = []
    rest = list(second)
    for f, m in first:
        for place, (g, n) in enumerate(rest):
            common = f.gcd(g)
            if common.degree() > 0:
                found.append((common, (m, n)))
                f, rest[place] = f // common, (g // common, n)
        found.append((f, (m, 0)))
    found += [(g, (0, n)) for g, n in rest]
    return [(f, m) for f, m in found if f.degree() > 0]


def root_intervals(squarefree: fmpz_poly, bits: int) -> list[tuple[Any, Any]]:
    """Return rational intervals, one around each root of a real-rooted squarefree polynomial."""
    if squarefree.degree() == 1:
        exact = -fmpq(squarefree[0], squarefree[1])
        return [(exact, exact)]
    if squarefree.height_bits() > LONG_BITS:
        return _by_iteration(squarefree, bits) or _by_bisection(squarefree, bits)
    with precision(bits):
        roots = [root for root, _ in squarefree.complex_roots()]
    if any(root.imag != 0 for root in roots):
        raise ArithmeticError(NOT_REAL)
    return [interval_of(root.real) for root in roots]


def _by_iteration(squarefree: fmpz_poly, bits: int) -> list[tuple[Any, Any]]:
    """Enclose all roots at once, at a working precision that grows with the coefficients; nothing if it is too low."""
    working = 2 * bits + squarefree.height_bits() + FIRST_BITS
    while working <= MOST_WORKING_BITS:
        with precision(working):
            try:
                roots = acb_poly(squarefree).roots(tol=arb(2) ** -bits, maxprec=working)
            except ValueError:  # not isolated yet
                working *= 2
                continue
        if not all(root.imag.contains(0) for root in roots):
            raise ArithmeticError(NOT_REAL)
        return [interval_of(root.real) for root in roots]
    return []


def _by_bisection(squarefree: fmpz_poly, bits: int) -> list[tuple[Any, Any]]:
    from sympy import Poly, Rational, Symbol

    polynomial = Poly([int(c) for c in reversed(squarefree.coeffs())], Symbol("x"))
    found = [ends for ends, _ in polynomial.intervals(eps=Rational(1, 1 << bits))]
    if len(found) < squarefree.degree():
        raise ArithmeticError(NOT_REAL)
    lower, upper = ([fmpq(int(end.p), int(end.q)) for end in side] for side in zip(*found, strict=True))
    return list(zip(lower, upper, strict=True))


NOT_REAL = "a characteristic polynomial of a symmetric matrix has a root that is not real"


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
        with precision(bits + extra):
            roots = [root.real for root, _ in polynomial.complex_roots() if root.imag == 0]
            value = arb(str(expression.evalf(digits))) * arb(1, f"1e{3 - digits}")  # digits of it, however large
            near = [root for root in roots if root.overlaps(value)]
        if len(near) == 1:
            return near[0]
        digits, extra = 2 * digits, 2 * extra


def sign_of(number: Any) -> int:
    """Return -1, 0 or 1 for a rational or an element of a real number field.

    Parameters
    ----------
    number : fmpq, or an element of a number field

    Returns
    -------
    int
    """
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

    Parameters
    ----------
    signs : iterable of int

    Returns
    -------
    int

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

    Parameters
    ----------
    coefficients : sequence of fmpq
        In ascending order.
    place : int
        From 1.
    bits : int
        Accuracy.

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


def sum_of_largest(polynomial: fmpz_poly, count: int, bits: int) -> tuple[Any, Any]:
    """Return rational bounds of the sum of the largest roots of a real-rooted polynomial; equal if it is rational.

    Parameters
    ----------
    polynomial : fmpz_poly
        All of its roots are real.
    count : int
        How many roots, with multiplicity.
    bits : int
        To begin with: intervals of roots shrink until they are disjoint.

    Returns
    -------
    (fmpq, fmpq)

    Examples
    --------
    >>> sum_of_largest(fmpz_poly([6, -5, 1]), 1, 64)
    (3, 3)
    """
    factors = [(f, int(m)) for f, m in polynomial.factor()[1]]
    while True:
        found = [(*interval, place) for place, (f, _) in enumerate(factors) for interval in root_intervals(f, bits)]
        found.sort(reverse=True)
        if all(small[1] < large[0] for large, small in pairwise(found)):
            return _sum(factors, found, count)
        bits *= 2


def _sum(factors: list[tuple[fmpz_poly, int]], roots: list[tuple[Any, Any, int]], count: int) -> tuple[Any, Any]:
    weights: list[list[tuple[Any, Any, int]]] = [[] for _ in factors]
    for lower, upper, place in roots:
        taken = min(count, factors[place][1])
        count -= taken
        weights[place].append((lower, upper, taken))
    low = high = fmpq(0)
    for (f, _), chosen in zip(factors, weights, strict=True):
        times = {taken for _, _, taken in chosen}
        if len(times) == 1:
            trace = -fmpq(f[f.degree() - 1], f[f.degree()]) * times.pop()
            low, high = low + trace, high + trace
        else:
            low += sum((lower * taken for lower, _, taken in chosen), fmpq(0))
            high += sum((upper * taken for _, upper, taken in chosen), fmpq(0))
    return low, high
