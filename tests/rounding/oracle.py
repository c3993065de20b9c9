"""Slow, independent definitions: fractions and floor instead of integers and shifts, and all random bits in turn."""

from collections import Counter
from fractions import Fraction
from itertools import product
from math import floor

import sympy


def nearest(x, rule):
    """Round a fraction to nearest; the rule says which of the two neighbours of a tie is taken."""
    down = floor(x)
    if x - down != Fraction(1, 2):
        return down if x - down < Fraction(1, 2) else down + 1
    chosen = {
        "nearest_down": down,
        "nearest_up": down + 1,
        "nearest_even": 2 * floor(Fraction(down + 1, 2)),
        "nearest_away": max(down, down + 1, key=abs),
    }
    return chosen[rule]


def law(outcomes):
    """Collect pairs (value, probability)."""
    found = Counter()
    for value, probability in outcomes:
        found[value] += probability
    return {value: found[value] for value in sorted(found) if found[value]}


def rounded(x):
    """Both neighbours with their probabilities."""
    return [(floor(x), 1 - (x - floor(x))), (floor(x) + 1, x - floor(x))]


def every_rounding(entries):
    """Yield each outcome of independent stochastic roundings, with its probability."""
    for choice in product(*map(rounded, entries)):
        probability = Fraction(1)
        for _, part in choice:
            probability *= part
        if probability:
            yield [value for value, _ in choice], probability


def dot_law(a, b, fraction_bits):
    """Enumerate the roundings of all products."""
    products = [Fraction(x * y, 2**fraction_bits) for x, y in zip(a, b, strict=True)]
    return law((sum(values), p) for values, p in every_rounding(products))


def descent_law(h, c, start, steps):
    """Follow every sequence of roundings."""
    found = {start: Fraction(1)}
    for _ in range(steps):
        found = law((v, p * q) for s, p in found.items() for v, q in rounded((1 - h) * s + h * c))
    return found


def rank_laws(rows):
    """Enumerate the roundings of a matrix: the law of the rank, and mean and variance of the determinant."""
    columns = len(rows[0])
    ranks, mean, square = [], Fraction(0), Fraction(0)
    for values, probability in every_rounding([x for row in rows for x in row]):
        matrix = sympy.Matrix(len(rows), columns, values)
        ranks.append((matrix.rank(), probability))
        if matrix.is_square:
            determinant = int(matrix.det())
            mean += probability * determinant
            square += probability * determinant**2
    return law(ranks), mean, square - mean**2
