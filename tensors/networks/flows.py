"""Maximal flows of factor graphs, limited at the variables: exact for limits of up to 62 bits in all.

Small graphs need no library: Dinic's algorithm (Soviet Mathematics Doklady 11, 1970) is done before one is imported.
Large ones go to scipy, whose integers have 32 bits. So the leading bits of all limits come first, and then, in what
that flow leaves, the bits below: each round is a maximal flow at its own scale, and the last one is maximal (capacity
scaling; Ahuja, Magnanti, Orlin, Network Flows, 1993, section 7.3). The cut is what the source reaches in what is left
over. It is the same for every maximal flow, so it does not depend on the way.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, repeat
from typing import TYPE_CHECKING, Any

from algebra.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from tensors.networks.structure import GraphStructure

    Integers = NDArray[np.integer[Any]]

SMALL = 1000
"""Up to so many variables Dinic's algorithm takes 10 ms, 110 ms at the most seen; scipy's flows take 150 to import."""

WORD_BITS = 30
"""Flows and limits stay below 2^30 in scipy: an arc and its reverse are added there, in int32."""

MOST_BITS = 62
"""The same for sums of what is given, which are int64."""


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
    arcs : sequences of int, three
        Starts, ends and amounts, where these are positive; the nodes are those of `FlowNetwork`.
    """

    graph: GraphStructure
    cut: tuple[int, ...]
    through: tuple[int, ...]
    arcs: tuple[Sequence[int], Sequence[int], Sequence[int]]

    @classmethod
    def of(cls, graph: GraphStructure, rows: tuple[int, ...], limits: Sequence[int]) -> Flow:
        """Compute a maximal flow; see `FlowNetwork.flow`."""
        return FlowNetwork(graph, rows).flow(limits)

    @property
    def sink(self) -> int:
        """The node that the flow goes to."""
        return sink_of(self.graph)

    @cached_property
    def edges(self) -> dict[int, dict[int, int]]:
        """How much passes from node to node, through the factors of two variables too, but from the source."""
        count, source = len(self.graph.variable_dims), self.sink - 1
        pairs = _pairs(self.graph)
        edges: dict[int, dict[int, int]] = {}
        for start, end, amount in zip(*self.arcs, strict=True):
            if start == source:
                continue
            factor = pairs.get((start // 2, end // 2)) if start % 2 and end < 2 * count else None
            nodes = (start, end) if factor is None else (start, 2 * count + factor, end)
            for a, b in pairwise(nodes):
                onto = edges.setdefault(a, {})
                onto[b] = onto.get(b, 0) + amount
        return edges


def sink_of(graph: GraphStructure) -> int:
    """Return the number of the sink's node; the source's is one less."""
    return 2 * len(graph.variable_dims) + len(graph.factor_scopes) + 1


def _pairs(graph: GraphStructure) -> dict[tuple[int, int], int]:
    """For each two variables, in both orders, the first factor of these two alone."""
    found: dict[tuple[int, int], int] = {}
    for f, scope in enumerate(graph.factor_scopes):
        if len(scope) == 2 and scope not in found:
            found[scope[0], scope[1]] = found[scope[1], scope[0]] = f
    return found


@dataclass(frozen=True)
class FlowNetwork:
    """The arcs that flows between two sides of a factor graph have in common, whatever limits the variables.

    Node 2v is where variable v is entered, 2v+1 where it is left; then come factors, source and sink. A factor of two
    variables may be passed from one to the other at once; one of a single variable leads nowhere.

    Parameters
    ----------
    graph : GraphStructure
    rows : tuple of int
        Observed variables that the flow comes from; it goes to the others.
    """

    graph: GraphStructure
    rows: tuple[int, ...]

    @cached_property
    def arcs(self) -> list[tuple[int, int]]:
        """Start and end of every arc; those through the variables come first, and they alone are limited."""
        graph = self.graph
        count = len(graph.variable_dims)
        variables, observed = range(count), range(graph.observed)
        arcs = [(2 * v, 2 * v + 1) for v in variables]

        # Factors, each once in both directions: what two variables share may be shared twice.
        arcs += [(2 * u + 1, 2 * v) for u, v in sorted(_pairs(graph))]

        # Those of three variables or more are vertices, behind those of the variables.
        larger = [(2 * count + f, v) for f, scope in enumerate(graph.factor_scopes) if len(scope) > 2 for v in scope]
        arcs += [(factor, 2 * v) for factor, v in larger]
        arcs += [(2 * v + 1, factor) for factor, v in larger]

        # From the source to the row side, and from the other side to the sink.
        inside, sink = set(self.rows), sink_of(graph)
        source = sink - 1
        return arcs + [(source, 2 * v) if v in inside else (2 * v + 1, sink) for v in observed]

    def flow(self, limits: Sequence[int]) -> Flow:
        """Compute a maximal flow.

        Parameters
        ----------
        limits : sequence of int
            How much may pass each variable.

        Returns
        -------
        Flow

        Raises
        ------
        InputError
            If the limits of both sides sum to 2^62 or more: dimensions of 4 million bits together.
        """
        within, unlimited = self._bounded(limits)
        is_small = len(limits) <= SMALL
        return self._by_levels(within, unlimited) if is_small else self._by_scipy(within, unlimited)

    def _bounded(self, limits: Sequence[int]) -> tuple[list[int], int]:
        """Return all limits, none above a number that is more than can pass together, and that number."""
        # No more can pass than the variables of one side let through.
        of_rows = sum(limits[v] for v in self.rows)
        of_all = sum(limits[: self.graph.observed])
        total = min(of_rows, of_all - of_rows)
        if total >> MOST_BITS:
            allowed = "such that the dimensions of one side have at most 4,194,304 bits together"
            raise InputError("variable_dims", self.graph.label, allowed)

        # A limit above that is none.
        unlimited = total + 1
        within = list(limits) if max(limits) <= total else [min(limit, unlimited) for limit in limits]
        return within, unlimited

    def _by_levels(self, limits: list[int], unlimited: int) -> Flow:
        source, sink = sink_of(self.graph) - 1, sink_of(self.graph)

        # What each arc and its reverse may still carry.
        capacities = [*limits, *repeat(unlimited, len(self.arcs) - len(limits))]
        left: list[dict[int, int]] = [{} for _ in range(sink + 1)]
        for (a, b), limit in zip(self.arcs, capacities, strict=True):
            left[a][b] = limit
            left[b].setdefault(a, 0)

        # Shortest paths only, as many as fit; then those that have become the shortest.
        levels = _levels(left, source)
        while levels[sink] >= 0:
            _fill_shortest_paths(left, levels, sink)
            levels = _levels(left, source)

        # The cut: variables that can be entered from the source by what the flow leaves free, but not left.
        cut = tuple(v for v in range(len(limits)) if levels[2 * v] >= 0 > levels[2 * v + 1])

        # What passes a variable passes from its first node to its second.
        through = tuple(limit - left[2 * v][2 * v + 1] for v, limit in enumerate(limits))
        limited = zip(self.arcs, capacities, strict=True)
        passed = [(a, b, limit - left[a][b]) for (a, b), limit in limited if left[a][b] < limit]
        columns = [arc[0] for arc in passed], [arc[1] for arc in passed], [arc[2] for arc in passed]
        return Flow(self.graph, cut, through, columns)

    def _by_scipy(self, limits: list[int], unlimited: int) -> Flow:
        """Do the same with arrays."""
        import numpy as np
        from scipy.sparse import csr_array
        from scipy.sparse.csgraph import breadth_first_order, maximum_flow

        starts, ends, order, rows = self._both_ways
        count, sink = len(limits), sink_of(self.graph)
        shape = sink + 1, sink + 1
        given = np.zeros(order.size, dtype=np.int64)
        given[: order.size // 2] = unlimited
        given[:count] = limits
        given = given[order]

        # Leading bits first. A round ends with a cut whose arcs, or their reverses, are each left less than one unit.
        left = given.copy()
        bits, spread = int(given.max()).bit_length(), (order.size // 2).bit_length()
        unit = None
        while unit != 0:
            unit = max(bits - WORD_BITS, 0)
            scaled = np.minimum(left >> unit, (1 << WORD_BITS) - 1).astype(np.int32)
            scale = csr_array((scaled, ends, rows), shape=shape)
            found = maximum_flow(scale, sink - 1, sink, method="dinic").flow
            left -= found.data.astype(np.int64) << unit
            bits = unit + spread

        # The cut, as above.
        free = csr_array((left > 0, ends, rows), shape=shape, copy=True)
        free.eliminate_zeros()
        reached = np.zeros(sink + 1, dtype=bool)
        reached[breadth_first_order(free, sink - 1, return_predecessors=False)] = True
        cut = np.flatnonzero(reached[: 2 * count : 2] & ~reached[1 : 2 * count : 2])

        # What passes each arc; that of a variable leads from its first node to its second.
        positive = given > left
        first, second, amount = starts[positive], ends[positive], (given - left)[positive]
        is_variable = (first % 2 == 0) & (second == first + 1) & (second < 2 * count)
        through = np.zeros(count, dtype=np.int64)
        through[first[is_variable] // 2] = amount[is_variable]
        listed = first.tolist(), second.tolist(), amount.tolist()
        return Flow(self.graph, tuple(cut.tolist()), tuple(through.tolist()), listed)

    @cached_property
    def _both_ways(self) -> tuple[Integers, Integers, Integers, Integers]:
        """The arcs and their reverses, row by row: starts, ends, which of `arcs` or which reverse, where rows begin."""
        import numpy as np

        graph = self.graph
        count, sink = len(graph.variable_dims), sink_of(graph)
        source, size = sink - 1, sink + 1
        variables, observed = np.arange(count), np.arange(graph.observed)
        inside = np.zeros(graph.observed, dtype=bool)
        inside[list(self.rows)] = True

        # Factors of two variables, each pair once, in both directions: u times count plus v, sorted.
        pairs = np.array([scope for scope in graph.factor_scopes if len(scope) == 2], dtype=np.int64).reshape(-1, 2)
        both = np.sort(np.concatenate([pairs @ [count, 1], pairs @ [1, count]]))
        is_new = np.diff(both, prepend=-1) > 0
        u, v = np.divmod(both[is_new], count)

        # Larger factors are vertices behind those of the variables.
        larger = [(2 * count + f, v) for f, scope in enumerate(graph.factor_scopes) if len(scope) > 2 for v in scope]
        factor, member = np.array(larger, dtype=np.int64).reshape(-1, 2).T

        # The arcs, in the order of `arcs`.
        ends_of_rows = np.where(inside, source, 2 * observed + 1), np.where(inside, 2 * observed, sink)
        before = [2 * variables, 2 * u + 1, factor, 2 * member + 1, ends_of_rows[0]]
        after = [2 * variables + 1, 2 * v, 2 * member, factor, ends_of_rows[1]]
        starts, ends = np.concatenate(before), np.concatenate(after)

        # Reverses follow, and all are sorted.
        places = np.concatenate([starts * size + ends, ends * size + starts])
        order = np.argsort(places)
        heads, tails = np.divmod(places[order], size)
        rows = np.searchsorted(heads, np.arange(size + 1))
        return heads, tails.astype(np.int32), order, rows.astype(np.int32)


def _levels(left: list[dict[int, int]], source: int) -> list[int]:
    """Return how many arcs each node is away from the source, -1 where it is out of reach."""
    levels = [-1] * len(left)
    levels[source] = 0
    waiting = [source]
    for a in waiting:  # grows meanwhile
        fresh = [b for b, more in left[a].items() if more and levels[b] < 0]
        for b in fresh:
            levels[b] = levels[a] + 1
        waiting += fresh
    return levels


def _fill_shortest_paths(left: list[dict[int, int]], levels: list[int], sink: int) -> None:
    """Pass along paths of one arc a level, until each of them has a full arc."""
    onward = [[b for b in left[a] if levels[b] == level + 1] for a, level in enumerate(levels)]
    path = [sink - 1]
    while path:
        here = path[-1]
        if here == sink:
            steps = list(pairwise(path))
            amount = min(left[a][b] for a, b in steps)
            for a, b in steps:
                left[a][b] -= amount
                left[b][a] += amount

            # Go on where the first arc is full.
            full = next(place for place, (a, b) in enumerate(steps) if not left[a][b])
            del path[full + 1 :]
            continue

        # An arc that is full or leads nowhere is not tried again.
        ahead = onward[here]
        while ahead and not left[here][ahead[-1]]:
            ahead.pop()
        if ahead:
            path.append(ahead[-1])
        else:
            path.pop()
            if path:
                onward[path[-1]].pop()
