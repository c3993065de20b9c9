"""`rankcert table critical-points`."""

import json

import pytest

from proofs_check.families import critical_points
from proofs_check.tabulate import rows as rows_of
from proofs_check.tabulate import table
from tests.tables.reading import check_every_format

TABLE = [  # worked by hand for X = I, Y = diag(2, 1): S, r, verdict, loss, Hessian
    ([], 0, "strict_saddle", "5/2", (4, 0, 4)),
    ([1], 1, "strict_saddle", "1/2", (1, 3, 4)),
    ([2], 1, "strict_saddle", "2", (2, 3, 3)),
    ([1, 2], 2, "global_min", "0", (0, 4, 4)),
]


def signs(row, kind):
    return tuple(row[f"{kind}_{sign}"] for sign in ("neg", "zero", "pos"))


def test_known_table(call):
    answer = call("table", "critical-points", 2, 2, 2, "--values", "2,1", "--json")
    assert answer.status == 0
    assert answer.json["command"] == "table critical-points"
    found = [(r["S"], r["rank"], r["verdict"], r["loss"], signs(r, "hessian")) for r in answer.results]
    assert found == TABLE
    for row in answer.results:
        assert set(row) == {column.name for column in critical_points.FAMILY.columns if column.kind} | {"seed"}
        assert (row["k"], row["minimum_loss"], row["grade"], row["agree"]) == (2, "0", "proved", True)
        assert signs(row, "closed_form") == signs(row, "hessian")
    assert [row["tightened"] for row in answer.results] == [False, False, False, True]
    assert [row["pure"] for row in answer.results] == [False, False, False, True]


@pytest.mark.parametrize("words", [("2", "1", "2"), ("2,1,2",)])
def test_bottleneck_in_either_spelling(call, words):
    rows = call("table", "critical-points", *words, "--json").results
    assert [(row["verdict"], signs(row, "hessian")) for row in rows] == [
        ("strict_saddle", (2, 0, 2)),
        ("global_min", (0, 1, 3)),
        ("strict_saddle", (1, 1, 2)),
    ]


def test_three_layers_have_non_strict_saddles(call):
    text = call("table", "critical-points", 2, 2, 2, 2).stdout
    assert "non-strict saddle" in text
    assert "20 rows, 26 classes: 1 global minimum, 23 strict saddles, 2 non-strict saddles" in text
    assert "theory, classification and exact Hessian agree in 20 of 20" in text


def test_every_class_with_its_layers(call):
    rows = call("table", "critical-points", 2, 2, 2, 2, "--every", "--json").results
    assert len(rows) == 26
    assert [0, 2, 0] in [row["layer_ranks"] for row in rows]
    assert all(row["classes"] == 1 for row in rows)
    merged = call("table", "critical-points", 2, 2, 2, 2, "--json").results
    assert sum(row["classes"] for row in merged) == 26


@pytest.mark.parametrize(
    ("widths", "values"),
    [((3, 2, 3), "2,2,1"), ((2, 2, 2), "2,0"), ((2, 3, 2), "0,0"), ((2, 1, 3), "1/2,1/3"), ((1, 1, 1, 1), "1")],
)
def test_degenerate_data_agree(call, widths, values):
    answer = call("table", "critical-points", *widths, "--values", values, "--samples", 4, "--seed", 5, "--json")
    assert answer.status == 0
    assert all(row["agree"] for row in answer.results)
    assert {row["verdict"] for row in answer.results} >= {"global_min"}


def test_own_data(call, tmp_path):
    file = tmp_path / "data.json"
    file.write_text(json.dumps({"X": [[1, 0], [0, 1]], "Y": [[1, 1], [1, 2]]}))
    rows = call("table", "critical-points", 2, 1, 2, "--data", file, "--json").results
    # both directions have irrational singular values, so that no rational point of rank 1 is critical
    assert [(row["S"], row["verdict"]) for row in rows] == [([], "strict_saddle")]
    assert set(rows[0]["minimum_loss"]) == {"lower", "upper"}
    text = call("table", "critical-points", 2, 1, 2, "--data", file).stdout
    assert "0.0729" in text
    assert "data from data.json" in text


def test_deficient_data(call, tmp_path):
    file = tmp_path / "data.json"
    file.write_text(json.dumps({"X": [[1, 0], ["1/2", 0]], "Y": [["2", 1], [0, 1]]}))
    rows = call("table", "critical-points", 2, 2, 2, 2, "--data", file, "--json").results
    assert {row["k"] for row in rows} == {1}
    assert all(row["agree"] for row in rows)


def test_every_format_has_the_same_cells(call, tmp_path):
    words = ("table", "critical-points", 2, 2, 2, "--output")
    names, *rows = check_every_format(tmp_path, lambda path: call(*words, path), rows=4)
    found = [dict(zip(names, row, strict=True)) for row in rows]
    assert [row["S"] for row in found] == ["", "1", "2", "1 2"]
    assert found[0]["untightened_pivots"] == "(2,1)"


def test_limit_is_said(call):
    text = call("table", "critical-points", 2, 2, 2, 2, "--limit", 5).stdout
    assert "the first 5 rows, 5 classes" in text


def test_a_contradiction_ends_with_status_1(call, monkeypatch):
    from algebra import critical_points

    monkeypatch.setattr(critical_points, "conjectural_inertia", lambda problem: critical_points.Inertia(0, 0, 0))
    answer = call("table", "critical-points", 2, 2, 2)
    assert answer.status == 1
    assert "agree in 0 of 4" in answer.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("2",), "at least two"),
        (("2", "0", "2"), "at least 1"),
        (("2", "x", "2"), "x"),
        (("2", "2", "2", "--values", "1"), "2 exact numbers"),
        (("2", "2", "2", "--values", "1,-1"), "at least 0"),
        (("2", "2", "2", "--values", "1,x"), "exact"),
        (("3", "2", "2", "--samples", "2"), "samples"),
        (("2", "2", "2", "--limit", "0"), "limit"),
        (("20", "30", "20"), "at most 400 weights"),
        (("2", "2", "--data", "missing.json"), "missing.json"),
        (("2", "2", "2", "--output", "table.doc"), "table.doc"),
    ],
)
def test_bad_input(call, words, said):
    answer = call("table", "critical-points", *words, "--json")
    assert answer.status == 2
    assert said in answer.error["message"]


def test_bad_data(call, tmp_path):
    file = tmp_path / "data.json"
    file.write_text('{"X": [[0.5]], "Y": [[1]]}')
    assert "exact" in call("table", "critical-points", 1, 1, "--data", file, "--json").error["message"]
    file.write_text('{"X": [["1/2"]], "Y": [[1]]}')
    assert call("table", "critical-points", 1, 1, "--data", file, "--values", "1", "--json").status == 2
    assert call("table", "critical-points", 2, 1, "--data", file, "--json").status == 2
    assert call("table", "critical-points", 1, 1, "--data", file, "--json").status == 0


def test_data_in_python_and_in_a_file(call, tmp_path):
    file = tmp_path / "data.json"
    given = {"X": [[1, 0], [0, 1]], "Y": [["2", 0], [0, 1]]}
    file.write_text(json.dumps(given))
    printed = call("table", "critical-points", 2, 2, 2, "--data", file, "--json").results
    assert rows_of("critical-points", widths=(2, 2, 2), data=given, jobs=1) == printed
    assert rows_of("critical-points", widths=(2, 2, 2), data=file, jobs=1) == printed
    told = {"widths": (2, 2, 2), "data": given, "jobs": 1}
    assert table("critical-points", **told).notes[2] == "data as given"


def test_keys_name_the_data_and_the_class(tmp_path):
    def keys(**told):
        return list(map(critical_points.key, critical_points.instances(**critical_points.FAMILY.told(told))))

    file = tmp_path / "data.json"
    file.write_text('{"X": [["1"]], "Y": [["2/4"]]}')
    in_file, given = keys(widths=[1, 1], data=file), keys(widths=[1, 1], data={"X": [[1]], "Y": [["1/2"]]})
    assert in_file == given
    assert in_file != keys(widths=[1, 1], data={"X": [[1]], "Y": [["1/3"]]})
    assert keys(widths=[1, 1, 1], values=["1/2"]) == [
        "critical-points:1-1-1:values=1/2:samples=1:class=0:alike=1:seed=0",
        "critical-points:1-1-1:values=1/2:samples=1:class=1:alike=1:seed=0",
    ]
    few, many = keys(widths=[2, 2, 2], limit=2), keys(widths=[2, 2, 2])
    assert few == many[:2]


def test_one_row_is_one(call):
    text = call("table", "critical-points", 1, 1, "--values", 0).stdout
    assert "1 row, 1 class: 1 global minimum" in text


def test_a_store_answers_the_second_time(call, tmp_path):
    words = ("table", "critical-points", 2, 2, 2, "--store", tmp_path / "c.db", "--json")
    assert call(*words).results == call(*words).results
    (sweep,) = call("sweep", "critical-points", 2, 2, 2, "--store", tmp_path / "c.db", "--json").results
    assert (sweep["computed"], sweep["reused"]) == (0, 4)
