"""What is quantised in a table: matrices of several architectures with their factors, and critical points."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb, prod
from random import Random
from typing import Any

Rows = list[list[Fraction]]
Parts = list[Rows]

DENOMINATOR = 97  # of what is drawn: a prime, so that nothing lies on a grid of powers of two


@dataclass(frozen=True)
class Quantised:
    """A matrix that is made of parts: weights, tokens, or itself.

    Parameters
    ----------
    says : str
    parts : callable
        From a generator to the parts.
    matrix : callable
        From the parts to the matrix whose rank is asked for.
    """

    says: str
    parts: Callable[[Random], Parts]
    matrix: Callable[[Parts], Rows]


def drawn(random: Random, rows: int, columns: int) -> Rows:
    """Return a matrix of fractions from -1 to 1."""
    units = (-DENOMINATOR, DENOMINATOR)
    return [[Fraction(random.randint(*units), DENOMINATOR) for _ in range(columns)] for _ in range(rows)]


def stochastic(random: Random, rows: int, columns: int) -> Rows:
    """Return a matrix of positive fractions whose rows have the sum 1."""
    drawn_rows = [[random.randint(1, DENOMINATOR) for _ in range(columns)] for _ in range(rows)]
    return [[Fraction(x, sum(row)) for x in row] for row in drawn_rows]


def product(parts: Sequence[Rows]) -> Rows:
    """Multiply matrices from left to right."""
    found, *others = parts
    for right in others:
        columns = list(zip(*right, strict=True))
        found = [[sum((x * y for x, y in zip(row, c, strict=True)), Fraction(0)) for c in columns] for row in found]
    return found


def _transposed(rows: Rows) -> Rows:
    return [list(column) for column in zip(*rows, strict=True)]


def _scores(parts: Parts) -> Rows:
    """Return X A (X B)^T for tokens X and the matrices A and B of queries and keys."""
    X, A, B = parts
    return product([product([X, A]), _transposed(product([X, B]))])


WIDTH, NEURONS, DEGREE = 3, 5, 4


def _jacobian(parts: Parts) -> Rows:
    """Return the derivatives of sum a_i (w_i x)^r by all weights, at as many points as monomials have that degree."""
    W, (a,) = parts
    count = comb(WIDTH + DEGREE - 1, DEGREE)
    random = Random("points")
    points = [[random.randint(-9, 9) for _ in range(WIDTH)] for _ in range(count)]
    found = []
    for x in points:
        values = [sum((w * t for w, t in zip(row, x, strict=True)), Fraction(0)) for row in W]
        inner = [DEGREE * c * v ** (DEGREE - 1) * t for c, v in zip(a, values, strict=True) for t in x]
        found.append([*(v**DEGREE for v in values), *inner])
    return found


def _convac() -> Any:
    from tensors.convac import ConvAC, ConvLayer

    return ConvAC(4, 3, [ConvLayer(2, 2, 2), ConvLayer(2, 2, 1)])


def _convac_weights(random: Random) -> Parts:
    """Return each layer's weights as one row."""
    net = _convac()
    return [drawn(random, 1, prod(net.weight_shape(number))) for number in range(len(net.layers))]


def _convac_matrix(parts: Parts) -> Rows:
    import numpy as np

    from tensors.convac import CircuitWeights, matricization

    net = _convac()
    layers = []
    for number, (row,) in enumerate(parts):
        layers.append(np.array(row, dtype=object).reshape(net.weight_shape(number)).tolist())
    return [list(map(Fraction, row)) for row in matricization(CircuitWeights.given(net, layers), "odd-even").tolist()]


RANKS = {
    "deep-linear": Quantised(
        "a product of 6 x 3 and 3 x 6",
        lambda random: [drawn(random, 6, 3), drawn(random, 3, 6)],
        product,
    ),
    "attention-scores": Quantised(
        "scores of 6 tokens of width 4, head size 2",
        lambda random: [drawn(random, 6, 4), drawn(random, 4, 2), drawn(random, 4, 2)],
        _scores,
    ),
    "attention-matrix": Quantised(
        "a stochastic 6 x 6 matrix that factors through 3",
        lambda random: [stochastic(random, 6, 3), stochastic(random, 3, 6)],
        product,
    ),
    "convac": Quantised(
        "a convolutional arithmetic circuit of 4 patches, across odd and even ones",
        _convac_weights,
        _convac_matrix,
    ),
    "polynomial-jacobian": Quantised(
        "derivatives of sums of five fourth powers of linear forms in 3 variables",
        lambda random: [drawn(random, NEURONS, WIDTH), drawn(random, 1, NEURONS)],
        _jacobian,
    ),
}


# Critical points of the loss |W_2 W_1 X - Y|^2 / 2, in other coordinates of the hidden layer: W_1 becomes G W_1,
# and W_2 becomes W_2 G^-1. The determinant of G is 5, so that W_2 lies on no grid of powers of two.
G = [[3, 1], [1, 2]]
INVERSE = [[Fraction(2, 5), Fraction(-1, 5)], [Fraction(-1, 5), Fraction(3, 5)]]
IDENTITY = [[1, 0], [0, 1]]
TARGET = [[2, 0], [0, 1]]


def _in_other_coordinates(first: Sequence[Sequence[int]], second: Sequence[Sequence[int]]) -> Parts:
    rows = [[[Fraction(x) for x in row] for row in part] for part in (IDENTITY, TARGET, G, first, second)]
    X, Y, change, W1, W2 = rows
    return [X, Y, product([change, W1]), product([W2, INVERSE])]


def _deep(layers: Sequence[Sequence[Sequence[int]]]) -> Parts:
    return [[[Fraction(x) for x in row] for row in part] for part in (IDENTITY, TARGET, *layers)]


FIRST, SECOND, ZERO = [[1, 0], [0, 0]], [[2, 0], [0, 0]], [[0, 0], [0, 0]]
POINTS: dict[str, tuple[str, Parts]] = {
    "global-minimum": ("a global minimum of a network of two layers", _in_other_coordinates(IDENTITY, TARGET)),
    "strict-saddle": ("a strict saddle of two layers", _in_other_coordinates(FIRST, SECOND)),
    "nonstrict-saddle": ("a non-strict saddle of three layers, with integer weights", _deep([FIRST, FIRST, SECOND])),
    "origin": ("the origin of a network of three layers, a non-strict saddle", _deep([ZERO, ZERO, ZERO])),
}
