"""Rounding one number to a fixed-point format: the law of stochastic rounding, and the nearest words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from algebra.errors import InputError
from proofs_check.question import Answer, Field, Question, Result
from proofs_check.reading import Integer, Natural, Number, Truth, file_format
from proofs_check.show.text import aligned, decimal, run_notes, strong

if TYPE_CHECKING:
    from algebra.rounding.law import Law

LONGEST_PART = 60  # characters of the last part of a label


@file_format
class Given:
    """A number and the format to which it is rounded."""

    value: Number
    """An integer or a string "p/q"."""

    integer_bits: Integer
    """Bits before the point, the sign's among them: at least 1."""

    fraction_bits: Integer
    """Bits behind the point; the grid has the distance 2^-fraction_bits."""

    random_bits: Natural | None = None
    """Length of the random word of stochastic rounding; as many as are dropped if left out."""

    centred: Truth = False
    """Whether half a unit of a random word of few bits is added to it, which centres its bias."""

    saturate: Truth = False
    """Whether a number beyond the range is moved to its end; otherwise it is refused."""


def answer(given: Given) -> Answer:
    """State the law of the rounded number.

    Raises
    ------
    InputError
        If the value is out of range, and is not to saturate.
    """
    from algebra.exact.numbers import exact_number, number_text
    from algebra.rounding.fixed_point import FixedPoint, Mode

    words = FixedPoint(given.integer_bits, given.fraction_bits)
    value = exact_number("value", given.value)
    is_inside = words.fits(value)
    if not is_inside and not given.saturate:
        allowed = f"from -2^{words.integer_bits - 1} to 2^{words.integer_bits - 1} - 2^-{words.fraction_bits}"
        raise InputError("value", given.value, f'{allowed}, or with "saturate": true')
    law = words.stochastic(value, given.random_bits, given.centred)
    down, up = law.lowest, law.highest
    bias = law.mean * words.eps - value
    fields = {
        "down": number_text(down * words.eps),
        "up": number_text(up * words.eps),
        "probability_up": number_text(law[up] if up > down else 0 * law.mean),
        "variance": number_text(law.variance * words.eps**2),
        "bias": number_text(bias),
        "nearest_even": number_text(words.round(value, Mode.NEAREST_EVEN)),
        "nearest_down": number_text(words.round(value, Mode.NEAREST_DOWN)),
        "saturates": not is_inside,
        "unbiased": bias == 0,
        "grade": "proved",
    }
    name = label("round", f"i{words.integer_bits}", f"f{words.fraction_bits}", *of_bits(given), number_text(value))
    return Answer(name, fields)


class RandomWords(Protocol):
    """What a file says of the random words of stochastic rounding."""

    @property
    def random_bits(self) -> int | None:
        """Their length."""

    @property
    def centred(self) -> bool:
        """Whether half a unit is added."""


def of_bits(given: RandomWords) -> list[str]:
    """Return the part of a label that tells random words of few bits."""
    return [] if given.random_bits is None else [f"r{given.random_bits}{'c' if given.centred else ''}"]


def label(kind: str, *parts: Any) -> str:
    """Return the permanent name of what is rounded; one that is too long to read ends in a hash.

    Examples
    --------
    >>> label("round", "f5", "-37/29"), label("round", "f5", 10**60)
    ('round:f5:-37/29', 'round:f5:f03a0fb473e3e4006a2cac9aabd90961')
    """
    from algebra.evidence.checker.labels import shortened

    *shown, last = map(str, parts)
    return ":".join([kind, *shown, last if len(last) <= LONGEST_PART else shortened(last)])


def law_json(law: Law) -> Result:
    """Return a law as plain JSON values: probabilities by outcome."""
    from flint import fmpz

    from algebra.exact.numbers import number_text

    return {str(fmpz(at)): number_text(probability) for at, probability in law}


def moments_json(law: Law) -> Result:
    """Return mean, variance and the law itself."""
    from algebra.exact.numbers import number_text

    return {"mean": number_text(law.mean), "variance": number_text(law.variance), "law": law_json(law)}


LONGEST = 24  # characters of a probability that is shown for people; longer ones are decimals


def law_rows(law: Result) -> list[tuple[str, str, str]]:
    """Return the rows of a report that show a law; of a long one only both ends."""
    rows = [(f"P({shown_number(at)})", shown_number(probability), "") for at, probability in law.items()]
    return rows if len(rows) <= 20 else [*rows[:10], ("…", f"{len(rows) - 20} more", ""), *rows[-10:]]


def shown_number(text: str) -> str:
    """Return an exact number as people read it: long ones as decimals.

    Examples
    --------
    >>> shown_number("3/8"), shown_number("1/" + "3" * 40)
    ('3/8', 'about 3e-40')
    """
    from algebra.exact.numbers import long_number

    return text if len(text) <= LONGEST else f"about {decimal(long_number('value', text))}"


def _line(result: Result) -> str:
    choice = f"{shown_number(result['up'])} with probability {shown_number(result['probability_up'])}"
    if result["down"] == result["up"]:
        return f"{result['label']}  {shown_number(result['down'])} with certainty"
    return f"{result['label']}  {choice}, else {shown_number(result['down'])}"


def report(result: Result) -> str:
    """Write the law and the nearest words for people."""
    label, _, said = _line(result).partition("  ")
    note = "saturates" if result["saturates"] else "exact" if result["unbiased"] else "biased"
    rows = [
        ("variance", shown_number(result["variance"]), ""),
        ("bias", shown_number(result["bias"]), note),
        ("nearest, ties to even", shown_number(result["nearest_even"]), ""),
        ("nearest, ties down", shown_number(result["nearest_down"]), ""),
    ]
    return f"{label}  {strong(said)}\n\n{aligned(rows)}\n\n{run_notes(result)}"


QUESTION = Question(
    name="round",
    says="Round a number to fixed point: neighbours, the law of stochastic rounding, nearest words. All exact.",
    about="A format of integer_bits (the sign's among them) and fraction_bits holds s 2^-fraction_bits for words s of "
    "as many bits together. Numbers are rounded first, and saturated then where that is asked for.",
    given=Given,
    answer=answer,
    fields=(
        Field("down", "text", "the lower neighbour, or the end of the range"),
        Field("up", "text", "the upper neighbour; the lower one again if nothing is random"),
        Field("probability_up", "text", "of being rounded up"),
        Field("variance", "text", "of the rounded number"),
        Field("bias", "text", "its mean minus the value"),
        Field("nearest_even", "text", "rounded to nearest, ties to even"),
        Field("nearest_down", "text", "rounded to nearest, ties down"),
        Field("saturates", "boolean", "whether the value is beyond the range"),
        Field("unbiased", "boolean", "whether the mean is the value"),
        Field("grade", "text", "proved: the law is exact"),
    ),
    example={"value": "-37/29", "integer_bits": 16, "fraction_bits": 5},
    needs=("algebra.rounding.fixed_point",),
    usage=("rankcert round number.json", "rankcert round numbers.jsonl --json"),
    report=report,
    line=_line,
)
