import json

import pytest

CIRCUIT = {
    "input_shape": [8],
    "templates": 3,
    "layers": [
        {"window": [2], "stride": [2], "channels": 3, "border": "clip", "sharing": "none"},
        {"window": [2], "stride": [2], "channels": 4, "border": "clip", "sharing": "none"},
        {"window": [2], "stride": [2], "channels": 6, "border": "clip", "sharing": "none"},
    ],
    "output": "linear",
    "row_side": [0, 1, 2],
}
GAP = {
    "input_shape": [5],
    "templates": 3,
    "layers": [{"window": [2], "stride": [1], "channels": 2}, {"window": [5], "stride": [5], "channels": 2}],
    "row_side": [2, 3],
}


@pytest.fixture
def file(tmp_path):
    def write(*objects):
        path = tmp_path / ("circuit.json" if len(objects) == 1 else "circuits.jsonl")
        path.write_text("\n".join(map(json.dumps, objects)))
        return path

    return write


def test_envelope(call, file):
    answer = call("rank", "convac", file(CIRCUIT), "--json", "--seed", 5)
    assert (answer.status, answer.json["command"]) == (0, "rank convac")
    (result,) = answer.results
    assert (result["label"], result["lower"], result["upper"]) == ("convac:8:M3:w2s2c3-w2s2c4-w2s2c6", 9, 9)
    assert (result["grade"], result["log2_error"], result["seed"], result["certificate"]) == ("proved", None, 5, None)
    assert (result["lower_by"], result["upper_by"]) == ("evaluation-minor", "min-cut")
    assert [(layer["border"], layer["sharing"]) for layer in result["layers"]] == [("clip", "none")] * 3
    assert (result["row_side"], result["output"]) == ([0, 1, 2], "linear")
    assert result["seconds"] > 0


def test_human_report(call, file):
    answer = call("rank", "convac", file({**CIRCUIT, "row_side": "odd-even"}))
    assert answer.stdout.startswith("convac:8:M3:w2s2c3-w2s2c4-w2s2c6  rank 81 (proved)\n")
    assert "border clip, sharing none" in answer.stdout
    assert answer.stderr == ""


def test_lines_and_errors_among_them(call, file):
    answer = call("rank", "convac", file(GAP, {**CIRCUIT, "row_side": []}, CIRCUIT), "--json")
    assert answer.status == 1
    assert [result.get("lower") for result in answer.results] == [7, None, 9]
    assert answer.results[0]["grade"] == "probable"
    assert answer.results[1]["error"]["argument"] == "row_side"


def test_a_smaller_error_is_asked_for(call, file):
    (result,) = call("rank", "convac", file(GAP), "--error", "2^-120", "--json").results
    assert result["log2_error"] <= -120


def test_a_representation(call, file):
    (result,) = call("rank", "convac", file({**GAP, "representation": [[1, 2, 3], [2, 4, 6]]}), "--json").results
    assert (result["lower"], result["lower_by"]) == (1, "evaluation-minor")


@pytest.mark.parametrize(
    ("change", "argument"),
    [
        ({"row_side": "right"}, "row_side"),
        ({"row_side": [0, 8]}, "row_side"),
        ({"row_side": None}, "row_side"),
        ({"templates": 0}, "templates"),
        ({"layers": []}, "layers"),
        ({"layers": CIRCUIT["layers"][:2]}, "layers"),
        ({"layers": [{"window": [9], "stride": [9], "channels": 1}]}, "window of layer 1"),
        ({"layers": [{"window": [2], "stride": [3], "channels": 1}]}, "stride of layer 1"),
        ({"layers": [{"window": [8], "stride": [8], "channels": 0}]}, "channels"),
        ({"padding": "same"}, "padding"),
        ({"representation": [[1, 2]]}, "representation"),
        ({"seed": "x"}, "seed"),
    ],
)
def test_bad_objects(call, file, change, argument):
    answer = call("rank", "convac", file({**CIRCUIT, **change}), "--json")
    assert (answer.status, answer.error["argument"]) == (2, argument)
    human = call("rank", "convac", file({**CIRCUIT, **change}))
    assert (human.status, human.stdout) == (2, "")
    assert "Traceback" not in human.stderr


def test_missing_keys_and_files(call, file, tmp_path):
    for key in ("input_shape", "templates", "layers", "row_side"):
        answer = call("rank", "convac", file({k: v for k, v in CIRCUIT.items() if k != key}), "--json")
        assert (answer.status, answer.error["argument"]) == (2, key)
    assert call("rank", "convac", tmp_path / "none.json").status == 2
    lines = file(CIRCUIT, GAP)
    assert (
        call("rank", "convac", lines, "--certificate", tmp_path / "c.json", "--json").error["argument"]
        == "--certificate"
    )
