"""From a family to its commands: a table in every format, a sweep with its summary; run, kept and ended in one way."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import rich_click as click

from algebra.errors import InputError
from proofs_check.cli.build import command
from proofs_check.cli.failures import INTERRUPTED
from proofs_check.cli.output import print_envelope, remark, say
from proofs_check.engine.sweep import FamilySweep, Sweep, SweepReport
from proofs_check.family import Family, Row
from proofs_check.option import JOBS, JSON, OUTPUT, SCHEDULER, STORE

FAILURES_SHOWN = 20  # the others are counted
SAVE_EVERY = 60.0  # seconds between two writings of a table that is not finished, should the machine fail


@dataclass(frozen=True)
class Place:
    """Where results are kept, and who computes them.

    Raises
    ------
    InputError
        If both a number of processes and a cluster are given.
    """

    store: Path | None = None
    jobs: int | None = None
    scheduler: str | None = None

    def __post_init__(self) -> None:
        from proofs_check.engine.cores import one_blas_thread

        one_blas_thread()
        if self.jobs is not None and self.scheduler is not None:
            raise InputError("--jobs", self.jobs, "left out where --scheduler says who computes")

    def run(self, sweep: Sweep, what: str, finished: Callable[[], None] = lambda: None) -> SweepReport:
        """Run a sweep, with its progress on stderr.

        Parameters
        ----------
        sweep : Sweep
        what : str
            What is counted.
        finished : callable, optional
            Called whenever something is finished.
        """
        from proofs_check.engine.progress import moving_progress
        from proofs_check.engine.run import run_sweep
        from proofs_check.engine.store import Store
        from proofs_check.engine.workers import on_scheduler

        with ExitStack() as stack:
            store = None if self.store is None else stack.enter_context(Store.open(self.store))
            executor = None if self.scheduler is None else stack.enter_context(on_scheduler(self.scheduler))
            show = stack.enter_context(moving_progress(what))

            def progress(done: int, known: int, share: float) -> None:
                show(done, known, share)
                finished()

            return run_sweep(sweep, store, executor=executor, jobs=self.jobs, progress=progress)

    def fields(self, report: SweepReport) -> dict[str, Any]:
        """Return what every sweep's result says of its run."""
        return {**report.fields(), "store": None if self.store is None else str(self.store)}


# ---- tables


def table_command(family: Family) -> click.Command:
    """Return `rankcert table NAME`.

    Examples
    --------
    >>> from proofs_check.registry import family
    >>> [parameter.name for parameter in table_command(family("head-size")).params]
    ['sizes', 'seed', 'output', 'store', 'jobs', 'scheduler', 'as_json']
    """

    def run(output: Path | None, store: Path | None, jobs: int | None, scheduler: str | None, **told: Any) -> None:
        as_json = told.pop("as_json")
        _check_output(output)
        place = Place(store, jobs, scheduler)
        chosen = _chosen(family, told)
        sweep = family.sweep(**chosen)
        with _saving(family, sweep, chosen, output) as save:
            report = place.run(sweep, "rows", save)
        deliver(family, sweep, report, chosen, output, as_json)

    options = [*family.options, OUTPUT, STORE, JOBS, SCHEDULER, JSON]
    return command(family.name, run, options, family.says, family.about, family.usage)


def _chosen(family: Family, told: dict[str, Any]) -> dict[str, Any]:
    """Return what was told of a family's options; an empty list was not told."""
    return {option.name: value for option in family.options if (value := told[option.name]) not in (None, ())}


def _check_output(output: Path | None) -> None:
    from proofs_check.show.tables import check_target

    if output is not None:
        check_target(output)


@contextmanager
def _saving(
    family: Family, sweep: FamilySweep, told: dict[str, Any], output: Path | None
) -> Iterator[Callable[[], None]]:
    """Write what is finished now and then, and when something goes wrong."""
    last = time.monotonic()

    def write() -> None:
        if output is not None and sweep.results:
            family.table(family.rows(sweep), **told).write(output)

    def save() -> None:
        nonlocal last
        if time.monotonic() - last > SAVE_EVERY:
            write()
            last = time.monotonic()

    try:
        yield save
    except BaseException:
        write()
        raise


def deliver(
    family: Family, sweep: FamilySweep, report: SweepReport, told: dict[str, Any], output: Path | None, as_json: bool
) -> NoReturn:
    """Write the table, print it or its rows, say what failed, and end the command."""
    rows = family.rows(sweep)
    for failure in report.failed[:FAILURES_SHOWN]:
        remark(f"{failure.key}: {failure.message}")
    if report.interrupted:
        _interrupted(family, sweep, rows, told, output)

    # an empty table says nothing: everything failed, and was said above
    table = family.table(rows, **told) if rows else None
    if output is not None and table is not None:
        table.write(output)
        remark(f"{len(rows)} rows in {output}")
    if as_json:
        print_envelope(f"table {family.name}", map(family.result, rows))
    elif output is None and table is not None:
        print_table(table)
    sys.exit(1 if report.failed or not all(map(family.is_good, rows)) else 0)


def _interrupted(
    family: Family, sweep: FamilySweep, rows: list[Row], told: dict[str, Any], output: Path | None
) -> NoReturn:
    done = f"interrupted: {len(rows)} of {len(sweep.instances)} rows are finished"
    if output is not None and rows:
        family.table(rows, **told).write(output)
        done += f" and in {output}"
    remark(f"{done}; with --store FILE the same command continues")
    sys.exit(INTERRUPTED)


def print_table(table: Any) -> None:
    """Print a table for people."""
    from proofs_check.show.terminal import table_text

    say(table_text(table))


# ---- sweeps


def sweep_command(family: Family) -> click.Command:
    """Return `rankcert sweep NAME`."""

    def run(store: Path | None, jobs: int | None, scheduler: str | None, as_json: bool, **told: Any) -> None:
        place = Place(store, jobs, scheduler)
        chosen = _chosen(family, told)
        sweep = family.sweep(**chosen)
        report = place.run(sweep, "instances")
        rows = family.rows(sweep)
        summary = family.summarised(rows, chosen)
        result = {**summary, "rows": rows if as_json else [], "count": len(rows), **place.fields(report)}
        finish(f"sweep {family.name}", result, report, as_json, family.said(summary, rows, len(sweep.instances)))

    options = [*family.options, STORE, JOBS, SCHEDULER, JSON]
    return command(family.name, run, options, family.says, family.about, _sweep_usage(family))


def _sweep_usage(family: Family) -> list[str]:
    first = family.usage[:1]
    return [f"{line.replace('rankcert table', 'rankcert sweep')} --store {family.name}.db" for line in first]


def finish(command: str, result: dict[str, Any], report: SweepReport, as_json: bool, text: str) -> NoReturn:
    """Print a sweep's result and end the command: 1 if instances failed, 130 if it was interrupted."""
    if as_json:
        print_envelope(command, [result])
    else:
        say(f"{text}\n{report.computed} computed, {report.reused} reused, in {report.seconds:.3g} s")
    for failure in report.failed[:FAILURES_SHOWN]:
        remark(f"{failure.key}: {failure.message}")
    if len(report.failed) > FAILURES_SHOWN:
        remark(f"{len(report.failed) - FAILURES_SHOWN} more instances failed")
    if report.interrupted:
        again = "the same command continues" if result["store"] else "with --store FILE it would be kept"
        remark(f"interrupted, {report.computed + report.reused} instances are finished; {again}")
        sys.exit(INTERRUPTED)
    sys.exit(1 if report.failed else 0)
