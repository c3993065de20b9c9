"""The same network in other activations, equal on given points.

A step neuron is a limit of ReLU or hard-tanh neurons everywhere, but equal to one on finitely many points: its slope
only has to bridge the gap to the negative input nearest to 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from algebra.memorization.builder import ZERO
from algebra.memorization.data import exact_points
from algebra.memorization.evaluation import Values, trace
from algebra.memorization.layers import Activation, DenseLayer, Row
from algebra.memorization.network import RationalNetwork

ONE = Fraction(1)
Line = tuple[Fraction, Fraction]  # slope and offset


@dataclass(frozen=True)
class _Neuron:
    """What stands for a neuron with input p: lines before the first and the second activation, and after."""

    first: Line
    second: Line
    after: Line


def to_relu(network: RationalNetwork, points: Sequence[Sequence[Any]]) -> RationalNetwork:
    """Return a ReLU network of the same widths that agrees with `network` at the points.

    Each hidden layer becomes two, except those of ReLU neurons alone: ``STEP(p) = 1 - ReLU(1 - ReLU(p/delta + 1))``
    with delta at most the smallest ``|p|`` among the points with ``p < 0``, and
    ``hardtanh(p) = ReLU(2 - ReLU(1 - p)) - 1``.

    Parameters
    ----------
    network : RationalNetwork
    points : sequence of sequences
        Where the two agree, exactly.

    Returns
    -------
    Network

    Examples
    --------
    >>> step = DenseLayer(((ONE,),), (-ONE,), (Activation.STEP,))
    >>> stepped = RationalNetwork(1, (step, DenseLayer(((ONE,),), (ZERO,), (Activation.ID,))))
    >>> network = to_relu(stepped, [[0], ["3/4"], [1], [2]])
    >>> [int(y) for y in network.evaluate([[0], ["3/4"], [1], [2]])], network.widths
    ([0, 0, 1, 1], (1, 1, 1, 1))
    """
    layers: list[DenseLayer] = []
    outer: list[Line] = [(ONE, ZERO)] * network.inputs
    for layer, inputs, _ in trace(network.inputs, network.layers, exact_points(points)):
        if layer is network.layers[-1]:
            break
        if all(activation is Activation.RELU for activation in layer.activations):
            layers.append(_composed(layer, [(ONE, ZERO)] * layer.width, outer, Activation.RELU))
            outer = [(ONE, ZERO)] * layer.width
            continue
        neurons = [_as_relu(activation, value) for activation, value in zip(layer.activations, inputs, strict=True)]
        layers.append(_composed(layer, [neuron.first for neuron in neurons], outer, Activation.RELU))
        layers.append(_diagonal([neuron.second for neuron in neurons], Activation.RELU))
        outer = [neuron.after for neuron in neurons]
    return _closed(network, layers, outer)


def to_hardtanh(network: RationalNetwork, points: Sequence[Sequence[Any]]) -> RationalNetwork:
    """Return a hard-tanh network of the same widths and depth that agrees with `network` at the points.

    ``STEP(p) = (hardtanh(2p/delta + 1) + 1) / 2`` with delta as in `to_relu`; ``ID(p) = c hardtanh(p/c)`` and
    ``ReLU(p) = c (hardtanh(2p/c - 1) + 1) / 2`` with c at least the greatest ``|p|``.

    Parameters
    ----------
    network : RationalNetwork
    points : array_like
        Exact numbers, one row a point.

    Returns
    -------
    Network

    Examples
    --------
    >>> step = DenseLayer(((ONE,),), (-ONE,), (Activation.STEP,))
    >>> stepped = RationalNetwork(1, (step, DenseLayer(((ONE,),), (ZERO,), (Activation.ID,))))
    >>> network = to_hardtanh(stepped, [[0], ["3/4"], [1]])
    >>> [int(y) for y in network.evaluate([[0], ["3/4"], [1]])], network.widths
    ([0, 0, 1], (1, 1, 1))
    """
    layers: list[DenseLayer] = []
    outer: list[Line] = [(ONE, ZERO)] * network.inputs
    for layer, inputs, _ in trace(network.inputs, network.layers, exact_points(points)):
        if layer is network.layers[-1]:
            break
        pairs = [_as_hardtanh(activation, value) for activation, value in zip(layer.activations, inputs, strict=True)]
        layers.append(_composed(layer, [before for before, _ in pairs], outer, Activation.HARDTANH))
        outer = [after for _, after in pairs]
    return _closed(network, layers, outer)


def _as_relu(activation: Activation, inputs: Values) -> _Neuron:
    if activation is Activation.STEP:
        return _Neuron((1 / _gap(inputs), ONE), (-ONE, ONE), (-ONE, ONE))
    if activation is Activation.HARDTANH:
        return _Neuron((-ONE, ONE), (-ONE, Fraction(2)), (ONE, -ONE))
    shift = _size(inputs) if activation is Activation.ID else ZERO
    return _Neuron((ONE, shift), (ONE, ZERO), (ONE, -shift))


def _as_hardtanh(activation: Activation, inputs: Values) -> tuple[Line, Line]:
    half = ONE / 2
    if activation is Activation.STEP:
        return (2 / _gap(inputs), ONE), (half, half)
    if activation is Activation.HARDTANH:
        return (ONE, ZERO), (ONE, ZERO)
    size = _size(inputs)
    if activation is Activation.ID:
        return (1 / size, ZERO), (size, ZERO)
    return (2 / size, -ONE), (size / 2, size / 2)


def _gap(inputs: Values) -> Fraction:
    """Return a power of two that is at most every ``|p|`` with p < 0; 1 if there is none."""
    negative = inputs.numerators[inputs.numerators < 0]
    if not len(negative):
        return ONE
    least = Fraction(-int(negative.max()), inputs.denominator)
    if least >= 1:
        return Fraction(1 << (int(least).bit_length() - 1))
    return Fraction(1, 1 << (-(-least.denominator // least.numerator) - 1).bit_length())


def _size(inputs: Values) -> Fraction:
    """Return an integer of at least 1 and at least every ``|p|``."""
    most = max(int(inputs.numerators.max()), -int(inputs.numerators.min()))
    return Fraction(max(1, -(-most // inputs.denominator)))


def _composed(layer: DenseLayer, before: Sequence[Line], outer: Sequence[Line], activation: Activation) -> DenseLayer:
    """Return the layer after what stands for the neurons below, its inputs through lines of their own."""
    rows, biases = [], []
    for row, bias, (slope, offset) in zip(layer.weights, layer.biases, before, strict=True):
        inner, shift = _through(row, bias, outer)
        rows.append(tuple(slope * weight if weight else ZERO for weight in inner))
        biases.append(slope * shift + offset)
    return DenseLayer(tuple(rows), tuple(biases), (activation,) * layer.width)


def _through(row: Row, bias: Fraction, outer: Sequence[Line]) -> tuple[Row, Fraction]:
    weights = tuple(weight * slope if weight else ZERO for weight, (slope, _) in zip(row, outer, strict=True))
    return weights, bias + sum((w * offset for w, (_, offset) in zip(row, outer, strict=True) if w and offset), ZERO)


def _diagonal(lines: Sequence[Line], activation: Activation) -> DenseLayer:
    count = len(lines)
    rows = tuple(tuple(lines[i][0] if i == j else ZERO for j in range(count)) for i in range(count))
    return DenseLayer(rows, tuple(offset for _, offset in lines), (activation,) * count)


def _closed(network: RationalNetwork, layers: Sequence[DenseLayer], outer: Sequence[Line]) -> RationalNetwork:
    last = network.layers[-1]
    return RationalNetwork(network.inputs, (*layers, _composed(last, [(ONE, ZERO)] * last.width, outer, Activation.ID)))
