"""Instances for claims about deep linear networks: exact data and points, and what the papers assume of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import islice
from typing import Any

from flint import fmpq

from algebra.critical_points import (
    Classification,
    CriticalClass,
    Inertia,
    Problem,
    classify,
    critical_classes,
    critical_point,
    data_with_singular_values,
    hessian_inertia,
    sampled_points,
    singular_structure,
)
from algebra.critical_points.classes.structure import SingularStructure
from algebra.critical_points.theorems import Facts
from algebra.exact.matrices import Matrix, from_rows

MOST_CLASSES = 400  # of one architecture, from which points are chosen
MOST_MIXED = 6


@dataclass(frozen=True)
class Data:
    """An architecture with exact data.

    Parameters
    ----------
    widths : tuple of int
        d_0 to d_H.
    values : tuple of int or Fraction
        Singular values of Y Xᵀ (X Xᵀ)⁻¹ X, min(rank X, d_y) of them.
    kind : str
        "hidden": behind random orthogonal matrices, and with a part that no linear map fits; "plain": X = I and
        Y = diag(values); "golden": X = I and Y = [[1, 1], [1, 2]] beside diag(values), whose first two singular values
        are irrational.
    deficient : int
        How many rows of X are sums of others; for "hidden" data.
    seed : int

    Examples
    --------
    >>> Data((2, 1, 3), (2, 1)).label, Data((2, 2, 2), (2, 0), "plain").structure.data_rank
    ('deep-linear:2-1-3:s2,1', 2)
    """

    widths: tuple[int, ...]
    values: tuple[int | Fraction, ...]
    kind: str = "hidden"
    deficient: int = 0
    seed: int = 1

    @property
    def label(self) -> str:
        """Short name."""
        kind = "" if self.kind == "hidden" else f":{self.kind}"
        rank = f":rank X = {self.widths[0] - self.deficient}" if self.deficient else ""
        return f"deep-linear:{'-'.join(map(str, self.widths))}:s{','.join(map(str, self.values))}{kind}{rank}"

    @property
    def structure(self) -> SingularStructure:
        """The data and their singular directions."""
        return _structure(self)

    @property
    def classes(self) -> tuple[CriticalClass, ...]:
        """The classes of critical points, at most 400."""
        return _classes(self)


@lru_cache(maxsize=512)
def _structure(data: Data) -> SingularStructure:
    if data.kind != "hidden":
        block = [[1, 1], [1, 2]] if data.kind == "golden" else []
        rows: list[list[Any]] = [[0] * data.widths[0] for _ in range(data.widths[-1])]
        for i, row in enumerate(block):
            rows[i][:2] = row
        for i, value in enumerate(data.values, start=len(block)):
            rows[i][i] = value
        eye = [[int(i == j) for j in range(data.widths[0])] for i in range(data.widths[0])]
        return singular_structure(eye, rows)
    rank = data.widths[0] - data.deficient
    made = data_with_singular_values(data.values, rank, data.widths[-1], max(data.widths) + 1, data.seed)
    table = made.X.table()
    sums = [[sum(column) for column in zip(*table, strict=True)] for _ in range(data.deficient)]
    return singular_structure(from_rows([*table, *sums]), made.Y)


@lru_cache(maxsize=512)
def _classes(data: Data) -> tuple[CriticalClass, ...]:
    return tuple(critical_classes(data.widths, data.structure, MOST_CLASSES))


@lru_cache(maxsize=512)
def _mixed(data: Data) -> tuple[Problem, ...]:
    if len(data.widths) < 3:
        return ()
    return tuple(sampled_points(data.widths, data.structure.X, data.structure.Y, MOST_MIXED, seed=data.seed))


@dataclass(frozen=True)
class Point:
    """One exact point.

    Parameters
    ----------
    data : Data
    kind : str
        "class": of a class of critical points; "mixed": with chains that mix several directions; "bent": of a class,
        with the first layer doubled, as a rule not critical; "turned": of a class of plain data, with the first two
        directions whose values are equal rotated by (3, 4)/5.
    number : int
    """

    data: Data
    kind: str
    number: int

    @property
    def label(self) -> str:
        """Short name."""
        return f"{self.data.label}:{self.kind}{self.number}"

    @property
    def problem(self) -> Problem:
        """Data and weights."""
        return _problem(self)

    @property
    def found(self) -> Classification:
        """The assumption-free classification."""
        return _found(self)

    @property
    def inertia(self) -> Inertia:
        """Of the exact Hessian."""
        return _inertia(self)

    @property
    def facts(self) -> Facts:
        """The hypotheses that papers share."""
        return _facts(self)


@lru_cache(maxsize=1 << 12)
def _problem(point: Point) -> Problem:
    data = point.data
    if point.kind == "mixed":
        return _mixed(data)[point.number]
    hide = None if data.kind == "plain" else point.number
    problem = critical_point(data.classes[point.number], seed=hide).problem
    if point.kind == "turned":
        turn = rotation(data.values)
        problem = problem.with_weights([problem.W[0] * turn.transpose(), *problem.W[1:]])
        return problem.with_weights([*problem.W[:-1], turn * problem.W[-1]])
    return problem.with_weights([problem.W[0] * 2, *problem.W[1:]]) if point.kind == "bent" else problem


def rotation(values: Sequence[int | Fraction]) -> Matrix:
    """Return a rational rotation of the first two directions with equal values; the data stay what they are.

    Examples
    --------
    >>> rotation((2, 1, 1)).table()
    [[1, 0, 0], [0, 3/5, -4/5], [0, 4/5, 3/5]]
    """
    size = len(values)
    first = next(i for i in range(size) if values[i] == values[i + 1])
    second = first + 1
    table: list[list[Any]] = [[int(i == j) for j in range(size)] for i in range(size)]

    cosine, sine = fmpq(3, 5), fmpq(4, 5)
    table[first][first] = table[second][second] = cosine
    table[first][second] = -sine
    table[second][first] = sine
    return from_rows(table)


@lru_cache(maxsize=1 << 12)
def _found(point: Point) -> Classification:
    return classify(point.problem)


@lru_cache(maxsize=1 << 12)
def _inertia(point: Point) -> Inertia:
    return hessian_inertia(point.problem)


@lru_cache(maxsize=1 << 12)
def _facts(point: Point) -> Facts:
    return Facts(point.found)


FILLING = (
    Data((2, 2), (2, 1)),
    Data((2, 2, 2), (2, 1), "plain"),
    Data((2, 2, 2, 2), (2, 1), "plain"),
    Data((3, 2, 2), (2, 1)),
    Data((2, 2, 3), (3, 1)),
    Data((2, 3, 2, 2), (3, Fraction(1, 2))),
    Data((2, 2, 2, 3), (2, 1)),
    Data((3, 4, 3), (3, 2, 1)),
    Data((2, 2, 2, 2, 2), (2, 1)),
    Data((1, 1, 1, 1), (1,)),
    Data((3, 3, 3), (1,), "golden"),
)
BOTTLENECK = (
    Data((2, 1, 2), (2, 1), "plain"),
    Data((2, 1, 1, 2), (2, 1)),
    Data((3, 2, 3), (3, 2, 1)),
    Data((3, 1, 2), (2, 1)),
    Data((2, 1, 3), (2, 1)),
    Data((3, 2, 2, 3), (3, 2, 1)),
    Data((3, 3, 2, 3), (3, 2, Fraction(1, 3))),
    Data((3, 2, 3), (1,), "golden"),
)
REPEATED = (
    Data((2, 1, 2), (1, 1), "plain"),
    Data((3, 2, 3), (2, 1, 1), "plain"),
    Data((3, 2, 3), (2, 2, 1)),
    Data((3, 2, 3), (2, 1, 1)),
    Data((2, 2, 2, 2), (1, 1)),
)
SINGULAR = (
    Data((2, 2, 2), (2, 0), "plain"),
    Data((2, 2, 2, 2), (2, 0), "plain"),
    Data((3, 2, 2, 3), (2, 1, 0)),
    Data((3, 2, 3), (2, 0, 0)),
    Data((2, 2, 2), (0, 0)),
)
DEFICIENT = (
    Data((3, 2, 2), (2, 1), deficient=1),
    Data((3, 2, 2, 2), (2, 1), deficient=1),
    Data((3, 2, 2), (1,), deficient=2),
    Data((4, 2, 3), (2, 1), deficient=2),
)
FAMILY = FILLING + BOTTLENECK + REPEATED + SINGULAR + DEFICIENT


def points(data: tuple[Data, ...] = FAMILY, most: int = 5, mixed: int = 2, bent: int = 0) -> tuple[Point, ...]:
    """Return critical points of every verdict for each of the data.

    Parameters
    ----------
    data : tuple of Data
    most : int
        How many of each verdict, evenly spread over the classes.
    mixed : int
        How many whose chains mix several singular directions, at most 6.
    bent : int
        How many that are, as a rule, not critical.

    Returns
    -------
    tuple of Point

    Examples
    --------
    >>> len(points((Data((2, 2, 2), (2, 1)),), most=2, mixed=0))
    3
    """
    return tuple(point for each in data for point in _points(each, most, mixed, bent))


@lru_cache(maxsize=512)
def _points(data: Data, most: int, mixed: int, bent: int) -> tuple[Point, ...]:
    by_verdict: dict[str, list[int]] = {}
    for number, found in enumerate(data.classes):
        by_verdict.setdefault(found.verdict, []).append(number)
    chosen = sorted(number for numbers in by_verdict.values() for number in _spread(numbers, most))
    return (
        *(Point(data, "class", number) for number in chosen),
        *(Point(data, "mixed", number) for number in range(len(_mixed(data)[:mixed]))),
        *(Point(data, "turned", number) for number in chosen if _can_turn(data)),
        *(Point(data, "bent", number) for number in islice(reversed(chosen), bent)),
    )


def _can_turn(data: Data) -> bool:
    square = data.widths[0] == data.widths[-1] == len(data.values)
    return data.kind == "plain" and square and len(set(data.values)) < len(data.values)


def _spread(numbers: list[int], most: int) -> list[int]:
    step = max(1, -(-len(numbers) // most))
    return numbers[::step]
