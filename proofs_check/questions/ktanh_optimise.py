"""Tables of K-TanH with the least maximal error."""

from __future__ import annotations

from typing import Literal

from algebra.errors import InputError
from proofs_check.option import Option
from proofs_check.question import Answer, Field, Question, Result, Words
from proofs_check.questions._ktanh import CARRY, END, MONOTONE, START, label_of, layout_of
from proofs_check.reading import Integer, Number, Truth, file_format
from proofs_check.show.text import aligned, strong
from proofs_check.words import integer, one_of


@file_format
class Given:
    """Which tables are compared."""

    mantissa_bits: Integer
    """High bits of the mantissa that choose the entry, from 0 to 7."""

    start: Number = START
    """Smaller numbers are answered by themselves; one of bfloat16's from 2^-10 to 16."""

    end: Number = END
    """Numbers from here on are answered by 1; likewise."""

    carry: Truth = False
    """Whether the sum of mantissa and addend may run into the exponent."""

    monotone: Truth = False
    """Whether answers may not descend, thresholds included."""

    objective: Literal["abs", "ulp"] = "abs"
    """What is the least: the maximal distance to tanh, or that to its correctly rounded word."""

    largest_shift: Integer = 7
    """Of the mantissa, from 0 to 7."""


def answer(given: Given) -> Answer:
    """Find the table, and its errors."""
    from algebra.rounding import bfloat16_value, optimal_table
    from algebra.rounding.ktanh_errors import TableErrors

    layout = layout_of(given.mantissa_bits, given.start, given.end)
    table = optimal_table(layout, given.carry, given.monotone, given.objective, given.largest_shift)
    errors = TableErrors(table)
    rows = []
    for number, (entry, piece) in enumerate(zip(table.entries, layout.pieces, strict=True)):
        least, (error, ulp) = bfloat16_value(piece[0]), errors.of_entry(number)
        assert least is not None
        row = {"from": float(least), "index": layout.index(piece[0]), **entry._asdict()}
        rows.append({**row, "max_abs_error": error, "max_ulp": ulp})
    fields = {
        "max_abs_error": errors.max_abs,
        "enclosure": errors.max_abs_bounds.fields(),
        "worst": float(errors.worst),
        "mean_abs_error": errors.mean_abs,
        "max_ulp": errors.max_ulp,
        "mean_ulp": errors.mean_ulp,
        "exact": errors.exact,
        "inputs": len(errors.words),
        "entries": len(table.entries),
        "exponent_bits": layout.exponent_bits,
        "monotone": table.is_monotone,
        "max_abs_error_everywhere": errors.max_abs_everywhere,
        "max_ulp_everywhere": errors.max_ulp_everywhere,
        "grade": "proved",
        "table": rows,
    }
    return Answer(label_of(layout, given.carry, given.monotone, given.objective), fields)


def described(
    words: list[str], mantissa_bits: int | None, start: str | None, end: str | None, carry: bool, monotone: bool,
    objective: str | None, largest_shift: int | None,
) -> Result:  # fmt: skip
    """Return the object that a file would hold for these options.

    Raises
    ------
    InputError
        If the number of mantissa bits is left out.
    """
    if mantissa_bits is None:
        raise InputError("--mantissa-bits", None, "given, or a FILE: an integer from 0 to 7")
    layout_of(mantissa_bits, start or START, end or END, ("--from", "--to"))
    told = {"start": start, "end": end, "objective": objective, "largest_shift": largest_shift}
    given = {name: value for name, value in told.items() if value is not None}
    return {"mantissa_bits": mantissa_bits, "carry": carry, "monotone": monotone, **given}


def report(result: Result) -> str:
    """Write the errors and the table for people."""
    rows = [
        ("entries", str(result["entries"]), f"{result['exponent_bits']} bits of the exponent choose"),
        ("mean error", f"{result['mean_abs_error']:.6f}", f"of {result['inputs']} words"),
        ("words off", str(result["max_ulp"]), f"at most, {result['mean_ulp']:.3f} in the mean"),
        ("correctly rounded", str(result["exact"]), f"of {result['inputs']}"),
        ("monotone", "yes" if result["monotone"] else "no", ""),
        ("everywhere", f"{result['max_abs_error_everywhere']:.6f}", f"{result['max_ulp_everywhere']} words off"),
    ]
    head = ("from", "index", "E", "r", "b", "error", "words off")
    names = ("from", "index", "exponent", "shift", "addend", "max_abs_error", "max_ulp")
    table = [[f"{row[name]:.6f}" if name == "max_abs_error" else f"{row[name]:g}" for name in names]
             for row in result["table"]]  # fmt: skip
    error = f"maximal error {strong(format(result['max_abs_error'], '.8f'))} at {result['worst']:g} (proved)"
    text = f"{result['label']}  {error}\n\n{aligned(rows)}"
    return f"{text}\n\n{aligned([head, *table], right=range(len(head)))}"


QUESTION = Question(
    name="ktanh optimise",
    says="The table of K-TanH with the least maximal error, proved.",
    about="Of all tables with this index: exponents, shifts and addends of one byte each. Without --monotone each "
    "entry has its least maximal error, and among these its least mean error. The paper's tables have 3 bits.",
    given=Given,
    answer=answer,
    fields=(
        Field("max_abs_error", "number", "maximal distance to tanh between the thresholds, as the nearest float"),
        Field("enclosure", "object", "decimal strings lower and upper around it"),
        Field("worst", "number", "where it is attained"),
        Field("mean_abs_error", "number", "mean distance over the words between the thresholds"),
        Field("max_ulp", "integer", "maximal distance to the correctly rounded word, in words"),
        Field("mean_ulp", "number", "its mean"),
        Field("exact", "integer", "words that are answered by the correctly rounded one"),
        Field("inputs", "integer", "positive words between the thresholds"),
        Field("entries", "integer", "entries that some word reads"),
        Field("exponent_bits", "integer", "low bits of the exponent in the index"),
        Field("monotone", "boolean", "whether the answers never descend, over all numbers"),
        Field("max_abs_error_everywhere", "number", "maximal distance to tanh over all numbers"),
        Field("max_ulp_everywhere", "integer", "maximal distance to the correctly rounded word over all numbers"),
        Field("grade", "text", "of the objective's minimum: always proved"),
        Field("table", "list", "the entries by increasing numbers: from, index, exponent, shift, addend, errors"),
    ),
    example={"mantissa_bits": 3, "start": "0.25", "end": "3.75", "carry": False, "monotone": False},
    usage=(
        "rankcert ktanh optimise --mantissa-bits 3 --from 0.25 --to 3.75",
        "rankcert ktanh optimise --mantissa-bits 4 --carry --monotone --json",
    ),
    words=Words(
        "",
        "Nothing, where options say which table",
        described,
        (
            Option("mantissa_bits", "High bits of the mantissa that choose the entry.", integer, metavar="N"),
            Option("start", f"Smaller numbers pass; default: {START}.", metavar="X", spelled=("--from",)),
            Option("end", f"Numbers from here on become 1; default: {END}.", metavar="X", spelled=("--to",)),
            CARRY,
            MONOTONE,
            Option(
                "objective",
                "abs: the distance to tanh; ulp: that to the correctly rounded word; default: abs.",
                one_of(lambda: ("abs", "ulp")),
                metavar="NAME",
            ),
            Option("largest_shift", "Of the mantissa, from 0 to 7; default: 7.", integer, metavar="N"),
        ),
    ),
    report=report,
    line=lambda result: f"{result['label']}  {result['max_abs_error']:.8f} (proved)",
)
