"""Monomials on {0,1}^n: the least norm over all kernels is the maximum of a concave function, with both sides proved.

The symmetries of {0,1}^n have an orbit for each weight of a point.  The least B such that some kernel, Euclidean or
not, with k(x, x) <= 1 gives all monomials of k coordinates a norm of at most B is the maximum, over probability vectors
pi on the weights, of

    F(pi) = sum_j m_j sqrt(q_j),    q_j = sum_p pi_p C(p-j, k-j) C(n-k-j, p-k) / (C(n, p) C(n, k)).

F is concave and homogeneous of degree 1/2, so that F(pi) <= B <= F(pi)/2 + max_p dF/dpi_p for every pi.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from math import comb
from typing import TYPE_CHECKING

from flint import arb

from algebra.errors import InputError, as_integer
from algebra.exact.balls import ball, decimals
from algebra.exact.precision import precision
from algebra.kernels.norms import SHOWN_BITS
from algebra.kernels.schemes import hamming
from algebra.shown import Shown

if TYPE_CHECKING:
    from algebra.types import Floats

LEAST_BARRIER, SHRINK = 1e-15, 0.2  # where floats end; smaller steps take longer, larger ones lose the path
WEIGHT_BITS = 60  # of the rational vector pi


@dataclass(frozen=True)
class ConcaveMaximum(Shown):
    """The maximum of sum_j sqrt(sum_p pi_p A_jp) over probability vectors, with a vector that proves both sides.

    Parameters
    ----------
    columns : dict
        For each place p the rationals A_jp; not negative.
    weights : dict
        pi at the places where it is not 0; positive rationals with the sum 1.

    Examples
    --------
    >>> columns = {3: (Fraction(1, 16), Fraction(9, 16)), 4: (Fraction(1), Fraction(0))}
    >>> ConcaveMaximum(columns, {3: Fraction(2, 5), 4: Fraction(3, 5)}).enclosure(9)  # sqrt(8/5)
    ('1.26491106', '1.26491107')
    """

    columns: dict[int, tuple[Fraction, ...]]
    weights: dict[int, Fraction]

    def enclosure(self, digits: int = 16) -> tuple[str, str]:
        """Return decimal strings between which the maximum lies.

        Parameters
        ----------
        digits : int
            Significant ones.

        Returns
        -------
        (str, str)
            At most the maximum, and at least.
        """
        levels = range(len(next(iter(self.columns.values()))))
        with precision(SHOWN_BITS):
            roots = [
                ball(sum((pi * self.columns[p][j] for p, pi in self.weights.items()), Fraction(0))).sqrt()
                for j in levels
            ]
            value = sum(roots, arb(0))
            slopes = [
                sum((ball(a) / (2 * root) for a, root in zip(column, roots, strict=True) if a), arb(0))
                for column in self.columns.values()
            ]
            above = value / 2 + reduce(arb.max, slopes)
            return decimals(value, digits).lower, decimals(above, digits).upper


def monomial_norm(n: int, k: int) -> ConcaveMaximum:
    """Return the least norm of all monomials of k coordinates on {0,1}^n, over all kernels, as a maximum over weights.

    Parameters
    ----------
    n : int
        Bits of a point.
    k : int
        Coordinates of a monomial.

    Returns
    -------
    ConcaveMaximum

    Examples
    --------
    >>> monomial_norm(10, 3).enclosure(8)  # all of the vector lies on weight 7
    ('3.4999999', '3.5000001')
    """
    # Dimensions of the levels that a monomial meets: C(n, j) - C(n, j - 1), squared.
    levels = range(min(k, n - k) + 1)
    below = [0, *(comb(n, j) for j in levels)]
    squares = [(comb(n, j) - below[j]) ** 2 for j in levels]

    # What the slice of weight p holds on each level, relative to all pairs of a monomial and a point.
    columns = {}
    for p in range(k, n + 1):
        pairs = comb(n, p) * comb(n, k)
        held = [comb(p - j, k - j) * comb(n - k - j, p - k) for j in levels]
        columns[p] = tuple(Fraction(square * count, pairs) for square, count in zip(squares, held, strict=True))
    return maximised(columns)


def sizes_norm(n: int, most: int) -> ConcaveMaximum:
    """Return the least norm of all conjunctions of 1 to `most` literals on {-1,1}^n, of one kernel for all of them.

    It is the maximum of sum_j sqrt(C(n, j) sum_k q_k C(k, j) / 4^k) over probability vectors q on the sizes.

    Parameters
    ----------
    n : int
        Bits of a point.
    most : int
        Literals of the longest conjunction.

    Returns
    -------
    ConcaveMaximum

    Raises
    ------
    InputError
        If there are more literals than coordinates.

    Examples
    --------
    >>> sizes_norm(8, 3).enclosure(8)
    ('2.9702128', '2.9702129')
    """
    hamming(n)
    if as_integer("most", most, least=1) > n:
        raise InputError("most", most, f"at most n = {n}")
    return maximised(
        {k: tuple(Fraction(comb(n, j) * comb(k, j), 4**k) for j in range(most + 1)) for k in range(1, most + 1)}
    )


def maximised(columns: dict[int, tuple[Fraction, ...]]) -> ConcaveMaximum:
    """Return a maximum over probability vectors on the places of these columns; each level is in use somewhere.

    Examples
    --------
    >>> maximised({0: (Fraction(1), Fraction(0)), 1: (Fraction(0), Fraction(4))}).enclosure(6)  # sqrt(1 + 4)
    ('2.23606', '2.23607')
    """
    import numpy as np

    pi = _maximum(np.array([[float(a) for a in column] for column in columns.values()]).T)
    whole = [round(each * 2**WEIGHT_BITS) for each in pi.tolist()]
    total = sum(whole)
    found = {p: Fraction(each, total) for p, each in zip(columns, whole, strict=True) if each}
    return ConcaveMaximum(columns, found)


def _maximum(A: Floats) -> Floats:
    """Maximise sum_j sqrt((A pi)_j) over probability vectors, in floats: nothing here has to be right.

    F is homogeneous of degree 1/2, so that a maximum of F(x) - sum(x) over all x >= 0 has the direction of pi.  It is
    followed along the barrier mu sum(log x) by Newton's method, in the unknowns dx/x.
    """
    import numpy as np

    x = np.full(A.shape[1], 1 / A.shape[1])
    A = A / np.sqrt(A @ x).sum() ** 2  # F is about 1
    best, best_gap, mu = x, np.inf, 1.0
    while mu > LEAST_BARRIER:
        q = A @ x
        slopes = A.T @ (0.5 / np.sqrt(q))
        scaled = A * x
        curvature = (scaled.T * (0.25 / q**1.5)) @ scaled + mu * np.eye(len(x))
        step = np.linalg.solve(curvature, x * (slopes - 1) + mu)
        largest = np.abs(step).max()
        x = x * (1 + step * min(1.0, 0.9 / largest))
        if largest < 0.9:
            mu *= SHRINK
        gap = _gap(A, x / x.sum())
        if gap < best_gap:
            best, best_gap = x / x.sum(), gap
    return best


def _gap(A: Floats, pi: Floats) -> float:
    import numpy as np

    roots = np.sqrt(A @ pi)
    return float((A.T @ (0.5 / roots)).max() - roots.sum() / 2)
