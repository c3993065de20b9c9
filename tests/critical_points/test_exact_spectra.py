"""Comparison of eigenvalues, sums of the largest ones, and the same over number fields."""

from fractions import Fraction

import pytest
from flint import fmpq, fmpq_mat, fmpz_poly
from hypothesis import given
from hypothesis import strategies as st

from algebra import InputError
from algebra.critical_points import (
    PointVerdict,
    Problem,
    classify,
    compare_spectra,
    conjectural_inertia,
    escape,
    hessian_inertia,
    minimum_loss,
)
from algebra.critical_points.theorems import published_theorems, spans_top_directions
from algebra.exact import roots
from algebra.exact.roots import merged_roots, simplest_between, sum_of_largest
from algebra.exact.spectra import distinct_nonzero_eigenvalues, extreme_eigenvalue
from tests.critical_points.points import I2
from tests.properties import examples

VALUES = st.lists(st.integers(0, 4), min_size=1, max_size=4)


def rotated(values, seed=1):
    n = len(values)
    v = [(seed + 3 * i) % 5 - 2 or 1 for i in range(n)]
    norm = sum(x * x for x in v)
    Q = fmpq_mat(n, n, [fmpq(int(i == j)) - fmpq(2 * v[i] * v[j], norm) for i in range(n) for j in range(n)])
    D = fmpq_mat(n, n, [values[i] if i == j else 0 for i in range(n) for j in range(n)])
    return Q * D * Q.transpose()


@examples(100)
@given(VALUES, VALUES)
def test_comparison_counts_pairs(first, second):
    a, b = [x for x in first if x], [x for x in second if x]
    found = compare_spectra(rotated(first), rotated(second, 2))
    assert found.larger == sum(y > x for x in a for y in b)
    assert found.equal == sum(y == x for x in a for y in b)
    assert found.smaller == sum(y < x for x in a for y in b)
    assert found.top == (not a or not b or min(a) >= max(b))
    merged = sorted([(-x, 0) for x in a] + [(-y, 1) for y in b])
    assert list(found.positions) == [i for i, (_, kind) in enumerate(merged, start=1) if kind == 0]
    if a and b and min(a) > max(b):
        assert max(b) < found.separator < min(a)
    else:
        assert found.separator is None


@examples(60)
@given(VALUES, st.integers(1, 4))
def test_sum_of_rational_largest(values, count):
    if not any(values):
        return
    polynomial = fmpz_poly([1])
    for x in values:
        if x:
            polynomial *= fmpz_poly([-x, 1])
    expected = sum(sorted(values, reverse=True)[:count])
    assert sum_of_largest(polynomial, count, 64) == (expected, expected)


def test_sum_of_conjugates():
    golden, rest = fmpz_poly([1, -3, 1]), fmpz_poly([-1, 1])
    lower, upper = sum_of_largest(golden * rest, 1, 64)
    assert lower < upper
    assert fmpq(2618, 1000) < lower < upper < fmpq(2619, 1000)
    assert sum_of_largest(golden * rest, 3, 64) == (4, 4)
    assert sum_of_largest(golden * golden, 4, 64) == (6, 6)
    low, high = sum_of_largest(golden * golden, 3, 64)
    assert low < high
    assert sum_of_largest(golden, 2, 64) == (3, 3)


def test_roots_that_coincide_are_one_root():
    roots = merged_roots([fmpz_poly([-2, 0, 1]) * fmpz_poly([-1, 1]), fmpz_poly([-2, 0, 1]) ** 2])
    assert [r.multiplicities for r in roots] == [(1, 2), (1, 0), (1, 2)]


def test_roots_that_nearly_coincide_are_two():
    tiny = 2**200
    roots = merged_roots([fmpz_poly([-2, 0, 1]), fmpz_poly([-2 * tiny - 1, 0, tiny])])
    assert [r.multiplicities for r in roots] == [(0, 1), (1, 0), (1, 0), (0, 1)]


def test_polynomial_with_complex_roots_is_refused():
    with pytest.raises(ArithmeticError, match="not real"):
        merged_roots([fmpz_poly([1, 0, 1])])


@given(st.fractions(), st.fractions())
def test_simplest_between(a, b):
    if a != b:
        low, high = (fmpq(x.numerator, x.denominator) for x in sorted((a, b)))
        assert low < simplest_between(low, high) < high


def test_extreme_eigenvalues():
    matrix = rotated([5, 2, 0])
    assert 5 < extreme_eigenvalue(matrix, 20, largest=True) < fmpq(5001, 1000)
    assert fmpq(1999, 1000) < extreme_eigenvalue(matrix, 20, largest=False) < 2


def test_distinct_eigenvalues():
    assert distinct_nonzero_eigenvalues(rotated([3, 1, 0, 0]))
    assert not distinct_nonzero_eigenvalues(rotated([3, 3, 1]))
    assert distinct_nonzero_eigenvalues(rotated([0, 0]))


def test_top_directions():
    N = fmpq_mat(3, 3, [3, 0, 0, 0, 2, 0, 0, 0, 2])
    assert spans_top_directions(N, fmpq_mat(3, 2, [1, 0, 0, 3, 0, 4]), 2)
    assert not spans_top_directions(N, fmpq_mat(3, 2, [0, 0, 1, 0, 0, 1]), 2)
    assert not spans_top_directions(N, fmpq_mat(3, 2, [1, 0, 1, 0, 0, 1]), 2)
    assert not spans_top_directions(N, fmpq_mat(3, 2, [1, 1, 0, 0, 0, 0]), 2)
    singular = fmpq_mat(2, 2, [1, 0, 0, 0])
    assert spans_top_directions(singular, fmpq_mat(2, 2, [1, 0, 0, 1]), 2)
    assert not spans_top_directions(singular, fmpq_mat(2, 1, [0, 1]), 1)


def sqrt(n):
    import sympy

    return sympy.sqrt(n)


def algebraic_points():
    s = sqrt(2)
    O2, e = [[0, 0], [0, 0]], [[1, 0], [0, 0]]
    Y = [[1 + s, 0], [0, 1]]
    return [
        (Y, [[[1, 0]], [[1 + s], [0]]], PointVerdict.GLOBAL_MIN),
        (Y, [[[0, 1]], [[0], [1]]], PointVerdict.STRICT_SADDLE),
        ([[s, 0], [0, sqrt(3)]], [[[1, 0]], [[s], [0]]], PointVerdict.STRICT_SADDLE),
        (Y, [O2, O2, O2], PointVerdict.NONSTRICT_SADDLE),
        (Y, [e, I2, [[1 + s, 0], [0, 0]]], PointVerdict.STRICT_SADDLE),
        (Y, [e, e, [[1 + s, 0], [0, 0]]], PointVerdict.NONSTRICT_SADDLE),
        ([[s, 0], [0, s]], [[["3/5", "4/5"]], [[3 * s / 5], [4 * s / 5]]], PointVerdict.GLOBAL_MIN),
        ([[s, 1], [1, s]], [[[1 / s, 1 / s]], [[(s + 1) / s], [(s + 1) / s]]], PointVerdict.GLOBAL_MIN),
        (Y, [I2, I2], PointVerdict.NOT_CRITICAL),
    ]


@pytest.mark.parametrize(("Y", "W", "verdict"), algebraic_points())
def test_algebraic_points(Y, W, verdict):
    problem = Problem(I2, Y, W)
    found = classify(problem)
    assert found.verdict is verdict
    way = escape(found)
    assert (way is None) == (verdict is PointVerdict.GLOBAL_MIN)
    if way is not None:
        import sympy

        steps = [sympy.Matrix([[sympy.sympify(x) for x in row] for row in V]) for V in way.fields()["direction"]]
        there = sympy.eye(2)
        for w, v in zip(W, steps, strict=True):
            there = (
                sympy.Matrix([[sympy.sympify(x) for x in row] for row in w]) + sympy.Rational(str(way.step)) * v
            ) * there
        loss = sum(entry**2 for entry in there - sympy.Matrix(Y)) / 2
        assert sympy.simplify(loss - sympy.sympify(str(way.loss))) == 0
        assert float(loss) < float(sympy.sympify(str(problem.loss)))
    exact = hessian_inertia(problem)
    if found.critical:
        assert conjectural_inertia(problem) == exact
        assert (exact.neg > 0) == (verdict is PointVerdict.STRICT_SADDLE)
    for theorem in published_theorems(found):
        assert theorem.agrees or not theorem.applies


def test_algebraic_minimum_against_floats():
    import numpy as np

    Y = [[sqrt(2), 1, 0], [1, sqrt(3), 0], [0, 1, 1]]
    minimum = minimum_loss(Problem([[1, 0, 0], [0, 1, 0], [0, 0, 1]], Y, [[[0] * 3] * 2, [[0] * 2] * 3]))
    values = np.linalg.svd(np.array(Y, dtype=float), compute_uv=False)
    assert not minimum.exact
    assert float(Fraction(str(minimum.lower))) == pytest.approx(values[2] ** 2 / 2)
    assert 0 < Fraction(str(minimum.upper)) - Fraction(str(minimum.lower)) < Fraction(1, 10**30)


def test_transcendental_numbers_are_refused():
    import sympy

    with pytest.raises(InputError, match="algebraic"):
        Problem([[sympy.pi]], [[1]], [[[1]]])
    with pytest.raises(InputError, match="degree at most"):
        Problem([[sympy.root(2, 29)]], [[1]], [[[1]]])


def test_field_elements_behave_like_numbers():
    from algebra.exact.field_matrix import into_one_field

    (matrix,) = into_one_field([[[sqrt(2), 1], [3, 1 - sqrt(2)]]])
    a, one, three, b = matrix.entries()
    assert a * a == 2
    assert (a > 1, a < one, b <= 0, three >= a, bool(b), bool(a - a)) == (True, False, True, True, True, False)
    assert (a.floor(), b.floor(), three.floor(), (-a).floor()) == (1, -1, 3, -2)
    assert (1 / a) * a == 1
    assert (5 - a) + a == 5
    assert hash(a * a) == hash(one + 1)
    assert str(a / 2 + 1) == "sqrt(2)/2 + 1"
    assert [str(x) for x in (matrix.inv() * matrix).entries()] == ["1", "0", "0", "1"]
    with pytest.raises(ZeroDivisionError):
        (a - a).inverse()


def test_roots_of_long_polynomials_of_high_degree_are_found_by_iteration(monkeypatch):
    """Bisection took minutes: characteristic polynomials of 30 x 30 matrices. The roots here are known."""
    monkeypatch.setattr("algebra.exact.roots._by_bisection", lambda polynomial, bits: pytest.fail("minutes"))
    known = sorted({fmpq(7919 * k * k % 104729 + 1, 10**9 + 7 * k) for k in range(1, 41)}, reverse=True)
    product = fmpz_poly([1])
    for root in known:
        product *= fmpz_poly([-int(root.p), int(root.q)])
    assert product.height_bits() > 512
    found = merged_roots([product])
    assert len(found) == len(known)
    assert all(root.lower <= exact <= root.upper for root, exact in zip(found, known, strict=True))


@pytest.mark.parametrize(("digits", "most"), [(600, 1 << 11), pytest.param(8000, 1 << 15, marks=pytest.mark.slow)])
def test_roots_too_close_for_the_iteration_are_bisected(digits, most, monkeypatch):
    monkeypatch.setattr("algebra.exact.roots.MOST_WORKING_BITS", most)
    tiny, bisected = 10**digits, []

    def by_bisection(polynomial, bits, bisect=roots._by_bisection):
        bisected.append(bits)
        return bisect(polynomial, bits)

    monkeypatch.setattr("algebra.exact.roots._by_bisection", by_bisection)
    found = merged_roots([fmpz_poly([-1, tiny]) * fmpz_poly([-2, tiny])])
    assert [root.lower <= fmpq(k, tiny) <= root.upper for root, k in zip(found, (2, 1), strict=True)] == [True, True]
    assert bisected


def test_long_polynomials_with_roots_that_are_not_real_are_refused():
    with pytest.raises(ArithmeticError, match="not real"):
        merged_roots([fmpz_poly([1, 0, 1]) * fmpz_poly([-(10**300), 3])])
