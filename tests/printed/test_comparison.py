"""Every paper's table, computed anew: nothing differs from what is printed."""

import csv
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from algebra import Bounds, Grade, InputError
from proofs_check.printed import Comparison, PrintedTable, compare, paper_table, paper_tables, printed_table
from proofs_check.printed.comparison import same
from proofs_check.printed.quantities import QUANTITIES

ROOT = Path(__file__).parents[2]
LONG = "dao2026-search"
ONLY_PROBABLE = {"alexander-hirschowitz", "segre-veronese"}  # they do without the bounds that cite them


@pytest.mark.parametrize("name", [name for name in paper_tables() if name != LONG])
def test_nothing_differs(name):
    comparison = compare(name, jobs=1)
    assert comparison.marks == ["="] * len(printed_table(name))
    grades = {answer["grade"] for answer in comparison.answers}
    assert grades == ({"proved", "probable"} if name in ONLY_PROBABLE else {"proved"})


def test_nothing_differs_in_a_sample_of_the_searches():
    comparison = compare(LONG, rows=80, jobs=1)
    assert comparison.marks == ["="] * 80
    assert comparison.table().notes[0] == "80 of 1576 rows: 80 =; ours: 80 proved"


@pytest.mark.slow
def test_nothing_differs_in_the_searches():
    comparison = compare(LONG)
    assert len(comparison.rows) == 1576
    assert comparison.different == []


@pytest.mark.parametrize("name", paper_tables())
def test_every_table_says_where_it_comes_from(name):
    table = printed_table(name)
    assert table.title
    assert table.source
    assert table.rows
    assert table.inputs
    assert table.fields
    assert all(any(row.get(field) is not None for field in table.fields) for row in table.rows)


def test_one_seed_more():
    for name in ("dao2026-counterexample", "thresholds", "convolutions"):
        assert set(compare(name, seed=5, jobs=1).marks) == {"="}


def falsified(name, index, **cells):
    """A comparison in which another value is printed."""
    found = compare(name, jobs=1)
    rows = [dict(row) for row in found.rows]
    rows[index].update(cells)
    return Comparison(found.printed, rows, found.answers)


def test_a_misprint_is_marked():
    comparison = falsified("dao2026-counterexample", 2, dimension=61, filling=True)
    assert comparison.marks == ["=", "=", "≠ dimension, filling", "=", "=", "=", "="]
    assert comparison.different == [2]
    table = comparison.table()
    assert table.notes[0] == "7 rows: 6 =, 1 ≠; ours: 7 proved"
    assert table.frame["agrees"].tolist() == [True, True, False, True, True, True, True]
    assert "≠ dimension, filling" in table.to_markdown()
    assert r"$\neq$ dimension, filling" in table.to_latex()


def test_a_misprinted_list_is_marked():
    comparison = falsified("dao2026-minimal-filling", 0, architectures=[[2, 3, 1]])
    assert comparison.marks[0] == "≠ architectures"


def test_what_is_not_decided_is_marked():
    comparison = compare("dao2026-counterexample", jobs=1)
    comparison.answers[0]["dimension"] = Bounds(60, 65, Grade.INCONCLUSIVE)
    comparison.answers[1]["dimension"] = Bounds(40, 65, Grade.INCONCLUSIVE)
    assert comparison.marks[:3] == ["? dimension", "≠ dimension", "="]
    assert comparison.results()[0]["agrees"] is None


def test_values_that_are_only_bounded():
    bounds = Bounds(12, None, Grade.INCONCLUSIVE)
    assert (same(bounds, 11), same(bounds, 99)) == (False, None)
    assert same(Bounds(14, 15, Grade.PROBABLE, log2_error=-60.0), 15) is False


def test_the_notebook_shows_it():
    html = paper_table("dao2026-counterexample", jobs=1)._repr_html_()
    assert "<caption>Dao, Rodriguez" in html
    assert "dimension printed" in html


def test_the_data_frame_holds_both_values():
    frame = paper_table("dao2026-defective", jobs=1).frame
    assert frame["widths"][0] == "5 5 3 1"
    assert frame["dimension"].tolist() == frame["dimension_printed"].tolist() == [32, 58, 47, 25, 24]
    assert frame["lower"].dtype == "Int64"
    assert frame["agrees"].dtype == "boolean"


def test_complete_lists_are_written_out():
    frame = paper_table("dao2026-minimal-filling", jobs=1).frame
    seven = frame[(frame["depth"] == 7) & (frame["input"] == 2)]
    assert seven["number"].tolist() == [13]
    assert "2 3 4 5 4 6 4 1" in seven["architectures"].iloc[0].split("; ")
    assert frame["architectures_printed"].isna().sum() == 1


def test_degrees_of_each_layer_in_one_column():
    rows = ({"widths": [2, 2, 2, 1], "degree": [2, 3], "dimension": 6}, {"widths": [2, 2, 1], "degree": 2})
    printed = PrintedTable("own", "t", "s", (), QUANTITIES["dimension"], frozenset(), rows)
    answers = [QUANTITIES["dimension"].measure(row, 0, frozenset()) for row in rows]
    table = Comparison(printed, rows, answers).table()
    assert table.frame["degree"].tolist() == ["2 3", "2"]
    assert table.shown["mark"].tolist() == ["=", "="]


def test_bad_names_and_numbers():
    with pytest.raises(
        InputError, match=r"NAME is 'dao2027', but it must be one of alexander-hirschowitz, .*thresholds"
    ):
        paper_table("dao2027")
    with pytest.raises(InputError, match="rows is 0"):
        compare("thresholds", rows=0)
    with pytest.raises(InputError, match="seed is 'x'"):
        compare("thresholds", seed="x")
    assert len(compare("thresholds", rows=99, jobs=1).rows) == 15


def test_the_wheel_holds_the_data(tmp_path):
    pytest.importorskip("hatchling")
    run = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(run, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        sample = archive.read(f"proofs_check/printed/data/{LONG}.csv").decode().splitlines()
    assert {f"proofs_check/printed/data/{name}.json" for name in paper_tables()} <= names
    assert len(list(csv.reader(sample))) == 1577
