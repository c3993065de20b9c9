import csv
import json
import os
import signal
import subprocess
import sys

import pytest

from proofs_check.engine import Failure, Store, SweepReport
from tests.sweep.waiting import has_stored, wait_until

COMMAND = [sys.executable, "-c", "from proofs_check.cli import main; main()"]
FILLING = ["sweep", "minimal-filling", "--input", 2, "--output", 1, "--depth", 6, "--degree", 2]
DIMENSIONS = ["sweep", "dimensions", "2", "3..6", "2..4", "1", "--degree", "2"]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "results.db"


def test_minimal_filling_architectures_and_again_from_the_store(call, path):
    first = call(*FILLING, "--store", path, "--json")
    assert first.status == 0
    assert first.json["command"] == "sweep minimal-filling"
    (result,) = first.results
    assert [each["widths"] for each in result["architectures"]] == [[2, 3, 3, 4, 4, 2, 1]]
    assert result["architectures"][0]["label"] == "pnn:2-3-3-4-4-2-1:r2"
    assert (result["complete"], result["open_regions"], result["reused"]) == (True, [], 0)
    assert result["computed"] > 0
    (again,) = call(*FILLING, "--store", path, "--json").results
    assert (again["computed"], again["reused"]) == (0, result["computed"])
    assert again["architectures"] == result["architectures"]


def test_certificates_are_written_and_checked(call, tmp_path):
    (result,) = call(*FILLING, "--certificates", tmp_path / "proofs", "--json").results
    written = [result["certificate"], *(each["certificate"] for each in result["architectures"])]
    assert len(written) == 2
    checked = call("check", *written, "--json")
    assert checked.status == 0, checked.stdout
    assert all(each["valid"] for each in checked.results)


def test_the_list_for_people(call):
    text = call(*FILLING).stdout
    assert "mfa:2-1:h6:r2: 1 minimal filling architecture, complete, proved" in text
    assert "2-3-3-4-4-2-1" in text
    assert "0 open" in text


def test_dimensions_of_a_family(call, path, tmp_path):
    (result,) = call(*DIMENSIONS, "--store", path, "--json").results
    assert (result["count"], result["computed"]) == (12, 12)
    assert [row["widths"] for row in result["rows"]][:2] == [[2, 3, 2, 1], [2, 3, 3, 1]]  # in the family's order
    assert result["rows"][0]["lower"] == 5
    again = call(*DIMENSIONS, "--store", path)
    assert "12 of 12 dimensions: 12 proved" in again.stdout
    assert "0 computed, 12 reused" in again.stdout
    assert call("store", "export", path, tmp_path / "out.csv", "--json").results[0]["rows"] == 12
    with open(tmp_path / "out.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["widths"] == "2 3 2 1"
    assert [int(row["lower"]) for row in rows] == [row["lower"] for row in sorted_like(result["rows"], rows)]


def sorted_like(results, rows):
    by_label = {each["label"]: each for each in results}
    return [by_label[row["label"]] for row in rows]


def test_a_store_is_shown(call, path):
    call(*DIMENSIONS, "--store", path)
    call(*FILLING, "--store", path)
    (shown,) = call("store", "show", path, "--json").results
    assert [sweep["name"] for sweep in shown["sweeps"]] == ["dimensions", "minimal-filling"]
    assert shown["results"] == sum(shown["grades"].values()) == sum(sweep["results"] for sweep in shown["sweeps"])
    text = call("store", "show", path).stdout
    assert "dimensions" in text
    assert "12  ended" in text


def test_results_of_one_sweep_are_exported_alone(call, path, tmp_path):
    call(*DIMENSIONS, "--store", path)
    call(*FILLING, "--store", path)
    words = ["store", "export", path, tmp_path / "out.parquet", "--sweep", "dimensions", "--json"]
    assert call(*words).results[0]["rows"] == 12


@pytest.mark.parametrize(
    ("words", "argument"),
    [
        ([*DIMENSIONS, "--jobs", 2, "--scheduler", "tcp://127.0.0.1:1"], "--jobs"),
        ([*DIMENSIONS, "--jobs", 0], "--jobs"),
        (["sweep", "dimensions", "2", "3..", "1", "--degree", "2"], "widths"),
        (["sweep", "dimensions", "2", "5..3", "1", "--degree", "2"], "widths"),
        (["sweep", "dimensions", "2", "3", "1", "--degree", "2.."], "degree"),
        (["sweep", "minimal-filling", "--input", 0, "--output", 1, "--depth", 3, "--degree", 2], "input"),
        ([*DIMENSIONS, "--store", os.devnull + "/results.db"], "store"),
        (["store", "show", "nowhere.db"], "store"),
    ],
)
def test_bad_input(call, words, argument):
    answer = call(*words, "--json")
    assert answer.status == 2
    assert answer.error["argument"] == argument


def test_a_store_that_is_none_is_untouched(call, tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("not a store")
    assert call(*DIMENSIONS, "--store", path, "--json").error["argument"] == "store"
    assert path.read_text() == "not a store"


def test_a_store_that_another_process_writes_to(call, path):
    with Store.open(path):
        answer = call(*DIMENSIONS, "--store", path)
        assert answer.status == 2
        assert f"process {os.getpid()}" in answer.stderr
        assert call("store", "show", path).status == 0


def test_failures_are_listed_and_give_status_one(call, monkeypatch):
    failed = tuple(Failure(f"square:{n}", {"n": n}, "ZeroDivisionError: no") for n in range(25))
    report = SweepReport(0, 0, failed, 1.0, False)
    monkeypatch.setattr("proofs_check.engine.run.run_sweep", lambda *words, **settings: report)
    answer = call(*FILLING)
    assert answer.status == 1
    assert "square:19: ZeroDivisionError: no" in answer.stderr
    assert "5 more instances failed" in answer.stderr
    assert "not proved to be complete" in answer.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_and_continued(tmp_path, path, number):
    words = ["sweep", "dimensions", "3..9", "3..9", "3..9", "2..9", "--degree", "2", "--store", str(path), "--json"]
    run = subprocess.Popen([*COMMAND, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait_until(lambda: has_stored(path), run)
    run.send_signal(number)
    out, err = run.communicate(timeout=20)
    assert run.returncode == 130, err
    assert "the same command continues" in err
    assert "Traceback" not in err
    (result,) = json.loads(out)["results"]
    assert result["interrupted"]
    with Store.open(path) as store:
        assert 0 < len(store) == result["computed"] < 2744
