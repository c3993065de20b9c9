"""`rankcert plot`: dimensions, frontiers, defects, attention matrices and patterns, ranks as pictures."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from algebra.errors import InputError
from algebra.writing import write_file
from proofs_check.cli.build import command
from proofs_check.cli.output import print_envelope, remark
from proofs_check.cli.written import check_written
from proofs_check.option import JSON, SEED, Option, words_option
from proofs_check.words import at_least, one_of, path, real, span

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from proofs_check.plots.looks import Looks

MOST_INCHES, MOST_POINTS = 100.0, 100.0


def inches(name: str, word: str) -> tuple[float, float]:
    """Read width and height.

    Raises
    ------
    InputError
        If it is no such pair.

    Examples
    --------
    >>> inches("--size", "6x4.5")
    (6.0, 4.5)
    """
    parts = word.replace(",", "x").split("x")
    allowed = f"width and height in inches, each at least 1 and at most {MOST_INCHES:g}, such as 6x4"
    try:
        width, height = map(float, parts)
    except ValueError:
        raise InputError(name, word, allowed) from None
    if not (1 <= width <= MOST_INCHES and 1 <= height <= MOST_INCHES):
        raise InputError(name, word, allowed)
    return width, height


def points(name: str, word: str) -> float:
    """Read a size of letters.

    Raises
    ------
    InputError
        If it is no such size.
    """
    size = real(name, word)
    if not 1 <= size <= MOST_POINTS:
        raise InputError(name, word, f"a size in points, at least 1 and at most {MOST_POINTS:g}")
    return size


KINDS = ("heatmap", "staircase", "defects")
FILE_KINDS = ("realised", "attention-pattern")
GRID_KIND = "overlaps"
DEPTH_KIND = "attention-depth"
MOST_WIDTHS, WIDEST, MOST_LAYERS = (
    12,
    48,
    12,
)  # more curves cannot be told apart; bounds of 12 wider layers are hard to write down
FORMATS = (".png", ".svg", ".pdf")
ALL_KINDS = (*KINDS, *FILE_KINDS, GRID_KIND, DEPTH_KIND)

KIND = Option(
    "kind",
    f"What to draw: {', '.join(ALL_KINDS)}.",
    one_of(lambda: ALL_KINDS),
    metavar="KIND",
    choices=lambda: ALL_KINDS,
    is_argument=True,
    is_needed=True,
)
WORDS = words_option(
    "words",
    "Widths from input to output; hidden ones are ranges like 2..8. One hidden width: over the degree. "
    "For realised and attention-pattern the FILE of rankcert attention realise or pattern. "
    "For overlaps the grid of patches, such as 16 or 8x8, and the number of templates (2). "
    "For attention-depth the widths, ranges among them.",
    metavar="WIDTHS…|FILE|GRID [M]",
    is_needed=True,
)
OUTPUT = Option(
    "output", "Write to .png, .svg or .pdf.", path, metavar="FILE", spelled=("--output", "-o"), is_needed=True
)
DEGREE = Option("degree", "Activation degree; a range for one hidden width.", metavar="R|R..R")


def _views() -> tuple[str, ...]:
    from proofs_check.plots.depth import VIEWS

    return tuple(VIEWS)


OVER = Option(
    "over",
    "For attention-depth: depth (default), width, heads, vocabulary or embedding-rank along the axis.",
    one_of(_views),
    metavar="SIZE",
    choices=_views,
)
LAYERS = Option("layers", "For attention-depth: depths, one curve each; default: 2, over width 1..4.", span, None, "L")
HEADS = Option("heads", "For attention-depth: heads in a layer, of size d/H; default: 1.", at_least(1), None, "H")


TITLE = Option("title", "Title, instead of the picture's own; $…$ holds formulas.", metavar="TEXT")
SIZE = Option("size", "Width and height in inches: 6x4.", inches, metavar="WxH")
FONT = Option("font", "Family of letters: serif, or a name that matplotlib knows.", metavar="NAME")
FONT_SIZE = Option("font_size", "Size of letters in points; default: 10.", points, metavar="PT")
DPI = Option("dpi", "Dots an inch of a .png; default: 150.", at_least(10), metavar="N")
LOOKS = (TITLE, SIZE, FONT, FONT_SIZE, DPI)


def plot_command() -> click.Command:
    """Return `rankcert plot`."""
    return command(
        "plot",
        plot,
        [KIND, WORDS, OUTPUT, DEGREE, OVER, LAYERS, HEADS, *LOOKS, SEED, JSON],
        "Dimension over two hidden widths, frontier of filling architectures, defect; attention; ranks.",
        usage=(
            "rankcert plot staircase 3 1..10 1..12 1 --degree 3 --output filling.png",
            "rankcert plot defects 4 2..12 3 --degree 2..5 --output defects.svg",
            "rankcert plot realised matrix.json --output matrix.png",
            "rankcert plot attention-pattern pattern.json --output pattern.pdf",
            "rankcert plot overlaps 8x8 --output overlaps.png",
            "rankcert plot attention-depth 2..4 6 8 --output depth.png",
            "rankcert plot attention-depth 6 8 12 --over heads --output heads.png",
        ),
    )


def plot(
    kind: str,
    words: tuple[str, ...],
    output: Path,
    degree: str | None,
    over: str | None,
    layers: range | None,
    heads: int | None,
    seed: int,
    as_json: bool,
    **looks: Any,
) -> None:
    """Draw a picture in the chosen letters and write it."""
    from proofs_check.engine.cores import one_blas_thread
    from proofs_check.plots.looks import Looks

    one_blas_thread()
    chosen = Looks(**looks)
    with chosen.letters():
        _plot(kind, words, output, degree, over, layers, heads, seed, as_json, chosen)


def _plot(
    kind: str,
    words: tuple[str, ...],
    output: Path,
    degree: str | None,
    over: str | None,
    layers: range | None,
    heads: int | None,
    seed: int,
    as_json: bool,
    looks: Looks,
) -> None:
    start = time.perf_counter()
    given: dict[str, Any]
    stacks = {"over": over, "layers": layers, "heads": heads}
    _check_stacks(kind, stacks)
    if kind in FILE_KINDS:
        given = {"file": _file(words, degree)}
        _check_target(output)
        figure = _draw_file(kind, Path(words[0]), seed)
    elif kind == GRID_KIND:
        given = _grid(words, degree)
        _check_target(output)
        figure = _draw_overlaps(given, seed)
    elif kind == DEPTH_KIND:
        given = _depth_widths(words, degree) | {name: told for name, told in stacks.items() if told is not None}
        _check_target(output)
        figure = _draw_depth(given, seed)
        given["layers"] = list(given.get("layers", ()))
    else:
        ranges, powers = _ranges(kind, words, degree)
        _check_target(output)
        figure, given = _draw(kind, ranges, powers, seed), {"widths": list(words), "degree": degree}
    looks.apply(figure)
    _save(figure, output, looks.dots)
    seconds = round(time.perf_counter() - start, 6)
    if as_json:
        print_envelope("plot", [{"plot": kind, **given, "seed": seed, "seconds": seconds, "output": str(output)}])
    else:
        remark(f"{kind} in {output} ({seconds:.3g} s)")


def _check_stacks(kind: str, stacks: dict[str, Any]) -> None:
    """Check that what describes stacks of attention layers is told of them alone, and that it can be drawn."""
    for name, told in stacks.items():
        if told is not None and kind != DEPTH_KIND:
            raise InputError(f"--{name}", told, f"left out where {kind} is drawn: only for {DEPTH_KIND}")
    layers = stacks["layers"]
    if layers is not None and not 1 <= layers[0] <= layers[-1] <= MOST_LAYERS:
        raise InputError("--layers", f"{layers[0]}..{layers[-1]}", f"between 1 and {MOST_LAYERS}")
    if layers is not None and stacks["over"] in (None, "depth"):
        raise InputError("--layers", f"{layers[0]}..{layers[-1]}", "left out where all depths are drawn")
    if stacks["heads"] is not None and stacks["over"] == "heads":
        raise InputError("--heads", stacks["heads"], "left out where all divisors of the width are drawn")


def _file(words: Sequence[str], degree: str | None) -> str:
    """Check that there is one file and no degree."""
    if len(words) != 1:
        raise InputError("FILE", " ".join(words), "one .json file")
    if degree is not None:
        raise InputError("--degree", degree, "left out where a file is drawn")
    return words[0]


def _draw_file(kind: str, path: Path, seed: int) -> Figure:
    """Draw what a file of `rankcert attention` describes."""
    from algebra.reading import parse_object, read_text
    from proofs_check.plots import pattern_figure, realised_matrix_figure
    from proofs_check.questions.attention_pattern import Pattern, pattern_of
    from proofs_check.questions.attention_realise import Target, realised_of
    from proofs_check.reading import read
    from tensors.attention.patterns import check_assumption1

    given = parse_object(read_text(path), str(path))
    if kind == "realised":
        return realised_matrix_figure(realised_of(read(Target, given), seed))
    return pattern_figure(check_assumption1(pattern_of(read(Pattern, given), seed), seed=seed))


def _grid(words: Sequence[str], degree: str | None) -> dict[str, Any]:
    """Read the grid of patches and the number of templates."""
    if degree is not None:
        raise InputError("--degree", degree, "left out where ranks over overlaps are drawn")
    sizes = words[0].split("x")
    if not all(word.isdecimal() for word in (*sizes, *words[1:])) or len(words) > 2:
        raise InputError("GRID", " ".join(words), "a grid such as 16 or 8x8, and perhaps the number of templates")
    return {"shape": [int(size) for size in sizes], "templates": int(words[1]) if len(words) == 2 else 2}


def _draw_overlaps(given: dict[str, Any], seed: int) -> Figure:
    from proofs_check.plots import overlaps_figure

    return overlaps_figure(given["shape"], given["templates"], seed)


def _depth_widths(words: Sequence[str], degree: str | None) -> dict[str, Any]:
    """Read the widths of attention stacks."""
    if degree is not None:
        raise InputError("--degree", degree, "left out where ranks over depth are drawn")
    widths = [width for word in words for width in span("widths", word)]
    if len(widths) > MOST_WIDTHS or max(widths) > WIDEST:
        raise InputError("widths", " ".join(words), f"at most {MOST_WIDTHS} of them, each at most {WIDEST}")
    return {"widths": widths}


def _draw_depth(given: dict[str, Any], seed: int) -> Figure:
    from proofs_check.plots import attention_depth_figure

    return attention_depth_figure(**given, seed=seed)


def _ranges(kind: str, widths: Sequence[str], degree: str | None) -> tuple[list[range], range]:
    """Read the widths and the degrees, and check that they suit the kind."""
    if degree is None:
        raise InputError("--degree", None, "given: the activation degree")
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
    if path.suffix.lower() not in FORMATS:
        raise InputError("--output", str(path), f"a file whose name ends in {', '.join(FORMATS)}")
    check_written("--output", path)


def _draw(kind: str, ranges: Sequence[range], powers: range, seed: int) -> Figure:
    """Draw on a figure of its own, which needs no display."""
    from proofs_check.plots import defect_map, dimension_heatmap, figure_size, frontier_staircase, new_axes

    first, last, hidden = ranges[0][0], ranges[-1][0], ranges[1:-1]
    upwards = hidden[1] if len(hidden) == 2 else powers
    settings: dict[str, Any] = {"seed": seed, "ax": new_axes(figure_size(len(hidden[0]), len(upwards)))}
    if len(hidden) == 1:
        defect_map(first, last, powers, hidden[0], **settings)
    else:
        draw = {"heatmap": dimension_heatmap, "staircase": frontier_staircase, "defects": defect_map}[kind]
        draw(first, last, powers[0], *hidden, **settings)
    return settings["ax"].figure  # type: ignore[no-any-return]


def _save(figure: Figure, path: Path, dots: int) -> None:
    """Write the picture, the same bytes for the same numbers."""
    import io

    import matplotlib as mpl

    kind = path.suffix.lower().removeprefix(".")
    no_date = {"png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}
    buffer = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "rankcert"}):
        figure.savefig(buffer, format=kind, dpi=dots, metadata=no_date[kind])
    write_file(path, buffer.getvalue(), "--output")
