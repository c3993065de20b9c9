"""Stages D1 and D2: pick the number in which a block's labels are stored, and read the point's label from its bits.

A block is an interval of B cells that starts at a point. Its number holds D bits for each of its cells, the first
cell first; scaled by ``2^(D(B+1))`` against Lemmas 19 and 22 of Park et al. 2021, so that all weights are integers.
Blocks without a point are left out, which the paper's ``A = ceil(V/B)`` layers are not.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np

from algebra.exact.integers import integer_array
from algebra.memorization.builder import Affine, Builder
from algebra.memorization.layers import Activation

ID, STEP = Activation.ID, Activation.STEP


@dataclass(frozen=True)
class Blocks:
    """Intervals of `size` cells that cover all points.

    Parameters
    ----------
    size : int
        B.
    starts : tuple of int
        The first cell of each, increasing; it holds a point.
    """

    size: int
    starts: tuple[int, ...]

    def words(self, label_of: Mapping[int, int], bits: int) -> list[int]:
        """Return the stored number of each block: `bits` bits a cell, then `bits` zero bits for the answer."""
        found = [0] * len(self.starts)
        for cell, label in label_of.items():
            block = bisect_left(self.starts, cell + 1) - 1
            place = cell - self.starts[block]
            found[block] += label << bits * (self.size - place)
        return found


def cover(cells: Sequence[int], size: int) -> Blocks:
    """Cover sorted cells with the fewest intervals of `size` cells.

    Examples
    --------
    >>> cover((0, 1, 2, 7, 8, 20), 3)
    Blocks(size=3, starts=(0, 7, 20))
    """
    starts, place = [], 0
    while place < len(cells):
        starts.append(cells[place])
        place = bisect_left(cells, cells[place] + size, place)
    return Blocks(size, tuple(starts))


class Covers:
    """The covers of sorted cells by intervals of any size, each counted once.

    Parameters
    ----------
    cells : sequence of int
        Sorted, distinct.

    Examples
    --------
    >>> covers = Covers(tuple(range(100)))
    >>> covers.best(3).size, covers.count(6)
    (5, 17)
    """

    def __init__(self, cells: Sequence[int]) -> None:
        self.cells = cells
        self._ordered = integer_array(cells)
        self._counts = {1: len(cells)}

    def count(self, size: int) -> int:
        """Return the fewest intervals of this size that cover the cells."""
        if size not in self._counts:
            following = np.searchsorted(self._ordered, self._ordered + size).tolist()
            place = count = 0
            while place < len(following):
                place, count = following[place], count + 1
            self._counts[size] = count
        return self._counts[size]

    def best(self, cost: int | Fraction) -> Blocks:
        """Return the cover for which the number of intervals plus ``cost * size`` is least."""
        best, least, size = 1, self.count(1) + cost, 2
        while size * cost < least:
            # an interval of B cells holds at most B points
            if size * cost - (-len(self.cells) // size) < least and self.count(size) + size * cost < least:
                best, least = size, self.count(size) + size * cost
            size += 1
        return cover(self.cells, best)


# ---- width 3


def select_layers(builder: Builder, blocks: Blocks, words: Sequence[int]) -> None:
    """Stage D1 (Lemma 19): from x to (x minus its block's start, the block's number), one layer a block but one."""
    starts = blocks.starts
    builder.state = {"x": _shifted(builder.state["x"], -starts[0]), "w": Affine({}, words[0])}
    x, w = Affine({"x": 1}), Affine({"w": 1})

    # At the next block's start x falls by the length of the block, and w becomes the next word.
    for (start, end), (before, after) in zip(pairwise(starts), pairwise(words), strict=True):
        step, change = end - start, after - before
        neurons = [(ID, x), (ID, w), (STEP, Affine({"x": 1}, -step))]
        builder.layer(neurons, {"x": Affine({0: 1, 2: -step}), "w": Affine({1: 1, 2: change})})


def read_layers(builder: Builder, size: int, bits: int) -> None:
    """Stage D2 (Lemma 22, corrected): ``(2D+1) B`` layers of width 3 that leave the label in w.

    Counted from 1, bit l opens a cell where ``(l-1) mod D = 0``: x drops by 1 there and is in ``[-1, 0)`` in the
    point's own cell alone; once below 0 it goes up by 3B.
    """
    for number in range(size * bits):
        if number % bits == 0:
            builder.layer(
                [(ID, Affine({"x": 1})), (ID, Affine({"w": 1})), (STEP, Affine({"x": 1}))],
                {"x": Affine({0: 1, 2: -3 * size}, 3 * size - 1), "w": Affine({1: 1})},
            )
        unit, answer = 1 << (size + 1) * bits - 1 - number, 1 << bits - 1 - number % bits
        builder.layer(
            [(ID, Affine({"x": 1})), (ID, Affine({"w": 1})), (STEP, Affine({"w": 1}, -unit))],
            {"x": Affine({0: 1}), "w": Affine({1: 1, 2: -unit}), "n": Affine({2: 1})},
        )
        builder.layer(
            [(ID, Affine({"x": 1})), (ID, Affine({"w": 1})), (STEP, Affine({"x": 1, "n": -1}, 1))],
            {"x": Affine({0: 1}), "w": Affine({1: 1, 2: -answer}, answer)},
        )


def _shifted(form: Affine, by: int) -> Affine:
    return Affine(form.terms, form.constant + by)
