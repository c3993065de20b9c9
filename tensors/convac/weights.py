"""Weights of a circuit, drawn or given, and the arithmetic they are used in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import prod
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from algebra.errors import InputError
from algebra.exact.given import plain_array
from algebra.exact.pickling import frozen_equal, frozen_hash
from algebra.rank.field import PrimeField
from algebra.shown import Shown

if TYPE_CHECKING:
    from algebra.types import Array
    from tensors.convac.architecture import ConvACArchitecture


STREAM = "weights"


class Arithmetic(Protocol):
    """What evaluation needs of a ring of numbers, on arrays; `PrimeField` is one."""

    def multiply(self, a: Array, b: Array) -> Array:
        """Matrix product, of stacks too."""
        ...

    def times(self, a: Array, b: Array) -> Array:
        """Elementwise product."""
        ...

    def ones(self, shape: tuple[int, ...]) -> Array:
        """Ones."""
        ...


@dataclass(frozen=True)
class PlainNumbers:
    """Numbers as numpy multiplies them: Python integers and fractions in object arrays, or floats."""

    dtype: Any = object

    def multiply(self, a: Array, b: Array) -> Array:
        """Matrix product."""
        return np.asarray(a @ b)

    def times(self, a: Array, b: Array) -> Array:
        """Elementwise product."""
        return np.asarray(a * b)

    def ones(self, shape: tuple[int, ...]) -> Array:
        """Ones."""
        return np.ones(shape, dtype=self.dtype)


@dataclass(frozen=True)
class CircuitWeights(Shown):
    """The weights of one circuit.

    Parameters
    ----------
    architecture : ConvACArchitecture
    arithmetic : Arithmetic
        The ring that they belong to.
    layers : tuple of ndarray
        One array per layer, of shape `ConvACArchitecture.weight_shape`: positions, offsets, channels out, channels in.
    output : ndarray, shape (last channels,)
        The final mixing; of ``single`` circuits the first unit vector.
    key : str, optional
        Where they were drawn from.
    """

    __eq__ = frozen_equal
    __hash__ = frozen_hash

    architecture: ConvACArchitecture
    arithmetic: Arithmetic
    layers: tuple[Array, ...]
    output: Array
    key: str | None = None

    @classmethod
    def drawn(cls, architecture: ConvACArchitecture, key: str, prime: int, word_size: int = 1) -> CircuitWeights:
        """Draw weights modulo a prime from the generator of the certificates.

        They are numbered layer by layer, each in the order of its array, and those of a linear output come last.

        Parameters
        ----------
        architecture : ConvACArchitecture
        key : str
            Of the generator.
        prime : int
        word_size : int
            64-bit words in each number before it is reduced.

        Returns
        -------
        CircuitWeights

        Examples
        --------
        >>> from tensors.convac import ConvAC, Layer
        >>> [w.shape for w in CircuitWeights.drawn(ConvAC(4, 2, [Layer(4, 4, 3)]), "key", 8388593).layers]
        [(1, 4, 3, 2)]
        """
        field = PrimeField(prime)
        numbers = field.draw(key, STREAM, (architecture.parameters,), word_size)
        shapes = [architecture.weight_shape(number) for number in range(len(architecture.layers))]
        ends = list(accumulate((prod(shape) for shape in shapes), initial=0))
        layers = [numbers[start:end].reshape(shape) for (start, end), shape in zip(pairwise(ends), shapes, strict=True)]
        if architecture.output == "linear":
            output = numbers[ends[-1] :]
        else:
            output = field.zeros((architecture.layers[-1].channels,))
            output[0] = field.number(1)
        return cls(architecture, field, tuple(layers), output, key)

    @classmethod
    def given(cls, architecture: ConvACArchitecture, layers: Sequence[Any], output: Any = None) -> CircuitWeights:
        """Take explicit weights: integers or fractions (kept exact), or floats.

        Parameters
        ----------
        architecture : ConvACArchitecture
        layers : sequence of array_like
            One per layer, of shape `ConvACArchitecture.weight_shape`.
        output : array_like, optional
            The final mixing of a linear output; default: ones.

        Returns
        -------
        CircuitWeights

        Raises
        ------
        InputError
            If a shape does not fit.
        """
        if len(layers) != len(architecture.layers):
            raise InputError("layers", f"{len(layers)} arrays of weights", f"{len(architecture.layers)}, one per layer")
        arrays = [plain_array(f"weights of layer {number}", layer) for number, layer in enumerate(layers, start=1)]
        for number, array in enumerate(arrays):
            _check_shape(f"weights of layer {number + 1}", array, architecture.weight_shape(number))
        last = architecture.layers[-1].channels
        if output is not None and architecture.output == "single":
            raise InputError("output", output, "left out: this circuit's output is 'single'")
        if output is None:
            output = [1] * last if architecture.output == "linear" else [1] + [0] * (last - 1)
        mixing = plain_array("output", output)
        _check_shape("output", mixing, (last,))
        dtype = np.float64 if any(a.dtype.kind == "f" for a in (*arrays, mixing)) else object
        converted = tuple(a.astype(dtype) for a in arrays)
        return cls(architecture, PlainNumbers(dtype), converted, mixing.astype(dtype))

    def modulo(self, prime: int) -> CircuitWeights:
        """Reduce exact integer weights modulo a prime.

        Parameters
        ----------
        prime : int

        Returns
        -------
        CircuitWeights
        """
        field = PrimeField(prime)
        residues = tuple(field.residues(layer) for layer in self.layers)
        return CircuitWeights(self.architecture, field, residues, field.residues(self.output), self.key)


Weights = CircuitWeights  # its earlier name


def _check_shape(name: str, array: Array, shape: tuple[int, ...]) -> None:
    if array.shape != shape:
        raise InputError(name, f"an array of shape {array.shape}", f"of shape {shape}")
