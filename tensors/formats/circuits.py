"""Formats as convolutional arithmetic circuits with weights, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from algebra.errors import InputError
from algebra.exact.arrays import zeros
from algebra.rank.field import PrimeField
from tensors.convac.layer import ConvLayer
from tensors.convac.network import ConvAC
from tensors.convac.weights import CircuitWeights
from tensors.networks.arrays import delta, factored, is_exact, number_array
from tensors.networks.conversions import tree_of_train
from tensors.networks.formats import CP, Train
from tensors.networks.trees import Leaf, Node, Tree, TreeNode, combined

if TYPE_CHECKING:
    from algebra.types import Array


def circuit_of_cp(cp: CP) -> CircuitWeights:
    """Return the shallow circuit, one layer that covers the grid, with the same grid tensor.

    Parameters
    ----------
    cp : CP
        A sum of products.

    Returns
    -------
    Weights

    Raises
    ------
    InputError
        If the modes differ in size: every patch sees the same templates.

    Examples
    --------
    >>> from tensors.convac.grid_tensor import grid_tensor
    >>> weights = circuit_of_cp(CP([[[1, 2], [3, 4]]] * 3, [1, 10]))
    >>> weights.architecture.label, int(grid_tensor(weights)[1, 1, 1])
    ('convac:3:M2:w3s3c2', 667)
    """
    templates = _templates(cp.shape)
    net = ConvAC(len(cp.factors), templates, [ConvLayer(len(cp.factors), len(cp.factors), cp.terms)])
    return CircuitWeights.given(net, [np.stack([factor.T for factor in cp.factors])[None]], cp.weights)


def cp_of_circuit(weights: CircuitWeights) -> CP:
    """Return the grid tensor of a shallow circuit as a sum of products, one for each channel.

    Weights that were drawn modulo a prime give a tensor that is equal modulo the prime.

    Parameters
    ----------
    weights : CircuitWeights
        Of a circuit with one layer.

    Returns
    -------
    CP

    Raises
    ------
    InputError
        If the circuit has several layers.

    Examples
    --------
    >>> cp = CP([[[1, 2], [3, 4]]] * 3)
    >>> bool((cp_of_circuit(circuit_of_cp(cp)).tensor() == cp.tensor()).all())
    True
    """
    net = weights.architecture
    if len(net.layers) != 1:
        raise InputError("weights", net.label, "those of a circuit of one layer; others are hierarchical")
    reads = net.reads[0]
    if len(reads.inputs) != net.positions:
        raise InputError("weights", net.label, "those of a circuit that reads every patch")
    factors = [_matrix(weights, 0, 0, int(offset)).T for offset in reads.offsets]
    return CP([factors[place] for place in np.argsort(reads.inputs)], _plain(weights, weights.output))


def circuit_of_tree(tree: Tree) -> CircuitWeights:
    """Return the deep circuit of windows 2 with the same grid tensor.

    A node's channels are the products of its children's tensors that its core combines, those of the root the rank of
    its core if it is exact. So trees with diagonal cores give circuits of the same width, full cores the square of it.

    Parameters
    ----------
    tree : Tree
        A hierarchical Tucker tensor.

    Returns
    -------
    Weights

    Raises
    ------
    InputError
        If the tree is not the balanced one of 2^L modes in their order, or its modes differ in size.

    Examples
    --------
    >>> from tensors.formats import tree_of_cp
    >>> tree = tree_of_cp(CP([[[1, 2], [3, 4]]] * 4))
    >>> circuit_of_tree(tree).architecture.label
    'convac:4:M2:w2s2c2-w2s2c2'
    """
    levels = _levels(tree)
    layers, arrays = [], []
    below: list[Array] = [leaf.matrix for leaf in tree.leaves]
    for nodes in levels:
        parts = [_products(node, node is tree.root) for node in nodes]
        channels, inputs = max(mix.shape[0] for _, _, mix in parts), max(mix.shape[0] for mix in below)
        array = zeros((len(nodes), 2, channels, inputs))
        for place, part in enumerate(parts):
            for offset, reading in enumerate(part[:2]):
                matrix = (below[2 * place + offset] @ reading).T
                array[place, offset, : matrix.shape[0], : matrix.shape[1]] = matrix
        layers.append(ConvLayer(2, 2, channels))
        arrays.append(array)
        below = [mix for _, _, mix in parts]
    net = ConvAC(len(tree.shape), _templates(tree.shape), layers)
    exact = [number_array("weights", array) for array in arrays]
    return CircuitWeights.given(net, exact, below[0][:, 0])


def tree_of_circuit(weights: CircuitWeights) -> Tree:
    """Return the grid tensor of a circuit whose windows do not overlap as a hierarchical Tucker tensor.

    Windows of more than two cells become several nodes with diagonal cores. The width is that of the circuit.

    Parameters
    ----------
    weights : CircuitWeights
        Of a circuit without overlaps.

    Returns
    -------
    Tree

    Raises
    ------
    InputError
        If a patch is read several times, or not at all.

    Examples
    --------
    >>> from tensors.convac.grid_tensor import grid_tensor
    >>> from tensors.convac.generalised import integer_weights
    >>> layers = [ConvLayer((2, 1), (2, 1), 2), ConvLayer((1, 3), (1, 3), 2)]
    >>> weights = integer_weights(ConvAC((2, 3), 2, layers), seed=1)
    >>> bool((tree_of_circuit(weights).tensor() == grid_tensor(weights)).all())
    True
    """
    net = weights.architecture
    if not net.is_multilinear or not net.covered[0].all() or net.vanishes:
        raise InputError("weights", net.label, "those of a circuit that reads every patch once")
    eye = np.eye(net.templates, dtype=np.int64)
    grid: dict[int, TreeNode] = {q: Leaf(q, eye) for q in range(net.positions)}
    for number, reads in enumerate(net.reads):
        above: dict[int, TreeNode] = {}
        for place, offset, position in zip(*(numbers.tolist() for numbers in reads), strict=True):
            if not net.covered[number + 1][place]:
                continue
            read = combined(grid[position], _matrix(weights, number, place, offset).T)
            is_first = place not in above
            above[place] = read if is_first else Node(above[place], read, delta(read.rank, 3))
        grid = above
    return Tree(combined(grid[0], _plain(weights, weights.output)[:, None]))


def circuit_of_train(train: Train) -> CircuitWeights:
    """Return a deep circuit of windows 2 with the same grid tensor: channels at most r^3.

    The balanced tree of a train has nodes of rank r^2, and a node joins r^3 products.

    Parameters
    ----------
    train : Train
        A tensor train.

    Returns
    -------
    Weights

    Raises
    ------
    InputError
        If there are not 2^L modes of equal size.

    Examples
    --------
    >>> from tensors.formats import train_of_cp
    >>> circuit_of_train(train_of_cp(CP([[[1, 2], [3, 4]]] * 4))).architecture.label
    'convac:4:M2:w2s2c4-w2s2c2'
    """
    return circuit_of_tree(tree_of_train(train))


def _levels(tree: Tree) -> list[list[Node]]:
    """The nodes of the balanced tree of 2^L modes, the lowest level first."""
    count = len(tree.shape)
    if count < 2 or count & (count - 1) or [leaf.mode for leaf in tree.leaves] != list(range(count)):
        raise InputError("tree", [leaf.mode for leaf in tree.leaves], "the balanced tree of 2^L modes in their order")
    levels: list[list[Node]] = []
    nodes: list[TreeNode] = [tree.root]
    while len(nodes) < count:
        inner = [node for node in nodes if isinstance(node, Node)]
        if len(inner) < len(nodes):
            raise InputError("tree", "leaves at different depths", "the balanced tree of 2^L modes in their order")
        levels.append(inner)
        nodes = [child for node in inner for child in (node.left, node.right)]
    return levels[::-1]


def _products(node: Node, is_root: bool) -> tuple[Array, Array, Array]:
    """Write a core as sum_c A[a, c] B[b, c] mix[c, g]: one term for each product that occurs."""
    if is_root and is_exact(node.core):
        left, right = factored(node.core[:, :, 0])
        return left, right.T, np.ones((left.shape[1], 1), dtype=object)
    pairs = np.argwhere((node.core != 0).any(axis=2))
    if not len(pairs):
        pairs = np.zeros((1, 2), dtype=np.int64)
    eyes = (np.eye(size, dtype=np.int64) for size in node.core.shape[:2])
    first, second = (eye[:, pairs[:, side]] for side, eye in enumerate(eyes))
    return first, second, node.core[pairs[:, 0], pairs[:, 1]]


def _matrix(weights: CircuitWeights, number: int, place: int, offset: int) -> Array:
    """The weights of one factor, channels out by channels in."""
    array = weights.layers[number]
    return _plain(weights, array[place if array.shape[0] > 1 else 0, offset if array.shape[1] > 1 else 0])


def _plain(weights: CircuitWeights, array: Array) -> Array:
    """Return weights as exact numbers or floats; residues of small primes are held as floats, and are integers."""
    if isinstance(weights.arithmetic, PrimeField):
        array = array.astype(np.int64) if weights.arithmetic.is_float else array
    return number_array("weights", array)


def _templates(shape: tuple[int, ...]) -> int:
    if len(set(shape)) != 1:
        raise InputError("tensor", shape, "one whose modes have one size, the number of templates")
    return shape[0]
