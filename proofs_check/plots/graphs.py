"""Graphs with the cells of a partition in colours, and the rounds of colour refinement side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from algebra.errors import InputError
from proofs_check.plots.canvas import new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from algebra.graphs import SimpleGraph

MOST_DRAWN = 200
"""Vertices of a drawing; more cannot be told apart."""

Places = Mapping[int, Any]


def graph_figure(*graphs: Any, title: str = "") -> Figure:
    """Draw graphs beside each other, each with its stable partition in colours.

    Parameters
    ----------
    *graphs : graph
        Whatever `algebra.graphs.as_graph` reads. Equal colours mean equal stable colours, of all graphs together.
    title : str

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    InputError
        If a graph has more than 200 vertices, or matplotlib is not installed.

    Examples
    --------
    >>> len(graph_figure("EhEG", "EwCW").axes)
    2
    """
    from algebra.graphs import as_graph, colour_refinement

    read = [as_graph(graph, f"graphs[{i}]") for i, graph in enumerate(graphs)]
    if not read:
        raise InputError("graphs", graphs, "at least one graph")
    union = read[0]
    for graph in read[1:]:
        union = union.union(graph)
    colours = colour_refinement(union).colours

    figure = new_figure((3.0 * len(read), 3.0))
    start = 0
    for graph, axes in zip(read, figure.subplots(1, len(read), squeeze=False)[0], strict=True):
        draw_graph(axes, graph, colours[start : start + graph.order], max(colours, default=0) + 1)
        axes.set_title(graph.graph6 if graph.order <= 12 else f"{graph.order} vertices", fontsize=9)
        start += graph.order
    if title:
        figure.suptitle(title)
    return figure


def refinement_figure(graph: Any) -> Figure:
    """Draw the rounds of colour refinement of one graph.

    Parameters
    ----------
    graph : SimpleGraph, or whatever `as_graph` reads

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> len(refinement_figure("FhCGG").axes)  # a path on 7 vertices: the given colours, and three rounds
    4
    """
    from algebra.graphs import as_graph
    from algebra.graphs.refinement import refinements

    read = as_graph(graph)
    rounds = [colours for colours, _ in refinements(read)][:-1]
    count = max(rounds[-1], default=0) + 1
    places = placed(read)
    figure = new_figure((2.4 * len(rounds), 2.6))
    for t, (colours, axes) in enumerate(zip(rounds, figure.subplots(1, len(rounds), squeeze=False)[0], strict=True)):
        draw_graph(axes, read, colours, count, places)
        axes.set_title(f"round {t}: {len(set(colours))} colours", fontsize=9)
    return figure


def draw_graph(
    axes: Axes, graph: SimpleGraph, colours: Sequence[int], count: int, places: Places | None = None
) -> None:
    """Draw one graph, its vertices with these colours out of so many."""
    import networkx as nx
    from matplotlib import colormaps

    where = placed(graph) if places is None else places
    shade = colormaps["cividis"]
    fills = [shade((colour + 0.5) / max(count, 1)) for colour in colours]
    drawn = graph.to_networkx()
    nx.draw_networkx_edges(drawn, where, ax=axes, edge_color="#7c7b78", width=0.9)
    nx.draw_networkx_nodes(drawn, where, ax=axes, node_color=fills, node_size=90, edgecolors="black", linewidths=0.6)
    axes.set_axis_off()
    axes.set_aspect("equal")


def placed(graph: SimpleGraph) -> Places:
    """Place the vertices of each component around a circle, components side by side.

    Raises
    ------
    InputError
        If there are more than 200.
    """
    import networkx as nx

    if graph.order > MOST_DRAWN:
        raise InputError("graph", f"one with {graph.order:,} vertices", f"one with at most {MOST_DRAWN} to be drawn")
    drawn = graph.to_networkx()
    where: dict[int, Any] = {}
    right = 0.0
    for component in nx.connected_components(drawn):
        part = drawn.subgraph(sorted(component))
        size = max(1.0, len(component) / 4)
        around = (
            nx.kamada_kawai_layout(part, scale=size) if len(component) > 2 else nx.circular_layout(part, scale=size)
        )
        where |= {v: (x + right + size, y) for v, (x, y) in around.items()}
        right += 2.4 * size
    return where
