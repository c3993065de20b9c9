"""What self-expression without noise recovers of clusters: low-rank, ridge and sparse coefficients, exactly."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from proofs_check.question import Answer, Field, Question, Result
from proofs_check.reading import Integer, Matrix, Text, file_format
from proofs_check.show.text import aligned, counted, run_notes, strong

if TYPE_CHECKING:
    from tensors.clustering import Recovery

MOST_SHOWN = 20  # points in a report for people


@file_format
class Clusters:
    """Points with their clusters."""

    Z: Matrix
    """The points, one a column: integers or strings "p/q"; at most 200 of them."""

    labels: list[Integer | Text]
    """The cluster of each point."""


def answer(given: Clusters) -> Answer:
    """Compute what each model recovers."""
    from tensors.clustering import subspace_report

    found = subspace_report(given.Z, given.labels)
    fields = {
        "points": len(found.labels),
        "rank": found.subspaces.total,
        "cluster_ranks": [{"label": label, "rank": rank} for label, rank in found.subspaces.ranks.items()],
        "independent": found.subspaces.are_independent,
        "orthogonal": found.are_orthogonal,
        "shape_interaction_block_diagonal": found.is_block_diagonal,
        "expressible": found.is_expressible,
        "duplicates": [list(pair) for pair in found.duplicates],
        "preserved": sum(each.is_preserved for each in found.sparse),
        "sparse": [_point(each) for each in found.sparse],
        "grade": "proved",
    }
    return Answer(found.label, fields)


def _point(found: Recovery) -> Result:
    return {
        "p": None if found.best is None else _text(found.best.value),
        "p_own": None if found.own is None else _text(found.own.value),
        "margin": None if found.margin is None else _text(found.margin),
        "some": found.is_preserved_by_some,
        "all": found.is_preserved,
    }


def _text(value: Fraction) -> str:
    from algebra.exact.numbers import number_text

    return number_text(value)


def report(result: Result) -> str:
    """Everything that is known of one set of points, for people."""
    ranks = ", ".join(str(each["rank"]) for each in result["cluster_ranks"])
    kind = "orthogonal" if result["orthogonal"] else "independent" if result["independent"] else "not independent"
    blocks = "block diagonal" if result["shape_interaction_block_diagonal"] else "not block diagonal"
    rows = [
        ("subspaces", f"of dimension {ranks} in a space of {result['rank']}: {kind}"),
        ("shape interaction matrix", blocks),
        ("ridge", "block diagonal" if result["orthogonal"] else "not block diagonal"),
    ]
    if result["duplicates"]:
        rows.append(("equal up to sign", ", ".join(f"{i} and {j}" for i, j in result["duplicates"][:MOST_SHOWN])))
    head = f"{result['label']}  sparse: {strong(_recovered(result))} ({result['grade']})"
    return f"{head}\n\n{aligned(rows, right=())}\n\n{aligned(_points(result))}\n\n{run_notes(result)}"


def _points(result: Result) -> list[tuple[str, ...]]:
    said = {(True, True): "preserved", (True, False): "by some solutions", (False, False): "not preserved"}
    rows: list[tuple[str, ...]] = [("point", "p", "p_own", "margin", "")]
    for j, each in enumerate(result["sparse"][:MOST_SHOWN]):
        numbers = [each[name] or "-" for name in ("p", "p_own", "margin")]
        rows.append((str(j), *numbers, said[each["some"], each["all"]]))
    if result["points"] > MOST_SHOWN:
        rows.append(("…", *[""] * 4))
    return rows


def _recovered(result: Result) -> str:
    return f"{result['preserved']} of {counted(result['points'], 'point')} preserved"


def line(result: Result) -> str:
    """Say in one line how many points are preserved."""
    return f"{result['label']}  {_recovered(result)}"


QUESTION = Question(
    name="clustering subspaces",
    says="What self-expression without noise recovers of given clusters, exactly: low-rank, ridge and sparse.",
    about="The shape interaction matrix, which has the least nuclear norm, is block diagonal iff the subspaces are "
    "independent; ridge coefficients are iff they are orthogonal. Sparse coefficients are decided point by point, by "
    "linear programs with exact solutions of the program and of its dual.",
    given=Clusters,
    answer=answer,
    fields=(
        Field("points", "integer", "number of points"),
        Field("rank", "integer", "of all points"),
        Field("cluster_ranks", "list", "label and rank of each cluster"),
        Field("independent", "boolean", "whether the sum of the clusters' spans is direct"),
        Field("orthogonal", "boolean", "whether points of different clusters are orthogonal"),
        Field("shape_interaction_block_diagonal", "boolean", "whether Z^+ Z has no entry between clusters"),
        Field("expressible", "boolean", "whether every point is in the span of the others of its cluster"),
        Field("duplicates", "list", "pairs of points that are equal or opposite: sparse coefficients choose these"),
        Field("preserved", "integer", "points all of whose sparse solutions use their own cluster only"),
        Field(
            "sparse",
            "list",
            "of each point p: least |c|_1 among all others; p_own: within its cluster, null where its points do not "
            "span it; margin: of strict complementarity; some, all: which optimal solutions are subspace preserving",
        ),
        Field("grade", "text", "proved"),
    ),
    example={
        "Z": [[1, 0, 1, 2, 1, 0, 1], [0, 1, 1, 1, 0, 0, 0], [0, 0, 0, 0, 1, 1, 2]],
        "labels": [0, 0, 0, 0, 1, 1, 1],
    },
    needs=("tensors.clustering.subspaces", "scipy.optimize"),
    usage=("rankcert clustering subspaces points.json", "rankcert clustering subspaces points.jsonl --json"),
    report=report,
    line=line,
)
