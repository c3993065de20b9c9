"""The law of a dot product in fixed point under stochastic rounding."""

from __future__ import annotations

from typing import Literal

from proofs_check.question import Answer, Field, Question, Result
from proofs_check.questions.round import label, law_rows, moments_json, of_bits, shown_number
from proofs_check.reading import Integer, Natural, Number, Truth, file_format
from proofs_check.show.text import aligned, run_notes, strong


@file_format
class Vectors:
    """Two vectors of fixed-point numbers, in units of 2^-fraction_bits."""

    a: list[Integer]
    """The words of the first vector."""

    b: list[Integer]
    """The words of the second vector, as many."""

    fraction_bits: Integer
    """Bits behind the point, of the vectors and of the result."""

    accumulate: Literal["each", "once"] = "each"
    """Whether each product is rounded and the sums are exact, or the exact sum is rounded once."""

    random_bits: Natural | None = None
    """Length of the random words of stochastic rounding; as many bits as are dropped if left out."""

    centred: Truth = False
    """Whether half a unit of a random word of few bits is added to it, which centres its bias."""

    word_bits: Integer | None = None
    """Length of the words: rounded products and the result then saturate; as long as is needed if left out."""

    tail: Number | None = None
    """Of which error, in grid units, the probability is wanted."""


def answer(given: Vectors) -> Answer:
    """State the law of the result in grid units.

    Raises
    ------
    InputError
        If the distance of the tail is negative.
    """
    from algebra.errors import InputError
    from algebra.evidence.checker.labels import digits
    from algebra.exact.numbers import exact_number, number_text
    from algebra.rounding.dots import rounded_dot_product
    from algebra.rounding.fixed_point import Mode

    distance = None if given.tail is None else exact_number("tail", given.tail)
    if distance is not None and distance < 0:
        raise InputError("tail", given.tail, "at least 0")
    found = rounded_dot_product(
        given.a, given.b, given.fraction_bits, given.accumulate, given.random_bits, given.centred, given.word_bits
    )
    fields = {
        **moments_json(found.law),
        "nearest_even": found.nearest(Mode.NEAREST_EVEN),
        "nearest_down": found.nearest(Mode.NEAREST_DOWN),
        "tail": None if distance is None else number_text(found.tail(distance)),
        "exact": number_text(found.exact),
        "saturation": number_text(found.saturation),
        "unbiased": found.law.mean == found.exact,
        "grade": "proved",
    }
    vectors = f"{','.join(map(digits, found.a))};{','.join(map(digits, found.b))}"
    words = [] if given.word_bits is None else [f"w{given.word_bits}"]
    parts = (f"f{found.fraction_bits}", *words, *of_bits(given), found.accumulate)
    return Answer(label("round-dot", *parts, vectors), fields)


def _said(result: Result) -> str:
    return f"mean {shown_number(result['mean'])}, variance {shown_number(result['variance'])}"


def report(result: Result) -> str:
    """Write mean, variance and law for people."""
    nearest = [("nearest_even", "nearest, ties to even"), ("nearest_down", "nearest, ties down")]
    rows = [(words, shown_number(str(result[key])), "") for key, words in nearest]
    if result["tail"] is not None:
        rows.append(("tail", shown_number(result["tail"]), "probability of such an error"))
    if not result["unbiased"]:
        rows.append(("without rounding", shown_number(result["exact"]), "not the mean"))
    if result["saturation"] != "0":
        rows.append(("saturates", shown_number(result["saturation"]), "probability"))
    table = aligned([*rows, *law_rows(result["law"])])
    return f"{result['label']}  {strong(_said(result))} (grid units)\n\n{table}\n\n{run_notes(result)}"


QUESTION = Question(
    name="round dot",
    says="The exact law of a dot product in fixed point when products are rounded stochastically.",
    about="Results are in grid units. Sums in fixed point are exact, so that only products are rounded.",
    given=Vectors,
    answer=answer,
    fields=(
        Field("mean", "text", "of the result: the exact dot product, if it is unbiased"),
        Field("variance", "text", "in squared grid units"),
        Field("law", "object", "probability of each result that can occur"),
        Field("nearest_even", "integer", "the result of rounding to nearest instead, ties to even"),
        Field("nearest_down", "integer", "the same with ties down"),
        Field("tail", "text", "probability of an error of at least `tail` units; null if not asked for"),
        Field("exact", "text", "the dot product without rounding"),
        Field("saturation", "text", "probability that a rounded product or the result is beyond the words"),
        Field("unbiased", "boolean", "whether the mean is the exact dot product"),
        Field("grade", "text", "proved: the law is exact"),
    ),
    example={"a": [3, -5, 7, 11], "b": [5, 3, -7, 2], "fraction_bits": 3, "tail": 1},
    needs=("algebra.rounding.dots",),
    usage=("rankcert round dot vectors.json", "rankcert round dot vectors.jsonl --json"),
    report=report,
    line=lambda result: f"{result['label']}  {_said(result)}",
)
