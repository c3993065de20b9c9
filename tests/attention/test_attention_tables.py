"""Tables about attention: the rows against reference numbers, all formats, the commands, bad input."""

import json
from pathlib import Path

import pytest

from algebra import InputError
from proofs_check.families.attention_dimensions import instances as architectures
from proofs_check.families.head_size import MATRICES, stochastic
from proofs_check.registry import family
from proofs_check.tabulate import rows, table
from tests.tables.reading import check_every_format

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
    for row in rows("attention-dimensions", jobs=1):
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
    asked = {"widths": [[3]] * 3, "head_sizes": [[1, 2]] * 2}
    found = rows("attention-dimensions", jobs=1, **asked)
    assert [row["published_right"] for row in found] == [True, False, True, True]
    assert all(row["softmax_published_right"] for row in found)
    made = table("attention-dimensions", jobs=1, **asked)
    assert made.shown["count"].tolist() == ["17", "20 ≠", "20", "23"]
    assert made.notes[1] == "the count is wrong for lightning attention in 1 of 4 rows, for softmax in 0 of 4"
    assert found[0]["published_by"] == "equal-width"
    assert found[1]["published_by"] == "naive"


def test_several_heads_and_layers_have_no_count():
    (row,) = rows("attention-dimensions", widths=[[2], [4], [2]], head_sizes=[[1], [3]], heads=[2], jobs=1)
    assert row["published"] is row["published_right"] is None
    assert row["grade"] == "proved"


def test_pattern_rows_report_the_block_that_does_not_divide():
    asked = {"lengths": [16, 512], "patterns": ["fixed", "star_transformer"]}
    found = rows("sparse-patterns", jobs=1, **asked)
    failing = [row for row in found if row["steps"] is None]
    assert {row["n"] for row in failing} == {16, 512}
    assert all(row["universal"] is False and "does not divide" in row["remark"] for row in failing)
    made = table("sparse-patterns", jobs=1, **asked)
    assert any("never seen: fixed:n16:w5" in note for note in made.notes)
    assert [row["connections"] for row in found if row["name"] == "star-transformer"] == [74, 2554]


def test_every_named_pattern_is_in_the_table():
    from tensors.attention.patterns import NAMES

    assert {row["name"] for row in rows("sparse-patterns", lengths=[8], jobs=1)} == set(NAMES)


def test_a_directed_ring_is_slow():
    made = table("sparse-patterns", lengths=[8], patterns=["directed-ring"], jobs=1)
    assert (made.shown["s"].tolist(), made.shown["connections"].tolist()) == (["7"], [16])


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
    asked = {"lengths": list(NEEDED), "sparsities": (1, 2, 4, 8), "precision": LOOSE}
    found = {(row["length"], row["k"]): row for row in rows("realisation", jobs=1, **asked)}
    for length, (trivial, moments, projection) in NEEDED.items():
        assert found[length, 1]["trivial"] == trivial
        assert tuple(found[length, k]["moment"] for k in (1, 2, 4, 8)) == moments
        assert found[length, 1]["projection"] == projection
        assert all(found[length, k]["lower_uniform"] <= trivial for k in (1, 2, 4, 8))
    assert [found[length, 1]["gold_uniform"] for length in NEEDED] == [512] * 5
    assert (found[1024, 1]["lower_uniform"], found[4096, 1]["lower_uniform"]) == (109, 123)


def test_what_is_not_below_the_trivial_is_marked():
    made = table("realisation", lengths=[256, 1024], sparsities=[1], precision=LOOSE, jobs=1)
    assert made.shown["moment 2k"].tolist() == ["2", "2"]
    assert made.shown["Gold, uniform"].tolist() == ["512 *", "512"]
    assert made.shown["projection, uniform"].tolist() == ["4206 *", "5195 *"]
    assert "below L - 1, Gold, uniform: k = 1 from L = 1024" in made.notes
    assert "below L - 1, projection, uniform: k = 1 nowhere here" in made.notes


def test_without_uniform_zeros_there_is_nothing_about_them():
    made = table("realisation", lengths=[64], sparsities=[1], precision=("1/100", "1/10", None), jobs=1)
    assert not any("uniform" in column for column in made.shown.columns)


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
def test_every_format_has_the_same_cells(call, tmp_path, words):
    answer = call("table", *words, "--json")
    assert answer.json["command"] == f"table {words[0]}"
    check_every_format(tmp_path, lambda path: call("table", *words, "--output", path), rows=len(answer.results))


def test_people_see_the_marks(call):
    text = call("table", "attention-dimensions", 3, 3, 3, "--head-sizes", "1,2").stdout
    assert "20 ≠" in text
    assert "18 (proved)" in text


def test_architectures_in_ranges():
    assert len(architectures([[2, 3], [1, 2]], [[1, 2, 3]], [1, 2])) == 24
    (only,) = architectures([[2], [2], [2]], [[1], [3]])
    assert only == {"widths": [2, 2, 2], "head_sizes": [1, 3], "heads": 1, "seed": 0}


@pytest.mark.parametrize(
    ("words", "argument"),
    [
        (("attention-dimensions", "3"), "RANGES"),
        (("attention-dimensions", "3", "0"), "widths"),
        (("attention-dimensions", "3", "3.."), "widths"),
        (("attention-dimensions", "3", "3", "--head-sizes", "1,2"), "--head-sizes"),
        (("attention-dimensions", "--heads", "2"), "--heads"),
        (("attention-dimensions", *["1..9"] * 5), "RANGES"),
        (("attention-dimensions", "1..1000000000000", "3"), "widths"),
        (("sparse-patterns", "0"), "length"),
        (("sparse-patterns", "1000000000"), "length"),
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


@pytest.mark.parametrize(
    ("name", "options", "last"),
    [
        ("attention-dimensions", {}, "attention-dimensions:2-4-2:a1-3:h2:seed=0"),
        ("realisation", {"precision": ("0.1", "1/2", None)}, "realisation:L4096:k8:precision=1/10,1/2,none"),
        ("sparse-patterns", {"patterns": ["bigbird"], "seed": 3}, "sparse-patterns:bigbird:n512:w2:g2:r2:seed=3"),
        ("sparse-patterns", {"patterns": ["fixed"]}, "sparse-patterns:fixed:n512:w17:c1:undivided:seed=0"),
        ("attention", {"question": "heads"}, "attention-formula:heads:attention:lightning:3-3:a2:n2:seed=0"),
    ],
)
def test_keys_are_permanent(name, options, last):
    sweep = family(name).sweep(**options)
    keys = [sweep.key(each) for each in sweep.instances]
    assert keys[-1] == last
    assert len(set(keys)) == len(keys)


def test_a_stored_table_is_read_again(call, tmp_path):
    words = ("sparse-patterns", "16", "--store", tmp_path / "patterns.db")
    first, again = call("table", *words, "--json"), call("table", *words, "--json")
    assert first.results == again.results
    assert call("sweep", *words, "--json").results[0]["reused"] == len(first.results) == 19


def test_the_table_of_a_formula_says_how_often_it_agrees(call):
    text = call("table", "attention", "deep-heads", "--depth", 2, "--largest", 2, "--heads", 2, "--jobs", 1).stdout
    assert "32 networks: 24 agree, 8 do not, 0 open; 32 proved" in text


def test_no_rows_without_a_length_that_fits():
    with pytest.raises(InputError, match="no row has more nonzero entries than keys"):
        rows("realisation", lengths=[4], sparsities=[8], jobs=1)


def test_the_table_of_head_sizes_says_what_is_saved():
    assert table("head-size", sizes=[3], jobs=1).shown["saved"].tolist()[:2] == [3, 2]
