"""Slow and independent ways to find what the library finds, and all small graphs."""

from __future__ import annotations

from collections import Counter
from functools import cache
from itertools import combinations, permutations, product

import networkx as nx
from hypothesis import strategies as st
from networkx.generators.atlas import graph_atlas_g

from algebra.graphs import SimpleGraph, as_graph


@cache
def all_graphs(order):
    """Every graph with so many vertices, up to 7, from the atlas of Read and Wilson in networkx."""
    return [as_graph(graph) for graph in graph_atlas_g() if len(graph) == order]


@cache
def graphs_of_order_8():
    """Every graph with 8 vertices: one more vertex on each graph with 7, and one graph of each isomorphism class."""
    from algebra.graphs import colour_refinement, isomorphism

    found = {}
    for graph in all_graphs(7):
        for bits in product((0, 1), repeat=7):
            edges = [*graph.edges(), *((v, 7) for v, bit in enumerate(bits) if bit)]
            made = SimpleGraph.of_edges(8, edges)
            equal = found.setdefault(colour_refinement(made).transcript, [])
            if all(isomorphism(made, other) is None for other in equal):
                equal.append(made)
    return [graph for equal in found.values() for graph in equal]


def maps(first, second):
    """All isomorphisms, by trying every permutation."""
    if first.order != second.order:
        return []
    edges = {frozenset(edge) for edge in second.edges()}
    mine = [frozenset(edge) for edge in first.edges()]
    return [
        images
        for images in permutations(range(first.order))
        if all(second.colours[images[v]] == c for v, c in enumerate(first.colours))
        and len(mine) == len(edges)
        and all(frozenset(images[v] for v in edge) in edges for edge in mine)
    ]


def cells_by_splitting(graph):
    """The stable partition, by splitting cells by numbers of neighbours until none splits."""
    cells = [[v for v in range(graph.order) if graph.colours[v] == c] for c in sorted(set(graph.colours))]
    while True:
        for by in cells:
            split = []
            for cell in cells:
                counts = {v: len(set(graph.neighbours[v]) & set(by)) for v in cell}
                split += [[v for v in cell if counts[v] == k] for k in sorted(set(counts.values()))]
            if len(split) > len(cells):
                cells = split
                break
        else:
            return {frozenset(cell) for cell in cells}


def two_fwl_equal(first, second):
    """2-FWL on both graphs, pair by pair in dictionaries."""
    colours = {}
    for side, graph in enumerate((first, second)):
        for x, y in product(range(graph.order), repeat=2):
            colours[side, x, y] = (graph.colours[x], graph.colours[y], x == y, y in graph.neighbours[x])
    for _ in range(2 + 2 * first.order**2):
        found = {}
        for (side, x, y), own in colours.items():
            n = (first, second)[side].order
            found[side, x, y] = (own, tuple(sorted((colours[side, w, y], colours[side, x, w]) for w in range(n))))
        names = {signature: i for i, signature in enumerate(sorted(set(found.values()), key=repr))}
        before = len(set(colours.values()))
        colours = {key: names[signature] for key, signature in found.items()}
        sides = [Counter(c for (side, _, _), c in colours.items() if side == s) for s in (0, 1)]
        if sides[0] != sides[1]:
            return False
        if len(names) == before:
            return True
    raise AssertionError("it should be stable")


def homomorphisms(tree, graph):
    """All maps of vertices that preserve edges."""
    return sum(
        all(images[v] in graph.neighbours[images[u]] for u, v in tree.edges())
        for images in product(range(graph.order), repeat=tree.order)
    )


@st.composite
def graphs(draw, most=8, colours=1, least=0):
    """Any graph with at most so many vertices, with so many colours."""
    order = draw(st.integers(least, most))
    edges = [pair for pair in combinations(range(order), 2) if draw(st.booleans())]
    of_vertices = draw(st.lists(st.integers(0, colours - 1), min_size=order, max_size=order))
    return SimpleGraph.of_edges(order, edges, of_vertices)


@st.composite
def relabelled(draw, graph):
    """A graph with other names of the vertices."""
    return graph.relabelled(draw(st.permutations(range(graph.order))))


def regular(degree, order, seed):
    """A random regular graph."""
    return as_graph(nx.random_regular_graph(degree, order, seed=seed))
