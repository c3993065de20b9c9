"""`rankcert atlas`: regenerate or extend the tables that the repository keeps."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import rich_click as click

from algebra.errors import InputError
from algebra.writing import make_folder
from proofs_check.cli.build import command
from proofs_check.cli.failures import INTERRUPTED
from proofs_check.cli.families import Place, interrupts_heard_once, remark_failures
from proofs_check.cli.output import remark, show
from proofs_check.engine.sweep import FamilySweep
from proofs_check.family import Family
from proofs_check.option import JOBS, JSON, SCHEDULER, STORE, Option, words_option
from proofs_check.words import folder, integer, one_of


def _names() -> list[str]:
    from proofs_check.atlas import chapters

    return list(chapters())


OPTIONS = (
    words_option(
        "names", "Chapters: defects, thresholds, unimodality; default: all.", one_of(_names), (), "[NAME]…",
        called="NAME", choices=_names,
    ),
    Option("folder", "Where the CSV files go.", folder, Path("atlas"), "FOLDER"),
    Option("pages", "Where the pages go; default: beside the CSV files.", folder, metavar="FOLDER"),
    Option("largest", "Another bound on the size of the family.", integer, metavar="N", called="largest"),
    STORE,
    JOBS,
    SCHEDULER,
    JSON,
)  # fmt: skip


def atlas_command() -> click.Command:
    """Return `rankcert atlas`."""
    return command(
        "atlas",
        run,
        OPTIONS,
        "Run the families of the atlas and write their tables, with how they were made and what is open.",
        usage=("rankcert atlas thresholds", "rankcert atlas unimodality --largest 700 --store atlas.db"),
    )


def run(
    names: tuple[str, ...],
    folder: Path,
    pages: Path | None,
    largest: int | None,
    store: Path | None,
    jobs: int | None,
    scheduler: str | None,
    as_json: bool,
) -> None:
    """Run the chapters one after the other; the first that is not finished ends the command."""
    from proofs_check.atlas import chapters, write

    make_folder("--folder", folder)
    make_folder("--pages", pages or folder)
    place, known = Place(store, jobs, scheduler), chapters()
    chosen: dict[str, Any] = {} if largest is None else {"largest": largest}
    sweeps = {name: known[name].sweep(**chosen) for name in names or known}
    for name, sweep in sweeps.items():
        _check_length(folder / f"{name}.csv", sweep, largest)

    results = []
    for name, sweep in sweeps.items():
        chapter = known[name]
        with interrupts_heard_once() as interrupts:
            report = place.run(sweep, "instances")
            if report.interrupted:
                done = report.computed + report.reused
                remark(f"{name}: interrupted after {done} instances; {place.again}")
                sys.exit(INTERRUPTED)
            if report.failed:
                remark_failures(report)
                remark(f"{name}: {len(report.failed)} instances failed, so its tables stay as they are")
                sys.exit(1)
            rows = chapter.rows(sweep)
            assert isinstance(sweep, FamilySweep)
            took = _took(chapter, sweep.instances, store, report.seconds)
            with interrupts.held():
                files = write(chapter, rows, folder, pages or folder, chapter.told(chosen), took)
        results.append({"label": f"atlas:{name}", "chapter": name, "rows": len(rows), "files": list(map(str, files)),
                        **place.fields(report)})  # fmt: skip
    show("atlas", results, as_json, _line)


def _check_length(path: Path, sweep: Any, largest: int | None) -> None:
    """Refuse a family that is smaller than the one whose table it would replace."""
    from proofs_check.engine.output import rows_in

    before, now = rows_in(path), len(sweep.instances)
    if before > now:
        allowed = f"{path} has {before} rows and this run would have {now}; --folder says where else they can go"
        raise InputError("largest", largest, f"at least what was run before: {allowed}")


def _line(result: dict[str, Any]) -> str:
    """Say what was done for a chapter."""
    made = f"{result['computed']} computed in {result['seconds']:.3g} s"
    return f"{result['chapter']}: {result['rows']} instances, {made}"


def _took(chapter: Family, instances: Iterable[Any], store: Path | None, seconds: float) -> str:
    """Say how long the results took when they were computed, in this run or an earlier one."""
    from proofs_check.engine.store import Store

    if store is None:
        return f"{seconds:.0f} seconds"
    with Store.open(store, read_only=True) as kept:
        records = kept.get_many(map(chapter.key, instances)).values()
        return f"{sum(record.seconds or 0.0 for record in records):.0f} seconds of one core"
