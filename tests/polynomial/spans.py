"""The span of monomials in activations, seen at random weights and points: an oracle for every bound of it."""

from math import comb

import numpy as np

from algebra.polynomial.span import ActivationValues
from algebra.rank import rank_mod
from algebra.rank.field import PrimeField

FIELD = PrimeField(8388593)

SLACK = 8


def seen_span_of_monomials(widths, degrees, t, key="monomials"):
    """Return the rank of all monomials of degree t at more points than there are forms; no bound is asked."""
    width, degree = widths[-1], int(np.prod(degrees)) * t
    points = min(comb(t + width - 1, t), comb(degree + widths[0] - 1, degree)) + SLACK
    values = ActivationValues(widths, degrees, False).matrix(FIELD, key, points)
    rows = [(0, FIELD.ones((points,)))]
    for _ in range(t):
        rows = [(j, FIELD.times(row, values[j])) for i, row in rows for j in range(i, width)]
    return rank_mod(np.array([row for _, row in rows]).astype(np.int64), FIELD.prime)
