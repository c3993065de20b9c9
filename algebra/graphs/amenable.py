"""Amenable graphs: those that colour refinement tells from every other graph, by their structure.

Let V_1, …, V_k be the cells of the stable partition of G. G is amenable exactly if [1]_ [2]_

(A) each G[V_i] is empty, complete, a matching, the complement of a matching, or the 5-cycle;
(B) each G[V_i, V_j] is empty, complete, a disjoint union of stars K_{1,t} with all centres in one of the cells, or
    the bipartite complement of such a union;
(C) each component of the *cell graph*, whose edges are the pairs that are neither empty nor complete, is a tree along
    which sizes do not decrease on the way from a cell of least size;
(D) and has at most one cell that is neither empty nor complete inside, which then has the least size.

References
----------
.. [1] V. Arvind, J. Köbler, G. Rattan and O. Verbitsky, "Graph isomorphism, color refinement, and compactness",
       Computational Complexity 26 (2017), Theorem 9, arXiv:1502.01255.
.. [2] S. Kiefer, P. Schweitzer and E. Selman, "Graphs identified by logics with counting", ACM Transactions on
       Computational Logic 23 (2022), arXiv:1503.08792.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import networkx as nx

from algebra.graphs.reading import as_graph
from algebra.graphs.refinement import StablePartition, colour_refinement
from algebra.shown import Shown


@dataclass(frozen=True)
class Obstruction(Shown):
    """What keeps a graph from being amenable.

    Parameters
    ----------
    condition : str
        A, B, C or D.
    cells : tuple of int
        Numbers of cells of the stable partition.
    says : str
        A sentence.
    """

    condition: str
    cells: tuple[int, ...]
    says: str


def is_anisotropic(partition: StablePartition, i: int, j: int) -> bool:
    """Tell whether two cells are joined, but not completely; of a cell with itself: inside."""
    return partition.quotient[i][j] not in (0, partition.sizes[j] - (i == j))


def cell_graph(partition: StablePartition) -> nx.Graph[int]:
    """Return the graph on the cells of a stable partition whose edges are the anisotropic pairs.

    Examples
    --------
    >>> sorted(cell_graph(colour_refinement("FhCGG")).edges)  # a path on 7 vertices
    [(0, 1), (1, 2)]
    """
    found: nx.Graph[int] = nx.Graph()
    cells = range(partition.count)
    found.add_nodes_from(cells)
    found.add_edges_from((i, j) for i in cells for j in cells if i < j and is_anisotropic(partition, i, j))
    return found


def amenability_obstruction(graph: Any) -> Obstruction | None:
    """Return what keeps a graph from being amenable; None: it is amenable.

    Parameters
    ----------
    graph : graph or StablePartition

    Returns
    -------
    Obstruction, or None

    Examples
    --------
    >>> amenability_obstruction("FhCGG") is None, amenability_obstruction("EhEG").condition
    (True, 'A')
    """
    partition = graph if isinstance(graph, StablePartition) else colour_refinement(as_graph(graph))
    sizes, degrees = partition.sizes, partition.quotient
    for i, size in enumerate(sizes):
        inside = degrees[i][i]
        if inside not in (0, size - 1, 1, size - 2) and (size, inside) != (5, 2):
            return Obstruction("A", (i,), f"cell {i} has {size} vertices of degree {inside} inside")

    pairs = [(i, j) for j in range(len(sizes)) for i in range(j) if is_anisotropic(partition, i, j)]
    for i, j in pairs:
        stars = degrees[i][j] in (1, sizes[j] - 1) or degrees[j][i] in (1, sizes[i] - 1)
        if not stars:
            says = (
                f"cells {i} and {j}, of {sizes[i]} and {sizes[j]} vertices, have {degrees[i][j]} edges a vertex of {i}"
            )
            return Obstruction("B", (i, j), says)

    joined: nx.Graph[int] = nx.Graph(pairs)  # a cell that is joined to no other satisfies C and D
    for component in nx.connected_components(joined):
        found = _tree_obstruction(partition, joined.subgraph(component))
        if found is not None:
            return found
    return None


def _tree_obstruction(partition: StablePartition, tree: nx.Graph[int]) -> Obstruction | None:
    """Look at conditions C and D for one component of the cell graph."""
    sizes, component = partition.sizes, sorted(tree)
    if tree.number_of_edges() != len(component) - 1:
        return Obstruction("C", tuple(component), "joined cells make a cycle")
    least = min(component, key=lambda i: (sizes[i], i))
    for i, j in nx.bfs_edges(tree, least):
        if sizes[j] < sizes[i]:
            says = f"on the way from cell {least}, cell {j} is smaller than cell {i}"
            return Obstruction("C", (least, i, j), says)

    inner = [i for i in component if is_anisotropic(partition, i, i)]
    if len(inner) > 1:
        return Obstruction("D", tuple(inner), "joined cells have edges inside, but are not complete")
    if inner and sizes[inner[0]] > sizes[least]:
        says = f"cell {inner[0]} has edges inside, is not complete, and is larger than cell {least}"
        return Obstruction("D", (inner[0], least), says)
    return None


def is_amenable(graph: Any) -> bool:
    """Tell whether colour refinement tells a graph from every graph that is not isomorphic to it.

    Parameters
    ----------
    graph : graph
        Whatever `as_graph` reads.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_amenable("FhCGG"), is_amenable("EhEG")
    (True, False)
    """
    return amenability_obstruction(graph) is None


__all__ = ["Obstruction", "amenability_obstruction", "cell_graph", "is_amenable"]
