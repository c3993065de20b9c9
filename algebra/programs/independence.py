r"""Why exponentials may be replaced by residues, and by which: a proof by a rank, for every program by itself.

Let :math:`s_1, \ldots, s_m` be the exponents of a program at one sample, as functions of weights w and input x. If
they are linearly independent over Q *modulo functions of the weights alone*, then the exponentials of the exponents
at any number of samples are algebraically independent over :math:`C(w, x_1, x_2, \ldots)`: in a rational relation
between exponents at several samples vary one input alone, and by Ax's theorem independence modulo constants is
enough. Each exponential may then be an independent residue :math:`E \ne 0` with :math:`dE = E\,ds`. The premise is
the full column rank of a matrix modulo a prime: its rows are differences of the exponents at two inputs, at the
same weights, which are drawn anew for every row. Exponentials in the exponents are residues themselves, by
induction over the layers.

Where the columns are dependent, the relations have rational coefficients: :math:`s = \sum q_b s_b + c(w)`, with
exponents :math:`s_b` that are independent. Then :math:`e^s = \prod (e^{s_b})^{q_b} e^{c(w)}`; one residue for every
:math:`s_b` (a root of it, where q has denominators), and the same once more for the functions c(w) of the weights
alone, modulo constants. What remains is the exponential of a rational number, a power of one transcendental number.
Replacing an exponential by such a product is a specialisation even if the relation were wrong, so a rank stays a
lower bound.

References
----------
.. [1] J. Ax, On Schanuel's conjectures, Annals of Mathematics 93 (1971).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from flint import nmod_mat

from algebra.evidence.evaluation import PoleError
from algebra.exact.numbers import fraction_of_residue
from algebra.programs.exponentials import EXPONENTIAL, Exponentials, Factor, unrelated
from algebra.programs.sampling import NO_PATTERN, Pattern, pair_of_runs
from algebra.rank.field import prime_field

if TYPE_CHECKING:
    from algebra.programs.lowering import Graph
    from algebra.types import Array

PRIME = 2**61 - 1
"""For the relations: fractions with both parts below 2^30 are recognised from their residues."""

_FIELD = prime_field(PRIME)

SLACK = 6
"""Rows beyond the number of exponents: a random matrix misses its rank with probability 2^-61 for each."""

ATTEMPTS = 16
"""Keys tried until no denominator vanishes."""


@lru_cache(maxsize=256)
def exponentials(graph: Graph, pattern: Pattern | None = None) -> Exponentials | None:
    """Find which exponentials of a program are independent, and how the others follow from them.

    Parameters
    ----------
    graph : Graph
    pattern : Pattern, optional
        Of the rectifiers, where there are any: they are fixed.

    Returns
    -------
    Exponentials or None
        None if no proof was found: a relation whose coefficients were not recognised, or a constant whose square root
        is not in the field of residues.
    """
    nodes = tuple(graph.numbers(*EXPONENTIAL))
    free = unrelated(graph)
    counts = free.counts
    if not nodes:
        return free

    # All at once: as a rule they are independent, and one rank proves it.
    seen = _exponents(graph, free, pattern)
    if seen is None:
        return None
    if free.are_all_independent and _rank(seen[1]) == sum(counts):
        return free

    # Otherwise layer by layer: relations between exponents change the residues that later exponents see.
    found = free
    depths = graph.depths(*EXPONENTIAL)
    for depth in sorted({depths[i] for i in nodes}):
        seen = _exponents(graph, found, pattern)
        if seen is None:
            return None
        known = sum(n for i, n in zip(nodes, counts, strict=True) if depths[i] <= depth)
        order = sorted(range(len(nodes)), key=lambda k: (depths[nodes[k]], k))
        related = _related(graph, found, *seen, order, known)
        if related is None:
            return None
        found = related
    return found


def _exponents(graph: Graph, found: Exponentials, pattern: Pattern | None) -> tuple[Array, Array] | None:
    """Return exponents at random weights and inputs, and their differences at two inputs with the same weights.

    Both have one row for every draw of the weights, and one column for every entry of every node. None if every draw
    meets a pole: a constant stands under a square root, and is no square modulo the prime.
    """
    rows = sum(found.counts) + SLACK
    for attempt in range(ATTEMPTS):
        try:
            first, second = pair_of_runs(
                graph, found, prime_field(PRIME), f"exponents/{attempt}", rows, pattern or NO_PATTERN
            )
        except PoleError:
            continue
        a, b = (_columns(graph, found, run, rows) for run in (first, second))
        return a, (a - b) % PRIME
    return None


def _columns(graph: Graph, found: Exponentials, run: Sequence[Array], rows: int) -> Array:
    taken = [run[graph.nodes[i].of[0]] for i in found.nodes]
    flat = [np.broadcast_to(array, (rows, *array.shape[1:])).reshape(rows, -1) for array in taken]
    return np.concatenate(flat, axis=1).astype(object) % PRIME


def _rank(matrix: Array) -> int:
    return int(nmod_mat(*matrix.shape, [int(x) for x in matrix.ravel()], PRIME).rank())


def _related(
    graph: Graph, found: Exponentials, exponents: Array, pairs: Array, order: Sequence[int], known: int
) -> Exponentials | None:
    """Find the relations between the first `known` exponents, counted in this order of the nodes."""
    ends = np.cumsum((0, *found.counts))
    columns = [int(c) for k in order for c in range(ends[k], ends[k + 1])]

    # Modulo functions of the weights: differences of inputs.
    relations = _relations(pairs[:, columns[:known]])
    if relations is None:
        return None
    chosen, combinations = relations

    # What is left depends on the weights alone: the same once more, modulo constants.
    ordered = exponents[:, columns]
    rests = [_less(ordered[:, i], ordered[:, chosen], each) for i, each in enumerate(combinations)]
    left = np.stack(rests, axis=1)
    relations = _relations((left[1:] - left[:1]) % PRIME)
    if relations is None:
        return None
    of_weights, rest = relations

    # And the numbers.
    factors: dict[int, Factor] = {}
    for i, (combination, of_weight) in enumerate(zip(combinations, rest, strict=True)):
        number = _less(left[:1, i], left[:1, of_weights], of_weight)
        constant = fraction_of_residue(int(number[0]), PRIME)
        if constant is None:
            return None
        factors[columns[i]] = Factor(tuple(combination), tuple(of_weight), constant)
    of_input, of_weight_alone = len(chosen), len(of_weights)
    for k in order:
        for column in range(ends[k], ends[k + 1]):
            if column in factors:
                continue
            if graph.nodes[found.nodes[k]].sees_input:
                factors[column] = Factor(((of_input, Fraction(1)),))
                of_input += 1
            else:
                factors[column] = Factor((), ((of_weight_alone, Fraction(1)),))
                of_weight_alone += 1
    every = tuple(factors[c] for c in range(len(columns)))
    return Exponentials(found.nodes, found.counts, every, of_input, of_weight_alone)


def _rest(exponents: Array, column: int, chosen: Sequence[int], combination: Sequence[tuple[int, Fraction]]) -> Array:
    """Return a column less a combination of others."""
    known = sum(_FIELD.number(q) * exponents[:, chosen[b]] for b, q in combination)
    return np.asarray((exponents[:, column] - known) % PRIME)


def _less(column: Array, independent: Array, combination: Sequence[tuple[int, Fraction]]) -> Array:
    """Return a column less a combination of independent ones, modulo the prime."""
    known = sum(_FIELD.number(q) * independent[:, b] for b, q in combination)
    return np.asarray((column - known) % PRIME)


def _relations(matrix: Array) -> tuple[list[int], list[list[tuple[int, Fraction]]]] | None:
    """Write every column as a rational combination of independent ones.

    Returns
    -------
    (list of int, list of list of (int, Fraction)) or None
        The independent columns, and for every column the coefficients, by number of the independent column; None if
        a coefficient is not recognised.
    """
    reduced, rank = nmod_mat(*matrix.shape, [int(x) for x in matrix.ravel()], PRIME).rref()
    chosen = [next(j for j in range(matrix.shape[1]) if int(reduced[i, j])) for i in range(rank)]
    combinations = []
    for j in range(matrix.shape[1]):
        entries = [(i, fraction_of_residue(int(reduced[i, j]), PRIME)) for i in range(rank) if int(reduced[i, j])]
        if any(q is None for _, q in entries):
            return None
        combinations.append([(i, q) for i, q in entries if q is not None])
    return chosen, combinations
