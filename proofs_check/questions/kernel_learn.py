"""Learning with the best Euclidean kernel of the cube or of a slice: the kernel, and a proved interval of the value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proofs_check.option import CERTIFICATE
from proofs_check.question import Answer, Field, Question, Result
from proofs_check.reading import Integer, Number, Text, file_format
from proofs_check.show.text import aligned, strong

if TYPE_CHECKING:
    from algebra.kernels import LearnedKernel

MOST_SHOWN = 12  # levels in a report for people


@file_format
class LabelledPoints:
    """Labelled points, and how strongly a predictor is regularised: by a ridge, or by a cost."""

    points: list[list[Integer]]
    """At most 1000 points of at most 1000 coordinates: -1 and 1 on the hypercube; 0 and 1, as many ones in each point,
    on a slice."""

    labels: list[Number]
    """One a point: exact numbers with a ridge, -1 and 1 with a cost."""

    domain: Text = "hypercube"
    """"hypercube" or "slice"."""

    ridge: Number | None = None
    """The least of y'(ridge I + G)^-1 y over all kernels is looked for; from 1e-100 to 1e100."""

    cost: Number | None = None
    """Instead of a ridge: the least of |g|^2 / 2 + cost (sum of max(0, 1 - label g)) over kernels and functions g."""

    queries: list[list[Integer]] | None = None
    """More points, at which the predictor is evaluated."""


def answer(given: LabelledPoints) -> Answer:
    """Learn kernel and predictor, and prove both sides."""
    from algebra.exact.numbers import number_text
    from algebra.kernels import learn

    found = learn(given.points, given.labels, given.ridge, given.cost, given.domain)
    lower, upper = found.enclosure()
    fields = {
        "loss": found.loss,
        "objective": {"lower": lower, "upper": upper},
        "gap": _gap(found),
        "weights": list(map(number_text, found.weights)),
        "values": list(map(number_text, found.values)),
        "predictions": None
        if given.queries is None
        else list(map(number_text, found.predict(given.queries, "queries"))),
        "grade": "proved",
    }
    return Answer(found.label, fields, files={"certificate": lambda path: found.certificate().write(path)})


def _gap(found: LearnedKernel) -> float:
    return float((found.upper - found.lower) / found.upper) if found.upper else 0.0


def report(result: Result) -> str:
    """Everything that is known of one sample, for people."""
    from fractions import Fraction

    from algebra.exact.numbers import decimal_text

    objective = result["objective"]
    rows = [("at least", objective["lower"], ""), ("at most", objective["upper"], ""), ("loss", result["loss"], "")]
    if result["predictions"] is not None:
        predictions = [decimal_text(Fraction(x), 6) for x in result["predictions"][:MOST_SHOWN]]
        rows += [(f"prediction {i}", shown, "") for i, shown in enumerate(predictions)]
    weights = [float(Fraction(x)) for x in result["weights"]]  # between 0 and 1
    order = sorted(range(len(weights)), key=lambda j: -weights[j])[:MOST_SHOWN]
    levels = [("level", "weight"), *((str(j), f"{weights[j]:.6f}") for j in sorted(order) if weights[j] >= 5e-7)]
    shown = strong(decimal_text(Fraction(objective["upper"]), 6))
    head = f"{result['label']}  least value {shown}"
    tail = f"{result['grade']}, relative gap {result['gap']:.1e}, {result['seconds']} s"
    return f"{head}\n\n{aligned(rows, right=())}\n\n{aligned(levels, right=(1,))}\n\n{tail}"


def line(result: Result) -> str:
    """Say in one line between which numbers the least value lies."""
    return f"{result['label']}  {result['objective']['lower']} .. {result['objective']['upper']}"


QUESTION = Question(
    name="kernel learn",
    says="Learning with the best Euclidean kernel of the hypercube or a slice, by ridge regression or support vectors.",
    about="Every Euclidean kernel with k(x, x) = 1 is a convex combination of one kernel a level, so that a convex "
    "program finds the best one. Floats propose kernel and multipliers; both sides of the least value are then "
    "evaluated in rational numbers. `rankcert check` reads the certificate.",
    given=LabelledPoints,
    answer=answer,
    fields=(
        Field("loss", "text", "squared with a ridge, hinge with a cost"),
        Field(
            "objective", "object", "lower and upper: decimals that enclose the least value over all Euclidean kernels"
        ),
        Field("gap", "number", "width of the proved interval, relative to its upper end"),
        Field("weights", "list", "of the kernel that attains the upper end: one a level, with the sum 1"),
        Field("values", "list", "of that kernel: by Hamming distance, on a slice by half of it"),
        Field("predictions", "list", "exact values of the predictor at the queries; null without them"),
        Field("grade", "text", "proved"),
    ),
    example={
        "points": [[1, 1, 1], [1, 1, -1], [1, -1, 1], [-1, 1, 1], [-1, -1, -1]],
        "labels": [1, 1, -1, -1, -1],
        "ridge": "1/10",
        "queries": [[1, -1, -1]],
    },
    options=(CERTIFICATE,),
    needs=("algebra.kernels.learning", "numpy"),
    usage=("rankcert kernel learn sample.json --certificate proof.json", "rankcert kernel learn samples.jsonl --json"),
    report=report,
    line=line,
)
