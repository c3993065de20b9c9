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
alone, modulo constants. What remains are exponentials of numbers (`algebra.programs.constant_exponents`): powers of
one transcendental number, if they are rational, and further independent residues. Whatever was recognised from residues
must hold at other weights modulo another prime, too; else nothing is said to be proved.

References
----------
.. [1] J. Ax, On Schanuel's conjectures, Annals of Mathematics 93 (1971).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import islice
from math import prod
from typing import TYPE_CHECKING

import numpy as np
from flint import nmod_mat

from algebra.evidence.evaluation import PoleError
from algebra.exact.numbers import fraction_of_residue
from algebra.programs.constant_exponents import conjugates
from algebra.programs.exponentials import EXPONENTIAL, Exponentials, Factor, unrelated
from algebra.programs.roots import primes_with_roots, sign_choices
from algebra.programs.sampling import NO_PATTERN, Pattern, pair_of_runs
from algebra.rank.field import prime_field

if TYPE_CHECKING:
    from algebra.programs.lowering import Graph
    from algebra.rank.field import PrimeField
    from algebra.types import Array

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

    primes = list(islice(primes_with_roots(graph), 2))
    if len(primes) < 2:
        return None
    field, other = map(prime_field, primes)

    # All at once: as a rule they are independent, and one rank proves it.
    seen = _exponents(graph, free, field, pattern)
    if seen is None:
        return None
    if free.are_all_independent and _rank(seen[1], field) == sum(counts):
        return free

    # Otherwise layer by layer: relations between exponents change the residues that later exponents see.
    numbers = _numbers(graph, nodes, field)
    if numbers is None:
        return None
    found = free
    depths = graph.depths(*EXPONENTIAL)
    for depth in sorted({depths[i] for i in nodes}):
        seen = _exponents(graph, found, field, pattern)
        if seen is None:
            return None
        known = sum(n for i, n in zip(nodes, counts, strict=True) if depths[i] <= depth)
        order = sorted(range(len(nodes)), key=lambda k: (depths[nodes[k]], k))
        related = _related(graph, found, field, *seen, order, known, numbers)
        if related is None:
            return None
        found = related
    return found if _holds(graph, found, other, pattern) else None


def _numbers(graph: Graph, nodes: Sequence[int], field: PrimeField) -> dict[int, Factor] | None:
    """Return the exponentials of numbers, by column, as products of independent ones; None if that is not known."""
    found: dict[int, Factor] = {}
    columns, column = list[int](), 0
    for i in nodes:
        size, varies = prod(graph.nodes[i].shape), graph.nodes[i].sees_input or graph.nodes[i].sees_parameter
        columns += [] if varies else range(column, column + size)
        column += size
    if not columns:
        return found
    taken = [graph.nodes[i].of[0] for i in nodes if not (graph.nodes[i].sees_input or graph.nodes[i].sees_parameter)]
    matrix = conjugates(graph, taken, field.prime)
    relations = None if matrix is None else _relations(matrix, field)
    if relations is None:
        return None

    # Column 0 is 1, which is never 0: it is the first of the independent ones.
    for column, combination in zip(columns, relations[1][1:], strict=True):
        rational = sum((q for b, q in combination if b == 0), Fraction(0))
        found[column] = Factor((), tuple((b - 1, q) for b, q in combination if b), rational)
    return found


def _holds(graph: Graph, found: Exponentials, field: PrimeField, pattern: Pattern | None) -> bool:
    """Tell whether all relations hold at other weights and inputs, modulo another prime.

    A relation that is recognised by mistake fails there, up to a chance of one in 2^61.
    """
    seen = _exponents(graph, found, field, pattern)
    if seen is None:
        return False
    exponents, factors = seen[0], found.factors or ()
    of_input: dict[int, Array] = {}
    of_weights: dict[int, Array] = {}
    for i, factor in enumerate(factors):
        if len(factor.of_input) == 1 and not factor.of_weights and factor.constant == 0:
            b, q = factor.of_input[0]
            if q == 1:
                of_input.setdefault(b, exponents[:, i])
    for i, factor in enumerate(factors):
        if len(factor.of_weights) == 1 and factor.constant == 0 and factor.of_weights[0][1] == 1:
            b = factor.of_weights[0][0]
            of_weights.setdefault(b, _less(exponents[:, i], of_input, factor.of_input, field))
    for i, factor in enumerate(factors):
        left = _less(exponents[:, i], of_input, factor.of_input, field)
        left = _less(left, of_weights, factor.of_weights, field)
        if np.any((left - field.number(factor.constant)) % field.prime):
            return False
    return True


def _exponents(
    graph: Graph, found: Exponentials, field: PrimeField, pattern: Pattern | None
) -> tuple[Array, Array] | None:
    """Return exponents at random weights and inputs, and their differences at two inputs with the same weights.

    Both have one row for every draw of the weights, and one column for every entry of every node. They come in blocks
    of `_rows`, one for each choice of signs of the roots of numbers: linear relations over the rational numbers hold
    under all of them. None if every draw meets a pole.
    """
    rows, blocks = _rows(found), []
    for number, negative in enumerate(sign_choices(graph, field.prime)):
        mark = f"/signs={number}" if number else ""
        for attempt in range(ATTEMPTS):
            key = f"exponents/{attempt}{mark}"
            try:
                runs = pair_of_runs(graph, found, field, key, rows, pattern or NO_PATTERN, negative=negative)
            except PoleError:
                continue
            a, b = (_columns(graph, found, run, rows) % field.prime for run in runs)
            blocks.append((a, (a - b) % field.prime))
            break
        else:
            return None
    return np.concatenate([a for a, _ in blocks]), np.concatenate([b for _, b in blocks])


def _rows(found: Exponentials) -> int:
    """Return how many draws there are for each choice of signs."""
    return sum(found.counts) + SLACK


def _columns(graph: Graph, found: Exponentials, run: Sequence[Array], rows: int) -> Array:
    taken = [run[graph.nodes[i].of[0]] for i in found.nodes]
    flat = [np.broadcast_to(array, (rows, *array.shape[1:])).reshape(rows, -1) for array in taken]
    return np.concatenate(flat, axis=1).astype(object)


def _rank(matrix: Array, field: PrimeField) -> int:
    return int(nmod_mat(*matrix.shape, [int(x) for x in matrix.ravel()], field.prime).rank())


def _related(
    graph: Graph,
    found: Exponentials,
    field: PrimeField,
    exponents: Array,
    pairs: Array,
    order: Sequence[int],
    known: int,
    numbers: Mapping[int, Factor],
) -> Exponentials | None:
    """Find the relations between the first `known` exponents, counted in this order of the nodes."""
    ends = np.cumsum((0, *found.counts))
    columns = [int(c) for k in order for c in range(ends[k], ends[k + 1])]

    # Modulo functions of the weights: differences of inputs.
    relations = _relations(pairs[:, columns[:known]], field)
    if relations is None:
        return None
    chosen, combinations = relations

    # What is left depends on the weights alone: the same once more, modulo constants.
    ordered = exponents[:, columns]
    independent = {b: ordered[:, c] for b, c in enumerate(chosen)}
    left = np.stack([_less(ordered[:, i], independent, each, field) for i, each in enumerate(combinations)], axis=1)
    rows = _rows(found)
    firsts = np.repeat(left[::rows], rows, axis=0)  # of each choice of signs
    relations = _relations((left - firsts) % field.prime, field)
    if relations is None:
        return None
    of_weights, rest = relations

    # And the numbers: those of exponents that are no numbers must be rational.
    factors: dict[int, Factor] = {}
    of_weights_first = {b: left[:1, c] for b, c in enumerate(of_weights)}
    of_input, of_weight_alone = len(chosen), len(of_weights)
    of_numbers = 1 + max((b for factor in numbers.values() for b, _ in factor.of_weights), default=-1)
    for i, (combination, of_weight) in enumerate(zip(combinations, rest, strict=True)):
        if columns[i] in numbers:
            own = numbers[columns[i]]
            shifted = tuple((of_weight_alone + b, q) for b, q in own.of_weights)
            factors[columns[i]] = Factor((), shifted, own.constant)
            continue
        number = _less(left[:1, i], of_weights_first, of_weight, field)
        constant = fraction_of_residue(int(number[0]), field.prime)
        if constant is None:
            return None
        factors[columns[i]] = Factor(tuple(combination), tuple(of_weight), constant)
    of_weight_alone += of_numbers
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


def _less(
    column: Array, independent: Mapping[int, Array], combination: Sequence[tuple[int, Fraction]], field: PrimeField
) -> Array:
    """Return a column less a combination of independent ones, modulo the prime."""
    known = sum(field.number(q) * independent[b] for b, q in combination)
    return np.asarray((column - known) % field.prime)


def _relations(matrix: Array, field: PrimeField) -> tuple[list[int], list[list[tuple[int, Fraction]]]] | None:
    """Write every column as a rational combination of independent ones.

    Returns
    -------
    (list of int, list of list of (int, Fraction)) or None
        The independent columns, and for every column the coefficients, by number of the independent column; None if
        a coefficient is not recognised.
    """
    prime = field.prime
    reduced, rank = nmod_mat(*matrix.shape, [int(x) for x in matrix.ravel()], prime).rref()
    chosen = [next(j for j in range(matrix.shape[1]) if int(reduced[i, j])) for i in range(rank)]
    combinations = []
    for j in range(matrix.shape[1]):
        entries = [(i, fraction_of_residue(int(reduced[i, j]), prime)) for i in range(rank) if int(reduced[i, j])]
        if any(q is None for _, q in entries):
            return None
        combinations.append([(i, q) for i, q in entries if q is not None])
    return chosen, combinations
