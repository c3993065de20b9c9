"""What there is to count among all graphs of some size: how many are in each class, and which pairs methods confuse."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import comb
from typing import Any

from algebra.graphs.atlas import graphs_of_size
from algebra.graphs.classes import classify_graph
from algebra.graphs.folklore import folklore_refinement
from algebra.graphs.graph import SimpleGraph
from algebra.graphs.tinhofer import tree_names
from algebra.graphs.verdicts import CLASSES

MOST_LISTED = 50
"""Graphs of one kind that a census lists by name; all are counted."""


@dataclass(frozen=True)
class Census:
    """Counts of graphs; those of several numbers of edges add up.

    Parameters
    ----------
    graphs, connected : dict
        How many there are in all, and in each class; how many of these are connected.
    pairs : dict
        Pairs of different graphs that a method cannot tell apart, by its name.
    refinement_classes, largest_class : int
        Classes of graphs that colour refinement cannot tell apart, and the size of the largest one.
    listed : dict
        Words of graphs that are worth a look: those that separate two classes, and those that are open.
    """

    graphs: dict[str, int]
    connected: dict[str, int]
    pairs: dict[str, int]
    refinement_classes: int
    largest_class: int
    listed: dict[str, list[str]]

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return dict(vars(self))


def census(order: int, size: int, seed: int = 0) -> Census:
    """Classify all graphs with so many vertices and edges, and compare those that colour refinement confuses.

    Parameters
    ----------
    order, size : int
        Numbers of vertices, from 1 to 9, and of edges.
    seed : int
        Of searches for fractional vertices.

    Returns
    -------
    Census

    Examples
    --------
    >>> found = census(6, 6)
    >>> found.graphs["all"], found.graphs["amenable"], found.pairs["colour-refinement"]
    (21, 19, 1)
    """
    found, confused = [], Counter[str]()
    by_transcript: dict[Any, list[SimpleGraph]] = {}
    listed: dict[str, list[str]] = {}
    for graph in graphs_of_size(order, size):
        classes = classify_graph(graph, seed)
        values: dict[str, bool | None] = dict(zip(CLASSES, classes.values, strict=True))
        found.append(({"all": True, **values}, is_connected(graph)))
        by_transcript.setdefault(classes.partition.transcript, []).append(graph)
        for name in _remarkable(values):
            listed.setdefault(name, []).append(graph.graph6)

    alike = [graphs for graphs in by_transcript.values() if len(graphs) > 1]
    for graphs in alike:
        confused["colour-refinement"] += comb(len(graphs), 2)
        confused["one-mark"] += _equal_pairs(tree_names(graphs, 1))
        confused["2-fwl"] += _equal_pairs([folklore_refinement(graph).transcript for graph in graphs])
    return Census(
        {name: sum(values[name] is True for values, _ in found) for name in ("all", *CLASSES)},
        {name: sum(values[name] is True for values, whole in found if whole) for name in ("all", *CLASSES)},
        {name: confused[name] for name in ("colour-refinement", "one-mark", "2-fwl")},
        len(by_transcript),
        max(map(len, by_transcript.values()), default=0),
        {name: words[:MOST_LISTED] for name, words in sorted(listed.items())},
    )


def _remarkable(values: dict[str, bool | None]) -> Iterable[str]:
    """Name what is worth a look in the verdicts on one graph."""
    if not values["refinable"]:
        yield "not refinable"
    for smaller, larger in (("compact", "godsil"), ("godsil", "tinhofer"), ("tinhofer", "refinable")):
        if values[larger] and values[smaller] is False:
            yield f"{larger}, not {smaller}"
    if None in values.values():
        yield "open"


def _equal_pairs(names: Sequence[Any]) -> int:
    return sum(comb(count, 2) for count in Counter(names).values())


def is_connected(graph: SimpleGraph) -> bool:
    """Tell whether all vertices are reached from the first one.

    Examples
    --------
    >>> is_connected(SimpleGraph([[1], [0]])), is_connected(SimpleGraph([[], []]))
    (True, False)
    """
    seen, waiting = {0}, [0]
    while waiting:
        for v in graph.neighbours[waiting.pop()]:
            if v not in seen:
                seen.add(v)
                waiting.append(v)
    return len(seen) == graph.order


__all__ = ["Census", "census", "is_connected"]
