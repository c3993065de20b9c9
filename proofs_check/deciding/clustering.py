"""Embeddings and coefficients that the claims about self-expressive clustering look at."""

from __future__ import annotations

from fractions import Fraction
from operator import mul
from random import Random

from flint import fmpq_mat

from algebra.exact.matrices import from_rows
from algebra.exact.numbers import to_fmpq

Clusters = tuple[tuple[int, ...], int, int]  # dimension of each cluster, of the whole space, seed


def random_matrix(rows: int, columns: int, random: Random, zero_diagonal: bool = False) -> fmpq_mat:
    """Return small rational entries, some of them 0."""
    found = []
    for i in range(rows):
        row = [Fraction(random.randint(-4, 4), random.randint(1, 3)) for _ in range(columns)]
        if zero_diagonal and i < columns:
            row[i] = Fraction(0)
        found.append([to_fmpq(x) for x in row])
    return from_rows(found)


def unit_points(parameters: list[Fraction]) -> fmpq_mat:
    """Return rational points of the circle, one a column: ((1 - t^2) / (1 + t^2), 2t / (1 + t^2))."""
    cosines = [to_fmpq((1 - t * t) / (1 + t * t)) for t in parameters]
    sines = [to_fmpq(2 * t / (1 + t * t)) for t in parameters]
    return from_rows([cosines, sines])


def clustered_points(given: Clusters) -> tuple[fmpq_mat, tuple[int, ...]]:
    """Return points of random subspaces of these dimensions, two more than that in each, and their labels."""
    dimensions, space, seed = given
    random = Random(f"clusters {dimensions} {space} {seed}")
    points: list[list[int]] = []
    labels: list[int] = []
    for label, dimension in enumerate(dimensions):
        basis = [[random.randint(-3, 3) for _ in range(space)] for _ in range(dimension)]
        for _ in range(dimension + 2):
            weights = [random.randint(-2, 2) or 1 for _ in range(dimension)]
            points.append([sum(map(mul, weights, coordinates)) for coordinates in zip(*basis, strict=True)])
            labels.append(label)

    # Points are columns.
    rows = [list(row) for row in zip(*points, strict=True)]
    return fmpq_mat(rows), tuple(labels)


def clusterings() -> tuple[Clusters, ...]:
    """Return dimensions of clusters, of the space around them, and seeds: independent and dependent ones."""
    kinds = [
        ((1, 1), 2),
        ((2, 2), 4),
        ((2, 2), 3),
        ((1, 2), 3),
        ((1, 1, 1), 2),
        ((1, 1, 1), 3),
        ((2, 1), 2),
    ]
    return tuple((dimensions, space, seed) for dimensions, space in kinds for seed in range(3))
