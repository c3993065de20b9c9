"""Sigmoid, swish and GELU from tables of tanh, beside the same in floats."""

import math
from fractions import Fraction

import numpy as np
import pytest

from algebra.errors import InputError
from algebra.rounding import Layout, activation, correctly_rounded_tanh, max_activation_error, optimal_table
from algebra.rounding.ktanh_activations import _nearest_even
from algebra.rounding.ktanh_bfloat16 import word_of
from tests.rounding.test_ktanh import FINITE, QUARTER, WORDS, float_of, to_words

TABLE = optimal_table(Layout.between(3, QUARTER, Fraction(15, 4))).words
NAMES = ("sigmoid", "swish", "gelu")


@pytest.mark.parametrize(
    ("name", "table", "error", "at"),
    [("sigmoid", TABLE, 0.00446018, 1.2421875), ("swish", TABLE, 0.00774452, 2.484375),
     ("gelu", TABLE, 0.00525376, 1.4296875), ("sigmoid", correctly_rounded_tanh(), 0.00096975, 6.9375),
     ("swish", correctly_rounded_tanh(), 0.00672765, 6.9375), ("gelu", correctly_rounded_tanh(), 0.00336104, 3.0625)],
)  # fmt: skip
def test_maximal_errors(name, table, error, at):
    found, place = max_activation_error(name, table)
    assert float(found.lower) <= float(found.upper)
    assert float(found.upper) == pytest.approx(error, abs=1e-8)
    assert place == Fraction(at)


@pytest.mark.parametrize(
    ("name", "table", "is_rounded", "error"),
    [("sigmoid", TABLE, True, 0.00579708), ("sigmoid", correctly_rounded_tanh(), True, 0.00292156),
     ("gelu-tanh", TABLE, False, 0.00502371), ("gelu-tanh", correctly_rounded_tanh(), False, 0.00297266)],
)  # fmt: skip
def test_maximal_errors_of_stored_answers_and_of_the_form_with_tanh(name, table, is_rounded, error):
    found, _ = max_activation_error(name, table, is_rounded)
    assert float(found.upper) == pytest.approx(error, abs=1e-8)


def test_stored_answers_are_those_of_a_conversion():
    ml_dtypes = pytest.importorskip("ml_dtypes")
    for word in range(0x3800, 0x4200, 37):
        for sign in (0, 0x8000):
            for name in ("sigmoid", "swish", "gelu"):
                exact = activation(name, TABLE, word | sign)  # 24 bits hold it
                stored = np.float32(float(exact)).astype(ml_dtypes.bfloat16)
                assert activation(name, TABLE, word | sign, is_rounded=True) == Fraction(float(stored))


def test_no_finite_word_has_a_greater_error():
    """In floats, over all words: also those that the exact search need not look at."""
    x = float_of(WORDS[FINITE])
    with np.errstate(over="ignore"):
        arguments = {"swish": x / 2, "gelu": math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)}
        sigmoid = np.where(x < 0, np.exp(np.minimum(x, 0)), 1) / (1 + np.exp(-np.abs(x)))
        truth = {"swish": x * sigmoid, "gelu": x * np.array([math.erfc(-v / math.sqrt(2)) / 2 for v in x.tolist()])}
    for name, argument in arguments.items():
        given = to_words(np.clip(argument, -1e4, 1e4))
        errors = np.abs(x * (1 + float_of(TABLE[given])) / 2 - truth[name])[np.abs(x) < 1e30]
        assert errors.max() == pytest.approx(float(max_activation_error(name, TABLE)[0].upper), abs=1e-9)


def test_sigmoid_is_symmetric():
    for word in range(0, 0x7F80, 97):
        assert activation("sigmoid", TABLE, word) + activation("sigmoid", TABLE, word | 0x8000) == 1


def test_rounding_of_rationals_to_words():
    for word in [*range(1, 300), *range(0x3E70, 0x3F90)]:
        value, after = (Fraction(x) for x in float_of([word, word + 1]).tolist())
        assert _nearest_even(value) == word == word_of(value)
        middle = (value + after) / 2
        tiny = (after - value) / 1000
        assert [_nearest_even(middle + e) for e in (-tiny, 0, tiny)] == [word, word + word % 2, word + 1]


def test_no_activation():
    for ask in (lambda: activation("relu", TABLE, 0), lambda: max_activation_error("relu", TABLE)):
        with pytest.raises(InputError, match="name"):
            ask()
    with pytest.raises(InputError, match="word"):
        activation("gelu", TABLE, 0x7F80)
