"""What a layer shows of its score matrices when the layer before has given its tokens a special shape."""

from __future__ import annotations

from functools import lru_cache
from math import comb

from algebra.evidence.checker.attention_counts import matrices_of_rank, symmetric_of_rank
from tensors.attention.functions.architecture import AttentionArchitecture
from tensors.attention.functions.reduction import gauge_fixed, seen_tokens


def unseen_scores(network: AttentionArchitecture, i: int) -> int:
    r"""Return the dimension of a space of matrices B that may be added to each score matrix of layer i, unseen.

    If `seen_tokens` is 1, it is a space of symmetric matrices: the others are unseen anyway.

    Let H heads on tokens of width d come before, with values side by side :math:`P = (V_1, \ldots, V_H)`; then only
    the blocks :math:`V_g^T B V_h` matter. B is unseen if they are skew matrices :math:`\Omega_{gh}` as follows.

    One token, x: it becomes the sum of :math:`V_h x c_h`. The blocks on the diagonal vanish: H(H-1)/2 d(d-1)/2.

    Scores of rank 1 (lightning, polynomial; no mask): a token is the sum of :math:`V_h u_h c_{hq}`, with vectors
    :math:`u_h` that are the same for all tokens. The blocks off the diagonal vanish: H d(d-1)/2.

    Two tokens and weights whose columns have the sum 1: a token is the sum of :math:`V_h (x_2 + c_{hq} z)`, with
    :math:`z = x_1 - x_2`, and :math:`z^T \Omega z = 0`. Its scores are multiples of the sums over g, h of
    :math:`c_{gj} \Omega_{gh} - c_{hq} \Omega_{gh}`. They vanish if all sums of block rows and block columns do:
    (H-1)^2 d(d-1)/2. Softmax sees differences of keys only, so block rows are enough: H(H-1) d(d-1)/2.

    The condition that :math:`P^T B P` lies in such a space costs what its size exceeds the width w by:
    :math:`w^2 + k - (H d)^2` dimensions are left at least (of symmetric matrices, accordingly).

    Parameters
    ----------
    network : AttentionArchitecture
        As `tensors.attention.functions.reduction.reduced` returns it.
    i : int
        Layer, from 0.

    Returns
    -------
    int

    Examples
    --------
    >>> unseen_scores(AttentionArchitecture((2, 4, 2), (1, 3), 2), 1)
    2
    >>> [unseen_scores(AttentionArchitecture((2, 4, 2), 2, 2, kind="softmax", tokens=n), 1) for n in (2, 3)]
    [2, 0]
    """
    if i == 0 or network.residual:
        return 0
    w, d, heads = network.widths[i], network.widths[i - 1], network.heads[i - 1]
    kept = _skew_blocks(network, i) * comb(d, 2)
    if _is_symmetric(network, i):
        return max(0, comb(w + 1, 2) + kept - comb(heads * d + 1, 2))
    return max(0, w**2 + kept - (heads * d) ** 2)


def _is_symmetric(network: AttentionArchitecture, i: int) -> bool:
    return network.is_polynomial and seen_tokens(network, i) == 1


def _skew_blocks(network: AttentionArchitecture, i: int) -> int:
    heads = network.heads[i - 1]
    if _is_symmetric(network, i):
        return comb(heads, 2)
    if network.is_polynomial:
        return heads if network.shapes[i - 1].rank == 1 and not network.causal else 0
    if network.tokens == 2:
        return heads * (heads - 1) if network.kind == "softmax" else (heads - 1) ** 2
    return 0


def seen_scores(network: AttentionArchitecture, i: int) -> int:
    """Bound the dimension of what a layer shows of one score matrix.

    Examples
    --------
    >>> network = AttentionArchitecture((2, 4, 2), (1, 3), 2)
    >>> [seen_scores(network, i) for i in (0, 1)]  # matrices of rank 1, and 4 x 4 matrices of rank 3: 15
    [3, 14]
    """
    w, a = network.widths[i], network.head_sizes[i]
    alpha, s = min(a, w), min(2 * a, w)
    unseen = unseen_scores(network, i)
    if _is_symmetric(network, i):
        return min(symmetric_of_rank(s, w), comb(w + 1, 2) - unseen)
    return min(matrices_of_rank(alpha, w), w * w - unseen)


def seen_weights(network: AttentionArchitecture) -> int:
    """Return the number of weights of a reduced network, less the symmetries and less what is unseen of the scores.

    Once changes of hidden bases have made the first columns of the values side by side the identity, every head counts
    with what is seen of its score matrix.

    Examples
    --------
    >>> [seen_weights(AttentionArchitecture((2, 4, 5), (1, 3), 2, kind="softmax", tokens=n)) for n in (2, 3)]
    [74, 76]
    """
    return gauge_fixed(network) - hidden_scores(network)


@lru_cache(maxsize=4096)
def hidden_scores(network: AttentionArchitecture) -> int:
    """Return what is unseen of the score matrices of all heads of a reduced network.

    Examples
    --------
    >>> [hidden_scores(AttentionArchitecture((2, 4, 5), (1, 3), 2, kind="softmax", tokens=n)) for n in (2, 3)]
    [2, 0]
    """
    total = 0
    for i, shape in enumerate(network.shapes):
        if network.kind != "normalised" or shape.rank > 1:  # normalised scores of rank 1 show a vector only
            total += shape.heads * (shape.rank * (2 * shape.before - shape.rank) - seen_scores(network, i))
    return total


def equal_tokens_dimension(network: AttentionArchitecture) -> int | None:
    """Bound the dimension of normalised attention that makes all tokens equal; None for other networks.

    Scores of rank 1, divided by the sums of their columns, do not depend on the query. So all tokens are equal after
    the first layer i of that kind, scores are 1 from there on, and what follows is one matrix on H_i vectors: as many
    keys, up to factors, and a matrix whose rank the widths bound. Tokens of one coordinate have no keys, and all heads
    of the layer are one.

    Parameters
    ----------
    network : AttentionArchitecture
        Reduced.

    Returns
    -------
    int or None

    Examples
    --------
    >>> equal_tokens_dimension(AttentionArchitecture((1, 3), 1, 5, kind="normalised"))
    3
    >>> equal_tokens_dimension(AttentionArchitecture((2, 2, 2), 1, 2, kind="normalised"))
    10
    """
    ranks = [shape.rank for shape in network.shapes]
    if network.kind != "normalised" or network.residual or 1 not in ranks:
        return None
    i = ranks.index(1)
    w, last = network.widths[i], network.widths[-1]
    if network.causal and w > 1:
        return None
    heads = network.heads[i] if w > 1 else 1
    rank = min(heads * w, *network.widths[i + 1 :])
    total = heads * (w - 1) + rank * (heads * w + last - rank)
    for j, shape in enumerate(network.shapes[:i]):
        total += shape.heads * (seen_scores(network, j) - 1 + shape.before * shape.after)
    return total - sum(v * v for v in network.widths[1 : i + 1])
