"""Keys on the moment curve: 2 k dimensions for every matrix with k nonzero entries a row, whatever the length."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from flint import fmpz, fmpz_poly
from numpy.typing import NDArray

from algebra.exact.logarithms import rounded_log
from tensors.attention.realisation.demand import Precision, SparseTarget
from tensors.attention.realisation.facts import MomentFacts
from tensors.attention.realisation.realisation import Realisation

SLACK_BITS = 20


def moment_realisation(target: SparseTarget, precision: Precision) -> Realisation:
    """Build queries for the keys ``(t, t^2, …, t^{2k})`` at the nodes ``t = 2 j - L + 1``.

    Scores of row i are the polynomial ``r(t) - lambda prod_{s in S} (t - t_s)^2`` without its constant term: r
    interpolates the wanted logits on the support S, and lambda pushes all others down. The keys serve every target;
    for that ``min(2k, L - 1)`` dimensions are optimal: with fewer, some k keys and some others have a common convex
    combination (Radon), so that their scores cannot be separated. The price is the size of the logits.

    Examples
    --------
    >>> target = SparseTarget.from_supports([[2], [0], [1], [3]])
    >>> moment_realisation(target, Precision.of(["1/10", "1/10", None])).dimension
    2
    """
    length, k = target.length, target.k
    nodes = 2 * np.arange(length) - length + 1
    keys = np.array([[int(t) ** power for power in range(1, 2 * k + 1)] for t in nodes], object).reshape(length, 2 * k)
    wanted = -math.log(precision.zeros) + 2.0 ** (3 - precision.bits)  # logits are rounded
    queries = np.zeros((length, 2 * k), object)
    denominators = []
    logs = {ratio: rounded_log(ratio, precision.bits) for ratio in target.all_ratios}
    for i, support in enumerate(target.supports):
        places = [int(nodes[j]) for j in support]
        heights = [logs[ratio] for ratio in target.ratios(i)]
        coefficients, denominator = _row(nodes, support, places, heights, wanted, precision.bits)
        queries[i, : len(coefficients) - 1] = coefficients[1:]
        denominators.append(denominator)
    return Realisation(keys, queries, tuple(denominators), "moment", MomentFacts("2 j - L + 1", degree=2 * k))


def _row(
    nodes: NDArray[np.int64],
    support: tuple[int, ...],
    places: list[int],
    heights: list[Fraction],
    wanted: float,
    bits: int,
) -> tuple[list[int], int]:
    """Return the coefficients of a row's polynomial, and their common denominator, a power of two."""
    root = fmpz_poly([1])
    for place in places:
        root *= fmpz_poly([-place, 1])
    interpolant, scale_bits = _interpolant(root, places, heights, bits, len(nodes))
    factor, factor_bits = _push(nodes, support, places, [float(height) for height in heights], wanted)
    denominator_bits = max(scale_bits, factor_bits)
    bump = root * root * (factor << (denominator_bits - factor_bits))
    polynomial = interpolant * (1 << (denominator_bits - scale_bits)) - bump
    return [int(value) for value in polynomial.coeffs()] or [0], 1 << denominator_bits


def _interpolant(
    root: fmpz_poly, places: list[int], heights: list[Fraction], bits: int, length: int
) -> tuple[fmpz_poly, int]:
    """Return integers, over a power of two, near the coefficients of the polynomial of least degree through points.

    Each of its k terms is rounded by less than ``2^-(bits + 1 + (k-1) log2 L) / k``: at the nodes, less than
    ``2^-bits`` in all.
    """
    if not any(heights):
        return fmpz_poly([0]), 0
    scale_bits = bits + (len(places) - 1) * length.bit_length() + len(places).bit_length() + 1
    sums = [0] * len(places)
    for place, height in zip(places, heights, strict=True):
        if height:
            others = root // fmpz_poly([-place, 1])
            divisor = height.denominator * int(others(fmpz(place)))
            scaled = others * (height.numerator << scale_bits)
            for power, value in enumerate(scaled.coeffs()):
                sums[power] += int(value) // divisor
    return fmpz_poly(sums), scale_bits


def _push(
    nodes: NDArray[np.int64], support: tuple[int, ...], places: list[int], heights: list[float], wanted: float
) -> tuple[int, int]:
    """Return a dyadic factor lambda, as numerator and binary exponent, with a little more than what is needed.

    Found in floating point; the finished realisation is verified exactly.
    """
    differences = nodes - np.array(places, float)[:, None]
    differences[:, list(support)] = 1.0
    square = np.prod(differences, axis=0) ** 2  # along rows, not columns: one pass over all nodes for each place
    needed = np.full(len(nodes), wanted)
    if any(heights):
        terms = []
        for s, height in enumerate(heights):
            if height:
                weight = math.prod(float(places[s] - other) for other in places if other != places[s])
                terms.append(height / weight * np.prod(np.delete(differences, s, axis=0), axis=0))
        needed += np.sum(terms, axis=0) + 1e-9 * np.sum(np.abs(terms), axis=0)
    quotient = needed / square
    quotient[list(support)] = 0.0
    least = max(float(quotient.max()), 0.0) * (1 + 2.0 ** (1 - SLACK_BITS))
    if least == 0.0:
        least = 2.0 ** -math.ceil(math.log2(float(square.max()) + 2))
    mantissa, exponent = math.frexp(least)
    factor, bits = math.ceil(math.ldexp(mantissa, SLACK_BITS)), SLACK_BITS - exponent
    return (factor, bits) if bits >= 0 else (factor << -bits, 0)
