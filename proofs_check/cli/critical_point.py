"""`rankcert critical-point`: is a point of a deep linear network a global minimum, a saddle, or not critical."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import typer

from algebra.errors import check_keys
from proofs_check.cli.files import Answers, Solve, answer_file, finish, seed_of
from proofs_check.cli.options import Json, Seed
from proofs_check.cli.output import aligned, plain_matrix, run_notes, strong

PointFile = Annotated[
    Path,
    typer.Argument(
        metavar="FILE", show_default=False, help="A .json, .jsonl or .npz file with X, Y and the weights W."
    ),
]
Hessian = Annotated[bool, typer.Option("--hessian", help="Add the exact inertia of the Hessian over all weights.")]
Accuracy = Annotated[
    float | None,
    typer.Option("--accuracy", metavar="A", help="Floats only: bound of the error of every entry; 0: they are exact."),
]
Tolerance = Annotated[
    float | None,
    typer.Option("--tolerance", metavar="T", help="Floats only: a numeric verdict up to this relative tolerance."),
]
Polish = Annotated[
    int | None,
    typer.Option("--polish", metavar="N", help="Floats only: at most N Newton steps first, then try to round exactly."),
]
KEYS = ("X", "Y", "W", "accuracy", "tolerance", "polish", "seed")
FOR_FLOATS = ("accuracy", "tolerance", "polish")


def critical_point(
    file: PointFile,
    hessian: Hessian = False,
    accuracy: Accuracy = None,
    tolerance: Tolerance = None,
    polish: Polish = None,
    seed: Seed = 0,
    as_json: Json = False,
) -> None:
    """Classify a point of a deep linear network, exactly, with the theorems that apply and a way down from a saddle.

    The file holds {"X": rows, "Y": rows, "W": [W_1, …, W_H]} with integers or strings "p/q"; W_1 acts first. Floats are
    taken as measured numbers: the answer then holds only as far as their accuracy proves it.

    Examples
    --------
      rankcert critical-point point.json --hessian

      rankcert critical-point points.jsonl --json

      rankcert critical-point trained.npz --polish 10 --tolerance 1e-6
    """
    options = dict(zip(FOR_FLOATS, (accuracy, tolerance, polish), strict=True))
    given = {name: value for name, value in options.items() if value is not None}
    answers = _answers(file, lambda point: measure({**point, **given}, hessian, seed))
    finish("critical-point", answers, as_json, report, one_line)


def _answers(file: Path, solve: Solve) -> Answers:
    if file.suffix.lower() == ".npz":
        from algebra.critical_points.files import read_npz

        return [solve(read_npz(file))], True
    return answer_file(file, solve)


def measure(given: dict[str, Any], hessian: bool = False, seed: int = 0) -> dict[str, Any]:
    """Classify the point that an object describes; floats go to the numeric path.

    Raises
    ------
    InputError
        If a key is unknown or missing, shapes do not chain, or an entry is no finite number.
    """
    import algebra.critical_points.report  # noqa: F401  its time is not the point's
    from algebra.exact.numbers import has_floats

    check_keys(given, KEYS, required=("X", "Y", "W"))
    seed = seed_of(given, seed)
    start = time.perf_counter()
    numeric = has_floats(given["X"], given["Y"], given["W"])
    result = _numeric(given, hessian, seed) if numeric else _exact(given, hessian, seed)
    return {**result, "seed": seed, "seconds": round(time.perf_counter() - start, 6)}


def _exact(given: dict[str, Any], hessian: bool, seed: int) -> dict[str, Any]:
    from algebra import InputError
    from algebra.critical_points.problem import Problem
    from algebra.critical_points.report import exact_result

    for name in FOR_FLOATS:
        if given.get(name) is not None:
            raise InputError(name, given[name], "left out: no entry is a float, so the answer is exact")
    return exact_result(Problem(given["X"], given["Y"], given["W"]), hessian, seed)


def _numeric(given: dict[str, Any], hessian: bool, seed: int) -> dict[str, Any]:
    from algebra import InputError
    from algebra.critical_points.files import holds_text
    from algebra.critical_points.floats.classification import classify_numeric
    from algebra.critical_points.problem import Problem
    from algebra.critical_points.report import exact_result, numeric_result, polished_weights
    from algebra.evidence import Grade

    X, Y, W = given["X"], given["Y"], given["W"]
    if holds_text(X, Y, W):
        raise InputError("X, Y, W", "floats and strings", 'either numbers, or all exact: integers and strings "p/q"')
    polished: dict[str, Any] = {}
    if given.get("polish") is not None:
        W, polished = polished_weights(X, Y, W, given["polish"])
    problem = Problem.from_floats(X, Y, W)
    found = classify_numeric(X, Y, W, accuracy=given.get("accuracy"), tolerance=given.get("tolerance"))
    result = {**numeric_result(problem, found), **polished}
    exact = found.grade is Grade.PROVED and found.at_floats is not None and found.verdict is found.at_floats.verdict
    return {**result, **exact_result(problem, hessian, seed)} if exact else result


NAMES = {
    "global_min": "global minimum",
    "strict_saddle": "strict saddle",
    "nonstrict_saddle": "non-strict saddle",
    "not_critical": "not critical",
    "inconclusive": "inconclusive",
}
NUMBERS = {"loss": "loss", "minimum_loss": "minimum loss", "gap": "above the minimum", "newton_distance": "Newton step"}


def one_line(result: dict[str, Any]) -> str:
    """One line of a batch: label and verdict."""
    return f"{result['label']}  {_verdict(result)}  {result['decided_by']}"


def _verdict(result: dict[str, Any]) -> str:
    grade = "" if result["grade"] == result["verdict"] else f" ({result['grade']})"
    return f"{NAMES[result['verdict']]}{grade}"


def report(result: dict[str, Any]) -> str:
    """Everything that is known of one point, for people."""
    parts = [f"{result['label']}  {strong(_verdict(result))}", aligned(_numbers(result), right=())]
    if result.get("reasons"):
        parts.append("\n".join(f"  {reason}" for reason in result["reasons"]))
    if result.get("theorems"):
        parts.append(aligned([_theorem_row(theorem) for theorem in result["theorems"]], right=()))
    if result.get("escape_direction"):
        parts.append(_way_down(result["escape_direction"], result["loss"]))
    if result.get("polish"):
        parts.append(_polished(result["polish"], result["rounded"]))
    parts.append(run_notes(result))
    return "\n\n".join(parts)


def _numbers(result: dict[str, Any]) -> list[tuple[str, str]]:
    rows = [("decided by", str(result["decided_by"]))]
    rows += [(name, _number(result[key])) for key, name in NUMBERS.items() if result.get(key) is not None]
    if result.get("rank") is not None:
        rows.append(("rank", f"{result['rank']} of k = {result['k']}"))
    if result.get("gradient_squared", "0") != "0":
        rows.append(("squared gradient norm", _number(result["gradient_squared"])))
    for key, name in (("hessian_inertia", "Hessian"), ("closed_form_inertia", "conjectural formula")):
        found = result.get(key)
        if found:
            rows.append((name, f"{found['neg']} negative, {found['zero']} zero, {found['pos']} positive"))
    return rows


def _number(value: Any) -> str:
    """Write an exact number, with a decimal where the fraction is long, or an enclosure."""
    if isinstance(value, dict) and value.get("lower") is not None:
        return f"between {_decimal(value['lower'])} and {_decimal(value['upper'])}"
    text = "-" if value is None else str(value)
    return text if len(text) <= 40 else f"about {_decimal(text)}"


def _decimal(value: Any) -> str:
    from decimal import Decimal, localcontext
    from fractions import Fraction

    try:
        exact = Fraction(value)
    except (ValueError, TypeError):
        return str(value)
    with localcontext() as context:
        context.prec = 20
        return str(Decimal(exact.numerator) / Decimal(exact.denominator))


def _theorem_row(theorem: dict[str, Any]) -> tuple[str, str]:
    if theorem["applies"]:
        return theorem["name"], f"applies: {theorem['says']}"
    failed = ", ".join(name for name, holds in theorem["hypotheses"].items() if not holds)
    wrong = f"; its test would wrongly say {theorem['would_say']}" if theorem["misleads"] else ""
    return theorem["name"], f"does not apply (not: {failed}){wrong}"


def _way_down(way: dict[str, Any], loss: Any) -> str:
    words = {
        "negative-curvature": f"along a direction with second derivative {_number(way['second_derivative'])}",
        "gradient-step": "against the gradient",
        "fibre-then-gradient": f"after {way['fibre_moves']} moves that keep the product, against the gradient",
    }
    kind = words.get(way["kind"], way["kind"])
    text = f"  way down: {kind}, step {_number(way['step'])}: loss {_number(loss)} -> {_number(way['loss'])}"
    rows = [(f"V_{h}", plain_matrix(V)) for h, V in enumerate(way["direction"], start=1)]
    return text if any(len(row[1]) > 200 for row in rows) else f"{text}\n{aligned(rows, right=())}"


def _polished(polish: dict[str, Any], rounded: dict[str, Any] | None) -> str:
    norms = polish["gradient_norms"]
    steps = f"{len(norms) - 1} steps ({polish['stopped_by']})"
    text = f"  polished: gradient norm {norms[0]:.3g} -> {norms[-1]:.3g} in {steps}"
    if rounded is None:
        return f"{text}\n  no exact critical point with small denominators was found near"
    return f"{text}\n  near it, exactly: {_verdict(rounded)}, loss {_number(rounded['loss'])}, {rounded['decided_by']}"
