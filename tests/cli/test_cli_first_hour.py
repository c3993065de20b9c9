"""What people type in their first hour, and what they are told."""

import json
import re

import pytest

import rankcert as rc
from algebra import __version__


@pytest.mark.parametrize("words", [(), ("table",), ("rank",), ("memorize",)])
def test_a_group_alone_prints_its_help_and_nothing_is_wrong(call, words):
    answer = call(*words)
    assert answer.status == 0
    assert "Usage: rankcert" in answer.stdout


@pytest.mark.parametrize("word", ["--version", "-V", "version"])
def test_the_version_has_three_spellings(call, word):
    answer = call(word)
    assert (answer.status, answer.stdout) == (0, f"rankcert {__version__}\n")


def test_columns_of_a_file_are_called_as_the_options_call_them(call, tmp_path):
    file, out = tmp_path / "a.csv", tmp_path / "a.md"
    file.write_text("architecture;d;r\n2-3-2-1;6;2\n2-3-1;3;2\n")
    named = ["--widths-column", "architecture", "--degree-column", "r", "--compare", "d"]
    answer = call("table", "dimensions", "--from", file, *named, "--columns", "widths,degree,dimension", "-o", out)
    assert answer.status == 1  # the first claim is wrong
    assert out.read_text().splitlines()[2].split("|")[1:4] == [" architecture ", "   r ", " dimension  "]


@pytest.mark.parametrize(
    ("words", "file", "said"),
    [
        (["attention", "pattern"], {"name": "bigbrd", "n": 37}, r"\(did you mean bigbird\?\)"),
        (
            ["dimension"],
            {"widths": [2, 3, 1], "activation": "x^2"},
            "an object with numerator, denominator",
        ),
        (["dimension"], {"widths": [2, 3, 0, 1], "degree": 2}, "widths is 0, but .*this is number 3 of 4"),
        (["rank", "convac"], {"input_shape": [4], "templates": 2, "layers": 3, "row_side": "left"}, "layers is 3"),
    ],
)
def test_a_sentence_names_what_was_meant(call, tmp_path, words, file, said):
    path = tmp_path / "file.json"
    path.write_text(json.dumps(file))
    answer = call(*words, path)
    assert answer.status == 2
    assert re.search(said, answer.stderr)


def test_a_data_file_is_no_network(call, tmp_path):
    path = tmp_path / "data.json"
    path.write_text('{"points": [[0], [1]], "labels": [0, 1]}')
    answer = call("memorize", "check", path, path)
    assert answer.status == 2
    assert "as `rankcert memorize build --output` writes it" in answer.stderr


def test_floats_are_sent_to_who_takes_them():
    with pytest.raises(rc.InputError, match=r"X\[0\]\[0\] is 0.5, but.*classify\(X, Y, W\) takes them"):
        rc.Problem([[0.5]], [[1]], [[[2]]])


def test_a_claim_shows_its_statement():
    claim = rc.equality("a = b", [(2, 1)], lambda d, H: 1, lambda d, H: 1, when={"H <= d": lambda d, H: d >= H})
    assert repr(claim).startswith("<conjecture mine.claim-")
    assert repr(claim).endswith(": a = b  if H <= d>")


@pytest.mark.parametrize(
    ("mistake", "said"),
    [
        (lambda: rc.ConvAC(8, 2, [(8, 8, 2)]), r"layers is \(8, 8, 2\), but it must be a ConvLayer"),
        (lambda: rc.ConvAC(8, 2, [rc.ConvLayer(2, 2, 2)]), "leaves a single position: it leaves a grid of 4"),
        (lambda: rc.table([{"width": [2, 3, 1], "degree": 2}]), r"\(did you mean widths\?\)"),
        (lambda: rc.table([rc.PolynomialNetwork((2, 1), 2)], title=3), "title is 3, but it must be text"),
        (lambda: rc.rows("head-size", sizes=2, jobs=1.5), "jobs is 1.5, but it must be an integer of at least 1"),
        (lambda: rc.table("head-size", sizes=2).write(3), "output is 3, but it must be the name of a file"),
        (lambda: rc.verify(3), "claims is 3, but it must be claims"),
        (lambda: rc.verify(len), "claims is <built-in function len>, but it must be claims"),
        (lambda: rc.equality("a", 5, len, len), "family is 5, but it must be the instances"),
        (lambda: rc.equality("a", [1], len, len, when="n > 0"), "when is 'n > 0', but it must be a function"),
        (lambda: rc.equality("a", [1], len, len, when={"n > 0": True}), "when is {'n > 0': True}, but it must be"),
        (lambda: rc.kernel_spectrum("hypercube", [1, 2]), r"a Scheme, which hamming\(n\) or johnson\(n, p\) makes"),
        (lambda: rc.critical_classes((2, 2), 3), r"a SingularStructure, which singular_structure\(X, Y\) makes"),
        (lambda: rc.realise([[1, 0], [0, 1]], ("1/10", "1/10")), "a SparseTarget, which SparseTarget.from_matrix"),
        (lambda: rc.least_head_size([[1, 2], [3, 4]]), "a Scores, which scores_of_probabilities"),
    ],
)
def test_a_mistake_in_python_is_answered_by_a_sentence(mistake, said):
    with pytest.raises(rc.InputError, match=said):
        mistake()


def test_an_option_of_a_family_may_be_called_question():
    assert "least upper bound" in rc.table("attention-depth-conjecture", question="few-tokens", jobs=1).title


def test_a_name_that_was_meant_is_suggested():
    with pytest.raises(AttributeError) as caught:
        rc.plot  # noqa: B018
    assert (caught.value.name, caught.value.obj) == ("plot", rc)


def test_a_negative_number_looks_like_an_option(call):
    answer = call("dimension", 2, -3, 1, "--degree", 2)
    assert answer.status == 2
    assert "also a negative number" in answer.stderr
    assert "also a negative number" in call("dimension", 2, -3, 1, "--json").error["message"]


def test_lines_in_a_json_file_are_told_their_suffix(call, tmp_path):
    path = tmp_path / "two.json"
    path.write_text('{"widths": [2, 1], "degree": 2}\n{"widths": [2, 1], "degree": 2}')
    assert "a name that ends in .jsonl" in call("dimension", path).stderr
    table = tmp_path / "nets.csv"
    table.write_text("widths,degree\n2 3 1,2\n")
    assert "rankcert table dimensions --from FILE.csv" in call("dimension", table).stderr
    assert "(No such file" in call("verify", "--file", tmp_path / "nothere.py").stderr


def test_a_path_is_no_certificate(tmp_path):
    path = tmp_path / "c.json"
    certificate = rc.PolynomialNetwork((2, 3, 2, 1), degree=2).dimension().certificate()
    path.write_text(json.dumps(certificate.document))
    (reason,) = rc.check(str(path)).reasons
    assert reason == "a str is no document: give what json.load returns, or ask check_file(PATH)"
    assert rc.check_file(path).valid
