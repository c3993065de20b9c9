"""The float32 variant of K-TanH, against all mantissas in float64."""

from fractions import Fraction

import numpy as np
import pytest

from algebra.errors import InputError
from algebra.rounding.ktanh_float32 import float32_answer, optimal_float32_table
from tests.properties import cases

PUBLISHED = [(2, 0.0378828), (3, 0.0098300), (4, 0.0098300)]


@pytest.mark.parametrize(("bits", "error"), PUBLISHED)
def test_published_errors(bits, error):
    table = optimal_float32_table(bits)
    assert len(table.entries) == 4 << bits
    assert table.max_abs == pytest.approx(error, abs=1e-7)
    assert float(table.max_abs_bounds.lower) <= table.max_abs <= float(table.max_abs_bounds.upper)


def errors_of(entry, at, piece):
    """Distances from tanh over all words of an entry, in float64."""
    mantissas = np.arange(piece.start, piece.stop, dtype=np.int64)
    answers = np.ldexp(1 + ((mantissas >> entry.shift) + entry.addend) / 2**23, entry.exponent - 127)
    return answers - np.tanh(np.ldexp(1 + mantissas / 2**23, at - 127))


@pytest.mark.parametrize("number", [0, 7, 9, 12, 20, 31])
def test_errors_are_those_of_all_mantissas(number):
    table = optimal_float32_table(3)
    width = 1 << 20
    piece = range(number % 8 * width, (number % 8 + 1) * width)
    entry, at = table.entries[number], 125 + number // 8
    assert abs(errors_of(entry, at, piece)).max() == pytest.approx(entry.error / 2**320, abs=1e-12)


def test_no_other_entry_is_better():
    """All exponents near by and all shifts; the best addend from the extremes over all mantissas."""
    table = optimal_float32_table(4)
    for number in (3, 16, 24, 40, 63):
        width, at = 1 << 19, 125 + number // 16
        piece = range(number % 16 * width, (number % 16 + 1) * width)
        least = np.inf
        for exponent in range(table.entries[number].exponent - 2, table.entries[number].exponent + 3):
            for shift in range(8):
                stairs = np.arange(piece.start, piece.stop, dtype=np.int64) >> shift
                x = np.tanh(np.ldexp(1 + np.arange(piece.start, piece.stop) / 2**23, at - 127))
                unit = 2.0 ** (exponent - 150)
                gaps = 2.0**23 * unit + stairs * unit - x
                b = np.clip(np.rint(-(gaps.max() + gaps.min()) / 2 / unit), -stairs[0], 2**23 - 1 - stairs[-1])
                if -stairs[0] <= 2**23 - 1 - stairs[-1]:
                    least = min(least, abs(gaps + b * unit).max())
        assert table.entries[number].error / 2**320 == pytest.approx(least, abs=1e-9)


def test_answers_are_those_of_the_arithmetic():
    table, rng = optimal_float32_table(3), np.random.default_rng(0)
    for x in rng.uniform(0.25, 4, size=len(cases(40))).astype(np.float32):
        found = float32_answer(table, Fraction(float(x)))
        assert abs(float(found) - np.tanh(float(x))) <= table.max_abs


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: optimal_float32_table(11), "mantissa_bits"),
        (lambda: optimal_float32_table(-1), "mantissa_bits"),
        (lambda: optimal_float32_table(2, 24), "largest_shift"),
        (lambda: float32_answer(optimal_float32_table(2), Fraction(4)), "value"),
        (lambda: float32_answer(optimal_float32_table(2), Fraction(1, 3)), "value"),
        (lambda: float32_answer(optimal_float32_table(2), 1 + Fraction(1, 2**24)), "value"),
    ],
)
def test_bad_input_is_named(call, argument):
    with pytest.raises(InputError) as failure:
        call()
    assert failure.value.argument == argument
