"""Files that commands write beside their answers."""

import json

import pytest

GIVEN = {
    "rank softmax": {"logits": [[1, 2], [3, 4]]},
    "rank convac": {
        "input_shape": [2],
        "templates": 2,
        "layers": [{"window": [2], "stride": [2], "channels": 1}],
        "row_side": "left",
    },
    "rank factor-graph": {
        "variable_dims": [2, 2, 2],
        "observed": 2,
        "factor_scopes": [[0, 2], [1, 2]],
        "row_side": [0],
    },
    "attention dimension": {"widths": [3, 3], "head_sizes": [1]},
    "memorize build": {"points": [[0], [1]], "labels": [0, 1]},
}


def words(command, tmp_path, target, suffix=".json"):
    file = tmp_path / f"given{suffix}"
    file.write_text(json.dumps(GIVEN[command]))
    return [*command.split(), file, "--output" if command.startswith("memorize") else "--certificate", target]


@pytest.mark.parametrize("command", GIVEN)
def test_a_file_that_cannot_be_written_is_refused_first(call, tmp_path, command):
    for target in (tmp_path, tmp_path / "missing" / "file.json"):
        answer = call(*words(command, tmp_path, target))
        assert answer.status == 2
        assert "a folder that exists" in answer.stderr


@pytest.mark.parametrize("command", GIVEN)
def test_many_results_share_no_file(call, tmp_path, command):
    target = tmp_path / "file.json"
    answer = call(*words(command, tmp_path, target, ".jsonl"), "--json")
    assert answer.status == 2
    assert "one at a time" in answer.error["allowed"]
    assert not target.exists()


@pytest.mark.parametrize("command", GIVEN)
def test_the_text_says_where_it_is(call, tmp_path, command):
    target = tmp_path / "file.json"
    answer = call(*words(command, tmp_path, target))
    assert answer.status == 0
    assert target.exists()
    assert answer.stdout.rstrip().endswith(f" in {target}")
    assert "seed 0, " in answer.stdout


def test_the_seed_of_a_file_comes_first(call, tmp_path):
    file = tmp_path / "point.json"
    file.write_text('{"X": [[1]], "Y": [[2]], "W": [[[1]]], "seed": 7}')
    assert call("critical-point", file, "--seed", 3, "--json").results[0]["seed"] == 7
    file.write_text('{"X": [[1]], "Y": [[2]], "W": [[[1]]], "seed": "x"}')
    assert call("critical-point", file, "--json").error["argument"] == "seed"
    file.write_text('{"supports": [[1], [0]], "epsilon": ["1/9", "1/9"], "seed": 7}')
    assert call("attention", "realise", file, "--json").results[0]["seed"] == 7
