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
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from algebra.drawn import LARGEST, grids
from algebra.errors import InputError, as_integer
from algebra.evidence.checker.labels import circuit_label
from algebra.frozen import set_fields
from algebra.sequences import UNORDERED
from algebra.shown import card, counted
from algebra.types import Integers
from tensors.convac.geometry import Reads, grid_after, layer_reads
from tensors.convac.layer import ConvLayer, check_keys, joined, one_of, sizes_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

OUTPUTS = ("linear", "single")

MOST_POSITIONS = 1 << 20
"""The weights of so many patches take some 3 GiB."""

MOST_FACTORS = 1 << 25
"""Factors of all windows of a layer: `Reads` holds three integers of 64 bits for each, 800 MB."""


MOST_DRAWN = 8
"""Layers that a display draws."""


@dataclass(frozen=True)
class ConvACArchitecture:
    """What a convolutional arithmetic circuit on a grid of patches is made of.

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
    >>> net = ConvACArchitecture(8, 3, [ConvLayer(2, 1, 4, sharing="sliding"), ConvLayer(8, 8, 2)])
    >>> net.label, net.positions, net.shapes
    ('convac:8:M3:w2s1c4,sliding-w8s8c2', 8, ((8,), (8,), (1,)))
    """

    input_shape: tuple[int, ...]
    templates: int
    layers: tuple[ConvLayer, ...]
    output: str = "linear"

    def __init__(
        self, input_shape: int | Sequence[int], templates: int, layers: Sequence[ConvLayer], output: str = "linear"
    ) -> None:
        shape = sizes_of("input_shape", input_shape)
        if prod(shape) > MOST_POSITIONS:
            raise InputError("input_shape", list(shape), f"of at most {MOST_POSITIONS} positions")

        if isinstance(layers, UNORDERED) or not isinstance(layers, Sequence):
            raise InputError("layers", layers, "a list of layers")
        for layer in layers:
            if not isinstance(layer, ConvLayer):
                raise InputError("layers", layer, "a ConvLayer")
        if not layers:
            raise InputError("layers", list(layers), "a list of at least one layer")

        set_fields(
            self,
            input_shape=shape,
            templates=as_integer("templates", templates, 1),
            layers=tuple(_on_axes(layer, len(shape)) for layer in layers),
            output=one_of("output", output, OUTPUTS),
        )

        # Every layer fits what the one before leaves, and the last leaves one position.
        for number, layer in enumerate(self.layers, 1):
            shape = _shape_after(shape, layer, number)
        if prod(shape) != 1:
            allowed = f"such that the last one leaves a single position: it leaves a grid of {joined(shape)}"
            raise InputError("layers", [layer.window for layer in self.layers], allowed)

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
        return tuple(layer_reads(shape, layer) for shape, layer in zip(self.shapes, self.layers, strict=False))

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
        >>> ConvACArchitecture(6, 2, [ConvLayer(2, 1, 2, "zero"), ConvLayer(6, 6, 2)]).vanishes
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
        """For each output position of layer `number` (from 0): whether its window leaves the grid.

        Parameters
        ----------
        number : int
            The layer.

        Returns
        -------
        numpy.ndarray of bool
            One entry an output position.
        """
        counts = np.bincount(self.reads[number].outputs, minlength=prod(self.shapes[number + 1]))
        return counts < self.layers[number].offsets

    @property
    def label(self) -> str:
        """Permanent name."""
        return circuit_label(self.input_shape, self.templates, (layer.label for layer in self.layers), self.output)

    def weight_shape(self, number: int) -> tuple[int, int, int, int]:
        """Shape (positions, offsets, channels out, channels in) of a layer's weights; shared axes have length 1.

        Parameters
        ----------
        number : int
            The layer, from 0.

        Returns
        -------
        (int, int, int, int)
        """
        layer = self.layers[number]
        places = prod(self.shapes[number + 1]) if layer.sharing == "none" else 1
        offsets = 1 if layer.sharing == "full" else layer.offsets
        return places, offsets, layer.channels, self.channels[number]

    def matrix_numbers(self, number: int) -> Integers:
        """For each factor that layer `number` reads: which of its matrices, positions and offsets run together.

        Parameters
        ----------
        number : int
            The layer, from 0.

        Returns
        -------
        numpy.ndarray of int64
            One entry a factor.

        Examples
        --------
        >>> net = ConvACArchitecture(4, 2, [ConvLayer(2, 2, 3, sharing="sliding"), ConvLayer(2, 2, 1)])
        >>> net.matrix_numbers(0).tolist(), net.matrix_numbers(1).tolist()
        ([0, 1, 0, 1], [0, 1])
        """
        reads = self.reads[number]
        places, offsets, _, _ = self.weight_shape(number)
        return reads.outputs * (offsets if places > 1 else 0) + reads.offsets * (1 if offsets > 1 else 0)

    @property
    def parameters(self) -> int:
        """Number of weights, those of a linear output among them."""
        weights = sum(prod(self.weight_shape(number)) for number in range(len(self.layers)))
        return weights + (self.layers[-1].channels if self.output == "linear" else 0)

    def _repr_html_(self) -> str:
        title = f"{type(self).__name__} on {joined(self.input_shape)}"
        layers, weights = counted(len(self.layers), "layer"), counted(self.parameters, "weight")
        return card(title, self.label, counted(self.templates, "template"), layers, weights) + self._drawn()

    def _drawn(self) -> str:
        """Draw the grid before the first layer and after each, with the first window of the next layer filled."""
        if len(self.layers) > MOST_DRAWN or max(self.input_shape) > LARGEST or len(self.input_shape) > 2:
            return ""
        windows = [*(layer.window for layer in self.layers), None]
        named = []
        for number, (shape, window, channels) in enumerate(zip(self.shapes, windows, self.channels, strict=True)):
            rows, columns = (1, *shape)[-2:]
            high, wide = (0, 0) if window is None else (1, *window)[-2:]
            grid = [[i < high and j < wide for j in range(columns)] for i in range(rows)]
            of = "templates" if number == 0 else "channels"
            named.append((f"{channels} {of}", grid))
        return grids(named)

    def to_json(self) -> dict[str, Any]:
        """Return the object that a file holds, without a partition.

        Returns
        -------
        dict
        """
        return {
            "input_shape": list(self.input_shape),
            "templates": self.templates,
            "layers": [layer.to_json() for layer in self.layers],
            "output": self.output,
        }

    @classmethod
    def from_json(cls, given: Any) -> Self:
        """Read the object that a file holds; ``output`` may be left out.

        Parameters
        ----------
        given : mapping
            The keys ``input_shape``, ``templates``, ``layers``, and perhaps ``output``.

        Returns
        -------
        ConvACArchitecture
            Of the class whose method it is.

        Raises
        ------
        InputError
            For unknown or missing keys, or bad values.

        Examples
        --------
        >>> layer = {"window": [4], "stride": [4], "channels": 2}
        >>> ConvACArchitecture.from_json({"input_shape": [4], "templates": 2, "layers": [layer]}).label
        'convac:4:M2:w4s4c2'
        """
        check_keys("architecture", given, ("input_shape", "templates", "layers"), ("output",))
        if not isinstance(given["layers"], list):
            raise InputError("layers", given["layers"], "a list of layers")
        axes = len(sizes_of("input_shape", given["input_shape"]))
        for layer in given["layers"]:
            for name in ("window", "stride") if isinstance(layer, dict) else ():
                if isinstance(layer.get(name), list) and len(layer[name]) != axes:
                    raise InputError(name, layer[name], _one_per_axis(axes))
        return cls(**{**given, "layers": [ConvLayer.from_json(layer) for layer in given["layers"]]})


def _shape_after(shape: tuple[int, ...], layer: ConvLayer, number: int) -> tuple[int, ...]:
    """Check that a layer fits the grid, and return the grid that it leaves."""
    for size, window in zip(shape, layer.window, strict=True):
        if window > size:
            raise InputError(
                f"window of layer {number}", list(layer.window), f"no larger than the grid {joined(shape)}"
            )
    if max(layer.stride) > MOST_POSITIONS:
        raise InputError(f"stride of layer {number}", list(layer.stride), f"at most {MOST_POSITIONS}")
    after = grid_after(shape, layer)
    if prod(after) * layer.offsets > MOST_FACTORS:
        allowed = f"so small that all windows together have at most {MOST_FACTORS} cells"
        raise InputError(f"window of layer {number}", list(layer.window), allowed)
    for size, count, window, stride in zip(shape, after, layer.window, layer.stride, strict=True):
        if stride > window and (count > 1 or window < size):
            allowed = f"at most the window {joined(layer.window)}, so that no cell is left uncovered"
            raise InputError(f"stride of layer {number}", list(layer.stride), allowed)
    return after


def _on_axes(layer: ConvLayer, axes: int) -> ConvLayer:
    """Give a layer whose sizes were single integers one size per axis."""
    sizes = {}
    for name in ("window", "stride"):
        value = getattr(layer, name)
        if len(value) == 1:
            value = value * axes
        if len(value) != axes:
            raise InputError(name, list(value), _one_per_axis(axes))
        sizes[name] = value
    return ConvLayer(sizes["window"], sizes["stride"], layer.channels, layer.border, layer.sharing)


def _one_per_axis(axes: int) -> str:
    return f"a list of {axes} positive integers, one per axis of the grid"
