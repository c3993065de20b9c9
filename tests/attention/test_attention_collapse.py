"""Rank collapse of pure attention: the bound holds, is attained, and needs no condition."""

import math
import random

import numpy as np
import pytest
from flint import arb, ctx, fmpq, fmpq_mat
from hypothesis import given
from hypothesis import strategies as st

from algebra import InputError
from algebra.exact.inertia import is_positive_semidefinite
from algebra.exact.matrices import rational_matrix
from tensors.attention.collapse import (
    contraction_bound,
    depth_bound,
    diameter_squared,
    dobrushin,
    layer_constant,
    oscillation,
    rank_collapse,
    spectral_norm_upper,
)
from tensors.attention.softmax.heads import head_matrix_balls, softmax_balls, softmax_layer
from tests.properties import cases, examples

entries = st.fractions(-2, 2, max_denominator=3)


def matrices(rows, columns):
    return st.lists(st.lists(entries, min_size=columns, max_size=columns), min_size=rows, max_size=rows)


heads = st.lists(st.builds(lambda a, v: {"A": a, "V": v}, matrices(2, 2), matrices(2, 2)), min_size=1, max_size=2)


@given(heads, matrices(2, 3))
@examples(50)
def test_no_layer_exceeds_the_bounds(given_heads, X):
    layer = softmax_layer(given_heads, tokens=3)
    found = rank_collapse([layer, layer], X, bits=128)
    for k in range(2):
        assert not found.deltas[k + 1] > found.two_point[k]
        assert not found.two_point[k] > found.one_step[k]
        assert not found.deltas[k + 1] > found.cubic[k]
        assert not found.one_step[k] > arb(layer_constant(layer)) * found.deltas[k] ** 3


def test_the_bound_is_attained():
    layer = softmax_layer([{"A": [[1]], "V": [[1]]}], tokens=2)
    for shift in ("1/2", "1/10"):  # tokens -h, h: softmax of (-h x, h x) differs by tanh exactly
        X = [["-" + shift, shift]]
        found = rank_collapse([layer], X)
        ratio = found.deltas[1] / found.one_step[0]
        assert not ratio > 1
        assert ratio > 0.9999


def test_collapse_is_doubly_exponential():
    layer = softmax_layer([{"A": [[1, 0], [0, 1]], "V": [[1, 0], [0, 1]]}], tokens=3)
    found = rank_collapse([layer] * 4, [[0, 1, 0], [0, 0, 1]], bits=512)
    assert found.collapses
    logs = [float(delta.log().mid()) for delta in found.deltas]
    assert logs[4] < 3 * logs[3] < 9 * logs[2] < 0
    assert all(bool(delta < bound) for delta, bound in zip(found.deltas[1:], found.cubic, strict=True))
    c, delta = float(found.constant.p) / float(found.constant.q), math.sqrt(2)
    assert math.isclose(float(found.cubic[1].mid()), c**4 * delta**9, rel_tol=1e-6)
    with ctx.workprec(64):
        assert depth_bound([layer], arb(2)) > 1


def test_without_collapse_nothing_is_claimed():
    layer = softmax_layer([{"A": [[100]], "V": [[1]]}], tokens=2)
    found = rank_collapse([layer], [[-1, 1]])
    assert not found.collapses
    assert found.deltas[1] > 1.9


@given(matrices(2, 2), matrices(2, 4))
@examples(40)
def test_oscillation_against_all_quadruples(A, X):
    A, X = rational_matrix("A", A), rational_matrix("X", X)
    tokens = [fmpq_mat([[X[0, j]], [X[1, j]]]) for j in range(4)]
    differences = [a - b for a in tokens for b in tokens]
    expected = max(abs((d.transpose() * A * e)[0, 0]) for d in differences for e in differences)
    assert oscillation(X, A) == expected
    assert expected <= spectral_norm_upper(A) * diameter_squared(X)
    with ctx.workprec(100):
        P = head_matrix_balls(softmax_layer([{"A": A, "V": A}], 4).heads[0], X.table())
        assert not dobrushin(P) > (arb(expected) / 4).tanh()


@given(matrices(3, 2))
@examples(60)
def test_spectral_norm(M):
    found = spectral_norm_upper(rational_matrix("M", M))
    value = float(found.p) / float(found.q)
    reference = float(np.linalg.norm(np.array(M, dtype=float), 2))
    assert reference <= value * (1 + 1e-12)
    assert value <= reference * (1 + 1e-6) + 1e-9


@given(matrices(3, 2), st.booleans())
@examples(60)
def test_semidefinite(M, lowered):
    M = rational_matrix("M", M)
    gram = M * M.transpose()  # of rank at most 2
    if lowered:
        gram[0, 0] -= fmpq(1, 10**6)
        determinants = [gram[0, 0]]
        array = np.array([[float(x.p) / float(x.q) for x in row] for row in gram.table()])
        expected = bool(np.linalg.eigvalsh(array).min() > -1e-14) and determinants[0] >= 0
        assert not is_positive_semidefinite(gram) or expected
    else:
        assert is_positive_semidefinite(gram)


def test_random_layers_in_floats():
    rng = np.random.default_rng(2)
    worst = 0.0
    for _ in cases(2000):
        d, n = rng.integers(1, 4), rng.integers(2, 5)
        A, V, X = rng.normal(size=(d, d)) * rng.choice([0.1, 1, 3]), rng.normal(size=(d, d)), rng.normal(size=(d, n))
        Z = X.T @ A @ X
        P = np.exp(Z - Z.max(axis=0))
        P /= P.sum(axis=0)
        sizes = [np.linalg.norm(W[:, :, None] - W[:, None, :], axis=0).max() for W in (X, V @ X @ P)]
        bound = sizes[0] * np.linalg.norm(V, 2) * np.tanh(np.linalg.norm(A, 2) * sizes[0] ** 2 / 4)
        # Tokens that nearly agree leave a difference of a few units in their last place; the ratio is 1 - 1e-9 exactly
        # where it came out as 1 + 2e-5.
        rounding = 8 * np.finfo(float).eps * np.abs(V @ X @ P).max()
        worst = max(worst, (sizes[1] - rounding) / bound)
    assert worst <= 1 + 1e-9
    assert worst > 0.5


def test_contraction_of_two_heads():
    random.seed(1)
    layer = softmax_layer([{"A": [[2]], "V": [[1]]}, {"A": [[-2]], "V": [[-1]]}], tokens=2)
    with ctx.workprec(64):
        bound = contraction_bound(layer, arb(1))
    assert abs(float(bound.mid()) - 2 * math.tanh(0.5)) < 1e-6


def test_bad_input():
    layer = softmax_layer([{"A": [[1, 0], [0, 1]], "V": [[1, 0]]}], tokens=2)
    with pytest.raises(InputError, match="layers"):
        rank_collapse([], [[1]])
    with pytest.raises(InputError, match="2 rows"):
        rank_collapse([layer], [[1, 2]])
    with pytest.raises(InputError, match="one column for each"):
        rank_collapse([layer], [[1, 2, 3], [0, 0, 1]])
    with pytest.raises(InputError, match="as wide as"):
        rank_collapse([layer, layer], [[1, 2], [0, 1]])
    with pytest.raises(InputError, match="exact"):
        rank_collapse([layer], [[0.5, 2], [0, 1]])
    with pytest.raises(InputError, match="bits"):
        rank_collapse([layer], [[1, 2], [0, 1]], bits=4)


@pytest.mark.parametrize("exponent", [2, 20, 100, 400, 4000])
def test_logits_beyond_all_floats(exponent):
    """Scores 0, 0 of the first token and 0, 10^e of the second: they become their mean and, nearly, the second."""
    layer = softmax_layer([{"A": [[10**exponent]], "V": [[1]]}], tokens=2)
    found = rank_collapse([layer] * 3, [[0, 1]])
    balls = [*found.deltas, *found.one_step, *found.two_point, *found.cubic]
    assert all(ball.is_finite() for ball in balls)
    assert abs(found.deltas[1] - fmpq(1, 2)) < fmpq(1, 10**20)
    assert all(after <= bound for after, bound in zip(found.deltas[1:2], found.one_step[:1], strict=True))


def test_scores_that_are_lost_still_lie_between_bounds():
    """Beyond the precision that is taken at most, entries of the softmax are known to be between 0 and 1."""
    layer = softmax_layer([{"A": [[10**9000]], "V": [[1]]}], tokens=3)
    found = rank_collapse([layer, layer], [[0, 1, "1/3"]])
    assert all(ball.is_finite() for ball in found.deltas)
    assert all(ball.overlaps(arb(fmpq(1, 2), 1)) for ball in found.deltas)


@given(st.lists(st.fractions(-3, 3, max_denominator=5), min_size=1, max_size=4), st.integers(0, 30))
@examples(30)
def test_softmax_of_balls_is_that_of_numbers(scores, shift):
    moved = softmax_balls([to_arb(score) + 10**shift for score in scores])
    weights = [math.exp(score) for score in scores]
    for ball, weight in zip(moved, weights, strict=True):
        assert abs(float(ball.mid()) - weight / sum(weights)) < max(1e-9, float(ball.rad()) * 2)
        assert ball.overlaps(arb(0.5, 0.5))


def to_arb(value):
    return arb(fmpq(value.numerator, value.denominator))
