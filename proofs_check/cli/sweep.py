"""`rankcert sweep`: long searches on many cores or machines, stored and resumed."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from proofs_check.cli.options import Biases, ErrorBound, Jobs, Json, Seed

if TYPE_CHECKING:
    from proofs_check.engine.sweep import Sweep, SweepReport
    from proofs_check.filling.search import MinimalFilling

StoreFile = Annotated[
    Path | None,
    typer.Option("--store", metavar="FILE", help="Keep results here, and take from here what was computed before."),
]
Scheduler = Annotated[
    str | None, typer.Option("--scheduler", metavar="ADDRESS", help="Compute on a Dask cluster: tcp://host:8786.")
]

app = typer.Typer(no_args_is_help=True, help="Long searches, on many cores or machines; stored and resumed.")


@app.callback()
def sweep() -> None:
    """Long searches, on many cores or machines; stored and resumed."""


@app.command("minimal-filling")
def minimal_filling(
    input: Annotated[int, typer.Option("--input", metavar="D0", help="Width of the input.")],
    output: Annotated[int, typer.Option("--output", metavar="DH", help="Width of the output.")],
    depth: Annotated[int, typer.Option("--depth", metavar="H", help="Number of weight matrices.")],
    degree: Annotated[int, typer.Option("--degree", metavar="R", help="Activation degree of every hidden layer.")],
    store: StoreFile = None,
    seed: Seed = 0,
    jobs: Jobs = None,
    scheduler: Scheduler = None,
    certificates: Annotated[
        Path | None,
        typer.Option("--certificates", metavar="FOLDER", help="Write certificates of the list and of its entries."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Find every minimal filling architecture of a kind, with a proof that the list is complete.

    Examples
    --------
      rankcert sweep minimal-filling --input 2 --output 1 --depth 7 --degree 2

      rankcert sweep minimal-filling --input 2 --output 1 --depth 7 --degree 2 --store filling.db --certificates proofs
    """
    place = Place(store, jobs, scheduler)
    from proofs_check.filling import FillingProblem, MinimalFilling

    search = MinimalFilling(FillingProblem(input, output, depth, degree), seed)
    if certificates is not None:
        _make_folder(certificates)
    report = place.run(search)
    result = {**search.result(), **place.fields(report)}
    for architecture in result["architectures"]:
        architecture.setdefault("certificate", None)
    if certificates is not None:
        _write_certificates(certificates, search, result)
    finish("sweep minimal-filling", result, report, as_json, _filling_text(result))


@app.command()
def dimensions(
    ranges: Annotated[
        list[str],
        typer.Argument(
            metavar="RANGES…",
            show_default=False,
            help="Widths from input to output, each a number or a range like 3..6.",
        ),
    ],
    degree: Annotated[
        str | None, typer.Option("--degree", metavar="R|R..R", help="Activation degree, or a range of them.")
    ] = None,
    biases: Biases = False,
    error: ErrorBound = None,
    store: StoreFile = None,
    seed: Seed = 0,
    jobs: Jobs = None,
    scheduler: Scheduler = None,
    as_json: Json = False,
) -> None:
    """Dimensions of all polynomial networks whose widths and degree lie in ranges.

    Examples
    --------
      rankcert sweep dimensions 2 3..6 2..4 1 --degree 2 --store dimensions.db

      rankcert store export dimensions.db dimensions.csv
    """
    place = Place(store, jobs, scheduler)
    _check_bounded(ranges, degree)
    from proofs_check.cli.networks import log2_error_of
    from proofs_check.cli.table_rows import rows_of_ranges
    from proofs_check.dimension_sweep import dimension_sweep

    family = dimension_sweep(rows_of_ranges(ranges, degree, biases, seed), log2_error_of(error))
    report = place.run(family)
    order = {family.key(instance): index for index, instance in enumerate(family.instances)}
    found = sorted(family.results, key=lambda pair: order[family.key(pair[0])])
    rows = [result for _, result in found]
    result = {"rows": rows if as_json else [], "count": len(rows), **place.fields(report)}
    finish("sweep dimensions", result, report, as_json, _dimensions_text(rows, len(family.instances), report))


# ---- what every sweep shares: where it is computed and kept, and how it ends


@dataclass(frozen=True)
class Place:
    """Where a sweep keeps its results, and who computes them."""

    store: Path | None
    jobs: int | None
    scheduler: str | None

    def __post_init__(self) -> None:
        from proofs_check.engine.cores import one_blas_thread

        one_blas_thread()
        from algebra import InputError

        if self.jobs is not None and self.scheduler is not None:
            raise InputError("--jobs", self.jobs, "left out where --scheduler says who computes")
        if self.jobs is not None and self.jobs < 1:
            raise InputError("--jobs", self.jobs, "an integer of at least 1")

    def run(self, sweep: Sweep) -> SweepReport:
        """Run the sweep, with its progress on stderr."""
        from proofs_check.engine.progress import moving_progress
        from proofs_check.engine.run import run_sweep
        from proofs_check.engine.store import Store
        from proofs_check.engine.workers import on_scheduler

        with ExitStack() as stack:
            store = None if self.store is None else stack.enter_context(Store.open(self.store))
            executor = None if self.scheduler is None else stack.enter_context(on_scheduler(self.scheduler))
            progress = stack.enter_context(moving_progress("instances"))
            return run_sweep(sweep, store, executor=executor, jobs=self.jobs, progress=progress)

    def fields(self, report: SweepReport) -> dict[str, Any]:
        """Return what every sweep's result says of its run."""
        return {**report.fields(), "store": None if self.store is None else str(self.store)}


def finish(command: str, result: dict[str, Any], report: SweepReport, as_json: bool, text: str) -> None:
    """Print a result and end the command: 1 if instances failed, 130 if it was interrupted."""
    from proofs_check.cli.failures import INTERRUPTED
    from proofs_check.cli.output import remark, show

    show(command, [result], as_json, lambda _: text)
    for failure in report.failed[:20]:
        remark(f"{failure.key}: {failure.message}")
    if len(report.failed) > 20:
        remark(f"{len(report.failed) - 20} more instances failed")
    if report.interrupted:
        again = "the same command continues" if result["store"] else "with --store FILE it would be kept"
        remark(f"interrupted, {report.computed + report.reused} instances are finished; {again}")
        raise typer.Exit(INTERRUPTED)
    raise typer.Exit(1 if report.failed else 0)


def _ending(report: SweepReport) -> str:
    return f"{report.computed} computed, {report.reused} reused, in {report.seconds:.3g} s"


# ---- minimal filling architectures


def _filling_text(result: dict[str, Any]) -> str:
    from proofs_check.cli.output import aligned, strong

    found = result["architectures"]
    state = "complete, proved" if result["complete"] else "not proved to be complete"
    head = f"{strong(result['label'])}: {len(found)} minimal filling architecture{'s' * (len(found) != 1)}, {state}"
    rows = [
        ("-".join(map(str, each["widths"])), f"{each['parameters']} parameters", "" if each["unimodal"] else "valley")
        for each in found
    ]
    regions = f"{len(result['regions'])} excluded regions, {len(result['open_regions'])} open"
    run = f"{result['computed']} computed, {result['reused']} reused, in {result['seconds']:.3g} s"
    open_regions = [f"  open: widths at most {_corner(corner)}" for corner in result["open_regions"]]
    return "\n".join([head, *([aligned(rows)] if rows else []), regions, *open_regions, run])


def _corner(corner: Iterable[int | None]) -> str:
    return "-".join("∞" if width is None else str(width) for width in corner)


def _make_folder(folder: Path) -> None:
    from algebra import InputError

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError("--certificates", str(folder), f"a folder that can be made ({error.strerror})") from None


def _write_certificates(folder: Path, search: MinimalFilling, result: dict[str, Any]) -> None:
    """Write one certificate for each architecture, and one for the list if it is proved to be complete."""
    from algebra import PolynomialNetwork

    for each in result["architectures"]:
        network = PolynomialNetwork(each["widths"], degrees=[result["degree"]] * (result["depth"] - 1))
        bounds = network.dimension(seed=search.seed)
        each["certificate"] = str(folder / f"{each['label'].replace(':', '_')}.json")
        bounds.certificate().write(each["certificate"])
    result["certificate"] = None
    if result["complete"]:
        result["certificate"] = str(folder / f"{result['label'].replace(':', '_')}.json")
        search.certificate().write(result["certificate"])


# ---- dimensions


def _check_bounded(ranges: list[str], degree: str | None) -> None:
    from algebra import InputError

    for name, word in [*(("widths", word) for word in ranges), ("--degree", degree or "")]:
        if word.endswith(".."):
            raise InputError(name, word, "a range with an end, like 3..6: a family without bound has no last instance")


def _dimensions_text(rows: list[dict[str, Any]], total: int, report: SweepReport) -> str:
    grades = [row["grade"] for row in rows]
    counts = ", ".join(f"{grades.count(grade)} {grade}" for grade in sorted(set(grades)))
    defective = sum(row["reaches_expected"] is False for row in rows)
    return f"{len(rows)} of {total} dimensions: {counts}; {defective} below the expected one\n{_ending(report)}"
