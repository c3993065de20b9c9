"""Weights that move without being seen: translations that a softmax or a centring absorbs, and weights out of reach.

A softmax does not see what is added to its argument if that is the same along its axis; nor does a centring, x
minus its mean. Going back from there, an array may *shift* along an axis (vary by anything that is constant along
it), or is *free* (may vary by anything): a bias of keys, say, adds the same number to all logits of a query.
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
    from collections.abc import Iterator

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
    """Return the parameters that may be translated.

    Every array on the way is used for nothing else, so that nothing else can see it.
    """
    uses = [sorted(set(each)) for each in graph.uses()]
    found: list[Shift] = []
    for i, node in enumerate(graph.nodes):
        if isinstance(node.operation, Softmax):
            found += _back(graph, uses, node.of[0], node.operation.axis, [i], "softmax")
        centred = _centring(graph, i)
        if centred is not None:
            source, axis, users = centred
            found += _back(graph, uses, source, axis, users, "centring")
    return list(dict.fromkeys(found))


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


def _back(graph: Graph, uses: list[list[int]], array: int, axis: int, users: list[int], by: str) -> Iterator[Shift]:
    """Follow an array that may shift along an axis (or is free) back to parameters."""
    node = graph.nodes[array]
    if uses[array] != sorted(users) or array in graph.outputs or not node.sees_parameter:
        return
    if axis != FREE and node.shape[axis] == 1:
        axis = FREE  # constant along it, whatever it is
    if node.kind == "parameter":
        yield Shift(node.name, axis, by)
        return
    for j, there in _sources(graph, array, axis):
        yield from _back(graph, uses, j, there, [array], by)


def _sources(graph: Graph, array: int, axis: int) -> Iterator[tuple[int, int]]:
    """Yield the arguments of an operation that may vary where its result may, each with its own axis."""
    node = graph.nodes[array]
    operation = node.operation
    if isinstance(operation, Add | Multiply):
        for j in node.of:
            taken = graph.nodes[j].shape
            own = FREE if axis == FREE else axis - len(node.shape) + len(taken)
            other = node.of[1] if j == node.of[0] else node.of[0]
            if axis != FREE and own < 0:
                own = FREE  # repeated along the axis
            # A factor beside it must itself be constant along the axis.
            beside = graph.nodes[other].shape
            there = axis - len(node.shape) + len(beside)
            if isinstance(operation, Add) or axis == FREE or there < 0 or beside[there] == 1:
                yield j, own
    elif isinstance(operation, MatMul):
        rank = len(node.shape)
        left, right = node.of
        if axis in (FREE, rank - 2):
            yield left, FREE if axis == FREE else len(graph.nodes[left].shape) - 2
        if axis in (FREE, rank - 1):
            yield right, FREE if axis == FREE else len(graph.nodes[right].shape) - 1
    elif isinstance(operation, Transpose):
        yield node.of[0], FREE if axis == FREE else operation.axes[axis]
    elif isinstance(operation, Reshape):
        if axis == FREE:
            yield node.of[0], FREE
        else:
            same = _same_axis(graph.nodes[node.of[0]].shape, node.shape, axis)
            if same is not None:
                yield node.of[0], same
    elif isinstance(operation, Sum) and axis not in operation.axes:
        yield node.of[0], axis
    elif isinstance(operation, Take | Concatenate) and axis in (FREE,):
        for j in dict.fromkeys(node.of):
            yield j, FREE
    elif isinstance(operation, Take) and axis != operation.axis:
        yield node.of[0], axis


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
