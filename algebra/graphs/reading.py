"""Reading graphs: networkx graphs, graph6 words and adjacency matrices; what is not simple is refused by name."""

from __future__ import annotations

from typing import Any

from algebra.errors import InputError, as_integer
from algebra.graphs.graph import SimpleGraph
from algebra.graphs.graph6 import decoded
from algebra.sequences import as_list

BYTES_A_PAIR = 8
"""A list holds a pointer for each entry of an adjacency matrix; the zeros and ones themselves are shared."""

ALLOWED = "a SimpleGraph, a networkx graph, a graph6 word or an adjacency matrix"


def as_graph(graph: Any, argument: str = "graph") -> SimpleGraph:
    """Return a graph of whatever describes one.

    Parameters
    ----------
    graph : SimpleGraph, networkx.Graph, str or matrix
        A word is read as graph6; a matrix is an adjacency matrix, of numpy or of lists.
    argument : str
        Its name, as the caller knows it.

    Returns
    -------
    SimpleGraph

    Raises
    ------
    InputError
        For directed graphs, loops, multiple edges, weights other than 1, and words that do not decode.

    Examples
    --------
    >>> as_graph("Bg") == as_graph([[0, 1, 0], [1, 0, 1], [0, 1, 0]])
    True
    """
    if isinstance(graph, SimpleGraph):
        return graph
    if isinstance(graph, str | bytes):
        return graph_from_graph6(graph, argument)
    if callable(getattr(graph, "is_directed", None)):
        return graph_from_networkx(graph, argument=argument)
    if isinstance(graph, dict) or not hasattr(graph, "__len__"):
        raise InputError(argument, graph, ALLOWED)
    return graph_from_adjacency(graph, argument)


def graph_from_graph6(word: str | bytes, argument: str = "graph6") -> SimpleGraph:
    """Return the graph of a word of graph6; the header ``>>graph6<<`` may stand in front.

    Parameters
    ----------
    word : str or bytes
    argument : str
        What errors call it.

    Returns
    -------
    SimpleGraph

    Examples
    --------
    >>> graph_from_graph6("EhEG").size
    6
    """
    text = word.decode("latin-1") if isinstance(word, bytes) else word
    neighbours = decoded(text, argument)
    return SimpleGraph.trusted(neighbours, (0,) * len(neighbours))


def graph_from_adjacency(matrix: Any, argument: str = "adjacency") -> SimpleGraph:
    """Return the graph of a symmetric matrix of 0 and 1 with a zero diagonal.

    Parameters
    ----------
    matrix : array_like
        Symmetric, of 0 and 1, with a zero diagonal.
    argument : str
        What errors call it.

    Returns
    -------
    SimpleGraph

    Raises
    ------
    InputError
        Naming what is wrong: the shape, an entry, the diagonal, or that it is not symmetric.

    Examples
    --------
    >>> graph_from_adjacency([[0, 1], [0, 0]])
    Traceback (most recent call last):
    ...
    algebra.errors.InputError: adjacency is [[0, 1], [0, 0]], but it must be symmetric, as graphs here are undirected: \
(0, 1) differs from (1, 0)
    """
    allowed = "a square matrix of 0 and 1"
    rows = [as_list(argument, row, allowed) for row in as_list(argument, matrix, allowed)]
    if any(len(row) != len(rows) for row in rows):
        raise InputError(argument, matrix, allowed)
    for row in rows:
        for entry in row:
            if entry not in (0, 1):
                raise InputError(argument, matrix, f"{allowed}: graphs here have neither weights nor multiple edges")

    for u, row in enumerate(rows):
        if row[u]:
            raise InputError(argument, matrix, f"zero on the diagonal, as graphs here have no loops: row {u} is not")
        for v in range(u):
            if row[v] != rows[v][u]:
                said = f"symmetric, as graphs here are undirected: ({v}, {u}) differs from ({u}, {v})"
                raise InputError(argument, matrix, said)
    neighbours = tuple(tuple(v for v, entry in enumerate(row) if entry) for row in rows)
    return SimpleGraph.trusted(neighbours, (0,) * len(rows))


def graph_from_networkx(graph: Any, colour: str | None = None, argument: str = "graph") -> SimpleGraph:
    """Return the graph of a networkx graph.

    Nodes that are the integers 0, …, n-1 keep their numbers; others are numbered in the order of ``graph.nodes``.

    Parameters
    ----------
    graph : networkx.Graph
    colour : str, optional
        The node attribute that holds integer colours. Other attributes are not looked at.
    argument : str
        Its name, as the caller knows it.

    Returns
    -------
    SimpleGraph

    Raises
    ------
    InputError
        For directed graphs, loops, multiple edges and weights other than 1.

    Examples
    --------
    >>> import networkx as nx
    >>> graph_from_networkx(nx.path_graph(3)).label
    'graph:Bg'
    """
    if graph.is_directed():
        raise InputError(argument, graph, "undirected; graph.to_undirected() forgets the directions")
    nodes = list(graph.nodes)
    if all(type(node) is int for node in nodes) and sorted(nodes) == list(range(len(nodes))):
        nodes.sort()
    place = {node: i for i, node in enumerate(nodes)}

    neighbours: list[set[int]] = [set() for _ in nodes]
    for u, v, weight in graph.edges(data="weight", default=1):
        if u == v:
            raise InputError(argument, graph, f"without loops, and there is one at {u!r}")
        if place[v] in neighbours[place[u]]:
            raise InputError(argument, graph, f"without multiple edges, and {u!r}, {v!r} are joined twice")
        if weight != 1:
            raise InputError(argument, graph, f"without weights, and the edge {u!r}, {v!r} has the weight {weight!r}")
        neighbours[place[u]].add(place[v])
        neighbours[place[v]].add(place[u])

    colours = (0,) * len(nodes)
    if colour is not None:
        for node in nodes:
            if colour not in graph.nodes[node]:
                raise InputError("colour", colour, f"an attribute of every node, and {node!r} has none of this name")
        colours = tuple(as_integer(f"colour of {node!r}", graph.nodes[node][colour]) for node in nodes)
    return SimpleGraph.trusted(tuple(tuple(sorted(each)) for each in neighbours), colours)
