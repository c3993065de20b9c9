"""Which factors of a circuit depend on which side of a partition, and where their products go.

All that follows from the architecture and the positions that vary alone, and not from weights or points. Those of small
circuits are kept, so that evaluating one again costs arithmetic only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import prod
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from tensors.convac.geometry import Reads

if TYPE_CHECKING:
    from algebra.types import Array
    from tensors.convac.architecture import ConvACArchitecture
    from tensors.convac.weights import Arithmetic


CONSTANT, ROWS, COLUMNS = 0, 1, 2  # bits; a position of kind ROWS | COLUMNS crosses the partition
SIDES = ROWS, COLUMNS
CROSSING = ROWS | COLUMNS

MOST_KEPT = 1 << 12
"""Factors of a circuit whose routes are kept: finding them takes 0.1 ms, a third of evaluating a circuit of 100 factors
and less than a tenth from here on."""


@dataclass(frozen=True)
class Runs:
    """Factors of the same target stand next to each other.

    Parameters
    ----------
    targets : ndarray
        One for each run.
    run, place : ndarray
        For each factor its run, and its number in that.
    length : int
        Of the longest run.
    """

    targets: Array
    run: Array
    place: Array
    length: int

    @classmethod
    def of(cls, targets: Array) -> Runs:
        """Find the runs of equal targets."""
        is_first = np.ones(len(targets), dtype=bool)
        np.not_equal(targets[1:], targets[:-1], out=is_first[1:])
        starts = is_first.nonzero()[0]
        run = is_first.cumsum() - 1
        place = np.arange(len(targets)) - starts[run]
        return cls(targets[starts], run, place, int(place.max(initial=0)) + 1)

    def product(self, factors: Array, arithmetic: Arithmetic) -> Array:
        """Multiply the factors of each run.

        Runs are filled up with ones to one length, if that is not much longer, and halved.
        """
        count, length = len(self.targets), self.length
        if length == 1:
            return factors
        if length * count > 2 * len(self.run):
            return _halved_runs(factors, self.place, arithmetic)
        if length * count == len(self.run):
            filled = factors.reshape(count, length, *factors.shape[1:])
        else:
            filled = arithmetic.ones((count, length, *factors.shape[1:]))
            filled[self.run, self.place] = factors
        while length > 1:
            half = length // 2
            product = arithmetic.times(filled[:, :half], filled[:, half : 2 * half])
            if length % 2:
                product[:, 0] = arithmetic.times(product[:, 0], filled[:, -1])
            filled, length = product, half
        return filled[:, 0]


def _halved_runs(factors: Array, place: Array, arithmetic: Arithmetic) -> Array:
    """Multiply neighbours of each run in pairs until one is left; `place` counts within the runs."""
    while place.any():
        odd = (place & 1).astype(bool)
        second = np.flatnonzero(odd)
        factors[second - 1] = arithmetic.times(factors[second - 1], factors[second])
        factors, place = factors[~odd], place[~odd] >> 1
    return factors


@dataclass(frozen=True)
class Factors:
    """The factors of one kind of a layer.

    Parameters
    ----------
    matrices : ndarray
        For each factor its matrix among the layer's weights, positions and offsets run together.
    inputs : ndarray
        The positions read.
    sources : ndarray or None
        Where their vectors stand among the values of one side; None for constants.
    loaded : bool
        Whether some of them have a constant part other than 1.
    targets : ndarray
        The place that each factor is multiplied into; equal ones are neighbours.
    places : int
        How many places there are.
    """

    matrices: Array
    inputs: Array
    sources: Array | None
    loaded: bool
    targets: Array
    places: int

    @cached_property
    def runs(self) -> Runs:
        """The runs of equal targets."""
        return Runs.of(self.targets)

    @cached_property
    def are_complete(self) -> bool:
        """Whether every place has a factor."""
        return len(self.runs.targets) == self.places


class Crossing(NamedTuple):
    """The factors of a layer that read across the partition: output positions, matrices, input positions."""

    outputs: Array
    matrices: Array
    inputs: Array


@dataclass(frozen=True)
class Sites:
    """What is known at the positions of the grid before a layer, or after the last.

    Parameters
    ----------
    kind : ndarray
        Of each position.
    loaded : ndarray of bool
        Which positions have a constant part other than 1.
    slots : tuple of ndarray
        For the rows and the columns: where a position's part stands among that side's values, or -1.
    """

    kind: Array
    loaded: Array
    slots: tuple[Array, Array]


@dataclass(frozen=True)
class LayerRoute:
    """How a layer is evaluated.

    Parameters
    ----------
    below, above : Sites
    constants : Factors
    sided : tuple of Factors
        Those of the rows and those of the columns, or those of both as one.
    crossing : Crossing
    is_zero : ndarray of bool
        For each window whether it is 0 because it leaves the grid.
    """

    below: Sites
    above: Sites
    constants: Factors
    sided: tuple[Factors, ...]
    crossing: Crossing
    is_zero: Array

    @cached_property
    def crossing_runs(self) -> Runs:
        """The factors that read across the partition, by output position."""
        return Runs.of(self.crossing.outputs)

    @cached_property
    def crossing_slots(self) -> tuple[Array, Array]:
        """Where the parts of the positions that are read across the partition stand."""
        rows, columns = self.below.slots
        return rows[self.crossing.inputs], columns[self.crossing.inputs]


def routes(
    architecture: ConvACArchitecture, rows: Sequence[int], columns: Sequence[int], together: bool
) -> tuple[LayerRoute, ...]:
    """Route every layer, and the output's mixing as one more.

    Parameters
    ----------
    architecture : ConvACArchitecture
    rows, columns : sequence of int
        The positions that vary, in the order of their values.
    together : bool
        Whether the values of both sides stand in one array, those of the rows first.

    Returns
    -------
    tuple of LayerRoute

    Examples
    --------
    >>> from tensors.convac import ConvAC, Layer
    >>> net = ConvAC(4, 2, [Layer(2, 2, 2), Layer(2, 2, 1)])
    >>> [layer.above.kind.tolist() for layer in routes(net, (0, 1, 2), (3,), True)]
    [[1, 3], [3], [3]]
    """
    few = sum(len(reads.outputs) for reads in architecture.reads) <= MOST_KEPT
    made = _kept_routes if few else _routes
    return made(architecture, tuple(rows), tuple(columns), together)


def _routes(
    architecture: ConvACArchitecture, rows: tuple[int, ...], columns: tuple[int, ...], together: bool
) -> tuple[LayerRoute, ...]:
    sites = _input_sites(architecture.positions, rows, columns, together)
    found = []
    for number, layer in enumerate(architecture.layers):
        is_zero = np.zeros(prod(architecture.shapes[number + 1]), dtype=bool)
        if layer.border == "zero":
            is_zero = architecture.incomplete(number)
        reads, matrices = architecture.reads[number], architecture.matrix_numbers(number)
        found.append(_route(sites, reads, matrices, is_zero, together))
        sites = found[-1].above

    # The output's mixing reads the one position that is left by one matrix.
    origin = np.zeros(1, dtype=np.int64)
    last = _route(sites, Reads(origin, origin, origin), origin, np.zeros(1, dtype=bool), together)
    return (*found, last)


_kept_routes = lru_cache(maxsize=16)(_routes)


def _input_sites(count: int, rows: tuple[int, ...], columns: tuple[int, ...], together: bool) -> Sites:
    varied = [np.asarray(side, dtype=np.int64) for side in (rows, columns)]
    kind = np.zeros(count, dtype=np.int64)
    kind[varied[0]], kind[varied[1]] = ROWS, COLUMNS
    return Sites(kind, kind == CONSTANT, _slots(count, varied[0], varied[1], together))


def _slots(count: int, rows: Array, columns: Array, together: bool) -> tuple[Array, Array]:
    """Number the positions that have a part among the values of the rows, and of the columns; -1 stands for no part."""
    slots = np.full((2, count), -1)
    slots[0, rows] = np.arange(len(rows))
    slots[1, columns] = np.arange(len(columns)) + (len(rows) if together else 0)
    return slots[0], slots[1]


def _route(below: Sites, reads: Reads, matrices: Array, is_zero: Array, together: bool) -> LayerRoute:
    """Sort a layer's factors by the sides that they depend on, and say where the products of each kind go.

    Parameters
    ----------
    below : Sites
        What is known at the positions that are read.
    reads : Reads
    matrices : ndarray
        For each factor its matrix among the layer's weights.
    is_zero : ndarray of bool
        For each window whether it is 0 because it leaves the grid.
    together : bool
        Whether the values of both sides stand in one array.
    """
    count = len(is_zero)

    # A factor depends on what its position depends on; a window, which is never empty, on what its factors do.
    kinds = below.kind[reads.inputs]
    kind = np.bitwise_or.reduceat(kinds, reads.outputs.searchsorted(np.arange(count)))
    chosen = {bits: np.flatnonzero(kinds == bits) for bits in (CONSTANT, ROWS, COLUMNS, CROSSING)}
    outputs = {bits: reads.outputs[factors] for bits, factors in chosen.items()}

    def factors(which: Array, sources: Array | None, targets: Array, places: int) -> Factors:
        inputs = reads.inputs[which]
        return Factors(matrices[which], inputs, sources, bool(below.loaded[inputs].any()), targets, places)

    # Constant factors go to the windows themselves.
    constants = factors(chosen[CONSTANT], None, outputs[CONSTANT], count)
    loaded = is_zero.copy()
    loaded[constants.targets] = True

    # Factors of one side go to the slots of their windows among the values of that side.
    windows = [np.unique(outputs[bit]) for bit in SIDES]
    slots = _slots(count, windows[0], windows[1], together)
    sources = [mine[reads.inputs[chosen[bit]]] for bit, mine in zip(SIDES, below.slots, strict=True)]
    targets = [mine[outputs[bit]] for bit, mine in zip(SIDES, slots, strict=True)]
    places = [len(mine) for mine in windows]
    which = [chosen[bit] for bit in SIDES]
    if together:
        which, sources, targets = ([np.concatenate(pair)] for pair in (which, sources, targets))
        places = [sum(places)]
    sided = tuple(factors(*numbers) for numbers in zip(which, sources, targets, places, strict=True))

    # The others are multiplied at every pair of a row and a column.
    crossing = Crossing(outputs[CROSSING], matrices[chosen[CROSSING]], reads.inputs[chosen[CROSSING]])
    return LayerRoute(below, Sites(kind, loaded, slots), constants, sided, crossing, is_zero)
