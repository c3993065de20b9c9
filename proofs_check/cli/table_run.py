"""Computing a table of dimensions: on all cores, resumable, interruptible."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proofs_check.cli.failures import INTERRUPTED
from proofs_check.cli.output import print_envelope, remark, say
from proofs_check.cli.table_rows import Row, finished_rows, input_columns, result_names
from proofs_check.execution import progress, run_all, terminated_as_interrupted
from proofs_check.results import DIMENSION_FIELDS, dimension_result, known

if TYPE_CHECKING:
    import pandas as pd

    from proofs_check.show.tables import Table

    Task = tuple[Row, float | None]

SAVE_EVERY = 60.0  # seconds between two savings of the finished rows, should the machine fail


@dataclass
class Request:
    """What was asked for, and the results so far."""

    rows: Sequence[Row]
    command: str
    seed: int
    log2_error: float | None
    output: Path | None
    resume: bool
    jobs: int | None
    as_json: bool
    results: dict[int, dict[str, Any]] = field(default_factory=dict)

    @property
    def finished(self) -> list[int]:
        """Indices of the rows that are done, in the input's order."""
        return sorted(self.results)


def run(request: Request) -> int:
    """Compute the table, write it, and return the exit status."""
    try:
        if request.resume and request.output is not None and request.output.exists():
            _take_finished(request, request.output)
        with terminated_as_interrupted():
            _compute(request)
    except KeyboardInterrupt:
        return _interrupted(request)
    except BaseException:
        if request.results:
            _save(request)
        raise
    return _deliver(request)


def answer(task: Task) -> dict[str, Any]:
    """Measure one row; it runs in any process. A failure is an answer too, so that it loses no other row."""
    row, log2_error = task
    start = time.perf_counter()
    try:
        network = row.network()
        bounds = network.dimension(seed=row.seed, log2_error=log2_error)
    except (ValueError, ArithmeticError, MemoryError) as error:
        return {"error": f"{type(error).__name__}: {error}"}
    result = dimension_result(network, bounds, time.perf_counter() - start)
    return {name: result[name] for name in DIMENSION_FIELDS}


def estimate(task: Task) -> float:
    """Estimate the seconds of a row from its expected dimension: evaluation, combinations, elimination."""
    size = float(min(task[0].network().expected_dimension, 1_000_000))
    return 0.002 + 1e-4 * size + 1e-7 * size**2 + 3e-11 * size**3


def _compute(request: Request) -> None:
    todo = [index for index in range(len(request.rows)) if index not in request.results]
    tasks: list[Task] = [(request.rows[index], request.log2_error) for index in todo]
    saved = time.monotonic()
    with (
        progress(len(tasks), "rows", [estimate(task) for task in tasks]) as advance,
        closing(run_all(answer, tasks, request.jobs, estimate, key=lambda task: task[0])) as answers,
    ):
        for number, result in answers:
            request.results[todo[number]] = result
            advance(number)
            if time.monotonic() - saved > SAVE_EVERY:
                _save(request)
                saved = time.monotonic()


def _take_finished(request: Request, path: Path) -> None:
    """Take over the rows that an earlier run has finished."""
    inputs = input_columns(request.rows)
    earlier = dict(finished_rows(path, inputs, DIMENSION_FIELDS))
    for index, row in enumerate(request.rows):
        result = earlier.get(row)
        if result is not None and _is_good_enough(result, request.log2_error):
            request.results[index] = {**result, "seed": row.seed}
    remark(f"{len(request.results)} of {len(request.rows)} rows taken from {path}")


def _is_good_enough(result: dict[str, Any], log2_error: float | None) -> bool:
    return log2_error is None or result["grade"] == "proved" or (result["log2_error"] or 0.0) <= log2_error


def _interrupted(request: Request) -> int:
    done = f"interrupted: {len(request.results)} of {len(request.rows)} rows are finished"
    if request.output is None:
        remark(f"{done}; with --output FILE.csv they would be kept")
    elif not request.results:
        remark(done)
    else:
        _save(request)
        again = "; --resume continues" if request.output.suffix.lower() == ".csv" else ""
        remark(f"{done} and in {request.output}{again}")
    return INTERRUPTED


def _save(request: Request) -> None:
    if request.output is not None:
        table_of(request).write(request.output)


def _deliver(request: Request) -> int:
    failed = [index for index in request.finished if "error" in request.results[index]]
    for index in failed[:20]:
        remark(f"row {index + 1}: {request.results[index]['error']}")
    _save(request)
    if request.as_json:
        print_envelope("table dimensions", (_json_result(request, index) for index in request.finished))
    elif request.output is None:
        print_table(table_of(request))
    else:
        remark(f"{len(request.rows)} rows in {request.output}")
    return 1 if failed else 0


def _json_result(request: Request, index: int) -> dict[str, Any]:
    """Return the row's cells and its result; the result has the last word where names clash, as in every command."""
    from proofs_check.results import architecture_fields

    row = request.rows[index]
    return {**row.cells, **architecture_fields(row.network()), **request.results[index]}


# ---- the table


def table_of(request: Request) -> Table:
    """Make the table of the finished rows."""
    import pandas as pd

    from algebra import __version__
    from proofs_check.show.tables import Table, frame_of, input_column

    rows = [request.rows[index] for index in request.finished]
    results = [request.results[index] for index in request.finished]
    inputs = input_columns(request.rows)
    names = result_names(inputs, list(DIMENSION_FIELDS))
    given = pd.DataFrame({name: input_column([row.cells[name] for row in rows]) for name in inputs})
    found = frame_of(results, {name: DIMENSION_FIELDS[name] for name in names}).rename(columns=names)
    notes = [_completeness(request, results), f"{request.command} (rankcert {__version__}, seed {request.seed})"]
    frame = pd.concat([given, found], axis="columns")
    return Table(frame, "Dimensions of polynomial networks", notes, _display(given, rows, results))


def _display(given: pd.DataFrame, rows: Sequence[Row], results: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """What people read: the input's columns, and the result in a few."""
    from proofs_check.show.tables import display_frame

    columns: dict[str, list[Any]] = {str(name): given[name].tolist() for name in given.columns if name != "seed"}
    columns["widths"] = [row.widths for row in rows]
    shown = {"naive_dimension": "naive", "ambient_dimension": "ambient", "defect": "defect", "filling": "filling"}
    columns[_unused("dimension", columns)] = [known(r) if "lower" in r else "failed" for r in results]
    for field_name, name in shown.items():
        columns[_unused(name, columns)] = [result.get(field_name) for result in results]
    return display_frame(columns)


def _unused(name: str, taken: dict[str, list[Any]]) -> str:
    return f"{name} (computed)" if name in taken else name


def _completeness(request: Request, results: Sequence[dict[str, Any]]) -> str:
    grades = [result.get("grade", "failed") for result in results]
    counts = ", ".join(f"{grades.count(grade)} {grade}" for grade in dict.fromkeys(sorted(grades)))
    total = len(request.rows)
    rows = f"{total} rows" if len(results) == total else f"{len(results)} of {total} rows"
    return f"{rows}: {counts}" if counts else rows


def print_table(table: Table) -> None:
    """Print a table for people: columns that fit the terminal, then the notes."""
    import sys

    from rich.console import Console
    from rich.table import Table as RichTable

    from proofs_check.show.tables import text_cell

    shown = RichTable(title=table.title, caption="\n".join(table.notes), caption_justify="left")
    for name, right in zip(table.shown.columns, table.numeric, strict=True):
        shown.add_column(str(name), justify="right" if right else "left", no_wrap=True)
    for row in table.cells(text_cell):
        shown.add_row(*row)
    width = None if sys.stdout.isatty() else 10_000  # nothing is cut where no window limits it
    console = Console(width=width, markup=False)
    with console.capture() as captured:
        console.print(shown)
    say(captured.get().rstrip("\n"))
