"""Cells, numbers, stairs and notes, on the axes of matplotlib."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra import Bounds, Grade, InputError
from proofs_check.plots.grid import Grid

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

FRONTIER = "#d55e00"  # vermilion, of the palette of Okabe and Ito
HATCHED = "#cc79a7"  # reddish purple of the same palette, seen on blue, grey and yellow
HATCHES = {Grade.PROBABLE: "///", Grade.NUMERIC: "\\\\\\", Grade.INCONCLUSIVE: "xxx"}
NOTED = 24.0  # points between a picture and its title, with notes between
MOST_NUMBERS = 1000  # beyond, the cells are too small for numbers


def axes_for(ax: Axes | None, grid: Grid, upwards: str = "second hidden width $d_2$") -> Axes:
    """Return the given axes, or those of a new figure of fitting size; labelled."""
    if ax is None:
        from matplotlib import pyplot

        _, ax = pyplot.subplots(figsize=figure_size(len(grid.columns), len(grid.rows)), layout="constrained")
    ax.set(xlabel="first hidden width $d_1$", ylabel=upwards)
    return ax


def new_figure(size: tuple[float, float]) -> Figure:
    """Return a figure that needs no display and that nothing else keeps.

    Parameters
    ----------
    size : (float, float)
        Width and height in inches.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    InputError
        If matplotlib is not installed.
    """
    check_matplotlib()
    from matplotlib.figure import Figure

    return Figure(figsize=size, layout="constrained")


def new_axes(size: tuple[float, float]) -> Axes:
    """Return the axes of a `new_figure`.

    Parameters
    ----------
    size : (float, float)
        Width and height in inches.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InputError
        If matplotlib is not installed.
    """
    return new_figure(size).subplots()


def check_matplotlib() -> None:
    """Refuse to draw without matplotlib.

    Raises
    ------
    InputError
        Saying how to install it.
    """
    from importlib.util import find_spec

    if find_spec("matplotlib") is None:
        raise InputError("matplotlib", None, "installed for plots: pip install matplotlib")


def figure_size(columns: int, rows: int) -> tuple[float, float]:
    """Return width and height in inches that give cells of half an inch, within bounds.

    Parameters
    ----------
    columns, rows : int
        Numbers of cells.

    Returns
    -------
    (float, float)

    Examples
    --------
    >>> figure_size(8, 8)
    (6.2, 5.6)
    """
    return (2.2 + min(max(0.5 * columns, 3.5), 12.0), 1.6 + min(max(0.5 * rows, 2.0), 9.0))


def shades(count: int) -> Colormap:
    """Colours for so many integers from 0 on: light grey for 0, then cividis from light to dark."""
    import matplotlib as mpl
    from matplotlib.colors import ListedColormap

    colours = mpl.colormaps["cividis"](np.linspace(0.95, 0.0, max(count - 1, 1)))
    return ListedColormap(np.vstack([[0.95, 0.95, 0.95, 1.0], colours]))


def draw_cells(
    axes: Axes,
    grid: Grid,
    values: np.ndarray[Any, Any],
    name: str,
    colours: str | Colormap,
    limits: tuple[float, float],
) -> None:
    """Draw a coloured cell for each value, integer ticks and a bar that explains the colours."""
    from matplotlib.ticker import MaxNLocator

    low, high = limits
    image = axes.imshow(
        values,
        origin="lower",
        extent=grid.edges,
        cmap=colours,
        vmin=low,
        vmax=high,
        aspect="auto",
        interpolation="none",
    )
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=min(20, len(grid.columns))))
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=min(20, len(grid.rows))))
    left, right, bottom, top = grid.edges
    bare_cells(axes, (np.arange(left, right + 1), np.arange(bottom, top + 1)) if values.size <= MOST_NUMBERS else None)
    ticks = MaxNLocator(nbins=10, integer=True, min_n_ticks=1)
    colour_bar(image, [axes], label=name, ticks=ticks, aspect=30, pad=0.02)


def draw_grades(
    axes: Axes,
    places: Sequence[int],
    heights: Sequence[float],
    ranks: Sequence[Bounds],
    look: tuple[Any, str, float],
    name: str = "_proved",
) -> None:
    """Mark each place at its height, in a colour, by a marker of some size: filled where the rank is proved, else open.

    Parameters
    ----------
    axes : Axes
    places, heights, ranks : sequence
        One of each for each mark.
    look : (colour, str, float)
        Colour, marker, and its size in points.
    name : str
        Of the filled marks, in a legend.
    """
    colour, marker, size = look
    for is_proved, fill, label in ((True, colour, name), (False, "white", "_open")):
        chosen = [k for k, bounds in enumerate(ranks) if (bounds.grade is Grade.PROVED) == is_proved]
        marked = [places[k] for k in chosen], [heights[k] for k in chosen]
        axes.plot(*marked, marker, color=colour, mfc=fill, ms=size, label=label)


def curve_axes(axes: Axes, over: str, value: str) -> None:
    """Label the axes of curves over whole numbers, and take the frame from above and from the right."""
    from matplotlib.ticker import MaxNLocator

    axes.set(xlabel=over, ylabel=value)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=16))
    axes.spines[["top", "right"]].set_visible(False)


def bare_cells(axes: Axes, borders: tuple[Any, Any] | None) -> None:
    """Take the frame and the marks of the ticks from a picture of cells; draw white borders if given (x, y)."""
    if borders is not None:
        axes.set_xticks(borders[0], minor=True)
        axes.set_yticks(borders[1], minor=True)
        axes.grid(which="minor", color="white", lw=0.8)
    axes.tick_params(which="both", length=0)
    axes.spines[:].set_visible(False)


def colour_bar(image: Any, axes: Sequence[Axes], **settings: Any) -> Any:
    """Draw a bar that explains the colours beside some axes, without a frame."""
    figure = axes[0].get_figure()
    assert figure is not None
    bar: Any = figure.colorbar(image, ax=list(axes), **settings)
    bar.outline.set_visible(False)
    return bar


def write_numbers(axes: Axes, grid: Grid, texts: Sequence[Sequence[str]]) -> None:
    """Write a text into each cell, dark on light and light on dark."""
    image = axes.get_images()[-1]
    if len(grid.columns) * len(grid.rows) > MOST_NUMBERS:
        return
    colours = image.to_rgba(image.get_array())  # type: ignore[arg-type]
    size = _points() * (0.9 if max(len(grid.columns), len(grid.rows)) <= 18 else 0.7)
    for row, line in zip(grid.rows, texts, strict=True):
        for column, text in zip(grid.columns, line, strict=True):
            red, green, blue = colours[row - grid.rows[0], column - grid.columns[0], :3]
            bright = 0.299 * red + 0.587 * green + 0.114 * blue > 0.5
            ink = "black" if bright or text == "?" else "white"
            axes.text(column, row, text, ha="center", va="center", fontsize=size, color=ink)


def _points() -> float:
    """Return the size of letters that is in force."""
    import matplotlib as mpl

    return float(mpl.rcParams["font.size"])


def hatch_unproved(axes: Axes, grid: Grid) -> list[Artist]:
    """Hatch the cells that are not proved, one pattern a grade, and return what a legend says of them."""
    from matplotlib.patches import Patch, Rectangle

    found: dict[Grade, Artist] = {}
    for row, line in zip(grid.rows, grid.bounds, strict=True):
        for column, bounds in zip(grid.columns, line, strict=True):
            if bounds.grade not in HATCHES:
                continue
            pattern: dict[str, Any] = {"hatch": HATCHES[bounds.grade], "fill": False, "edgecolor": HATCHED, "lw": 0}
            axes.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, **pattern))
            found.setdefault(bounds.grade, Patch(label=f"{bounds.grade.value}, not proved", **pattern))
    return list(found.values())


def frontier_handles() -> list[Artist]:
    """Return what a legend says of the frontier."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    line = Line2D([], [], color=FRONTIER, lw=3, label="frontier: filling to the right of it and above")
    return [line, Patch(fill=False, edgecolor=FRONTIER, lw=2, label="minimal filling architecture")]


def add_legend(axes: Axes, handles: Sequence[Artist]) -> None:
    """Put a legend below the picture, where it hides no cell."""
    if handles:
        below: dict[str, Any] = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.16), "borderaxespad": 0.0}
        axes.legend(handles=list(handles), frameon=False, fontsize=0.9 * _points(), handlelength=2.4, **below)


def add_note(axes: Axes, notes: Sequence[str]) -> None:
    """Put notes between the picture and its title."""
    if notes:
        axes.set_title(axes.get_title(), pad=NOTED)
        axes.annotate(
            "; ".join(notes),
            (0.5, 1.0),
            (0, 7),
            "axes fraction",
            "offset points",
            ha="center",
            va="bottom",
            fontsize=0.9 * _points(),
        )


def draw_staircase(axes: Axes, grid: Grid, points: Sequence[tuple[int, int]]) -> None:
    """Draw the border of what lies above some points, and frame these points."""
    from matplotlib.patches import Rectangle

    x, y = staircase(points, grid.edges)
    axes.plot(x, y, color="white", lw=5.5, solid_joinstyle="miter", solid_capstyle="butt", label="_halo")
    axes.plot(x, y, color=FRONTIER, lw=3, solid_joinstyle="miter", solid_capstyle="butt", label="frontier")
    for d1, d2 in points:
        if d1 in grid.columns and d2 in grid.rows:
            axes.add_patch(Rectangle((d1 - 0.38, d2 - 0.38), 0.76, 0.76, fill=False, ec=FRONTIER, lw=2))
    left, right, low, high = grid.edges
    axes.set(xlim=(left, right), ylim=(low, high))


def staircase(
    points: Sequence[tuple[int, int]], edges: tuple[float, float, float, float]
) -> tuple[list[float], list[float]]:
    """Return the lower left border of what lies above some minimal points, cut off at the edges.

    Examples
    --------
    >>> staircase([(4, 5), (6, 3)], (0.5, 8.5, 0.5, 8.5))
    ([3.5, 3.5, 5.5, 5.5, 8.5], [8.5, 4.5, 4.5, 2.5, 2.5])
    """
    left, right, low, high = edges
    x, y = [], [high]
    for d1, d2 in sorted(points):
        x += [d1 - 0.5] * 2
        y += [d2 - 0.5] * 2
    x = [min(max(value, left), right) for value in [*x, right]]
    return (x, [min(max(value, low), high) for value in y]) if points else ([], [])
