"""Sentences that say what was wrong, where another was said before; one a line of F18."""

import json

import pytest


@pytest.mark.parametrize("word", ["2 3 2 1", "2,3,2,1", "[2,3,2,1]", "(2, 3, 2, 1)"])
def test_widths_in_one_word(call, word):
    answer = call("dimension", word, "--degree", 2)
    assert answer.status == 0
    assert answer.stdout.startswith("pnn:2-3-2-1:r2  dimension 5 (proved)")


def test_a_missing_file_is_said_first(call):
    assert "No such file" in call("dimension", "missing", "--degree", 2).stderr


def test_words_that_are_no_file(call, tmp_path):
    (tmp_path / "x.json").write_text('{"widths": [2, 3, 1], "degree": 2}')
    assert "FILE is ''" in call("dimension", "").stderr
    assert "FILE is ''" in call("threshold", "").stderr
    assert "must be one file" in call("dimension", tmp_path / "x.json", tmp_path / "x.json").stderr


def test_ndjson_is_read_line_by_line(call, tmp_path):
    file = tmp_path / "x.ndjson"
    file.write_text('{"widths": [2, 3, 1], "degree": 2}\n' * 2)
    assert len(call("dimension", file, "--json").results) == 2
    assert "one at a time" in call("dimension", file, "--certificate", tmp_path / "c.json").stderr


def test_errors_of_tables_are_objects_too(call, tmp_path):
    file = tmp_path / "x.jsonl"
    file.write_text('{"widths": [2, 0, 1], "degree": 2}\n')
    (row,) = call("table", "batch", "dimension", file, "--json").results
    (result,) = call("dimension", file, "--json").results
    assert row["error"].keys() == result["error"].keys()
    assert row["error"]["message"] == result["error"]["message"]
    assert (row["error"]["argument"], row["error"]["value"]) == ("widths", 0)


def test_the_seed_is_that_of_the_pattern(call, tmp_path):
    file = tmp_path / "b.json"
    file.write_text('{"name": "bigbird", "n": 20, "w": 1, "g": 1, "r": 1}')
    (result,) = call("attention", "pattern", file, "--seed", 5, "--json").results
    assert result["seed"] == 5
    assert result["label"].endswith(":seed5")


def test_a_hessian_that_is_too_large_says_so(call, tmp_path):
    eye = [[int(i == j) for j in range(6)] for i in range(6)]
    file = tmp_path / "p.json"
    file.write_text(json.dumps({"X": eye, "Y": eye, "W": [eye] * 12}))
    answer = call("critical-point", file, "--hessian")
    assert answer.status == 0
    assert "not computed: more than" in answer.stdout


def test_huge_ranks_are_abbreviated(call, tmp_path):
    layers = [{"window": [2], "stride": [2], "channels": 2}] * 9
    file = tmp_path / "c.json"
    file.write_text(json.dumps({"input_shape": [512], "templates": 2, "layers": layers, "row_side": "odd-even"}))
    answer = call("rank", "convac", file)
    assert "rank about 10^77 (proved)" in answer.stdout


def test_powers_of_ten_are_read_everywhere(call, tmp_path):
    file = tmp_path / "m.json"
    file.write_text('{"points": [["1e3"], ["0.5"]], "labels": [0, 1]}')
    assert call("memorize", "build", file).status == 0
    file.write_text('{"points": [["1e99999999"], ["0.5"]], "labels": [0, 1]}')
    assert call("memorize", "build", file).status == 2


def test_the_checker_says_how_it_is_called(capsys):
    from algebra.evidence.checker.claims import main

    assert main([]) == 2
    assert "usage" in capsys.readouterr().err


def test_all_kinds_of_plots_are_listed(call):
    assert "overlaps" in call("plot", "nope", 3, "--output", "a.png").stderr
