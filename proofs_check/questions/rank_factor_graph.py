"""The rank of a matricization of a factor graph's tensor."""

from __future__ import annotations

from proofs_check.option import CERTIFICATE, SEED
from proofs_check.question import Answer, Field, Question, Result
from proofs_check.reading import Integer, Natural, Positive, file_format, written
from proofs_check.show.text import aligned, bound_rows, bounds_text, run_notes, strong

MOST_SHOWN = 12  # variables of a cut in a report; more do not fit into a line


@file_format
class Graph:
    """A factor graph, and which of its observed variables are rows of the matrix."""

    variable_dims: list[Positive]
    """Number of values of each variable; the observed ones come first."""

    observed: Positive
    """How many variables are observed: they are the modes of the tensor."""

    factor_scopes: list[list[Natural]]
    """The variables of each factor, counted from 0, in the order of the axes of its table."""

    row_side: list[Natural]
    """Observed variables that index the rows."""

    tied: list[list[Natural]] | None = None
    """Groups of factors, counted from 0, that have the same table; a factor in no group has its own."""

    seed: Integer | None = None
    """Of every random choice, instead of the option."""


def answer(given: Graph, seed: int) -> Answer:
    """Bound the rank of the matricization."""
    from algebra.evidence.generic_rank import RankEvidence
    from tensors.networks import FactorGraph

    graph = FactorGraph.from_json(written(given, without=["row_side", "seed"]))
    rows = graph.check_row_side(given.row_side)
    bounds = graph.rank(rows, seed=seed)

    upper = bounds.evidence.upper if isinstance(bounds.evidence, RankEvidence) else None
    fields = {
        "row_side": list(rows),
        "variables": len(graph.variable_dims),
        "observed": graph.observed,
        "cut": [] if upper is None else list(upper.detail("variables") or []),
    }
    return Answer.of_bounds(graph.label, bounds, fields, seed)


def report(result: Result) -> str:
    """Everything that is known of one rank, for people: the cut stands beside the bound that it gives."""
    cut = result["cut"]
    shown = " ".join(map(str, cut[:MOST_SHOWN])) + (f" … ({len(cut)} variables)" if len(cut) > MOST_SHOWN else "")
    by = f"{result['upper_by']}: {shown}" if cut else result["upper_by"]
    rows = bound_rows({**result, "upper_by": by})
    return f"{result['label']}  rank {strong(bounds_text(result))}\n\n{aligned(rows)}\n\n{run_notes(result)}"


QUESTION = Question(
    name="rank factor-graph",
    says="Rank of a matricization of a factor graph's tensor, for almost all tables.",
    given=Graph,
    answer=answer,
    fields=(
        Field("row_side", "list", "observed variables that index the rows, sorted"),
        Field("variables", "integer", "number of variables, hidden ones included"),
        Field("observed", "integer", "number of observed variables"),
        Field("cut", "list", "variables of the minimal cut, where it gives the upper bound; else empty"),
    ),
    headline="rank",
    example={
        "variable_dims": [4, 4, 2, 3],
        "observed": 2,
        "factor_scopes": [[0, 2, 3], [1, 2, 3]],
        "tied": [[0, 1]],
        "row_side": [0],
    },
    options=(SEED, CERTIFICATE),
    needs=("tensors.networks", "algebra.evidence.certificate"),
    usage=(
        "rankcert rank factor-graph chain.json",
        "rankcert rank factor-graph chain.json --certificate chain.certificate.json",
        "rankcert rank factor-graph chains.jsonl --json",
    ),
    report=report,
    line=lambda result: f"{result['label']}  rank {bounds_text(result)}",
)
