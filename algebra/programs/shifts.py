"""Weights that move without being seen: translations that a softmax or a centring absorbs, and weights out of reach.

A softmax does not see what is added to its argument if that is the same along its axis; nor does a centring, x minus
its mean. A bias of keys, say, adds the same number to all logits of a query. So a parameter may vary by whatever has
become constant along such an axis where it gets there, if all its ways lead there.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from algebra.programs.core import (
    Add,
    Concatenate,
    MatMul,
    Multiply,
    Reshape,
    Softmax,
    Sum,
    Take,
    Transpose,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algebra.programs.lowering import Graph

FREE = -1
"""In the place of an axis: the array may vary by anything."""


@dataclass(frozen=True)
class Shift:
    """A parameter that may be translated.

    Parameters
    ----------
    parameter : str
    axis : int
        The translation is constant along it; `FREE`: any translation.
    by : str
        ``"softmax"`` or ``"centring"``: what absorbs it.
    """

    parameter: str
    axis: int
    by: str

    def directions(self, shape: tuple[int, ...]) -> NDArray[np.int8]:
        """Return a basis of the translations, one a row, for a parameter of this shape."""
        size = prod(shape)
        unit = np.eye(size, dtype=np.int8).reshape(size, *shape)
        if self.axis == FREE:
            return unit.reshape(size, size)
        first = np.take(unit, [0], axis=self.axis + 1)
        moved = np.moveaxis(unit.reshape(size, *shape), self.axis + 1, 1)
        chosen = np.flatnonzero(moved[:, 0].reshape(size, -1).any(axis=1))
        lines = np.repeat(first[chosen], shape[self.axis], axis=self.axis + 1)
        return lines.reshape(len(chosen), size)


def shifts(graph: Graph) -> list[Shift]:
    """Return the parameters that may be translated without being seen, by anything or along one axis."""
    absorption = Absorption(graph)
    found = []
    for i, node in enumerate(graph.nodes):
        if node.kind != "parameter":
            continue
        flat = frozenset(a for a, n in enumerate(node.shape) if n == 1)
        if absorption.is_absorbed(i, flat):
            found.append(Shift(node.name, FREE, absorption.by(i)))
            continue
        long = sorted(set(range(len(node.shape))) - flat)
        lines = [a for a in long if absorption.is_absorbed(i, flat | {a})]
        found += [Shift(node.name, a, absorption.by(i)) for a in lines]
    return found


class Absorption:
    """Which variations of an array are absorbed before an output sees them.

    A variation is described by the axes along which it is constant. All operations on the way are linear in the array
    that varies; in the end every use of it is a softmax or a centring along one of these axes.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.uses = [sorted(set(each)) for each in graph.uses()]
        self.known: dict[tuple[int, frozenset[int]], bool] = {}
        self.centred: dict[int, list[tuple[int, list[int]]]] = {}
        for i in range(len(graph.nodes)):
            centring = _centring(graph, i)
            if centring is not None:
                source, axis, users = centring
                self.centred.setdefault(source, []).append((axis, users))

    def by(self, array: int) -> str:
        """Name what absorbs: a softmax, if there is one behind the array."""
        waiting, seen = [array], {array}
        while waiting:
            i = waiting.pop()
            if isinstance(self.graph.nodes[i].operation, Softmax):
                return "softmax"
            fresh = [k for k in self.uses[i] if k not in seen]
            seen.update(fresh)
            waiting += fresh
        return "centring"

    def is_absorbed(self, array: int, constant: frozenset[int]) -> bool:
        """Tell whether nothing sees an array vary by what is constant along these axes."""
        key = array, constant
        if key not in self.known:
            gone = {k for axis, users in self.centred.get(array, ()) if axis in constant for k in users}
            users = [k for k in self.uses[array] if k not in gone]
            is_seen = array in self.graph.outputs or not self.uses[array]
            self.known[key] = not is_seen and all(self._is_absorbed_by(k, array, constant) for k in users)
        return self.known[key]

    def _is_absorbed_by(self, user: int, array: int, constant: frozenset[int]) -> bool:
        node = self.graph.nodes[user]
        if isinstance(node.operation, Softmax):
            return node.operation.axis in constant
        if node.of.count(array) > 1:
            return False
        left = _constant_after(self.graph, user, array, constant)
        return left is not None and self.is_absorbed(user, left)


def _centring(graph: Graph, i: int) -> tuple[int, int, list[int]] | None:
    """Recognise x + (sum of x along an axis) * (-1/n), as a difference is written; return x, the axis, its users."""
    node = graph.nodes[i]
    if not isinstance(node.operation, Add) or len(node.of) != 2:
        return None
    for source, other in (node.of, node.of[::-1]):
        factor, total = Fraction(1), other
        while isinstance(graph.nodes[total].operation, Multiply):
            pair = sorted(graph.nodes[total].of, key=lambda j: graph.nodes[j].constant is None)
            constant = graph.nodes[pair[0]].constant
            if constant is None or len(set(constant.entries)) > 1:
                break
            factor, total = factor * constant.entries[0], pair[1]
        operation = graph.nodes[total].operation
        if isinstance(operation, Sum) and len(operation.axes) == 1 and graph.nodes[total].of[0] == source:
            axis = operation.axes[0]
            if factor == Fraction(-1, graph.nodes[source].shape[axis]):
                return source, axis, [i, total]
    return None


def _constant_after(graph: Graph, user: int, array: int, constant: frozenset[int]) -> frozenset[int] | None:
    """Return the axes along which the result of an operation varies by a constant; None if it is not linear."""
    node = graph.nodes[user]
    operation, shape = node.operation, graph.nodes[array].shape
    flat = {a for a, n in enumerate(node.shape) if n == 1}
    if isinstance(operation, Add | Multiply):
        moved = len(node.shape) - len(shape)
        found = {a + moved for a in constant} | set(range(moved))  # repeated along the axes that it lacks
        if isinstance(operation, Multiply):
            (other,) = (graph.nodes[j].shape for j in node.of if j != array)
            padded = (1,) * (len(node.shape) - len(other)) + other
            found = {a for a in found if padded[a] == 1}
        return frozenset(found | flat)
    if isinstance(operation, MatMul):
        is_left, rank = node.of[0] == array, len(node.shape)
        own, kept = (len(shape) - 2, rank - 2) if is_left else (len(shape) - 1, rank - 1)
        return frozenset(({kept} if own in constant else set()) | flat)
    if isinstance(operation, Transpose):
        return frozenset({operation.axes.index(a) for a in constant} | flat)
    if isinstance(operation, Reshape):
        kept_axes = {b for b, n in enumerate(node.shape) if n > 1 and _same_axis(shape, node.shape, b) in constant}
        return frozenset(kept_axes | flat)
    if isinstance(operation, Sum | Take):
        return frozenset(constant | flat)
    if isinstance(operation, Concatenate):
        return frozenset((constant - {operation.axis}) | flat)
    return None


def _same_axis(old: tuple[int, ...], new: tuple[int, ...], axis: int) -> int | None:
    """Return the axis that a reshape leaves as it is; None if it does not."""
    for a, n in enumerate(old):
        if n == new[axis] and prod(old[:a]) == prod(new[:axis]):
            return a
    return None


def unreached(graph: Graph) -> NDArray[np.bool_]:
    """Tell which parameters no output depends on: they are not needed at all, or left out where entries are taken."""
    seen: list[NDArray[np.bool_]] = [np.zeros(node.shape, bool) for node in graph.nodes]
    for i in graph.outputs:
        seen[i][...] = True
    for i in reversed(range(len(graph.nodes))):
        node = graph.nodes[i]
        if node.operation is not None and seen[i].any():
            for j, mask in zip(node.of, _seen_before(graph, i, seen[i]), strict=True):
                seen[j] |= mask

    places = {node.name: i for i, node in enumerate(graph.nodes) if node.kind == "parameter"}
    parts = [
        ~seen[places[name]].ravel() if name in places else np.ones(prod(shape), bool)
        for name, shape in graph.parameters
    ]
    return np.concatenate(parts)


def _seen_before(graph: Graph, i: int, seen: NDArray[np.bool_]) -> list[NDArray[np.bool_]]:
    """Return which entries of its arguments the seen entries of a node need."""
    node = graph.nodes[i]
    operation, shapes = node.operation, [graph.nodes[j].shape for j in node.of]
    if isinstance(operation, Take):
        mask = np.zeros(shapes[0], bool)
        parts = np.moveaxis(mask, operation.axis, 0)
        for place, index in enumerate(operation.indices):
            parts[index] |= np.take(seen, place, axis=operation.axis)
        return [mask]
    if isinstance(operation, Concatenate):
        cuts = np.cumsum([shape[operation.axis] for shape in shapes])[:-1]
        return list(np.split(seen, cuts, axis=operation.axis))
    if isinstance(operation, Transpose):
        return [seen.transpose(np.argsort(operation.axes))]
    if isinstance(operation, Reshape):
        return [seen.reshape(shapes[0])]
    if isinstance(operation, MatMul):
        rows, columns = (np.asarray(seen.any(axis=axis, keepdims=True)) for axis in (-1, -2))
        return [_repeated(rows, shapes[0]), _repeated(columns, shapes[1])]
    if isinstance(operation, Softmax):
        return [np.broadcast_to(seen.any(axis=operation.axis, keepdims=True), shapes[0])]
    return [_repeated(seen, shape) for shape in shapes]


def _repeated(seen: NDArray[np.bool_], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Return a mask for an array that was broadcast: seen anywhere along an axis is seen."""
    padded = (1,) * (seen.ndim - len(shape)) + tuple(shape)
    axes = tuple(a for a, n in enumerate(padded) if n == 1 and seen.shape[a] > 1)
    found = np.asarray(seen.any(axis=axes, keepdims=True) if axes else seen)
    return np.broadcast_to(found.reshape(found.shape[seen.ndim - len(shape) :]), shape)
