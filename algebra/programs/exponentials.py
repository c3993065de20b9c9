"""The exponentials of a program as products of independent residues; `algebra.programs.independence` finds which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import lcm, prod
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.programs.core import Exp, Sigmoid, Softmax

if TYPE_CHECKING:
    from algebra.programs.lowering import Graph
    from algebra.rank.field import PrimeField
    from algebra.types import Array

EXPONENTIAL = (Exp, Sigmoid, Softmax)


@dataclass(frozen=True)
class Factor:
    """One exponential: the residues whose product it is.

    Parameters
    ----------
    of_input, of_weights : tuple of (int, Fraction)
        Numbers of independent exponents, with their coefficients.
    constant : Fraction
        What is left: a rational number.
    """

    of_input: tuple[tuple[int, Fraction], ...]
    of_weights: tuple[tuple[int, Fraction], ...] = ()
    constant: Fraction = Fraction(0)


@dataclass(frozen=True)
class Exponentials:
    """The exponentials of a program, as products of independent ones.

    Parameters
    ----------
    nodes : tuple of int
        Nodes with exponentials.
    counts : tuple of int
        Entries of each.
    factors : tuple of Factor, or None
        For all entries of all nodes, in order; None: all are independent, and see an input.
    of_input, of_weights : int
        How many independent exponents see an input, how many only weights.
    """

    nodes: tuple[int, ...]
    counts: tuple[int, ...]
    factors: tuple[Factor, ...] | None
    of_input: int
    of_weights: int = 0

    @property
    def are_all_independent(self) -> bool:
        """Whether every exponential is a residue of its own."""
        return self.factors is None

    def explain(self) -> str:
        """Say what was found."""
        total = sum(self.counts)
        if self.are_all_independent:
            return f"{total} exponents linearly independent modulo functions of the weights"
        return f"{total} exponents, of which {self.of_input + self.of_weights} are independent; the others by relations"


def degrees(found: Exponentials) -> tuple[list[int], list[int], int]:
    """Return which power of its residue each exponential is: the common denominator of its coefficients."""
    of_input, of_weights, constant = [1] * found.of_input, [1] * found.of_weights, 1
    for factor in found.factors or ():
        for b, q in factor.of_input:
            of_input[b] = lcm(of_input[b], q.denominator)
        for b, q in factor.of_weights:
            of_weights[b] = lcm(of_weights[b], q.denominator)
        constant = lcm(constant, factor.constant.denominator)
    return of_input, of_weights, constant


def values_of(
    graph: Graph, found: Exponentials, field: PrimeField, of_input: Array, of_weights: Array, base: Array
) -> dict[int, Array]:
    """Return the residues that stand for the exponentials of all nodes.

    Parameters
    ----------
    of_input : ndarray, shape (samples, independent exponents that see an input)
        None of them 0.
    of_weights : ndarray, shape (1 or samples, independent exponents of the weights)
    base : ndarray, shape (1, 1)
        The root of e.

    Returns
    -------
    dict of int to numpy.ndarray
        By the number of the node.
    """
    total = sum(found.counts)
    if found.factors is None:
        flat = of_input
    else:
        samples = max(len(of_input), len(of_weights))
        flat = field.ones((samples, total))
        roots = degrees(found)
        for i, factor in enumerate(found.factors):
            parts = [(of_input[:, b], q * roots[0][b]) for b, q in factor.of_input]
            parts += [(of_weights[:, b], q * roots[1][b]) for b, q in factor.of_weights]
            parts.append((base[:, 0], factor.constant * roots[2]))
            for residue, exponent in parts:
                flat[:, i] = field.times(flat[:, i], signed_power(field, residue, int(exponent)))

    # What sees no input is the same at all samples: it has the length of the weights.
    ends = np.cumsum((0, *found.counts))
    values = {}
    for k, node in enumerate(found.nodes):
        rows = len(flat) if graph.nodes[node].sees_input else len(of_weights)
        values[node] = flat[:rows, ends[k] : ends[k + 1]].reshape(rows, *graph.nodes[node].shape)
    return values


def signed_power(field: PrimeField, z: Array, exponent: int) -> Array:
    """Return a power of residues that are not 0; the exponent may be negative."""
    return field.power(field.inverse(z) if exponent < 0 else z, abs(exponent))


def unrelated(graph: Graph) -> Exponentials:
    """Return one residue for every exponential: for every sample, or for all where no input is seen."""
    nodes = tuple(graph.numbers(*EXPONENTIAL))
    counts = tuple(prod(graph.nodes[i].shape) for i in nodes)
    if all(graph.nodes[i].sees_input for i in nodes):
        return Exponentials(nodes, counts, None, sum(counts))
    factors, of_input, of_weights = [], 0, 0
    for i, count in zip(nodes, counts, strict=True):
        for _ in range(count):
            if graph.nodes[i].sees_input:
                factors.append(Factor(((of_input, Fraction(1)),)))
                of_input += 1
            else:
                factors.append(Factor((), ((of_weights, Fraction(1)),)))
                of_weights += 1
    return Exponentials(nodes, counts, tuple(factors), of_input, of_weights)


def as_source(values: Mapping[int, Any]) -> Any:
    """Return what `algebra.programs.arithmetic.Residues` asks for the residues of a node."""
    return lambda node, exponents: values[node]
