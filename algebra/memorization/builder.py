"""Putting layers together: named quantities are affine in the neurons of the last layer built so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from algebra.memorization.layers import Activation, DenseLayer, Row
from algebra.memorization.network import RationalNetwork

Number = int | Fraction
ZERO = Fraction(0)


@dataclass(frozen=True)
class Affine:
    """``constant + sum of coefficient * term``; the terms are names of quantities or numbers of neurons.

    Examples
    --------
    >>> Affine({"x": 2}, -1).terms
    {'x': 2}
    """

    terms: Mapping[str, Number] | Mapping[int, Number]
    constant: Number = 0


@dataclass
class Builder:
    """A network under construction.

    Parameters
    ----------
    inputs : int
    state : dict
        Each quantity as an affine form in the neurons of the last layer; at first, in the coordinates of a point.

    Examples
    --------
    >>> builder = Builder(1, {"x": Affine({0: 1})})
    >>> builder.layer([(Activation.STEP, Affine({"x": 1}, -2))], {"y": Affine({0: 3})})
    >>> network = builder.finish(Affine({"y": 1}, 1))
    >>> [int(y) for y in network.evaluate([[1], [2]])]
    [1, 4]
    """

    inputs: int
    state: dict[str, Affine]
    layers: list[DenseLayer] = field(default_factory=list)

    @property
    def width(self) -> int:
        """Number of neurons in the last layer."""
        return self.layers[-1].width if self.layers else self.inputs

    def layer(self, neurons: Sequence[tuple[Activation, Affine]], state: Mapping[str, Affine]) -> None:
        """Add a layer.

        Parameters
        ----------
        neurons : sequence
            Activations, and inputs as affine forms in the quantities so far.
        state : mapping
            The quantities from now on, as affine forms in the numbers of these neurons.
        """
        rows = [self._row(form) for _, form in neurons]
        weights, biases = tuple(row for row, _ in rows), tuple(bias for _, bias in rows)
        self.layers.append(DenseLayer(weights, biases, tuple(activation for activation, _ in neurons)))
        self.state = dict(state)

    def finish(self, output: Affine) -> RationalNetwork:
        """Return the network with this output, an affine form in the quantities."""
        row, bias = self._row(output)
        return RationalNetwork(self.inputs, (*self.layers, DenseLayer((row,), (bias,), (Activation.ID,))))

    def copy(self) -> Builder:
        """Return a builder that goes on from here without changing this one."""
        return Builder(self.inputs, dict(self.state), list(self.layers))

    def _row(self, form: Affine) -> tuple[Row, Fraction]:
        row: list[Fraction] = [ZERO] * self.width
        bias = Fraction(form.constant)
        for name, factor in form.terms.items():
            quantity = self.state[str(name)]
            bias += factor * quantity.constant
            for neuron, coefficient in quantity.terms.items():
                row[int(neuron)] += factor * coefficient
        return tuple(row), bias
