"""`rankcert store`: what a store holds, and its results as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from proofs_check.cli.options import Json

File = Annotated[Path, typer.Argument(metavar="FILE", show_default=False, help="A store that a sweep wrote.")]
Name = Annotated[
    str | None, typer.Option("--sweep", metavar="NAME", help="Only the results that sweeps of this name use.")
]

app = typer.Typer(no_args_is_help=True, help="Look into a store of results.")


@app.callback()
def store() -> None:
    """Look into a store of results; also while a sweep writes to it."""


@app.command()
def show(file: File, as_json: Json = False) -> None:
    """Say which sweeps a store has seen, and how many results it holds.

    Examples
    --------
      rankcert store show dimensions.db
    """
    from proofs_check.cli.output import show as say
    from proofs_check.engine.store import Store

    with Store.open(file, read_only=True) as opened:
        result = {"store": str(file), "results": len(opened), "grades": opened.grades(), "sweeps": opened.sweeps()}
    say("store show", [result], as_json, _text)


@app.command()
def export(
    file: File,
    output: Annotated[
        Path, typer.Argument(metavar="OUTPUT", show_default=False, help="A .csv or .parquet file to be written.")
    ],
    sweep: Name = None,
    as_json: Json = False,
) -> None:
    """Write the results to a .csv or .parquet file, one row each.

    Examples
    --------
      rankcert store export dimensions.db dimensions.csv
    """
    from proofs_check.cli.output import show as say
    from proofs_check.engine.store import Store

    with Store.open(file, read_only=True) as opened:
        rows = opened.export(output, sweep)
    result = {"store": str(file), "output": str(output), "rows": rows}
    say("store export", [result], as_json, lambda r: f"{r['rows']} rows in {r['output']}")


def _text(result: dict[str, Any]) -> str:
    from proofs_check.cli.output import aligned, strong

    grades = ", ".join(f"{count} {grade or 'without a grade'}" for grade, count in result["grades"].items())
    head = f"{strong(result['store'])}: {result['results']} results" + (f" ({grades})" if grades else "")
    rows = [_row(sweep) for sweep in result["sweeps"]]
    return "\n".join([head, *([aligned(rows)] if rows else [])])


def _row(sweep: dict[str, Any]) -> tuple[str, ...]:
    about = ", ".join(f"{name}={value}" for name, value in sweep["parameters"].items() if value is not None)
    report = sweep["report"] or {}
    state = "not ended" if not report else "interrupted" if report["interrupted"] else "ended"
    failed = f", {report['failed']} failed" if report.get("failed") else ""
    when = sweep["ended_at"] or sweep["started_at"]
    return sweep["name"], str(sweep["results"]), f"{state} {when}{failed}", f"rankcert {sweep['version']}", about
