"""All graphs on few vertices up to isomorphism, one of each, and what their classes and colours are.

Every graph with n vertices has a vertex of greatest degree; without it, it is one of those with n - 1. So each graph is
made by joining a new vertex, whose degree is then the greatest, to a set of vertices of a smaller graph. Two graphs are
the same exactly if their forms are equal: stable partitions with equal numbers of neighbours decide that for amenable
graphs, which are nearly all; the others have canonical forms of their components beside.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations
from typing import Any

from algebra.errors import InputError, as_integer
from algebra.graphs.amenable import amenability_obstruction
from algebra.graphs.graph import SimpleGraph
from algebra.graphs.refinement import StablePartition, colour_refinement
from algebra.graphs.splitting import split
from algebra.graphs.symmetry import canonical_form

MOST_VERTICES = 9
"""There are 274,668 graphs on 9 vertices, which take minutes, and 12,005,168 on 10."""

Form = tuple[Any, ...]


def graph_form(partition: StablePartition) -> Form:
    """Return a value that two graphs share exactly if they are isomorphic, from a stable partition.

    Examples
    --------
    >>> path, same, triangle = (graph_form(colour_refinement(word)) for word in ("Bg", "BW", "Bw"))
    >>> path == same, path == triangle
    (True, False)
    """
    form = partition.sizes, partition.quotient
    if amenability_obstruction(partition) is None:
        return form
    colours = partition.colours
    parts = (part.graph.coloured([colours[v] for v in part.vertices]) for part in split(partition))
    return (*form, tuple(sorted(map(canonical_form, parts))))


def all_graphs(order: int) -> tuple[SimpleGraph, ...]:
    """Return all graphs with so many vertices up to isomorphism, by increasing numbers of edges.

    Parameters
    ----------
    order : int
        From 1 to 9.

    Returns
    -------
    tuple of SimpleGraph

    Raises
    ------
    InputError
        If it is none of these.

    Examples
    --------
    >>> [len(all_graphs(n)) for n in range(1, 6)]
    [1, 2, 4, 11, 34]
    """
    checked_order(order)
    return tuple(graph for size in range(order * (order - 1) // 2 + 1) for graph in graphs_of_size(order, size))


def checked_order(order: int) -> int:
    """Return a number of vertices for which all graphs are made.

    Raises
    ------
    InputError
        If it is not from 1 to `MOST_VERTICES`.
    """
    if as_integer("order", order, 1) > MOST_VERTICES:
        raise InputError("order", order, f"at most {MOST_VERTICES}")
    return order


@lru_cache(maxsize=256)
def graphs_of_size(order: int, size: int) -> tuple[SimpleGraph, ...]:
    """Return the graphs with so many vertices and edges, one of each isomorphism type, sorted by their words.

    Examples
    --------
    >>> [graph.graph6 for graph in graphs_of_size(4, 2)]
    ['CE', 'CQ']
    """
    if checked_order(order) == 1:
        return (SimpleGraph([[]]),) if size == 0 else ()
    found: dict[Form, SimpleGraph] = {}
    for degree in range(min(size, order - 1) + 1):
        for graph in graphs_of_size(order - 1, size - degree):
            for extended in _extended(graph, degree):
                found.setdefault(graph_form(colour_refinement(extended)), extended)
    return tuple(sorted(found.values(), key=lambda graph: graph.graph6))


def _extended(graph: SimpleGraph, degree: int) -> Iterator[SimpleGraph]:
    """Join a new vertex to each set of so many that makes its degree the greatest; twins are joined in order."""
    order, degrees = graph.order, graph.degrees
    if max(degrees) > degree:
        return
    full = {v for v in range(order) if degrees[v] == degree}  # they cannot take one edge more
    twin_before = {v: u for v in range(order) if (u := _twin_before(graph, v)) is not None}
    for joined in combinations([v for v in range(order) if v not in full], degree):
        chosen = set(joined)
        if any(twin_before.get(v, v) not in chosen for v in joined):
            continue
        rows = [(*near, order) if v in chosen else near for v, near in enumerate(graph.neighbours)]
        yield SimpleGraph.trusted((*rows, joined), (0,) * (order + 1))


def _twin_before(graph: SimpleGraph, vertex: int) -> int | None:
    """Return the last vertex before with the same neighbours, apart from the two themselves: they can be swapped."""
    mine = set(graph.neighbours[vertex])
    for u in range(vertex - 1, -1, -1):
        if mine - {u} == set(graph.neighbours[u]) - {vertex}:
            return u
    return None


__all__ = ["MOST_VERTICES", "all_graphs", "graph_form", "graphs_of_size"]
