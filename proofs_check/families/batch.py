"""A question asked of every line of a file: as a table, on all cores, stored and resumed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from algebra.errors import InputError
from algebra.reading import parse_object, read_text
from proofs_check.engine.plain import to_json
from proofs_check.engine.sweep import Together
from proofs_check.family import Column, Family, Instance, Row, Rows, Told, bounds_cell, graded
from proofs_check.option import ERROR, SEED, Option
from proofs_check.registry import question, question_modules
from proofs_check.words import path

if TYPE_CHECKING:
    from proofs_check.question import Field

EXAMPLE = Path(__file__).with_name("_batch.jsonl")
SHARED = ("seed", "log2_error")  # options of questions that this family can tell


def instances(name: str, file: Path, log2_error: float | None = None, seed: int = 0) -> list[Instance]:
    """Every line of a file that is not blank, each an object that the question's command would take.

    Raises
    ------
    InputError
        For an unknown question, or a file that cannot be read. What is wrong with a line becomes its row.
    """
    asked = question(name)
    told = {option: value for option, value in (("seed", seed), ("log2_error", log2_error)) if option in _options(name)}
    lines = [(number, line) for number, line in enumerate(read_text(file).split("\n"), start=1) if line.strip()]
    if not lines:
        raise InputError("FILE", str(file), "a file with one object a line")
    return [{"question": asked.name, "line": number, "text": line.strip(), **told} for number, line in lines]


def _options(name: str) -> list[str]:
    return [option.name for option in question(name).options if option.name in SHARED]


def evaluate(instance: Instance) -> Row:
    """Answer for one line.

    Examples
    --------
    >>> evaluate({"question": "threshold", "line": 1, "seed": 0, "text": '{"widths": [3, 5, 4]}'})["threshold"]
    2
    """
    told = {name: instance[name] for name in SHARED if name in instance}
    given = parse_object(instance["text"], f"line {instance['line']}")
    return question(instance["question"]).ask(given, **told)


def evaluate_together(instances: Sequence[Instance]) -> list[Row | None]:
    """Answer for many lines of one question at once; None for a line that is to be asked alone.

    Examples
    --------
    >>> lines = [f'{{"widths": [2, {width}, 1], "degree": 3}}' for width in range(1, 9)]
    >>> told = {"question": "dimension", "line": 1, "seed": 0, "log2_error": None}
    >>> rows = evaluate_together([{**told, "text": text} for text in [*lines, "{"]])
    >>> [row and row["lower"] for row in rows]
    [2, 4, 4, 4, 4, 4, 4, 4, None]
    """
    told = {name: instances[0][name] for name in SHARED if name in instances[0]}
    return question(instances[0]["question"]).ask_together([each["text"] for each in instances], **told)


def gains(instance: Instance) -> bool:
    """Whether the question of a line has a way to answer many at once."""
    return question(instance["question"]).answer_together is not None


TOGETHER = Together(evaluate_together, gains)


def key(instance: Instance) -> str:
    """Return the permanent key: the question, a digest of the object, and the options."""
    digest = sha256(instance["text"].encode()).hexdigest()[:32]
    told = "".join(f":{name}={instance[name]}" for name in SHARED if instance.get(name) is not None)
    return f"batch:{instance['question']}:{digest}{told}"


def joined(instance: Instance, answer: Row) -> Row:
    """Put the question and the number of its line in front of an answer."""
    return {"question": instance["question"], "line": instance["line"], **answer}


def failed(instance: Instance, message: str) -> Row:
    """Return the row of a line that is bad, or could not be computed."""
    return {"error": message}


def columns(rows: Rows) -> tuple[Column, ...]:
    """Return the fields of the question's answers: people see its label, its bounds, and what is one number or word."""
    asked = question(rows[0]["question"])
    bounds = (Column("", "", asked.headline, _shown_bounds),) if asked.headline else ()
    names = [each.name for each in asked.fields]
    return (
        Column("line", heading="line", says="number of the line in the file"),
        *(_column(each, each.name in ("label", *names)) for each in asked.columns),
        Column("error", "text", "error", when=_any_error, says="what was wrong with the line"),
        *bounds,
    )


def _column(field: Field, is_own: bool) -> Column:
    is_plain = field.kind in ("integer", "number", "boolean", "text")
    value = None if is_plain else lambda row: _written(row.get(field.name))
    heading = field.name.replace("_", " ") if is_own and is_plain else ""
    return Column(field.name, field.kind if is_plain else "text", heading, value=value, says=field.says)


def _any_error(rows: Rows) -> bool:
    return any("error" in row for row in rows)


def _written(value: Any) -> str | None:
    return None if value is None else to_json(value)


def _shown_bounds(row: Row) -> Any:
    return bounds_cell(row) if row.get("lower") is not None else None


def json_row(row: Row) -> Row:
    """Return what JSON holds of a row."""
    return {name: value for name, value in row.items() if name != "question"}


def notes(rows: Rows, told: Told) -> list[str]:
    """Say how many rows there are of each grade, and how many lines were bad."""
    bad = sum("error" in row for row in rows)
    return [graded(rows), *([f"{bad} of {len(rows)} lines have no answer"] if bad else [])]


def _title(rows: Rows, told: Mapping[str, Any]) -> str:
    return question(told["name"]).says


FAMILY = Family(
    name="batch",
    says="One question asked of every line of a file.",
    about="FILE holds one object a line, as the question's own command takes it; a bad line gives its error. The "
    "columns are the fields of the question's answers, lists and objects written as JSON.",
    instances=instances,
    evaluate=evaluate,
    key=key,
    together=TOGETHER,
    columns=columns,
    title=_title,
    notes=notes,
    options=(
        Option(
            "name",
            "Which question, the words of its command: 'rank convac'.",
            metavar="QUESTION",
            choices=question_modules,
            is_argument=True,
            is_needed=True,
        ),
        Option(
            "file", "A .jsonl file: one object a line.", path, None, "FILE", is_argument=True, is_needed=True, write=str
        ),
        ERROR,
        SEED,
    ),
    usage=("rankcert table batch 'rank convac' circuits.jsonl --output ranks.csv --store ranks.db",),
    example={"name": "threshold", "file": EXAMPLE},
    joined=joined,
    failed=failed,
    result=json_row,
)
