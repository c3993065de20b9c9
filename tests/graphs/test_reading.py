"""Reading graphs, and what is refused by name."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given

from algebra.errors import InputError
from algebra.graphs import SimpleGraph, as_graph, graph_from_adjacency, graph_from_graph6, graph_from_networkx
from tests.graphs.oracle import all_graphs, graphs
from tests.properties import examples


@given(graphs(most=12))
@examples(60)
def test_graph6_is_that_of_networkx(graph):
    word = nx.to_graph6_bytes(graph.to_networkx(), header=False).decode().strip()
    assert graph.graph6 == word
    assert graph_from_graph6(word) == graph
    assert graph_from_graph6(f">>graph6<<{word}\n") == graph
    assert graph_from_graph6(word.encode()) == graph


@pytest.mark.parametrize("order", [0, 1, 62, 63, 64, 100, 300])
def test_graph6_of_many_vertices(order):
    path = nx.path_graph(order)
    assert as_graph(path).graph6 == nx.to_graph6_bytes(path, header=False).decode().strip()
    assert graph_from_graph6(as_graph(path).graph6) == as_graph(path)


@given(graphs(colours=3))
@examples(60)
def test_every_way_to_say_a_graph(graph):
    assert graph_from_networkx(graph.to_networkx(), "colour" if any(graph.colours) else None) == graph
    plain = graph.coloured([0] * graph.order)
    for matrix in (graph.adjacency(), np.array(graph.adjacency()), np.array(graph.adjacency(), dtype=bool)):
        assert graph_from_adjacency(matrix) == plain
    assert SimpleGraph(graph.neighbours, graph.colours) == graph
    assert graph.complement().complement() == graph
    assert graph.induced(range(graph.order)) == graph


def test_nodes_of_networkx_keep_their_numbers():
    graph = nx.Graph([(2, 1), (1, 0)])
    assert list(as_graph(graph).edges()) == [(0, 1), (1, 2)]
    assert list(as_graph(nx.Graph([("b", "a"), ("a", "c")])).edges()) == [(0, 1), (1, 2)]


def multigraph():
    return nx.MultiGraph([(0, 1), (0, 1)])


@pytest.mark.parametrize(
    ("given", "part"),
    [
        (nx.DiGraph([(0, 1)]), "undirected"),
        (nx.Graph([(0, 0)]), "without loops"),
        (multigraph(), "without multiple edges"),
        (nx.Graph([(0, 1, {"weight": 2})]), "without weights"),
        ("Bgg", "a word of 2 characters"),
        ("", "characters from \\? to ~"),
        ("B g", "characters from \\? to ~"),
        ("~~~", "the number of vertices has 6 characters"),
        ("~~~~~~~~", "vertices have"),
        (":An", "sparse6"),
        ("&A_", "digraph6 \\(directed\\)"),
        ([[0, 1], [1, 1]], "no loops"),
        ([[0, 1], [0, 0]], "symmetric"),
        ([[0, 2], [2, 0]], "weights"),
        ([[0, 1, 0], [1, 0, 0]], "square"),
        ({0: [1]}, "a SimpleGraph, a networkx graph"),
        (7, "a SimpleGraph, a networkx graph"),
        (None, "a SimpleGraph, a networkx graph"),
    ],
)
def test_what_is_refused(given, part):
    with pytest.raises(InputError, match=part) as refusal:
        as_graph(given, "graph")
    assert refusal.value.argument == "graph"


@pytest.mark.parametrize(
    ("neighbours", "part"),
    [
        ([[1], []], "undirected"),
        ([[0]], "loops"),
        ([[1, 1], [0]], "twice"),
        ([[2], [0]], "from 0 to 1"),
        (7, "sequence"),
    ],
)
def test_neighbours_that_are_refused(neighbours, part):
    with pytest.raises(InputError, match=part):
        SimpleGraph(neighbours)


@pytest.mark.parametrize("colours", [[1], [0, "a"], "ab", [0, 1, 2]])
def test_colours_that_are_refused(colours):
    with pytest.raises(InputError):
        SimpleGraph([[1], [0]], colours)


def test_colours_are_part_of_the_label():
    graph = as_graph("Bw")
    assert graph.label == "graph:Bw"
    assert graph.coloured([0, 0, 1]).label == "graph:Bw:c0,0,1"
    assert len(as_graph(nx.path_graph(100)).label) < 60
    labels = {g.label for n in range(1, 7) for g in all_graphs(n)}
    assert len(labels) == sum(len(all_graphs(n)) for n in range(1, 7))


def test_marks_keep_the_order_of_colours():
    graph = as_graph("Bw").coloured([3, 1, 2])
    assert graph.marked(1).colours == (6, 3, 4)
    with pytest.raises(InputError, match="from 0 to 2"):
        graph.marked(3)
