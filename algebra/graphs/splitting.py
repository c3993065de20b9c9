"""Splitting a graph into the parts that decide whether it is compact, Godsil or Tinhofer.

Keep the stable colours. Replacing the edges inside a cell, or between two cells, by their complement changes neither
the polytope S of fractional automorphisms nor the group Aut (*flip lemma*): fractional automorphisms are doubly
stochastic on each cell, so they commute with constant blocks. Pairs of cells that are joined fully or not at all
constrain nothing, so S and Aut are products over the components of the cell graph (*product lemma*), and a graph is
compact, Godsil or Tinhofer exactly if every component is.
"""

from __future__ import annotations

from dataclasses import dataclass

import networkx as nx

from algebra.graphs.amenable import cell_graph, is_anisotropic
from algebra.graphs.graph import SimpleGraph
from algebra.graphs.graph6 import decoded
from algebra.graphs.refinement import StablePartition, colour_refinement
from algebra.graphs.symmetry import canonical_form, isomorphism


@dataclass(frozen=True)
class Component:
    """A graph whose colours are an equitable partition, and where its vertices came from.

    Parameters
    ----------
    graph : SimpleGraph
    vertices : tuple of int
        Of the graph that was split, for each vertex.
    """

    graph: SimpleGraph
    vertices: tuple[int, ...]

    @property
    def cells(self) -> tuple[tuple[int, ...], ...]:
        """The vertices of each colour."""
        found: dict[int, list[int]] = {}
        for v, colour in enumerate(self.graph.colours):
            found.setdefault(colour, []).append(v)
        return tuple(tuple(found[colour]) for colour in sorted(found))

    def within(self, images: tuple[int, ...], order: int) -> tuple[int, ...]:
        """Return a permutation of the component as one of the whole graph, which fixes all else."""
        found = list(range(order))
        for u, image in enumerate(images):
            found[self.vertices[u]] = self.vertices[image]
        return tuple(found)


def split(partition: StablePartition) -> tuple[Component, ...]:
    """Return the components of a graph with its stable colours that are not settled.

    The sparser one of each block and its complement is kept.

    Parameters
    ----------
    partition : StablePartition

    Returns
    -------
    tuple of Component

    Examples
    --------
    >>> [part.vertices for part in split(colour_refinement("D~{"))]
    []
    >>> [part.vertices for part in split(colour_refinement("EhEG"))]
    [(0, 1, 2, 3, 4, 5)]
    """
    parts = (sorted(part) for part in nx.connected_components(cell_graph(partition)))
    return tuple(_component(partition, part) for part in parts if len(part) > 1 or is_anisotropic(partition, *part * 2))


def _component(partition: StablePartition, numbers: list[int]) -> Component:
    """Return the graph on some cells, with dense blocks replaced by their complements."""
    sizes, degrees = partition.sizes, partition.quotient
    vertices = tuple(sorted(v for i in numbers for v in partition.cells[i]))
    place = {v: k for k, v in enumerate(vertices)}
    dense = {(i, j) for i in numbers for j in numbers if 2 * degrees[i][j] > sizes[j] - (i == j)}

    colours, neighbours = partition.colours, partition.graph.neighbours
    rows = []
    for u in vertices:
        near = set(neighbours[u])
        row = (place[v] for v in vertices if v != u and (v in near) != ((colours[u], colours[v]) in dense))
        rows.append(tuple(row))
    kept = tuple(numbers.index(colours[v]) for v in vertices)
    return Component(SimpleGraph.trusted(tuple(rows), kept), vertices)


def split_disconnected(component: Component) -> tuple[Component, ...]:
    """Return what decides whether a component is compact: itself if connected, else the parts of one connected piece.

    Isomorphic copies of a connected graph that share colours are compact together exactly if one copy is [1]_. Pieces
    that share a colour without being isomorphic stay together: some cell is then no orbit.

    Parameters
    ----------
    component : Component

    Returns
    -------
    tuple of Component

    References
    ----------
    .. [1] Theorem 6 of `docs/graph-classes.md`.

    Examples
    --------
    >>> split_disconnected(split(colour_refinement("EwCW"))[0])  # two triangles: complete graphs
    ()
    """
    if not aligned_copies(component):
        return (component,)
    return tuple(each for part in inner_components(component) for each in split_disconnected(part))


def aligned_copies(component: Component) -> tuple[tuple[int, ...], ...]:
    """Return the vertices of each connected piece, in the order of an isomorphism from the first; () if there is none.

    Also () if the component is connected.

    Examples
    --------
    >>> aligned_copies(split(colour_refinement("EwCW"))[0])
    ((0, 1, 2), (3, 4, 5))
    """
    pieces = _pieces(component)
    first = component.graph.induced(pieces[0])
    found = [tuple(component.vertices[v] for v in pieces[0])]
    for piece in pieces[1:]:
        images = isomorphism(first, component.graph.induced(piece))
        if images is None:
            return ()
        found.append(tuple(component.vertices[piece[image]] for image in images))
    return tuple(found) if len(found) > 1 else ()


def inner_components(component: Component) -> tuple[Component, ...]:
    """Return the components that the first connected piece is split into."""
    piece = _pieces(component)[0]
    inner = split(colour_refinement(component.graph.induced(piece)))
    vertices = [component.vertices[v] for v in piece]
    return tuple(Component(part.graph, tuple(vertices[v] for v in part.vertices)) for part in inner)


def _pieces(component: Component) -> list[list[int]]:
    """Return the connected pieces, that of the first vertex first."""
    return sorted(sorted(piece) for piece in nx.connected_components(component.graph.to_networkx()))


def with_cells(graph: SimpleGraph) -> SimpleGraph:
    """Return a graph with one vertex more for each colour, joined to what has it: cells without names.

    Examples
    --------
    >>> with_cells(SimpleGraph([[1], [0]], [4, 7])).neighbours
    ((1, 2), (0, 3), (0,), (1,))
    """
    neighbours = [list(row) for row in graph.neighbours]
    for number, colour in enumerate(sorted(set(graph.colours))):
        cell = [v for v in range(graph.order) if graph.colours[v] == colour]
        for v in cell:
            neighbours[v].append(graph.order + number)
        neighbours.append(cell)
    colours = [0] * graph.order + [1] * (len(neighbours) - graph.order)
    return SimpleGraph.trusted(tuple(map(tuple, neighbours)), tuple(colours))


def component_form(component: Component) -> tuple[str, tuple[int, ...]]:
    """Return a value that two components share exactly if they are isomorphic, whatever their colours are called.

    Examples
    --------
    >>> word, colours = component_form(split(colour_refinement("EhEG"))[0])
    >>> of_form(word, colours).label
    'graph:EqGW'
    """
    return canonical_form(with_cells(component.graph))


def of_form(word: str, colours: tuple[int, ...]) -> SimpleGraph:
    """Return the graph of a form of `component_form`; the vertices of cells come last."""
    neighbours = decoded(word)
    kept = [v for v, colour in enumerate(colours) if colour == 0]
    cells = tuple(max(neighbours[v]) - len(kept) if c == 0 else 0 for v, c in enumerate(colours))
    return SimpleGraph.trusted(neighbours, cells).induced(kept)


__all__ = [
    "Component",
    "aligned_copies",
    "component_form",
    "inner_components",
    "of_form",
    "split",
    "split_disconnected",
    "with_cells",
]
