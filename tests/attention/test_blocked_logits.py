"""Minus infinity among logits: an exact zero of softmax, or a key that a query does not see."""

import copy
import json
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algebra import Grade, InputError
from algebra.evidence import Certificate
from algebra.evidence.checker.softmax import normalised, read_logits
from tensors.attention.low_rank.head_size import least_head_size
from tensors.attention.low_rank.scores import scores_of_logits
from tensors.attention.softmax.blocked import split_blocked
from tensors.attention.softmax.matrix import SoftmaxMatrix, softmax_matrix
from tensors.attention.softmax.numeric import logit_floats, logits_rank_numeric, numeric_rank, softmax_floats
from tests.properties import examples

HIDDEN = float("-inf")
CAUSAL = [[0, 1, 5], ["-inf", 2, 1], ["-inf", "-inf", "1/3"]]
LOW = [[0, 0, "-inf", "-inf"], [0, 0, "-inf", "-inf"], [1, 1, 0, "1/2"], [1, 1, 0, "1/2"]]
CYCLE = [  # four components at distance three, and a sum of rows that vanishes
    [0, "-inf", 0, "-inf"],
    ["-inf", 0, "-inf", 0],
    [0, "-inf", "-inf", 0],
    ["-inf", 0, 0, "-inf"],
]


def symbolic_rank(logits):
    """Rank of the matrix of powers of q, and zeros, over Q(q), by sympy: an oracle without shifts."""
    from sympy import QQ, symbols
    from sympy.polys.matrices import DomainMatrix

    field = QQ.frac_field(symbols("q"))
    q, common = field.gens[0], math.lcm(*(Fraction(z).denominator for row in logits for z in row if z != "-inf"))
    entries = [[field.zero if z == "-inf" else q ** int(Fraction(z) * common) for z in row] for row in logits]
    return DomainMatrix(entries, (len(logits), len(logits[0])), field).rank()


@st.composite
def blocked_matrices(draw, most=5):
    """Logits of few values, so that ranks drop, in which every query sees a key."""
    rows, columns = draw(st.integers(1, most)), draw(st.integers(1, most))
    entry = st.sampled_from(["-inf", "-inf", "0", "0", "1", "-1", "1/2"])
    row = st.lists(entry, min_size=columns, max_size=columns)
    matrix = draw(st.lists(row, min_size=rows, max_size=rows))
    seen = [draw(st.integers(0, rows - 1)) for _ in range(columns)]
    return [["0" if z == "-inf" and seen[j] == i else z for j, z in enumerate(row)] for i, row in enumerate(matrix)]


@given(blocked_matrices())
@examples(150)
def test_ranks_agree_with_the_field_of_functions(logits):
    found = softmax_matrix(logits)
    bounds = found.rank()
    assert bounds.grade is Grade.PROVED
    assert bounds.lower == bounds.upper == symbolic_rank(logits)
    assert bounds.certificate().check().valid


@given(blocked_matrices())
@examples(100)
def test_the_checker_shifts_likewise(logits):
    rows, found = normalised(read_logits(logits)), softmax_matrix(logits)
    visible = [[z is not None for z in row] for row in rows]
    assert visible == [list(row) for row in found.visible or visible]
    assert [[z or 0 for z in row] for row in rows] == found.exponents.tolist()


@given(blocked_matrices(), st.lists(st.integers(-3, 3), min_size=5, max_size=5), st.randoms(use_true_random=False))
@examples(60)
def test_shifts_and_orders_do_not_matter(logits, moves, random):
    expected = softmax_matrix(logits).rank()
    moved = [[z if z == "-inf" else Fraction(z) + moves[i] - 7 * moves[j] for j, z in enumerate(row)]
             for i, row in enumerate(logits)]  # fmt: skip
    random.shuffle(moved)
    assert softmax_matrix(moved).rank() == expected


@pytest.mark.parametrize(("logits", "rank"), [(CAUSAL, 3), (LOW, 2), (CYCLE, 3), ([[0], ["-inf"]], 1)])
def test_examples(logits, rank):
    bounds = softmax_matrix(logits).rank()
    assert (bounds.lower, bounds.upper, bounds.grade) == (rank, rank, Grade.PROVED)
    assert symbolic_rank(logits) == rank
    floats = [[HIDDEN if z == "-inf" else float(Fraction(z)) for z in row] for row in logits]
    assert numeric_rank(softmax_floats(logit_floats("logits", floats))).rank == rank


def test_every_way_to_write_it():
    import decimal

    import sympy

    one = softmax_matrix(CAUSAL)
    for blocked in (HIDDEN, np.float32("-inf"), "-Infinity", " -INF ", decimal.Decimal("-Infinity"), -sympy.oo):
        same = softmax_matrix([[blocked if z == "-inf" else z for z in row] for row in CAUSAL])
        assert same.label == one.label
        assert same == one
    array = np.array(CAUSAL, dtype=object)
    assert softmax_matrix(array) == one
    assert softmax_matrix(SoftmaxMatrix(one.logits).logits).visible is None


def test_unseen_keys_are_no_distinct_keys():
    found = softmax_matrix([[0, 0], ["-inf", "-inf"], [0, 1]])
    assert found.core.shape == (2, 2)
    assert found.rank().upper_by == "distinct-keys"
    assert found.rank().certificate().check().valid


def test_extreme_logits_wrap_nowhere():
    top = 2**63
    found = softmax_matrix([[-top, 1, "-inf"], [0, -top, top], ["-inf", top, -top]])
    assert int(found.rank()) == 3
    assert min(found.exponents.ravel().tolist()) == -(2**64) - 1


@pytest.mark.parametrize(
    ("logits", "said"),
    [
        ([["-inf", 0], ["-inf", 1]], "every query sees a key: column 0"),
        ([["inf", 0], [0, 1]], "rational"),
        ([[float("inf"), 0], [0, 1]], "finite"),
        ([[float("nan"), 0], [0, 1]], "finite"),
        ([["-inf", 0], [0]], "rows of one length"),
        ("-inf", "matrix"),
    ],
)
def test_what_is_refused(logits, said):
    with pytest.raises(InputError, match="logits") as refusal:
        softmax_matrix(logits)
    assert said in str(refusal.value)


def test_float_infinities_of_the_wrong_sign():
    for bad in (float("inf"), float("nan")):
        with pytest.raises(InputError, match="logits"):
            logit_floats("logits", [[bad, HIDDEN], [1.0, 2.0]])


FORGERIES = {
    "seen after all": (lambda d: d["claim"]["logits"][1].__setitem__(0, "0"), "label does not fit"),
    "no key": (lambda d: [row.__setitem__(0, "-inf") for row in d["claim"]["logits"]], "sees no key"),
    "larger": (lambda d: d["claim"].update(lower=4, upper=4), "minor has size 3"),
    "smaller": (lambda d: d["claim"].update(lower=2, upper=2), "minor has size 3"),
    "other infinity": (lambda d: d["claim"]["logits"][1].__setitem__(0, "-Infinity"), "coefficient"),
    "blocked row": (lambda d: d["lower"].update(rows=[0, 1, 3], columns=[0, 1, 2]), None),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_forgeries_are_refused(name):
    change, reason = FORGERIES[name]
    document = copy.deepcopy(softmax_matrix([*CAUSAL, ["-inf", "-inf", "-inf"]]).rank().certificate().document)
    change(document)
    proofs = {side: document[side] for side in ("lower", "upper")}
    report = Certificate.of(document["claim"], 0, **proofs).check()
    assert not report.valid
    assert reason is None or reason in " ".join(report.reasons)


@given(blocked_matrices(4))
@examples(30)
def test_blocked_logits_are_a_mask(logits):
    finite, visible = split_blocked("logits", logits)
    if visible is None:
        return
    mask = [[int(seen) for seen in row] for row in visible]
    found, expected = scores_of_logits(logits), scores_of_logits(finite, mask, "visible")
    assert (found.visible, found.values.texts()) == (expected.visible, expected.values.texts())
    assert scores_of_logits(logits, mask, "visible") == expected
    assert least_head_size(found).bounds == least_head_size(expected).bounds


def test_a_mask_that_shows_what_is_infinite():
    with pytest.raises(InputError, match=r"logits\[0\]\[1\].*visible"):
        scores_of_logits([[0, HIDDEN], [1, 2]], "causal")
    with pytest.raises(InputError, match="exact numbers"):
        logits_rank_numeric([[0.5, HIDDEN], [1.0, 2.0]])


def test_commands(call, tmp_path):
    path = tmp_path / "logits.json"
    path.write_text('{"logits": [[0, -Infinity, 1], [1, 2, "-inf"], [1, 0, 0]]}')
    answer = call("rank", "softmax", path, "--certificate", tmp_path / "c.json", "--json")
    (result,) = answer.results
    assert (result["lower"], result["upper"], result["grade"]) == (3, 3, "proved")
    assert Certificate.read(tmp_path / "c.json").check().valid
    assert call("check", tmp_path / "c.json").status == 0
    (head,) = call("attention", "representable", path, "--json").results
    assert (head["representable"], head["lower"], head["upper"]) == (True, 1, 2)

    path.write_text('{"logits": [[0.5, -Infinity], [0.25, 1]]}')
    (result,) = call("rank", "softmax", path, "--json").results
    assert (result["lower"], result["grade"]) == (2, "numeric")
    refused = call("attention", "representable", path, "--json")
    assert (refused.status, json.loads(refused.stdout)["error"]["argument"]) == (2, "logits")
    assert call("attention", "representable", path, "--exact-floats", "--json").results[0]["grade"] == "proved"
