"""`rankcert round`, which is a question and a group of questions, and `round dot`, `round descent`, `round rank`."""

import json
from fractions import Fraction

import pytest

NUMBER = {"value": "-37/29", "integer_bits": 16, "fraction_bits": 5}


@pytest.fixture
def ask(call, tmp_path):
    def run(words, given, *more):
        file = tmp_path / "given.json"
        file.write_text(json.dumps(given), encoding="utf-8")
        return call(*words.split(), file, *more, "--json")

    return run


def test_a_number(ask):
    (found,) = ask("round", NUMBER).results
    down, up, p = (Fraction(found[key]) for key in ("down", "up", "probability_up"))
    x, eps = Fraction(-37, 29), Fraction(1, 32)
    assert (up - down, p) == (eps, (x - down) / eps)
    assert down <= x <= up
    assert Fraction(found["variance"]) == eps**2 * p * (1 - p)
    assert found["nearest_even"] == found["nearest_down"] == str(down if x - down < eps / 2 else up)
    assert (found["unbiased"], found["saturates"], found["bias"], found["grade"]) == (True, False, "0", "proved")


def test_numbers_beyond_the_range_are_refused_or_saturate(ask):
    beyond = {"value": "31/8", "integer_bits": 3, "fraction_bits": 2}
    answer = ask("round", beyond)
    assert answer.status == 2
    assert answer.error["argument"] == "value"
    (found,) = ask("round", {**beyond, "saturate": True}).results
    assert (found["down"], found["up"], found["probability_up"], found["variance"]) == ("15/4", "15/4", "0", "0")
    assert (found["saturates"], found["unbiased"], found["bias"]) == (True, False, "-1/8")


def test_few_random_bits_are_biased_down(ask):
    (found,) = ask("round", {"value": "13/16", "integer_bits": 2, "fraction_bits": 0, "random_bits": 2}).results
    assert (found["probability_up"], found["bias"], found["unbiased"]) == ("3/4", "-1/16", False)
    (found,) = ask("round", {"value": "13/16", "integer_bits": 2, "fraction_bits": 0, "random_bits": 4}).results
    assert found["unbiased"]


def test_a_dot_product_that_is_rounded_once(ask):
    given = {"a": [3, -5, 7], "b": [5, 3, 1], "fraction_bits": 3}
    (each,), (once,) = (ask("round dot", {**given, "accumulate": how}).results for how in ("each", "once"))
    assert each["mean"] == once["mean"] == "7/8"
    assert len(once["law"]) == 2 < len(each["law"])
    assert once["tail"] is None


def test_a_descent_that_alternates(ask):
    (found,) = ask("round descent", {"h": 2, "c": 5, "start": 0, "steps": 3}).results
    assert found["stops"] == {"nearest_even": None, "nearest_down": None}
    assert found["cycles"] == {"nearest_even": [0, 10], "nearest_down": [0, 10]}
    assert found["limit"] is None


def test_numbers_of_any_length(ask, call, tmp_path):
    (found,) = ask("round descent", {"h": "1/2", "c": str(10**5000), "start": 10**5000 - 1, "steps": 1}).results
    assert sorted(found["law"].values()) == ["1/2", "1/2"]
    assert call("round", "descent", tmp_path / "given.json").status == 0
    wide = {"value": f"{10**50}/3", "integer_bits": 400, "fraction_bits": 9000}
    (found,) = ask("round", wide).results
    assert found["probability_up"] in ("1/3", "2/3")
    assert call("round", tmp_path / "given.json").stdout.startswith(found["label"])


# ---- a question that is a group as well


def test_options_may_stand_before_the_file(call, tmp_path):
    file = tmp_path / "given.json"
    file.write_text(json.dumps(NUMBER))
    assert call("round", "--json", file).results[0]["down"] == call("round", file, "--json").results[0]["down"]
    assert call("round", "-", "--json", stdin=json.dumps(NUMBER)).results[0]["label"] == "round:i16:f5:-37/29"


def test_help_tells_of_both(call):
    text = call("round", "--help").stdout
    assert "rankcert example round" in text
    assert all(name in text for name in ("descent", "dot", "rank"))


def test_a_misspelt_command_is_answered_with_the_right_one(call, tmp_path, monkeypatch):
    answer = call("round", "dott", "given.json", "--json")
    assert answer.status == 2
    assert "dot" in answer.error["message"]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rnk").write_text(json.dumps(NUMBER))  # a file of such a name is read
    assert call("round", "rnk", "--json").status == 0
