"""Weights that other weights absorb: a gain or a bias before linear maps.

W (g * z) is (W diag g) z: the set of functions is the same without the gain g, if nothing but linear maps with
weights of their own sees it. W (z + b) is W z + c with c = W b: the set of functions lies in that with a free c. So
the dimension of the reduced program bounds that of the given one, and it may have symmetries that are linear only
there: rotations of the residual stream under a normalisation, say.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from algebra.programs.core import Add, MatMul, Multiply, Softmax, Take
from algebra.programs.lowering import Graph, Node

if TYPE_CHECKING:
    from algebra.programs.operations import Shape


@dataclass(frozen=True)
class Absorbed:
    """A gain or a bias, and the linear maps behind it.

    Parameters
    ----------
    node : int
        The product with the gain, or the sum with the bias.
    weight, other : int
        The gain or bias, and what it is multiplied with or added to.
    maps : tuple of int
        The products of matrices that see it.
    """

    node: int
    weight: int
    other: int
    maps: tuple[int, ...]


def fused(graph: Graph) -> tuple[Graph, tuple[str, ...]]:
    """Return the program without gains and biases that linear maps absorb, and their names.

    The parameters of the result are those that are left, and a bias behind each map that absorbed one.
    """
    names: list[str] = []
    while (found := _absorbed(graph)) is not None:
        names.append(graph.nodes[found.weight].name)
        graph = _without(graph, found)
    return graph, tuple(dict.fromkeys(names))


def _absorbed(graph: Graph) -> Absorbed | None:
    uses = graph.uses()
    for i, node in enumerate(graph.nodes):
        is_bias = isinstance(node.operation, Add)
        if not isinstance(node.operation, Add | Multiply) or len(set(node.of)) < 2 or i in graph.outputs:
            continue
        for weight, other in (node.of, node.of[::-1]):
            if graph.nodes[weight].kind != "parameter" or uses[weight] != [i]:
                continue
            if not _is_for_rows(graph.nodes[weight].shape, node.shape) or graph.nodes[other].shape != node.shape:
                continue
            maps = _maps_behind(graph, uses, i, is_bias)
            if maps:
                return Absorbed(i, weight, other, maps)
    return None


def _is_for_rows(weight: Shape, shape: Shape) -> bool:
    """Tell whether a gain or a bias has one entry for every row of a matrix."""
    return len(shape) == 2 and weight == (shape[0], 1)


def _maps_behind(graph: Graph, uses: list[list[int]], i: int, is_bias: bool) -> tuple[int, ...]:
    """Return the products with a parameter on the left that see an array, if nothing else sees it; else nothing.

    Columns may be taken, or combined: that commutes with a gain; with a bias if the combination is a mean, as with the
    weights of a softmax.
    """
    columns, waiting, maps = {i}, [i], []
    while waiting:
        array = waiting.pop()
        if array in graph.outputs:
            return ()
        for k in set(uses[array]):
            node = graph.nodes[k]
            if _combines_columns(graph, node, array, is_bias):
                columns.add(k)
                waiting.append(k)
            elif isinstance(node.operation, MatMul) and node.of[1] == array and node.of[0] != array:
                maps.append(k)
            else:
                return ()
    lefts = {graph.nodes[k].of[0] for k in maps}
    is_own = all(graph.nodes[j].kind == "parameter" for j in lefts)
    is_own &= all(k in maps for j in lefts for k in uses[j])
    return tuple(sorted(maps)) if is_own and all(graph.nodes[k].of[1] in columns for k in maps) else ()


def _combines_columns(graph: Graph, node: Node, array: int, is_bias: bool) -> bool:
    if isinstance(node.operation, Take):
        return node.operation.axis == 1
    if not isinstance(node.operation, MatMul) or node.of[0] != array or node.of[1] == array:
        return False
    by = graph.nodes[node.of[1]]
    return not is_bias or (isinstance(by.operation, Softmax) and by.operation.axis == 0 and len(by.shape) == 2)


def _without(graph: Graph, found: Absorbed) -> Graph:
    """Return the program without a gain or a bias; behind each map stands a bias of its own instead of a bias."""
    is_bias = isinstance(graph.nodes[found.node].operation, Add)
    name = graph.nodes[found.weight].name
    parameters = [(each, shape) for each, shape in graph.parameters if each != name]
    nodes: list[Node] = []
    place: dict[int, int] = {}
    biases: dict[int, int] = {}
    for i, node in enumerate(graph.nodes):
        if i == found.weight:
            continue
        if i == found.node:
            place[i] = place[found.other]
            continue
        place[i] = len(nodes)
        nodes.append(replace(node, of=tuple(place[j] for j in node.of)))
        if is_bias and i in found.maps:
            left = node.of[0]
            if left not in biases:  # one for every map, whatever columns it is applied to
                rows = node.shape[0]
                fresh = f"{graph.nodes[left].name} {name}"
                biases[left] = len(nodes)
                nodes.append(Node("parameter", (rows, 1), fresh, sees_parameter=True))
                parameters.append((fresh, (rows, 1)))
            of = tuple(sorted((place[i], biases[left])))
            place[i] = len(nodes)
            nodes.append(Node("step", node.shape, node.name, Add(), of, None, node.sees_input, True))
    return Graph(tuple(nodes), tuple(place[i] for i in graph.outputs), tuple(parameters))
