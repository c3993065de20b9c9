"""Dimensions of spaces of forms on Gram matrices, symmetric matrices of bounded rank, as integers of any size.

The orthogonal group of the tokens decides: forms are its invariants, and tokens times forms its covariants.
"""

from __future__ import annotations

from functools import lru_cache
from math import comb
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST_PARTITIONS = 3000
"""Partitions that are summed over for one dimension: each costs the product of Weyl's formula, some 20 us at width 5.
Beyond, the rank of the matrices is not used, which gives a larger dimension."""

MOST_PARTED = 400
"""Degrees of which partitions are counted at all: more than six layers have."""


def monomials(variables: int, degree: int) -> int:
    """Return the number of monomials of a degree.

    Examples
    --------
    >>> monomials(3, 2), monomials(0, 0), monomials(0, 1)
    (6, 1, 0)
    """
    return comb(variables + degree - 1, degree) if variables else int(degree == 0)


def partitions(number: int, most_parts: int, largest: int | None = None) -> Iterator[tuple[int, ...]]:
    """Yield the partitions of a number into at most so many parts, none above the largest; parts decrease.

    Examples
    --------
    >>> list(partitions(4, 2))
    [(4,), (3, 1), (2, 2)]
    """
    if number == 0:
        yield ()
        return
    if most_parts == 0:
        return
    for first in range(min(number, largest or number), 0, -1):
        if first * most_parts < number:
            return
        for rest in partitions(number - first, most_parts - 1, first):
            yield (first, *rest)


@lru_cache(maxsize=1 << 14)
def partition_count(number: int, most_parts: int) -> int:
    """Return how many partitions of a number have at most so many parts.

    Examples
    --------
    >>> partition_count(4, 2), partition_count(10, 10)
    (3, 42)
    """
    ways = [1] + [0] * number
    for part in range(1, min(most_parts, number) + 1):
        for total in range(part, number + 1):
            ways[total] += ways[total - part]
    return ways[number]


def weyl_dimension(partition: Sequence[int], d: int) -> int:
    """Return the dimension of the representation of GL_d to a partition (Weyl's formula).

    Examples
    --------
    >>> weyl_dimension((2,), 3), weyl_dimension((2, 2), 2), weyl_dimension((2, 1), 3)
    (6, 1, 8)
    """
    rows = len(partition)
    top = bottom = 1
    for i, part in enumerate(partition):
        # The pairs of row i with the empty rows telescope, however many there are.
        top *= comb(part + d - 1 - i, part)
        bottom *= comb(part + rows - 1 - i, part)
        for j in range(i + 1, rows):
            top *= part - partition[j] + j - i
            bottom *= j - i
    return top // bottom


@lru_cache(maxsize=1 << 14)
def gram_forms(d: int, tokens: int, degree: int) -> int:
    """Return the dimension D_B(k) of the forms of degree k on Gram matrices of so many tokens in d coordinates.

    *Theorem (first fundamental theorem for the orthogonal group).* The polynomials on d x N matrices X are the sum of
    S_u(R^d) (x) S_u(R^N) over partitions u; those in X X^T are the invariants of O(N), one for each u = 2 l.

    Examples
    --------
    >>> gram_forms(3, 1, 2), gram_forms(3, 2, 3), gram_forms(3, 3, 3), monomials(6, 3)
    (15, 55, 56, 56)
    """
    if not _is_restricted(d, tokens, degree, 1):
        return monomials(d * (d + 1) // 2, degree)
    return sum(weyl_dimension(tuple(2 * part for part in each), d) for each in partitions(degree, tokens))


@lru_cache(maxsize=1 << 14)
def vector_forms(d: int, tokens: int, degree: int, rank: int) -> int:
    """Return at most the dimension D_A(m) of the functions x_a p(G), p a form of degree m, x one of G's tokens.

    The same theorem: these are the covariants of O(N) with values in R^N. Hom(R^N, S_u) has dimension 1 if exactly one
    row of u is odd, else 0. Where only `rank` linear forms of x are seen, they are at most rank * monomials(s, m).

    Examples
    --------
    >>> vector_forms(3, 1, 1, 3), vector_forms(3, 3, 1, 3), vector_forms(3, 3, 1, 2)
    (10, 18, 12)
    """
    free = rank * monomials(d * (d + 1) // 2, degree)
    if not _is_restricted(d, tokens, degree, tokens):
        return free
    return min(free, covariants(d, tokens, degree))


def covariants(d: int, tokens: int, degree: int) -> int:
    """Return the dimension of the functions x_a p(G), p a form of degree m, for fewer tokens than coordinates.

    Examples
    --------
    >>> covariants(3, 2, 4), covariants(3, 1, 1)
    (315, 10)
    """
    return sum(weyl_dimension(each, d) for each in _one_odd_row(2 * degree + 1, tokens))


def _is_restricted(d: int, tokens: int, degree: int, each: int) -> bool:
    """Tell whether Gram matrices of so many tokens have low rank, and forms on them are few enough to be counted."""
    if tokens >= d or degree > MOST_PARTED:
        return False
    return partition_count(degree, tokens) * each <= MOST_PARTITIONS


def _one_odd_row(boxes: int, rows: int) -> set[tuple[int, ...]]:
    """Return the partitions with exactly one odd row: even ones with one box more."""
    found = set()
    for half in partitions((boxes - 1) // 2, rows):
        even = [2 * part for part in half] + [0] * (rows - len(half))
        for row in range(rows):
            grown = [part + (place == row) for place, part in enumerate(even)]
            if row == 0 or grown[row] <= grown[row - 1]:
                found.add(tuple(part for part in grown if part))
    return found
