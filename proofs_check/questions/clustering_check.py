"""What a trained self-expressive model is worth: whether its embedding is degenerate, its value, and its clusters."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from proofs_check.option import Option
from proofs_check.question import Answer, Field, Question, Result
from proofs_check.reading import Integer, Matrix, Number, Real, Text, file_format
from proofs_check.show.text import aligned, counted, run_notes, strong
from proofs_check.words import real

if TYPE_CHECKING:
    from fractions import Fraction

    from tensors.clustering import DegeneracyReport, TrainedSolution

MOST_WRITTEN = 30  # signs of an exact number in a report for people
DIGITS = 15  # of an enclosure


@file_format
class Solution:
    """An embedding and coefficients, with the model that they are meant to solve."""

    Z: Matrix
    """The embedding, one point a column: integers or strings "p/q" for a proved answer, or floats."""

    C: Matrix
    """The coefficients; column j expresses point j."""

    lam: Number
    """Weight of the regulariser, positive."""

    regulariser: Text
    """"l1": the sum of |c_ij|; "square": |C|_F^2 / 2; "nuclear": the sum of the singular values."""

    normalisation: Text = "none"
    """"frobenius": |Z|_F^2 = tau; "rows": each of the d rows has the squared norm tau/d; "whitened": Z Z^T = (tau/d) I;
    "instance": every point has norm 1; "none"."""

    labels: list[Integer | Text] | None = None
    """The cluster of each point."""

    diagonal: Text = "zero"
    """"zero": no point expresses itself; "free"."""

    tau: Number | None = None
    """Squared norm of Z that is asked for; that of Z itself if left out."""

    tolerance: Real | None = None
    """Relative, of numeric answers; with floats 1e-6 if left out. The option comes before it."""


def answer(given: Solution, tolerance: float | None) -> Answer:
    """Examine the embedding, the value and the graph of the coefficients."""
    from tensors.clustering import degeneracy_report, trained_solution

    told = given.tolerance if tolerance is None else tolerance
    solution = trained_solution(
        given.Z,
        given.C,
        given.lam,
        given.regulariser,
        given.normalisation,
        given.labels,
        given.diagonal,
        given.tau,
        told,
    )
    found = degeneracy_report(solution)
    fields = {
        "degenerate": found.is_degenerate,
        "shape": found.shape,
        "grade": found.grade.value,
        "tolerance": float(solution.tolerance) if solution.tolerance else None,
        **_embedding(found),
        **_values(found),
        **_clusters(found),
    }
    return Answer(_label(solution), fields)


def _label(solution: TrainedSolution) -> str:
    """Name what was examined by its model and a hash of its numbers."""
    text = f"{solution.Z.table()} {solution.C.table()} {solution.model.lam} {solution.labels}"
    size = f"{solution.model.d}x{solution.model.N}"
    kind = f"{solution.model.normalisation}:{solution.model.regulariser}:{solution.model.diagonal}"
    return f"trained:{kind}:{size}:{hashlib.sha256(text.encode()).hexdigest()[:32]}"


def _embedding(found: DegeneracyReport) -> Result:
    return {
        "points": found.solution.model.N,
        "rank": found.rank,
        "zero_points": found.zero_points,
        "directions": found.directions,
        "points_with_twin": found.points_with_twin,
        "feasible": found.is_feasible,
        "deviation": _number(found.deviation, found),
    }


def _values(found: DegeneracyReport) -> Result:
    from tensors.clustering.degeneracy import undercut

    optimum, scale = found.optimum, undercut(found)
    return {
        "objective": _interval(found.objective, found),
        "optimum": None if optimum is None else _number(optimum.value, found),
        "attained_by": None if optimum is None else optimum.attained_by,
        "gap": _interval(found.gap, found),
        "optimal": found.is_optimal,
        "optimum_for_Z": _interval(found.least_for_embedding, found),
        "gap_for_Z": _interval(found.gap_for_embedding, found),
        "optimal_for_Z": found.is_optimal_for_embedding,
        "lam_eff": None if found.relative_lam is None else _number(found.relative_lam, found),
        "undercut": None if scale is None else {"mu": str(scale[0]), "value": _number(scale[1], found)},
    }


def _clusters(found: DegeneracyReport) -> Result:
    parts, graph = found.subspaces, found.affinity
    meets = [] if parts is None else parts.meets
    return {
        "clusters": None if parts is None else len(parts.ranks),
        "cluster_ranks": None if parts is None else [{"label": k, "rank": rank} for k, rank in parts.ranks.items()],
        "independent": None if parts is None else parts.are_independent,
        "intersections": None if parts is None else [{"labels": [a, b], "dimension": n} for a, b, n in meets],
        "components": graph.components,
        "subspace_preserving": graph.is_preserving,
        "crossing": graph.crossing,
        "split_labels": None if graph.split is None else list(graph.split),
    }


def _number(value: Fraction, found: DegeneracyReport) -> str:
    """Write an exact number; of a numeric answer 12 digits, more would say nothing."""
    from algebra.exact.numbers import number_text
    from proofs_check.show.text import decimal

    if not found.solution.tolerance:
        return number_text(value)
    try:
        return f"{float(value):.12g}"
    except OverflowError:
        return decimal(value)


def _interval(value: tuple[Fraction, Fraction] | None, found: DegeneracyReport) -> Result | None:
    """Write both ends of an enclosure: the same exact number, or decimals rounded outward."""
    if value is None:
        return None
    lower, upper = value
    if lower == upper or found.solution.tolerance:
        return {"lower": _number(lower, found), "upper": _number(upper, found)}

    from algebra.exact.balls import ball, decimals
    from algebra.exact.precision import precision

    with precision(192):
        return decimals(ball(lower).union(ball(upper)), DIGITS).fields()


def read_archive(place: Path) -> Result:
    """Return the object that stands for a numpy archive with Z and C; the other keys are arrays without axes."""
    from algebra.critical_points.files import read_arrays

    found = read_arrays(place)
    return {name: (a.astype("float64") if a.dtype.kind == "f" else a).tolist() for name, a in found.items()}


def report(result: Result) -> str:
    """Everything that was found, for people."""
    from tensors.clustering.degeneracy import SHAPES

    shape = SHAPES.get(result["shape"], f"rank {result['rank']}, {counted(result['directions'], 'direction')}")
    twins = f"{result['points_with_twin']} of {result['points']} points have a twin, {result['zero_points']} are 0"
    rows = [("embedding", shape), ("", twins)]
    if not result["feasible"]:
        rows.append(("not normalised", f"off by {_short(result['deviation'])}"))
    rows.append(("objective", _between(result["objective"])))
    if result["optimum"] is not None:
        rows.append(("least of all", f"{_short(result['optimum'])}: {result['attained_by']}"))
        rows.append(("above it", _between(result["gap"])))
    if result["optimum_for_Z"] is not None:
        rows.append(("least for this Z", _between(result["optimum_for_Z"])))
        rows.append(("above it", _between(result["gap_for_Z"])))
    if result["undercut"] is not None:
        below = result["undercut"]
        rows.append(("scaled by", f"{below['mu']}, with C = 0: {_short(below['value'])}"))
    text = f"{result['label']}  {strong(_verdict(result))}\n\n{aligned(rows, right=())}\n\n"
    return f"{text}{aligned(_graph_rows(result), right=())}\n\n{run_notes(result)}"


def _graph_rows(result: Result) -> list[tuple[str, str]]:
    rows = [("graph of C", counted(result["components"], "component"))]
    if result["clusters"] is None:
        return rows
    ranks = ", ".join(str(each["rank"]) for each in result["cluster_ranks"])
    independent = "independent" if result["independent"] else "not independent"
    rows.append((counted(result["clusters"], "label"), f"subspaces of dimension {ranks}, {independent}"))
    if result["subspace_preserving"]:
        rows.append(("", "subspace preserving"))
    else:
        rows.append(("", f"{counted(result['crossing'], 'coefficient')} between points of different labels"))
    if result["split_labels"]:
        rows.append(("", f"{counted(len(result['split_labels']), 'label')} in several components"))
    return rows


def _short(number: str) -> str:
    from fractions import Fraction

    from proofs_check.show.text import decimal

    return number if len(number) <= MOST_WRITTEN else f"about {decimal(Fraction(number))}"


def _between(ends: Result | None) -> str:
    if ends is None:
        return "-"
    lower, upper = _short(ends["lower"]), _short(ends["upper"])
    return lower if lower == upper else f"{lower} .. {upper}"


def _verdict(result: Result) -> str:
    said = "degenerate" if result["degenerate"] else "not degenerate"
    if result["optimal"]:
        said += ", a global optimum"
    return f"{said} ({result['grade']})"


def line(result: Result) -> str:
    """Say in one line whether it is degenerate, and why."""
    shape = f": {result['shape']}" if result["shape"] else ""
    return f"{result['label']}  {_verdict(result)}{shape}"


TOLERANCE = Option(
    "tolerance",
    "Relative: smaller differences count as none, and the answer is numeric; with floats 1e-6 if left out.",
    real,
    metavar="T",
    called="tolerance",
)
QUESTION = Question(
    name="clustering check",
    says="Degeneracy report of a trained self-expressive model: its embedding, its value, its graph.",
    about="Exact numbers give proved answers. Floats are read as the binary fractions that they are, compared up to "
    "a tolerance. A .npz file holds arrays Z and C, and the other keys as arrays without axes. The least value for a "
    "given Z is found up to 100 points. Raw coefficients are examined, no post-processing.",
    given=Solution,
    answer=answer,
    fields=(
        Field("degenerate", "boolean", "whether the embedding has a degenerate shape, or is a global optimum"),
        Field("shape", "text", "zero, one-point, two-points, collapse, rank-one or pairs; null if none of them"),
        Field("grade", "text", "proved, or numeric: up to the tolerance"),
        Field("tolerance", "number", "relative; null for a proved answer"),
        Field("points", "integer", "number of points"),
        Field("rank", "integer", "of the embedding"),
        Field("zero_points", "integer", "points that are 0"),
        Field("directions", "integer", "lines through 0 on which points lie"),
        Field("points_with_twin", "integer", "points that another one equals up to sign"),
        Field("feasible", "boolean", "whether the embedding is normalised as it should be"),
        Field("deviation", "text", "the largest difference of a squared norm from what it should be"),
        Field("objective", "object", "lower and upper: F(Z, C); null for a nuclear norm of too many points"),
        Field("optimum", "text", "the least value over all embeddings; null if unknown, or Z is not normalised"),
        Field("attained_by", "text", "what attains that, in words"),
        Field("gap", "object", "lower and upper: how far F(Z, C) is above it"),
        Field("optimal", "boolean", "whether the gap is 0; null if that is open"),
        Field("optimum_for_Z", "object", "lower and upper: the least value over all C for this Z; null if unknown"),
        Field("gap_for_Z", "object", "lower and upper: how far F(Z, C) is above that"),
        Field("optimal_for_Z", "boolean", "whether that gap is 0; null if that is open"),
        Field("lam_eff", "text", "lam / |Z|_F^2, which scaling does not change; null for Z = 0"),
        Field("undercut", "object", "without normalisation: a scale mu with F(mu Z, 0) below F(Z, C); else null"),
        Field("clusters", "integer", "number of labels; null without labels"),
        Field("cluster_ranks", "list", "label and rank of each cluster"),
        Field("independent", "boolean", "whether the sum of the clusters' spans is direct"),
        Field("intersections", "list", "pairs of labels whose spans meet, with the dimension"),
        Field("components", "integer", "connected components of the graph of |C| + |C|^T"),
        Field("subspace_preserving", "boolean", "whether no coefficient is between different labels"),
        Field("crossing", "integer", "number of coefficients between different labels"),
        Field("split_labels", "list", "labels whose points lie in several components"),
    ),
    example={
        "Z": [[1, 1, 0, 0], [0, 0, 1, 1]],
        "C": [[0, "3/4", 0, 0], ["3/4", 0, 0, 0], [0, 0, 0, "3/4"], [0, 0, "3/4", 0]],
        "lam": "1/4",
        "regulariser": "l1",
        "normalisation": "instance",
        "labels": [0, 0, 1, 1],
    },
    options=(TOLERANCE,),
    needs=("tensors.clustering.degeneracy", "networkx", "scipy.optimize"),
    usage=(
        "rankcert clustering check solution.json",
        "rankcert clustering check solutions.jsonl --json",
        "rankcert clustering check trained.npz --tolerance 1e-4",
    ),
    suffixes={".npz": read_archive},
    report=report,
    line=line,
)
