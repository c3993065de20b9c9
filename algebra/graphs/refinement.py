"""Colour refinement (the one-dimensional Weisfeiler-Leman algorithm) with canonical names.

Colours of round t+1 are the pairs (colour of round t, multiset of the neighbours' colours of round t). Each round
the distinct pairs, sorted, are called 0, 1, 2, …: names do not depend on the order of the vertices. The *transcript*
lists for each round the sorted pairs (signature, multiplicity); it is an invariant of the graph, and two graphs cannot
be told apart by colour refinement exactly if their transcripts are equal. Names of two graphs mean the same as long
as their transcripts agree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from algebra.errors import InputError
from algebra.graphs.graph import SimpleGraph
from algebra.graphs.reading import as_graph
from algebra.shown import Shown

Signature = tuple[int, tuple[int, ...]]
"""A vertex's colour and the sorted colours of its neighbours, one round before."""

Round = tuple[tuple[Signature, int], ...]

MOST_STEPS = 10**9
"""Neighbours that are looked at, over all rounds, in the worst case: some ten minutes."""


@dataclass(frozen=True)
class StablePartition(Shown):
    """The coarsest equitable refinement of a graph's colours.

    Parameters
    ----------
    graph : SimpleGraph
    colours : tuple of int
        The stable colour of each vertex, by its canonical name.
    transcript : tuple
        For each round the sorted pairs (signature, multiplicity). Round 0 has the given colours, without neighbours;
        the last one, which splits no cell, proves that the partition is stable.
    """

    graph: SimpleGraph
    colours: tuple[int, ...]
    transcript: tuple[Round, ...]

    @property
    def rounds(self) -> int:
        """How many rounds split a cell."""
        return len(self.transcript) - 2

    @property
    def count(self) -> int:
        """The number of cells."""
        return len(self.transcript[-1])

    @property
    def is_discrete(self) -> bool:
        """Whether all cells are singletons."""
        return self.count == self.graph.order

    @cached_property
    def cells(self) -> tuple[tuple[int, ...], ...]:
        """The vertices of each colour."""
        found: list[list[int]] = [[] for _ in range(self.count)]
        for v, colour in enumerate(self.colours):
            found[colour].append(v)
        return tuple(map(tuple, found))

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """The size of each cell."""
        return tuple(multiplicity for _, multiplicity in self.transcript[-1])

    @cached_property
    def quotient(self) -> tuple[tuple[int, ...], ...]:
        """Entry (i, j): how many neighbours in cell j each vertex of cell i has."""
        rows = []
        for cell in self.cells:
            counts = Counter(self.colours[w] for w in self.graph.neighbours[cell[0]])
            rows.append(tuple(counts[j] for j in range(self.count)))
        return tuple(rows)

    def is_equivalent(self, other: StablePartition) -> bool:
        """Say whether colour refinement cannot tell the two graphs apart.

        Parameters
        ----------
        other : StablePartition
            Of another graph.

        Returns
        -------
        bool
        """
        return self.transcript == other.transcript

    def first_difference(self, other: StablePartition) -> int | None:
        """Return the first round in which the transcripts differ; None if there is none.

        Parameters
        ----------
        other : StablePartition
            Of another graph.

        Returns
        -------
        int or None
        """
        pairs = zip(self.transcript, other.transcript, strict=False)
        return next((i for i, (mine, its) in enumerate(pairs) if mine != its), None)


def colour_refinement(graph: Any) -> StablePartition:
    """Refine a graph's colours until no cell splits.

    Parameters
    ----------
    graph : graph
        Whatever `as_graph` reads.

    Returns
    -------
    StablePartition

    Raises
    ------
    InputError
        If it may take more than `MOST_STEPS` steps: n rounds over n vertices and their neighbours.

    References
    ----------
    B. Weisfeiler and A. Leman, "The reduction of a graph to canonical form and the algebra which appears therein",
    Nauchno-Technicheskaya Informatsia 2(9) (1968).

    Examples
    --------
    >>> found = colour_refinement("Dhc")  # a cycle
    >>> found.cells, found.quotient, found.rounds
    (((0, 1, 2, 3, 4),), ((2,),), 0)
    >>> found = colour_refinement("Ch")  # a path
    >>> found.cells, found.quotient, found.rounds
    (((0, 3), (1, 2)), ((0, 1), (1, 1)), 1)
    """
    read = as_graph(graph)
    steps = read.order * (read.order + 2 * read.size)
    if steps > MOST_STEPS:
        said = f"such that n (n + 2m) is at most {MOST_STEPS:,}, and it is {steps:,}"
        told = f"one with {read.order:,} vertices and {read.size:,} edges"
        raise InputError("graph", told, f"{said}; `stable_cells` needs no transcript and has no such limit")

    transcript = []
    for colours, counted in refinements(read):  # noqa: B007 - the last colours are the stable ones
        transcript.append(counted)
    return StablePartition(read, colours, tuple(transcript))


def refinements(graph: SimpleGraph) -> Iterator[tuple[tuple[int, ...], Round]]:
    """Yield the colours of each round with their signatures, up to the first round that splits no cell.

    Parameters
    ----------
    graph : SimpleGraph

    Yields
    ------
    (tuple of int, Round)
    """
    colours, counted = _named([(colour, ()) for colour in graph.colours])
    yield colours, counted

    before = -1
    while len(counted) > before:
        before, look = len(counted), colours.__getitem__
        signatures = [(colours[v], tuple(sorted(map(look, near)))) for v, near in enumerate(graph.neighbours)]
        colours, counted = _named(signatures)
        yield colours, counted


def _named(signatures: list[Signature]) -> tuple[tuple[int, ...], Round]:
    """Name each distinct signature by its place in order, and count."""
    counted = sorted(Counter(signatures).items())
    names = {signature: name for name, (signature, _) in enumerate(counted)}
    return tuple(names[signature] for signature in signatures), tuple(counted)
