"""Pairs of paths of offsets from a layer down to the input, whose ends the equality graphs of `lower_bounds` join."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate, product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from algebra.errors import InputError
from tensors.convac.geometry import border_before

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tensors.convac.architecture import ConvACArchitecture

    Cells = NDArray[np.int64]

MOST_CANDIDATES = 1500  # pairs of paths looked at for each layer and each length of their common part

Path = tuple[tuple[int, ...], ...]
"""Offsets along the axes at the layers 1 … K."""


class Pair(NamedTuple):
    """Two paths."""

    first: Path
    second: Path


def path_base(architecture: ConvACArchitecture, layer: int, agree: int) -> int:
    """D for paths through layers 1 … layer that agree in the first `agree` of them.

    Examples
    --------
    >>> from tensors.convac import ConvAC, Layer
    >>> net = ConvAC(8, 9, [Layer(2, 1, 7), Layer(2, 1, 6), Layer(8, 8, 1)])
    >>> path_base(net, 2, 1), path_base(net, 2, 0)
    (6, 3)
    """
    return path_bases(architecture, layer)[agree]


def path_bases(architecture: ConvACArchitecture, layer: int) -> list[int]:
    """D for paths through layers 1 … layer, by the number of layers, from the first on, in which they agree.

    Parameters
    ----------
    architecture : ConvACArchitecture
    layer : int
        K, counted from 1.

    Returns
    -------
    list of int
        For 0 … K - 1 layers.

    Examples
    --------
    >>> from tensors.convac import ConvAC, Layer
    >>> path_bases(ConvAC(8, 9, [Layer(2, 1, 7), Layer(2, 1, 6), Layer(8, 8, 1)]), 2)
    [3, 6]
    """
    *inner, last = (each.channels for each in architecture.layers[:layer])
    whole = list(accumulate(inner, min, initial=min(architecture.templates, last)))
    halves = list(accumulate((c // 2 for c in reversed(inner)), min, initial=last))[::-1]
    return list(map(min, whole, halves))


def path_ends(architecture: ConvACArchitecture, layer: int, path: Path) -> Cells:
    """Follow a path from every output position of a layer down to the input; -1 where it leaves the grid.

    Parameters
    ----------
    architecture : ConvACArchitecture
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


def _axis_ends(architecture: ConvACArchitecture, layer: int, path: Path, axis: int) -> Cells:
    cells = np.arange(architecture.shapes[layer][axis])
    for number in range(layer - 1, -1, -1):
        form, size = architecture.layers[number], architecture.shapes[number][axis]
        shift = border_before(form.window[axis], form.border)
        below = cells * form.stride[axis] - shift + path[number][axis]
        cells = np.where((cells >= 0) & (below >= 0) & (below < size), below, -1)
    return cells


def edges(architecture: ConvACArchitecture, layer: int, pair: Pair) -> tuple[Cells, Cells]:
    """Return the ends of the edges of the equality graph."""
    first, second = (path_ends(architecture, layer, path) for path in pair)
    present = (first >= 0) & (second >= 0) & architecture.covered[layer]
    return first[present], second[present]


def agreement(pair: Pair) -> int:
    """Count the layers from the first on in which two paths agree.

    Examples
    --------
    >>> agreement(Pair(((0,), (1,)), ((0,), (2,))))
    1
    """
    return next(number for number, (a, b) in enumerate(zip(*pair, strict=True)) if a != b)


def overlap_pair(architecture: ConvACArchitecture, axis: int, layer: int) -> Pair:
    """Return the two ends of the reduced receptive field that the overlap theorem compares along an axis.

    Parameters
    ----------
    architecture : ConvACArchitecture
    axis : int
        The axis that is halved.
    layer : int
        K, counted from 1.

    Returns
    -------
    Pair

    Raises
    ------
    InputError
        If no receptive field of the layer is above half of the axis and fits into it.

    Examples
    --------
    >>> from tensors.convac import ConvAC, Layer
    >>> overlap_pair(ConvAC(8, 2, [Layer(7, 1, 2), Layer(8, 8, 1)]), 0, 1)
    Pair(first=((0,),), second=((4,),))
    """
    found = _field_ends(architecture, axis, layer)
    if found is None:
        size = architecture.input_shape[axis]
        raise InputError("layer", layer, f"one with a receptive field above half of {size} and at most that")
    return found


def _field_ends(architecture: ConvACArchitecture, axis: int, layer: int) -> Pair | None:
    """Pair the first cell with the nearest from half of the axis on that reduced windows reach; None if none is.

    With a ``same`` border, where the theorem speaks of one layer only, the first window begins outside of the grid. So
    on the other axes the ends of one layer stand where the window has its output position.
    """
    size = architecture.input_shape[axis]
    reached = _axis_paths(architecture, 0, layer, axis, is_reduced=True)
    fitting = [total for total in reached if max(1, size // 2) <= total < size]
    if not fitting:
        return None
    axes, distance = range(len(architecture.input_shape)), min(fitting)
    if layer == 1:
        form = architecture.layers[0]
        middle = [border_before(window, form.border) for window in form.window]
        near, far = (tuple(end if each == axis else middle[each] for each in axes) for end in (0, distance))
        return Pair((near,), (far,))
    ends = tuple(tuple(o if each == axis else 0 for each in axes) for o in reached[distance])
    return Pair(tuple((0,) * len(axes) for _ in ends), ends)


def candidates(architecture: ConvACArchitecture, layer: int, agree: int) -> Iterator[Pair]:
    """Yield pairs of paths that agree in the first layers and differ after; a selection where there are very many.

    Among them, whatever is left out, those that the overlap theorem compares along each axis.
    """
    axes = range(len(architecture.input_shape))
    ends = (_field_ends(architecture, axis, layer) for axis in axes)
    yield from (pair for pair in ends if pair is not None and agreement(pair) == agree)
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


def _axis_candidates(architecture: ConvACArchitecture, layer: int, agree: int, axis: int) -> list[AxisPair]:
    """Pairs of offset paths along one axis, those of greatest distance first."""
    common = _axis_paths(architecture, 0, agree, axis)
    upper = _axis_paths(architecture, agree, layer, axis)
    pairs = [(a, b) for a in upper.items() for b in upper.items()]
    pairs.sort(key=lambda ab: -abs(ab[0][0] - ab[1][0]))
    return [(s + a[1], s + b[1]) for a, b in pairs for s in common.values()]


def _axis_paths(
    architecture: ConvACArchitecture, start: int, stop: int, axis: int, is_reduced: bool = False
) -> dict[int, tuple[int, ...]]:
    """For each total offset through some layers, one path that has it; reduced windows are no smaller than a stride."""
    found: dict[int, Linked] = {0: None}
    unit = 1
    for layer in architecture.layers[start:stop]:
        window, stride = layer.window[axis], layer.stride[axis]
        least = stride - 1 if is_reduced and stride <= window else 0
        found = {total + o * unit: (path, o) for total, path in found.items() for o in range(least, window)}
        unit *= stride
    return {total: _unlinked(path) for total, path in found.items()}


Linked = tuple["Linked", int] | None
"""A path as its last offset and the path before it: thousands of layers are not copied again for each."""


def _unlinked(path: Linked) -> tuple[int, ...]:
    """Return the offsets of a path, the first one first."""
    found: list[int] = []
    while path is not None:
        path, offset = path
        found.append(offset)
    return tuple(reversed(found))


def _thinned(found: list[AxisPair], limit: int) -> list[AxisPair]:
    """Keep the first ones, and some of the rest at equal distances."""
    if len(found) <= limit:
        return found
    first, rest = found[: limit // 2], found[limit // 2 :]
    step = -(-len(rest) // (limit - limit // 2))
    return first + rest[::step]
