"""What may act along the axes of the arrays of a program: any matrix, a diagonal one, or a number.

It is found before any unknown is made, from the operations next to each array, so that few unknowns are needed.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import prod
from typing import TYPE_CHECKING

from algebra.programs.core import (
    Add,
    Concatenate,
    MatMul,
    Multiply,
    Power,
    Reciprocal,
    Relu,
    Reshape,
    Sqrt,
    Sum,
    Take,
    Transpose,
)
from algebra.programs.operations import Shape

if TYPE_CHECKING:
    from algebra.programs.lowering import Graph, Node

FULL, DIAGONAL, NOTHING = 0, 1, 2
"""What may act along an axis: any matrix, a diagonal one, or a multiple of the identity (which is part of s)."""

Groups = Mapping[int, Sequence[Hashable]]
"""For rectifiers on given data: of every neuron what it is grouped by."""


@dataclass
class AxisKinds:
    """What may act along the axes of all arrays; axes that carry the same matrix are one class (union-find)."""

    parent: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    kind: dict[tuple[int, int], int] = field(default_factory=dict)

    def find(self, axis: tuple[int, int]) -> tuple[int, int]:
        """Return the representative of a class."""
        root = axis
        while root in self.parent:
            root = self.parent[root]
        while axis != root:  # the next search along this way is short
            self.parent[axis], axis = root, self.parent[axis]
        return root

    def join(self, a: tuple[int, int], b: tuple[int, int]) -> None:
        """Make two classes one."""
        first, second = self.find(a), self.find(b)
        if first != second:
            self.parent[second] = first
            self.kind[first] = max(self.kind.get(first, FULL), self.kind.get(second, FULL))

    def restrict(self, axis: tuple[int, int], kind: int) -> None:
        """Allow no more than `kind`."""
        root = self.find(axis)
        self.kind[root] = max(self.kind.get(root, FULL), kind)

    def of(self, axis: tuple[int, int]) -> int:
        """Return what may act along an axis."""
        return self.kind.get(self.find(axis), FULL)


def sums_of_squares(graph: Graph) -> dict[int, int]:
    """Return the squares z * z of which nothing but the sum along one axis is used, each with that axis.

    Rotations along the axis keep such a sum: what acts along it need not be diagonal.
    """
    found: dict[int, int] = {}
    for i, users in enumerate(graph.uses()):
        operation = graph.nodes[i].operation
        is_square = isinstance(operation, Power) and operation.exponent == 2
        is_square |= isinstance(operation, Multiply) and graph.nodes[i].of[0] == graph.nodes[i].of[1]
        sums = [each for each in (graph.nodes[k].operation for k in users) if isinstance(each, Sum)]
        axes = {each.axes for each in sums}
        if is_square and len(axes) == 1 and len(users) == len(sums):
            (summed,) = axes
            if len(summed) == 1 and i not in graph.outputs:
                found[i] = summed[0]
    return found


def axis_kinds(graph: Graph, groups: Groups) -> AxisKinds:
    """Return what may act along the axes of all arrays, as far as the operations next to them say."""
    kinds, squares = AxisKinds(), sums_of_squares(graph)
    for i, node in enumerate(graph.nodes):
        if node.kind == "input" or i in graph.outputs:
            _restrict_all(kinds, i, node, NOTHING)
        operation = node.operation
        if operation is None:
            continue
        if i in squares:
            for a in set(range(len(node.shape))) - {squares[i]}:
                kinds.restrict((i, a), DIAGONAL)
                kinds.restrict((node.of[0], a), DIAGONAL)
        elif isinstance(operation, Add | Multiply):
            _join_broadcast(kinds, graph, i, isinstance(operation, Multiply))
        elif isinstance(operation, MatMul):
            _join_product(kinds, graph, i)
        elif isinstance(operation, Transpose):
            for new, before in enumerate(operation.axes):
                kinds.join((i, new), (node.of[0], before))
        elif isinstance(operation, Sum | Take | Concatenate):
            changed = operation.axes if isinstance(operation, Sum) else (operation.axis,)
            for j, a in product(node.of, range(len(node.shape))):
                if a not in changed:
                    kinds.join((i, a), (j, a))
        elif isinstance(operation, Reshape):
            old = graph.nodes[node.of[0]].shape
            for left, right in groups_of_axes(old, node.shape):
                long = [a for a in left if old[a] > 1], [b for b in right if node.shape[b] > 1]
                if len(long[0]) == len(long[1]) == 1:
                    kinds.join((i, long[1][0]), (node.of[0], long[0][0]))
        elif isinstance(operation, Power | Reciprocal | Sqrt | Relu):
            for a in range(len(node.shape)):
                kinds.join((i, a), (node.of[0], a))
            if i not in groups:
                _restrict_all(kinds, i, node, DIAGONAL)
        else:  # exponentials
            _restrict_all(kinds, i, node, NOTHING)
            _restrict_all(kinds, node.of[0], graph.nodes[node.of[0]], NOTHING)
    return kinds


def _restrict_all(kinds: AxisKinds, i: int, node: Node, kind: int) -> None:
    for a in range(len(node.shape)):
        kinds.restrict((i, a), kind)


def _join_broadcast(kinds: AxisKinds, graph: Graph, i: int, is_product: bool) -> None:
    """Terms of a sum vary alike. Factors that are both long add their diagonals: each has its own."""
    shape = graph.nodes[i].shape
    long: list[list[tuple[int, int]]] = [[] for _ in shape]
    for j in graph.nodes[i].of:
        taken = graph.nodes[j].shape
        for a, n in enumerate(taken, start=len(shape) - len(taken)):
            if n > 1:
                long[a].append((j, a - len(shape) + len(taken)))
    for a, operands in enumerate(long):
        for operand in operands:
            if is_product and len(operands) > 1:
                kinds.restrict((i, a), DIAGONAL)
                kinds.restrict(operand, DIAGONAL)
            else:
                kinds.join((i, a), operand)


def _join_product(kinds: AxisKinds, graph: Graph, i: int) -> None:
    shape, (left, right) = graph.nodes[i].shape, graph.nodes[i].of
    a, b = graph.nodes[left].shape, graph.nodes[right].shape
    kinds.join((i, len(shape) - 2), (left, len(a) - 2))
    kinds.join((i, len(shape) - 1), (right, len(b) - 1))
    kinds.join((left, len(a) - 1), (right, len(b) - 2))
    for axis in range(len(shape) - 2):
        owns = [(j, axis - len(shape) + len(taken)) for j, taken in ((left, a), (right, b))]
        long = [(j, own) for j, own in owns if own >= 0 and graph.nodes[j].shape[own] > 1]
        for operand in long:
            if len(long) > 1:
                kinds.restrict((i, axis), DIAGONAL)
                kinds.restrict(operand, DIAGONAL)
            else:
                kinds.join((i, axis), operand)


def groups_of_axes(old: Shape, new: Shape) -> list[tuple[list[int], list[int]]]:
    """Return which axes of a reshape make up the same entries, as short groups as there are.

    Examples
    --------
    >>> groups_of_axes((2, 3, 4), (6, 2, 2))
    [([0, 1], [0]), ([2], [1, 2])]
    """
    found, i, j = [], 0, 0
    while i < len(old) or j < len(new):
        left, right = [i] if i < len(old) else [], [j] if j < len(new) else []
        i, j = i + len(left), j + len(right)
        while prod(old[a] for a in left) != prod(new[b] for b in right):
            if prod(old[a] for a in left) < prod(new[b] for b in right):
                left.append(i)
                i += 1
            else:
                right.append(j)
                j += 1
        found.append((left, right))
    return found
