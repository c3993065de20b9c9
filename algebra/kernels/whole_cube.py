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
from math import comb
from typing import TYPE_CHECKING, Any

from algebra.exact.balls import ball, decimals
from algebra.exact.numbers import number_text
from algebra.exact.precision import precision
from algebra.kernels.norms import SHOWN_BITS

if TYPE_CHECKING:
    from algebra.types import Floats

LEAST_BARRIER, SHRINK = 1e-15, 0.2  # where floats end; smaller steps take longer, larger ones lose the path
WEIGHT_BITS = 60  # of the rational vector pi


@dataclass(frozen=True)
class MonomialNorm:
    """The vector pi that proves both sides.

    Parameters
    ----------
    n, k : int
    weights : dict
        pi at weights k..n, where it is not 0; positive rationals with the sum 1.

    Examples
    --------
    >>> MonomialNorm(4, 3, {3: Fraction(2, 5), 4: Fraction(3, 5)}).enclosure(9)  # sqrt(8/5)
    ('1.26491106', '1.26491107')
    """

    n: int
    k: int
    weights: dict[int, Fraction]

    def enclosure(self, digits: int = 16) -> tuple[str, str]:
        """Return decimal strings between which the least norm lies."""
        n, k = self.n, self.k
        coefficients = {p: _coefficients(n, k, p) for p in range(k, n + 1)}
        multiplicities = [comb(n, j) - (comb(n, j - 1) if j else 0) for j in range(min(k, n - k) + 1)]
        with precision(SHOWN_BITS):
            roots = [
                ball(sum((pi * coefficients[p][j] for p, pi in self.weights.items()), Fraction(0))).sqrt()
                for j in range(len(multiplicities))
            ]
            value = sum(m * root for m, root in zip(multiplicities, roots, strict=True))
            slopes = [
                sum(m * ball(a) / (2 * root) for m, a, root in zip(multiplicities, column, roots, strict=True))
                for column in coefficients.values()
            ]
            above = value / 2 + max((slope.upper() for slope in slopes), key=float)
            return decimals(value, digits)["lower"], decimals(above, digits)["upper"]

    def certificate(self) -> dict[str, Any]:
        """Return what proves both sides, as JSON values."""
        weights = {str(p): number_text(pi) for p, pi in self.weights.items()}
        return {"rule": "concave-maximum", "weights": weights}


def monomial_norm(n: int, k: int) -> MonomialNorm:
    """Return a vector that encloses the least norm of the monomials of k coordinates on {0,1}^n.

    Examples
    --------
    >>> monomial_norm(10, 3).enclosure(8)  # all of the vector lies on weight 7
    ('3.4999999', '3.5000001')
    """
    import numpy as np

    columns = [[float(a) for a in _coefficients(n, k, p)] for p in range(k, n + 1)]
    multiplicities = [float(comb(n, j) - (comb(n, j - 1) if j else 0)) for j in range(min(k, n - k) + 1)]
    pi = _maximum(np.array(columns).T, np.array(multiplicities))
    whole = [round(each * 2**WEIGHT_BITS) for each in pi.tolist()]
    total = sum(whole)
    return MonomialNorm(n, k, {k + i: Fraction(each, total) for i, each in enumerate(whole) if each})


def _coefficients(n: int, k: int, p: int) -> list[Fraction]:
    below = comb(n, p) * comb(n, k)
    return [Fraction(comb(p - j, k - j) * comb(n - k - j, p - k), below) for j in range(min(k, n - k) + 1)]


def _maximum(A: Floats, m: Floats) -> Floats:
    """Maximise sum m_j sqrt((A pi)_j) over probability vectors, in floats: nothing here has to be right.

    F is homogeneous of degree 1/2, so that a maximum of F(x) - sum(x) over all x >= 0 has the direction of pi.  It is
    followed along the barrier mu sum(log x) by Newton's method, in the unknowns dx/x.
    """
    import numpy as np

    x = np.full(A.shape[1], 1 / A.shape[1])
    A = A * (m**2)[:, None] / (np.sqrt(A @ x) @ m) ** 2  # F = sum of sqrt(A x), about 1
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
