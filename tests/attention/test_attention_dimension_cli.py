import json

import pytest
from click.testing import CliRunner

from proofs_check.cli.app import app
from proofs_check.questions.attention_dimension import QUESTION, Network, network_of
from proofs_check.reading import read

FIELDS = {
    "label", "lower", "upper", "grade", "log2_error", "lower_by", "upper_by", "seed", "seconds", "kind", "widths",
    "head_sizes", "heads", "tokens", "score_power", "parameters", "ambient_dimension", "fibre_dimension", "filling",
    "formulas", "independence",
}  # fmt: skip


@pytest.fixture
def ask(tmp_path):
    def run(*objects, options=(), suffix=None):
        path = tmp_path / ("given" + (suffix or (".json" if len(objects) == 1 else ".jsonl")))
        path.write_text("\n".join(map(json.dumps, objects)) + "\n")
        words = ["attention", "dimension", str(path), *map(str, options)]
        return CliRunner().invoke(app, words, catch_exceptions=False)

    return run


def test_envelope_has_every_field(ask):
    given = {"kind": "softmax", "widths": [3, 3, 3], "head_sizes": [1, 1], "heads": 1, "tokens": 3, "score_power": 1}
    answer = ask(given, options=["--json"])
    assert answer.exit_code == 0
    envelope = json.loads(answer.stdout)
    assert (envelope["schema"], envelope["command"]) == (1, "attention dimension")
    (result,) = envelope["results"]
    assert set(result) >= FIELDS
    assert (result["lower"], result["upper"], result["grade"], result["lower_by"]) == (
        19,
        19,
        "proved",
        "residue-jacobian",
    )
    assert result["formulas"] == {"equal-width": 19, "naive": 19, "virtual-weights": 19, "layers": 19}
    assert {key: result[key] for key in given} == given
    assert "linearly independent" in result["independence"]


def test_human_report_marks_wrong_formulas(ask):
    text = ask({"widths": [3, 3, 3], "head_sizes": [1, 2]}).stdout
    assert text.startswith("attention:lightning:3-3-3:a1-2:n2  dimension 18 (proved)\n")
    assert "naive formula            20  wrong" in text
    assert "virtual-weights formula  18  right" in text
    assert "exponentials independent" in ask({"kind": "softmax", "widths": [2, 2], "head_sizes": [1]}).stdout


def test_probable_answers_say_so(ask):
    given = {"widths": [2, 3, 1], "head_sizes": [4, 1], "heads": [4, 1], "tokens": 3}
    (result,) = json.loads(ask(given, options=["--json", "--error", "2^-90", "--seed", 4]).stdout)["results"]
    assert (result["lower"], result["grade"], result["seed"], result["fibre_dimension"]) == (15, "probable", 4, None)
    assert result["log2_error"] <= -90


def test_lines_in_order_and_bad_ones_among_them(ask):
    good = {"kind": None, "widths": [4, 4], "head_sizes": [2], "heads": None, "tokens": 1, "seed": 7}
    polynomial = {"kind": "polynomial", "widths": [2, 1], "head_sizes": [1], "heads": 2, "tokens": 2, "score_power": 2}
    bad = [{"widths": [3, 3]}, {"widths": [3, 3], "head_size": 1}, {"widths": [3, 3], "head_sizes": [1, 2, 3]}]
    answer = ask(good, *bad, polynomial, options=["--json"])
    assert answer.exit_code == 1
    results = json.loads(answer.stdout)["results"]
    assert (results[0]["lower"], results[0]["seed"], results[4]["lower"]) == (25, 7, 8)
    assert [r["error"]["argument"] for r in results[1:4]] == ["head_sizes", "head_size", "head_sizes"]
    assert "line 2" in ask(good, *bad).stdout


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"widths": [3], "head_sizes": [1]}, "widths"),
        ({"widths": [3, 3], "head_sizes": [1], "kind": "linear"}, "lightning"),
        ({"widths": [3, 3], "head_sizes": [1], "score_power": 2}, "polynomial"),
        ({"widths": [3, 3], "head_sizes": [1.5]}, "head_sizes"),
        ({"widths": [3, 3], "head_sizes": [1], "seed": "x"}, "seed"),
        ({"widths": [3, 3], "head_sizes": [1], "mask": "causal"}, "causal"),
    ],
)
def test_bad_input(ask, given, word):
    answer = ask(given)
    assert answer.exit_code == 2
    assert word in answer.stderr
    error = json.loads(ask(given, options=["--json"]).stdout)["error"]
    assert set(error) == {"argument", "value", "allowed", "message"}


def test_words():
    assert network_of(read(Network, {"widths": [3, 3], "head_sizes": 2, "causal": True, "tokens": 4})).causal
    assert QUESTION.one_line({"label": "x", "lower": 5, "upper": 5, "grade": "proved"}) == "x  5 (proved)"
