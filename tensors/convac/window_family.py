"""Families of circuits that differ in the windows of their layers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from algebra.errors import InputError, as_integer, one_of
from algebra.shown import Shown
from tensors.convac.network import ConvAC
from tensors.convac.stacks import MOST_DEPTH, stacked_layers

FAMILIES = ("stack", "blocks", "pooling")


@dataclass(frozen=True)
class WindowFamily(Shown):
    """Circuits that differ in their windows.

    Parameters
    ----------
    name : str
        ``stack``: so many layers of windows R and stride 1, then one product over everything. ``blocks``: windows R of
        stride 1 and windows 2 of stride 2 in turn, then one product. ``pooling``: windows R of stride R throughout,
        which do not overlap.
    templates, channels : int
    last : int, optional
        Channels of the last layer; default: as many as the others.
    depth : int
        Layers below the last product; blocks count as one.
    border, sharing : str
        See `tensors.convac.Layer`.

    Raises
    ------
    InputError
        For an unknown family, or numbers below 1.
    """

    name: str = "stack"
    templates: int = 2
    channels: int = 2
    depth: int = 1
    border: str = "clip"
    sharing: str = "sliding"
    last: int | None = None

    def __post_init__(self) -> None:
        one_of("family", self.name, FAMILIES)
        for name in ("templates", "channels", "depth"):
            as_integer(name, getattr(self, name), 1)
        if self.depth > MOST_DEPTH:
            raise InputError("depth", self.depth, f"at most {MOST_DEPTH}")
        if self.last is not None:
            as_integer("last", self.last, 1)

    def circuit(self, shape: Sequence[int], window: int) -> ConvAC:
        """Return the circuit of one window size.

        Parameters
        ----------
        shape : sequence of int
            Of the grid.
        window : int
            R, at most the shortest axis. On grids that have become smaller a window is cut off.

        Returns
        -------
        ConvAC

        Raises
        ------
        InputError
            If the window does not fit.

        Examples
        --------
        >>> WindowFamily("stack", depth=2).circuit([8], 3).label
        'convac:8:M2:w3s1c2,sliding-w3s1c2,sliding-w8s8c2,sliding'
        >>> WindowFamily("blocks", depth=1).circuit([4, 4], 3).label
        'convac:4x4:M2:w3x3s1x1c2,sliding-w2x2s2x2c2,sliding-w2x2s2x2c2,sliding'
        >>> WindowFamily("pooling").circuit([8], 2).label
        'convac:8:M2:w2s2c2,sliding-w2s2c2,sliding-w2s2c2,sliding'
        """
        if not 1 <= window <= min(shape):
            raise InputError("window", window, f"between 1 and {min(shape)}, the length of the grid")

        axes = len(shape)
        steps = (((size,) * axes, (stride,) * axes, self.channels) for size, stride in self._steps(window, shape))
        layers = stacked_layers(shape, steps, self.channels, self.border, self.sharing, self.last)
        return ConvAC(shape, self.templates, layers)

    def _steps(self, window: int, shape: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Yield windows and strides of the layers below the last product."""
        if self.name == "pooling":
            size = 1
            while window > 1 and size < max(shape):
                yield window, window
                size *= window
            return
        for _ in range(self.depth):
            yield window, 1
            if self.name == "blocks":
                yield 2, 2
