"""`rankcert graph compare`, `rankcert graph network` and the table of pairs."""

import json

import networkx as nx
import numpy as np
import pytest

from algebra.graphs import as_graph, cfi, named_pair, refinement_network
from proofs_check.registry import question

# pairs, whether colour refinement and 2-FWL cannot tell them apart, whether they are isomorphic
PAIRS = [
    ("EhEG", "EwCW", True, False, False),
    ("FhCKG", "FwCGg", True, False, False),
    ("Ch", "Cs", False, False, False),
    ("Dhc", "DUW", True, True, True),
    ("O~`HW}GPHDaNaGPCcPWaN", "OvP\\P[`KGg_loHQK`RKC\\", True, True, False),
    ("FwCGg", "F`o_g", True, True, True),
    ("EEh_", "EQhO", True, False, False),
    ("?", "?", True, True, True),
    ("@", "A_", False, False, False),
    ("A_", "A?", False, False, False),
]


@pytest.mark.parametrize(("first", "second", "refinement", "two_fwl", "isomorphic"), PAIRS)
def test_compare(call, first, second, refinement, two_fwl, isomorphic):
    (result,) = call("graph", "compare", first, second, "--json").results
    separated = {"colour-refinement": not refinement, "tinhofer": not isomorphic, "2-fwl": not two_fwl}
    assert result["separated_by"] == separated
    assert result["isomorphic"] is isomorphic
    assert result["fractionally_isomorphic"] is refinement
    assert result["grade"] == "proved"
    if isomorphic:
        images = result["isomorphism"]
        moved = as_graph(first).relabelled(images)
        assert moved == as_graph(second)


def test_a_batch_says_which_line_is_bad(call, tmp_path):
    path = tmp_path / "pairs.jsonl"
    pairs = [
        {"first": "EhEG", "second": "EwCW"},
        {"first": "EhE", "second": "EwCW"},
        {"first": [[0, 1], [1, 0]], "second": "A_"},
        {"first": "A_", "second": "A_", "first_colours": [0, 1], "second_colours": [1, 0]},
        {"first": "A_", "second": "A_", "first_colours": [0, 1], "second_colours": [0, 2]},
        {"first": "A_", "second": "A_", "first_colours": [0]},
    ]
    path.write_text("".join(json.dumps(pair) + "\n" for pair in pairs))
    answer = call("graph", "compare", path, "--json")
    assert answer.status == 1
    assert [result.get("isomorphic") for result in answer.results] == [False, None, True, True, False, None]
    assert answer.results[1]["error"]["argument"] == "first"
    assert answer.results[5]["error"]["argument"] == "first_colours"


def test_certificates(call, tmp_path):
    path = tmp_path / "certificate.json"
    call("graph", "compare", "EhEG", "EwCW", "--certificate", path)
    assert "2-FWL tells them apart, they are not isomorphic" in call("check", path).stdout


@pytest.mark.parametrize(("base", "expected"), [("C~", None), ("Bw", False)])
def test_a_search_that_takes_too_long(call, monkeypatch, tmp_path, base, expected):
    """2-FWL may decide instead; whatever is open is null, and the certificate claims the rest."""
    monkeypatch.setattr("algebra.graphs.symmetry.MOST_LOOKS", 1)
    pair, certificate = tmp_path / "pair.json", tmp_path / "certificate.json"
    words = {"first": cfi(base, is_twisted=True).graph6, "second": cfi(base).graph6}
    pair.write_text(json.dumps(words))
    (result,) = call("graph", "compare", pair, "--certificate", certificate, "--json").results
    assert result["isomorphic"] is expected
    assert result["separated_by"]["tinhofer"] is (None if expected is None else True)
    assert result["grade"] == ("inconclusive" if expected is None else "proved")
    assert result["one_run"]["is_proof"] is None
    assert result["isomorphism"] is None
    assert call("check", certificate).status == 0
    assert "may be no proof" in call("graph", "compare", pair).stdout


def test_a_large_pair_is_answered_as_far_as_it_can_be(call, tmp_path):
    path = tmp_path / "pair.json"
    words = [as_graph(nx.circular_ladder_graph(100)).graph6, as_graph(nx.moebius_kantor_graph()).graph6]
    path.write_text(json.dumps({"first": words[0], "second": words[1]}))
    (result,) = call("graph", "compare", path, "--json").results
    assert result["separated_by"]["colour-refinement"] is True
    moved = as_graph(nx.circular_ladder_graph(100)).relabelled([(7 * v + 1) % 200 for v in range(200)])
    path.write_text(json.dumps({"first": words[0], "second": moved.graph6}))
    (result,) = call("graph", "compare", path, "--json").results
    assert result["isomorphic"] is True
    assert result["separated_by"] == {"colour-refinement": False, "tinhofer": False, "2-fwl": False}


@pytest.mark.parametrize("words", [["EhEG"], ["EhEG", "EwCW", "Ch"], ["EhEG", ":An"], ["EhEG", "&A_"], ["EhEG", "E"]])
def test_bad_words(call, words):
    answer = call("graph", "compare", *words, "--json")
    assert answer.status == 2
    assert answer.error["argument"] in ("GRAPH6", "second")


def test_too_large_for_refinement(call, monkeypatch):
    monkeypatch.setattr("algebra.graphs.refinement.MOST_STEPS", 100)
    answer = call("graph", "compare", "EhEG", "EwCW", "--json")
    assert answer.status == 2
    assert "n (n + 2m) is at most 100, and it is 108" in answer.error["message"]


def test_refine(call, tmp_path):
    path = tmp_path / "certificate.json"
    words = ["FwCGg", "EhEG", "OlfJHsHBGK_\\oHWKeBK_\\", "FhCGG"]
    mixed, cycle, shrikhande, tail = call("graph", "refine", *words, "--json").results
    assert (mixed["tinhofer"], mixed["exception"]) == (False, {"marks": [], "pair": [0, 3]})
    assert mixed["orbits"] == [[0, 1, 2], [3, 4, 5, 6]]
    assert mixed["cells"] == [list(range(7))]
    assert (cycle["tinhofer"], cycle["automorphisms"], cycle["quotient"]) == (True, 12, [[2]])
    assert shrikhande["path_invariant"] == {"smallest": True, "largest": False}
    assert (shrikhande["automorphisms"], shrikhande["pair_colours"], shrikhande["tinhofer"]) == (192, 3, False)
    assert (tail["rounds"], tail["cells"]) == (3, [[0, 6], [1, 5], [2, 4], [3]])

    call("graph", "refine", "FwCGg", "--certificate", path)
    assert "is no Tinhofer graph: 0 and 3 prove it" in call("check", path).stdout
    answer = call("graph", "refine", "EhEG", "--certificate", path, "--json")
    assert answer.status == 2
    assert "nothing is proved that it could hold" in answer.error["message"]


def test_refine_without_a_search(call, monkeypatch):
    monkeypatch.setattr("algebra.graphs.symmetry.MOST_LOOKS", 1)
    (result,) = call("graph", "refine", "EhEG", "--json").results
    assert result["cells"] == [list(range(6))]
    assert result["tinhofer"] is result["automorphisms"] is result["orbits"] is None
    assert result["grade"] == "inconclusive"
    assert "open" in call("graph", "refine", "EhEG").stdout


def test_networks(call, tmp_path):
    graphs = [graph.graph6 for graph in named_pair("c7-c3c4")] + [cfi("Bw").graph6]
    path = tmp_path / "network.json"
    network = refinement_network(graphs, 2).to_json()
    path.write_text(json.dumps({"layers": network["layers"], "graphs": graphs}))
    answer = call("graph", "network", path, "--json")
    (result,) = answer.results
    assert answer.status == 0
    assert result["separates_all_it_could"] is True
    assert result["equal_readouts"] == [[0, 1]]
    assert result["missed_graphs"] == []
    assert len(result["cells"]) == len(result["refinement_cells"])

    weights = {"conv.lin_rel.weight": [[0.0]], "conv.lin_root.weight": [[1.5]]}
    path.write_text(json.dumps({"weights": weights, "graphs": ["Ch"]}))
    answer = call("graph", "network", path, "--json")
    assert answer.status == 1
    assert answer.results[0]["missed"] == [[0, 0], [0, 1]]


def test_an_archive_of_trained_weights(call, tmp_path):
    path = tmp_path / "trained.npz"
    weights = {"c.lin_rel.weight": np.array([[1]], dtype=np.float32), "c.lin_root.weight": np.array([[0.5]])}
    np.savez(path, **weights, graphs=np.array(["Ch", "Cs"]))
    answer = call("graph", "network", path, "--json")
    assert answer.status == 0
    assert answer.results[0]["rounds"] == 1

    np.savez(path, **weights)
    assert call("graph", "network", path, "--json").error["argument"] == "graphs"
    np.savez(path, graphs=np.array(["Ch"]), w=np.array(["x"]))
    assert call("graph", "network", path, "--json").error["argument"] == "w"


def test_coloured_networks(call, tmp_path):
    path = tmp_path / "network.json"
    given = {"layers": [{"own": [[1, 3]], "neighbours": [[0, 1]]}], "graphs": ["A_"], "colours": [[3, 7]]}
    path.write_text(json.dumps(given))
    (result,) = call("graph", "network", path, "--json").results
    assert result["cells"] == [[[0, 0]], [[0, 1]]]


@pytest.mark.parametrize(
    ("change", "argument"),
    [
        ({"weights": {}}, "layers"),
        ({"layers": None}, "layers"),
        ({"graphs": []}, "graphs"),
        ({"graphs": ["Bg:"]}, "graphs[0]"),
        ({"layers": [{"own": [[1, 2]]}]}, "layers[0].own"),
        ({"colours": []}, "colours"),
        ({"colours": [[0, 0]]}, "colours"),
    ],
)
def test_bad_networks(call, tmp_path, change, argument):
    path = tmp_path / "network.json"
    given = {"layers": [{"own": [[1]]}], "graphs": ["Bg"], **change}
    path.write_text(json.dumps({key: value for key, value in given.items() if value is not None}))
    answer = call("graph", "network", path, "--json")
    assert answer.status == 2
    assert answer.error["argument"] == argument


def test_the_table_of_pairs(call):
    rows = call("table", "graph-pairs", "--order", "6", "--json", "--jobs", "1").results
    assert [row["pair"] for row in rows] == ["c6-2c3", "c7-c3c4", "cfi-k3", "rook-shrikhande", "cfi-k4", *[""] * 4]
    assert [row["two_fwl"] for row in rows] == [True, True, True, False, False, *[True] * 4]
    assert not any(row["refinement"] for row in rows)
    assert not any(row["isomorphic"] for row in rows)
    assert all(row["one_run_is_proof"] for row in rows)


def test_a_graph_without_vertices_has_no_cells():
    asked = question("graph refine")
    rows = [line.split() for line in asked.text(asked.ask({"graph": []})).splitlines()]
    assert [row[1] for row in rows if row[:1] in (["cells"], ["orbits"])] == ["0", "0"]
