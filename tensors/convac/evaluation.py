"""Values of a circuit at many points of both sides of a partition, without its tensor.

The channels at a position are the product of up to four parts: a constant, what depends on the row points alone
(channels x n), what depends on the column points alone (channels x m), and, where a window has read what crosses the
partition already, a full part (channels x n x m). Parts of one side are computed once, for whole layers at a time;
only the full ones are made block by block of rows, by one matrix product for each window that crosses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from tensors.convac.points import Points
from tensors.convac.weights import Arithmetic, Weights

if TYPE_CHECKING:
    from typing import TypeAlias

    from numpy.typing import NDArray

    from tensors.convac.architecture import Reads

    Array: TypeAlias = NDArray[Any]

CONSTANT, ROWS, COLUMNS = 0, 1, 2  # bits; a position of kind ROWS | COLUMNS crosses the partition
CROSSING = ROWS | COLUMNS
CHUNK = 1 << 21  # numbers in one batch of factors
BLOCK = 1 << 20  # numbers in one block of a full part
FEW = 1 << 10  # vectors up to which a batch of its own for the inputs that do not vary costs more than it saves


@dataclass(frozen=True)
class Part:
    """One of the parts that depend on at most one side, at some positions of a layer: values[slot[position]]."""

    slot: Array
    values: Array  # (positions, channels, points)


@dataclass(frozen=True)
class Grid:
    """The channels at all positions of a layer, but for the full parts."""

    kind: Array
    parts: tuple[Part, Part, Part]  # constant, rows, columns


class Evaluation:
    """A circuit at row points and column points.

    Parameters
    ----------
    weights : Weights
    rows, columns : Points
        Together they speak of every position exactly once.

    Examples
    --------
    >>> from tensors.convac import ConvAC, Layer
    >>> from tensors.convac.points import enumeration, template_points
    >>> net = ConvAC(2, 2, [Layer(2, 2, 2)])
    >>> weights = Weights.given(net, [[[[[1, 0], [0, 1]], [[1, 0], [0, 1]]]]])
    >>> eye = np.eye(2, dtype=object)
    >>> points = [template_points([q], [q], [0, 0], enumeration(1, 2, 2), eye) for q in (0, 1)]
    >>> Evaluation(weights, *points).matrix()
    array([[1, 0],
           [0, 1]], dtype=object)
    """

    def __init__(self, weights: Weights, rows: Points, columns: Points) -> None:
        self.weights = weights
        self.architecture = weights.architecture
        self.arithmetic: Arithmetic = weights.arithmetic
        if self.architecture.positions * max(rows.count, columns.count) <= FEW:
            rows, columns = rows.all_varied(), columns.all_varied()
        self.rows, self.columns = rows, columns

    def matrix(self) -> Array:
        """Return the values, shape (row points, column points)."""
        return np.concatenate(list(self.blocks()))

    def blocks(self) -> Iterator[Array]:
        """Yield the values block by block of rows."""
        for start in range(0, self.rows.count, self._step):
            yield self._block(slice(start, min(start + self._step, self.rows.count)))

    @property
    def is_one_block(self) -> bool:
        """Whether all rows are evaluated at once."""
        return self._step >= self.rows.count

    @cached_property
    def _step(self) -> int:
        return max(1, BLOCK // (max(self._full_width, 1) * self.columns.count))

    @cached_property
    def _steps(self) -> list[tuple[Reads, Array, Array]]:
        """Reads, weights and excluded windows of every layer, the output's mixing as one more layer."""
        net, steps = self.architecture, []
        for number, layer in enumerate(net.layers):
            zero = net.incomplete(number) if layer.border == "zero" else np.zeros(0, dtype=bool)
            steps.append((net.reads[number], self.weights.layers[number], zero))
        origin = np.zeros(1, dtype=np.int64)
        last = type(steps[0][0])(origin, origin, origin)
        return [*steps, (last, self.weights.output.reshape(1, 1, 1, -1), np.zeros(0, dtype=bool))]

    @cached_property
    def _grids(self) -> list[Grid]:
        grids = [self._input_grid()]
        for number, (reads, weights, zero) in enumerate(self._steps):
            count = prod(self.architecture.shapes[number + 1]) if number < len(self.architecture.layers) else 1
            grids.append(self._next_grid(grids[-1], reads, weights, zero, count))
        return grids

    @cached_property
    def _full_width(self) -> int:
        """Largest number of channels, in and out, of a window that reads across the partition."""
        width = 0
        for grid, (reads, weights, _) in zip(self._grids, self._steps, strict=False):
            if (grid.kind[reads.inputs] == CROSSING).any():
                width = max(width, weights.shape[2] + weights.shape[3])
        return width

    def _input_grid(self) -> Grid:
        count, m = self.architecture.positions, self.architecture.templates
        kind = np.zeros(count, dtype=np.int64)
        constants = self.arithmetic.ones((count, m, 1))
        parts = []
        for side, bit in ((self.rows, ROWS), (self.columns, COLUMNS)):
            kind[list(side.varied)] = bit
            constants[list(side.fixed)] = side.constants[:, :, None]
            parts.append(Part(_slots(count, np.asarray(side.varied, dtype=np.int64)), side.values))
        return Grid(kind, (Part(np.arange(count), constants), parts[0], parts[1]))

    def _next_grid(self, grid: Grid, reads: Reads, weights: Array, zero: Array, count: int) -> Grid:
        kinds = grid.kind[reads.inputs]
        kind = np.bitwise_or.reduceat(kinds, reads.outputs.searchsorted(np.arange(count)))
        parts = []
        for which in (CONSTANT, ROWS, COLUMNS):
            chosen = np.flatnonzero(kinds == which)
            subset = reads
            if len(chosen) < len(kinds):
                subset = type(reads)(*(numbers[chosen] for numbers in reads))
            parts.append(self._part(grid, grid.parts[which], which, subset, weights, count))
        if zero.any():
            parts[0].values[parts[0].slot[zero]] *= 0
        return Grid(kind, (parts[0], parts[1], parts[2]))

    def _part(self, grid: Grid, below: Part, which: int, reads: Reads, weights: Array, count: int) -> Part:
        """Multiply, for each output position, the factors that depend on one side only (or on none)."""
        length, channels, total = below.values.shape[2], weights.shape[2], len(reads.outputs)
        if not total and which != CONSTANT:
            return Part(np.full(count, -1), below.values[:0])
        if which == CONSTANT:
            places = slot = np.arange(count)
        else:
            slot = np.full(count, -1)
            slot[reads.outputs] = 0
            places = np.flatnonzero(slot + 1)
            slot[places] = np.arange(len(places))
        values = self.arithmetic.ones((len(places), channels, length))
        if not total:
            return Part(slot, values)
        step = max(1, CHUNK // (channels * max(length, weights.shape[3])))
        for start in range(0, total, step):
            outputs, offsets, inputs = (numbers[start : start + step] for numbers in reads)
            chosen = weights[outputs if weights.shape[0] > 1 else 0, offsets if weights.shape[1] > 1 else 0]
            vectors = self._vectors(grid, which, inputs)
            factors = self.arithmetic.multiply(chosen, vectors)
            first, product = _segment_products(factors, outputs, self.arithmetic)
            target = slot[first]
            is_whole = total <= step
            values[target] = product if is_whole else self.arithmetic.times(values[target], product)
        return Part(slot, values)

    def _vectors(self, grid: Grid, which: int, inputs: Array) -> Array:
        """Channels at positions of one kind: their part times the constant one."""
        constant = grid.parts[0].values[grid.parts[0].slot[inputs]]
        if which == CONSTANT:
            return constant
        part = grid.parts[which]
        return self.arithmetic.times(constant, part.values[part.slot[inputs]])

    def _block(self, piece: slice) -> Array:
        """Return the values at a block of row points: follow the full parts through the layers."""
        full: dict[int, Array] = {}
        for grid, (reads, weights, _) in zip(self._grids, self._steps, strict=False):
            above: dict[int, Array] = {}
            for k in np.flatnonzero(grid.kind[reads.inputs] == CROSSING):
                output, offset, position = (int(numbers[k]) for numbers in reads)
                matrix = weights[output if weights.shape[0] > 1 else 0, offset if weights.shape[1] > 1 else 0]
                factor = self._crossing(grid, position, full, matrix, piece)
                above[output] = self._multiplied(above.get(output), factor)
            full = above
        final = self._grids[-1]
        return np.asarray(self._with_sides(final, 0, full.get(0), piece)[0])

    def _multiplied(self, product: Array | None, factor: Array) -> Array:
        return factor if product is None else self.arithmetic.times(product, factor)

    def _crossing(self, grid: Grid, position: int, full: dict[int, Array], matrix: Array, piece: slice) -> Array:
        """Mix the channels at a position that both sides reach: shape (channels out, rows, columns)."""
        if position not in full:
            left, right = self._sides(grid, position, piece)
            return self.arithmetic.multiply(self.arithmetic.times(matrix[:, None, :], left.T[None]), right)
        values = self._with_sides(grid, position, full[position], piece)
        mixed = self.arithmetic.multiply(matrix, values.reshape(values.shape[0], -1))
        return np.reshape(mixed, (matrix.shape[0], *values.shape[1:]))

    def _sides(self, grid: Grid, position: int, piece: slice) -> tuple[Array, Array]:
        """One-sided parts at a position, the constant one among those of the rows; ones where there is none."""
        constant = grid.parts[0].values[grid.parts[0].slot[position]]
        found = []
        for part, points in zip(grid.parts[1:], (piece, slice(None)), strict=True):
            slot = part.slot[position]
            found.append(None if slot < 0 else part.values[slot][:, points])
        rows, columns = found
        count = piece.stop - piece.start
        left = constant.repeat(count, axis=1) if rows is None else self.arithmetic.times(constant, rows)
        right = self.arithmetic.ones((constant.shape[0], self.columns.count)) if columns is None else columns
        return left, right

    def _with_sides(self, grid: Grid, position: int, full: Array | None, piece: slice) -> Array:
        """All parts at a position multiplied, shape (channels, rows, columns)."""
        left, right = self._sides(grid, position, piece)
        if full is None:
            return self.arithmetic.times(left[:, :, None], right[:, None, :])
        return self.arithmetic.times(self.arithmetic.times(full, left[:, :, None]), right[:, None, :])


def _slots(count: int, places: Array) -> Array:
    slot = np.full(count, -1, dtype=np.int64)
    slot[places] = np.arange(len(places))
    return slot


def _segment_products(factors: Array, segments: Array, arithmetic: Arithmetic) -> tuple[Array, Array]:
    """Multiply consecutive factors of the same segment; return the segments and their products.

    Runs of equal segments are filled up with ones to one length, if that is not much longer, and halved.
    """
    is_first = np.ones(len(segments), dtype=bool)
    np.not_equal(segments[1:], segments[:-1], out=is_first[1:])
    starts = is_first.nonzero()[0]
    if len(starts) == len(segments):
        return segments, factors
    run = is_first.cumsum() - 1
    place = np.arange(len(segments)) - starts[run]
    length = int(place.max()) + 1
    if length * len(starts) > 2 * len(segments):
        return segments[starts], _halved_runs(factors, place, arithmetic)
    filled = arithmetic.ones((len(starts), length, *factors.shape[1:]))
    filled[run, place] = factors
    while length > 1:
        half = length // 2
        product = arithmetic.times(filled[:, :half], filled[:, half : 2 * half])
        if length % 2:
            product[:, 0] = arithmetic.times(product[:, 0], filled[:, -1])
        filled, length = product, half
    return segments[starts], filled[:, 0]


def _halved_runs(factors: Array, place: Array, arithmetic: Arithmetic) -> Array:
    """Multiply neighbours of each run in pairs until one is left; `place` counts within the runs."""
    while place.any():
        odd = (place & 1).astype(bool)
        second = np.flatnonzero(odd)
        factors[second - 1] = arithmetic.times(factors[second - 1], factors[second])
        factors, place = factors[~odd], place[~odd] >> 1
    return factors


def evaluate(weights: Weights, sides: Sequence[Points]) -> Array:
    """Return the matrix of values at row points and column points."""
    return Evaluation(weights, sides[0], sides[1]).matrix()
