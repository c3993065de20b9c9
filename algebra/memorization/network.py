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
from fractions import Fraction
from functools import cached_property
from typing import Any

from algebra.errors import InputError, as_integer
from algebra.exact.numbers import bit_length
from algebra.memorization.data import exact_points
from algebra.memorization.evaluation import outputs
from algebra.memorization.layers import (
    Activation,
    DenseLayer,
    check_layer,
    dense_parameters,
    layer_from_dict,
    layer_to_dict,
)
from algebra.shown import Shown


@dataclass(frozen=True)
class RationalNetwork(Shown):
    """A network with rational weights, evaluated exactly.

    Parameters
    ----------
    inputs : int
        Number of coordinates of a point.
    layers : tuple of DenseLayer
        The hidden layers, then the output layer, which has no activation but the identity.

    Raises
    ------
    InputError
        If the shapes do not chain; it says at which layer.

    Examples
    --------
    >>> half, one = Fraction(1, 2), Fraction(1)
    >>> step = DenseLayer(((one,),), (-half,), (Activation.STEP,))
    >>> network = RationalNetwork(1, (step, DenseLayer(((one,),), (one,), (Activation.ID,))))
    >>> network.evaluate([[0], ["1/2"], [3]])
    (Fraction(1, 1), Fraction(2, 1), Fraction(2, 1))
    >>> network.parameters, network.hidden_layers, network.width
    (4, 1, 1)
    """

    inputs: int
    layers: tuple[DenseLayer, ...]

    def __post_init__(self) -> None:
        as_integer("inputs", self.inputs, least=1)
        if not self.layers:
            raise InputError("layers", [], "at least the output layer")
        width = self.inputs
        for number, layer in enumerate(self.layers, start=1):
            check_layer(number, layer, width)
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

        Returns
        -------
        tuple of Fraction
            One for each point.

        Raises
        ------
        InputError
            If a point has another number of coordinates, a coordinate is not exact, or there are several outputs.
        """
        return outputs(self.inputs, self.layers, exact_points(points))

    def to_dict(self) -> dict[str, Any]:
        """Return the object of the file format.

        Returns
        -------
        dict
            The keys ``inputs`` and ``layers``.
        """
        return {"inputs": self.inputs, "layers": [layer_to_dict(layer) for layer in self.layers]}

    @classmethod
    def from_dict(cls, given: Any) -> RationalNetwork:
        """Read the object of the file format.

        Parameters
        ----------
        given : dict
            The keys ``inputs`` and ``layers``, as `to_dict` writes them.

        Returns
        -------
        RationalNetwork

        Raises
        ------
        InputError
            Naming the layer and what is wrong with it.
        """
        if not isinstance(given, dict) or "layers" not in given:
            allowed = "an object with inputs and a list of layers, as `rankcert memorize build --output` writes it"
            raise InputError("network", given, allowed)
        if not isinstance(given["layers"], list):
            raise InputError("layers", given["layers"], "a list of layers")
        inputs = as_integer("inputs", given.get("inputs"), least=1)
        return cls(
            inputs, tuple(layer_from_dict(number, layer) for number, layer in enumerate(given["layers"], start=1))
        )


Network = RationalNetwork  # its earlier name
