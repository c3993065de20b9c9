"""Sparse attention patterns as matrices and as digraphs, with their certificates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from algebra import InputError
from proofs_check.plots.canvas import FRONTIER, bare_cells, colour_bar, new_figure, shades
from tensors.attention.patterns import Assumption1, SparsePattern, check_assumption1
from tensors.attention.patterns.bits import compose, unpacked_rows

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from networkx import DiGraph
    from numpy.typing import NDArray

MOST_TOKENS = 512
MOST_LAYERS = 4
MOST_NODES = 32  # beyond, the arcs of a digraph are a blot
HIDDEN, VISIBLE, CLOSED = "#ededed", "#00224e", "#e3cc55"
PANEL = 3.1


def layers_until_seen(pattern: SparsePattern) -> NDArray[np.int64]:
    """Return, for each token k and each token j, after how many layers k has first seen j; 0 for never.

    Parameters
    ----------
    pattern : SparsePattern

    Returns
    -------
    numpy.ndarray of int64, shape (n, n)
        One row a token k, one column a token j.

    Examples
    --------
    >>> layers_until_seen(SparsePattern.from_lists([[[0, 1], [1], [1, 2]]])).tolist()
    [[1, 1, 0], [0, 1, 0], [0, 1, 1]]
    """
    found = np.zeros((pattern.n, pattern.n), np.int64)
    seen = pattern.layers[0]
    for done in range(1, pattern.n * pattern.p + 1):  # a shortest way visits no token in the same layer twice
        if done > 1:
            seen = compose(pattern.layers[(done - 1) % pattern.p], seen)
        now = unpacked_rows(seen, pattern.n)
        found[now & (found == 0)] = done
        if found.all():
            break
    return found


def pattern_figure(pattern: SparsePattern | Assumption1) -> Figure:
    """Draw the layers of a pattern as matrices and as digraphs, and after how many layers a token sees another.

    A Hamiltonian path, if one was found, is drawn in vermilion; tokens that never see the others, if there are any,
    in yellow. An arc from k to j says that k attends to j; self-loops are left out of the digraphs, and digraphs of
    more than 32 tokens are left out.

    Parameters
    ----------
    pattern : SparsePattern or Assumption1
        A pattern, or what `check_assumption1` says of it.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    InputError
        If there are more than 512 tokens or 4 layers, or matplotlib is not installed.
    """
    shape = pattern.pattern if isinstance(pattern, Assumption1) else pattern
    if shape.n > MOST_TOKENS:
        raise InputError("pattern", f"{shape.n} tokens", f"of at most {MOST_TOKENS} tokens, to be drawn")
    if shape.p > MOST_LAYERS:
        raise InputError("pattern", f"{shape.p} layers", f"of at most {MOST_LAYERS} layers; or draw its united()")
    found = pattern if isinstance(pattern, Assumption1) else check_assumption1(pattern)
    with_graphs = shape.n <= MOST_NODES
    columns = shape.p + 1 + (shape.p == 1 and with_graphs)
    rows = 2 if shape.p > 1 and with_graphs else 1
    figure = new_figure((PANEL * columns + 0.9, (PANEL + 0.35) * rows + 0.6))
    axes = figure.subplots(rows, columns, squeeze=False)
    _draw_matrices(found, list(axes[0, : shape.p]))
    _draw_seen(found, axes[0, -1])
    if with_graphs and shape.p == 1:
        _draw_digraph(axes[0, 1], shape.digraph(), found, "as a digraph")
    elif with_graphs:
        for layer in range(shape.p):
            _draw_digraph(axes[1, layer], shape.digraph(layer), None, f"layer {layer + 1}")
        _draw_digraph(axes[1, -1], shape.digraph(), found, "all layers")
    figure.suptitle(_title(found), fontsize=12)
    return figure


def _title(found: Assumption1) -> str:
    verdict = {True: "holds", False: "does not hold", None: "is undecided"}[found.holds]
    steps = found.reach.steps
    if steps is not None:
        reach = f"all is seen after {steps} layer{'s' * (steps != 1)}"
    else:
        reach = "some tokens never see others" if found.unseen_set else "all is never seen at once"
    return f"{found.pattern.label.removeprefix('pattern:')}: assumption 1 {verdict}; {reach}"


def _path_arcs(found: Assumption1) -> list[tuple[int, int]]:
    """Return the arcs (k, j), k attends to j, of the path that was found."""
    gamma = found.path.gamma or ()
    return list(zip(gamma[1:], gamma[:-1], strict=True))


def _draw_matrices(found: Assumption1, axes: list[Axes]) -> None:
    from matplotlib.colors import ListedColormap

    pattern, colours = found.pattern, ListedColormap([HIDDEN, VISIBLE, FRONTIER])
    for layer, (ax, mask) in enumerate(zip(axes, pattern.masks(), strict=True)):
        values = mask.astype(int)
        for k, j in _path_arcs(found):
            values[k, j] *= 2
        ax.imshow(values, cmap=colours, vmin=0, vmax=2, interpolation="none")
        name = f"layer {layer + 1}: " if pattern.p > 1 else ""
        _label(ax, pattern.n, f"{name}{pattern.connections[layer]} connections")
    axes[0].set_ylabel("query: token $k$")
    if found.missing_self_loops:
        for layer, token in found.missing_self_loops:
            axes[layer].plot(token, token, "x", color=FRONTIER, ms=min(6, 150 / pattern.n))


def _label(axes: Axes, n: int, title: str) -> None:
    from matplotlib.ticker import MaxNLocator

    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(integer=True, nbins=8, min_n_ticks=1))
    edges = np.arange(-0.5, n)
    bare_cells(axes, (edges, edges) if n <= MOST_NODES else None)
    axes.set_xlabel("key: token $j$")
    axes.set_title(title, fontsize=10.5)


def _draw_seen(found: Assumption1, axes: Axes) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    values = layers_until_seen(found.pattern)
    top = int(values.max())
    image = axes.imshow(values, cmap=shades(top + 1), vmin=-0.5, vmax=top + 0.5, interpolation="none")
    _label(axes, found.pattern.n, "layers until $k$ has seen $j$")
    ticks = MaxNLocator(nbins=8, integer=True, min_n_ticks=1)
    words = FuncFormatter(lambda value, _: "never" if value == 0 else f"{value:.0f}")
    bar = colour_bar(image, [axes], ticks=ticks, format=words, aspect=25, pad=0.03, shrink=0.85)
    if values.all():
        bar.ax.set_ylim(0.5, top + 0.5)


def _draw_digraph(axes: Axes, graph: DiGraph[int], found: Assumption1 | None, title: str) -> None:
    """Draw the tokens on a circle, clockwise from the top; with certificates if something was found."""
    import networkx as nx

    n = len(graph)
    angles = 2 * np.pi * np.arange(n) / n
    places = {k: (float(np.sin(a)), float(np.cos(a))) for k, a in enumerate(angles)}
    closed = set(found.unseen_set or ()) if found is not None else set()
    path = _path_arcs(found) if found is not None else []
    size = 260 if n <= 16 else 110
    style: dict[str, Any] = {"ax": axes, "node_size": size, "connectionstyle": "arc3,rad=0.12"}
    others = [(k, j) for k, j in graph.edges if k != j and (k, j) not in set(path)]
    faint = 0.75 if len(others) <= 3 * n else 0.3
    nx.draw_networkx_edges(graph, places, edgelist=others, edge_color="#7c7b78", alpha=faint, arrowsize=8, **style)
    nx.draw_networkx_edges(graph, places, edgelist=path, edge_color=FRONTIER, width=1.8, arrowsize=10, **style)
    colours = [CLOSED if k in closed else VISIBLE for k in range(n)]
    nx.draw_networkx_nodes(graph, places, nodelist=range(n), node_color=colours, node_size=size, ax=axes)
    for k, place in places.items():
        ink = "black" if k in closed else "white"
        axes.text(*place, str(k), ha="center", va="center", fontsize=8 if n <= 16 else 6, color=ink)
    axes.set(xlim=(-1.18, 1.18), ylim=(-1.18, 1.18), aspect="equal")
    axes.axis("off")
    axes.set_title(title, fontsize=10.5)
    notes = ["vermilion: a path through all"] * bool(path) + ["yellow: never see the rest"] * bool(closed)
    axes.text(0.5, -0.02, "\n".join(notes), transform=axes.transAxes, ha="center", va="top", fontsize=9)
