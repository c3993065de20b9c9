"""Stage A: onto a line, so that the points fall into distinct integer cells and the range is short.

Lemma 13 of Park, Lee, Yun and Shin (COLT 2021) says that some direction reaches a range of at most
``ceil(N^2 Delta sqrt(pi d / 8))``; a random one does with probability above a third.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from algebra.exact.integers import integer_array, largest_absolute
from algebra.memorization.data import SAFE, DataSet

PI_ABOVE = Fraction(355, 113)  # greater than pi
PI_BELOW = Fraction(333, 106)  # less than pi
TRIES = 256
MOST_TRIES = 4096
MOST_DIGITS = 1000  # of a direction that reads coordinates as digits: its entries are as long as all of them together
RANGES = (2, 6, 40)  # greatest entry of small random directions: short weights, and good on grids


@dataclass(frozen=True)
class Projection:
    """``z = v.x + b``: least value 0, gaps of at least 1.

    Parameters
    ----------
    v : tuple of Fraction
    b : Fraction
    values : tuple of Fraction
        z at each point of the data.
    order : tuple of int
        Indices of the points by increasing z.
    """

    v: tuple[Fraction, ...]
    b: Fraction
    values: tuple[Fraction, ...]
    order: tuple[int, ...]

    @property
    def range(self) -> int:
        """K of the paper: the cells are ``0..K-1``."""
        return int(self.values[self.order[-1]]) + 1

    @cached_property
    def floors(self) -> tuple[int, ...]:
        """The cells of the points in increasing order; all distinct."""
        return tuple(int(self.values[k]) for k in self.order)


@dataclass(frozen=True)
class _Line:
    """A direction with the products of the points, sorted, and what it costs."""

    direction: tuple[int, ...]
    ordered: NDArray[Any]
    gap: int
    length: int

    def shorter_than(self, other: _Line | None) -> bool:
        return other is None or self.length * other.gap < other.length * self.gap


def project(data: DataSet, seed: int = 0) -> Projection:
    """Return the best projection among random directions, at least as short as Lemma 13 promises.

    Parameters
    ----------
    data : DataSet
    seed : int
        Of the random directions; on a line there is nothing to choose.

    Returns
    -------
    Projection

    Examples
    --------
    >>> from algebra.memorization.data import data_set
    >>> found = project(data_set([[0], [3], [8], [9]], [1, 0, 1, 0]))
    >>> found.v, found.b, found.range
    ((Fraction(1, 1),), Fraction(0, 1), 10)
    """
    integers, scale = data.integers
    line = _best_line(integers, data, seed)
    gap, least = line.gap, int(line.ordered[0])
    products = _products(integers, line.direction)
    return Projection(
        tuple(Fraction(u * scale, gap) for u in line.direction),
        Fraction(-least, gap),
        tuple(Fraction(int(p) - least, gap) for p in products),
        tuple(int(k) for k in np.argsort(products, kind="stable")),
    )


def lemma13_range(count: int, dimension: int, delta_squared: Fraction, pi: Fraction = PI_ABOVE) -> int:
    """Return ``ceil(N^2 Delta sqrt(pi d / 8))``, rounded up rigorously.

    Parameters
    ----------
    count : int
        N, the points.
    dimension : int
        d, coordinates of a point.
    delta_squared : Fraction
        The squared ratio of greatest and least distance.
    pi : Fraction
        At least pi.

    Returns
    -------
    int

    Examples
    --------
    >>> lemma13_range(4, 1, Fraction(81))
    91
    """
    from algebra.exact.numbers import root_above

    square = count**4 * delta_squared * pi * dimension / 8
    return max(1, root_above(-(-square.numerator // square.denominator), 2))


def _best_line(integers: NDArray[Any], data: DataSet, seed: int) -> _Line:
    best: _Line | None = None
    if len(data) == 1 or data.dimension == 1:
        direction = (1,) + (0,) * (data.dimension - 1)
        best = _line(integers, direction)
        assert best is not None
        return best
    goal = lemma13_range(len(data), data.dimension, data.delta_squared, PI_BELOW)
    for number, direction in enumerate(_directions(integers, Random(seed))):
        line = _line(integers, direction)
        if line is not None and line.shorter_than(best):
            best = line
        short = best is not None and best.length < goal * best.gap
        if number >= MOST_TRIES or (number >= TRIES and short):
            break
    assert best is not None  # the first direction separates all points
    return best


def _line(integers: NDArray[Any], direction: tuple[int, ...]) -> _Line | None:
    ordered = np.sort(_products(integers, direction))
    if len(ordered) == 1:
        return _Line(direction, ordered, 1, 0)
    gap = int((ordered[1:] - ordered[:-1]).min())
    return _Line(direction, ordered, gap, int(ordered[-1] - ordered[0])) if gap else None


def _products(integers: NDArray[Any], direction: tuple[int, ...]) -> NDArray[Any]:
    largest = max(largest_absolute(integers), 1)
    if largest * sum(map(abs, direction)) < SAFE and integers.dtype != object:
        return np.asarray(integers @ np.array(direction, dtype=np.int64))
    total = np.zeros(len(integers), dtype=object)
    for u, column in zip(direction, integers.T, strict=True):
        if u:
            total += column.astype(object) * u
    return integer_array(total.tolist())


def _directions(integers: NDArray[Any], random: Random) -> Iterator[tuple[int, ...]]:
    """Yield one that separates all points for sure, the axes, then small random and nearly uniform ones in turn."""
    dimension = integers.shape[1]
    yield _mixed_radix(integers)
    for axis in range(min(dimension, TRIES // 8)):
        yield tuple(int(k == axis) for k in range(dimension))
    while True:
        for most in RANGES:
            yield tuple(random.randint(-most, most) for _ in range(dimension))
        yield _nearly_uniform(dimension, random)


def _mixed_radix(integers: NDArray[Any]) -> tuple[int, ...]:
    """Return the direction that reads the coordinates as digits: no two different points have the same product."""
    columns = range(integers.shape[1]) if integers.shape[1] <= MOST_DIGITS else _separating_columns(integers)
    direction, unit = [0] * integers.shape[1], 1
    for k in columns:
        column = integers[:, k]
        direction[k] = unit
        unit *= int(column.max()) - int(column.min()) + 1
    return tuple(direction)


def _separating_columns(integers: NDArray[Any]) -> list[int]:
    """Return columns that tell all points apart: each one tells points apart that those before it do not."""
    found, names = list[int](), [0] * len(integers)
    for k, column in enumerate(integers.T):
        finer: dict[tuple[int, int], int] = {}
        for pair in zip(names, column.tolist(), strict=True):
            finer.setdefault(pair, len(finer))
        if len(finer) > max(names) + 1:
            found.append(k)
            names = [finer[pair] for pair in zip(names, column.tolist(), strict=True)]
        if len(finer) == len(names):
            break
    return found


def _nearly_uniform(dimension: int, random: Random) -> tuple[int, ...]:
    """Return sums of twelve uniform integers: nearly Gaussian, and the same on every machine."""
    return tuple(sum(random.getrandbits(20) for _ in range(12)) - 6 * (1 << 20) for _ in range(dimension))
