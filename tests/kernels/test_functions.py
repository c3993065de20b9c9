"""Norms of functions that users give: by all values, by counts, as parities; against Gram matrices and each other."""

from fractions import Fraction
from itertools import combinations, product
from math import comb
from random import Random

import pytest

from algebra.errors import InputError
from algebra.kernels import (
    Scheme,
    best_norm,
    conjunction_norm,
    conjunction_weights,
    count_norm_whole_cube,
    count_weights,
    function_weights,
    hamming,
    johnson,
    parity_norm,
)
from tests.properties import cases


@pytest.mark.parametrize("seed", cases(20))
def test_counts_are_values(seed):
    random = Random(seed)
    n = random.randint(1, 7)
    p = random.choice([None, random.randint(0, n)])
    k = random.randint(0, n)
    counts = [Fraction(random.randint(-3, 3), random.randint(1, 3)) for _ in range(k + 1)]
    scheme = Scheme(n, p)
    if p is None:
        values = [counts[(point & (1 << k) - 1).bit_count()] for point in range(2**n)]
    else:
        values = [counts[sum(i < k for i in ones)] for ones in combinations(range(n), p)]
    short, whole = count_weights(scheme, counts), function_weights(scheme, values)
    assert len(whole) == scheme.diameter + 1
    assert [*short, *[0] * (len(whole) - len(short))] == list(whole)
    assert sum(whole) == sum(value**2 for value in values) / scheme.size


@pytest.mark.parametrize(("n", "p"), [(4, 2), (5, 2), (6, 4), (5, 0), (5, 5)])
def test_slices_by_dual_eigenvalues(n, p):
    random, scheme = Random(n), johnson(n, p)
    values = [random.randint(-2, 3) for _ in range(comb(n, p))]
    points = [set(ones) for ones in combinations(range(n), p)]
    expected = [Fraction(0)] * (scheme.diameter + 1)
    for (x, a), (y, b) in product(zip(points, values, strict=True), repeat=2):
        for j in range(len(expected)):
            expected[j] += a * b * scheme.Q[p - len(x & y)][j] / scheme.size**2
    assert list(function_weights(scheme, values)) == expected


def test_parities_and_conjunctions_are_functions_of_counts():
    for n in (1, 3, 6):
        for k in range(n + 1):
            squares = best_norm(hamming(n), count_weights(hamming(n), [(-1) ** t for t in range(k + 1)])).squares
            assert sum(squares) == parity_norm(n, k).squares[0]
    for scheme in (hamming(9), johnson(9, 5), johnson(9, 7)):
        for k in (1, 3, 5):
            found = count_weights(scheme, [0] * k + [1])
            assert [x for x in found if x] == [x for x in conjunction_weights(scheme, k) if x]


@pytest.mark.parametrize(("n", "k"), [(4, 3), (6, 2), (7, 7)])
def test_monomials_are_functions_of_counts_on_the_whole_cube(n, k):
    found, expected = count_norm_whole_cube(n, [0] * k + [1]).enclosure(), conjunction_norm("cube01", n, k)
    assert float(found[0]) == pytest.approx(float(expected.upper), rel=1e-9)
    assert float(found[1]) == pytest.approx(float(expected.lower), rel=1e-9)


def test_the_whole_cube_at_its_ends():
    assert count_norm_whole_cube(5, [3]).enclosure(6) in (("3.00000", "3.00000"), ("2.99999", "3.00001"))
    assert count_norm_whole_cube(5, [0, 0]).enclosure(6) == ("0", "0")


@pytest.mark.parametrize(
    "ask",
    [
        lambda: function_weights(hamming(2), [1] * 3),
        lambda: function_weights(hamming(30), [1] * 4),
        lambda: function_weights(johnson(5, 2), [1] * 32),
        lambda: function_weights(johnson(20, 10), [1] * comb(20, 10)),
        lambda: function_weights(johnson(4, 2), [0.5] * 6),
        lambda: count_weights(hamming(3), [1] * 5),
        lambda: count_weights(hamming(3), []),
        lambda: count_weights(hamming(3), ["x", 1]),
    ],
)
def test_refusals(ask):
    with pytest.raises(InputError):
        ask()
