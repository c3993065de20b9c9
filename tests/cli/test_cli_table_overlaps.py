"""`rankcert table overlaps` and `rankcert table mixtures`."""

import pandas as pd
import pytest

from proofs_check import mixture_sizes, overlap_conventions
from proofs_check.overlap_conventions import conventions
from proofs_check.overlaps import FIELDS, Family, powers


def test_overlaps_grow_and_pooling_does_not(call):
    answer = call("table", "overlaps", "--grid", "4x4", "--grid", "8x8", "--json")
    assert answer.status == 0
    assert answer.json["command"] == "table overlaps"
    assert all(set(row) == set(FIELDS) for row in answer.results)
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


@pytest.mark.parametrize("suffix", ["md", "tex", "csv", "html", "parquet"])
def test_every_format(call, tmp_path, suffix):
    for words in (("overlaps", 2, "--grid", 4), ("overlaps", "--conventions", "--grid", 4), ("mixtures", 4)):
        output = tmp_path / f"{words[0]}{len(words)}.{suffix}"
        assert call("table", *words, "--output", output).status == 0
        assert output.stat().st_size > 100


def test_large_numbers_stay_exact_in_files(call, tmp_path):
    output = tmp_path / "t.csv"
    call("table", "overlaps", 7, "--grid", "12x12", "--output", output)
    frame = pd.read_csv(output, dtype=str)
    assert frame["maximum"].tolist()[-1] == str(2**72)
    assert frame["lower"].tolist()[-1] == str(2**72)


def test_conventions(call):
    answer = call("table", "overlaps", "--conventions", "--json")
    assert answer.status == 0
    assert len(answer.results) == len(conventions(8))
    for row in answer.results:
        assert set(row) == set(overlap_conventions.FIELDS)
        if row["excluded_by"] is None:
            assert row["formula_holds"] is True
        if row["formula_holds"] is False:
            assert row["upper"] < row["formula"]
    false = {row["excluded_by"] for row in answer.results if row["formula_holds"] is False}
    assert false >= {"valid border", "zero border", "full sharing", "odd length"}
    text = call("table", "overlaps", "--conventions", "--grid", 4).stdout
    assert "FALSE" in text
    assert "holds" in text


def test_mixtures(call):
    answer = call("table", "mixtures", 4, 8, "--json")
    assert [row["model"] for row in answer.results[:5]] == list(mixture_sizes.MIXTURES)
    assert all(set(row) == set(mixture_sizes.FIELDS) for row in answer.results)
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
        (["overlaps", "--conventions", "--grid", "7"], "--grid"),
        (["overlaps", "--conventions", "--grid", "4x4"], "--grid"),
        (["overlaps", "--conventions", "3"], "R"),
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


def test_families():
    assert Family("pooling").circuit([8], 1).label == "convac:8:M2:w8s8c2,sliding"
    assert Family("stack", depth=3).circuit([1], 1).positions == 1
    assert not any(layer.overlaps for layer in Family("pooling").circuit([6, 4], 3).layers)
    assert all(Family("stack", last=1).circuit([n, n], 2).layers[-1].channels == 1 for n in (2, 3, 5))


def test_powers():
    assert powers(0) == "0"
    assert powers(3**20) == "3^20"
    assert powers(6**30) == "2^30·3^30"
    assert powers(9999) == "9999"
