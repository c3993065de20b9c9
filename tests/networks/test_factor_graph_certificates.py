"""Certificates of matricization ranks: forgeries are refused, and the checker runs without the toolkit."""

import copy
import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import algebra.evidence.checker
from algebra.evidence import check
from tensors.mixtures import hidden_markov, shallow_mixture, tensor_train
from tensors.networks import FactorGraph
from tests.tampering import forged, put

GRAPHS = {
    "minor": (tensor_train(4, symbols=4, rank=3), [0, 2]),
    "paths": (hidden_markov(4, symbols=3, states=2).graph, [0, 2]),
    "symmetric": (shallow_mixture(4, symbols=2, states=5, tied=True).graph, [0, 1]),
    "tied": (hidden_markov(4, symbols=3, states=2, stationary=True).graph, [0, 2]),
}


@cache
def certificate(name):
    graph, rows = GRAPHS[name]
    return graph.rank(rows).certificate()


def document(name):
    return copy.deepcopy(certificate(name).document)


@pytest.mark.parametrize("name", list(GRAPHS))
def test_certificates_are_valid_and_guarded(name):
    good = document(name)
    assert check(good).valid
    assert not check({**good, "lower": good["lower"] | {"more": 1}}).valid


@pytest.mark.parametrize(
    ("name", "change", "reason"),
    [
        ("minor", put("claim", "lower", 13), "limits|between"),
        ("minor", put("claim", "lower", 11), "its proof gives 12"),
        ("minor", put("claim", "upper", 13), "upper bound is 13"),
        ("minor", put("claim", "upper", None), "claim.upper"),
        ("minor", put("claim", "row_side", [0, 1]), "separate"),
        ("minor", put("claim", "row_side", [2, 0]), "not sorted"),
        ("minor", put("claim", "row_side", [0, 4]), "row_side"),
        ("minor", put("claim", "label", "other"), "label"),
        ("minor", put("claim", "graph", "observed", 3), "label"),
        ("minor", put("lower", "key", "other/key"), None),
        ("minor", put("lower", "rows", [0] * 12), "repeats"),
        ("minor", put("lower", "columns", [16, *range(11)]), "columns"),
        ("minor", put("lower", "prime", 3), "vanishes"),
        ("minor", put("lower", "order", [4, 5]), "order"),
        ("minor", put("lower", "order", [4, 5, 5]), "order"),
        ("minor", put("lower", "varied", [[0, 5]]), "varied"),
        ("minor", put("lower", "varied", [[0, 4], [0, 4]]), "varied"),
        ("minor", put("lower", "varied", [[0, 4, 1]]), "varied"),
        ("minor", put("lower", "word_size", 0), "word_size"),
        ("minor", put("lower", "rule", "else"), "rule is unknown"),
        ("minor", put("lower", None), "not an object"),
        ("minor", put("upper", "variables", []), "do not separate"),
        ("minor", put("upper", "variables", [5, 4]), "not sorted"),
        ("minor", put("upper", "variables", [7]), "variables"),
        ("minor", put("upper", "rule", "else"), "rule is unknown"),
        ("minor", put("upper", []), "not an object"),
        ("paths", put("lower", "paths", 0, "width", 3), "carries more"),
        ("paths", put("lower", "paths", 0, "path", [0]), "variable to variable"),
        ("paths", put("lower", "paths", 0, "path", [1, 5, 5, 4, 0]), "start and end"),
        ("paths", put("lower", "paths", 0, "path", [0, 4, 4, 1, 5]), "start and end"),
        ("paths", put("lower", "paths", 0, "path", [0, 4, 5, 5, 1]), "jumps"),
        ("paths", put("lower", "paths", 0, "path", [0, 99, 4, 5, 1]), "leaves the graph"),
        ("paths", put("lower", "paths", []), "its proof gives 1"),
        ("paths", put("claim", "graph", "tied", [[4, 5]]), "label"),
        ("symmetric", put("upper", "side", "both"), "neither rows nor columns"),
        ("symmetric", put("upper", {"rule": "cut", "variables": [4]}), "its proof gives"),
    ],
)
def test_forgeries_are_refused(name, change, reason):
    report = check(forged(document(name), change))
    assert not report.valid or reason is None
    if reason not in (None, "limits|between"):
        assert reason in "; ".join(report.reasons), report.reasons


def test_tied_factors_allow_no_paths():
    graph, rows = GRAPHS["paths"]
    paths = graph.rank(rows).certificate().document["lower"]
    stationary, _ = GRAPHS["tied"]

    def change(body):
        body["lower"] = paths
        body["claim"]["graph"] = stationary.to_json()
        body["claim"]["label"] = stationary.label

    assert "tied factors allow no paths" in "; ".join(check(forged(document("paths"), change)).reasons)


def test_twins_hang_on_factors_in_the_same_way():
    graph = FactorGraph((2, 2, 2, 2, 5, 5), 4, ((0, 4), (4, 1), (2, 4), (3, 5), (4, 5)))

    def change(body):
        body["claim"].update(graph=graph.to_json(), label=graph.label, row_side=[0, 1], lower=1, upper=3)
        body["lower"] = {"rule": "paths", "paths": []}

    assert "upper bound is 3" in "; ".join(check(forged(document("symmetric"), change)).reasons)


@pytest.mark.parametrize("wrong", ["1", 1.5, True, -1, 10**400, [], {}, [[]], None], ids=repr)
@pytest.mark.parametrize("name", list(GRAPHS))
def test_wrong_types_are_refused(name, wrong):
    paths = [
        ("claim", "lower"), ("claim", "row_side"), ("claim", "label"), ("claim", "graph"),
        ("claim", "graph", "variable_dims"), ("claim", "graph", "observed"), ("claim", "graph", "factor_scopes"),
        ("lower", "rule"), ("upper", "rule"), ("lower",), ("upper",),
    ]  # fmt: skip
    for path in paths:
        assert not check(forged(document(name), put(*path, wrong))).valid, path


def test_the_checker_runs_alone(tmp_path):
    file = tmp_path / "rank.json"
    file.write_text(json.dumps(document("minor")))
    folder = Path(algebra.evidence.checker.__file__).parent
    run = subprocess.run([sys.executable, "-I", str(folder), str(file)], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout.startswith("valid: the rank of")) == (0, True), run.stderr


def test_certificates_are_written_and_read(tmp_path):
    graph, rows = GRAPHS["tied"]
    certificate = graph.rank(rows).certificate()
    certificate.write(tmp_path / "c.json")
    assert type(certificate).read(tmp_path / "c.json") == certificate
    assert "matricization rank of" in repr(certificate)


def test_a_hidden_variable_that_no_factor_reads_only_counts_its_values():
    """The sum over it multiplies everything by 2, which no rank sees; it is listed all the same."""
    train = FactorGraph((4, 4, 4, 4, 3, 3, 3), 4, ((0, 4), (1, 4, 5), (2, 5, 6), (3, 6)))
    idle = FactorGraph((*train.variable_dims, 2), train.observed, train.factor_scopes)
    certificate = idle.rank([0, 2]).certificate()
    assert certificate.claim["lower"] == train.rank([0, 2]) == 12
    assert sorted(certificate.document["lower"]["order"]) == [4, 5, 6, 7]
    assert certificate.check().valid
    report = check(forged(copy.deepcopy(certificate.document), lambda body: body["lower"]["order"].remove(7)))
    assert report.reasons == ("order does not list the hidden variables",)
