"""Degree and height of the entries of the evaluated Jacobian, for `algebra.evidence.error`.

They are polynomials in the drawn weights, inputs, covectors and, for softmax, exponentials. Softmax and normalised
weights are quotients; a layer's outputs are put over one common denominator D, the product of the column sums of all
layers so far, and their derivatives over a power of D. A row times that power is a polynomial.
"""

from __future__ import annotations

from dataclasses import dataclass

from algebra.evidence.error import EntrySize
from tensors.attention.functions.architecture import AttentionArchitecture, Shape


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


def entry_size(network: AttentionArchitecture, bits: int, samples: int = 1) -> EntrySize:
    """Bound degree and height of the entries when every number drawn has at most so many bits.

    Parameters
    ----------
    network : AttentionArchitecture
    bits : int
    samples : int
        Rows of the Jacobian: every one meets the column sums of all layers.

    Returns
    -------
    EntrySize

    Examples
    --------
    >>> entry_size(AttentionArchitecture((2, 2), 1), 64)
    EntrySize(degree=7, log2_height=462, poles=0)
    """
    number = Size(1, bits)
    if network.is_polynomial:
        entry = _polynomial(network, number)
        return EntrySize(entry.degree, entry.height)
    entry, sums = _quotient(network, number)
    return EntrySize(entry.degree, entry.height, samples * sums.degree)


def _scores(X: Size, number: Size, shape: Shape) -> Size:
    side = (X * number).summed(shape.before)
    return (side * side).summed(shape.head_size)


def _polynomial(network: AttentionArchitecture, number: Size) -> Size:
    X = number
    for shape in network.shapes:
        weight = _scores(X, number, shape) ** network.score_power
        X = (X * number * weight).summed(shape.before * network.tokens * shape.heads + 1)
    output = (X * number).summed(network.widths[-1] * network.tokens)
    return Size(output.degree, output.height + output.degree.bit_length())


def _quotient(network: AttentionArchitecture, number: Size) -> tuple[Size, Size]:
    """Return the size of an entry times the power of D that makes it a polynomial, and the size of D.

    For the tokens that enter a layer, three sizes are followed: that of D, the product of the column sums of all
    layers before; X, that of a coordinate of a token times D; slope, that of its derivative X' in any weight times D^e.
    """
    n = network.tokens
    X, D, slope, e = number, Size(0, 0), Size(0, 0), 0
    for shape in network.shapes:
        # One column sum: of n exponentials, each a number that is drawn, or of n scores times D^2, which cancels in
        # the quotient. C is the product of the sums of all heads and queries.
        column = (number if network.kind == "softmax" else _scores(X, number, shape)).summed(n)
        C = column ** (shape.heads * n)

        # s' D^power for a score s = (K X)^T (Q X): the derivative of X in one factor, or that of K or Q.
        power = max(e + 1, 2)
        by_token = slope * X * number**2 * D ** (power - e - 1)
        by_weight = X**2 * number * D ** (power - 2)
        score_slope = _either(by_token, by_weight).summed(3 * shape.before**2 * shape.head_size)

        # P' C^2 D^power for an attention weight P: P' = P (s' - sum P s') for softmax, and for normalised scores
        # (s' S - s S') / S^2 with S the column sum; there s and S are known times D^2.
        weight_slope = (C**2 * score_slope * D**2).summed(2 * n)

        # X' D^e after the layer, where D C takes the place of D: the terms of V X P with the derivative of V, of X
        # and of P in turn; with residual connections also X' itself.
        after = power + 1
        terms = (
            X * C * (D * C) ** (after - 1),
            number * slope * C * D ** (after - e) * C ** (after - 1),
            number * X * weight_slope * C ** (after - 2),
        )
        count = shape.before * n * shape.heads + 1
        slope, e = _either(*terms).summed(3 * count), after

        # X D after the layer: a sum of V (X D) (P C).
        X, D = (number * X * C).summed(count), D * C

    # A row pairs the outputs of all tokens with a covector.
    return (slope * number).summed(network.widths[-1] * n), D
