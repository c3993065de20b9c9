r"""Z. Dvořák: trees have as many homomorphisms into two graphs exactly if colour refinement sees no difference."""

from __future__ import annotations

from collections.abc import Iterator

from proofs_check.claim import Verdict
from proofs_check.deciding.graphs import graphs_with, none_of
from proofs_check.paper import Paper

PAPER = Paper(
    "dvorak2010",
    "Z. Dvořák, On recognizing graphs by numbers of homomorphisms, J. Graph Theory 64 (2010) 330-342",
)
MOST_TREE = {1: 4, 2: 4, 3: 4, 4: 4, 5: 4, 6: 5, 7: 9}
"""Vertices of the trees that tell all graphs apart that can be, by the number of vertices of the graphs."""

MORE = 2
"""Larger trees, on which equivalent graphs have to agree as well."""


@PAPER.states(
    r"\text{Colour refinement cannot tell } G, H \text{ apart} \iff \hom(T, G) = \hom(T, H) \text{ for all trees } "
    r"T",
    on=lambda: tuple(range(1, 8)),
)
def trees(order: int, seed: int) -> Verdict:
    """All graphs with so many vertices; trees with up to 9 vertices tell all apart that refinement does."""
    # Compare the classes of graphs by refinement with those by trees.
    from algebra.graphs import colour_refinement, homomorphism_counts

    def wrong() -> Iterator[str]:
        by_trees: dict[object, object] = {}
        by_refinement: dict[object, object] = {}
        for graph in graphs_with(order):
            transcript = colour_refinement(graph).transcript
            few = homomorphism_counts(graph, MOST_TREE[order])
            many = homomorphism_counts(graph, min(MOST_TREE[order] + MORE, 9))
            if by_refinement.setdefault(transcript, many) != many:
                yield f"{graph.label} differs from an equivalent graph on a tree"
            if by_trees.setdefault(few, transcript) != transcript:
                yield f"{graph.label} agrees with a graph that is not equivalent on all small trees"

    return none_of(wrong())


@PAPER.states(
    r"\hom(P_{k+1}, G) = \mathbf{1}^T A^k \mathbf{1}",
    on=lambda: tuple(range(1, 6)),
)
def paths(order: int, seed: int) -> Verdict:
    """Linear message passing counts walks, and so sees paths alone."""
    # Compare homomorphisms of paths with walks.
    import networkx as nx

    from algebra.graphs import tree_homomorphisms, walk_numbers

    def wrong() -> Iterator[str]:
        for graph in graphs_with(order):
            walks = walk_numbers(graph, 6)
            counts = tuple(tree_homomorphisms(nx.path_graph(k), graph) for k in range(1, 7))
            if counts != walks:
                yield graph.label

    return none_of(wrong())
