"""Exact numbers beyond all floats: whatever goes through floats on the way survives them."""

import math
from fractions import Fraction

import pytest
from flint import fmpq, fmpq_mat, fmpz_poly
from sympy import sqrt

from algebra.critical_points import classify, minimum_loss
from algebra.errors import InputError
from algebra.exact.inertia import is_positive_semidefinite
from algebra.exact.numbers import binary_exponent, decimal_text, nearest_float
from algebra.exact.precision import MOST_BITS, precision
from algebra.exact.roots import merged_roots
from algebra.linear import Problem
from algebra.rounding import Mode, quadratic_descent, round_array, round_shift, stochastic_round_array
from tensors.attention.collapse import spectral_norm_upper
from tensors.mixtures.approximation import approximate

HUGE = 10**400
EXTREMES = [Fraction(HUGE), Fraction(1, HUGE), Fraction(HUGE + 1, HUGE), Fraction(2**1024), Fraction(1, 2**1080)]


def of(*entries):
    return fmpq_mat(2, 2, [fmpq(Fraction(x).numerator, Fraction(x).denominator) for x in entries])


@pytest.mark.parametrize("x", EXTREMES)
@pytest.mark.parametrize("shape", ["diagonal", "triangle", "full", "one"])
def test_spectral_norms(x, shape):
    entries = {"diagonal": (x, 0, 0, x), "triangle": (x, 1, 0, x), "full": (x, x, x, -x), "one": (0, 0, 0, x)}[shape]
    matrix = of(*entries)
    bound = spectral_norm_upper(matrix)

    def below(t):
        return is_positive_semidefinite(of(1, 0, 0, 1) * (t * t) - matrix.transpose() * matrix)

    assert below(bound)
    assert not below(bound * fmpq(10**6 - 1, 10**6))


def test_the_norm_of_nothing():
    assert spectral_norm_upper(of(0, 0, 0, 0)) == 0


@pytest.mark.parametrize("x", EXTREMES)
def test_numbers_as_floats(x):
    assert Fraction(1, 2) < x / Fraction(2) ** binary_exponent(x) < 2
    found = nearest_float(x)
    assert found == (math.inf if x >= 2**1024 else x.numerator / x.denominator)
    written = Fraction(decimal_text(-x))
    assert abs(written + x) <= x / 10**11


@pytest.mark.parametrize("x", [*EXTREMES[:-1], pytest.param(EXTREMES[-1], marks=pytest.mark.slow)])
def test_roots_at_any_distance(x):
    numerator, denominator = x.numerator, x.denominator
    roots = merged_roots([fmpz_poly([-1, 1]) * fmpz_poly([-denominator - numerator, denominator])])
    assert [root.multiplicities for root in roots] == [(1,), (1,)]
    assert roots[0].lower <= 1 + fmpq(numerator, denominator) <= roots[0].upper
    assert roots[1].lower <= 1 <= roots[1].upper
    inner = fmpz_poly([-denominator, denominator])
    close = inner**4 - 10 * inner**2 * numerator**2 + fmpz_poly([numerator**4])  # 1 ± x sqrt(2) ± x sqrt(3)
    assert len(merged_roots([close])) == 4


def test_close_roots_that_are_not_real():
    inner = fmpz_poly([-HUGE, HUGE])
    with pytest.raises(ArithmeticError, match="not real"):
        merged_roots([inner**2 + 1])


@pytest.mark.parametrize("x", [*EXTREMES, sqrt(2) * HUGE, sqrt(2) / HUGE])
def test_critical_points(x):
    origin = Problem([[1, 0], [0, 1]], [[x, 0], [0, 1]], [[[0, 0]], [[0], [0]]])
    assert classify(origin).verdict.value == "strict_saddle"
    least = minimum_loss(origin)
    assert float(Fraction(str(least.lower)) * 2) == pytest.approx(float(min(x * x, 1)))
    golden = minimum_loss(Problem([[x, 1], [0, 1]], [[1, x], [2, 1]], [[[0, 0]], [[0], [0]]]))
    assert 0 <= golden.lower <= golden.upper
    assert golden.exact or (golden.upper - golden.lower) * 2**40 <= golden.upper
    assert "E" not in str(golden)


def test_errors_of_mixtures():
    half = [["1/2", 0], [0, "1/2"]]
    assert approximate(half, 2, [[HUGE, 0], [0, HUGE]]).scaled_errors == (math.inf, 0.0)
    fourth = Fraction(1, HUGE)
    (first, _) = approximate(half, 2, [[fourth, 0], [0, fourth]]).scaled_errors
    assert first == pytest.approx(math.sqrt(0.5) / 1e200 / 1e200, abs=1e-300)


@pytest.mark.parametrize("shift", [10**12, 2**63, HUGE])
def test_shifts_that_no_word_has(shift):
    import numpy as np

    for drop in (
        lambda: round_shift(1, shift, Mode.NEAREST_EVEN),
        lambda: round_array([1], shift, Mode.NEAREST_EVEN),
        lambda: stochastic_round_array([1], shift, np.random.default_rng(0), 1),
    ):
        with pytest.raises(InputError, match="shift"):
            drop()
    with pytest.raises(InputError, match="fraction_bits"):
        quadratic_descent([[1]], [1], "1/2", [0], 1, shift)


def test_precision_has_a_limit():
    with pytest.raises(InputError, match="bits"), precision(MOST_BITS + 1):
        pass
