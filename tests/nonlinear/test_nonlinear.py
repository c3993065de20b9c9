"""Conditions in function space and spurious local minima, with brute-force second opinions."""

from fractions import Fraction

import numpy as np
import pytest
from flint import fmpq, fmpq_mat
from hypothesis import assume, given
from hypothesis import strategies as st

from algebra.errors import InputError
from algebra.nonlinear import ReluLike, ScalarActivation, check_function_space, spurious_local_minimum
from algebra.nonlinear.activation import KNOWN, activation_of, leaky_relu, leaky_softplus
from algebra.nonlinear.function_space import least_singular_squared
from algebra.nonlinear.smooth import smooth_spurious_minimum
from algebra.nonlinear.spurious import least_squares, two_point_bump
from tests.properties import cases, examples

SLOPES = st.sampled_from([(1, 0), (1, "1/10"), ("1/2", 2), (3, "7/3")])
ONE = Fraction(1)


def as_fractions(matrix):
    return [[Fraction(int(e.p), int(e.q)) for e in row] for row in matrix.table()]


def risk_by_fractions(network, X, Y, slopes):
    up, down = (Fraction(s) for s in slopes)
    W_1, b_1, W_2, b_2 = (as_fractions(m) for m in (network.W_1, network.b_1, network.W_2, network.b_2))
    total = Fraction(0)
    for column, wanted in zip(zip(*X, strict=True), Y[0], strict=True):
        out = b_2[0][0]
        for weights, bias, last in zip(W_1, b_1, W_2[0], strict=True):
            t = sum((w * Fraction(x) for w, x in zip(weights, column, strict=True)), bias[0])
            out += last * t * (up if t > 0 else down)
        total += (out - Fraction(wanted)) ** 2
    return total / 2


def data(draw, inputs, samples):
    columns = draw(st.lists(st.tuples(*[st.integers(-3, 3)] * inputs), min_size=samples, max_size=samples, unique=True))
    return [list(row) for row in zip(*columns, strict=True)], [
        draw(st.lists(st.integers(-3, 3), min_size=samples, max_size=samples))
    ]


@examples(40)
@given(draw=st.data(), slopes=SLOPES, width=st.integers(2, 4), scale=st.sampled_from([1, "1/3", 5]))
def test_spurious_minimum_with_random_data(draw, slopes, width, scale):
    inputs = draw.draw(st.integers(1, 3))
    X, Y = data(draw.draw, inputs, inputs + 3)
    points = np.array([*X, [1] * len(X[0])], dtype=float)
    fit = np.linalg.lstsq(points.T, np.array(Y[0], dtype=float), rcond=None)[0]
    assume(np.abs(fit @ points - Y[0]).max() > 1e-9)
    found = spurious_local_minimum(X, Y, ReluLike(*slopes), hidden_width=width, scale=scale)
    assert all(found.check().values())
    assert risk_by_fractions(found.network, X, Y, slopes) == found.risk
    assert risk_by_fractions(found.better, X, Y, slopes) == found.better_risk < found.risk
    assert abs(float(np.sum((fit @ points - Y[0]) ** 2)) / 2 - float(found.risk)) < 1e-9


def test_no_better_point_nearby():
    X, Y = [[0, 1, 2, 3]], [[0, 2, -1, 1]]
    found = spurious_local_minimum(X, Y, ReluLike(1, "1/5"))
    rng = np.random.default_rng(0)
    W_1, b_1, W_2, b_2 = (
        np.array([[float(e) for e in row] for row in as_fractions(m)])
        for m in (found.network.W_1, found.network.b_1, found.network.W_2, found.network.b_2)
    )
    for _ in cases(2000):
        v, c, w, d = (p + 1e-3 * rng.standard_normal(p.shape) for p in (W_1, b_1, W_2, b_2))
        t = v @ np.array(X) + c
        risk = np.sum((w @ np.where(t > 0, t, t / 5) + d - np.array(Y)) ** 2) / 2
        assert risk >= float(found.risk) - 1e-12


def test_both_constructions_of_a_better_point_occur():
    ordinary = spurious_local_minimum([[0, 1, 2, 3]], [[0, 2, -1, 3]], ReluLike(1, 0))
    # The best affine map is constant, so that its values have no gap to bend at.
    level = spurious_local_minimum([[-1, 0, 1]], [[1, 0, 1]], ReluLike(1, 0))
    assert (ordinary.better_by, level.better_by) == ("paper", "hinge")
    assert all(level.check().values())


@pytest.mark.parametrize("slopes", [(1, 0), (1, "1/10"), ("1/2", 2)])
def test_data_of_the_second_theorem(slopes):
    X, Y, network = two_point_bump(ReluLike(*slopes))
    assert network.risk(X, Y) == 0
    assert spurious_local_minimum(X, Y, ReluLike(*slopes)).risk == Fraction(1, 3)


def test_a_wrong_network_fails_its_check():
    found = spurious_local_minimum([[0, 1, 2]], [[0, 1, 0]], ReluLike(1, 0))
    moved = type(found.network)(
        found.network.W_1, found.network.b_1 * fmpq(-1), found.network.W_2, found.network.b_2, ReluLike(1, 0)
    )
    broken = type(found)(found.X, found.Y, moved, found.risk, found.better, found.better_risk, found.better_by)
    assert not all(broken.check().values())


@given(st.lists(st.lists(st.integers(-2, 2), min_size=4, max_size=4), min_size=1, max_size=3), st.integers(0, 9))
def test_least_squares_satisfies_the_normal_equations(rows, seed):
    X = fmpq_mat(rows)
    Y = fmpq_mat([[(seed * j) % 5 for j in range(4)]])
    assert not any(((least_squares(X, Y) * X - Y) * X.transpose()).entries())


@given(st.lists(st.lists(st.integers(-3, 3), min_size=3, max_size=3), min_size=1, max_size=3))
def test_bound_of_the_least_singular_value(rows):
    matrix = fmpq_mat(rows)
    assume(matrix.rank() == len(rows))
    bound = least_singular_squared(matrix)
    least = np.linalg.svd(np.array(rows, dtype=float), compute_uv=False)[-1] ** 2
    assert 0 < float(bound) <= least * (1 + 1e-9)


FUNCTIONS = {
    "tanh": np.tanh,
    "sigmoid": lambda t: 1 / (1 + np.exp(-t)),
    "arctan": np.arctan,
    "softplus": lambda t: np.log1p(np.exp(t)),
    "elu": lambda t: np.where(t > 0, t, np.expm1(t)),
}
BUMP = np.array([[1, 0, 0.5], [0, 1, 0.5]]), np.array([0, 0, 1.0])


def smooth_risk(phi, flat):
    W_1, b_1, W_2, b_2 = flat[:4].reshape(2, 2), flat[4:6, None], flat[6:8], flat[8]
    return float(np.sum((W_2 @ phi(W_1 @ BUMP[0] + b_1) + b_2 - BUMP[1]) ** 2)) / 2


@pytest.mark.parametrize("name", FUNCTIONS)
def test_smooth_spurious_minimum_against_float_neighbours_and_the_float_hessian(name):
    phi, found = FUNCTIONS[name], smooth_spurious_minimum(name)
    b = float(found.bias)
    point = np.array([0, 0, 0, 0, b, b, found.sign, found.sign, found.output_bias.lower])
    assert abs(smooth_risk(phi, point) - 1 / 3) < 1e-12
    rng = np.random.default_rng(0)
    for size in (1e-1, 1e-2, 1e-3):
        for _ in cases(500):
            assert smooth_risk(phi, point + size * rng.uniform(-1, 1, 9)) >= 1 / 3 - 1e-9 or size == 1e-1
    steps = 1e-3 * np.eye(9)
    hessian = np.array(
        [
            [
                sum(x * y * smooth_risk(phi, point + x * u + y * v) for x in (1, -1) for y in (1, -1)) / 4e-6
                for v in steps
            ]
            for u in steps
        ]
    )
    values = np.linalg.eigvalsh(hessian)
    assert values[0] > -1e-4
    assert (np.abs(values) < 1e-4).sum() == 6
    W_2, b_2 = [w.lower for w in found.outer[:2]], found.outer[2].lower
    better = np.array([*np.ravel(found.better.weights), *found.better.biases, *W_2, b_2], dtype=float)
    assert smooth_risk(phi, better) < 1e-25


@pytest.mark.parametrize(("name", "bias"), [("tanh", 0), ("elu", 1), ("swish", None), ("tanh", 0.5)])
def test_smooth_spurious_minimum_needs_curvature(name, bias):
    with pytest.raises(InputError) as caught:
        smooth_spurious_minimum(name, bias)
    assert caught.value.argument == ("activation" if name == "swish" else "bias")


def test_sign_of_the_curvature():
    assert smooth_spurious_minimum("tanh", "1/2").sign == -1
    assert smooth_spurious_minimum("tanh", "-1/2").sign == 1


def statuses(check):
    return {h.name: h.status for h in check.hypotheses}


def test_first_theorem():
    W = [[[1, 0, 2], [0, 2, 1], [0, 0, 1]], [[1, 1, 0], [0, 1, 1]], [[1, 1]]]
    (check,) = check_function_space(W, "x+tanh")
    assert (check.theorem, check.failed) == ("4.1", ())
    assert len(check.untested) == 2
    assert "provided that" in check.conclusion
    assert check.squared_bounds["g"] > 0
    (narrow,) = check_function_space([[[1, 0, 2]], [[1], [1]], [[1, 0], [1, 1]]], "x+tanh")
    assert "every width is at least min(d_x, d_y)" in narrow.failed
    (deficient,) = check_function_space([W[0], [[1, 1, 0], [2, 2, 0]], [[1, 1]]], "x+tanh")
    assert deficient.failed == ("g = layers 2 to the last: every W_i has full row rank",)
    assert "says nothing" in deficient.conclusion
    # What layer 1 is does not matter: g begins after it.
    assert check_function_space([[[0, 0, 0]] * 3, *W[1:]], "x+tanh")[0].testable_hold


def test_second_theorem_finds_a_layer():
    W = [[[1, 1], [0, 1]], [[1, 0], [0, 1], [1, 1], [2, 1]], [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 1]]]
    (check,) = check_function_space(W, leaky_softplus("1/10"))
    assert (check.theorem, check.split, check.failed) == ("4.2", 2, ())
    assert check.squared_bounds["f"] == least_singular_squared(fmpq_mat([[1, 1], [0, 1]])) / 100
    (singular,) = check_function_space([[[1, 1], [1, 1]], *W[1:]], leaky_softplus("1/10"))
    assert singular.failed == ("f = layers 1 to j - 1: every W_i is invertible",)
    (missing,) = check_function_space([[[1, 1]], [[1], [1], [1]]], "identity")
    assert missing.split is None
    assert "some j has d_(j-1) = d_x and d_j >= d_y" in missing.failed


def test_square_networks_are_checked_by_both():
    assert [c.theorem for c in check_function_space([[[1, 0], [0, 1]]], "identity")] == ["4.1", "4.2"]


@pytest.mark.parametrize(
    ("name", "failed"),
    [
        ("relu", {"phi is differentiable", "phi is twice differentiable", "phi' >= a > 0"}),
        ("tanh", {"phi' >= a > 0"}),
        ("sigmoid", {"phi(0) = 0", "phi' >= a > 0"}),
        ("elu", {"phi is twice differentiable", "phi' >= a > 0"}),
        ("x+arctan", set()),
    ],
)
def test_facts_of_activations(name, failed):
    (check,) = check_function_space([[[1, 0], [0, 1]], [[1, 0], [0, 1]], [[1, 1]]], name)
    assert set(check.failed) == failed


def test_declared_facts_are_marked():
    mine = ScalarActivation("mine", True, ONE, ONE, True, True, declared=True)
    (check,) = check_function_space([[[1, 0]], [[1]]], mine, activate_output=True)
    assert check.testable_hold
    assert statuses(check)["phi(0) = 0"] == "declared"
    unknown = ScalarActivation("steep", True, None, None, True, True)
    assert (
        "phi grows at most linearly" in check_function_space([[[1, 0]], [[1]]], unknown, activate_output=True)[0].failed
    )


def test_known_slopes_numerically():
    t = np.linspace(-30, 30, 200_001)
    functions = {
        "identity": t,
        "relu": np.maximum(t, 0),
        "tanh": np.tanh(t),
        "arctan": np.arctan(t),
        "sigmoid": 1 / (1 + np.exp(-t)),
        "softplus": np.log1p(np.exp(t)),
        "elu": np.where(t > 0, t, np.expm1(t)),
        "x+tanh": t + np.tanh(t),
        "x+arctan": t + np.arctan(t),
    }
    assert functions.keys() == KNOWN.keys()
    for name, values in functions.items():
        slopes = np.diff(values) / np.diff(t)
        known = KNOWN[name]
        assert slopes.min() >= float(known.least_slope) - 1e-9
        assert slopes.min() <= float(known.least_slope) + 2e-3
        assert abs(slopes.max() - float(known.largest_slope)) < 1e-6
        assert known.zero_at_zero == (abs(values[len(t) // 2]) < 1e-12)


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: ReluLike(0, 1), "positive"),
        (lambda: ReluLike(1, 1), "negative"),
        (lambda: ReluLike(1, -1), "negative"),
        (lambda: ReluLike(1, 0.1), "negative"),
        (lambda: spurious_local_minimum([[0, 1]], [[0, 1]], ReluLike(1, 0)), "Y"),
        (lambda: spurious_local_minimum([[0, 0, 1]], [[0, 1, 0]], ReluLike(1, 0)), "X"),
        (lambda: spurious_local_minimum([[0, 1, 2]], [[0, 1, 0], [1, 0, 0]], ReluLike(1, 0)), "Y"),
        (lambda: spurious_local_minimum([[0, 1, 2]], [[0, 1]], ReluLike(1, 0)), "Y"),
        (lambda: spurious_local_minimum([[0, 1, 2]], [[0, 1, 0]], ReluLike(1, 0), hidden_width=1), "hidden_width"),
        (lambda: spurious_local_minimum([[0, 1, 2]], [[0, 1, 0]], ReluLike(1, 0), scale=0), "scale"),
        (lambda: check_function_space([], "relu"), "W"),
        (lambda: check_function_space([[[1, 2]], [[1, 2]]], "relu"), "W_2"),
        (lambda: check_function_space([[[0.5]]], "relu"), "W_1[0][0]"),
        (lambda: activation_of("swish"), "activation"),
        (lambda: leaky_relu(2), "slope"),
        (lambda: leaky_softplus(0.1), "slope"),
    ],
)
def test_bad_input_is_refused_at_once(call, argument):
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.argument == argument
