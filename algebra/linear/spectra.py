"""Eigenvalues of positive semidefinite rational matrices, compared exactly.

Characteristic polynomials over Q are split into coprime squarefree parts, the real roots of each are enclosed by
ball arithmetic and the precision is raised until all enclosures are disjoint.  Roots that several polynomials share
are known from their greatest common divisors, so the process ends and equality is decided, never guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from flint import ctx, fmpq, fmpq_mat, fmpz, fmpz_poly

from algebra.linear.exact_matrix import Matrix

FIRST_BITS = 64


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


@dataclass(frozen=True)
class Comparison:
    """The nonzero eigenvalues a of one positive semidefinite matrix against the nonzero eigenvalues b of another.

    Parameters
    ----------
    larger, equal, smaller : int
        Number of pairs (a, b), with multiplicities, with b > a, b = a and b < a.
    separator : fmpq, optional
        A rational number t with b < t < a for all pairs, if there is one and both matrices are nonzero.
    positions : tuple of int, optional
        Places of the a, counted from 1, among all nonzero eigenvalues in descending order; of equal ones the a come
        first.  None where they were compared in pairs only.
    """

    larger: int
    equal: int
    smaller: int
    separator: Any
    positions: tuple[int, ...] | None

    @property
    def top(self) -> bool:
        """Whether no b is larger than an a."""
        return self.larger == 0


def compare_spectra(first: Matrix, second: Matrix) -> Comparison:
    """Compare the nonzero eigenvalues of two square matrices that have only real nonnegative ones.

    Examples
    --------
    >>> from flint import fmpq_mat
    >>> compare_spectra(fmpq_mat(2, 2, [4, 0, 0, 0]), fmpq_mat(2, 2, [0, 0, 0, 1]))
    Comparison(larger=0, equal=0, smaller=1, separator=3, positions=(1,))
    """
    if not isinstance(first, fmpq_mat):
        from algebra.linear.field_spectra import compare_field_spectra

        return compare_field_spectra(first, second)
    roots = merged_roots([nonzero_part(first.charpoly()), nonzero_part(second.charpoly())])
    return _compare([root.multiplicities for root in roots], roots)


def _compare(multiplicities: Sequence[tuple[int, ...]], roots: Sequence[Root] = ()) -> Comparison:
    """Count pairs; the multiplicities (of a, of b) belong to distinct values in descending order."""
    larger = equal = smaller = above = seen_a = 0
    positions: list[int] = []
    for a, b in multiplicities:
        larger += a * above
        equal += a * b
        smaller += b * seen_a
        positions += range(seen_a + above + 1, seen_a + above + a + 1)
        seen_a, above = seen_a + a, above + b
    return Comparison(larger, equal, smaller, _separator(roots), tuple(positions))


def _separator(roots: Sequence[Root]) -> Any:
    a = [root for root in roots if root.multiplicities[0]]
    b = [root for root in roots if root.multiplicities[1]]
    if not a or not b or b[0].upper >= a[-1].lower:
        return None
    return simplest_between(b[0].upper, a[-1].lower)


def extreme_eigenvalue(matrix: Matrix, bits: int, largest: bool) -> Any:
    """Return a rational number close to, but not at, the largest or the smallest nonzero eigenvalue.

    Parameters
    ----------
    matrix : fmpq_mat
        With real nonnegative eigenvalues, not all zero.
    bits : int
        The distance is about 2^-bits of the eigenvalue.
    largest : bool

    Examples
    --------
    >>> from flint import fmpq_mat
    >>> extreme_eigenvalue(fmpq_mat(2, 2, [4, 0, 0, 1]), 2, largest=True)
    9/2
    """
    if not isinstance(matrix, fmpq_mat):
        from algebra.linear.field_spectra import extreme_field_eigenvalue

        return extreme_field_eigenvalue(matrix, bits, largest)
    roots = merged_roots([nonzero_part(matrix.charpoly())], max(bits, FIRST_BITS))
    off = 1 + fmpq(1, 2**bits)
    near = roots[0].upper if largest else roots[-1].lower
    return simplest_between(near, near * off) if largest else simplest_between(near / off, near)


def simplest_between(lower: Any, upper: Any) -> Any:
    """Return a rational number strictly between two, their middle rounded to few bits.

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
    """Return a rational polynomial without its zero roots, with integer coefficients."""
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
    """Return the squarefree parts of positive degree with their multiplicities."""
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
    with ctx.workprec(bits):
        roots = [root for root, _ in squarefree.complex_roots()]
    if any(root.imag != 0 for root in roots):
        raise ArithmeticError("a characteristic polynomial of a symmetric matrix has a root that is not real")
    return [interval_of(root.real) for root in roots]


def interval_of(ball: Any) -> tuple[Any, Any]:
    """Return the ends of a ball as rationals.

    Examples
    --------
    >>> from flint import arb
    >>> interval_of(arb(3))
    (3, 3)
    """
    middle, radius = _dyadic(ball.mid()), _dyadic(ball.rad())
    return middle - radius, middle + radius


def _dyadic(exact: Any) -> Any:
    mantissa, exponent = exact.man_exp()
    return fmpq(mantissa) * fmpq(2) ** int(exponent) if exponent >= 0 else fmpq(mantissa, fmpz(2) ** int(-exponent))
