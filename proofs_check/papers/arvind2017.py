r"""V. Arvind, J. Köbler, G. Rattan, O. Verbitsky: amenable and compact graphs, and classes around them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from proofs_check.claim import Hypothesis, Verdict
from proofs_check.deciding.graphs import equivalent_graphs, graphs_with, none_of
from proofs_check.paper import Paper

PAPER = Paper(
    "arvind2017",
    "V. Arvind, J. Köbler, G. Rattan, O. Verbitsky, Graph isomorphism, color refinement, and compactness, "
    "Computational Complexity 26 (2017) 627-685",
    "1502.01255",
)
ORDERS = tuple(range(1, 8))
STRICT = {
    "discrete, amenable": "A_",
    "amenable, compact": "EhEG",
    "compact, godsil": "H{S{aSf",
    "godsil, tinhofer": "IzKWWMBoW",
    "tinhofer, refinable": "OlfJHsHBGK_\\oHWKeBK_\\",
}
"""A graph in the larger of two classes and not in the smaller one: K_2, C_6, K_3 x K_3, C_10(1, 2), Shrikhande."""


def _is_forest(word: str) -> bool:
    import networkx as nx

    from algebra.graphs import as_graph

    return bool(nx.is_forest(as_graph(word).to_networkx()))


FOREST: Hypothesis[str] = Hypothesis("G has no cycle", _is_forest)


@PAPER.states(
    r"\text{Discrete} \subset \text{Amenable} \subset \text{Compact} \subset \text{Godsil} \subset "
    r"\text{Tinhofer} \subset \text{Refinable}",
    on=lambda: ORDERS[:-1],
)
def inclusions(order: int, seed: int) -> Verdict:
    """All graphs with so many vertices, each class decided on its own, all equitable partitions looked at."""
    # Each class on its own, so that no verdict follows from another one.
    from algebra.graphs import colour_refinement, is_amenable, is_tinhofer, partition_without_group
    from algebra.graphs.compactness import decide_component
    from algebra.graphs.splitting import split, split_disconnected
    from algebra.graphs.symmetry import group_of

    def wrong() -> Iterator[str]:
        for graph in graphs_with(order):
            partition = colour_refinement(graph)
            pieces = [piece for part in split(partition) for piece in split_disconnected(part)]
            is_refinable = len(group_of(partition).orbits) == partition.count
            classes = (
                partition.is_discrete,
                is_amenable(graph),
                is_refinable and all(decide_component(piece, seed).compact for piece in pieces),
                partition_without_group(graph) is None,
                bool(is_tinhofer(graph)),
                is_refinable,
            )
            if any(smaller and not larger for smaller, larger in pairwise(classes)):
                yield f"{graph.label}: {classes}"

    return none_of(wrong())


@PAPER.states(
    r"\text{all inclusions are strict}",
    on=lambda: tuple(STRICT),
)
def strict(names: str, seed: int) -> Verdict:
    """By examples of the project's note, the smallest ones up to the last."""
    from algebra.graphs import classify_graph

    smaller, larger = names.split(", ")
    verdicts = classify_graph(STRICT[names], seed).verdicts
    is_between = verdicts[larger].value is True and verdicts[smaller].value is False
    return none_of([] if is_between else [f"{STRICT[names]}: {verdicts}"])


@PAPER.states(
    r"G \text{ is amenable} \iff \text{(A), (B), (C), (D) hold of its stable partition}",
    on=lambda: ORDERS,
)
def structure(order: int, seed: int) -> Verdict:
    """All graphs with so many vertices, against their classes under colour refinement."""
    # Compare the structure theorem with the classes of graphs that colour refinement cannot tell apart.
    from algebra.graphs import is_amenable

    confused = {graph.label for graphs in equivalent_graphs(order) for graph in graphs}
    return none_of(graph.label for graph in graphs_with(order) if is_amenable(graph) == (graph.label in confused))


@PAPER.states(
    r"\text{forests are amenable}",
    FOREST,
    on=lambda: tuple(graph.graph6 for order in ORDERS for graph in graphs_with(order) if graph.size < order),
)
def forests(word: str, seed: int) -> Verdict:
    from algebra.graphs import is_amenable

    return none_of([] if is_amenable(word) else [word])


@PAPER.states(
    r"G \text{ is in one of the six classes} \iff \overline{G} \text{ is}",
    on=lambda: ORDERS,
)
def complements(order: int, seed: int) -> Verdict:
    """Decided separately for both."""
    from algebra.graphs import classify_graph

    def wrong() -> Iterator[str]:
        for graph in graphs_with(order):
            if classify_graph(graph, seed).values != classify_graph(graph.complement(), seed).values:
                yield graph.label

    return none_of(wrong())
