"""Contraction of factor graphs modulo a prime, by elimination of the hidden variables."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from algebra.rank.field import PrimeField
    from tensors.factor_graph import FactorGraph

    Array = NDArray[Any]
    Piece = tuple[tuple[int, ...], Array]

STREAM = "tables"
SMALL_SUM = 8
"""Hidden variables of at most so many values may be summed by elementwise products."""


class Arithmetic(Protocol):
    """What a contraction needs of a field: `PrimeField` has it."""

    def multiply(self, a: Array, b: Array) -> Array:
        """Matrix product."""
        ...

    def times(self, a: Array, b: Array) -> Array:
        """Elementwise product."""
        ...

    def plus(self, a: Array, b: Array) -> Array:
        """Elementwise sum."""
        ...

    def number(self, value: int) -> Any:
        """Return a constant."""
        ...

    def ones(self, shape: tuple[int, ...]) -> Array:
        """Ones."""
        ...


@dataclass(frozen=True)
class Plan:
    """An elimination order of the hidden variables and what it costs.

    Parameters
    ----------
    order : tuple of int
    work : int
        Multiplications.
    largest : int
        Entries of the largest intermediate array.
    """

    order: tuple[int, ...]
    work: int
    largest: int


def plan_elimination(scopes: Sequence[Iterable[int]], dims: Mapping[int, int], hidden: Iterable[int]) -> Plan:
    """Choose an order greedily: always the variable that leaves the smallest array.

    Parameters
    ----------
    scopes : sequence of iterable of int
        Variables of each factor.
    dims : mapping
        Number of values of each variable that occurs.
    hidden : iterable of int
        The variables to sum over.

    Examples
    --------
    >>> plan_elimination([(0, 2), (1, 2)], {0: 3, 1: 5, 2: 2}, [2])
    Plan(order=(2,), work=30, largest=15)
    """
    pieces: dict[int, set[int]] = {i: set(scope) for i, scope in enumerate(scopes)}
    touching: dict[int, set[int]] = {v: set() for v in hidden}
    for i, piece in pieces.items():
        for v in piece:
            if v in touching:
                touching[v].add(i)

    def union(v: int) -> set[int]:
        return set().union(*(pieces[i] for i in touching[v])) | {v}

    def size(v: int) -> int:
        return prod(dims[u] for u in union(v)) // dims[v]

    heap = [(size(v), v) for v in touching]
    heapq.heapify(heap)
    order: list[int] = []
    work = largest = 0
    while heap:
        cost, v = heapq.heappop(heap)
        if v not in touching:
            continue
        current = size(v)
        if current > cost:
            heapq.heappush(heap, (current, v))
            continue
        joined = union(v) - {v}
        work, largest = work + current * dims[v], max(largest, current)
        order.append(v)
        gone = touching.pop(v)
        name = len(scopes) + len(order)
        for i in gone:
            for u in pieces.pop(i):
                if u in touching:
                    touching[u].discard(i)
        pieces[name] = joined
        for u in joined:
            if u in touching:
                touching[u].add(name)
                heapq.heappush(heap, (size(u), u))
    return Plan(tuple(order), work, largest)


def draw_tables(graph: FactorGraph, field: PrimeField, key: str, size: int = 1) -> list[Array]:
    """Draw a random table for each factor; tied factors share it.

    Table after table, each row-major in the order of its scope; tied ones are drawn where the first one stands.
    """
    drawn = field.draw(key, STREAM, (table_entries(graph),), size)
    found: list[Array] = []
    start = 0
    for factor, first in enumerate(graph.tables):
        if first < factor:
            found.append(found[first])
            continue
        shape = graph.table_shape(factor)
        found.append(drawn[start : start + prod(shape)].reshape(shape))
        start += prod(shape)
    return found


def table_entries(graph: FactorGraph) -> int:
    """Number of entries of all tables, those of tied factors once."""
    return sum(prod(graph.table_shape(f)) for f, first in enumerate(graph.tables) if f == first)


def restricted_scopes(graph: FactorGraph, varied: Mapping[int, int]) -> list[tuple[int, ...]]:
    """Return the variables of each factor that are summed over or vary."""
    return [tuple(v for v in scope if v in varied or v >= graph.observed) for scope in graph.factor_scopes]


def restricted_pieces(graph: FactorGraph, tables: Sequence[Array], varied: Mapping[int, int]) -> list[Piece]:
    """Restrict observed variables: to their first values where `varied` counts them, to the value 0 elsewhere."""
    pieces = []
    for scope, kept, table in zip(graph.factor_scopes, restricted_scopes(graph, varied), tables, strict=True):
        index = tuple(slice(varied[v]) if v in varied else slice(None) if v >= graph.observed else 0 for v in scope)
        pieces.append((kept, table[index]))
    return pieces


def contract(
    pieces: Iterable[Piece], order: Iterable[int], keep: Sequence[int], dims: Mapping[int, int], field: Arithmetic
) -> Array:
    """Sum the product of the pieces over the variables in `order`.

    Parameters
    ----------
    pieces : iterable of (scope, array)
        Residues; the axes of each array are the variables of its scope.
    order : iterable of int
        Variables to sum over, one after the other.
    keep : sequence of int
        All other variables: the axes of the result.
    dims : mapping
        Number of values of each variable.
    field : Arithmetic

    Returns
    -------
    ndarray
        Residues, with the axes `keep`.
    """
    held: dict[int, Piece] = dict(enumerate(pieces))
    touching: dict[int, list[int]] = {}
    for i, (scope, _) in held.items():
        for v in scope:
            touching.setdefault(v, []).append(i)
    fresh = len(held)
    scalar = field.ones(())
    for v in order:
        parts = [held.pop(i) for i in touching.pop(v, []) if i in held]
        if not parts:
            scalar = field.times(scalar.reshape(1), field.ones((1,)) * field.number(dims[v])).reshape(())
            continue
        joined = _eliminate(v, sorted(parts, key=lambda part: part[1].size), field)
        held[fresh] = joined
        for u in joined[0]:
            touching[u].append(fresh)
        fresh += 1
    result: Piece = ((), scalar)
    for part in sorted(held.values(), key=lambda part: part[1].size):
        result = _times(result, part, field)
    return np.broadcast_to(_aligned(result, keep), tuple(dims[v] for v in keep)).copy()


def _times(a: Piece, b: Piece, field: Arithmetic) -> Piece:
    scope = a[0] + tuple(v for v in b[0] if v not in a[0])
    x, y = np.atleast_1d(_aligned(a, scope)), np.atleast_1d(_aligned(b, scope))
    found = field.times(x, y)
    return scope, found if scope else found.reshape(())


def _aligned(piece: Piece, scope: Sequence[int]) -> Array:
    """View an array with the axes of a larger scope, of length 1 where it does not vary."""
    own, array = piece
    order = sorted(range(len(own)), key=lambda i: scope.index(own[i]))
    present = set(own)
    lengths = iter(np.transpose(array, order).shape)
    return np.transpose(array, order).reshape([next(lengths) if v in present else 1 for v in scope])


def _eliminate(v: int, parts: list[Piece], field: Arithmetic) -> Piece:
    left = parts[0]
    for part in parts[1:-1]:
        left = _times(left, part, field)
    if len(parts) == 1:
        scope = tuple(u for u in left[0] if u != v)
        array = np.moveaxis(left[1], left[0].index(v), -1)
        total = field.multiply(array.reshape(-1, array.shape[-1]), field.ones((array.shape[-1], 1)))
        return scope, total.reshape(array.shape[:-1])
    return _sum_product(v, left, parts[-1], field)


def _sum_product(v: int, a: Piece, b: Piece, field: Arithmetic) -> Piece:
    """Sum a product of two over a variable: one stacked matrix product, or elementwise where matrices are tiny."""
    both = [u for u in a[0] if u in b[0] and u != v]
    only_a, only_b = [u for u in a[0] if u not in b[0]], [u for u in b[0] if u not in a[0]]
    x = np.transpose(a[1], [a[0].index(u) for u in (*both, *only_a, v)])
    y = np.transpose(b[1], [b[0].index(u) for u in (*both, v, *only_b)])
    stack, rows, columns = (x.shape[: len(both)], x.shape[len(both) : -1], y.shape[len(both) + 1 :])
    scope = (*both, *only_a, *only_b)
    x = x.reshape(prod(stack), prod(rows), x.shape[-1])
    y = y.reshape(prod(stack), x.shape[-1], prod(columns))
    if prod(stack) > 4 * prod(rows) * prod(columns) and x.shape[-1] <= SMALL_SUM:
        total = field.times(x[:, :, 0, None], y[:, None, 0, :])
        for i in range(1, x.shape[-1]):
            total = field.plus(total, field.times(x[:, :, i, None], y[:, None, i, :]))
    else:
        total = field.multiply(x, y)
    return scope, total.reshape((*stack, *rows, *columns))


def matricization(
    graph: FactorGraph, tables: Sequence[Array], rows: Mapping[int, int], columns: Mapping[int, int], field: PrimeField
) -> Array:
    """Evaluate a submatrix of the matricization: the values 0, 1, … of some observed variables.

    Parameters
    ----------
    graph : FactorGraph
    tables : sequence of ndarray
        One of residues for each factor.
    rows, columns : mapping
        From observed variables to how many of their values are taken; all others stay at 0. The last variable
        (in the order of the mapping) varies fastest.
    field : PrimeField

    Returns
    -------
    ndarray of shape (product of the row counts, product of the column counts)
    """
    varied = {**rows, **columns}
    pieces = restricted_pieces(graph, tables, varied)
    dims = evaluated_dims(graph, varied)
    plan = plan_elimination([scope for scope, _ in pieces], dims, range(graph.observed, len(graph.variable_dims)))
    found = contract(pieces, plan.order, list(varied), dims, field)
    return found.reshape(prod(rows.values()), prod(columns.values()))


def evaluated_dims(graph: FactorGraph, varied: Mapping[int, int]) -> dict[int, int]:
    """Number of values of the hidden variables and of those observed variables that vary."""
    return {**{v: graph.variable_dims[v] for v in range(graph.observed, len(graph.variable_dims))}, **varied}
