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
        return WeightedGraph(FactorGraph(train.shape, 1, ((0,),)), [train.cores[0][0, :, 0]])
    inner = tuple((t, n + t - 1, n + t) for t in range(1, n - 1))
    graph = FactorGraph((*train.shape, *train.ranks), n, ((0, n), *inner, (n - 1, 2 * n - 2)))
    tables = [core.transpose(1, 0, 2) for core in train.cores]
    return WeightedGraph(graph, [tables[0][:, 0], *tables[1:-1], tables[-1][:, :, 0]])


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
    graph, tables = weighted.graph, [np.asarray(table) for table in weighted.tables]
    n = graph.observed
    bonds = range(n, 2 * n - 1)
    scopes = tuple((t, *(bond for bond in (n + t - 1, n + t) if bond in bonds)) for t in range(n))
    if graph.factor_scopes != scopes or len(graph.variable_dims) != 2 * n - 1:
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
    inner: list[Node] = [tree.root]
    nodes: list[tuple[int, int]] = []
    for node in inner:  # grows: children are numbered after their parents
        pair = []
        for child in (node.left, node.right):
            if isinstance(child, Node):
                inner.append(child)
            pair.append(child.mode if isinstance(child, Leaf) else ~(len(inner) - 1))
        nodes.append((pair[0], pair[1]))
    leaves = sorted(tree.leaves, key=lambda leaf: leaf.mode)
    bonds = (*(node.rank for node in inner[1:]), *(leaf.rank for leaf in leaves))
    graph = CoreTree(tree.shape, tuple(nodes), bonds).graph
    return WeightedGraph(graph, [inner[0].core[:, :, 0], *(n.core for n in inner[1:]), *(x.matrix.T for x in leaves)])


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
    inner, tables = len(cores.nodes), [np.asarray(table) for table in weighted.tables]
    made: dict[int, TreeNode] = {mode: Leaf(mode, table.T) for mode, table in enumerate(tables[inner:])}
    for place in reversed(range(inner)):  # children come after their parents
        left, right = cores.nodes[place]
        core = tables[place] if place else tables[place][:, :, None]
        made[~place] = Node(made[left], made[right], core)
    return Tree(made[~0])
