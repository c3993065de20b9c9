"""For which values of a symbol t a kernel is positive semidefinite: an exact union of intervals.

The eigenvalues are polynomials in t.  Their real roots cut the line into pieces on which no sign changes.  A rational
point of each piece decides for it; at a root an eigenvalue is 0 if the root's minimal polynomial divides it, and has
the sign of the piece beside it else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from flint import fmpq, fmpq_poly, fmpz_poly

from algebra.exact.balls import decimals, interval_of
from algebra.exact.numbers import number_text, to_fmpq, to_fraction
from algebra.exact.precision import precision
from algebra.exact.roots import simplest_between, squarefree_parts

MOST_DEGREE = 200  # of all different factors together: their roots take a second
FIRST_BITS, MOST_BITS = 128, 8192
SHOWN_DIGITS = 12
Interval = tuple[Fraction, Fraction]


@dataclass(frozen=True)
class _Cut:
    """A real root between two rational numbers, which are equal where it is rational, and its minimal polynomial."""

    low: fmpq
    high: fmpq
    minimal: fmpz_poly

    def text(self) -> str:
        """Write it: a rational number, or the polynomial and a decimal."""
        if self.low == self.high:
            return number_text(to_fraction(self.low))
        with precision(FIRST_BITS):
            from flint import arb

            near = decimals(arb(self.low), SHOWN_DIGITS).lower
        return f"root of {polynomial_text(fmpq_poly(self.minimal))} near {near}"


def semidefinite_range(
    eigenvalues: Sequence[fmpq_poly], lower: Fraction, upper: Fraction
) -> tuple[tuple[str, str], ...] | None:
    """Return the closed intervals in [lower, upper] on which no eigenvalue is negative; None if roots are too many.

    Ends are rational numbers, or named by a polynomial and a decimal.

    Examples
    --------
    >>> t = fmpq_poly([0, 1])
    >>> semidefinite_range([1 - t**2, 1 + t], Fraction(-2), Fraction(3))
    (('-1', '1'),)
    >>> semidefinite_range([t**2 - 2], Fraction(0), Fraction(2))
    (('root of t^2 - 2 near 1.41421356237', '2'),)
    """
    factors = _factors(eigenvalues)
    cuts = None if factors is None else _cuts(factors)
    if cuts is None:
        return None
    low, high = to_fmpq(lower), to_fmpq(upper)
    ends = [_Cut(end, end, fmpz_poly([-int(end.p), int(end.q)])) for end in (low, high)]
    inner = [cut for cut in cuts if low < cut.low and cut.high < high]
    marks = [ends[0], *inner, ends[1]]
    samples = [simplest_between(one.high, other.low) for one, other in pairwise(marks)]

    pieces = [all(theta(sample) >= 0 for theta in eigenvalues) for sample in samples]
    points = []
    for place, mark in enumerate(marks):
        beside = samples[max(place - 1, 0)]
        points.append(all(_at(theta, mark, beside) >= 0 for theta in eigenvalues))
    return _runs(marks, points, pieces)


def _factors(eigenvalues: Sequence[fmpq_poly]) -> list[fmpz_poly] | None:
    """Return the irreducible factors of all eigenvalues, each once; None if their degrees have a large sum."""
    whole = fmpz_poly([1])  # squarefree, with all roots so far
    for theta in eigenvalues:
        for part, _ in squarefree_parts(theta.numer()) if theta != 0 else ():
            whole *= part // whole.gcd(part)
        if whole.degree() > MOST_DEGREE:
            return None
    return [factor for factor, _ in whole.factor()[1] if factor.degree() > 0]


def _cuts(factors: Sequence[fmpz_poly]) -> list[_Cut] | None:
    """Return all real roots in disjoint intervals, ascending."""
    bits = FIRST_BITS
    while bits <= MOST_BITS:
        found = []
        for factor in factors:
            if factor.degree() == 1:
                exact = -fmpq(factor[0], factor[1])
                found.append(_Cut(exact, exact, factor))
                continue
            with precision(bits):
                roots = [root.real for root, _ in factor.complex_roots() if root.imag == 0]
            found += [_Cut(*interval_of(root), factor) for root in roots]
        found.sort(key=lambda cut: cut.low)
        if all(one.high < other.low for one, other in pairwise(found)):
            return found
        bits *= 2
    return None


def _at(theta: fmpq_poly, mark: _Cut, beside: fmpq) -> Any:
    """Return a number with the sign of an eigenvalue at a root."""
    if mark.low == mark.high:
        return theta(mark.low)
    return 0 if theta % fmpq_poly(mark.minimal) == 0 else theta(beside)


def _runs(marks: Sequence[_Cut], points: Sequence[bool], pieces: Sequence[bool]) -> tuple[tuple[str, str], ...]:
    """Join points and the pieces between them."""
    found: list[tuple[str, str]] = []
    start: _Cut | None = None
    for place, mark in enumerate(marks):
        if points[place] and start is None:
            start = mark
        goes_on = place < len(pieces) and pieces[place]
        if start is not None and not goes_on:
            found.append((start.text(), mark.text()))
            start = None
    return tuple(found)


def polynomial_text(theta: fmpq_poly) -> str:
    """Write a polynomial in t, the highest power first.

    Examples
    --------
    >>> polynomial_text(fmpq_poly([1, fmpq(-1, 2), 0, 1]))
    't^3 - 1/2*t + 1'
    """
    text = ""
    for power, c in reversed(list(enumerate(theta.coeffs()))):
        if c != 0:
            size = abs(c) if c < 0 else c
            letter = "t" if power == 1 else f"t^{power}"
            term = str(size) if power == 0 else letter if size == 1 else f"{size}*{letter}"
            text += f" {'-' if c < 0 else '+'} {term}"
    return (text[3:] if text.startswith(" +") else f"-{text[3:]}") if text else "0"
