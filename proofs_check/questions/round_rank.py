"""The law of the rank of a matrix whose entries are rounded stochastically."""

from __future__ import annotations

from proofs_check.question import Answer, Field, Question, Result
from proofs_check.questions.round import label, law_json, law_rows, of_bits, shown_number
from proofs_check.reading import Matrix, Natural, Truth, file_format
from proofs_check.show.text import aligned, number, run_notes, strong


@file_format
class Given:
    """A matrix that is rounded to integers, or to a finer grid."""

    matrix: Matrix
    """Rational entries: integers or strings "p/q"."""

    fraction_bits: Natural = 0
    """Bits behind the point: entries become words over 2^-fraction_bits, of which determinants are told."""

    random_bits: Natural | None = None
    """Length of the random words of stochastic rounding; as many bits as are dropped if left out."""

    centred: Truth = False
    """Whether half a unit of a random word of few bits is added to it, which centres its bias."""


def answer(given: Given) -> Answer:
    """State the law of the rank.

    Raises
    ------
    InputError
        If there are too many fraction bits.
    """
    from algebra.errors import InputError
    from algebra.exact.matrices import rational_matrix, to_strings
    from algebra.exact.numbers import number_text
    from algebra.rounding.fixed_point import MOST_BITS, Mode
    from algebra.rounding.ranks import rounded_rank

    if given.fraction_bits > MOST_BITS:
        raise InputError("fraction_bits", given.fraction_bits, f"at most {MOST_BITS:,}")
    matrix = rational_matrix("matrix", given.matrix)
    found = rounded_rank(matrix * (1 << given.fraction_bits), given.random_bits, given.centred)
    determinant, variance = found.expected_determinant, found.determinant_variance
    fields = {
        "rank": found.rank,
        "law": law_json(found.law),
        "expected_determinant": None if determinant is None else number_text(determinant),
        "determinant_variance": None if variance is None else number_text(variance),
        "nearest_even": found.nearest(Mode.NEAREST_EVEN),
        "nearest_down": found.nearest(Mode.NEAREST_DOWN),
        "grade": "proved",
    }
    shape, entries = f"{matrix.nrows()}x{matrix.ncols()}", ";".join(map(",".join, to_strings(matrix)))
    grid = [f"f{given.fraction_bits}"] if given.fraction_bits else []
    return Answer(label("round-rank", shape, *grid, *of_bits(given), entries), fields)


def _said(result: Result) -> str:
    return ", ".join(f"rank {at}: {shown_number(probability)}" for at, probability in result["law"].items())


def report(result: Result) -> str:
    """Write the law of the rank for people."""
    determinant = result["expected_determinant"]
    rows = [
        ("rank of the matrix itself", number(result["rank"]), ""),
        ("rank, nearest, ties to even", number(result["nearest_even"]), ""),
        ("rank, nearest, ties down", number(result["nearest_down"]), ""),
        *law_rows(result["law"]),
        ("mean of the determinant", "-" if determinant is None else shown_number(determinant), ""),
    ]
    ranks = ", ".join(result["law"])
    head = f"rank {ranks}" if len(result["law"]) == 1 else f"rank one of {ranks}"
    return f"{result['label']}  {strong(head)}\n\n{aligned(rows)}\n\n{run_notes(result)}"


QUESTION = Question(
    name="round rank",
    says="The exact law of the rank of a matrix that is rounded stochastically.",
    about="Entries are rounded independently. The rank of a rounded matrix proves nothing of the matrix itself, whose "
    "rank is beside it.",
    given=Given,
    answer=answer,
    fields=(
        Field("rank", "integer", "of the matrix itself"),
        Field("law", "object", "probability of each rank that can occur after rounding"),
        Field(
            "expected_determinant", "text", "of the rounded matrix, that of its mean, in grid units; null: not square"
        ),
        Field("determinant_variance", "text", "of the rounded matrix; null beyond 6 x 6 as well"),
        Field("nearest_even", "integer", "rank after rounding to nearest, ties to even"),
        Field("nearest_down", "integer", "rank after rounding to nearest, ties down"),
        Field("grade", "text", "proved: the law is exact"),
    ),
    example={"matrix": [["1/3", "2/3"], ["1/2", "5/4"]]},
    needs=("algebra.rounding.ranks",),
    usage=("rankcert round rank matrix.json", "rankcert round rank matrices.jsonl --json"),
    report=report,
    line=lambda result: f"{result['label']}  {_said(result)}",
)
