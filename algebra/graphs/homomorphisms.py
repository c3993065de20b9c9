"""Homomorphisms from trees: integers that tell graphs apart exactly as far as colour refinement does.

Dvořák [1]_, and Dell, Grohe and Rattan [2]_: colour refinement cannot tell G and H apart exactly if every tree has as
many homomorphisms into G as into H. No refinement is involved here, so that the two check each other.

References
----------
.. [1] Z. Dvořák, "On recognizing graphs by numbers of homomorphisms", J. Graph Theory 64 (2010).
.. [2] H. Dell, M. Grohe, G. Rattan, "Lovász meets Weisfeiler and Leman", ICALP 2018.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from algebra.errors import InputError, as_integer
from algebra.graphs.graph import SimpleGraph
from algebra.graphs.reading import as_graph

Rooted = tuple[Any, ...]
"""A rooted tree: the sorted tuple of the trees below its root. A single vertex is the empty tuple."""

MOST_TREE_VERTICES = 16
"""Of a family of all trees: there are 19,320 with 16 vertices, and about 2.6 times as many with each one more."""


def tree_homomorphisms(tree: Any, graph: Any) -> int:
    """Count the homomorphisms from a tree into a graph; colours are not looked at.

    Parameters
    ----------
    tree, graph : graph
        Whatever `as_graph` reads.

    Returns
    -------
    int

    Raises
    ------
    InputError
        If the first one is no tree.

    Notes
    -----
    f_x(v) is the number of homomorphisms of the tree below x that send x to v: the product over the children y of x of
    the sums of f_y over the neighbours of v.

    Examples
    --------
    >>> tree_homomorphisms("Bg", "Bw")  # a path on three vertices into a triangle: walks
    12
    """
    return count_homomorphisms([rooted(as_graph(tree, "tree"))], as_graph(graph))[0]


def trees(most: int) -> Iterator[SimpleGraph]:
    """Yield every tree with at most so many vertices, smaller ones first, each once.

    Parameters
    ----------
    most : int
        Vertices of the largest trees.

    Yields
    ------
    SimpleGraph

    Raises
    ------
    InputError
        If the number is not from 1 to `MOST_TREE_VERTICES`.

    Examples
    --------
    >>> [tree.order for tree in trees(5)]
    [1, 2, 3, 4, 4, 5, 5, 5]
    """
    import networkx as nx

    allowed = f"from 1 to {MOST_TREE_VERTICES}: their number grows 2.6 times with each vertex"
    if not 1 <= as_integer("most", most) <= MOST_TREE_VERTICES:
        raise InputError("most", most, allowed)
    yield SimpleGraph([[]])
    for order in range(2, most + 1):
        yield from map(as_graph, nx.nonisomorphic_trees(order))


def homomorphism_counts(graph: Any, most: int) -> tuple[int, ...]:
    """Return the numbers of homomorphisms from all trees with at most so many vertices, in the order of `trees`.

    Parameters
    ----------
    graph : graph
        Whatever `as_graph` reads.
    most : int
        Vertices of the largest trees.

    Returns
    -------
    tuple of int

    Examples
    --------
    >>> homomorphism_counts("EhEG", 4) == homomorphism_counts("EwCW", 4)
    True
    """
    return count_homomorphisms(_rooted_trees(most), as_graph(graph))


@cache
def _rooted_trees(most: int) -> tuple[Rooted, ...]:
    return tuple(rooted(tree) for tree in trees(most))


def rooted(tree: SimpleGraph) -> Rooted:
    """Return a tree, rooted where trees below the root are small, so that different trees have many parts in common.

    Raises
    ------
    InputError
        If the graph is no tree.
    """
    root = _centre(tree)
    order, parent = [root], {root: -1}
    for x in order:
        below = [y for y in tree.neighbours[x] if y != parent[x]]
        parent |= dict.fromkeys(below, x)
        order += below

    shapes: dict[int, list[Rooted]] = {x: [] for x in order}
    for x in reversed(order[1:]):
        shapes[parent[x]].append(tuple(sorted(shapes[x])))
    return tuple(sorted(shapes[root]))


def _centre(tree: SimpleGraph) -> int:
    """Return the vertex that is left when leaves are taken away in turns; there is none unless it is a tree."""
    left = {v: len(around) for v, around in enumerate(tree.neighbours)}
    leaves = [v for v, degree in left.items() if degree <= 1]
    taken: list[int] = []
    for v in leaves:
        taken.append(v)
        del left[v]
        for w in tree.neighbours[v]:
            if w in left:
                left[w] -= 1
                if left[w] == 1:
                    leaves.append(w)
    if tree.size != tree.order - 1 or left:
        raise InputError("tree", tree.label, "a tree: connected, and with one edge less than vertices")
    return taken[-1]


def count_homomorphisms(shapes: Iterable[Rooted], graph: SimpleGraph) -> tuple[int, ...]:
    """Count the homomorphisms from each of several rooted trees; parts in common are counted once."""
    known: dict[Rooted, list[int]] = {(): [1] * graph.order}

    def count(shape: Rooted) -> list[int]:
        if shape not in known:
            found = [1] * graph.order
            for below in shape:
                look = count(below).__getitem__
                found = [f * sum(map(look, near)) for f, near in zip(found, graph.neighbours, strict=True)]
            known[shape] = found
        return known[shape]

    return tuple(sum(count(shape)) for shape in shapes)
