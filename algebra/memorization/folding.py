"""Stages B and C: shorten the range of the cells by shifts that are constant between breakpoints.

A fold to T cells leaves the cells below T where they are and cuts those in ``[T, 2T)`` into runs; run i is moved
by ``x -> (x + b_i) mod T``, with b_i chosen so that no two points meet. One step neuron a breakpoint computes it.
While ``T > N^2/4`` one run is enough (Lemma 14 of Park et al. 2021 at width 3); below, runs of ``T/N`` points
always are (Lemma 15); runs here are as long as the data allow, never shorter than that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from algebra.memorization.builder import Affine, Builder
from algebra.memorization.layers import Activation

DENSE = 1 << 20  # number of cells up to which occupied ones are kept as an array of truth values

Breakpoint = tuple[int, int]  # from here on the shift changes by this much


@dataclass(frozen=True)
class Fold:
    """One shortening of the range.

    Parameters
    ----------
    length : int
        T.
    breakpoints : tuple of (int, int)
        Threshold and change of the shift from there on, thresholds increasing.
    cells : tuple of int
        The cells afterwards, of the points in the order that they were given in.
    """

    length: int
    breakpoints: tuple[Breakpoint, ...]
    cells: tuple[int, ...]

    @property
    def layers(self) -> int:
        """Hidden layers of width 3 that compute it."""
        return layers_of_steps(len(self.breakpoints))


def fold(cells: Sequence[int], length: int, most_runs: int | None = None) -> Fold | None:
    """Fold distinct cells into ``0..length-1``.

    Parameters
    ----------
    cells : sequence of int
        Distinct, at least 0 and below ``2 * length``.
    length : int
        At least the number of cells.
    most_runs : int, optional
        Give up beyond so many.

    Returns
    -------
    Fold or None
        None if more runs would be needed.

    Examples
    --------
    >>> fold((0, 3, 8, 9), 5)
    Fold(length=5, breakpoints=((5, -7),), cells=(0, 3, 1, 2))
    >>> fold((0, 5, 9), 5).breakpoints
    ((5, -3), (8, -5))
    """
    high = sorted(cell for cell in cells if cell >= length)
    occupied = _Occupied(length, len(cells), (cell for cell in cells if cell < length))
    moved: dict[int, int] = {}
    runs: list[tuple[int, int, int]] = []  # first cell, last cell, shift
    start = 0
    while start < len(high):
        if most_runs is not None and len(runs) == most_runs:
            return None
        end, shift = occupied.longest_run(high, start)
        images = [(cell + shift) % length for cell in high[start:end]]
        occupied.add(images)
        moved.update(zip(high[start:end], images, strict=True))
        runs.append((high[start], high[end - 1], shift))
        start = end
    return Fold(length, _breakpoints(runs, length), tuple(moved.get(cell, cell) for cell in cells))


def admissible_shifts(cells: Sequence[int], length: int) -> list[int]:
    """Return every b for which ``x -> (x + b) mod T`` moves all cells from T on to free ones.

    Examples
    --------
    >>> admissible_shifts((0, 3, 8, 9), 5)
    [3]
    """
    low = {cell for cell in cells if cell < length}
    high = [cell for cell in cells if cell >= length]
    return [b for b in range(length) if low.isdisjoint((cell + b) % length for cell in high)]


def _breakpoints(runs: Sequence[tuple[int, int, int]], length: int) -> tuple[Breakpoint, ...]:
    """Return where the shift changes, and by how much; a run wraps around where its image reaches T."""
    wanted: list[tuple[int, int]] = []
    for number, (first, last, shift) in enumerate(runs):
        start = length if number == 0 else first
        wrap = 2 * length - shift
        if first < wrap:
            wanted.append((start, shift - length))
        if last >= wrap:
            wanted.append((start if first >= wrap else wrap, shift - 2 * length))
    changes, before = [], 0
    for threshold, after in wanted:
        if after != before:
            changes.append((threshold, after - before))
        before = after
    return tuple(changes)


class _Occupied:
    """Which cells are taken: an array, or a set where the range is so long that one shift surely moves all."""

    def __init__(self, length: int, count: int, cells: Iterator[int]) -> None:
        self.length = length
        self.cells = set(cells)
        self.dense: NDArray[np.bool_] | None = None
        if length <= max(DENSE, count**2 // 4):
            self.dense = np.zeros(2 * length, dtype=np.bool_)  # twice, so that a rotation is a slice
            self._mark(list(self.cells))

    def add(self, cells: Sequence[int]) -> None:
        self.cells.update(cells)
        if self.dense is not None:
            self._mark(cells)

    def _mark(self, cells: Sequence[int]) -> None:
        assert self.dense is not None
        where = np.array(cells, dtype=np.int64)
        self.dense[where] = True
        self.dense[where + self.length] = True

    def longest_run(self, high: Sequence[int], start: int) -> tuple[int, int]:
        """Return where the longest run from `start` ends that one shift can move, and the least such shift."""
        if self.dense is None:
            return self._sparse_run(high, start)
        taken = np.zeros(self.length, dtype=np.bool_)
        end = start
        while end < len(high):
            offset = high[end] % self.length
            more = taken | self.dense[offset : offset + self.length]
            if more.all():
                break
            taken, end = more, end + 1
        return end, int(np.argmin(taken))

    def _sparse_run(self, high: Sequence[int], start: int) -> tuple[int, int]:
        """Move all at once by the first shift that works: at most N^2/4 < T do not, and nearly all do."""
        rest = high[start:]
        shift = 0
        while not self.cells.isdisjoint((cell + shift) % self.length for cell in rest):
            shift += 1
        return len(high), shift


# ---- layers


def layers_of_steps(count: int) -> int:
    """Return how many hidden layers of width 3 hold so many thresholds.

    Examples
    --------
    >>> [layers_of_steps(count) for count in (1, 2, 3, 4, 5)]
    [1, 1, 2, 2, 3]
    """
    return 1 if count <= 2 else max(2, count - 2)


def step_layers(builder: Builder, breakpoints: Sequence[Breakpoint], gain: int = 1) -> None:
    """Add layers of width 3 from x to ``gain * x`` plus a step function of x.

    The first and the last layer hold two thresholds, those between hold x, what was added so far, and one.
    """
    rest = list(breakpoints)
    if len(rest) <= 2:
        _last_layer(builder, rest, Affine({"x": gain}))
        return
    first, middle, last = rest[:2], rest[2:-2], rest[2:][-2:]
    builder.layer(
        [(Activation.ID, Affine({"x": 1})), *(threshold("x", at) for at, _ in first)],
        {"x": Affine({0: 1}), "moved": Affine({k: change for k, (_, change) in enumerate(first, start=1)})},
    )
    for at, change in middle:
        builder.layer(
            [(Activation.ID, Affine({"x": 1})), (Activation.ID, Affine({"moved": 1})), threshold("x", at)],
            {"x": Affine({0: 1}), "moved": Affine({1: 1, 2: change})},
        )
    _last_layer(builder, last, Affine({"x": gain, "moved": 1}))


def _last_layer(builder: Builder, changes: Sequence[Breakpoint], value: Affine) -> None:
    padded = [*changes, *[(0, 0)] * (2 - len(changes))]
    builder.layer(
        [(Activation.ID, value), *(threshold("x", at) for at, _ in padded)],
        {"x": Affine({0: 1, **{k: change for k, (_, change) in enumerate(padded, start=1)}})},
    )


def threshold(name: str, at: int) -> tuple[Activation, Affine]:
    """Return the neuron that fires where a quantity is at least `at`."""
    return Activation.STEP, Affine({name: 1}, -at)
