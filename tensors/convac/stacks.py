"""Stacks of layers on a grid that shrinks: windows are cut off where it has become smaller, and one product ends it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from algebra.errors import InputError, as_integer
from tensors.convac.geometry import grid_after
from tensors.convac.layer import ConvLayer, sizes_of

MOST_DEPTH = 1000

Step = tuple[Sequence[int], Sequence[int], int]  # window and stride along each axis, channels


def stacked_layers(
    shape: Sequence[int], steps: Iterable[Step], channels: int, border: str, sharing: str, last: int | None = None
) -> list[ConvLayer]:
    """Return layers until the grid is one position, and else one product over what is left.

    Parameters
    ----------
    shape : sequence of int
        Of the grid.
    steps : iterable of (window, stride, channels)
        The layers below; windows are cut off at the grid, strides at the windows.
    channels : int
        Of the last product.
    border, sharing : str
        See `ConvLayer`.
    last : int, optional
        Channels of the last layer instead, whichever it is.

    Returns
    -------
    list of ConvLayer
    """
    # the layers below, until the grid is a single position
    grid, layers = tuple(shape), list[ConvLayer]()
    for window, stride, width in steps:
        if max(grid) == 1:
            break
        windows = [min(size, length) for size, length in zip(window, grid, strict=True)]
        strides = [min(step, length) for step, length in zip(stride, windows, strict=True)]
        layers.append(ConvLayer(windows, strides, width, border, sharing))
        grid = grid_after(grid, layers[-1])

    # one product over what is left
    if max(grid) > 1 or not layers:
        layers.append(ConvLayer(grid, grid, channels, sharing=sharing))
    if last is not None:
        layers[-1] = replace(layers[-1], channels=last)
    return layers


def stack_of(
    shape: tuple[int, ...],
    channels: int | Sequence[int],
    windows: Any,
    strides: Any = None,
    depth: int | None = None,
    border: str = "clip",
    sharing: str = "none",
) -> list[ConvLayer]:
    """Return the layers of `tensors.convac.ConvAC.stack`, whose parameters these are.

    Raises
    ------
    InputError
        If layers do not fit the grid, or there are too many.
    """
    count = None if depth is None else as_integer("depth", depth, 1)
    if count is not None and count > MOST_DEPTH:
        raise InputError("depth", depth, f"at most {MOST_DEPTH}")

    # One number stands for all layers; a list has one entry a layer below the last product, or one for it too.
    below = [_of_each("windows", windows, shape), _of_each("strides", windows if strides is None else strides, shape)]
    widths = [channels] if not isinstance(channels, Sequence) else list(channels)
    lengths = {len(each) for each in below if len(each) > 1} | ({len(widths)} if len(widths) > 1 else set())
    if count is None:
        count = max(lengths, default=_layers_until_one(shape, below[1][0]))
    longest = max(lengths, default=1)
    if longest > count:
        raise InputError("depth", depth, f"at least {longest}, the number of layers that are listed")

    steps = [
        (_at(below[0], place), _at(below[1], place), as_integer("channels", _at(widths, place), 1))
        for place in range(count)
    ]
    if any(size > length for size, length in zip(steps[0][0], shape, strict=True)):
        raise InputError("windows", windows, f"at most {max(shape)}, the length of the grid, in the first layer")

    if any(step > size for window, stride, _ in steps for size, step in zip(window, stride, strict=True)):
        raise InputError("strides", strides, f"at most the windows {windows}, or patches between them are never seen")

    # The last of the layers covers what the others leave.
    return stacked_layers(shape, steps[:-1], steps[-1][2], border, sharing)


def _of_each(name: str, given: Any, shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Return sizes along every axis, for each layer that is listed; one number, or a tuple, stands for all layers."""
    listed = given if isinstance(given, list) else [given]
    if not listed:
        raise InputError(
            name, given, "a number, a tuple with one for each axis, or a list of these, one for each layer"
        )
    found = []
    for each in listed:
        sizes = sizes_of(name, each)
        if len(sizes) not in (1, len(shape)):
            raise InputError(name, each, f"one number, or a tuple of {len(shape)}, one for each axis")
        found.append(sizes if len(sizes) == len(shape) else sizes * len(shape))
    return found


def _at(listed: Sequence[Any], place: int) -> Any:
    """Return the entry of one layer; the last one stands for all that follow."""
    return listed[min(place, len(listed) - 1)]


def _layers_until_one(shape: tuple[int, ...], stride: tuple[int, ...]) -> int:
    """Return how many layers of a stride leave one position."""
    if any(step == 1 < length for step, length in zip(stride, shape, strict=True)):
        raise InputError("depth", None, "given where strides of 1 do not make the grid smaller")
    count, grid = 0, shape
    while max(grid) > 1 or not count:
        grid = tuple(-(-length // step) for length, step in zip(grid, stride, strict=True))
        count += 1
    return count
