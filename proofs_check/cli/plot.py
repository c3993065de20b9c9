"""`rankcert plot`: dimensions, frontiers of filling architectures and defects as pictures."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from proofs_check.cli.dimension import Json, Seed
from proofs_check.cli.output import print_envelope, remark

if TYPE_CHECKING:
    from matplotlib.axes import Axes

KINDS = ("heatmap", "staircase", "defects")
FORMATS = (".png", ".svg", ".pdf")


def plot(
    kind: Annotated[str, typer.Argument(metavar="heatmap|staircase|defects", show_default=False, help="What to draw.")],
    widths: Annotated[
        list[str],
        typer.Argument(
            metavar="WIDTHS…",
            show_default=False,
            help="Widths from input to output; hidden ones are ranges like 2..8. One hidden width: over the degree.",
        ),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="Write to .png, .svg or .pdf.", show_default=False)
    ],
    degree: Annotated[
        str, typer.Option("--degree", metavar="R|R..R", help="Activation degree; a range for one hidden width.")
    ],
    seed: Seed = 0,
    as_json: Json = False,
) -> None:
    """Dimension over two hidden widths, the frontier of filling architectures on it, or the defect.

    Examples
    --------
      rankcert plot staircase 3 1..10 1..12 1 --degree 3 --output filling.png

      rankcert plot defects 4 2..12 3 --degree 2..5 --output defects.svg
    """
    from proofs_check.execution import one_blas_thread

    one_blas_thread()
    start = time.perf_counter()
    ranges, powers = _ranges(kind, widths, degree)
    _check_target(output)
    _save(_draw(kind, ranges, powers, seed), output)
    seconds = round(time.perf_counter() - start, 6)
    if as_json:
        fields = {"plot": kind, "widths": widths, "degree": degree, "seed": seed, "seconds": seconds}
        print_envelope("plot", [{**fields, "output": str(output)}])
    else:
        remark(f"{kind} in {output} ({seconds:.3g} s)")


def _ranges(kind: str, widths: Sequence[str], degree: str) -> tuple[list[range], range]:
    """Read the widths and the degrees, and check that they suit the kind."""
    from algebra import InputError
    from proofs_check.cli.table_rows import span

    if kind not in KINDS:
        raise InputError("KIND", kind, f"one of {', '.join(KINDS)}")
    ranges, powers = [span("widths", word) for word in widths], span("degree", degree)
    given = " ".join(widths)
    if len(ranges) != 4 and not (kind == "defects" and len(ranges) == 3):
        also = ", or input width, one hidden width and output width" if kind == "defects" else ""
        raise InputError("widths", given, f"input width, two hidden widths and output width{also}")
    if len(ranges[0]) > 1 or len(ranges[-1]) > 1:
        raise InputError("widths", given, "such that only hidden widths are ranges")
    if len(ranges) == 4 and len(powers) > 1:
        raise InputError("degree", degree, "one integer where there are two hidden widths")
    return ranges, powers


def _check_target(path: Path) -> None:
    from algebra import InputError

    if path.suffix.lower() not in FORMATS:
        raise InputError("--output", str(path), f"a file whose name ends in {', '.join(FORMATS)}")
    if path.is_dir() or not os.access(path.parent, os.W_OK):
        raise InputError("--output", str(path), "a file in a folder that exists and can be written")


def _draw(kind: str, ranges: Sequence[range], powers: range, seed: int) -> Axes:
    """Draw on a figure of its own, which needs no display."""
    from proofs_check.plots import defect_map, dimension_heatmap, figure_size, frontier_staircase, new_axes

    first, last, hidden = ranges[0][0], ranges[-1][0], ranges[1:-1]
    upwards = hidden[1] if len(hidden) == 2 else powers
    settings: dict[str, Any] = {"seed": seed, "ax": new_axes(figure_size(len(hidden[0]), len(upwards)))}
    if len(hidden) == 1:
        return defect_map(first, last, powers, hidden[0], **settings)
    draw = {"heatmap": dimension_heatmap, "staircase": frontier_staircase, "defects": defect_map}[kind]
    return draw(first, last, powers[0], *hidden, **settings)


def _save(axes: Axes, path: Path) -> None:
    """Write the picture, the same bytes for the same numbers."""
    import io

    import matplotlib as mpl

    kind = path.suffix.lower().removeprefix(".")
    no_date = {"png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}
    buffer = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "rankcert"}):
        axes.figure.savefig(buffer, format=kind, dpi=150, metadata=no_date[kind])  # type: ignore[union-attr]
    path.write_bytes(buffer.getvalue())
