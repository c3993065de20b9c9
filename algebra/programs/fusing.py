"""Weights that other weights absorb: a gain or a bias before linear maps.

W (g * z) is (W diag g) z: the set of functions is the same without the gain g, if nothing but linear maps with
weights of their own sees it. W (z + b) is W z + c with c = W b: the set of functions lies in that with a free c. So
the dimension of the reduced program bounds that of the given one, and it may have symmetries that are linear only
there: rotations of the residual stream under a normalisation, say.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod
from typing import TYPE_CHECKING

from algebra.programs.core import Add, MatMul, Multiply, Softmax, Take
from algebra.programs.lowering import Graph, Node
from algebra.programs.orientation import SWAPPED

if TYPE_CHECKING:
    from algebra.programs.larger import Larger, Substitution
    from algebra.programs.operations import Shape


@dataclass(frozen=True)
class Absorbed:
    """A gain or a bias, and the linear maps behind it.

    Parameters
    ----------
    weight : int
        The gain or bias.
    others : dict of int to int
        For the products with the gain, or the sums with the bias: what it is multiplied with or added to.
    maps : tuple of int
        The products of matrices that see it.
    is_bias : bool
    """

    weight: int
    others: dict[int, int]
    maps: tuple[int, ...]
    is_bias: bool


def fused(program: Larger, is_repeated: bool = True) -> Larger:
    """Return a program without gains and biases that linear maps absorb.

    The parameters of the result are those that are left, and a bias behind each map that absorbed one.

    Parameters
    ----------
    program : Larger
    is_repeated : bool
        Whether the biases that are new are absorbed in their turn. A bias c behind V makes O c behind O: where O has
        more rows than columns, that is more than there was; where several O share V, it may be less.

    Returns
    -------
    (Graph, tuple of str)
    """
    graph, weights = program.graph, program.weights
    own = frozenset(name for name, _ in graph.parameters)
    while (found := _absorbed(graph, None if is_repeated else own)) is not None:
        weights = _absorbing(graph, weights, found)
        graph = _without(graph, found)
    return replace(program, graph=graph, weights=weights)


def _absorbing(graph: Graph, weights: Substitution, found: Absorbed) -> Substitution:
    """Return what the maps become, or the biases behind them."""
    weight = graph.nodes[found.weight].name
    maps = dict.fromkeys(graph.nodes[graph.nodes[i].of[0]].name for i in found.maps)
    if found.is_bias:
        for name in maps:
            weights = weights.with_array(_behind(name, weight), "matmul", weights.name(name), weights.name(weight))
        return weights
    row, weights = weights.with_step("transpose", weights.name(weight), axes=SWAPPED)
    for name in maps:
        weights = weights.with_array(name, "multiply", weights.name(name), row)
    return weights


def _behind(map_name: str, bias: str) -> str:
    """Name the bias behind a map."""
    return f"{map_name} {bias}"


def _absorbed(graph: Graph, allowed: frozenset[str] | None) -> Absorbed | None:
    uses = graph.uses()
    for weight, node in enumerate(graph.nodes):
        if node.kind != "parameter" or (allowed is not None and node.name not in allowed) or not uses[weight]:
            continue
        others = _others(graph, weight, uses[weight])
        is_bias = isinstance(graph.nodes[uses[weight][0]].operation, Add)
        maps = _maps_behind(graph, uses, list(others), is_bias) if others else ()
        if maps:
            return Absorbed(weight, others, maps, is_bias)
    return None


def _others(graph: Graph, weight: int, users: list[int]) -> dict[int, int]:
    """Return what a weight is added to, or multiplied with, row by row; nothing if it is used in any other way."""
    found: dict[int, int] = {}
    for i in users:
        node = graph.nodes[i]
        if not isinstance(node.operation, Add | Multiply) or len(set(node.of)) < 2 or i in graph.outputs:
            return {}
        if type(node.operation) is not type(graph.nodes[users[0]].operation):
            return {}
        other = node.of[1] if node.of[0] == weight else node.of[0]
        if not _is_for_rows(graph.nodes[weight].shape, node.shape) or graph.nodes[other].shape != node.shape:
            return {}
        found[i] = other
    return found


def _is_for_rows(weight: Shape, shape: Shape) -> bool:
    """Tell whether a gain or a bias has one entry for every row of a matrix."""
    return len(shape) == 2 and weight == (shape[0], 1)


def _maps_behind(graph: Graph, uses: list[list[int]], first: list[int], is_bias: bool) -> tuple[int, ...]:
    """Return the products with a parameter on the left that see these arrays, if nothing else sees them; else nothing.

    Columns may be taken, or combined: that commutes with a gain; with a bias if the combination is a mean, as with the
    weights of a softmax. Each column may be multiplied by a number, behind a gain.
    """
    columns, waiting, maps = set(first), list(first), []
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
    if isinstance(node.operation, Multiply) and not is_bias and len(set(node.of)) == 2:
        factor = graph.nodes[node.of[0] if node.of[1] == array else node.of[1]].shape
        return factor[:-1] == (1,) or (prod(factor) == 1 and len(factor) < 2)
    if not isinstance(node.operation, MatMul) or node.of[0] != array or node.of[1] == array:
        return False
    by = graph.nodes[node.of[1]]
    return not is_bias or (isinstance(by.operation, Softmax) and by.operation.axis == 0 and len(by.shape) == 2)


def _without(graph: Graph, found: Absorbed) -> Graph:
    """Return the program without a gain or a bias; behind each map stands a bias of its own instead of a bias."""
    name = graph.nodes[found.weight].name
    parameters = [(each, shape) for each, shape in graph.parameters if each != name]
    nodes: list[Node] = []
    place: dict[int, int] = {}
    biases: dict[int, int] = {}
    for i, node in enumerate(graph.nodes):
        if i == found.weight:
            continue
        if i in found.others:
            place[i] = place[found.others[i]]
            continue
        place[i] = len(nodes)
        nodes.append(replace(node, of=tuple(place[j] for j in node.of)))
        if found.is_bias and i in found.maps:
            left = node.of[0]
            if left not in biases:  # one for every map, whatever columns it is applied to
                rows = node.shape[0]
                fresh = _behind(graph.nodes[left].name, name)
                biases[left] = len(nodes)
                nodes.append(Node("parameter", (rows, 1), fresh, sees_parameter=True))
                parameters.append((fresh, (rows, 1)))
            of = tuple(sorted((place[i], biases[left])))
            place[i] = len(nodes)
            nodes.append(Node("step", node.shape, node.name, Add(), of, None, node.sees_input, True))
    return Graph(tuple(nodes), tuple(place[i] for i in graph.outputs), tuple(parameters))
