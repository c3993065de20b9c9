"""Is a point of a deep linear network a global minimum, a saddle, or not critical."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proofs_check.option import SEED, Option
from proofs_check.question import Answer, Field, Question, Result
from proofs_check.reading import Integer, Matrix, Real, file_format, written
from proofs_check.show.text import aligned, plain_matrix, run_notes, strong
from proofs_check.words import integer, real

if TYPE_CHECKING:
    from decimal import Decimal


@file_format
class Accuracies:
    """Bounds of the error of every entry, one for each of the data and the weights."""

    X: Real | None = None
    """Of the inputs; half a unit in the last place if left out."""

    Y: Real | None = None
    """Of the targets, likewise."""

    W: Real | None = None
    """Of the weights, likewise."""


@file_format
class Point:
    """Data and weights of a deep linear network."""

    X: Matrix
    """The inputs, one a column: integers or strings "p/q" for an exact answer, or floats."""

    Y: Matrix
    """The targets, one a column."""

    W: list[Matrix]
    """The weights W_1, …, W_H; W_1 acts first."""

    accuracy: Real | Accuracies | None = None
    """Of floats: bound of the error of every entry; 0: they are exact. The option comes before it."""

    tolerance: Real | None = None
    """Of floats: a numeric verdict up to this relative tolerance. The option comes before it."""

    polish: Integer | None = None
    """Of floats: at most so many Newton steps first, then a try to round exactly. The option comes before it."""

    seed: Integer | None = None
    """Of every random choice, instead of the option."""


def answer(
    given: Point, hessian: bool, accuracy: float | None, tolerance: float | None, polish: int | None, seed: int
) -> Answer:
    """Classify the point; floats go to the numeric path."""
    from algebra.critical_points.report import point_result

    stated = written(given.accuracy) if isinstance(given.accuracy, Accuracies) else given.accuracy
    result = point_result(
        given.X,
        given.Y,
        given.W,
        hessian=hessian,
        seed=seed,
        accuracy=stated if accuracy is None else accuracy,
        tolerance=given.tolerance if tolerance is None else tolerance,
        polish=given.polish if polish is None else polish,
    )
    return Answer(result.pop("label"), result, seed=seed)


def read_archive(place: Path) -> Result:
    """Return the object that stands for a numpy archive with X, Y and the weights."""
    from algebra.critical_points.files import read_npz

    found = read_npz(place)
    return {"X": _rows(found["X"]), "Y": _rows(found["Y"]), "W": [_rows(weights) for weights in found["W"]]}


def _rows(array: Any) -> Any:
    """As Python's numbers; other floats than float64 are not of its types."""
    return (array.astype("float64") if array.dtype.kind == "f" else array).tolist()


NAMES = {
    "global_min": "global minimum",
    "strict_saddle": "strict saddle",
    "nonstrict_saddle": "non-strict saddle",
    "not_critical": "not critical",
    "inconclusive": "inconclusive",
}
NUMBERS = {"loss": "loss", "minimum_loss": "minimum loss", "gap": "above the minimum", "newton_distance": "Newton step"}


def line(result: dict[str, Any]) -> str:
    """One line of a batch: label and verdict."""
    return f"{result['label']}  {result.get('answer') or _verdict(result)}  {result['decided_by']}"


def _verdict(result: dict[str, Any]) -> str:
    grade = "" if result["grade"] == result["verdict"] else f" ({result['grade']})"
    return f"{NAMES[result['verdict']]}{grade}"


def report(result: dict[str, Any]) -> str:
    """Everything that is known of one point, for people."""
    said = result.get("answer") or _verdict(result)
    parts = [f"{result['label']}  {strong(said)}", aligned(_numbers(result), right=())]
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
    if result.get("hessian_inertia_by") and not result.get("hessian_inertia"):
        rows.append(("Hessian", f"not computed: {result['hessian_inertia_by']}"))
    return rows


DIGITS = 20
"""Of a decimal beside an exact number."""

LONG = 1000
"""Characters of a fraction from which on FLINT divides: Python's division grows with the square of the digits."""

FRACTION = re.compile(r"-?[0-9]+(/[0-9]+)?")


def _number(value: Any) -> str:
    """Write an exact number, with a decimal where the fraction is long, or an enclosure."""
    if isinstance(value, dict) and value.get("lower") is not None:
        return f"between {_decimal(value['lower'])} and {_decimal(value['upper'])}"
    text = "-" if value is None else str(value)
    return text if len(text) <= 40 else f"about {_decimal(text)}"


def _decimal(value: Any) -> str:
    from decimal import Decimal, localcontext
    from fractions import Fraction

    with localcontext() as context:
        context.prec = DIGITS
        if isinstance(value, str) and len(value) > LONG and FRACTION.fullmatch(value):
            digits = _leading_digits(value)
            if digits is not None:
                return str(+digits)
        try:
            exact = Fraction(value)
        except (ValueError, TypeError):
            return str(value)
        return str(Decimal(exact.numerator) / Decimal(exact.denominator))


def _leading_digits(fraction: str) -> Decimal | None:
    """Return some more digits of a long fraction than are shown, and a last one that says that others follow.

    None if none follow.
    """
    from decimal import Decimal

    from flint import fmpz

    above, _, below = fraction.partition("/")
    numerator, denominator = fmpz(above), fmpz(below or "1")
    shift = DIGITS + 2 - len(above.lstrip("-")) + len(below or "1")
    scaled = abs(numerator) * fmpz(10) ** max(shift, 0)
    quotient, rest = divmod(scaled, denominator * fmpz(10) ** max(-shift, 0))
    if rest == 0:
        return None
    digits = Decimal(f"{quotient}1E{-shift - 1}")
    return -digits if numerator < 0 else digits


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


HESSIAN = Option("hessian", "Add the exact inertia of the Hessian over all weights.", default=False)
ACCURACY = Option(
    "accuracy",
    "Floats only: bound of the error of every entry; 0: they are exact.",
    real,
    metavar="A",
    called="accuracy",
)
TOLERANCE = Option(
    "tolerance",
    "Floats only: a numeric verdict up to this relative tolerance.",
    real,
    metavar="T",
    called="tolerance",
)
POLISH = Option(
    "polish",
    "Floats only: at most N Newton steps first, then try to round exactly.",
    integer,
    metavar="N",
    called="polish",
)

# Where fields are. Those of floats that are read as rationals come in front of those of the exact result.
EXACT = "of exact points, and of floats that are read as rationals"
FLOATS = "of floats"
POLISHED = "of floats, with polish"
WITH_HESSIAN = "with --hessian"
QUESTION = Question(
    name="critical-point",
    says="Classify a point of a deep linear network, exactly, with the theorems that apply and a way down from a "
    "saddle.",
    about='FILE holds X, Y and W = [W_1, …, W_H] with integers or strings "p/q"; W_1 acts first; a .npz file holds '
    "arrays X, Y, W_1, …, W_H. Floats are taken as measured numbers: the answer then holds only as far as their "
    "accuracy proves it.",
    given=Point,
    answer=answer,
    fields=(
        Field("verdict", "text", "global_min, strict_saddle, nonstrict_saddle, not_critical or inconclusive"),
        Field("critical", "boolean", "whether the gradient is zero; null where floats leave that open"),
        Field("k", "integer", "the largest rank that the network can have on the data; null for floats"),
        Field("rank", "integer", "rank of the network on the data; null for floats"),
        Field("loss", "text", "half the squared error; of floats its enclosure"),
        Field("minimum_loss", "text", "least loss of all weights, or its enclosure; null for floats"),
        Field("decided_by", "text", "argument for the verdict"),
        Field("reasons", "list", "its steps, one sentence each"),
        Field("hypotheses", "object", "which hypotheses of published theorems hold"),
        Field("theorems", "list", "published theorems: whether each applies, and what it says"),
        Field("pure", "boolean", "whether the product is a critical point among matrices of its rank", only=EXACT),
        Field("singular_directions", "list", "positions of the singular values that the product takes", only=EXACT),
        Field("separator", "text", "rational number that separates two spectra; null if none was needed", only=EXACT),
        Field("untightened_pivots", "list", "pairs of layers between which negative curvature is seen", only=EXACT),
        Field("gradient_squared", "text", "squared norm of the gradient", only=EXACT),
        Field("gradient_squared_by_layer", "list", "squared norm of the gradient of each layer", only=EXACT),
        Field("escape_direction", "object", "a direction, a step and the lower loss there; null at a minimum"),
        Field("hessian_inertia", "object", "negative, zero and positive eigenvalues of the Hessian", only=WITH_HESSIAN),
        Field("hessian_inertia_by", "text", "how it was computed, or why it was not", only=WITH_HESSIAN),
        Field("closed_form_inertia", "object", "what a conjectural formula says of them", only=WITH_HESSIAN),
        Field("closed_form_status", "text", "that this is a conjecture", only=WITH_HESSIAN),
        Field("grade", "text", "proved, numeric or inconclusive"),
        Field("answer", "text", "what the point is and what it is near, in one sentence", only=FLOATS),
        Field("curvature_direction", "list", "weights along which the loss curves down; null if none", only=FLOATS),
        Field("reading", "text", "what the floats were taken for", only=FLOATS),
        Field("if_critical", "text", "what the point is if it is critical; null where that is open", only=FLOATS),
        Field("is_stable", "boolean", "whether the verdict is proved of every point within the accuracy", only=FLOATS),
        Field("gradient_norm", "object", "enclosure", only=FLOATS),
        Field("relative_gradient", "object", "enclosure of the gradient's norm over its scale", only=FLOATS),
        Field("newton_distance", "number", "length of a Newton step", only=FLOATS),
        Field("nearby", "object", "critical point that Newton steps lead to; null if none is near", only=FLOATS),
        Field("gap", "object", "enclosure of the loss above the least one", only=FLOATS),
        Field("tolerance", "number", "the one that was asked for", only=FLOATS),
        Field("decisions", "list", "each question with its answer and the numbers that it rests on", only=FLOATS),
        Field("polish", "object", "norms of the gradient and losses at the Newton steps", only=POLISHED),
        Field("rounded", "object", "the exact result at small fractions near; null if none is critical", only=POLISHED),
    ),
    example={"X": [["1", "1/2"], ["0", "1"]], "Y": [[2, 1]], "W": [[[1, 0]], [[2]]]},
    options=(HESSIAN, ACCURACY, TOLERANCE, POLISH, SEED),
    usage=(
        "rankcert critical-point point.json --hessian",
        "rankcert critical-point points.jsonl --json",
        "rankcert critical-point trained.npz --polish 10 --tolerance 1e-6",
    ),
    needs=("algebra.critical_points.report",),
    suffixes={".npz": read_archive},
    report=report,
    line=line,
)
