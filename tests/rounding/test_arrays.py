"""Whole arrays, against the rounding of one integer; the ranks of matrices that were rounded, against such matrices."""

from fractions import Fraction
from random import Random

import numpy as np
import pytest

from algebra.errors import InputError
from algebra.exact.matrices import rational_matrix
from algebra.rounding import (
    Mode,
    exact_product,
    rank_before_rounding,
    round_array,
    round_shift,
    round_to_integer,
    rounding_law,
    stochastic_round_array,
)
from algebra.rounding.fixed_point import stochastic_shift
from tests.properties import cases


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("shift", [0, 1, 3, 40, 62, 70])
def test_arrays_are_rounded_like_integers(mode, shift):
    near = [k * 2**shift // 2 + d for k in range(-5, 6) for d in (-1, 0, 1)]
    values = [*near, 2**63 - 1, -(2**63), -(2**62)] if shift < 60 else [*near, 2**90, -(2**90)]
    assert round_array(values, shift, mode).tolist() == [round_shift(x, shift, mode) for x in values]
    narrow = np.array([[-128, 127, 5]], dtype=np.int8)  # would overflow in eight bits
    assert round_array(narrow, shift, mode).tolist() == [[round_shift(x, shift, mode) for x in (-128, 127, 5)]]


@pytest.mark.parametrize(("shift", "bits"), [(3, None), (8, 3), (10, 0), (40, 40), (70, 62)])
def test_stochastic_arrays_add_the_words_that_are_drawn(shift, bits):
    values = [[k * 2**shift // 7 for k in range(-20, 20)], [2**62 - k for k in range(40)]]
    found = stochastic_round_array(values, shift, np.random.default_rng(5), bits)
    count = shift if bits is None else bits
    drawn = np.random.default_rng(5).integers(0, 1 << count, size=(2, 40), dtype=np.int64).tolist()
    expected = [
        [stochastic_shift(x, shift, u, count) for x, u in zip(*rows, strict=True)]
        for rows in zip(values, drawn, strict=True)
    ]
    assert found.tolist() == expected


def test_frequencies_are_the_law():
    found = stochastic_round_array(np.full(20_000, -11), 3, np.random.default_rng(1))
    law = rounding_law(Fraction(-11, 8))
    for value, probability in law:
        sigma = float(20_000 * probability * (1 - probability)) ** 0.5
        assert abs(np.sum(found == value) - float(20_000 * probability)) < 6 * sigma


def test_products_are_exact_on_both_sides_of_the_bound():
    rng = np.random.default_rng(0)
    for bits in (3, 15, 24, 26, 40, 62):
        a, b = (rng.integers(-(2**bits), 2**bits, size=size) for size in ((3, 50), (50, 4)))
        assert exact_product(a, b).tolist() == (a.astype(object) @ b.astype(object)).tolist()
    with pytest.raises(InputError):
        exact_product([[1, 2]], [[1, 2]])


@pytest.mark.parametrize(
    ("nearest", "mode"), [(True, Mode.NEAREST_DOWN), (True, Mode.NEAREST_EVEN), (False, Mode.FLOOR)]
)
def test_ranks_before_rounding_are_never_overestimated(nearest, mode):
    random = Random(mode.value)
    found = set()
    for _ in cases(60):
        m, n, k = random.randint(1, 5), random.randint(1, 5), random.randint(1, 3)
        left, right = ([[Fraction(random.randint(-60, 60), 7) for _ in range(k)] for _ in range(s)] for s in (m, n))
        matrix = [[sum(x * y for x, y in zip(u, v, strict=True)) for v in right] for u in left]
        words = [[round_to_integer(x, mode) for x in row] for row in matrix]
        bound = rank_before_rounding(words, nearest)
        assert bound <= rational_matrix("A", matrix).rank()
        found.add(bound)
    assert len(found) > 2  # it is not always 0


def test_the_distance_counts_where_it_cannot_be_attained():
    assert rank_before_rounding([[1]], nearest=False) == 1  # what is rounded down to 1 is not 0
    assert rank_before_rounding([[1]]) == 1
    assert rank_before_rounding([[0]]) == 0
    assert rank_before_rounding([[1, 1], [1, 1]]) == 1
    unit, double = [[1, 0], [0, 1]], [[2, 0], [0, 2]]
    assert (rank_before_rounding(unit), rank_before_rounding(double)) == (0, 2)  # a distance of 1, which is attained
    assert (rank_before_rounding(unit, False), rank_before_rounding(double, False)) == (0, 2)  # of less than 2
    assert round_array([[1, 1], [1, 1]], 1, Mode.NEAREST_UP).tolist() == [[1, 1], [1, 1]]
    with pytest.raises(InputError):
        rank_before_rounding([["1/2"]])
