"""The activation threshold: the last degree at which the dimension is below the naive one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proofs_check.option import SEED
from proofs_check.question import Answer, Field, Question, Result, Words
from proofs_check.reading import Integer, file_format
from proofs_check.results import bounds_fields, known, reaches
from proofs_check.show.text import aligned, strong
from proofs_check.words import WIDTHS_WORDS, integers, is_integers

if TYPE_CHECKING:
    from algebra.evidence import Bounds


@file_format
class Widths:
    """An architecture whose activation degree varies."""

    widths: list[Integer]
    """Widths from input to output."""

    seed: Integer | None = None
    """Of every random choice, instead of the option."""


def answer(given: Widths, seed: int) -> Answer:
    """Find the threshold, with what is known at each degree that was looked at."""
    from algebra.polynomial.threshold import activation_threshold

    found = activation_threshold(given.widths, seed=seed)
    fields = {
        "widths": given.widths,
        "threshold": found.threshold,
        "grade": found.grade.value,
        "reason": found.reason,
        "degrees": [_at_degree(given.widths, degree, bounds) for degree, bounds in sorted(found.bounds)],
    }
    return Answer(f"threshold:{'-'.join(map(str, given.widths))}", fields, seed=seed)


def _at_degree(widths: list[int], degree: int, bounds: Bounds) -> Result:
    from algebra import PolynomialNetwork

    naive = PolynomialNetwork(widths, degree).naive_dimension
    fields = {"naive_dimension": naive, "reaches_naive": reaches(bounds, naive)}
    return {"degree": degree, **bounds_fields(bounds), **fields}


def _value(result: Result) -> str:
    none = "none: the naive dimension is reached at no degree"
    return f"{none if result['threshold'] is None else result['threshold']} ({result['grade']})"


def report(result: Result) -> str:
    """Write the threshold and the degrees for people."""
    text = f"{result['label']}  threshold {strong(_value(result))}\n  {result['reason']}"
    rows = [(f"degree {at['degree']}", str(known(at)), f"naive {at['naive_dimension']}") for at in result["degrees"]]
    return f"{text}\n\n{aligned(rows, right=())}" if rows else text


QUESTION = Question(
    name="threshold",
    says="Activation threshold: the last degree at which the dimension is below the naive one; 1 if there is none.",
    given=Widths,
    answer=answer,
    fields=(
        Field("widths", "list", "widths from input to output"),
        Field("threshold", "integer", "the last degree from 2 on below the naive dimension; null: all are below it"),
        Field("grade", "text", "how far it is proved"),
        Field("reason", "text", "why no greater degree has to be looked at"),
        Field("degrees", "list", "the degrees that were looked at, with their bounds"),
    ),
    example={"widths": [3, 5, 4]},
    options=(SEED,),
    usage=("rankcert threshold 3 5 4", "rankcert threshold architectures.jsonl --json"),
    words=Words("WIDTHS", WIDTHS_WORDS, lambda words: {"widths": integers("widths", words)}, (), is_integers),
    report=report,
    line=lambda result: f"{result['label']}  {_value(result)}",
)
