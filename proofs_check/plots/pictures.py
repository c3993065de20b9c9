"""The pictures: heat map, staircase, defects."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from algebra import Grade
from algebra.errors import as_integer
from proofs_check.plots.canvas import (
    add_legend,
    add_note,
    axes_for,
    check_matplotlib,
    draw_cells,
    draw_staircase,
    frontier_handles,
    hatch_unproved,
    shades,
    write_numbers,
)
from proofs_check.plots.grid import Grid, two_hidden_widths, width_and_degree

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ONLY_LOWER, NOT_DECIDED = "≥: only a lower bound is proved", "?: not decided"


def dimension_heatmap(
    input: int,
    output: int,
    degree: int,
    d1_range: Iterable[int],
    d2_range: Iterable[int],
    *,
    seed: int = 0,
    ax: Axes | None = None,
) -> Axes:
    """Draw the dimension over the two hidden widths of a network.

    Parameters
    ----------
    input, output : int
        Widths of input and output.
    degree : int
        Activation degree.
    d1_range, d2_range : iterable of int
        Consecutive widths of the first hidden layer (to the right) and of the second (upwards).
    seed : int
    ax : matplotlib.axes.Axes, optional
        Where to draw; default: a new figure.

    Returns
    -------
    matplotlib.axes.Axes
    """
    check_matplotlib()
    grid = two_hidden_widths(input, output, degree, d1_range, d2_range, seed)
    axes = axes_for(ax, grid)
    _draw_dimensions(axes, grid)
    axes.set_title(f"Dimension of $({input}, d_1, d_2, {output})$ with activation $x^{{{degree}}}$")
    add_note(axes, _about_grades(grid))
    add_legend(axes, hatch_unproved(axes, grid))
    return axes


def frontier_staircase(
    input: int,
    output: int,
    degree: int,
    d1_range: Iterable[int],
    d2_range: Iterable[int],
    *,
    seed: int = 0,
    ax: Axes | None = None,
) -> Axes:
    """Draw the frontier of the filling architectures on the heat map of dimensions; minimal ones are framed.

    The minimal filling architectures are those of the complete list (`MinimalFilling`), not only of the picture.

    Parameters
    ----------
    input, output : int
        Widths of input and output.
    degree : int
        Activation degree.
    d1_range, d2_range : iterable of int
        Consecutive widths of the first hidden layer (to the right) and of the second (upwards).
    seed : int
    ax : matplotlib.axes.Axes, optional
        Where to draw; default: a new figure.

    Returns
    -------
    matplotlib.axes.Axes
    """
    from proofs_check.filling import FillingProblem, MinimalFilling

    check_matplotlib()
    grid = two_hidden_widths(input, output, degree, d1_range, d2_range, seed)
    axes = axes_for(ax, grid)
    search = MinimalFilling(FillingProblem(input, output, 3, degree), seed)
    search.run()
    points = [(d1, d2) for d1, d2 in search.minimal()]
    _draw_dimensions(axes, grid)
    draw_staircase(axes, grid, points)
    axes.set_title(f"Filling architectures $({input}, d_1, d_2, {output})$ with activation $x^{{{degree}}}$")
    add_note(axes, _about_frontier(grid, points, search.is_complete))
    add_legend(axes, [*(frontier_handles() if points else []), *hatch_unproved(axes, grid)])
    return axes


def defect_map(
    input: int,
    output: int,
    degree: int | Iterable[int],
    d1_range: Iterable[int],
    d2_range: Iterable[int] | None = None,
    *,
    seed: int = 0,
    ax: Axes | None = None,
) -> Axes:
    """Draw the defect: how far the dimension stays below the expected one.

    Parameters
    ----------
    input, output : int
    degree : int or iterable of int
        One degree with `d2_range`; consecutive degrees (upwards) without it.
    d1_range : iterable of int
        Consecutive widths of the first hidden layer, to the right.
    d2_range : iterable of int, optional
        Consecutive widths of a second hidden layer, upwards.
    seed : int
    ax : matplotlib.axes.Axes, optional

    Returns
    -------
    matplotlib.axes.Axes
    """
    check_matplotlib()
    if d2_range is not None:
        power = as_integer("degree", degree, least=1)
        grid = two_hidden_widths(input, output, power, d1_range, d2_range, seed)
        name, upwards = rf"$({input}, d_1, d_2, {output})$ with activation $x^{{{power}}}$", "second hidden width $d_2$"
    else:
        degrees = degree if isinstance(degree, Iterable) else [degree]
        grid = width_and_degree(input, output, degrees, d1_range, seed)
        name, upwards = rf"$({input}, d_1, {output})$ with activation $x^r$", "activation degree $r$"
    axes = axes_for(ax, grid, upwards)
    defects = grid.defects()
    top = max(1, _greatest(defects))
    draw_cells(axes, grid, defects, "defect", shades(top + 1), (-0.5, top + 0.5))
    write_numbers(axes, grid, [["?" if math.isnan(d) else f"{d:.0f}" for d in row] for row in defects])
    axes.set_title(f"Defect of {name}")
    add_note(axes, _about_grades(grid, NOT_DECIDED))
    add_legend(axes, hatch_unproved(axes, grid))
    return axes


def _greatest(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> int:
    known = values[~np.isnan(values)]
    return int(known.max()) if known.size else 0


def _about_grades(grid: Grid, sign: str = ONLY_LOWER) -> list[str]:
    """Say what a sign means if it is there, and how many cells are only probable; nothing if all are proved."""
    grades = [bounds.grade for row in grid.bounds for bounds in row]
    probable = grades.count(Grade.PROBABLE)
    return [sign] * (Grade.INCONCLUSIVE in grades) + [f"{probable} of {len(grades)} only probable"] * bool(probable)


def _draw_dimensions(axes: Axes, grid: Grid) -> None:
    values = grid.dimensions()
    draw_cells(axes, grid, values, "dimension", "cividis", (0.0, float(values.max())))
    signs = [["≥" * (b.grade is Grade.INCONCLUSIVE) + str(b.lower) for b in row] for row in grid.bounds]
    write_numbers(axes, grid, signs)


def _about_frontier(grid: Grid, points: Sequence[tuple[int, int]], complete: bool) -> list[str]:
    shown = [(d1, d2) for d1, d2 in points if d1 in grid.columns and d2 in grid.rows]
    outside = len(points) - len(shown)

    # The first four are named.
    widths = grid.networks[0][0].widths
    first, last = widths[0], widths[-1]
    names = [f"({first}, {d1}, {d2}, {last})" for d1, d2 in shown[:4]]
    if len(shown) > 4:
        names.append("…")
    text = f"minimal: {', '.join(names)}" if names else "no minimal filling architecture is in the picture"
    if outside:
        text = f"{text}; {outside} outside"

    proof = "the list is proved to be complete" if complete else "the list may be incomplete"
    return [text, proof, *_about_grades(grid)]
