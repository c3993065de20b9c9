"""Does a message-passing network separate what it could? Its exact partition, beside that of colour refinement.

After t layers with messages no network tells more vertices apart than colour refinement does in t rounds, in all graphs
together. Where a network tells fewer apart, two vertices prove it; a network that tells all of them apart exists, with
integer weights (`refinement_network`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, islice, pairwise
from typing import Any

from algebra.errors import InputError, as_integer
from algebra.graphs.graph import SimpleGraph
from algebra.graphs.message_passing import MessageLayer, MessagePassingNetwork
from algebra.graphs.reading import as_graph
from algebra.graphs.refinement import refinements
from algebra.sequences import as_list
from algebra.shown import Shown

Vertex = tuple[int, int]
"""The number of a graph, and a vertex of it."""

Cells = tuple[tuple[Vertex, ...], ...]

MOST_VERTICES = 5000
"""Of all graphs together: refinement takes a minute, in the worst case."""


@dataclass(frozen=True)
class GraphSeparation(Shown):
    """What a network separates, and what a network with as many layers could.

    Parameters
    ----------
    rounds : int
        Layers with messages.
    cells : tuple of tuple of (int, int)
        Vertices with equal output features, as pairs (graph, vertex).
    best : tuple of tuple of (int, int)
        The cells of colour refinement after as many rounds.
    missed : tuple of (int, int), optional
        Two vertices that refinement tells apart and the network does not; None if there are none.
    graph_pairs : tuple of (int, int)
        Pairs of graphs with equal readouts (sums of the features of all vertices).
    missed_graphs : tuple of (int, int)
        Those of them that refinement tells apart in as many rounds.
    needed_rounds : int
        Rounds until refinement is stable: with fewer layers with messages no network tells all apart that it could.
    """

    rounds: int
    cells: Cells
    best: Cells
    missed: tuple[Vertex, Vertex] | None
    graph_pairs: tuple[tuple[int, int], ...]
    missed_graphs: tuple[tuple[int, int], ...]
    needed_rounds: int

    @property
    def is_best(self) -> bool:
        """Whether it separates all vertices that a network with as many layers can."""
        return self.missed is None


Separation = GraphSeparation  # its earlier name


def separation_of(network: MessagePassingNetwork, graphs: Sequence[Any] | Any) -> GraphSeparation:
    """Compare a network's partition of all vertices of some graphs with that of colour refinement.

    Parameters
    ----------
    network : MessagePassingNetwork
    graphs : graph, or list or tuple of graphs
        Whatever `as_graph` reads.

    Returns
    -------
    GraphSeparation

    Raises
    ------
    InputError
        If there are more than `MOST_VERTICES` vertices, or a colour that is not in the network's palette.

    Examples
    --------
    >>> degrees = MessagePassingNetwork.of([{"own": [[0]], "neighbours": [[1]]}])
    >>> found = separation_of(degrees, "Ch")
    >>> found.cells == found.best, found.needed_rounds
    (True, 1)
    >>> separation_of(MessagePassingNetwork.of([{"own": [[1]], "neighbours": [[0]]}]), "Ch").missed
    ((0, 0), (0, 1))
    """
    given = list(graphs) if isinstance(graphs, list | tuple) and not _is_matrix(graphs) else [graphs]
    read = [as_graph(graph, f"graphs[{i}]") for i, graph in enumerate(given)]
    total = sum(graph.order for graph in read)
    if total > MOST_VERTICES:
        raise InputError("graphs", f"{total:,} vertices", f"graphs with at most {MOST_VERTICES:,} vertices together")

    # the network, with one denominator for each graph
    outputs = [network.features(graph) for graph in read]
    places = [(i, v) for i, graph in enumerate(read) for v in range(graph.order)]
    mine = {(i, v): tuple(outputs[i][v]) for i, v in places}

    # colour refinement on all graphs together
    rounds = [colours for colours, _ in refinements(_united(read))]
    colours = rounds[min(network.rounds, len(rounds) - 1)]
    best = dict(zip(places, colours, strict=True))

    sums = [tuple(map(sum, zip(*features, strict=True))) for features in outputs]
    told = [sorted(best[i, v] for v in range(graph.order)) for i, graph in enumerate(read)]
    equal = tuple((i, j) for i, j in combinations(range(len(read)), 2) if sums[i] == sums[j])
    return GraphSeparation(
        network.rounds,
        _cells(mine),
        _cells(best),
        _missed(mine, best),
        equal,
        tuple((i, j) for i, j in equal if told[i] != told[j]),
        len(rounds) - 2,
    )


def _is_matrix(given: Sequence[Any]) -> bool:
    return bool(given) and isinstance(given[0], list | tuple)


def _united(graphs: Sequence[SimpleGraph]) -> SimpleGraph:
    """Return the disjoint union of all graphs."""
    neighbours: list[tuple[int, ...]] = []
    colours: list[int] = []
    for graph in graphs:
        start = len(neighbours)
        neighbours += [tuple(w + start for w in near) for near in graph.neighbours]
        colours += graph.colours
    return SimpleGraph.trusted(tuple(neighbours), tuple(colours))


def _cells(values: dict[Vertex, Any]) -> Cells:
    """Return the sets of equal values, by their first vertices."""
    found: dict[Any, list[Vertex]] = {}
    for vertex, value in values.items():
        found.setdefault(value, []).append(vertex)
    return tuple(map(tuple, found.values()))


def _missed(mine: dict[Vertex, Any], best: dict[Vertex, int]) -> tuple[Vertex, Vertex] | None:
    """Return two vertices of equal features and different colours.

    Raises
    ------
    ArithmeticError
        If there are two of one colour with different features: that contradicts the theorem.
    """
    by_colour: dict[int, Any] = {}
    for vertex, colour in best.items():
        if by_colour.setdefault(colour, mine[vertex]) != mine[vertex]:
            raise ArithmeticError(f"the network tells {vertex} apart from a vertex of the same colour")
    first: dict[Any, Vertex] = {}
    for vertex, value in mine.items():
        other = first.setdefault(value, vertex)
        if best[other] != best[vertex]:
            return other, vertex
    return None


# ---- a network that separates all that it could


def refinement_network(graphs: Sequence[Any], rounds: int) -> MessagePassingNetwork:
    """Return a ReLU network with integer weights that computes colour refinement on some graphs, round by round.

    Features are one-hot in the k colours of a round. With more vertices n in each graph than any count, the code
    t = sum_i n^i m(i) + n^k c of a vertex of colour c with m(i) neighbours of colour i is linear in its features and
    those of its neighbours, and different for different signatures. With the code a_i of colour i of the next
    round, the next feature i is ReLU(t - a_i + 1) - 2 ReLU(t - a_i) + ReLU(t - a_i - 1).

    Parameters
    ----------
    graphs : sequence of graph
        Whatever `as_graph` reads.
    rounds : int

    Returns
    -------
    MessagePassingNetwork

    Raises
    ------
    InputError
        If the graphs have no vertices.

    Examples
    --------
    >>> network = refinement_network(["FhCGG"], 3)  # a path with 7 vertices
    >>> separation_of(network, "FhCGG").is_best
    True
    """
    read = [as_graph(graph, f"graphs[{i}]") for i, graph in enumerate(as_list("graphs", graphs, "a list of graphs"))]
    base = max((graph.order for graph in read), default=1)
    union = _united(read)
    if not union.order:
        raise InputError("graphs", graphs, "at least one vertex")
    history = [colours for colours, _ in islice(_all_rounds(union), as_integer("rounds", rounds, 1) + 1)]

    layers = []
    for before, after in pairwise(history):
        k = max(before) + 1
        code_of: dict[int, int] = {}
        for v, near in enumerate(union.neighbours):
            code_of[after[v]] = sum(base ** before[w] for w in near) + base**k * before[v]
        levels = [code_of[colour] for colour in sorted(code_of)]

        # t - a_i + s for s = 1, 0, -1, then their second difference
        own = [base**k * colour for colour in range(k)]
        counts = [base**colour for colour in range(k)]
        shifted = [shift - level for level in levels for shift in (1, 0, -1)]
        layers.append(MessageLayer.of([own] * len(shifted), [counts] * len(shifted), shifted))
        bumps = [[(1, -2, 1)[j % 3] if j // 3 == i else 0 for j in range(len(shifted))] for i in range(len(levels))]
        layers.append(MessageLayer.of(bumps, activation="identity"))
    return MessagePassingNetwork.of(layers, sorted(set(union.colours)))


def _all_rounds(graph: SimpleGraph) -> Iterator[tuple[tuple[int, ...], Any]]:
    """Yield the rounds of colour refinement, and the last one again and again."""
    yield from refinements(graph)
    *_, last = refinements(graph)
    while True:
        yield last
