"""The exact Hessian, its inertia, the conjectural closed form, and the ways down."""

from fractions import Fraction

import pytest
import sympy
from flint import fmpq, fmpq_mat

from algebra import InputError
from algebra.critical_points import (
    PointVerdict,
    Problem,
    classify,
    conjectural_inertia,
    data_with_singular_values,
    escape,
    hessian,
    hessian_inertia,
    quadratic_form,
    sampled_points,
)
from algebra.critical_points.fibre import kernel, moved_off
from algebra.exact.inertia import inertia
from tests.critical_points.points import I2, O2, diag, e, f, inertia_of, loss_of, moved, random_critical_point
from tests.properties import cases


def symbolic_hessian(X, Y, W):
    names, layers = [], []
    for h, w in enumerate(W):
        layer = sympy.Matrix(len(w), len(w[0]), lambda i, j, h=h: sympy.Symbol(f"w{h}_{i}_{j}"))
        names += list(layer)
        layers.append(layer)
    out = sympy.Matrix(X)
    for layer in layers:
        out = layer * out
    residual = out - sympy.Matrix(Y)
    loss = sum(entry**2 for entry in residual) / 2
    values = [sympy.Rational(str(x)) for w in W for row in w for x in row]
    at = dict(zip(names, values, strict=True))
    return [[sympy.expand(loss.diff(a, b)).subs(at) for b in names] for a in names]


@pytest.mark.parametrize(
    ("X", "Y", "W"),
    [
        ([[1, 2]], [[1, 1]], [[[3], [-1]], [[2, 1]]]),
        ([[1, 2, 0], [0, 1, 1]], [[1, 1, 2]], [[[3, 1], [-1, 2]], [[1, "1/2"]]]),
        ([[1, 2]], [[1, 1]], [[[3], [-1]], [[2, 1]], [[1]]]),
        ([[1], [1]], [[2]], [[[1, -1]], [[2]], [[3]]]),
        ([[2]], [[3]], [[["1/3"]]]),
        ([[1]], [[1]], [[[1]], [[2]], [[3]], [[4]]]),
    ],
)
def test_hessian_against_sympy_anywhere(X, Y, W):
    problem = Problem(X, Y, W)
    mine = [[sympy.Rational(str(x)) for x in row] for row in hessian(problem).table()]
    assert mine == symbolic_hessian(X, Y, W)
    assert vars(hessian_inertia(problem)) == dict(zip(("neg", "zero", "pos"), inertia_of(mine), strict=True))


@pytest.mark.parametrize("seed", range(120))
def test_random_points_against_their_hessian(seed):
    X, Y, W, _ = random_critical_point(seed + 1000)
    problem = Problem(X, Y, W)
    found, exact = classify(problem), hessian_inertia(problem)
    assert (exact.neg, exact.zero, exact.pos) == inertia_of(hessian(problem).table())
    assert conjectural_inertia(problem) == exact
    assert (found.verdict is PointVerdict.STRICT_SADDLE) == (exact.neg > 0)


@pytest.mark.parametrize("seed", range(200))
def test_every_way_down_is_one(seed):
    X, Y, W, known = random_critical_point(seed + 5000)
    problem = Problem(X, Y, W)
    found = classify(problem)
    way = escape(found, seed=seed)
    assert (way is None) == (found.verdict is PointVerdict.GLOBAL_MIN)
    if way is None:
        return
    fields = way.fields()
    there = moved(W, fields["direction"], fields["step"])
    assert known <= loss_of(X, Y, there) == Fraction(fields["loss"]) < loss_of(X, Y, W)
    kinds = {PointVerdict.STRICT_SADDLE: "negative-curvature", PointVerdict.NONSTRICT_SADDLE: "fibre-then-gradient"}
    assert way.kind == kinds[found.verdict]
    if way.kind == "negative-curvature":
        flat = [Fraction(x) for V in fields["direction"] for row in V for x in row]
        H = [[Fraction(str(x)) for x in row] for row in hessian(problem).table()]
        curvature = sum(a * x * b for a, row in zip(flat, H, strict=True) for x, b in zip(row, flat, strict=True))
        assert (
            curvature
            == Fraction(fields["second_derivative"])
            == Fraction(str(quadratic_form(problem, list(way.direction))))
        )
        assert curvature < 0


@pytest.mark.parametrize("bits", [3, 60, 200])
def test_way_down_between_close_singular_values(bits):
    tiny = Fraction(1, 2**bits)
    X, Y, W = I2, [[1, 0], [0, 1 + tiny]], [[[1, 0]], [[1], [0]]]
    way = escape(classify(Problem(X, Y, W)))
    assert loss_of(X, Y, moved(W, way.fields()["direction"], way.fields()["step"])) < loss_of(X, Y, W)


def test_way_down_with_irrational_singular_vectors():
    Y = [[1, 1, 0], [1, 2, 0], [0, 0, "1/2"]]
    found = classify(Problem(diag(1, 1, 1), Y, [[[0, 0, 1], [0, 0, 0]], [[0, 0], [0, 0], ["1/2", 0]]]))
    way = escape(found)
    assert way.second_derivative < 0
    assert way.loss < found.problem.loss


def test_way_down_from_a_point_that_is_not_critical():
    found = classify(Problem(I2, diag(2, 1), [e, O2, e]))
    way = escape(found)
    assert (found.verdict, way.kind) == (PointVerdict.NOT_CRITICAL, "gradient-step")
    assert way.loss < found.problem.loss
    assert found.problem.gradient_squared == 4


def test_deficient_data_are_escaped_from_in_the_original_weights():
    X, Y, W = [[1, 2], [2, 4]], [[1, 0]], [[[2, -1]], [[0]]]
    found = classify(Problem(X, Y, W))
    way = escape(found)
    assert found.verdict is PointVerdict.STRICT_SADDLE
    assert loss_of(X, Y, moved(W, way.fields()["direction"], way.fields()["step"])) == Fraction(str(way.loss))
    assert conjectural_inertia(found.problem) == hessian_inertia(found.problem)


@pytest.mark.parametrize("radius", [Fraction(1), Fraction(1, 1000), Fraction(1, 10**12)])
def test_nonstrict_saddles_are_left_as_near_as_one_likes(radius):
    found = classify(Problem(I2, diag(2, 1), [O2, O2, O2]))
    way = escape(found, seed=3, radius=radius)
    assert way.loss < found.problem.loss
    assert (way.seed, way.fibre_moves > 0) == (3, True)
    assert max(abs(Fraction(str(x))) for V in way.direction for x in V.entries()) <= 10 * radius
    assert escape(found, seed=3, radius=radius).fields() == way.fields()


def test_moves_stay_short_where_the_kernel_of_a_moved_point_is_steep():
    data, radius = data_with_singular_values([3, 2, 1], 3, 3, seed=1), Fraction(1, 10**6)
    points = [*sampled_points((3, 2, 3, 3, 3), data.X, data.Y, 60, seed=5)]
    saddles = [found for found in map(classify, points) if found.verdict is PointVerdict.NONSTRICT_SADDLE]
    assert len(saddles) > 5
    for found in saddles:
        direction = escape(found, radius=radius).direction
        assert max(abs(Fraction(str(x))) for V in direction for x in V.entries()) <= 1000 * radius


def test_fibre_moves_keep_the_product():
    problem = Problem(I2, diag(2, 1), [e, e, diag(2, 0)])
    there, moves = moved_off(problem, seed=1)
    assert (there.R, there.loss, moves > 0) == (problem.R, problem.loss, True)
    assert not there.is_critical


def test_no_way_off_where_all_is_critical():
    with pytest.raises(ArithmeticError, match="still zero"):
        moved_off(Problem([[1]], [[1]], [[[1]]]))


def test_kernel():
    matrix = fmpq_mat(2, 4, [1, 2, 0, 1, 0, 0, 1, 1])
    basis = kernel(matrix)
    assert len(basis) == 2
    assert all(not bool(matrix * v) for v in basis)
    assert kernel(fmpq_mat(1, 1, [1])) == []


@pytest.mark.parametrize("seed", cases(20))
def test_inertia_by_signs_against_congruence(seed):
    import random

    generator = random.Random(seed)
    size, rank = generator.randint(1, 7), generator.randint(0, 7)
    A = fmpq_mat(
        size,
        max(rank, 1),
        [fmpq(generator.randint(-3, 3), generator.randint(1, 3)) for _ in range(size * max(rank, 1))],
    )
    D = fmpq_mat(
        max(rank, 1),
        max(rank, 1),
        [generator.randint(-1, 1) if i == j else 0 for i in range(max(rank, 1)) for j in range(max(rank, 1))],
    )
    matrix = A * D * A.transpose()
    found = inertia(matrix)
    assert (found.neg, found.zero, found.pos) == inertia_of(matrix.table())
    assert found.fields() == {"neg": found.neg, "zero": found.zero, "pos": found.pos}


def test_refusals():
    with pytest.raises(InputError, match="at most 5 weights"):
        hessian_inertia(Problem(I2, I2, [I2, I2]), largest=5)
    with pytest.raises(InputError, match="a critical point"):
        conjectural_inertia(Problem(I2, diag(2, 1), [e, O2, e]))


def test_zero_data_have_a_constant_loss():
    found = classify(Problem([[0]], [[3]], [[[5]], [[1]]]))
    assert escape(found) is None
    assert conjectural_inertia(found.problem) == hessian_inertia(found.problem)
    assert f[1][1] == 1
