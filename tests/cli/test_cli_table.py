import csv
import os
import signal
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from algebra import PolynomialNetwork
from proofs_check.engine import loop as engine
from proofs_check.families import dimensions
from proofs_check.results import DIMENSION_FIELDS
from tests.sweep.waiting import has_rows, wait_until
from tests.tables.reading import FORMATS, check_every_format

PUBLISHED = Path(str(files("proofs_check.printed") / "data" / "dao2026-search.csv"))
COMMAND = [sys.executable, "-c", "from proofs_check.cli import main; main()", "table", "dimensions"]


def rows_in(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def small(tmp_path):
    """The least of the published rows, and two equal ones."""
    lines = PUBLISHED.read_text().splitlines()
    least = sorted(lines[1:], key=lambda line: sum(map(int, line.split(",")[0].split())))[:30]
    file = tmp_path / "in.csv"
    file.write_text("\n".join([lines[0], *least, least[0]]) + "\n")
    return file


def test_rows_are_kept_and_right(call, small, tmp_path):
    output = tmp_path / "out.csv"
    answer = call("table", "dimensions", "--from", small, "--output", output)
    assert (answer.status, answer.stdout) == (0, "")
    given, found = rows_in(small), rows_in(output)
    assert [{name: row[name] for name in given[0]} for row in found] == given
    assert all(row["lower"] == row["dimension"] for row in found)
    assert {row["grade"] for row in found} <= {"proved", "probable"}
    # the input has a column of this name, which stays; the result's is called …_found
    assert all(row["ambient_dimension_found"] == row["ambient_dimension"] for row in found)


def test_processes_do_not_change_the_output(call, small, tmp_path, monkeypatch):
    one, two = tmp_path / "one.csv", tmp_path / "two.csv"
    call("table", "dimensions", "--from", small, "--output", one, "--jobs", 1)
    monkeypatch.setattr(engine, "LOOK", 0.0)
    monkeypatch.setattr(engine, "WORTH_A_POOL", 0.0)
    call("table", "dimensions", "--from", small, "--output", two, "--jobs", 2)
    assert one.read_bytes() == two.read_bytes()


def test_ranges_on_screen(call):
    answer = call("table", "dimensions", 2, "3..4", 2, 1, "--degree", "2..3")
    assert answer.status == 0
    assert "(2, 4, 2, 1)" in answer.stdout
    assert "4 rows: 4 proved" in answer.stdout
    assert "rankcert table dimensions 2 3..4 2 1 --degree 2..3" in answer.stdout


def test_json(call):
    answer = call("table", "dimensions", 2, "3..4", 1, "--degree", 2, "--biases", "--json")
    assert answer.json["command"] == "table dimensions"
    assert [result["widths"] for result in answer.results] == [[2, 3, 1], [2, 4, 1]]
    assert all(set(result) >= set(DIMENSION_FIELDS) and result["biases"] is True for result in answer.results)


def test_every_format_has_the_same_cells(call, tmp_path):
    words = ("table", "dimensions", 2, "3..4", 1, "--degree", 2, "--output")
    names, *rows = check_every_format(tmp_path, lambda path: call(*words, path), rows=2)
    assert [dict(zip(names, row, strict=True))["label"] for row in rows] == ["pnn:2-3-1:r2", "pnn:2-4-1:r2"]
    assert len(list(tmp_path.iterdir())) == len(FORMATS)  # nothing lies beside the tables


def test_columns_for_degrees_biases_and_seeds(call, tmp_path):
    source, output = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text('widths,degrees,biases,seed,lower\n2 4 3 1,"2,3",yes,5,mine\n2 2,,,,\n')
    assert call("table", "dimensions", "--from", source, "--output", output).status == 0
    first, second = rows_in(output)
    assert (first["label"], first["seed"], first["lower"]) == ("pnn:2-4-3-1:r2,3:b", "5", "mine")
    assert first["lower_found"].isdigit()
    assert (second["label"], second["lower_found"], second["seed"]) == ("pnn:2-2", "4", "")


def test_degree_for_a_file_without_one(call, tmp_path):
    source, output = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("\ufeffwidths\n2 3 1\n", encoding="utf-8")
    assert call("table", "dimensions", "--from", source, "--degree", 2, "--output", output).status == 0
    assert rows_in(output)[0]["degree"] == "2"


def test_only_a_header(call, tmp_path):
    source, output = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("widths,degree\n")
    assert call("table", "dimensions", "--from", source, "--output", output).status == 0
    assert rows_in(output) == []


def test_a_row_that_fails_loses_no_other(call, tmp_path, monkeypatch):
    from algebra import InputError

    right = PolynomialNetwork.dimension

    def dimension(self, **settings):
        if self.widths == (2, 3, 1):
            raise InputError("network", "it", "smaller")
        return right(self, **settings)

    monkeypatch.setattr(PolynomialNetwork, "dimension", dimension)
    output = tmp_path / "out.csv"
    answer = call("table", "dimensions", 2, "3..4", 1, "--degree", 2, "--output", output, "--jobs", 1)
    assert answer.status == 1
    assert "row 1: InputError: network is 'it', but it must be smaller" in answer.stderr
    assert [row["lower"] for row in rows_in(output)] == ["", "3"]
    assert "failed" in call("table", "dimensions", 2, "3..4", 1, "--degree", 2).stdout


@pytest.mark.parametrize(
    ("content", "argument"),
    [
        ("widths,degree\n2 3 1,2\n2 3 1,x\n", "row 2, column degree"),
        ("widths,degree\n2 0 1,2\n", "row 1, column widths"),
        ("widths,degree\n2 3 1,2\n2 3 1,\n", "row 2, column degree"),
        ("widths,degree,degrees\n2 3 1,2,2\n", "row 1, column degrees"),
        ("widths,degree,biases\n2 3 1,2,perhaps\n", "row 1, column biases"),
        ("widths,degree,seed\n2 3 1,2,x\n", "row 1, column seed"),
        ("widths,degree\n2 3 1\n", "row 1"),
        ("width,degree\n2 3 1,2\n", "--from"),
        ("widths,widths\n2,2\n", "--from"),
        ('widths,degree\n"2 3 1,2\n', "--from"),
        ("", "--from"),
    ],
)
def test_bad_file(call, tmp_path, content, argument, monkeypatch):
    monkeypatch.setattr(PolynomialNetwork, "dimension", None)  # nothing is computed
    source = tmp_path / "in.csv"
    source.write_text(content)
    answer = call("table", "dimensions", "--from", source, "--json")
    assert (answer.status, answer.error["argument"]) == (2, argument)


@pytest.mark.parametrize(
    ("words", "argument"),
    [
        ([], "RANGES"),
        (["2", "3", "--from", "x.csv"], "RANGES"),
        (["--from", "missing.csv"], "--from"),
        (["2", "6..3", "1", "--degree", "2"], "widths"),
        (["2", "3..", "1", "--degree", "2"], "widths"),
        (["2", "0..3", "1", "--degree", "2"], "widths"),
        (["2", "1..99999", "1..99999", "1", "--degree", "2"], "widths"),
        (["2", "3", "1", "--degree", "x"], "degree"),
        (["2", "3", "1"], "degree"),
        (["2", "3", "1", "--degree", "2", "--jobs", "0"], "--jobs"),
        (["2", "3", "1", "--degree", "2", "--output", "t.xlsx"], "output"),
        (["2", "3", "1", "--degree", "2", "--output", "/nowhere/t.csv"], "output"),
        (["2", "3", "1", "--degree", "2", "--resume"], "--resume"),
        (["2", "3", "1", "--degree", "2", "--resume", "--output", "t.md"], "--resume"),
    ],
)
def test_bad_options(call, words, argument):
    answer = call("table", "dimensions", *words, "--json")
    assert (answer.status, answer.error["argument"]) == (2, argument)


def test_degree_twice(call, small):
    answer = call("table", "dimensions", "--from", small, "--degree", 2, "--json")
    assert (answer.status, answer.error["argument"]) == (2, "--degree")


def test_resume_computes_only_what_is_missing(call, small, tmp_path, monkeypatch):
    whole, part = tmp_path / "whole.csv", tmp_path / "part.csv"
    call("table", "dimensions", "--from", small, "--output", whole)
    part.write_text("".join(whole.read_text().splitlines(keepends=True)[:20]))
    asked = []
    right = PolynomialNetwork.dimension
    monkeypatch.setattr(PolynomialNetwork, "dimension", lambda self, **_: asked.append(self) or right(self, **_))
    done = call("table", "dimensions", "--from", small, "--output", part, "--resume", "--jobs", 1)
    assert done.status == 0
    assert 0 < len(asked) < 12
    assert part.read_bytes() == whole.read_bytes()
    again = call("table", "dimensions", "--from", small, "--output", part, "--resume", "--seed", 1, "--jobs", 1)
    assert again.status == 0  # another seed: nothing of the old file is taken
    assert {row["seed"] for row in rows_in(part)} == {"1"}


def test_resume_from_another_file(call, small, tmp_path):
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n")
    answer = call("table", "dimensions", "--from", small, "--output", other, "--resume", "--json")
    assert (answer.status, answer.error["argument"]) == (2, "--resume")
    assert other.read_text() == "a,b\n1,2\n"


def test_a_better_error_bound_is_computed_anew():
    weak = {"grade": "probable", "log2_error": -60.0}
    assert dimensions.is_good_enough(weak, None)
    assert dimensions.is_good_enough(weak, -60.0)
    assert not dimensions.is_good_enough(weak, -100.0)
    assert dimensions.is_good_enough({"grade": "proved", "log2_error": None}, -100.0)


@pytest.mark.parametrize(("jobs", "end"), [("1", signal.SIGINT), ("2", signal.SIGINT), ("1", signal.SIGTERM)])
def test_interruption_keeps_the_finished_rows(tmp_path, jobs, end):
    output = tmp_path / "out.csv"
    command = [*COMMAND, "--from", str(PUBLISHED), "--output", str(output), "--jobs", jobs]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
        wait_until(lambda: has_rows(output), process)
        os.killpg(process.pid, end)
        message = process.stderr.read()
        assert process.wait(30) == 130
    assert "Traceback" not in message
    found = rows_in(output)
    assert 0 < len(found) < 1576
    assert f"interrupted: {len(found)} of 1576 rows are finished and in {output}" in message
    assert all(row["lower"] == row["dimension"] for row in found)


def test_interruption_without_output(call, monkeypatch):
    def interrupted(self, **_):
        raise KeyboardInterrupt

    monkeypatch.setattr(PolynomialNetwork, "dimension", interrupted)
    answer = call("table", "dimensions", 2, 3, 1, "--degree", 2)
    assert answer.status == 130
    assert "0 of 1 rows are finished" in answer.stderr


def test_a_bug_keeps_the_other_rows(call, tmp_path, monkeypatch):
    right = PolynomialNetwork.dimension

    def buggy(self, **settings):
        if self.widths == (2, 4, 1):
            raise KeyError("bug")
        return right(self, **settings)

    monkeypatch.setattr(PolynomialNetwork, "dimension", buggy)
    output = tmp_path / "out.csv"
    answer = call("table", "dimensions", 2, "3..4", 1, "--degree", 2, "--output", output, "--jobs", 1)
    assert answer.status == 1
    assert "row 2: KeyError: 'bug'" in answer.stderr
    assert [row["lower"] for row in rows_in(output)] == ["3", ""]


def test_rows_are_kept_in_a_store(call, small, tmp_path):
    store, one, two = tmp_path / "rows.db", tmp_path / "one.csv", tmp_path / "two.csv"
    for output in (one, two):
        assert call("table", "dimensions", "--from", small, "--store", store, "--output", output).status == 0
    assert one.read_bytes() == two.read_bytes()
    (shown,) = call("store", "show", store, "--json").results
    assert shown["results"] == 30  # the thirty-first row is one of them again
