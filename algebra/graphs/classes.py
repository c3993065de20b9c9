"""The six classes of graphs, from the discrete to the refinable: a verdict on each, with what proves it.

    Discrete < Amenable < Compact < Godsil < Tinhofer < Refinable

Each class is contained in the next one [1]_. So what is known of one decides others, and the work stops early: nearly
all graphs are amenable, and of the others nearly all are decided on a few small components.

References
----------
.. [1] V. Arvind, J. Köbler, G. Rattan and O. Verbitsky, "Graph isomorphism, color refinement, and compactness",
       Computational Complexity 26 (2017), arXiv:1502.01255.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from algebra.errors import as_integer
from algebra.graphs.amenable import amenability_obstruction
from algebra.graphs.circulations import FractionalVertex
from algebra.graphs.class_certificates import classes_certificate
from algebra.graphs.class_evidence import (
    CellSizes,
    CompactPart,
    EquitablePartition,
    ExtremeRays,
    FailedCondition,
    Generators,
    Inclusion,
    RefinedCells,
    Remark,
    TwoOrbits,
)
from algebra.graphs.compactness import PieceVerdict, decide_component
from algebra.graphs.godsil import partition_without_group
from algebra.graphs.graph import SimpleGraph
from algebra.graphs.reading import as_graph
from algebra.graphs.refinement import StablePartition, colour_refinement
from algebra.graphs.splitting import Component, split, split_disconnected
from algebra.graphs.symmetry import Permutation, Undecided, group_of, individualised
from algebra.graphs.tinhofer import Orbits, is_tinhofer
from algebra.graphs.verdicts import CLASSES, ClassVerdict
from algebra.shown import Shown

if TYPE_CHECKING:
    from algebra.evidence import Certificate


@dataclass(frozen=True)
class GraphClasses(Shown):
    """Which of the six classes a graph is in.

    Parameters
    ----------
    graph : SimpleGraph
    discrete, amenable, compact, godsil, tinhofer, refinable : ClassVerdict
    partition : StablePartition
    seed : int
        Of the search for fractional vertices.
    """

    graph: SimpleGraph
    discrete: ClassVerdict
    amenable: ClassVerdict
    compact: ClassVerdict
    godsil: ClassVerdict
    tinhofer: ClassVerdict
    refinable: ClassVerdict
    partition: StablePartition
    seed: int = 0

    @property
    def verdicts(self) -> dict[str, ClassVerdict]:
        """All verdicts by the names of the classes."""
        return {name: getattr(self, name) for name in CLASSES}

    @property
    def values(self) -> tuple[bool | None, ...]:
        """The verdicts alone, from the discrete to the refinable."""
        return tuple(verdict.value for verdict in self.verdicts.values())

    def certificate(self) -> Certificate:
        """Return what an independent checker needs to prove the verdicts that it can.

        Returns
        -------
        Certificate
        """
        return classes_certificate(self.graph, self.partition, self.verdicts, self.seed)

    def __str__(self) -> str:
        shown = {True: "yes", False: "no", None: "open"}
        return ", ".join(f"{name}: {shown[verdict.value]}" for name, verdict in self.verdicts.items())


def classify_graph(graph: Any, seed: int = 0) -> GraphClasses:
    """Decide which of the six classes a graph is in.

    Parameters
    ----------
    graph : graph
        Whatever `as_graph` reads: a networkx graph, a graph6 word, an adjacency matrix.
    seed : int
        Of the search for fractional vertices.

    Returns
    -------
    GraphClasses
        A verdict of None says that neither side was proved within the limits.

    Raises
    ------
    InputError
        If the graph is directed, has loops or multiple edges, or is too large for colour refinement.

    References
    ----------
    .. [1] V. Arvind, J. Köbler, G. Rattan and O. Verbitsky, Computational Complexity 26 (2017), arXiv:1502.01255.

    Examples
    --------
    >>> print(classify_graph("EhEG"))
    discrete: no, amenable: no, compact: yes, godsil: yes, tinhofer: yes, refinable: yes
    >>> classify_graph("H{S{aSf").values  # K_3 x K_3: the smallest Godsil graph that is not compact
    (False, False, False, True, True, True)
    """
    read = as_graph(graph)
    deciding = _Deciding(read, colour_refinement(read), as_integer("seed", seed))
    return GraphClasses(read, **deciding.verdicts(), partition=deciding.partition, seed=seed)


@dataclass(frozen=True)
class _Deciding:
    """The order in which the classes are asked: cheap arguments first, inclusions wherever they suffice."""

    graph: SimpleGraph
    partition: StablePartition
    seed: int

    def verdicts(self) -> dict[str, ClassVerdict]:
        """Return all six."""
        first = {"discrete": self.discrete(), "amenable": self.amenable()}
        if first["amenable"].value:
            return first | {name: _follows(True, "amenable") for name in CLASSES[2:]}

        refinable = self.refinable()
        if not refinable.value:
            known = refinable.value is False
            rest = _follows(False, "refinable") if known else ClassVerdict(None, "open", refinable.evidence)
            return first | dict.fromkeys(CLASSES[2:-1], rest) | {"refinable": refinable}

        compact = self.compact()
        if compact.value:
            godsil = tinhofer = _follows(True, "compact")
        else:
            tinhofer = self.tinhofer()
            godsil = _follows(False, "tinhofer") if tinhofer.value is False else self.godsil()
            if godsil.value is False and compact.value is None:
                compact = _follows(False, godsil.follows_from or "godsil")
            if godsil.value and tinhofer.value is None:
                tinhofer = _follows(True, "godsil")
        return first | {"compact": compact, "godsil": godsil, "tinhofer": tinhofer, "refinable": refinable}

    # ---- one class each

    def discrete(self) -> ClassVerdict:
        cell = next((cell for cell in self.partition.cells if len(cell) > 1), None)
        evidence = RefinedCells(self.partition.count, self.partition.rounds, cell)
        return ClassVerdict(self.partition.is_discrete, "stable-partition", evidence)

    def amenable(self) -> ClassVerdict:
        found = amenability_obstruction(self.partition)
        if found is None:
            return ClassVerdict(True, "structure-theorem", CellSizes(tuple(self.partition.sizes)))
        cells = tuple(self.partition.cells[i] for i in found.cells)
        return ClassVerdict(False, "structure-theorem", FailedCondition(found.condition, cells, found.says))

    @cached_property
    def components(self) -> tuple[Component, ...]:
        """The parts that the other classes are decided on."""
        return split(self.partition)

    def refinable(self) -> ClassVerdict:
        inside = {v for part in self.components for v in part.vertices}
        settled = [cell for cell in self.partition.cells if len(cell) > 1 and cell[0] not in inside]
        generators = [self._rotation(cell) for cell in settled]  # all permutations of such cells will do
        for part in self.components:
            try:
                pair, found = _orbits(part.graph)
            except Undecided as problem:
                return ClassVerdict(None, "open", Remark(str(problem)))
            if pair is not None:
                first, second = sorted(part.vertices[v] for v in pair)
                return ClassVerdict(False, "cell-of-two-orbits", TwoOrbits((first, second)))
            generators += [part.within(images, self.graph.order) for images in found]
        return ClassVerdict(True, "automorphisms", Generators(tuple(generators)))

    def _rotation(self, cell: tuple[int, ...]) -> Permutation:
        images = dict(zip(cell, (*cell[1:], cell[0]), strict=True))
        return tuple(images.get(v, v) for v in range(self.graph.order))

    def compact(self) -> ClassVerdict:
        compact_parts, open_ones = [], []
        for component in self.components:
            for piece in split_disconnected(component):
                found = decide_component(piece, self.seed)
                if found.compact is False:
                    return ClassVerdict(False, "fractional-vertex", self._vertex(piece, found))
                if found.compact:
                    compact_parts.append(CompactPart(piece.vertices, found.rays))
                else:
                    open_ones.append(found.by)
                by = found.by
        if open_ones:
            return ClassVerdict(None, "open", Remark(open_ones[0]))
        return ClassVerdict(True, "extreme-rays", ExtremeRays(tuple(compact_parts), by if compact_parts else None))

    def _vertex(self, piece: Component, found: PieceVerdict) -> FractionalVertex:
        """Return the vertex that is the identity outside the piece."""
        assert found.vertex is not None
        order, denominator = self.graph.order, found.vertex.denominator
        matrix = [[denominator * (u == v) for v in range(order)] for u in range(order)]
        for row, u in zip(found.vertex.numerators, piece.vertices, strict=True):
            for entry, v in zip(row, piece.vertices, strict=True):
                matrix[u][v] = entry
        return FractionalVertex(tuple(map(tuple, matrix)), denominator)

    def tinhofer(self) -> ClassVerdict:
        for part, found in self._asked(_tinhofer_component):
            if found is None:
                return ClassVerdict(None, "open", Remark("the tree of marks is too large"))
            if found.pair is not None:
                first, second = (part.vertices[v] for v in found.pair)
                marks = tuple(part.vertices[v] for v in found.marks)
                return ClassVerdict(False, "cell-of-two-orbits", TwoOrbits((first, second), marks))
        return ClassVerdict(True, "marks", Remark("after all marks, cells are orbits"))

    def godsil(self) -> ClassVerdict:
        for part, found in self._asked(_godsil_component):
            if found is None:
                return ClassVerdict(None, "open", Remark("too many sets may be cells of equitable partitions"))
            if found:
                cells = [sorted(part.vertices[v] for v in cell) for cell in found]
                inside = {v for cell in cells for v in cell}
                others = [sorted({*cell} - inside) for cell in self.partition.cells]
                partition = tuple(map(tuple, sorted([*cells, *filter(None, others)])))
                return ClassVerdict(False, "equitable-partition", EquitablePartition(partition))
        return ClassVerdict(True, "equitable-partitions", Remark("every equitable partition is an orbit partition"))

    def _asked(self, ask: Callable[[SimpleGraph], Any]) -> Iterator[tuple[Component, Any]]:
        return ((part, ask(part.graph)) for part in self.components)


def _follows(value: bool, name: str) -> ClassVerdict:
    """Return the verdict that follows from that on another class."""
    return ClassVerdict(value, "inclusion", Inclusion(name))


MOST_LOOKS = 20_000_000
"""At vertices and neighbours, when one vertex of each cell is marked: some ten seconds, and as much for the groups."""

FIRST_LOOKED_AT = 3  # cells, the largest ones


def _orbits(graph: SimpleGraph) -> tuple[tuple[int, int] | None, tuple[Permutation, ...]]:
    """Return two vertices of one cell that are in different orbits, or None and generators.

    Cells that are no orbits mostly look different once one vertex or another is marked, which is asked of a few first.
    """
    partition = colour_refinement(graph)
    for cell in sorted(partition.cells, key=len)[-FIRST_LOOKED_AT:]:
        first = individualised(partition, cell[0]).transcript
        for v in (cell[1:2] + cell[-1:]) if len(cell) > 1 else ():
            if individualised(partition, v).transcript != first:
                return (cell[0], v), ()

    group = group_of(partition)
    orbit_of = {v: frozenset(orbit) for orbit in group.orbits for v in orbit}
    for cell in partition.cells:
        other = next((v for v in cell if v not in orbit_of[cell[0]]), None)
        if other is not None:
            return (cell[0], other), ()
    return None, group.generators


@lru_cache(maxsize=4096)
def _tinhofer_component(graph: SimpleGraph) -> Orbits | None:
    """Return None where that is open: also if marking one vertex of each cell alone would take too long."""
    partition = colour_refinement(graph)
    rounds = len(individualised(partition, max(partition.cells, key=len)[0]).transcript)
    if partition.count * rounds * (graph.order + 2 * graph.size) > MOST_LOOKS:
        return None
    try:
        return is_tinhofer(graph)
    except Undecided:
        return None


@lru_cache(maxsize=4096)
def _godsil_component(graph: SimpleGraph) -> tuple[tuple[int, ...], ...] | None:
    """Return an equitable partition that is no orbit partition, none at all, or None where that is open."""
    try:
        return partition_without_group(graph) or ()
    except Undecided:
        return None


__all__ = ["GraphClasses", "classify_graph"]
