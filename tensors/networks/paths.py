"""Disjoint paths of factor graphs: lower bounds of generic ranks without any evaluation.

Let a path of width w from the row side to another observed variable restrict every variable on it to a digit of w
values and every factor on it compare two of them, and let all else be 1. Then the matricization is, up to a
constant, a Kronecker product of identity matrices, one of each path's width. So if no variable carries more than its
dimension, and no two factors are tied, almost all tables give a rank of at least the product of the widths.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from algebra.shown import Shown
from tensors.networks.cuts import common_base, digits, integer_root
from tensors.networks.flows import Flow, FlowNetwork

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tensors.networks.structure import GraphStructure

MOST_WIDTHS = 8
"""Widths that are tried first, where the dimensions are not powers of one integer."""


@dataclass(frozen=True)
class Wire(Shown):
    """A path from the row side to another observed variable, and how many values it carries.

    Parameters
    ----------
    width : int
    path : tuple of int
        Variable, factor, variable, …, variable; those between the ends are hidden.
    """

    width: int
    path: tuple[int, ...]


def disjoint_paths(graph: GraphStructure, row_side: Sequence[int], enough: int | None = None) -> tuple[Wire, ...]:
    """Return paths whose widths multiply to a lower bound of the generic rank; of a graph without tied factors.

    Parameters
    ----------
    graph : GraphStructure
        If factors are tied there are no paths: they would need different tables.
    row_side : sequence of int
        Observed variables.
    enough : int, optional
        A known upper bound; the search stops there.

    Returns
    -------
    tuple of Wire

    Raises
    ------
    InputError
        If the row side is not a set of observed variables.

    Examples
    --------
    >>> from tensors.networks import FactorGraph
    >>> disjoint_paths(FactorGraph((4, 4, 2), 2, ((0, 2), (1, 2))), [0])
    (Wire(width=2, path=(0, 0, 2, 1, 1)),)
    """
    rows = graph.check_row_side(row_side)
    if graph.is_tied:
        return ()
    best: tuple[Wire, ...] = ()
    widths = _widths(graph.variable_dims)
    for base in widths[-MOST_WIDTHS:]:
        found = _layered(graph, rows, [base, *(w for w in widths if w != base)][:MOST_WIDTHS])
        if width(found) > width(best):
            best = found
        if enough is not None and width(best) >= enough:
            break
    return best


def width(wires: Sequence[Wire]) -> int:
    """Product of the widths.

    Examples
    --------
    >>> width([Wire(2, (0, 0, 1)), Wire(3, (2, 1, 3))])
    6
    """
    return math.prod(wire.width for wire in wires)


def flow_paths(graph: GraphStructure, rows: tuple[int, ...], flow: Flow, base: int) -> tuple[Wire, ...]:
    """Decompose an integral flow, in digits of `base`, into paths."""
    # What enters each variable from others; the rest of what passes a row variable comes from the source.
    entered = [0] * len(graph.variable_dims)
    for onto in flow.edges.values():
        for w, amount in onto.items():
            if 0 <= w < 2 * len(entered) and w % 2 == 0:
                entered[w // 2] += amount

    # Follow the flow from the source, one unit after the other.
    left = {u: dict(onto) for u, onto in flow.edges.items()}
    inside = set(rows)
    found = []
    for start in rows:
        for _ in range(flow.through[start] - entered[start]):
            nodes = _walk(left, 2 * start, flow.sink)
            found.append(Wire(base, _trimmed(_as_path(graph, nodes), graph.observed, inside)))
    return tuple(found)


def _walk(left: dict[int, dict[int, int]], node: int, sink: int) -> list[int]:
    """Follow the flow to the sink and take it away."""
    nodes = []
    while node != sink:
        nodes.append(node)
        onto = left[node]
        following = next(iter(onto))
        onto[following] -= 1
        if not onto[following]:
            del onto[following]
        node = following
    return nodes


def _as_path(graph: GraphStructure, nodes: list[int]) -> list[int]:
    """Name variables and factors, and cut loops out."""
    first = 2 * len(graph.variable_dims)
    path = [node - first if node >= first else node // 2 for node in nodes if node >= first or node % 2 == 0]
    places: dict[int, int] = {}
    short: list[int] = []
    for i in range(0, len(path), 2):
        if path[i] in places:
            del short[places[path[i]] :]
            places = {v: at for v, at in places.items() if at < len(short)}
        places[path[i]] = len(short)
        short += path[i : i + 2]
    return short


def _trimmed(path: list[int], observed: int, rows: set[int]) -> tuple[int, ...]:
    """Leave what is between the first variable of the other side and the last of the row side before it."""
    variables = path[::2]
    end = next(i for i, v in enumerate(variables) if v < observed and v not in rows)
    start = max(i for i, v in enumerate(variables[:end]) if v in rows)
    return tuple(path[2 * start : 2 * end + 1])


def _layered(graph: GraphStructure, rows: tuple[int, ...], widths: Sequence[int]) -> tuple[Wire, ...]:
    """Paths of the first width, then of the next in what the dimensions leave, and so on."""
    dims, network = list(graph.variable_dims), FlowNetwork(graph, rows)
    found: list[Wire] = []
    for base in widths:
        limits = [digits(d, base) for d in dims]
        if any(limits[v] for v in rows) and any(limits[v] for v in graph.other_side(rows)):
            wires = flow_paths(graph, rows, network.flow(limits), base)
            found += wires
            for wire in wires:
                for v in wire.path[::2]:
                    dims[v] //= base
    return tuple(found)


def _widths(dims: Sequence[int]) -> list[int]:
    """Candidates: the base of all dimensions, or the dimensions and their roots, decreasing."""
    base = common_base(dims)
    if base is not None:
        return [base]
    roots = {integer_root(d, k) for d in set(dims) for k in range(1, d.bit_length())}
    return sorted((roots | {2}) - {1}, reverse=True)


def path_tables(graph: GraphStructure, wires: Sequence[Wire]) -> list[Any]:
    """Return the tables of zeros and ones that attain the product of the widths.

    Parameters
    ----------
    graph : GraphStructure
    wires : sequence of Wire
        As `disjoint_paths` returns them.

    Returns
    -------
    list of ndarray of int64
        One table for each factor.

    Examples
    --------
    >>> from tensors.networks import FactorGraph
    >>> graph = FactorGraph((2, 3, 2), 2, ((0, 2), (1, 2)))
    >>> [table.tolist() for table in path_tables(graph, disjoint_paths(graph, [0]))]
    [[[1, 0], [0, 1]], [[1, 0], [0, 1], [0, 0]]]
    """
    import numpy as np

    # Every path takes a digit of each variable on it, and its factors compare the digits of their two variables.
    used = [1] * len(graph.variable_dims)
    tables: list[Any] = [np.ones(graph.table_shape(f), dtype=np.int64) for f in range(len(graph.factor_scopes))]
    for wire in wires:
        for v, f, w in zip(wire.path[::2], wire.path[1::2], wire.path[2::2], strict=False):
            places = np.indices(graph.table_shape(f))
            ends = [places[graph.factor_scopes[f].index(u)] // used[u] % wire.width for u in (v, w)]
            tables[f] *= ends[0] == ends[1]
        for v in wire.path[::2]:
            used[v] *= wire.width

    # Values that no digits write are left out.
    for f, scope in enumerate(graph.factor_scopes):
        for axis, v in enumerate(scope):
            if used[v] > 1:
                tables[f] *= np.indices(graph.table_shape(f))[axis] < used[v]
    return tables
