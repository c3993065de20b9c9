import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import algebra.evidence.checker as checker
from algebra.errors import InputError
from algebra.evidence.certificate import Certificate
from algebra.evidence.checker.circuit_cuts import cut_value
from algebra.evidence.checker.circuits import label_of, read_circuit
from tensors.convac import ConvAC, ConvLayer, matricization_rank
from tensors.convac.cuts import candidate_cuts, cut_cost
from tensors.convac.unrolled import unroll
from tests.convac.circuits import circuits
from tests.properties import examples
from tests.tampering import check_forged

TREE = ConvAC(8, 3, [ConvLayer(2, 2, 3), ConvLayer(2, 2, 4), ConvLayer(2, 2, 6)])
OVERLAPPING = ConvAC(8, 2, [ConvLayer(4, 1, 2, sharing="sliding"), ConvLayer(8, 8, 3)])
REUSED = ConvAC((3, 2), 2, [ConvLayer(2, (1, 2), 2), ConvLayer((2, 1), 1, 1), ConvLayer((3, 1), (3, 1), 1)])
LARGE = ConvAC((32, 32), 2, [ConvLayer(17, 1, 2, sharing="sliding"), ConvLayer(32, 32, 1)])


@examples(60)
@given(circuits(), st.data())
def test_every_certificate_is_accepted(net, data):
    rows = data.draw(st.sets(st.integers(0, net.positions - 1), min_size=1, max_size=net.positions - 1))
    found = net.rank(sorted(rows))
    certificate = found.certificate()
    report = certificate.check()
    assert report.valid, report.reasons
    assert (certificate.claim["lower"], certificate.claim["upper"]) == (found.lower, found.upper)
    assert label_of(read_circuit(net.to_json())) == net.label


@pytest.mark.parametrize(
    ("net", "row_side", "rule", "upper"),
    [
        (TREE, [0, 1, 2], "evaluation-minor", "cut"),
        (TREE, "odd-even", "window-equality", "templates"),
        (OVERLAPPING, "left", "evaluation-minor", "templates"),
        (REUSED, [1, 4, 5], "evaluation-minor", "cut"),
        (ConvAC(8, 2, [ConvLayer(8, 8, 20, sharing="full")]), "left", "evaluation-minor", "full-sharing-symmetry"),
        (ConvAC(6, 2, [ConvLayer(2, 1, 2, "zero"), ConvLayer(6, 6, 2)]), "left", "trivial", "zero-border"),
        (ConvAC(1024, 2, [ConvLayer(2, 2, 2)] * 10), "odd-even", "window-equality", "templates"),
    ],
)
def test_rules(net, row_side, rule, upper):
    certificate = net.rank(row_side).certificate()
    assert (certificate.document["lower"]["rule"], certificate.document["upper"]["rule"]) == (rule, upper)
    assert certificate.check().valid


def test_the_overlap_theorem_is_written_as_an_equality_graph():
    net = ConvAC((8, 8), 2, [ConvLayer(5, 1, 2, sharing="sliding"), ConvLayer(8, 8, 1)])
    found = net.rank("left")
    assert found.lower == 2**32
    certificate = found.certificate()
    assert certificate.document["lower"]["rule"] == "equality-graph"
    assert certificate.check().valid


def test_the_checker_needs_nothing_but_the_standard_library(tmp_path):
    file = tmp_path / "certificate.json"
    TREE.rank([0, 1, 2]).certificate().write(file)
    folder = Path(checker.__file__).parent
    run = subprocess.run([sys.executable, "-I", str(folder), str(file)], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout.startswith("valid: the rank of convac:8:M3")) == (0, True), run.stderr


def higher(document):
    document["claim"]["lower"] += 1
    document["claim"]["upper"] += 1


FORGERIES = {
    "higher": higher,
    "lower upper bound": lambda d: d["claim"].update(upper=d["claim"]["upper"] - 1, lower=d["claim"]["lower"] - 1),
    "another label": lambda d: d["claim"].update(label="convac:8:M3:w8s8c1"),
    "other rows": lambda d: d["claim"].update(row_side=[0, 1, 3]),
    "rows that repeat": lambda d: d["claim"].update(row_side=[0, 0, 1]),
    "a row outside": lambda d: d["claim"].update(row_side=[0, 1, 8]),
    "fewer channels": lambda d: d["claim"]["circuit"]["layers"][0].update(channels=1),
    "a cut left out": lambda d: d["upper"].update(variables=d["upper"]["variables"][:-1]),
    "a cut variable that is none": lambda d: d["upper"].update(variables=[10**6]),
    "another graph": lambda d: d["upper"].update(graph="forest"),
    "an unknown rule above": lambda d: d.update(upper={"rule": "faith"}),
    "symmetry without sharing": lambda d: d.update(upper={"rule": "full-sharing-symmetry"}),
    "a zero border without one": lambda d: d.update(upper={"rule": "zero-border"}),
    "an unknown rule below": lambda d: d.update(lower={"rule": "faith"}),
    "equal rows": lambda d: d["lower"].update(rows=[0] * len(d["lower"]["rows"])),
    "rows beyond": lambda d: d["lower"]["rows"].__setitem__(0, 10**6),
    "varied on both sides": lambda d: d["lower"].update(varied=d["lower"]["varied"][::-1]),
    "a field more": lambda d: d["lower"].update(trust=True),
    "an even modulus": lambda d: d["lower"].update(prime=2),
    "the other bound": lambda d: d.update(lower={"rule": "nonzero"}),
    "no layers": lambda d: d["claim"]["circuit"].update(layers=[]),
    "an open end": lambda d: d["claim"]["circuit"]["layers"].pop(),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_forgeries_are_refused(name):
    certificate = TREE.rank([0, 1, 2]).certificate()
    assert not check_forged(certificate, FORGERIES[name]).valid


def test_vectors_are_refused_for_overlapping_circuits():
    def change(document):
        document["lower"].update(scheme="vectors", rows=list(range(16)), columns=list(range(16)), count=20)

    report = check_forged(OVERLAPPING.rank("left").certificate(), change)
    assert "reads every input once" in report.reasons[0]


def test_paths_must_stay_in_their_windows():
    found = LARGE.rank("left")
    document = ConvAC(8, 2, [ConvLayer(5, 1, 2), ConvLayer(8, 8, 1)]).rank("left").certificate()
    assert document.check().valid
    assert document.document["lower"]["rule"] == "equality-graph"

    def change(document):
        document["lower"]["paths"][1] = [[5]]

    assert not check_forged(document, change).valid
    assert found.lower == 2**512


@examples(30)
@given(circuits(borders=("clip", "same", "valid")), st.data())
def test_both_programs_unroll_alike(net, data):
    rows = tuple(range(data.draw(st.integers(1, net.positions - 1))))
    for kind in ("tree", "folded", "merged"):
        unrolled = unroll(net, rows, **({} if kind == "tree" else {kind: True}))
        for cut in candidate_cuts(unrolled):
            proof = {"rule": "cut", "graph": kind, "variables": list(cut)}
            assert cut_value(read_circuit(net.to_json()), rows, proof) == cut_cost(unrolled, cut)


def test_what_cannot_be_certified_is_said():
    net = ConvAC(4, 2, [ConvLayer(2, 2, 2), ConvLayer(2, 2, 2)])
    with pytest.raises(InputError, match="representation"):
        matricization_rank(net, "odd-even", representation=[[1, 1], [2, 2]]).certificate()
    huge = ConvAC((256, 256), 2, [ConvLayer(2, 2, 2)] * 8)
    with pytest.raises(InputError, match="digits"):
        huge.rank("odd-even").certificate()


def test_the_command_writes_one(call, tmp_path):
    file, target = tmp_path / "circuit.json", tmp_path / "certificate.json"
    file.write_text(json.dumps({**TREE.to_json(), "row_side": [0, 1, 2]}))
    (result,) = call("rank", "convac", file, "--certificate", target, "--json").results
    assert result["certificate"] == str(target)
    assert Certificate.read(target).check().valid
    assert call("check", target).status == 0
    assert f"certificate in {target}" in call("rank", "convac", file, "--certificate", target).stdout
