"""Certificates of graphs: what is right is accepted, whatever is forged is refused."""

import copy
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import algebra.evidence.checker as checker
from algebra.errors import InputError
from algebra.evidence.checker.graph_pairs import two_fwl_agrees
from algebra.evidence.checker.simple_graphs import are_isomorphic, refined
from algebra.evidence.checker.simple_graphs import read_graph as read_in_checker
from algebra.graphs import (
    SimpleGraph,
    as_graph,
    colour_refinement,
    compare_graphs,
    cycle,
    folklore_difference,
    isomorphism,
    named_pair,
    shrikhande,
    tinhofer_certificate,
)
from algebra.graphs.certificates import described
from algebra.graphs.named import PAIRS
from tests.graphs.oracle import graphs, relabelled
from tests.properties import examples
from tests.tampering import check_forged, put


@given(st.data())
@examples(60)
def test_every_comparison_is_accepted(data):
    first = data.draw(graphs(most=7, colours=2))
    second = data.draw(st.one_of(graphs(most=7, colours=2), relabelled(first)))
    certificate = compare_graphs(first, second).certificate()
    report = certificate.check()
    assert report.valid, report.reasons
    for key, other in (("colour_refinement", ("same", "different")), ("two_fwl", ("same", "different"))):
        wrong = other[certificate.claim[key] == "same"]
        assert not check_forged(certificate, put("claim", key, wrong)).valid
    assert not check_forged(certificate, put("claim", "isomorphic", not certificate.claim["isomorphic"])).valid


@given(st.data())
@examples(60)
def test_the_checker_alone_agrees_with_the_library(data):
    first = data.draw(graphs(most=7, colours=2))
    second = data.draw(st.one_of(graphs(most=7, colours=2), relabelled(first)))
    pair = [read_in_checker(described(graph), "graph") for graph in (first, second)]
    colours = [graph.colours for graph in pair]
    mine, its = refined(pair, colours)
    assert (sorted(mine) == sorted(its)) == colour_refinement(first).is_equivalent(colour_refinement(second))
    assert are_isomorphic(pair, colours) == (isomorphism(first, second) is not None)
    assert two_fwl_agrees(*pair) == (folklore_difference(first, second) is None)


@pytest.mark.parametrize("name", PAIRS)
def test_the_named_pairs(name):
    certificate = compare_graphs(*named_pair(name)).certificate()
    report = certificate.check()
    assert report.valid
    assert "they are not isomorphic" in report.statement
    assert ("2-FWL cannot" in report.statement) == (name in ("rook-shrikhande", "cfi-k4"))


def test_a_search_that_is_too_much_for_the_checker_is_not_claimed(monkeypatch):
    """The rest is claimed, and accepted."""
    claimed = compare_graphs(*named_pair("rook-shrikhande")).certificate()
    assert claimed.claim["isomorphic"] is False
    monkeypatch.setattr("algebra.evidence.checker.graph_pairs.are_isomorphic", lambda *given: True)
    left_out = compare_graphs(*named_pair("rook-shrikhande")).certificate()
    assert left_out.claim["isomorphic"] is None
    assert left_out.check().valid
    assert not claimed.check().valid


def test_a_stranger_checks_them(tmp_path):
    paths = []
    for i, pair in enumerate([("EhEG", "EwCW"), ("Ch", "Cs"), ("Dhc", "DUW")]):
        paths.append(tmp_path / f"{i}.json")
        compare_graphs(*pair).certificate().write(paths[-1])
    paths.append(tmp_path / "tinhofer.json")
    tinhofer_certificate(shrikhande()).write(paths[-1])
    words = [sys.executable, "-I", str(Path(checker.__file__).parent), *map(str, paths)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("valid: ") == 4


FORGED = [
    (("Ch", "Cs"), ("colour_refinement", "rows", [0, 0, 0, 0]), "which is negative"),
    (("Ch", "Cs"), ("colour_refinement", "rows", [0, 1, 1]), "shape of the graphs"),
    (("Ch", "Cs"), ("colour_refinement", "pairs", 0, 0, 5), "which is negative"),
    (("Ch", "Cs"), ("colour_refinement", {"rule": "equitable-partition", "colours": []}), "proves something else"),
    (("Ch", "Cs"), ("isomorphic", {"rule": "two-fwl"}), None),
    (("EhEG", "EwCW"), ("colour_refinement", {"rule": "multipliers"}), "proves something else"),
    (("EhEG", "EwCW"), ("isomorphic", {"rule": "colour-refinement"}), "is not claimed to tell"),
    (("EhEG", "EwCW"), ("isomorphic", {"rule": "map", "images": [0, 1, 2, 3, 4, 5]}), "unknown fields|lacks|unknown"),
    (("EhEG", "EwCW"), ("isomorphic", {"rule": "search", "automorphisms": []}), None),
    (("EhEG", "EwCW"), ("isomorphic", {"rule": "search", "automorphisms": [[3, 4, 5, 0, 1, 2]]}), None),
    (("EhEG", "EwCW"), ("isomorphic", {"rule": "search", "automorphisms": [[3, 4, 0, 5, 1, 2]]}), "is none"),
    (("EhEG", "EwCW"), ("isomorphic", {"rule": "search", "automorphisms": [[0, 0, 0, 3, 4, 5]]}), "is none"),
    (("EhEG", "EwCW"), ("isomorphic", {"rule": "search", "automorphisms": [[0, 1]]}), "is none"),
    (("EhEG", "EwCW"), ("isomorphic", {"rule": "search"}), "lacks automorphisms"),
    (("EhEG", "EwCW"), ("two_fwl", {"rule": "believe me"}), "rule for 2-FWL is unknown"),
    (("EhEG", "EwCW"), ("colour_refinement", "colours", 0, [0, 0, 0, 0, 0, 1]), "as many vertices of each colour"),
    (("Ch", "CL"), ("colour_refinement", "colours", [[0] * 4, [0] * 4]), "not equitable"),
    (("Ch", "CL"), ("isomorphic", "images", [0, 1, 2, 3]), "other neighbours"),
    (("Ch", "CL"), ("isomorphic", "images", [0, 0, 2, 3]), "not a permutation"),
    (("Ch", "CL"), ("claim", "label", "graphs:Ch:Ch"), "label does not fit"),
    (("Ch", "CL"), ("claim", "first", "graph6", "Ch?"), "one bit for each pair"),
    (("Ch", "CL"), ("claim", "first", "colours", [0, 0, 0, 0]), "though all are 0"),
    (("Ch", "CL"), ("claim", "first", "colours", [0, 1]), "one integer for each vertex"),
    (("Ch", "CL"), ("claim", "isomorphic", "yes"), "neither true, false nor null"),
    (("Ch", "CL"), ("claim", "two_fwl", None), "proof of what is not claimed"),
    (("@", "@"), ("claim", "first", "graph6", "~??@"), "written shortest"),
    (("A?", "A?"), ("claim", "first", "graph6", "A@"), "bits behind the last pair"),
]


@pytest.mark.parametrize(("pair", "change", "part"), FORGED)
def test_forged_comparisons(pair, change, part):
    """Where nothing is said the change is another proof, which is as good."""
    certificate = compare_graphs(*pair).certificate()
    assert certificate.check().valid
    report = check_forged(certificate, put(*change))
    assert report.valid == (part is None)
    if part is not None:
        assert any(piece in "; ".join(report.reasons) for piece in part.split("|")), report.reasons


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (("claim", "pair", [0, 1]), "an automorphism"),
        (("claim", "marks", [0, 1]), "not in one cell"),
        (("claim", "pair", [0]), "not two vertices"),
        (("claim", "pair", [0, 99]), "not an integer between"),
        (("claim", "label", "graph:Bw"), "label does not fit"),
    ],
)
def test_forged_exceptions(change, part):
    certificate = tinhofer_certificate(as_graph("FwCGg"))
    assert certificate.check().valid
    report = check_forged(certificate, put(*change))
    assert not report.valid
    assert part in "; ".join(report.reasons)


def test_every_place_is_guarded_by_the_digest():
    document = compare_graphs("Ch", "Cs").certificate().document
    for key in ("claim", "colour_refinement", "two_fwl", "isomorphic", "made_by"):
        changed = copy.deepcopy(document)
        changed[key] = None
        report = checker.check(changed)
        assert not report.valid
        assert "digest" in report.reasons[0]


def test_no_certificate_of_a_tinhofer_graph():
    with pytest.raises(InputError, match="proved to be no Tinhofer graph"):
        tinhofer_certificate(as_graph("EhEG"))


def test_what_is_too_large_is_refused_before_the_work():
    certificate = compare_graphs("EhEG", "EwCW").certificate()
    document = json.loads(certificate.to_json())
    path = "~@?" + "w"  # 2^12 - … vertices of no pairs
    document["claim"]["first"]["graph6"] = path
    changed = {**document, "digest": checker.digest(document)}
    assert not checker.check(changed).valid


def path(order):
    """A path."""
    return SimpleGraph([[j for j in (i - 1, i + 1) if 0 <= j < order] for i in range(order)])


def test_large_graphs_are_refined_anew():
    """Multipliers would be a matrix; the checker runs the refinement instead, and believes nothing."""
    certificate = compare_graphs(cycle(62), path(62)).certificate()
    assert certificate.document["colour_refinement"] == {"rule": "refinement"}
    assert certificate.check().valid
    alike = compare_graphs(cycle(62), cycle(31).union(cycle(31))).certificate()
    assert (alike.claim["colour_refinement"], alike.check().valid) == ("same", True)

    def turn(body):
        body["claim"]["colour_refinement"] = "different"
        body["colour_refinement"] = {"rule": "refinement"}

    report = check_forged(alike, turn)
    assert "colour refinement, run anew, says the opposite" in report.reasons
