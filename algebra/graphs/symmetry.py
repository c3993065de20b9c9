"""Isomorphisms and automorphisms, exactly, by individualisation and refinement.

Both graphs are refined. If their transcripts differ there is no isomorphism; if all cells are singletons the stable
colours are one. Otherwise a vertex u of a cell is marked in the first graph, and each vertex of that cell in turn in
the second one: every isomorphism sends u to one of them. Where cells are orbits (`tinhofer`) no choice is taken back.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from algebra.errors import InputError
from algebra.graphs.graph import SimpleGraph
from algebra.graphs.reading import as_graph
from algebra.graphs.refinement import StablePartition, colour_refinement
from algebra.shown import Shown

Permutation = tuple[int, ...]

Select = Callable[..., tuple[int, ...]]
"""Selects a cell by a key: ``min`` or ``max``, of several the first; so isomorphisms preserve what it selects."""

MOST_LOOKS = 30_000_000
"""Vertices and neighbours that one search looks at, rounds of refinement not counted: about a minute."""


def selected_cell(partition: StablePartition, select: Select = min) -> tuple[int, ...] | None:
    """Return the first cell of the least size above 1; None if all are singletons. Isomorphisms preserve this choice.

    Parameters
    ----------
    partition : StablePartition
    select : callable
        ``min``, or ``max`` for the first cell of the greatest size.

    Returns
    -------
    tuple of int, or None
        The vertices of the cell.

    Examples
    --------
    >>> selected_cell(colour_refinement("Ch")), selected_cell(colour_refinement("@"))
    ((0, 3), None)
    """
    open_cells = [cell for cell in partition.cells if len(cell) > 1]
    return select(open_cells, key=len) if open_cells else None


def individualised(partition: StablePartition, vertex: int) -> StablePartition:
    """Mark one more vertex, and refine again; stable colours so far are colours that are given.

    Parameters
    ----------
    partition : StablePartition
    vertex : int

    Returns
    -------
    StablePartition

    Examples
    --------
    >>> individualised(colour_refinement("Dhc"), 0).cells
    ((2, 3), (1, 4), (0,))
    """
    return colour_refinement(partition.graph.coloured(partition.colours).marked(vertex))


def isomorphism(first: Any, second: Any) -> Permutation | None:
    """Return an isomorphism that preserves colours: the image of each vertex; None if there is none.

    Parameters
    ----------
    first, second : graph
        Whatever `as_graph` reads.

    Returns
    -------
    Permutation, or None

    Raises
    ------
    InputError
        If the search is not over after so many refinements that `MOST_LOOKS` vertices were looked at.

    Examples
    --------
    >>> isomorphism("Bg", "BW"), isomorphism("EhEG", "EwCW")
    ((0, 2, 1), None)
    """
    graphs = as_graph(first, "first"), as_graph(second, "second")
    mine, its = map(colour_refinement, graphs)
    return next(_isomorphisms(mine, its, Budget(graphs)), None)


def automorphisms_of_search(first: SimpleGraph, second: SimpleGraph) -> list[Permutation] | None:
    """Return automorphisms of the second graph that carry failures of a search to other choices; None if it succeeds.

    A search that leaves out what they carry into each other need not look at more than this one did.

    Examples
    --------
    >>> automorphisms_of_search(as_graph("EhEG"), as_graph("EwCW")) is None
    False
    """
    budget = Budget((first, second))
    found = next(_isomorphisms(colour_refinement(first), colour_refinement(second), budget), None)
    return list(budget.automorphisms) if found is None else None


def all_isomorphisms(first: Any, second: Any) -> Iterator[Permutation]:
    """Yield every isomorphism; there are as many as automorphisms, which may be very many.

    Parameters
    ----------
    first, second : graph
        Whatever `as_graph` reads.

    Yields
    ------
    Permutation

    Examples
    --------
    >>> sorted(all_isomorphisms("Bg", "Bg"))
    [(0, 1, 2), (2, 1, 0)]
    """
    graphs = as_graph(first, "first"), as_graph(second, "second")
    mine, its = map(colour_refinement, graphs)
    return _isomorphisms(mine, its, None)


class Undecided(InputError):  # noqa: N818 - nothing is wrong with the input
    """A search was not over when its budget was."""


class Budget:
    """How many refinements a search may still make."""

    def __init__(self, graphs: Sequence[SimpleGraph]) -> None:
        self.graphs = graphs
        self.automorphisms: dict[Permutation, None] = {}  # of the second graph, which carried failures to others
        self.refinements = self.left = MOST_LOOKS // max(1, *(graph.order + 2 * graph.size for graph in graphs))

    def spend(self) -> None:
        """Pay for one refinement.

        Raises
        ------
        Undecided
            If none is left.
        """
        self.left -= 1
        if self.left < 0:
            named = ", ".join(graph.label for graph in self.graphs)
            raise Undecided("graphs", named, f"such that isomorphisms are found by {self.refinements:,} refinements")


def _isomorphisms(mine: StablePartition, its: StablePartition, budget: Budget | None) -> Iterator[Permutation]:
    """Yield the isomorphisms of two refined graphs: all of them without a budget, else one if there is any."""
    if not mine.is_equivalent(its):
        return
    cell = selected_cell(mine)
    if cell is None:
        place = [of_colour for (of_colour,) in its.cells]
        yield tuple(place[colour] for colour in mine.colours)
        return

    marked = individualised(mine, cell[0])
    waiting = list(its.cells[mine.colours[cell[0]]])
    if budget is None:
        for v in waiting:
            yield from _isomorphisms(marked, individualised(its, v), None)
        return

    # automorphisms carry a failure to all of an orbit; where cells are orbits the first attempt succeeds
    moves: tuple[Permutation, ...] | None = None
    while waiting:
        budget.spend()
        found = next(_isomorphisms(marked, individualised(its, waiting[0]), budget), None)
        if found is not None:
            yield found
            return
        if moves is None and len(waiting) > 1:
            moves = group_of(its, budget).generators
            budget.automorphisms |= dict.fromkeys(moves)
        orbit = orbit_of(waiting[0], moves or ())
        waiting = [v for v in waiting if v not in orbit]


def is_isomorphism(images: Sequence[int], first: SimpleGraph, second: SimpleGraph) -> bool:
    """Check directly that a map of vertices is an isomorphism that preserves colours.

    Parameters
    ----------
    images : sequence of int
        The image of each vertex.
    first, second : SimpleGraph

    Returns
    -------
    bool

    Examples
    --------
    >>> is_isomorphism((0, 2, 1), as_graph("Bg"), as_graph("BW"))
    True
    """
    return (
        first.order == second.order
        and sorted(images) == list(range(second.order))
        and all(second.colours[images[v]] == colour for v, colour in enumerate(first.colours))
        and all(
            tuple(sorted(images[w] for w in near)) == second.neighbours[images[v]]
            for v, near in enumerate(first.neighbours)
        )
    )


@dataclass(frozen=True)
class AutomorphismGroup(Shown):
    """The automorphisms of a coloured graph, by a chain of pointwise stabilisers.

    Parameters
    ----------
    graph : SimpleGraph
    generators : tuple of tuple of int
        Automorphisms that generate all of them.
    base : tuple of int
        Vertices that no automorphism fixes all, but the identity.
    orbit_sizes : tuple of int
        The size of the orbit of each of them, under the automorphisms that fix those before.
    """

    graph: SimpleGraph
    generators: tuple[Permutation, ...]
    base: tuple[int, ...]
    orbit_sizes: tuple[int, ...]

    @property
    def order(self) -> int:
        """The number of automorphisms."""
        return math.prod(self.orbit_sizes)

    @cached_property
    def orbits(self) -> tuple[tuple[int, ...], ...]:
        """The orbits on vertices, sorted."""
        return orbits_of(self.graph.order, self.generators)


def automorphism_group(graph: Any) -> AutomorphismGroup:
    """Return the group of the automorphisms that preserve colours.

    Parameters
    ----------
    graph : graph
        Whatever `as_graph` reads.

    Returns
    -------
    AutomorphismGroup

    Raises
    ------
    InputError
        If the search is not over after so many refinements that `MOST_LOOKS` vertices were looked at.

    Examples
    --------
    >>> group = automorphism_group("EhEG")
    >>> group.order, group.orbits
    (12, ((0, 1, 2, 3, 4, 5),))
    """
    read = as_graph(graph)
    return group_of(colour_refinement(read))


def group_of(partition: StablePartition, budget: Budget | None = None) -> AutomorphismGroup:
    """Return the automorphism group of a graph that has been refined, within a budget, by default its own.

    Parameters
    ----------
    partition : StablePartition
    budget : Budget, optional

    Returns
    -------
    AutomorphismGroup
    """
    budget = budget or Budget([partition.graph])

    # mark vertices until all cells are singletons
    chain = [partition]
    while (cell := selected_cell(chain[-1])) is not None:
        chain.append(individualised(chain[-1], cell[0]))

    # from below: the orbit of the vertex that is marked next, under the automorphisms that fix those before
    generators: list[Permutation] = []
    base, sizes = [], []
    for above, below in zip(chain[-2::-1], chain[:0:-1], strict=True):
        cell = selected_cell(above)
        assert cell is not None
        orbit = orbit_of(cell[0], generators)
        refused: set[int] = set()
        for v in cell:
            if v in orbit or v in refused:
                continue
            budget.spend()
            found = next(_isomorphisms(below, individualised(above, v), budget), None)
            if found is None:
                refused |= orbit_of(v, generators)
            else:
                generators.append(found)
                orbit = orbit_of(cell[0], generators)
        base.append(cell[0])
        sizes.append(len(orbit))
    return AutomorphismGroup(partition.graph, tuple(generators), tuple(reversed(base)), tuple(reversed(sizes)))


def orbit_of(vertex: int, generators: Iterable[Permutation]) -> set[int]:
    """Return the orbit of a vertex under permutations.

    Examples
    --------
    >>> sorted(orbit_of(0, [(1, 0, 2, 3), (0, 3, 2, 1)]))
    [0, 1, 3]
    """
    moves = list(generators)
    found, new = {vertex}, [vertex]
    while new:
        images = {move[v] for v in new for move in moves} - found
        found |= images
        new = list(images)
    return found


def orbits_of(order: int, generators: Iterable[Permutation]) -> tuple[tuple[int, ...], ...]:
    """Return all orbits of 0, …, order-1 under permutations, sorted."""
    moves = list(generators)
    left, found = set(range(order)), []
    while left:
        orbit = orbit_of(min(left), moves)
        left -= orbit
        found.append(tuple(sorted(orbit)))
    return tuple(found)


def canonical_form(graph: Any) -> tuple[str, tuple[int, ...]]:
    """Return the least graph6 word, and its colours, over all ways to mark vertices down to singletons.

    Two graphs have the same form exactly if they are isomorphic. Ways that automorphisms carry into each other are
    looked at once.

    Parameters
    ----------
    graph : graph
        Whatever `as_graph` reads.

    Returns
    -------
    tuple[str, tuple[int, ...]]

    Examples
    --------
    >>> canonical_form("Bg") == canonical_form("BW")
    True
    """
    best: list[tuple[str, tuple[int, ...]]] = []
    budget = Budget([as_graph(graph)])

    def look(partition: StablePartition, original: SimpleGraph) -> None:
        budget.spend()
        cell = selected_cell(partition)
        if cell is None:
            ordered = original.induced([of_colour for (of_colour,) in partition.cells])
            best.append((ordered.graph6, ordered.colours))
            return
        orbits = group_of(partition).orbits
        inside = set(cell)
        children = [individualised(partition, orbit[0]) for orbit in orbits if orbit[0] in inside]
        least = min(child.transcript for child in children)
        for child in children:
            if child.transcript == least:
                look(child, original)

    read = as_graph(graph)
    look(colour_refinement(read), read)
    return min(best)
