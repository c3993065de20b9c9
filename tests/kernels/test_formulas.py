"""Kernels by formula: the blocks of the whole cube against Gram matrices, symbols, and functions with exact zeros."""

from fractions import Fraction
from itertools import pairwise, product

import pytest
from flint import fmpq, fmpq_mat, fmpq_poly

from algebra.errors import InputError
from algebra.exact.inertia import inertia
from algebra.kernels import block_spectrum, blocks, formula_spectrum, inner_product_spectrum
from algebra.kernels.signs import negative_point
from tests.properties import cases

UNIT = (Fraction(0), Fraction(1))


def test_blocks_of_the_note():
    def of(n, f):
        return [[[int(x) for x in row] for row in block.tolist()] for _, block in blocks(n, f)]

    assert of(3, lambda a, b, s: Fraction((1 + s) ** 2)) == [
        [[1, 3, 3, 1], [3, 18, 27, 12], [3, 27, 51, 27], [1, 12, 27, 16]],
        [[3, 3], [3, 5]],
    ]
    assert of(3, lambda a, b, s: Fraction(8, 2 ** (a + b - 2 * s))) == [
        [[8, 12, 6, 1], [12, 36, 27, 6], [6, 27, 36, 12], [1, 6, 12, 8]],
        [[6, 3], [3, 6]],
    ]
    assert of(4, lambda a, b, s: Fraction((s - 1) ** 2))[1:] == [[[-1, -2, -1], [-2, 0, 2], [-1, 2, 3]], [[2]]]


@pytest.mark.parametrize("n", range(1, 6))
@pytest.mark.parametrize("seed", cases(4))
def test_blocks_against_the_whole_gram_matrix(n, seed):
    def f(a, b, s):
        return Fraction((a * b * (seed + 3) + 5 * s * s + (a + b) * seed + s) % 7 - 3, 1 + s)

    points = list(product((0, 1), repeat=n))
    values = [[f(sum(x), sum(y), sum(a * b for a, b in zip(x, y, strict=True))) for y in points] for x in points]
    expected = inertia(fmpq_mat([[fmpq(v.numerator, v.denominator) for v in row] for row in values]))
    found = block_spectrum(n, f)
    assert (found.negative, 2**n - int(found.rank), found.positive) == (expected.neg, expected.zero, expected.pos)


@pytest.mark.parametrize("n", range(1, 13))
@pytest.mark.parametrize("formula", ["(1+s)^2", "(s-1)^2", "(s+1/2)^3", "2^-s"])
def test_blocks_against_the_congruence_of_inner_products(n, formula):
    short = formula_spectrum("cube01", n, formula)
    long = formula_spectrum("cube01", n, f"{formula} + 0*a")
    assert short.differences is not None
    assert long.differences is None
    assert (short.rank.value, short.positive, short.negative) == (long.rank.value, long.positive, long.negative)


@pytest.mark.parametrize(
    ("n", "formula", "rank"), [(5, "(1+s)^2", 16), (5, "(s+1/2)^3", 26), (3, "2^-d", 8), (3, "(1+s)^2", 7)]
)
def test_ranks_of_the_note(n, formula, rank):
    assert formula_spectrum("cube01", n, formula).rank == rank


@pytest.mark.parametrize("domain_p", [("hypercube", None), ("slice", 3)])
def test_gaussian_is_positive_definite_between_0_and_1(domain_p):
    domain, p = domain_p
    found = formula_spectrum(domain, 7, "t^(d/2)" if p else "t^d", p, UNIT)
    assert found.is_psd
    assert found.rank == (35 if p else 128)


def test_gaussian_eigenvalues_are_products():
    """theta_j = (1-t)^j (1+t)^(n-j)."""
    n = 9
    for j, text in enumerate(formula_spectrum("hypercube", n, "t^d", t=UNIT).eigenvalues):
        expected = fmpq_poly([1, -1]) ** j * fmpq_poly([1, 1]) ** (n - j)
        for at in (2, 3, -5):
            assert eval(text.replace("^", "**"), {"t": at}) == int(expected(at))


@pytest.mark.parametrize("n", range(2, 9))
def test_a_linear_kernel_is_psd_up_to_2_over_n(n):
    end = Fraction(2, n)
    assert formula_spectrum("hypercube", n, "1 - t*d", t=(Fraction(0), end)).is_psd
    beyond = formula_spectrum("hypercube", n, "1 - t*d", t=(Fraction(0), end + Fraction(1, 10**6)))
    level, t = beyond.negative_at
    assert (beyond.is_psd, level) == (False, 0)
    assert formula_spectrum("hypercube", n, "1 - t*d", t=t).negative == 1
    assert formula_spectrum("hypercube", n, "1 - t*d", t=end).rank == n


@pytest.mark.parametrize("seed", cases(30))
def test_signs_on_an_interval_against_the_roots_that_were_put_in(seed):
    """A product of (x - r)^m changes its sign inside exactly at the roots of odd multiplicity."""
    roots = [(fmpq((seed * 7 + 3 * i * i) % 13 - 3, 5), 1 + (seed + i) % 3) for i in range(3)]
    polynomial = fmpq_poly([1])
    for root, multiplicity in roots:
        polynomial *= fmpq_poly([-root, 1]) ** multiplicity
    ends = sorted({fmpq(0), fmpq(1), *(r for r, _ in roots if 0 < r < 1)})
    middles = [(a + b) / 2 for a, b in pairwise(ends)]
    found = negative_point(polynomial, *UNIT)
    assert (found is not None) == any(polynomial(x) < 0 for x in middles)
    if found is not None:
        assert 0 <= found <= 1
        assert polynomial(fmpq(found.numerator, found.denominator)) < 0


ARC_COSINE_0 = "1/2 + asin(s/n)/pi"
ARC_COSINE_1 = "(sqrt(1-(s/n)^2) + (s/n)*(pi/2 + asin(s/n)))/pi"
TANGENT = f"(s/n)*({ARC_COSINE_0}) + {ARC_COSINE_1}"


@pytest.mark.parametrize("n", range(2, 13))
def test_exact_zeros_of_arc_cosine_kernels(n):
    half = 2 ** (n - 1)
    for formula, rank in ((ARC_COSINE_0, 1 + half), (ARC_COSINE_1, n + half), (TANGENT, n + half)):
        found = formula_spectrum("hypercube", n, formula)
        assert found.rank == rank
        assert found.is_psd


def test_functions_of_the_note():
    found = formula_spectrum("hypercube", 4, ARC_COSINE_0)
    assert found.eigenvalues == ("8", "5/3", "0", "1/3", "0")
    assert formula_spectrum("hypercube", 4, ARC_COSINE_1).eigenvalues[1] == "2"
    assert formula_spectrum("hypercube", 4, "tanh(s)").negative == 4
    assert formula_spectrum("hypercube", 8, "exp(-sqrt(d))").rank == 256


@pytest.mark.parametrize(
    ("domain", "n", "formula", "p", "t", "argument"),
    [
        ("hypercube", 4, "1 +", None, None, "formula"),
        ("hypercube", 4, "__import__('os')", None, None, "formula"),
        ("hypercube", 4, "s.real", None, None, "formula"),
        ("hypercube", 4, "0.5*s", None, None, "formula"),
        ("hypercube", 4, "1/s", None, None, "formula"),
        ("hypercube", 4, "sqrt(s)", None, None, "formula"),
        ("hypercube", 4, "log(d)", None, None, "formula"),
        ("hypercube", 4, "s^(1/2)", None, None, "formula"),
        ("hypercube", 4, "9^9^9^9", None, None, "formula"),
        ("hypercube", 4, "(9^9999)^9999", None, None, "formula"),
        ("hypercube", 4, "-" * 999 + "1", None, None, "formula"),
        ("hypercube", 4, "a + b", None, None, "formula"),
        ("hypercube", 4, "t^d", None, None, "t"),
        ("hypercube", 4, "s", None, Fraction(1), "t"),
        ("hypercube", 4, "1/(1+t)", None, UNIT, "formula"),
        ("hypercube", 4, "exp(s)*t", None, UNIT, "formula"),
        ("hypercube", 200, "exp(s)", None, None, "n"),
        ("hypercube", 500, "t^d", None, UNIT, "n"),
        ("cube01", 4, "exp(s)", None, None, "formula"),
        ("cube01", 4, "a", None, None, "formula"),
        ("cube01", 41, "a*b", None, None, "n"),
        ("slice", 4, "s", 5, None, "p"),
    ],
)
def test_refusals(domain, n, formula, p, t, argument):
    with pytest.raises(InputError) as refused:
        formula_spectrum(domain, n, formula, p, t)
    assert refused.value.argument == argument


def test_inner_products_are_the_values_of_the_formula():
    values = [Fraction(s + 1, s + 2) for s in range(8)]
    assert formula_spectrum("cube01", 7, "(s+1)/(s+2)") == inner_product_spectrum(7, values)


@pytest.mark.parametrize(
    ("domain", "n", "p", "formula", "ends", "expected"),
    [
        ("hypercube", 6, None, "t^d", (-3, 3), (("-1", "1"),)),
        ("hypercube", 6, None, "1 - t*d", (-1, 1), (("0", "1/3"),)),  # 0 <= t <= 2/n
        ("hypercube", 5, None, "(t + s)^3", (-4, 4), (("0", "4"),)),
        ("hypercube", 5, None, "0 - t^2", (-1, 1), (("0", "0"),)),
        ("hypercube", 5, None, "0 - t^2 - 1", (-1, 1), ()),
        ("hypercube", 4, None, "t^3 - t", (-2, 2), (("-1", "0"), ("1", "2"))),
        ("slice", 7, 3, "t^(d/2)", (0, 1), (("0", "1"),)),
    ],
)
def test_for_which_t_a_kernel_is_semidefinite(domain, n, p, formula, ends, expected):
    found = formula_spectrum(domain, n, formula, p, tuple(map(Fraction, ends)))
    assert found.psd_on == expected
    assert found.is_psd == (expected == (tuple(map(str, ends)),))


def test_irrational_ends_are_named():
    found = formula_spectrum("slice", 7, "t^(d/2)", 3, (Fraction(-2), Fraction(2)))
    ((low, high),) = found.psd_on
    assert low == "root of 4*t^3 + 18*t^2 + 12*t + 1 near -0.0971985837113"
    assert high == "1"
    for t, is_psd in ((Fraction("-0.0971985837"), True), (Fraction("-0.0971985838"), False)):
        assert formula_spectrum("slice", 7, "t^(d/2)", 3, t).is_psd is is_psd
    assert (
        formula_spectrum("hypercube", 30, "t^d + t^(2*d) - 3/(1+d)*t", None, (Fraction(0), Fraction(2))).psd_on is None
    )
