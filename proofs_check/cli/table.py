"""`rankcert table`: many architectures at once, on all cores, as a table for people or programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from proofs_check.cli.options import Biases, ErrorBound, Jobs, Json, Seed, TableFile
from proofs_check.cli.table_attention_dimensions import attention_dimensions
from proofs_check.cli.table_output import check_output
from proofs_check.cli.table_realisation import realisation
from proofs_check.cli.table_sparse_patterns import sparse_patterns

if TYPE_CHECKING:
    from proofs_check.printed import Comparison

app = typer.Typer(no_args_is_help=True, help="Tables: Markdown, LaTeX, CSV, HTML, Parquet.")
app.command()(attention_dimensions)
app.command()(realisation)
app.command()(sparse_patterns)


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
    output: TableFile = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Keep the finished rows that the --output already holds (.csv).")
    ] = False,
    jobs: Jobs = None,
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
    from proofs_check.engine.cores import one_blas_thread

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
    _check_run(output, jobs)
    if resume and (output is None or output.suffix.lower() != ".csv"):
        raise InputError("--resume", True, "given with --output FILE.csv, whose finished rows it keeps")


def _check_run(output: Path | None, jobs: int | None) -> None:
    from algebra import InputError

    if jobs is not None and jobs < 1:
        raise InputError("--jobs", jobs, "an integer of at least 1")
    check_output(output)


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


@app.command()
def paper(
    name: Annotated[str | None, typer.Argument(metavar="NAME", show_default=False, help="Which table.")] = None,
    names: Annotated[bool, typer.Option("--list", help="List the tables, as no NAME does.")] = False,
    rows: Annotated[
        int | None,
        typer.Option("--rows", metavar="N", show_default=False, help="Compute N rows, evenly spread; default: all."),
    ] = None,
    seed: Seed = 0,
    output: TableFile = None,
    jobs: Jobs = None,
    as_json: Json = False,
) -> None:
    """A paper's table, computed anew beside the printed values.

    Rows are marked = where ours are the printed values, ≠ where they differ (exit status 1), ? where ours are not
    decided.

    Examples
    --------
      rankcert table paper --list

      rankcert table paper dao2026-counterexample --output counterexample.tex
    """
    from proofs_check.engine.cores import one_blas_thread

    one_blas_thread()
    from proofs_check.cli.output import show

    _check_run(output, jobs)
    if names or name is None:
        show("table paper", _paper_tables(), as_json, _entry)
        return
    from proofs_check.printed import compare

    raise typer.Exit(_deliver(compare(name, rows, seed, jobs), output, as_json))


def _paper_tables() -> list[dict[str, Any]]:
    from proofs_check.printed import paper_tables, printed_table

    tables = map(printed_table, paper_tables())
    return [{"name": t.name, "rows": len(t), "title": t.title, "source": t.source} for t in tables]


def _entry(found: dict[str, Any]) -> str:
    return f"{found['name']:24}{found['rows']:5}  {found['title']}\n{'':31}{found['source']}"


def _deliver(comparison: Comparison, output: Path | None, as_json: bool) -> int:
    """Write or print a comparison; the exit status is 1 if anything differs."""
    from proofs_check.cli.output import print_envelope, remark
    from proofs_check.cli.table_run import print_table

    table = comparison.table()
    if output is not None:
        table.write(output)
        remark(f"{table.notes[0]}, in {output}")
    if as_json:
        print_envelope("table paper", comparison.results())
    elif output is None:
        print_table(table)
    for index in comparison.different[:20]:
        remark(f"row {index + 1} differs: {comparison.answers[index]['label']} {comparison.marks[index]}")
    return 1 if comparison.different else 0
