r"""S. Kiefer, P. Schweitzer, E. Selman: graphs that logic with two variables and counting identifies."""

from __future__ import annotations

from collections.abc import Iterator

from proofs_check.claim import Verdict
from proofs_check.deciding.graphs import graphs_with, none_of
from proofs_check.paper import Paper

PAPER = Paper(
    "kiefer2022",
    "S. Kiefer, P. Schweitzer, E. Selman, Graphs identified by logics with counting, ACM Transactions on Computational "
    "Logic 23 (2022)",
    "1503.08792",
)


@PAPER.states(
    r"\text{A regular graph is identified by } C^2 \iff \text{it is empty, complete, a matching, the complement "
    r"of a matching, or } C_5",
    on=lambda: tuple(range(1, 8)),
)
def regular(order: int, seed: int) -> Verdict:
    # All regular graphs are looked at.
    from algebra.graphs import is_amenable

    def wrong() -> Iterator[str]:
        for graph in graphs_with(order):
            if len(set(graph.degrees)) == 1:
                d = graph.degrees[0]
                expected = d in (0, 1, order - 2, order - 1) or (order, d) == (5, 2)
                if is_amenable(graph) != expected:
                    yield graph.label

    return none_of(wrong())


@PAPER.states(
    r"G \text{ is identified by } C^2 \iff \overline{G} \text{ is}",
    on=lambda: tuple(range(1, 8)),
)
def complements(order: int, seed: int) -> Verdict:
    # Identified graphs are closed under complements.
    from algebra.graphs import is_amenable

    return none_of(g.label for g in graphs_with(order) if is_amenable(g) != is_amenable(g.complement()))
