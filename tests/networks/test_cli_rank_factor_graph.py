import json

import pytest
from click.testing import CliRunner

from algebra.evidence.checker.labels import digits
from proofs_check.cli.app import app

TRAIN = {
    "variable_dims": [4, 4, 4, 4, 3, 3, 3],
    "observed": 4,
    "factor_scopes": [[0, 4], [1, 4, 5], [2, 5, 6], [3, 6]],
    "tied": None,
    "row_side": [0, 2],
}


@pytest.fixture
def call(tmp_path):
    def run(given, *words, suffix=".json"):
        file = tmp_path / f"graph{suffix}"
        file.write_text(given if isinstance(given, str) else json.dumps(given))
        return CliRunner().invoke(app, ["rank", "factor-graph", str(file), *words], catch_exceptions=False)

    return run


def test_json(call):
    answer = call(TRAIN, "--json")
    assert answer.exit_code == 0
    envelope = json.loads(answer.stdout)
    assert (envelope["schema"], envelope["command"]) == (1, "rank factor-graph")
    (result,) = envelope["results"]
    assert (result["lower"], result["upper"], result["grade"], result["log2_error"]) == (12, 12, "proved", None)
    assert (result["lower_by"], result["upper_by"], result["seed"]) == ("minor", "minimal-cut", 0)
    assert result["label"].startswith("fg:v4,4,4,4,3,3,3")
    assert result["row_side"] == [0, 2]
    assert result["seconds"] >= 0


def test_text_names_bounds_and_cut(call):
    answer = call(TRAIN)
    assert "rank 12 (proved)" in answer.stdout
    assert "minimal-cut: " in answer.stdout
    assert "minor" in answer.stdout


def test_lines_are_answered_one_by_one(call):
    lines = [TRAIN, {**TRAIN, "row_side": [9]}, {**TRAIN, "row_side": [0, 1]}, {**TRAIN, "colour": 1}, {"observed": 1}]
    answer = call("\n".join(map(json.dumps, lines)), "--json", suffix=".jsonl")
    assert answer.exit_code == 1
    results = json.loads(answer.stdout)["results"]
    assert [result.get("lower") for result in results] == [12, None, 3, None, None]
    assert [results[i]["error"]["argument"] for i in (1, 3, 4)] == ["row_side", "colour", "variable_dims"]
    assert "rank 12 (proved)" in call("\n".join(map(json.dumps, lines)), suffix=".jsonl").stdout


def test_certificates_are_checked_by_the_command(call, tmp_path):
    file = tmp_path / "certificate.json"
    answer = call(TRAIN, "--json", "--certificate", str(file), "--seed", "5")
    (result,) = json.loads(answer.stdout)["results"]
    assert (result["certificate"], result["seed"]) == (str(file), 5)
    checked = CliRunner().invoke(app, ["check", str(file)], catch_exceptions=False)
    assert checked.exit_code == 0, checked.stdout


def test_a_seed_in_the_file_counts(call):
    (result,) = json.loads(call({**TRAIN, "seed": 7}, "--json").stdout)["results"]
    assert result["seed"] == 7
    assert call({**TRAIN, "seed": "7"}, "--json").exit_code == 2


@pytest.mark.parametrize(
    ("change", "argument"),
    [
        ({"row_side": "left"}, "row_side"),
        ({"row_side": [0, 0]}, "row_side"),
        ({"variable_dims": 4}, "variable_dims"),
        ({"observed": 9}, "observed"),
        ({"factor_scopes": [[0, 99]]}, "factor_scopes"),
        ({"tied": [[0, 1]]}, "tied"),
    ],
)
def test_bad_input_ends_with_status_two(call, change, argument):
    answer = call({**TRAIN, **change}, "--json")
    assert answer.exit_code == 2
    assert json.loads(answer.stdout)["error"]["argument"] == argument


def test_one_certificate_at_a_time(call, tmp_path):
    answer = call(json.dumps(TRAIN), "--json", "--certificate", str(tmp_path / "c"), suffix=".jsonl")
    assert answer.exit_code == 2
    assert json.loads(answer.stdout)["error"]["argument"] == "--certificate"


def test_numbers_that_no_reader_takes_are_strings(call):
    pairs = [[2 * i, 2 * i + 1] for i in range(300)]
    wide = {"variable_dims": [2**60] * 600, "observed": 600, "factor_scopes": pairs}
    (result,) = json.loads(call({**wide, "row_side": list(range(0, 600, 2))}, "--json").stdout)["results"]
    assert result["lower"] == result["upper"] == digits(2**18_000)
    assert result["grade"] == "proved"
    (result,) = json.loads(call({**wide, "row_side": [0, 2, 5]}, "--json").stdout)["results"]
    assert result["lower"] == result["upper"] == 2**180
