"""Convolutional networks of one channel, and their effective dimension."""

from __future__ import annotations

from itertools import product

from algebra import ConvolutionalNetwork
from proofs_check.claim import Verdict
from proofs_check.deciding.evidence import dimension, equals
from proofs_check.deciding.families import some


def convolutions(degrees: tuple[int, ...], count: int) -> tuple[ConvolutionalNetwork, ...]:
    """Return some one-dimensional convolutional networks of two to four layers, strides 1 to 3.

    Examples
    --------
    >>> len(convolutions((2,), 4))
    12
    """
    found: list[ConvolutionalNetwork] = []
    for layers in (2, 3, 4):
        sizes, strides = product(range(1, 5), repeat=layers), list(product((1, 2, 3), repeat=layers))
        every = product(sizes, strides, degrees)
        found += [ConvolutionalNetwork(k, s, degree=r) for k, s, r in some(every, count)]
    return tuple(found)


def effective(network: ConvolutionalNetwork, seed: int) -> Verdict:
    """Decide dim = k_1 + … + k_L - (L - 1)."""
    return equals(dimension(network, seed), sum(network.filters) - len(network.filters) + 1)
