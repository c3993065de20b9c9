"""Ranks of softmax matrices: residues, balls, floats; and the certificate."""

import random
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

from algebra import Grade, InputError
from algebra.evidence import Certificate, checker
from algebra.evidence.checker.softmax import integer_rank, normalised
from algebra.evidence.evaluation import look
from algebra.rank import DEFAULT_PRIME, is_prime, rank_rational
from algebra.rank.primes import random_prime
from tensors.attention.softmax import question, residues
from tensors.attention.softmax.balls import ball_rank, softmax_rank_balls
from tensors.attention.softmax.matrix import softmax_matrix, softmax_of_tokens, softmax_rank
from tensors.attention.softmax.numeric import numeric_rank, softmax_floats, softmax_rank_numeric
from tensors.attention.softmax.residues import (
    PRIME_BITS,
    PowersOfQ,
    exponent_array,
    log2_miss,
    powers,
    primitive_root,
    prove_rank_at_most,
    spread,
)
from tests.properties import examples

TABLE = [(8, 100), (12, 100), (16, 100), (16, 10_000), (12, 1)]
INCIDENCE = [[1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 1, 0], [0, 1, 0, 1]]  # distinct rows and columns, rank 3


def grid(n, scale):
    return [[Fraction(i * j, scale) for j in range(n)] for i in range(n)]


def symbolic_rank(exponents):
    """Rank over Q(q) by sympy."""
    from sympy import QQ, symbols
    from sympy.polys.matrices import DomainMatrix

    field = QQ.frac_field(symbols("q"))
    q = field.gens[0]
    return DomainMatrix([[q**e for e in row] for row in exponents], (len(exponents), len(exponents[0])), field).rank()


@pytest.mark.parametrize(("n", "scale"), TABLE)
def test_full_rank_where_floats_see_less(n, scale):
    logits = grid(n, scale)
    bounds = softmax_matrix(logits).rank()
    assert (bounds.lower, bounds.upper, bounds.grade) == (n, n, Grade.PROVED)
    assert softmax_rank_balls(logits).rank == n
    found = numeric_rank(softmax_floats(np.array(logits, dtype=float)))
    assert found.rank <= n
    assert (found.note == "no gap") == (found.gap is not None and found.gap < 1e3) or found.rank == n


def test_floats_say_half_or_less():
    assert numeric_rank(softmax_floats(np.array(grid(16, 10_000), dtype=float))).rank <= 8
    assert softmax_rank_balls(grid(16, 10_000), most_bits=64).rank < 16


def test_head_size_two_can_drop():
    bounds = softmax_rank([[-1, 0], [0, 0], [1, 0]], [[-1, 1], [-1, -1], [0, -1]])
    assert (bounds.lower, bounds.upper, bounds.upper_by) == (2, 2, "distinct-queries")


rationals = st.fractions(-3, 3, max_denominator=6)


@given(st.lists(rationals, min_size=1, max_size=7), st.lists(rationals, min_size=1, max_size=7))
@examples(60)
def test_head_size_one_is_totally_positive(keys, queries):
    bounds = softmax_rank([[k] for k in keys], [[q] for q in queries])
    assert int(bounds) == min(len(set(keys)), len(set(queries)))
    assert bounds.grade is Grade.PROVED


@given(st.integers(1, 4), st.integers(1, 4), st.data())
@examples(60)
def test_rank_over_the_function_field(rows, columns, data):
    entries = st.lists(st.integers(-2, 2), min_size=columns, max_size=columns)
    exponents = data.draw(st.lists(entries, min_size=rows, max_size=rows))
    bounds = softmax_matrix(exponents).rank()
    assert bounds.grade is Grade.PROVED
    assert int(bounds) == symbolic_rank(exponents)
    assert bounds.certificate().check().valid
    assert softmax_rank_balls(exponents, goal=int(bounds)).rank == int(bounds)


@given(st.data(), st.integers(2, 5), st.fractions(Fraction(1, 7), 7, max_denominator=7))
@examples(30)
def test_invariances(data, n, scale):
    rows = st.lists(rationals, min_size=n, max_size=n)
    logits = data.draw(st.lists(rows, min_size=n, max_size=n))
    key_shifts, query_shifts = data.draw(rows), data.draw(rows)
    order = data.draw(st.permutations(range(n)))
    expected = int(softmax_matrix(logits).rank())
    assert int(softmax_matrix([[z * scale for z in row] for row in logits]).rank()) == expected
    assert int(softmax_matrix([[-z for z in row] for row in logits]).rank()) == expected
    moved = [
        [z + k + q for z, q in zip(row, query_shifts, strict=True)] for row, k in zip(logits, key_shifts, strict=True)
    ]
    assert int(softmax_matrix(moved).rank()) == expected
    assert np.array_equal(softmax_matrix(moved).exponents, softmax_matrix(logits).exponents)
    assert int(softmax_matrix([[logits[i][j] for j in order] for i in order]).rank()) == expected
    assert int(softmax_matrix(list(zip(*logits, strict=True))).rank()) == expected


def test_deficient_beyond_equal_keys():
    bounds = softmax_matrix(INCIDENCE).rank()
    assert (bounds.lower, bounds.upper, bounds.upper_by) == (3, 3, "vanishing-minors")
    document = bounds.certificate().document
    assert document["upper"] == {"rule": "evaluation"}
    assert bounds.certificate().check().valid
    bordered = [[0] * 5, *([0, *row] for row in INCIDENCE)]
    assert int(softmax_matrix(bordered).rank()) == 4 == symbolic_rank(bordered)


def test_kronecker_of_deficient_matrices():
    big = [
        [Fraction(a + 3 * b) for a in row for b in other] for row in INCIDENCE for other in INCIDENCE
    ]  # exp is a Kronecker product: rank 3 * 3 of 16
    bounds = softmax_matrix(big).rank()
    assert (bounds.lower, bounds.upper) == (9, 9)
    assert bounds.certificate().check().valid


def test_probable_where_the_proof_is_too_long(monkeypatch):
    monkeypatch.setattr(question, "prove_rank_at_most", lambda *_, visible: None)
    bounds = softmax_matrix(INCIDENCE).rank()
    assert (bounds.lower, bounds.upper, bounds.grade) == (3, 4, Grade.PROBABLE)
    assert bounds.log2_error < -60
    assert bounds.certificate().check().valid


def test_longer_primes_where_exponents_are_huge():
    far = [[0, 0], [0, 2**70]]
    huge = softmax_matrix([[a + b for a in row for b in other] for row in INCIDENCE for other in far])
    assert huge.exponents.dtype == object
    bounds = huge.rank()
    assert (bounds.lower, bounds.upper, bounds.grade) == (6, 8, Grade.PROBABLE)
    assert bounds.log2_error <= -64  # by residues modulo longer primes
    assert bounds.certificate().check().valid
    assert log2_miss(exponent_array([[0, 0], [0, 1 << 80]]), 1) == 0.0
    assert int(softmax_matrix([[0, 0, 0], [0, 2**70, 1], [0, 1, 2**70]]).rank()) == 3


def test_total_positivity_steps_in(monkeypatch):
    monkeypatch.setattr(residues, "residue_of", lambda key, prime: 1)  # the unluckiest of all residues
    bounds = softmax_rank([[0], [1], [2]], [[0], [1], [2]])
    assert (bounds.lower, bounds.lower_by, bounds.grade) == (3, "total-positivity", Grade.PROVED)


@given(
    st.lists(st.integers(-(10**30), 10**30), min_size=1, max_size=8), st.sampled_from([101, DEFAULT_PRIME, 2**61 - 1])
)
@examples(40)
def test_powers(exponents, prime):
    found = powers(3, exponent_array([exponents]), prime)
    assert found.tolist() == [[pow(3, e % (prime - 1), prime) for e in exponents]]


def test_exponents_are_reduced_modulo_p_minus_1():
    p = 10007
    at_p, at_p_minus_1 = (np.array([[0, 0], [0, e]]) for e in (p, p - 1))
    seen = [
        look(PowersOfQ(SimpleNamespace(label="q", exponents=matrix, core=matrix, core_visibility=None)), "0", 2, p).rank
        for matrix in (at_p, at_p_minus_1)
    ]
    assert seen == [2, 1]  # q^(p-1) is seen as 1: a lower bound still


def test_vanishing_minors():
    array = exponent_array(INCIDENCE)
    assert prove_rank_at_most(array, 3) is True
    assert prove_rank_at_most(array, 2) is False
    assert prove_rank_at_most(array, 4) is True
    assert prove_rank_at_most(array, 3, most_work=10) is None
    assert prove_rank_at_most(array * (1 << 40), 3) is None
    roots = exponent_array([[0, 0], [0, 12]])  # q^12 - 1 vanishes at twelve points, not at thirteen
    assert prove_rank_at_most(roots, 1) is False


@given(st.integers(2, 5), st.data())
@examples(30)
def test_spread_bounds_every_minor(n, data):
    from itertools import permutations

    rows = st.lists(st.integers(-9, 9), min_size=n, max_size=n)
    array = np.array(data.draw(st.lists(rows, min_size=n, max_size=n)))
    sums = [sum(int(array[i, p[i]]) for i in range(n)) for p in permutations(range(n))]
    assert spread(array, n) >= max(sums) - min(sums)


def test_primitive_roots_and_random_primes():
    for p in (3, 5, 7, 11, 101):
        g = primitive_root(p)
        assert {pow(g, k, p) for k in range(p - 1)} == set(range(1, p))
    prime = random_prime("x", PRIME_BITS)
    assert is_prime(prime)
    assert 2**61 < prime < 2**62
    assert random_prime("x", PRIME_BITS) == prime != random_prime("y", PRIME_BITS)


def test_seed_is_recorded_and_repeats():
    first, again = (softmax_matrix(grid(5, 3)).rank(seed=4) for _ in range(2))
    assert first.seed == 4
    assert first.certificate() == again.certificate()
    assert first.certificate().document["made_by"]["seed"] == 4


@given(st.integers(1, 5), st.integers(1, 5), st.data())
@examples(40)
def test_integer_rank_of_the_checker(rows, columns, data):
    row = st.lists(st.integers(-3, 3), min_size=columns, max_size=columns)
    matrix = data.draw(st.lists(row, min_size=rows, max_size=rows))
    assert integer_rank(matrix) == rank_rational(matrix)


def test_checker_normalises_as_the_producer():
    random.seed(3)
    logits = [[Fraction(random.randint(-9, 9), random.randint(1, 6)) for _ in range(4)] for _ in range(3)]
    assert normalised(logits) == softmax_matrix(logits).exponents.tolist()


FORGERIES = {
    "larger lower": (lambda d: d["claim"].update(lower=4, upper=4), "minor has size 3"),
    "smaller upper": (lambda d: d["claim"].update(lower=2, upper=2), "minor has size 3"),
    "distinct rows": (lambda d: d["upper"].update(rule="distinct-rows"), "gives 4"),
    "unknown rule": (lambda d: d["upper"].update(rule="guess"), "rule is unknown"),
    "no unit": (lambda d: d["lower"].update(base=0), "no unit"),
    "base 1": (lambda d: d["lower"].update(base=1), "vanishes"),
    "repeated row": (lambda d: d["lower"].update(rows=[0, 0, 1]), "repeats"),
    "row out of range": (lambda d: d["lower"].update(rows=[0, 1, 9]), "between"),
    "other logits": (lambda d: d["claim"]["logits"][0].__setitem__(0, "5"), "label does not fit"),
    "float": (lambda d: d["claim"]["logits"][0].__setitem__(0, 0.5), "no integer"),
    "ragged": (lambda d: d["claim"]["logits"][0].pop(), "not a matrix"),
    "more fields": (lambda d: d["lower"].update(extra=1), "unknown fields"),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_forgeries_are_refused(name):
    import copy

    change, reason = FORGERIES[name]
    document = copy.deepcopy(softmax_matrix(INCIDENCE).rank().certificate().document)
    change(document)
    proofs = {side: document[side] for side in ("lower", "upper")}
    report = Certificate.of(document["claim"], 0, **proofs).check()
    assert not report.valid
    assert reason in " ".join(report.reasons)


def test_evaluation_refuses_a_wrong_upper_bound():
    from algebra.evidence.checker.limits import Refused
    from algebra.evidence.checker.softmax import check_softmax_upper

    check_softmax_upper([[0, 0], [0, 1]], 2, {"rule": "evaluation"})
    with pytest.raises(Refused, match="evaluation gives 2"):
        check_softmax_upper([[0, 0], [0, 1]], 1, {"rule": "evaluation"})
    with pytest.raises(Refused, match="too large"):
        check_softmax_upper([[0, 0], [0, 10**13]], 1, {"rule": "evaluation"})


def test_the_checker_alone_accepts(tmp_path):
    path = tmp_path / "certificate.json"
    softmax_matrix(INCIDENCE).rank().certificate().write(path)
    folder = Path(checker.__file__).parent
    done = subprocess.run([sys.executable, "-I", str(folder), str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "rank of softmax:4x4" in done.stdout


def test_balls_stop_at_the_goal_and_at_the_last_bits():
    zero = ball_rank(lambda: [[arb(2).log() * 2 - arb(4).log()]], most_bits=128)
    assert (zero.rank, zero.bits) == (0, 64)
    assert ball_rank(lambda: [[arb(1), arb(2)], [arb(2), arb(4)]], goal=1).rank == 1


def test_numeric_is_labelled():
    found = softmax_rank_numeric([[0.1 * i] for i in range(10)], [["1/10"], [0.2]])
    assert found.bounds.grade is Grade.NUMERIC
    assert (found.rank, found.backend, found.dtype) == (2, "numpy", "float64")
    assert softmax_rank_numeric([[1000.0], [-1000.0]], [[1.0], [-1.0]]).rank == 2
    assert softmax_rank_numeric([[1.0], [2.0]], [[1.0], [2.0]], tolerance=0.9).rank == 1


@pytest.mark.parametrize(
    ("keys", "queries", "argument"),
    [
        ([[0.5]], [[1]], "keys"),
        ([[1, 2]], [[1]], "queries"),
        ([], [[1]], "keys"),
        ([[1], [1, 2]], [[1]], "keys"),
        ([["1/0"]], [[1]], "keys"),
        ([[float("nan")]], [[1]], "keys"),
        ("text", [[1]], "keys"),
    ],
)
def test_bad_tokens(keys, queries, argument):
    with pytest.raises(InputError, match=argument):
        softmax_of_tokens(keys, queries)


@pytest.mark.parametrize("keys", [[["x"]], [[float("inf")]], [], [[1.0], [1.0, 2.0]], 3, [["1e99999999"]]])
def test_bad_floats(keys):
    with pytest.raises(InputError, match="keys"):
        softmax_rank_numeric(keys, [[1.0]])


def test_tokens_too_large_for_floats():
    with pytest.raises(InputError, match="float64 can hold"):
        softmax_rank_numeric([[1e200]], [[1e200]])
    assert softmax_rank([["1e200"], [0]], [["1e200"], [0]]).lower == 2


def test_bad_settings():
    with pytest.raises(InputError, match="seed"):
        softmax_matrix([[1]]).rank(seed=0.5)
    with pytest.raises(InputError, match="tolerance"):
        numeric_rank([[1.0]], tolerance=-1)
    with pytest.raises(InputError, match="tolerance"):
        numeric_rank([[1.0]], tolerance=float("nan"))


@pytest.mark.parametrize(("far", "upper", "rule"), [(2, 6, "evaluation"), (30_000, 8, "distinct-rows")])
def test_where_no_checker_has_the_patience_the_certificate_claims_less(far, upper, rule):
    """Logits of two heads: one of rank 3 of 4, one of rank 2 with powers of 2 that are too long for the checker."""
    first, second = [[1, 1, 0, 0], [1, 0, 1, 0], [0, 1, 0, 1], [0, 0, 1, 1]], [[0, 0], [0, far]]
    bounds = softmax_matrix([[x + y for x in row for y in other] for row in first for other in second]).rank()
    assert (bounds, bounds.grade) == (6, Grade.PROVED)
    certificate = bounds.certificate()
    assert (certificate.claim["lower"], certificate.claim["upper"]) == (6, upper)
    assert certificate.document["upper"]["rule"] == rule
    assert certificate.check().valid
