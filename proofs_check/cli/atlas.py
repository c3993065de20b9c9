"""`rankcert atlas`: regenerate or extend the tables that the repository keeps."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from proofs_check.cli.options import Jobs
from proofs_check.cli.sweep import Place, Scheduler, StoreFile


def atlas(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]…", help="Chapters; default: all.")] = None,
    folder: Annotated[Path, typer.Option("--folder", help="Where the CSV files go.")] = Path("atlas"),
    pages: Annotated[Path, typer.Option("--pages", help="Where the pages go.")] = Path("docs/atlas"),
    largest: Annotated[
        int | None, typer.Option("--largest", show_default=False, help="Another bound on the size of the family.")
    ] = None,
    store: StoreFile = None,
    jobs: Jobs = None,
    scheduler: Scheduler = None,
) -> None:
    """Run the sweeps of the atlas and write their tables, with how they were made and what is open.

    Examples
    --------
      rankcert atlas thresholds

      rankcert atlas unimodality --largest 700 --store atlas.db
    """
    from algebra import InputError
    from proofs_check.atlas import chapters, write
    from proofs_check.cli.failures import INTERRUPTED
    from proofs_check.cli.output import remark

    known = chapters()
    for name in names or known:
        if name not in known:
            raise InputError("NAME", name, f"one of {', '.join(known)}")
    place = Place(store, jobs, scheduler)
    bounds: dict[str, Any] = {} if largest is None else {"largest": largest}
    for name in names or known:
        chapter = known[name]
        sweep = chapter.sweep(**bounds)
        report = place.run(sweep)
        if report.interrupted:
            remark(f"{name}: interrupted after {report.computed + report.reused} instances; --store FILE keeps them")
            raise typer.Exit(INTERRUPTED)
        if report.failed:
            for failure in report.failed[:20]:
                remark(f"{failure.key}: {failure.message}")
            remark(f"{name}: {len(report.failed)} instances failed, so its tables stay as they are")
            raise typer.Exit(1)
        order = {chapter.key(instance): i for i, instance in enumerate(sweep.instances)}
        received = sorted(sweep.results, key=lambda pair: order[chapter.key(pair[0])])
        took = f"{report.seconds:.0f} seconds" if store is None else f"{_seconds(store, order):.0f} seconds of one core"
        write(chapter, [result for _, result in received], folder, pages, sweep.parameters, took)
        print(f"{name}: {len(received)} instances, {report.computed} computed in {report.seconds:.3g} s")


def _seconds(store: Path, keys: Iterable[str]) -> float:
    """How long the results took when they were computed, in this run or an earlier one."""
    from proofs_check.engine.store import Store

    with Store.open(store, read_only=True) as kept:
        return sum(record.seconds or 0.0 for record in kept.get_many(keys).values())
