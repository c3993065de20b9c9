"""Slow and plain: a network evaluated with Fractions, neuron by neuron."""

from __future__ import annotations

import random
from fractions import Fraction

from algebra.memorization import Activation, data_set

ACTIVATION = {
    Activation.STEP: lambda x: Fraction(int(x >= 0)),
    Activation.ID: lambda x: x,
    Activation.RELU: lambda x: max(x, Fraction(0)),
    Activation.HARDTANH: lambda x: max(Fraction(-1), min(Fraction(1), x)),
}


def plain(network, point):
    """The output at one point."""
    values = [Fraction(x) for x in point]
    for layer in network.layers:
        inputs = [
            sum((w * x for w, x in zip(row, values, strict=True)), bias)
            for row, bias in zip(layer.weights, layer.biases, strict=True)
        ]
        values = [ACTIVATION[a](x) for a, x in zip(layer.activations, inputs, strict=True)]
    return values[0]


def plain_parameters(network):
    """Every weight and every bias counted one by one."""
    return sum(len(layer.biases) + sum(map(len, layer.weights)) for layer in network.layers)


def random_data(seed, count, dimension, classes, most=10**4):
    """Distinct random integer points."""
    generator = random.Random(seed)
    points = set()
    while len(points) < count:
        points.add(tuple(generator.randint(-most, most) for _ in range(dimension)))
    return data_set(sorted(points), [generator.randrange(classes) for _ in range(count)], classes)
