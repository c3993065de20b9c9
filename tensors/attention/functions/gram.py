r"""How many independent functions the coordinates of an output can be: forms in the Gram matrix of the tokens.

A layer of lightning attention maps X to M(S) X with M linear in :math:`S = X X^T`, and its outputs have the Gram matrix
:math:`M S M^T`; so l layers map X to F(S) X, with F a :math:`d_l \times d_0` matrix of forms of degree
:math:`m = (3^l - 1)/2` in the entries of S. The coordinates of F(S) X are the covariants of degree 2m + 1 of the
orthogonal group of the tokens. With fewer tokens than coordinates, S has a rank below its size, and there are fewer.
"""

from __future__ import annotations

from functools import lru_cache
from math import isqrt

from algebra.evidence.checker.gram_forms import covariant_dimension
from tensors.attention.functions.architecture import AttentionArchitecture

ENOUGH = 1 << 100  # numbers of forms are not told apart from here on
MOST_BOXES = 14  # of partitions that are listed: up to three layers


def count_forms(degree: int, variables: int) -> int:
    """Return the dimension of the forms of a degree in some variables, or `ENOUGH` if it is at least that.

    Examples
    --------
    >>> count_forms(4, 3), count_forms(3**50, 10**6) == ENOUGH
    (15, True)
    """
    small, large = sorted((degree, variables - 1))
    found = 1
    for i in range(1, small + 1):
        found = found * (large + i) // i
        if found >= ENOUGH:
            return ENOUGH
    return found


@lru_cache(maxsize=4096)
def gram_covariants(width: int, degree: int, tokens: int) -> int:
    r"""Return the dimension of the space of one coordinate of F(X X^T) X, F of forms of a degree m.

    With at least as many tokens as coordinates: d times the forms in the :math:`d(d+1)/2` entries of S. Otherwise,
    by the second fundamental theorem of the orthogonal group, forms in S and one more row of a symmetric matrix of
    rank at most n are the sum of the representations :math:`S_{2 \mu}`, over partitions of m + 1 with at most n
    parts; of degree 1 in the last row they are sums of :math:`S_{2 \mu - e_i}`, over the corners of each.
    From 15 boxes on the first number is returned: it bounds the second.

    Parameters
    ----------
    width, degree, tokens : int
        d, m and n.

    Examples
    --------
    Two layers on three coordinates see two tokens in fewer ways than three:

    >>> gram_covariants(3, 4, 2), gram_covariants(3, 4, 3), gram_covariants(2, 1, 2)
    (315, 378, 6)
    """
    if tokens >= width or degree >= MOST_BOXES:
        return width * count_forms(degree, width * (width + 1) // 2)
    return covariant_dimension(width, tokens, degree)


def output_forms(network: AttentionArchitecture, width: int, layers: int, tokens: int) -> int | None:
    """Bound the number of linearly independent coordinates after some layers on tokens of a width.

    Parameters
    ----------
    network : AttentionArchitecture
        For its kind, the power of its scores and its mask.
    width, layers, tokens : int

    Returns
    -------
    int or None
        None where no bound is known: softmax and normalised scores, residual connections, and several layers with
        a mask or with powers.

    Examples
    --------
    >>> network = AttentionArchitecture((2, 9, 9), 1, 9)
    >>> output_forms(network, 2, 1, 2), output_forms(network, 2, 2, 2), output_forms(network, 2, 2, 1)
    (6, 30, 10)
    """
    if not network.is_polynomial or network.residual:
        return None
    r = network.score_power
    if tokens == 1:
        return count_forms((2 * r + 1) ** layers, width)
    if layers == 1:
        return count_forms(r + 1, width) * count_forms(r, width)
    return gram_covariants(width, (3**layers - 1) // 2, tokens) if r == 1 and not network.causal else None


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
