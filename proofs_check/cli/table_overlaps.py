"""`rankcert table overlaps`: what overlapping windows do to ranks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from proofs_check.cli.options import Json, Seed, TableFile
from proofs_check.cli.table_output import check_output, deliver

if TYPE_CHECKING:
    import pandas as pd

    from proofs_check.overlaps import Family
    from proofs_check.show.tables import Table

GRIDS = ("4x4", "8x8", "16x16")
LENGTH = 8
LEGEND = {
    "pooling": "pooling R: layers of windows R and stride R, which do not overlap",
    "stack": "stack R: layers of windows R and stride 1, then one product over the grid",
    "blocks": "blocks R: windows R of stride 1 and windows 2 of stride 2 in turn, then one product over the grid",
}


def overlaps(
    windows: Annotated[
        list[str] | None,
        typer.Argument(metavar="R…", show_default=False, help="Windows; default: 1 2 3 4 and half the grid + 1."),
    ] = None,
    grid: Annotated[
        list[str] | None, typer.Option("--grid", metavar="HxW", help="Grids of patches; default: 4x4, 8x8 and 16x16.")
    ] = None,
    family: Annotated[
        str,
        typer.Option(
            "--family",
            help="stack: layers R x R of stride 1, then one product. blocks: with 2 x 2 pooling after each. "
            "pooling: R x R of stride R throughout.",
        ),
    ] = "stack",
    depth: Annotated[int, typer.Option("--depth", metavar="L", help="Layers (blocks) below the last product.")] = 1,
    templates: Annotated[int, typer.Option("--templates", metavar="M", help="Templates of a patch.")] = 2,
    channels: Annotated[int, typer.Option("--channels", metavar="C", help="Channels of every layer.")] = 2,
    last: Annotated[
        int | None, typer.Option("--last", metavar="C", show_default=False, help="Channels of the last layer.")
    ] = None,
    partition: Annotated[
        str,
        typer.Option("--partition", help="left, top, odd-even, checkerboard or quadrants, or positions like 0,1,5."),
    ] = "left",
    border: Annotated[str, typer.Option("--border", help="clip, same, valid or zero.")] = "clip",
    sharing: Annotated[str, typer.Option("--sharing", help="none, sliding or full.")] = "sliding",
    conventions: Annotated[
        bool,
        typer.Option("--conventions", help="Instead: under which borders and sharing the overlap formula is true."),
    ] = False,
    seed: Seed = 0,
    output: TableFile = None,
    as_json: Json = False,
) -> None:
    """Overlapping windows against the rank of the grid tensor, beside every theorem's bound.

    One row a circuit: its rank with its grade, the bound of the overlap theorem (Sharir, Shashua, ICLR 2018), of its
    generalisation by the equality graph, the minimal cut, and the largest rank there can be. Circuits of pooling
    windows 2, which do not overlap, come first in each grid.

    Examples
    --------
      rankcert table overlaps

      rankcert table overlaps 1 2 3 5 9 --grid 16 --channels 3 --templates 3

      rankcert table overlaps --conventions --output conventions.md
    """
    from proofs_check import overlap_conventions
    from proofs_check.cli.networks import integers
    from proofs_check.overlaps import FIELDS, Family, overlap_row

    shapes = [_shape(text) for text in grid or ([str(LENGTH)] if conventions else GRIDS)]
    if conventions:
        inputs = overlap_conventions.conventions(_even_line(shapes, windows))
        results = measured(output, [partial(overlap_conventions.convention_row, *row, seed) for row in inputs])
        title = "The overlap formula, taken literally, under every border and sharing (M = C = 2, left and right)"
        display = _convention_display
    else:
        chosen = Family(family, templates, channels, depth, border, sharing, last)
        side = _side(partition)
        pairs = _circuits(chosen, shapes, integers("R", windows) if windows else None)
        _check_first(pairs, side)
        results = measured(output, [partial(overlap_row, *pair, side, seed) for pair in pairs])
        title = f"Ranks across the partition {partition}: M = {templates}, C = {channels}, {border}, {sharing}"
        display = _display
    kinds = overlap_conventions.FIELDS if conventions else FIELDS
    deliver("table overlaps", table_of(results, kinds, title, display(results), seed), results, output, as_json)


Pair = tuple["Family", list[int], int]


def measured(output: Path | None, todo: Sequence[Callable[[], dict[str, Any]]]) -> list[dict[str, Any]]:
    """Check the file, then compute the rows."""
    from proofs_check.engine.cores import one_blas_thread

    one_blas_thread()
    check_output(output)
    return [measure() for measure in todo]


def _circuits(family: Family, shapes: Sequence[list[int]], windows: Sequence[int] | None) -> list[Pair]:
    """Choose the circuits: pooling windows 2 first in each grid."""
    from dataclasses import replace

    found: list[Pair] = []
    for shape in shapes:
        side = min(shape)
        if family.name != "pooling" and side > 1:
            found.append((replace(family, name="pooling"), shape, 2))
        default = sorted({r for r in (1, 2, 3, 4, side // 2 + 1) if r <= side})
        found += [(family, shape, r) for r in (windows or default)]
    return found


def _check_first(pairs: Sequence[Pair], side: str | list[int]) -> None:
    """Refuse what any of the circuits refuses, before the work."""
    from tensors.matricization import row_positions

    for family, shape, window in pairs:
        row_positions(shape, side)
        family.circuit(shape, window)


def _shape(text: str) -> list[int]:
    """Read a grid: 8 or 8x8."""
    from algebra.errors import InputError

    parts = text.split("x")
    if not all(part.isascii() and part.isdigit() and int(part) > 0 for part in parts):
        raise InputError("--grid", text, "positive lengths joined by x, like 8 or 8x8")
    return [int(part) for part in parts]


def _side(text: str) -> str | list[int]:
    parts = text.split(",")
    return [int(part) for part in parts] if all(part.strip().isdigit() for part in parts) else text


def _even_line(shapes: Sequence[list[int]], windows: list[str] | None) -> int:
    from algebra.errors import InputError

    if windows:
        raise InputError("R", windows, "left out with --conventions, which chooses the windows")
    if len(shapes) != 1 or len(shapes[0]) != 1 or shapes[0][0] % 2 or not 4 <= shapes[0][0] <= 12:
        raise InputError("--grid", shapes, "one even length between 4 and 12 with --conventions")
    return shapes[0][0]


# ---- the table


def table_of(
    results: Sequence[dict[str, Any]], kinds: dict[str, str], title: str, display: pd.DataFrame, seed: int
) -> Table:
    """Return the table: the data, what people read, and how reliable it is."""
    from algebra import __version__
    from proofs_check.show.tables import Table, frame_of

    grades = [result["grade"] for result in results]
    counts = ", ".join(f"{grades.count(grade)} {grade}" for grade in sorted(set(grades)))
    told = [LEGEND[name] for name in LEGEND if any(result.get("family") == name for result in results)]
    notes = [
        f"{len(results)} rows: {counts}",
        *told,
        f"ranks for almost all weights (rankcert {__version__}, seed {seed})",
    ]
    return Table(frame_of(results, kinds), title, notes, display)


def rank_cell(result: dict[str, Any]) -> str:
    """Write the bounds with powers."""
    from proofs_check.overlaps import powers
    from proofs_check.results import known

    lower, upper = powers(result["lower"]), powers(result["upper"])
    if result["grade"] == "inconclusive":
        return f"{lower}..{upper}"
    return f"{lower}{str(known(result)).removeprefix(str(result['lower']))}"


def number_cell(value: int | None) -> str | None:
    """Write an integer with powers; None stays."""
    from proofs_check.overlaps import powers

    return None if value is None else powers(value)


def _display(results: Sequence[dict[str, Any]]) -> pd.DataFrame:
    from proofs_check.show.tables import display_frame

    def layers(r: dict[str, Any]) -> str:
        return f"{r['family']} {r['window']}"

    return display_frame(
        {
            "grid": [r["grid"] for r in results],
            "windows": list(map(layers, results)),
            "T_R / T_S": [f"{r['receptive_field']} / {r['stride']}" for r in results],
            "weights": [r["parameters"] for r in results],
            "rank": list(map(rank_cell, results)),
            "overlap theorem": [number_cell(r["theorem"]) for r in results],
            "equality graph": [number_cell(r["equality_graph"]) for r in results],
            "minimal cut": [number_cell(r["min_cut"]) for r in results],
            "largest": [number_cell(r["maximum"]) for r in results],
        }
    )


def _convention_display(results: Sequence[dict[str, Any]]) -> pd.DataFrame:
    from proofs_check.show.tables import display_frame

    def word(r: dict[str, Any]) -> str:
        if r["formula_holds"] is None:
            return "probably FALSE" if r["grade"] == "probable" and r["lower"] < r["formula"] else "not decided"
        return "holds" if r["formula_holds"] else "FALSE"

    return display_frame(
        {
            "patches": [int(r["grid"]) for r in results],
            "window": [r["window"] for r in results],
            "border": [r["border"] for r in results],
            "sharing": [r["sharing"] for r in results],
            "formula": [number_cell(r["formula"]) for r in results],
            "rank": list(map(rank_cell, results)),
            "rank >= formula": list(map(word, results)),
            "outside the theorem by": [r["excluded_by"] for r in results],
        }
    )
