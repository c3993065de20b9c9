"""Colour refinement, fractional isomorphism, trees and walks: each beside the others, and the numbers of the note."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algebra.errors import InputError
from algebra.graphs import (
    SimpleGraph,
    are_equivalent,
    as_graph,
    colour_refinement,
    cycle,
    fractional_isomorphism,
    homomorphism_counts,
    is_fractional_isomorphism,
    stable_cells,
    tree_homomorphisms,
    trees,
    walk_matrix,
    walk_numbers,
    walk_partition,
)
from tests.graphs.oracle import (
    all_graphs,
    cells_by_splitting,
    graphs,
    graphs_of_order_8,
    homomorphisms,
    regular,
    relabelled,
)
from tests.properties import cases, examples

# theory note, sections 1 and 7: n -> graphs, classes of colour refinement, pairs that it cannot tell apart
CLASSES = {
    1: (1, 1, 0),
    2: (2, 2, 0),
    3: (4, 4, 0),
    4: (11, 11, 0),
    5: (34, 34, 0),
    6: (156, 152, 4),
    7: (1044, 1022, 22),
}
CLASSES_OF_8 = (12346, 12095, 350)

# classes told apart by all trees with at most 2, 3, … vertices
TREES = {
    4: [7, 10, 11],
    5: [11, 26, 34],
    6: [16, 64, 142, 152, 152],
    7: [22, 144, 712, 942, 1006, 1018, 1020, 1022],
}
TREES_OF_8 = [29, 296, 4232, 9206, 11452, 11913, 12055, 12087, 12093, 12095]

# how many graphs have the stable partition as that of walks; how many classes the numbers of walks make
WALKS = {1: (1, 1), 2: (2, 2), 3: (4, 4), 4: (11, 11), 5: (34, 34), 6: (156, 152), 7: (1042, 1002)}
WALKS_OF_8 = (12212, 11499)


def classes(keys):
    sizes = {}
    for key in keys:
        sizes[key] = sizes.get(key, 0) + 1
    return len(sizes), sum(size * (size - 1) // 2 for size in sizes.values())


@pytest.mark.parametrize("order", CLASSES)
def test_classes_of_all_small_graphs(order):
    mine = all_graphs(order)
    assert (len(mine), *classes(colour_refinement(graph).transcript for graph in mine)) == CLASSES[order]


@pytest.mark.parametrize("order", TREES)
def test_classes_told_apart_by_trees(order):
    mine = all_graphs(order)
    found = [len({homomorphism_counts(graph, k) for graph in mine}) for k in range(2, 2 + len(TREES[order]))]
    assert found == TREES[order]


@pytest.mark.parametrize("order", WALKS)
def test_what_walks_see(order):
    mine = all_graphs(order)
    as_fine = sum(set(walk_partition(graph)) == set(colour_refinement(graph).cells) for graph in mine)
    assert (as_fine, len({walk_numbers(graph) for graph in mine})) == WALKS[order]


@pytest.mark.slow
def test_graphs_with_8_vertices():
    mine = graphs_of_order_8()
    assert (len(mine), *classes(colour_refinement(graph).transcript for graph in mine)) == CLASSES_OF_8
    counts = [len({homomorphism_counts(graph, k) for graph in mine}) for k in range(2, 12)]
    assert counts == TREES_OF_8
    as_fine = sum(set(walk_partition(graph)) == set(colour_refinement(graph).cells) for graph in mine)
    assert (as_fine, len({walk_numbers(graph) for graph in mine})) == WALKS_OF_8


def test_the_equal_pairs_on_6_vertices():
    for pair in ("EEh_/EQhO", "EEj_/EQjO", "EEz_/EQzO", "EFz_/EUxo"):
        assert fractional_isomorphism(*pair.split("/")).exists


@given(graphs(most=9, colours=3))
@examples(80)
def test_the_stable_partition_is_that_of_the_oracle(graph):
    found = colour_refinement(graph)
    assert set(map(frozenset, found.cells)) == cells_by_splitting(graph)
    assert found.sizes == tuple(map(len, found.cells))
    for i, cell in enumerate(found.cells):
        for v in cell:
            for j, other in enumerate(found.cells):
                assert len(set(graph.neighbours[v]) & set(other)) == found.quotient[i][j]


@given(st.data())
@examples(60)
def test_transcripts_do_not_depend_on_names(data):
    graph = data.draw(graphs(colours=2))
    other = data.draw(relabelled(graph))
    found, again = colour_refinement(graph), colour_refinement(other)
    assert found.transcript == again.transcript
    assert sorted(found.colours) == sorted(again.colours)


def test_rounds():
    assert [colour_refinement(nx.path_graph(n)).rounds for n in range(1, 9)] == [0, 0, 1, 1, 2, 2, 3, 3]
    assert colour_refinement(cycle(5)).rounds == 0
    assert colour_refinement(SimpleGraph([])).cells == ()


@given(st.data())
@examples(80)
def test_the_queue_finds_the_same_cells(data):
    graph = data.draw(graphs(most=12, colours=2))
    assert set(stable_cells(graph)) == set(colour_refinement(graph).cells)
    other = data.draw(st.one_of(graphs(most=12, colours=2), relabelled(graph)))
    equal = colour_refinement(graph).is_equivalent(colour_refinement(other))
    assert are_equivalent(graph, other) == equal


@given(st.data())
@examples(40)
def test_the_queue_does_not_depend_on_names(data):
    graph = data.draw(graphs(most=10, colours=2))
    images = data.draw(st.permutations(range(graph.order)))
    moved = [tuple(sorted(images[v] for v in cell)) for cell in stable_cells(graph)]
    assert moved == list(stable_cells(graph.relabelled(images)))


def test_the_queue_on_all_small_graphs_and_on_large_ones():
    for graph in (*all_graphs(6), *all_graphs(7)):
        assert set(stable_cells(graph)) == set(colour_refinement(graph).cells)
    path = stable_cells(nx.path_graph(30_001))  # 15,000 rounds
    assert len(path) == 15_001
    assert all(u + v == 30_000 for u, v in (cell for cell in path if len(cell) == 2))


@given(st.data())
@examples(40)
def test_complements_are_told_apart_as_the_graphs_are(data):
    first = data.draw(graphs(most=8, colours=2))
    second = data.draw(st.one_of(graphs(most=8, colours=2), relabelled(first)))
    found = colour_refinement(first).is_equivalent(colour_refinement(second))
    assert are_equivalent(first.complement(), second.complement()) == found


def test_a_graph_that_is_too_large_is_refused_before_the_work():
    with pytest.raises(InputError, match="n \\(n \\+ 2m\\) is at most 1,000,000,000, and it is"):
        colour_refinement(nx.path_graph(30_000))


# ---- fractional isomorphism


def check(first, second):
    """Check either certificate, and say which it was."""
    found = fractional_isomorphism(first, second)
    if found.exists:
        common, scaled = found.scaled
        assert is_fractional_isomorphism(first, second, scaled, common)
        X = np.array(scaled, dtype=object).reshape(first.order, second.order)
        A, B = (np.array(g.adjacency(), dtype=object).reshape(g.order, g.order) for g in (first, second))
        assert (A.dot(X) == X.dot(B)).all()
        assert found.first_difference is None
        with pytest.raises(InputError):
            _ = found.farkas
    else:
        proof = found.farkas
        assert proof.is_valid
        check_by_hand(proof)
        assert found.first_difference is not None
        with pytest.raises(InputError):
            _ = found.matrix
    return found.exists


def check_by_hand(proof):
    """Multiply the matrices out."""
    shape = proof.first.order, proof.second.order
    P = np.array(proof.pairs, dtype=object).reshape(shape)
    A, B = (np.array(g.adjacency(), dtype=object).reshape(g.order, g.order) for g in (proof.first, proof.second))
    S = A.dot(P) - P.dot(B) + np.array(proof.rows, dtype=object)[:, None] + np.array(proof.columns, dtype=object)[None]
    for u, v in np.ndindex(*shape):
        assert S[u, v] >= 0 or proof.first.colours[u] != proof.second.colours[v]
    assert sum(proof.rows) + sum(proof.columns) < 0


@given(st.data())
@examples(150)
def test_both_certificates(data):
    first = data.draw(graphs(colours=2))
    second = data.draw(st.one_of(graphs(colours=2), relabelled(first)))
    check(first, second)


def test_certificates_of_all_pairs_with_5_vertices():
    mine = all_graphs(5)
    assert sum(check(a, b) for i, a in enumerate(mine) for b in mine[: i + 1]) == 34


@pytest.mark.parametrize("seed", cases(6))
def test_certificates_of_regular_graphs_and_their_neighbours(seed):
    first, second = (regular(3, 12, seed + s) for s in (0, 1000))
    assert check(first, second)
    longer = SimpleGraph.of_edges(13, [*second.edges(), (seed, 12)])
    other = SimpleGraph.of_edges(13, [*first.edges(), (seed, 12)])
    check(longer, other)


def test_a_long_proof():
    """A difference that travels along a path: every round is lifted."""
    first = nx.path_graph(40)
    second = nx.path_graph(40)
    first.add_edge(40, 20)
    second.add_edge(40, 19)
    assert not check(as_graph(first), as_graph(second)) or nx.is_isomorphic(first, second)
    second = nx.disjoint_union(nx.path_graph(20), nx.cycle_graph(21))
    assert not check(as_graph(first), as_graph(second))


def test_a_wrong_matrix_is_found():
    edge, path = as_graph("A_"), as_graph("Bg")
    assert not is_fractional_isomorphism(path, path, [[1, 0, 0], [0, 0, 1], [0, 1, 0]], 1)
    assert not is_fractional_isomorphism(edge, edge, [[2, -1], [-1, 2]], 1)
    assert not is_fractional_isomorphism(edge, edge, [[1, 0], [0, 1]], 2)
    assert not is_fractional_isomorphism(edge, path, [[1, 0], [0, 1]], 1)


# ---- trees and walks


@given(graphs(most=4))
@examples(30)
def test_homomorphisms_of_trees_one_by_one(graph):
    for tree in trees(5):
        assert tree_homomorphisms(tree, graph) == homomorphisms(tree, graph)


@given(graphs(most=7))
@examples(40)
def test_homomorphisms_of_paths_and_stars(graph):
    for k in range(1, 6):
        assert tree_homomorphisms(nx.path_graph(k), graph) == walk_numbers(graph, k)[-1]
        assert tree_homomorphisms(nx.star_graph(k), graph) == sum(d**k for d in graph.degrees)


@given(graphs(most=7))
@examples(40)
def test_walks_are_powers_of_the_matrix(graph):
    A = np.array(graph.adjacency(), dtype=object).reshape(graph.order, graph.order)
    column = np.ones(graph.order, dtype=object)
    for k in range(graph.order):
        assert [row[k] for row in walk_matrix(graph)] == list(column)
        column = A.dot(column)


@pytest.mark.parametrize("tree", ["Bw", "C?", "CN", "?"])  # a cycle, no edges, a cycle and a vertex, nothing
def test_what_is_no_tree_is_refused(tree):
    with pytest.raises(InputError, match="a tree: connected"):
        tree_homomorphisms(tree, "Bw")


def test_too_many_trees_are_refused():
    with pytest.raises(InputError, match=r"2\.6 times"):
        homomorphism_counts("Bw", 30)
