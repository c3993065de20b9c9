"""Tables about attention: the rows against reference numbers, all formats, the commands, bad input."""

import csv
import json
from pathlib import Path

import pytest

from algebra import InputError
from proofs_check.attention_tables import (
    dimension_rows,
    dimension_table,
    realisation_rows,
    realisation_table,
    reference_architectures,
    sparse_pattern_rows,
    sparse_pattern_table,
)
from proofs_check.cli.table_attention_dimensions import architectures
from proofs_check.families.head_size import MATRICES, stochastic
from proofs_check.tabulate import rows, table

REFERENCE = json.loads((Path(__file__).parents[1] / "data" / "attention_dimensions.json").read_text())
LOOSE = ("1/10", "1/2", "1/2")

# needed dimensions: L, trivial, moment (k = 1, 2, 4, 8), projection at LOOSE for k = 1
NEEDED = {
    16: (15, (2, 4, 8, 15), 2227),
    64: (63, (2, 4, 8, 16), 3216),
    256: (255, (2, 4, 8, 16), 4206),
    1024: (1023, (2, 4, 8, 16), 5195),
    4096: (4095, (2, 4, 8, 16), 6184),
}


def test_dimensions_are_the_reference_ones():
    known = {
        (
            tuple(row["widths"]),
            tuple(row["head_sizes"]),
            row["heads"],
            row.get("kind", "lightning"),
            row["tokens"],
        ): row["dimension"]
        for row in REFERENCE
        if row.get("score_power", 1) == 1
    }
    compared = 0
    for row in dimension_rows(reference_architectures()):
        where = (tuple(row["widths"]), tuple(row["head_sizes"]), row["heads"])
        for name, kind, tokens in (
            ("one_token", "lightning", 1),
            ("lightning", "lightning", 3),
            ("softmax", "softmax", 3),
        ):
            if (*where, kind, tokens) in known:
                assert row[name]["lower"] == known[*where, kind, tokens]
                compared += 1
    assert compared >= 30


def test_the_count_is_marked_where_it_is_wrong():
    rows = dimension_rows([((3, 3, 3), (a, b), 1) for a in (1, 2) for b in (1, 2)])
    assert [row["published_right"] for row in rows] == [True, False, True, True]
    assert all(row["softmax_published_right"] for row in rows)
    assert dimension_table(rows).shown["count"].tolist() == ["17", "20 ≠", "20", "23"]
    assert rows[0]["published_by"] == "equal-width"
    assert rows[1]["published_by"] == "naive"


def test_several_heads_and_layers_have_no_count():
    (row,) = dimension_rows([((2, 4, 2), (1, 3), 2)])
    assert row["published"] is row["published_right"] is None
    assert row["grade"] == "proved"


def test_pattern_rows_report_the_block_that_does_not_divide():
    rows = sparse_pattern_rows([16, 512], ["fixed", "star_transformer"])
    failing = [row for row in rows if row["steps"] is None]
    assert {row["n"] for row in failing} == {16, 512}
    assert all(row["universal"] is False and "does not divide" in row["remark"] for row in failing)
    table = sparse_pattern_table(rows)
    assert any("never seen: fixed:n16:w5" in note for note in table.notes)
    assert [row["connections"] for row in rows if row["name"] == "star-transformer"] == [74, 2554]


def test_every_named_pattern_is_in_the_table():
    from tensors.attention.patterns import NAMES

    rows = sparse_pattern_rows([8])
    assert {row["name"] for row in rows} == set(NAMES)


@pytest.mark.parametrize("n", [2, 3, 5])
def test_head_sizes(n):
    found = {row["matrix"]: row for row in rows("head-size", sizes=[n], jobs=1)}
    assert {row["grade"] for row in found.values()} == {"proved"}
    expected = {"uniform": 0, "2^(ij)": 1, "2^(ij) 3^(i j^2)": 1, "two-valued": n - 1, "b_i^(e_j)": 1}
    expected["2^(ij) 3^(i^2 j^2)"] = min(2, n - 1)
    assert {name: found[name]["upper"] for name in expected} == expected
    assert all(row["lower"] <= row["sharp"] < row["published"] for row in found.values())
    assert all(row["log_rank"]["lower"] - 1 <= row["lower"] <= row["log_rank"]["lower"] for row in found.values())


@pytest.mark.parametrize("name", MATRICES)
def test_matrices_are_stochastic_and_positive(name):
    P = stochastic(name, 4, 1)
    assert all(sum(column) == 1 and min(column) > 0 for column in zip(*P, strict=True))


def test_realisation_rows_are_the_reference_ones():
    rows = {(row["length"], row["k"]): row for row in realisation_rows(list(NEEDED), (1, 2, 4, 8), LOOSE)}
    for length, (trivial, moments, projection) in NEEDED.items():
        assert rows[length, 1]["trivial"] == trivial
        assert tuple(rows[length, k]["moment"] for k in (1, 2, 4, 8)) == moments
        assert rows[length, 1]["projection"] == projection
        assert all(rows[length, k]["lower_uniform"] <= trivial for k in (1, 2, 4, 8))
    assert [rows[length, 1]["gold_uniform"] for length in NEEDED] == [512] * 5
    assert (rows[1024, 1]["lower_uniform"], rows[4096, 1]["lower_uniform"]) == (109, 123)


def test_what_is_not_below_the_trivial_is_marked():
    table = realisation_table(realisation_rows([256, 1024], [1], LOOSE))
    assert table.shown["Gold, uniform"].tolist() == ["512 *", "512"]
    assert table.shown["projection, uniform"].tolist() == ["4206 *", "5195 *"]
    assert "below L - 1, Gold, uniform: k = 1 from L = 1024" in table.notes
    assert "below L - 1, projection, uniform: k = 1 nowhere here" in table.notes


def test_without_uniform_zeros_there_is_nothing_about_them():
    table = realisation_table(realisation_rows([64], [1], ("1/100", "1/10", None)))
    assert not any("uniform" in column for column in table.shown.columns)


@pytest.mark.parametrize("suffix", ["md", "tex", "csv", "html", "parquet"])
@pytest.mark.parametrize(
    "words",
    [
        ("attention-dimensions", "3", "2", "--head-sizes", "1"),
        ("sparse-patterns", "8", "--pattern", "fixed"),
        ("head-size", "3"),
        ("realisation", "64", "--k", "1"),
    ],
    ids=lambda words: words[0],
)
def test_formats(call, tmp_path, words, suffix):
    output = tmp_path / f"table.{suffix}"
    answer = call("table", *words, "--output", output, "--json")
    assert answer.status == 0
    assert output.stat().st_size > 100
    if suffix == "csv":
        assert len(list(csv.DictReader(output.read_text().splitlines()))) == len(answer.results)
    assert answer.json["command"] == f"table {words[0]}"


def test_people_see_the_marks(call):
    text = call("table", "attention-dimensions", 3, 3, 3, "--head-sizes", "1,2").stdout
    assert "20 ≠" in text
    assert "18 (proved)" in text


def test_architectures_in_ranges():
    assert len(architectures(["2..3", "1..2"], "1..3", "1..2")) == 24
    assert architectures(["2", "2", "2"], "1,3", None) == [((2, 2, 2), (1, 3), 1)]


@pytest.mark.parametrize(
    ("words", "argument"),
    [
        (("attention-dimensions", "3"), "RANGES"),
        (("attention-dimensions", "3", "0"), "widths"),
        (("attention-dimensions", "3", "3.."), "widths"),
        (("attention-dimensions", "3", "3", "--head-sizes", "1,2"), "--head-sizes"),
        (("attention-dimensions", "--heads", "2"), "--heads"),
        (("attention-dimensions", *["1..9"] * 5), "RANGES"),
        (("sparse-patterns", "0"), "length"),
        (("sparse-patterns", "8", "--pattern", "chain"), "name"),
        (("head-size", "1"), "n"),
        (("head-size", "11"), "n"),
        (("realisation", "1"), "length"),
        (("realisation", "8", "--k", "9"), "k"),
        (("realisation", "8", "--k", "0"), "k"),
        (("realisation", "8", "--precision", "1/10"), "epsilon"),
        (("realisation", "8", "--precision", "2,1/10,none"), "epsilon[0]"),
        (("head-size", "3", "--output", "table.docx"), "output"),
    ],
)
def test_bad_input(call, words, argument):
    answer = call("table", *words, "--json")
    assert answer.status == 2
    assert answer.error["argument"] == argument


def test_no_rows_without_a_length_that_fits():
    with pytest.raises(InputError, match="no row has more nonzero entries than keys"):
        realisation_rows([4], [8], LOOSE)


def test_the_table_of_head_sizes_says_what_is_saved():
    assert table("head-size", sizes=[3], jobs=1).shown["saved"].tolist()[:2] == [3, 2]
