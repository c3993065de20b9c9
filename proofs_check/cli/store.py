"""`rankcert store`: what a store holds, and its results as a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from algebra.errors import InputError
from proofs_check.cli.build import LateGroup, command
from proofs_check.cli.output import show
from proofs_check.option import JSON, Option
from proofs_check.show.text import aligned, strong
from proofs_check.words import path

if TYPE_CHECKING:
    from proofs_check.engine.record import StoredSweep

FILE = Option("file", "A store that a sweep wrote.", path, metavar="FILE", is_argument=True, is_needed=True)
OUTPUT = Option(
    "output", "A .csv or .parquet file to be written.", path, metavar="OUTPUT", is_argument=True, is_needed=True
)
SWEEP = Option("sweep", "Only the results that sweeps of this name use.", metavar="NAME")


def store_group() -> click.Command:
    """Return `rankcert store` with its commands."""
    looked = "Say which sweeps a store has seen, and how many results it holds."
    written = "Write the results to a .csv or .parquet file, one row each."
    made = ("rankcert store export dimensions.db dimensions.csv",)
    return LateGroup(
        "store",
        {
            "show": lambda: command("show", look, [FILE, JSON], looked, usage=("rankcert store show dimensions.db",)),
            "export": lambda: command("export", export, [FILE, OUTPUT, SWEEP, JSON], written, usage=made),
        },
        help="Look into a store of results; also while a sweep writes to it.",
    )


def look(file: Path, as_json: bool) -> None:
    """Show what a store holds."""
    from proofs_check.engine.store import Store

    with Store.open(file, read_only=True) as opened:
        sweeps = opened.sweeps()
        result = {"store": str(file), "results": len(opened), "grades": opened.grades()}
    described = {**result, "sweeps": [sweep.record() for sweep in sweeps]}
    show("store show", [described], as_json, lambda _: _text(result, sweeps))


def export(file: Path, output: Path, sweep: str | None, as_json: bool) -> None:
    """Write what a store holds to a file.

    Raises
    ------
    InputError
        If the output is the store itself.
    """
    from proofs_check.engine.output import same_file
    from proofs_check.engine.store import Store

    if same_file(file, output):
        raise InputError("output", str(output), "another file than the store")
    with Store.open(file, read_only=True) as opened:
        if sweep is not None:
            opened.check_name(sweep, SWEEP.argument)
        rows = opened.export(output, sweep)
    result = {"store": str(file), "output": str(output), "rows": rows}
    show("store export", [result], as_json, lambda r: f"{r['rows']} rows in {r['output']}")


def _text(result: dict[str, Any], sweeps: Sequence[StoredSweep]) -> str:
    grades = ", ".join(f"{count} {grade or 'without a grade'}" for grade, count in result["grades"].items())
    head = f"{strong(result['store'])}: {result['results']} results" + (f" ({grades})" if grades else "")
    rows = [_row(sweep) for sweep in sweeps]
    return "\n".join([head, *([aligned(rows)] if rows else [])])


def _row(sweep: StoredSweep) -> tuple[str, ...]:
    about = ", ".join(f"{name}={value}" for name, value in sweep.parameters.items() if value is not None)
    report = sweep.report or {}
    state = "not ended" if not report else "interrupted" if report["interrupted"] else "ended"
    failed = f", {report['failed']} failed" if report.get("failed") else ""
    when = sweep.ended_at or sweep.started_at
    return sweep.name, str(sweep.results), f"{state} {when}{failed}", f"rankcert {sweep.version}", about
