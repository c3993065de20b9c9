"""Data sets: distinct rational points with class labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm
from random import Random
from typing import Any

import numpy as np
from flint import fmpz_mat
from numpy.typing import NDArray

from algebra.errors import InputError, as_integer
from algebra.exact.integers import integer_array
from algebra.exact.numbers import long_number
from algebra.sequences import plain_lists
from algebra.shown import Shown

Point = tuple[Fraction, ...]
SAFE = 1 << 62  # integers below it stay int64 under one addition


@dataclass(frozen=True)
class DataSet(Shown):
    """Distinct points with labels in ``0..classes-1``; made by `data_set`.

    Parameters
    ----------
    points : tuple of tuple of Fraction
    labels : tuple of int
    classes : int
        C of the theorems.
    """

    points: tuple[Point, ...]
    labels: tuple[int, ...]
    classes: int

    def __len__(self) -> int:
        return len(self.points)

    @property
    def dimension(self) -> int:
        """Number of coordinates."""
        return len(self.points[0])

    @property
    def label_bits(self) -> int:
        """``ceil(log2 C)``, at least 1: the bits that one label takes."""
        return max(1, (self.classes - 1).bit_length())

    @cached_property
    def integers(self) -> tuple[NDArray[Any], int]:
        """The points times their common denominator, as an array of integers (N x d), and that denominator."""
        scale = lcm(*(x.denominator for point in self.points for x in point))
        rows = [[x.numerator * (scale // x.denominator) for x in point] for point in self.points]
        return integer_array(rows), scale

    @cached_property
    def delta_squared(self) -> Fraction:
        """Greatest over least squared distance of two points; 1 for a single point.

        Examples
        --------
        >>> data_set([[0], [3], [8], [9]], [1, 0, 1, 0]).delta_squared
        Fraction(81, 1)
        """
        if len(self) < 2:
            return Fraction(1)
        least, greatest = _extreme_distances(self.integers[0])
        return Fraction(greatest, least)


def data_set(points: Any, labels: Any, classes: int | None = None) -> DataSet:
    """Check points and labels; equal pairs are taken once.

    Parameters
    ----------
    points : sequence of sequences
        Integers, Fractions or strings "p/q"; all of the same length.
    labels : sequence of int
    classes : int, optional
        Labels are below it; by default one more than the greatest label.

    Returns
    -------
    DataSet

    Raises
    ------
    InputError
        If a coordinate is not exact, shapes differ, a label is not in ``0..classes-1``, or the same point has two
        labels.

    Examples
    --------
    >>> data = data_set([["1/2", 0], [1, 1], ["1/2", 0]], [1, 0, 1])
    >>> len(data), data.dimension, data.classes
    (2, 2, 2)
    """
    exact = exact_points(points)
    given = _sequence("labels", labels, f"{len(exact)} labels, one a point")
    if len(given) != len(exact):
        raise InputError("labels", len(given), f"{len(exact)} labels, one a point")
    count = None if classes is None else as_integer("classes", classes, least=1)
    checked = [_label(label, count) for label in given]
    known = _without_contradiction(exact, checked)
    return DataSet(tuple(known), tuple(known.values()), count or max(checked) + 1)


def random_data(count: int, dimension: int, classes: int, seed: int = 0) -> DataSet:
    """Return distinct random points with integer coordinates from 0 to 10 count - 1, and random labels.

    Parameters
    ----------
    count, dimension, classes : int
        At least 1; in one dimension a tenth of all points is taken.
    seed : int

    Returns
    -------
    DataSet

    Examples
    --------
    >>> data = random_data(10, 2, 3)
    >>> len(data), data.dimension, data.classes
    (10, 2, 3)
    """
    for name, value in (("count", count), ("dimension", dimension), ("classes", classes)):
        as_integer(name, value, 1)

    random, side = Random(f"{count} {dimension} {classes} {seed}"), 10 * count
    points: dict[tuple[int, ...], int] = {}
    while len(points) < count:
        points[tuple(random.randrange(side) for _ in range(dimension))] = random.randrange(classes)
    return data_set(list(points), list(points.values()), classes)


def exact_points(points: Any) -> tuple[Point, ...]:
    """Return the points as tuples of Fractions.

    Raises
    ------
    InputError
        If there are none, one is not a list of exact numbers, or their lengths differ.
    """
    rows = _sequence("points", points, "a list of points, each a list of coordinates")
    if not rows:
        raise InputError("points", [], "at least one point")
    allowed = "a list of at least one coordinate"
    found = tuple(tuple(long_number("coordinate", x) for x in _sequence("point", row, allowed)) for row in rows)
    for number, point in enumerate(found, start=1):
        if not point:
            raise InputError("point", [], allowed)
        if len(point) != len(found[0]):
            raise InputError(f"point {number}", len(point), f"of {len(found[0])} coordinates, as the first point")
    return found


def exact_labels(labels: Any, count: int) -> tuple[Fraction, ...]:
    """Return as many labels as there are points; any exact numbers.

    Raises
    ------
    InputError
        If their number differs, or one is not exact.
    """
    given = _sequence("labels", labels, f"{count} labels, one a point")
    if len(given) != count:
        raise InputError("labels", len(given), f"{count} labels, one a point")
    return tuple(long_number("label", label) for label in given)


def _without_contradiction(points: Sequence[Point], labels: Sequence[int]) -> dict[Point, int]:
    known: dict[Point, int] = {}
    for point, label in zip(points, labels, strict=True):
        if known.setdefault(point, label) != label:
            shown = f"({', '.join(map(str, point))}) with labels {known[point]} and {label}"
            raise InputError("points", shown, "given one label each")
    return known


def _sequence(name: str, value: Any, allowed: str) -> Sequence[Any]:
    value = plain_lists(value)
    if not isinstance(value, list | tuple):
        raise InputError(name, value, allowed)
    return value


def _label(value: Any, classes: int | None) -> int:
    allowed = "a class: an integer of at least 0" if classes is None else f"a class: an integer from 0 to {classes - 1}"
    exact = isinstance(value, str | Fraction)
    label = long_number("label", value) if exact else Fraction(as_integer("label", value, 0, allowed))
    if label.denominator != 1 or label < 0 or (classes is not None and label >= classes):
        raise InputError("label", value, allowed)
    return int(label)


def _extreme_distances(integers: NDArray[Any]) -> tuple[int, int]:
    count, dimension = integers.shape
    if dimension == 1:
        ordered = np.sort(integers[:, 0])
        least = int((ordered[1:] - ordered[:-1]).min())
        return least**2, int(ordered[-1] - ordered[0]) ** 2
    width = max(int(column.max()) - int(column.min()) for column in integers.T)
    if dimension * width**2 >= SAFE:
        return _extremes_by_products(integers)
    exact = (integers - integers.min(axis=0)).astype(np.int64)
    rows = [((exact[k + 1 :] - exact[k]) ** 2).sum(axis=1) for k in range(count - 1)]
    return min(int(row.min()) for row in rows), max(int(row.max()) for row in rows)


def _extremes_by_products(integers: NDArray[Any]) -> tuple[int, int]:
    """Take the distances from the inner products, one product of long integer matrices."""
    count, dimension = integers.shape
    points = fmpz_mat(count, dimension, integers.ravel().tolist())
    products = (points * points.transpose()).tolist()
    squares = [row[k] for k, row in enumerate(products)]

    # |x - y|^2 = |x|^2 + |y|^2 - 2 <x, y>, for every pair once.
    rows = []
    for i in range(1, count):
        pairs = zip(squares[:i], products[i][:i], strict=True)
        rows.append([squares[i] + square - 2 * inner for square, inner in pairs])
    return int(min(map(min, rows))), int(max(map(max, rows)))
