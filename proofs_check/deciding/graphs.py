"""All small graphs, and how verdicts of claims about them are put together."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from algebra.evidence import Grade
from proofs_check.claim import Verdict

if TYPE_CHECKING:
    from algebra.graphs import SimpleGraph


def graphs_with(order: int) -> tuple[SimpleGraph, ...]:
    """Return every graph with so many vertices, up to 7: the atlas of Read and Wilson, as networkx holds it."""
    return _atlas().get(order, ())


@cache
def _atlas() -> dict[int, tuple[SimpleGraph, ...]]:
    """Read the atlas, a tenth of a second, once for all numbers of vertices."""
    from networkx.generators.atlas import graph_atlas_g

    from algebra.graphs import as_graph

    found: dict[int, list[SimpleGraph]] = {}
    for graph in graph_atlas_g()[1:]:  # the first one is empty
        found.setdefault(len(graph), []).append(as_graph(graph))
    return {order: tuple(graphs) for order, graphs in found.items()}


def equivalent_graphs(order: int) -> list[list[SimpleGraph]]:
    """Return the classes of graphs that colour refinement cannot tell apart and that have more than one member."""
    from algebra.graphs import colour_refinement

    classes: dict[object, list[SimpleGraph]] = {}
    for graph in graphs_with(order):
        classes.setdefault(colour_refinement(graph).transcript, []).append(graph)
    return [graphs for graphs in classes.values() if len(graphs) > 1]


def none_of(counterexamples: Iterable[str]) -> Verdict:
    """Return that the claim holds, unless there is a counterexample; the first one is told."""
    found = next(iter(counterexamples), None)
    return Verdict.holds(Grade.PROVED) if found is None else Verdict.violated(Grade.PROVED, reason=found)
