"""A circuit unrolled into a tree of copies, one for each read, as a factor graph.

A hidden variable is the channel index of one copy of one position of one layer; a factor is one weight matrix. Inputs
are shared by all copies, channels are not: an overlapping circuit reads its intermediate vectors several times, and
tensor networks cannot copy (Levine, Sharir, Cohen and Shashua, PRL 2019, arXiv:1803.09780). So cuts of the unrolled
circuit are upper bounds of its ranks, and need not be attained.

Two smaller graphs bound the rank too, where the tree is too large. *Folded*: a subtree whose inputs all lie on one side
of the partition is one observed variable of that side, of as many values as it has channels or input templates; all
those that one window reads are joined. *Merged*: all copies of a vector are one variable, which stands for so many.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import prod
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from algebra.memory import check_fits
from tensors.convac.geometry import axis_reads
from tensors.networks import FactorGraph

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tensors.convac.architecture import ConvACArchitecture


class Copy(NamedTuple):
    """What a hidden variable stands for: the channels at one position of one layer (from 1)."""

    layer: int
    position: int


@dataclass(frozen=True)
class Unrolled:
    """A factor graph with what its variables mean.

    Parameters
    ----------
    graph : FactorGraph
    row_side : tuple of int
        Observed variables of the row side.
    copies : dict
        What each hidden variable stands for.
    parents : dict
        For each variable but inputs and the root: the variables that read it.
    times : dict
        How many copies a variable stands for, where that is more than one.
    """

    graph: FactorGraph
    row_side: tuple[int, ...]
    copies: dict[int, Copy]
    parents: dict[int, tuple[int, ...]]
    times: dict[int, int]


class Fields:
    """Which positions every window reads, and how many inputs of either side of a partition each position sees.

    What a position sees is a box of the input: no stride leaves a cell uncovered.
    """

    def __init__(self, architecture: ConvACArchitecture, rows: Sequence[int]) -> None:
        self.architecture = architecture
        shape = architecture.input_shape
        # Sums over boxes have a place more along every axis, and are copied on the way.
        check_fits("input_shape", list(shape), 24 * prod(size + 1 for size in shape) + 200 * architecture.positions)
        is_row = np.zeros(architecture.positions, dtype=np.int64)
        is_row[list(rows)] = 1
        sums = is_row.reshape(shape)
        for axis in range(len(shape)):
            sums = np.insert(sums.cumsum(axis), 0, 0, axis)
        boxes = [(np.arange(size), np.arange(size) + 1) for size in shape]
        self.seen: list[list[tuple[int, int]]] = [_sides_of(sums, boxes)]
        self.children: list[list[list[int]]] = []
        for number, reads in enumerate(architecture.reads):
            boxes = [_box_above(architecture, number, axis, box) for axis, box in enumerate(boxes)]
            self.seen.append(_sides_of(sums, boxes))
            children: list[list[int]] = [[] for _ in range(prod(architecture.shapes[number + 1]))]
            for output, position in zip(reads.outputs.tolist(), reads.inputs.tolist(), strict=True):
                children[output].append(position)
            self.children.append(children)

    def side(self, layer: int, position: int) -> bool | None:
        """Tell whether a position (of the grid after `layer` layers) sees rows only, columns only (False), or both."""
        rows, columns = self.seen[layer][position]
        return None if rows and columns else rows > 0

    def counts(self, layer: int, position: int) -> tuple[int, int]:
        """How many row and column positions it sees."""
        return self.seen[layer][position]

    def copies(self, folded: bool) -> int:
        """Number of hidden copies that unrolling makes."""
        counts = [[0] * self.architecture.positions]
        for number, children in enumerate(self.children):
            below = counts[-1]
            layer = number + 1
            counts.append(
                [
                    0 if folded and self.side(layer, u) is not None else 1 + sum(below[q] for q in read)
                    for u, read in enumerate(children)
                ]
            )
        return counts[-1][0]


Box = tuple["NDArray[np.int64]", "NDArray[np.int64]"]
"""For each place along an axis the first cell that it sees and the one after the last."""


def _box_above(architecture: ConvACArchitecture, number: int, axis: int, box: Box) -> Box:
    layer, sizes = architecture.layers[number], [shape[axis] for shape in architecture.shapes]
    outputs, _, inputs = axis_reads(sizes[number], layer.window[axis], layer.stride[axis], layer.border)
    starts = outputs.searchsorted(np.arange(sizes[number + 1]))
    return np.minimum.reduceat(box[0][inputs], starts), np.maximum.reduceat(box[1][inputs], starts)


def _sides_of(sums: NDArray[np.int64], boxes: Sequence[Box]) -> list[tuple[int, int]]:
    """Count the rows and the columns in every combination of the boxes along the axes, by sums over all corners."""
    rows, cells = sums, np.ones((), dtype=np.int64)
    for axis, (first, end) in enumerate(boxes):
        rows = rows.take(end, axis) - rows.take(first, axis)
        cells = np.multiply.outer(cells, end - first)
    return list(zip(rows.reshape(-1).tolist(), (cells - rows).reshape(-1).tolist(), strict=True))


@lru_cache(maxsize=1)  # several bounds in a row ask for those of one partition, which may fill much memory
def fields_of(architecture: ConvACArchitecture, rows: tuple[int, ...]) -> Fields:
    """Return the fields of a partition; they are shared, so leave them as they are."""
    return Fields(architecture, rows)


@dataclass
class _Builder:
    fields: Fields
    folded: bool
    merged: bool
    dims: list[int] = field(default_factory=list)
    scopes: list[tuple[int, int]] = field(default_factory=list)
    observed: dict[int, bool] = field(default_factory=dict)  # variable -> whether it is on the row side
    inputs: dict[int, int] = field(default_factory=dict)
    copies: dict[int, Copy] = field(default_factory=dict)
    parents: dict[int, list[int]] = field(default_factory=dict)
    times: dict[int, int] = field(default_factory=dict)

    def variable(self, dim: int) -> int:
        self.dims.append(dim)
        return len(self.dims) - 1

    def input(self, position: int) -> int:
        if position not in self.inputs:
            found = self.inputs[position] = self.variable(self.fields.architecture.templates)
            self.observed[found] = self.fields.side(0, position) is True
        return self.inputs[position]

    def grow(self) -> None:
        """Add the layers from the output to the input."""
        net = self.fields.architecture
        root = self.variable(net.layers[-1].channels if net.output == "linear" else 1)
        self.copies[root] = Copy(len(net.layers), 0)
        level = [root]
        for layer in range(len(net.layers), 0, -1):
            below: dict[int, int] = {}
            level = [child for variable in level for child in self._read(variable, layer, below)]

    def _read(self, variable: int, layer: int, known: dict[int, int]) -> Iterator[int]:
        """Add what one copy reads, and yield the copies that are new."""
        one_sided: dict[bool, int] = {}
        times = self.times.get(variable, 1)
        for position in self.fields.children[layer - 1][self.copies[variable].position]:
            side = self.fields.side(layer - 1, position)
            if layer == 1:
                self.scopes.append((variable, self.input(position)))
            elif side is not None and (self.folded or (self.merged and times == 1)):
                one_sided[side] = one_sided.get(side, 1) * self._width(layer - 1, position)
            else:
                is_new = not self.merged or position not in known
                copy = self._copy(layer - 1, position) if is_new else known[position]
                known[position] = copy
                self._link(variable, copy, times)
                if is_new:
                    yield copy
        for side, width in one_sided.items():
            joined = self.variable(min(width, self.dims[variable]))
            self.observed[joined] = side
            self._link(variable, joined, times)

    def _copy(self, layer: int, position: int) -> int:
        copy = self.variable(self.fields.architecture.layers[layer - 1].channels)
        self.copies[copy] = Copy(layer, position)
        return copy

    def _link(self, variable: int, child: int, times: int) -> None:
        self.parents.setdefault(child, []).append(variable)
        self.times[child] = times + (self.times.get(child, 0) if self.merged else 0)
        self.scopes.append((variable, child))

    def _width(self, layer: int, position: int) -> int:
        """Most functions that the channels of a one-sided position can span."""
        net = self.fields.architecture
        seen = sum(self.fields.counts(layer, position))
        return min(net.layers[layer - 1].channels, int(net.templates**seen))

    def finished(self) -> Unrolled:
        # Inputs come first, in the order of their positions, then observed copies, then what is hidden.
        inputs = [self.inputs[position] for position in sorted(self.inputs)]
        copies = [v for v in self.observed if v in self.parents]
        hidden = [v for v in range(len(self.dims)) if v not in self.observed]
        order = [*inputs, *copies, *hidden]
        place = {variable: number for number, variable in enumerate(order)}

        # The same graph with these numbers.
        dims = tuple(self.dims[v] for v in order)
        pairs = ((place[a], place[b]) for a, b in self.scopes)
        scopes = tuple((min(pair), max(pair)) for pair in pairs)
        rows = sorted(place[v] for v, is_row in self.observed.items() if is_row)
        return Unrolled(
            FactorGraph(dims, len(self.observed), scopes),
            tuple(rows),
            {place[v]: copy for v, copy in self.copies.items()},
            {place[v]: tuple(place[u] for u in above) for v, above in self.parents.items()},
            {place[v]: times for v, times in self.times.items() if times > 1},
        )


def unroll(
    architecture: ConvACArchitecture, rows: Sequence[int], folded: bool = False, merged: bool = False
) -> Unrolled:
    """Unroll a circuit; inputs that the output does not depend on are left out.

    Parameters
    ----------
    architecture : ConvACArchitecture
    rows : sequence of int
        Row side of the partition, which folded graphs depend on.
    folded, merged : bool
        Which of the smaller graphs to make; a merged graph folds what is read once.

    Returns
    -------
    Unrolled

    Examples
    --------
    >>> from tensors.convac import ConvAC, Layer
    >>> net = ConvAC(4, 2, [Layer(2, 2, 3), Layer(2, 2, 5)])
    >>> unroll(net, (0, 1)).graph.variable_dims
    (2, 2, 2, 2, 5, 3, 3)
    >>> unroll(net, (0, 1), folded=True).graph.variable_dims
    (3, 3, 5)
    """
    builder = _Builder(fields_of(architecture, tuple(rows)), folded, merged)
    builder.grow()
    return builder.finished()
