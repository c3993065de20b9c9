"""Degree and height of the entries of the evaluated Jacobian: what an honest error probability needs.

As in `algebra.polynomial.height`: a trial draws integers below 2^(64 s) for weights, inputs, covectors and, for
softmax, exponentials, and a prime; a minor that is not the zero polynomial vanishes modulo that prime rarely.
Softmax and normalised weights are quotients; a layer's outputs are put over one common denominator D, the product of
the column sums of all layers so far, and their derivatives over a power of D. A row times that power is a polynomial.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from algebra.polynomial.height import WORD, EntrySize, log2_of, log2_primes, prime_bits

if TYPE_CHECKING:
    from tensors.attention.network import AttentionNetwork, Shape


@dataclass(frozen=True)
class Size:
    """Degree of a polynomial in the drawn numbers, and log2 of a bound for its value and that of all its majorants."""

    degree: int
    height: int

    def __mul__(self, other: Size) -> Size:
        return Size(self.degree + other.degree, self.height + other.height)

    def __pow__(self, exponent: int) -> Size:
        return Size(exponent * self.degree, exponent * self.height)

    def summed(self, terms: int) -> Size:
        """Return the size of a sum of so many such polynomials."""
        return Size(self.degree, self.height + terms.bit_length())


def _either(*sizes: Size) -> Size:
    return Size(max(s.degree for s in sizes), max(s.height for s in sizes))


def log2_trial_error(network: AttentionNetwork, rank: int, word_size: int) -> float:
    """Bound the probability that one trial sees less than a generic rank (over Q) of at least `rank`; log2 of it.

    Examples
    --------
    >>> from tensors.attention.network import AttentionNetwork
    >>> log2_trial_error(AttentionNetwork((2, 4, 2), (1, 3), 2), rank=45, word_size=1) < -40
    True
    """
    entry = entry_size(network, WORD * word_size)
    bits = prime_bits(word_size)
    height = rank * entry.log2_height + rank * rank.bit_length()
    vanishing = log2_of(rank * entry.degree) - WORD * word_size
    unlucky = log2_of(height // (bits - 1) + 1) - log2_primes(bits)
    # A trial is repeated when the sum of a column vanishes: that at most doubles the bound.
    return max(vanishing, unlucky) + 1 + (network.kind in ("softmax", "normalised"))


def entry_size(network: AttentionNetwork, bits: int) -> EntrySize:
    """Bound degree and height of the entries when every number drawn has at most so many bits."""
    polynomial = network.kind in ("lightning", "polynomial")
    entry = _polynomial(network, Size(1, bits)) if polynomial else _quotient(network, Size(1, bits))
    return EntrySize(entry.degree, entry.height)


def _scores(X: Size, number: Size, shape: Shape) -> Size:
    side = (X * number).summed(shape.before)
    return (side * side).summed(shape.head_size)


def _polynomial(network: AttentionNetwork, number: Size) -> Size:
    X = number
    for shape in network.shapes:
        weight = _scores(X, number, shape) ** network.score_power
        X = (X * number * weight).summed(shape.before * network.tokens * shape.heads + 1)
    output = (X * number).summed(network.widths[-1] * network.tokens)
    return Size(output.degree, output.height + output.degree.bit_length())


def _quotient(network: AttentionNetwork, number: Size) -> Size:
    """Sizes of X D, D and X' D^e, layer by layer, where X' is the derivative of X in a weight."""
    n = network.tokens
    X, D, slope, e = number, Size(0, 0), Size(0, 0), 0
    for shape in network.shapes:
        scores = _scores(X, number, shape)
        column = (number if network.kind == "softmax" else scores).summed(n)
        C = column ** (shape.heads * n)
        power = max(e + 1, 2)
        inner = _either(slope * X * number**2 * D ** (power - e - 1), X**2 * number * D ** (power - 2))
        scores_slope = inner.summed(3 * shape.before**2 * shape.head_size)
        weights_slope = (C**2 * scores_slope * D**2).summed(2 * n)
        new = power + 1
        terms = (
            X * C * (D * C) ** (new - 1),
            number * slope * C * D ** (new - e) * C ** (new - 1),
            number * X * weights_slope * C ** (new - 2),
        )
        count = shape.before * n * shape.heads + 1
        slope, e = _either(*terms).summed(3 * count), new
        X, D = (number * X * C).summed(count), D * C
    return (slope * number).summed(network.widths[-1] * n)
