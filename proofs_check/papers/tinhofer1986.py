r"""G. Tinhofer: colour refinement decides whether A X = X B has a doubly stochastic solution."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from proofs_check.claim import Verdict
from proofs_check.deciding.graphs import equivalent_graphs, graphs_with, none_of
from proofs_check.paper import Paper

if TYPE_CHECKING:
    from algebra.graphs import SimpleGraph

PAPER = Paper(
    "tinhofer1986",
    "G. Tinhofer, Graph isomorphism and theorems of Birkhoff type, Computing 36 (1986) 285-300",
)
MOST_OF_ALL_PAIRS = 5
"""Vertices up to which all pairs are looked at: 595 with 5; beyond, each graph beside the next one, and equal pairs."""


def _pairs(order: int) -> Iterator[tuple[SimpleGraph, SimpleGraph]]:
    every = graphs_with(order)
    if order <= MOST_OF_ALL_PAIRS:
        yield from combinations(every, 2)
        return
    yield from pairwise(every)
    for equal in equivalent_graphs(order):
        yield from combinations(equal, 2)


@PAPER.states(
    r"\text{Colour refinement cannot tell } G, H \text{ apart} \iff \exists X \ge 0:\ AX = XB,\ X\mathbf{1} = "
    r"\mathbf{1},\ \mathbf{1}^T X = \mathbf{1}^T",
    on=lambda: tuple(range(1, 8)),
)
def fractional_isomorphism(order: int, seed: int) -> Verdict:
    """With integer multipliers (Farkas) where there is no solution.

    All pairs up to 5 vertices; with 6 and 7 all equal pairs, and each graph beside the next one.
    """
    # Check a solution where refinement sees no difference, and multipliers that contradict one where it does.
    from algebra.graphs import fractional_isomorphism, is_fractional_isomorphism

    def wrong() -> Iterator[str]:
        for first, second in _pairs(order):
            found = fractional_isomorphism(first, second)
            if found.exists:
                common, scaled = found.scaled
                good = is_fractional_isomorphism(first, second, scaled, common)
            else:
                good = found.farkas.is_valid
            if not good:
                yield f"{first.label}, {second.label}"

    return none_of(wrong())


@PAPER.states(
    r"\text{A } yes \text{ of the procedure is an isomorphism; a } no \text{ is right for Tinhofer graphs}",
    on=lambda: tuple(range(1, 8)),
)
def test(order: int, seed: int) -> Verdict:
    """On all graphs with so many vertices and a relabelled copy, marked in different orders."""
    # Run the test on each graph and a relabelled copy, with different choices: a yes has to be an isomorphism.
    from algebra.graphs import is_isomorphism, is_tinhofer, tinhofer_test

    def wrong() -> Iterator[str]:
        for graph in graphs_with(order):
            moved = graph.relabelled([(v + seed + 1) % order for v in range(order)])
            found = tinhofer_test(graph, moved, min, max)
            if found.isomorphism is not None and not is_isomorphism(found.isomorphism, graph, moved):
                yield f"a wrong yes for {graph.label}"
            if not found.says_yes and is_tinhofer(graph):
                yield f"a wrong no for {graph.label}"

    return none_of(wrong())
