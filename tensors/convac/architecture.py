"""Architectures: what a convolutional arithmetic circuit is made of, checked before any work.

A layer is a generalised convolution with product pooling (Sharir and Shashua, ICLR 2018, arXiv:1703.02065): at an
output position u every offset o of the window has a linear map of its own, and the results are multiplied,

    O[c, u] = prod over offsets o inside of  sum_d W[c, o, d] X[d, u * stride + o].

A non-overlapping circuit has stride = window; one layer that covers the grid is the CP model, ``log2 N`` layers of
windows 2 the hierarchical Tucker model (Cohen, Sharir and Shashua, COLT 2016, arXiv:1509.05009).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from algebra.errors import InputError, as_integer

if TYPE_CHECKING:
    from algebra.evidence import Bounds

Integers = NDArray[np.int64]

BORDERS = ("clip", "same", "valid", "zero")
SHARINGS = ("none", "sliding", "full")
OUTPUTS = ("linear", "single")
MOST_POSITIONS = 1 << 20
MOST_FACTORS = 1 << 25  # of all windows of a layer


class Reads(NamedTuple):
    """The factors of all windows of a layer: output position, offset in the window, input position; flat, row-major.

    Ordered by output position, then by offset.
    """

    outputs: Integers
    offsets: Integers
    inputs: Integers


@dataclass(frozen=True)
class Layer:
    """One generalised convolution with product pooling.

    Parameters
    ----------
    window, stride : int or tuple of int
        One number per axis of the grid; an integer stands for the same number on every axis.
    channels : int
        Output channels, at least 1.
    border : {"clip", "same", "valid", "zero"}
        What happens at the end of the grid. ``clip`` and ``same`` leave out the factors outside; windows start at
        ``u * stride``, those of ``same`` half a window earlier. ``valid`` keeps complete windows only. ``zero`` starts
        like ``clip`` and reads 0 outside, so every incomplete window is 0.
    sharing : {"none", "sliding", "full"}
        ``none``: weights of their own at every position and offset. ``sliding``: the same at every position, as in a
        convolution. ``full``: the same at every offset too, that is a 1 x 1 convolution before the pooling.

    Raises
    ------
    InputError
        Naming the field.

    Examples
    --------
    >>> Layer(2, 2, 3)
    Layer(window=(2,), stride=(2,), channels=3, border='clip', sharing='none')
    """

    window: tuple[int, ...]
    stride: tuple[int, ...]
    channels: int
    border: str = "clip"
    sharing: str = "none"

    def __init__(
        self,
        window: int | Sequence[int],
        stride: int | Sequence[int],
        channels: int,
        border: str = "clip",
        sharing: str = "none",
    ) -> None:
        _set(self, "window", _sizes("window", window))
        _set(self, "stride", _sizes("stride", stride))
        _set(self, "channels", as_integer("channels", channels, 1))
        _set(self, "border", _one_of("border", border, BORDERS))
        _set(self, "sharing", _one_of("sharing", sharing, SHARINGS))

    @property
    def offsets(self) -> int:
        """Number of offsets in a whole window."""
        return prod(self.window)

    @property
    def overlaps(self) -> bool:
        """Whether neighbouring windows share cells on some axis."""
        return any(s < r for r, s in zip(self.window, self.stride, strict=True))

    @property
    def knows_offsets(self) -> bool:
        """Whether different offsets of a window may have different weights."""
        return self.sharing != "full" or self.offsets == 1

    def to_json(self) -> dict[str, Any]:
        """Return the object that a file holds."""
        return {
            "window": list(self.window),
            "stride": list(self.stride),
            "channels": self.channels,
            "border": self.border,
            "sharing": self.sharing,
        }

    @classmethod
    def from_json(cls, given: Any) -> Layer:
        """Read the object that a file holds; ``border`` and ``sharing`` may be left out.

        Raises
        ------
        InputError
            For unknown or missing keys, or bad values.
        """
        _keys("layers", given, ("window", "stride", "channels"), ("border", "sharing"))
        return cls(**given)

    @property
    def label(self) -> str:
        """Part of the architecture's name, e.g. ``w2x2s1x1c4,same,sliding``; defaults are left out."""
        shown = f"w{_joined(self.window)}s{_joined(self.stride)}c{self.channels}"
        named = [name for name in (self.border, self.sharing) if name not in ("clip", "none")]
        return ",".join([shown, *named])


@dataclass(frozen=True)
class ConvAC:
    """A convolutional arithmetic circuit on a grid of patches.

    Parameters
    ----------
    input_shape : int or tuple of int
        Patches along each axis of the grid.
    templates : int
        M, the number of templates that every patch may show, and of representation functions.
    layers : sequence of Layer
        From input to output; the last one leaves one position.
    output : {"linear", "single"}
        ``linear``: a weighted sum of the last layer's channels. ``single``: its first channel.

    Raises
    ------
    InputError
        For windows larger than the grid, strides that leave cells uncovered, wrong numbers of axes, a last layer that
        leaves several positions, and everything else that is no architecture.

    Examples
    --------
    >>> net = ConvAC(8, 3, [Layer(2, 1, 4, sharing="sliding"), Layer(8, 8, 2)])
    >>> net.label, net.positions, net.shapes
    ('convac:8:M3:w2s1c4,sliding-w8s8c2', 8, ((8,), (8,), (1,)))
    """

    input_shape: tuple[int, ...]
    templates: int
    layers: tuple[Layer, ...]
    output: str = "linear"

    def __init__(
        self, input_shape: int | Sequence[int], templates: int, layers: Sequence[Layer], output: str = "linear"
    ) -> None:
        shape = _sizes("input_shape", input_shape)
        if prod(shape) > MOST_POSITIONS:
            raise InputError("input_shape", list(shape), f"of at most {MOST_POSITIONS} positions")
        if isinstance(layers, str | bytes) or not isinstance(layers, Sequence):
            raise InputError("layers", layers, "a list of layers")
        for layer in layers:
            if not isinstance(layer, Layer):
                raise InputError("layers", layer, "a list of Layer objects")
        if not layers:
            raise InputError("layers", list(layers), "a list of at least one layer")
        _set(self, "input_shape", shape)
        _set(self, "templates", as_integer("templates", templates, 1))
        _set(self, "layers", tuple(_on_axes(layer, len(shape)) for layer in layers))
        _set(self, "output", _one_of("output", output, OUTPUTS))
        for number, layer in enumerate(self.layers, 1):
            shape = _shape_after(shape, layer, number)
        if prod(shape) != 1:
            raise InputError("layers", f"a last layer that leaves a grid of {_joined(shape)}", "down to one position")

    @property
    def positions(self) -> int:
        """N, the number of patches and the order of the grid tensor."""
        return prod(self.input_shape)

    @cached_property
    def shapes(self) -> tuple[tuple[int, ...], ...]:
        """Shape of the grid before the first layer and after each."""
        shapes = [self.input_shape]
        for layer in self.layers:
            shapes.append(grid_after(shapes[-1], layer))
        return tuple(shapes)

    @property
    def channels(self) -> tuple[int, ...]:
        """Channels before the first layer (the templates) and after each."""
        return (self.templates, *(layer.channels for layer in self.layers))

    @cached_property
    def reads(self) -> tuple[Reads, ...]:
        """Every factor of every window, layer by layer."""
        return tuple(_reads(shape, layer) for shape, layer in zip(self.shapes, self.layers, strict=False))

    @cached_property
    def covered(self) -> tuple[NDArray[np.bool_], ...]:
        """For the grid before the first layer and after each: which positions the output depends on.

        All of them, but for the last ones at ``valid`` and ``same`` borders.
        """
        needed = [np.ones(1, dtype=bool)]
        for number in range(len(self.layers) - 1, -1, -1):
            reads = self.reads[number]
            below = np.zeros(prod(self.shapes[number]), dtype=bool)
            below[reads.inputs[needed[-1][reads.outputs]]] = True
            needed.append(below)
        return tuple(reversed(needed))

    @cached_property
    def vanishes(self) -> bool:
        """Whether zero borders make the grid tensor 0 for all weights.

        Examples
        --------
        >>> ConvAC(6, 2, [Layer(2, 1, 2, "zero"), Layer(6, 6, 2)]).vanishes
        True
        """
        zero = np.zeros(self.positions, dtype=bool)
        for number, layer in enumerate(self.layers):
            reads, count = self.reads[number], prod(self.shapes[number + 1])
            below, zero = zero, self.incomplete(number) if layer.border == "zero" else np.zeros(count, dtype=bool)
            zero[reads.outputs[below[reads.inputs]]] = True
        return bool(zero[0])

    @cached_property
    def is_multilinear(self) -> bool:
        """Whether every input is read at most once: then the output is linear in the vector at each position."""
        copies = np.ones(1, dtype=object)
        for reads, shape in zip(reversed(self.reads), reversed(self.shapes[:-1]), strict=True):
            below = np.zeros(prod(shape), dtype=object)
            np.add.at(below, reads.inputs, copies[reads.outputs])
            copies = below
        return bool((copies <= 1).all())

    def incomplete(self, number: int) -> NDArray[np.bool_]:
        """For each output position of layer `number` (from 0): whether its window leaves the grid."""
        counts = np.bincount(self.reads[number].outputs, minlength=prod(self.shapes[number + 1]))
        return counts < self.layers[number].offsets

    @property
    def label(self) -> str:
        """Permanent name."""
        head = f"convac:{_joined(self.input_shape)}:M{self.templates}:"
        return head + "-".join(layer.label for layer in self.layers) + (":single" if self.output == "single" else "")

    def weight_shape(self, number: int) -> tuple[int, int, int, int]:
        """Shape (positions, offsets, channels out, channels in) of a layer's weights; shared axes have length 1."""
        layer = self.layers[number]
        places = prod(self.shapes[number + 1]) if layer.sharing == "none" else 1
        offsets = 1 if layer.sharing == "full" else layer.offsets
        return places, offsets, layer.channels, self.channels[number]

    @property
    def parameters(self) -> int:
        """Number of weights, those of a linear output among them."""
        weights = sum(prod(self.weight_shape(number)) for number in range(len(self.layers)))
        return weights + (self.layers[-1].channels if self.output == "linear" else 0)

    def to_json(self) -> dict[str, Any]:
        """Return the object that a file holds, without a partition."""
        return {
            "input_shape": list(self.input_shape),
            "templates": self.templates,
            "layers": [layer.to_json() for layer in self.layers],
            "output": self.output,
        }

    @classmethod
    def from_json(cls, given: Any) -> ConvAC:
        """Read the object that a file holds; ``output`` may be left out.

        Raises
        ------
        InputError
            For unknown or missing keys, or bad values.

        Examples
        --------
        >>> layer = {"window": [4], "stride": [4], "channels": 2}
        >>> ConvAC.from_json({"input_shape": [4], "templates": 2, "layers": [layer]}).label
        'convac:4:M2:w4s4c2'
        """
        _keys("architecture", given, ("input_shape", "templates", "layers"), ("output",))
        if not isinstance(given["layers"], list):
            raise InputError("layers", given["layers"], "a list of layers")
        axes = len(_sizes("input_shape", given["input_shape"]))
        for layer in given["layers"]:
            for name in ("window", "stride") if isinstance(layer, dict) else ():
                if isinstance(layer.get(name), list) and len(layer[name]) != axes:
                    raise InputError(name, layer[name], _one_per_axis(axes))
        return cls(**{**given, "layers": [Layer.from_json(layer) for layer in given["layers"]]})

    def rank(self, row_side: str | Sequence[int], seed: int = 0) -> Bounds:
        """Bound the generic rank of the grid tensor's matricization; see `tensors.convac.rank.matricization_rank`.

        Parameters
        ----------
        row_side : str or sequence of int
            A name such as ``left``, or flat positions; see `tensors.matricization.row_positions`.
        seed : int
            Of every random choice.

        Returns
        -------
        Bounds
        """
        from tensors.convac.rank import matricization_rank

        return matricization_rank(self, row_side, seed=seed)


def axis_size(size: int, window: int, stride: int, border: str) -> int:
    """Number of windows along one axis.

    Examples
    --------
    >>> axis_size(8, 3, 2, "clip"), axis_size(8, 3, 2, "valid")
    (4, 3)
    """
    return (size - window) // stride + 1 if border == "valid" else -(-size // stride)


def axis_reads(size: int, window: int, stride: int, border: str) -> Reads:
    """Return the pairs of window and cell along one axis.

    Examples
    --------
    >>> [numbers.tolist() for numbers in axis_reads(4, 3, 2, "clip")]
    [[0, 0, 0, 1, 1], [0, 1, 2, 0, 1], [0, 1, 2, 2, 3]]
    """
    shift = (window - 1) // 2 if border == "same" else 0
    outputs = np.repeat(np.arange(axis_size(size, window, stride, border)), window)
    offsets = np.tile(np.arange(window), outputs.size // window)
    cells = outputs * stride - shift + offsets
    inside = (cells >= 0) & (cells < size)
    return Reads(outputs[inside], offsets[inside], cells[inside])


def _reads(shape: tuple[int, ...], layer: Layer) -> Reads:
    """Combine the axes of a grid."""
    after = grid_after(shape, layer)
    sizes = tuple(zip(after, layer.window, shape, strict=True))
    axes = [axis_reads(h, r, s, layer.border) for h, r, s in zip(shape, layer.window, layer.stride, strict=True)]
    found = reduce(lambda a, b: _combined(a, b[0], b[1]), zip(axes[1:], sizes[1:], strict=True), axes[0])
    order = np.lexsort((found.offsets, found.outputs))
    return Reads(*(numbers[order] for numbers in found))


def _combined(major: Reads, minor: Reads, sizes: tuple[int, int, int]) -> Reads:
    parts = (np.add.outer(a * size, b).reshape(-1) for a, b, size in zip(major, minor, sizes, strict=True))
    return Reads(*parts)


def grid_after(shape: tuple[int, ...], layer: Layer) -> tuple[int, ...]:
    """Shape of the grid after a layer."""
    return tuple(axis_size(*sizes, layer.border) for sizes in zip(shape, layer.window, layer.stride, strict=True))


def _shape_after(shape: tuple[int, ...], layer: Layer, number: int) -> tuple[int, ...]:
    """Check that a layer fits the grid, and return the grid that it leaves."""
    for size, window in zip(shape, layer.window, strict=True):
        if window > size:
            raise InputError(
                f"window of layer {number}", list(layer.window), f"no larger than the grid {_joined(shape)}"
            )
    if max(layer.stride) > MOST_POSITIONS:
        raise InputError(f"stride of layer {number}", list(layer.stride), f"at most {MOST_POSITIONS}")
    after = grid_after(shape, layer)
    if prod(after) * layer.offsets > MOST_FACTORS:
        allowed = f"so small that all windows together have at most {MOST_FACTORS} cells"
        raise InputError(f"window of layer {number}", list(layer.window), allowed)
    for size, count, window, stride in zip(shape, after, layer.window, layer.stride, strict=True):
        if stride > window and (count > 1 or window < size):
            allowed = f"at most the window {_joined(layer.window)}, so that no cell is left uncovered"
            raise InputError(f"stride of layer {number}", list(layer.stride), allowed)
    return after


def _set(instance: object, name: str, value: Any) -> None:
    object.__setattr__(instance, name, value)


def _sizes(name: str, value: Any) -> tuple[int, ...]:
    """Return one positive integer per axis."""
    if isinstance(value, str | bytes | dict) or (not hasattr(value, "__iter__") and isinstance(value, float | bool)):
        raise InputError(name, value, "a list of positive integers, one per axis")
    numbers = list(value) if hasattr(value, "__iter__") else [value]
    if not numbers:
        raise InputError(name, value, "a list of positive integers, one per axis")
    return tuple(as_integer(name, number, 1) for number in numbers)


def _one_of(name: str, value: Any, allowed: tuple[str, ...]) -> str:
    if not isinstance(value, str) or value not in allowed:
        raise InputError(name, value, "one of " + ", ".join(map(repr, allowed)))
    return value


def _on_axes(layer: Layer, axes: int) -> Layer:
    """Give a layer whose sizes were single integers one size per axis."""
    sizes = {}
    for name in ("window", "stride"):
        value = getattr(layer, name)
        if len(value) == 1:
            value = value * axes
        if len(value) != axes:
            raise InputError(name, list(value), _one_per_axis(axes))
        sizes[name] = value
    return Layer(sizes["window"], sizes["stride"], layer.channels, layer.border, layer.sharing)


def _one_per_axis(axes: int) -> str:
    return f"a list of {axes} positive integers, one per axis of the grid"


def _keys(name: str, given: Any, required: tuple[str, ...], optional: tuple[str, ...]) -> None:
    names = ", ".join((*required, *optional))
    if not isinstance(given, dict):
        raise InputError(name, given, f"an object with the keys {names}")
    for key, value in given.items():
        if key not in required and key not in optional:
            raise InputError(str(key), value, f"left out: the keys are {names}")
    for key in required:
        if key not in given:
            raise InputError(key, None, f"given: the keys are {names}")


def _joined(sizes: Sequence[int]) -> str:
    return "x".join(map(str, sizes))
