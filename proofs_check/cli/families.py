"""From a family to its commands: a table in every format, a sweep with its summary; run, kept and ended in one way."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import rich_click as click

from algebra.errors import InputError
from algebra.writing import WritingError
from proofs_check.cli.build import command
from proofs_check.cli.failures import INTERRUPTED, sentence_fields
from proofs_check.cli.output import print_envelope, remark, say, show
from proofs_check.engine.sweep import FamilySweep, Search, Sweep, SweepReport
from proofs_check.family import Family, Row
from proofs_check.option import CAPTION, COLUMNS, JOBS, JSON, OUTPUT, RESUME, SCHEDULER, STORE, TABLE_LABEL

if TYPE_CHECKING:
    from proofs_check.engine.output import Output
    from proofs_check.engine.workers import Interrupts
    from proofs_check.show.tables import Table

FAILURES_SHOWN = 20  # the others are counted
SAVE_EVERY = 1.0  # seconds between two writings of a table that is not finished, should the machine fail
SAVE_SHARE = 0.02  # of the time, which long tables would exceed: they are written less often


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
        if self.scheduler is not None:
            from proofs_check.engine.cluster import check_address

            check_address(self.scheduler)

    def run(self, sweep: Sweep, what: str, finished: Callable[[int], None] = lambda done: None) -> SweepReport:
        """Run a sweep, with its progress on stderr.

        Parameters
        ----------
        sweep : Sweep
        what : str
            What is counted.
        finished : callable, optional
            Called with the number of what is finished, now and then.

        Returns
        -------
        SweepReport
        """
        from proofs_check.engine.progress import moving_progress
        from proofs_check.engine.run import run_sweep
        from proofs_check.engine.store import Store
        from proofs_check.engine.workers import on_scheduler

        with ExitStack() as stack:
            store = None if self.store is None else stack.enter_context(Store.open(self.store))
            executor = None if self.scheduler is None else stack.enter_context(on_scheduler(self.scheduler))
            shown = stack.enter_context(moving_progress(what))

            def progress(done: int, known: int, share: float) -> None:
                shown(done, known, share)
                finished(done)

            return run_sweep(sweep, store, executor=executor, jobs=self.jobs, progress=progress)

    def check_apart(self, argument: str, written: Path | None) -> None:
        """Refuse to write anything in the place of the store.

        Raises
        ------
        InputError
            If the file is the store.
        """
        from proofs_check.engine.output import same_file

        if None not in (self.store, written) and same_file(Path(self.store or ""), Path(written or "")):
            raise InputError(argument, str(written), "another file than the store")

    @property
    def again(self) -> str:
        """How an interrupted command goes on."""
        return "with --store FILE it would be kept" if self.store is None else "the same command continues"

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
    ['sizes', 'seed', 'output', 'wanted', 'caption', 'label', 'store', 'jobs', 'scheduler', 'as_json']
    """

    def run(output: Path | None, store: Path | None, jobs: int | None, scheduler: str | None, **told: Any) -> None:
        as_json, resume = told.pop("as_json"), told.pop("resume", False)
        form = Form(_called(told.pop("wanted"), told), told.pop("caption"), told.pop("label"))
        _check_output(output, resume)
        form.check(output, resume, as_json)
        place, chosen = Place(store, jobs, scheduler), _chosen(family, told)
        listed = family.listed(family.told(chosen))
        if listed is not None:
            show(f"table {family.name}", listed[0], as_json, listed[1])
            return

        place.check_apart("output", output)
        with interrupts_heard_once() as interrupts:
            kept = None if output is None else _output(output)
            made = Making(family, family.sweep(**chosen), chosen, kept, place, interrupts, form)
            form.check_columns(family.column_names(made.sweep))
            if resume:
                made.take_earlier()
            report = made.run()
            made.deliver(report, as_json)

    resumed = [RESUME] if family.earlier is not None else []
    taken = any("--output" in option.spellings for option in family.options)
    written = replace(OUTPUT, spelled=("--write", "-o")) if taken else OUTPUT
    options = [*family.options, written, COLUMNS, CAPTION, TABLE_LABEL, *resumed, STORE, JOBS, SCHEDULER, JSON]
    return command(family.name, run, options, family.says, family.about, family.usage)


@contextmanager
def interrupts_heard_once() -> Iterator[Interrupts]:
    """Let the first Ctrl-C end the work, and no other the keeping of what is finished."""
    from proofs_check.engine.workers import Interrupts

    with Interrupts(is_open=True) as interrupts:
        try:
            yield interrupts
        finally:
            if interrupts.asked:
                interrupts.ignore_others()


def _output(path: Path) -> Output:
    from proofs_check.engine.output import Output

    return Output(path)


def _chosen(family: Family, told: dict[str, Any]) -> dict[str, Any]:
    """Return what was told of a family's options; an empty list was not told."""
    return {option.name: value for option in family.options if (value := told[option.name]) not in (None, ())}


def _called(columns: list[str] | None, told: Mapping[str, Any]) -> list[str] | None:
    """Return names of columns with those of the file in the place of ours: --widths-column says which is the widths."""
    if columns is None:
        return None
    theirs = {f"{name}_column": name for name in columns}
    named = {theirs[key]: value for key, value in told.items() if key in theirs and value is not None}
    return [each for name in columns for each in str(named.get(name, name)).split(",")]


def _check_output(output: Path | None, resume: bool) -> None:
    from proofs_check.show.tables import check_target

    if output is not None:
        check_target(output)
    if resume and (output is None or output.suffix.lower() != ".csv"):
        raise InputError("--resume", True, "given with --output FILE.csv, whose finished rows it keeps")
    if resume and output is not None and output.exists() and not output.is_file():
        raise InputError("output", str(output), "a file with --resume, which reads it; not a device or a pipe")


@dataclass(frozen=True)
class Form:
    """How a table is to look: its columns, its caption, its label in LaTeX."""

    columns: list[str] | None = None
    caption: str | None = None
    label: str | None = None

    def check(self, output: Path | None, resume: bool, as_json: bool) -> None:
        """Refuse what would have no effect.

        Raises
        ------
        InputError
            Naming the option.
        """
        if self.label is not None and (output is None or output.suffix.lower() != ".tex"):
            raise InputError("--label", self.label, "left out without --output FILE.tex")
        if as_json and output is None and self.columns is not None:
            raise InputError("--columns", ",".join(self.columns), "left out with --json, which has every field")
        if as_json and output is None and self.caption is not None:
            raise InputError("--caption", self.caption, "left out with --json")
        if resume and self.columns is not None:
            raise InputError("--columns", ",".join(self.columns), "left out with --resume, which reads every column")

    def check_columns(self, there: list[str] | None) -> None:
        """Refuse columns that a table will not have, where that is known before it is made."""
        from proofs_check.show.cells import chosen_columns

        if self.columns is not None and there is not None:
            chosen_columns("--columns", self.columns, there)

    def of(self, table: Table) -> Table:
        """Return a table in this form."""
        if self.columns is not None:
            table = table.chosen(self.columns)
        return replace(table, title=table.title if self.caption is None else self.caption, label=self.label or "")


@dataclass
class Making:
    """A table while it is made."""

    family: Family
    sweep: FamilySweep | Search
    told: dict[str, Any]
    output: Output | None
    place: Place
    interrupts: Interrupts
    form: Form = field(default_factory=Form)
    saved: int = 0  # rows
    refused: InputError | None = None  # of the form, which only rows could tell
    next_save: float = field(default_factory=lambda: time.monotonic() + SAVE_EVERY)

    @property
    def instances(self) -> int | None:
        """How many rows there will be; None for a search, which does not know."""
        return len(self.sweep.instances) if isinstance(self.sweep, FamilySweep) else None

    def table(self, rows: list[Row], instances: int | None = None) -> Table:
        """Return the table of what is finished; all of its columns where those that were asked for are not there."""
        whole = self.family.table(rows, self.told, instances)
        if not rows:
            return whole
        try:
            return self.form.of(whole)
        except InputError as error:
            self.refused = error
            return replace(self.form, columns=None).of(whole)

    def take_earlier(self) -> None:
        """Take over the rows that an earlier run has finished."""
        if self.output is None or not self.output.path.exists() or not isinstance(self.sweep, FamilySweep):
            return
        assert self.family.earlier is not None
        self.sweep.take(self.family.earlier(self.output.path, self.sweep.instances))
        remark(f"{len(self.sweep.results)} of {self.instances} rows taken from {self.output.path}")

    def run(self) -> SweepReport:
        """Compute the rows; what is finished is written now and then, and if something goes wrong."""
        try:
            return self.place.run(self.sweep, "rows", self._save_at_times)
        except BaseException:
            self._save(self.family.rows(self.sweep))
            raise

    def _save_at_times(self, done: int) -> None:
        now = time.monotonic()
        if self.output is None or done == self.saved or now < self.next_save:
            return
        if self.output.path.suffix.lower() != ".csv":
            import pandas  # noqa: F401  (half a second, and no measure of what the next writing takes)

        now = time.monotonic()
        self._save(self.family.rows(self.sweep))
        self.saved, end = done, time.monotonic()
        self.next_save = end + max(SAVE_EVERY, (end - now) / SAVE_SHARE)

    def _save(self, rows: list[Row]) -> Path | None:
        """Write a table that is not finished, and return where it is; if that fails, the end may yet find room."""
        if self.output is None or not rows:
            return None
        try:
            with self.interrupts.held():
                return self.output.write(self.table(rows, self.instances))
        except WritingError as error:
            remark(str(error))
            return None

    def deliver(self, report: SweepReport, as_json: bool) -> NoReturn:
        """Write the table, print it or its rows, say what failed, and end the command."""
        rows = self.family.rows(self.sweep, report.failed)
        self._remark_failures(report)
        if report.interrupted:
            self._interrupted(rows)
        if isinstance(self.sweep, Search):
            self.family.completed(self.sweep, self.sweep.result(), self.told)

        unwritten = self._written(rows) if self.output is not None else None
        if as_json:
            print_envelope(f"table {self.family.name}", map(self._result, rows))
        elif self.output is None or unwritten is not None:
            print_table(self.table(rows))
        if unwritten is not None:
            raise unwritten
        if self.refused is not None:
            raise self.refused

        bad = [(place, row) for place, row in enumerate(rows, start=1) if not self.family.is_good(row)]
        for place, row in bad[:FAILURES_SHOWN]:
            if self.family.complaint is not None:
                remark(f"row {place} {self.family.complaint(row)}")
        sys.exit(1 if report.failed or bad else 0)

    def _result(self, row: Row) -> Row:
        """Return what JSON holds of a row; an error has the same fields everywhere."""
        found = self.family.result(row)
        if isinstance(found.get("error"), str):
            return {**found, "error": sentence_fields(found["error"])}
        return found

    def _written(self, rows: list[Row]) -> WritingError | None:
        """Write the table and say so; where that fails, return why: the rows are still printed."""
        assert self.output is not None
        table = self.table(rows)
        try:
            with self.interrupts.held():
                written = self.output.write(table)
        except WritingError as error:
            return error
        counted = (note for note in table.notes if note.startswith(f"{len(rows)} row"))
        remark(f"{next(counted, f'{len(rows)} rows')}, in {written}{self._stays(written)}")
        return None

    def _remark_failures(self, report: SweepReport) -> None:
        if not isinstance(self.sweep, FamilySweep):
            return remark_failures(report)
        places: dict[str, int] = {}
        for place, instance in enumerate(self.sweep.instances, start=1):
            places.setdefault(self.family.key(instance), place)
        for failure in report.failed[:FAILURES_SHOWN]:
            remark(f"row {places[failure.key]}: {failure.message}")

    def _interrupted(self, rows: list[Row]) -> NoReturn:
        of = "" if self.instances is None else f" of {self.instances}"
        done = f"interrupted: {len(rows)}{of} rows are finished"
        written = self._save(rows)
        again = self.place.again
        if written is not None:
            done += f" and in {written}{self._stays(written)}"
            if self.family.earlier is not None and self.place.store is None:
                again = f"--output {written} --resume continues" if self._stays(written) else "--resume continues"
        remark(f"{done}; {again}")
        sys.exit(INTERRUPTED)

    def _stays(self, written: Path) -> str:
        """Say so where an older table was not replaced."""
        if self.output is None or written == self.output.path:
            return ""
        return f" ({self.output.path} has more rows and stays as it is)"


def print_table(table: Any) -> None:
    """Print a table for people."""
    from proofs_check.show.terminal import table_text

    say(table_text(table))


# ---- sweeps


def sweep_command(family: Family) -> click.Command:
    """Return `rankcert sweep NAME`."""

    def run(store: Path | None, jobs: int | None, scheduler: str | None, as_json: bool, **told: Any) -> None:
        place, chosen = Place(store, jobs, scheduler), _chosen(family, told)
        with interrupts_heard_once():
            sweep = family.sweep(**chosen)
            report = place.run(sweep, "instances")
            rows = family.answers(sweep)
            summary = family.summarised(sweep, rows, chosen)
            kept = {"rows": rows if as_json else [], "count": len(rows)} if isinstance(sweep, FamilySweep) else {}
            asked = len(sweep.instances) if isinstance(sweep, FamilySweep) else len(rows)
            found = {} if summary is None else summary.result()
            result = family.completed(sweep, {**found, **kept, **place.fields(report)}, chosen)
            finish(f"sweep {family.name}", result, report, as_json, family.said(summary, rows, asked), place)

    options = [*family.options, STORE, JOBS, SCHEDULER, JSON]
    return command(family.name, run, options, family.says, family.about, _sweep_usage(family))


def _sweep_usage(family: Family) -> list[str]:
    first = family.usage[:1]
    return [f"{line.replace('rankcert table', 'rankcert sweep')} --store {family.name}.db" for line in first]


def finish(
    command: str, result: dict[str, Any], report: SweepReport, as_json: bool, text: str, place: Place
) -> NoReturn:
    """Print a sweep's result and end the command: 1 if instances failed, 130 if it was interrupted."""
    if as_json:
        print_envelope(command, [result])
    else:
        say(f"{text}\n{report.computed} computed, {report.reused} reused, in {report.seconds:.3g} s")
    remark_failures(report)
    if report.interrupted:
        remark(f"interrupted, {report.computed + report.reused} instances are finished; {place.again}")
        sys.exit(INTERRUPTED)
    sys.exit(1 if report.failed else 0)


def remark_failures(report: SweepReport) -> None:
    """Say which instances have no answer, and why; of many the first."""
    for failure in report.failed[:FAILURES_SHOWN]:
        remark(f"{failure.key}: {failure.message}")
    if len(report.failed) > FAILURES_SHOWN:
        remark(f"{len(report.failed) - FAILURES_SHOWN} more instances failed")
