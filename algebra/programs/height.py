"""Degree and height of the entries of a program's Jacobian: what the error probability of a random trial rests on.

Every array is followed as N/D: polynomials with integer coefficients in the drawn numbers (weights, inputs,
residues for exponentials), of which D is the same for all its entries. D is a product of *factors*: for a node that
divides, the product of all that it divides by; for a constant its common denominator. The height of a polynomial is
the sum of the absolute values of its terms where every drawn number has its largest absolute value; it is
submultiplicative, and a derivative is at most degree times as high.

The total derivative of N/D in a weight is that with the exponentials E fixed, and for every E that one in E times
E times the total derivative of its exponent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import lcm, prod
from typing import TYPE_CHECKING

from algebra.evidence.error import EntrySize
from algebra.programs.core import (
    Add,
    Exp,
    MatMul,
    Multiply,
    Power,
    Reciprocal,
    Relu,
    Sigmoid,
    Softmax,
    Sqrt,
    Sum,
)

if TYPE_CHECKING:
    from algebra.programs.exponentials import Exponentials
    from algebra.programs.lowering import Graph, Node

Powers = Mapping[int, int]
"""Factors of a denominator, by their node, with their multiplicities."""


@dataclass(frozen=True)
class Size:
    """An array as N/D.

    Parameters
    ----------
    degree : int
        Of N, in the drawn numbers.
    bits : int
        Base-2 logarithm of the height of N, rounded up.
    below : dict of int to int
        D.
    """

    degree: int
    bits: int
    below: Powers = field(default_factory=dict)


def log2_ceiling(n: int) -> int:
    """Return the least k with n <= 2^k.

    Examples
    --------
    >>> [log2_ceiling(n) for n in (1, 2, 3, 4, 5)]
    [0, 1, 2, 2, 3]
    """
    return (n - 1).bit_length()


def has_size(graph: Graph, found: Exponentials | None) -> bool:
    """Tell whether a trial says something: no roots, no rectifiers, and a residue for every exponential."""
    if found is None or graph.numbers(Sqrt, Relu):
        return False
    return found.are_all_independent or all(
        not factor.constant and sum(q == 1 for _, q in (*factor.of_input, *factor.of_weights)) == 1
        for factor in found.factors or ()
    )


def entry_size(graph: Graph, drawn_bits: int, samples: int) -> EntrySize:
    """Bound degree and height of the entries of the Jacobian.

    Parameters
    ----------
    graph : Graph
        For which `has_size` holds.
    drawn_bits : int
        Of every drawn number.
    samples : int
        Rows of the matrix.

    Returns
    -------
    EntrySize
    """
    sizes = Sizes(graph, drawn_bits)
    entries = [sizes.total_derivative(i) for i in graph.outputs]
    count = sum(prod(graph.nodes[i].shape) for i in graph.outputs)
    whole = sizes.common(entries)
    below = sizes.of_factors(whole.below)

    # Each row is multiplied with its denominator; a covector adds one drawn number. Residues must not be 0 either.
    degree = whole.degree + 1
    height = whole.bits + drawn_bits + log2_ceiling(count)
    exponentials = sum(prod(graph.nodes[i].shape) for i in graph.numbers(Exp, Sigmoid, Softmax))
    poles = samples * (below.degree + exponentials) if below.degree or exponentials else 0
    return EntrySize(max(degree, 1), max(height, below.bits, 1), poles)


class Sizes:
    """Sizes of all arrays of a program."""

    def __init__(self, graph: Graph, drawn_bits: int) -> None:
        self.graph, self.drawn = graph, drawn_bits
        self.factors: dict[int, Size] = {}
        self.sizes: list[Size] = []
        self.derivatives: dict[int, Size] = {}
        for i, node in enumerate(graph.nodes):
            self.sizes.append(self._size(i, node))

    def _size(self, i: int, node: Node) -> Size:
        operation, taken = node.operation, [self.sizes[j] for j in node.of]
        if node.constant is not None:
            common = lcm(*(x.denominator for x in node.constant.entries))
            most = max(abs(x.numerator) * (common // x.denominator) for x in node.constant.entries)
            if common > 1:
                self.factors[i] = Size(0, log2_ceiling(common))
            return Size(0, log2_ceiling(max(most, 1)), {i: 1} if common > 1 else {})
        if operation is None:
            return Size(1, self.drawn)
        if isinstance(operation, Add):
            whole = self.common(taken)
            return Size(whole.degree, whole.bits + 1, whole.below)
        if isinstance(operation, Multiply):
            return times(*taken)
        if isinstance(operation, MatMul):
            found = times(*taken)
            return Size(found.degree, found.bits + log2_ceiling(self.graph.nodes[node.of[0]].shape[-1]), found.below)
        if isinstance(operation, Power):
            e, base = operation.exponent, taken[0]
            return Size(e * base.degree, e * base.bits, {k: e * m for k, m in base.below.items()})
        if isinstance(operation, Sum):
            terms = prod(self.graph.nodes[node.of[0]].shape[a] for a in operation.axes)
            return Size(taken[0].degree, taken[0].bits + log2_ceiling(terms), taken[0].below)
        if isinstance(operation, Reciprocal):
            above = self.of_factors(taken[0].below)
            return self._quotient(i, above, taken[0], prod(node.shape))
        if isinstance(operation, Exp):
            return Size(1, self.drawn)
        if isinstance(operation, Sigmoid):
            return self._quotient(i, Size(1, self.drawn), Size(1, self.drawn + 1), prod(node.shape))
        if isinstance(operation, Softmax):
            length = node.shape[operation.axis]
            by = Size(1, self.drawn + log2_ceiling(length))
            return self._quotient(i, Size(1, self.drawn), by, prod(node.shape) // length)
        return self.common(taken)  # entries that only move

    def _quotient(self, i: int, above: Size, by: Size, count: int) -> Size:
        """Return a quotient by one of so many polynomials, over the product of all of them."""
        self.factors[i] = Size(count * by.degree, count * by.bits)
        others = count - 1
        return Size(above.degree + others * by.degree, above.bits + others * by.bits, {i: 1})

    def of_factors(self, powers: Powers) -> Size:
        """Return the size of a product of factors."""
        degree = sum(m * self.factors[k].degree for k, m in powers.items())
        return Size(degree, sum(m * self.factors[k].bits for k, m in powers.items()))

    def common(self, sizes: Iterable[Size]) -> Size:
        """Return a size that all have over their common denominator."""
        given = list(sizes)
        below: dict[int, int] = {}
        for size in given:
            for k, m in size.below.items():
                below[k] = max(below.get(k, 0), m)
        missing = [self.of_factors({k: m - size.below.get(k, 0) for k, m in below.items()}) for size in given]
        degree = max((a.degree + b.degree for a, b in zip(given, missing, strict=True)), default=0)
        return Size(degree, max((a.bits + b.bits for a, b in zip(given, missing, strict=True)), default=0), below)

    def partial_derivative(self, i: int) -> Size:
        """Return the size of a derivative in one drawn number: (N' R - m N R') / (D R), R the product of factors."""
        size = self.sizes[i]
        once = self.of_factors(dict.fromkeys(size.below, 1))
        whole = self.of_factors(size.below)
        bits = size.bits + once.bits + log2_ceiling(max(size.degree + whole.degree, 1)) + 1
        return Size(size.degree + once.degree, bits, {k: m + 1 for k, m in size.below.items()})

    def total_derivative(self, i: int) -> Size:
        """Return the size of the derivative in a weight, exponents included."""
        if i not in self.derivatives:
            partial = self.partial_derivative(i)
            parts, count = [partial], 1
            for k in self._exponentials_below(i):
                inner = self.total_derivative(self.graph.nodes[k].of[0])
                parts.append(times(times(partial, Size(1, self.drawn)), inner))
                count += prod(self.graph.nodes[k].shape)
            whole = self.common(parts)
            self.derivatives[i] = Size(whole.degree, whole.bits + log2_ceiling(count), whole.below)
        return self.derivatives[i]

    def _exponentials_below(self, i: int) -> list[int]:
        """Return the nodes whose exponentials occur in an array; those inside exponents do not."""
        found, waiting, seen = [], [i], {i}
        while waiting:
            j = waiting.pop()
            node = self.graph.nodes[j]
            if isinstance(node.operation, Exp | Sigmoid | Softmax):
                found.append(j)
                continue
            fresh = [k for k in node.of if k not in seen]
            seen.update(fresh)
            waiting += fresh
        return found


def times(a: Size, b: Size) -> Size:
    """Return the size of a product."""
    below = {k: a.below.get(k, 0) + b.below.get(k, 0) for k in a.below.keys() | b.below.keys()}
    return Size(a.degree + b.degree, a.bits + b.bits, below)
