"""Kernel learning: the note's example, closed forms on whole cubes, exact solutions with one kernel, and bad input."""

from fractions import Fraction
from itertools import combinations, product
from math import sqrt
from random import Random

import numpy as np
import pytest
from flint import fmpq, fmpq_mat

from algebra.errors import InputError
from algebra.kernels import Scheme, hamming, learn, read_sample
from proofs_check.registry import question
from tests.properties import cases

ROWS = ["+++++", "++-+-", "+-+++", "-++-+", "--++-", "+++--", "-----", "-+-++"]
POINTS = [[1 if c == "+" else -1 for c in row] for row in ROWS]
LABELS = [1, 1, -1, -1, -1, 1, -1, -1]  # the conjunction of the first two coordinates


def gram(points, p, weights):
    """The Gram matrix of a combination of zonal kernels, by their dual eigenvalues."""
    scheme = Scheme(len(points[0]), p)
    m, unit = scheme.multiplicities, 1 if p is None else 2

    def value(x, y):
        i = sum(a != b for a, b in zip(x, y, strict=True)) // unit
        return sum((w * scheme.Q[i][j] / m[j] for j, w in enumerate(weights)), Fraction(0))

    return [[value(x, y) for y in points] for x in points]


def ridge_value(points, p, labels, ridge, weights):
    """y'(ridge I + G)^-1 y by solving over the rationals."""
    rows = gram(points, p, weights)
    size = len(rows)
    matrix = fmpq_mat(
        [[fmpq(*(x + ridge * (a == b)).as_integer_ratio()) for b, x in enumerate(row)] for a, row in enumerate(rows)]
    )
    y = fmpq_mat(size, 1, [fmpq(*Fraction(label).as_integer_ratio()) for label in labels])
    found = (y.transpose() * matrix.solve(y))[0, 0]
    return Fraction(int(found.p), int(found.q))


def test_the_example_of_the_theory():
    found = learn(POINTS, LABELS, ridge="1/10")
    assert Fraction("5.983207") <= found.lower <= found.upper <= Fraction("5.983212")
    assert found.upper - found.lower < 1e-11
    assert [round(float(w), 6) for w in found.weights] == [0, 0.251457, 0, 0.297117, 0.343417, 0.108009]
    singles = [75.0617, 19.5794, 28.7319, 12.0521, 27.4550, 60.2469]
    ridge = Fraction(1, 10)
    for j, value in enumerate(singles):
        unit = [Fraction(i == j) for i in range(6)]
        assert float(ridge_value(POINTS, None, LABELS, ridge, unit)) == pytest.approx(value, abs=1e-4)
    uniform = [Fraction(1, 6)] * 6
    assert float(ridge_value(POINTS, None, LABELS, ridge, uniform)) == pytest.approx(7.382523, abs=1e-6)


def random_sample(random):
    n = random.randint(1, 7)
    p = random.choice([None, random.randint(0, n)])
    if p is None:
        points = [[random.choice([-1, 1]) for _ in range(n)] for _ in range(random.randint(1, 9))]
    else:
        sets = list(combinations(range(n), p))
        chosen = [random.choice(sets) for _ in range(random.randint(1, 9))]
        points = [[int(i in ones) for i in range(n)] for ones in chosen]
    return points, p


@pytest.mark.parametrize("seed", cases(25))
def test_no_weights_are_better_than_the_lower_side(seed):
    """Solved exactly for one kernel, the upper side is that of the weights found; repeated points are no trouble."""
    random = Random(seed)
    points, p = random_sample(random)
    labels = [Fraction(random.randint(-4, 4), random.randint(1, 3)) for _ in points]
    ridge = random.choice([Fraction(1, 1000), Fraction(1, 10), Fraction(3), Fraction(10**6)])
    found = learn(points, labels, ridge=ridge, domain="hypercube" if p is None else "slice")
    assert 0 <= found.upper - found.lower <= max(found.upper, Fraction(1, 10**6)) / 10**7
    exact = ridge_value(points, p, labels, ridge, found.weights)
    assert found.lower <= exact <= found.upper
    assert found.certificate().check().valid
    for _ in range(3):
        shares = [Fraction(random.randint(1, 9)) for _ in found.weights]
        weights = [share / sum(shares) for share in shares]
        assert ridge_value(points, p, labels, ridge, weights) >= found.lower


@pytest.mark.parametrize("n", [2, 3, 4])
def test_on_a_whole_cube_water_is_filled_in(n):
    """There V = min sum_j |E_j y|^2 / (ridge + mu_j 2^n / C(n, j)): weights are those of filling up to one level."""
    random = Random(n)
    points = [list(point) for point in product([-1, 1], repeat=n)]
    labels = [random.randint(-3, 3) for _ in points]
    scheme, size, ridge = hamming(n), 2**n, 0.25
    parts = []
    for j in range(n + 1):
        projection = np.array(gram(points, None, [Fraction(i == j) for i in range(n + 1)]), dtype=float)
        parts.append(float(np.array(labels) @ projection @ labels) * scheme.multiplicities[j] / size)

    def weights(level):
        each = zip(scheme.multiplicities, parts, strict=True)
        return [max(0.0, m / size * (sqrt(max(part, 0) * size / m) / level - ridge)) for m, part in each]

    low, high = 1e-9, 1e9
    for _ in range(200):
        level = sqrt(low * high)
        low, high = (level, high) if sum(weights(level)) > 1 else (low, level)
    mu = weights(low)
    value = sum(part / (ridge + w * size / m) for part, w, m in zip(parts, mu, scheme.multiplicities, strict=True))
    found = learn(points, labels, ridge="1/4")
    assert [float(w) for w in found.weights] == pytest.approx(mu, abs=1e-6)
    assert float(found.lower) == pytest.approx(value, rel=1e-9)


@pytest.mark.parametrize("seed", cases(12))
def test_support_vectors_against_a_search_over_predictors(seed):
    """A kernel and coefficients found by another method are never below the lower side, and reach the upper one."""
    from scipy.optimize import minimize

    random = Random(seed)
    points, p = random_sample(random)
    labels = [random.choice([-1, 1]) for _ in points]
    cost = random.choice([Fraction(1, 7), Fraction(1), Fraction(4)])
    found = learn(points, labels, cost=cost, domain="hypercube" if p is None else "slice")
    assert 0 <= found.upper - found.lower <= found.upper / 10**7
    assert found.certificate().check().valid

    levels, y = len(found.weights), np.array(labels, dtype=float)
    grams = [np.array(gram(points, p, [Fraction(i == j) for i in range(levels)]), dtype=float) for j in range(levels)]

    def dual(weights):
        """The best multipliers for one kernel, by projected ascent: less than the value, and near it."""
        kernel = np.outer(y, y) * sum(w * g for w, g in zip(weights, grams, strict=True))
        alpha = np.zeros(len(y))
        for _ in range(1500):
            alpha = np.clip(alpha + (1 - kernel @ alpha) / len(y), 0, float(cost))
        return alpha.sum() - alpha @ kernel @ alpha / 2

    simplex = {"type": "eq", "fun": lambda w: w.sum() - 1}
    start = np.full(levels, 1 / levels)
    best = minimize(dual, start, bounds=[(0, 1)] * levels, constraints=[simplex], method="SLSQP").fun
    assert best == pytest.approx(float(found.lower), rel=2e-3)


def test_margins_that_cost_much_are_kept():
    """Hard margins: the predictor is enlarged until every point has its margin, so that the cost has no part in it."""
    found = learn(POINTS, LABELS, cost=10**30)
    assert found.scale >= 1
    assert all(y * g >= 1 for y, g in zip(LABELS, found.fitted, strict=True))
    assert found.upper - found.lower < Fraction(1, 10**8)
    assert found.certificate().check().valid


def test_predictions_are_what_the_kernel_says():
    found = learn(POINTS, LABELS, ridge="1/10")
    assert found.values[0] == 1
    others = [[1, 1, 1, 1, -1], [-1, -1, 1, -1, 1]]
    for point, value in zip(others, found.predict(others), strict=True):
        row = gram([point, *POINTS], None, found.weights)[0][1:]
        assert value == sum((k * b for k, b in zip(row, found.multipliers, strict=True)), Fraction(0))
    assert found.predict(POINTS) == found.fitted
    assert [g > 0 for g in found.fitted] == [y > 0 for y in LABELS]


def test_arrays_and_odd_samples():
    assert learn(np.array(POINTS), np.array(LABELS), ridge="1/10").label == learn(POINTS, LABELS, ridge="1/10").label
    zero = learn(POINTS, [0] * 8, ridge=1)
    assert zero.lower == zero.upper == 0
    assert zero.enclosure() == ("0", "0")
    assert zero.certificate().check().valid
    one = learn([[1]], [3], ridge="1/2")
    assert one.lower <= 6 <= one.upper  # 9 / (1/2 + 1)
    trivial = learn([[0, 0]], [1], ridge=1, domain="slice")
    assert trivial.lower <= Fraction(1, 2) <= trivial.upper
    contradicting = learn([[1, -1], [1, -1]], [1, -1], cost=3)
    assert contradicting.lower <= 6 <= contradicting.upper
    for ridge in ("1e-60", "1e60"):
        found = learn(POINTS, LABELS, ridge=ridge)
        assert found.upper - found.lower <= found.upper / 10**9


@pytest.mark.parametrize(
    ("changes", "argument"),
    [
        ({"points": []}, "points"),
        ({"points": "abc"}, "points"),
        ({"points": [[1, 1]] * 1001, "labels": [1] * 1001}, "points"),
        ({"points": [[1, 0]], "labels": [1]}, "points[0][1]"),
        ({"points": [[1, 1], [1]], "labels": [1, 1]}, "points[1]"),
        ({"points": [[]], "labels": [1]}, "points[0]"),
        ({"points": [[1, "x"]], "labels": [1]}, "points[0][1]"),
        ({"points": [[1, 0], [1, 1]], "labels": [1, 1], "domain": "slice"}, "points[1]"),
        ({"domain": "cube01"}, "domain"),
        ({"labels": [1]}, "labels"),
        ({"labels": [0.5] * 8}, "labels[0]"),
        ({"ridge": 0}, "ridge"),
        ({"ridge": "-1/2"}, "ridge"),
        ({"ridge": "1e-200"}, "ridge"),
        ({"ridge": "1e200"}, "ridge"),
        ({"ridge": None}, "ridge"),
        ({"ridge": 1, "cost": 1}, "ridge"),
        ({"ridge": None, "cost": -1}, "cost"),
        ({"ridge": None, "cost": 1, "labels": [2] * 8}, "labels[0]"),
    ],
)
def test_refusals(changes, argument):
    with pytest.raises(InputError) as refused:
        learn(**{"points": POINTS, "labels": LABELS, "ridge": 1, **changes})
    assert refused.value.argument == argument


def test_repeated_points_under_a_small_ridge():
    """Copies count once: what their labels disagree by is paid for exactly, whatever the ridge."""
    points, labels = [*POINTS, *POINTS[:4]], [*LABELS, -1, 1, 1, 1]
    for ridge in ("1e-90", "1e-12", "1"):
        found = learn(points, labels, ridge=ridge)
        assert found.upper - found.lower <= found.upper / 10**9
        assert found.certificate().check().valid
    assert learn(points, labels, ridge="1e-90").lower > Fraction(5 * 10**90)  # three pairs disagree by 2


def test_numbers_that_no_checker_reads():
    found = learn(POINTS, [Fraction(10**600 + 1, 10**599), *LABELS[1:]], ridge=1)
    assert found.upper - found.lower <= found.upper / 10**9
    with pytest.raises(InputError, match="too long"):
        found.certificate()


def test_queries_are_refused_by_their_name():
    found = learn(POINTS, LABELS, ridge=1)
    for bad in ([[1, 1]], [[1, 1, 1, 1, 0]]):
        with pytest.raises(InputError, match=r"queries\[0\]"):
            found.predict(bad, "queries")


def test_the_same_sample_has_the_same_relations():
    sample = read_sample("slice", [[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1]], [1, 2, 3])
    assert sample.relations == ((0, 1, 2), (1, 0, 1), (2, 1, 0))


def test_labels_beyond_floats_are_shown():
    given = {"domain": "slice", "points": [[1, 1]], "labels": [10**400], "ridge": "1/2", "queries": [[1, 1]]}
    asked = question("kernel learn")
    text = asked.text(asked.ask(given))
    assert "least value 6.66667e+799" in text
    assert "6.66667e+399" in text
