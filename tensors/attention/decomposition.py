r"""A lightning layer as a tensor: coefficients, block terms, canonical polyadic and Tucker forms, bounds on its heads.

The output at query q is :math:`\sum_j (V x_j)(x_j^T A x_q)`, so the coefficients of a layer are
:math:`T_{oprs} = \sum_h (V_h)_{op} (A_h)_{rs}`. With (o, p) as one mode, T is an order-3 tensor of H terms
:math:`vec(V_h) \circ A_h`, each of multilinear rank (1, a, a): an LL1 decomposition. As an order-4 tensor, a head with
values of rank v and scores of rank a is a block term of multilinear rank (v, v, a, a).

The function sees only the part of T that is symmetric in p and r, both of which belong to the attended token (with
one token: in p, r and s).

tensorly's numpy backend leaves object arrays of Python integers and fractions exact in `cp_to_tensor`,
`tucker_to_tensor` and `unfold`; float arrays, its default, are exact up to 2^53 only, and other backends have no
objects.

References
----------
.. [1] L. De Lathauwer, Decompositions of a higher-order tensor in block terms, SIAM J. Matrix Anal. Appl. 30 (2008).
"""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.errors import InputError, as_integer
from algebra.exact.arrays import exact_array, rank_factors, tidy
from algebra.exact.given import plain_array
from algebra.rank import rank_rational
from tensors.attention.layer import AttentionLayer, layer_of_forms

if TYPE_CHECKING:
    from algebra.types import Array


def coefficient_tensor(layer: AttentionLayer, symmetrised: bool = True, tokens: int = 2) -> Array:
    """Return the coefficients T[o, p, r, s] of a lightning layer, exactly.

    Parameters
    ----------
    layer : AttentionLayer
    symmetrised : bool
        Average over p and r, the two indices of the attended token: what the function determines.
    tokens : int
        With one token, p, r and s are averaged over.

    Returns
    -------
    object array, shape (d', d, d, d)
        Integers, and fractions where needed. Two layers are the same function exactly if the symmetrised ones agree.

    Raises
    ------
    InputError
        If the layer is not of the kind ``"lightning"``.

    Examples
    --------
    >>> layer = AttentionLayer([([[1, 0]], [[0, 1]], [[0, 1]])])
    >>> T = coefficient_tensor(layer)
    >>> T[0, 0, 1, 1], T[0, 1, 0, 1]
    (Fraction(1, 2), Fraction(1, 2))
    """
    if layer.kind != "lightning":
        raise InputError("layer", layer.kind, "of the kind lightning: other layers have no such tensor")
    tensor = sum(np.multiply.outer(head.V, head.A) for head in layer.heads)
    assert isinstance(tensor, np.ndarray)
    if not symmetrised:
        return tensor
    if as_integer("tokens", tokens, 1) == 1:
        orders = [(0, *order) for order in permutations((1, 2, 3))]
    else:
        orders = [(0, 1, 2, 3), (0, 2, 1, 3)]
    total = sum(tensor.transpose(order) for order in orders)
    return tidy(np.asarray(total * Fraction(1, len(orders))))


def unfolding(tensor: Array, rows: tuple[int, ...]) -> Array:
    """Return the matrix with the given modes as rows and the others as columns, both row-major.

    Parameters
    ----------
    tensor : numpy.ndarray
    rows : tuple of int
        Modes.

    Returns
    -------
    numpy.ndarray

    Examples
    --------
    >>> unfolding(np.arange(8).reshape(2, 2, 2), (1,)).tolist()
    [[0, 1, 4, 5], [2, 3, 6, 7]]
    """
    columns = tuple(k for k in range(tensor.ndim) if k not in rows)
    count = prod([tensor.shape[k] for k in rows])
    return tensor.transpose(rows + columns).reshape(count, -1)


def head_bounds(tensor: Array, head_size: int | None = None, value_rank: int | None = None) -> dict[str, int]:
    """Return proved lower bounds for the number of heads of any layer with a given symmetrised tensor.

    With a = head size and v = rank of the values (at most their shape), a head V o A, symmetrised in p and r, adds at
    most: a to the rank of s x opr (row space of A); v to o x prs (column space of V); v + a to p x ors; 1 + v a to
    op x rs (the symmetrised half is a Kronecker product of V and A there). The rank of op x rs itself is a bound for
    the tensor that is *not* symmetrised, and none for this one.

    Parameters
    ----------
    tensor : object array, shape (d', d, d, d)
        As `coefficient_tensor` returns it for two tokens or more.
    head_size, value_rank : int, optional
        Greatest that is allowed; by default the width d, and the lesser of d and d'.

    Returns
    -------
    dict
        From the name of an unfolding to a bound; the greatest counts.

    Examples
    --------
    >>> layer = AttentionLayer([([[1, 0]], [[1, 0]], [[1, 0], [0, 1]]), ([[0, 1]], [[0, 1]], [[1, 0], [0, 1]])])
    >>> head_bounds(coefficient_tensor(layer), head_size=1)
    {'s x opr': 2, 'o x prs': 1, 'p x ors': 1, 'op x rs': 2}
    """
    out, d = tensor.shape[:2]
    a = min(d, as_integer("head_size", d if head_size is None else head_size, 1))
    v = min(d, out, as_integer("value_rank", d if value_rank is None else value_rank, 1))
    most = {(3,): a, (0,): v, (1,): v + a, (0, 1): 1 + v * a}
    names = ("s x opr", "o x prs", "p x ors", "op x rs")
    found = {}
    for name, (rows, each) in zip(names, most.items(), strict=True):
        found[name] = -(-rank_rational(unfolding(tensor, rows)) // each)
    return found


def layer_of_tensor(tensor: Any) -> AttentionLayer:
    """Return a lightning layer with a given unsymmetrised tensor and the fewest heads: the rank of op x rs.

    Parameters
    ----------
    tensor : array of integers or fractions, shape (d', d, d, d)

    Returns
    -------
    AttentionLayer

    Raises
    ------
    InputError
        For another shape.

    Examples
    --------
    >>> layer = AttentionLayer([([[1, 0]], [[0, 1]], [[1, 2]]), ([[2, 0]], [[0, 1]], [[1, 2]])])
    >>> len(layer_of_tensor(coefficient_tensor(layer, symmetrised=False)).heads)
    1
    """
    given = plain_array("tensor", tensor).astype(object)
    if given.ndim != 4 or len(set(given.shape[1:])) != 1:
        raise InputError("tensor", given.shape, "an array of shape (d', d, d, d)")
    out, d = given.shape[:2]
    left, right = rank_factors(unfolding(given, (0, 1)).tolist())
    return layer_of_forms([(r.reshape(d, d), c.reshape(out, d)) for c, r in zip(left.T, right, strict=True)])


def to_cp(layer: AttentionLayer) -> Any:
    """Return tensorly's CP tensor of order 3 (op, r, s) of a lightning layer, with one term for each row of each K.

    The terms of one head share their first factor vec(V): that is the LL1 structure.

    Parameters
    ----------
    layer : AttentionLayer
        Of lightning attention.

    Returns
    -------
    object of tensorly

    Examples
    --------
    >>> from tensorly.cp_tensor import cp_to_tensor
    >>> layer = AttentionLayer([([[1, 0], [0, 10**20]], [[0, 1], [1, 1]], [[1, 2]])])
    >>> bool((cp_to_tensor(to_cp(layer)).reshape(1, 2, 2, 2) == coefficient_tensor(layer, symmetrised=False)).all())
    True
    """
    from tensorly.cp_tensor import CPTensor

    values = [np.tile(head.V.reshape(-1, 1), (1, head.head_size)) for head in layer.heads]
    keys, queries = [head.K.T for head in layer.heads], [head.Q.T for head in layer.heads]
    return CPTensor((None, [np.concatenate(parts, axis=1) for parts in (values, keys, queries)]))


def from_cp(cp: Any) -> AttentionLayer:
    """Return the lightning layer of a CP tensor (op, r, s) with exact factors; terms with one vec(V) make one head.

    Parameters
    ----------
    cp : CPTensor
        Weights None or exact; factors of shapes (d' d, R), (d, R), (d, R).

    Returns
    -------
    AttentionLayer

    Raises
    ------
    InputError
        For floats, or shapes that do not fit.

    Examples
    --------
    >>> layer = AttentionLayer([([[1, 0], [0, 1]], [[0, 1], [1, 1]], [[1, 2]])])
    >>> [head.head_size for head in from_cp(to_cp(layer)).heads]
    [2]
    """
    weights, factors = cp
    if len(factors) != 3:
        raise InputError("cp", len(factors), "a tensor of order 3: (op, r, s)")
    values, keys, queries = (exact_array(f"cp factor {k}", factor) for k, factor in enumerate(factors))
    d, terms = keys.shape
    if values.shape[0] % d or queries.shape != keys.shape or values.shape[1] != terms:
        shapes = [values.shape, keys.shape, queries.shape]
        raise InputError("cp", shapes, "three factors of shapes (d' d, R), (d, R), (d, R)")
    if weights is not None:
        queries = queries * exact_array("cp weights", [list(weights)])[0]
    groups: dict[tuple[Any, ...], list[int]] = {}
    for term in range(terms):
        groups.setdefault(tuple(values[:, term]), []).append(term)
    return AttentionLayer([(keys[:, g].T, queries[:, g].T, values[:, g[0]].reshape(-1, d)) for g in groups.values()])


def to_tucker(layer: AttentionLayer) -> Any:
    """Return tensorly's Tucker tensor of order 4 (o, p, r, s): one block of the core for each head.

    With V = L R through its rank v and A = K^T Q, the block of a head has shape (v, v, a, a) and is the product of two
    identity matrices: a block-term decomposition.

    Parameters
    ----------
    layer : AttentionLayer
        Of lightning attention.

    Returns
    -------
    object of tensorly

    Examples
    --------
    >>> to_tucker(AttentionLayer([([[1, 0]], [[0, 1]], [[1, 2]]), ([[1, 3]], [[0, 1]], [[1, 1]])])).core.shape
    (2, 2, 2, 2)
    """
    from tensorly.tucker_tensor import TuckerTensor

    parts = [(*rank_factors(head.V), head.K.T, head.Q.T) for head in layer.heads]
    factors = [
        np.concatenate(columns, axis=1) for columns in zip(*((L, R.T, K, Q) for L, R, K, Q in parts), strict=True)
    ]
    v, a = factors[0].shape[1], factors[2].shape[1]
    core = np.zeros((v, v, a, a), object)
    i = j = 0
    for L, _, K, _ in parts:
        rank, size = L.shape[1], K.shape[1]
        block = np.multiply.outer(np.eye(rank, dtype=int), np.eye(size, dtype=int)).astype(object)
        core[i : i + rank, i : i + rank, j : j + size, j : j + size] = block
        i, j = i + rank, j + size
    return TuckerTensor((core, factors))


def from_tucker(tucker: Any) -> AttentionLayer:
    """Return the lightning layer with the fewest heads of a Tucker tensor (o, p, r, s) with exact entries.

    Parameters
    ----------
    tucker : TuckerTensor
        Of order 4, with exact entries.

    Returns
    -------
    AttentionLayer

    Raises
    ------
    InputError
        If it is not of order 4 and of shape (d', d, d, d), or has float entries.

    Examples
    --------
    >>> layer = AttentionLayer([([[1, 0]], [[0, 1]], [[1, 2]]), ([[1, 3]], [[0, 1]], [[1, 1]])])
    >>> len(from_tucker(to_tucker(layer)).heads)
    2
    """
    from tensorly.tucker_tensor import tucker_to_tensor

    core, factors = tucker
    if core.ndim != 4 or len(factors) != 4:
        raise InputError("tucker", core.shape, "a tensor of order 4: (o, p, r, s)")
    exact = [exact_array(f"tucker factor {k}", factor) for k, factor in enumerate(factors)]
    middle = exact_array("tucker core", unfolding(core, (0, 1))).reshape(core.shape)
    return layer_of_tensor(tucker_to_tensor((middle, exact)))


def scores_to_cp(layer: AttentionLayer, X: Any, head: int = 0) -> Any:
    """Return the scores of one head as tensorly's CP tensor of order 2: a sum of at most head-size many products.

    Parameters
    ----------
    layer : AttentionLayer
    X : array_like
        Tokens, one a column.
    head : int
        From 0.

    Returns
    -------
    object of tensorly

    Raises
    ------
    InputError
        If there is no such head.

    Examples
    --------
    >>> layer = AttentionLayer([([[1, 0]], [[0, 1]], [[1, 2]])])
    >>> scores_to_cp(layer, [[1, 2, 3], [4, 5, 6]]).rank
    1
    """
    from tensorly.cp_tensor import CPTensor

    index = as_integer("head", head, 0)
    if index >= len(layer.heads):
        raise InputError("head", head, f"below {len(layer.heads)}, the number of heads")
    chosen, tokens = layer.heads[index], exact_array("X", X)
    return CPTensor((None, [(chosen.K @ tokens).T, (chosen.Q @ tokens).T]))
