r"""C. D. Godsil: equitable partitions of compact graphs."""

from __future__ import annotations

from proofs_check.claim import Hypothesis, Verdict
from proofs_check.deciding.graphs import graphs_with, none_of
from proofs_check.paper import Paper

PAPER = Paper(
    "godsil1997",
    "C. D. Godsil, Compact graphs and equitable partitions, Linear Algebra and its Applications 255 (1997) 259-266",
)
NAMED = ("cube", "petersen", "icosahedron", "rook-3x3", "c10-1-2")


def _is_compact(word: str) -> bool:
    from algebra.graphs import classify_graph

    return classify_graph(word).compact.value is True


COMPACT: Hypothesis[str] = Hypothesis("G is compact", _is_compact)


def _words() -> tuple[str, ...]:
    """Graphs that are not amenable, with at most 7 vertices, and some larger ones."""
    from algebra.graphs import is_amenable, named_graph

    small = (graph.graph6 for order in range(1, 8) for graph in graphs_with(order) if not is_amenable(graph))
    return (*small, *(named_graph(name).graph6 for name in NAMED))


@PAPER.states(
    r"G \text{ compact} \implies \text{every equitable partition is the orbit partition of a subgroup of } "
    r"\mathrm{Aut}(G)",
    COMPACT,
    on=_words,
)
def orbit_partitions(word: str, seed: int) -> Verdict:
    """All graphs up to 7 vertices that are not amenable, and larger ones."""
    # Every equitable partition is looked at.
    from algebra.graphs import partition_without_group

    found = partition_without_group(word)
    return none_of([] if found is None else [f"{word}: {found}"])


@PAPER.states(
    r"\text{the converse fails: } K_3 \times K_3 \text{ and the Petersen graph}",
    on=lambda: ("H{S{aSf", "I?LRCecq?"),
)
def converse(word: str, seed: int) -> Verdict:
    """The examples are of the project's note. A fractional vertex is checked exactly."""
    # Find a Godsil graph that is not compact.
    from algebra.graphs import classify_graph, is_fractional_vertex
    from algebra.graphs.circulations import FractionalVertex

    found = classify_graph(word, seed)
    vertex, adjacency = found.compact.evidence, tuple(map(tuple, found.graph.adjacency()))
    is_not_compact = isinstance(vertex, FractionalVertex) and is_fractional_vertex(
        adjacency, found.partition.cells, vertex
    )
    good = found.godsil.value is True and is_not_compact
    return none_of([] if good else [word])
