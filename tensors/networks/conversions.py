"""Conversions between the formats, exact, with the sizes that they need.

A tensor train of ranks r is a hierarchical Tucker tensor of width r^2; back, a balanced tree of width r needs ranks
up to r^ceil(log2(N) / 2) (Buczyńska, Buczyński, Michałek, The Hackbusch conjecture on tensor formats, 2015); either
needs at least r^(N/2) products, almost always (Khrulkov, Novikov, Oseledets, ICLR 2018, arXiv:1711.00811).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from algebra.errors import InputError
from algebra.exact.arrays import modulo
from algebra.rank.primes import as_prime
from tensors.networks.arrays import check_size, delta, factored, is_exact, number_array
from tensors.networks.formats import CP, Train, Tucker
from tensors.networks.trees import Leaf, Node, Tree, TreeNode, combined

if TYPE_CHECKING:
    from algebra.types import Array


Nested: TypeAlias = "int | tuple[Nested, Nested]"


def balanced(count: int, first: int = 0) -> Nested:
    """Return the balanced binary tree of so many consecutive modes, as nested pairs.

    Examples
    --------
    >>> balanced(4)
    ((0, 1), (2, 3))
    """
    half = (count + 1) // 2
    return first if count == 1 else (balanced(half, first), balanced(count - half, first + half))


def train_of_tensor(tensor: Any, prime: int | None = None) -> Train:
    """Return the tensor train of least ranks: those of the unfoldings of the first modes.

    Parameters
    ----------
    tensor : array_like of integers and fractions
    prime : int, optional
        Work modulo this prime: the train's tensor is then equal modulo the prime.

    Returns
    -------
    Train

    Raises
    ------
    InputError
        For floats, too many entries, or what is no prime below 2^63.

    Examples
    --------
    >>> train_of_tensor([[[1, 0], [0, 0]], [[0, 0], [0, 1]]]).ranks
    (2, 2)
    """
    rest = _small(tensor, prime)
    shape, cores, bond = rest.shape, [], 1
    for size in shape[:-1]:
        left, rest = factored(rest.reshape(bond * size, -1), prime)
        cores.append(left.reshape(bond, size, -1))
        bond = left.shape[1]
    return Train([*cores, rest.reshape(bond, shape[-1], 1)])


def tree_of_tensor(tensor: Any, tree: Nested | None = None, prime: int | None = None) -> Tree:
    """Return the hierarchical Tucker tensor of least ranks: those of the unfoldings of the nodes' modes.

    Parameters
    ----------
    tensor : array_like of integers and fractions
    tree : nested pairs of modes, optional
        Default: the balanced one.
    prime : int, optional
        Work modulo this prime.

    Returns
    -------
    Tree

    Raises
    ------
    InputError
        For floats, too many entries, what is no prime below 2^63, or a tree of other modes.

    Examples
    --------
    >>> found = tree_of_tensor([[[1, 0], [0, 0]], [[0, 0], [0, 1]]], (0, (1, 2)))
    >>> found.width, found.tensor()[1, 1, 1]
    (2, 1)
    """
    given = _small(tensor, prime)
    shape = balanced(given.ndim) if tree is None else tree
    modes = _modes(shape)
    if sorted(modes) != list(range(given.ndim)):
        raise InputError("tree", modes, f"nested pairs of the modes 0 to {given.ndim - 1}, each once")
    rest = given.transpose(modes) if given.ndim > 1 else given
    node, rest = _compressed(shape, rest[None], prime)
    return Tree(combined(node, rest.reshape(-1, 1)))


def tucker_of_tensor(tensor: Any, prime: int | None = None) -> Tucker:
    """Return the Tucker tensor of least ranks: those of the unfoldings of single modes.

    Parameters
    ----------
    tensor : array_like
    prime : int, optional
        Calculate modulo a prime; default: exactly.

    Returns
    -------
    Tucker

    Raises
    ------
    InputError
        As `train_of_tensor` does.

    Examples
    --------
    >>> tucker_of_tensor([[1, 2, 3], [2, 4, 6]]).ranks
    (1, 1)
    """
    core, factors = _small(tensor, prime), []
    for mode in range(core.ndim):
        moved = np.moveaxis(core, mode, 0)
        left, right = factored(moved.reshape(moved.shape[0], -1), prime)
        factors.append(left)
        core = np.moveaxis(right.reshape(-1, *moved.shape[1:]), 0, mode)
    return Tucker(core, factors)


def tree_of_train(train: Train) -> Tree:
    """Return the balanced hierarchical Tucker tensor whose nodes hold both bonds at their ends: width r^2.

    Parameters
    ----------
    train : Train
        A tensor train.

    Returns
    -------
    Tree

    Examples
    --------
    >>> train = Train([[[[1, 2], [0, 1]]], [[[1], [1]], [[0], [1]]]])
    >>> bool((tree_of_train(train).tensor() == train.tensor()).all())
    True
    """
    bonds = (1, *train.ranks, 1)

    def node(first: int, count: int) -> TreeNode:
        if count == 1:
            core = train.cores[first]
            return Leaf(first, core.transpose(1, 0, 2).reshape(core.shape[1], -1))
        half = (count + 1) // 2
        a, b, c = bonds[first], bonds[first + half], bonds[first + count]
        joint = np.einsum("ax,bc,yz->abcyxz", *(np.eye(n, dtype=np.int64) for n in (a, b, c)))
        return Node(node(first, half), node(first + half, count - half), joint.reshape(a * b, b * c, a * c))

    return Tree(node(0, len(train.cores)))


def train_of_tree(tree: Tree, prime: int | None = None) -> Train:
    """Return the tensor train of least ranks of a small hierarchical Tucker tensor.

    Parameters
    ----------
    tree : Tree
        A hierarchical Tucker tensor.
    prime : int, optional
        Calculate modulo a prime; default: exactly.

    Returns
    -------
    Train

    Examples
    --------
    >>> eye = [[1, 0], [0, 1]]
    >>> train_of_tree(Tree(Node(Leaf(0, eye), Leaf(1, eye), [[[1], [2]], [[2], [4]]]))).ranks
    (1,)
    """
    return train_of_tensor(tree.tensor(), prime)


def tree_of_cp(cp: CP) -> Tree:
    """Return the balanced hierarchical Tucker tensor of the same width: cores with ones on the diagonal.

    Parameters
    ----------
    cp : CP
        A sum of products.

    Returns
    -------
    Tree

    Examples
    --------
    >>> tree_of_cp(CP([[[1, 2], [3, 4]]] * 4)).width
    2
    """

    def node(shape: Nested) -> TreeNode:
        if isinstance(shape, int):
            return Leaf(shape, cp.factors[shape])
        return Node(node(shape[0]), node(shape[1]), delta(cp.terms, 3))

    return Tree(combined(node(balanced(len(cp.factors))), cp.weights.reshape(-1, 1)))


def train_of_cp(cp: CP) -> Train:
    """Return the tensor train of the same width: diagonal cores.

    Parameters
    ----------
    cp : CP
        A sum of products.

    Returns
    -------
    Train

    Examples
    --------
    >>> train_of_cp(CP([[[1, 2], [3, 4]]] * 3)).ranks
    (2, 2)
    """
    if len(cp.factors) == 1:
        return Train([(cp.factors[0] @ cp.weights).reshape(1, -1, 1)])
    inner = [np.einsum("ir,rs->ris", factor, np.eye(cp.terms, dtype=np.int64)) for factor in cp.factors[1:-1]]
    last = (cp.factors[-1] * cp.weights).T[:, :, None]
    return Train([cp.factors[0][None], *inner, last])


def _small(tensor: Any, prime: Any) -> Array:
    """Read a tensor that may be written out, after a look at the prime: whatever needs no rank does not use it."""
    if prime is not None:
        as_prime("prime", prime)
    if isinstance(tensor, np.ndarray):
        check_size(tensor.shape)
    given = number_array("tensor", tensor)
    check_size(given.shape)
    if given.ndim == 0:
        raise InputError("tensor", given.shape, "an array of at least one axis")
    return given


def _modes(shape: Any) -> list[int]:
    """Leaves of nested pairs, from left to right; the pairs may be nested as deep as they are."""
    found: list[int] = []
    waiting = [shape]
    while waiting:
        node = waiting.pop()
        if isinstance(node, int) and not isinstance(node, bool):
            found.append(node)
        elif isinstance(node, tuple | list) and len(node) == 2:
            waiting += reversed(node)
        else:
            raise InputError("tree", node, "nested pairs of modes")
    return found


def _compressed(shape: Any, rest: Array, prime: int | None) -> tuple[TreeNode, Array]:
    """Factor a node's modes, the leading ones after the first axis, out of a tensor; their rank becomes the last axis.

    The first axis gathers what was factored already: rest has the axes (done, modes of this node …, later modes …).
    """
    if isinstance(shape, int):
        size = rest.shape[1]
        moved = np.moveaxis(rest, 1, 0)
        left, right = factored(moved.reshape(size, -1), prime)
        return Leaf(shape, left), np.moveaxis(right.reshape(-1, *moved.shape[1:]), 0, -1)
    first, rest = _compressed(shape[0], rest, prime)
    second, rest = _compressed(shape[1], np.moveaxis(rest, -1, 0).reshape(-1, *rest.shape[1:-1]), prime)
    done = rest.shape[0] // first.rank
    parts = rest.reshape(first.rank, done, *rest.shape[1:])
    moved = np.moveaxis(parts, -1, 1)  # left rank, right rank, done, later modes
    left, right = factored(moved.reshape(first.rank * second.rank, -1), prime)
    core = left.reshape(first.rank, second.rank, -1)
    return Node(first, second, core), np.moveaxis(right.reshape(-1, *moved.shape[2:]), 0, -1)


def same_tensor(first: Any, second: Any, prime: int | None = None) -> bool:
    """Whether two formats (or arrays) hold the same tensor, exactly, or modulo a prime.

    Parameters
    ----------
    first, second : format or array_like
    prime : int, optional
        Default: no prime, exactly.

    Returns
    -------
    bool

    Raises
    ------
    InputError
        For a tensor that is too large to be written out, or what is no prime below 2^63.

    Examples
    --------
    >>> cp = CP([[[1, 2], [3, 4]]] * 4)
    >>> same_tensor(cp, tree_of_cp(cp)), same_tensor(cp, train_of_tensor(cp.tensor(), 101), 101)
    (True, True)
    """
    if prime is not None:
        prime = as_prime("prime", prime)
    arrays = [number_array("tensor", each.tensor() if hasattr(each, "tensor") else each) for each in (first, second)]
    if arrays[0].shape != arrays[1].shape:
        return False
    if prime is not None and not is_exact(*arrays):
        raise InputError("tensor", "floats", "exact modulo a prime: integers and fractions")
    difference = arrays[0] - arrays[1]
    return not (difference if prime is None else modulo(difference, prime)).any()
