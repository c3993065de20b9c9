"""Feed-forward networks with rational weights: dense layers, one activation per neuron, an affine output.

The file format is one JSON object; every number is an exact string::

    {"inputs": 1,
     "layers": [{"weights": [["1"], ["2/3"]], "biases": ["0", "-1/2"], "activations": ["id", "step"]},
                {"weights": [["1", "-1"]], "biases": ["0"], "activations": ["id"]}]}

`weights` holds one row a neuron. The neurons of the last layer are outputs and all ``"id"``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Any

from algebra.errors import InputError, as_integer
from algebra.exact.numbers import bit_length, long_number, number_text

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
class Layer:
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


@dataclass(frozen=True)
class Network:
    """A network with rational weights, evaluated exactly.

    Parameters
    ----------
    inputs : int
        Number of coordinates of a point.
    layers : tuple of Layer
        The hidden layers, then the output layer, which has no activation but the identity.

    Raises
    ------
    InputError
        If the shapes do not chain; it says at which layer.

    Examples
    --------
    >>> half, one = Fraction(1, 2), Fraction(1)
    >>> step = Layer(((one,),), (-half,), (Activation.STEP,))
    >>> network = Network(1, (step, Layer(((one,),), (one,), (Activation.ID,))))
    >>> network.evaluate([[0], ["1/2"], [3]])
    (Fraction(1, 1), Fraction(2, 1), Fraction(2, 1))
    >>> network.parameters, network.hidden_layers, network.width
    (4, 1, 1)
    """

    inputs: int
    layers: tuple[Layer, ...]

    def __post_init__(self) -> None:
        as_integer("inputs", self.inputs, least=1)
        if not self.layers:
            raise InputError("layers", [], "at least the output layer")
        width = self.inputs
        for number, layer in enumerate(self.layers, start=1):
            _check_layer(number, layer, width)
            width = layer.width
        if any(activation is not Activation.ID for activation in self.layers[-1].activations):
            allowed = "'id' at every output: the last layer is affine"
            raise InputError("activations", [a.value for a in self.layers[-1].activations], allowed)

    @property
    def widths(self) -> tuple[int, ...]:
        """Widths from the inputs to the outputs."""
        return (self.inputs, *(layer.width for layer in self.layers))

    @property
    def hidden_layers(self) -> int:
        """Number of layers but the output's."""
        return len(self.layers) - 1

    @property
    def width(self) -> int:
        """Width of the widest hidden layer; 0 if there is none."""
        return max(self.widths[1:-1], default=0)

    @property
    def parameters(self) -> int:
        """Dense count: ``(fan_in + 1) * fan_out`` of every layer, zero weights included."""
        return dense_parameters(self.widths)

    @cached_property
    def bits(self) -> tuple[int, int]:
        """Bits of the longest weight, and of all weights together (numerators and denominators)."""
        found = [
            bit_length(weight) for layer in self.layers for row in (*layer.weights, layer.biases) for weight in row
        ]
        return max(found), sum(found)

    def evaluate(self, points: Sequence[Sequence[Any]]) -> tuple[Fraction, ...]:
        """Return the scalar output at each point, exactly.

        Parameters
        ----------
        points : sequence of sequences
            Integers, Fractions or strings "p/q".

        Raises
        ------
        InputError
            If a point has another number of coordinates, a coordinate is not exact, or there are several outputs.
        """
        from algebra.memorization.data import exact_points
        from algebra.memorization.evaluation import outputs

        return outputs(self, exact_points(points))

    def to_dict(self) -> dict[str, Any]:
        """Return the object of the file format."""
        return {"inputs": self.inputs, "layers": [_layer_fields(layer) for layer in self.layers]}

    @classmethod
    def from_dict(cls, given: Any) -> Network:
        """Read the object of the file format.

        Raises
        ------
        InputError
            Naming the layer and what is wrong with it.
        """
        if not isinstance(given, dict) or not isinstance(given.get("layers"), list):
            raise InputError("layers", given, "a network: an object with inputs and a list of layers")
        inputs = as_integer("inputs", given.get("inputs"), least=1)
        return cls(inputs, tuple(_layer_of(number, layer) for number, layer in enumerate(given["layers"], start=1)))


def dense_parameters(widths: Sequence[int]) -> int:
    """Return the dense number of weights and biases of a network with these widths.

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


def _check_layer(number: int, layer: Layer, fan_in: int) -> None:
    where = f"layer {number}"
    if not layer.weights:
        raise InputError(where, [], "of at least one neuron")
    for row in layer.weights:
        if len(row) != fan_in:
            raise InputError(f"{where} weights", len(row), f"{fan_in} numbers in each row, as many as there are inputs")
    for name, given in (("biases", layer.biases), ("activations", layer.activations)):
        if len(given) != layer.width:
            raise InputError(f"{where} {name}", len(given), f"{layer.width} of them, one a neuron")


def _layer_fields(layer: Layer) -> dict[str, Any]:
    return {
        "weights": [[number_text(weight) for weight in row] for row in layer.weights],
        "biases": [number_text(bias) for bias in layer.biases],
        "activations": [activation.value for activation in layer.activations],
    }


def _layer_of(number: int, given: Any) -> Layer:
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
    return Layer(weights, biases, tuple(_activation(where, name) for name in given["activations"]))


def _activation(where: str, name: Any) -> Activation:
    try:
        return Activation(name.lower() if isinstance(name, str) else name)
    except ValueError:
        raise InputError(f"{where} activation", name, f"one of {', '.join(a.value for a in Activation)}") from None
