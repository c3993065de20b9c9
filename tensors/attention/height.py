"""Degree and height of the entries of the evaluated Jacobian, for `algebra.evidence.error`.

They are polynomials in the drawn weights, inputs, covectors and, for softmax, exponentials. Softmax and normalised
weights are quotients; a layer's outputs are put over one common denominator D, the product of the column sums of all
layers so far, and their derivatives over a power of D. A row times that power is a polynomial.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from algebra.evidence.error import EntrySize

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


def entry_size(network: AttentionNetwork, bits: int, samples: int = 1) -> EntrySize:
    """Bound degree and height of the entries when every number drawn has at most so many bits.

    Parameters
    ----------
    network : AttentionNetwork
    bits : int
    samples : int
        Rows of the Jacobian: every one meets the column sums of all layers.

    Examples
    --------
    >>> from tensors.attention.network import AttentionNetwork
    >>> entry_size(AttentionNetwork((2, 2), 1), 64)
    EntrySize(degree=7, log2_height=462, poles=0)
    """
    number = Size(1, bits)
    if network.kind in ("lightning", "polynomial"):
        entry = _polynomial(network, number)
        return EntrySize(entry.degree, entry.height)
    entry, sums = _quotient(network, number)
    return EntrySize(entry.degree, entry.height, samples * sums.degree)


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


def _quotient(network: AttentionNetwork, number: Size) -> tuple[Size, Size]:
    """Sizes of X' D^e and of D, after sizes of X D, D and X' D^e layer by layer; X' is the derivative in a weight."""
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
    return (slope * number).summed(network.widths[-1] * n), D
