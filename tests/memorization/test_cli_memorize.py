"""`rankcert memorize build`, `memorize check` and `table memorization`."""

import csv
import json

import pytest

DATA = {"points": [["-1/2", "3"], [0, 1], ["2", "2"], [5, "-7/3"], [1, 1]], "labels": [1, 0, 2, 0, 1]}
FIELDS = {
    "label", "construction", "points", "dimension", "classes", "delta_squared", "parameters", "hidden_layers", "width",
    "bound", "bound_by", "exact", "grade", "seed", "seconds", "weight_bits", "total_bits", "lower_bound_total_bits",
    "lower_orders", "order", "network", "failures", "first_failure", "activation", "bound_hidden_layers",
}  # fmt: skip


@pytest.fixture
def data(tmp_path):
    file = tmp_path / "data.json"
    file.write_text(json.dumps(DATA))
    return file


@pytest.mark.parametrize("name", ["width3", "wide", "sqrt", "hard-tanh", "staircase"])
def test_build_and_check(call, data, tmp_path, name):
    network = tmp_path / "network.json"
    answer = call("memorize", "build", data, "--construction", name, "--output", network, "--seed", 3, "--json")
    assert answer.status == 0
    (built,) = answer.results
    assert set(built) == FIELDS
    assert (built["exact"], built["grade"], built["seed"], built["construction"]) == (True, "proved", 3, name)
    assert built["label"] == f"memo:{name}:n5:d2:c3"
    assert built["parameters"] <= built["bound"]
    assert built["lower_bound_total_bits"] == 8
    (checked,) = call("memorize", "check", network, data, "--json").results
    assert (checked["exact"], checked["first_failure"], checked["grade"]) == (True, None, "proved")
    same = ("parameters", "hidden_layers", "width", "weight_bits", "total_bits")
    assert [checked[key] for key in same] == [built[key] for key in same]


@pytest.mark.parametrize("activation", ["relu", "hard-tanh"])
def test_other_activations(call, data, tmp_path, activation):
    network = tmp_path / "network.json"
    words = ("memorize", "build", data, "--activation", activation, "--output", network, "--json")
    (built,) = call(*words).results
    assert built["label"] == f"memo:width3:{activation}:n5:d2:c3"
    assert built["parameters"] <= built["bound"]
    used = {a for layer in json.loads(network.read_text())["layers"][:-1] for a in layer["activations"]}
    assert used == {activation.replace("-", "")}
    assert call("memorize", "check", network, data).status == 0


def test_a_network_that_does_not_memorise(call, data, tmp_path):
    network, other = tmp_path / "network.json", tmp_path / "other.json"
    call("memorize", "build", data, "--output", network)
    other.write_text(json.dumps({"points": DATA["points"], "labels": [1, 0, "5/2", 0, 0]}))
    answer = call("memorize", "check", network, other, "--json")
    assert answer.status == 1
    (result,) = answer.results
    assert (result["exact"], result["failures"]) == (False, 2)
    assert result["first_failure"] == {"index": 2, "output": "2", "expected": "5/2"}
    assert "no: 2 of 5 points fail, first point 3 gives 2, not 5/2" in call("memorize", "check", network, other).stdout
    assert "yes: all 5 points exactly" in call("memorize", "check", network, data).stdout


def test_lines(call, tmp_path):
    file = tmp_path / "data.jsonl"
    lines = [
        DATA,
        {"points": [["1"], ["1"]], "labels": [0, 1]},
        {"points": [["1"]], "labels": [0], "seed": 5},
        {"points": [["1"]], "labels": [3], "classes": 2},
    ]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    answer = call("memorize", "build", file, "--json")
    assert answer.status == 1
    first, second, third, fourth = answer.results
    assert first["exact"] is True
    assert (second["line"], second["error"]["argument"]) == (2, "points")
    assert "1 with labels" in second["error"]["value"] or "(1) with labels 0 and 1" in second["error"]["value"]
    assert (third["seed"], third["construction"]) == (5, "hard-tanh")
    assert fourth["error"]["argument"] == "label"
    text = call("memorize", "build", file).stdout
    assert text.splitlines()[0].startswith("memo:width3:n5:d2:c3  exact, ")
    assert "line 2: points is" in text
    assert call("memorize", "build", file, "--output", tmp_path / "n.json").status == 2


def test_report(call, data):
    text = call("memorize", "build", data).stdout
    assert text.startswith("memo:width3:n5:d2:c3  exact at every point (proved)\n")
    assert "Park et al. 2021, Theorem 3" in text


@pytest.mark.parametrize(
    ("given", "words", "argument"),
    [
        ({"points": [["1"], [0.5]], "labels": [0, 1]}, (), "coordinate"),
        ({"points": [["1"], ["2"]]}, (), "labels"),
        ({"points": [["1"]], "labels": [0], "label": 1}, (), "label"),
        (DATA, ("--construction", "deep"), "construction"),
        (DATA, ("--activation", "tanh"), "activation"),
        (DATA, ("--exponent", "3/4"), "exponent"),
        (DATA, ("--output", "/no/such/folder/n.json"), "--output"),
    ],
)
def test_bad_input(call, tmp_path, given, words, argument):
    file = tmp_path / "data.json"
    file.write_text(json.dumps(given))
    answer = call("memorize", "build", file, *words, "--json")
    assert (answer.status, answer.error["argument"]) == (2, argument)


def test_a_bad_network_is_named(call, data, tmp_path):
    network = tmp_path / "network.json"
    network.write_text('{"inputs": 2, "layers": [{"weights": [["1"]], "biases": ["0"], "activations": ["id"]}]}')
    answer = call("memorize", "check", network, data, "--json")
    assert (answer.status, answer.error["argument"]) == (2, "layer 1 weights")
    network.write_text('{"inputs": 1, "layers": [{"weights": [["1"]], "biases": ["0"], "activations": ["id"]}]}')
    assert call("memorize", "check", network, data, "--json").error["argument"] == "points"
    assert call("memorize", "check", tmp_path / "none.json", data).status == 2


def test_table(call, tmp_path, monkeypatch):
    from proofs_check.families import memorization

    monkeypatch.setattr(memorization, "FARTHEST", 1 << 12)
    answer = call("table", "memorization", 4, 30, "--dimension", 3, "--classes", 4, "--seed", 2, "--json")
    assert answer.status == 0
    assert [(r["points"], r["construction"]) for r in answer.results[:2]] == [(4, "width3"), (4, "wide")]
    assert all(r["exact"] and r["parameters"] <= r["bound"] for r in answer.results)
    output = tmp_path / "table.csv"
    assert call("table", "memorization", 4, 30, "--output", output).status == 0
    with output.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 10
    assert {row["exact"] for row in rows} == {"True"}
    text = call("table", "memorization", 30).stdout
    assert "fewer parameters than points: nowhere in this table" in text
    assert "width3 beyond 4096" in text
    assert call("table", "memorization", 3).status == 2
    assert call("table", "memorization", 30, "--output", tmp_path / "x.doc").status == 2


def test_the_table_of_a_search_that_was_interrupted():
    from proofs_check.families.memorization import FAMILY
    from proofs_check.tabulate import rows, table

    found = rows("memorization", counts=[5, 4], classes=3, jobs=1)
    shown = FAMILY.table(found[:-1], {"counts": [5, 4], "classes": 3}).shown
    assert shown["N"].tolist() == [5, 4]
    assert shown["staircase"].tolist()[1] is None
    assert shown["bits needed"].tolist() == [8, 7]
    whole = table("memorization", counts=[5, 4], classes=3, jobs=1)
    assert whole.title == "Memorising N points with 3 classes in dimension 2: parameters (bound)"
    assert whole.shown["width3"].tolist()[1] == f"{found[5]['parameters']} ({found[5]['bound']})"


@pytest.mark.parametrize(
    ("words", "argument"),
    [(["3"], "N"), (["x"], "N"), (["--dimension", "0"], "--dimension"), (["--classes", "0"], "--classes")],
)
def test_bad_sizes_of_the_table(call, words, argument):
    answer = call("table", "memorization", *words, "--json")
    assert (answer.status, answer.error["argument"]) == (2, argument)
