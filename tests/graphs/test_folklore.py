"""2-FWL, 3-FWL and the named pairs of the theory note."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algebra.errors import InputError
from algebra.graphs import (
    as_graph,
    automorphism_group,
    colour_refinement,
    folklore_difference,
    folklore_refinement,
    is_tinhofer,
    isomorphism,
    kneser,
    named_graph,
    named_pair,
    paley,
    rook,
    tree_names,
)
from algebra.graphs.named import GRAPHS, PAIRS
from tests.graphs.oracle import all_graphs, graphs, relabelled, two_fwl_equal
from tests.properties import examples

# pair: vertices; whether M_1, M_2, 2-FWL, 3-FWL tell apart; automorphisms; whether they are Tinhofer graphs
TABLE = {
    "c6-2c3": (6, (True, True, True, True), (12, 72), (True, True)),
    "c7-c3c4": (7, (True, True, True, True), (14, 48), (True, False)),
    "cfi-k3": (12, (True, True, True, True), (288, 24), (True, True)),
    "rook-shrikhande": (16, (False, True, False, True), (1152, 192), (True, False)),
    "cfi-k4": (28, (False, True, False, True), (576, 192), (True, False)),
}


@pytest.mark.parametrize("name", PAIRS)
def test_the_named_pairs(name):
    first, second = pair = named_pair(name)
    order, told, groups, tinhofer = TABLE[name]
    assert first.order == second.order == order
    assert colour_refinement(first).is_equivalent(colour_refinement(second))
    assert isomorphism(first, second) is None

    by_trees = [len(set(tree_names(pair, depth))) == 2 for depth in (1, 2)]
    by_fwl = [folklore_difference(*pair, k) is not None for k in (2, 3)]
    assert (*by_trees, *by_fwl) == told
    assert tuple(automorphism_group(graph).order for graph in pair) == groups
    assert tuple(bool(is_tinhofer(graph)) for graph in pair) == tinhofer


@pytest.mark.parametrize(("name", "colours"), [("rook-shrikhande", 3), ("cfi-k4", 10)])
def test_colours_at_the_end(name, colours):
    assert [folklore_refinement(graph).count for graph in named_pair(name)] == [colours, colours]


@given(st.data())
@examples(25)
def test_2_fwl_is_that_of_the_oracle(data):
    first = data.draw(graphs(most=6, colours=2))
    second = data.draw(st.one_of(graphs(most=6, colours=2), relabelled(first)))
    assert (folklore_difference(first, second) is None) == two_fwl_equal(first, second)
    same = folklore_refinement(first).transcript == folklore_refinement(second).transcript
    assert same == two_fwl_equal(first, second)


@given(graphs(most=7, colours=2))
@examples(30)
def test_each_refines_the_one_before(graph):
    cells = [colour_refinement(graph).cells] + [folklore_refinement(graph, k).cells for k in (2, 3)]
    orbits = automorphism_group(graph).orbits
    for coarse, fine in zip(cells, [*cells[1:], orbits], strict=True):
        assert all(any(set(cell) <= set(other) for other in coarse) for cell in fine)


def test_2_fwl_tells_all_graphs_with_7_vertices_apart():
    classes = {}
    for graph in all_graphs(7):
        classes.setdefault(colour_refinement(graph).transcript, []).append(graph)
    for equal in classes.values():
        transcripts = {folklore_refinement(graph).transcript for graph in equal} if len(equal) > 1 else {0}
        assert len(transcripts) == len(equal)


def test_names_say_which_convention():
    assert folklore_refinement("Bw", 2).name == "2-FWL (= 3-OWL)"
    assert folklore_refinement("Bw", 3).name == "3-FWL (= 4-OWL)"


@pytest.mark.parametrize("k", [1, 4, "2", True])
def test_other_dimensions_are_refused(k):
    with pytest.raises(InputError, match="k is"):
        folklore_refinement("Bw", k)


def test_large_graphs_are_refused_with_the_estimate():
    with pytest.raises(InputError, match="at most 30,000,000, not 343,000,000"):
        folklore_refinement(nx.path_graph(700))
    with pytest.raises(InputError, match="3-FWL"):
        folklore_difference(nx.path_graph(200), nx.path_graph(200), 3)


def test_named_graphs():
    assert nx.is_isomorphic(kneser(5, 2).to_networkx(), nx.petersen_graph())
    assert kneser(5, 2).graph6 == "I?LRCecq?"
    assert rook(3).graph6 == "H{S{aSf"
    assert nx.is_isomorphic(paley(13).to_networkx(), nx.paley_graph(13).to_undirected())
    for name in GRAPHS:
        graph = named_graph(name)
        assert len(set(graph.degrees)) == 1
    with pytest.raises(InputError, match="did you mean petersen"):
        named_graph("peterson")
    with pytest.raises(InputError, match="a prime that is 1 modulo 4"):
        paley(9)


def test_strongly_regular_parameters():
    for graph in named_pair("rook-shrikhande"):
        A = np.array(graph.adjacency())
        assert (6 * np.eye(16) + 2 * A + 2 * (1 - A - np.eye(16)) == A @ A).all()


def test_empty_graphs():
    assert folklore_difference(as_graph("?"), as_graph("?")) is None
    assert folklore_refinement("@").count == 1
