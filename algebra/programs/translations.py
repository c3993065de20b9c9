"""Translations of several biases at once that nothing sees: what one adds, another takes away.

Let biases vary by constants that are unknown. What that makes of the arrays behind them is followed exactly, entry by
entry, as linear forms in the unknowns: through sums, through products with constants (centrings, say), through
whatever only moves entries, and through means with the weights of a softmax where all columns vary alike. Everything
else must not vary; a softmax may, by what is the same along its axis; the outputs must not. The solutions are constant
vector fields, each proved to leave the function alone. Two biases that are added are the simplest case. Another: the
mean of a bias in front of a layer norm reaches the outputs along the residual stream only, so a later one absorbs it.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING, Any

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
from algebra.programs.linear_system import ZERO, Form, LinearSystem, combine
from algebra.programs.lowering import constant_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algebra.programs.lowering import Graph, Node

    Variation = NDArray[np.object_] | None
    """Linear forms in the place of entries; None where nothing varies."""

MOST_UNKNOWNS = 500
"""With more entries of biases no translations are looked for: the forms would take more than seconds."""


def translations(graph: Graph) -> NDArray[np.object_]:
    """Return a basis of the translations that nothing sees, one a row, in the coordinates of all parameters.

    Only parameters that nothing but sums take are moved.
    """
    total = graph.count
    biases = _biases(graph)
    if not biases or sum(prod(graph.nodes[i].shape) for i in biases) > MOST_UNKNOWNS:
        return np.zeros((0, total), object)

    system = LinearSystem()
    forms = Variations(graph, biases, system)
    places = graph.places

    # Every unknown that is left is one translation.
    values: dict[int, NDArray[np.object_]] = {}
    for i in biases:
        unknowns = forms.found[i]
        assert unknowns is not None
        for q, form in zip(places[graph.nodes[i].name].ravel(), unknowns.ravel(), strict=True):
            for unknown, c in system.reduced(form).items():
                row = values.setdefault(unknown, np.zeros(total, object))
                row[q] = c
    return np.stack([values[unknown] for unknown in sorted(values)]) if values else np.zeros((0, total), object)


def _biases(graph: Graph) -> list[int]:
    """Return the parameters that nothing but sums take."""
    uses = graph.uses()
    return [
        i
        for i, node in enumerate(graph.nodes)
        if node.kind == "parameter"
        and uses[i]
        and i not in graph.outputs
        and all(isinstance(graph.nodes[k].operation, Add) for k in uses[i])
    ]


class Variations:
    """What varying biases make of all arrays, and the equations that follow."""

    def __init__(self, graph: Graph, biases: Sequence[int], system: LinearSystem) -> None:
        self.graph, self.system = graph, system
        self.found: list[Variation] = []
        for i, node in enumerate(graph.nodes):
            if i in biases:
                self.found.append(_forms(node.shape, [system.unknown() for _ in range(prod(node.shape))]))
            elif node.operation is None or all(self.found[j] is None for j in node.of):
                self.found.append(None)
            else:
                self.found.append(self._after(node, [self.found[j] for j in node.of]))
        for i in graph.outputs:
            self._vanish(self.found[i])

    def _vanish(self, variation: Variation) -> None:
        for form in () if variation is None else variation.ravel():
            self.system.vanish(form)

    def _after(self, node: Node, taken: list[Variation]) -> Variation:
        """Return how the result of an operation varies."""
        operation, shapes = node.operation, [self.graph.nodes[j].shape for j in node.of]
        arrays = [_forms(s, None) if v is None else v for v, s in zip(taken, shapes, strict=True)]
        if isinstance(operation, Add):
            return _plus(*arrays).reshape(node.shape)
        if isinstance(operation, Transpose):
            return np.asarray(arrays[0].transpose(operation.axes))
        if isinstance(operation, Reshape):
            return arrays[0].reshape(node.shape)
        if isinstance(operation, Take):
            return np.asarray(arrays[0].take(operation.indices, axis=operation.axis))
        if isinstance(operation, Concatenate):
            return np.concatenate(arrays, axis=operation.axis)
        if isinstance(operation, Sum):
            return _summed(arrays[0], operation.axes)
        if isinstance(operation, Multiply | MatMul):
            return self._product(node, taken)
        if isinstance(operation, Softmax):
            first = arrays[0].take([0], axis=operation.axis)
            self._vanish(_plus(arrays[0], _times(np.asarray(-1, object), first)))
            return None
        self._vanish(taken[0])
        return None

    def _product(self, node: Node, taken: list[Variation]) -> Variation:
        """Follow a product with a constant, or a mean of columns that vary alike; else nothing may vary."""
        is_matrix = isinstance(node.operation, MatMul)
        for side in (0, 1):
            variation, other = taken[side], self.graph.nodes[node.of[1 - side]]
            if variation is None or taken[1 - side] is not None:
                continue
            if other.constant is not None:
                factor = constant_array(other.constant)[0]
                if not is_matrix:
                    return _times(factor, variation).reshape(node.shape)
                if variation.ndim == factor.ndim == 2:
                    return _multiplied(factor, variation) if side else _multiplied(factor.T, variation.T).T
            is_left = is_matrix and side == 0 and variation.ndim == len(other.shape) == 2
            if is_left and isinstance(other.operation, Softmax) and other.operation.axis == 0:
                first = variation[:, :1]
                self._vanish(_plus(variation, _times(np.asarray(-1, object), first)))
                return np.repeat(first, node.shape[1], axis=1)
        for variation in taken:
            self._vanish(variation)
        return None


def _forms(shape: tuple[int, ...], forms: Sequence[Form] | None) -> NDArray[np.object_]:
    flat = np.empty(prod(shape), object)
    for k in range(len(flat)):
        flat[k] = ZERO if forms is None else forms[k]
    return flat.reshape(shape)


def _plus(a: NDArray[np.object_], b: NDArray[np.object_]) -> NDArray[np.object_]:
    return np.asarray(np.frompyfunc(lambda x, y: combine((1, x), (1, y)), 2, 1)(a, b), object)


def _times(factor: Any, forms: NDArray[np.object_]) -> NDArray[np.object_]:
    return np.asarray(np.frompyfunc(lambda c, form: combine((c, form)), 2, 1)(factor, forms), object)


def _summed(forms: NDArray[np.object_], axes: tuple[int, ...]) -> NDArray[np.object_]:
    for axis in axes:
        lines = np.moveaxis(forms, axis, 0)
        total = lines[0]
        for line in lines[1:]:
            total = _plus(np.asarray(total, object), np.asarray(line, object))
        forms = np.expand_dims(np.asarray(total, object), axis)
    return forms


def _multiplied(factor: NDArray[np.object_], forms: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the product of a matrix of numbers with a matrix of forms."""
    return _summed(_times(factor[:, :, None], forms[None]), (1,))[:, 0]
