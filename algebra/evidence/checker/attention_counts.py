"""Closed formulas of attention networks, for library and checker: what tokens, heads and layers show at most."""

from __future__ import annotations

from math import isqrt

from .gram_forms import covariant_dimension
from .hilbert import forms
from .limits import INFINITE

MOST_BOXES = 14
"""Up to which the partitions are listed: at most 135, of up to three layers."""


def covariants(width: int, degree: int, tokens: int) -> int:
    r"""Count the functions F(X X^T) X of some tokens, F a row of forms of a degree m, or more.

    With at least as many tokens as coordinates: d times the forms in the :math:`d(d+1)/2` entries of X X^T. Otherwise,
    by the second fundamental theorem of the orthogonal group, forms in X X^T and one more row of a symmetric matrix of
    rank at most n are the sum of the representations :math:`S_{2 \mu}`, over partitions of m + 1 with at most n
    parts; of degree 1 in the last row they are sums of :math:`S_{2 \mu - e_i}`, over the corners of each.
    From `MOST_BOXES` boxes on the first number is returned: it bounds the second.

    Examples
    --------
    Two layers on three coordinates see two tokens in fewer ways than three:

    >>> covariants(3, 4, 2), covariants(3, 4, 3), covariants(2, 1, 2)
    (315, 378, 6)
    """
    if tokens >= width or degree >= MOST_BOXES:
        return width * forms(degree, width * (width + 1) // 2, False)
    return covariant_dimension(width, tokens, degree)


def coordinates(power: int, width: int, layers: int, tokens: int) -> int:
    """Bound the linearly independent coordinates after some layers, scores raised to a power, on tokens of a width.

    `INFINITE` where no bound is known: several layers with powers.

    Examples
    --------
    >>> coordinates(1, 2, 1, 2), coordinates(1, 2, 2, 2), coordinates(1, 2, 2, 1)
    (6, 30, 10)
    """
    if tokens == 1:
        return forms((2 * power + 1) ** layers, width, False)
    if layers == 1:
        return forms(power + 1, width, False) * forms(power, width, False)
    return covariants(width, (3**layers - 1) // 2, tokens) if power == 1 else INFINITE


def enough_rank(width: int, heads: int) -> int:
    """Return a rank of score matrices that is enough for so many heads of lightning attention.

    The function of a layer is a linear function of the sum of vec(V_h) vec(A_h)^T, so another basis of the span of
    the A_h will do. Matrices of rank at most k have codimension (d - k)^2; a general linear space of dimension H
    greater than that meets them in points that span it.

    Examples
    --------
    >>> [enough_rank(3, heads) for heads in (1, 2, 4, 5, 9)]
    [3, 2, 2, 1, 1]
    """
    return max(1, width - isqrt(heads - 1))
