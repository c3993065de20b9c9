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


# ---- points of other kinds than the library's first choice


def at_vectors(size, **more):
    """Let every input show a vector of its own at each point."""

    def change(document):
        points = list(range(size))
        document["lower"].update(scheme="vectors", varied=[[], []], count=size, rows=points, columns=points, **more)

    return change


@pytest.mark.parametrize("more", [{}, {"word_size": 1}, {"word_size": 2}])
def test_generic_vectors_prove_the_rank_of_a_tree(more):
    """It is linear in each input; numbers may be drawn longer."""
    certificate = TREE.rank([0, 1, 2]).certificate()
    report = check_forged(certificate, at_vectors(9, **more))
    assert report.valid, report.reasons


def test_generic_vectors_prove_no_more_than_the_rank():
    def change(document):
        at_vectors(10)(document)
        document["claim"].update(lower=10, upper=81)
        document["upper"] = {"rule": "faith"}

    report = check_forged(TREE.rank([0, 1, 2]).certificate(), change)
    assert report.reasons == ("the upper bound's rule is unknown", "the minor of the lower bound vanishes")


@pytest.mark.parametrize("size", [0, 65, True, "1"])
def test_words_have_a_size_between_1_and_64(size):
    report = check_forged(TREE.rank([0, 1, 2]).certificate(), at_vectors(9, word_size=size))
    assert report.reasons == ("lower.word_size is not an integer between 1 and 64",)


def at_drawn_templates(*varied):
    """Let positions show templates that are drawn."""
    minor = {"rule": "evaluation-minor", "prime": 8388587, "key": "k", "scheme": "drawn", "count": 2}

    def change(document):
        document["lower"] = {**minor, "varied": list(varied), "rows": [0, 1], "columns": [0, 1]}

    return change


def test_drawn_templates_prove_a_rank_where_enough_varies():
    certificate = ConvAC(4, 60, [ConvLayer(2, 2, 2), ConvLayer(2, 2, 2)]).rank([0, 1]).certificate()
    assert certificate.claim["lower"] == 2
    assert check_forged(certificate, at_drawn_templates([0, 1], [2, 3])).valid
    report = check_forged(certificate, at_drawn_templates([], [2, 3]))
    assert report.reasons == ("the minor of the lower bound vanishes",)


def test_zero_windows_that_the_output_does_not_need_take_nothing_away():
    """The last window of the first layer leaves the grid and is 0; nothing reads it."""
    layers = [ConvLayer(2, 1, 3, "zero"), ConvLayer(3, 1, 2, "valid"), ConvLayer(3, 3, 2, "valid")]
    certificate = ConvAC(7, 2, layers).rank([0, 2]).certificate()
    assert certificate.document["lower"]["rule"] == "evaluation-minor"
    assert (certificate.claim["lower"], certificate.check().valid) == (4, True)


def test_a_tensor_that_vanishes_has_no_minor():
    """The output reads a window that is 0; the weights alone do not show it."""

    def change(document):
        document["lower"] = {"rule": "evaluation-minor", "prime": 8388587, "key": "k", "scheme": "enumerated"}
        document["lower"] |= {"varied": [[0], [3]], "count": 2, "rows": [0], "columns": [0]}
        document["claim"].update(lower=1, upper=8)
        document["upper"] = {"rule": "templates"}

    vanishing = ConvAC(6, 2, [ConvLayer(2, 1, 2, "zero"), ConvLayer(6, 6, 2)])
    report = check_forged(vanishing.rank("left").certificate(), change)
    assert report.reasons == ("the tensor vanishes",)
