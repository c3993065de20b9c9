"""Contraction of factor graphs modulo a prime, by elimination of the hidden variables."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from algebra.rank.field import PrimeField
    from algebra.types import Array
    from tensors.networks.structure import GraphStructure

    Piece = tuple[tuple[int, ...], Array]

STREAM = "tables"
"""Name of the stream of random numbers that the tables are drawn from."""


class Arithmetic(Protocol):
    """What a contraction needs of a field: `PrimeField` has it."""

    def multiply(self, a: Array, b: Array) -> Array:
        """Matrix product."""
        ...

    def times(self, a: Array, b: Array) -> Array:
        """Elementwise product."""
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

    Returns
    -------
    Plan

    Examples
    --------
    >>> plan_elimination([(0, 2), (1, 2)], {0: 3, 1: 5, 2: 2}, [2])
    Plan(order=(2,), work=30, largest=15)
    """
    # Pieces are the arrays at hand, named by numbers, as sets of variables. Summing a variable replaces all pieces that
    # it touches by one.
    pieces = {i: set(scope) for i, scope in enumerate(scopes)}
    touching: dict[int, set[int]] = {v: set() for v in hidden}
    for i, piece in pieces.items():
        for v in piece & touching.keys():
            touching[v].add(i)

    def left_by(v: int) -> set[int]:
        """Variables of the array that is left when v is summed."""
        return set().union(*(pieces[i] for i in touching[v])) - {v}

    # The heap's invariant: each variable that is not summed yet has an entry with its present size, which `sizes` holds
    # too. Entries that are out of date stay in the heap, and are passed over when they come up.
    sizes = {v: prod(dims[u] for u in left_by(v)) for v in touching}
    heap = [(size, v) for v, size in sizes.items()]
    heapq.heapify(heap)

    order: list[int] = []
    work = largest = 0
    while heap:
        size, v = heapq.heappop(heap)
        if sizes.get(v) != size:
            continue
        order.append(v)
        work, largest = work + size * dims[v], max(largest, size)

        # Put the array that is left in the place of the pieces that v touches.
        joined, gone = left_by(v), touching.pop(v)
        del sizes[v]
        for i in gone:
            for u in pieces.pop(i) & touching.keys():
                touching[u].remove(i)
        name = len(scopes) + len(order)
        pieces[name] = joined

        # The sizes of its variables are new, all others are what they were.
        for u in joined & touching.keys():
            touching[u].add(name)
            sizes[u] = prod(dims[w] for w in left_by(u))
            heapq.heappush(heap, (sizes[u], u))
    return Plan(tuple(order), work, largest)


def draw_tables(graph: GraphStructure, field: PrimeField, key: str, size: int = 1) -> list[Array]:
    """Draw a random table for each factor; tied factors share it.

    Table after table, each row-major in the order of its scope; tied ones are drawn where the first one stands.
    """
    drawn = field.draw(key, STREAM, (graph.table_entries,), size)
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


def restricted_scopes(graph: GraphStructure, varied: Mapping[int, int]) -> list[tuple[int, ...]]:
    """Return the variables of each factor that are summed over or vary."""
    return [tuple(v for v in scope if v in varied or v >= graph.observed) for scope in graph.factor_scopes]


def restricted_pieces(graph: GraphStructure, tables: Sequence[Array], varied: Mapping[int, int]) -> list[Piece]:
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

    # Sum one variable after the other: all pieces that it touches become one. A variable that touches none counts its
    # values.
    scalar = field.ones(())
    for fresh, v in enumerate(order, start=len(held)):
        parts = [held.pop(i) for i in touching.pop(v, []) if i in held]
        if not parts:
            scalar = field.times(scalar.reshape(1), field.ones((1,)) * field.number(dims[v])).reshape(())
            continue
        joined = _eliminate(v, sorted(parts, key=lambda part: part[1].size), field)
        held[fresh] = joined
        for u in joined[0]:
            touching[u].append(fresh)

    # What is left has no variable but those to keep: multiply it, the small pieces first.
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
    ordered = np.transpose(array, sorted(range(len(own)), key=lambda i: scope.index(own[i])))
    present, lengths = set(own), iter(ordered.shape)
    return ordered.reshape([next(lengths) if v in present else 1 for v in scope])


def _eliminate(v: int, parts: list[Piece], field: Arithmetic) -> Piece:
    """Sum the product of all parts over a variable; the last one is the largest and comes in with the sum."""
    if len(parts) == 1:
        own, array = parts[0]
        array = np.moveaxis(array, own.index(v), -1)
        total = field.multiply(array.reshape(-1, array.shape[-1]), field.ones((array.shape[-1], 1)))
        return tuple(u for u in own if u != v), total.reshape(array.shape[:-1])
    left = parts[0]
    for part in parts[1:-1]:
        left = _times(left, part, field)
    return _sum_product(v, left, parts[-1], field)


def _sum_product(v: int, a: Piece, b: Piece, field: Arithmetic) -> Piece:
    """Sum a product of two over a variable, as one stacked matrix product: variables of both index the stack."""
    scope_a, table_a = a
    scope_b, table_b = b
    shared = [u for u in scope_a if u in scope_b and u != v]
    only_a = [u for u in scope_a if u not in scope_b]
    only_b = [u for u in scope_b if u not in scope_a]

    # Axes in the order stack, rows, columns; the variable that goes is summed between rows and columns.
    x = np.transpose(table_a, [scope_a.index(u) for u in (*shared, *only_a, v)])
    y = np.transpose(table_b, [scope_b.index(u) for u in (*shared, v, *only_b)])
    stack = x.shape[: len(shared)]
    rows = x.shape[len(shared) : -1]
    columns = y.shape[len(shared) + 1 :]

    # Each group of axes becomes one, for one product of matrices a place of the stack.
    size, summed = prod(stack), x.shape[-1]
    x = x.reshape(size, prod(rows), summed)
    y = y.reshape(size, summed, prod(columns))
    total = field.multiply(x, y)
    return (*shared, *only_a, *only_b), total.reshape((*stack, *rows, *columns))


def plan_submatrix(graph: GraphStructure, varied: Mapping[int, int]) -> Plan:
    """Choose the order in which the hidden variables are summed where so many values of observed ones vary."""
    return plan_elimination(restricted_scopes(graph, varied), evaluated_dims(graph, varied), graph.hidden)


def matricization(
    graph: GraphStructure,
    tables: Sequence[Array],
    rows: Mapping[int, int],
    columns: Mapping[int, int],
    field: PrimeField,
    plan: Plan | None = None,
) -> Array:
    """Evaluate a submatrix of the matricization: the values 0, 1, … of some observed variables.

    Parameters
    ----------
    graph : GraphStructure
    tables : sequence of ndarray
        One of residues for each factor.
    rows, columns : mapping
        From observed variables to how many of their values are taken; all others stay at 0. The last variable
        (in the order of the mapping) varies fastest.
    field : PrimeField
    plan : Plan, optional
        As `plan_submatrix` returns it, where it is there already.

    Returns
    -------
    ndarray of shape (product of the row counts, product of the column counts)
    """
    varied = {**rows, **columns}
    order = (plan or plan_submatrix(graph, varied)).order
    pieces = restricted_pieces(graph, tables, varied)
    found = contract(pieces, order, list(varied), evaluated_dims(graph, varied), field)
    return found.reshape(prod(rows.values()), prod(columns.values()))


def evaluated_dims(graph: GraphStructure, varied: Mapping[int, int]) -> dict[int, int]:
    """Number of values of the hidden variables and of those observed variables that vary."""
    return {**{v: graph.variable_dims[v] for v in graph.hidden}, **varied}
