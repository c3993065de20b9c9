"""Small formats, against numbers that are decoded from their bits and arithmetic that rounds fractions to a list."""

import math
from bisect import bisect_left
from fractions import Fraction
from itertools import permutations, product
from random import Random

import numpy as np
import pytest

from algebra.errors import InputError
from algebra.rounding import (
    Layout,
    NumberFormat,
    Pairs,
    correctly_rounded_tanh,
    exact_multipliers,
    exact_softmax_sizes,
    float32_sums,
    optimal_table,
    smallest_unequal_attention,
    smallest_unordered_sum,
    softmax_pairs,
    stochastic_sum,
    tanh_in_format,
    unordered_sums,
)
from algebra.rounding.formats import FORMATS
from algebra.rounding.summation import attended
from tests.properties import cases

# exponent bits, mantissa bits, bias, magnitudes of words that are no numbers
SHAPES = {
    "float4_e2m1fn": (2, 1, 1, 0),
    "float6_e2m3fn": (2, 3, 1, 0),
    "float6_e3m2fn": (3, 2, 3, 0),
    "float8_e3m4": (3, 4, 3, 16),
    "float8_e4m3": (4, 3, 7, 8),
    "float8_e4m3fn": (4, 3, 7, 1),
    "float8_e5m2": (5, 2, 15, 4),
    "bfloat16": (8, 7, 127, 128),
}
TINY = ("float4_e2m1fn", "float6_e2m3fn", "float6_e3m2fn")


def decoded(exponent_bits, mantissa_bits, bias, missing):
    """All numbers in increasing order, and the parity of each one's word."""
    found = {}
    for word in range((1 << (exponent_bits + mantissa_bits)) - missing):
        exponent, mantissa = word >> mantissa_bits, word & ((1 << mantissa_bits) - 1)
        significand = mantissa if exponent == 0 else mantissa | 1 << mantissa_bits
        value = significand * Fraction(2) ** (max(exponent, 1) - bias - mantissa_bits)
        found |= {value: word % 2, -value: word % 2}
    return dict(sorted(found.items()))


@pytest.mark.parametrize("name", SHAPES)
def test_numbers_are_those_of_the_bits(name):
    fmt = NumberFormat(name)
    assert fmt.numbers == tuple(decoded(*SHAPES[name]))
    exponent_bits, mantissa_bits, bias, _ = SHAPES[name]
    assert (fmt.bits, fmt.significant_bits) == (1 + exponent_bits + mantissa_bits, mantissa_bits + 1)
    assert (fmt.least_positive, fmt.least_normal) == (
        Fraction(2) ** (1 - bias - mantissa_bits),
        Fraction(2) ** (1 - bias),
    )


class Oracle:
    """Arithmetic on fractions: every result is the nearest number of a sorted list, ties to the even word."""

    def __init__(self, name):
        self.parity = decoded(*SHAPES[name])
        self.numbers = list(self.parity)

    def rounded(self, value):
        if abs(value) >= self.numbers[-1]:
            return self.numbers[-1] if value > 0 else self.numbers[0]  # formats without infinity saturate
        at = bisect_left(self.numbers, value)
        low, high = self.numbers[at - 1], self.numbers[at]
        if high == value or high - value < value - low:
            return high
        return low if value - low < high - value or self.parity[low] == 0 else high

    def sum(self, *values):
        total = values[0]
        for value in values[1:]:
            total = self.rounded(total + value)
        return total

    def attention(self, query, *keys):
        scores = [self.rounded(query * key) for key in keys]
        weights = [self.exp(self.rounded(score - max(scores))) for score in scores]
        normaliser = self.sum(*weights)
        return self.sum(
            *(self.rounded(self.rounded(w / normaliser) * key) for w, key in zip(weights, keys, strict=True))
        )

    def exp(self, value):
        """By floats: no value of exp is so near to the middle of two numbers of six bits that they err."""
        return self.rounded(Fraction(math.exp(value)))


@pytest.mark.parametrize("name", TINY)
def test_counts_by_brute_force(name):
    fmt, oracle = NumberFormat(name), Oracle(name)
    numbers = oracle.numbers
    pairs = list(product(numbers, repeat=2))
    for operation, function in (("+", lambda x, y: x + y), ("*", lambda x, y: x * y)):
        found = Pairs.of(name, operation)
        assert found.representable == sum(function(x, y) in oracle.parity for x, y in pairs)
        exact = [[function(Fraction(float(x)), Fraction(float(y))) for y in fmt.words] for x in fmt.words]
        assert found.rounded.tolist() == [[float(oracle.rounded(value)) for value in row] for row in exact]
    always, _ = exact_multipliers(name)
    assert set(always) == {w for w in numbers if all(w * x in oracle.parity for x in numbers)}
    if name == "float4_e2m1fn":
        triples = product(numbers, repeat=3)
        differing = sum(len({oracle.sum(*order) for order in permutations(triple)}) > 1 for triple in triples)
        assert unordered_sums(name) == (differing, 15**3)


def by_words(name):
    """Triples of numbers in the order of `summation`: by the largest word, positive ones first."""
    words = [Fraction(float(word)) for word in NumberFormat(name).words]
    for c in range(len(words)):
        for b in range(c + 1):
            for a in range(b + 1):
                yield words[a], words[b], words[c]


@pytest.mark.parametrize("name", ["float4_e2m1fn", "float6_e3m2fn"])
def test_smallest_counterexamples_by_brute_force(name):
    oracle = Oracle(name)
    triple = next(t for t in by_words(name) if len({oracle.sum(*order) for order in permutations(t)}) > 1)
    found = smallest_unordered_sum(name)
    assert found.tokens == triple
    a, b, c = triple
    assert found.results == (oracle.sum(a, b, c), oracle.sum(a, c, b), oracle.sum(b, c, a))

    tokens, query = next(
        (t, query)
        for t in by_words(name)
        for query in reversed(t)
        if len({oracle.attention(query, *order) for order in permutations(t)}) > 1
    )
    found = smallest_unequal_attention(name)
    assert (found.tokens, found.query) == (tokens, query)
    assert set(found.results) == {oracle.attention(query, *order) for order in permutations(tokens)}


def test_attention_in_eight_bits_is_that_of_fractions():
    oracle, fmt, random = Oracle("float8_e4m3fn"), NumberFormat("e4m3"), Random(3)
    output = attended(fmt)
    small = [x for x in oracle.numbers if abs(x) <= 12]  # no product overflows
    for _ in cases(200):
        keys = random.choices(small, k=random.randint(1, 5))
        words = [np.asarray(fmt.rounded(float(key)))[None] for key in keys]
        assert Fraction(float(output(words[0], *words)[0])) == oracle.attention(keys[0], *keys)


@pytest.mark.parametrize(("name", "units"), [("e4m3", [2, 22, 26]), ("e5m2", [2, 12, 16])])
def test_attention_of_the_smallest_tokens(name, units):
    fmt, oracle = NumberFormat(name), Oracle(NumberFormat(name).name)
    found = smallest_unequal_attention(name)
    assert [x / fmt.least_positive for x in found.tokens] == units
    a, b, c = found.tokens
    assert found.results == tuple(oracle.attention(found.query, *order) for order in ((a, b, c), (a, c, b), (b, c, a)))


@pytest.mark.parametrize("name", [name for name in FORMATS if NumberFormat(name).bits <= 8])
def test_as_many_terms_as_float32_adds_in_any_order(name):
    fmt = NumberFormat(name)
    count = fmt.exact_terms()
    if not count:
        assert np.float32(fmt.most) + np.float32(fmt.least_positive) == np.float32(fmt.most)
        with pytest.raises(InputError):
            float32_sums(name)
        return
    units = fmt.most / fmt.least_positive
    assert count * units <= 2**24 < (count + 1) * units
    terms, late, early = float32_sums(name)
    assert (terms, late < early) == (count + 3, True)
    assert Fraction(early) == (count + 1) * fmt.most + 2 * fmt.least_positive  # the exact sum


def test_sums_of_75_terms_have_one_value():
    fmt, rng = NumberFormat("e4m3"), np.random.default_rng(0)
    assert fmt.order_free_terms() == 75
    large = np.array([x for x in map(float, fmt.numbers) if x >= 416 or 0 < x < 1 / 32], dtype=np.float32)
    for _ in cases(40):
        terms = rng.choice(large, size=75, p=np.where(large > 1, 20.0, 0.1) / np.where(large > 1, 20.0, 0.1).sum())
        sums = {float(np.cumsum(rng.permutation(terms), dtype=np.float32)[-1]) for _ in range(6)}
        assert len(sums) == 1


@pytest.mark.parametrize("name", ["e2m1", "float6_e3m2fn", "e4m3", "e5m2"])
def test_softmax_of_two_logits_by_floats(name):
    """Weights that are nearest to 1/2 a unit from a tie decide in float64; where two floats disagree, it is skipped."""
    fmt = NumberFormat(name)
    logits = fmt.words.astype(np.float64)
    differences = logits[:, None] - logits
    with np.errstate(over="ignore"):
        weights = [fmt.rounded(1 / (1 + np.exp(sign * differences))).astype(np.float64) for sign in (-1, 1)]
    found = softmax_pairs(name)
    assert found.sums_to_one == int((weights[0] + weights[1] == 1).sum())
    assert found.rows == len(set(zip(weights[0].ravel().tolist(), weights[1].ravel().tolist(), strict=True)))
    assert found.representable == len(fmt.numbers)
    assert found.distributions == found.attained == sum(0 <= p <= 1 and 1 - p in fmt for p in fmt.numbers)


def test_equal_logits_of_which_numbers_exactly():
    assert exact_softmax_sizes("e4m3") == [2**k for k in range(10)]
    assert exact_softmax_sizes("float6_e2m3fn") == [1, 2, 4, 8]
    assert exact_softmax_sizes("bfloat16")[-1] == 2**133


@pytest.mark.parametrize("name", ["e4m3", "e5m2", "float8_e3m4"])
def test_tanh_in_eight_bits(name):
    fmt = NumberFormat(name)
    exact = fmt.rounded([math.tanh(x) for x in fmt.numbers]).astype(np.float64)  # no tie is near, see below
    for bits in (1, 3, 4):
        table = optimal_table(Layout.between(bits, Fraction(1, 4), Fraction(15, 4)))
        import ml_dtypes

        words = np.array([float(x) for x in fmt.numbers]).astype(ml_dtypes.bfloat16).view(np.uint16)
        answers = fmt.rounded(table.words[words].view(ml_dtypes.bfloat16).astype(np.float64)).astype(np.float64)
        wrong = tuple(x for x, a, b in zip(fmt.numbers, answers, exact, strict=True) if a != b)
        assert tanh_in_format(name, table.words).wrong == wrong
    # double rounding: e3m4 is so fine that the correctly rounded bfloat16 word is rounded to the wrong number
    assert len(tanh_in_format(name, correctly_rounded_tanh()).wrong) == (12 if name == "float8_e3m4" else 0)


def test_stochastic_sums_by_enumeration():
    random = Random(8)
    for name in ("float4_e2m1fn", "float6_e3m2fn", "float8_e4m3fn"):
        oracle, unit = Oracle(name), NumberFormat(name).least_positive
        small = [x for x in oracle.numbers if abs(x) <= oracle.numbers[-1] / 5]
        for _ in cases(10):
            terms = random.choices(small, k=random.randint(1, 5))
            law = {terms[0]: Fraction(1)}
            for term in terms[1:]:
                found = {}
                for partial, p in law.items():
                    value = partial + term
                    at = bisect_left(oracle.numbers, value)
                    low, high = oracle.numbers[max(at - 1, 0)], oracle.numbers[at]
                    up = (value - low) / (high - low)
                    for number, share in ((low, 1 - up), (high, up)):
                        found[number] = found.get(number, 0) + p * share
                law = {number: p for number, p in found.items() if p}
            made = stochastic_sum(name, terms)
            assert {at * unit: p for at, p in made.law} == law
            assert made.mean == made.exact == sum(terms)
            assert made.nearest == oracle.sum(*terms)
            assert made.tail(0) == 1


def test_sums_to_nearest_stagnate():
    for count in (16, 17, 40):
        found = stochastic_sum("e4m3", [1] * count)
        assert (found.nearest, found.mean) == (16, count)
    assert stochastic_sum("e4m3", [1] * 16).variance == 0  # nothing is rounded up to 16
    assert stochastic_sum("e4m3", [1] * 17).spacings[-1] == 2


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: NumberFormat("e4m4"), "format"),
        (lambda: NumberFormat(8), "format"),
        (lambda: NumberFormat("float8_e8m0fnu"), "format"),
        (lambda: NumberFormat("e4m3").neighbours(449), "value"),
        (lambda: NumberFormat("e4m3").neighbours(0.5), "value"),
        (lambda: Pairs.of("bfloat16", "+"), "format"),
        (lambda: softmax_pairs("bfloat16"), "format"),
        (lambda: unordered_sums("bfloat16"), "format"),
        (lambda: stochastic_sum("e4m3", []), "terms"),
        (lambda: stochastic_sum("e4m3", [448, 448]), "terms"),
        (lambda: stochastic_sum("e4m3", [1, "1/3"]), "terms[1]"),
        (lambda: stochastic_sum("e4m3", [1] * 5000), "terms"),
    ],
)
def test_what_is_refused(call, argument):
    with pytest.raises(InputError) as failure:
        call()
    assert failure.value.argument == argument


def test_a_ball_that_does_not_decide_is_no_answer():
    from flint import arb

    fmt = NumberFormat("e4m3")
    assert fmt.nearest_real(arb("0.2 +/- 1e-9")) == Fraction(13, 64)
    assert fmt.nearest_real(arb("-0.2 +/- 1e-9")) == Fraction(-13, 64)
    for undecided in (arb("0.2 +/- 0.1"), arb(5) / 64 * 2 + arb("0.0078125 +/- 1e-9")):
        with pytest.raises(ArithmeticError):
            fmt.nearest_real(undecided)


@pytest.mark.slow
def test_attention_in_bfloat16_of_the_smallest_tokens():
    """Two minutes: 44 million triples for each of three queries; the page says what is found."""
    found = smallest_unequal_attention("bfloat16")
    unit = found.format.least_positive
    assert [x / unit for x in found.tokens] == [2, 382, 386]
    assert [x / unit for x in found.results] == [258, 258, 256]
