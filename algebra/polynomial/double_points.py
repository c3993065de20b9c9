r"""Double points: conditions that every form in the powers of 2n - 1 linear forms in n variables satisfies.

Let l_1, …, l_w be general linear forms in n variables, w = 2n - 1, and ω_i roots of unity, ω_i^r = 1. The w
equations l_i(P) = ω_i l_i(Q) have one solution (P, Q) up to a factor, and then l_i(P)^r = l_i(Q)^r for all i: every
polynomial F in these powers takes the same value at P and Q. If no n of the ω_i are equal, P and Q are different: the
image of the map has a double point there (for n = 3, r = 3 the double-point formula counts the same 15). The
conditions f(P) = f(Q) that are independent on the forms of degree rt bound the span of the degree-t monomials in the
powers: it is at most C(rt + n - 1, n - 1) less their rank.

The rank is computed at one choice of forms modulo a prime p = 1 (mod r), which holds the roots of unity: a minor that
does not vanish there does not vanish for general forms.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from itertools import combinations_with_replacement, product
from math import comb

import numpy as np
from flint import nmod_mat
from numpy.typing import NDArray

from algebra.rank.field import PrimeField
from algebra.rank.modular_rank import rank_of_array
from algebra.rank.primes import is_prime

MOST_LABELS = 5000  # choices of roots of unity that are looked at
MOST_CONDITIONS = 240
MOST_FORMS = 2500
LARGEST = 1 << 23


@lru_cache(maxsize=4096)
def independent_conditions(variables: int, degree: int, t: int) -> int:
    """Return a proved lower bound for the rank of the double-point conditions on forms of degree ``degree * t``.

    Examples
    --------
    >>> independent_conditions(3, 3, 9), independent_conditions(3, 2, 9)
    (15, 0)
    """
    # Sizes come first: the list of exponents alone may fill the memory.
    if variables > 4 or comb(degree * t + variables - 1, variables - 1) > MOST_FORMS:
        return 0
    labels = double_point_labels(variables, degree)
    exponents = list(combinations_with_replacement(range(variables), degree * t))
    if not labels or not exponents:
        return 0
    prime = next(p for p in range(LARGEST - (LARGEST - 1) % degree, 2, -degree) if is_prime(p))
    root = _root_of_unity(degree, prime)
    w = 2 * variables - 1
    forms = PrimeField(prime).draw(f"double points:{variables}:r{degree}", "weights", (w, variables))
    matrix = [[int(c) % prime for c in row] for row in forms]
    powers = np.array([[e.count(i) for i in range(variables)] for e in exponents])
    rows = []
    for label in labels:
        solution = _solution(matrix, [pow(root, e, prime) for e in label], prime)
        if solution is not None:
            values = [_monomials(point, powers, prime) for point in solution]
            rows.append((values[0] - values[1]) % prime)
    return rank_of_array(np.array(rows), prime) if rows else 0


def double_point_labels(variables: int, degree: int) -> list[tuple[int, ...]]:
    """Exponents of the roots of unity, one choice for each double point (up to a factor and the exchange of P and Q).

    Examples
    --------
    The nodes of a plane curve of degree r, (r - 1)(r - 2)/2 of them, and 15 points of a surface in 4-space:

    >>> [len(double_point_labels(2, r)) for r in (3, 4, 5)], len(double_point_labels(3, 3))
    ([1, 3, 6], 15)
    """
    w = 2 * variables - 1
    if variables < 2 or degree < 3 or w > MOST_LABELS or degree > MOST_LABELS or degree ** (w - 1) > MOST_LABELS:
        return []  # the power, too, is not taken of large numbers
    found = []
    for rest in product(range(degree), repeat=w - 1):
        label = (*rest, 0)
        exchanged = tuple(-e % degree for e in label)
        if label <= exchanged and max(Counter(label).values()) < variables:
            found.append(label)
    return found[:MOST_CONDITIONS]


def _root_of_unity(order: int, prime: int) -> int:
    """An element of exactly this order modulo the prime."""
    for x in range(2, prime):
        root = pow(x, (prime - 1) // order, prime)
        if all(pow(root, order // q, prime) != 1 for q in range(2, order + 1) if order % q == 0 and is_prime(q)):
            return root
    raise ArithmeticError(f"no element of order {order} modulo {prime}")


def _solution(forms: list[list[int]], roots: list[int], prime: int) -> tuple[list[int], list[int]] | None:
    """The solution (P, Q) of l_i(P) = ω_i l_i(Q); None if it is not unique: it need not be that of general forms."""
    rows = [[*row, *(-omega * c % prime for c in row)] for row, omega in zip(forms, roots, strict=True)]
    kernel, dimension = nmod_mat(len(rows), len(rows[0]), [c for row in rows for c in row], prime).nullspace()
    if dimension != 1:
        return None
    values = [int(kernel[i, 0]) for i in range(len(rows[0]))]
    return values[: len(values) // 2], values[len(values) // 2 :]


def _monomials(point: list[int], powers: NDArray[np.int64], prime: int) -> NDArray[np.int64]:
    """Values of the monomials with these exponents at a point."""
    values = np.ones(len(powers), np.int64)
    for i, x in enumerate(point):
        table = np.array([pow(x, e, prime) for e in range(int(powers[:, i].max()) + 1)], np.int64)
        values = values * table[powers[:, i]] % prime
    return values
