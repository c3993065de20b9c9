"""Bounds and grades."""

import itertools
import json
import math
import operator
import pickle

import pytest

from algebra.errors import InputError
from algebra.evidence import Bounds, Evidence, Grade

ORDER = [Grade.INCONCLUSIVE, Grade.NUMERIC, Grade.PROBABLE, Grade.PROVED]


def test_grades_are_ordered_by_strength():
    assert sorted([Grade.PROVED, Grade.NUMERIC, Grade.INCONCLUSIVE, Grade.PROBABLE]) == ORDER
    for (i, a), (j, b) in itertools.product(enumerate(ORDER), repeat=2):
        assert ((a < b), (a <= b), (a > b), (a >= b)) == ((i < j), (i <= j), (i > j), (i >= j))


def test_grades_compare_with_grades_alone():
    with pytest.raises(TypeError):
        _ = Grade.PROVED < 3
    with pytest.raises(TypeError, match="'shown' is no grade"):
        _ = Grade.PROVED > "shown"
    with pytest.raises(TypeError, match="'shown' is no grade"):
        operator.lt("shown", Grade.PROVED)


@pytest.mark.parametrize("grade", ORDER)
def test_a_grade_equals_its_word(grade):
    assert grade == grade.value == str(grade) == f"{grade}" == json.loads(json.dumps(grade))
    assert {grade: 1}[grade.value] == 1
    assert grade != "another word"
    assert Grade(grade.value) is grade
    assert [other for other in ORDER if other.value < grade] == [other for other in ORDER if other < grade]
    assert pickle.loads(pickle.dumps(grade)) is grade


def test_the_weakest_grade():
    assert Grade.weakest(ORDER) is Grade.INCONCLUSIVE
    assert Grade.weakest([]) is Grade.PROVED


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ((5, 4, Grade.INCONCLUSIVE), "lower"),
        ((4, 5, Grade.PROVED), "grade"),
        ((5, 5, Grade.INCONCLUSIVE), "grade"),
        ((5, None, Grade.PROVED), "grade"),
        ((4, 5, Grade.PROBABLE), "log2_error"),
        ((4, 5, Grade.INCONCLUSIVE, -20.0), "log2_error"),
        ((4, 5, Grade.PROBABLE, 0.0), "log2_error"),
        ((4, 5, Grade.PROBABLE, 27.0), "log2_error"),
        ((4, 5, Grade.PROBABLE, float("nan")), "log2_error"),
    ],
)
def test_contradictions_are_refused(arguments, named):
    with pytest.raises(InputError) as caught:
        Bounds(*arguments)
    assert caught.value.argument == named


@pytest.mark.parametrize(
    ("bounds", "shown", "latex", "value", "error"),
    [
        (Bounds.exactly(14, by="minor"), "14 (proved)", r"$14\ (\text{proved})$", 14, 0.0),
        (Bounds(12, 15, Grade.INCONCLUSIVE), "12..15", r"$12\ldots15$", None, None),
        (Bounds(12, None, Grade.INCONCLUSIVE), "12..", r"$12\ldots$", None, None),
        (Bounds(7, None, Grade.NUMERIC), "7 (numeric)", r"$7\ (\text{numeric})$", 7, None),
        (
            Bounds(14, 15, Grade.PROBABLE, log2_error=-61.3),
            "14 (probable, p < 2^-61)",
            r"$14\ (\text{probable}, p < 2^{-61})$",
            14,
            2.0**-61.3,
        ),
    ],
)
def test_what_is_shown(bounds, shown, latex, value, error):
    assert str(bounds) == repr(bounds) == shown
    assert bounds._repr_latex_() == latex
    assert shown in bounds._repr_html_().replace("&lt;", "<")
    assert (bounds.value, bounds.error) == (value, error)


def test_html_is_escaped_and_names_the_arguments():
    shown = Bounds(1, 2, Grade.PROBABLE, log2_error=-3.0, lower_by='a "minor" <i>', upper_by="gauge")._repr_html_()
    assert "&quot;minor&quot; &lt;i&gt;" in shown
    assert "≤ 2 gauge" in shown


@pytest.mark.parametrize("log2_error", [-1.0, -61.0, -60.999, -1074.5])
def test_the_printed_error_is_never_too_small(log2_error):
    shown = str(Bounds(1, 2, Grade.PROBABLE, log2_error=log2_error))
    assert int(shown.split("^")[1][:-1]) > log2_error
    assert int(shown.split("^")[1][:-1]) <= math.floor(log2_error) + 1


def test_int_of_an_undecided_value():
    assert int(Bounds(14, 15, Grade.PROBABLE, log2_error=-9.0)) == 14
    with pytest.raises(ValueError, match=r"12\.\.15"):
        int(Bounds(12, 15, Grade.INCONCLUSIVE))


def test_shifted():
    assert Bounds(3, 5, Grade.INCONCLUSIVE).shifted(2).record == Bounds(5, 7, Grade.INCONCLUSIVE).record
    assert Bounds(3, None, Grade.INCONCLUSIVE).shifted(-1).record == Bounds(2, None, Grade.INCONCLUSIVE).record


def test_evidence_is_handed_on():
    class Stub:
        def certificate(self):
            return "a certificate"

    assert isinstance(Stub(), Evidence)
    assert Bounds(3, 3, Grade.PROVED, evidence=Stub()).certificate() == "a certificate"
    assert Bounds(3, 3, Grade.PROVED, evidence=Stub()) == Bounds.exactly(3, by="") == Bounds(3, 3, Grade.PROVED)
    with pytest.raises(ValueError, match="no checkable evidence"):
        Bounds.exactly(3, by="minor").certificate()
