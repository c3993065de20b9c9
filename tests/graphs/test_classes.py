"""The six classes, beside slow oracles, published numbers and each other."""

import subprocess
import sys
from collections import Counter
from itertools import combinations, pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algebra.errors import InputError
from algebra.evidence import Grade
from algebra.graphs import (
    CLASSES,
    SimpleGraph,
    amenability_obstruction,
    as_graph,
    circulant,
    classify_graph,
    colour_refinement,
    cycle,
    is_amenable,
    is_fractional_vertex,
    is_tinhofer,
    named_graph,
    partition_without_group,
    rook,
    shrikhande,
)
from algebra.graphs import rays as rays_module
from algebra.graphs.atlas import all_graphs as made_graphs
from algebra.graphs.atlas import graph_form, graphs_of_size
from algebra.graphs.circulations import (
    Circulations,
    FractionalVertex,
    fractional_vertex,
    integer_nullspace,
    permutation_of,
)
from algebra.graphs.compactness import decide_piece
from algebra.graphs.rays import all_rays, bad_ray
from algebra.graphs.splitting import component_form, split, split_disconnected
from algebra.graphs.symmetry import orbits_of
from tests.graphs.oracle import all_graphs, graphs, maps, relabelled
from tests.properties import examples

YES, NO = True, False

# discrete, amenable, compact, Godsil, Tinhofer, refinable; from the literature and from the project's note
KNOWN = {
    "A_": (NO, YES, YES, YES, YES, YES),  # K_2
    "EhEG": (NO, NO, YES, YES, YES, YES),  # C_6
    "EwCW": (NO, NO, YES, YES, YES, YES),  # 2 C_3
    "FwCGg": (NO, NO, NO, NO, NO, NO),  # C_3 + C_4
    "FhCGG": (NO, YES, YES, YES, YES, YES),  # a path
    "Gr`HOk": (NO, NO, YES, YES, YES, YES),  # the cube
    "H{S{aSf": (NO, NO, NO, YES, YES, YES),  # K_3 x K_3
    "I?LRCecq?": (NO, NO, NO, YES, YES, YES),  # Petersen
    "IzKWWMBoW": (NO, NO, NO, NO, YES, YES),  # C_10(1, 2)
    "D~{": (NO, YES, YES, YES, YES, YES),  # K_5
    "@": (YES, YES, YES, YES, YES, YES),
    "?": (YES, YES, YES, YES, YES, YES),  # no vertex at all
}

# graphs, discrete, amenable, compact, Godsil, Tinhofer, refinable; from the note, section 7
COUNTS = {
    1: (1, 1, 1, 1, 1, 1, 1),
    2: (2, 0, 2, 2, 2, 2, 2),
    3: (4, 0, 4, 4, 4, 4, 4),
    4: (11, 0, 11, 11, 11, 11, 11),
    5: (34, 0, 34, 34, 34, 34, 34),
    6: (156, 8, 148, 156, 156, 156, 156),
    7: (1044, 152, 1000, 1042, 1042, 1042, 1042),
}


def counted(found):
    return len(found), *(sum(values[i] is True for values in found) for i in range(len(CLASSES)))


@pytest.mark.parametrize("word", KNOWN)
def test_known_graphs(word):
    found = classify_graph(word)
    assert found.values == KNOWN[word]
    assert all(verdict.grade is Grade.PROVED for verdict in found.verdicts.values())


def test_shrikhande_is_refinable_and_no_more():
    assert classify_graph(shrikhande()).values == (NO, NO, NO, NO, NO, YES)


@pytest.mark.parametrize(("name", "godsil"), [("icosahedron", NO), ("heawood", YES), ("rook-3x4", YES)])
def test_graphs_that_are_settled_here(name, godsil):
    """Note 5.4: double description alone does not end on these."""
    found = classify_graph(named_graph(name))
    assert found.values == (NO, NO, NO, godsil, YES, YES)
    vertex = found.compact.evidence
    assert isinstance(vertex, FractionalVertex)
    assert is_fractional_vertex(tuple(map(tuple, found.graph.adjacency())), found.partition.cells, vertex)


@pytest.mark.parametrize("order", COUNTS)
def test_numbers_of_graphs_in_each_class(order):
    assert counted([classify_graph(graph).values for graph in all_graphs(order)]) == COUNTS[order]


@pytest.mark.slow
def test_numbers_of_graphs_with_8_vertices():
    values = [classify_graph(graph).values for graph in made_graphs(8)]
    assert counted(values) == (12346, 3696, 11892, 12315, 12315, 12315, 12315)
    classes = Counter(colour_refinement(graph).transcript for graph in made_graphs(8))
    assert len(classes) == 12095
    assert max(classes.values()) == 8


def test_the_only_graphs_up_to_7_vertices_that_are_not_refinable():
    found = {graph.label for n in COUNTS for graph in all_graphs(n) if not classify_graph(graph).refinable.value}
    assert len(found) == 2
    assert {frozenset(Counter(as_graph(word[6:]).degrees).items()) for word in found} == {
        frozenset({(2, 7)}),
        frozenset({(4, 7)}),
    }


@given(st.data())
@examples(40)
def test_names_and_complements_do_not_matter(data):
    graph = data.draw(graphs(most=8, colours=2))
    expected = classify_graph(graph).values
    assert classify_graph(data.draw(relabelled(graph))).values == expected
    assert classify_graph(graph.complement()).values == expected
    assert all(larger is True or not smaller for smaller, larger in pairwise(expected))


@pytest.mark.parametrize("order", range(1, 7))
def test_classes_beside_definitions(order):
    """Orbits by all permutations; Tinhofer and Godsil by their definitions; amenable by all graphs."""
    classes = Counter(colour_refinement(graph).transcript for graph in all_graphs(order))
    for graph in all_graphs(order)[:: 1 + 7 * (order == 6)]:
        found = classify_graph(graph)
        every = maps(graph, graph)
        cells = set(colour_refinement(graph).cells)
        assert found.refinable.value == (set(orbits_of(order, every)) == cells)
        assert found.amenable.value == (classes[colour_refinement(graph).transcript] == 1)
        assert found.tinhofer.value == bool(is_tinhofer(graph))
        assert found.godsil.value == all(is_orbit_partition(graph, every, p) for p in equitable_partitions(graph))


def set_partitions(n):
    """All partitions of 0, …, n-1, as colours."""
    found = [()]
    for _ in range(n):
        found = [(*colours, c) for colours in found for c in range(max(colours, default=-1) + 2)]
    return found


def equitable_partitions(graph):
    for colours in set_partitions(graph.order):
        counts = {}
        rows = [Counter(colours[w] for w in near) for near in graph.neighbours]
        if all(counts.setdefault(c, rows[v]) == rows[v] for v, c in enumerate(colours)):
            yield colours


def is_orbit_partition(graph, automorphisms, colours):
    kept = [images for images in automorphisms if all(colours[images[v]] == c for v, c in enumerate(colours))]
    return len(orbits_of(graph.order, kept)) == len(set(colours))


# ---- the cone of circulations


@pytest.mark.parametrize(
    ("graph", "dimension", "rays"),
    [
        (cycle(6), 9, 11),
        (named_graph("cube"), 19, 44),
        (cycle(10), 17, 19),
        (circulant(9, [1, 2]), 16, 17),
        (circulant(9, [1, 3]), 16, 17),
        (circulant(11, [1, 2]), 20, 21),
    ],
)
def test_rays_of_the_note(graph, dimension, rays):
    cone = Circulations.of(graph)
    assert cone.dimension == dimension
    found = all_rays(cone)
    assert len(found.matrices) == rays
    assert all(permutation_of(ray) in maps_of(graph) for ray in found.matrices)


def maps_of(graph):
    from algebra.graphs import all_isomorphisms

    return set(all_isomorphisms(graph, graph))


def test_dimensions_of_the_note():
    expected = {"petersen": (41, 90), "icosahedron": (43, 66), "heawood": (73, 182), "rook-3x3": (32, 72)}
    cones = {name: Circulations.of(named_graph(name)) for name in expected}
    assert {name: (cone.dimension, len(cone.inequalities)) for name, cone in cones.items()} == expected


def test_a_triangle_and_a_square():
    cone = Circulations.of(as_graph("FwCGg"))
    found = all_rays(cone).matrices
    bad = [ray for ray in found if permutation_of(ray) is None]
    assert (cone.dimension, len(found), len(bad)) == (10, 12, 1)
    assert bad[0] == tuple(
        tuple(-4 * (u == v) if u < 3 and v < 3 else -3 * (u == v) if u > 2 and v > 2 else 1 for v in range(7))
        for u in range(7)
    )


def test_both_enumerations_agree(monkeypatch):
    pytest.importorskip("ppl", reason="pplpy is an optional extra")
    cones = [Circulations.of(part.graph) for graph in all_graphs(6) for part in split(colour_refinement(graph))]
    with_ppl = [all_rays(cone) for cone in cones]
    assert {found.by for found in with_ppl} == {"PPL"}
    monkeypatch.setattr(rays_module, "has_ppl", lambda: False)
    without = [all_rays(cone) for cone in cones]
    assert {found.by for found in without} == {"the checker"}
    assert [found.matrices for found in with_ppl] == [found.matrices for found in without]


def test_ctrl_c_stays_with_whom_it_was():
    pytest.importorskip("ppl", reason="pplpy is an optional extra")
    code = """
import signal
from algebra.graphs.circulations import Circulations
from algebra.graphs.rays import all_rays
before = lambda number, frame: None
signal.signal(signal.SIGINT, before)
assert all_rays(Circulations(((0, 1, 1), (1, 0, 1), (1, 1, 0)), ((0, 1, 2),))).by == "PPL"
assert signal.getsignal(signal.SIGINT) is before
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_without_the_extra_large_cones_are_left_open(monkeypatch):
    from algebra.graphs import compactness

    monkeypatch.setattr(rays_module, "has_ppl", lambda: False)
    monkeypatch.setattr(compactness, "has_ppl", lambda: False)
    monkeypatch.setattr(compactness, "STAGES", ((2, 50),))
    found = decide_piece(circulant(10, [1, 4]))
    assert found.compact is None
    assert "pip install pplpy" in found.by
    assert decide_piece(cycle(6)).compact is True


def test_a_large_component_is_left_open_before_the_work():
    found = classify_graph(cycle(40))
    assert found.values == (NO, NO, None, None, YES, YES)
    assert "1,600 unknowns" in found.compact.says
    assert found.compact.grade is Grade.INCONCLUSIVE


def test_fractional_vertices_of_the_note():
    """Section 7: of K_3 x K_3 and of the Petersen graph, four times as large."""
    cases = {
        rook(3): "010010101 100110010 011001010 100001020 010110100 011010001 001100101 100101100 101001001",
        named_graph("petersen"): "1000011001 1011001000 1010020000 0001101001 0101100001 0010110100 0000001120 "
        "1110000100 0101000020 0100100101",
    }
    for graph, rows in cases.items():
        vertex = FractionalVertex(tuple(tuple(map(int, row)) for row in rows.split()), 4)
        cells = (tuple(range(graph.order)),)
        assert is_fractional_vertex(tuple(map(tuple, graph.adjacency())), cells, vertex)


def test_what_is_no_fractional_vertex():
    adjacency = tuple(map(tuple, cycle(4).adjacency()))
    cells = ((0, 1, 2, 3),)
    barycentre = FractionalVertex(((1,) * 4,) * 4, 4)
    identity = FractionalVertex(tuple(tuple(int(u == v) for v in range(4)) for u in range(4)), 1)
    negative = FractionalVertex(((2, -1, 0, 0), (-1, 2, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1)), 1)
    assert not any(is_fractional_vertex(adjacency, cells, each) for each in (barycentre, identity, negative))


@given(st.lists(st.lists(st.integers(-3, 3), min_size=4, max_size=4), min_size=0, max_size=5))
@examples(40)
def test_nullspaces(rows):
    found = integer_nullspace(rows, 4)
    assert all(sum(x * y for x, y in zip(row, vector, strict=True)) == 0 for row in rows for vector in found)
    from algebra.rank import rank_rational

    assert len(found) == 4 - (int(rank_rational(rows)) if rows else 0)


def test_bad_rays_are_proved():
    for graph in (rook(3), named_graph("petersen")):
        cone = Circulations.of(graph)
        ray = bad_ray(cone, 100)
        assert permutation_of(ray) is None
        assert is_fractional_vertex(cone.adjacency, cone.cells, fractional_vertex(ray))
        assert bad_ray(cone, 100) == ray


# ---- splitting


def test_copies_are_decided_once():
    triangles = cycle(3).union(cycle(3)).union(cycle(3))
    pentagons = cycle(5).union(cycle(5))
    assert split_disconnected(split(colour_refinement(triangles))[0]) == ()
    (piece,) = split_disconnected(split(colour_refinement(pentagons))[0])
    assert piece.vertices == (0, 1, 2, 3, 4)
    assert [classify_graph(graph).compact.value for graph in (triangles, pentagons)] == [True, True]
    # Theorem 6: components of one stable colour have to be isomorphic
    assert [
        classify_graph(each).compact.value
        for each in (cycle(4).union(cycle(6)), as_graph("C~").union(as_graph("EFz_")))
    ] == [False, False]


def test_the_number_of_types_of_components():
    """Note 5.2: the refinable graphs with at most 7 vertices have few types of components."""
    types = set()
    for order in range(1, 8):
        for graph in all_graphs(order):
            if classify_graph(graph).refinable.value:
                types |= {component_form(part) for part in split(colour_refinement(graph))}
    assert 10 < len(types) < 60


def test_splitting_does_not_change_verdicts():
    """Decide whole graphs by the rays of their cone, without splitting, beside the verdict."""
    for graph in all_graphs(6):
        found = classify_graph(graph)
        partition = colour_refinement(graph)
        cone = Circulations.of(graph.coloured(partition.colours))
        if found.refinable.value and not found.amenable.value and cone.dimension <= 12:
            rays = all_rays(cone).matrices
            assert found.compact.value == all(permutation_of(ray) is not None for ray in rays), graph.label


# ---- amenable graphs


@pytest.mark.parametrize("word", ["EhEG", "FwCGg", "H{S{aSf"])
def test_obstructions_say_what_is_wrong(word):
    found = amenability_obstruction(word)
    assert found.condition in "ABCD"
    assert found.says


def test_forests_are_amenable():
    import networkx as nx

    found = [graph for n in range(1, 8) for graph in all_graphs(n) if nx.is_forest(graph.to_networkx())]
    assert len(found) == 1 + 2 + 3 + 6 + 10 + 20 + 37
    assert all(is_amenable(graph) for graph in found)


def test_godsil_partitions_are_equitable_and_no_orbits():
    graph = circulant(10, [1, 2])
    cells = partition_without_group(graph)
    colours = [next(i for i, cell in enumerate(cells) if v in cell) for v in range(10)]
    counts = {(colours[v], tuple(sorted(colours[w] for w in near))) for v, near in enumerate(graph.neighbours)}
    assert len(counts) == len(cells)


# ---- the atlas


def test_all_graphs_are_made_once():
    assert [len(made_graphs(n)) for n in range(1, 8)] == [1, 2, 4, 11, 34, 156, 1044]
    for order in range(1, 7):
        forms = {graph_form(colour_refinement(graph)) for graph in all_graphs(order)}
        assert forms == {graph_form(colour_refinement(graph)) for graph in made_graphs(order)}


def test_forms_tell_graphs_apart():
    for order in range(1, 6):
        for first, second in combinations(all_graphs(order), 2):
            assert graph_form(colour_refinement(first)) != graph_form(colour_refinement(second))
    for images in list(permutations(range(5)))[::7]:
        for graph in all_graphs(5):
            assert graph_form(colour_refinement(graph.relabelled(images))) == graph_form(colour_refinement(graph))


@pytest.mark.parametrize("order", [0, 10, "3", 2.5])
def test_numbers_of_vertices_that_there_are_not(order):
    with pytest.raises(InputError, match="order"):
        made_graphs(order)


def test_numbers_of_edges():
    assert [len(graphs_of_size(5, m)) for m in range(11)] == [1, 1, 2, 4, 6, 6, 6, 4, 2, 1, 1]
    assert graphs_of_size(3, 4) == ()


def test_components_of_given_colours():
    """Colours of a file are kept: a path with one end marked is discrete."""
    found = classify_graph(SimpleGraph([[1], [0, 2], [1]], [0, 0, 1]))
    assert found.discrete.value
