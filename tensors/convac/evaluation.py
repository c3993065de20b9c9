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
from typing import TYPE_CHECKING

import numpy as np

from tensors.convac.points import Points
from tensors.convac.routes import Factors, LayerRoute, Runs, Sites, routes
from tensors.convac.weights import Arithmetic, CircuitWeights

if TYPE_CHECKING:
    from algebra.types import Array


CHUNK = 1 << 21  # numbers in one batch of factors
BLOCK = 1 << 20  # numbers in one block of a full part
FEW = 1 << 10  # vectors up to which a batch of its own for the inputs that do not vary costs more than it saves
MOST_AT_ONCE = 1 << 14  # numbers of full parts that are made in one batch


@dataclass(frozen=True)
class Grid:
    """The channels at all positions of a layer, but for the full parts.

    Parameters
    ----------
    constants : ndarray of shape (positions, channels, 1), or None
        None if all are 1.
    rows, columns : ndarray of shape (places, channels, points)
        One and the same array if both sides stand together.
    """

    constants: Array | None
    rows: Array
    columns: Array


class EvaluatedCircuit:
    """A circuit at row points and column points.

    Parameters
    ----------
    weights : CircuitWeights
    rows, columns : Points
        Together they speak of every position exactly once.

    Examples
    --------
    >>> from tensors.convac import ConvAC, Layer
    >>> from tensors.convac.points import template_points
    >>> from tensors.grid_points import enumeration
    >>> net = ConvAC(2, 2, [Layer(2, 2, 2)])
    >>> weights = CircuitWeights.given(net, [[[[[1, 0], [0, 1]], [[1, 0], [0, 1]]]]])
    >>> eye = np.eye(2, dtype=object)
    >>> points = [template_points([q], [q], [0, 0], enumeration(1, 2, 2), eye) for q in (0, 1)]
    >>> EvaluatedCircuit(weights, *points).matrix()
    array([[1, 0],
           [0, 1]], dtype=object)
    """

    def __init__(self, weights: CircuitWeights, rows: Points, columns: Points) -> None:
        self.weights = weights
        self.architecture = weights.architecture
        self.arithmetic: Arithmetic = weights.arithmetic
        few = self.architecture.positions * max(rows.count, columns.count) <= FEW
        if few:
            rows, columns = rows.all_varied(), columns.all_varied()
        self.rows, self.columns = rows, columns
        self.together = few and rows.count == columns.count

    def matrix(self) -> Array:
        """Return the values, shape (row points, column points)."""
        if self.is_one_block:
            return self._block(slice(0, self.rows.count))
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
        return max(1, BLOCK // max(1, self._full_width * self.columns.count))  # of a side there may be no points

    @cached_property
    def _routes(self) -> tuple[LayerRoute, ...]:
        return routes(self.architecture, self.rows.varied, self.columns.varied, self.together)

    @cached_property
    def _matrices(self) -> list[Array]:
        """Matrices of every layer, the output's mixing as one more layer."""
        layers = [*self.weights.layers, self.weights.output.reshape(1, 1, 1, -1)]
        return [layer.reshape(-1, *layer.shape[2:]) for layer in layers]

    @cached_property
    def _grids(self) -> list[Grid]:
        grids = [self._input_grid()]
        for route, matrices in zip(self._routes, self._matrices, strict=True):
            grids.append(self._next_grid(grids[-1], route, matrices))
        return grids

    @cached_property
    def _full_width(self) -> int:
        """Largest number of channels, in and out, of a window that reads across the partition."""
        layers = zip(self._routes, self._matrices, strict=True)
        return max((sum(matrices.shape[1:]) for route, matrices in layers if len(route.crossing.inputs)), default=0)

    def _input_grid(self) -> Grid:
        if self.together:
            both = np.concatenate([self.rows.values, self.columns.values])
            return Grid(None, both, both)
        constants = None
        if self.rows.fixed or self.columns.fixed:
            constants = self.arithmetic.ones((self.architecture.positions, self.architecture.templates, 1))
            for side in (self.rows, self.columns):
                constants[list(side.fixed)] = side.constants[:, :, None]
        return Grid(constants, self.rows.values, self.columns.values)

    def _next_grid(self, grid: Grid, route: LayerRoute, matrices: Array) -> Grid:
        constants = None
        if route.above.loaded.any():
            constants = self._part(grid, None, route.constants, matrices)
        if route.is_zero.any():
            assert constants is not None
            constants[route.is_zero] *= 0
        sides = [
            self._part(grid, values, factors, matrices)
            for values, factors in zip((grid.rows, grid.columns), route.sided, strict=False)
        ]
        return Grid(constants, sides[0], sides[-1])

    def _part(self, grid: Grid, side: Array | None, factors: Factors, matrices: Array) -> Array:
        """Multiply, for each output position, the factors that depend on one side only (or on none)."""
        length, total = 1 if side is None else side.shape[2], len(factors.targets)
        shape = (factors.places, matrices.shape[1], length)
        if not total:
            return self.arithmetic.ones(shape)
        step = max(1, CHUNK // (matrices.shape[1] * max(length, matrices.shape[2])))
        if total <= step and factors.are_complete:
            return factors.runs.product(self._factors(grid, side, factors, slice(None), matrices), self.arithmetic)
        values = self.arithmetic.ones(shape)
        for start in range(0, total, step):
            piece = slice(start, start + step)
            runs = factors.runs if total <= step else Runs.of(factors.targets[piece])
            product = runs.product(self._factors(grid, side, factors, piece, matrices), self.arithmetic)
            values[runs.targets] = product if total <= step else self.arithmetic.times(values[runs.targets], product)
        return values

    def _factors(self, grid: Grid, side: Array | None, factors: Factors, piece: slice, matrices: Array) -> Array:
        """Mix the channels of the positions that are read: their part of one side times the constant one."""
        vectors: Array | None = None
        if grid.constants is not None and (side is None or factors.loaded):
            vectors = grid.constants[factors.inputs[piece]]
        if side is not None:
            assert factors.sources is not None
            part = side[factors.sources[piece]]
            vectors = part if vectors is None else self.arithmetic.times(vectors, part)
        assert vectors is not None
        return self.arithmetic.multiply(matrices[factors.matrices[piece]], vectors)

    def _block(self, piece: slice) -> Array:
        """Return the values at a block of row points: follow the full parts through the layers."""
        full: dict[int, Array] = {}
        for grid, route, matrices in zip(self._grids, self._routes, self._matrices, strict=False):
            full = self._full_above(grid, route, matrices, full, piece)
        final = self._grids[-1]
        return np.asarray(self._with_sides(final, self._routes[-1].above, 0, full.get(0), piece)[0])

    def _full_above(
        self, grid: Grid, route: LayerRoute, matrices: Array, full: dict[int, Array], piece: slice
    ) -> dict[int, Array]:
        """Multiply, for each output position, the factors that read across the partition."""
        crossing = route.crossing
        numbers = len(crossing.inputs) * matrices.shape[1] * (piece.stop - piece.start) * self.columns.count
        if crossing.inputs.size and not full and numbers <= MOST_AT_ONCE:
            products = route.crossing_runs.product(
                self._crossing_at_once(grid, route, matrices, piece), self.arithmetic
            )
            return dict(zip(route.crossing_runs.targets.tolist(), products, strict=True))
        above: dict[int, Array] = {}
        for output, matrix, position in zip(*(numbers.tolist() for numbers in crossing), strict=True):
            factor = self._crossing(grid, route.below, position, full, matrices[matrix], piece)
            above[output] = factor if output not in above else self.arithmetic.times(above[output], factor)
        return above

    def _crossing_at_once(self, grid: Grid, route: LayerRoute, matrices: Array, piece: slice) -> Array:
        """Mix the channels at all positions that both sides reach first: (factors, channels out, rows, columns)."""
        slots = route.crossing_slots
        left, right = grid.rows[slots[0]][:, :, piece], grid.columns[slots[1]]
        if grid.constants is not None:
            left = self.arithmetic.times(grid.constants[route.crossing.inputs], left)
        chosen = matrices[route.crossing.matrices][:, :, None, :]
        mixed = self.arithmetic.times(chosen, left.transpose(0, 2, 1)[:, None])
        return self.arithmetic.multiply(mixed, right[:, None])

    def _crossing(
        self, grid: Grid, sites: Sites, position: int, full: dict[int, Array], matrix: Array, piece: slice
    ) -> Array:
        """Mix the channels at a position that both sides reach: shape (channels out, rows, columns)."""
        if position not in full:
            left, right = self._sides(grid, sites, position, piece)
            return self.arithmetic.multiply(self.arithmetic.times(matrix[:, None, :], left.T[None]), right)
        values = self._with_sides(grid, sites, position, full[position], piece)
        mixed = self.arithmetic.multiply(matrix, values.reshape(values.shape[0], -1))
        return np.reshape(mixed, (matrix.shape[0], *values.shape[1:]))

    def _sides(self, grid: Grid, sites: Sites, position: int, piece: slice) -> tuple[Array, Array]:
        """One-sided parts at a position, the constant one among those of the rows; ones where there is none."""
        channels = grid.rows.shape[1]
        row_slot, column_slot = (slots[position] for slots in sites.slots)
        if row_slot < 0:
            left = self.arithmetic.ones((channels, piece.stop - piece.start))
        else:
            left = grid.rows[row_slot][:, piece]
        if grid.constants is not None and sites.loaded[position]:
            left = self.arithmetic.times(grid.constants[position], left)
        if column_slot < 0:
            return left, self.arithmetic.ones((channels, self.columns.count))
        return left, grid.columns[column_slot]

    def _with_sides(self, grid: Grid, sites: Sites, position: int, full: Array | None, piece: slice) -> Array:
        """All parts at a position multiplied, shape (channels, rows, columns)."""
        if full is not None and max(slots[position] for slots in sites.slots) < 0 and not sites.loaded[position]:
            return full
        left, right = self._sides(grid, sites, position, piece)
        if full is None:
            return self.arithmetic.times(left[:, :, None], right[:, None, :])
        return self.arithmetic.times(self.arithmetic.times(full, left[:, :, None]), right[:, None, :])


def evaluate(weights: CircuitWeights, sides: Sequence[Points]) -> Array:
    """Return the matrix of values at row points and column points."""
    return EvaluatedCircuit(weights, sides[0], sides[1]).matrix()
