"""The ambient space of a polynomial program: how many monomials in the inputs its outputs can have.

An output that is a polynomial in the inputs lies in the space that its monomials span, whatever the weights are. The
monomials of every entry are followed through the program as sets; where they grow too many, no bound is given.
"""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.programs.core import (
    Add,
    Concatenate,
    MatMul,
    Multiply,
    Power,
    Reshape,
    Sum,
    Take,
    Transpose,
)

if TYPE_CHECKING:
    from algebra.programs.lowering import Graph

Monomials = frozenset[tuple[tuple[int, int], ...]]
"""Monomials as sorted pairs (number of an input entry, exponent > 0)."""

MOST_PRODUCTS = 200_000
"""Products of monomials that are made, in all: some tenths of a second."""

ONE: Monomials = frozenset({()})
NONE: Monomials = frozenset()


class TooMany(Exception):  # noqa: N818 - an answer: no bound
    """More monomials than are followed, or no polynomial at all."""


def ambient_dimension(graph: Graph) -> int | None:
    """Return how many monomials the outputs have together; None if that is not known.

    Examples
    --------
    >>> from algebra.programs.lowering import lowered
    >>> from algebra.programs.tracing import traced
    >>> program = traced(lambda W, V, x: V @ (W @ x) ** 2, {"W": (3, 2), "V": (2, 3)}, {"x": (2, 1)})
    >>> ambient_dimension(lowered(program))
    6
    """
    try:
        supports = Supports(graph).supports
    except TooMany:
        return None
    return sum(len(support) for i in graph.outputs for support in supports[i].ravel())


class Supports:
    """The monomials of every entry of every array, for generic weights."""

    def __init__(self, graph: Graph) -> None:
        self.left = MOST_PRODUCTS
        self.supports: list[Any] = []
        entries = 0
        for node in graph.nodes:
            if node.kind == "input":
                found = _array(node.shape, [frozenset({((entries + k, 1),)}) for k in range(prod(node.shape))])
                entries += prod(node.shape)
            elif node.constant is not None:
                found = _array(node.shape, [ONE if x else NONE for x in node.constant.entries])
            elif not node.sees_input:
                found = _array(node.shape, [ONE] * prod(node.shape))
            else:
                found = self._after(node.operation, node.shape, [self.supports[j] for j in node.of])
            self.supports.append(found)

    def _after(self, operation: Any, shape: tuple[int, ...], taken: list[Any]) -> Any:
        if isinstance(operation, Add):
            return np.asarray(np.frompyfunc(self.union, 2, 1)(*taken), object).reshape(shape)
        if isinstance(operation, Multiply):
            return np.asarray(np.frompyfunc(self.times, 2, 1)(*taken), object).reshape(shape)
        if isinstance(operation, MatMul):
            return self._matmul(shape, *taken)
        if isinstance(operation, Power):
            return np.asarray(np.frompyfunc(lambda s: self.power(s, operation.exponent), 1, 1)(taken[0]), object)
        if isinstance(operation, Sum):
            found = taken[0]
            for axis in operation.axes:
                lines = np.moveaxis(found, axis, 0)
                found = np.expand_dims(self._total(list(lines), lines.shape[1:]), axis)
            return found.reshape(shape)
        if isinstance(operation, Transpose):
            return taken[0].transpose(operation.axes)
        if isinstance(operation, Reshape):
            return taken[0].reshape(shape)
        if isinstance(operation, Concatenate):
            return np.concatenate(taken, axis=operation.axis)
        if isinstance(operation, Take):
            return taken[0].take(operation.indices, axis=operation.axis)
        raise TooMany

    def _total(self, parts: list[Any], shape: tuple[int, ...]) -> Any:
        found = _array(shape, [NONE] * prod(shape))
        for part in parts:
            found = np.asarray(np.frompyfunc(self.union, 2, 1)(found, _array(shape, np.ravel(part).tolist())), object)
        return found

    def _matmul(self, shape: tuple[int, ...], a: Any, b: Any) -> Any:
        stack = shape[:-2]
        left = np.broadcast_to(a, (*stack, *a.shape[-2:]))
        right = np.broadcast_to(b, (*stack, *b.shape[-2:]))

        found = _array(shape, [NONE] * prod(shape))
        for place in product(*map(range, shape)):
            above, i, j = place[:-2], place[-2], place[-1]
            row, column = left[above][i], right[above][:, j]
            for x, y in zip(row, column, strict=True):
                found[place] = self.union(found[place], self.times(x, y))
        return found

    def union(self, a: Monomials, b: Monomials) -> Monomials:
        """Return the monomials of a sum."""
        self._pay(len(a) + len(b))
        return a | b

    def times(self, a: Monomials, b: Monomials) -> Monomials:
        """Return the monomials of a product."""
        if a == ONE or not b:
            return b
        if b == ONE or not a:
            return a
        self._pay(len(a) * len(b))
        return frozenset(_times(x, y) for x, y in product(a, b))

    def power(self, a: Monomials, exponent: int) -> Monomials:
        """Return the monomials of a power."""
        found = ONE
        for bit in bin(exponent)[2:]:
            found = self.times(found, found)
            found = self.times(found, a) if bit == "1" else found
        return found

    def _pay(self, count: int) -> None:
        self.left -= count
        if self.left < 0:
            raise TooMany


def _array(shape: tuple[int, ...], entries: list[Any]) -> Any:
    flat = np.empty(len(entries), object)
    for i, entry in enumerate(entries):
        flat[i] = entry
    return flat.reshape(shape)


def _times(x: tuple[tuple[int, int], ...], y: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    found = dict(x)
    for entry, exponent in y:
        found[entry] = found.get(entry, 0) + exponent
    return tuple(sorted(found.items()))
