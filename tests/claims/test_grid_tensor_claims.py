"""Claims about grid tensors, overlaps, pooling, cuts, trees, trains and mixtures."""

import json
from pathlib import Path

import pytest

from algebra import Grade
from proofs_check.claim import Outcome
from proofs_check.deciding import grid_tensors
from proofs_check.deciding.grid_tensors import (
    Circuit,
    balanced,
    both_ways,
    unaided_graph_rank,
    unaided_rank,
)
from proofs_check.papers import cohen2016, cohen2018, khrulkov2018, levine2018, select, sharir2018
from proofs_check.verify import run
from tensors.convac import ConvAC, ConvLayer
from tensors.mixtures import hidden_markov, tensor_train

REFERENCE = Path(__file__).parents[1] / "data" / "convac_reference.jsonl"


def test_counterexamples_have_certificates_that_the_checker_accepts(tmp_path):
    from algebra.evidence import Certificate

    (claim,) = select(["sharir2018.literal-valid"])
    row = run(claim, certificates=tmp_path)
    paths = [path for found in row.counterexamples for path in found.certificates]
    assert len(paths) == row.violated > 0
    assert all(Certificate.read(path).check().statement for path in paths[:3])


# ---- ranks from values alone


def rows_of_reference():
    rows = [json.loads(line) for line in REFERENCE.read_text().splitlines() if line.startswith("{")]
    circuits = [row for row in rows if "shape" in row and "rank" in row]
    return [row for row in circuits if row["M"] ** len(row["I"]) <= 100 and row["max"] <= 100]


def circuit_of(row):
    layers = [ConvLayer(w, s, c, border, sharing) for w, s, c, border, sharing in row["layers"]]
    return Circuit(ConvAC(row["shape"], row["M"], layers, row["out"]), tuple(row["I"]))


def test_ranks_from_values_are_the_reference():
    rows = rows_of_reference()
    assert len(rows) > 25
    for row in rows:
        found = unaided_rank(circuit_of(row))
        assert found.value == row["rank"], row["id"]
        assert (found.grade is Grade.PROVED) == (row["rank"] == row["max"]), row["id"]


def test_no_theorem_is_behind_an_unaided_rank():
    """Its evidence says so: values below, and above the number of templates' words, which no theorem is needed for."""
    circuits = [
        *(circuit_of(row) for row in rows_of_reference()),
        Circuit(balanced(4, 3, (2, 3)), "left"),
        Circuit(ConvAC(6, 2, [ConvLayer(2, 1, 2, "zero"), ConvLayer(6, 6, 1)]), "left"),
    ]
    found = [unaided_rank(circuit) for circuit in circuits]
    assert {(bounds.lower_by, bounds.upper_by) for bounds in found} == {("values-modulo-primes", "templates")}
    assert [bounds.lower for bounds in found[-2:]] == [2, 0]


@pytest.mark.parametrize(
    ("symbols", "rank", "order", "value"), [(3, 2, 4, 6), (4, 3, 4, 12), (3, 2, 6, 18), (4, 2, 6, 32), (2, 3, 8, 16)]
)
def test_ranks_of_trains(symbols, rank, order, value):
    train = tensor_train(order, symbols, rank)
    assert unaided_graph_rank(train, tuple(range(0, order, 2))).value == value


def test_shared_tables_count():
    markov = hidden_markov(6, symbols=3, states=2, stationary=True).graph
    assert unaided_graph_rank(markov, (0, 2, 4)).value == 8


@pytest.mark.parametrize(("circuit", "value", "cut"), [(levine2018.NINE, 17, 18), (levine2018.TWELVE, 14, 16)])
def test_subspaces_close_the_gap_below_the_cut(circuit, value, cut):
    found = both_ways(circuit, 0)
    assert (found.upper, found.upper_by, found.grade) == (value, "subspace-intersections", Grade.PROVED)
    assert levine2018.cut(circuit) == cut
    assert unaided_rank(circuit).value == value


# ---- the statements


def test_the_formula_is_that_of_the_reference():
    rows = [json.loads(line) for line in FORMULAS.splitlines()]
    for row in rows:
        layers = [ConvLayer(r, s, c) for r, s, c in zip(row["R"], row["S"], row["C"], strict=True)]
        size = row["H"]
        for layer in layers:
            size = -(-size // layer.stride[0])
        last = ConvLayer(size, size, 1)
        net = ConvAC((row["H"], row["H"]), row["M"], [*layers, last])
        at = [f for f in sharir2018.formulas(net, 1) if f.layer == row["K"]]
        assert [(f.exponent, f.base) for f in at] == ([(row["e"], row["D"])] if row["e"] else [])


FORMULAS = """\
{"H":4,"M":2,"R":[3],"S":[1],"C":[4],"K":1,"e":8,"D":2}
{"H":16,"M":4,"R":[5,2,5],"S":[1,2,1],"C":[8,8,8],"K":3,"e":32,"D":4}
{"H":32,"M":8,"R":[5,2,5,2,5],"S":[1,2,1,2,1],"C":[16,16,16,16,16],"K":5,"e":32,"D":8}
{"H":32,"M":4,"R":[2,2,2,2,2,2,2],"S":[1,2,1,2,1,2,1],"C":[8,8,8,8,8,8,8],"K":7,"e":8,"D":4}
{"H":12,"M":3,"R":[4,3],"S":[2,2],"C":[6,3],"K":2,"e":6,"D":3}
{"H":24,"M":2,"R":[3,3,3,3],"S":[1,1,1,1],"C":[4,4,4,4],"K":4,"e":0,"D":2}"""


@pytest.mark.parametrize(
    ("name", "worst"), [("valid", "rank 2 (proved), not at least 16"), ("shared", "rank 5 (proved), not at least 16")]
)
def test_literal_formula_fails_as_known(name, worst):
    (claim,) = select([f"sharir2018.literal-{name}"])
    assert worst in {found.reason for found in run(claim).counterexamples}


def test_hypotheses_of_the_overlap_theorem():
    (claim,) = select(["sharir2018.overlaps"])
    reasons = [
        claim.check(sharir2018.one_window(9, 5)).reason,
        claim.check(sharir2018.one_window(8, 5, "valid")).reason,
        claim.check(sharir2018.one_window(8, 5, "clip", "full")).reason,
        claim.check(sharir2018.one_window(8, 4)).reason,
        claim.check(Circuit(sharir2018.one_window(8, 5).net, "odd-even")).reason,
    ]
    assert reasons == [
        "even length",
        "clip borders (or same, K = 1, stride 1)",
        "weights depend on the offset",
        "T_R > H/2 at some layer but the last",
        "left/right or top/bottom",
    ]


def test_a_wrong_formula_is_seen(monkeypatch):
    (claim,) = select(["sharir2018.overlaps"])
    circuit = Circuit(ConvAC(8, 2, [ConvLayer(7, 1, 2), ConvLayer(8, 8, 1)]), "left")
    assert claim.check(circuit).outcome is Outcome.HOLDS
    monkeypatch.setattr(sharir2018, "stated", lambda c, halved=True: 17)
    assert claim.check(circuit).outcome is Outcome.VIOLATED


def test_a_wrong_rank_is_seen(monkeypatch):
    (claim,) = select(["levine2018.powers"])
    monkeypatch.setattr(levine2018, "cut", lambda circuit: 3)
    assert claim.check(Circuit(balanced(4, 2, (2, 2)), (0, 2))).outcome is Outcome.VIOLATED


def test_a_contradiction_of_the_depth_theorem_is_seen(monkeypatch):
    (claim,) = select(["cohen2016.depth"])
    monkeypatch.setattr(cohen2016, "_witnessed", lambda net: 5)
    assert claim.check(balanced(4, 2, (2, 1))).outcome is Outcome.VIOLATED


MODE_TREES = """\
{"N":8,"r":3,"tree":[[[0,2],[1,3]],[[4,6],[5,7]]],"I":[0,2,4,6],"rank":9,"upper":9,"lower":9}
{"N":8,"r":2,"tree":[[[0,1],[2,3]],[[4,5],[6,7]]],"I":[0,1,4,5],"rank":4,"upper":4,"lower":4}
{"N":8,"r":2,"tree":[[[[[[[0,1],2],3],4],5],6],7],"I":[0,1,4,5],"rank":8,"upper":8,"lower":2}
{"N":8,"r":2,"tree":[[[[[[[0,1],2],3],4],5],6],7],"I":[0,2,4,6],"rank":8,"upper":16,"lower":2}
{"N":6,"r":3,"tree":[[[4,0],[[5,1],2]],3],"I":[0,2,5],"rank":9,"upper":27,"lower":9}
{"N":8,"r":2,"tree":[[[0,1],[2,3]],[[4,5],[6,7]]],"I":[0,3,5,6],"rank":16,"upper":16,"lower":16}"""


def as_tree(nested):
    return nested if isinstance(nested, int) else tuple(map(as_tree, nested))


@pytest.mark.parametrize("line", MODE_TREES.splitlines())
def test_tilings_and_ranks_of_mode_trees(line):
    row = json.loads(line)
    tree = cohen2018.ModeTree(as_tree(row["tree"]), row["r"], tuple(row["I"]))
    bounds = row["r"] ** min(map(len, cohen2018.tilings(tree))), row["r"] ** cohen2018.sibling_pairs(tree)
    assert bounds == (row["upper"], row["lower"])
    assert tree.rank(0).value == row["rank"]


def test_conversions_of_formats():
    assert khrulkov2018.prefixes(4) == ((0,), (0, 1), (3,))
    (claim,) = select(["khrulkov2018.tree-to-train"])
    wrong = khrulkov2018._tree_sides(16, 2, 2)._replace(exponent=1)
    assert claim.check(wrong).outcome is Outcome.VIOLATED


def test_random_inputs_are_the_same_at_every_call():
    for make in (
        lambda: sharir2018.overlapping(20, 5),
        lambda: levine2018.overlapping(20, 5),
        lambda: cohen2018.mode_trees(20, 5),
        lambda: grid_tensors.random_sides(9, 6, 5),
    ):
        assert make() == make()
