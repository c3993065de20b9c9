"""Small drawings as SVG, for displays: grids of cells, bars, layers and graphs, in the colours of the page."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import pairwise

LARGEST = 48
"""Cells a side of the largest grid that is drawn, and bars of the longest histogram."""

CELL = 9
"""Side of a cell in pixels."""

FILL = "#0e7490"
"""A blue that reads on light and dark pages."""


def svg(width: float, height: float, body: str) -> str:
    """Return a picture in the colour of the text around it."""
    size = f'width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}"'
    style = "display:block;margin:.4em 0;max-width:100%"
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} style="{style}" fill="currentColor">{body}</svg>'


def text(x: float, y: float, said: str, anchor: str = "middle") -> str:
    """Return a small text."""
    style = f'font-size="10" font-family="sans-serif" text-anchor="{anchor}"'
    return f'<text x="{x:g}" y="{y:g}" {style}>{escape(said)}</text>'


def cells(grid: Sequence[Sequence[bool]], x: float = 0, y: float = 0) -> str:
    """Return the cells of a grid, the true ones filled.

    Examples
    --------
    >>> cells([[True, False]]).count("<rect")
    2
    """
    parts = []
    for i, row in enumerate(grid):
        for j, is_set in enumerate(row):
            fill = FILL if is_set else "none"
            place = f'x="{x + j * CELL + 0.5:g}" y="{y + i * CELL + 0.5:g}"'
            size = f'width="{CELL - 1}" height="{CELL - 1}"'
            parts.append(f'<rect {place} {size} fill="{fill}" stroke="currentColor" stroke-opacity=".35"/>')
    return "".join(parts)


def grids(named: Sequence[tuple[str, Sequence[Sequence[bool]]]]) -> str:
    """Return grids beside each other, each with its name below; nothing if one is too large.

    Examples
    --------
    >>> grids([("layer 1", [[True, False], [True, True]])]).count("<rect")
    4
    >>> grids([("large", [[True] * 100])])
    ''
    """
    if not named or any(max(len(grid), max(map(len, grid), default=0)) > LARGEST for _, grid in named):
        return ""
    parts, x, height = [], 0.0, max(len(grid) for _, grid in named) * CELL
    for name, grid in named:
        width = max(len(grid[0]) * CELL, 7 * len(name))
        parts += [cells(grid, x), text(x, height + 13, name, anchor="start")]
        x += width + 18
    return svg(x, height + 18, "".join(parts))


def bars(heights: Sequence[tuple[str, float]]) -> str:
    """Return a histogram: one bar for each name, its height above it; nothing if there are too many.

    Examples
    --------
    >>> bars([("2", 3), ("4", 1)]).count("<rect")
    2
    """
    if not heights or len(heights) > LARGEST:
        return ""
    high = max(height for _, height in heights)
    if not high > 0:
        return ""
    each = min(60, max(14, 8 + 7 * max(len(name) for name, _ in heights)))
    parts = []
    for number, (name, height) in enumerate(heights):
        tall, x = 70 * height / high, number * each
        parts.append(f'<rect x="{x + 2:g}" y="{84 - tall:g}" width="{each - 4:g}" height="{tall:g}" fill="{FILL}"/>')
        parts += [text(x + each / 2, 80 - tall, f"{height:.4g}"), text(x + each / 2, 96, name)]
    return svg(len(heights) * each, 100, "".join(parts))


def layers(counts: Sequence[int], between: Sequence[str] = ()) -> str:
    """Return columns of neurons, of wide layers some with the number below, joined by all their connections.

    Examples
    --------
    >>> layers((2, 3, 1)).count("<circle")
    6
    """
    most, gap, step = 6, 70, 16
    if not 2 <= len(counts) <= 16:
        return ""
    shown = [min(count, most) for count in counts]
    tall = max(shown) * step
    at = [[(20 + i * gap, tall / 2 + (j - (n - 1) / 2) * step + 6) for j in range(n)] for i, n in enumerate(shown)]
    lines = []
    for left, right in pairwise(at):
        for x, y in left:
            ends = "".join(f"M{x:g} {y:g}L{u:g} {v:g}" for u, v in right)
            lines.append(f'<path d="{ends}" stroke="currentColor" stroke-opacity=".25"/>')
    dots = [f'<circle cx="{x:g}" cy="{y:g}" r="4.5" fill="{FILL}"/>' for column in at for x, y in column]
    short = [str(count) if count < 10**7 else f"about 10^{count.bit_length() * 30103 // 100000}" for count in counts]
    names = [text(20 + i * gap, tall + 22, name) for i, name in enumerate(short)]
    names += [text(20 + (i + 0.5) * gap, tall + 34, name) for i, name in enumerate(between)]
    return svg(40 + (len(counts) - 1) * gap, tall + (40 if between else 28), "".join(lines + dots + names))


def circle(order: int, edges: Sequence[tuple[int, int]], names: Sequence[str] = ()) -> str:
    """Return a graph with its vertices on a circle; nothing if it has more than some twenty.

    Examples
    --------
    >>> circle(3, [(0, 1), (1, 2)]).count("<circle")
    3
    """
    from math import cos, pi, sin

    if not 0 < order <= LARGEST // 2:
        return ""
    radius = 22 + 4 * order
    turns, middle = [2 * pi * v / order for v in range(order)], radius + 14
    at = [(middle + radius * sin(turn), middle - radius * cos(turn)) for turn in turns]
    ends = "".join(f"M{at[u][0]:.4g} {at[u][1]:.4g}L{at[v][0]:.4g} {at[v][1]:.4g}" for u, v in edges)
    dots = "".join(f'<circle cx="{x:.4g}" cy="{y:.4g}" r="8" fill="{FILL}"/>' for x, y in at)
    said = names or [str(v) for v in range(order)]
    labels = "".join(
        f'<text x="{x:.4g}" y="{y + 3:.4g}" font-size="9" text-anchor="middle" fill="white">{escape(name)}</text>'
        for (x, y), name in zip(at, said, strict=True)
    )
    side = 2 * radius + 28
    return svg(side, side, f'<path d="{ends}" stroke="currentColor" stroke-opacity=".5"/>{dots}{labels}')
