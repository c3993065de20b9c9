"""A label names one object, new labels by 128 bits; certificates with the shorter ones of before are still read."""

import json
from fractions import Fraction
from pathlib import Path

import pytest

from algebra.evidence import check, checker
from algebra.evidence.checker.labels import activation_label, graph_label, softmax_label
from algebra.polynomial.activation import Rational
from tensors.attention import softmax_matrix
from tensors.networks import FactorGraph

OLD = sorted((Path(__file__).parent / "data").glob("old-label-*.json"))


def renewed(document):
    return {**document, "digest": checker.digest(document)}


@pytest.mark.parametrize("path", OLD, ids=lambda path: path.stem)
def test_certificates_with_old_labels_are_still_read(path):
    document = json.loads(path.read_text())
    document["made_by"]["rankcert"] = "0.1.0"  # the golden files mask it
    report = check(renewed(document))
    assert report.valid, report.reasons
    old = document["claim"]["label"]
    assert old not in report.statement.split()  # the statement speaks by the longer label
    assert old in report.statement
    document["claim"]["label"] = old[:-1] + ("0" if old[-1] != "0" else "1")
    assert "label" in check(renewed(document)).reasons[0]


def test_two_matrices_of_one_old_label_are_told_apart():
    one, other = [["12752136", "0"], ["12752136", "0"]], [["6859774", "0"], ["0", "0"]]
    assert softmax_label(one, is_old=True) == softmax_label(other, is_old=True) == "softmax:2x2:3f99888e0d55"
    assert softmax_label(one) != softmax_label(other)
    statements = []
    for logits in (one, other):
        document = softmax_matrix(logits).rank().certificate().document
        document["claim"]["label"] = "softmax:2x2:3f99888e0d55"
        report = check(renewed(document))
        assert report.valid
        statements.append(report.statement)
    assert statements == [
        f"the rank of {softmax_label(one)}, the softmax of [[12752136, 0], [12752136, 0]], is 1",
        f"the rank of {softmax_label(other)}, the softmax of [[6859774, 0], [0, 0]], is 2",
    ]


def test_a_long_matrix_is_named_by_its_hash():
    matrix = softmax_matrix([[i * j for j in range(12)] for i in range(12)])
    statement = matrix.rank().certificate().check().statement
    assert statement == f"the rank of {matrix.label} is 12"
    assert len(matrix.label.rpartition(":")[2]) == 32


def test_no_factor_and_one_empty_factor_have_two_labels():
    assert graph_label([2], 1, [], None) == "fg:v2:o1:f"
    assert graph_label([2], 1, [[]], None) == "fg:v2:o1:f."
    for scopes in ((), ((),)):
        assert FactorGraph((2,), 1, scopes).rank([0]).certificate().check().valid


def test_long_lists_of_rows_are_told_apart():
    def statement(rows):
        graph = FactorGraph((2,) * 300, 300, tuple((i,) for i in range(300)))
        return graph.rank(rows).certificate().check().statement

    every_third, others = list(range(0, 299, 3)), list(range(1, 299, 3))
    assert "100 observed variables" in statement(every_third)
    assert statement(every_third) != statement(others)
    assert "with the rows 0-149 is" in statement(range(150))


def network(activations, label, lower=1):
    """A certificate of z -> W_2 s(W_1 z), or deeper, with a minor of size 1 and nothing above it."""
    widths = [2] * (len(activations) + 1) + [1]
    described = {"widths": widths, "activations": activations, "biases": False}
    minor = {"rule": "jacobian-minor", "prime": 8388593, "key": "k", "word_size": 1, "rows": [0], "columns": [0]}
    claim = {"quantity": "dimension", "label": label, "network": described, "lower": lower, "upper": None}
    made_by = {"rankcert": "0.1.0", "seed": 0}
    document = {"format": checker.FORMAT, "claim": claim, "lower": minor, "upper": None, "made_by": made_by}
    return check(renewed(document))


def test_a_constant_is_no_power():
    """Before, (3, z + z^2) had the label of (z^3, z + z^2), with a dimension of its own."""
    constant, other = {"numerator": ["3"], "denominator": ["1"]}, {"numerator": ["0", "1", "1"], "denominator": ["1"]}
    report = network([constant, other], "pnn:2-2-2-1:a3;0,1,1")
    assert report.reasons == ("an activation is constant",)
    assert network([3, other], "pnn:2-2-2-1:a3;0,1,1").valid


@pytest.mark.parametrize(
    ("numerator", "denominator"),
    [([], ["1"]), (["3"], ["1"]), (["3"], ["5"]), (["2", "4"], ["1", "2"]), (["-1/2", "0", "1/3"], ["3", "0", "-2"])],
)
def test_constants_are_refused_by_library_and_checker(numerator, denominator):
    with pytest.raises(ValueError, match="constant"):
        Rational(numerator, denominator)
    activation = {"numerator": numerator, "denominator": denominator}
    label = f"pnn:2-2-1:a{activation_label(map(Fraction, numerator), map(Fraction, denominator))}"
    assert network([activation], label).reasons == ("an activation is constant",)


@pytest.mark.parametrize(
    "coefficient", ["-0", "00", "01", "+1", "1/1", "2/4", "1/-2", " 1", "1 ", "1\n", "1_0", "1.0", "1e1"]
)
def test_each_coefficient_is_written_in_one_way(coefficient):
    activation = {"numerator": ["0", coefficient, "1"], "denominator": ["1"]}
    assert "coefficient" in network([activation], f"pnn:2-2-1:a0,{coefficient},1").reasons[0]


@pytest.mark.parametrize("coefficient", ["\u0661", "\uff11", "\u00b9", 1, True, None, ["1"]])
def test_coefficients_are_ascii_strings(coefficient):
    activation = {"numerator": ["0", coefficient, "1"], "denominator": ["1"]}
    assert "coefficient" in network([activation], f"pnn:2-2-1:a0,{coefficient},1").reasons[0]


def test_the_last_coefficient_is_not_zero():
    activation = {"numerator": ["0", "1", "0"], "denominator": ["1"]}
    assert "leading coefficient 0" in network([activation], "pnn:2-2-1:a0,1,0").reasons[0]


@pytest.mark.parametrize("wrong", [True, "1", "01", "\u0661", 1.0, -0.0, None, [1]], ids=repr)
@pytest.mark.parametrize("place", ["widths", "degrees", "lower", "rows"])
def test_integers_are_integers(wrong, place):
    described = {"widths": [1, 1, 1], "degrees": [1], "biases": False}
    minor = {"rule": "jacobian-minor", "prime": 8388593, "key": "k", "word_size": 1, "rows": [1], "columns": [0]}
    claim = {"quantity": "dimension", "label": "pnn:1-1-1:r1", "network": described, "lower": 1, "upper": None}
    made_by = {"rankcert": "0.1.0", "seed": 0}
    document = {"format": checker.FORMAT, "claim": claim, "lower": minor, "upper": None, "made_by": made_by}
    assert check(renewed(document)).valid
    if place == "lower":
        claim["lower"] = wrong
    else:
        (minor if place == "rows" else described)[place] = [wrong] * len(
            (minor if place == "rows" else described)[place]
        )
    assert not check(renewed(document)).valid
