"""Minimal cuts of factor graphs: the variables that separate two groups of observed variables.

The rank of a matricization is at most the product of the dimensions of any set of variables that separates the row
side from the other observed variables, each hyperedge counted once (Levine, Yakira, Cohen, Shashua, ICLR 2018,
arXiv 1704.01552, for convolutional arithmetic circuits).
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tensors.networks.structure import GraphStructure

PRECISION = 40
"""Capacities of the flow are ``round(2^40 * log2(dim))`` where the dimensions are not powers of one integer.

A float holds the logarithm of a dimension below 2^64 to at least 47 bits after the point, more than are kept."""


@dataclass(frozen=True)
class Cut:
    """Variables that separate the row side from the others, and the product of their dimensions.

    Parameters
    ----------
    variables : tuple of int
        Sorted.
    product : int
        An upper bound for the rank of the matricization.
    """

    variables: tuple[int, ...]
    product: int


def minimal_cut(graph: GraphStructure, row_side: Sequence[int]) -> Cut:
    """Return a cut of least product, up to the rounding of the logarithms; its product is exact.

    Parameters
    ----------
    graph : GraphStructure
    row_side : sequence of int
        Observed variables; an observed variable may be cut too.

    Raises
    ------
    InputError
        If the row side is not a set of observed variables.

    Examples
    --------
    >>> from tensors.networks import FactorGraph
    >>> minimal_cut(FactorGraph((4, 4, 2), 2, ((0, 2), (1, 2))), [0])
    Cut(variables=(2,), product=2)
    """
    rows = graph.check_row_side(row_side)
    return flow_cut(graph, rows, Flow.of(graph, rows, capacities(graph.variable_dims)))


def flow_cut(graph: GraphStructure, rows: tuple[int, ...], flow: Flow) -> Cut:
    """Return the cut that a maximal flow shows, or a whole side where that is smaller; checked.

    Raises
    ------
    ArithmeticError
        If the variables do not separate the two sides: an error of the flow's implementation.
    """
    sides = (flow.cut, rows, graph.other_side(rows))
    best = min((_cut(graph, variables) for variables in sides), key=lambda cut: cut.product)
    if not is_cut(graph, rows, best.variables):
        raise ArithmeticError(f"the flow gave no cut of {graph.label}")
    return best


def _cut(graph: GraphStructure, variables: tuple[int, ...]) -> Cut:
    return Cut(variables, math.prod(graph.variable_dims[v] for v in variables))


def is_cut(graph: GraphStructure, row_side: Sequence[int], variables: Iterable[int]) -> bool:
    """Tell whether no path of factors leads from the row side to another observed variable but through `variables`.

    Examples
    --------
    >>> from tensors.networks import FactorGraph
    >>> graph = FactorGraph((4, 4, 2), 2, ((0, 2), (1, 2)))
    >>> is_cut(graph, [0], []), is_cut(graph, [0], [2])
    (False, True)
    """
    removed, rows = set(variables), set(row_side)
    seen = rows - removed
    waiting, done = list(seen), set()
    while waiting:
        for factor in graph.factors_of[waiting.pop()]:
            if factor not in done:
                done.add(factor)
                fresh = [v for v in graph.factor_scopes[factor] if v not in removed and v not in seen]
                seen.update(fresh)
                waiting += fresh
    return not any(v < graph.observed and v not in rows for v in seen)


def symmetric_bound(graph: GraphStructure, side: Iterable[int]) -> int:
    """Bound the number of different rows if `side` indexes them, given the symmetry of tied factors.

    Observed variables that hang on equal factors in the same way are exchangeable: n of them with d values count
    binomial(d + n - 1, n) times, not d^n.

    Examples
    --------
    >>> from tensors.networks import FactorGraph
    >>> shared = FactorGraph((2, 2, 2, 9), 3, ((0, 3), (1, 3), (2, 3)), ((0, 1, 2),))
    >>> symmetric_bound(shared, [0, 1]), symmetric_bound(shared, [2])
    (3, 2)
    """
    classes = Counter((_place(graph, v), graph.variable_dims[v]) for v in side)
    return math.prod(math.comb(d + n - 1, n) for (_, d), n in classes.items())


def _place(graph: GraphStructure, v: int) -> tuple[int, ...]:
    """What is the same for exchangeable variables: the table, the axis in it, and the other variables."""
    if len(graph.factors_of[v]) != 1:
        return (v,)
    factor = graph.factors_of[v][0]
    scope = graph.factor_scopes[factor]
    return (graph.tables[factor], scope.index(v), *(u for u in scope if u != v))


def capacities(dims: Sequence[int]) -> tuple[int, ...]:
    """Return integers in proportion to the logarithms: exactly if all are powers of one integer, else rounded.

    Examples
    --------
    >>> capacities((1, 8, 4)), capacities((2, 3))
    ((0, 3, 2), (1099511627776, 1742684699132))
    """
    base = common_base(dims)
    if base is not None:
        return tuple(digits(d, base) for d in dims)
    return tuple(round(math.log2(d) * 2**PRECISION) for d in dims)


def common_base(dims: Iterable[int]) -> int | None:
    """Return the largest integer that all dimensions are powers of, or None.

    Examples
    --------
    >>> common_base((4, 16, 1)), common_base((4, 8)), common_base((2, 6)), common_base((1,))
    (4, 2, None, 2)
    """
    distinct = sorted(set(dims) - {1})
    if not distinct:
        return 2
    roots = [integer_root(distinct[0], k) for k in range(1, distinct[0].bit_length())]
    return next((b for b in roots if b > 1 and all(b ** digits(d, b) == d for d in distinct)), None)


def digits(dim: int, base: int) -> int:
    """Return the largest e such that base^e is at most dim.

    Examples
    --------
    >>> digits(1, 2), digits(8, 2), digits(8, 3)
    (0, 3, 1)
    """
    count = 0
    while dim >= base:
        dim //= base
        count += 1
    return count


def integer_root(n: int, k: int) -> int:
    """Return the largest integer whose k-th power is at most n.

    Examples
    --------
    >>> integer_root(26, 3), integer_root(27, 3)
    (2, 3)
    """
    low, high = 0, 1 << -(-n.bit_length() // k)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**k <= n else (low, middle - 1)
    return low


@dataclass(frozen=True)
class Flow:
    """A maximal flow from the row side to the other observed variables, limited at the variables.

    Parameters
    ----------
    cut : tuple of int
        Variables that the flow fills, and that separate the two sides; sorted.
    through : tuple of int
        How much passes each variable.
    edges : dict
        How much passes from node to node: 2v is where variable v is entered, 2v+1 where it is left; then come the
        factors. Only what is positive.
    sink : int
        The node that the flow goes to.
    """

    cut: tuple[int, ...]
    through: tuple[int, ...]
    edges: dict[int, dict[int, int]]
    sink: int

    @classmethod
    def of(cls, graph: GraphStructure, rows: tuple[int, ...], limits: Sequence[int]) -> Flow:
        """Compute a maximal flow."""
        from networkx.algorithms.flow import boykov_kolmogorov

        network, source, sink = _network(graph, rows, limits)
        residual = boykov_kolmogorov(network, source, sink)

        # The cut: variables that can be entered from the source by what the flow leaves free, but not left.
        reached, _ = residual.graph["trees"]
        count = len(graph.variable_dims)
        cut = tuple(v for v in range(count) if 2 * v in reached and 2 * v + 1 not in reached)

        # Where the network has an edge in the place of a factor of two variables, the flow is given through the factor.
        edges: dict[int, dict[int, int]] = {}
        pairs = _pairs(graph)
        for start, end, attributes in residual.edges(data=True):
            amount = attributes["flow"]
            if amount <= 0 or start == source:
                continue
            factor = pairs.get((start // 2, end // 2)) if start % 2 and end < 2 * count else None
            nodes = (start, end) if factor is None else (start, 2 * count + factor, end)
            for a, b in pairwise(nodes):
                onto = edges.setdefault(a, {})
                onto[b] = onto.get(b, 0) + amount
        through = tuple(edges.get(2 * v, {}).get(2 * v + 1, 0) for v in range(count))
        return cls(cut, through, edges, sink)


def _pairs(graph: GraphStructure) -> dict[tuple[int, int], int]:
    """For each two variables, in both orders, the first factor of these two alone."""
    found: dict[tuple[int, int], int] = {}
    for f, scope in enumerate(graph.factor_scopes):
        if len(scope) == 2 and scope not in found:
            found[scope[0], scope[1]] = found[scope[1], scope[0]] = f
    return found


def _network(graph: GraphStructure, rows: tuple[int, ...], limits: Sequence[int]) -> tuple[Any, int, int]:
    """Return a digraph, source and sink: a variable is two nodes, and the edge between them alone is limited.

    Factors of two variables are edges, of more a node; those of one variable lead nowhere.
    """
    import networkx as nx

    first = 2 * len(graph.variable_dims)
    source = first + len(graph.factor_scopes)
    network: Any = nx.DiGraph()
    network.add_nodes_from((source, source + 1))
    network.add_edges_from((2 * v, 2 * v + 1, {"capacity": limit}) for v, limit in enumerate(limits))
    network.add_edges_from((2 * u + 1, 2 * v) for u, v in _pairs(graph))
    for f, scope in enumerate(graph.factor_scopes):
        if len(scope) > 2:
            network.add_edges_from((first + f, 2 * v) for v in scope)
            network.add_edges_from((2 * v + 1, first + f) for v in scope)
    inside = set(rows)
    network.add_edges_from((source, 2 * v) if v in inside else (2 * v + 1, source + 1) for v in range(graph.observed))
    return network, source, source + 1
