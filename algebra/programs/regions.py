r"""The full functional dimension of a network with rectifiers at given weights: the rank over *all* inputs.

With the activation pattern fixed, a network is affine in its input x, and so is its gradient with respect to the
weights. So the gradients at all points of one activation region span what those at n + 1 affinely independent points
span, computed with the pattern of that region, wherever the points are. The full functional dimension [1]_ is
therefore the rank of (n + 1) rows for every output and every region that is open and not empty: a finite matrix of
rational numbers. The regions are found one from another: a neuron bounds a region if a linear program over Q says so,
and then the pattern with that neuron switched is that of the neighbour.

References
----------
.. [1] J. E. Grigsby, K. Lindsey, R. Meyerhoff, C. Wu, Functional dimension of feedforward ReLU neural networks,
   arXiv:2209.04036 (2022).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any

from algebra.errors import InputError, as_integer
from algebra.exact.programs import minimum

if TYPE_CHECKING:
    from flint import fmpq_mat

MOST_REGIONS = 500
"""Regions that are followed; with more the dimension is a lower bound."""

Pattern = tuple[tuple[bool, ...], ...]
Layers = Sequence[tuple["fmpq_mat", "fmpq_mat"]]
"""Of every layer the weights, out x in, and the biases, one column."""


@dataclass(frozen=True)
class FullDimension:
    """The rank over the regions that were found.

    Parameters
    ----------
    rank : int
        The full functional dimension if `is_complete`, else a lower bound of it.
    regions : int
        How many were found.
    is_complete : bool
        Whether these are all regions: not so if there are too many, or if two neurons bound a region at the same place.
    """

    rank: int
    regions: int
    is_complete: bool


def full_dimension(weights: Sequence[Any], biases: Sequence[Any], most: int = MOST_REGIONS) -> FullDimension:
    """Return the full functional dimension of a network of layers with rectifiers between them, at given weights.

    Parameters
    ----------
    weights : sequence of (out, in) arrays of exact numbers
    biases : sequence of arrays of length out
    most : int
        How many regions are followed.

    Returns
    -------
    FullDimension
        Its rank, and whether all regions were followed.

    Raises
    ------
    InputError
        For shapes that do not fit.

    Examples
    --------
    >>> full_dimension([[[1], [-1]], [[1, 1]]], [[0, 1], [0]])
    FullDimension(rank=5, regions=3, is_complete=True)
    """
    from flint import fmpq, fmpq_mat

    layers = _layers(weights, biases)
    as_integer("most", most, 1)
    size = layers[0][0].ncols()
    first = _pattern_at(layers, _generic_point(size))
    points = [[fmpq(0)] * size] + [[fmpq(i == k) for i in range(size)] for k in range(size)]

    waiting, found, rows, is_complete = [first], {first}, list[list[Any]](), True
    while waiting:
        pattern = waiting.pop()
        rows += [row for x in points for row in gradient_rows(layers, pattern, x)]
        functions = neurons(layers, pattern)
        is_complete &= not _meet(functions)
        for k, neighbour in enumerate(_switched(pattern)):
            if neighbour in found or not _bounds(functions, pattern, k):
                continue
            if len(found) == most:
                is_complete = False
                continue
            found.add(neighbour)
            waiting.append(neighbour)
    rank = int(fmpq_mat(rows).rank())
    return FullDimension(rank, len(found), is_complete)


def _layers(weights: Sequence[Any], biases: Sequence[Any]) -> Layers:
    from flint import fmpq_mat

    from algebra.exact.numbers import to_fmpq

    if not weights or len(weights) != len(biases):
        raise InputError("biases", len(biases), f"one array for each of the {len(weights)} arrays of weights")
    found = []
    for W, b in zip(weights, biases, strict=True):
        rows = [[to_fmpq(Fraction(x)) for x in row] for row in W]
        if len({len(row) for row in rows}) != 1 or len(rows) != len(b):
            raise InputError("weights", [len(row) for row in rows], f"{len(b)} rows of one length, as there are biases")
        found.append((fmpq_mat(rows), fmpq_mat([[to_fmpq(Fraction(x))] for x in b])))
    for (before, _), (after, _) in pairwise(found):
        if before.nrows() != after.ncols():
            raise InputError("weights", after.ncols(), f"{before.nrows()} columns, as the layer before has rows")
    return found


def _generic_point(size: int) -> list[Any]:
    """Return a point with large numerators and denominators, through which hyperplanes go by bad luck only."""
    from flint import fmpq

    return [fmpq(1_000_003 * (k + 1) ** 2 + 17, 999_983 * (2 * k + 1)) for k in range(size)]


def _pattern_at(layers: Layers, point: Sequence[Any]) -> Pattern:
    from flint import fmpq_mat

    a, found = fmpq_mat([[x] for x in point]), []
    for W, b in layers[:-1]:
        z = W * a + b
        found.append(tuple(bool(z[i, 0] > 0) for i in range(z.nrows())))
        a = fmpq_mat([[z[i, 0] if on else 0] for i, on in enumerate(found[-1])])
    return tuple(found)


def neurons(layers: Layers, pattern: Pattern) -> list[tuple[Any, ...]]:
    """Return the pre-activations of all neurons as affine functions of the input: the slopes, then the constant."""
    from flint import fmpq_mat

    size = layers[0][0].ncols()
    a = fmpq_mat([[int(i == j) for j in range(size + 1)] for i in range(size)])
    found = []
    for (W, b), active in zip(layers[:-1], pattern, strict=True):
        z = W * a
        for i in range(z.nrows()):
            z[i, size] += b[i, 0]
        rows = z.table()
        found += [tuple(row) for row in rows]
        a = fmpq_mat([row if on else [0] * (size + 1) for row, on in zip(rows, active, strict=True)])
    return found


def gradient_rows(layers: Layers, pattern: Pattern, point: Sequence[Any]) -> list[list[Any]]:
    """Return the gradients of all outputs with respect to all weights and biases, with a given pattern."""
    from flint import fmpq_mat

    activations = [fmpq_mat([[x] for x in point])]
    for (W, b), active in zip(layers[:-1], pattern, strict=True):
        z = W * activations[-1] + b
        activations.append(fmpq_mat([[z[i, 0] if on else 0] for i, on in enumerate(active)]))

    rows = []
    for output in range(layers[-1][0].nrows()):
        adjoint = [int(i == output) for i in range(layers[-1][0].nrows())]
        gradient: list[Any] = []
        for k in range(len(layers) - 1, -1, -1):
            taken = [activations[k][j, 0] for j in range(activations[k].nrows())]
            gradient = [d * x for d in adjoint for x in [*taken, 1]] + gradient
            if k:
                back = fmpq_mat([adjoint]) * layers[k][0]
                adjoint = [back[0, j] if on else 0 for j, on in enumerate(pattern[k - 1])]
        rows.append(gradient)
    return rows


def _switched(pattern: Pattern) -> list[Pattern]:
    """Return the patterns with one neuron switched, in the order of the neurons."""
    found = []
    for k, active in enumerate(pattern):
        for i in range(len(active)):
            other = (*active[:i], not active[i], *active[i + 1 :])
            found.append((*pattern[:k], other, *pattern[k + 1 :]))
    return found


def _meet(functions: Sequence[tuple[Any, ...]]) -> bool:
    """Tell whether two neurons vanish at the same hyperplane, or one of them on a whole region."""
    from flint import fmpq_mat

    if any(not any(f) for f in functions):
        return True
    moving = [f for f in functions if any(f[:-1])]
    return any(fmpq_mat([list(f), list(g)]).rank() < 2 for f, g in combinations(moving, 2))


def _bounds(functions: Sequence[tuple[Any, ...]], pattern: Pattern, k: int) -> bool:
    """Tell whether a neuron vanishes somewhere in the closure of a region, where all others keep their signs strictly.

    Maximise t <= 1 with sign * function >= t for all others, and the function of the neuron 0.
    """
    from flint import fmpq_mat

    signs = [1 if on else -1 for active in pattern for on in active]
    size = len(functions[0]) - 1
    if not any(functions[k][:-1]):
        return False

    # Columns: x = u - v, t = 1 - r with r >= 0, then a slack for every inequality.
    others = [i for i in range(len(functions)) if i != k]
    matrix, right = [], []
    for place, i in enumerate(others):
        slopes = [signs[i] * c for c in functions[i][:-1]]
        slack = [-int(j == place) for j in range(len(others))]
        matrix.append([*slopes, *(-c for c in slopes), 1, *slack])
        right.append([1 - signs[i] * functions[i][-1]])
    own = list(functions[k][:-1])
    matrix.append([*own, *(-c for c in own), 0, *[0] * len(others)])
    right.append([-functions[k][-1]])
    costs = [0] * (2 * size) + [1] + [0] * len(others)
    best = minimum(costs, fmpq_mat(matrix), fmpq_mat(right))
    return best is not None and best.value < 1
