"""Small drawings as SVG, for displays: grids of cells, bars, layers and graphs, in the colours of the page."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from algebra.escape import escape

LARGEST = 48
"""Cells a side of the largest grid that is drawn, and bars of the longest histogram."""

CELL = 9
"""Side of a cell in pixels."""

FILL = "#0e7490"
"""A blue that reads on light and dark pages."""

MOST_NEURONS, GAP, STEP = 6, 70, 16
"""Neurons that are drawn of a layer; pixels between layers, and between neurons."""


def svg(width: float, height: float, body: str) -> str:
    """Return a picture in the colour of the text around it."""
    attributes = [
        'xmlns="http://www.w3.org/2000/svg"',
        f'width="{width:g}"',
        f'height="{height:g}"',
        f'viewBox="0 0 {width:g} {height:g}"',
        'style="display:block;margin:.4em 0;max-width:100%"',
        'fill="currentColor"',
    ]
    return f"<svg {' '.join(attributes)}>{body}</svg>"


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
    size = f'width="{CELL - 1}" height="{CELL - 1}"'
    outline = 'stroke="currentColor" stroke-opacity=".35"'
    parts = []
    for i, row in enumerate(grid):
        top = y + i * CELL + 0.5
        for j, is_set in enumerate(row):
            left = x + j * CELL + 0.5
            fill = FILL if is_set else "none"
            parts.append(f'<rect x="{left:g}" y="{top:g}" {size} fill="{fill}" {outline}/>')
    return "".join(parts)


def grids(named: Sequence[tuple[str, Sequence[Sequence[bool]]]]) -> str:
    """Return grids beside each other, each with its name below; nothing if one is too large.

    Parameters
    ----------
    named : sequence of (str, sequence of sequences of bool)

    Returns
    -------
    str
        SVG.

    Examples
    --------
    >>> grids([("layer 1", [[True, False], [True, True]])]).count("<rect")
    4
    >>> grids([("large", [[True] * 100])])
    ''
    """
    sides = [max(len(grid), max(map(len, grid), default=0)) for _, grid in named]
    if not named or max(sides) > LARGEST:
        return ""

    height = CELL * max(len(grid) for _, grid in named)
    parts, x = [], 0.0
    for name, grid in named:
        parts.append(cells(grid, x))
        parts.append(text(x, height + 13, name, anchor="start"))
        width = max(len(grid[0]) * CELL, 7 * len(name))  # a letter is some seven pixels wide
        x += width + 18
    return svg(x, height + 18, "".join(parts))


def bars(heights: Sequence[tuple[str, float]]) -> str:
    """Return a histogram: one bar for each name, its height above it; nothing if there are too many.

    Parameters
    ----------
    heights : sequence of (str, float)
        At least 0.

    Returns
    -------
    str
        SVG.

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

    # Bars are as wide as the longest name, within limits; the highest one is 70 pixels high, from the line at 84 up.
    longest = max(len(name) for name, _ in heights)
    each = min(60, max(14, 8 + 7 * longest))
    parts = []
    for number, (name, height) in enumerate(heights):
        x, tall = number * each, 70 * height / high
        place = f'x="{x + 2:g}" y="{84 - tall:g}"'
        parts.append(f'<rect {place} width="{each - 4:g}" height="{tall:g}" fill="{FILL}"/>')
        middle = x + each / 2
        parts.append(text(middle, 80 - tall, f"{height:.4g}"))
        parts.append(text(middle, 96, name))
    return svg(len(heights) * each, 100, "".join(parts))


def layers(counts: Sequence[int], between: Sequence[str] = ()) -> str:
    """Return columns of neurons, of wide layers some with the number below, joined by all their connections.

    Parameters
    ----------
    counts : sequence of int
        Neurons of each layer.
    between : sequence of str
        What is written between one layer and the next.

    Returns
    -------
    str
        SVG.

    Examples
    --------
    >>> layers((2, 3, 1)).count("<circle")
    6
    """
    if not 2 <= len(counts) <= 16:
        return ""
    shown = [min(count, MOST_NEURONS) for count in counts]
    tall = max(shown) * STEP

    # Every layer is a column, centred.
    columns = []
    for i, count in enumerate(shown):
        first = tall / 2 - (count - 1) / 2 * STEP + 6
        columns.append([(20 + i * GAP, first + j * STEP) for j in range(count)])

    # All connections of a neuron are one path.
    lines = []
    for left, right in pairwise(columns):
        for x, y in left:
            ends = "".join(f"M{x:g} {y:g}L{u:g} {v:g}" for u, v in right)
            lines.append(f'<path d="{ends}" stroke="currentColor" stroke-opacity=".25"/>')
    dots = [f'<circle cx="{x:g}" cy="{y:g}" r="4.5" fill="{FILL}"/>' for column in columns for x, y in column]

    # Below each layer how many neurons it has, and below that what stands between two layers.
    names = [text(20 + i * GAP, tall + 22, _short(count)) for i, count in enumerate(counts)]
    names += [text(20 + (i + 0.5) * GAP, tall + 34, name) for i, name in enumerate(between)]
    width, height = 40 + (len(counts) - 1) * GAP, tall + (40 if between else 28)
    return svg(width, height, "".join([*lines, *dots, *names]))


def _short(count: int) -> str:
    """Write a number, or about how large it is: log10(2) is about 0.30103."""
    return str(count) if count < 10**7 else f"about 10^{count.bit_length() * 30103 // 100000}"


def circle(order: int, edges: Sequence[tuple[int, int]], names: Sequence[str] = ()) -> str:
    """Return a graph with its vertices on a circle; nothing if it has more than some twenty.

    Parameters
    ----------
    order : int
        Number of vertices.
    edges : sequence of (int, int)
    names : sequence of str
        Of the vertices; default: none are written.

    Returns
    -------
    str
        SVG.

    Examples
    --------
    >>> circle(3, [(0, 1), (1, 2)]).count("<circle")
    3
    """
    from math import cos, pi, sin

    if not 0 < order <= LARGEST // 2:
        return ""

    # The first vertex is on top.
    radius = 22 + 4 * order
    middle = radius + 14
    places = []
    for v in range(order):
        turn = 2 * pi * v / order
        places.append((middle + radius * sin(turn), middle - radius * cos(turn)))

    # One path for all edges, then a dot and a name for each vertex.
    path = []
    for u, v in edges:
        (x, y), (z, w) = places[u], places[v]
        path.append(f"M{x:.4g} {y:.4g}L{z:.4g} {w:.4g}")
    drawn = [f'<path d="{"".join(path)}" stroke="currentColor" stroke-opacity=".5"/>']
    drawn += [f'<circle cx="{x:.4g}" cy="{y:.4g}" r="8" fill="{FILL}"/>' for x, y in places]
    style = 'font-size="9" text-anchor="middle" fill="white"'
    for (x, y), name in zip(places, names or map(str, range(order)), strict=True):
        drawn.append(f'<text x="{x:.4g}" y="{y + 3:.4g}" {style}>{escape(name)}</text>')
    side = 2 * middle
    return svg(side, side, "".join(drawn))
