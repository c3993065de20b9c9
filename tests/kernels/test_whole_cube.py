"""Margins and approximations on {0,1}^n: optimal kernels built as matrices, known values, and small cases by hand."""

from fractions import Fraction
from itertools import combinations, product
from math import comb, sqrt
from random import Random

import numpy as np
import pytest

from algebra.kernels import conjunction_norm
from tests.properties import cases


def interval(n, k, mode="margin", epsilon=None):
    found = conjunction_norm("cube01", n, k, None, mode, epsilon)
    return Fraction(found.lower), Fraction(found.upper), found.certificate().document


@pytest.mark.parametrize(
    ("n", "k", "epsilon", "value"),
    [
        (1, 1, None, 1),  # one variable, two points: the values 1 and -1
        (2, 1, None, sqrt(2)),  # x_0 and x_1 with margin 1
        (5, 5, None, 1),  # one function alone is a kernel of norm 1
        (5, 5, "1/3", 2 / 3),
        (8, 2, None, 4.4850237041589),  # between 4.4641 on the middle slice and 5 on the hypercube
    ],
)
def test_known_values(n, k, epsilon, value):
    lower, upper, _ = interval(n, k, "margin" if epsilon is None else "approximate", epsilon)
    assert float(lower) == pytest.approx(value, rel=1e-10)
    assert float(upper) == pytest.approx(value, rel=1e-10)


@pytest.mark.parametrize(("n", "k"), [(3, 1), (4, 2), (5, 2), (5, 4), (6, 3)])
@pytest.mark.parametrize("epsilon", [None, "1/3"])
def test_a_kernel_that_attains_it(n, k, epsilon):
    """From the singular vectors of the weighted matrix of images: k(x, x) <= 1, and every image has that norm."""
    lower, upper, document = interval(n, k, "margin" if epsilon is None else "approximate", epsilon)
    points = list(product([0, 1], repeat=n))
    rows = document["upper"]["values"]
    images = np.zeros((comb(n, k), len(points)))
    for i, chosen in enumerate(combinations(range(n), k)):
        for a, x in enumerate(points):
            p, t = sum(x), sum(x[c] for c in chosen)
            images[i, a] = float(Fraction(rows[p][t - max(0, k - (n - p))]))
            is_true = t == k
            low, high = (1 if is_true else -np.inf, np.inf if is_true else -1)
            if epsilon is not None:
                low, high = is_true - float(Fraction(epsilon)), is_true + float(Fraction(epsilon))
            assert low - 1e-12 <= images[i, a] <= high + 1e-12

    weights = [float(Fraction(w)) for w in document["upper"]["weights"]]
    roots = np.array([sqrt(max(weights[sum(x)], 1e-13) / comb(n, sum(x))) for x in points])
    left, lengths, right = np.linalg.svd(images * roots / sqrt(len(images)), full_matrices=False)
    assert lengths.sum() == pytest.approx(float(upper), rel=1e-5)  # the trace norm
    features = np.sqrt(lengths)[:, None] * right / roots  # of the points, one a column
    norms = (left**2 * lengths).sum(axis=1) * len(images)
    diagonal = (features**2).sum(axis=0)
    assert sqrt(diagonal.max() * norms.max()) == pytest.approx(float(lower), rel=1e-4)


@pytest.mark.parametrize("seed", cases(20))
def test_no_kernel_of_many_is_better(seed):
    """Random features and random predictors within the limits: some image needs at least the lower side."""
    random = np.random.default_rng(seed)
    n, k = 4, int(random.integers(1, 5))
    lower, _, _ = interval(n, k)
    points = np.array(list(product([0, 1], repeat=n)))
    features = random.normal(size=(20, 16)) + 5 * random.normal(size=(20, 1)) * (points.sum(axis=1) == k)
    features /= np.linalg.norm(features, axis=0).max()
    inverse = np.linalg.pinv(features.T @ features)
    worst = 0.0
    for chosen in combinations(range(n), k):
        true = points[:, list(chosen)].all(axis=1)
        values = np.where(true, 1, -1) * (1 + random.exponential(scale=0.2, size=16))
        worst = max(worst, values @ inverse @ values)
    assert sqrt(worst) >= float(lower)


@pytest.mark.parametrize("seed", cases(12))
def test_between_slices_and_the_hypercube(seed):
    random = Random(seed)
    n = random.randint(2, 14)
    k = random.randint(1, n)
    epsilon = random.choice([None, "1/3", "1/50", "1/1000000", "0", "1e-30", "499/1000"])
    mode = "margin" if epsilon is None else "approximate"
    lower, upper, _ = interval(n, k, mode, epsilon)
    assert upper - lower <= upper / 10**7
    assert lower <= Fraction(conjunction_norm("hypercube", n, k, None, mode, epsilon).upper)
    p = random.randint(k, n)
    assert Fraction(conjunction_norm("slice", n, k, p, mode, epsilon).lower) <= upper
    if mode == "approximate":
        assert lower <= Fraction(conjunction_norm("cube01", n, k).upper)
    if epsilon == "0":
        assert upper >= Fraction(conjunction_norm("cube01", n, k).lower)
