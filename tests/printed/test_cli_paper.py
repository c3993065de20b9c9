"""`rankcert table paper`."""

import csv

from proofs_check import printed
from proofs_check.printed import paper_tables
from tests.tables.reading import check_every_format


def test_the_list(call):
    bare, listed = call("table", "paper"), call("table", "paper", "--list")
    assert bare.status == listed.status == 0
    assert bare.stdout == listed.stdout
    assert "dao2026-search           1576  Dao, Rodriguez" in bare.stdout
    assert "arXiv:2605.09609" in bare.stdout
    results = call("table", "paper", "--json").results
    assert [each["name"] for each in results] == list(paper_tables())
    assert all(each["source"] and each["rows"] for each in results)


def test_a_table_on_screen(call):
    answer = call("table", "paper", "dao2026-counterexample", "--jobs", 1)
    assert answer.status == 0
    assert "(2, 3, 4, 5, 4, 6, 4, 1)" in answer.stdout
    assert "7 rows: 7 =; ours: 7 proved" in answer.stdout


def test_json(call):
    results = call("table", "paper", "thresholds", "--rows", 3, "--json").results
    assert len(results) == 3
    first = results[0]
    assert (first["widths"], first["threshold"], first["printed"]) == ([4, 4, 3, 4], 1, {"threshold": 1})
    assert (first["label"], first["grade"], first["agrees"], first["seed"]) == ("threshold:4-4-3-4", "proved", True, 0)
    result = call("table", "paper", "dao2026-search", "--rows", 1, "--json").results[0]
    assert (result["lower"], result["upper"], result["grade"], result["dimension"]) == (65, 65, "proved", 65)
    assert result["printed"] == {"dimension": 65, "ambient_dimension": 65}
    assert result["kind"] == "non-unimodal minimal filling (reported)"


def test_every_format_has_the_same_cells(call, tmp_path):
    def write(path):
        answer = call("table", "paper", "dao2026-filling", "--output", path)
        assert (answer.status, answer.stdout) == (0, "")
        assert "7 rows: 7 =" in answer.stderr

    check_every_format(tmp_path, write, rows=7)


def test_csv_is_exact(call, tmp_path):
    file = tmp_path / "table.csv"
    call("table", "paper", "segre-veronese", "-o", file)
    rows = list(csv.DictReader(file.read_text().splitlines()))
    assert (rows[0]["widths"], rows[0]["lower"], rows[0]["dimension_printed"], rows[0]["agrees"]) == (
        ("4 5 3", "29", "29", "True")
    )
    assert (rows[1]["dimension"], rows[1]["dimension_printed"]) == ("62", "")


def test_differences_change_the_status(call, monkeypatch):
    table = printed.printed_table("dao2026-filling")
    monkeypatch.setitem(table.rows[1], "dimension", 8)
    answer = call("table", "paper", "dao2026-filling")
    assert answer.status == 1
    assert "7 rows: 6 =, 1 ≠" in answer.stdout
    assert "row 2 differs: pnn:2-3-3:r2 ≠ dimension" in answer.stderr


def test_bad_input(call, tmp_path):
    answer = call("table", "paper", "nope", "--json")
    assert answer.status == 2
    assert (answer.error["argument"], answer.error["value"]) == ("NAME", "nope")
    assert "dao2026-counterexample" in answer.error["allowed"]
    for words in (
        ["--rows", 0],
        ["--jobs", 0],
        ["--output", tmp_path / "x.doc"],
        ["--output", tmp_path / "no" / "x.md"],
    ):
        assert call("table", "paper", "thresholds", *words).status == 2
