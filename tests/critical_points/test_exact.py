"""The exact classification: worked examples, cases made by another program, random points against slow checks."""

import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algebra.critical_points import PointVerdict, Problem, classify, is_tightened, minimum_loss
from algebra.critical_points.theorems import published_theorems
from algebra.evidence import Grade
from tests.critical_points.points import (
    I2,
    O2,
    diag,
    e,
    f,
    inverse,
    loss_of,
    mul,
    random_critical_point,
    unimodular,
)
from tests.properties import examples

CASES = json.loads((Path(__file__).parents[1] / "data" / "deep_linear_examples.json").read_text())["cases"]
G, S, N, C = "global_min", "strict_saddle", "nonstrict_saddle", "not_critical"
HALF = Fraction(1, 2)
CHAIN = [["3/5", "4/5"]], [["3/5"], ["4/5"]]

# Y, W, k, r, loss, minimum, class, inertia (neg, zero, pos), untightened pivots; X is the identity
WORKED = [
    (diag(2, 1), [I2, diag(2, 1)], 2, 2, 0, 0, G, (0, 4, 4), None),
    (diag(2, 1), [e, diag(2, 0)], 2, 1, HALF, 0, S, (1, 3, 4), ((2, 1),)),
    (diag(2, 1), [f, f], 2, 1, 2, 0, S, (2, 3, 3), None),
    (diag(2, 1), [O2, O2], 2, 0, 5 * HALF, 0, S, (4, 0, 4), ((2, 1),)),
    (diag(2, 1), [[[1, 0]], [[2], [0]]], 1, 1, HALF, HALF, G, (0, 1, 3), None),
    (diag(2, 1), [[[0, 1]], [[0], [1]]], 1, 1, 2, HALF, S, (1, 1, 2), None),
    (diag(2, 1), [[[0, 0]], [[0], [0]]], 1, 0, 5 * HALF, HALF, S, (2, 0, 2), ((2, 1),)),
    (diag(2, 1), [e, e, diag(2, 0)], 2, 1, HALF, 0, N, (0, 9, 3), ()),
    (diag(2, 1), [e, I2, diag(2, 0)], 2, 1, HALF, 0, S, (1, 7, 4), ((3, 1),)),
    (diag(2, 1), [I2, e, diag(2, 0)], 2, 1, HALF, 0, S, (1, 7, 4), ((3, 2),)),
    (diag(2, 1), [e, e, diag(2, 1)], 2, 1, HALF, 0, S, (1, 7, 4), ((2, 1),)),
    (diag(2, 1), [f, f, f], 2, 1, 2, 0, S, (1, 9, 2), None),
    (diag(2, 1), [O2, O2, O2], 2, 0, 5 * HALF, 0, N, (0, 12, 0), ()),
    (diag(2, 1), [O2, I2, O2], 2, 0, 5 * HALF, 0, S, (4, 4, 4), ((3, 1),)),
    (diag(2, 1), [e, O2, f], 2, 0, 5 * HALF, 0, S, (3, 6, 3), ((2, 1), (3, 2))),
    (diag(2, 1), [e, O2, e], 2, 0, 5 * HALF, 0, C, None, None),
    (I2, list(CHAIN), 1, 1, HALF, HALF, G, (0, 2, 2), None),
    (diag(2, 0), [e, diag(2, 0)], 2, 1, 0, 0, G, (0, 5, 3), None),
    (diag(2, 0), [O2, O2, O2], 2, 0, 2, 0, N, (0, 12, 0), ()),
    (diag(2, 0), [f, O2, O2], 2, 0, 2, 0, N, (0, 12, 0), ()),
    (diag(2, 0), [e, O2, O2], 2, 0, 2, 0, S, (2, 8, 2), ((3, 2),)),
    (diag(2, 0), [f, f, O2], 2, 0, 2, 0, S, (1, 9, 2), ((3, 1),)),
]


@pytest.mark.parametrize(("Y", "W", "k", "r", "loss", "minimum", "verdict", "inertia", "pivots"), WORKED)
def test_worked_examples(Y, W, k, r, loss, minimum, verdict, inertia, pivots):
    from algebra.critical_points import conjectural_inertia, hessian_inertia

    problem = Problem(I2, Y, W)
    found = classify(problem)
    assert (found.verdict.value, problem.k, problem.r, found.grade) == (verdict, k, r, Grade.PROVED)
    assert (str(problem.loss), minimum_loss(problem).fields()) == (str(Fraction(loss)), str(Fraction(minimum)))
    assert found.untightened == pivots
    if pivots is not None and problem.Y.rank() == 2:  # at a critical point Theorem 7's notion is ours
        assert is_tightened(problem) == (pivots == ())
    if inertia is not None:
        exact = hessian_inertia(problem)
        assert (exact.neg, exact.zero, exact.pos) == inertia
        assert conjectural_inertia(problem) == exact


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_cases_of_another_program(case):
    problem = Problem(case["X"], case["Y"], case["W"])
    found = classify(problem)
    assert found.verdict.value == case["class"]
    assert (found.critical, problem.k, problem.r) == (case["is_critical"], case["k"], case["rank_product_on_data"])
    assert Fraction(str(problem.loss)) == Fraction(case["loss_half"])
    if case.get("untightened_pivots") is not None:
        assert sorted(map(list, found.untightened or ())) == sorted(case["untightened_pivots"])
    if case.get("S") is not None and found.comparison is not None and not found.comparison.equal:
        assert set(found.comparison.positions) == set(case["S"])
    minimum = minimum_loss(problem)
    if case["global_min_loss_half"] is not None:
        assert minimum.fields() == str(Fraction(case["global_min_loss_half"]))
    else:
        a, b, c = map(int, case["global_min_loss_half_algebraic"]["minpoly"])
        lower, upper = (Fraction(str(end)) for end in (minimum.lower, minimum.upper))
        assert 0 < upper - lower < Fraction(1, 10**30)
        assert (a * lower**2 + b * lower + c) * (a * upper**2 + b * upper + c) < 0
        assert abs(lower - Fraction(case["global_min_loss_half_algebraic"]["approx"])) < Fraction(1, 10**25)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_theorems_of_the_cases(case):
    by_name = {t.name: t for t in published_theorems(classify(Problem(case["X"], case["Y"], case["W"])))}
    yun = by_name[f"Yun-Sra-Jadbabaie 2018, Theorem {case['yun_theorem'] or '2.1'}"]
    on_data = ("d_x <= m", "d_y <= m", "X X^T invertible", "Y X^T of full rank", "distinct singular values")
    assert all(yun.hypotheses[name] for name in on_data) == case["yun_assumptions"]
    if case["yun_in_set"] is not None:
        assert all(yun.test.values()) == case["yun_in_set"]
    achour = by_name["Achour-Malgouyres-Gerchinovitz 2024, Theorem 7"]
    assert achour.applies == (case["achour_assumption"] and case["is_critical"])
    assert all(theorem.agrees for theorem in by_name.values() if theorem.applies)


@pytest.mark.parametrize("seed", range(150))
def test_random_points_against_the_known_minimum(seed):
    X, Y, W, known = random_critical_point(seed)
    problem = Problem(X, Y, W)
    found = classify(problem)
    assert found.critical
    assert Fraction(str(problem.loss)) == loss_of(X, Y, W)
    assert minimum_loss(problem).fields() == str(known)
    assert (found.verdict is PointVerdict.GLOBAL_MIN) == (loss_of(X, Y, W) == known)
    for theorem in published_theorems(found):
        assert theorem.agrees or not theorem.applies, theorem.name


@examples(40)
@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_symmetries_do_not_change_the_class(point_seed, gauge_seed):
    import random

    X, Y, W, _ = random_critical_point(point_seed)
    generator = random.Random(gauge_seed)
    moved = [list(map(list, w)) for w in W]
    for h in range(len(W) - 1):
        D = unimodular(generator, len(W[h]))
        moved[h], moved[h + 1] = mul(D, moved[h]), mul(moved[h + 1], inverse(D))
    P = unimodular(generator, len(X))
    moved[0] = mul(moved[0], inverse(P))
    one, other = classify(Problem(X, Y, W)), classify(Problem(mul(P, X), Y, moved))
    assert (one.verdict, one.problem.k, one.problem.r) == (other.verdict, other.problem.k, other.problem.r)
    assert one.problem.loss == other.problem.loss
    assert one.untightened == other.untightened


@examples(40)
@given(st.integers(0, 10**6))
def test_moving_one_weight_is_noticed(seed):
    X, Y, W, known = random_critical_point(seed)
    W = [list(map(list, w)) for w in W]
    W[0][0][0] += Fraction(1, 10**40)
    problem = Problem(X, Y, W)
    assert Fraction(str(problem.loss)) >= known
    verdict = classify(problem).verdict
    assert (verdict is PointVerdict.NOT_CRITICAL) == (not problem.is_critical)


@pytest.mark.parametrize("bits", [5, 60, 300])
def test_close_singular_values(bits):
    tiny = Fraction(1, 2**bits)
    assert classify(Problem(I2, [[1, 0], [0, 1 + tiny]], [[[1, 0]], [[1], [0]]])).verdict is PointVerdict.STRICT_SADDLE
    assert classify(Problem(I2, [[1, 0], [0, 1 - tiny]], [[[1, 0]], [[1], [0]]])).verdict is PointVerdict.GLOBAL_MIN
    assert classify(Problem(I2, I2, [[[1, 0]], [[1], [0]]])).verdict is PointVerdict.GLOBAL_MIN


def test_kept_directions_of_an_irrational_spectrum():
    Y = [[1, 1, 0], [1, 2, 0], [0, 0, "1/2"]]
    keep = {"pair": [[1, 0, 0], [0, 1, 0]], "single": [[0, 0, 1], [0, 0, 0]]}
    pair = classify(Problem(diag(1, 1, 1), Y, [keep["pair"], [[1, 1], [1, 2], [0, 0]]]))
    assert pair.verdict is PointVerdict.STRICT_SADDLE  # 1/2 lies above (3 - sqrt 5)/2 = 0.38…
    assert pair.comparison.positions == (1, 3)
    single = classify(Problem(diag(1, 1, 1), Y, [keep["single"], [[0, 0], [0, 0], ["1/2", 0]]]))
    assert single.verdict is PointVerdict.STRICT_SADDLE
    assert single.comparison.positions == (2,)


@pytest.mark.parametrize(
    ("X", "Y", "W", "verdict", "k"),
    [
        ([[0, 0]], [[1, 2]], [[[5]], [[7]]], G, 0),
        ([[1, 0], [0, 0]], [[0, 3]], [[[0, 9]], [[0]]], G, 1),
        ([[1, 2], [2, 4]], [[1, 0]], [[[2, -1]], [[0]]], S, 1),
        ([[1], [1]], [[2]], [[[1, 1]], [[1]]], G, 1),
        ([[1], [1]], [[2]], [[[1, 0]], [[1]]], C, 1),
        ([[1, 1]], [[1, 3]], [[[2]]], G, 1),
        ([[1, 1]], [[1, 3]], [[[1]]], C, 1),
        ([[1]], [[2]], [[[0]], [[0]]], S, 1),
        ([[1]], [[2]], [[[0]], [[3]], [[0]]], S, 1),
        ([[1]], [[2]], [[[0]], [[0]], [[0]]], N, 1),
        ([[1]], [[2]], [[[0]], [[1]], [[0]], [[0]]], N, 1),
        ([[1]], [[2], [1]], [[[1]], [[2], [1]]], G, 1),
        ([[1, 0], [0, 1]], [[1, 2], [3, 4], [5, 6]], [diag(1, 1), [[1, 2], [3, 4], [5, 6]]], G, 2),
    ],
    ids=["X zero", "X of rank one, Y unseen", "X deficient", "fewer samples", "fewer samples, off", "depth 1",
         "depth 1, off", "width-1, 2 zeros", "width-1, 3 layers", "width-1, 3 zeros", "width-1, 3 of 4 zeros",
         "one input", "d_y above d_x"],
)  # fmt: skip
def test_boundary_cases(X, Y, W, verdict, k):
    problem = Problem(X, Y, W)
    assert (classify(problem).verdict.value, problem.k) == (verdict, k)
    published_theorems(classify(problem))


def test_theorems_mislead_only_where_their_hypotheses_fail():
    singular = classify(Problem(I2, diag(2, 0), [e, diag(2, 0)]))
    misled = {t.name: t for t in published_theorems(singular) if t.misleads}
    yun = misled["Yun-Sra-Jadbabaie 2018, Theorem 2.1"]
    assert (yun.says, yun.would_say, yun.verdict) == (None, "saddle", PointVerdict.GLOBAL_MIN)
    assert [name for name, holds in yun.hypotheses.items() if not holds] == ["Y X^T of full rank"]
    tie = classify(Problem(I2, I2, list(CHAIN)))
    yun = next(t for t in published_theorems(tie) if t.name.endswith("2.2"))
    assert (tie.verdict, yun.applies, all(yun.test.values())) == (PointVerdict.GLOBAL_MIN, False, True)
    assert not yun.hypotheses["distinct singular values"]


def test_purity():
    assert classify(Problem(I2, diag(2, 1), [f, f])).pure is False
    assert classify(Problem(I2, diag(2, 1), [[[0, 1]], [[0], [1]]])).pure is True
    assert classify(Problem(I2, diag(2, 1), [e, O2, e])).pure is None


def test_explanation_follows_the_steps():
    lines = classify(Problem(I2, diag(2, 1), [f, f])).explain().splitlines()
    assert [line.split(":")[0] for line in lines] == ["gradient", "residual", "rank", "directions"]
    deficient = classify(Problem([[1], [1]], [[2]], [[[1, 1]], [[1]]]))
    assert deficient.explain().startswith("data: X has rank 1 < 2")
