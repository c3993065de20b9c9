"""The command: formats, fields, batches, floats and bad input."""

import json
from decimal import Decimal, localcontext
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofs_check.questions.critical_point import _decimal
from tests.critical_points.points import I2, diag, e, loss_of, moved
from tests.properties import examples

CASES = json.loads((Path(__file__).parents[1] / "data" / "deep_linear_examples.json").read_text())["cases"]
FIELDS = {
    "label", "verdict", "critical", "k", "rank", "loss", "minimum_loss", "decided_by", "hypotheses", "theorems",
    "escape_direction", "hessian_inertia", "grade", "seed", "seconds",
}  # fmt: skip
POINT = {"X": I2, "Y": diag(2, 1), "W": [e, I2, diag(2, 0)]}


def written(tmp_path, *objects, name="point"):
    path = tmp_path / (name + (".json" if len(objects) == 1 else ".jsonl"))
    path.write_text("\n".join(json.dumps(o) for o in objects))
    return path


def test_fields_of_a_saddle(call, tmp_path):
    answer = call("critical-point", written(tmp_path, POINT), "--hessian", "--json")
    assert (answer.status, answer.json["command"]) == (0, "critical-point")
    (result,) = answer.results
    assert set(result) >= FIELDS
    assert (result["label"], result["verdict"], result["grade"]) == (
        "deep-linear:2-2-2-2:m2",
        "strict_saddle",
        "proved",
    )
    assert (result["k"], result["rank"], result["loss"], result["minimum_loss"]) == (2, 1, "1/2", "0")
    assert result["hessian_inertia"] == result["closed_form_inertia"] == {"neg": 1, "zero": 7, "pos": 4}
    assert result["closed_form_status"] == "conjectural formula"
    assert (result["decided_by"], result["untightened_pivots"]) == ("untightened-pivot", [[3, 1]])
    assert result["hypotheses"]["X X^T invertible"] is True
    assert result["hypotheses"]["k < min(d_x, d_y)"] is False
    way = result["escape_direction"]
    there = moved(POINT["W"], way["direction"], way["step"])
    assert loss_of(I2, POINT["Y"], there) == Fraction(way["loss"]) < Fraction(1, 2)


def test_all_cases_in_one_batch(call, tmp_path):
    path = written(tmp_path, *({"X": c["X"], "Y": c["Y"], "W": c["W"]} for c in CASES))
    answer = call("critical-point", path, "--hessian", "--json")
    assert (answer.status, len(answer.results)) == (0, len(CASES))
    for case, result in zip(CASES, answer.results, strict=True):
        assert result["verdict"] == case["class"]
        assert Fraction(result["loss"]) == Fraction(case["loss_half"])
        if case.get("hessian_inertia"):
            assert result["hessian_inertia"] == case["hessian_inertia"]
        assert bool(result["escape_direction"]) == (case["class"] != "global_min")


def test_irrational_minimum_is_enclosed(call, tmp_path):
    path = written(tmp_path, {"X": I2, "Y": [[1, 1], [1, 2]], "W": [[[0, 0]], [[0], [0]]]})
    (result,) = call("critical-point", path, "--json").results
    lower, upper = (Fraction(result["minimum_loss"][end]) for end in ("lower", "upper"))
    exact = (7 - 3 * 5**0.5) / 4
    assert float(lower) == pytest.approx(exact)
    assert 0 < upper - lower < Fraction(1, 10**30)
    assert (4 * lower - 7) ** 2 > 45 > (4 * upper - 7) ** 2


def test_report_for_people(call, tmp_path):
    text = call("critical-point", written(tmp_path, POINT), "--hessian").stdout
    assert text.startswith("deep-linear:2-2-2-2:m2  strict saddle (proved)\n")
    for words in ("untightened-pivot", "1 of k = 2", "1 negative, 7 zero, 4 positive", "applies: saddle", "way down",
                  "does not apply (not: k < min(d_x, d_y))"):  # fmt: skip
        assert words in text
    misled = {"X": I2, "Y": diag(2, 0), "W": [e, diag(2, 0)]}
    assert "its test would wrongly say saddle" in call("critical-point", written(tmp_path, misled)).stdout
    batch = call("critical-point", written(tmp_path, POINT, misled)).stdout.splitlines()
    assert batch[1] == "deep-linear:2-2-2:m2  global minimum (proved)  zero-residual"


def test_not_critical_says_by_how_much(call, tmp_path):
    path = written(tmp_path, {"X": [["1"]], "Y": [["1"]], "W": [[["1/2"]], [["1"]]]})
    (result,) = call("critical-point", path, "--json", "--hessian").results
    assert (result["verdict"], result["critical"]) == ("not_critical", False)
    assert (result["gradient_squared"], result["gradient_squared_by_layer"]) == ("5/16", ["1/4", "1/16"])
    assert result["escape_direction"]["kind"] == "gradient-step"
    assert result["closed_form_inertia"] is None
    assert "squared gradient norm  5/16" in call("critical-point", path).stdout


def test_constant_loss(call, tmp_path):
    path = written(tmp_path, {"X": [[0]], "Y": [[1]], "W": [[[3]]]})
    (result,) = call("critical-point", path, "--json", "--hessian").results
    assert (result["verdict"], result["hypotheses"]) == ("global_min", {"X nonzero": False})
    assert result["hessian_inertia"] == {"neg": 0, "zero": 1, "pos": 0}


def test_exact_archive(call, tmp_path):
    np.savez(tmp_path / "a.npz", X=np.array(I2), Y=np.array([["2", "0"], ["0", "1"]]), W_1=np.array(e), W_2=diag(2, 0))
    (result,) = call("critical-point", tmp_path / "a.npz", "--json").results
    assert (result["verdict"], result["grade"]) == ("strict_saddle", "proved")


def test_floats_that_are_exactly_critical(call, tmp_path):
    arrays = {"X": np.eye(2), "Y": np.diag([2.0, 1.0]), "W_1": np.array(e, float), "W_2": np.diag([2.0, 0.0])}
    np.savez(tmp_path / "a.npz", **arrays)
    (result,) = call("critical-point", tmp_path / "a.npz", "--json", "--hessian").results
    assert (result["verdict"], result["grade"]) == ("strict_saddle", "proved")
    assert result["reading"] == "exactly the floats, as rationals"
    assert (result["loss"], bool(result["escape_direction"])) == ("1/2", True)
    assert call("critical-point", tmp_path / "a.npz").stdout.startswith("deep-linear:2-2-2:m2  strict saddle (proved)")


def test_floats_within_an_accuracy(call, tmp_path):
    arrays = {"X": np.eye(2), "Y": np.diag([2.0, 1.0]), "W_1": np.array(e, float), "W_2": np.diag([2.0, 0.0])}
    np.savez(tmp_path / "a.npz", **arrays)
    answer = call("critical-point", tmp_path / "a.npz", "--accuracy", "1e-9", "--json")
    (result,) = answer.results
    assert (result["verdict"], result["grade"], result["critical"]) == ("inconclusive", "inconclusive", None)
    assert result["gradient_norm"]["lower"] <= 0 < result["gradient_norm"]["upper"]
    assert "inconclusive" in call("critical-point", tmp_path / "a.npz", "--accuracy", "1e-9").stdout


def test_floats_away_from_criticality(call, tmp_path):
    path = written(tmp_path, {"X": [[1.0]], "Y": [[1.0]], "W": [[[0.5]], [[0.25]]], "accuracy": 1e-6})
    (result,) = call("critical-point", path, "--json").results
    assert (result["verdict"], result["grade"]) == ("not_critical", "proved")


def test_polishing_finds_the_exact_point(call, tmp_path):
    path = written(tmp_path, {"X": I2, "Y": diag(2, 1), "W": [[[1.0001, 0], [0, 0]], [[1.9998, 0], [0, 0.0001]]]})
    (result,) = call("critical-point", path, "--polish", 20, "--json").results
    norms = result["polish"]["gradient_norms"]
    assert norms[-1] < norms[0] / 1000
    assert result["rounded"] is None or result["rounded"]["grade"] == "proved"
    assert "polished: gradient norm" in call("critical-point", path, "--polish", 20).stdout
    assert call("critical-point", path, "--polish", 0, "--json").error["argument"] == "steps"


def test_integers_cannot_be_polished(call, tmp_path):
    assert call("critical-point", written(tmp_path, POINT), "--polish", 3, "--json").error["argument"] == "polish"


@pytest.mark.parametrize(
    ("change", "argument"),
    [
        ({"W": [e, [[1, 2, 3]]]}, "W_2"),
        ({"W": []}, "W"),
        ({"Y": [[1]]}, "Y"),
        ({"X": [[1, float("nan")], [0, 1]]}, "X[0][1]"),
        ({"X": [["1", 0.5], [0, 1]]}, "X, Y, W"),
        ({"X": [["1", "x"], [0, 1]]}, "X[0][1]"),
        ({"Z": 1}, "Z"),
        ({"accuracy": 0.1}, "accuracy"),
    ],
)
def test_bad_input(call, tmp_path, change, argument):
    answer = call("critical-point", written(tmp_path, {**POINT, **change}), "--json")
    assert (answer.status, answer.error["argument"]) == (2, argument)


def test_missing_keys_and_files(call, tmp_path):
    answer = call("critical-point", written(tmp_path, {"X": I2, "Y": I2}), "--json")
    assert (answer.status, answer.error["argument"]) == (2, "W")
    for name in ("none.json", "none.npz", "none.jsonl"):
        assert call("critical-point", tmp_path / name, "--json").status == 2


def test_bad_line_leaves_the_others(call, tmp_path):
    answer = call("critical-point", written(tmp_path, POINT, {"X": 1}, POINT), "--json")
    assert (answer.status, len(answer.results)) == (1, 3)
    assert "error" in answer.results[1]
    assert answer.results[2]["verdict"] == "strict_saddle"


def test_seed_gives_the_same_answer(call, tmp_path):
    path = written(tmp_path, {"X": I2, "Y": diag(2, 1), "W": [[[0, 0], [0, 0]]] * 3})
    one, two, other = (call("critical-point", path, "--seed", s, "--json").results[0] for s in (5, 5, 6))
    assert one["escape_direction"] == two["escape_direction"]
    assert (one["seed"], other["verdict"]) == (5, "nonstrict_saddle")


@examples(100)
@given(st.integers(), st.integers(min_value=1), st.integers(0, 1500), st.integers(0, 1500))
def test_decimals_of_long_fractions_are_those_of_exact_division(above, below, more_above, more_below):
    value = f"{above * 10**more_above + 1}/{below * 7**more_below}"
    exact = Fraction(value)
    with localcontext() as context:
        context.prec = 20
        expected = str(Decimal(exact.numerator) / Decimal(exact.denominator))
    assert _decimal(value) == _decimal(exact) == expected
    assert _decimal("4" * 1200 + "/2") == _decimal(Fraction(2 * int("1" * 1200)))
