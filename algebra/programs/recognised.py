"""Programs that are networks of another kind, under whose theorems they fall: polynomial networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from algebra.polynomial.hilbert import Architecture
from algebra.programs.core import Add, MatMul, Power, Reshape

if TYPE_CHECKING:
    from algebra.programs.lowering import Graph


def polynomial_architecture(graph: Graph) -> Architecture | None:
    """Return the polynomial network that a program is: linear maps, perhaps biases, and powers in turn.

    Parameters
    ----------
    graph : Graph

    Returns
    -------
    Architecture or None
        None if the program is something else, or weights are used twice.

    Examples
    --------
    >>> from algebra.programs.lowering import lowered
    >>> from algebra.programs.tracing import traced
    >>> program = traced(lambda W, V, x: V @ (W @ x) ** 4, {"W": (5, 3), "V": (1, 5)}, {"x": (3,)})
    >>> polynomial_architecture(lowered(program))
    Architecture(widths=(3, 5, 1), degrees=(4,), biases=False)
    """
    if len(graph.outputs) != 1:
        return None
    widths: list[int] = []
    degrees: list[int] = []
    biases: list[bool] = []
    seen: list[int] = []

    # From the output down: (bias), linear map, power, and again.
    here = _unshaped(graph, graph.outputs[0])
    while graph.nodes[here].kind != "input":
        has_bias, here = _without_bias(graph, here, seen)
        node = graph.nodes[here]
        if not isinstance(node.operation, MatMul) or graph.nodes[node.of[0]].kind != "parameter":
            return None
        seen.append(node.of[0])
        rows = graph.nodes[node.of[0]].shape
        if len(rows) != 2 or graph.nodes[node.of[1]].shape[-1:] != (1,) or len(graph.nodes[node.of[1]].shape) != 2:
            return None
        widths.append(rows[0])
        biases.append(has_bias)
        here = _unshaped(graph, node.of[1])
        if graph.nodes[here].kind == "input":
            widths.append(rows[1])
            break
        power = graph.nodes[here].operation
        if not isinstance(power, Power):
            return None
        degrees.append(power.exponent)
        here = _unshaped(graph, graph.nodes[here].of[0])
    parameters = [i for i, node in enumerate(graph.nodes) if node.kind == "parameter"]
    inputs = [node for node in graph.nodes if node.kind == "input"]
    if sorted(seen) != parameters or len(parameters) != len(graph.parameters) or len(inputs) != 1:
        return None
    if len(set(biases)) > 1 or not degrees or len(widths) != len(degrees) + 2:  # the last: powers of the input itself
        return None
    return Architecture(tuple(widths[::-1]), tuple(degrees[::-1]), biases=biases[0])


def _unshaped(graph: Graph, i: int) -> int:
    while isinstance(graph.nodes[i].operation, Reshape):
        i = graph.nodes[i].of[0]
    return i


def _without_bias(graph: Graph, i: int, seen: list[int]) -> tuple[bool, int]:
    """Return whether a node adds a bias to a linear map, and the node of the map; the bias is noted."""
    i = _unshaped(graph, i)
    node = graph.nodes[i]
    if not isinstance(node.operation, Add):
        return False, i
    parts = [_unshaped(graph, j) for j in node.of]
    bias = [j for j in parts if graph.nodes[j].kind == "parameter"]
    if len(bias) != 1:
        return False, i
    seen.append(bias[0])
    return True, next(j for j in parts if j != bias[0])
