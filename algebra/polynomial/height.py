"""Degree and height of the Jacobian's entries, for `algebra.evidence.error`."""

from __future__ import annotations

from dataclasses import dataclass
from math import lcm
from typing import TYPE_CHECKING

from algebra.evidence.error import EntrySize
from algebra.polynomial.activation import Activation, Power

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from algebra.polynomial.architecture import Network


def entry_size(network: Network, bits: int, samples: int = 1) -> EntrySize:
    """Bound degree and height of the entries when every number drawn has at most so many bits.

    Parameters
    ----------
    network : PolynomialNetwork or ConvolutionalNetwork
    bits : int
    samples : int
        Rows of the Jacobian: every one meets the denominators of all neurons.

    Returns
    -------
    EntrySize

    Examples
    --------
    >>> from algebra.polynomial import PolynomialNetwork
    >>> entry_size(PolynomialNetwork((2, 3, 1), degree=2), 64)
    EntrySize(degree=5, log2_height=327, poles=0)
    """
    if all(isinstance(a, Power) or a.is_polynomial for a in network.activations):
        return _polynomial_entry(network, bits)
    return _rational_entry(network, bits, samples)


@dataclass(frozen=True)
class _Size:
    """Degree of a polynomial, and log2 of the sum of its |coefficients|."""

    degree: int
    height: int


@dataclass(frozen=True)
class _Sums:
    """Degree of an activation; log2 of the sums of |coefficients|, cleared of denominators.

    They are those of the activation, of its derivative, and of the denominator.
    """

    degree: int
    value: int
    slope: int
    bottom: int


def _sums(activation: Activation) -> _Sums:
    if isinstance(activation, Power):
        return _Sums(activation.exponent, 0, activation.exponent.bit_length(), 0)
    top, bottom = activation.numerator, activation.denominator
    scale = lcm(*(c.denominator for c in (*top, *bottom)))

    def bits_of(coefficients: Sequence[Fraction]) -> int:
        total = sum(map(abs, coefficients)) * scale
        return max(int(total), 1).bit_length()

    slope = [i * c for i, c in enumerate(top)]
    degree = max(len(top), len(bottom)) - 1
    return _Sums(degree, bits_of(top), bits_of(slope), bits_of(bottom))


def _polynomial_entry(network: Network, bits: int) -> EntrySize:
    widths = network.widths

    # Upwards: the activations of each layer, and the derivative of each activation function.
    values = [_Size(1, bits)]
    slopes: list[_Size] = []
    for layer, activation in enumerate(network.activations):
        sums = _sums(activation)
        r, below = sums.degree, values[-1]
        z = _Size(below.degree + 1, below.height + bits + (widths[layer] + 1).bit_length())
        slopes.append(_Size((r - 1) * z.degree, (r - 1) * z.height + sums.slope))
        values.append(_Size(r * z.degree, r * z.height + sums.value))

    # Downwards: the derivative of the output in the activations of a layer, times those of the layer before.
    adjoint = _Size(1, bits)
    degree = adjoint.degree + values[-1].degree
    height = adjoint.height + values[-1].height
    for layer in reversed(range(len(slopes))):
        slope, below = slopes[layer], values[layer]
        neurons = widths[layer + 2].bit_length()
        adjoint = _Size(adjoint.degree + 1 + slope.degree, adjoint.height + bits + neurons + slope.height)
        degree = max(degree, adjoint.degree + below.degree)
        height = max(height, adjoint.height + below.height)

    # A shared weight sums over at most widths[1] places.
    return EntrySize(degree, height + max(widths).bit_length())


def _rational_entry(network: Network, bits: int, samples: int) -> EntrySize:
    """Every layer over one common denominator; then the quotient rule, cleared of the squared denominator."""
    widths = network.widths
    degree, height = 1, bits
    for layer, activation in enumerate(network.activations):
        # The pre-activations.
        degree += 1
        height += bits + (widths[layer] + 1).bit_length()

        # All activations of the layer over the product of their denominators.
        sums, neurons = _sums(activation), widths[layer + 1]
        degree *= neurons * sums.degree
        height = neurons * (sums.degree * height + max(sums.value, sums.bottom))

    # The last layer, whose derivatives add one more factor.
    degree += 2
    height += 2 * bits + (widths[-2] + 1).bit_length() + widths[-1].bit_length()
    poles = samples * sum(widths[1:-1]) * degree
    return EntrySize(2 * degree, 2 * height + degree.bit_length() + 1, poles)
