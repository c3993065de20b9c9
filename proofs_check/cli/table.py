"""`rankcert table`: many architectures at once, on all cores, as a table for people or programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from proofs_check.cli.dimension import Biases, ErrorBound, Json, Seed

app = typer.Typer(no_args_is_help=True, help="Tables: Markdown, LaTeX, CSV, HTML, Parquet.")


@app.callback()
def table() -> None:
    """Tables of many results: Markdown, LaTeX, CSV, HTML, Parquet."""


@app.command()
def dimensions(
    ranges: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="RANGES…",
            show_default=False,
            help="Widths from input to output, each a number or a range like 3..6.",
        ),
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="FILE.csv",
            help="Take the architectures from the columns widths and degree (or degrees, biases, seed).",
        ),
    ] = None,
    degree: Annotated[
        str | None, typer.Option("--degree", metavar="R|R..R", help="Activation degree, or a range of them.")
    ] = None,
    biases: Biases = False,
    error: ErrorBound = None,
    seed: Seed = 0,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to .md, .tex, .csv, .html or .parquet.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Keep the finished rows that the --output already holds (.csv).")
    ] = False,
    jobs: Annotated[
        int | None, typer.Option("--jobs", "-j", show_default=False, help="Number of processes; default: all cores.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Dimensions of many polynomial networks.

    The columns of FILE.csv stay as they are, row for row. Those of the results follow; where FILE.csv
    has a column of the same name, the result's is called …_found.

    Examples
    --------
      rankcert table dimensions 2 3..6 2..4 1 --degree 2

      rankcert table dimensions --from architectures.csv --output dimensions.csv --resume
    """
    from proofs_check.execution import one_blas_thread

    one_blas_thread()
    from proofs_check.cli.networks import log2_error_of
    from proofs_check.cli.table_run import Request, run

    log2_error = log2_error_of(error)
    _check_options(ranges, source, output, resume, jobs)
    request = Request(
        rows=_rows(ranges, source, degree, biases, seed),
        command=_command(ranges, source, degree, biases, error, seed),
        seed=seed,
        log2_error=log2_error,
        output=output,
        resume=resume,
        jobs=jobs,
        as_json=as_json,
    )
    raise typer.Exit(run(request))


def _check_options(
    ranges: list[str] | None, source: Path | None, output: Path | None, resume: bool, jobs: int | None
) -> None:
    from algebra import InputError

    if bool(ranges) == (source is not None):
        raise InputError("RANGES", ranges or None, "given, or else --from FILE.csv, but not both")
    if jobs is not None and jobs < 1:
        raise InputError("--jobs", jobs, "an integer of at least 1")
    if output is not None:
        from proofs_check.tables import check_target

        check_target(output)
    if resume and (output is None or output.suffix.lower() != ".csv"):
        raise InputError("--resume", True, "given with --output FILE.csv, whose finished rows it keeps")


def _rows(ranges: list[str] | None, source: Path | None, degree: str | None, biases: bool, seed: int) -> list[Any]:
    from proofs_check.cli.table_rows import rows_of_file, rows_of_ranges

    if source is not None:
        return rows_of_file(source, degree, biases, seed)
    return rows_of_ranges(ranges or [], degree, biases, seed)


def _command(
    ranges: list[str] | None, source: Path | None, degree: str | None, biases: bool, error: str | None, seed: int
) -> str:
    """Return the command that makes this table again, without what does not change the numbers."""
    import shlex

    words = ["rankcert", "table", "dimensions", *(ranges or [])]
    options = {
        "--from": source and source.name,
        "--degree": degree,
        "--error": error,
        "--seed": str(seed) if seed else None,
    }
    for name, value in options.items():
        words += [name, value] if value else []
    return shlex.join(words + ["--biases"] * biases)
