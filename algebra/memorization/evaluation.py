"""Exact evaluation of a network at many points at once.

The values of one neuron at all points are integers over one common denominator: an int64 array as long as a bound
shows that nothing can overflow, an array of Python integers beyond. Zero weights cost nothing, and a step neuron
only touches the points where it fires.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

from algebra.errors import InputError
from algebra.exact.integers import integer_array
from algebra.memorization.data import SAFE, Point
from algebra.memorization.layers import Activation, DenseLayer, Row

LONG = 64  # bits of a denominator from which on it is worth a search for common factors


@dataclass(frozen=True)
class Values:
    """Rational values ``numerators / denominator`` of one neuron at all points; ``|numerators| <= bound``."""

    numerators: NDArray[Any]
    denominator: int
    bound: int
    binary: bool = False

    @property
    def small(self) -> bool:
        """Whether the numerators are machine integers."""
        return self.numerators.dtype != object

    def fractions(self) -> tuple[Fraction, ...]:
        """Return the values one by one."""
        return tuple(Fraction(int(x), self.denominator) for x in self.numerators)


def outputs(inputs: int, layers: Sequence[DenseLayer], points: Sequence[Point]) -> tuple[Fraction, ...]:
    """Return the scalar output at each point.

    Raises
    ------
    InputError
        If the number of coordinates is not that of the inputs, or the network has several outputs.
    """
    if layers[-1].width != 1:
        raise InputError("network", layers[-1].width, "one with a single output")
    ((_, _, values),) = deque(trace(inputs, layers, points), maxlen=1)
    return values[0].fractions()


def trace(
    inputs: int, layers: Sequence[DenseLayer], points: Sequence[Point]
) -> Iterator[tuple[DenseLayer, list[Values], list[Values]]]:
    """Yield each layer with what enters and what leaves its neurons at all points.

    Raises
    ------
    InputError
        If the number of coordinates is not that of the inputs.
    """
    if len(points[0]) != inputs:
        raise InputError("points", len(points[0]), f"of {inputs} coordinates, the network's inputs")
    values = [_common(column) for column in zip(*points, strict=True)]
    for layer in layers:
        sums = [_combined(row, bias, values) for row, bias in zip(layer.weights, layer.biases, strict=True)]
        values = [RULES[activation](value) for activation, value in zip(layer.activations, sums, strict=True)]
        yield layer, sums, values


def _common(column: Sequence[Fraction]) -> Values:
    denominator = lcm(*(x.denominator for x in column))
    numerators = [x.numerator * (denominator // x.denominator) for x in column]
    return Values(integer_array(numerators), denominator, max(map(abs, numerators)))


def _combined(row: Row, bias: Fraction, values: Sequence[Values]) -> Values:
    """Return an affine combination, its terms in order of size."""
    terms = [(weight, value) for weight, value in zip(row, values, strict=True) if weight and value.bound]
    denominator = lcm(bias.denominator, *(weight.denominator * value.denominator for weight, value in terms))
    scaled = [
        (weight.numerator * (denominator // (weight.denominator * value.denominator)), value) for weight, value in terms
    ]
    shift = bias.numerator * (denominator // bias.denominator)
    bound = abs(shift) + sum(abs(factor) * value.bound for factor, value in scaled)
    count = len(values[0].numerators)
    if bound < SAFE and all(value.small for _, value in scaled):
        return _small_sum(scaled, shift, denominator, count)
    return Values(_long_sum(scaled, shift, count), denominator, bound)


def _small_sum(scaled: Sequence[tuple[int, Values]], shift: int, denominator: int, count: int) -> Values:
    total = np.full(count, shift, dtype=np.int64)
    for factor, value in scaled:
        total += value.numerators if factor == 1 else factor * value.numerators
    return Values(total, denominator, max(int(total.max()), -int(total.min())))


def _long_sum(scaled: Sequence[tuple[int, Values]], shift: int, count: int) -> NDArray[Any]:
    first = next((k for k, (_, value) in enumerate(scaled) if not value.small), None)
    if first is None:
        total = np.full(count, shift, dtype=object)
    else:
        factor, value = scaled[first]
        total = value.numerators * factor if factor != 1 else value.numerators.copy()
        if shift:
            total += shift
    for k, (factor, value) in enumerate(scaled):
        if value.binary:
            total[value.numerators.astype(bool)] += factor
        elif k != first:
            total += value.numerators.astype(object) * factor
    return total


def _step(value: Values) -> Values:
    fired = (value.numerators >= 0).astype(np.int64)
    return Values(fired, 1, 1, binary=True)


def _relu(value: Values) -> Values:
    return _reduced(np.maximum(value.numerators, 0), value.denominator)


def _hardtanh(value: Values) -> Values:
    one = value.denominator
    if value.small and one >= SAFE:  # nothing is clipped
        return value
    return _reduced(np.minimum(np.maximum(value.numerators, -one), one), one)


def _identity(value: Values) -> Values:
    return _reduced(value.numerators, value.denominator) if _worth_reducing(value) else value


RULES: dict[Activation, Callable[[Values], Values]] = {
    Activation.STEP: _step,
    Activation.ID: _identity,
    Activation.RELU: _relu,
    Activation.HARDTANH: _hardtanh,
}


def _worth_reducing(value: Values) -> bool:
    return not value.small and value.bound < value.denominator << LONG and value.denominator.bit_length() > LONG


def _reduced(numerators: NDArray[Any], denominator: int) -> Values:
    """Divide out common factors, and return to machine integers where that is possible."""
    if denominator.bit_length() > LONG or numerators.dtype == object:
        common = denominator
        for numerator in numerators.tolist():
            common = gcd(common, numerator)
            if common == 1:
                break
        denominator //= common
        numerators = integer_array(numerators.astype(object) // common)
    return Values(numerators, denominator, max(int(numerators.max()), -int(numerators.min())))
