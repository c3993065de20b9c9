"""Least norms: reference numbers, Gram matrices of whole cubes, and proofs checked again with fractions only."""

from fractions import Fraction
from itertools import combinations, product
from math import comb, sqrt
from random import Random

import pytest

from algebra.errors import InputError
from algebra.kernels import (
    best_norm,
    conjunction_norm,
    conjunction_weights,
    fourier_weights,
    hamming,
    johnson,
    kernel_norm_squared,
    parity_norm,
    sizes_norm,
)
from tests.properties import cases

CUBE = """
    4 1 1.50000000 2.00000000 0.83333333 | 16 2 4.40282635 6.65685425 1.27614237
    4 2 1.56947922 3.13895843 0.80473785 | 16 4 7.86393200 10.20820393 1.45601133
    4 3 1.33834279 3.17668558 0.74401694 | 16 6 8.99465336 11.03414331 1.48714010
    4 4 1.00000000 2.75000000 0.66666667 | 16 8 7.76706428 10.09940709 1.41647261
    6 2 2.08427124 4.16854248 0.91068360 | 20 4 11.30262276 11.94427191 1.67031018
    6 3 2.05287257 4.60574514 0.87377345 | 20 6 15.43427341 13.22330707 1.79492265
    8 2 2.57287566 5.00000000 1.00000000 | 20 8 15.77186372 13.52423996 1.81022250
    8 4 2.68447284 5.73818237 0.97046069 | 32 2 7.81776436 9.00000000 1.66666667
    10 2 3.04508497 5.47213595 1.07868933 | 32 4 24.83451195 14.31370850 2.25522366
    10 4 3.75978194 7.18905801 1.10212048 | 32 8 74.51593319 20.23091986 2.87181998
"""
MIDDLE_SLICES = """
    8 1 1.822876 2.645751 0.940959 | 8 2 2.186878 4.464102 0.910684 | 8 3 1.873643 4.461572 0.812164
    10 2 2.692084 5.000000 1.000000 | 12 3 3.612917 6.601980 1.032692 | 16 4 6.037685 8.638650 1.238614
    20 5 10.142668 10.659146 1.434019 | 24 6 17.084148 12.672252 1.686225
"""
WHOLE_CUBE = """
    4 1 1.5000000 | 4 2 1.4675988 | 4 3 1.2649111 | 4 4 1 | 6 1 1.7207592 | 6 2 2.0146522 | 6 3 1.8901237
    6 4 1.6269784 | 6 5 1.3093073 | 6 6 1 | 8 1 1.9069252 | 8 2 2.5165890 | 8 3 2.6505926 | 8 4 2.4446897
    10 1 2.0754981 | 10 2 3.0081060 | 10 3 3.5000000 | 10 4 3.4723487 | 16 1 2.5 | 16 2 4.3822188 | 16 3 6.2145270
    16 4 7.5942595 | 20 5 13.2815718 | 32 4 24.5821284 | 32 6 48.8035968
"""
MODES = ("exact", "margin", "approximate")


def entries(table):
    return [entry.split() for entry in table.replace("\n", "|").split("|") if entry.strip()]


def encloses(found, text):
    """Say whether an interval is narrow and holds a number that is printed to these digits."""
    unit = 10.0 ** -len(text.partition(".")[2])
    lower, upper = float(found.lower), float(found.upper)
    return lower <= float(text) + unit and upper >= float(text) - unit and upper - lower < 1e-9


@pytest.mark.parametrize("row", entries(CUBE), ids=lambda row: "-".join(row[:2]))
def test_conjunctions_on_the_cube(row):
    for mode, text in zip(MODES, row[2:], strict=True):
        epsilon = "1/3" if mode == "approximate" else None
        assert encloses(conjunction_norm("hypercube", int(row[0]), int(row[1]), None, mode, epsilon), text), mode


@pytest.mark.parametrize("row", entries(MIDDLE_SLICES), ids=lambda row: "-".join(row[:2]))
def test_conjunctions_on_the_middle_slice(row):
    n, k = int(row[0]), int(row[1])
    for mode, text in zip(MODES, row[2:], strict=True):
        epsilon = "1/3" if mode == "approximate" else None
        assert encloses(conjunction_norm("slice", n, k, n // 2, mode, epsilon), text), mode


@pytest.mark.parametrize("row", entries(WHOLE_CUBE), ids=lambda row: "-".join(row[:2]))
def test_monomials_on_the_whole_cube(row):
    assert encloses(conjunction_norm("cube01", int(row[0]), int(row[1])), row[2])


@pytest.mark.parametrize(
    ("scheme", "k", "squares"),
    [
        (hamming(10), 2, "1/16 5/4 45/16"),
        (hamming(8), 3, "1/64 3/8 21/16 7/8"),
        (hamming(10), 4, "1/256 5/32 135/128 15/8 105/128"),
        (johnson(8, 4), 1, "1/4 7/4"),
        (johnson(8, 4), 2, "9/196 3/4 60/49"),
        (johnson(8, 4), 3, "1/196 3/20 30/49 2/5"),
        (johnson(10, 5), 2, "4/81 1 175/81"),
    ],
)
def test_squared_terms(scheme, k, squares):
    assert best_norm(scheme, conjunction_weights(scheme, k)).squares == tuple(map(Fraction, squares.split()))


@pytest.mark.parametrize("n", range(2, 8))
def test_weights_of_conjunctions_are_those_of_their_values(n):
    for k in range(1, n + 1):
        values = [int(point & (1 << k) - 1 == (1 << k) - 1) for point in range(2**n)]
        assert fourier_weights(values)[: k + 1] == conjunction_weights(hamming(n), k)
        assert not any(fourier_weights(values)[k + 1 :])


@pytest.mark.parametrize(("n", "p"), [(n, p) for n in range(2, 9) for p in range(1, n + 1)])
def test_weights_on_slices_by_dual_eigenvalues_and_brute_pairs(n, p):
    """W_j = (1/N^2) sum over pairs of ones of Q at their relation."""
    scheme, points = johnson(n, p), [set(chosen) for chosen in combinations(range(n), p)]
    for k in range(1, p + 1):
        ones = [x for x in points if set(range(k)) <= x]
        pairs = [p - len(x & y) for x, y in product(ones, ones)]
        expected = [sum(scheme.Q[i][j] for i in pairs) / scheme.size**2 for j in range(scheme.diameter + 1)]
        found = conjunction_weights(scheme, k)
        assert [*found, *[0] * (scheme.diameter + 1 - len(found))] == expected
        assert all(found)


@pytest.mark.parametrize("seed", range(4))
def test_no_kernel_of_many_is_better(seed):
    """For any eigenvalues the squared norm N sum W_j / theta_j, times the diagonal, is at least B^2."""
    scheme = hamming(6)
    values = [((point * 2654435761 + seed) >> 7) % 5 - 2 for point in range(64)]
    weights = fourier_weights(values)
    least = float(best_norm(scheme, weights).ball())
    for trial in range(50):
        theta = [1 + ((trial + 3) * (j + 7) * (seed + 11)) % 23 for j in range(7)]
        diagonal = sum(m * t for m, t in zip(scheme.multiplicities, theta, strict=True)) / 64
        squared = 64 * sum(w / t for w, t in zip(weights, theta, strict=True)) * Fraction(diagonal)
        assert sqrt(squared) >= least * (1 - 1e-12)


def test_parities_need_the_root_of_their_number():
    for n, k in product(range(1, 7), range(7)):
        if k <= n:
            values = [(-1) ** (point & (1 << k) - 1).bit_count() for point in range(2**n)]
            assert sum(best_norm(hamming(n), fourier_weights(values)).squares) == comb(n, k)
            assert parity_norm(n, k).squares == (comb(n, k),)


@pytest.mark.parametrize(
    ("n", "k", "squared"),
    [(4, 1, "5/2"), (4, 2, "85/32"), (4, 3, "2375/1248"), (8, 2, "261/32"), (8, 3, "7533/800"), (10, 3, "49247/2976")],
)
def test_norms_under_one_kernel(n, k, squared):
    """((1+s)/(1+n))^k, and the Gaussian 2^-d, which gives every conjunction the squared norm (4/3)^n."""
    values = [Fraction(1 + n - 2 * d, 1 + n) ** k for d in range(n + 1)]
    assert kernel_norm_squared(hamming(n), values, conjunction_weights(hamming(n), k)) == Fraction(squared)
    gaussian = [Fraction(1, 2**d) for d in range(n + 1)]
    assert kernel_norm_squared(hamming(n), gaussian, conjunction_weights(hamming(n), k)) == Fraction(4, 3) ** n
    assert kernel_norm_squared(hamming(n), [1] * (n + 1), conjunction_weights(hamming(n), k)) is None


@pytest.mark.parametrize(
    "row",
    entries("""8 2 2.59498525 | 8 3 2.97021283 | 8 4 3.11200785 | 10 3 3.70989791 | 16 4 7.90659845 | 20 5 13.85153878
    32 4 24.83451195"""),
    ids=lambda row: "-".join(row[:2]),
)
def test_one_kernel_for_several_sizes(row):
    lower, upper = sizes_norm(int(row[0]), int(row[1])).enclosure()
    assert abs(float(lower) - float(row[2])) < 1e-8
    assert float(upper) - float(lower) < 1e-9


def law_and_levels(scheme, k):
    """Return, by Gram and Schmidt, what the theory says of functions of the number of true literals."""
    n, p = scheme.n, scheme.p
    law = {
        t: Fraction(comb(k, t), 2**k) if p is None else Fraction(comb(k, t) * comb(n - k, p - t), comb(n, p))
        for t in range(k + 1)
        if p is None or 0 <= p - t <= n - k
    }
    basis = []
    for degree in range(len(law)):
        u = {t: Fraction(t) ** degree for t in law}
        for v in basis:
            share = sum(law[t] * u[t] * v[t] for t in law) / sum(law[t] * v[t] ** 2 for t in law)
            u = {t: u[t] - share * v[t] for t in law}
        basis.append(u)
    return law, basis


@pytest.mark.parametrize("scheme", [hamming(9), hamming(20), johnson(9, 4), johnson(10, 7), johnson(12, 6)], ids=str)
@pytest.mark.parametrize("epsilon", [None, "0", "1/10", "1/3", "2/5"])
def test_proofs_are_right_with_fractions_only(scheme, epsilon):
    """Check the multipliers and the predictor of every certificate against the theory, computed another way."""
    domain, mode = ("hypercube" if scheme.p is None else "slice"), ("margin" if epsilon is None else "approximate")
    for k in range(1, (scheme.p or scheme.n) + 1):
        found = conjunction_norm(domain, scheme.n, k, scheme.p, mode, epsilon)
        proof, (law, basis) = found.certificate().document, law_and_levels(scheme, k)
        support = list(law)
        (z,), (h,) = proof["lower"]["multipliers"], proof["upper"]["values"]
        z, h = (dict(zip(support, map(Fraction, row), strict=True)) for row in (z, h))
        e = Fraction(epsilon or 0)
        low = {t: (1 if t == k else None) if epsilon is None else (t == k) - e for t in support}
        high = {t: (None if t == k else -1) if epsilon is None else (t == k) + e for t in support}
        assert all(low[t] is None or low[t] <= h[t] for t in support)
        assert all(high[t] is None or h[t] <= high[t] for t in support)

        squares = []
        bound = sum(((low if z[t] > 0 else high)[t] * z[t] for t in support if z[t]), Fraction(0))
        for m, u in zip(scheme.multiplicities, basis, strict=False):
            length = sum(law[t] * u[t] ** 2 for t in law)
            assert sum(z[t] * u[t] for t in law) ** 2 <= m * length
            squares.append(sum(law[t] * u[t] * h[t] for t in law) ** 2 * m / length)
        assert Fraction(found.lower) <= bound
        assert float(found.upper) == pytest.approx(sum(map(sqrt, squares)), rel=1e-12)
        assert Fraction(found.upper) - Fraction(found.lower) < Fraction(found.upper) / 10**9


@pytest.mark.parametrize(("k", "n"), list(enumerate((8, 14, 20, 25, 31, 37, 43), start=2)))
def test_where_the_affine_function_becomes_best(k, n):
    """From this n on a margin costs (k-1) + sqrt(nk), and below it less."""
    assert float(conjunction_norm("hypercube", n, k, None, "margin").lower) == pytest.approx(
        k - 1 + sqrt(n * k), rel=1e-12
    )
    assert float(conjunction_norm("hypercube", n - 1, k, None, "margin").upper) < k - 1 + sqrt((n - 1) * k) - 1e-9


@pytest.mark.parametrize("seed", cases(60))
def test_intervals_are_narrow(seed):
    """Both sides meet wherever they are asked for, on skew slices and with hard limits too."""
    random = Random(seed)
    n = random.randint(2, 26)
    p = random.choice([None, random.randint(1, n)])
    k = random.randint(1, n if p is None else p)
    epsilon = random.choice([None, "0", "1/100", "1/7", "1/3", "49/100"])
    domain, mode = ("hypercube" if p is None else "slice"), ("margin" if epsilon is None else "approximate")
    found = conjunction_norm(domain, n, k, p, mode, epsilon)
    lower, upper = Fraction(found.lower), Fraction(found.upper)
    assert 0 <= upper - lower <= upper / 10**9
    if epsilon is not None:  # approximations need no more than the function itself
        assert lower <= Fraction(conjunction_norm(domain, n, k, p).upper)


def test_two_hundred_coordinates():
    for k, epsilon in ((20, None), (30, "1/100"), (40, "0")):
        found = conjunction_norm("hypercube", 200, k, None, "approximate" if epsilon else "margin", epsilon)
        lower, upper = Fraction(found.lower), Fraction(found.upper)
        assert upper - lower < upper / 10**12
        assert found.certificate().check().valid
        if epsilon == "0":  # the exact function, and nothing else
            exact = conjunction_norm("hypercube", 200, k)
            assert lower <= Fraction(exact.upper)
            assert Fraction(exact.lower) <= upper
    whole = conjunction_norm("cube01", 200, 66)
    assert Fraction(whole.upper) < Fraction(whole.lower) * (1 + Fraction(1, 10**9))


def test_the_whole_cube_lies_between_slices_and_the_hypercube():
    for mode, epsilon in (("margin", None), ("approximate", "1/3")):
        found = conjunction_norm("cube01", 8, 2, None, mode, epsilon)
        above = conjunction_norm("hypercube", 8, 2, None, mode, epsilon)
        assert Fraction(found.upper) <= Fraction(above.upper) + Fraction(1, 10**9)
        middle = conjunction_norm("slice", 8, 2, 4, mode, epsilon)
        assert Fraction(middle.lower) <= Fraction(found.upper)
        assert Fraction(found.upper) - Fraction(found.lower) < 1e-9


@pytest.mark.parametrize(
    ("given", "argument"),
    [
        (("ball", 4, 2), "domain"),
        (("hypercube", 4, 5), "k"),
        (("hypercube", 4, 0), "k"),
        (("hypercube", 10**30, 5), "n"),
        (("hypercube", 4, 2, 2), "p"),
        (("slice", 4, 2), "p"),
        (("slice", 4, 2, 5), "p"),
        (("slice", 4, 3, 2), "k"),
        (("hypercube", 4, 2, None, "best"), "mode"),
        (("hypercube", 4, 2, None, "approximate"), "epsilon"),
        (("hypercube", 4, 2, None, "margin", "1/3"), "epsilon"),
        (("hypercube", 4, 2, None, "approximate", "1/2"), "epsilon"),
        (("hypercube", 4, 2, None, "approximate", "-1/9"), "epsilon"),
        (("hypercube", 4, 2, None, "approximate", 0.25), "epsilon"),
        (("hypercube", 3000, 500, None, "margin"), "k"),
        (("cube01", 100, 5, None, "margin"), "n"),
    ],
)
def test_refusals(given, argument):
    with pytest.raises(InputError) as refused:
        conjunction_norm(*given)
    assert refused.value.argument == argument


def test_weights_are_refused():
    for ask in (
        lambda: best_norm(hamming(2), [1] * 4),
        lambda: best_norm(hamming(2), [-1]),
        lambda: fourier_weights([1] * 3),
    ):
        with pytest.raises(InputError):
            ask()
