"""Simple undirected graphs with coloured vertices, colour refinement and isomorphisms, as certificates speak of them.

A graph is an object of ``graph6``, a word of McKay's format, and ``colours``, an integer for each vertex, or null where
all are 0. The word is read here: six bits a character from ``?`` on; the number of vertices (one character up to 62,
else ``~`` and three, or ``~~`` and six), then the upper triangle of the adjacency matrix column by column, and zeros.

Refinement works on the disjoint union of all graphs of a question, so that colours mean the same in each.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from .labels import simple_graph_label
from .limits import LARGEST, hold, need, spend
from .reading import fields, integers, text

MOST_VERTICES = 2000
"""Of a graph: its matrix has four million entries."""

Colours = tuple[int, ...]


class SimpleGraph(NamedTuple):
    """The neighbours of each vertex, and its colour."""

    neighbours: tuple[tuple[int, ...], ...]
    colours: Colours
    label: str

    @property
    def order(self) -> int:
        """The number of vertices."""
        return len(self.neighbours)


def read_graph(value: Any, name: str) -> SimpleGraph:
    """Return the graph that an object describes."""
    word, colours = fields(value, name, "graph6", "colours")
    neighbours = decoded(text(word, f"{name}.graph6"), name)
    order = len(neighbours)
    listed = (0,) * order if colours is None else integers(colours, f"{name}.colours", -LARGEST)
    need(len(listed) == order, f"{name}.colours is not one integer for each vertex")
    need(colours is None or any(listed), f"{name}.colours is not null, though all are 0")
    return SimpleGraph(neighbours, listed, simple_graph_label(word, listed, order))


def decoded(word: str, name: str) -> tuple[tuple[int, ...], ...]:
    """Return the neighbours of each vertex of a graph6 word, which is written in one way only."""
    spend(20 * len(word), name)
    values = [ord(character) - 63 for character in word]
    need(all(0 <= value < 64 for value in values) and values != [], f"{name} is no word of graph6")
    start, digits = (0, 1) if values[0] < 63 else (1, 3) if values[1:2] != [63] else (2, 6)
    order = 0
    for value in values[start : start + digits]:
        order = 64 * order + value
    least = {1: 0, 3: 63, 6: 258_048}[digits]
    need(least <= order <= MOST_VERTICES, f"{name} has too many vertices, or a number that is not written shortest")

    pairs = order * (order - 1) // 2
    body = values[start + digits :]
    need(len(body) == -(-pairs // 6), f"{name} is no word of graph6: it has not one bit for each pair")
    hold(pairs, 80, name)
    spend(20 * pairs, name)
    bits = [value >> shift & 1 for value in body for shift in (5, 4, 3, 2, 1, 0)]
    need(not any(bits[pairs:]), f"{name} is no word of graph6: bits behind the last pair are not 0")
    around: list[list[int]] = [[] for _ in range(order)]
    at = 0
    for v in range(order):
        for u in range(v):
            if bits[at]:
                around[u].append(v)
                around[v].append(u)
            at += 1
    return tuple(map(tuple, around))


def refined(graphs: Sequence[SimpleGraph], colours: Sequence[Colours]) -> list[Colours]:
    """Return the stable colours of some graphs, refined together from given colours."""
    sizes = sum(graph.order + sum(map(len, graph.neighbours)) for graph in graphs)
    found, count = list(colours), -1
    while True:
        spend(20 * sizes, "colour refinement")
        signatures = [
            [(own[v], tuple(sorted(own[w] for w in near))) for v, near in enumerate(graph.neighbours)]
            for graph, own in zip(graphs, found, strict=True)
        ]
        names = {s: i for i, s in enumerate(sorted({s for each in signatures for s in each}))}
        if len(names) == count:
            return found
        count = len(names)
        found = [tuple(names[s] for s in each) for each in signatures]


def agree(colours: Sequence[Colours]) -> bool:
    """Say whether two graphs have as many vertices of each colour."""
    mine, its = colours
    return sorted(mine) == sorted(its)


def are_isomorphic(graphs: Sequence[SimpleGraph], colours: Sequence[Colours], moves: Sequence[Colours] = ()) -> bool:
    """Say whether an isomorphism of two graphs preserves these colours: mark a vertex, try all of its colour.

    Of vertices that automorphisms of the second graph (`moves`) carry into each other one is enough, as long as they
    preserve its colours.
    """
    mine, its = stable = refined(graphs, colours)
    if not agree(stable):
        return False
    open_cells = sorted((mine.count(colour), colour) for colour in {*mine} if mine.count(colour) > 1)
    if not open_cells:
        return True  # a bijection that preserves stable colours, all different, is an isomorphism
    colour = open_cells[0][1]
    u = mine.index(colour)
    spend(2 * len(its) * len(moves), "the search")
    kept = [move for move in moves if all(its[image] == other for image, other in zip(move, its, strict=True))]
    candidates = [v for v, other in enumerate(its) if other == colour]
    spend(2 * len(candidates) * (1 + len(kept)), "the search")
    first = representatives(candidates, kept)
    return any(are_isomorphic(graphs, [marked(mine, u), marked(its, v)], kept) for v in first)


def representatives(candidates: Sequence[int], moves: Sequence[Colours]) -> list[int]:
    """Return the least vertex of each orbit of the candidates, which the moves permute."""
    left, found = set(candidates), []
    for v in candidates:
        if v in left:
            found.append(v)
            left.discard(v)
            new = [v]
            for w in new:
                reached = {move[w] for move in moves} & left
                left -= reached
                new += sorted(reached)
    return found


def is_automorphism(images: Colours, graph: SimpleGraph) -> bool:
    """Say whether a map of vertices preserves edges and colours."""
    spend(20 * (graph.order + sum(map(len, graph.neighbours))), "the automorphisms")
    return sorted(images) == list(range(graph.order)) and all(
        graph.colours[images[v]] == graph.colours[v]
        and sorted(images[w] for w in near) == sorted(graph.neighbours[images[v]])
        for v, near in enumerate(graph.neighbours)
    )


def marked(colours: Colours, vertex: int) -> Colours:
    """Return the colours in which one vertex differs from all others."""
    return tuple(2 * colour + (v == vertex) for v, colour in enumerate(colours))
