"""Vectors in the kernel of a Jacobian at given weights, beyond those of the symmetries: reconstructed, and verified.

Modulo a prime the kernel is read off an echelon form. Over the rational numbers it has a basis with the same unit
entries; its other entries are recovered from their residues modulo several primes. A vector v is then *verified*: with
a common denominator D of the Jacobian's entries and d of those of v, every entry of D d J v is an integer below a
bound, and it is 0 if it is 0 modulo primes whose product exceeds that bound. Where the program divides, no such D is
known: the Jacobian is then computed over the rational numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import lcm, log2
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from algebra.exact.numbers import fraction_of_residue
from algebra.programs.batch import primes
from algebra.programs.core import (
    Add,
    Concatenate,
    MatMul,
    Multiply,
    Power,
    Relu,
    Reshape,
    Sum,
    Take,
    Transpose,
)
from algebra.rank import Echelon
from algebra.rank.modular import centred_residues, multiply

if TYPE_CHECKING:
    from algebra.programs.batch import Batch
    from algebra.programs.lowering import Graph
    from algebra.types import Array

MOST_PRIMES = 48
"""Primes for the reconstruction: fractions with numerators and denominators of some 500 bits."""

MOST_EXACT = 100_000
"""Entries of a Jacobian that is computed over the rational numbers: about a minute, with numbers of 1,000 bits."""

LINEAR = (Add, Sum, Transpose, Reshape, Concatenate, Take, Relu)


class Size(NamedTuple):
    """Of the Jacobian's entries: the largest absolute value of each column, and the bits of a common denominator."""

    entries: Array
    denominator_bits: int


def kernel_vectors(batch: Batch, known: Echelon, nullity: int) -> list[dict[int, Fraction]]:
    """Return independent vectors of the kernel, proved, beyond the known ones: as many as there are, or none.

    Parameters
    ----------
    batch : Batch
    known : Echelon
        Form of the known vectors.
    nullity : int
        Of the Jacobian modulo a prime: no more are there.

    Returns
    -------
    list of dict
        The entries of each that are not 0, by the numbers of the weights.
    """
    wanted = nullity - known.rank
    if wanted <= 0:
        return []
    denominator = common_denominator(batch)
    if denominator is None and batch.rows * known.columns > MOST_EXACT:
        return []

    # Modulo the known vectors: every class has a member that vanishes at their pivots.
    free = np.setdiff1d(np.arange(known.columns), known.pivot_columns)
    size = None
    if denominator is not None:
        size = Size(batch.largest_rows()[:, free].max(axis=0), denominator.bit_length())
    modulus, residues, pattern = 1, None, None
    kept: list[tuple[int, Array]] = []
    for prime, _ in zip(primes(), range(MOST_PRIMES), strict=False):
        jacobian = batch.jacobian(prime)[:, free]
        if not len(jacobian):
            continue
        form = Echelon(len(free), prime)
        form.add(jacobian)
        if len(free) - form.rank != wanted or (pattern is not None and form.pivot_columns != pattern):
            continue
        pattern = form.pivot_columns
        kernel = form.kernel()
        kernel = _sorted_rows(kernel, pattern)
        kept.append((prime, jacobian))
        residues = _combined(residues, modulus, kernel, prime)
        modulus *= prime

        vectors = _reconstructed(residues, modulus)
        if vectors is None:
            continue
        if size is None:
            is_verified = _is_exactly_verified(batch, free, vectors)
        else:
            is_verified = _is_verified(batch, kept, free, vectors, size)
        if is_verified:
            return [{int(q): x for q, x in zip(free, vector, strict=True) if x} for vector in vectors]
    return []


def _sorted_rows(kernel: Array, pivots: tuple[int, ...]) -> Array:
    """Put the vectors into the order of their unit entries."""
    units = np.setdiff1d(np.arange(kernel.shape[1]), pivots)
    order = [int(np.flatnonzero(kernel[:, unit])[0]) for unit in units]
    return kernel[order]


def _combined(residues: Array | None, modulus: int, fresh: Array, prime: int) -> Array:
    """Return residues modulo the product of both moduli (Chinese remainders)."""
    new = fresh.astype(np.int64).astype(object) % prime
    if residues is None:
        return np.asarray(new)
    inverse = pow(modulus, -1, prime)
    return np.asarray(residues + modulus * ((new - residues) * inverse % prime))


MARGIN = 24
"""Bits by which a fraction must be shorter than its modulus: one that chance has made is as long, save for a few."""


def _reconstructed(residues: Array, modulus: int) -> list[list[Fraction]] | None:
    """Return the fractions of these residues; None if one has none that is shorter than chance makes them."""
    rows = []
    for row in residues.tolist():
        found = [fraction_of_residue(int(x), modulus) for x in row]
        short = [x for x in found if x is not None and _bits(x) <= modulus.bit_length() - MARGIN]
        if len(short) < len(found):
            return None
        rows.append(short)
    return rows


def _bits(x: Fraction) -> int:
    return x.numerator.bit_length() + x.denominator.bit_length()


def _is_verified(
    batch: Batch,
    kept: list[tuple[int, Array]],
    free: Array,
    vectors: list[list[Fraction]],
    size: Size,
) -> bool:
    """Verify J v = 0 for all vectors, modulo as many primes as the size of D d J v needs."""
    cleared, needed = [], 0.0
    for vector in vectors:
        common = lcm(*(x.denominator for x in vector))
        whole = [x.numerator * (common // x.denominator) for x in vector]
        most = max(abs(x) for x in whole)
        bits = most.bit_length() + log2(max(float(size.entries.sum()), 1.0)) + size.denominator_bits + 2
        needed = max(needed, bits)
        cleared.append(whole)
    array = np.array(cleared, object).T

    reached = 0.0
    for prime, jacobian in _with_more(batch, kept, free):
        product = _product(jacobian, array, prime)
        if product.any():
            return False
        reached += log2(prime)
        if reached > needed:
            return True
    return False


def _is_exactly_verified(batch: Batch, free: Array, vectors: list[list[Fraction]]) -> bool:
    """Verify J v = 0 for all vectors over the rational numbers."""
    array = np.array(vectors, object).T
    return all(not (rows[:, free] @ array).any() for rows in batch.rational_rows())


def _with_more(batch: Batch, kept: list[tuple[int, Array]], free: Array) -> Iterator[tuple[int, Array]]:
    """Yield primes with the Jacobian: those that are there, and as many more as are asked for."""
    yield from kept
    used = {prime for prime, _ in kept}
    for prime in primes():
        if prime not in used:
            jacobian = batch.jacobian(prime)[:, free]
            if len(jacobian):
                yield prime, jacobian


def _product(jacobian: Array, array: Array, prime: int) -> Array:
    return multiply(jacobian, centred_residues(array, prime), prime)


def common_denominator(batch: Batch) -> int | None:
    """Return a common denominator of all entries of the Jacobian; None if the program divides."""
    graph = batch.graph
    found: list[int] = []
    for node in graph.nodes:
        operation, taken = node.operation, [found[j] for j in node.of]
        if node.constant is not None:
            found.append(lcm(*(x.denominator for x in node.constant.entries)))
        elif operation is None:
            entries = batch.point.leaves[node.name].ravel().tolist()
            found.append(lcm(*{Fraction(x).denominator for x in entries}))
        elif isinstance(operation, Multiply | MatMul):
            found.append(taken[0] * taken[1])
        elif isinstance(operation, Power):
            found.append(taken[0] ** operation.exponent)
        elif isinstance(operation, LINEAR):
            found.append(lcm(*taken))
        else:
            return None
    return _backward_denominator(graph, found)


def _backward_denominator(graph: Graph, forward: list[int]) -> int:
    """Return a common denominator of all gradients: on every way back, that of the other factors."""
    found = dict.fromkeys(graph.outputs, 1)
    for i in reversed(range(len(graph.nodes))):
        node, operation = graph.nodes[i], graph.nodes[i].operation
        for place, j in enumerate(node.of if i in found else ()):
            factor = 1
            if isinstance(operation, Multiply | MatMul):
                factor = forward[node.of[1 - place]]
            elif isinstance(operation, Power):
                factor = forward[j] ** (operation.exponent - 1)
            found[j] = lcm(found.get(j, 1), found[i] * factor)
    return lcm(*(found.get(i, 1) for i, node in enumerate(graph.nodes) if node.kind == "parameter"))
