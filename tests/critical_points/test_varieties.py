"""Pure and spurious points, counts and degrees against elimination by hand, duality and published tables."""

import itertools
import random
from math import comb

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from algebra.critical_points import (
    Problem,
    classify,
    critical_points,
    critical_products,
    data_with_singular_values,
    fibre_components,
    generic_distance_degree,
    polar_degrees,
    purity,
    sampled_points,
    singular_structure,
    variety_dimension,
)
from algebra.critical_points.classes.degrees import chern_mather_degrees, frobenius_distance_degree
from algebra.critical_points.classes.varieties import differential, differential_rank
from algebra.errors import InputError
from algebra.exact.matrices import identity
from algebra.polynomial import PolynomialNetwork
from tests.properties import examples

TABLE = {(2, 2): 6, (2, 3): 10, (2, 4): 14, (2, 5): 18, (3, 3): 39, (3, 4): 83, (3, 5): 143, (4, 4): 284, (4, 5): 676}


def critical_points_by_elimination(weights, target):
    """Count the rank-one critical points (1, a)^T b of a weighted distance to a 2 x n matrix, over the complex numbers.

    For fixed a the best b solves a linear equation, which leaves one rational function of a.
    """
    a = sympy.Symbol("a")
    columns = zip(*weights, *target, strict=True)
    gain = sum((w1 * u1 + w2 * u2 * a) ** 2 / (w1 + w2 * a**2) for w1, w2, u1, u2 in columns)
    numerator = sympy.Poly(sympy.fraction(sympy.together(sympy.diff(gain, a)))[0], a)
    denominator = sympy.Poly(sympy.fraction(sympy.together(gain))[1], a)
    numerator = sympy.Poly(sympy.sqf_part(numerator.as_expr()), a)
    return sympy.quo(numerator, sympy.gcd(numerator, denominator)).degree()


@pytest.mark.parametrize("n", [2, 3, 4])
def test_generic_degree_of_two_rows_by_elimination(n):
    rng = random.Random(n)
    weights, target = ([[rng.randint(1, 99) for _ in range(n)] for _ in range(2)] for _ in range(2))
    assert critical_points_by_elimination(weights, target) == generic_distance_degree(2, n, 1)
    flat = [[1] * n] * 2
    assert critical_points_by_elimination(flat, target) == frobenius_distance_degree(2, n, 1) == 2


def test_generic_degree_of_two_by_two_by_a_groebner_basis():
    x = sympy.symbols("x:4")
    multiplier = sympy.Symbol("t")
    det = x[0] * x[3] - x[1] * x[2]
    weights, target = (2, 3, 5, 11), (7, -4, 13, 6)
    distance = sum(w * (v - u) ** 2 for w, v, u in zip(weights, x, target, strict=True))
    system = [sympy.diff(distance, v) - 2 * multiplier * sympy.diff(det, v) for v in x] + [det]
    basis = sympy.groebner(system, *x, multiplier, order="lex")
    last = sympy.Poly(basis.exprs[-1], multiplier)
    assert last.degree() == sympy.Poly(sympy.sqf_part(last.as_expr()), multiplier).degree() == 6


@pytest.mark.parametrize(("shape", "degree"), TABLE.items())
def test_published_generic_degrees(shape, degree):
    assert generic_distance_degree(*shape, 1) == generic_distance_degree(*shape[::-1], 1) == degree
    assert generic_distance_degree(*shape, min(shape) - 1) == degree


@pytest.mark.parametrize("shape", [(2, 2), (2, 3), (3, 3), (3, 4), (4, 4), (3, 5)])
def test_duality_and_sums_of_polar_degrees(shape):
    least = min(shape)
    for rank in range(1, least):
        mine, dual = (list(polar_degrees(*shape, k)) for k in (rank, least - rank))
        trimmed = [[d for d in degrees if d] for degrees in (mine, dual)]
        assert trimmed[0] == trimmed[1][::-1]
        assert all(mine[: len(trimmed[0])])
        assert sum(mine) == generic_distance_degree(*shape, rank)
    assert generic_distance_degree(*shape, least) == 1


def test_leading_degree_is_that_of_the_determinantal_variety():
    # The product formula of Giambelli.
    for m, n in [(2, 3), (3, 3), (3, 5), (4, 4)]:
        for k in range(1, min(m, n)):
            top = bottom = 1
            for i in range(n - k):
                top *= comb(m + i, k)
                bottom *= comb(k + i, k)
            assert chern_mather_degrees(m, n, k)[0] == top // bottom


def test_rank_two_of_four_by_four():
    assert generic_distance_degree(4, 4, 2) == 1350


@examples(30)
@given(widths=st.lists(st.integers(1, 3), min_size=2, max_size=5), seed=st.integers(0, 99))
def test_rank_of_the_differential_against_the_matrix(widths, seed):
    rng = random.Random(seed)
    weights = [[[rng.choice((0, 0, 1, -1)) for _ in range(c)] for _ in range(r)] for c, r in itertools.pairwise(widths)]
    problem = Problem(
        [[int(i == j) for j in range(widths[0])] for i in range(widths[0])], [[0] * widths[0]] * widths[-1], weights
    )
    matrix = differential(problem)
    assert matrix.ncols() == problem.parameters
    assert differential_rank(problem) == matrix.rank()


def test_differential_against_sympy():
    widths = (2, 3, 2)
    symbols = [sympy.symbols(f"w{h}_:{r * c}") for h, (c, r) in enumerate(itertools.pairwise(widths))]
    matrices = [sympy.Matrix(r, c, s) for s, c, r in zip(symbols, widths, widths[1:], strict=False)]
    jacobian = sympy.Matrix((matrices[1] * matrices[0]).reshape(4, 1)).jacobian([v for s in symbols for v in s])
    values = {v: i - 4 for i, v in enumerate(v for s in symbols for v in s)}
    weights = [m.subs(values).tolist() for m in matrices]
    found = differential(Problem([[1, 0], [0, 1]], [[0, 0], [0, 0]], weights))
    assert [[int(e) for e in row] for row in found.table()] == jacobian.subs(values).tolist()


def test_purity_agrees_with_the_classification_and_the_tangent_space():
    data = data_with_singular_values((2, 1, 0), 3, 3, seed=1)
    seen = set()
    for problem in sampled_points((3, 2, 2, 3), data.X, data.Y, count=30, seed=1):
        found = purity(problem)
        assert found.pure is classify(problem).pure
        assert not found.filling
        if found.rank == found.largest_rank:
            # Where r = k the differential is onto the tangent space of the variety.
            assert found.differential_rank == variety_dimension(problem.widths)
        seen.add(found.pure)
    assert seen == {True, False}


def test_purity_of_special_points():
    zero = Problem([[0, 0]], [[1, 2]], [[[1]], [[1]]])
    assert purity(zero).pure is True
    assert purity(Problem([[1]], [[1]], [[[2]], [[1]]])).pure is None
    exact = Problem(identity(2), [[2, 0], [0, 0]], [[[1, 0], [0, 0]], [[2, 0], [0, 0]]])
    assert purity(exact).pure is True
    assert purity(exact).rank < purity(exact).largest_rank


def test_count_of_critical_products_against_the_generated_ones():
    data = data_with_singular_values((3, 2, 1, 0), 4, 4, seed=2)
    for widths in [(4, 2, 4), (4, 3, 4), (4, 4, 4), (4, 4, 2, 4)]:
        count = critical_products(widths, data.X, data.Y)
        products = {}
        for point in critical_points(widths, data.X, data.Y, seed=None):
            image = str((point.problem.R * point.problem.X).table())
            products.setdefault(point.problem.r, {})[image] = purity(point.problem).pure
        assert count.by_rank == {r: len(found) for r, found in products.items()}
        assert count.total == sum(comb(3, r) for r in range(min(min(widths), 3) + 1))
        assert count.pure == sum(pure for found in products.values() for pure in found.values())
        assert count.finite


def test_repeated_singular_values_give_infinitely_many():
    assert not critical_products((2, 1, 2), identity(2), identity(2)).finite
    single = critical_products((2, 2), identity(2), identity(2))
    assert (single.total, single.finite) == (1, True)


def test_components_of_the_fibre():
    assert fibre_components((1, 1, 1), 1) == 2
    assert fibre_components((2, 3, 2), 2) == 1
    assert fibre_components((3, 2, 4, 2, 3), 2) == 4
    assert fibre_components((3, 2, 4, 2, 3), 1) == 1
    assert fibre_components((2, 2), 2) == 1


@pytest.mark.parametrize("widths", [(2, 2), (3, 1, 3), (2, 4, 3), (3, 2, 2, 4), (4, 3, 2, 3, 5)])
def test_dimension_is_that_of_the_polynomial_network_of_degree_one(widths):
    assert PolynomialNetwork(widths, degree=1).dimension().lower == variety_dimension(widths)


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: generic_distance_degree(0, 2, 1), "rows"),
        (lambda: generic_distance_degree(2, 2.5, 1), "columns"),
        (lambda: generic_distance_degree(2, 3, 0), "rank"),
        (lambda: generic_distance_degree(2, 3, 3), "rank"),
        (lambda: generic_distance_degree(40, 40, 20), "rank"),
        (lambda: polar_degrees(2, 2, -1), "rank"),
        (lambda: frobenius_distance_degree(2, 2, 3), "rank"),
        (lambda: fibre_components((2, 2), 3), "rank"),
        (lambda: variety_dimension((2,)), "widths"),
        (lambda: variety_dimension((2, 0)), "widths"),
        (lambda: critical_products((3, 2), identity(2), identity(2)), "widths"),
    ],
)
def test_bad_input_is_refused_at_once(call, argument):
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.argument == argument


def test_spectrum_of_structure_is_reused():
    structure = singular_structure(identity(2), [[2, 0], [0, 1]])
    assert [e.rational for e in structure.spectrum] == [4, 1]
