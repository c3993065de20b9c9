"""Matrices of residues, as lists of rows."""

from __future__ import annotations

from collections.abc import Sequence
from operator import mul

Matrix = list[list[int]]


def cut(values: Sequence[int], start: int, rows: int, columns: int) -> Matrix:
    """Return a matrix that is written row by row from some place on.

    Examples
    --------
    >>> cut([7, 1, 2, 3, 4, 5, 6], 1, 2, 3)
    [[1, 2, 3], [4, 5, 6]]
    """
    return [list(values[start + i * columns : start + (i + 1) * columns]) for i in range(rows)]


def product(a: Matrix, b: Matrix, m: int) -> Matrix:
    """Return the product of two matrices modulo m."""
    columns = transpose(b)
    return [[sum(map(mul, row, column)) % m for column in columns] for row in a]


def transpose(a: Matrix) -> Matrix:
    """Return the transpose."""
    return [list(column) for column in zip(*a, strict=True)]


def add(a: Matrix, b: Matrix, m: int) -> Matrix:
    """Return the sum of two matrices modulo m."""
    return [[(x + y) % m for x, y in zip(*rows, strict=True)] for rows in zip(a, b, strict=True)]
