"""Short lines of input that ask for more than there is are refused at once, and say what they would take."""

import json
import time

import pytest
from click.testing import CliRunner

from proofs_check.cli.app import app

REFUSED = [
    "table memorization 1000000",
    "table critical-points 1000 2",
    "table defects --largest 1000000",
    "dimension 1000000 1000000000 1000000000 1 --degree 2",
    "sweep minimal-filling --input 2 --output 1 --depth 10000000000 --degree 2",
    "table dimensions 2 1..9999999999999999999999 1 --degree 2",
    "dimension 2 3 1 --degree 2 --error 1e-99999999",
]
"""Each once ran out of memory, or did not end."""

SOON = 10.0
"""Seconds: with room for a busy machine, and far below what they took."""


@pytest.mark.parametrize("line", REFUSED)
def test_refused_before_the_work(line):
    start = time.process_time()
    result = CliRunner().invoke(app, line.split(), catch_exceptions=False)
    assert result.exit_code == 2
    assert "but it must be" in result.output
    assert time.process_time() - start < SOON


def test_the_limit_of_the_process_refuses_a_softmax_matrix(monkeypatch, tmp_path):
    import resource

    tokens = [[i % 7, i % 5] for i in range(300)]
    file = tmp_path / "tokens.json"
    file.write_text(json.dumps({"keys": tokens, "queries": tokens}))
    monkeypatch.setattr(resource, "getrlimit", lambda which: (1 << 23, resource.RLIM_INFINITY))
    result = CliRunner().invoke(app, ["rank", "softmax", str(file)])
    assert result.exit_code == 2
    assert "300 keys and 300 queries" in result.output
    assert "needed" in result.output


STRIDES = {"convolution": {"filters": [2, 2], "strides": [10**9, 1]}, "degree": 2}
TEMPLATES = {
    "input_shape": [4],
    "templates": 3,
    "layers": [{"window": [4], "stride": [4], "channels": 10**7, "sharing": "sliding"}],
    "row_side": "odd-even",
}
HIDDEN = {"widths": [2, 10**400, 1], "degree": 2}
REDUCED = [
    ("dimension", STRIDES, "dimension 3"),
    ("dimension", HIDDEN, "dimension 3"),
    ("rank convac", TEMPLATES, "rank 9"),
]


@pytest.mark.parametrize(("command", "given", "found"), REDUCED)
def test_what_no_output_sees_is_left_out(tmp_path, command, given, found):
    file = tmp_path / "given.json"
    file.write_text(json.dumps(given))
    result = CliRunner().invoke(app, [*command.split(), str(file)])
    assert f"{found} (proved)" in result.output


def test_a_line_that_is_refused_leaves_the_others(tmp_path):
    widths = [[2, 3, 1], [10**20, 10**20, 1], [10**400, 10**400, 1], [2, 10**400, 1]]
    file = tmp_path / "networks.jsonl"
    file.write_text("\n".join(json.dumps({"widths": w, "degree": 2}) for w in widths))
    result = CliRunner().invoke(app, ["dimension", str(file), "--json"])
    rows = json.loads(result.stdout)
    answers = [row.get("lower") for row in (rows["results"] if isinstance(rows, dict) else rows)]
    assert [answer == 3 for answer in answers] == [True, False, False, True]
