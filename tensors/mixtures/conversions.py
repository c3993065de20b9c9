"""Conversions between the models, exact and nonnegative where the weights are.

Up the hierarchy sizes stay linear: a latent tree becomes a tree of cores with the same number of states. Down it, a
hidden variable must remember both bonds of a core: k^2 states, and r^2 for a train of rank r, which is necessary up
to the exponent (Glasser, Sweke, Pancotti, Eisert, Cirac, NeurIPS 2019, compare such formats).
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from algebra.errors import InputError
from tensors.mixtures.models import CoreTree, LatentTree
from tensors.mixtures.weights import RATIONALS, WeightedGraph

if TYPE_CHECKING:
    from algebra.types import Array
    from tensors.networks.factor_graph import FactorGraph


def markov_of_train(train: FactorGraph, weighted: WeightedGraph) -> tuple[LatentTree, WeightedGraph]:
    """Turn a tensor train into a hidden Markov model whose states are pairs of neighbouring bonds: r^2 states.

    Parameters
    ----------
    train : FactorGraph
        As `tensor_train` builds it.
    weighted : WeightedGraph
        Its cores.

    Returns
    -------
    chain : LatentTree
    weighted : WeightedGraph
        The same tensor.

    Raises
    ------
    InputError
        If it is no train.

    Examples
    --------
    >>> from tensors.mixtures import random_weights, tensor_train
    >>> train = tensor_train(4, symbols=3, rank=2)
    >>> weights = random_weights(train)
    >>> chain, same = markov_of_train(train, weights)
    >>> chain.states, bool((same.tensor() == weights.tensor()).all())
    ((2, 4, 4, 2), True)
    """
    d = train.observed
    symbols, bonds = train.variable_dims[:d], (1, *train.variable_dims[d:], 1)
    is_chain = all(scope[0] == t for t, scope in enumerate(train.factor_scopes))
    if len(bonds) != d + 1 or not is_chain:
        raise InputError("train", train.label, "a tensor train, as tensor_train builds it")

    # A state at time t is the pair of bonds around core t.
    states = tuple(left * right for left, right in pairwise(bonds))
    parents, leaf_parents = tuple(range(-1, d - 1)), tuple(range(d))
    chain = LatentTree(symbols, states, parents, leaf_parents)

    # It emits what the core says; it is followed by the states that share its right bond.
    cores = [np.asarray(table).reshape(-1, size).T for table, size in zip(weighted.tables[:d], states, strict=True)]
    steps = [_joint(*bonds[t : t + 3]) for t in range(d - 1)]
    prior = np.ones(states[0], dtype=object)
    return chain, WeightedGraph(chain.graph, [prior, *steps, *cores])


def _joint(before: int, shared: int, after: int) -> Array:
    """1 where the right bond of one state is the left bond of the next."""
    same = np.eye(shared, dtype=np.int64).astype(object)
    table = np.ones((before, 1, 1, after), dtype=object) * same[None, :, :, None]
    return np.asarray(table.reshape(before * shared, shared * after))


def latent_tree_of_cores(cores: CoreTree, weighted: WeightedGraph) -> tuple[LatentTree, WeightedGraph]:
    """Turn a tree of cores into a latent tree whose states are pairs of the bonds below: k^2 states.

    Parameters
    ----------
    cores : CoreTree
    weighted : WeightedGraph
        Tables for ``cores.graph``.

    Returns
    -------
    (LatentTree, WeightedGraph)

    Examples
    --------
    >>> from tensors.mixtures import balanced_cores, random_weights
    >>> cores = balanced_cores(4, symbols=2, states=2)
    >>> weights = random_weights(cores.graph)
    >>> tree, same = latent_tree_of_cores(cores, weights)
    >>> tree.states, bool((same.tensor() == weights.tensor()).all())
    ((4, 4, 4), True)
    """
    dims, d = cores.graph.variable_dims, len(cores.symbols)
    tables = [np.asarray(table) for table in weighted.tables]

    # The bonds below each node, and where each child hangs: its parent and its side. ~i is node i, j is leaf j.
    pairs = [(dims[cores.bond(left)], dims[cores.bond(right)]) for left, right in cores.nodes]
    above = {}
    for i, children in enumerate(cores.nodes):
        for side, child in enumerate(children):
            above[child] = (i, side)

    # A state of a node is the pair of its bonds.
    states = tuple(left * right for left, right in pairs)
    parents = (-1, *(above[~i][0] for i in range(1, len(pairs))))
    leaf_parents = tuple(above[j][0] for j in range(d))
    tree = LatentTree(cores.symbols, states, parents, leaf_parents)

    def spread(rows: Array, child: int) -> Array:
        """Repeat the rows, one for each state of the bond above a child, for every pair of the parent's bonds."""
        parent, side = above[child]
        index = np.indices(pairs[parent])[side].reshape(-1)
        return np.asarray(rows[index])

    # The root's core is the prior, every other core an edge, a leaf's matrix an emission.
    prior = tables[0].reshape(-1)
    edges = [spread(tables[i].reshape(-1, tables[i].shape[2]).T, ~i) for i in range(1, len(pairs))]
    leaves = [spread(tables[len(pairs) + j], j) for j in range(d)]
    return tree, WeightedGraph(tree.graph, [prior, *edges, *leaves])


def cores_of_latent_tree(tree: LatentTree, weighted: WeightedGraph) -> tuple[CoreTree, WeightedGraph]:
    """Turn a latent tree into a binary tree of cores with the same number of states.

    Nodes of more than two children become several, those of one child are absorbed.

    Parameters
    ----------
    tree : LatentTree
        With at least two observed variables.
    weighted : WeightedGraph
        Tables for ``tree.graph``.

    Returns
    -------
    (CoreTree, WeightedGraph)

    Raises
    ------
    InputError
        If there is only one observed variable.

    Examples
    --------
    >>> from tensors.mixtures import random_weights, shallow_mixture
    >>> star = shallow_mixture(4, symbols=2, states=3)
    >>> weights = random_weights(star.graph)
    >>> cores, same = cores_of_latent_tree(star, weights)
    >>> set(cores.bonds), bool((same.tensor() == weights.tensor()).all())
    ({3}, True)
    """
    if len(tree.symbols) < 2:
        raise InputError("tree", tree.symbols, "a tree with at least two observed variables")
    return _Binary(tree, weighted).result()


class _Binary:
    """Cores from the leaves up: every part is a node, and a matrix from the states above it to its bond."""

    def __init__(self, tree: LatentTree, weighted: WeightedGraph) -> None:
        self.tree, self.tables = tree, weighted.tables
        self.nodes: list[tuple[int, int]] = []
        self.cores: list[Array] = []
        self.bonds: list[int] = []
        self.leaves: dict[int, Array] = {}

    def result(self) -> tuple[CoreTree, WeightedGraph]:
        """Return the cores and their graph."""
        # Children have greater numbers than their parents, so they are done first.
        parts: dict[int, tuple[int, Array]] = {}
        for h in reversed(range(len(self.tree.states))):
            hidden, leaves = self.tree.children[h]
            below = [self._leaf(j) for j in leaves]
            for c in hidden:
                node, matrix = parts.pop(c)
                below.append((node, RATIONALS.multiply(self.tables[self.tree.edge(c)], matrix)))
            parts[h] = self._joined(below)

        # The prior closes the bond above the root.
        node, matrix = parts[0]
        prior = RATIONALS.multiply(self.tables[0], matrix)
        self.cores[~node] = RATIONALS.multiply(self.cores[~node], prior)
        return self._reversed()

    def _leaf(self, j: int) -> tuple[int, Array]:
        self.leaves[j] = self.tables[self.tree.emission(j)]
        return j, np.eye(len(self.leaves[j]), dtype=np.int64).astype(object)

    def _joined(self, below: list[tuple[int, Array]]) -> tuple[int, Array]:
        """Join the parts below a hidden variable, two at a time."""
        node, matrix = below[0]
        for other, factor in below[1:]:
            core = RATIONALS.times(matrix.T[:, None, :], factor.T[None, :, :])
            bond = core.shape[2]
            self.nodes.append((node, other))
            self.cores.append(core)
            self.bonds.append(bond)
            node = ~(len(self.nodes) - 1)
            matrix = np.eye(bond, dtype=np.int64).astype(object)
        return node, matrix

    def _reversed(self) -> tuple[CoreTree, WeightedGraph]:
        """Number the nodes from the root down."""
        last = len(self.nodes) - 1

        def renumbered(child: int) -> int:
            """Return the new number of a child: leaves keep theirs."""
            return child if child >= 0 else ~(last - ~child)

        nodes = tuple((renumbered(left), renumbered(right)) for left, right in reversed(self.nodes))
        leaves = [self.leaves[j] for j in range(len(self.tree.symbols))]
        bonds = (*reversed(self.bonds[:-1]), *(len(leaf) for leaf in leaves))
        cores = CoreTree(self.tree.symbols, nodes, bonds)
        return cores, WeightedGraph(cores.graph, [*reversed(self.cores), *leaves])


def stochastic(tree: LatentTree, weighted: WeightedGraph) -> WeightedGraph:
    """Scale the states so that every edge is row-stochastic and the prior sums to 1; the density stays, normalised.

    Parameters
    ----------
    tree : LatentTree
        Not stationary: the scaling differs from edge to edge.
    weighted : WeightedGraph
        Nonnegative tables for ``tree.graph``, of a positive sum.

    Returns
    -------
    WeightedGraph

    Raises
    ------
    InputError
        If the tree is stationary, a table is negative, or the sum is zero.

    Examples
    --------
    >>> from tensors.mixtures import hidden_markov, markov_of_train, random_weights, tensor_train
    >>> train = tensor_train(3, symbols=2, rank=2)
    >>> chain, weights = markov_of_train(train, random_weights(train))
    >>> [str(p) for p in stochastic(chain, weights).tables[1].sum(axis=1)]
    ['1', '1']
    """
    if tree.stationary or not weighted.is_nonnegative:
        raise InputError("weighted", tree.graph.label, "nonnegative tables of a model that is not stationary")
    one, tables = Fraction(1), list(weighted.tables)

    # What is divided out below a hidden variable, a factor for each of its states.
    sums: dict[int, Array] = {h: np.full(n, one, dtype=object) for h, n in enumerate(tree.states)}

    # Emissions first, then the edges from the leaves up: each edge takes the factors of the states below it.
    for j, parent in enumerate(tree.leaf_parents):
        f = tree.emission(j)
        tables[f], total = _row_stochastic(tables[f])
        sums[parent] = sums[parent] * total
    for h in reversed(range(1, len(tree.states))):
        f = tree.edge(h)
        tables[f], total = _row_stochastic(tables[f] * sums[h][None, :])
        sums[tree.parents[h]] = sums[tree.parents[h]] * total

    # The prior takes the last ones, and is normalised.
    prior = tables[0] * sums[0]
    if sum(prior) == 0:
        raise InputError("weighted", 0, "tables of a positive sum")
    tables[0] = prior / (sum(prior) * one)
    return WeightedGraph(tree.graph, tables)


def _row_stochastic(table: Array) -> tuple[Array, Array]:
    """Divide each row by its sum; a row of zeros becomes uniform, for a state of weight zero."""
    totals = table.sum(axis=1)
    uniform = Fraction(1, table.shape[1])
    rows = [[Fraction(x) / t if t else uniform for x in row] for row, t in zip(table, totals, strict=True)]
    return np.array(rows, dtype=object).reshape(table.shape), totals
