"""Maximal flows through the variables of a factor graph.

A variable v is two nodes, 2v where it is entered and 2v+1 where it is left, and the edge between them alone is limited.
Then come the factors, the source and the sink. A factor of two variables is an edge, of more a node; those of one
variable lead nowhere.

networkx has exact integers of any size, and takes time like n^1.5 to n^1.8; scipy has 32-bit integers and takes 1/100
of the time for 20,000 variables. So large graphs go to scipy, with as many bits of their capacities as it holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tensors.networks.structure import GraphStructure

LARGE = 1_000
"""From so many variables on scipy is asked: below, networkx takes 0.1 s at most, and has all bits."""

INT32_BITS = 30
"""All capacities together stay below 2^30: what is left of an edge and its reverse may add up to twice that."""


@dataclass(frozen=True)
class Flow:
    """A maximal flow from the row side to the other observed variables, limited at the variables.

    Parameters
    ----------
    graph : GraphStructure
    cut : tuple of int
        Variables that the flow fills, and that separate the two sides; sorted.
    through : tuple of int
        How much passes each variable.
    arcs : tuple of (int, int, int)
        From which node to which node how much passes, only what is positive; see `edges`.
    sink : int
        The node that the flow goes to.
    """

    graph: GraphStructure
    cut: tuple[int, ...]
    through: tuple[int, ...]
    arcs: tuple[tuple[int, int, int], ...]
    sink: int

    @classmethod
    def of(cls, graph: GraphStructure, rows: tuple[int, ...], limits: Sequence[int]) -> Flow:
        """Compute a maximal flow; of large graphs up to the rounding down of the limits to what scipy holds.

        It respects the limits all the same, and the cut is a cut: whoever asks checks it, and multiplies exactly.
        """
        engine = _by_scipy if len(graph.variable_dims) >= LARGE else _by_networkx
        return engine(graph, rows, limits)

    @cached_property
    def edges(self) -> dict[int, dict[int, int]]:
        """How much passes from node to node, through the nodes of factors of two variables too."""
        found: dict[int, dict[int, int]] = {}
        count, pairs = len(self.graph.variable_dims), _pairs(self.graph)
        for start, end, amount in self.arcs:
            factor = pairs.get((start // 2, end // 2)) if start % 2 and end < 2 * count else None
            nodes = (start, end) if factor is None else (start, 2 * count + factor, end)
            for a, b in pairwise(nodes):
                onto = found.setdefault(a, {})
                onto[b] = onto.get(b, 0) + amount
        return found


def _pairs(graph: GraphStructure) -> dict[tuple[int, int], int]:
    """For each two variables, in both orders, the first factor of these two alone."""
    found: dict[tuple[int, int], int] = {}
    for f, scope in enumerate(graph.factor_scopes):
        if len(scope) == 2 and scope not in found:
            found[scope[0], scope[1]] = found[scope[1], scope[0]] = f
    return found


def _source(graph: GraphStructure) -> int:
    """Return the number of the source; the sink is the next."""
    return 2 * len(graph.variable_dims) + len(graph.factor_scopes)


def _unlimited(graph: GraphStructure, rows: tuple[int, ...]) -> list[tuple[int, int]]:
    """Return the edges without a limit: between variables, to and from factors, source and sink."""
    first, source, inside = 2 * len(graph.variable_dims), _source(graph), set(rows)
    found = [(2 * u + 1, 2 * v) for u, v in _pairs(graph)]
    for f, scope in enumerate(graph.factor_scopes):
        if len(scope) > 2:
            found += [(first + f, 2 * v) for v in scope]
            found += [(2 * v + 1, first + f) for v in scope]
    ends = ((source, 2 * v) if v in inside else (2 * v + 1, source + 1) for v in range(graph.observed))
    return [*found, *ends]


def _by_networkx(graph: GraphStructure, rows: tuple[int, ...], limits: Sequence[int]) -> Flow:
    import networkx as nx
    from networkx.algorithms.flow import boykov_kolmogorov

    count, source = len(graph.variable_dims), _source(graph)
    network: Any = nx.DiGraph()
    network.add_nodes_from((source, source + 1))
    network.add_edges_from((2 * v, 2 * v + 1, {"capacity": limit}) for v, limit in enumerate(limits))
    network.add_edges_from(_unlimited(graph, rows))
    residual = boykov_kolmogorov(network, source, source + 1)

    # The cut: variables that can be entered from the source by what the flow leaves free, but not left.
    reached, _ = residual.graph["trees"]
    cut = tuple(v for v in range(count) if 2 * v in reached and 2 * v + 1 not in reached)

    amounts = ((start, end, attributes["flow"]) for start, end, attributes in residual.edges(data=True))
    arcs = tuple(arc for arc in amounts if arc[2] > 0 and arc[0] != source)
    passed = {start: amount for start, end, amount in arcs if end == start + 1 and start % 2 == 0}
    return Flow(graph, cut, tuple(passed.get(2 * v, 0) for v in range(count)), arcs, source + 1)


def _by_scipy(graph: GraphStructure, rows: tuple[int, ...], limits: Sequence[int]) -> Flow:
    import numpy as np
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import breadth_first_order, maximum_flow

    # Limits are rounded down to the bits that there are, so the flow respects them.
    count, source = len(graph.variable_dims), _source(graph)
    shift = max(0, sum(limits).bit_length() - INT32_BITS)
    held = np.array([limit >> shift for limit in limits], np.int32)
    total = int(held.sum(dtype=np.int64))
    open_edges = np.array(_unlimited(graph, rows), np.int32)
    starts = np.concatenate([2 * np.arange(count, dtype=np.int32), open_edges[:, 0]])
    ends = np.concatenate([2 * np.arange(count, dtype=np.int32) + 1, open_edges[:, 1]])
    capacities = np.concatenate([held, np.full(len(open_edges), total + 1, np.int32)])
    network = csr_array((capacities, (starts, ends)), shape=(source + 2, source + 2))
    flow = maximum_flow(network, source, source + 1).flow

    # What is left free, and what can be reached by it.
    free = (network - flow).tocsr()
    free.eliminate_zeros()
    reached = np.zeros(source + 2, bool)
    reached[breadth_first_order(free, source, return_predecessors=False)] = True
    entered, left = reached[0 : 2 * count : 2], reached[1 : 2 * count : 2]
    cut = tuple(np.flatnonzero(entered & ~left).tolist())

    moved = flow.tocoo()
    some = (moved.data > 0) & (moved.row != source)
    starts, ends, amounts = moved.row[some], moved.col[some], moved.data[some].astype(np.int64)
    inner = (ends == starts + 1) & (starts % 2 == 0) & (starts < 2 * count)
    through = np.zeros(count, np.int64)
    through[starts[inner] // 2] = amounts[inner]
    scaled = [amount << shift for amount in amounts.tolist()]
    arcs = tuple(zip(starts.tolist(), ends.tolist(), scaled, strict=True))
    return Flow(graph, cut, tuple(amount << shift for amount in through.tolist()), arcs, source + 1)
