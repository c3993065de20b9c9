"""Training in fixed point: a slow program of fractions beside it, and the ordering on handwritten digits."""

from dataclasses import replace
from fractions import Fraction
from math import floor

import numpy as np
import pytest

from algebra.errors import InputError
from algebra.rounding import Mode, Recipe, train
from algebra.rounding.training import SOFTMAX_BITS, _softmax

rng = np.random.default_rng(7)
IMAGES, LABELS = rng.integers(0, 17, size=(24, 5)) / 16, rng.integers(0, 3, size=24)
SMALL = Recipe(hidden=4, epochs=3, batch=7, step_shift=3, word_bits=9)


def nearest_down(value, words):
    """Round a fraction of grid units, ties down, and saturate."""
    down = floor(value)
    half = 2 ** (words - 1)
    return min(max(down + (value - down > Fraction(1, 2)), -half), half - 1)


def slow_accuracy(bits, seed, recipe):
    """The recipe in fractions and lists, with ties down; the same draws and the same softmax."""
    random = np.random.default_rng(seed)
    sizes = [(5, recipe.hidden), (recipe.hidden, 3)]
    unit = 2**bits

    def Q(value):  # of a fraction
        return nearest_down(value * unit, recipe.word_bits) * Fraction(1, unit)

    grid = 2**SOFTMAX_BITS
    W = [[[Fraction(round(x * grid), grid) for x in row] for row in random.normal(0, 0.1, size)] for size in sizes]
    W = [[[even(x, unit, recipe.word_bits) for x in row] for row in layer] for layer in W]
    b = [[Fraction(0)] * size[1] for size in sizes]
    X = [[even(Fraction(float(x)), unit, recipe.word_bits) for x in row] for row in IMAGES]

    def layer(x, k, rounded):
        columns = zip(*W[k], strict=True)
        return [rounded(sum(p * q for p, q in zip(x, w, strict=True)) + c) for w, c in zip(columns, b[k], strict=True)]

    step = Fraction(1, 2**recipe.step_shift)
    for _ in range(recipe.epochs):
        order = random.permutation(len(X))
        for first in range(0, len(X), recipe.batch):
            chosen = order[first : first + recipe.batch]
            z1 = [layer(X[i], 0, Q) for i in chosen]
            a1 = [[max(x, 0) for x in row] for row in z1]
            z2 = [layer(x, 1, Q) for x in a1]
            shares = _softmax(np.array([[float(x) for x in row] for row in z2]))
            for share, i in zip(shares, chosen, strict=True):
                share[LABELS[i]] -= 1
            d2 = [[Q(Fraction(round(x * grid), grid)) for x in row] for row in shares.tolist()]
            d1 = [
                [Q(sum(p * q for p, q in zip(d, w, strict=True))) * (z > 0) for w, z in zip(W[1], row, strict=True)]
                for d, row in zip(d2, z1, strict=True)
            ]
            for k, values, deltas in ((0, [X[i] for i in chosen], d1), (1, a1, d2)):
                for j in range(len(W[k][0])):
                    for i in range(len(W[k])):
                        total = sum(v[i] * d[j] for v, d in zip(values, deltas, strict=True))
                        W[k][i][j] = Q(W[k][i][j] - Q(total * step))
                    b[k][j] = Q(b[k][j] - Q(sum(d[j] for d in deltas) * step))
    seen = [
        layer([max(x, 0) for x in layer(x, 0, lambda v: even(v, unit, recipe.word_bits))], 1,
              lambda v: even(v, unit, recipe.word_bits))
        for x in X
    ]  # fmt: skip
    return sum(row.index(max(row)) == label for row, label in zip(seen, LABELS, strict=True)) / len(X)


def even(value, unit, words):
    half = 2 ** (words - 1)
    return min(max(round(value * unit), -half), half - 1) * Fraction(1, unit)


@pytest.mark.parametrize(("bits", "seed", "word_bits"), [(5, 0, 9), (3, 1, 9), (6, 2, 8), (4, 3, 12)])
def test_training_is_that_of_fractions(bits, seed, word_bits):
    recipe = replace(SMALL, word_bits=word_bits)
    found = train(IMAGES, LABELS, bits, Mode.NEAREST_DOWN, seed, recipe)
    assert found.train_accuracy == slow_accuracy(bits, seed, recipe)
    assert len(found.accuracies) == recipe.epochs


def test_one_seed_one_answer():
    runs = [train(IMAGES, LABELS, 5, "stochastic", 4, SMALL) for _ in range(2)]
    assert runs[0] == runs[1]
    all_bits = train(IMAGES, LABELS, 5, "stochastic", 4, replace(SMALL, random_bits=62))
    assert all_bits.accuracies == runs[0].accuracies  # more bits than are dropped are not drawn


@pytest.fixture(scope="module")
def digits():
    pytest.importorskip("sklearn")
    from proofs_check.families.training import digits

    return digits()


def accuracies(digits, bits, rounding, seeds=(0, 1), **recipe):
    trained, held_out = digits
    runs = [train(*trained, bits, rounding, seed, Recipe(**recipe), held_out) for seed in seeds]
    return [run.train_accuracy for run in runs], runs


def test_floats_learn_the_digits(digits):
    found, _ = accuracies(digits, None, None, (0, 1, 2))
    assert found == pytest.approx([0.936, 0.933, 0.922], abs=0.01)


def test_nearest_stops_learning_where_stochastic_rounding_does_not(digits):
    for bits in (6, 4):
        nearest, lost = accuracies(digits, bits, Mode.NEAREST_EVEN)
        stochastic, runs = accuracies(digits, bits, "stochastic")
        assert max(nearest) < 0.5
        assert min(stochastic) > 0.85
        assert min(run.lost for run in lost) > 0.99 > max(run.lost for run in runs)
    for bits in (12, 10):
        assert min(accuracies(digits, bits, Mode.NEAREST_EVEN)[0]) > 0.88


def test_too_small_a_range_fails_for_every_rounding(digits):
    for rounding in (Mode.NEAREST_DOWN, "stochastic"):
        found, runs = accuracies(digits, 14, rounding)
        assert max(found) < 0.75
        assert min(run.saturated for run in runs) > 0.01


def test_stochastic_rounding_is_not_always_better(digits):
    """With an eight times larger step nearest learns with few bits, too, and the noise of activations remains."""
    nearest, _ = accuracies(digits, 6, Mode.NEAREST_EVEN, step_shift=6)
    _, noisy = accuracies(digits, 10, "stochastic", step_shift=6)
    _, quiet = accuracies(digits, 10, Mode.NEAREST_EVEN, step_shift=6)
    assert min(nearest) > 0.95
    means = [sum(run.test_accuracy for run in each) / len(each) for each in (quiet, noisy)]
    assert means[0] > means[1]


def test_few_random_bits_learn_less(digits):
    """Increments below 2^-bits are lost again, and every rounding is too low; centred words halve the bias."""
    none, two, centred, many = (
        accuracies(digits, 6, "stochastic", random_bits=bits, centred=is_centred)[0]
        for bits, is_centred in ((0, False), (2, False), (2, True), (8, False))
    )
    assert max(none) < 0.3
    assert sum(none) + 0.8 < sum(two) < sum(centred) - 0.1 < sum(many)
    assert accuracies(digits, 6, "stochastic", random_bits=0)[0] == accuracies(digits, 6, Mode.FLOOR)[0]


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: Recipe(word_bits=1), "word_bits"),
        (lambda: Recipe(word_bits=30), "word_bits"),
        (lambda: Recipe(batch=0), "batch"),
        (lambda: Recipe(random_bits=-1), "random_bits"),
        (lambda: train(IMAGES, LABELS, 16), "fraction_bits"),
        (lambda: train(IMAGES, LABELS, -1), "fraction_bits"),
        (lambda: train(IMAGES, LABELS, 4, "random"), "rounding"),
        (lambda: train(IMAGES, LABELS[:5], 4), "labels"),
        (lambda: train(IMAGES, LABELS - 1, 4), "labels"),
        (lambda: train(IMAGES, LABELS + 0.5, 4), "labels"),
        (lambda: train(IMAGES * np.nan, LABELS, 4), "images"),
        (lambda: train(IMAGES * 1e12, LABELS, 4), "images"),
        (lambda: train(IMAGES, LABELS, 4, held_out=(IMAGES[:, :2], LABELS)), "images"),
        (lambda: train(IMAGES, LABELS, 4, seed=-1), "seed"),
    ],
)
def test_bad_input_is_named(call, argument):
    with pytest.raises(InputError) as failure:
        call()
    assert failure.value.argument == argument


def test_without_scikit_learn_the_table_is_refused_once(call, monkeypatch):
    monkeypatch.setattr("proofs_check.families.training.find_spec", lambda name: None)
    answer = call("table", "training", "--json")
    assert answer.status == 2
    assert answer.error["argument"] == "scikit-learn"
    assert "pip install scikit-learn" in answer.error["allowed"]
