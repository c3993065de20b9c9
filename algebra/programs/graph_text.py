"""A lowered program written as a program again: each node is one step, whose name it has."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from algebra.programs.core import (
    Add,
    Concatenate,
    CoreOperation,
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
from algebra.programs.lowering import Graph

NAMES: dict[type, str] = {
    Add: "add",
    Multiply: "multiply",
    MatMul: "matmul",
    Reciprocal: "reciprocal",
    Exp: "exp",
    Sigmoid: "sigmoid",
    Sqrt: "sqrt",
    Relu: "relu",
}
"""Operations without options."""


def with_own_names(graph: Graph) -> Graph:
    """Return the program with a name of its own for every node that is no parameter and no input."""
    taken = {node.name for node in graph.nodes if node.kind in ("parameter", "input")}
    taken |= {name for name, _ in graph.parameters}
    mark = "s"
    while any(name.startswith(mark) for name in taken):
        mark += "'"
    nodes = [
        node if node.kind in ("parameter", "input") else replace(node, name=f"{mark}{i}")
        for i, node in enumerate(graph.nodes)
    ]
    return replace(graph, nodes=tuple(nodes))


def program_text(graph: Graph) -> dict[str, Any]:
    """Return a lowered program, whose nodes have names of their own, in the contract's form.

    Examples
    --------
    >>> from algebra.programs.lowering import lowered
    >>> from algebra.programs.tracing import traced
    >>> graph = lowered(traced(lambda W, x: W @ x, {"W": (2, 3)}, {"x": (3, 1)}))
    >>> program_text(with_own_names(graph))["steps"]
    [{'name': 's2', 'op': 'matmul', 'of': ['W', 'x']}]
    """
    nodes = graph.nodes
    return {
        "inputs": {node.name: list(node.shape) for node in nodes if node.kind == "input"},
        "parameters": {name: list(shape) for name, shape in graph.parameters},
        "constants": {node.name: node.constant.to_json() for node in nodes if node.constant is not None},
        "steps": [
            {"name": node.name, **operation_text(node.operation), "of": [nodes[j].name for j in node.of]}
            for node in nodes
            if node.operation is not None
        ],
        "outputs": list(dict.fromkeys(nodes[i].name for i in graph.outputs)),
    }


def operation_text(operation: CoreOperation) -> dict[str, Any]:
    """Return the name of an operation with its options."""
    if type(operation) in NAMES:
        return {"op": NAMES[type(operation)]}
    if isinstance(operation, Power):
        return {"op": "power", "exponent": operation.exponent}
    if isinstance(operation, Softmax):
        return {"op": "softmax", "axis": operation.axis}
    if isinstance(operation, Sum):
        return {"op": "sum", "axis": list(operation.axes), "keepdims": True}
    if isinstance(operation, Transpose):
        return {"op": "transpose", "axes": list(operation.axes)}
    if isinstance(operation, Reshape):
        return {"op": "reshape", "shape": list(operation.shape)}
    if isinstance(operation, Concatenate):
        return {"op": "concatenate", "axis": operation.axis}
    assert isinstance(operation, Take)
    return {"op": "take", "indices": list(operation.indices), "axis": operation.axis}
