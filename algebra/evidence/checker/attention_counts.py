"""Closed formulas of attention networks, for library and checker: what tokens, heads and layers show at most."""

from __future__ import annotations

from collections.abc import Callable
from math import comb, isqrt

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


def matrices_of_rank(rank: int, width: int) -> int:
    """Return the dimension of the square matrices of a width whose rank is at most so much.

    Examples
    --------
    >>> matrices_of_rank(1, 3), matrices_of_rank(3, 3)
    (5, 9)
    """
    return rank * (2 * width - rank)


def symmetric_of_rank(rank: int, width: int) -> int:
    """Return the dimension of the symmetric matrices of a width whose rank is at most so much.

    Examples
    --------
    >>> symmetric_of_rank(1, 3), symmetric_of_rank(3, 3)
    (3, 6)
    """
    return rank * (2 * width - rank + 1) // 2


def one_layer_bounds(
    widths: tuple[int, int],
    size: int,
    heads: int,
    is_single: bool,
    power: int,
    unseen: int = 0,
    binomial: Callable[[int, int], int] = comb,
) -> dict[str, int]:
    """Return upper bounds, by name, of the dimension of one layer of lightning or polynomial attention.

    Outputs are forms of degree r + 1 in the attended token and r in the other, of one token of degree 2r + 1.

    ``heads``: V and A = K^T Q up to a factor; of one token, the symmetric part of A. ``matrix-rank``: the sum of
    vec(V) times the r-th power of the form is a matrix of rank at most H. ``ambient``: all forms.
    ``common-subspace`` (d' = 1, H < d): the form lies in the ideal of H linear forms: choose these, and a form that
    does not vanish with them. ``mixing`` (d' = 1, H <= d, r = 1, n > 1): A_1 + v_2 w^T and A_2 - v_1 w^T, for w in
    both row spaces, which meet in 2 alpha - d dimensions at least, give the same function, independently for all pairs
    of heads.

    Parameters
    ----------
    widths : (int, int)
        d and d', of the tokens before and after the layer.
    size, heads : int
        Of a head, and H.
    is_single : bool
        Whether there is one token; two and more are alike.
    power : int
        r, of the scores.
    unseen : int
        Dimension of a space of score matrices, of one token symmetric ones, that the inputs do not show.
    binomial : callable
        Binomial coefficients: whoever has longer numbers brings one that refuses them.

    Returns
    -------
    dict of str to int

    Examples
    --------
    >>> one_layer_bounds((4, 1), 3, 3, False, 1)
    {'heads': 54, 'matrix-rank': 51, 'ambient': 40, 'common-subspace': 39, 'mixing': 48}
    """
    (d, after), r = widths, power

    def space(variables: int) -> int:
        """Count the forms of one output."""
        if is_single:
            return binomial(variables + 2 * r, 2 * r + 1)
        return binomial(variables + r, r + 1) * binomial(d + r - 1, r)

    # What a head shows of its score matrix, less what is not seen; a factor moves from V to the scores.
    if is_single:
        family, every = symmetric_of_rank(min(2 * size, d), d), binomial(d + 1, 2)
    else:
        family, every = matrices_of_rank(min(size, d), d), d * d
    values = d * after - 1
    found = {"heads": heads * (min(family, every - unseen) + values)}

    # Matrices of bounded rank: forms of bidegree (r, r) in place of A.
    kinds = binomial(d + 2 * r - 1, 2 * r) if is_single else binomial(d + r - 1, r) ** 2
    kinds -= unseen if r == 1 else 0
    rank = min(heads, d * after, kinds)
    found["matrix-rank"] = rank * (d * after + kinds - rank)
    found["ambient"] = after * space(d)

    # Of one output there is more to say.
    if after == 1 and heads < d:
        found["common-subspace"] = heads * (d - heads) + space(d) - space(d - heads)
    if after == 1 and heads <= d and r == 1 and not is_single:
        found["mixing"] = heads * (family + values) - binomial(heads, 2) * max(0, 2 * min(size, d) - d)
    return found
