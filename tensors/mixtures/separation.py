"""Separation of deep from shallow mixtures: exact sizes that a shallow mixture needs.

A shallow mixture of k components has rank at most k in every matricization, so the largest one bounds k from below.
These are statements on *exact* representation: see `approximation` for what few components reach approximately
(Jaini, Poupart, Yu, NeurIPS 2018).
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from algebra.errors import InputError
from tensors.mixtures.models import LatentTree
from tensors.networks.cuts import digits, minimal_cut
from tensors.networks.factor_graph import FactorGraph

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def separation_exponent(tree: LatentTree) -> int:
    """Maximal number of vertex-disjoint paths between leaves of a latent tree.

    If every hidden variable has k states and every observed one at least k symbols, then k to this power is the
    largest matricization rank for almost all weights: by Menger's theorem above, by tables of identities along the
    paths below.

    Parameters
    ----------
    tree : LatentTree

    Returns
    -------
    int

    Examples
    --------
    >>> from tensors.mixtures import balanced_tree, hidden_markov, shallow_mixture
    >>> [separation_exponent(t) for t in (shallow_mixture(8, 2, 2), balanced_tree(8, 2, 2), hidden_markov(7, 2, 2))]
    [1, 4, 3]
    """
    return len(_closing_nodes(tree))


def separating_rows(tree: LatentTree) -> tuple[int, ...]:
    """Return a row side across which that many disjoint paths go: one end of each.

    Parameters
    ----------
    tree : LatentTree

    Returns
    -------
    tuple of int

    Examples
    --------
    >>> from tensors.mixtures import hidden_markov
    >>> separating_rows(hidden_markov(6, 2, 2))
    (0, 2, 4)
    """
    return tuple(sorted(min(ends) for ends in _closing_nodes(tree).values()))


def _closing_nodes(tree: LatentTree) -> dict[int, tuple[int, int]]:
    """Close a path at a node as soon as two open ones meet there: bottom-up greedy, which is optimal on trees."""
    open_ends: list[list[int]] = [[] for _ in tree.states]
    for j, parent in enumerate(tree.leaf_parents):
        open_ends[parent].append(j)
    closed = {}
    for h in reversed(range(len(tree.states))):
        ends = open_ends[h]
        if len(ends) >= 2:
            closed[h] = (ends[0], ends[1])
        elif ends and h:
            open_ends[tree.parents[h]].append(ends[0])
    return closed


def components_needed(tree: LatentTree) -> int:
    """Proved lower bound for the components of a shallow mixture that equals a generic latent tree model.

    Parameters
    ----------
    tree : LatentTree

    Returns
    -------
    int

    Raises
    ------
    InputError
        If the matrices of several edges are tied: the paths of the proof need different ones.

    Examples
    --------
    >>> from tensors.mixtures import hidden_markov
    >>> components_needed(hidden_markov(8, symbols=3, states=2))
    16
    """
    if tree.stationary:
        raise InputError("tree", tree.graph.label, "a model without tied matrices")
    return int(min(*tree.states, *tree.symbols) ** separation_exponent(tree))


def train_cut(train: FactorGraph, row_side: Sequence[int]) -> int:
    """Least cut of a tensor train by dynamic programming: each core goes to one of the sides.

    It pays for the observed variables on the wrong side and for the bonds between cores of different sides, so it is
    an upper bound of the rank: the minimal cut of the chain, in linear time and exact integers.

    Parameters
    ----------
    train : FactorGraph
        As `tensor_train` builds it.
    row_side : sequence of int

    Returns
    -------
    int

    Raises
    ------
    InputError
        If the graph is no tensor train.

    Examples
    --------
    >>> from tensors.mixtures import tensor_train
    >>> train_cut(tensor_train(8, symbols=4, rank=3), [0, 2, 4, 6])
    192
    """
    rows, d = set(train.check_row_side(row_side)), train.observed
    bonds = train.variable_dims[d:]
    if len(bonds) != d - 1:
        raise InputError("train", train.label, "a tensor train, as tensor_train builds it")

    def own(t: int) -> tuple[int, int]:
        dim = train.variable_dims[t]
        return (1, dim) if t in rows else (dim, 1)

    best = own(0)
    for t in range(1, d):
        stay = own(t)
        bond = bonds[t - 1]
        best = (
            stay[0] * min(best[0], best[1] * bond),
            stay[1] * min(best[1], best[0] * bond),
        )
    return min(best)


def bond_exponents(tree: LatentTree, sides: Iterable[Sequence[int]]) -> tuple[int, ...]:
    """Exponents of the number of states in the ranks across given sides, for large symbols.

    A chain in the order of the observed variables needs bonds of k to these powers across the prefixes; a binary tree
    across its blocks.

    Parameters
    ----------
    tree : LatentTree
        With the same number k >= 2 of states everywhere.
    sides : iterable of row sides

    Returns
    -------
    tuple of int

    Raises
    ------
    InputError
        If the numbers of states differ, or are 1.

    Examples
    --------
    >>> from tensors.mixtures import balanced_tree
    >>> max(bond_exponents(balanced_tree(16, 2, 2), [range(t) for t in range(1, 16)]))
    2
    """
    k, d = tree.states[0], len(tree.symbols)
    if set(tree.states) != {k} or k < 2:
        raise InputError("tree", tree.states, "a tree with one number of states, at least 2")
    large = LatentTree((k**d,) * d, tree.states, tree.parents, tree.leaf_parents).graph
    return tuple(digits(minimal_cut(large, tuple(side)).product, k) for side in sides)


def largest_cut(graph: FactorGraph) -> int:
    """Largest minimal cut over all partitions, by enumeration: for up to 16 observed variables.

    Parameters
    ----------
    graph : FactorGraph

    Returns
    -------
    int

    Raises
    ------
    InputError
        If there are more than 16.

    Examples
    --------
    >>> from tensors.mixtures import hidden_markov
    >>> largest_cut(hidden_markov(4, symbols=3, states=2).graph)
    4
    """
    if graph.observed > 16:
        raise InputError("graph", graph.observed, "a graph of at most 16 observed variables")
    sides = ([v for v in range(graph.observed) if mask >> v & 1] for mask in range(1 << (graph.observed - 1)))
    return max(minimal_cut(graph, side).product for side in sides)


def symmetric_dimension(symbols: int, variables: int) -> int:
    """Dimension of the symmetric tensors: an upper bound of the rank where a shallow mixture ties all its matrices.

    Parameters
    ----------
    symbols : int
        Values of each variable.
    variables : int

    Returns
    -------
    int

    Examples
    --------
    >>> symmetric_dimension(2, 4)
    5
    """
    top = prod(range(symbols, symbols + variables))
    return top // prod(range(1, variables + 1))
