"""Enclosures of the independent checker, against mpmath."""

from fractions import Fraction

import mpmath
from hypothesis import given
from hypothesis import strategies as st

from algebra.evidence.checker import programs_intervals as intervals
from algebra.evidence.checker.programs_tape import Made
from tests.properties import examples

ONE = intervals.ONE
ENDS = st.one_of(st.integers(-ONE, ONE), st.integers(-40 * ONE, 40 * ONE), st.integers(-1024 * ONE, 1024 * ONE))
PRECISION = 4000


@given(ENDS)
@examples(200)
def test_exponentials(x):
    with mpmath.workprec(PRECISION):
        value = mpmath.exp(mpmath.mpf(x) / ONE)
        low, high = intervals.exponential_of(x)
        assert low <= value * ONE <= high
        assert high - low <= 2 + value * ONE * mpmath.mpf(2) ** -100


@given(st.integers(-8 * ONE, 8 * ONE), st.integers(-8 * ONE, 8 * ONE), st.integers(2, 5))
@examples(100)
def test_functions(x, y, exponent):
    z = {0: (x, x), 1: (y, y)}
    with mpmath.workprec(PRECISION):
        u, v = (mpmath.mpf(each) / ONE for each in (x, y))
        values = {
            "power": u**exponent,
            "exp": mpmath.exp(u),
            "sigmoid": 1 / (1 + mpmath.exp(-u)),
            "softmax": mpmath.exp(v) / (mpmath.exp(u) + mpmath.exp(v)),
        }
        if abs(x) > ONE >> 10:
            values["inverse"] = 1 / u
        if x > ONE >> 10:
            values["sqrt"] = mpmath.sqrt(u)
        for kind, value in values.items():
            made = Made(kind, (0, 1) if kind == "softmax" else (0,), (), exponent if kind == "power" else 1)
            low, high = intervals.function(made, z)
            assert low <= value * ONE <= high, kind
            assert high - low <= (1 + abs(value)) * ONE * mpmath.mpf(2) ** -90, kind


@given(st.integers(-8 * ONE, 8 * ONE), st.integers(-8 * ONE, 8 * ONE), st.fractions(max_denominator=99))
@examples(100)
def test_forms(x, y, c):
    z = {0: (x, x + 1), 1: (y - 1, y)}
    low, high = intervals.form((((), Fraction(1, 3)), ((0,), c), ((0, 1), -c)), (0, 1), z)
    for u in z[0]:
        for v in z[1]:
            value = Fraction(1, 3) + c * Fraction(u, ONE) - c * Fraction(u, ONE) * Fraction(v, ONE)
            assert low <= value * ONE <= high
    assert high - low <= 2000 * (1 + abs(c))
