"""How the parameters of a network sit in its layers: the one description that evaluation and Jacobians use.

Neurons of all layers are stacked. Activations: the inputs, the outputs of each hidden layer, then the constant 1.
Adjoints: the pre-activations of layers 1 … h. The derivative along a parameter is a sum over its *places* (i, j)
of adjoint i times activation j; a dense network has one place a parameter, a convolution has many.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from algebra.memory import check_fits
from algebra.polynomial.architecture import ConvolutionalArchitecture, Network, PolynomialArchitecture

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algebra.polynomial.activation import Activation

    Integers: TypeAlias = NDArray[np.intp]

PLACE_BYTES = 64
"""Three arrays of 8 bytes, and five that are there while they are made."""


@dataclass(frozen=True, eq=False)
class Layout:
    """Places of the parameters.

    Parameters
    ----------
    widths : tuple of int
        Neurons of each layer, inputs first; of a convolution only those that the output depends on.
    activations : tuple of Activation
        One for each hidden layer.
    parameters : int
        Number of parameters; they are numbered layer by layer, weights row by row, then biases.
    parameter, adjoint, activation : integer arrays of one length
        The places: place s says that `parameter[s]` multiplies stacked activation `activation[s]` into stacked
        pre-activation `adjoint[s]`.
    gauge : integer array
        One parameter for each scalable hidden neuron (or filter). At a general point, leaving them out of the
        Jacobian does not change its rank.
    inputs : integer array, optional
        The positions of the input that are read, where some are not: filters may jump over the others.
    """

    widths: tuple[int, ...]
    activations: tuple[Activation, ...]
    parameters: int
    parameter: Integers
    adjoint: Integers
    activation: Integers
    gauge: Integers
    inputs: NDArray[Any] | None = None

    @cached_property
    def is_shared(self) -> bool:
        """Whether some parameter has more than one place."""
        return self.parameter.size > self.parameters

    @cached_property
    def dense_layers(self) -> tuple[tuple[int, int, int], ...] | None:
        """Where W_l starts, where b_l starts, where it ends, if the parameters are those matrices; None if shared."""
        if self.is_shared:
            return None
        found, start = [], 0
        bias = self.parameters > sum(a * b for a, b in pairwise(self.widths))
        for before, after in pairwise(self.widths):
            middle = start + before * after
            found.append((start, middle, middle + (after if bias else 0)))
            start = found[-1][-1]
        return tuple(found)

    @cached_property
    def free_places(self) -> Integers:
        """Places of the parameters that remain when the gauge is fixed."""
        fixed = np.zeros(self.parameters, bool)
        fixed[self.gauge] = True
        return np.flatnonzero(~fixed[self.parameter])

    @cached_property
    def bands(self) -> tuple[tuple[Integers, Integers, Integers, Integers, Integers, Integers], ...]:
        """For each layer: weights' parameters, rows, columns; biases' parameters, rows (and their places' slice)."""
        found = []
        row = column = 0
        constant = sum(self.widths[:-1])
        for before, after in zip(self.widths, self.widths[1:], strict=False):
            here = (self.adjoint >= row) & (self.adjoint < row + after)
            weight = np.flatnonzero(here & (self.activation != constant))
            bias = np.flatnonzero(here & (self.activation == constant))
            found.append(
                (
                    self.parameter[weight],
                    self.adjoint[weight] - row,
                    self.activation[weight] - column,
                    self.parameter[bias],
                    self.adjoint[bias] - row,
                    bias,
                )
            )
            row, column = row + after, column + before
        return tuple(found)


@lru_cache(maxsize=64)
def layout(network: Network) -> Layout:
    """Return the layout of a network.

    Raises
    ------
    InputError
        If its places and neurons do not fit into this machine's memory. A network may have a small dimension and need
        the refusal all the same: that of widths (2, n, 2) is at most 6 for squares.
    """
    if isinstance(network, ConvolutionalArchitecture):
        return _convolutional(network)
    check_fits("network", network.label, PLACE_BYTES * (network.parameters + sum(network.widths)))
    return _dense(network)


def _dense(network: PolynomialArchitecture) -> Layout:
    widths = network.widths
    constant = sum(widths[:-1])
    adjoint, activation, gauge = [], [], []
    row = column = start = 0
    for layer, (before, after) in enumerate(pairwise(widths)):
        i, j = np.divmod(np.arange(before * after), before)
        adjoint.append(i + row)
        activation.append(j + column)
        if layer < len(network.activations) and network.activations[layer].homogeneous_degree is not None:
            gauge.append(start + before * np.arange(after))
        if network.biases:
            adjoint.append(row + np.arange(after))
            activation.append(np.full(after, constant))
        start += (before + network.biases) * after
        row, column = row + after, column + before
    return Layout(
        widths,
        network.activations,
        start,
        np.arange(start),
        np.concatenate(adjoint),
        np.concatenate(activation),
        np.concatenate(gauge) if gauge else np.empty(0, np.intp),
    )


def _convolutional(network: ConvolutionalArchitecture) -> Layout:
    inputs, places = _read(network)
    widths = [inputs.size, *(read.shape[1] for read in places)]
    check_fits("network", network.label, 8 * max(before * after for before, after in pairwise(widths)))
    parameter, adjoint, activation = [], [], []
    row = column = start = 0
    for before, read in zip(widths, places, strict=False):
        size, after = read.shape
        tap, position = np.divmod(np.arange(size * after), after)
        parameter.append(tap + start)
        adjoint.append(position + row)
        activation.append(read.ravel() + column)
        start += size
        row, column = row + after, column + before
    starts = np.cumsum((0, *network.filters[:-1]))
    return Layout(
        tuple(widths),
        network.activations,
        start,
        np.concatenate(parameter),
        np.concatenate(adjoint),
        np.concatenate(activation),
        starts[:-1].astype(np.intp),
        None if inputs.size == network.widths[0] else inputs,
    )


def _read(network: ConvolutionalArchitecture) -> tuple[NDArray[Any], list[Integers]]:
    """Follow what the output reads, from the last layer to the first.

    Returns
    -------
    inputs : integer array
        The positions of the input that are read, in their order; of Python integers where strides are very long.
    places : list of integer arrays, shape (filter size, positions of the layer that are read)
        For each layer and each of its taps: which of the positions read below it multiplies.
    """
    positions: NDArray[Any] = np.zeros(1, np.intp)
    places: list[Integers] = []
    layers = zip(network.widths, network.widths[1:], network.filters, network.strides, strict=False)
    for before, after, size, stride in reversed(list(layers)):
        check_fits("network", network.label, PLACE_BYTES * size * positions.size)
        taps = np.arange(size)[:, None]
        if positions.size == after and (after == 1 or stride <= size):  # all are read: nothing is to be sought
            places.append(taps + (np.arange(after) * stride if after > 1 else 0))
            positions = np.arange(before)
            continue
        if before > np.iinfo(np.int64).max:
            positions = positions.astype(object)
        positions, place = np.unique(taps + positions * stride, return_inverse=True)
        places.append(place.reshape(size, -1))
    return positions, places[::-1]
