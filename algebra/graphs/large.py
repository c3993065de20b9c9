"""The stable partition of a large graph in O((n + m) log n) steps: all parts but a largest one are looked at again.

A cell is taken from a queue and splits all others by numbers of neighbours in it. Of the parts of a cell, a largest one
need not be queued unless the cell itself still was: what it would split is split by the others and their union
(Hopcroft; Cardon and Crochemore [1]_). Every vertex is so in at most log2(n) + 1 cells that are taken.

Cells are split in an order that does not depend on the numbers of the vertices. They come with no transcript, which may
have as many as n rounds; to compare two graphs, refine their disjoint union.

References
----------
.. [1] A. Cardon, M. Crochemore, "Partitioning a graph in O(|A| log2 |V|)", Theoretical Computer Science 19 (1982).
"""

from __future__ import annotations

from collections import deque
from typing import Any

from algebra.graphs.graph import SimpleGraph
from algebra.graphs.reading import as_graph

Cells = tuple[tuple[int, ...], ...]


def stable_cells(graph: Any) -> Cells:
    """Return the cells of the stable partition; of a graph with many rounds much faster than `colour_refinement`.

    Parameters
    ----------
    graph : graph
        Whatever `as_graph` reads.

    Returns
    -------
    tuple of tuple of int
        In an order that isomorphisms preserve, but not in that of the canonical colours.

    Examples
    --------
    >>> stable_cells("FhCGG")  # a path on 7 vertices
    ((2, 4), (0, 6), (1, 5), (3,))
    """
    read = as_graph(graph)
    return tuple(tuple(sorted(cell)) for cell in _Queue(read).refined())


def are_equivalent(first: Any, second: Any) -> bool:
    """Say whether colour refinement cannot tell two graphs apart: each cell of the union has as many of both.

    Parameters
    ----------
    first, second : graph
        Whatever `as_graph` reads.

    Returns
    -------
    bool

    Examples
    --------
    >>> are_equivalent("EhEG", "EwCW"), are_equivalent("Ch", "Cs")
    (True, False)
    """
    one, other = as_graph(first, "first"), as_graph(second, "second")
    if one.order != other.order:
        return False
    return all(2 * sum(v < one.order for v in cell) == len(cell) for cell in _Queue(one.union(other)).refined())


class _Queue:
    """A partition that is being refined: its cells, by number, and those that are to be looked at."""

    def __init__(self, graph: SimpleGraph) -> None:
        self.graph = graph
        by_colour: dict[int, list[int]] = {}
        for v, colour in enumerate(graph.colours):
            by_colour.setdefault(colour, []).append(v)
        self.cells = [set(by_colour[colour]) for colour in sorted(by_colour)]
        self.cell_of = [0] * graph.order
        for number, cell in enumerate(self.cells):
            for v in cell:
                self.cell_of[v] = number
        self.waiting = deque(range(len(self.cells)))

    def refined(self) -> list[set[int]]:
        """Refine until no cell is left to be looked at."""
        while self.waiting:
            number = self.waiting.popleft()
            self._split_by(list(self.cells[number]))
        return self.cells

    def _split_by(self, splitter: list[int]) -> None:
        """Split all cells by the numbers of neighbours in one of them."""
        # of the vertices with neighbours in it, how many, and in which cells they are
        counts: dict[int, int] = {}
        for v in splitter:
            for w in self.graph.neighbours[v]:
                counts[w] = counts.get(w, 0) + 1
        touched: dict[int, dict[int, set[int]]] = {}
        for w, count in counts.items():
            touched.setdefault(self.cell_of[w], {}).setdefault(count, set()).add(w)

        for number in sorted(touched):
            self._split(number, [touched[number][count] for count in sorted(touched[number])])

    def _split(self, number: int, parts: list[set[int]]) -> None:
        """Split a cell into parts and the rest; a largest one keeps the number, and if that is the rest, it stays."""
        cell = self.cells[number]
        rest = len(cell) - sum(map(len, parts))
        largest = max(parts, key=len)
        if rest >= len(largest):
            for part in parts:
                cell -= part
        else:
            if rest:
                parts = [cell.difference(*parts), *parts]
            self.cells[number] = largest
            parts = [part for part in parts if part is not largest]

        for part in parts:
            new = len(self.cells)
            self.cells.append(part)
            for v in part:
                self.cell_of[v] = new
            self.waiting.append(new)
