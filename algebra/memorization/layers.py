"""Layers of a network with rational weights: the data, their JSON form, and how many parameters widths make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from itertools import pairwise
from typing import Any

from algebra.errors import InputError
from algebra.exact.numbers import long_number, number_text
from algebra.shown import Shown

Row = tuple[Fraction, ...]


class Activation(Enum):
    """What a neuron does to its input.

    ``STEP(x) = 1[x >= 0]``, ``ID(x) = x``, ``RELU(x) = max(0, x)``, ``HARDTANH(x) = max(-1, min(1, x))``.
    """

    STEP = "step"
    ID = "id"
    RELU = "relu"
    HARDTANH = "hardtanh"


@dataclass(frozen=True)
class DenseLayer(Shown):
    """One dense layer.

    Parameters
    ----------
    weights : tuple of tuple of Fraction
        One row a neuron.
    biases : tuple of Fraction
    activations : tuple of Activation
    """

    weights: tuple[Row, ...]
    biases: Row
    activations: tuple[Activation, ...]

    @property
    def width(self) -> int:
        """Number of neurons."""
        return len(self.weights)


Layer = DenseLayer  # its earlier name


def dense_parameters(widths: Sequence[int]) -> int:
    """Return the dense number of weights and biases of a network with these widths.

    Parameters
    ----------
    widths : sequence of int
        From the input to the output.

    Returns
    -------
    int

    Examples
    --------
    >>> dense_parameters((2, 3, 3, 1))
    25
    """
    return sum((below + 1) * above for below, above in pairwise(widths))


def dense_of_runs(shape: Sequence[tuple[int, int]]) -> int:
    """Return the dense count for widths given as ``(width, how many layers)``.

    Examples
    --------
    >>> dense_of_runs([(2, 1), (3, 2), (1, 1)])
    25
    """
    total, below = 0, None
    for width, count in shape:
        if count == 0:
            continue
        if below is not None:
            total += (below + 1) * width + (count - 1) * (width + 1) * width
        below = width
    return total


def check_layer(number: int, layer: DenseLayer, fan_in: int) -> None:
    """Refuse a layer whose shapes do not fit each other, or what is below.

    Raises
    ------
    InputError
        Naming the layer, and what does not fit.
    """
    where = f"layer {number}"
    if not layer.weights:
        raise InputError(where, [], "of at least one neuron")
    for row in layer.weights:
        if len(row) != fan_in:
            raise InputError(f"{where} weights", len(row), f"{fan_in} numbers in each row, as many as there are inputs")
    for name, given in (("biases", layer.biases), ("activations", layer.activations)):
        if len(given) != layer.width:
            raise InputError(f"{where} {name}", len(given), f"{layer.width} of them, one a neuron")


def layer_to_dict(layer: DenseLayer) -> dict[str, Any]:
    """Return the object of the file format."""
    return {
        "weights": [[number_text(weight) for weight in row] for row in layer.weights],
        "biases": [number_text(bias) for bias in layer.biases],
        "activations": [activation.value for activation in layer.activations],
    }


def layer_from_dict(number: int, given: Any) -> DenseLayer:
    """Read the object of the file format, naming the layer in what is refused.

    Raises
    ------
    InputError
        If it is no object, or weights, biases or activations are no lists.
    """
    where = f"layer {number}"
    if not isinstance(given, dict):
        raise InputError(where, given, "an object with weights, biases and activations")
    for key in ("weights", "biases", "activations"):
        if not isinstance(given.get(key), list):
            raise InputError(f"{where} {key}", given.get(key), "a list")
    rows = given["weights"]
    if not all(isinstance(row, list) for row in rows):
        raise InputError(f"{where} weights", rows, "a list of rows, one a neuron")
    weights = tuple(tuple(long_number(f"{where} weight", weight) for weight in row) for row in rows)
    biases = tuple(long_number(f"{where} bias", bias) for bias in given["biases"])
    return DenseLayer(weights, biases, tuple(_activation(where, name) for name in given["activations"]))


def _activation(where: str, name: Any) -> Activation:
    try:
        return Activation(name.lower() if isinstance(name, str) else name)
    except ValueError:
        known = [activation.value for activation in Activation]
        raise InputError(f"{where} activation", name, f"one of {', '.join(known)}", known) from None
