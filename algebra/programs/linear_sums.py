"""Sums of linear maps of one array: the sum is a free matrix, with fewer entries.

A z + B C z is M z with M = A + B C; so is W (z + R L z) with M = W + W R L, and z + R L z with z = W x. If one of the
maps stands alone, M is any matrix: the set of functions lies in that with a free M, which has fewer weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING

from algebra.programs.core import Add, MatMul
from algebra.programs.lowering import Graph, Node
from algebra.programs.merging import is_own_map
from algebra.programs.parts import cut_graph

if TYPE_CHECKING:
    from algebra.programs.larger import Larger

Chain = tuple[int, ...]
"""Parameters whose product is a linear map, the last to act first; empty: the identity."""

MOST_CHAINS = 64
"""Summands of one map: a tower of residual linear blocks doubles them with each."""


@dataclass(frozen=True)
class LinearSum:
    """An array that is a sum of linear maps of another one.

    Parameters
    ----------
    result, argument : int
    chains : tuple of tuple of int
    """

    result: int
    argument: int
    chains: tuple[Chain, ...]


def summed(program: Larger) -> Larger:
    """Return a program with sums of linear maps of one array as one map, as long as there are any."""
    graph, weights = program.graph, program.weights
    while (found := _next(graph)) is not None:
        name = " + ".join(" ".join(graph.nodes[i].name for i in chain) for chain in found.chains)
        products = []
        for chain in found.chains:
            product, *others = (weights.name(graph.nodes[i].name) for i in chain)
            for other in others:
                product, weights = weights.with_step("matmul", product, other)
            products.append(product)
        total = products[0]
        for each in products[1:-1]:
            total, weights = weights.with_step("add", total, each)
        weights = weights.with_array(name, "add", total, products[-1])
        graph = _with(graph, found, name)
    return replace(program, graph=graph, weights=weights)


def _next(graph: Graph) -> LinearSum | None:
    uses = graph.uses()
    for result in range(len(graph.nodes)):
        if not isinstance(graph.nodes[result].operation, Add | MatMul):
            continue
        for argument in _arguments(graph, uses, result):
            inside: set[int] = set()
            chains = _chains(graph, uses, result, argument, inside)
            is_whole = all(chains) and any(len(chain) == 1 for chain in chains)
            is_own = all(set(uses[i]) <= inside and i not in graph.outputs for i in inside - {result})
            if len(chains) > 1 and is_whole and is_own:
                return LinearSum(result, argument, tuple(chains))
    return None


def _arguments(graph: Graph, uses: list[list[int]], result: int) -> list[int]:
    """Return the arrays that an array may be a linear map of, the nearest first."""
    found, waiting = dict[int, None](), [result]
    while waiting:
        i = waiting.pop(0)
        node = graph.nodes[i]
        if is_own_map(graph, uses, i):
            waiting.append(node.of[1])
        elif isinstance(node.operation, Add) and all(graph.nodes[j].shape == node.shape for j in node.of):
            waiting += node.of
        if i != result:
            found[i] = None
    return list(found)


def _chains(graph: Graph, uses: list[list[int]], i: int, argument: int, inside: set[int]) -> Sequence[Chain]:
    """Return the maps whose sum takes the argument to an array; nothing if there are none, or too many."""
    if i == argument:
        return [()]
    inside.add(i)
    node = graph.nodes[i]
    if is_own_map(graph, uses, i):
        return [(node.of[0], *chain) for chain in _chains(graph, uses, node.of[1], argument, inside)]
    if isinstance(node.operation, Add) and all(graph.nodes[j].shape == node.shape for j in node.of):
        both = [_chains(graph, uses, j, argument, inside) for j in node.of]
        found = [chain for chains in both for chain in chains]
        return found if all(both) and len(found) <= MOST_CHAINS else ()
    return ()


def _with(graph: Graph, found: LinearSum, name: str) -> Graph:
    """Return the program with one map instead of the sum."""
    shape = graph.nodes[found.result].shape[0], graph.nodes[found.argument].shape[0]
    nodes: list[Node] = []
    place: dict[int, int] = {}
    for i, node in enumerate(graph.nodes):
        if i == found.result:
            nodes.append(Node("parameter", shape, name, sees_parameter=True))
            node = replace(node, operation=MatMul(), of=(len(nodes) - 1, place[found.argument]))
            nodes.append(node)
        else:
            nodes.append(replace(node, of=tuple(place[j] for j in node.of)))
        place[i] = len(nodes) - 1
    gone = reduce(frozenset.union, (frozenset(chain) for chain in found.chains))
    names = {graph.nodes[i].name for i in gone}
    parameters = (*(each for each in graph.parameters if each[0] not in names), (name, shape))
    whole = Graph(tuple(nodes), tuple(place[i] for i in graph.outputs), parameters)
    return cut_graph(whole, (), whole.outputs)
