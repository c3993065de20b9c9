"""Float input: what is certified must hold for the exact point that the floats come from; the rest stays open."""

import itertools
import math

import numpy as np
import pytest
from flint import arb, arb_mat, ctx
from hypothesis import given
from hypothesis import strategies as st

from algebra.critical_points import (
    Problem,
    classify,
    classify_numeric,
    critical_classes,
    critical_point,
    critical_points,
    data_with_singular_values,
    hessian,
    minimum_loss,
    polish,
    rounded,
    singular_structure,
)
from algebra.critical_points.floats.bounds import BallBounds
from algebra.critical_points.floats.network import DENSE, FloatNetwork, lanczos
from algebra.critical_points.floats.normal_form import normal_form
from algebra.critical_points.floats.problem import FloatProblem
from algebra.errors import InputError
from algebra.evidence import Grade
from algebra.exact.balls import WORKING_BITS, Band, band, symmetric_eigenvalues
from algebra.exact.dyadic import nearest_floats
from tests.properties import cases, examples

EYE = np.eye(2)
DIAGONAL = np.diag([2.0, 1.0])
CASES = [
    ((2, 2, 2), (2, 1)),
    ((2, 2, 2, 2), (2, 1)),
    ((3, 1, 3), (3, 2, 1)),
    ((3, 2, 3), (3, 2, 1)),
    ((3, 2, 2), (2, 1)),
    ((2, 2, 3), (2, 1)),
]


def float_point(problem, noise=0.0, seed=0):
    rng = np.random.default_rng(seed)
    W = [nearest_floats(w) for w in problem.W]
    return nearest_floats(problem.X), nearest_floats(problem.Y), [w + noise * rng.standard_normal(w.shape) for w in W]


def points(widths, values, limit=20):
    data = data_with_singular_values(values, widths[0], widths[-1], samples=widths[0] + 1, seed=5)
    return critical_points(widths, data.X, data.Y, limit=limit)


def is_consistent(found, verdict):
    allowed = {None: True, "global_min": verdict == "global_min", "strict_saddle": verdict == "strict_saddle"}
    return {**allowed, "saddle": verdict != "global_min"}[found.if_critical]


@pytest.mark.parametrize(("widths", "values"), CASES)
def test_what_is_certified_holds_for_the_exact_point(widths, values):
    for point in points(widths, values):
        expected = point.expected
        for accuracy in (1e-10, 1e-3):
            found = classify_numeric(*float_point(point.problem), accuracy=accuracy)
            assert found.verdict.value == "inconclusive"
            assert found.grade is Grade.INCONCLUSIVE
            assert is_consistent(found, expected.verdict)
            gap = float(expected.loss - expected.minimum_loss)
            assert found.gap.lower <= gap <= found.gap.upper
            assert found.loss.lower <= float(expected.loss) <= found.loss.upper
            assert found.gradient_norm.lower == 0
            assert any(d.question == "critical?" for d in found.undecided)
        if expected.verdict != "nonstrict_saddle":
            # Accurate floats suffice to name the class, given criticality.
            assert classify_numeric(*float_point(point.problem), accuracy=1e-10).if_critical == expected.verdict


@pytest.mark.parametrize(("widths", "values"), CASES)
def test_a_tolerance_gives_the_class_as_numeric(widths, values):
    for point in points(widths, values):
        found = classify_numeric(*float_point(point.problem), accuracy=1e-12, tolerance=1e-8)
        assert (found.verdict.value, found.grade) == (point.expected.verdict, Grade.NUMERIC)
        assert found.tolerance == 1e-8
        assert "1e-08" in found.reading


def test_tolerance_with_degenerate_data():
    data = data_with_singular_values((1, 0), 2, 2, seed=1)
    for point in critical_points((2, 2, 2, 2), data.X, data.Y):
        found = classify_numeric(*float_point(point.problem), accuracy=1e-13, tolerance=1e-9)
        assert found.verdict.value == point.expected.verdict
    rank_one = [[1.0, 2.0], [2.0, 4.0]]
    found = classify_numeric(rank_one, [[0.0, 0.0]], [[[2.0, -1.0]]], accuracy=1e-14, tolerance=1e-9)
    assert found.verdict.value == "global_min"
    above = classify_numeric(EYE, DIAGONAL, [EYE, DIAGONAL * 1.001], accuracy=1e-2, tolerance=1e-9)
    assert above.verdict.value == "inconclusive"
    assert "above the tolerance" in above.decided_by


@examples(20)
@given(seed=st.integers(0, 10_000), depth=st.integers(1, 3))
def test_enclosures_contain_the_exact_values_of_random_points(seed, depth):
    rng = np.random.default_rng(seed)
    widths = [int(w) for w in rng.integers(1, 4, depth + 1)]
    samples = int(rng.integers(1, 5))
    X, Y = rng.integers(-3, 4, (widths[0], samples)) / 4, rng.integers(-3, 4, (widths[-1], samples)) / 4
    W = [rng.integers(-3, 4, (b, a)) / 2 for a, b in itertools.pairwise(widths)]
    problem = Problem.from_floats(X, Y, W)
    found = classify_numeric(X, Y, W, accuracy=0)
    assert found.grade is Grade.PROVED
    assert found.verdict is classify(problem).verdict
    least = minimum_loss(problem)
    loss, low, high = (int(v.p) / int(v.q) for v in (problem.loss, least.lower, least.upper))
    assert found.loss.lower <= loss <= found.loss.upper
    assert found.gap.lower <= loss - low + 1e-15
    assert found.gap.upper >= loss - high - 1e-15
    norm = math.sqrt(int(problem.gradient_squared.p) / int(problem.gradient_squared.q))
    assert found.gradient_norm.lower <= norm * (1 + 1e-15)
    assert found.gradient_norm.upper >= norm * (1 - 1e-15)
    loose = classify_numeric(X, Y, W, accuracy=1e-3)
    assert loose.gap.lower <= found.gap.lower + 1e-12
    assert loose.gap.upper >= found.gap.upper - 1e-12


def test_not_critical_is_proved_where_the_accuracy_allows():
    found = classify_numeric(EYE, DIAGONAL, [EYE, DIAGONAL + 0.01], accuracy=1e-6)
    assert (found.verdict.value, found.grade) == ("not_critical", Grade.PROVED)
    assert found.gradient_norm.lower > 0.02
    assert found.relative_gradient.lower > 0
    assert found.reading == "each entry within 1e-06"
    wide = classify_numeric(EYE, DIAGONAL, [EYE, DIAGONAL + 0.01], accuracy=0.1)
    assert wide.verdict.value == "inconclusive"


def test_floats_that_are_exactly_critical_are_read_as_rationals():
    found = classify_numeric(EYE, DIAGONAL, [np.diag([1.0, 0]), np.diag([2.0, 0])])
    assert (found.verdict.value, found.grade) == ("strict_saddle", Grade.PROVED)
    assert found.reading == "exactly the floats, as rationals"
    stated = classify_numeric(EYE, DIAGONAL, [np.diag([1.0, 0]), np.diag([2.0, 0])], accuracy=1e-9)
    assert stated.verdict.value == "inconclusive"
    assert stated.at_floats is not None
    assert stated.if_critical == "strict_saddle"


def test_a_verdict_by_accident_of_rounding_is_called_unstable():
    # A non-strict saddle: next to it there are strict ones.
    zero = np.zeros((2, 2))
    found = classify_numeric(EYE, DIAGONAL, [zero, zero, zero])
    assert found.verdict.value == "nonstrict_saddle"
    assert not found.is_stable
    assert "may give another verdict" in found.explain()
    clear = classify_numeric(EYE, DIAGONAL, [zero, zero])
    assert clear.verdict.value == "strict_saddle"
    assert clear.is_stable
    assert "may give another verdict" not in clear.explain()


def test_accuracy_of_each_part():
    W = [EYE, DIAGONAL]
    found = classify_numeric(EYE, DIAGONAL, W, accuracy={"X": 0, "Y": 0, "W": 1e-3})
    assert "X within 0" in found.reading
    assert found.verdict.value == "inconclusive"
    assert classify_numeric(EYE, DIAGONAL, W, accuracy={"X": 0, "Y": 0, "W": 0}).verdict.value == "global_min"


def test_close_singular_values_stay_open_in_a_printed_band():
    close = np.diag([1.0, 1.0 + 1e-12])
    first = [np.array([[1.0, 0.0]]), np.array([[1.0], [0.0]])]
    found = classify_numeric(EYE, close, first, accuracy=1e-10)
    assert found.verdict.value == "inconclusive"
    assert found.if_critical is None
    (top,) = [d for d in found.decisions if d.question.startswith("the largest")]
    assert top.answer is None
    assert all("e" in str(b) or "1" in str(b) for b in top.bands.values())
    assert "undecided" in found.explain()
    # The floats themselves are exactly critical, and exact arithmetic sees which is larger.
    assert classify_numeric(EYE, close, first).verdict.value == "strict_saddle"
    apart = classify_numeric(EYE, np.diag([1.0, 1.1]), first, accuracy=1e-10)
    assert apart.if_critical == "strict_saddle"


def test_data_of_uncertain_rank_prove_little():
    X = np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0]])
    bounds = BallBounds(FloatProblem.of(X, [[1.0, 0.0, 1.0]], [[[0.5, 0.1]]], accuracy=1e-9))
    assert bounds.data_rank is None
    assert bounds.k is None
    assert bounds.gap.lower == 0
    exact = BallBounds(FloatProblem.of(X, [[1.0, 0.0, 1.0]], [[[0.5, 0.1]]], accuracy=0))
    assert (exact.data_rank, exact.k) == (1, 1)
    problem = exact.given.exact
    gap = problem.loss - minimum_loss(problem).lower
    assert exact.gap.lower <= int(gap.p) / int(gap.q) <= exact.gap.upper


def test_gap_by_the_gradient_is_far_smaller_near_a_minimum():
    # Without samples beyond the inputs the filling gap is half a trace; both bounds are quadratic in the distance.
    data = data_with_singular_values((3, 2), 3, 2, seed=1)
    classes = list(critical_classes((3, 2, 2), singular_structure(data.X, data.Y)))
    best = next(c for c in classes if c.verdict == "global_min")
    X, Y, W = float_point(critical_point(best, seed=1).problem, noise=1e-7)
    bounds = BallBounds(FloatProblem.of(X, Y, W, accuracy=0))
    assert bounds.gap_by_gradient is not None
    true_gap = bounds.given.exact.loss - minimum_loss(bounds.given.exact).lower
    assert float(bounds.gap_by_gradient.upper()) >= int(true_gap.p) / int(true_gap.q)
    assert bounds.gap.upper < 1e-10


@examples(30)
@given(seed=st.integers(0, 1000), size=st.integers(1, 6), kind=st.sampled_from(["random", "repeated", "zero"]))
def test_eigenvalue_enclosures(seed, size, kind):
    rng = np.random.default_rng(seed)
    half = rng.integers(-3, 4, (size, size))
    matrix = {"random": half + half.T, "repeated": 2 * np.eye(size, dtype=int), "zero": 0 * half}[kind]
    with ctx.workprec(WORKING_BITS):
        found = symmetric_eigenvalues(arb_mat(matrix.tolist()))
    true = np.linalg.eigvalsh(matrix.astype(float))[::-1]
    for ball, value in zip(found, true, strict=True):
        assert float(ball.lower()) - 1e-12 <= value <= float(ball.upper()) + 1e-12
        assert float(ball.rad()) < 1e-10


@pytest.mark.parametrize("size", range(2, 9))
def test_eigenvalue_enclosures_hold_to_the_last_bit(size):
    with ctx.workprec(WORKING_BITS):
        found = symmetric_eigenvalues(arb_mat([[1000 * (1 + int(i == j)) for j in range(size)] for i in range(size)]))
        assert found[0].contains(1000 * (size + 1))
        assert all(ball.contains(1000) for ball in found[1:])


def test_eigenvalue_enclosures_with_error():
    rng = np.random.default_rng(3)
    half = rng.standard_normal((4, 4))
    centre = half + half.T
    balls = symmetric_eigenvalues(arb_mat([[arb(v, 1e-3) for v in row] for row in centre.tolist()]))
    for _ in cases(50):
        noise = rng.uniform(-1e-3, 1e-3, (4, 4))
        values = np.linalg.eigvalsh(centre + (np.triu(noise) + np.triu(noise, 1).T))[::-1]
        assert all(float(b.lower()) <= v <= float(b.upper()) for b, v in zip(balls, values, strict=True))


def test_eigenvalue_enclosures_of_a_cluster_with_error():
    balls = symmetric_eigenvalues(arb_mat([[arb(int(i == j), 1e-3) for j in range(4)] for i in range(4)]))
    assert float(balls[0].upper()) >= 1.004  # all errors alike: 1e-3 times the matrix of ones
    assert float(balls[-1].lower()) <= 0.996


def test_bands_round_outward():
    assert str(Band(0.1234567, 0.1234567)) == "[0.123456, 0.123457]"
    assert str(Band(-0.1234567, math.inf)) == "[-0.123457, inf]"
    third = band(arb(1) / 3)
    assert third.lower < 1 / 3 < third.upper
    assert Band(1.0, 2.0).below(Band(3.0, 4.0)) is True
    assert Band(3.0, 4.0).below(Band(1.0, 2.0)) is False
    assert Band(1.0, 3.0).below(Band(2.0, 4.0)) is None
    assert band(arb(0, arb.pos_inf()), 0.0) == Band(0.0, math.inf)


def test_float_hessian_and_gradient_against_the_exact_ones():
    problem = Problem([[1, 2, 0], [0, 1, 3]], [[1, 0, 2]], [[[1, 2], [0, 1], [3, 1]], [[1, -1, 2]]])
    network = FloatNetwork(*map(nearest_floats, (problem.X, problem.Y)), tuple(nearest_floats(w) for w in problem.W))
    assert np.array_equal(network.hessian(), nearest_floats(hessian(problem)))
    for mine, exact in zip(network.gradient, problem.gradient, strict=True):
        assert np.array_equal(mine, nearest_floats(exact))
    assert network.loss == int(problem.loss)


def test_lanczos_finds_the_lowest_curvature():
    rng = np.random.default_rng(0)
    X, Y = rng.standard_normal((2, 4, 6))
    network = FloatNetwork(X, Y, tuple(rng.standard_normal((4, 4)) for _ in range(2)))
    direction = lanczos(network, rng.standard_normal(network.parameters))
    lowest = np.linalg.eigvalsh(network.hessian())[0]
    assert abs(direction @ network.hessian_times(direction) - lowest) < 1e-6 * abs(lowest)


def test_larger_networks_are_classified_without_the_dense_hessian():
    rng = np.random.default_rng(1)
    X, Y = rng.standard_normal((2, 18, 20))
    W = [np.zeros((18, 18)), np.zeros((18, 18))]
    found = classify_numeric(X, Y, W, accuracy=1e-12)
    assert DENSE < 2 * 18 * 18
    assert found.newton_distance is None
    assert found.if_critical == "strict_saddle"


def test_result_as_plain_values():
    import json

    found = classify_numeric(EYE, DIAGONAL, [EYE, DIAGONAL], accuracy=1e-6)
    assert json.loads(json.dumps(found.fields()))["if_critical"] == "global_min"


def test_huge_numbers_are_inconclusive_rather_than_wrong():
    found = classify_numeric(EYE * 1e200, DIAGONAL, [EYE * 1e160, DIAGONAL * 1e160], accuracy=1e190)
    assert found.verdict.value == "inconclusive"
    assert found.gap.upper == math.inf


@pytest.mark.parametrize(("widths", "values"), CASES)
def test_polishing_converges_to_the_critical_value(widths, values):
    for point in points(widths, values, limit=6):
        X, Y, W = float_point(point.problem, noise=1e-5, seed=2)
        found = polish(X, Y, W, steps=12)
        assert found.gradient_norms[-1] < 1e-9
        assert all(b < a for a, b in zip(found.gradient_norms, found.gradient_norms[1:], strict=False))
        assert abs(found.losses[-1] - float(point.expected.loss)) < 1e-8
        assert found.moved < 1e-2
        assert len(found.losses) == len(found.gradient_norms)


def test_polishing_stops_at_an_exact_point():
    found = polish(EYE, DIAGONAL, [EYE, DIAGONAL])
    assert (found.gradient_norms, found.moved, found.stopped_by) == ((0.0,), 0.0, "gradient is zero")


@pytest.mark.parametrize(("widths", "values"), [*CASES, ((2, 4, 3, 2), (2, 1))])
def test_polished_points_become_exact_ones_again(widths, values):
    for point in points(widths, values, limit=12):
        if point.expected.rank == 0:
            continue
        _, _, W = float_point(point.problem, noise=1e-5, seed=3)
        better = polish(nearest_floats(point.problem.X), nearest_floats(point.problem.Y), W, steps=15).W
        exact = rounded(point.problem.X, point.problem.Y, better)
        if exact is None:
            # Chains inside three or more layers of low rank hide more than echelon forms undo.
            assert len(widths) > 3
            assert point.expected.rank < point.expected.largest_rank
            continue
        assert exact.problem.is_critical
        assert exact.problem.loss == point.problem.loss
        assert exact.moved < 1e-5
        if point.expected.verdict != "nonstrict_saddle":  # these have strict ones beside them
            assert exact.classification.verdict.value == point.expected.verdict


def test_nothing_is_accepted_that_is_not_critical():
    assert rounded(EYE, DIAGONAL, [EYE, DIAGONAL + 0.37]) is None
    assert rounded(EYE, DIAGONAL, [EYE, DIAGONAL + 1e-3]) is None
    near = rounded(EYE, DIAGONAL, [EYE, DIAGONAL + 1e-3], within=1e-2)
    assert near is not None
    assert not near.in_normal_form


def test_normal_form_keeps_the_product():
    rng = np.random.default_rng(0)
    W = [rng.standard_normal((3, 2)), rng.standard_normal((2, 3)), rng.standard_normal((4, 2))]
    found = normal_form(W)
    assert np.allclose(found[2] @ found[1] @ found[0], W[2] @ W[1] @ W[0])
    assert np.allclose(found[0], [[1, 0], [0, 1], [0, 0]])


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: classify_numeric([[math.nan]], [[1.0]], [[[1.0]]]), "X[0][0]"),
        (lambda: classify_numeric([[1.0]], [[1.0]], [[[math.inf]]]), "W_1[0][0]"),
        (lambda: classify_numeric(EYE, DIAGONAL, [EYE, [[1.0, 2.0, 3.0]]]), "W_2"),
        (lambda: classify_numeric(EYE, DIAGONAL, [EYE], accuracy=-1), "accuracy"),
        (lambda: classify_numeric(EYE, DIAGONAL, [EYE], accuracy="high"), "accuracy"),
        (lambda: classify_numeric(EYE, DIAGONAL, [EYE], accuracy=math.nan), "accuracy"),
        (lambda: classify_numeric(EYE, DIAGONAL, [EYE], accuracy={"Z": 1}), "accuracy"),
        (lambda: classify_numeric(EYE, DIAGONAL, [EYE], tolerance=0), "tolerance"),
        (lambda: classify_numeric(EYE, DIAGONAL, [EYE], tolerance=2), "tolerance"),
        (lambda: classify_numeric(EYE, DIAGONAL, []), "W"),
        (lambda: polish(EYE, DIAGONAL, [EYE], steps=0), "steps"),
        (lambda: polish(np.eye(30), np.eye(30), [np.eye(30)]), "W"),
        (lambda: polish([[math.nan]], [[1.0]], [[[1.0]]]), "X[0][0]"),
        (lambda: rounded(EYE, DIAGONAL, [[[math.nan, 0.0]]]), "W_1"),
        (lambda: rounded(EYE, DIAGONAL, [EYE], within=0), "within"),
        (lambda: rounded(EYE, DIAGONAL, [EYE, [[1.0]]]), "W_2"),
        (lambda: rounded(EYE, DIAGONAL, []), "W"),
        (lambda: rounded(EYE, DIAGONAL, [EYE], denominators=[0]), "denominators"),
    ],
)
def test_bad_input_is_refused_at_once(call, argument):
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.argument == argument
