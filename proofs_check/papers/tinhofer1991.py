r"""G. Tinhofer: compact graphs, whose fractional automorphisms are combinations of automorphisms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from proofs_check.claim import Verdict
from proofs_check.deciding.graphs import graphs_with, none_of
from proofs_check.paper import Paper

if TYPE_CHECKING:
    from algebra.graphs import SimpleGraph

PAPER = Paper(
    "tinhofer1991",
    "G. Tinhofer, A note on compact graphs, Discrete Applied Mathematics 30 (1991) 253-264",
)
FAMILIES = ("cycle", "complete", "matching", "path")


def _member(name: str, n: int) -> SimpleGraph:
    """Return a graph of a family with n vertices, or 2n of a matching."""
    from algebra.graphs import SimpleGraph, cycle

    edges: dict[str, Any] = {
        "complete": [(u, v) for u in range(n) for v in range(u)],
        "matching": [(2 * v, 2 * v + 1) for v in range(n)],
        "path": [(v, v + 1) for v in range(n - 1)],
    }
    return cycle(n) if name == "cycle" else SimpleGraph.of_edges(n * (1 + (name == "matching")), edges[name])


@PAPER.states(
    r"\text{cycles, complete graphs, matchings and trees are compact}",
    on=lambda: tuple((name, n) for name in FAMILIES for n in range(3, 11)),
)
def families(instance: tuple[str, int], seed: int) -> Verdict:
    """Cycles by all extreme rays. Cycles and trees are of the paper of 1986."""
    from algebra.graphs import classify_graph

    found = classify_graph(_member(*instance), seed)
    if found.compact.value is None:
        return Verdict.inconclusive(found.compact.says)
    return none_of([] if found.compact.value else [found.graph.label])


@PAPER.states(
    r"G \text{ compact} \implies \text{Tinhofer's test is right for } (G, H), \text{ whatever } H \text{ and the "
    r"choices}",
    on=lambda: (1, 2, 3, 4, 5),
)
def test(order: int, seed: int) -> Verdict:
    """All compact graphs with so many vertices against all graphs with as many edges, with opposite choices."""
    # Run the test of each compact graph against all with as many edges, with opposite choices.
    from algebra.graphs import classify_graph, isomorphism, tinhofer_test

    def wrong() -> Iterator[str]:
        by_size: dict[int, list[SimpleGraph]] = {}
        for graph in graphs_with(order):
            by_size.setdefault(graph.size, []).append(graph)
        for graph in graphs_with(order):
            if classify_graph(graph, seed).compact.value:
                moved = graph.relabelled([(v + 1) % order for v in range(order)])
                for other in (moved, *by_size[graph.size]):
                    says_yes = tinhofer_test(graph, other, min, max).says_yes
                    if says_yes != (isomorphism(graph, other) is not None):
                        yield f"{graph.label}, {other.label}"

    return none_of(wrong())
