"""The pages of the reference, written from what questions and families declare: `docs/formats.md`, `docs/tables.md`.

    python -m proofs_check.show.reference docs

A test says that the pages in the repository are what this writes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from proofs_check.family import Column, Family
from proofs_check.option import JOBS, JSON, OUTPUT, RESUME, SCHEDULER, STORE, Option
from proofs_check.question import BOUND_FIELDS, LABEL, SECONDS, SEED_FIELD, Question
from proofs_check.reading import schema
from proofs_check.registry import family, family_modules, question, question_modules

GENERATED = "<!-- written by `python -m proofs_check.show.reference docs`; change the declarations instead -->"
COMMON = {field.name: field.says for field in (LABEL, *BOUND_FIELDS, SEED_FIELD, SECONDS)}

FORMATS = """# File formats and answers

One section for each command that takes a FILE. It holds one JSON object; `FILE.jsonl` holds one object a line, and `-`
is standard input. `rankcert example NAME` prints the example below, `rankcert schema NAME` the JSON Schema. A key that
is null is as good as left out. A key that is not listed is refused, and the message names the closest one.

- *number*: an integer, a string `"p/q"`, or a float. The first two are exact. A float is a measured number, and the
  commands that prove something refuse it, unless their section says what they make of it.
- *matrix*: a list of rows, each a list of the same length.

`--json` prints `{"schema": 1, "command": …, "results": […]}`; the answers below are its results. A line of a batch
whose input is bad has `{"line": …, "error": …}` instead. The [README](../README.md#what-it-computes) explains grades.
"""

TABLES = """# Tables and sweeps

One section for each family: `rankcert table NAME` prints or writes its table, `rankcert sweep NAME` runs the same
instances and prints a summary. Both run on all cores. Where a family is a chapter of the atlas, `rankcert atlas NAME`
writes its table with a page. Columns without a heading are in data only (CSV, Parquet, and the JSON of most tables);
columns without a name are for people only.

Options of every table and every sweep:
"""


# ---- Markdown


def markdown_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    r"""Write a table; whatever would end a cell is escaped.

    Examples
    --------
    >>> print(markdown_table(["key", "meaning"], [["`a`", "x|y"]]))
    | key | meaning |
    |---|---|
    | `a` | x\|y |
    """
    lines = [" | ".join(map(_cell, row)) for row in rows]
    return "\n".join([f"| {' | '.join(heads)} |", "|---" * len(heads) + "|", *(f"| {line} |" for line in lines)])


def _cell(text: str) -> str:
    return prose(" ".join(text.split())).replace("|", "\\|")


def prose(text: str) -> str:
    r"""Escape what Markdown would take for a tag, outside of code.

    Examples
    --------
    >>> print(prose("softmax(<key, query>) of `<x>`"))
    softmax(\<key, query>) of `<x>`
    """
    parts = text.split("`")
    return "`".join(part if place % 2 else part.replace("<", "\\<") for place, part in enumerate(parts))


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _block(lines: Iterable[str], kind: str) -> str:
    return "\n".join([f"```{kind}", *lines, "```"])


def _options(options: Iterable[Option]) -> str:
    """The table of options; what has to be given says so."""
    return markdown_table(["option", "meaning"], ([_spelled(option), _says(option)] for option in options))


def _spelled(option: Option) -> str:
    if option.is_argument:
        return _code(option.metavar)
    return ", ".join(_code(f"{word} {option.metavar}".rstrip()) for word in option.spellings)


def _says(option: Option) -> str:
    if option.is_needed and not option.is_argument:
        return f"{option.says} It has to be given."
    is_told = option.default in (None, False, ()) or "default" in option.says
    return option.says if is_told else f"{option.says} Default: {_code(option.write(option.default))}."


# ---- file formats


def formats_page() -> str:
    """Return the page of all questions."""
    sections = (part for name in question_modules() for part in _question(question(name)))
    return "\n\n".join([GENERATED, FORMATS.rstrip(), *sections]) + "\n"


def _question(asked: Question) -> Iterator[str]:
    yield f"## `rankcert {asked.name}`"
    yield prose(asked.says)
    if asked.about:
        yield prose(asked.about)
    if asked.words is not None:
        yield f"Without a file: {asked.words.says[0].lower()}{asked.words.says[1:]}, as words."
    yield _block(asked.usage, "sh")

    described = schema(asked.given)
    yield f"**The file.** {described['description']}"
    yield _keys(described)
    for name, part in described.get("$defs", {}).items():
        yield f"*{name}.* {part['description']}"
        yield _keys(part)
    if asked.suffixes:
        yield f"Files that end in {', '.join(map(_code, asked.suffixes))} are read too."
    if asked.page is not None:
        yield asked.page()

    yield "An example:"
    yield _block([json.dumps(asked.example, ensure_ascii=False)], "json")
    for option in asked.options:
        if option.is_needed:
            yield f"The {option.metavar} beside it:"
            yield _block([json.dumps(option.example, ensure_ascii=False)], "json")

    yield "**The answer.**"
    fields = ([_code(each.name), each.kind, _where(each.says, each.only)] for each in asked.columns)
    yield markdown_table(["field", "kind", "meaning"], fields)
    yield "**Options.**"
    yield _options([*asked.options, *(asked.words.options if asked.words else ()), JSON])


def _where(says: str, only: str) -> str:
    return f"{says} (only {only})" if only else says


def _keys(described: dict[str, Any]) -> str:
    """The table of the keys of one format."""
    needed = described.get("required", [])
    rows = (
        [_code(key), value_kind(part), "must be given" if key in needed else _default(part), part["description"]]
        for key, part in described["properties"].items()
    )
    return markdown_table(["key", "value", "default", "meaning"], rows)


def _default(part: dict[str, Any]) -> str:
    return "" if part.get("default") is None else _code(json.dumps(part["default"], ensure_ascii=False))


WORDS = {"integer": "integer", "number": "float", "string": "string", "boolean": "truth value"}
PLURALS = {
    "truth value": "truth values",
    "integer": "integers",
    "float": "floats",
    "string": "strings",
    "number": "numbers",
    "matrix": "matrices",
    "list": "lists",
}


def value_kind(part: dict[str, Any]) -> str:
    """Say what a part of a JSON Schema allows.

    Examples
    --------
    >>> value_kind({"type": "array", "items": {"type": "integer", "minimum": 1}})
    'list of integers from 1 on'
    >>> value_kind({"anyOf": [{"$ref": "#/$defs/Head"}, {"type": "null"}]})
    '*Head*'
    """
    return " or ".join(_kinds(part))


def _kinds(part: dict[str, Any]) -> list[str]:
    """The alternatives that a part of a schema allows, null aside."""
    if "$ref" in part:
        return [f"*{part['$ref'].rpartition('/')[2]}*"]
    if "const" in part or "enum" in part:
        words = [_code(json.dumps(each)) for each in part.get("enum", [part.get("const")])]
        return [" or ".join(filter(None, [", ".join(words[:-1]), words[-1]]))]
    if "anyOf" in part:
        kinds = list(dict.fromkeys(kind for each in part["anyOf"] for kind in _kinds(each)))
        is_number = {"integer", "float", "string"} <= set(kinds)
        return ["number", *(k for k in kinds if k not in ("integer", "float", "string"))] if is_number else kinds
    if "type" not in part:
        return ["value"]
    if part["type"] == "array":
        return _lists(_kinds(part["items"]))
    if part["type"] == "object":
        inner = part.get("additionalProperties")
        values = " or ".join(map(_plural, _kinds(inner))) if isinstance(inner, dict) and inner else ""
        return [f"object with values that are {values}" if values else "object"]
    least = f" from {part['minimum']} on" if "minimum" in part else ""
    return [WORDS[part["type"]] + least] if part["type"] != "null" else []


def _lists(items: list[str]) -> list[str]:
    if items == ["list of numbers"]:
        return ["matrix"]
    plural = [_plural(item) for item in items]
    return [f"list of {' or '.join(plural)}"]


def _plural(kind: str) -> str:
    """The plural of a kind, as far as it is written.

    Examples
    --------
    >>> _plural("integer from 1 on"), _plural("list of integers"), _plural("*Head*")
    ('integers from 1 on', 'lists of integers', '*Head*')
    """
    if kind in PLURALS:
        return PLURALS[kind]
    first, _, rest = kind.partition(" ")
    return f"{PLURALS.get(first, first)} {rest}".rstrip()


# ---- tables


def tables_page() -> str:
    """Return the page of all families."""
    shared = _options([STORE, JOBS, SCHEDULER, JSON])
    written = f"`rankcert table NAME` also has:\n\n{_options([OUTPUT])}"
    sections = (part for name in family_modules() for part in _family(family(name)))
    return "\n\n".join([GENERATED, TABLES.rstrip(), shared, written, *sections]) + "\n"


def _family(asked: Family) -> Iterator[str]:
    yield f"## `rankcert table {asked.name}`"
    yield prose(asked.says)
    if asked.about:
        yield prose(asked.about)
    if asked.chapter is not None:
        yield f"A chapter of the atlas: [{asked.chapter.title}](atlas/{asked.name}.md). {asked.chapter.question}"
    yield _block(asked.usage, "sh")
    yield _options([*asked.options, *([RESUME] if asked.earlier is not None else [])])

    columns = columns_of(asked)
    if columns:
        rows = ([_code(c.name), c.kind, c.heading, meaning(c)] for c in columns)
        yield markdown_table(["column", "kind", "heading", "meaning"], rows)
    else:
        yield "The columns are those of the table that is asked for."


def meaning(column: Column) -> str:
    """Say what a column means, if more than its heading is declared."""
    return column.says or COMMON.get(column.name, "")


def columns_of(asked: Family) -> tuple[Column, ...]:
    """Return the columns of a family; where they depend on the rows, those of its example."""
    if isinstance(asked.columns, tuple):
        return asked.columns
    (first, *_) = asked.instances(**asked.example)
    return asked.columns([asked.joined(first, {})])


PAGES = {"formats.md": formats_page, "tables.md": tables_page}


def main(folder: str) -> None:
    """Write both pages."""
    for name, page in PAGES.items():
        (Path(folder) / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
