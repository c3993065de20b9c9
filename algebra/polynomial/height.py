"""Degree and height of the Jacobian's entries: what an honest error probability needs.

A trial draws integers from [0, 2^(64 s)) for weights, points and covectors and a prime of b bits, all independent.
If the generic rank over Q is at least R, some R x R minor is a non-zero polynomial with integer coefficients in the
drawn numbers, of degree at most R times that of an entry. By Schwartz–Zippel it vanishes at the drawn integers with
probability at most R deg / 2^(64 s). If it does not, it is an integer of at most log2 H bits (Hadamard), and at most
log2 H / (b - 1) of the b-bit primes divide it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import lcm, log, log2
from typing import TYPE_CHECKING

from algebra.polynomial.activation import Activation, Power

if TYPE_CHECKING:
    from fractions import Fraction

    from algebra.polynomial.layout import Network

WORD = 64


@dataclass(frozen=True)
class EntrySize:
    """Degree of a Jacobian entry in the drawn numbers, and log2 of a bound for its value (both exact integers)."""

    degree: int
    log2_height: int


def log2_of(n: int) -> float:
    """Base-2 logarithm of an integer of any size.

    Examples
    --------
    >>> log2_of(2**5000)
    5000.0
    """
    shift = max(0, n.bit_length() - 53)
    return log2(n >> shift) + shift


def log2_trial_error(network: Network, rank: int, word_size: int) -> float:
    """Bound the probability that one trial sees less than a generic rank (over Q) of at least `rank`; log2 of it.

    Examples
    --------
    >>> from algebra.polynomial import PolynomialNetwork
    >>> log2_trial_error(PolynomialNetwork((2, 3, 2, 1), degree=2), rank=6, word_size=1) < -40
    True
    """
    entry = entry_size(network, WORD * word_size)
    vanishing = log2_of(rank * entry.degree) - WORD * word_size
    height = rank * entry.log2_height + rank * max(rank.bit_length(), 1)
    bits = prime_bits(word_size)
    unlucky = log2_of(height // (bits - 1) + 1) - log2_primes(bits)
    # A rational activation's trial is repeated when a denominator vanishes: that at most doubles the bound.
    return max(vanishing, unlucky) + 1 + (network.output_degree is None)


def prime_bits(word_size: int) -> int:
    """Bits of the random primes that go with integers of so many words; below 2^63 for one word."""
    return WORD * word_size - 2


def log2_primes(bits: int) -> float:
    """Base-2 logarithm of a lower bound for the number of primes of so many bits.

    pi(2x) - pi(x) > 3x / (5 log x) for x >= 20.5 (Rosser and Schoenfeld 1962, corollary 3), with x = 2^(bits - 1).
    """
    return bits - 1 + log2(0.6) - log2((bits - 1) * log(2))


def entry_size(network: Network, bits: int) -> EntrySize:
    """Bound degree and height of the entries when every number drawn has at most so many bits."""
    if all(isinstance(a, Power) or a.is_polynomial for a in network.activations):
        return _polynomial_entry(network, bits)
    return _rational_entry(network, bits)


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


def _rational_entry(network: Network, bits: int) -> EntrySize:
    """Every layer over one common denominator; then the quotient rule, cleared of the squared denominator."""
    widths = network.widths
    degree, height = 1, bits
    for layer, activation in enumerate(network.activations):
        m, top, _, bottom = _sums(activation)
        degree, height = degree + 1, height + bits + (widths[layer] + 1).bit_length()
        neurons = widths[layer + 1]
        degree, height = neurons * m * degree, neurons * (m * height + max(top, bottom))
    degree, height = degree + 2, height + 2 * bits + (widths[-2] + 1).bit_length() + widths[-1].bit_length()
    return EntrySize(2 * degree, 2 * height + degree.bit_length() + 1)
