"""Which cells of the grid the windows of a layer read."""

from __future__ import annotations

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
    """Shape of the grid after a layer.

    Parameters
    ----------
    shape : tuple of int
        Of the grid before it.
    layer : ConvLayer

    Returns
    -------
    tuple of int
    """
    sizes = zip(shape, layer.window, layer.stride, strict=True)
    return tuple(axis_size(size, window, stride, layer.border) for size, window, stride in sizes)


def layer_reads(shape: tuple[int, ...], layer: ConvLayer) -> Reads:
    """Return the factors of all windows of a layer: those along every axis, combined."""
    first, *others = zip(shape, layer.window, layer.stride, grid_after(shape, layer), strict=True)
    found = axis_reads(*first[:3], layer.border)
    if not others:
        return found

    # Flat positions, one axis after the other: those so far count whole rows of the next axis.
    for size, window, stride, after in others:
        axis = axis_reads(size, window, stride, layer.border)
        outputs = np.add.outer(found.outputs * after, axis.outputs)
        offsets = np.add.outer(found.offsets * window, axis.offsets)
        inputs = np.add.outer(found.inputs * size, axis.inputs)
        found = Reads(outputs.reshape(-1), offsets.reshape(-1), inputs.reshape(-1))

    # By output position, then by offset.
    order = np.lexsort((found.offsets, found.outputs))
    return Reads(found.outputs[order], found.offsets[order], found.inputs[order])
