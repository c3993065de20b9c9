r"""How many independent functions the coordinates of an output can be: forms in the Gram matrix of the tokens.

A layer of lightning attention maps X to M(S) X with M linear in :math:`S = X X^T`, and its outputs have the Gram matrix
:math:`M S M^T`; so l layers map X to F(S) X, with F a :math:`d_l \times d_0` matrix of forms of degree
:math:`m = (3^l - 1)/2` in the entries of S. The coordinates of F(S) X are the covariants of degree 2m + 1 of the
orthogonal group of the tokens. With fewer tokens than coordinates, S has a rank below its size, and there are fewer.
The numbers stand once, in `algebra.evidence.checker.attention_counts`.
"""

from __future__ import annotations

from functools import lru_cache

from algebra.evidence.checker.attention_counts import coordinates
from tensors.attention.functions.architecture import AttentionArchitecture


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
    r = network.score_power
    if not network.is_polynomial or network.residual:
        return None
    if tokens > 1 and layers > 1 and (r > 1 or network.causal):
        return None
    return _coordinates(r, width, layers, tokens)


_coordinates = lru_cache(maxsize=4096)(coordinates)
