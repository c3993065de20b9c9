"""`rankcert table critical-points`: every class of critical point of a small deep linear network."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from proofs_check.cli.options import Json, Seed, TableFile
from proofs_check.cli.table_output import check_output, deliver


def critical_points(
    widths: Annotated[
        list[str],
        typer.Argument(metavar="WIDTHS…", show_default=False, help="Widths from input to output: d_x … d_y."),
    ],
    values: Annotated[
        str | None,
        typer.Option(
            "--values", "-s", metavar="S1,S2,…", help="Singular values of the data; default: n, …, 2, 1, all distinct."
        ),
    ] = None,
    data: Annotated[
        Path | None, typer.Option("--data", metavar="FILE.json", help='Own exact data instead: {"X": rows, "Y": rows}.')
    ] = None,
    samples: Annotated[
        int | None, typer.Option("--samples", metavar="M", show_default=False, help="Columns of X; default: d_x.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", help="Stop after N classes.")] = 2000,
    every: Annotated[
        bool, typer.Option("--every", help="One row for each class, with the ranks of its layers.")
    ] = False,
    seed: Seed = 0,
    output: TableFile = None,
    as_json: Json = False,
) -> None:
    """Every class of critical point: verdict, rank, directions kept, loss, exact Hessian, closed form beside it.

    Singular values are those of Y Xᵀ (X Xᵀ)⁻¹ X, exact numbers, min(d_x, d_y) of them; equal and zero ones are
    welcome. Classes that agree in S, verdict, Hessian and pivots share a row. Exit status 1: a row contradicts itself.

    Examples
    --------
      rankcert table critical-points 2 2 2 --values 2,1

      rankcert table critical-points 3 2 2 3 --values 2,2,1/2 --output critical.tex

      rankcert table critical-points 2 1 2 --data data.json --json
    """
    from algebra.errors import as_integer
    from proofs_check.cli.networks import integers
    from proofs_check.critical_points import critical_point_rows, critical_point_table

    check_output(output)
    as_integer("--limit", limit, least=1)
    shape = integers("WIDTHS", " ".join(widths))
    X, Y, about = _given(shape, data, values, samples) if data else _made(shape, values, samples, seed)
    rows = critical_point_rows(shape, X, Y, limit, every)
    table = critical_point_table(rows, shape, about, sum(row["classes"] for row in rows) < limit)
    deliver("table critical-points", table, [{**row, "seed": seed} for row in rows], output, as_json)
    raise typer.Exit(0 if all(row["agree"] for row in rows) else 1)


def _made(widths: Sequence[int], values: str | None, samples: int | None, seed: int) -> tuple[Any, Any, str]:
    from algebra.critical_points import data_with_singular_values
    from algebra.errors import InputError

    if len(widths) < 2:
        raise InputError("WIDTHS", list(widths), "at least two integers: input and output")
    least = min(widths[0], widths[-1])
    chosen = values.replace(",", " ").split() if values is not None else [str(least - i) for i in range(least)]
    found = data_with_singular_values(chosen, widths[0], widths[-1], samples, seed)
    shown = ", ".join(map(str, found.singular_values))
    return found.X, found.Y, f"singular values {shown}; {found.X.ncols()} samples, seed {seed}"


def _given(widths: Sequence[int], path: Path, values: str | None, samples: int | None) -> tuple[Any, Any, str]:
    from algebra.errors import InputError, check_keys
    from algebra.exact.numbers import has_floats
    from proofs_check.parsing import parse_object, read_text

    for name, given in (("--values", values), ("--samples", samples)):
        if given is not None:
            raise InputError(name, given, "left out with --data")
    content = parse_object(read_text(path), str(path))
    check_keys(content, ["X", "Y", "W"], ["X", "Y"])
    if has_floats(content["X"], content["Y"]):
        raise InputError("X, Y", "floats", 'exact: integers and strings "p/q"')
    return content["X"], content["Y"], f"data from {path.name}"
