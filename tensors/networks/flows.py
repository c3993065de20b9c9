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
from itertools import pairwise
from typing import TYPE_CHECKING

from algebra.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from tensors.networks.structure import GraphStructure

    Integers = NDArray[np.int64]
    Arcs = tuple[Integers, Integers, Integers]  # start, end, and a limit or an amount

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
    arcs : tuple of three arrays
        Start, end and amount, where that is positive. Node 2v is where variable v is entered, 2v+1 where it is left;
        then come factors, source and sink. A factor of two variables may be passed from one to the other at once.
    """

    graph: GraphStructure
    cut: tuple[int, ...]
    through: tuple[int, ...]
    arcs: Arcs

    @classmethod
    def of(cls, graph: GraphStructure, rows: tuple[int, ...], limits: Sequence[int]) -> Flow:
        """Compute a maximal flow.

        Raises
        ------
        InputError
            If the limits of both sides sum to 2^62 or more: dimensions of 4 million bits together.
        """
        import numpy as np

        count = len(graph.variable_dims)
        inside = np.zeros(graph.observed, dtype=bool)
        inside[list(rows)] = True
        bounds = _bounds(graph, inside, limits)
        network = _network(graph, inside, bounds)
        passed, reached = (_by_levels if count <= SMALL else _by_scipy)(*network, _sink(graph))

        # The cut: variables that can be entered from the source by what the flow leaves free, but not left.
        entered, left = reached[: 2 * count : 2], reached[1 : 2 * count : 2]
        cut = np.flatnonzero(entered & ~left)

        # What passes a variable passes from its first node to its second.
        starts, ends, amounts = passed
        own = (starts % 2 == 0) & (ends == starts + 1) & (ends < 2 * count)
        through = np.zeros(count, dtype=np.int64)
        through[starts[own] // 2] = amounts[own]
        return cls(graph, tuple(cut.tolist()), tuple(through.tolist()), passed)

    @property
    def sink(self) -> int:
        """The node that the flow goes to."""
        return _sink(self.graph)

    @cached_property
    def edges(self) -> dict[int, dict[int, int]]:
        """How much passes from node to node, through the factors of two variables too, but from the source."""
        count, source = len(self.graph.variable_dims), self.sink - 1
        pairs = _pairs(self.graph)
        edges: dict[int, dict[int, int]] = {}
        for start, end, amount in zip(*(part.tolist() for part in self.arcs), strict=True):
            if start == source:
                continue
            factor = pairs.get((start // 2, end // 2)) if start % 2 and end < 2 * count else None
            nodes = (start, end) if factor is None else (start, 2 * count + factor, end)
            for a, b in pairwise(nodes):
                onto = edges.setdefault(a, {})
                onto[b] = onto.get(b, 0) + amount
        return edges


def _sink(graph: GraphStructure) -> int:
    return 2 * len(graph.variable_dims) + len(graph.factor_scopes) + 1


def _bounds(graph: GraphStructure, inside: NDArray[np.bool_], limits: Sequence[int]) -> Integers:
    """Return all limits, none above what can pass together, and that at the end."""
    import numpy as np

    # A sum of floats, because one of integers may wrap.
    sizes = np.array(limits, dtype=np.float64)
    observed = sizes[: graph.observed]
    if min(observed[inside].sum(), observed[~inside].sum()) >= 2.0**MOST_BITS:
        allowed = "such that the dimensions of one side have at most 4,194,304 bits together"
        raise InputError("variable_dims", graph.label, allowed)

    least = inside if observed[inside].sum() <= observed[~inside].sum() else ~inside
    total = sum(limits[v] for v in np.flatnonzero(least).tolist())
    within = limits if sizes.max() < total else [min(limit, total + 1) for limit in limits]
    return np.array([*within, total + 1], dtype=np.int64)


def _pairs(graph: GraphStructure) -> dict[tuple[int, int], int]:
    """For each two variables, in both orders, the first factor of these two alone."""
    found: dict[tuple[int, int], int] = {}
    for f, scope in enumerate(graph.factor_scopes):
        if len(scope) == 2 and scope not in found:
            found[scope[0], scope[1]] = found[scope[1], scope[0]] = f
    return found


def _network(graph: GraphStructure, inside: NDArray[np.bool_], bounds: Integers) -> Arcs:
    """Return all arcs: a variable is two nodes, and the arc between them alone is limited.

    Factors of two variables are arcs, of more a node; those of one variable lead nowhere.
    """
    import numpy as np

    count, sink = len(graph.variable_dims), _sink(graph)
    variables, observed = np.arange(count), np.arange(graph.observed)

    # Arcs of factors, each once in both directions: what two variables share may be shared twice.
    pairs = np.array([scope for scope in graph.factor_scopes if len(scope) == 2], dtype=np.int64).reshape(-1, 2)
    both = np.sort(np.concatenate([pairs @ [count, 1], pairs @ [1, count]]))
    u, v = np.divmod(both[np.diff(both, prepend=-1) > 0], count)
    larger = [(2 * count + f, v) for f, scope in enumerate(graph.factor_scopes) if len(scope) > 2 for v in scope]
    factor, member = np.array(larger, dtype=np.int64).reshape(-1, 2).T

    # The variables themselves, factors, source and sink.
    before = [2 * variables, 2 * u + 1, factor, 2 * member + 1, np.where(inside, sink - 1, 2 * observed + 1)]
    after = [2 * variables + 1, 2 * v, 2 * member, factor, np.where(inside, 2 * observed, sink)]
    starts, ends = np.concatenate(before), np.concatenate(after)
    unlimited = np.full(starts.size - count, bounds[-1])
    return starts, ends, np.concatenate([bounds[:-1], unlimited])


def _by_levels(starts: Integers, ends: Integers, limits: Integers, sink: int) -> tuple[Arcs, NDArray[np.bool_]]:
    """Return what passes each arc, where that is positive, and which nodes the source still reaches."""
    import numpy as np

    # What each arc and its reverse may still carry.
    arcs = list(zip(starts.tolist(), ends.tolist(), limits.tolist(), strict=True))
    left: list[dict[int, int]] = [{} for _ in range(sink + 1)]
    for a, b, limit in arcs:
        left[a][b] = limit
        left[b].setdefault(a, 0)

    # Shortest paths only, as many as fit; then those that have become the shortest.
    levels = _levels(left, sink - 1)
    while levels[sink] >= 0:
        _fill_shortest_paths(left, levels, sink)
        levels = _levels(left, sink - 1)

    passed = [(a, b, limit - left[a][b]) for a, b, limit in arcs if left[a][b] < limit]
    columns = np.array(passed, dtype=np.int64).reshape(-1, 3).T
    return (columns[0], columns[1], columns[2]), np.array(levels) >= 0


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


def _by_scipy(starts: Integers, ends: Integers, limits: Integers, sink: int) -> tuple[Arcs, NDArray[np.bool_]]:
    """Return the same."""
    import numpy as np
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import breadth_first_order, maximum_flow

    # Every arc and its reverse, row by row.
    size, most = sink + 1, int(limits.max())
    place = np.concatenate([starts * size + ends, ends * size + starts])
    order = np.argsort(place)
    heads, tails = np.divmod(place[order], size)
    given = np.concatenate([limits, np.zeros_like(limits)])[order]
    rows = np.searchsorted(heads, np.arange(size + 1)).astype(np.int32)
    columns = tails.astype(np.int32)

    # Leading bits first. A round ends with a cut whose arcs, or their reverses, are each left less than one unit.
    left = given.copy()
    bits, spread = most.bit_length(), starts.size.bit_length()
    unit = None
    while unit != 0:
        unit = max(bits - WORD_BITS, 0)
        scaled = np.minimum(left >> unit, (1 << WORD_BITS) - 1).astype(np.int32)
        scale = csr_array((scaled, columns, rows), shape=(size, size))
        found = maximum_flow(scale, sink - 1, sink, method="dinic").flow
        left -= found.data.astype(np.int64) << unit
        bits = unit + spread

    free = csr_array((left > 0, columns, rows), shape=(size, size))
    free.eliminate_zeros()
    reached = np.zeros(size, dtype=bool)
    reached[breadth_first_order(free, sink - 1, return_predecessors=False)] = True
    amounts = given - left
    positive = amounts > 0
    return (heads[positive], tails[positive], amounts[positive]), reached
