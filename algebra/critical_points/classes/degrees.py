"""Euclidean distance degrees of determinantal varieties, exactly, from Chern-Mather classes.

The matrices of rank at most k have a small resolution Z: pairs of a matrix and a subspace of dimension n - k of its
kernel.  The Chern-Mather class is the push-forward of the Chern class of Z, and all degrees are integrals over Z, which
Bott's residue formula turns into a finite sum over coordinate subspaces.

References
----------
.. [1] J. Draisma, E. Horobet, G. Ottaviani, B. Sturmfels, R. R. Thomas, The Euclidean distance degree of an algebraic
   variety, Foundations of Computational Mathematics, 2016, arXiv:1309.0049.
.. [2] X. Zhang, Chern classes and characteristic cycles of determinantal varieties, Journal of Algebra, 2018,
   arXiv:1605.05380.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cache
from itertools import combinations
from math import comb

from algebra.errors import InputError, as_integer

MOST_FIXED_POINTS = 200_000


def chern_mather_degrees(rows: int, columns: int, rank: int) -> tuple[int, ...]:
    """Return the degrees of the Chern-Mather classes of the matrices of rank at most `rank`, projectively.

    Parameters
    ----------
    rows, columns : int
        At least 1.
    rank : int
        From 1 to min(rows, columns).

    Returns
    -------
    tuple of int
        Entry i is the degree of the class of codimension i in the variety, i from 0 to its dimension; entry 0 is the
        degree of the variety.

    Raises
    ------
    InputError
        If the rank is out of range, or the sum would have more than 200,000 terms.

    Examples
    --------
    >>> chern_mather_degrees(2, 2, 1)
    (2, 4, 4)
    """
    m, n = max(as_integer("rows", rows, 1), as_integer("columns", columns, 1)), min(rows, columns)
    k = _checked_rank(rank, n)
    terms = comb(n, k) * k * m
    if terms > MOST_FIXED_POINTS:
        raise InputError("rank", rank, f"such that the sum has at most {MOST_FIXED_POINTS} terms; it has {terms}")
    return _chern_mather(m, n, k)


def polar_degrees(rows: int, columns: int, rank: int) -> tuple[int, ...]:
    """Return the degrees of the polar classes of the same variety, from its own degree downward.

    Up to zeros they are those of the matrices of rank at most min(rows, columns) - rank, in the other order: projective
    duality.

    Parameters
    ----------
    rows : int
    columns : int
        At least 1 each.
    rank : int
        From 1 to min(rows, columns).

    Returns
    -------
    tuple of int

    Raises
    ------
    InputError
        See `chern_mather_degrees`.

    Examples
    --------
    >>> polar_degrees(2, 3, 1)
    (3, 4, 3, 0)
    """
    degrees = chern_mather_degrees(rows, columns, rank)
    top = len(degrees) - 1
    return tuple(_polar(degrees, codimension) for codimension in range(top + 1))


def generic_distance_degree(rows: int, columns: int, rank: int) -> int:
    """Return the number of complex critical points of a generic quadratic distance to the matrices of rank <= `rank`.

    It is what a generic entrywise weighted norm has; the Frobenius norm, and with it every square loss with whitened
    data, has only binom(min(rows, columns), rank).

    Parameters
    ----------
    rows, columns : int
        At least 1.
    rank : int
        From 1 to min(rows, columns).

    Returns
    -------
    int

    Raises
    ------
    InputError
        See `chern_mather_degrees`.

    Examples
    --------
    >>> [generic_distance_degree(2, n, 1) for n in (2, 3, 4, 5)]
    [6, 10, 14, 18]
    >>> generic_distance_degree(4, 4, 2)
    1350
    """
    degrees = chern_mather_degrees(rows, columns, rank)
    top = len(degrees) - 1
    return sum((-1) ** i * (2 ** (top + 1 - i) - 1) * degree for i, degree in enumerate(degrees))


def frobenius_distance_degree(rows: int, columns: int, rank: int) -> int:
    """Return the number of critical points of the Frobenius distance to a generic matrix (Eckart and Young).

    Parameters
    ----------
    rows, columns : int
    rank : int
        Of the matrices among which the nearest one is sought.

    Returns
    -------
    int

    Raises
    ------
    InputError
        If the rank is out of range.

    Examples
    --------
    >>> frobenius_distance_degree(3, 4, 2)
    3
    """
    least = min(as_integer("rows", rows, 1), as_integer("columns", columns, 1))
    return comb(least, _checked_rank(rank, least))


def _checked_rank(rank: int, largest: int) -> int:
    allowed = f"an integer from 1 to {largest}, the shorter side"
    if as_integer("rank", rank, 1, allowed) > largest:
        raise InputError("rank", rank, allowed)
    return rank


def _polar(degrees: Sequence[int], codimension: int) -> int:
    """Degree of the polar class of this codimension: the alternating sum of Chern-Mather classes up to it."""
    top = len(degrees) - 1
    return sum((-1) ** i * comb(top + 1 - i, codimension - i) * degrees[i] for i in range(codimension + 1))


@cache
def _chern_mather(m: int, n: int, k: int) -> tuple[int, ...]:
    top = k * (m + n - k) - 1
    totals = [Fraction(0)] * (top + 1)
    for hyperplane, tangent in _fixed_points(m, n, k):
        chern = _elementary(tangent)
        euler, power = chern[-1], 1
        for i in range(top, -1, -1):
            totals[i] += Fraction(chern[i] * power, euler)
            power *= hyperplane
    assert all(total.denominator == 1 for total in totals)
    return tuple(int(total) for total in totals)


def _fixed_points(m: int, n: int, k: int) -> Iterator[tuple[int, list[int]]]:
    """Yield the weight of the hyperplane class and the tangent weights at every fixed point of a generic torus."""
    inside = [2**i for i in range(n)]
    outside = [2**n * 3**j for j in range(m)]
    for chosen in combinations(range(n), k):
        grassmannian = [inside[i] - inside[j] for i in chosen for j in range(n) if j not in chosen]
        lines = [outside[j] - inside[i] for i in chosen for j in range(m)]
        for line in lines:
            yield -line, grassmannian + [other - line for other in lines if other != line]


def _elementary(values: Sequence[int]) -> list[int]:
    """Elementary symmetric functions, from degree 0 on."""
    found = [1]
    for value in values:
        found = [a + value * b for a, b in zip([*found, 0], [0, *found], strict=True)]
    return found
