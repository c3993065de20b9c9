"""Formats, tie rules and laws, against slow definitions, all random bits in turn, and the numbers of the literature."""

import json
import math
from fractions import Fraction
from itertools import pairwise, product
from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from algebra.errors import InputError
from algebra.rounding import (
    FixedPoint,
    Law,
    Mode,
    dead_zone,
    gradient_descent,
    quadratic_descent,
    round_shift,
    round_to_integer,
    rounded_dot_product,
    rounded_rank,
    rounding_law,
    stop_of_nearest,
)
from algebra.rounding.dead_zones import lost_coordinates
from algebra.rounding.descent import most_words
from algebra.rounding.fixed_point import quotient_law, round_quotient, stochastic_rounding, stochastic_shift
from algebra.rounding.joint_descent import Quadratic
from tests.properties import cases, examples
from tests.rounding import oracle

REFERENCE = json.loads((Path(__file__).parents[1] / "data" / "rounding_reference.json").read_text(encoding="utf-8"))
NEAREST = [mode for mode in Mode if mode is not Mode.FLOOR]
rationals = st.fractions(min_value=-20, max_value=20, max_denominator=24)
rates = st.fractions(min_value=Fraction(1, 30), max_value=1, max_denominator=30)


def reference(kind):
    return [pytest.param(case["input"], case["answer"], id=case["id"]) for case in REFERENCE if case["kind"] == kind]


def fractions(found):
    return {int(at): Fraction(probability) for at, probability in found.items()}


# ---- one number


@pytest.mark.parametrize("mode", NEAREST)
def test_shifts_are_the_definition(mode):
    for shift, value in product(range(6), range(-(2**10), 2**10 + 1)):
        expected = oracle.nearest(Fraction(value, 2**shift), mode.value)
        assert round_shift(value, shift, mode) == round_quotient(value, 2**shift, mode) == expected


def test_floor_is_no_truncation():
    assert [round_shift(value, 2, Mode.FLOOR) for value in (-5, -4, -1, 5)] == [-2, -1, -1, 1]


@given(rationals)
def test_which_modes_are_odd(x):
    for mode in (Mode.NEAREST_EVEN, Mode.NEAREST_AWAY):
        assert round_to_integer(-x, mode) == -round_to_integer(x, mode)
    assert round_to_integer(-x, Mode.NEAREST_DOWN) == -round_to_integer(x, Mode.NEAREST_UP)


@pytest.mark.parametrize("shift", range(9))
def test_every_random_word_in_turn_gives_the_law(shift):
    """The carry of one addition occurs as often as the law says, with all random bits and with fewer."""
    for value, bits in product({-(2**shift) - 3, -11, -1, 0, 5, 45, 2**shift + 1}, range(shift + 1)):
        found = oracle.law((stochastic_shift(value, shift, u, bits), Fraction(1, 2**bits)) for u in range(2**bits))
        law = quotient_law(value, 2**shift, None if bits == shift else bits)
        assert dict(law) == found
        bias = Fraction(value, 2**shift) - law.mean
        assert 0 <= bias < Fraction(1, 2**bits)
        assert bias == 0 or bits < shift

        centred = [stochastic_shift(value, shift, u, bits, centred=True) for u in range(2**bits)]
        assert abs(Fraction(sum(centred), 2**bits) - Fraction(value, 2**shift)) <= Fraction(1, 2 ** (bits + 1))


@given(rationals)
def test_moments_of_one_rounding(x):
    law, f = rounding_law(x), x - math.floor(x)
    assert law.mean == x
    assert law.variance == f * (1 - f)
    assert law.central_moment(3) == f * (1 - f) * (1 - 2 * f)
    assert law.mean_of(lambda s: s**2) == x**2 + f * (1 - f)
    assert law.mean_of(lambda s: abs(s - x)) == 2 * f * (1 - f)


@given(st.fractions(min_value=-3, max_value=3, max_denominator=50), st.integers(0, 3))
def test_rounding_twice_is_rounding_once(x, more):
    """Not so for rounding to nearest: 7/16 goes to 1/2 and then, ties up, to 1."""
    twice = oracle.law((v, p * q) for u, p in rounding_law(x * 2**more) for v, q in rounding_law(Fraction(u, 2**more)))
    assert twice == dict(rounding_law(x))
    assert round_shift(round_shift(7, 3, Mode.NEAREST_UP), 1, Mode.NEAREST_UP) != round_shift(7, 4, Mode.NEAREST_UP)


@pytest.mark.parametrize(("given", "answer"), reference("stochastic_rounding"))
def test_reference_roundings(given, answer):
    words = FixedPoint(16, given["FL"])
    law = words.stochastic(given["x"])
    assert law.lowest * words.eps == Fraction(answer["low"])
    assert law[law.lowest + 1] == Fraction(answer["p_up"])
    assert law.variance * words.eps**2 == Fraction(answer["variance"])
    assert law.central_moment(3) * words.eps**3 == Fraction(answer["third_moment"])
    assert words.round(given["x"], Mode.NEAREST_DOWN) == Fraction(answer["rn_down"])
    assert words.round(given["x"], Mode.NEAREST_EVEN) == Fraction(answer["rn_even"])


@pytest.mark.parametrize(("given", "answer"), reference("few_random_bits"))
def test_reference_few_random_bits(given, answer):
    x = Fraction(given["v"], 2 ** given["shift"])
    law = rounding_law(x, given["random_bits"])
    assert law[math.floor(x) + 1] == Fraction(answer["p_up"])
    assert law.mean - x == Fraction(answer["bias_in_grid_units"])


def test_numbers_are_rounded_first_and_saturated_then():
    words = FixedPoint(2, 1)
    assert (words.least, words.most) == (-2, Fraction(3, 2))
    assert words.round("7/4", Mode.NEAREST_EVEN) == Fraction(3, 2)  # 2 is beyond the range; it does not wrap to -2
    assert words.round(-9, Mode.NEAREST_EVEN) == -2
    assert dict(words.stochastic("7/4")) == {3: 1}
    assert words.fits("3/2")
    assert not words.fits("7/4")


def test_random_words_have_a_seed():
    found = stochastic_rounding([5] * 4000, 3, seed=1)
    assert found == stochastic_rounding([5] * 4000, 3, seed=1) != stochastic_rounding([5] * 4000, 3, seed=2)
    assert abs(sum(found) - 2500) < 6 * 31  # six standard deviations
    assert stochastic_rounding([7, -7], 3, seed=0, random_bits=0) == [0, -1]


def test_laws_add_like_independent_numbers():
    left, right = Law.of({-1: 1, 4: 2}), Law.of({0: 3, 7: 1, 8: 1})
    expected = oracle.law((x + y, p * q) for x, p in left for y, q in right)
    assert dict(left + right) == expected
    assert left + right == right + left == Law.of(expected)
    assert (left + right).variance == left.variance + right.variance
    assert left.shifted(3).mean == left.mean + 3


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: FixedPoint(0, 3), "integer_bits"),
        (lambda: FixedPoint(1, -1), "fraction_bits"),
        (lambda: FixedPoint(1, 10**30), "fraction_bits"),
        (lambda: FixedPoint(1, 3).round(0.5, Mode.FLOOR), "value"),
        (lambda: Law.of({}), "weights"),
        (lambda: Law.of({1: -1, 2: 2}), "weights"),
        (lambda: stochastic_rounding([1], 2, 0, 3), "random_bits"),
        (lambda: rounded_dot_product([1], [1, 2], 3), "b"),
        (lambda: rounded_dot_product([1.5], [1], 3), "a[0]"),
        (lambda: rounded_dot_product(range(1, 10**4, 2), [1] * 5000, 8), "a"),
        (lambda: gradient_descent(0, 1, 0, 1), "h"),
        (lambda: gradient_descent("5/2", 1, 0, 1), "h"),
        (lambda: gradient_descent("1/2", 1, 0, -1), "steps"),
        (lambda: gradient_descent("1/2", 1, 0, 10**9), "steps"),
        (lambda: gradient_descent("1/2", 1, 8, 1, word_bits=4), "start"),
        (lambda: quadratic_descent([[1, 2]], [1], 1, [0], 1, 0), "A"),
        (lambda: quadratic_descent([[1]], [1], 1, [0, 0], 1, 0), "start"),
        (lambda: rounded_rank([["1/2"] * 17] * 17), "matrix"),
        (lambda: rounded_rank([["1/2"] * 7] * 7), "matrix"),
    ],
)
def test_bad_input_is_named(call, argument):
    with pytest.raises(InputError) as failure:
        call()
    assert failure.value.argument == argument


# ---- dot products


@pytest.mark.parametrize(("given", "answer"), reference("dot_product_law"))
def test_reference_dot_products(given, answer):
    found = rounded_dot_product(given["a"], given["b"], given["FL"])
    assert dict(found.law) == fractions(answer["law"])
    assert found.exact == found.law.mean == Fraction(answer["mean"])
    assert found.law.variance == Fraction(answer["variance"])
    assert found.tail(2) == Fraction(answer["tail_ge_2"])
    assert found.nearest(Mode.NEAREST_DOWN) == answer["rn_down"]
    assert found.nearest(Mode.NEAREST_EVEN) == answer["rn_even"]
    once = rounded_dot_product(given["a"], given["b"], given["FL"], "once")
    assert (once.law.mean, once.law.variance) == (found.exact, Fraction(3, 16))


def test_dot_products_are_those_of_the_enumeration():
    random = Random(15)
    for _ in cases(60):
        n, bits = random.randint(0, 7), random.randint(0, 4)
        a, b = ([random.randint(-20, 20) for _ in range(n)] for _ in range(2))
        found = rounded_dot_product(a, b, bits)
        assert dict(found.law) == oracle.dot_law(a, b, bits)
        products = [Fraction(x * y, 2**bits) for x, y in zip(a, b, strict=True)]
        expected = [sum(oracle.nearest(x, mode.value) for x in products) for mode in NEAREST]
        assert [found.nearest(mode) for mode in NEAREST] == expected


def test_the_worst_case_of_rounding_to_nearest_is_common():
    n = 40
    found = rounded_dot_product([1] * n, [2] * n, 2)  # products of fraction 1/2
    assert found.nearest(Mode.NEAREST_DOWN) - found.exact == -Fraction(n, 2)
    assert found.law.variance == Fraction(n, 4)
    assert found.law[n // 2] == Fraction(math.comb(n, n // 2), 2**n)
    quarter = rounded_dot_product([1] * n, [1] * n, 2)
    assert {quarter.nearest(mode) - quarter.exact for mode in NEAREST} == {-Fraction(n, 4)}


# ---- descent


@pytest.mark.parametrize(("given", "answer"), reference("sr_chain"))
def test_reference_descents(given, answer):
    found = gradient_descent(given["h"], given["c"], given["s0"], given["t"])
    assert dict(found.law) == fractions(answer["law"])
    assert found.law.mean == found.exact == Fraction(answer["mean"])
    assert found.law.variance == Fraction(answer["variance"])


def test_published_means_and_variances():
    expected = {
        1: ("13/8", "15/64"),
        2: ("195/64", "1719/4096"),
        3: ("2197/512", "130887/262144"),
        8: ("143161395/16777216", "177823933277655/281474976710656"),
    }
    for t, moments in expected.items():
        law = gradient_descent("1/8", 13, 0, t).law
        assert (law.mean, law.variance) == tuple(map(Fraction, moments))


@examples(60)
@given(st.fractions(min_value=Fraction(1, 20), max_value=2, max_denominator=20), rationals, st.integers(-9, 9))
def test_descents_are_those_of_the_enumeration(h, c, start):
    for steps in range(5):
        found = gradient_descent(h, c, start, steps)
        assert dict(found.law) == oracle.descent_law(h, c, start, steps)
        assert found.law.mean == found.exact  # the theorem, which needs no condition on h
        assert found.is_unbiased


@examples(40)
@given(rates, rationals, st.integers(-9, 9))
def test_the_limit_is_the_rounding_of_the_minimiser(h, c, start):
    found = gradient_descent(h, c, start, 400)
    outside = sum((p for s, p in found.law if s not in (math.floor(c), math.ceil(c))), Fraction(0))
    assert outside < Fraction(1, 10)
    assert abs(found.law.mean - c) == abs(start - c) * (1 - h) ** 400
    assert found.limit == rounding_law(c)
    for s, _ in found.limit:  # the pair is absorbing, and its law stationary
        assert {at for at, _ in gradient_descent(h, c, s, 1).law} <= {math.floor(c), math.ceil(c)}
    one_step = [(v, p * q) for s, p in found.limit for v, q in gradient_descent(h, c, s, 1).law]
    assert oracle.law(one_step) == dict(found.limit)


@examples(80)
@given(st.fractions(min_value=Fraction(1, 9), max_value=2, max_denominator=9), rationals, st.integers(-99, 99))
def test_no_law_is_longer_than_was_allowed_for(h, c, start):
    for steps in (0, 1, 2, 5, 30):
        assert len(gradient_descent(h, c, start, steps).law) <= most_words(h, steps)


def test_few_words_are_met_where_steps_are_large():
    assert most_words(Fraction(1, 2), 10**9) == 5
    assert gradient_descent("1/2", "1/3", 0, 2000).law.highest == 1


def test_saturation_is_decided_on_the_trajectory():
    """From 0 towards 9 in words of 4 bits, up to 7: unbiased until a trajectory of positive probability gets there."""
    seen = [gradient_descent("1/2", 9, 0, t, word_bits=4) for t in range(9)]
    assert [found.is_unbiased for found in seen] == [True, True, True, *[False] * 6]
    assert all((found.law.mean == found.exact) == found.is_unbiased for found in seen)
    assert all(x.saturation <= y.saturation for x, y in pairwise(seen))
    assert seen[-1].law.highest == 7
    assert seen[-1].limit is None
    assert gradient_descent("1/2", 9, 0, 8, word_bits=5).is_unbiased
    # a trajectory that left and came back is counted: 2 c - s from 0 is 8, which saturates to 7, and returns to 1
    assert gradient_descent(2, 4, 0, 2, word_bits=4).saturation == 1


@pytest.mark.parametrize(("given", "answer"), reference("stagnation"))
def test_reference_stagnation(given, answer):
    for rule, mode in (("RN_DOWN", Mode.NEAREST_DOWN), ("RN_EVEN", Mode.NEAREST_EVEN)):
        stop = stop_of_nearest(given["h"], given["c"], given["s0"], mode)
        assert (stop.at, stop.step) == (answer[rule]["stop"], answer[rule]["step"])


TRAJECTORIES = [
    ("1/16", 200, (192, 49), (192, 48), (207, 49), (208, 48)),
    ("1/64", 200, (168, 109), (168, 108), (231, 109), (232, 108)),
    ("1/16", "401/2", (193, 49), (193, 49), (208, 49), (208, 49)),
    ("1/8", 13, (9, 8), (10, 9), (16, 34), (16, 34)),
]


@pytest.mark.parametrize(("h", "c", "down", "even", "down_400", "even_400"), TRAJECTORIES)
def test_published_trajectories(h, c, down, even, down_400, even_400):
    for start, mode, expected in [
        (0, Mode.NEAREST_DOWN, down),
        (0, Mode.NEAREST_EVEN, even),
        (400, Mode.NEAREST_DOWN, down_400),
        (400, Mode.NEAREST_EVEN, even_400),
    ]:
        stop = stop_of_nearest(h, c, start, mode)
        assert (stop.at, stop.step) == expected


@examples(150)
@example(Fraction(2), Fraction(1, 4), Mode.NEAREST_AWAY)
@given(st.fractions(min_value=Fraction(1, 12), max_value=2, max_denominator=12), rationals, st.sampled_from(Mode))
def test_dead_zones_are_the_words_that_stay(h, c, mode):
    def step(s):
        x = (1 - h) * s + h * c
        return math.floor(x) if mode is Mode.FLOOR else oracle.nearest(x, mode.value)

    kept = [s for s in range(-40, 41) if step(s) == s]
    zone = dead_zone(h, c, mode)
    assert kept == ([] if zone is None else list(range(zone[0], zone[1] + 1)))
    if mode is Mode.NEAREST_DOWN:
        reach = 1 / (2 * h)
        assert kept == [s for s in range(-40, 41) if c - reach <= s < c + reach]

    for start in (-30, -1, 2, 30):
        # Words that fall silent, or alternate; ties away from zero may drive them out for ever.
        path = [start]
        while len(path) < 3 or (path[-1] not in path[-3:-1] and len(path) < 2000):
            path.append(step(path[-1]))
        stop = stop_of_nearest(h, c, start, mode)
        if path[-1] not in path[-3:-1]:  # 1, -1, 2, -2, 3, ...
            assert (h, mode, stop.at, stop.cycle) == (2, Mode.NEAREST_AWAY, None, None)
        elif path[-1] == path[-2]:
            assert (stop.at, stop.step) == (path[-1], path.index(path[-1]))
        else:
            assert stop.cycle == tuple(sorted(path[-2:]))
            assert stop.at is None


@pytest.mark.parametrize("mode", NEAREST)
@pytest.mark.parametrize(("c", "stop"), [("19/2", 7), (-30, -8), (3, 3)])
def test_words_that_saturate_stop_at_the_end_of_the_range(mode, c, stop):
    found = gradient_descent("1/2", c, 0, 1, word_bits=4).stop(mode)
    word, path = 0, []
    while word not in path:
        path.append(word)
        word = min(max(oracle.nearest((word + Fraction(c)) / 2, mode.value), -8), 7)
    assert (found.at, found.step) == (word, path.index(word))
    assert abs(found.at - stop) <= 1
    late = stop_of_nearest(Fraction(1, 10**6), 2 * 10**6, 0, mode, (-(2**20), 2**20))
    assert (late.at, late.step) == (2**20, None)


def test_a_stop_that_takes_too_long_is_known_all_the_same():
    stop = stop_of_nearest(Fraction(1, 10**6), 10**9, 0, Mode.NEAREST_DOWN)
    assert (stop.at, stop.step) == (10**9 - 5 * 10**5, None)


def test_lost_coordinates_depend_on_the_tie_rule():
    words, updates = [4, 5, 4, 5], ["1/2", "1/2", "-1/2", "-1/2"]
    assert lost_coordinates(words, updates, Mode.NEAREST_EVEN) == [0, 2]
    assert lost_coordinates(words, updates, Mode.NEAREST_DOWN) == [0, 1]
    assert lost_coordinates(words, updates, Mode.NEAREST_UP) == [2, 3]


# ---- several dimensions: least squares on the points (0, 1), (1, 3), (2, 4), (3, 8)

LEAST_SQUARES = ([[4, 6], [6, 14]], [16, 35], "1/32", [0, 0])


def test_published_least_squares():
    means = {
        1: ("1/2", "35/32"),
        2: ("375/512", "827/512"),
        3: ("6865/8192", "7639/4096"),
        6: ("30359037/33554432", "34815637/16777216"),
    }
    for t, mean in means.items():
        found = quadratic_descent(*LEAST_SQUARES, t, 4)
        assert found.mean == found.exact == tuple(16 * Fraction(x) for x in mean)
    assert [len(quadratic_descent(*LEAST_SQUARES, t, 4).weights) for t in range(7)] == [1, 2, 6, 9, 11, 13, 15]
    covariances = {
        1: ("0", "0", "1/4"),
        2: ("207/1024", "-27/1024", "263/1024"),
        3: ("98463/262144", "-1215/16384", "14751/65536"),
    }
    for t, (first, mixed, second) in covariances.items():
        found = quadratic_descent(*LEAST_SQUARES, t, 4)
        assert found.covariance == [list(map(Fraction, (first, mixed))), list(map(Fraction, (mixed, second)))]
        assert found.marginal(1).variance == Fraction(second)

    quadratic = Quadratic.of(*LEAST_SQUARES[:3], 4)
    for mode in (Mode.NEAREST_DOWN, Mode.NEAREST_EVEN):
        assert quadratic.stop([0, 0], mode) == ((15, 33), 5)


def test_one_variable_is_the_chain_in_one_dimension():
    found = quadratic_descent([[1]], [13], "1/8", [0], 4, 0)
    assert found.marginal(0) == gradient_descent("1/8", 13, 0, 4).law


# ---- ranks

RANKS = [
    ([["1/2", "1/3"], ["1/4", "1/5"]], {0: "1/5", 1: "19/30", 2: "1/6"}, "1/60", "599/3600", (0, 0)),
    ([["1/2", 1], ["1/4", "1/2"]], {1: "5/8", 2: "3/8"}, "0", "3/8", (1, 1)),
    (
        [[Fraction(1, i + j + 1) for j in range(3)] for i in range(3)],
        {1: "1759/8640", 2: "39/64", 3: "101/540"}, "1/2160", "911519/4665600", (1, 1),
    ),
    (
        [[Fraction(4, i + j + 1) for j in range(3)] for i in range(3)],
        {1: "8/135", 2: "46/135", 3: "3/5"}, "4/135", "29144/18225", (3, 3),
    ),
    (
        [[Fraction(x) * Fraction(y) for y in ("1/2", "1", "3/2")] for x in ("1", "3/2", "2")],
        {2: "21/64", 3: "43/64"}, "0", "1", (2, 3),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("matrix", "law", "mean", "variance", "nearest"), RANKS)
def test_published_ranks(matrix, law, mean, variance, nearest):
    found = rounded_rank(matrix)
    assert dict(found.law) == fractions(law)
    assert found.expected_determinant == Fraction(mean)
    assert found.determinant_variance == Fraction(variance)
    assert (found.nearest(Mode.NEAREST_DOWN), found.nearest(Mode.NEAREST_EVEN)) == nearest


@pytest.mark.parametrize(("given", "answer"), reference("rank_law"))
def test_reference_ranks(given, answer):
    found = rounded_rank(given["A"])
    assert dict(found.law) == fractions(answer["law"])
    assert found.expected_determinant == Fraction(answer["expected_det"])


@pytest.mark.parametrize(("n", "singular"), [(1, 1), (2, 10), (3, 338), (4, 42976), (5, 21040112)])
def test_singular_matrices_of_zeros_and_ones(n, singular):
    found = rounded_rank([["1/2"] * n] * n)
    assert (1 - found.law[n]) * 2 ** (n * n) == singular


def test_ranks_are_those_of_the_enumeration():
    random = Random(4)
    for _ in cases(60):
        rows, columns = random.randint(1, 3), random.randint(1, 3)
        entries = [Fraction(random.randint(-6, 6), random.choice([1, 1, 2, 3])) for _ in range(rows * columns)]
        matrix = [entries[i * columns : (i + 1) * columns] for i in range(rows)]
        law, mean, variance = oracle.rank_laws(matrix)
        found = rounded_rank(matrix)
        assert dict(found.law) == law
        if rows == columns:
            assert (found.expected_determinant, found.determinant_variance) == (mean, variance)
        else:
            assert found.expected_determinant is None


@pytest.mark.parametrize("shape", [(3, 2), (4, 2), (5, 1), (2, 3), (2, 4), (1, 5)])
def test_rows_that_follow_a_full_span_are_random_as_well(shape):
    rows, columns = shape
    matrix = [[Fraction(i + j + 1, 2 + (i + j) % 2) for j in range(columns)] for i in range(rows)]
    assert dict(rounded_rank(matrix).law) == oracle.rank_laws(matrix)[0]


def test_the_transpose_has_the_same_law():
    wide = [[Fraction(i * j + 1, 3) for j in range(9)] for i in range(2)]
    assert rounded_rank(wide).law == rounded_rank(list(zip(*wide, strict=True))).law


def test_integer_matrices_keep_their_rank():
    matrix = [[(i * j) % 7 for j in range(30)] for i in range(40)]
    found = rounded_rank(matrix)
    assert dict(found.law) == {found.rank: 1}


@pytest.mark.parametrize("matrix", [case[0] for case in RANKS])
def test_lower_bounds_on_being_regular(matrix):
    found = rounded_rank(matrix)
    assert 0 <= found.regular_at_least <= found.law[len(matrix)]
