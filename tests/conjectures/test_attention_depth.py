"""Families of attention stacks: depth against width, and whether the bound of the first layer is sharp."""

import pytest

from algebra.errors import InputError
from proofs_check.families import attention_depth, attention_depth_conjecture


def test_no_wide_stack_has_a_gap(call):
    (result,) = call(
        *(
            "sweep",
            "attention-depth-conjecture",
            "wide",
            "--widths",
            "1..4",
            "--most-heads",
            "4",
            "--jobs",
            "1",
            "--json",
        )
    ).results
    assert result["disagree"] == result["open"] == []
    assert result["agree"] == result["proved"] == result["count"] == 31


def test_gaps_are_where_the_note_says(call):
    (few,) = call(
        "sweep", "attention-depth-conjecture", "few-tokens", "--widths", "1..3", "--jobs", "1", "--json"
    ).results
    assert {row["label"] for row in few["disagree"]} == {f"separation:3:h1:a3:l2:n1-{n}" for n in (2, 3)}
    assert {(row["lower"], row["upper"]) for row in few["disagree"]} == {(39, 41)}
    (narrow,) = call(
        "sweep", "attention-depth-conjecture", "narrow", "--widths", "2..4", "--jobs", "1", "--json"
    ).results
    assert narrow["disagree"] == []


def test_the_table_shows_both_regimes():
    rows = [attention_depth.evaluate(each) for each in attention_depth.instances(((3, 6),), ((1, 2, 9, 40),))]
    assert [row["threshold"] for row in rows] == [2] * 4 + [3] * 4
    assert [row["regime"] for row in rows[:4]] == ["depth-efficient"] * 2 + ["saturated"] * 2
    assert [row["grade"] for row in rows[:2]] == ["proved", "proved"]
    for row in rows:
        assert row["log3_lower"] <= row["log3_upper"]
        assert row["lower"] <= row["upper"]
    assert len(str(rows[7]["upper"])) > 350

    # The slope in depth lies between s - 1 and s.
    slopes = [rows[3][name] - rows[2][name] for name in ("log3_lower", "log3_upper")]
    assert slopes[0] == pytest.approx(31 * 5, abs=1)
    assert slopes[1] == pytest.approx(31 * 6, abs=1)


def test_bad_options_are_refused():
    for family, told in (
        (attention_depth, {"widths": [[3]], "heads": [[2]]}),
        (attention_depth_conjecture, {"question": "tall"}),
        (attention_depth_conjecture, {"question": "narrow", "widths": [1]}),
    ):
        with pytest.raises(InputError):
            family.instances(**told)
