"""Trains and trees as factor graphs with tables, and back."""

from __future__ import annotations

import numpy as np

from algebra.errors import InputError
from tensors.mixtures.models import CoreTree
from tensors.mixtures.weights import WeightedGraph
from tensors.networks.factor_graph import FactorGraph
from tensors.networks.formats import Train
from tensors.networks.trees import Leaf, Node, Tree, TreeNode


def graph_of_train(train: Train) -> WeightedGraph:
    """Return the factor graph of a train with its cores as tables; for uniform modes that of `mixtures.tensor_train`.

    Parameters
    ----------
    train : Train
        A tensor train.

    Returns
    -------
    WeightedGraph

    Raises
    ------
    InputError
        For floats.

    Examples
    --------
    >>> from tensors.formats import CP, train_of_cp
    >>> graph_of_train(train_of_cp(CP([[[1, 2], [3, 4]]] * 4))).graph.label
    'fg:v2,2,2,2,2,2,2:o4:f0-4,1-4-5,2-5-6,3-6'
    """
    n = len(train.cores)
    if n == 1:
        graph = FactorGraph(train.shape, 1, ((0,),))
        return WeightedGraph(graph, [train.cores[0][0, :, 0]])

    # Variables are the modes 0 ... n-1, then the bonds; core t stands between the bonds n + t - 1 and n + t.
    first, last = (0, n), (n - 1, 2 * n - 2)
    inner = tuple((t, n + t - 1, n + t) for t in range(1, n - 1))
    graph = FactorGraph((*train.shape, *train.ranks), n, (first, *inner, last))

    # The mode comes first; the cores at the ends have one bond.
    tables = [core.transpose(1, 0, 2) for core in train.cores]
    tables[0] = tables[0][:, 0]
    tables[-1] = tables[-1][:, :, 0]
    return WeightedGraph(graph, tables)


def train_of_graph(weighted: WeightedGraph) -> Train:
    """Return the train of a factor graph as `graph_of_train` and `mixtures.tensor_train` build it.

    Parameters
    ----------
    weighted : WeightedGraph
        A train's graph with tables.

    Returns
    -------
    Train

    Raises
    ------
    InputError
        For any other graph.

    Examples
    --------
    >>> from tensors.mixtures import random_weights, tensor_train
    >>> weights = random_weights(tensor_train(4, symbols=3, rank=2))
    >>> bool((train_of_graph(weights).tensor() == weights.tensor()).all())
    True
    """
    graph = weighted.graph
    tables = [np.asarray(table) for table in weighted.tables]
    n = graph.observed

    # Core t has the mode t and its bonds: both, or one at either end.
    bonds = range(n, 2 * n - 1)
    scopes = []
    for t in range(n):
        beside = [bond for bond in (n + t - 1, n + t) if bond in bonds]
        scopes.append((t, *beside))
    if graph.factor_scopes != tuple(scopes) or len(graph.variable_dims) != 2 * n - 1:
        raise InputError("weighted", graph.label, "a tensor train, as graph_of_train and tensor_train build it")

    if n == 1:
        return Train([tables[0][None, :, None]])
    cores = [tables[0][:, None, :], *tables[1:-1], tables[-1][:, :, None]]
    return Train([core.transpose(1, 0, 2) for core in cores])


def graph_of_tree(tree: Tree) -> WeightedGraph:
    """Return the factor graph of a hierarchical Tucker tensor, as `mixtures.CoreTree` builds it.

    Parameters
    ----------
    tree : Tree
        A hierarchical Tucker tensor.

    Returns
    -------
    WeightedGraph

    Raises
    ------
    InputError
        For floats, or a tree of one mode.

    Examples
    --------
    >>> from tensors.formats import CP, tree_of_cp
    >>> tree = tree_of_cp(CP([[[1, 2], [3, 4]]] * 4))
    >>> bool((graph_of_tree(tree).tensor() == tree.tensor()).all())
    True
    """
    if isinstance(tree.root, Leaf):
        raise InputError("tree", "one mode", "at least two modes")
    # Children are numbered after their parents, so the list grows while it is read; ~i is node i, j is mode j.
    inner: list[Node] = [tree.root]

    def number(child: TreeNode) -> int:
        if isinstance(child, Leaf):
            return child.mode
        inner.append(child)
        return ~(len(inner) - 1)

    nodes = [(number(node.left), number(node.right)) for node in inner]
    leaves = sorted(tree.leaves, key=lambda leaf: leaf.mode)

    # Above each node and each leaf there is a bond, but for the root.
    bonds = [node.rank for node in inner[1:]] + [leaf.rank for leaf in leaves]
    graph = CoreTree(tree.shape, tuple(nodes), tuple(bonds)).graph
    root = inner[0].core[:, :, 0]
    cores = [node.core for node in inner[1:]]
    matrices = [leaf.matrix.T for leaf in leaves]
    return WeightedGraph(graph, [root, *cores, *matrices])


def tree_of_graph(cores: CoreTree, weighted: WeightedGraph) -> Tree:
    """Return the hierarchical Tucker tensor of a tree of cores with tables, as `mixtures.CoreTree` builds its graph.

    Parameters
    ----------
    cores : CoreTree
    weighted : WeightedGraph
        Tables for ``cores.graph``.

    Returns
    -------
    Tree

    Raises
    ------
    InputError
        If the tables belong to another graph.

    Examples
    --------
    >>> from tensors.mixtures import balanced_cores, random_weights
    >>> cores = balanced_cores(4, symbols=3, states=2)
    >>> weights = random_weights(cores.graph)
    >>> bool((tree_of_graph(cores, weights).tensor() == weights.tensor()).all())
    True
    """
    if weighted.graph != cores.graph:
        raise InputError("weighted", weighted.graph.label, f"tables of the graph {cores.graph.label}")
    count = len(cores.nodes)
    tables = [np.asarray(table) for table in weighted.tables]
    made: dict[int, TreeNode] = {}
    for mode, table in enumerate(tables[count:]):
        made[mode] = Leaf(mode, table.T)

    # Children come after their parents, so nodes are made from the last one on; the root has no bond above it.
    tables[0] = tables[0][:, :, None]
    for place in reversed(range(count)):
        left, right = cores.nodes[place]
        made[~place] = Node(made[left], made[right], tables[place])
    return Tree(made[~0])
