"""Schemes and spectra: identities, known matrices, and characteristic polynomials of whole Gram matrices."""

from fractions import Fraction
from itertools import combinations, pairwise, product
from math import comb

import pytest
from flint import fmpq, fmpq_mat, fmpz_mat, fmpz_poly

from algebra.errors import InputError
from algebra.kernels import hamming, inner_product_spectrum, johnson, kernel_spectrum
from tests.properties import cases

SCHEMES = [hamming(n) for n in range(1, 9)] + [johnson(n, p) for n in range(1, 9) for p in range(n + 1)]

P_OF = {  # rows are levels, columns relations
    (5, None): "1 5 10 10 5 1 / 1 3 2 -2 -3 -1 / 1 1 -2 -2 1 1 / 1 -1 -2 2 1 -1 / 1 -3 2 2 -3 1 / 1 -5 10 -10 5 -1",
    (4, None): "1 4 6 4 1 / 1 2 0 -2 -1 / 1 0 -2 0 1 / 1 -2 0 2 -1 / 1 -4 6 -4 1",
    (5, 2): "1 6 3 / 1 1 -2 / 1 -2 1",
    (6, 3): "1 9 9 1 / 1 3 -3 -1 / 1 -1 -1 1 / 1 -3 3 -1",
    (7, 3): "1 12 18 4 / 1 5 -3 -3 / 1 0 -3 2 / 1 -3 3 -1",
    (8, 4): "1 16 36 16 1 / 1 8 0 -8 -1 / 1 2 -6 2 1 / 1 -2 0 2 -1 / 1 -4 6 -4 1",
}
Q_OF = {
    (6, 2): "1 5 9 / 1 5/4 -9/4 / 1 -5/2 3/2",
    (7, 3): "1 6 14 14 / 1 5/2 0 -7/2 / 1 -1 -7/3 7/3 / 1 -9/2 7 -7/2",
    (8, 4): "1 7 20 28 14 / 1 7/2 5/2 -7/2 -7/2 / 1 0 -10/3 0 7/3 / 1 -7/2 5/2 7/2 -7/2 / 1 -7 20 -28 14",
}


def rows(text):
    return [[Fraction(x) for x in row.split()] for row in text.split("/ ")] if "/ " in text else [text.split()]


def points_of(scheme):
    n = scheme.n
    if scheme.p is None:
        return list(product((-1, 1), repeat=n))
    return [tuple(int(i in chosen) for i in range(n)) for chosen in combinations(range(n), scheme.p)]


def relation(scheme, x, y):
    distance = sum(a != b for a, b in zip(x, y, strict=True))
    return distance if scheme.p is None else distance // 2


@pytest.mark.parametrize("key", P_OF)
def test_the_eigenmatrices_of_the_note(key):
    assert [list(row) for row in (hamming(key[0]) if key[1] is None else johnson(*key)).P] == rows(P_OF[key])


@pytest.mark.parametrize("key", Q_OF)
def test_the_dual_eigenmatrices_of_the_note(key):
    assert [list(row) for row in johnson(*key).Q] == rows(Q_OF[key])


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.label)
def test_identities_of_a_scheme(scheme):
    last, P, Q, m, v = scheme.diameter, scheme.P, scheme.Q, scheme.multiplicities, scheme.valencies
    levels = range(last + 1)
    assert sum(m) == sum(v) == scheme.size
    assert P[0] == v
    assert Q[0] == tuple(map(Fraction, m))
    for j in levels:
        for k in levels:
            assert sum(P[j][i] * Q[i][k] for i in levels) == scheme.size * (j == k)
            assert sum(v[i] * Fraction(P[j][i] * P[k][i], v[i] ** 2) for i in levels) == Fraction(
                scheme.size * (j == k), m[j]
            )
    if scheme.p is None:
        n = scheme.n
        assert tuple(tuple(map(Fraction, row)) for row in P) == Q
        for i, j in product(levels, levels):
            brute = sum((-1) ** s * comb(j, s) * comb(n - j, i - s) for s in range(i + 1))
            assert P[j][i] == brute == (-1) ** j * P[j][n - i] == (-1) ** i * P[n - j][i]
    else:
        n, p = scheme.n, scheme.p
        for i, j in product(levels, levels):
            if max(j, i) <= min(p, n - p):
                terms = range(min(i, j) + 1)
                assert P[j][i] == sum(
                    (-1) ** s * comb(j, s) * comb(p - j, i - s) * comb(n - p - j, i - s) for s in terms
                )


def test_krawtchouk_numbers_of_the_note():
    assert hamming(6).P[2][3] == -4
    assert hamming(8).P[4][4] == 6


@pytest.mark.parametrize("scheme", [s for s in SCHEMES if s.n <= 5], ids=lambda scheme: scheme.label)
@pytest.mark.parametrize("seed", cases(2))
def test_spectra_are_characteristic_polynomials(scheme, seed):
    values = [(7 * i * i + 3 * i + seed * 5) % 11 - 5 for i in range(scheme.diameter + 1)]
    points = points_of(scheme)
    gram = fmpz_mat([[values[relation(scheme, x, y)] for y in points] for x in points])
    found = kernel_spectrum(scheme, values)
    expected = fmpz_poly([1])
    for theta, multiplicity in zip(found.eigenvalues, found.multiplicities, strict=True):
        expected *= fmpz_poly([-int(theta), 1]) ** multiplicity
    assert gram.charpoly() == expected
    assert int(found.rank) == gram.rank()


@pytest.mark.parametrize("n", range(1, 6))
@pytest.mark.parametrize("seed", cases(3))
def test_inner_products_against_the_whole_gram_matrix(n, seed):
    values = [Fraction((5 * s * s + seed * s + seed) % 7 - 3, s + 1) for s in range(n + 1)]
    points = list(product((0, 1), repeat=n))
    products = [[values[sum(a * b for a, b in zip(x, y, strict=True))] for y in points] for x in points]
    gram = fmpq_mat([[fmpq(v.numerator, v.denominator) for v in row] for row in products])
    coefficients = list(gram.charpoly().coeffs())
    zero = next(i for i, c in enumerate(coefficients) if c != 0)
    signs = [c > 0 for c in coefficients if c != 0]
    found = inner_product_spectrum(n, values)
    assert int(found.rank) == 2**n - zero == found.positive + found.negative
    # all roots are real: changes of sign, zeros left out, count the positive ones
    assert found.positive == sum(a != b for a, b in pairwise(signs))


@pytest.mark.parametrize(
    ("scheme", "f", "theta"),
    [
        (hamming(6), lambda d: (1 + 6 - 2 * d) ** 2, "448 128 128 0 0 0 0"),
        (hamming(8), lambda d: (1 + 8 - 2 * d) ** 3, "6400 6400 1536 1536 0 0 0 0 0"),
        (hamming(9), lambda d: (9 - 2 * d) ** 3, "0 12800 0 3072 0 0 0 0 0 0"),
        (hamming(10), lambda d: (1 + 10 - 2 * d) ** 3, "31744 31744 6144 6144" + " 0" * 7),
        (hamming(4), lambda d: int(d <= 1), "5 3 1 -1 -3"),
        (hamming(5), lambda d: Fraction(1, 2**d), "243/32 81/32 27/32 9/32 3/32 1/32"),
        (johnson(6, 3), lambda i: Fraction(1, 4**i), "245/64 99/64 45/64 27/64"),
        (johnson(7, 3), lambda i: Fraction(1, 4**i), "83/16 129/64 27/32 27/64"),
        (johnson(8, 4), lambda i: Fraction(1, 4**i), "1921/256 735/256 297/256 135/256 81/256"),
        (johnson(8, 4), lambda i: (1 + 4 - i) ** 2, "670 120 12 0 0"),
    ],
)
def test_spectra_of_the_note(scheme, f, theta):
    found = kernel_spectrum(scheme, [f(i) for i in range(scheme.diameter + 1)])
    assert list(map(Fraction, found.eigenvalues)) == list(map(Fraction, theta.split()))
    assert found.is_psd == ("-" not in "".join(found.eigenvalues))


def test_a_thousand_coordinates():
    n = 1000
    found = kernel_spectrum(hamming(n), [Fraction(1, 3**d) for d in range(n + 1)])
    for j in (0, 1, 500, 1000):
        assert Fraction(found.eigenvalues[j]) == Fraction(2, 3) ** j * Fraction(4, 3) ** (n - j)
    assert int(found.rank) == 2**n
    assert found.is_psd


def test_signs_that_are_turned_are_seen():
    """Turned outside the diagonal, the kernel 2^-d has the eigenvalue 2 - (3/2)^n on constants."""
    for n in range(2, 12):
        values = [Fraction(1, 2**d) for d in range(n + 1)]
        found = kernel_spectrum(hamming(n), [values[0], *(-value for value in values[1:])])
        assert Fraction(found.eigenvalues[0]) == 2 - Fraction(3, 2) ** n
        assert not found.is_psd


@pytest.mark.parametrize(
    ("ask", "argument"),
    [
        (lambda: kernel_spectrum(hamming(3), [1, 2]), "values"),
        (lambda: kernel_spectrum(hamming(2), [1, "1+2j", 0]), "values[1]"),
        (lambda: kernel_spectrum(hamming(2), [1, 0.5, 0]), "values[1]"),
        (lambda: kernel_spectrum(hamming(2), [1, "nan", 0]), "values[1]"),
        (lambda: inner_product_spectrum(3, [1]), "values"),
        (lambda: johnson(4, 5), "p"),
        (lambda: johnson(4, -1), "p"),
        (lambda: hamming(0), "n"),
        (lambda: hamming(10**9), "n"),
    ],
)
def test_refusals(ask, argument):
    with pytest.raises(InputError) as refused:
        ask()
    assert refused.value.argument == argument
