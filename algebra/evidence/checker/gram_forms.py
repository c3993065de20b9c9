"""Dimensions of spaces of forms on Gram matrices, symmetric d x d matrices of bounded rank, for library and checker.

The orthogonal group of the tokens decides. The polynomials on d x N matrices X are the sum of the representations
S_u(R^d) (x) S_u(R^N) over partitions u. Those in X X^T are the invariants of O(N) (first fundamental theorem), one for
each partition with even rows; x_a p(X X^T) are its covariants with values in R^N, one for each partition with exactly
one odd row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import comb

from .limits import spend

MOST_PARTITIONS = 3000
"""Partitions that are summed over for one dimension: each costs the product of Weyl's formula, some 20 us at width 5.
Beyond, the rank of the matrices is not used, which gives a larger dimension."""

MOST_PARTED = 400
"""Degrees of which partitions are counted at all: more than six layers of attention have."""


def mon(n: int, k: int) -> int:
    """Count monomials of degree k in n variables.

    Examples
    --------
    >>> mon(3, 2), mon(0, 0), mon(0, 1)
    (6, 1, 0)
    """
    return comb(n + k - 1, k) if n else int(k == 0)


def per_count(n: int, k: int) -> int:
    """Steps of `mon`: as many factors as the lesser side of the binomial, of growing length."""
    few = min(n, k)
    return 5 + few // 2 + few**2 // 2000


def partitions(n: int, parts: int, largest: int) -> Iterator[list[int]]:
    """Yield the partitions of n into at most so many parts, none above the largest; parts decrease.

    Examples
    --------
    >>> list(partitions(4, 2, 4))
    [[4], [3, 1], [2, 2]]
    """
    if n == 0:
        yield []
    elif parts:
        for first in range(min(n, largest), (n - 1) // parts, -1):
            for rest in partitions(n - first, parts - 1, first):
                yield [first, *rest]


@lru_cache(maxsize=1 << 14)
def number_of_partitions(n: int, parts: int) -> int:
    """Count the partitions of n into at most so many parts.

    Examples
    --------
    >>> number_of_partitions(4, 2), number_of_partitions(10, 10)
    (3, 42)
    """
    spend(n * min(parts, n), "the partitions")
    ways = [1] + [0] * n
    for part in range(1, min(parts, n) + 1):
        for total in range(part, n + 1):
            ways[total] += ways[total - part]
    return ways[n]


def schur_dimension(u: Sequence[int], d: int) -> int:
    """Return the dimension of S_u(R^d), the representation of GL_d to a partition (Weyl's formula).

    Examples
    --------
    >>> schur_dimension((2,), 3), schur_dimension((2, 2), 2), schur_dimension((2, 1), 3)
    (6, 1, 8)
    """
    rows = len(u)
    if rows > d:
        return 0
    top = bottom = 1
    for i, part in enumerate(u):
        # The pairs of row i with the empty rows telescope, however many there are.
        top *= comb(part + d - 1 - i, part)
        bottom *= comb(part + rows - 1 - i, part)
        for j in range(i + 1, rows):
            top *= part - u[j] + j - i
            bottom *= j - i
    return top // bottom


def one_odd_row(half: Sequence[int], rows: int) -> Iterator[list[int]]:
    """Yield the partitions into at most so many rows that have twice these parts, and one box more."""
    even = [2 * part for part in half] + [0] * (rows - len(half))
    for i in range(rows):
        if i == 0 or even[i - 1] > even[i]:
            yield [part for part in [*even[:i], even[i] + 1, *even[i + 1 :]] if part]


@lru_cache(maxsize=1 << 14)
def covariant_dimension(d: int, tokens: int, m: int) -> int:
    """Return the dimension of the functions x_a p(X X^T), p of degree m.

    Examples
    --------
    >>> covariant_dimension(3, 2, 4), covariant_dimension(3, 1, 1)
    (315, 10)
    """
    halves = partitions(m, tokens, m)
    return sum(schur_dimension(u, d) for half in halves for u in one_odd_row(half, tokens))


@lru_cache(maxsize=1 << 14)
def invariants(d: int, tokens: int, k: int) -> int:
    """Return the dimension D_B(k) of the forms of degree k on Gram matrices of so many tokens, or a larger number.

    Examples
    --------
    >>> invariants(3, 1, 2), invariants(3, 2, 3), invariants(3, 3, 3), mon(6, 3)
    (15, 55, 56, 56)
    """
    s = d * (d + 1) // 2
    spend(per_count(s, k), "the forms on Gram matrices")
    if tokens >= d or k > MOST_PARTED or (parts := number_of_partitions(k, tokens)) > MOST_PARTITIONS:
        return mon(s, k)
    spend(20 * parts * k, "the forms on Gram matrices")
    return sum(schur_dimension([2 * row for row in u], d) for u in partitions(k, tokens, k))


@lru_cache(maxsize=1 << 14)
def covariants(d: int, tokens: int, m: int, q: int) -> int:
    """Return at most the dimension D_A(m) of the functions x_a p(X X^T) where q linear forms of x are seen.

    Examples
    --------
    >>> covariants(3, 1, 1, 3), covariants(3, 3, 1, 3), covariants(3, 3, 1, 2)
    (10, 18, 12)
    """
    s = d * (d + 1) // 2
    spend(per_count(s, m), "the functions on Gram matrices")
    free = q * mon(s, m)
    if tokens >= d or m > MOST_PARTED or (parts := number_of_partitions(m, tokens) * tokens) > MOST_PARTITIONS:
        return free
    spend(20 * parts * (m + 1), "the functions on Gram matrices")
    return min(free, covariant_dimension(d, tokens, m))
