"""Components by the sizes of their cells: is there a refinable graph that is not a Tinhofer graph?"""

from itertools import combinations, product

import pytest

from algebra.errors import InputError
from algebra.graphs import SimpleGraph, as_graph, canonical_form, colour_refinement, is_tinhofer, named_graph
from algebra.graphs.cell_components import cell_sizes, components_of_cells, refinable_components
from algebra.graphs.splitting import Component, component_form, split
from tests.graphs.oracle import all_graphs

QUICK = [(2, 2), (2, 2, 2), (2, 4), (2, 2, 2, 2), (2, 2, 4), (3, 3), (3, 3, 3), (3, 6)]


def test_sizes_that_hang_together():
    assert [list(cell_sizes(n)) for n in (2, 3, 4, 5, 6, 7)] == [[], [], [(2, 2)], [], [(2, 2, 2), (2, 4), (3, 3)], []]
    assert list(cell_sizes(11)) == [(2, 3, 6)]


def test_components_beside_all_coloured_graphs():
    """Two cells of three: every bipartite graph between two graphs of three vertices, tried one by one."""
    pairs, across = list(combinations(range(3), 2)), list(product(range(3), range(3, 6)))
    found = set()
    types = [(0, 0, 0), (1, 0, 0), (1, 1, 0), (1, 1, 1)]
    for inner, outer, bits in product(types, product((0, 1), repeat=3), product((0, 1), repeat=9)):
        edges = [pair for pair, bit in zip(pairs, inner, strict=True) if bit]
        edges += [(u + 3, v + 3) for (u, v), bit in zip(pairs, outer, strict=True) if bit]
        edges += [pair for pair, bit in zip(across, bits, strict=True) if bit]
        graph = SimpleGraph.of_edges(6, edges, (0, 0, 0, 1, 1, 1))
        parts = split(colour_refinement(graph)) if colour_refinement(graph).count == 2 else ()
        found |= {component_form(part) for part in parts if len(part.cells) == 2}
    ours = {component_form(Component(graph, tuple(range(6)))) for graph in components_of_cells([3, 3])}
    assert ours == found


def test_every_component_of_the_atlas_is_there():
    for order in range(4, 8):
        for graph in all_graphs(order):
            for part in split(colour_refinement(graph)):
                sizes = tuple(sorted(len(cell) for cell in part.cells))
                if sizes in QUICK[:6]:
                    assert component_form(part) in forms(sizes)


def forms(sizes, known={}):  # noqa: B006 - a cache
    if sizes not in known:
        vertices = tuple(range(sum(sizes)))
        known[sizes] = {component_form(Component(graph, vertices)) for graph in components_of_cells(sizes)}
    return known[sizes]


@pytest.mark.parametrize("sizes", QUICK)
def test_small_refinable_components_are_tinhofer_graphs(sizes):
    assert all(is_tinhofer(graph) for graph in refinable_components(sizes))


@pytest.mark.slow
@pytest.mark.parametrize("order", [8, 9, 10, 11])
def test_refinable_graphs_up_to_11_vertices_with_several_cells_are_tinhofer_graphs(order):
    for sizes in cell_sizes(order):
        assert all(is_tinhofer(graph) for graph in refinable_components(sizes))


def cayley_graphs(elements, multiply):
    """All Cayley graphs of a group, one of each type."""
    identity = next(e for e in elements if all(multiply(e, g) == g for g in elements))
    inverse = {g: next(h for h in elements if multiply(g, h) == identity) for g in elements}
    kinds = sorted({tuple(sorted({g, inverse[g]})) for g in elements if g != identity})
    found = {}
    for chosen in product((False, True), repeat=len(kinds)):
        steps = [g for kind, taken in zip(kinds, chosen, strict=True) if taken for g in kind]
        around = [sorted(elements.index(multiply(g, s)) for s in steps) for g in elements]
        graph = SimpleGraph(around)
        found.setdefault(canonical_form(graph), graph)
    return found


def test_vertex_transitive_graphs_on_10_and_11_vertices_are_tinhofer_graphs():
    """One cell: 22 graphs on 10 vertices (the Petersen graph and its complement are no Cayley graphs) and 8 on 11."""
    cyclic = [cayley_graphs(list(range(n)), lambda a, b, n=n: (a + b) % n) for n in (10, 11)]
    dihedral = [(k, sign) for sign in (1, -1) for k in range(5)]
    others = cayley_graphs(dihedral, lambda a, b: ((a[0] + a[1] * b[0]) % 5, a[1] * b[1]))
    petersen = [named_graph("petersen"), named_graph("petersen").complement()]
    ten = cyclic[0] | others | {canonical_form(graph): graph for graph in petersen}
    assert (len(ten), len(cyclic[1])) == (22, 8)
    assert all(is_tinhofer(graph) for graph in (*ten.values(), *cyclic[1].values()))


@pytest.mark.parametrize("sizes", [(1, 2), (9, 3), (2.5, 2)])
def test_sizes_that_there_are_not(sizes):
    with pytest.raises(InputError, match="size"):
        next(components_of_cells(sizes))


def test_a_component_is_one():
    for graph in components_of_cells((2, 4)):
        assert len(split(colour_refinement(graph))) == 1
        assert as_graph(graph).order == 6
