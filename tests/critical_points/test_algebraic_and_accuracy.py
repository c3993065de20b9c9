"""Algebraic entries that are zero though they do not look so, and accuracies that nobody stated."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from sympy import Add, Integer, Mul, Pow, Rational, cbrt, cos, pi, sqrt

from algebra.critical_points import Problem
from algebra.critical_points.floats.classification import classify_numeric
from algebra.errors import InputError

R = sqrt(2)
PHI = (1 + sqrt(5)) / 2
ZEROS = [
    (1 + R) ** 2 - 3 - 2 * R,
    R + sqrt(3) - sqrt(5 + 2 * sqrt(6)),
    (R - 1) * (R + 1) - 1,
    sqrt(3 + 2 * R) - 1 - R,
    PHI**2 - PHI - 1,
    -3 * sqrt(12 * R + 17) + 12 * R + 17 - 2 * R * sqrt(12 * R + 17),
    Add(R, R, -2 * R, evaluate=False),
    cbrt(2) ** 3 - 2,
]


@pytest.mark.parametrize("zero", ZEROS, ids=str)
def test_an_unsimplified_zero_is_zero(zero: Any) -> None:
    """F2: a zero element of a number field is falsy, and was looked up a second time as a rational number."""
    assert Problem([[zero, R]], [[1, 0]], [[[0]]]).data_rank == 1
    assert Problem([[zero, zero]], [[R, 0]], [[[1]]]).data_rank == 0
    assert Problem([[1, R]], [[zero, 0]], [[[0]]]).loss == 0
    assert Problem([[1, R]], [[1, 0]], [[[zero]]]).r == 0
    assert Problem([[1, 0]], [[1, 0]], [[[zero]]]).r == 0


@pytest.mark.parametrize(
    ("entry", "loss"),
    [
        (sqrt(Mul(2, 2, evaluate=False), evaluate=False), Fraction(1)),
        (Pow(Integer(4), Rational(1, 2), evaluate=False), Fraction(1)),
        (cos(Mul(pi, Rational(1, 3), evaluate=False), evaluate=False), Fraction(5, 8)),
        (sqrt(3 + 2 * R) - R, Fraction(1, 2)),
    ],
    ids=str,
)
def test_a_rational_number_that_does_not_look_so(entry: Any, loss: Fraction) -> None:
    assert str(Problem([[entry, 1]], [[1, 0]], [[[1]]]).loss) == str(loss)


EYE = [[1.0, 0.0], [0.0, 1.0]]
POINT = EYE, [[2.0, 0.0], [0.0, 1.0]], [[[1.0, 0.0], [0.0, 0.0]], [[2 + 4.4e-16, 0.0], [0.0, 0.0]]]


@pytest.mark.parametrize(
    "accuracy",
    [None, {}, {"X": 0}, {"X": None}, {"W": 0}, {"X": 0, "Y": None}, {"X": 0, "Y": 0}, {"X": 0, "Y": 0, "W": None}],
    ids=str,
)
def test_entries_without_a_stated_accuracy_are_not_exact(accuracy: Any) -> None:
    """W2: a missing accuracy was read as 0."""
    found = classify_numeric(*POINT, accuracy=accuracy)
    assert (found.verdict.value, found.grade.value, found.is_stable) == ("inconclusive", "inconclusive", False)


@pytest.mark.parametrize("accuracy", [0, 0.0, np.int64(0), {"X": 0, "Y": 0, "W": 0}, {"X": 0, "W": 0}], ids=str)
def test_a_stated_accuracy_of_zero_is_exact(accuracy: Any) -> None:
    found = classify_numeric(*POINT, accuracy=accuracy)
    assert (found.verdict.value, found.grade.value) == ("not_critical", "proved")


def test_the_rank_of_exact_data_is_known_without_the_rest() -> None:
    flat = [[1.0, 1.0], [1.0, 1.0]]
    found = classify_numeric(flat, flat, [EYE, EYE], accuracy={"X": 0})
    assert found.gap.upper < 1e-10


@pytest.mark.parametrize("accuracy", [True, np.True_, "1", float("nan"), -1, 10**400, {"Z": 0}, {"X": True}], ids=str)
def test_other_accuracies_are_refused(accuracy: Any) -> None:
    with pytest.raises(InputError, match="accuracy"):
        classify_numeric(*POINT, accuracy=accuracy)


def test_accuracies_of_every_real_type() -> None:
    for accuracy in (Fraction(1, 3), np.float32(0.25), np.int64(1), {"X": Fraction(1, 3)}):
        assert classify_numeric(*POINT, accuracy=accuracy).verdict.value == "inconclusive"


@pytest.mark.parametrize("entry", [Fraction(1, 3), "0.1", 2**53 + 1, np.longdouble(1) / 3], ids=str)
def test_numbers_that_a_float_rounds_are_not_taken_for_the_float(entry: Any) -> None:
    with pytest.raises(InputError, match="that a float holds exactly"):
        classify_numeric([[entry, 0], [0, 1]], *POINT[1:], accuracy=0)
