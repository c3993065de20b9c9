"""Small components of graphs by the sizes of their cells: a search for what the atlas is too small for.

A graph is refinable (Tinhofer) exactly if each component of its cell graph is, with cells as colours, the sparser one
of each block and its complement, and no cell of one vertex (see `splitting`). So a class of refinable graphs on n
vertices is settled by the components with at most n vertices, and of these the ones with several cells have few forms:
cells whose sizes have no common divisor are joined fully or not at all.

References
----------
.. [1] "Colour refinement, Tinhofer's procedure, compact graphs", the project's note, where the smallest refinable graph
       that is not a Tinhofer graph is left open.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import combinations, product

import networkx as nx

from algebra.errors import InputError, as_integer
from algebra.graphs.amenable import amenability_obstruction
from algebra.graphs.atlas import graphs_of_size
from algebra.graphs.graph import SimpleGraph
from algebra.graphs.refinement import StablePartition, colour_refinement
from algebra.graphs.symmetry import canonical_form, group_of, individualised

Block = tuple[tuple[int, ...], ...]
"""For each vertex of a cell its neighbours in another one, or in the same; () for an empty block."""

MOST_IN_CELL = 8
"""Vertices of one cell: there are 19,355 cubic graphs on 8 vertices with names, and 11,180,820 on 10."""


def cell_sizes(order: int, least: int = 2) -> Iterator[tuple[int, ...]]:
    """Yield the sizes, in increasing order, of several cells that may make one component with so many vertices.

    Examples
    --------
    >>> list(cell_sizes(9)), list(cell_sizes(7))
    ([(3, 3, 3), (3, 6)], [])
    """
    for sizes in _partitions(order, least):
        joined = nx.Graph((i, j) for i, j in combinations(range(len(sizes)), 2) if _may_be_joined(sizes[i], sizes[j]))
        if len(sizes) > 1 and len(joined) == len(sizes) and nx.is_connected(joined):
            yield sizes


def _partitions(total: int, least: int) -> Iterator[tuple[int, ...]]:
    if total >= least:
        for first in range(least, total // 2 + 1):
            yield from ((first, *rest) for rest in _partitions(total - first, first))
        yield (total,)


def _may_be_joined(s: int, t: int) -> bool:
    return any(s * a % t == 0 for a in range(1, t))


@cache
def _blocks(s: int, t: int) -> tuple[Block, ...]:
    """Return the biregular bipartite graphs that are at most half full: for each of s vertices its neighbours."""
    found: list[Block] = [()]
    for a in range(1, t // 2 + 1):
        if s * a % t == 0:
            found += _with_sums(s, (s * a // t,) * t, a)
    return tuple(found)


def _with_sums(rows: int, left: tuple[int, ...], a: int) -> Iterator[Block]:
    """Yield the blocks of so many rows, a neighbours in each, with these numbers of neighbours in the columns."""
    if rows == 0:
        yield ()
        return
    full = [j for j, count in enumerate(left) if count == rows]  # such a column needs every row that is left
    others = [j for j, count in enumerate(left) if 0 < count < rows]
    if len(full) > a:
        return
    for more in combinations(others, a - len(full)):
        row = tuple(sorted((*full, *more)))
        after = tuple(count - (j in row) for j, count in enumerate(left))
        yield from ((row, *rest) for rest in _with_sums(rows - 1, after, a))


@cache
def _regular(s: int) -> tuple[Block, ...]:
    """Return the regular graphs on 0, …, s-1 of degree at most (s-1)/2: for each vertex its larger neighbours."""
    found: list[Block] = []
    for degree in range((s - 1) // 2 + 1):
        if s * degree % 2 == 0:
            found += _with_degrees((degree,) * s)
    return tuple(found)


def _with_degrees(left: tuple[int, ...], vertex: int = 0) -> Iterator[Block]:
    if vertex == len(left):
        yield ()
        return
    larger = [w for w in range(vertex + 1, len(left)) if left[w]]
    for row in combinations(larger, left[vertex]):
        after = tuple(count - (w in row) for w, count in enumerate(left))
        yield from ((row, *rest) for rest in _with_degrees(after, vertex + 1))


def components_of_cells(sizes: Sequence[int]) -> Iterator[SimpleGraph]:
    """Yield the graphs coloured by cells of these sizes that are one component, at least one of each type.

    Colours are an equitable partition; blocks are at most half full; the cells hang together.

    Parameters
    ----------
    sizes : sequence of int
        Several, from 2 to 8.

    Yields
    ------
    SimpleGraph

    Raises
    ------
    InputError
        If a size is none of these.

    Examples
    --------
    >>> sum(1 for _ in components_of_cells([3, 3]))
    6
    """
    for size in sizes:
        if as_integer("size", size, 2) > MOST_IN_CELL:
            raise InputError("size", size, f"at most {MOST_IN_CELL}")
    starts = [sum(sizes[:i]) for i in range(len(sizes))]
    colours = tuple(i for i, size in enumerate(sizes) for _ in range(size))
    pairs = list(combinations(range(len(sizes)), 2))

    # one of each type suffices inside one of the cells, the largest
    largest = max(range(len(sizes)), key=sizes.__getitem__)
    inside = [_types(size) if i == largest else _regular(size) for i, size in enumerate(sizes)]
    for between in product(*(_blocks(sizes[i], sizes[j]) for i, j in pairs)):
        joined = nx.Graph(pair for pair, block in zip(pairs, between, strict=True) if block)
        if len(joined) < len(sizes) or not nx.is_connected(joined):
            continue
        for within in product(*inside):
            placed = [*zip(pairs, between, strict=True), *(((i, i), block) for i, block in enumerate(within))]
            edges = (
                (starts[i] + u, starts[j] + v) for (i, j), block in placed for u, row in enumerate(block) for v in row
            )
            yield SimpleGraph.of_edges(len(colours), edges, colours)


@cache
def _types(size: int) -> tuple[Block, ...]:
    """Return one regular graph of each isomorphism type, of degree at most half."""
    degrees = [d for d in range((size - 1) // 2 + 1) if size * d % 2 == 0]
    graphs = (graph for d in degrees for graph in graphs_of_size(size, size * d // 2) if set(graph.degrees) == {d})
    return tuple(tuple(tuple(w for w in near if w > u) for u, near in enumerate(g.neighbours)) for g in graphs)


def refinable_components(sizes: Sequence[int]) -> Iterator[SimpleGraph]:
    """Yield one component of each type whose cells, of these sizes, are orbits, and that is not amenable.

    Examples
    --------
    >>> len(list(refinable_components([3, 6])))
    5
    """
    seen = set()
    for graph in components_of_cells(sizes):
        partition = colour_refinement(graph)
        if amenability_obstruction(partition) is None or not _may_be_orbits(partition):
            continue
        form = canonical_form(graph)
        if form not in seen and len(group_of(partition).orbits) == partition.count:
            yield graph
        seen.add(form)


def _may_be_orbits(partition: StablePartition) -> bool:
    """Tell whether marking one or another vertex of a cell looks the same."""
    for cell in partition.cells:
        first = individualised(partition, cell[0]).transcript
        if any(individualised(partition, v).transcript != first for v in cell[1:]):
            return False
    return True


__all__ = ["cell_sizes", "components_of_cells", "refinable_components"]
