"""Reading one exact number: the one reading behind every reader, and what it refuses."""

from fractions import Fraction

import numpy as np
import pytest
import sympy
from flint import fmpq, fmpz

from algebra.errors import InputError
from algebra.exact import exact_number
from algebra.exact.numbers import exact_fractions, has_floats, long_number, number_text, ratio, residue

READ = [
    (3, (3, 1)),
    (Fraction(-4, 6), (-2, 3)),
    ("0.25", (1, 4)),
    (" 1e-2 ", (1, 100)),
    (np.int64(-7), (-7, 1)),
    (np.array(5), (5, 1)),
    (fmpz(1 << 80), (1 << 80, 1)),
    (fmpq(2, 6), (1, 3)),
    (sympy.Rational(2, 6), (1, 3)),
    (sympy.Integer(0), (0, 1)),
]
REFUSED = [0.5, np.float32(0.5), np.float64(1), True, np.bool_(True), None, "x", "1/0", "nan", "1e10000", sympy.pi]
REFUSED += [sympy.Float(0.5), sympy.oo, 1j, [1], float("inf"), "1e-99999999"]


@pytest.mark.parametrize(("value", "parts"), READ)
def test_exact_numbers_are_read(value, parts):
    assert ratio(value) == parts
    assert exact_number("x", value) == Fraction(*parts)


@pytest.mark.parametrize("value", REFUSED)
def test_other_values_are_refused(value):
    assert ratio(value) is None
    with pytest.raises(InputError, match=r"x is .*exact: an integer"):
        exact_number("x", value)


def test_a_power_that_would_fill_the_memory_is_named():
    with pytest.raises(InputError, match="powers of ten up to 9999"):
        exact_number("x", "1e123456")
    assert exact_number("x", "1e-0030") == Fraction(1, 10**30)


def test_strings_may_be_longer_than_python_reads():
    long = "7" * 10_000
    value = long_number("x", f"-{long}/2")
    assert value.denominator == 2
    assert number_text(value) == f"-{long}/2"
    for wrong in ("1/0", "a", 0.5):
        with pytest.raises(InputError, match="exact"):
            long_number("x", wrong)


def test_residues():
    assert [residue(x, 11) for x in (Fraction(1, 2), np.int64(-1), Fraction(3, 22))] == [6, 10, None]


def test_floats_are_seen_and_made_exact():
    assert has_floats(np.zeros(2))
    assert has_floats(1, [(2, [0.5])])
    assert not has_floats(np.zeros(2, int), [1, "0.5"])
    assert exact_fractions({"a": [0.5, float("inf")]}) == {"a": [Fraction(1, 2), float("inf")]}
