"""Graphs with a name, and pairs of graphs that methods cannot tell apart."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations, product
from typing import Any, TypeVar

from algebra.errors import InputError, as_integer, one_of
from algebra.graphs.graph import SimpleGraph
from algebra.graphs.reading import as_graph

Pair = tuple[SimpleGraph, SimpleGraph]
Made = TypeVar("Made")


def cycle(n: int) -> SimpleGraph:
    """Return the cycle on n >= 3 vertices.

    Parameters
    ----------
    n : int
        Vertices.

    Returns
    -------
    SimpleGraph

    Examples
    --------
    >>> cycle(5).label
    'graph:Dhc'
    """
    return circulant(as_integer("n", n, 3), [1])


def circulant(n: int, steps: list[int]) -> SimpleGraph:
    """Return C_n(steps): v is adjacent to v + s and v - s modulo n, for each step s.

    Parameters
    ----------
    n : int
        Vertices.
    steps : sequence of int

    Returns
    -------
    SimpleGraph

    Raises
    ------
    InputError
        If n divides a step.

    Examples
    --------
    >>> circulant(10, [1, 2]).graph6
    'IzKWWMBoW'
    """
    for step in steps:
        if as_integer("step", step) % n == 0:
            raise InputError("steps", steps, f"of integers that {n} does not divide: graphs here have no loops")
    around = ({(v + sign * s) % n for s in steps for sign in (1, -1)} for v in range(as_integer("n", n, 1)))
    return SimpleGraph.trusted(tuple(tuple(sorted(near)) for near in around), (0,) * n)


def rook(m: int, n: int | None = None) -> SimpleGraph:
    """Return the rook's graph K_m x K_n: squares of a board, adjacent in a row or a column; vertex n·i + j.

    Parameters
    ----------
    m : int
        Rows.
    n : int, optional
        Columns; default: as many.

    Returns
    -------
    SimpleGraph

    Examples
    --------
    >>> rook(3).graph6
    'H{S{aSf'
    """
    squares = list(product(range(as_integer("m", m, 1)), range(as_integer("n", m if n is None else n, 1))))
    return _from_rule(squares, lambda a, b: a != b and (a[0] == b[0] or a[1] == b[1]))


def shrikhande() -> SimpleGraph:
    """Return the Shrikhande graph: Z_4 x Z_4, adjacent if the difference is ±(0,1), ±(1,0) or ±(1,1).

    It has the parameters of the rook's graph 4 x 4, and 2-FWL cannot tell them apart.

    Returns
    -------
    SimpleGraph
    """
    steps = {(0, 1), (0, 3), (1, 0), (3, 0), (1, 1), (3, 3)}
    squares = list(product(range(4), repeat=2))
    return _from_rule(squares, lambda a, b: ((a[0] - b[0]) % 4, (a[1] - b[1]) % 4) in steps)


def paley(q: int) -> SimpleGraph:
    """Return the Paley graph of a prime q = 1 mod 4: adjacent if the difference is a square.

    Parameters
    ----------
    q : int
        A prime that is 1 modulo 4.

    Returns
    -------
    SimpleGraph

    Raises
    ------
    InputError
        If q is no such prime.
    """
    from algebra.rank.primes import is_prime

    if not is_prime(as_integer("q", q, 5)) or q % 4 != 1:
        raise InputError("q", q, "a prime that is 1 modulo 4")
    return circulant(q, sorted({x * x % q for x in range(1, q)}))


def kneser(n: int, k: int) -> SimpleGraph:
    """Return the k-subsets of 0, …, n-1, adjacent where disjoint; kneser(5, 2) is the Petersen graph.

    Parameters
    ----------
    n : int
        Elements.
    k : int
        Elements of a subset.

    Returns
    -------
    SimpleGraph

    Examples
    --------
    >>> kneser(5, 2).degrees
    (3, 3, 3, 3, 3, 3, 3, 3, 3, 3)
    """
    subsets = list(combinations(range(as_integer("n", n, 1)), as_integer("k", k, 1)))
    return _from_rule(subsets, lambda a, b: not set(a) & set(b))


def cfi(base: Any, is_twisted: bool = False) -> SimpleGraph:
    """Return the graph of Cai, Fürer and Immerman over a connected graph [1]_.

    Two vertices e0, e1 for each edge e; for each vertex v and each even set S of edges at v a vertex (v, S), joined to
    e1 for e in S and to e0 for the other edges at v. In the twisted graph the sets at vertex 0 are odd.

    Parameters
    ----------
    base : graph
        Whatever `as_graph` reads.
    is_twisted : bool

    Returns
    -------
    SimpleGraph

    References
    ----------
    .. [1] J.-Y. Cai, M. Fürer, N. Immerman, Combinatorica 12 (1992).

    Examples
    --------
    >>> cfi("C~").order, cfi("C~", is_twisted=True).size  # over the complete graph on 4 vertices
    (28, 48)
    """
    read = as_graph(base, "base")
    ends = list(read.edges())
    vertices: list[Any] = [(e, bit) for e in range(len(ends)) for bit in (0, 1)]
    edges = []
    for v in range(read.order):
        at = [e for e, end in enumerate(ends) if v in end]
        for bits in product((0, 1), repeat=len(at)):
            if sum(bits) % 2 == (is_twisted and v == 0):
                edges += [(len(vertices), 2 * e + bit) for e, bit in zip(at, bits, strict=True)]
                vertices.append((v, bits))
    return SimpleGraph.of_edges(len(vertices), edges)


def _from_rule(points: list[Any], are_adjacent: Callable[[Any, Any], bool]) -> SimpleGraph:
    around = (tuple(j for j, b in enumerate(points) if are_adjacent(a, b)) for a in points)
    return SimpleGraph.trusted(tuple(around), (0,) * len(points))


def _of_networkx(name: str) -> SimpleGraph:
    import networkx as nx

    return as_graph(getattr(nx, name)())


GRAPHS: dict[str, Callable[[], SimpleGraph]] = {
    "petersen": lambda: kneser(5, 2),
    "icosahedron": lambda: _of_networkx("icosahedral_graph"),
    "heawood": lambda: _of_networkx("heawood_graph"),
    "cube": lambda: _of_networkx("cubical_graph"),
    "rook-3x3": lambda: rook(3),
    "rook-3x4": lambda: rook(3, 4),
    "rook-4x4": lambda: rook(4),
    "shrikhande": shrikhande,
    "paley-13": lambda: paley(13),
    "c10-1-2": lambda: circulant(10, [1, 2]),
}
"""Graphs by name."""


PAIRS: dict[str, Callable[[], Pair]] = {
    "c6-2c3": lambda: (cycle(6), cycle(3).union(cycle(3))),
    "c7-c3c4": lambda: (cycle(7), cycle(3).union(cycle(4))),
    "cfi-k3": lambda: (cfi("Bw"), cfi("Bw", is_twisted=True)),
    "rook-shrikhande": lambda: (rook(4), shrikhande()),
    "cfi-k4": lambda: (cfi("C~"), cfi("C~", is_twisted=True)),
}
"""Pairs of graphs that are not isomorphic, and that colour refinement cannot tell apart."""


def named_graph(name: str) -> SimpleGraph:
    """Return a graph by its name.

    Parameters
    ----------
    name : str
        One of the names in `GRAPHS`.

    Returns
    -------
    SimpleGraph

    Raises
    ------
    InputError
        If there is none; it lists the names.

    Examples
    --------
    >>> named_graph("petersen").order
    10
    """
    return _look_up(GRAPHS, name)()


def named_pair(name: str) -> Pair:
    """Return a pair of graphs by its name.

    Parameters
    ----------
    name : str
        One of the names in `PAIRS`.

    Returns
    -------
    Pair

    Examples
    --------
    >>> [graph.label for graph in named_pair("c6-2c3")]
    ['graph:EhEG', 'graph:EwCW']
    """
    return _look_up(PAIRS, name)()


def _look_up(table: dict[str, Made], name: str) -> Made:
    return table[one_of("name", name, table)]
