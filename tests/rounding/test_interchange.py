"""Arrays of numpy and of ml_dtypes, in and out, against fractions of each number."""

from fractions import Fraction

import ml_dtypes
import numpy as np
import pytest

from algebra.errors import InputError
from algebra.rounding import (
    FixedPoint,
    Layout,
    Mode,
    NumberFormat,
    as_floats,
    bfloat16_value,
    exact_words,
    optimal_table,
    quantised,
    round_to_integer,
    rounding_law,
    tanh_of,
)
from algebra.rounding.formats import FORMATS

TYPES = [np.float16, np.float32, np.float64, *(NumberFormat(name).dtype for name in FORMATS)]


def some_of(dtype):
    values = np.random.default_rng(0).normal(scale=3, size=(5, 8))
    return values.clip(-6, 6).astype(dtype)


@pytest.mark.parametrize("dtype", TYPES, ids=str)
def test_arrays_go_in_and_out_as_they_are(dtype):
    x = some_of(dtype)
    words, bits = exact_words("x", x)
    exact = [[Fraction(float(value)) for value in row] for row in x]
    assert [[Fraction(word, 2**bits) for word in row] for row in words.tolist()] == exact
    assert bits == 0 or any(word % 2 for row in words.tolist() for word in row)
    back = as_floats(words, bits, dtype)
    assert back.dtype == x.dtype
    assert (back.astype(np.float64) == x.astype(np.float64)).all()


@pytest.mark.parametrize("dtype", TYPES, ids=str)
@pytest.mark.parametrize("mode", [Mode.NEAREST_EVEN, Mode.NEAREST_DOWN, Mode.FLOOR])
def test_floats_are_rounded_as_the_fractions_they_are(dtype, mode):
    x = some_of(dtype)
    for words in (FixedPoint(3, 2), FixedPoint(2, 0), FixedPoint(8, 70)):
        least, most = words.ends
        expected = [
            [min(max(round_to_integer(Fraction(float(v)) * 2**words.fraction_bits, mode), least), most) for v in row]
            for row in x
        ]
        assert quantised(x, words, mode).tolist() == expected


def test_stochastic_rounding_of_floats():
    x = np.full(4000, -1.375, dtype=ml_dtypes.bfloat16)
    found = quantised(x, FixedPoint(8, 1), np.random.default_rng(0))
    law = rounding_law("-11/4")
    assert set(found.tolist()) == {at for at, _ in law}
    assert abs(float((found == -3).mean()) - 0.75) < 0.05
    assert (quantised(x, FixedPoint(8, 1), np.random.default_rng(0), random_bits=0) == -3).all()
    again = quantised(x, FixedPoint(8, 1), np.random.default_rng(0))
    assert (found == again).all()


def test_words_that_a_type_does_not_hold():
    assert as_floats([448], 0, ml_dtypes.float8_e4m3fn).astype(float).tolist() == [448.0]
    for words, bits, dtype in (
        ([449], 0, ml_dtypes.float8_e4m3fn), ([480], 0, ml_dtypes.float8_e4m3fn), ([2**53 + 1], 0, np.float64),
        ([1], 10, ml_dtypes.float8_e4m3fn), ([10**400], 0, np.float64), ([1], 1075, np.float64),
    ):  # fmt: skip
        with pytest.raises(InputError) as failure:
            as_floats(words, bits, dtype)
        assert failure.value.argument == "words"


def test_double_rounding_through_float32_is_not_ours():
    """ml_dtypes rounds float64 to bfloat16 by way of float32; words are rounded once."""
    value = np.array([1 + 2.0**-8 + 2.0**-40])
    words = quantised(value, FixedPoint(3, 7))
    assert words.tolist() == [129]
    assert Fraction(float(as_floats(words, 7, ml_dtypes.bfloat16)[0])) == Fraction(129, 128)


def test_tables_of_tanh_take_arrays():
    table = optimal_table(Layout(3, 0x3E80, 0x4070))
    every = np.arange(1 << 16, dtype=np.uint16)
    assert (tanh_of(table, every) == table.words).all()
    assert [table.apply(int(word)) for word in every[::97]] == table.words[::97].tolist()
    numbers = every.view(ml_dtypes.bfloat16).reshape(256, 256)
    found = tanh_of(table, numbers)
    assert (found.dtype, found.shape) == (numbers.dtype, numbers.shape)
    assert (found.view(np.uint16).ravel() == table.words).all()
    assert (tanh_of(table, numbers[:, ::3]).view(np.uint16) == found[:, ::3].view(np.uint16)).all()
    x = np.array(0.5, dtype=ml_dtypes.bfloat16)
    assert Fraction(float(tanh_of(table, x))) == bfloat16_value(table.apply(0x3F00))


def test_short_integers_are_read_as_well():
    words, bits = exact_words("x", np.array([-8, 7], dtype=ml_dtypes.int4))
    assert (words.tolist(), bits) == ([-8, 7], 0)


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: exact_words("x", [1, 2]), "x"),
        (lambda: exact_words("x", np.array([np.inf])), "x"),
        (lambda: exact_words("x", np.array([np.nan], dtype=ml_dtypes.bfloat16)), "x"),
        (lambda: exact_words("x", np.array([1j])), "x"),
        (lambda: exact_words("x", np.array(["1"])), "x"),
        (lambda: exact_words("x", np.ma.array([1.0, 2.0], mask=[0, 1])), "x"),
        (lambda: exact_words("x", np.zeros(2, dtype=[("a", "f4")])), "x"),
        (lambda: quantised(np.array([b"12"], dtype="V2"), FixedPoint(2, 2)), "array"),
        (lambda: as_floats([1], -1), "fraction_bits"),
        (lambda: tanh_of(optimal_table(Layout(3, 0x3E80, 0x4070)), np.zeros(3, np.float32)), "array"),
    ],
)
def test_bad_input_is_named(call, argument):
    with pytest.raises(InputError) as failure:
        call()
    assert failure.value.argument == argument
