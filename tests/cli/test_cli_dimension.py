import json

import pytest

import algebra
from algebra.evidence.certificate import Certificate

FIELDS = {
    "label", "lower", "upper", "grade", "log2_error", "lower_by", "upper_by", "seed", "seconds", "certificate",
    "widths", "degree", "ambient_dimension", "naive_dimension", "expected_dimension", "fibre_dimension", "defect",
    "reaches_naive", "reaches_expected", "filling",
}  # fmt: skip


def test_envelope_has_every_field(call):
    answer = call("dimension", 2, 3, 2, 1, "--degree", 2, "--json")
    assert answer.status == 0
    assert {k: answer.json[k] for k in ("schema", "version", "command")} == {
        "schema": 1, "version": algebra.__version__, "command": "dimension",
    }  # fmt: skip
    (result,) = answer.results
    assert set(result) >= FIELDS
    assert (result["label"], result["lower"], result["upper"]) == ("pnn:2-3-2-1:r2", 5, 5)
    assert (result["grade"], result["log2_error"], result["defect"]) == ("proved", None, 0)
    assert (result["filling"], result["reaches_naive"], result["fibre_dimension"]) == (True, False, 9)
    assert (result["widths"], result["degree"]) == ([2, 3, 2, 1], 2)


def test_human_report_names_the_bounds(call):
    answer = call("dimension", 3, 5, 1, "--degree", 4)
    assert answer.status == 0
    assert answer.stdout.startswith("pnn:3-5-1:r4  dimension 14 (proved)\n")
    assert "jacobian-minor" in answer.stdout
    assert "alexander-hirschowitz" in answer.stdout
    assert answer.stderr == ""


def test_options(call):
    (result,) = call("dimension", 2, 4, 3, 1, "--degrees", "2,3", "--biases", "--seed", 7, "--json").results
    assert (result["label"], result["seed"], result["biases"]) == ("pnn:2-4-3-1:r2,3:b", 7, True)


def test_probable_value_decides_nothing(call, monkeypatch):
    from algebra.evidence import Bounds, Grade

    bounds = Bounds(9, 12, Grade.PROBABLE, log2_error=-61.3, seed=0)
    monkeypatch.setattr(algebra.PolynomialNetwork, "dimension", lambda self, **_: bounds)
    (result,) = call("dimension", 2, 3, 2, 1, "--degree", 2, "--json").results
    assert (result["grade"], result["log2_error"]) == ("probable", -61.3)
    assert (result["defect"], result["fibre_dimension"]) == (None, None)
    assert result["reaches_naive"] is True  # proved by the lower bound alone: 9 of 9
    text = call("dimension", 2, 3, 2, 1, "--degree", 2).stdout
    assert "9 (probable, p < 2^-61)" in text


def test_huge_integers_survive(call):
    words = ("dimension", 50, *[2] * 35, 1, "--degree", 1000)
    (result,) = call(*words, "--json").results
    assert len(str(result["ambient_dimension"])) > 4300
    assert "about 10^" in call(*words).stdout


def test_file_of_one_object(call, tmp_path):
    file = tmp_path / "network.json"
    file.write_text('{"widths": [2, 3, 2, 1], "degree": [2, 3], "biases": null, "seed": 3}')
    (result,) = call("dimension", file, "--json").results
    assert (result["degree"], result["seed"]) == ([2, 3], 3)
    file.write_text('{"convolution": {"filters": [2, 2], "strides": [1, 1]}, "degree": 2}')
    (result,) = call("dimension", file, "--json").results
    assert result["label"] == "cnn:k2-2:s1-1:r2"
    assert result["convolution"] == {"filters": [2, 2], "strides": [1, 1]}
    file.write_text('{"widths": [1, 2, 1], "activation": {"numerator": [0, 1], "denominator": [1, "1/2"]}}')
    (result,) = call("dimension", file, "--json").results
    assert (result["ambient_dimension"], result["filling"], result["degree"]) == (None, None, None)
    assert result["activations"][0] == {"numerator": ["0", "1"], "denominator": ["1", "1/2"]}


def test_lines_in_order_and_bad_ones_among_them(call, tmp_path):
    file = tmp_path / "networks.jsonl"
    lines = ['{"widths": [2, 2], "degree": 2}', '{"widths": [2, 0, 1], "degree": 2}', "", "{", '{"width": 3}', "[1]"]
    file.write_text("\n".join([*lines, '{"widths": [2, 3, 1], "degrees": [2]}\n']))
    answer = call("dimension", file, "--json")
    assert answer.status == 1
    assert [result.get("lower") for result in answer.results] == [4, None, None, None, None, 3]
    errors = [(result["line"], result["error"]["argument"]) for result in answer.results if "error" in result]
    assert errors == [(2, "widths"), (4, "FILE"), (5, "width"), (6, "FILE")]
    human = call("dimension", file)
    assert human.stdout.splitlines()[0] == "pnn:2-2  4 (proved)"
    assert human.stdout.splitlines()[1].startswith("line 2: widths is 0, but it must be")


def test_empty_file_of_lines(call, tmp_path):
    file = tmp_path / "none.jsonl"
    file.write_text("\n")
    answer = call("dimension", file, "--json")
    assert (answer.status, answer.results) == (0, [])
    assert "has no line with an object" in answer.stderr


def test_certificate_is_written_and_valid(call, tmp_path):
    file = tmp_path / "certificate.json"
    (result,) = call("dimension", 2, 3, 2, 1, "--degree", 2, "--certificate", file, "--json").results
    assert result["certificate"] == str(file)
    assert Certificate.read(file).check().valid
    assert f"certificate in {file}" in call("dimension", 2, 3, 2, 1, "--degree", 2, "--certificate", file).stdout


@pytest.mark.parametrize(
    ("words", "argument"),
    [
        (["2", "3", "x", "1", "--degree", "2"], "widths"),
        (["2", "3", "0", "1", "--degree", "2"], "widths"),
        (["5"], "widths"),
        (["2", "3", "1"], "degree"),
        (["2", "3", "1", "--degree", "x"], "degree"),
        (["2", "3", "1", "--degree", "0"], "degree"),
        (["2", "3", "1", "--degree", "2", "--degrees", "2"], "degrees"),
        (["2", "3", "1", "--degrees", "2,3"], "degrees"),
        (["2", "3", "1", "--degrees", "2,x"], "degrees"),
        (["2", "3", "1", "--degree", "2", "--error", "2"], "error"),
        (["2", "3", "1", "--degree", "2", "--error", "0"], "error"),
        (["2", "3", "1", "--degree", "2", "--error", "1/0"], "error"),
        (["2", "3", "1", "--degree", "2", "--error", "small"], "error"),
        (["2", "3", "1", "--degree", "2", "--seed", "x"], "seed"),
        (["2", "3", "1", "--degree", "2", "--certificate", "/nowhere/at/all"], "--certificate"),
        (["2", "3", "1", "--degre", "2"], "--degre"),
        ([], "WIDTHS…|FILE"),
        (["no-such-file.json"], "FILE"),
        (["."], "FILE"),
        (["no-such-file.json", "--degree", "2"], "--degree"),
        (["no-such-file.jsonl", "--certificate", "c.json"], "--certificate"),
    ],
)
def test_bad_input(call, words, argument):
    answer = call("dimension", *words, "--json")
    assert answer.status == 2
    assert set(answer.error) == {"argument", "value", "allowed", "message"}
    assert answer.error["argument"] == argument
    human = call("dimension", *words)
    assert (human.status, human.stdout) == (2, "")
    assert human.stderr
    assert "Traceback" not in human.stderr


@pytest.mark.parametrize(
    ("given", "argument"),
    [
        ({"widths": [2, 3, 1], "degree": 2, "colour": 1}, "colour"),
        ({"degree": 2}, "widths"),
        ({"widths": "2 3 1", "degree": 2}, "widths"),
        ({"widths": [2, 3, 1], "degree": 2.0}, "degree"),
        ({"widths": [2, 3, 1], "degree": True}, "degree"),
        ({"widths": [2, 3, 1], "degree": 2, "degrees": [2]}, "degrees"),
        ({"widths": [2, 3, 1], "degrees": 2}, "degrees"),
        ({"widths": [2, 3, 1], "degree": 2, "biases": 1}, "biases"),
        ({"widths": [2, 3, 1], "activation": "relu"}, "activation"),
        ({"widths": [2, 3, 1], "activation": {"numerator": [0.5, 1]}}, "numerator"),
        ({"widths": [2, 3, 1], "activation": {"denominator": [1]}}, "numerator"),
        ({"convolution": [2, 2], "degree": 2}, "convolution"),
        ({"convolution": {"filter": [2, 2]}, "degree": 2}, "filter"),
        ({"convolution": {"filters": [2, 2]}, "widths": [2], "degree": 2}, "widths"),
        ({"widths": [2, 3, 1], "degree": 2, "seed": "x"}, "seed"),
    ],
)
def test_bad_object(call, tmp_path, given, argument):
    file = tmp_path / "network.json"
    file.write_text(json.dumps(given))
    answer = call("dimension", file, "--json")
    assert (answer.status, answer.error["argument"]) == (2, argument)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "valid JSON"),
        (b"\xff\xfe{}", "UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"widths": [2, 1], "widths": [2, 2]}', "given once"),
        (b"7", "a JSON object, not a number"),
    ],
)
def test_bad_file(call, tmp_path, content, said):
    file = tmp_path / "network.json"
    file.write_bytes(content)
    answer = call("dimension", file, "--json")
    assert answer.status == 2
    assert said in answer.error["message"]


def test_threshold(call):
    answer = call("threshold", 3, 5, 4, "--json")
    (result,) = answer.results
    assert (result["label"], result["threshold"], result["grade"]) == ("threshold:3-5-4", 2, "proved")
    assert [at["degree"] for at in result["degrees"]] == sorted(at["degree"] for at in result["degrees"])
    assert result["degrees"][0]["reaches_naive"] is False
    assert "threshold 2 (proved)" in call("threshold", 3, 5, 4).stdout
    assert call("threshold", 3, "x").status == 2
    assert "at no degree" in call("threshold", 2, 1, 3, 1).stdout


def test_usage(call):
    assert "dimension" in call("--help").stdout
    assert call("--version").stdout == f"rankcert {algebra.__version__}\n"
    assert call("dimensio").status == 2
    assert "Did you mean" in call("dimensio").stderr
    assert call("dimensio", "--json").json["error"]["message"].startswith("No such command")
    for command in ("dimension", "threshold", "check", "doctor", "verify"):
        assert call(command, "--help").status == 0
    assert "Examples" in call("table", "dimensions", "--help").stdout
