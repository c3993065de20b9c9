"""Partitions of a grid's positions into the rows and the columns of a matricization.

Positions are numbered row-major. A partition is written as its row side, ascending; the column side is the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from itertools import combinations, product
from math import prod
from typing import TYPE_CHECKING, Any

from algebra.errors import InputError, as_integer, one_of

if TYPE_CHECKING:
    from collections.abc import Iterator

Shape = Sequence[int]
MOST_CELLS = 1 << 24


def _left(shape: Shape, cell: Sequence[int]) -> bool:
    return cell[-1] < shape[-1] // 2


def _top(shape: Shape, cell: Sequence[int]) -> bool:
    return cell[0] < shape[0] // 2


def _odd_even(shape: Shape, cell: Sequence[int]) -> bool:
    flat = reduce(lambda number, axis: number * axis[0] + axis[1], zip(shape, cell, strict=True), 0)
    return flat % 2 == 0


def _checkerboard(shape: Shape, cell: Sequence[int]) -> bool:
    return sum(cell) % 2 == 0


def _quadrants(shape: Shape, cell: Sequence[int]) -> bool:
    return sum(place < size // 2 for size, place in zip(shape, cell, strict=True)) % 2 == 0


NAMED: dict[str, Callable[[Shape, Sequence[int]], bool]] = {
    "left": _left,
    "top": _top,
    "odd-even": _odd_even,
    "checkerboard": _checkerboard,
    "quadrants": _quadrants,
}
"""``left``: the first half of the last axis; ``top``: of the first. ``odd-even``: even numbers. ``checkerboard``: even
sum of indices. ``quadrants``: cells in the first half of an even number of axes, in the plane two opposite quarters."""


def row_positions(shape: Shape, row_side: str | Sequence[int]) -> tuple[int, ...]:
    """Return the row side of a partition, ascending.

    Parameters
    ----------
    shape : sequence of int
        Shape of the grid.
    row_side : str or sequence of int
        A name of `NAMED`, or distinct flat positions.

    Returns
    -------
    tuple of int

    Raises
    ------
    InputError
        If it is no partition into two parts that are not empty, or the grid is too large.

    Examples
    --------
    >>> row_positions((2, 4), "left"), row_positions((2, 4), "checkerboard"), row_positions((3,), [2, 0])
    ((0, 1, 4, 5), (0, 2, 5, 7), (0, 2))
    """
    count = prod(shape)
    if count > MOST_CELLS:
        raise InputError("shape", list(shape), f"of at most {MOST_CELLS:,} cells")
    if isinstance(row_side, str):
        rule = NAMED[one_of("row_side", row_side, NAMED, f"one of {', '.join(NAMED)}, or a list of positions")]
        cells = product(*map(range, shape))
        return _proper(row_side, tuple(flat for flat, cell in enumerate(cells) if rule(shape, cell)), count)
    found = _explicit(row_side, count)
    return _proper(row_side, found, count)


def column_positions(count: int, rows: Sequence[int]) -> tuple[int, ...]:
    """Return the positions that are not rows, ascending.

    Parameters
    ----------
    count : int
        Of all positions.
    rows : sequence of int

    Returns
    -------
    tuple of int

    Examples
    --------
    >>> column_positions(4, (0, 2))
    (1, 3)
    """
    taken = set(rows)
    return tuple(position for position in range(count) if position not in taken)


def all_partitions(count: int) -> Iterator[tuple[int, ...]]:
    """Yield every partition of so many positions once, as its smaller side (of two equal ones that with position 0).

    Parameters
    ----------
    count : int
        Of positions.

    Yields
    ------
    tuple of int

    Examples
    --------
    >>> list(all_partitions(3))
    [(0,), (1,), (2,)]
    """
    for size in range(1, count // 2 + 1):
        for rows in combinations(range(count), size):
            if 2 * size < count or rows[0] == 0:
                yield rows


def _explicit(row_side: Any, count: int) -> tuple[int, ...]:
    allowed = f"a list of distinct positions between 0 and {count - 1}"
    if isinstance(row_side, bytes | dict) or not hasattr(row_side, "__iter__"):
        raise InputError("row_side", row_side, f"one of {', '.join(NAMED)}, or {allowed}")
    found = sorted(as_integer("row_side", position, 0, allowed) for position in row_side)
    if len(set(found)) < len(found) or (found and found[-1] >= count):
        raise InputError("row_side", list(row_side), allowed)
    return tuple(found)


def _proper(given: Any, found: tuple[int, ...], count: int) -> tuple[int, ...]:
    if not 0 < len(found) < count:
        shown = given if isinstance(given, str) else list(given)
        raise InputError("row_side", shown, f"a part of the {count} positions, neither empty nor all of them")
    return found
