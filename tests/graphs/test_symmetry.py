"""Isomorphisms, automorphisms and Tinhofer's procedure, beside all permutations."""

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algebra.errors import InputError
from algebra.graphs import (
    all_isomorphisms,
    as_graph,
    automorphism_group,
    canonical_form,
    cfi,
    colour_refinement,
    is_isomorphism,
    is_path_invariant,
    is_tinhofer,
    isomorphism,
    one_path,
    shrikhande,
    tinhofer_test,
    tree_depth_that_separates,
    tree_names,
)
from algebra.graphs.symmetry import individualised, orbits_of, selected_cell
from tests.graphs.oracle import all_graphs, graphs, graphs_of_order_8, maps, relabelled
from tests.properties import examples

NOT_TINHOFER = {"FwCGg", "FFzn_"}  # a triangle and a cycle of four, and its complement; all others up to 7 are


@given(st.data())
@examples(80)
def test_isomorphisms_are_those_of_the_oracle(data):
    first = data.draw(graphs(most=6, colours=2))
    second = data.draw(st.one_of(graphs(most=6, colours=2), relabelled(first)))
    expected = maps(first, second)
    assert sorted(all_isomorphisms(first, second)) == sorted(expected)
    found = isomorphism(first, second)
    assert (found is None) == (not expected)
    assert found is None or (found in expected and is_isomorphism(found, first, second))
    assert (canonical_form(first) == canonical_form(second)) == bool(expected)


@given(graphs(most=6, colours=2))
@examples(60)
def test_groups_are_those_of_the_oracle(graph):
    every = maps(graph, graph)
    group = automorphism_group(graph)
    assert group.order == len(every)
    assert group.orbits == orbits_of(graph.order, every)
    assert all(is_isomorphism(each, graph, graph) for each in group.generators)


@given(st.data())
@examples(40)
def test_canonical_forms_of_larger_graphs(data):
    graph = data.draw(graphs(most=12, colours=2, least=8))
    other = data.draw(relabelled(graph))
    assert canonical_form(graph) == canonical_form(other)
    found = isomorphism(graph, other)
    assert found is not None
    assert is_isomorphism(found, graph, other)


def test_canonical_forms_tell_all_small_graphs_apart():
    for order in range(1, 7):
        assert len({canonical_form(graph) for graph in all_graphs(order)}) == len(all_graphs(order))


@pytest.mark.parametrize(
    ("graph", "order"),
    [
        (nx.petersen_graph(), 120),
        (nx.icosahedral_graph(), 120),
        (nx.heawood_graph(), 336),
        (nx.cubical_graph(), 48),
        (nx.complete_graph(8), 40320),
        (nx.empty_graph(12), 479001600),
        (nx.hypercube_graph(4), 384),
        (nx.balanced_tree(2, 3), 128),
    ],
)
def test_orders_of_known_groups(graph, order):
    assert automorphism_group(graph).order == order


def test_a_hard_pair_is_decided():
    """The twist over the Petersen graph, 70 vertices: far too many choices without automorphisms."""
    even, odd = cfi(nx.petersen_graph()), cfi(nx.petersen_graph(), is_twisted=True)
    assert colour_refinement(even).is_equivalent(colour_refinement(odd))
    assert isomorphism(even, odd) is None
    moved = even.relabelled([(3 * v + 5) % 70 for v in range(70)])
    found = isomorphism(even, moved)
    assert found is not None
    assert is_isomorphism(found, even, moved)


def test_a_search_ends_with_its_budget(monkeypatch):
    monkeypatch.setattr("algebra.graphs.symmetry.MOST_LOOKS", 1000)
    with pytest.raises(InputError, match="found by 8 refinements"):
        isomorphism(cfi("C~"), cfi("C~", is_twisted=True))


# ---- Tinhofer's procedure


def is_tinhofer_by_definition(graph):
    """Every sequence of marks, and all permutations: cells are the orbits of the pointwise stabiliser."""
    every = maps(graph, graph)

    def look(partition, group):
        orbits = {frozenset(orbit) for orbit in orbits_of(graph.order, group)}
        if {frozenset(cell) for cell in partition.cells} != orbits:
            return False
        return all(
            look(individualised(partition, v), [each for each in group if each[v] == v])
            for cell in partition.cells
            if len(cell) > 1
            for v in cell
        )

    return look(colour_refinement(graph), every)


def test_tinhofer_graphs_with_5_vertices_by_the_definition():
    for graph in (*all_graphs(4), *all_graphs(5), *all_graphs(6)[::12]):
        found = is_tinhofer(graph)
        assert found is not None
        assert found.holds == is_tinhofer_by_definition(graph)
    assert not is_tinhofer_by_definition(as_graph("FwCGg"))


@pytest.mark.parametrize("order", range(1, 7))
def test_all_small_graphs_are_tinhofer_graphs(order):
    assert all(is_tinhofer(graph) for graph in all_graphs(order))


def test_the_exceptions_with_7_vertices():
    exceptions = [graph for graph in all_graphs(7) if not is_tinhofer(graph)]
    assert {canonical_form(graph) for graph in exceptions} == {canonical_form(word) for word in NOT_TINHOFER}
    assert all(not is_path_invariant(graph) for graph in exceptions)


@pytest.mark.slow
def test_tinhofer_graphs_with_8_vertices():
    mine = graphs_of_order_8()
    found = [bool(is_tinhofer(graph)) for graph in mine]
    assert sum(found) == 12315
    refinable = [set(colour_refinement(graph).cells) == set(automorphism_group(graph).orbits) for graph in mine]
    assert refinable == found


def outputs(graph, select=min):
    """The outputs of the one-path form over all choices."""
    found = set()

    def look(partition, transcripts):
        cell = selected_cell(partition, select)
        if cell is None:
            found.add((transcripts, graph.induced([v for (v,) in partition.cells]).graph6))
            return
        for v in cell:
            marked = individualised(partition, v)
            look(marked, (*transcripts, marked.transcript))

    start = colour_refinement(graph)
    look(start, (start.transcript,))
    return found


@given(graphs(most=6, colours=2))
@examples(40)
def test_the_one_path_form_is_an_invariant_exactly_where_it_is_said(graph):
    for select in (min, max):
        assert (len(outputs(graph, select)) == 1) == bool(is_path_invariant(graph, select))
        assert one_path(graph, select=select).output in outputs(graph, select)


@pytest.mark.parametrize(
    ("graph", "select", "expected"),
    [
        (as_graph("FwCGg"), min, 2),
        (as_graph("FwCGg"), max, 2),
        (shrikhande(), min, 1),  # the smallest cells are orbits, though the graph is no Tinhofer graph
        (shrikhande(), max, 3),
    ],
)
def test_how_many_outputs_there_are(graph, select, expected):
    assert len(outputs(graph, select)) == expected
    assert bool(is_path_invariant(graph, select)) == (expected == 1)


@given(st.data())
@examples(60)
def test_a_yes_of_the_test_is_an_isomorphism(data):
    first = data.draw(graphs(most=7))
    second = data.draw(st.one_of(graphs(most=7), relabelled(first)))
    found = tinhofer_test(first, second, min, max)
    if found.says_yes:
        assert is_isomorphism(found.isomorphism, first, second)
    elif is_path_invariant(first) or is_path_invariant(second):
        assert isomorphism(first, second) is None


def test_a_no_may_be_wrong():
    assert tinhofer_test("FwCGg", "FwCGg", min, min).says_yes
    wrong = tinhofer_test("FwCGg", "FwCGg", min, max)
    assert not wrong.says_yes
    assert wrong.difference is not None


def test_one_mark_tells_all_graphs_with_7_vertices_apart():
    mine = all_graphs(7)
    by_transcript = {}
    for graph in mine:
        by_transcript.setdefault(colour_refinement(graph).transcript, []).append(graph)
    for equal in by_transcript.values():
        assert len(set(tree_names(equal, 1))) == len(equal)


def test_tree_forms_do_not_depend_on_names():
    graph = as_graph("FwCGg")
    moved = graph.relabelled([3, 5, 0, 6, 1, 4, 2])
    assert tree_names([graph, moved, as_graph("FhCKG")], 2) == [0, 0, 1]
    assert tree_depth_that_separates(graph, moved) is None


def test_a_tree_that_is_too_large_is_refused():
    with pytest.raises(InputError, match=r"refinements are at most 1,000,000"):
        tree_names(["EhEG"], 9)
