"""Hierarchical Tucker tensors, as nested nodes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from algebra.errors import InputError, as_integer
from algebra.frozen import set_fields
from algebra.shown import Shown
from tensors.networks.arrays import check_size, number_array, settled, within_floats

if TYPE_CHECKING:
    from algebra.types import Array


@dataclass(frozen=True, eq=False)
class Leaf(Shown):
    """A mode of a hierarchical Tucker tensor.

    Parameters
    ----------
    mode : int
    matrix : array_like, shape (I, r)
        Its r vectors.
    """

    mode: int
    matrix: Any

    def __post_init__(self) -> None:
        set_fields(self, mode=as_integer("mode", self.mode, 0), matrix=number_array("matrix", self.matrix, 2))

    @property
    def rank(self) -> int:
        """Number of vectors."""
        return int(self.matrix.shape[1])


@dataclass(frozen=True, eq=False)
class Node(Shown):
    """An inner node of a hierarchical Tucker tensor.

    Parameters
    ----------
    left, right : Leaf or Node
    core : array_like, shape (left rank, right rank, r)
        How the node's r tensors are made of products of those of its children.
    """

    left: Leaf | Node
    right: Leaf | Node
    core: Any

    def __post_init__(self) -> None:
        core = number_array("core", self.core, 3)
        for name, child in (("left", self.left), ("right", self.right)):
            if not isinstance(child, Leaf | Node):
                raise InputError(name, type(child).__name__, "a Leaf or a Node")
        if core.shape[:2] != (self.left.rank, self.right.rank):
            wanted = f"an array of shape ({self.left.rank}, {self.right.rank}, r)"
            raise InputError("core", f"an array of shape {core.shape}", wanted)
        set_fields(self, core=core)

    @property
    def rank(self) -> int:
        """Number of tensors."""
        return int(self.core.shape[2])


TreeNode: TypeAlias = "Leaf | Node"


@dataclass(frozen=True, eq=False)
class Tree(Shown):
    """A hierarchical Tucker tensor.

    Parameters
    ----------
    root : Node or Leaf
        Of rank 1; below it every mode 0, 1, … has one leaf.

    Raises
    ------
    InputError
        If the modes are not those, or the root's rank is not 1.

    Examples
    --------
    >>> eye = [[1, 0], [0, 1]]
    >>> Tree(Node(Leaf(0, eye), Leaf(1, eye), [[[1], [2]], [[3], [4]]])).tensor().tolist()
    [[1, 2], [3, 4]]
    """

    root: TreeNode

    def __post_init__(self) -> None:
        if not isinstance(self.root, Leaf | Node):
            raise InputError("root", type(self.root).__name__, "a Node or a Leaf")
        modes = sorted(leaf.mode for leaf in self.leaves)
        if modes != list(range(len(modes))):
            raise InputError("root", modes, "a tree with one leaf for each of the modes 0, 1, …")
        if self.root.rank != 1:
            raise InputError("root", self.root.rank, "a root of rank 1")

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """The leaves from left to right."""
        return tuple(node for node in nodes_below(self.root) if isinstance(node, Leaf))

    @property
    def shape(self) -> tuple[int, ...]:
        """Sizes of the modes."""
        sizes = {leaf.mode: leaf.matrix.shape[0] for leaf in self.leaves}
        return tuple(sizes[mode] for mode in range(len(sizes)))

    @property
    def width(self) -> int:
        """Greatest rank of a node below the root."""
        return max((node.rank for node in nodes_below(self.root) if node is not self.root), default=1)

    @property
    def parameters(self) -> int:
        """Number of entries of cores and matrices."""
        return sum(n.matrix.size if isinstance(n, Leaf) else n.core.size for n in nodes_below(self.root))

    def tensor(self) -> Array:
        """Write the tensor out.

        Returns
        -------
        numpy.ndarray
            One axis a mode.

        Raises
        ------
        InputError
            If it has more than a million entries.
        """
        check_size(self.shape)
        with within_floats():
            modes, frame = _frame(self.root)
        return settled(np.asarray(frame[..., 0])).transpose(np.argsort(modes))


def nodes_below(node: TreeNode) -> Iterator[TreeNode]:
    """Yield the nodes from a node on down, parents first, from left to right; trees may be very deep."""
    waiting = [node]
    while waiting:
        here = waiting.pop()
        yield here
        if isinstance(here, Node):
            waiting += [here.right, here.left]


def combined(node: TreeNode, matrix: Array) -> TreeNode:
    """Return a node whose tensors are combined by a matrix of shape (rank, new rank).

    Parameters
    ----------
    node : Node or Leaf
    matrix : numpy.ndarray

    Returns
    -------
    Node or Leaf

    Examples
    --------
    >>> combined(Leaf(0, [[1, 2], [3, 4]]), np.array([[1], [10]])).matrix.tolist()
    [[21], [43]]
    """
    if isinstance(node, Leaf):
        return Leaf(node.mode, node.matrix @ matrix)
    return Node(node.left, node.right, np.tensordot(node.core, matrix, axes=1))


def _frame(node: TreeNode) -> tuple[list[int], Array]:
    """Modes below a node, and its tensors over these, their number as the last axis."""
    if isinstance(node, Leaf):
        return [node.mode], node.matrix
    (left_modes, left), (right_modes, right) = _frame(node.left), _frame(node.right)
    joined = np.tensordot(right, np.tensordot(left, node.core, axes=1), axes=(-1, -2))
    first = np.moveaxis(joined, range(len(right_modes)), range(len(left_modes), joined.ndim - 1))
    return left_modes + right_modes, first
