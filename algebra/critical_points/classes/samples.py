"""Random exact critical points beside those of the enumerated classes: chains that mix singular directions."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from flint import fmpq, fmpq_mat

from algebra.critical_points.classes.enumeration import checked_widths
from algebra.critical_points.classes.generation import bordered, hidden_structure
from algebra.critical_points.classes.structure import SingularStructure, singular_structure
from algebra.critical_points.problem import Problem
from algebra.errors import InputError, as_integer
from algebra.exact.matrices import from_rows, side_by_side


def sampled_points(
    widths: Sequence[int], X: Any, Y: Any, count: int, seed: int = 0, attempts: int = 100
) -> Iterator[Problem]:
    """Sample critical points beside a random set S by sparse random blocks, mixed chains among them.

    Parameters
    ----------
    widths : sequence of int
        Depth at least 2.
    X, Y : array_like
        Exact rationals.
    count : int
        Number of points to try for; fewer come where all attempts for one of them fail.
    seed : int
    attempts : int
        Random blocks to try for each point.

    Yields
    ------
    Problem
        Exactly critical, checked. Unlike those of `critical_points`, they come without an expected class.

    Raises
    ------
    InputError
        If the data are not rational, or the widths do not fit or have no hidden layer.

    Examples
    --------
    >>> points = list(sampled_points((2, 2, 2, 2), [[1, 0], [0, 1]], [[2, 0], [0, 1]], count=4))
    >>> len(points), all(point.is_critical for point in points)
    (4, True)
    """
    structure = singular_structure(X, Y)
    checked = checked_widths(widths, structure)
    if len(checked) < 3:
        raise InputError("widths", widths, "at least three: sampling needs a hidden layer")
    as_integer("count", count, 0)
    rng = random.Random(seed)
    return (p for p in (_attempt(structure, checked, rng, attempts) for _ in range(count)) if p is not None)


def _attempt(
    structure: SingularStructure, widths: tuple[int, ...], rng: random.Random, attempts: int
) -> Problem | None:
    for _ in range(attempts):
        kept = [i for i in range(len(structure.directions)) if rng.random() < 0.5]
        rank = sum(structure.directions[i].size for i in kept)
        if rank > min(structure.data_rank, *widths[1:]):
            continue
        problem = Problem(structure.X, structure.Y, tuple(_sparse(structure, widths, kept, rng)))
        if problem.is_critical:
            return problem.with_weights(hidden_structure(list(problem.W), structure, rng))
    return None


def _sparse(
    structure: SingularStructure, widths: tuple[int, ...], kept: list[int], rng: random.Random
) -> list[fmpq_mat]:
    inside = [structure.directions[i] for i in kept]
    outside = [direction for i, direction in enumerate(structure.directions) if i not in kept]
    rank = sum(direction.size for direction in inside)

    # What the product does not keep: right vectors as rows, left vectors as columns.
    dropped = [row for direction in outside for row in direction.right.table()]
    rows = from_rows(dropped + structure.right_kernel.table(), widths[0])
    columns = side_by_side([*(direction.left for direction in outside), structure.left_kernel], widths[-1])

    # A random block between these, through every hidden layer.
    density = rng.choice((0.0, 0.2, 0.5))
    hidden = [width - rank for width in widths[1:-1]]
    sizes = [rows.nrows(), *hidden, columns.ncols()]
    blocks = [_block(up, low, density, rng) for low, up in pairwise(sizes)]

    # Beside it, the directions that are kept.
    kept_rows = [row for direction in inside for row in direction.right.table()]
    first = from_rows(kept_rows + (blocks[0] * rows).table(), widths[0])
    middle = [bordered(rank, block) for block in blocks[1:-1]]
    last = side_by_side([*(direction.left for direction in inside), columns * blocks[-1]], widths[-1])
    return [first, *middle, last]


def _block(rows: int, columns: int, density: float, rng: random.Random) -> fmpq_mat:
    entries = [fmpq(rng.choice((-1, 1)) if rng.random() < density else 0) for _ in range(rows * columns)]
    return fmpq_mat(rows, columns, entries)
