"""Degree and height of the Jacobian's entries, for `algebra.evidence.error`."""

from __future__ import annotations

from math import lcm
from typing import TYPE_CHECKING

from algebra.evidence.error import EntrySize
from algebra.polynomial.activation import Activation, Power

if TYPE_CHECKING:
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

    Examples
    --------
    >>> from algebra.polynomial import PolynomialNetwork
    >>> entry_size(PolynomialNetwork((2, 3, 1), degree=2), 64)
    EntrySize(degree=5, log2_height=327, poles=0)
    """
    if all(isinstance(a, Power) or a.is_polynomial for a in network.activations):
        return _polynomial_entry(network, bits)
    return _rational_entry(network, bits, samples)


def _sums(activation: Activation) -> tuple[int, int, int, int]:
    """Degree; log2 of the sums of |coefficients| of σ and σ' and of the denominator, cleared of denominators."""
    if isinstance(activation, Power):
        return activation.exponent, 0, activation.exponent.bit_length(), 0
    scale = lcm(*(c.denominator for c in (*activation.numerator, *activation.denominator)))

    def total(coefficients: tuple[Fraction, ...], derive: bool) -> int:
        found = sum(abs(c) * (i if derive else 1) for i, c in enumerate(coefficients)) * scale
        return max(int(found), 1).bit_length()

    degree = max(len(activation.numerator), len(activation.denominator)) - 1
    top, bottom = activation.numerator, activation.denominator
    return degree, total(top, False), total(top, True), total(bottom, False)


def _polynomial_entry(network: Network, bits: int) -> EntrySize:
    widths = network.widths
    degree, height = [1], [bits]  # of the activations
    slopes = []  # degree and height of the derivative of each activation
    for layer, activation in enumerate(network.activations):
        r, value, slope, _ = _sums(activation)
        z_degree = degree[-1] + 1
        z_height = height[-1] + bits + (widths[layer] + 1).bit_length()
        slopes.append(((r - 1) * z_degree, (r - 1) * z_height + slope))
        degree.append(r * z_degree)
        height.append(r * z_height + value)
    adjoint = (1, bits)
    best = (adjoint[0] + degree[-1], adjoint[1] + height[-1])
    for layer in range(len(slopes) - 1, -1, -1):
        d, s = slopes[layer]
        adjoint = (adjoint[0] + 1 + d, adjoint[1] + bits + widths[layer + 2].bit_length() + s)
        best = (max(best[0], adjoint[0] + degree[layer]), max(best[1], adjoint[1] + height[layer]))
    # A shared weight sums over at most widths[1] places.
    return EntrySize(best[0], best[1] + max(widths).bit_length())


def _rational_entry(network: Network, bits: int, samples: int) -> EntrySize:
    """Every layer over one common denominator; then the quotient rule, cleared of the squared denominator."""
    widths = network.widths
    degree, height = 1, bits
    for layer, activation in enumerate(network.activations):
        m, top, _, bottom = _sums(activation)
        degree, height = degree + 1, height + bits + (widths[layer] + 1).bit_length()
        neurons = widths[layer + 1]
        degree, height = neurons * m * degree, neurons * (m * height + max(top, bottom))
    degree, height = degree + 2, height + 2 * bits + (widths[-2] + 1).bit_length() + widths[-1].bit_length()
    poles = samples * sum(widths[1:-1]) * degree
    return EntrySize(2 * degree, 2 * height + degree.bit_length() + 1, poles)
