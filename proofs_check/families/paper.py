"""A paper's table, computed anew beside the printed values."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from algebra.errors import InputError
from proofs_check.family import Family, Instance, Row, Rows, Told
from proofs_check.option import SEED, Option
from proofs_check.printed import comparison
from proofs_check.printed.catalogue import paper_tables, printed_table
from proofs_check.words import integer

if TYPE_CHECKING:
    from proofs_check.show.tables import Table


def instances(name: str | None = None, names: bool = False, rows: int | None = None, seed: int = 0) -> list[Instance]:
    """The rows of a printed table, all of them or so many, evenly spread.

    Raises
    ------
    InputError
        If no table is named.
    """
    if name is None:
        raise InputError("NAME", name, f"one of {', '.join(paper_tables())}")
    return comparison.instances(name, rows, seed)


def joined(instance: Instance, answer: Row) -> Row:
    """Put an answer beside the printed values of its row."""
    compared = comparison.comparison(instance["table"], [instance], [answer])
    return {**compared.results()[0], "mark": compared.marks[0], "asked": instance, "answer": answer}


def json_row(row: Row) -> Row:
    """Return what JSON holds of a row."""
    return {name: value for name, value in row.items() if name not in ("mark", "asked", "answer")}


def tabulate(rows: Rows, told: Told) -> Table:
    """Return the table: our values, the printed ones, a mark."""
    asked, answers = [row["asked"] for row in rows], [row["answer"] for row in rows]
    return comparison.comparison(told["name"], asked, answers).table()


def listed(told: Told) -> tuple[Rows, Callable[[Row], str]] | None:
    """Return all tables, if none is named."""
    if told["name"] is not None and not told["names"]:
        return None
    tables = map(printed_table, paper_tables())
    entries: list[dict[str, Any]] = [
        {"name": t.name, "rows": len(t), "title": t.title, "source": t.source} for t in tables
    ]
    return entries, _entry


def _entry(found: Row) -> str:
    return f"{found['name']:24}{found['rows']:5}  {found['title']}\n{'':31}{found['source']}"


FAMILY = Family(
    name="paper",
    says="A paper's table, computed anew beside the printed values.",
    about="Rows are marked = where ours are the printed values, ≠ where they differ (exit status 1), ? where ours are "
    "not decided.",
    instances=instances,
    evaluate=comparison.answer,
    key=comparison.key,
    cost=comparison.cost,
    columns=(),
    title="",
    tabulate=tabulate,
    listed=listed,
    joined=joined,
    result=json_row,
    is_good=lambda row: row["agrees"] is not False,
    complaint=lambda row: f"differs: {row['label']} {row['mark']}",
    options=(
        Option("name", "Which table; none: all are listed.", metavar="[NAME]", choices=paper_tables, is_argument=True),
        Option("names", "List the tables, as no NAME does.", default=False, spelled=("--list",)),
        Option("rows", "Compute N rows, evenly spread; default: all.", integer, metavar="N", called="rows"),
        SEED,
    ),
    example={"name": "dao2026-counterexample"},
    usage=("rankcert table paper --list", "rankcert table paper dao2026-counterexample --output counterexample.tex"),
)
