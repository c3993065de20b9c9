"""`rankcert table overlaps`, `table overlap-conventions` and `table mixtures`."""

import pandas as pd
import pytest

from proofs_check.families import mixtures, overlap_conventions, overlaps
from proofs_check.show.text import powers
from proofs_check.tabulate import rows, table
from tests.tables.reading import check_every_format


def fields(family):
    """The names of the columns of a family's data."""
    return {column.name for column in family.columns if column.kind}


def test_overlaps_grow_and_pooling_does_not(call):
    answer = call("table", "overlaps", "--grid", "4x4", "--grid", "8x8", "--json")
    assert answer.status == 0
    assert answer.json["command"] == "table overlaps"
    assert all(set(row) == fields(overlaps.FAMILY) for row in answer.results)
    at = {(row["grid"], row["family"], row["window"]): row for row in answer.results}
    for grid, cells in (("4x4", 16), ("8x8", 64)):
        assert at[grid, "pooling", 2]["upper"] == 2
        assert at[grid, "stack", 1]["upper"] == 2
        half = at[grid, "stack", {"4x4": 3, "8x8": 5}[grid]]
        assert half["lower"] == half["theorem"] == half["maximum"] == 2 ** (cells // 2)
        lower = [row["lower"] for (g, f, _), row in sorted(at.items()) if g == grid and f == "stack"]
        assert lower == sorted(lower)
    for row in answer.results:
        below = [row[name] or 1 for name in ("theorem", "equality_graph")]
        above = [row[name] for name in ("min_cut", "maximum") if row[name] is not None]
        assert max(below) <= row["lower"] <= row["upper"] <= min(above)
        assert (row["grade"] == "proved") == (row["lower"] == row["upper"])


def test_options(call):
    words = ("--templates", 3, "--channels", 3, "--last", 1, "--depth", 2, "--partition", "0,1,5", "--border", "same")
    answer = call("table", "overlaps", 2, "--grid", 6, *words, "--sharing", "none", "--seed", 5, "--json")
    pooling, stack = answer.results
    assert pooling["label"] == "convac:6:M3:w2s2c3,same-w2s2c3,same-w2s2c1,same"
    assert stack["label"] == "convac:6:M3:w2s1c3,same-w2s1c3,same-w6s6c1"
    assert (stack["seed"], stack["row_side"], stack["maximum"]) == (5, "0,1,5", 27)
    (blocks,) = call("table", "overlaps", 3, "--grid", 8, "--family", "blocks", "--json").results[1:]
    assert blocks["label"] == "convac:8:M2:w3s1c2,sliding-w2s2c2,sliding-w4s4c2,sliding"


def test_text(call):
    answer = call("table", "overlaps", 1, 5, "--grid", "8x8")
    assert answer.status == 0
    assert "2^32 (proved)" in answer.stdout
    assert "4 / 4" in answer.stdout
    assert "3 rows: 3 proved" in answer.stdout
    assert "which do not overlap" in answer.stdout


@pytest.mark.parametrize(
    "words", [("overlaps", 2, "--grid", 4), ("overlap-conventions", "--grid", 4), ("mixtures", 4)], ids=lambda w: w[0]
)
def test_every_format_has_the_same_cells(call, tmp_path, words):
    rows = len(call("table", *words, "--json").results)
    check_every_format(tmp_path, lambda path: call("table", *words, "--output", path), rows)


def test_large_numbers_stay_exact_in_files(call, tmp_path):
    output = tmp_path / "t.csv"
    call("table", "overlaps", 7, "--grid", "12x12", "--output", output)
    frame = pd.read_csv(output, dtype=str)
    assert frame["maximum"].tolist()[-1] == str(2**72)
    assert frame["lower"].tolist()[-1] == str(2**72)


def test_conventions(call):
    answer = call("table", "overlap-conventions", "--json")
    assert answer.status == 0
    assert len(answer.results) == len(overlap_conventions.instances(8))
    for row in answer.results:
        assert set(row) == fields(overlap_conventions.FAMILY)
        if row["excluded_by"] is None:
            assert row["formula_holds"] is True
        if row["formula_holds"] is False:
            assert row["upper"] < row["formula"]
    false = {row["excluded_by"] for row in answer.results if row["formula_holds"] is False}
    assert false >= {"valid border", "zero border", "full sharing", "odd length"}
    text = call("table", "overlap-conventions", "--grid", 4).stdout
    assert "FALSE" in text
    assert "holds" in text


def test_mixtures(call):
    answer = call("table", "mixtures", 4, 8, "--json")
    assert [row["model"] for row in answer.results[:5]] == list(mixtures.MODELS)
    assert all(set(row) == fields(mixtures.FAMILY) for row in answer.results)
    ranks = {(row["model"], row["variables"]): row["lower"] for row in answer.results}
    assert [ranks[model, 8] for model in ("shallow", "markov", "balanced", "train")] == [2, 16, 16, 54]
    assert ">= 16" in call("table", "mixtures", 8).stdout


@pytest.mark.parametrize(
    ("words", "argument"),
    [
        (["overlaps", "--family", "tree"], "family"),
        (["overlaps", "9", "--grid", "8x8"], "window"),
        (["overlaps", "x"], "R"),
        (["overlaps", "0"], "window"),
        (["overlaps", "--partition", "inner"], "row_side"),
        (["overlaps", "--partition", "0,99", "--grid", "4"], "row_side"),
        (["overlaps", "--border", "reflect"], "border"),
        (["overlaps", "--sharing", "some"], "sharing"),
        (["overlaps", "--grid", "4y4"], "--grid"),
        (["overlaps", "--grid", "0x4"], "--grid"),
        (["overlaps", "--templates", "0"], "templates"),
        (["overlaps", "--last", "0"], "last"),
        (["overlaps", "--depth", "0"], "depth"),
        (["overlaps", "--output", "t.xlsx"], "output"),
        (["overlap-conventions", "--grid", "7"], "--grid"),
        (["overlap-conventions", "--grid", "4x4"], "--grid"),
        (["overlap-conventions", "--grid", "14"], "--grid"),
        (["overlap-conventions", "--grid", "x"], "--grid"),
        (["overlap-conventions", "3"], None),
        (["overlaps", "--conventions"], "--conventions"),
        (["mixtures", "6"], "D"),
        (["mixtures", "8", "--symbols", "0"], "symbols"),
        (["mixtures", "8", "--states", "0"], "states"),
    ],
)
def test_bad_input_before_any_work(call, monkeypatch, words, argument):
    from tensors.convac import question

    monkeypatch.setattr(question, "best_upper_bound", None)
    answer = call("table", *words, "--json")
    assert (answer.status, answer.error["argument"]) == (2, argument)


def test_rows_in_python_are_those_of_the_command(call):
    words = (2, "--grid", "4x4", "--partition", "0,1,5", "--last", 3, "--seed", 1)
    printed = call("table", "overlaps", *words, "--json").results
    found = rows("overlaps", windows=[2], grid=[(4, 4)], partition=(0, 1, 5), last=3, seed=1, jobs=1)
    assert [{**row, "seconds": 0} for row in found] == [{**row, "seconds": 0} for row in printed]


def test_keys_tell_circuits_partitions_and_seeds_apart():
    told = [
        {},
        {"partition": "top"},
        {"seed": 1},
        {"border": "same"},
        {"sharing": "none"},
        {"last": 1},
        {"depth": 2},
        {"family": "blocks"},
        {"templates": 3},
        {"channels": 3},
        {"grid": [(6, 6)]},
    ]
    found = [overlaps.key(overlaps.instances(**{"windows": [2], "grid": [(4, 4)], **each})[-1]) for each in told]
    assert len(set(found)) == len(told)
    assert found[0] == "overlaps:stack-2:convac:4x4:M2:w2x2s1x1c2,sliding-w4x4s4x4c2,sliding:left:seed=0"


def test_a_store_answers_the_second_time(call, tmp_path):
    words = ("table", "mixtures", 4, "--store", tmp_path / "m.db", "--json")
    assert call(*words).results == call(*words).results  # the seconds are the first ones
    (sweep,) = call("sweep", "mixtures", 4, "--store", tmp_path / "m.db", "--json").results
    assert (sweep["computed"], sweep["reused"]) == (0, len(mixtures.MODELS))


@pytest.mark.parametrize("name", ["overlaps", "overlap-conventions", "mixtures"])
def test_what_people_read(name):
    small = {"overlaps": {"grid": [(4, 4)]}, "overlap-conventions": {"grid": 4}, "mixtures": {"variables": [4]}}
    found = table(name, jobs=1, **small[name])
    assert found.notes[0] == f"{len(found.shown)} rows: {len(found.shown)} proved"
    assert found.notes[-2] == "ranks for almost all weights"
    assert found.notes[-1].endswith(", seed 0)")


def test_powers():
    assert powers(0) == "0"
    assert powers(3**20) == "3^20"
    assert powers(6**30) == "2^30·3^30"
    assert powers(9999) == "9999"
