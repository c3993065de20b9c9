"""Linear maps that are seen only through a later one: the product is a free matrix, with fewer entries.

W2 W1 z with free W1, W2 is V z with a free V, if the space between is no narrower than the narrower end. R (z + U t),
where nothing else sees U, is R z + V t with V = R U; if R has fewer rows than U, that has fewer entries. The set of
functions lies in that of the smaller program, so its dimension bounds the given one's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from algebra.programs.core import Add, MatMul
from algebra.programs.lowering import Graph, Node
from algebra.programs.parts import cut_graph

if TYPE_CHECKING:
    from algebra.programs.larger import Larger


@dataclass(frozen=True)
class Merge:
    """A linear map that a later one hides.

    Parameters
    ----------
    inner, outer : int
        The products with the map, and with the later one.
    beside : int or None
        What is added to the first in front of the second.
    """

    inner: int
    outer: int
    beside: int | None


def merged(program: Larger) -> Larger:
    """Return a program with maps merged, as long as there are any to be merged."""
    graph, weights = program.graph, program.weights
    while (found := _next(graph)) is not None:
        before, after = (graph.nodes[graph.nodes[i].of[0]].name for i in (found.inner, found.outer))
        product = weights.name(after), weights.name(before)
        weights = weights.with_array(f"{after} {before}", "matmul", *product)
        graph = _with(graph, found)
    return replace(program, graph=graph, weights=weights)


def _next(graph: Graph) -> Merge | None:
    uses = graph.uses()
    for outer, node in enumerate(graph.nodes):
        if not is_own_map(graph, uses, outer):
            continue
        rows, inner = graph.nodes[node.of[0]].shape[0], node.of[1]
        if uses[inner] != [outer] or inner in graph.outputs:
            continue
        if is_own_map(graph, uses, inner):
            between, columns = graph.nodes[graph.nodes[inner].of[0]].shape
            if between >= min(rows, columns):
                return Merge(inner, outer, None)
        if not isinstance(graph.nodes[inner].operation, Add) or len(set(graph.nodes[inner].of)) < 2:
            continue
        for term, beside in (graph.nodes[inner].of, graph.nodes[inner].of[::-1]):
            is_alone = is_own_map(graph, uses, term) and uses[term] == [inner] and term not in graph.outputs
            is_like = graph.nodes[beside].shape == graph.nodes[term].shape == graph.nodes[inner].shape
            if is_alone and is_like and graph.nodes[graph.nodes[term].of[0]].shape[0] > rows:
                return Merge(term, outer, beside)
    return None


def is_own_map(graph: Graph, uses: list[list[int]], i: int) -> bool:
    """Tell whether a node is the product of a parameter that is used once, on the left, with a matrix of columns."""
    node = graph.nodes[i]
    if not isinstance(node.operation, MatMul) or len(node.shape) != 2 or len(set(node.of)) < 2:
        return False
    left = graph.nodes[node.of[0]]
    return left.kind == "parameter" and uses[node.of[0]] == [i] and node.of[0] not in graph.outputs


def _with(graph: Graph, found: Merge) -> Graph:
    """Return the program with the product of two maps as one free map."""
    first, second = (graph.nodes[i].of[0] for i in (found.inner, found.outer))
    before, after = graph.nodes[first], graph.nodes[second]
    shape, name = (after.shape[0], before.shape[1]), f"{after.name} {before.name}"
    nodes: list[Node] = []
    place: dict[int, int] = {}
    for i, node in enumerate(graph.nodes):
        of = tuple(place[j] for j in node.of)
        place[i] = len(nodes)
        if i == first:
            nodes.append(replace(node, name=name, shape=shape))
        elif i == found.inner:
            nodes.append(replace(node, of=of, shape=(shape[0], node.shape[1])))
        elif i == found.outer and found.beside is None:
            place[i] = place[found.inner]
        elif i == found.outer and found.beside is not None:
            nodes.append(replace(node, of=(place[second], place[found.beside])))
            pair = tuple(sorted((len(nodes) - 1, place[found.inner])))
            sees = node.sees_input or graph.nodes[found.inner].sees_input
            place[i] = len(nodes)
            nodes.append(Node("step", node.shape, node.name, Add(), pair, None, sees, True))
        else:
            nodes.append(replace(node, of=of))
    parameters = tuple((name, shape) if each == before.name else (each, own) for each, own in graph.parameters)
    whole = Graph(tuple(nodes), tuple(place[i] for i in graph.outputs), parameters)
    return cut_graph(whole, (), whole.outputs)
