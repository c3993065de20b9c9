"""Programs of vectors, or of rows, written with columns: what acts on samples stands on the left of every product.

`algebra.programs.fusing` looks for weights that absorb others in products W z with columns z. Frameworks write z W^T
with rows, or vectors without a second axis. Both are the same program: a vector becomes one column, and where all
arrays are rows, everything is transposed, the weights too.
"""

from __future__ import annotations

from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING

from algebra.programs.core import (
    Add,
    Concatenate,
    Exp,
    MatMul,
    Multiply,
    Power,
    Reciprocal,
    Relu,
    Reshape,
    Sigmoid,
    Softmax,
    Sqrt,
    Sum,
    Take,
    Transpose,
)
from algebra.programs.larger import Larger
from algebra.programs.lowering import Graph, Node, constant_array
from algebra.programs.straight_line import Constant

if TYPE_CHECKING:
    from algebra.programs.core import CoreOperation
    from algebra.programs.larger import Substitution
    from algebra.programs.operations import Shape

SWAPPED = (1, 0)
"""The order of the axes of a transpose."""


def with_columns(graph: Graph, are_rows: bool) -> Larger | None:
    """Return a program with two axes for every array but numbers; None if it has others, or mixes both ways.

    Parameters
    ----------
    graph : Graph
    are_rows : bool
        Whether the arrays are rows: then all are transposed. Vectors become columns in any case.

    Returns
    -------
    Graph or None
    """
    before = graph
    graph = with_turned_weights(graph) if are_rows else graph
    if any(len(node.shape) > 2 for node in graph.nodes):
        return None
    nodes: list[Node] = []
    place: list[int] = []
    for node in graph.nodes:
        shape = _turned(node.shape, are_rows)
        taken = [graph.nodes[j].shape for j in node.of]
        operation, of = node.operation, tuple(place[j] for j in node.of)
        constant = None if node.constant is None else _constant(node.constant, are_rows)
        if operation is not None:
            if isinstance(operation, Reshape) and nodes[of[0]].shape == shape:
                place.append(of[0])
                continue
            found = _operation(operation, node.shape, taken, are_rows)
            if found is None:
                return None
            operation = found
            of = of[::-1] if isinstance(operation, MatMul) and are_rows else of
        place.append(len(nodes))
        nodes.append(replace(node, shape=shape, operation=operation, of=of, constant=constant))
    parameters = tuple((name, _turned(shape, are_rows)) for name, shape in graph.parameters)
    whole = Graph(tuple(nodes), tuple(place[i] for i in graph.outputs), parameters)

    # What is turned twice is as it was: transposes of weights as weights, which are rows.
    same, shapes = Larger.same(before), dict(before.parameters)
    twice = turned_weights(before) if are_rows else frozenset()
    weights, inputs = same.weights, same.inputs
    for name, shape in shapes.items():
        weights = weights if name in twice else _turning(weights, name, shape, are_rows)
    for node in before.nodes:
        if node.kind == "input":
            inputs = _turning(inputs, node.name, node.shape, are_rows)
    return Larger(whole, weights, inputs)


def _turning(arrays: Substitution, name: str, shape: Shape, are_rows: bool) -> Substitution:
    """Return an array that is turned as all arrays are."""
    if len(shape) == 1:
        return arrays.with_array(name, "reshape", arrays.name(name), shape=_turned(shape, are_rows))
    if are_rows and len(shape) == 2:
        return arrays.with_array(name, "transpose", arrays.name(name), axes=SWAPPED)
    return arrays


def _turned(shape: Shape, are_rows: bool) -> Shape:
    if len(shape) == 1:
        return (*shape, 1)
    return shape[::-1] if are_rows else shape


def _constant(constant: Constant, are_rows: bool) -> Constant:
    entries = constant.entries
    if are_rows and len(constant.shape) == 2:
        entries = tuple(constant_array(constant)[0].T.ravel().tolist())
    return Constant(_turned(constant.shape, are_rows), entries)


def _operation(operation: CoreOperation, shape: Shape, taken: list[Shape], are_rows: bool) -> CoreOperation | None:
    """Return an operation on the turned arrays; None if it is none."""

    def axis(a: int) -> int:
        return 1 - a if are_rows and len(taken[0]) == 2 else a

    if isinstance(operation, Add | Multiply):
        # numpy takes a vector for a row, beside arrays with two axes
        is_mixed = len(shape) == 2 and any(len(each) == 1 and prod(each) > 1 for each in taken)
        return None if is_mixed and not are_rows else operation
    if isinstance(operation, MatMul | Power | Reciprocal | Exp | Sigmoid | Sqrt | Relu):
        return operation
    if isinstance(operation, Softmax):
        return Softmax(axis(operation.axis))
    if isinstance(operation, Sum):
        return Sum(tuple(sorted(axis(a) for a in operation.axes)))
    if isinstance(operation, Concatenate):
        return Concatenate(axis(operation.axis))
    if isinstance(operation, Take):
        return Take(operation.indices, axis(operation.axis))
    if isinstance(operation, Transpose):
        return operation if len(operation.axes) == 2 else None
    is_number = isinstance(operation, Reshape) and prod(shape) == 1
    return Reshape(_turned(shape, are_rows)) if is_number else None


def turned_weights(graph: Graph) -> frozenset[str]:
    """Return the names of the weights of which nothing but the transposes are taken."""
    uses = graph.uses()
    return frozenset(
        node.name
        for i, node in enumerate(graph.nodes)
        if node.kind == "parameter" and uses[i] and i not in graph.outputs and len(node.shape) == 2
        if all(_is_swap(graph.nodes[k]) for k in uses[i])
    )


def with_turned_weights(graph: Graph) -> Graph:
    """Return the program with the transposes of weights as weights, where nothing else takes these."""
    names = turned_weights(graph)
    turned = {i for i, node in enumerate(graph.nodes) if node.kind == "parameter" and node.name in names}
    nodes: list[Node] = []
    place: list[int] = []
    for i, node in enumerate(graph.nodes):
        if _is_swap(node) and node.of[0] in turned:
            place.append(place[node.of[0]])
            continue
        place.append(len(nodes))
        of = tuple(place[j] for j in node.of)
        nodes.append(replace(node, of=of, shape=node.shape[::-1] if i in turned else node.shape))
    parameters = tuple((name, shape[::-1] if name in names else shape) for name, shape in graph.parameters)
    return Graph(tuple(nodes), tuple(place[i] for i in graph.outputs), parameters)


def _is_swap(node: Node) -> bool:
    return isinstance(node.operation, Transpose) and node.operation.axes == SWAPPED
