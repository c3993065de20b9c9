"""Which factors of a circuit depend on which side of a partition, and where their products go.

All that follows from the architecture and the positions that vary alone, and not from weights or points. Those of small
circuits are kept, so that evaluating one again costs arithmetic only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from typing import TypeAlias

    from numpy.typing import NDArray

    from tensors.convac.architecture import ConvACArchitecture
    from tensors.convac.geometry import Reads
    from tensors.convac.weights import Arithmetic

    Array: TypeAlias = NDArray[Any]

CONSTANT, ROWS, COLUMNS = 0, 1, 2  # bits; a position of kind ROWS | COLUMNS crosses the partition
CROSSING = ROWS | COLUMNS
MOST_KEPT = 1 << 12  # factors of a circuit whose routes are kept


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
    zero : ndarray of bool
        Windows that are 0 because they leave the grid.
    """

    below: Sites
    above: Sites
    constants: Factors
    sided: tuple[Factors, ...]
    crossing: Crossing
    zero: Array

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
        zero = architecture.incomplete(number) if layer.border == "zero" else np.zeros(0, dtype=bool)
        places, offsets, _, _ = architecture.weight_shape(number)
        reads, count = architecture.reads[number], prod(architecture.shapes[number + 1])
        matrices = (reads.outputs * offsets if places > 1 else 0) + (reads.offsets if offsets > 1 else 0)
        found.append(_route(sites, reads, np.broadcast_to(matrices, reads.outputs.shape), zero, count, together))
        sites = found[-1].above
    origin = np.zeros(1, dtype=np.int64)
    last = type(reads)(origin, origin, origin)
    return (*found, _route(sites, last, origin, np.zeros(0, dtype=bool), 1, together))


_kept_routes = lru_cache(maxsize=16)(_routes)


def _input_sites(count: int, rows: tuple[int, ...], columns: tuple[int, ...], together: bool) -> Sites:
    kind = np.zeros(count, dtype=np.int64)
    slots = np.full((2, count), -1)
    for varied, bit, start in ((rows, ROWS, 0), (columns, COLUMNS, len(rows) if together else 0)):
        places = np.asarray(varied, dtype=np.int64)
        kind[places] = bit
        slots[bit - 1, places] = np.arange(start, start + len(places))
    return Sites(kind, kind == CONSTANT, (slots[0], slots[1]))


def _route(sites: Sites, reads: Reads, matrices: Array, zero: Array, count: int, together: bool) -> LayerRoute:
    kinds = sites.kind[reads.inputs]
    kind = np.bitwise_or.reduceat(kinds, reads.outputs.searchsorted(np.arange(count)))

    def factors(chosen: Array, sources: Array | None, targets: Array, places: int) -> Factors:
        inputs = reads.inputs[chosen]
        return Factors(matrices[chosen], inputs, sources, bool(sites.loaded[inputs].any()), targets, places)

    chosen = np.flatnonzero(kinds == CONSTANT)
    constants = factors(chosen, None, reads.outputs[chosen], count)
    slots, sided = np.full((2, count), -1), []
    for bits in ((ROWS, COLUMNS),) if together else ((ROWS,), (COLUMNS,)):
        parts, places = [], 0
        for bit in bits:
            chosen = np.flatnonzero(kinds == bit)
            outputs = np.unique(reads.outputs[chosen])
            slots[bit - 1, outputs] = np.arange(places, places + len(outputs))
            places += len(outputs)
            sources = sites.slots[bit - 1][reads.inputs[chosen]]
            parts.append((chosen, sources, slots[bit - 1][reads.outputs[chosen]]))
        joined = [np.concatenate(numbers) for numbers in zip(*parts, strict=True)]
        sided.append(factors(joined[0], joined[1], joined[2], places))
    loaded = np.zeros(count, dtype=bool)
    loaded[constants.targets] = True
    loaded[np.flatnonzero(zero)] = True
    chosen = np.flatnonzero(kinds == CROSSING)
    crossing = Crossing(reads.outputs[chosen], matrices[chosen], reads.inputs[chosen])
    above = Sites(kind, loaded, (slots[0], slots[1]))
    return LayerRoute(sites, above, constants, tuple(sided), crossing, zero)
