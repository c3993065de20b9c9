"""Degree and height of a circuit's values: what an honest error probability needs.

As for polynomial networks (`algebra.polynomial.height`): a trial draws weights and input vectors as integers from
[0, 2^(64 s)) and a prime of b bits, all independent. If the generic rank over Q is at least R, some R x R minor of the
matrix of values is a non-zero polynomial with integer coefficients in the drawn numbers. It vanishes at them with
probability at most R deg / 2^(64 s) (Schwartz and Zippel); if it does not, it is an integer of at most log2 H bits
(Hadamard), and at most log2 H / (b - 1) of the b-bit primes divide it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from algebra.polynomial.height import WORD, log2_of, log2_primes, prime_bits

if TYPE_CHECKING:
    from tensors.convac.architecture import ConvAC


def value_size(architecture: ConvAC, bits: int) -> tuple[int, int]:
    """Return degree and log2 of a bound of a circuit's value when every number drawn has so many bits.

    Examples
    --------
    >>> from tensors.convac import ConvAC, Layer
    >>> value_size(ConvAC(4, 2, [Layer(4, 4, 3)]), 10)
    (9, 100)
    """
    degree, height = 1, bits
    for layer, channels in zip(architecture.layers, architecture.channels, strict=False):
        degree = layer.offsets * (degree + 1)
        height = layer.offsets * (height + bits + channels.bit_length())
    return degree + 1, height + bits + architecture.layers[-1].channels.bit_length()


def log2_trial_error(architecture: ConvAC, rank: int, word_size: int = 1) -> float:
    """Bound the probability that a trial sees less than a generic rank (over Q) of at least `rank`; log2 of it.

    Examples
    --------
    >>> from tensors.convac import ConvAC, Layer
    >>> log2_trial_error(ConvAC(4, 2, [Layer(4, 4, 3)]), 4) < -40
    True
    """
    degree, log2_height = value_size(architecture, WORD * word_size)
    vanishing = log2_of(rank * degree) - WORD * word_size
    height = rank * log2_height + rank * max(rank.bit_length(), 1)
    bits = prime_bits(word_size)
    unlucky = log2_of(height // (bits - 1) + 1) - log2_primes(bits)
    return max(vanishing, unlucky) + 1
