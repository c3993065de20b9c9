r"""Weisfeiler-Lehman-Tinhofer graph neural networks: message passing with vertices that are marked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from proofs_check.claim import Verdict
from proofs_check.deciding.graphs import equivalent_graphs, graphs_with, none_of
from proofs_check.paper import Paper

if TYPE_CHECKING:
    from algebra.graphs import SimpleGraph

PAPER = Paper("wlt_gnn2021", "Weisfeiler-Lehman-Tinhofer graph neural networks (WLT-GNN), 2021", "2104.01848")
NOTE = "The scheme as it is restated in `algebra.graphs.tinhofer`."


def _outputs(graph: SimpleGraph, select: Any) -> set[object]:
    """Return what the one-path form computes, over all choices."""
    from algebra.graphs import colour_refinement
    from algebra.graphs.symmetry import individualised, selected_cell

    found: set[object] = set()
    start = colour_refinement(graph)
    waiting: list[tuple[Any, tuple[Any, ...]]] = [(start, (start.transcript,))]
    while waiting:
        partition, transcripts = waiting.pop()
        cell = selected_cell(partition, select)
        if cell is None:
            found.add((transcripts, graph.induced([v for (v,) in partition.cells]).graph6))
            continue
        for v in cell:
            marked = individualised(partition, v)
            waiting.append((marked, (*transcripts, marked.transcript)))
    return found


@PAPER.states(
    r"\text{The output of one path of marks does not depend on the choices} \iff \text{each selected cell is one "
    r"orbit of the automorphisms that fix the marks}",
    on=lambda: tuple((order, which) for order in range(1, 7) for which in ("smallest", "largest")),
    remark=NOTE,
)
def equivariance(instance: tuple[int, str], seed: int) -> Verdict:
    """Against all paths, for two ways to select a cell."""
    # Follow every path, and compare with whether the selected cells are orbits.
    from algebra.graphs import is_path_invariant

    order, which = instance
    select = {"smallest": min, "largest": max}[which]

    def wrong() -> Iterator[str]:
        for graph in graphs_with(order):
            if (len(_outputs(graph, select)) == 1) != bool(is_path_invariant(graph, select)):
                yield graph.label

    return none_of(wrong())


@PAPER.states(
    r"\text{Up to 7 vertices it is an invariant of all graphs but } C_3 \cup C_4 \text{ and its complement}",
    on=lambda: tuple(range(1, 8)),
    remark=NOTE,
)
def smallest_exceptions(order: int, seed: int) -> Verdict:
    # Find the graphs whose one-path form depends on the choices.
    from algebra.graphs import canonical_form, is_path_invariant, named_pair

    mixed = named_pair("c7-c3c4")[1]
    expected = {canonical_form(graph) for graph in (mixed, mixed.complement())} if order == 7 else set()
    found = {canonical_form(graph) for graph in graphs_with(order) if not is_path_invariant(graph)}
    return none_of(word for word, _ in found ^ expected)


@PAPER.states(
    r"\text{One mark, on each vertex in turn, tells all graphs with at most 7 vertices apart}",
    on=lambda: (6, 7),
    remark=NOTE,
)
def stronger(order: int, seed: int) -> Verdict:
    # Mark each vertex in turn, in all graphs that colour refinement cannot tell apart.
    from algebra.graphs import tree_names

    def wrong() -> Iterator[str]:
        for equal in equivalent_graphs(order):
            if len(set(tree_names(equal, 1))) < len(equal):
                yield ", ".join(graph.label for graph in equal)

    return none_of(wrong())


@PAPER.states(
    r"\text{One path decides rook's graphs and even CFI graphs against all others, where 2-FWL does not}",
    on=lambda: ("rook-shrikhande", "cfi-k4"),
    remark=NOTE,
)
def beyond_2_fwl(name: str, seed: int) -> Verdict:
    # One run is a proof where 2-FWL sees nothing.
    from algebra.graphs import compare_graphs, is_tinhofer, named_pair

    first, second = named_pair(name)
    found = compare_graphs(first, second)
    said = {
        "2-FWL tells them apart": found.two_fwl_round is not None,
        "one run says yes": found.test.says_yes,
        "the first one is no Tinhofer graph": not is_tinhofer(first),
        "the second one is a Tinhofer graph": bool(is_tinhofer(second)),
    }
    return none_of(text for text, is_wrong in said.items() if is_wrong)
