"""Which cells of the grid the windows of a layer read."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from algebra.types import Integers

if TYPE_CHECKING:
    from tensors.convac.layer import ConvLayer


class Reads(NamedTuple):
    """The factors of all windows of a layer: output position, offset in the window, input position; flat, row-major.

    Ordered by output position, then by offset.
    """

    outputs: Integers
    offsets: Integers
    inputs: Integers


def axis_size(size: int, window: int, stride: int, border: str) -> int:
    """Number of windows along one axis.

    Examples
    --------
    >>> axis_size(8, 3, 2, "clip"), axis_size(8, 3, 2, "valid")
    (4, 3)
    """
    return (size - window) // stride + 1 if border == "valid" else -(-size // stride)


def border_before(window: int, border: str) -> int:
    """Cells of the first window along one axis that lie before the grid.

    Examples
    --------
    >>> border_before(4, "same"), border_before(4, "clip")
    (1, 0)
    """
    return (window - 1) // 2 if border == "same" else 0


def axis_reads(size: int, window: int, stride: int, border: str) -> Reads:
    """Return the pairs of window and cell along one axis.

    Examples
    --------
    >>> [numbers.tolist() for numbers in axis_reads(4, 3, 2, "clip")]
    [[0, 0, 0, 1, 1], [0, 1, 2, 0, 1], [0, 1, 2, 2, 3]]
    """
    outputs = np.repeat(np.arange(axis_size(size, window, stride, border)), window)
    offsets = np.tile(np.arange(window), outputs.size // window)
    cells = outputs * stride - border_before(window, border) + offsets
    inside = (cells >= 0) & (cells < size)
    return Reads(outputs[inside], offsets[inside], cells[inside])


def grid_after(shape: tuple[int, ...], layer: ConvLayer) -> tuple[int, ...]:
    """Shape of the grid after a layer."""
    return tuple(axis_size(*sizes, layer.border) for sizes in zip(shape, layer.window, layer.stride, strict=True))


def layer_reads(shape: tuple[int, ...], layer: ConvLayer) -> Reads:
    """Return the factors of all windows of a layer: those along every axis, combined."""
    after = grid_after(shape, layer)
    sizes = tuple(zip(after, layer.window, shape, strict=True))
    axes = [axis_reads(h, r, s, layer.border) for h, r, s in zip(shape, layer.window, layer.stride, strict=True)]
    found = reduce(lambda a, b: _combined(a, b[0], b[1]), zip(axes[1:], sizes[1:], strict=True), axes[0])
    order = np.lexsort((found.offsets, found.outputs))
    return Reads(*(numbers[order] for numbers in found))


def _combined(major: Reads, minor: Reads, sizes: tuple[int, int, int]) -> Reads:
    parts = (np.add.outer(a * size, b).reshape(-1) for a, b, size in zip(major, minor, sizes, strict=True))
    return Reads(*parts)
