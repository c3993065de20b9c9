"""What linear message passing sees: h <- A h from h = 1 counts walks, which are homomorphisms of paths alone.

Node features are the rows of the walk matrix (1, A 1, A² 1, …), graph features the numbers 1^T A^k 1. By the theorem of
Cayley and Hamilton n columns determine all others, and 2n numbers those of two graphs with n vertices.
"""

from __future__ import annotations

from typing import Any

from algebra.graphs.graph import SimpleGraph
from algebra.graphs.reading import as_graph


def walk_matrix(graph: Any, steps: int | None = None) -> list[tuple[int, ...]]:
    """Return for each vertex the numbers of walks of 0, 1, … steps that begin there; by default n numbers.

    Parameters
    ----------
    graph : graph
        Whatever `as_graph` reads.
    steps : int, optional
        How many numbers for each vertex; default: as many as vertices.

    Returns
    -------
    list of tuples of int

    Examples
    --------
    >>> walk_matrix("Bg")
    [(1, 1, 2), (1, 2, 2), (1, 1, 2)]
    """
    read = as_graph(graph)
    columns = _columns(read, read.order if steps is None else steps)
    return list(zip(*columns, strict=True)) if columns else [()] * read.order


def _columns(graph: SimpleGraph, steps: int) -> list[list[int]]:
    """Return 1, A 1, A² 1, …, so many."""
    column = [1] * graph.order
    columns = []
    for _ in range(steps):
        columns.append(column)
        column = [sum(column[w] for w in near) for near in graph.neighbours]
    return columns


def walk_numbers(graph: Any, steps: int | None = None) -> tuple[int, ...]:
    """Return the numbers of all walks of 0, 1, … steps; by default 2n numbers.

    Parameters
    ----------
    graph : graph
        Whatever `as_graph` reads.
    steps : int, optional
        How many numbers; default: twice as many as vertices.

    Returns
    -------
    tuple of int

    Examples
    --------
    >>> walk_numbers("Bg")
    (3, 4, 6, 8, 12, 16)
    """
    read = as_graph(graph)
    return tuple(map(sum, _columns(read, 2 * read.order if steps is None else steps)))


def walk_partition(graph: Any) -> tuple[tuple[int, ...], ...]:
    """Return the cells of vertices with equally many walks of every length; colours are not looked at.

    Parameters
    ----------
    graph : graph
        Whatever `as_graph` reads.

    Returns
    -------
    tuple of tuples of int

    Examples
    --------
    >>> walk_partition("Ch")
    ((0, 3), (1, 2))
    """
    cells: dict[tuple[int, ...], list[int]] = {}
    for v, row in enumerate(walk_matrix(graph)):
        cells.setdefault(row, []).append(v)
    return tuple(tuple(cells[row]) for row in sorted(cells))
