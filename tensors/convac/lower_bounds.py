"""Lower bounds by theorem, with no evaluation: each comes with weights at which the rank is known.

A rank that is reached at one choice of weights is reached at almost all choices, because minors are polynomials.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from tensors.convac.receptive_fields import overlap_bound
from tensors.matricization import NAMED, row_positions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tensors.convac.architecture import ConvAC

    Cells = NDArray[np.int64]

MOST_CANDIDATES = 1500  # pairs of paths looked at for each layer and each length of their common part


@dataclass(frozen=True)
class LowerBound:
    """A proved lower bound of the generic rank.

    Parameters
    ----------
    value : int
    rule : str
        Name of the argument.
    details : dict
        What it rests on, as plain JSON values.
    """

    value: int
    rule: str
    details: dict[str, Any] = field(default_factory=dict)


def best_lower_bound(architecture: ConvAC, rows: Sequence[int], goal: int | None = None) -> LowerBound:
    """Return the best of the theorems' bounds; the search ends where one reaches `goal`.

    Examples
    --------
    >>> from tensors.convac import ConvAC, Layer
    >>> net = ConvAC((32, 32), 2, [Layer(2, 1, 2, sharing="sliding"), Layer(32, 32, 1)])
    >>> found = best_lower_bound(net, row_positions((32, 32), "left"))
    >>> found.rule, found.value == 2**32
    ('equality-graph', True)
    """
    best = LowerBound(0 if architecture.vanishes else 1, "nonzero")
    if architecture.vanishes:
        return best
    for bound in (window_equality_bound, overlap_theorem_bound, equality_graph_bound):
        if goal is not None and best.value >= goal:
            break
        found = bound(architecture, rows)
        if found is not None and found.value > best.value:
            best = found
    return best


def window_equality_bound(architecture: ConvAC, rows: Sequence[int]) -> LowerBound | None:
    """Count the clusters of first windows that meet both sides: rank at least ``min(M, C_1)^clusters``.

    Cohen and Shashua (ICLR 2017, arXiv:1605.06743) state it for windows that do not overlap, where the clusters are
    the windows. Weights that show it: in the first layer channel c selects template c at every offset, later layers
    sum the channels into the first and copy it. So the tensor is 1 where every window sees one template, else 0, and
    windows that share a cell act as one. These weights are fully shared, so every sharing is covered; it needs a
    second layer or a linear output to sum the channels.

    Examples
    --------
    >>> from tensors.convac import ConvAC, Layer
    >>> window_equality_bound(ConvAC(4, 3, [Layer(2, 2, 2), Layer(2, 2, 5)]), (0, 2)).value
    4
    """
    if architecture.vanishes or (len(architecture.layers) == 1 and architecture.output == "single"):
        return None
    base = min(architecture.templates, architecture.layers[0].channels)
    count = _crossing_clusters(architecture, rows)
    return LowerBound(base**count, "window-equality", {"base": base, "clusters": count})


def overlap_theorem_bound(architecture: ConvAC, rows: Sequence[int]) -> LowerBound | None:
    """Apply the overlap theorem where the partition halves an axis; see `receptive_fields.overlap_bound`."""
    shape, best = architecture.input_shape, None
    for axis, name in ((len(shape) - 1, "left"), (0, "top")):
        if row_positions_or_none(shape, name) not in (tuple(rows), _complement(architecture.positions, rows)):
            continue
        found = overlap_bound(architecture, axis)
        if found is not None and (best is None or found.value > best.value):
            details = {"axis": axis, "layer": found.layer, "base": found.base, "exponent": found.exponent}
            best = LowerBound(found.value, "sharir-shashua-overlap", details)
    return best


def row_positions_or_none(shape: Sequence[int], name: str) -> tuple[int, ...] | None:
    """Return the rows of a named partition, or None if one of its sides is empty."""
    found = sum(NAMED[name](shape, cell) for cell in product(*map(range, shape)))
    return row_positions(shape, name) if 0 < found < prod(shape) else None


def equality_graph_bound(architecture: ConvAC, rows: Sequence[int]) -> LowerBound | None:
    """Search for the pair of paths whose equality graph gives the best bound.

    Take a layer K that is not the last and two paths of offsets from it down to the input. The graph on the cells has
    an edge, for every output position u of layer K, between the ends of both paths from u where both stay inside.
    Then the rank is at least ``D^c``: c is the number of connected components that meet both sides of the partition,
    D the least of M, C_K and, for l < K, C_l where the paths agree up to layer l and ``floor(C_l / 2)`` where they do
    not. Weights that show it: each layer carries the indicators "the cell at the end of the path shows template c"
    along both paths, and is constant at the other offsets; so the tensor is, up to constants that are not 0, the
    product over the edges of "both ends show the same template". The overlap theorem is the special case of two
    opposite ends. It needs weights that depend on the offset up to layer K.

    Examples
    --------
    >>> from tensors.convac import ConvAC, Layer
    >>> net = ConvAC(8, 2, [Layer(4, 1, 2, sharing="sliding"), Layer(8, 8, 3)])
    >>> equality_graph_bound(net, (0, 1, 2, 3)).value
    8
    """
    best = None
    is_row = np.zeros(architecture.positions, dtype=bool)
    is_row[list(rows)] = True
    most = min(len(rows), architecture.positions - len(rows))
    if architecture.vanishes:
        return None
    for k in range(1, len(architecture.layers)):
        if not architecture.layers[k - 1].knows_offsets:
            break
        for agree in range(k - 1, -1, -1):
            base = path_base(architecture, k, agree)
            if base < 2 or (best is not None and base ** min(most, prod(architecture.shapes[k])) <= best.value):
                continue
            for pair in _candidates(architecture, k, agree):
                count = crossing_components(*edges(architecture, k, pair), is_row)
                if best is None or base**count > best.value:
                    details = {"layer": k, "paths": [list(map(list, p)) for p in pair], "base": base}
                    best = LowerBound(base**count, "equality-graph", {**details, "components": count})
    return best


Path = tuple[tuple[int, ...], ...]
"""Offsets along the axes at the layers 1 … K."""


class Pair(NamedTuple):
    """Two paths."""

    first: Path
    second: Path


def path_base(architecture: ConvAC, layer: int, agree: int) -> int:
    """D for paths through layers 1 … layer that agree in the first `agree` of them.

    Examples
    --------
    >>> from tensors.convac import ConvAC, Layer
    >>> net = ConvAC(8, 9, [Layer(2, 1, 7), Layer(2, 1, 6), Layer(8, 8, 1)])
    >>> path_base(net, 2, 1), path_base(net, 2, 0)
    (6, 3)
    """
    channels = [layer.channels for layer in architecture.layers[:layer]]
    inner = [c if number < agree else c // 2 for number, c in enumerate(channels[:-1])]
    return min(architecture.templates, channels[-1], *inner)


def path_ends(architecture: ConvAC, layer: int, path: Path) -> Cells:
    """Follow a path from every output position of a layer down to the input; -1 where it leaves the grid.

    Parameters
    ----------
    architecture : ConvAC
    layer : int
        K, counted from 1.
    path : tuple of tuple of int
        Offsets along the axes at the layers 1 … K.

    Returns
    -------
    ndarray of int, one per output position
    """
    shapes = architecture.shapes
    axes = [_axis_ends(architecture, layer, path, axis) for axis in range(len(shapes[0]))]
    ends = axes[0]
    for size, more in zip(shapes[0][1:], axes[1:], strict=True):
        joined = ends[:, None] * size + more[None, :]
        ends = np.where((ends[:, None] < 0) | (more[None, :] < 0), -1, joined).reshape(-1)
    return ends


def _axis_ends(architecture: ConvAC, layer: int, path: Path, axis: int) -> Cells:
    cells = np.arange(architecture.shapes[layer][axis])
    for number in range(layer - 1, -1, -1):
        form, size = architecture.layers[number], architecture.shapes[number][axis]
        shift = (form.window[axis] - 1) // 2 if form.border == "same" else 0
        below = cells * form.stride[axis] - shift + path[number][axis]
        cells = np.where((cells >= 0) & (below >= 0) & (below < size), below, -1)
    return cells


def edges(architecture: ConvAC, layer: int, pair: Pair) -> tuple[Cells, Cells]:
    """Return the ends of the edges of the equality graph."""
    first, second = (path_ends(architecture, layer, path) for path in pair)
    present = (first >= 0) & (second >= 0) & architecture.covered[layer]
    return first[present], second[present]


def crossing_components(first: Cells, second: Cells, is_row: NDArray[np.bool_]) -> int:
    """Count the components of a graph that meet both sides, where no cell begins or ends two edges.

    Such components are paths, all in one direction; every cell is led to the beginning of its path by doubling steps.

    Examples
    --------
    >>> crossing_components(np.array([0, 1, 2]), np.array([2, 3, 4]), np.array([True, True, False, False, False]))
    2
    """
    start = np.arange(is_row.size)
    start[second] = first
    while True:
        further = start[start]
        if (further == start).all():
            break
        start = further
    rows = np.zeros(is_row.size, dtype=bool)
    columns = rows.copy()
    rows[start[is_row]] = True
    columns[start[~is_row]] = True
    return int((rows & columns).sum())


def _candidates(architecture: ConvAC, layer: int, agree: int) -> Iterator[Pair]:
    """Pairs of paths that agree in the first layers and differ after; a selection where there are very many."""
    axes = range(len(architecture.input_shape))
    choices = [_axis_candidates(architecture, layer, agree, axis) for axis in axes]
    limit = max(4, int(MOST_CANDIDATES ** (1 / len(choices))))
    thinned = [_thinned(found, limit) for found in choices]
    for number, combination in enumerate(product(*thinned)):
        if number >= 2 * MOST_CANDIDATES:
            return
        first = tuple(tuple(pair[0][k] for pair in combination) for k in range(layer))
        second = tuple(tuple(pair[1][k] for pair in combination) for k in range(layer))
        if first < second:  # the other order gives the same graph; axes may differ in sign
            yield Pair(first, second)


AxisPair = tuple[tuple[int, ...], tuple[int, ...]]


def _axis_candidates(architecture: ConvAC, layer: int, agree: int, axis: int) -> list[AxisPair]:
    """Pairs of offset paths along one axis, those of greatest distance first."""
    common = _axis_paths(architecture, 0, agree, axis)
    upper = _axis_paths(architecture, agree, layer, axis)
    pairs = [(a, b) for a in upper.items() for b in upper.items()]
    pairs.sort(key=lambda ab: -abs(ab[0][0] - ab[1][0]))
    return [(s + a[1], s + b[1]) for a, b in pairs for s in common.values()]


def _axis_paths(architecture: ConvAC, start: int, stop: int, axis: int) -> dict[int, tuple[int, ...]]:
    """For each total offset through some layers, one path that has it."""
    found: dict[int, tuple[int, ...]] = {0: ()}
    unit = 1
    for layer in architecture.layers[start:stop]:
        steps = range(layer.window[axis])
        found = {total + o * unit: (*path, o) for total, path in found.items() for o in steps}
        unit *= layer.stride[axis]
    return found


def _thinned(found: list[AxisPair], limit: int) -> list[AxisPair]:
    """Keep the first ones, and some of the rest at equal distances."""
    if len(found) <= limit:
        return found
    first, rest = found[: limit // 2], found[limit // 2 :]
    step = -(-len(rest) // (limit - limit // 2))
    return first + rest[::step]


def _crossing_clusters(architecture: ConvAC, rows: Sequence[int]) -> int:
    """Clusters of first windows (joined where they share a cell) that meet both sides."""
    reads, inside = architecture.reads[0], set(rows)
    used = architecture.covered[1][reads.outputs]
    parent = list(range(architecture.positions))

    def root(cell: int) -> int:
        while parent[cell] != cell:
            parent[cell] = parent[parent[cell]]
            cell = parent[cell]
        return cell

    representative: dict[int, int] = {}
    for output, cell in zip(reads.outputs[used].tolist(), reads.inputs[used].tolist(), strict=True):
        parent[root(cell)] = root(representative.setdefault(output, cell))
    sides: dict[int, set[bool]] = {}
    for cell in range(architecture.positions):
        sides.setdefault(root(cell), set()).add(cell in inside)
    return sum(len(both) == 2 for both in sides.values())


def _complement(count: int, rows: Sequence[int]) -> tuple[int, ...]:
    from tensors.matricization import column_positions

    return column_positions(count, rows)
