"""Random words of few bits, and words that saturate: every law against the enumeration of all random words."""

from fractions import Fraction
from itertools import product
from math import floor
from random import Random

import numpy as np
import pytest

from algebra.errors import InputError
from algebra.rounding import (
    FixedPoint,
    Mode,
    covariance_bound,
    gradient_descent,
    quadratic_descent,
    random_dead_zone,
    rounded_dot_product,
    rounded_rank,
    rounded_rank_bound,
    rounding_law,
    stochastic_round_array,
)
from algebra.rounding.fixed_point import stochastic_shift
from tests.properties import cases
from tests.rounding import oracle

KINDS = [(0, False), (1, False), (2, True), (3, False), (3, True), (1, True)]


def words_of(value, bits, centred):
    """Every rounding of a number by a random word of so many bits, the definition: add the word, and take the floor."""
    half = Fraction(1, 2 ** (bits + 1)) if centred else 0
    return [(floor(value + Fraction(word, 2**bits) + half), Fraction(1, 2**bits)) for word in range(2**bits)]


@pytest.mark.parametrize(("bits", "centred"), KINDS)
def test_one_number(bits, centred):
    random = Random(bits)
    for _ in cases(60):
        value = Fraction(random.randint(-99, 99), random.randint(1, 40))
        law = rounding_law(value, bits, centred)
        assert dict(law) == oracle.law(words_of(value, bits, centred))
        bias = law.mean - value
        assert abs(bias) <= Fraction(1, 2 ** (bits + 1)) if centred else -Fraction(1, 2**bits) < bias <= 0
        third = FixedPoint(20, 3).stochastic(value, bits, centred)
        assert dict(third) == oracle.law(words_of(8 * value, bits, centred))


@pytest.mark.parametrize(("bits", "centred"), [*KINDS, (6, True)])
def test_shifts_and_arrays_follow_the_law(bits, centred):
    shift = 6
    for value in range(-140, 140):
        found = [(stochastic_shift(value, shift, u, bits, centred), Fraction(1, 2**bits)) for u in range(2**bits)]
        exact = min(bits, shift)
        is_centred = centred and bits < shift  # a word of all bits has no half unit
        assert oracle.law(found) == dict(rounding_law(Fraction(value, 2**shift), exact, is_centred))
    values = np.arange(-200, 200)
    found = stochastic_round_array(values, shift, np.random.default_rng(2), bits, centred)
    drawn = np.random.default_rng(2).integers(0, 1 << bits, size=values.shape, dtype=np.int64)
    assert found.tolist() == [
        stochastic_shift(x, shift, u, bits, centred) for x, u in zip(values.tolist(), drawn.tolist(), strict=True)
    ]


def clip(word, ends):
    return word if ends is None else min(max(word, ends[0]), ends[1])


@pytest.mark.parametrize("accumulate", ["each", "once"])
@pytest.mark.parametrize("word_bits", [None, 4, 5])
@pytest.mark.parametrize(("bits", "centred"), [(None, False), *KINDS[:4]])
def test_dot_products(bits, centred, word_bits, accumulate):
    random, shift = Random(f"{bits}{word_bits}{accumulate}"), 3
    ends = None if word_bits is None else (-(2 ** (word_bits - 1)), 2 ** (word_bits - 1) - 1)
    count = shift if bits is None else bits
    for _ in cases(12):
        n = random.randint(0, 3)
        a, b = ([random.randint(*(ends or (-20, 20))) for _ in range(n)] for _ in range(2))
        products = [Fraction(x * y, 2**shift) for x, y in zip(a, b, strict=True)]
        terms = products if accumulate == "each" else [sum(products, Fraction(0))]
        outcomes, saturated = [], Fraction(0)
        for choice in product(*(words_of(term, count, centred and count < shift) for term in terms)):
            probability = Fraction(1)
            for _, part in choice:
                probability *= part
            rounded = [clip(word, ends) for word, _ in choice]
            outcomes.append((clip(sum(rounded), ends), probability))
            is_beyond = rounded != [word for word, _ in choice] or clip(sum(rounded), ends) != sum(rounded)
            saturated += probability * is_beyond
        found = rounded_dot_product(a, b, shift, accumulate, bits, centred, word_bits)
        assert dict(found.law) == oracle.law(outcomes)
        assert found.saturation == saturated
        for mode in (Mode.NEAREST_EVEN, Mode.NEAREST_DOWN):
            expected = clip(sum(clip(oracle.nearest(term, mode.value), ends) for term in terms), ends)
            assert found.nearest(mode) == expected


def test_a_dot_product_that_cannot_saturate_is_unbiased():
    found = rounded_dot_product([3, -5, 7], [5, 3, -7], 3, word_bits=8)
    assert (found.saturation, found.law.mean) == (0, found.exact)
    assert rounded_dot_product([100] * 3, [100] * 3, 3, word_bits=8).law.highest == 127


@pytest.mark.parametrize(("bits", "centred"), KINDS)
def test_descents(bits, centred):
    random = Random(bits)
    for _ in cases(15):
        h, c, start = Fraction(random.randint(1, 16), 8), Fraction(random.randint(-40, 40), 3), random.randint(-9, 9)
        ends = random.choice([None, (-16, 15)])
        law, inside = {start: Fraction(1)}, {start: Fraction(1)}
        for step in range(4):
            found = gradient_descent(h, c, start, step, None if ends is None else 5, bits, centred)
            assert dict(found.law) == law
            assert found.saturation == 1 - sum(inside.values())
            if found.is_unbiased:
                assert found.law.mean == found.exact
            moved = [[(v, p * q) for s, p in each.items() for v, q in words_of((1 - h) * s + h * c, bits, centred)]
                     for each in (law, inside)]  # fmt: skip
            law = oracle.law((clip(v, ends), p) for v, p in moved[0])
            inside = oracle.law((v, p) for v, p in moved[1] if clip(v, ends) == v)


def test_descents_that_are_biased_say_so():
    assert gradient_descent("1/8", 13, 0, 3).is_unbiased
    few = gradient_descent("1/8", 13, 0, 3, random_bits=2)
    assert not few.is_unbiased
    assert few.law.mean < few.exact
    assert few.limit is None
    assert gradient_descent("1/8", 13, 0, 3, random_bits=9).law == gradient_descent("1/8", 13, 0, 3).law


@pytest.mark.parametrize(("bits", "centred"), KINDS)
def test_few_random_bits_have_a_dead_zone(bits, centred):
    random = Random(f"{bits} {centred}")
    for _ in cases(40):
        h, c = Fraction(random.randint(1, 20), random.randint(10, 20)), Fraction(random.randint(-60, 60), 7)
        kept = [s for s in range(-60, 61) if {v for v, _ in words_of((1 - h) * s + h * c, bits, centred)} == {s}]
        zone = random_dead_zone(h, c, bits, centred)
        assert kept == ([] if zone is None else list(range(zone[0], zone[1] + 1)))
        reach = 1 / (h * 2**bits)
        if centred:
            assert kept == [s for s in range(-60, 61) if c - reach / 2 < s <= c + reach / 2]
        else:
            assert kept == [s for s in range(-60, 61) if c - reach < s <= c]


@pytest.mark.parametrize(("bits", "centred"), [(1, False), (2, False), (2, True)])
def test_ranks(bits, centred):
    random = Random(bits)
    for _ in cases(15):
        rows = [[Fraction(random.randint(-6, 6), random.choice([1, 2, 3])) for _ in range(2)] for _ in range(2)]
        entries = [x for row in rows for x in row]
        ranks, mean, square = [], Fraction(0), Fraction(0)
        for choice in product(*(oracle.law(words_of(x, bits, centred)).items() for x in entries)):
            p = Fraction(1)
            for _, part in choice:
                p *= part
            (a, b, c, d) = (word for word, _ in choice)
            determinant = a * d - b * c
            ranks.append((2 if determinant else int(any((a, b, c, d))), p))
            mean, square = mean + p * determinant, square + p * determinant**2
        found = rounded_rank(rows, bits, centred)
        assert dict(found.law) == oracle.law(ranks)
        assert (found.expected_determinant, found.determinant_variance) == (mean, square - mean**2)
        for bound in (found.regular_at_least, found.regular_by_size):
            assert 0 <= bound <= found.law[2]


@pytest.mark.parametrize(("bits", "centred"), [(None, False), (1, False), (2, True)])
def test_bounds_on_ranks_are_bounds(bits, centred):
    random, sharp = Random(bits), 0
    for _ in cases(60):
        m, n = random.randint(1, 3), random.randint(1, 3)
        rows = [[Fraction(random.randint(-4, 4), random.choice([1, 2, 3])) for _ in range(n)] for _ in range(m)]
        bound, law = rounded_rank_bound(rows, bits, centred), rounded_rank(rows, bits, centred).law
        probability = sum((p for rank, p in law if rank >= bound.rank), Fraction(0))
        assert 0 < bound.probability <= probability
        assert bound.rank <= law.highest
        sharp += bound.probability == probability
        for row, chosen in zip(rows, bound.outcome, strict=True):
            assert all(word in dict(rounding_law(x, bits, centred)) for x, word in zip(row, chosen, strict=True))
    assert sharp


def test_a_bound_where_no_law_is_computed():
    matrix = [[Fraction(i * j % 11, 10) for j in range(40)] for i in range(40)]
    with pytest.raises(InputError):
        rounded_rank(matrix)
    found = rounded_rank_bound(matrix)
    assert found.rank > 30
    assert found.probability == Fraction(1, 10) ** found.degree
    assert rounded_rank_bound([[1, 2], [2, 4]]).probability == 1  # nothing is random


# ---- several dimensions

LEAST_SQUARES = ([[4, 6], [6, 14]], [16, 35], "1/32", [0, 0])


def test_saturation_in_several_dimensions():
    free = quadratic_descent(*LEAST_SQUARES, 3, 4)
    assert free.is_unbiased
    assert quadratic_descent(*LEAST_SQUARES, 3, 4, word_bits=8).weights == free.weights
    narrow = quadratic_descent(*LEAST_SQUARES, 3, 4, word_bits=5)  # up to 15/16, and the slope tends to 11/5
    assert narrow.saturation == 1
    assert all(-16 <= word <= 15 for state in narrow.weights for word in state)
    assert narrow.mean != narrow.exact == free.exact
    one = quadratic_descent([[1]], [9], "1/2", [0], 5, 0, word_bits=4)
    chain = gradient_descent("1/2", 9, 0, 5, word_bits=4)
    assert (one.marginal(0), one.saturation) == (chain.law, chain.saturation)
    with pytest.raises(InputError):
        quadratic_descent(*LEAST_SQUARES[:3], [99, 0], 3, 4, word_bits=5)


def test_expected_losses_and_covariances():
    A, b = LEAST_SQUARES[:2]
    bound = covariance_bound(A, "1/32")
    for t in range(5):
        found = quadratic_descent(*LEAST_SQUARES, t, 4)
        total, loss = found.total, Fraction(0)
        for state, weight in found.weights.items():
            x, y = (Fraction(word, 16) for word in state)
            loss += Fraction(weight, total) * ((4 * x * x + 12 * x * y + 14 * y * y) / 2 - 16 * x - 35 * y)
        assert found.expected_loss(A, b, 4) == loss
        gap = [[bound[i][j] - found.covariance[i][j] for j in range(2)] for i in range(2)]
        assert gap[0][0] >= 0
        assert gap[0][0] * gap[1][1] >= gap[0][1] ** 2  # the difference is positive semidefinite
    for h in ("1/8", "1", "3/2"):
        assert covariance_bound([[1]], h) == [[1 / (4 * Fraction(h) * (2 - Fraction(h)))]]


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: rounding_law("1/3", -1), "random_bits"),
        (lambda: rounded_dot_product([9], [1], 2, word_bits=4), "a[0]"),
        (lambda: rounded_dot_product([1], [-9], 2, word_bits=4), "b[0]"),
        (lambda: rounded_dot_product([1], [1], 2, word_bits=0), "word_bits"),
        (lambda: rounded_dot_product([1], [1], 2, random_bits=10**9), "random_bits"),
        (lambda: gradient_descent("1/2", 1, 0, 1, random_bits=-1), "random_bits"),
        (lambda: random_dead_zone("1/2", 1, None), "random_bits"),
        (lambda: rounded_rank([["1/2"]], random_bits=10**9), "random_bits"),
        (lambda: rounded_rank_bound([[0.5]]), "matrix[0][0]"),
        (lambda: covariance_bound([[1, 2], [3, 4]], 1), "A"),
        (lambda: covariance_bound([[1]], 2), "eta"),
        (lambda: covariance_bound([[-1]], 1), "eta"),
    ],
)
def test_bad_input_is_named(call, argument):
    with pytest.raises(InputError) as failure:
        call()
    assert failure.value.argument == argument
