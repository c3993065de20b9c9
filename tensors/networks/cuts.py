"""Minimal cuts of factor graphs: the variables that separate two groups of observed variables.

The rank of a matricization is at most the product of the dimensions of any set of variables that separates the row
side from the other observed variables, each hyperedge counted once (Levine, Yakira, Cohen, Shashua, ICLR 2018,
arXiv 1704.01552, for convolutional arithmetic circuits).
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from algebra.shown import Shown
from tensors.networks.flows import Flow

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tensors.networks.structure import GraphStructure

PRECISION = 40
"""Capacities of the flow are ``round(2^40 * log2(dim))`` where the dimensions are not powers of one integer.

A float holds the logarithm of a dimension below 2^64 to at least 47 bits after the point, more than are kept."""


@dataclass(frozen=True)
class Cut(Shown):
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

    Returns
    -------
    Cut

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

    Parameters
    ----------
    dim : int
        At least 1.
    base : int
        At least 2.

    Returns
    -------
    int

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
