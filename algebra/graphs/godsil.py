"""Godsil graphs: every equitable partition is the orbit partition of some group of automorphisms.

Equitable partitions all refine the stable one. One below another, sigma < pi, has a cell S inside a cell C of pi, and
refining pi with S cut out of C stays above sigma. So from the stable partition on, cutting sets that contain the first
vertex of their cell reaches every equitable partition. A partition is an orbit partition exactly if it is that of the
largest candidate: the automorphisms of the graph coloured by it.

Cells of pi that are settled (joined fully or not at all to all cells) need not be cut: by the product lemma of
`splitting`, a partition that fails does so on a component of the cell graph, and there alone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import combinations
from typing import Any

from algebra.graphs.amenable import is_anisotropic
from algebra.graphs.graph import SimpleGraph
from algebra.graphs.reading import as_graph
from algebra.graphs.refinement import StablePartition, colour_refinement
from algebra.graphs.symmetry import Undecided, group_of

Cells = tuple[tuple[int, ...], ...]

MOST_SETS = 1_000_000
"""That are looked at as new cells: some ten seconds. A transitive graph on 16 vertices has 32,767 in its first step."""

MOST_LOOKS = 20_000_000
"""At vertices and neighbours, over all rounds of all refinements: some ten seconds."""


def partition_without_group(graph: Any) -> Cells | None:
    """Return an equitable partition that is no orbit partition; None if there is none: it is a Godsil graph.

    Parameters
    ----------
    graph : graph
        Whatever `as_graph` reads; colours are kept.

    Returns
    -------
    Cells, or None

    Raises
    ------
    Undecided
        If that takes more than `MOST_SETS` sets, or `MOST_LOOKS` at vertices and neighbours.

    References
    ----------
    C. D. Godsil, "Compact graphs and equitable partitions", Linear Algebra Appl. 255 (1997).

    Examples
    --------
    >>> from algebra.graphs.named import circulant, rook
    >>> partition_without_group(circulant(10, [1, 2]))
    ((1, 2, 3, 4, 6, 7, 8, 9), (0, 5))
    >>> partition_without_group(rook(3)) is None
    True
    """
    read = as_graph(graph)
    start = colour_refinement(read)
    masks = [sum(1 << w for w in near) for near in read.neighbours]
    first = sum(1 << (len(cell) - 1) for cell in _open_cells(start))
    if first > MOST_SETS:
        raise Undecided("graph", read.label, f"one with at most {MOST_SETS:,} sets in its cells, and it has {first:,}")
    seen, waiting, sets = {frozenset(start.cells)}, deque([start]), 0
    left = MOST_LOOKS
    while waiting:
        partition = waiting.popleft()
        if len(group_of(partition).orbits) != partition.count:
            return partition.cells
        for cell in _open_cells(partition):
            for part in _parts(cell):
                sets += 1
                if sets > MOST_SETS:
                    raise Undecided("graph", read.label, f"one whose equitable partitions come from {MOST_SETS:,} sets")
                if not _is_regular(part, masks):
                    continue
                below = _cut(partition, part)
                left -= len(below.transcript) * (read.order + 2 * read.size)
                if left < 0:
                    raise Undecided("graph", read.label, f"such that {MOST_LOOKS:,} looks at its vertices suffice")
                cells = frozenset(below.cells)
                if part in cells and cells not in seen:
                    seen.add(cells)
                    waiting.append(below)
    return None


def _open_cells(partition: StablePartition) -> list[tuple[int, ...]]:
    """Return the cells that are not settled."""
    numbers = range(partition.count)
    is_open = [any(is_anisotropic(partition, i, j) for j in numbers) for i in numbers]
    return [cell for cell, open_now in zip(partition.cells, is_open, strict=True) if open_now and len(cell) > 1]


def _parts(cell: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Yield the proper subsets with the first vertex, small ones first."""
    for size in range(len(cell) - 1):
        for others in combinations(cell[1:], size):
            yield (cell[0], *others)


def _is_regular(part: tuple[int, ...], masks: list[int]) -> bool:
    """Tell whether all vertices of a set have as many neighbours in it, as those of a cell must."""
    inside = sum(1 << v for v in part)
    return len({(masks[v] & inside).bit_count() for v in part}) == 1


def _cut(partition: StablePartition, part: tuple[int, ...]) -> StablePartition:
    """Cut a set out of its cell, and refine."""
    colours = tuple(2 * c + (v in part) for v, c in enumerate(partition.colours))
    return colour_refinement(SimpleGraph.trusted(partition.graph.neighbours, colours))


__all__ = ["partition_without_group"]
