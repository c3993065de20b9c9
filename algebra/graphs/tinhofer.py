"""Tinhofer's procedure: mark a vertex, refine, and so on, until all cells are singletons [1]_.

* **Test** T(G, H): mark any vertex of a cell in G, any of the same cell in H, refine, compare. *Yes* is always right.
  *No* is right before any mark, and wherever cells are orbits of the automorphisms that fix the marks so far.
* **One-path form** W(G; choices), what a message-passing network with marks computes [2]_: follow one path, and write
  the adjacency matrix in the order of the final colours. It does not depend on the choices exactly if at every node the
  selected cell is one orbit.
* **Tree form** M_d(G): the transcript, with the multiset of M_{d-1} of all graphs with one more mark. An invariant for
  every d; M_0 is colour refinement, M_n is complete.

G is a *Tinhofer graph* if the test is right for every H and all choices: exactly if for all marks u_1, …, u_k the cells
are the orbits of the automorphisms that fix each u_i. As long as that holds, one vertex of each cell stands for all.

References
----------
.. [1] G. Tinhofer, "A note on compact graphs", Discrete Applied Math. 30 (1991).
.. [2] "Weisfeiler-Lehman-Tinhofer graph neural networks", arXiv:2104.01848.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from algebra.errors import InputError, as_integer
from algebra.graphs.graph import SimpleGraph
from algebra.graphs.reading import as_graph
from algebra.graphs.refinement import Round, StablePartition, colour_refinement
from algebra.graphs.symmetry import Permutation, Select, group_of, individualised, selected_cell
from algebra.shown import Shown

Choice = Callable[[tuple[int, ...]], int]
"""Chooses a vertex of a cell."""

MOST_NODES = 20_000
"""Of the tree of marks that decides whether a graph is a Tinhofer graph: about a minute on 20 vertices."""

MOST_REFINEMENTS = 1_000_000
"""Of a tree form: n^d refinements, about a minute on 10 vertices."""


def first_of(cell: tuple[int, ...]) -> int:
    """Choose the vertex of the least number."""
    return cell[0]


# ---- one path


@dataclass(frozen=True)
class Path(Shown):
    """One path of marks down to singletons, and what it computes.

    Parameters
    ----------
    marks : tuple of int
        The vertices that were marked, in order.
    transcripts : tuple
        Of the refinement before the first mark, and after each.
    ordered : SimpleGraph
        The graph in the order of the final colours.
    """

    marks: tuple[int, ...]
    transcripts: tuple[tuple[Round, ...], ...]
    ordered: SimpleGraph

    @property
    def output(self) -> tuple[tuple[tuple[Round, ...], ...], str]:
        """What the one-path form computes: the transcripts, and the adjacency matrix as graph6."""
        return self.transcripts, self.ordered.graph6


def one_path(graph: Any, choose: Choice = first_of, select: Select = min) -> Path:
    """Follow one path of marks.

    Parameters
    ----------
    graph : graph
        Whatever `as_graph` reads.
    choose : callable
        Chooses a vertex of the selected cell.
    select : callable
        Selects the cell, as in `selected_cell`.

    Returns
    -------
    Path

    Examples
    --------
    >>> path = one_path("EhEG")
    >>> path.marks, path.ordered.graph6
    ((0, 2), 'EqGW')
    >>> one_path("FwCGg", min).output == one_path("FwCGg", max).output  # a triangle and a cycle of four
    False
    """
    read = as_graph(graph)
    partition = colour_refinement(read)
    marks, transcripts = [], [partition.transcript]
    while (cell := selected_cell(partition, select)) is not None:
        marks.append(choose(cell))
        partition = individualised(partition, marks[-1])
        transcripts.append(partition.transcript)
    return Path(tuple(marks), tuple(transcripts), read.induced([v for (v,) in partition.cells]))


@dataclass(frozen=True)
class Orbits(Shown):
    """Whether cells are orbits after some marks; where not, two vertices that prove it.

    Parameters
    ----------
    holds : bool
    marks : tuple of int
        After which it fails; empty where it holds everywhere.
    pair : tuple of int, optional
        Two vertices of one cell that no automorphism which fixes the marks exchanges.
    nodes : int
        How many sets of marks were looked at.
    """

    holds: bool
    marks: tuple[int, ...] = ()
    pair: tuple[int, int] | None = None
    nodes: int = 0

    def __bool__(self) -> bool:
        return self.holds


def is_path_invariant(graph: Any, select: Select = min) -> Orbits:
    """Decide whether the one-path form is an invariant: at every node the selected cell is a single orbit.

    One path is enough: as long as the selected cells are orbits, automorphisms carry every other path into it. The
    answer depends on which cell is selected, unless the graph is a Tinhofer graph: then it is yes for all.

    Parameters
    ----------
    graph : graph
        Whatever `as_graph` reads.
    select : callable
        ``min``, or ``max`` for the first cell of the greatest size.

    Returns
    -------
    Orbits

    Examples
    --------
    >>> is_path_invariant("EhEG").holds, is_path_invariant("FwCGg").pair
    (True, (0, 3))
    >>> from algebra.graphs.named import shrikhande
    >>> is_path_invariant(shrikhande()).holds, is_path_invariant(shrikhande(), max).holds
    (True, False)
    """
    partition = colour_refinement(graph)
    marks: list[int] = []
    while (cell := selected_cell(partition, select)) is not None:
        pair = _split(partition, [cell])
        if pair is not None:
            return Orbits(False, tuple(marks), pair, len(marks) + 1)
        marks.append(cell[0])
        partition = individualised(partition, cell[0])
    return Orbits(True, nodes=len(marks) + 1)


def is_tinhofer(graph: Any) -> Orbits | None:
    """Decide whether a graph is a Tinhofer graph; None if that takes more than `MOST_NODES` nodes.

    Nodes with equal partitions are one: what follows depends on the cells alone.

    Parameters
    ----------
    graph : graph
        Whatever `as_graph` reads.

    Returns
    -------
    Orbits, or None

    Examples
    --------
    >>> is_tinhofer("H{S{aSf").holds  # the rook's graph 3 x 3
    True
    >>> is_tinhofer("FwCGg")
    Orbits(holds=False, marks=(), pair=(0, 3), nodes=1)
    """
    start = colour_refinement(graph)
    waiting: list[tuple[StablePartition, tuple[int, ...]]] = [(start, ())]
    seen = {frozenset(start.cells)}
    for partition, marks in waiting:
        open_cells = [cell for cell in partition.cells if len(cell) > 1]
        pair = _split(partition, open_cells)
        if pair is not None:
            return Orbits(False, marks, pair, len(seen))

        for cell in open_cells:
            below = individualised(partition, cell[0])
            if below.is_discrete or frozenset(below.cells) in seen:
                continue
            seen.add(frozenset(below.cells))
            if len(seen) > MOST_NODES:
                return None
            waiting.append((below, (*marks, cell[0])))
    return Orbits(True, nodes=len(seen))


def _split(partition: StablePartition, cells: Sequence[tuple[int, ...]]) -> tuple[int, int] | None:
    """Return two vertices of one of these cells that are in different orbits; None if there are none."""
    if not cells:
        return None
    orbit = {v: vertices[0] for vertices in group_of(partition).orbits for v in vertices}
    for cell in cells:
        other = next((v for v in cell if orbit[v] != orbit[cell[0]]), None)
        if other is not None:
            return cell[0], other
    return None


# ---- the test


@dataclass(frozen=True)
class TinhoferTest(Shown):
    """One run of the test on two graphs.

    Parameters
    ----------
    says_yes : bool
    first_marks, second_marks : tuple of int
        The vertices that were marked.
    isomorphism : tuple of int, optional
        The image of each vertex, where the answer is yes.
    difference : int, optional
        The first round in which the last transcripts differ, where it is no.
    """

    says_yes: bool
    first_marks: tuple[int, ...]
    second_marks: tuple[int, ...]
    isomorphism: Permutation | None = None
    difference: int | None = None


def tinhofer_test(
    first: Any, second: Any, choose: Choice = first_of, choose_second: Choice | None = None
) -> TinhoferTest:
    """Run Tinhofer's test once. A *no* after a mark proves nothing unless the one-path form of a graph is an invariant.

    Parameters
    ----------
    first, second : graph
        Whatever `as_graph` reads.
    choose, choose_second : callable
        Choose a vertex of the selected cell in each graph; by default in the same way.

    Returns
    -------
    TinhoferTest

    Examples
    --------
    >>> tinhofer_test("EhEG", "EwCW").says_yes, tinhofer_test("Bg", "BW").isomorphism
    (False, (0, 2, 1))
    >>> tinhofer_test("FwCGg", "FwCGg", min, max).says_yes  # wrong: the graphs are equal
    False
    """
    mine, its = colour_refinement(as_graph(first, "first")), colour_refinement(as_graph(second, "second"))
    marks: list[tuple[int, int]] = []
    while mine.is_equivalent(its):
        cell = selected_cell(mine)
        if cell is None:
            place = [v for (v,) in its.cells]
            images = tuple(place[colour] for colour in mine.colours)
            return TinhoferTest(True, *_columns(marks), isomorphism=images)
        u, v = choose(cell), (choose_second or choose)(its.cells[mine.colours[cell[0]]])
        marks.append((u, v))
        mine, its = individualised(mine, u), individualised(its, v)
    return TinhoferTest(False, *_columns(marks), difference=mine.first_difference(its))


def _columns(marks: Sequence[tuple[int, int]]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return tuple(u for u, _ in marks), tuple(v for _, v in marks)


# ---- the tree


def tree_names(graphs: Sequence[Any], depth: int) -> list[int]:
    """Name the tree form M_depth of each graph: equal numbers for equal forms, among these graphs.

    Parameters
    ----------
    graphs : sequence of graph
        Whatever `as_graph` reads.
    depth : int
        How many vertices are marked.

    Returns
    -------
    list of int

    Raises
    ------
    InputError
        If it takes more than `MOST_REFINEMENTS` refinements.

    Examples
    --------
    >>> tree_names(["EhEG", "EwCW"], 0), tree_names(["EhEG", "EwCW"], 1)
    ([0, 0], [0, 1])
    """
    as_integer("depth", depth, 0)
    read = [as_graph(graph, f"graphs[{i}]") for i, graph in enumerate(graphs)]
    refinements = sum(graph.order**depth for graph in read)
    if refinements > MOST_REFINEMENTS:
        raise InputError("depth", depth, f"such that {refinements:,} refinements are at most {MOST_REFINEMENTS:,}")

    names: dict[Any, int] = {}

    def name(partition: StablePartition, left: int) -> int:
        """Name a node; a name stands for all that hangs below it, not for the order in which vertices come."""
        form: Any = partition.transcript
        if left:
            below = (name(individualised(partition, v), left - 1) for v in range(partition.graph.order))
            form = form, tuple(sorted(below))
        return names.setdefault((left, form), len(names))

    found = [name(colour_refinement(graph), depth) for graph in read]
    order = {old: new for new, old in enumerate(dict.fromkeys(found))}
    return [order[each] for each in found]


def tree_depth_that_separates(first: Any, second: Any, most: int = 2) -> int | None:
    """Return the least depth, up to `most`, at which the tree forms differ; None if they agree that far.

    Parameters
    ----------
    first, second : graph
        Whatever `as_graph` reads.
    most : int
        Greatest depth that is tried.

    Returns
    -------
    int, or None

    Examples
    --------
    >>> tree_depth_that_separates("Ch", "Cs"), tree_depth_that_separates("EhEG", "EwCW")
    (0, 1)
    """
    return next((d for d in range(most + 1) if len(set(tree_names([first, second], d))) > 1), None)
