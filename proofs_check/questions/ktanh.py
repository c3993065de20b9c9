"""tanh of bfloat16 words: by a table of K-TanH, or correctly rounded."""

from __future__ import annotations

import re

from algebra.errors import InputError
from proofs_check.option import Option
from proofs_check.question import Answer, Field, Question, Result, Words
from proofs_check.questions._ktanh import CARRY, END, MANTISSA_BITS, MONOTONE, START, label_of, layout_of
from proofs_check.reading import Integer, Text, file_format
from proofs_check.show.text import aligned, strong
from proofs_check.words import integer

WORD = re.compile(r"0x[0-9a-f]{1,4}|[0-9]{1,5}", re.ASCII | re.IGNORECASE)
ALLOWED = "16 bits: hexadecimal digits after 0x, such as 0x3f00, or an integer from 0 to 65535"


@file_format
class Given:
    """One number in bfloat16."""

    word: Text | Integer
    """Its 16 bits: "0x3f00", or the integer 16128."""


def word_of(word: str | int) -> int:
    """Read a bfloat16 word.

    Raises
    ------
    InputError
        If it has not 16 bits.

    Examples
    --------
    >>> word_of("0x3f00") == word_of("16128") == word_of(16128)
    True
    """
    found = -1
    if not isinstance(word, str):
        found = word
    elif WORD.fullmatch(word):
        found = int(word, 16 if "x" in word.lower() else 10)
    if not 0 <= found <= 0xFFFF:
        raise InputError("word", word, ALLOWED)
    return found


def answer(
    given: Given, reference: bool, mantissa_bits: int, start: str, end: str, carry: bool, monotone: bool
) -> Answer:
    """Answer one word, and say how far that is from tanh."""
    from algebra.rounding import bfloat16_value, optimal_table
    from algebra.rounding.ktanh_bfloat16 import MAGNITUDE, reference_word

    word = word_of(given.word)
    exact = found = reference_word(word)
    name = "tanh"
    if not reference:
        layout = layout_of(mantissa_bits, start, end, ("--from", "--to"))
        name = label_of(layout, carry, monotone, "abs")
        found = optimal_table(layout, carry, monotone).apply(word)

    value, output = bfloat16_value(word), bfloat16_value(found)
    fields = {
        "input": f"{word:#06x}",
        "word": f"{found:#06x}",
        "x": None if value is None else float(value),
        "value": None if output is None else float(output),
        "correctly_rounded": f"{exact:#06x}",
        "ulp": None if output is None else abs((found & MAGNITUDE) - (exact & MAGNITUDE)),
        "distance": None if value is None else _distance(word, found),
    }
    return Answer(f"{name}:{word:#06x}", fields)


def _distance(word: int, found: int) -> Result:
    """Enclose the distance of a finite answer from tanh."""
    from flint import arb, fmpz

    from algebra.exact.balls import decimals
    from algebra.exact.precision import precision
    from algebra.rounding.ktanh_bfloat16 import MAGNITUDE, scaled_value

    bits = 600  # x - tanh x is about x^3/3, at least 2^-401 for the least number of all
    with precision(bits):
        x, y = (arb(fmpz(scaled_value(each & MAGNITUDE, 133))) / arb(2) ** 133 for each in (word, found))
        return decimals(abs(x.tanh() - y)).fields()


def report(result: Result) -> str:
    """Write the answer and its distance from tanh for people."""
    rows = [
        ("x", "none" if result["x"] is None else str(result["x"]), result["input"]),
        ("answer", "none" if result["value"] is None else str(result["value"]), result["word"]),
        ("correctly rounded", "", result["correctly_rounded"]),
        ("words between them", "" if result["ulp"] is None else str(result["ulp"]), ""),
        ("from tanh", "" if result["distance"] is None else result["distance"]["upper"], "at most"),
    ]
    return f"{result['label']}  {strong(result['word'])}\n\n{aligned(rows)}"


QUESTION = Question(
    name="ktanh",
    says="tanh of bfloat16 words, by an optimal table of K-TanH or correctly rounded.",
    given=Given,
    answer=answer,
    fields=(
        Field("input", "text", "the word that was given"),
        Field("word", "text", "the word that answers it"),
        Field("x", "number", "the value of the given word; null where it is infinite or no number"),
        Field("value", "number", "the value of the answer; null where it is no number"),
        Field("correctly_rounded", "text", "the word next to tanh"),
        Field("ulp", "integer", "how many words lie between the answer and that one; null of no number"),
        Field("distance", "object", "decimal strings lower and upper: the distance of the value from tanh(x)"),
    ),
    example={"word": "0x3f00"},
    options=(
        Option("reference", "Round tanh correctly, to the nearest word.", default=False),
        Option("mantissa_bits", "High bits of the mantissa that choose the entry.", integer, MANTISSA_BITS, "N"),
        Option("start", "Smaller numbers are answered by themselves.", default=START, metavar="X", spelled=("--from",)),
        Option("end", "Numbers from here on are answered by 1.", default=END, metavar="X", spelled=("--to",)),
        CARRY,
        MONOTONE,
    ),
    usage=("rankcert ktanh 0x3f00 0xbf80", "rankcert ktanh --reference 0x3f00", "rankcert ktanh words.jsonl --json"),
    words=Words(
        "WORD",
        "bfloat16 words",
        lambda words: {"word": f"{word_of(words[0]):#06x}"},
        is_word=lambda word: word[:1].isdigit() or word[:1] == "-" != word,
        is_each=True,
    ),
    report=report,
    line=lambda result: f"{result['label']}  {result['word']}",
)
