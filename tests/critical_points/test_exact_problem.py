"""What a problem is built from, and what it refuses."""

from fractions import Fraction

import numpy as np
import pytest
import sympy
from flint import fmpq, fmpq_mat, fmpz_mat

from algebra import InputError
from algebra.critical_points import Problem
from tests.critical_points.points import I2, diag, e

SAME = [
    [["1/2", 2], [0, 1]],
    [[Fraction(1, 2), 2], [0, 1]],
    [[fmpq(1, 2), 2], [0, 1]],
    np.array([["1/2", "2"], ["0", "1"]]),
    np.array([[Fraction(1, 2), 2], [0, 1]], dtype=object),
    sympy.Matrix([[sympy.Rational(1, 2), 2], [0, 1]]),
    fmpq_mat(2, 2, [fmpq(1, 2), 2, 0, 1]),
    (("0.5", "2"), ("0", "1")),
]


@pytest.mark.parametrize("given", SAME, ids=lambda given: type(given).__name__)
def test_every_exact_form_gives_the_same_problem(given):
    problem = Problem(I2, given, [I2, I2])
    reference = Problem(I2, SAME[0], [I2, I2])
    assert problem == reference
    assert hash(problem) == hash(reference)
    assert {problem: 1}[reference] == 1


def test_integers_of_numpy_and_flint():
    a = Problem(np.eye(2, dtype=np.int64), fmpz_mat(2, 2, [2, 0, 0, 1]), np.zeros((2, 2, 2), dtype=int))
    assert (a.depth, a.widths, a.samples, a.parameters, a.label) == (2, (2, 2, 2), 2, 8, "deep-linear:2-2-2:m2")
    assert a != Problem(I2, diag(2, 1), [I2, I2])
    assert a != "problem"


def test_floats_are_taken_as_the_fractions_they_are():
    problem = Problem.from_floats([[0.1]], np.array([[0.25]]), [[[1.0]]])
    assert problem.X[0, 0] == fmpq(*(0.1).as_integer_ratio())


def test_derived_matrices_against_numpy():
    rng = np.random.default_rng(0)
    X, Y = rng.integers(-3, 4, (3, 5)), rng.integers(-3, 4, (2, 5))
    W = [rng.integers(-3, 4, shape) for shape in ((4, 3), (2, 4), (2, 2))]
    p = Problem(X, Y, W)

    def array(matrix):
        return np.array([[float(Fraction(str(x))) for x in row] for row in matrix.table()])

    R = W[2] @ W[1] @ W[0]
    E = (R @ X - Y) @ X.T
    assert np.array_equal(array(p.E), E)
    assert np.array_equal(array(p.A(1)), W[2] @ W[1])
    assert np.array_equal(array(p.C(3)), W[1] @ W[0])
    assert np.array_equal(array(p.B(3, 1)), W[1])
    assert np.array_equal(array(p.B(2, 1)), np.eye(4))
    assert np.array_equal(array(p.T(3, 2)), W[0] @ E.T)
    assert np.array_equal(array(p.gradient[1]), W[2].T @ E @ W[0].T)
    assert float(Fraction(str(p.loss))) == ((R @ X - Y) ** 2).sum() / 2
    inverse = np.linalg.inv(X @ X.T)
    assert np.allclose(array(p.N_E), E @ inverse @ E.T)
    assert np.allclose(array(p.N_M), Y @ X.T @ inverse @ X @ Y.T)


def test_reduction_keeps_the_loss_and_the_product_on_the_data():
    p = Problem([[1, 2, 3], [2, 4, 6], [0, 1, 1]], [[1, 0, 1]], [[[1, 2, 3], [4, 5, 6]], [[1, -1]]])
    q = p.reduced
    assert (p.data_rank, q.X.nrows(), q.X.rank()) == (2, 2, 2)
    assert (q.loss, q.R * q.X) == (p.loss, p.R * p.X)
    assert q.reduced is q


@pytest.mark.parametrize(
    ("X", "Y", "W", "argument", "value", "words"),
    [
        ([[1, 0]], [[1, 0]], [[[1], [2]], [[1, 2, 3]]], "W_2", "1 x 3", "1 x 2: it takes what W_1 gives"),
        ([[1, 0]], [[1, 0]], [[[1, 2]]], "W_1", "1 x 2", "1 x 1: it takes what X gives"),
        ([[1, 0]], [[1, 0], [0, 1]], [[[1]], [[1]]], "W_2", "1 x 1", "2 x 1: the last layer gives the 2 rows of Y"),
        ([[1, 0]], [[1, 0, 0]], [[[1]]], "Y", "1 x 3", "1 x 2: one column for each column of X"),
        ([[1, 0]], [[1, 0]], [], "W", [], "a list of at least one matrix"),
        ([[1, 0]], [[1, 0]], None, "W", None, "a list of at least one matrix"),
        ([[1, 0]], [[1, 0]], "W", "W", "W", "a list of at least one matrix"),
        ([], [[1]], [[[1]]], "X", [], "a matrix"),
        ([[]], [[1]], [[[1]]], "X", [[]], "a matrix"),
        ([1, 2], [[1]], [[[1]]], "X", [1, 2], "a matrix"),
        ([[1, 2], [3]], [[1]], [[[1]]], "X", [[1, 2], [3]], "a matrix"),
        ([["1/0"]], [[1]], [[[1]]], "X[0][0]", "1/0", "a rational number"),
        ([["nan"]], [[1]], [[[1]]], "X[0][0]", "nan", "a rational number"),
        ([["one"]], [[1]], [[[1]]], "X[0][0]", "one", "a rational number"),
        ([[1]], [[0.5]], [[[1]]], "Y[0][0]", 0.5, "exact"),
        ([[1]], [[1]], [[[np.float32(0.5)]]], "W_1[0][0]", np.float32(0.5), "exact"),
        ([[1]], [[float("inf")]], [[[1]]], "Y[0][0]", float("inf"), "a finite number"),
        ([[1]], [[True]], [[[1]]], "Y[0][0]", True, "exact"),
        ([[1]], [[None]], [[[1]]], "Y[0][0]", None, "exact"),
        ([[1]], [[sympy.Symbol("x")]], [[[1]]], "Y[0][0]", sympy.Symbol("x"), "without symbols"),
        ([[1]], [[sympy.Float(0.5)]], [[[1]]], "Y[0][0]", sympy.Float(0.5), "without symbols and floats"),
        ([[1]], [[sympy.I]], [[[1]]], "Y[0][0]", sympy.I, "a finite real number"),
        ([[1]], [[sympy.oo]], [[[1]]], "Y[0][0]", sympy.oo, "a finite real number"),
    ],
)
def test_bad_input(X, Y, W, argument, value, words):
    with pytest.raises(InputError) as caught:
        Problem(X, Y, W)
    assert caught.value.argument == argument
    assert caught.value.value == value
    assert words in caught.value.allowed


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
def test_floats_that_are_no_numbers(bad):
    with pytest.raises(InputError, match=r"W_1\[0\]\[0\] is .* a finite number"):
        Problem.from_floats([[1.0]], [[1.0]], [[[bad]]])
    with pytest.raises(InputError, match="a matrix"):
        Problem.from_floats([1.0], [[1.0]], [[[1.0]]])
    with pytest.raises(InputError, match="of real numbers"):
        Problem.from_floats([["x"]], [[1.0]], [[[1.0]]])


def test_files(tmp_path):
    import json

    path = tmp_path / "point.json"
    path.write_text(json.dumps({"X": I2, "Y": [["2", "0"], ["0", "1/1"]], "W": [e, diag(2, 0)]}))
    wanted = Problem(I2, diag(2, 1), [e, diag(2, 0)])
    assert Problem.from_file(path) == wanted
    np.savez(tmp_path / "a.npz", X=np.eye(2, dtype=int), Y=np.array([["2", "0"], ["0", "1"]]), W_1=e, W_2=diag(2, 0))
    assert Problem.from_file(tmp_path / "a.npz") == wanted
    np.savez(tmp_path / "b.npz", X=I2, Y=diag(2, 1), W=np.array([e, diag(2, 0)]))
    assert Problem.from_file(tmp_path / "b.npz") == wanted


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"X": I2, "Y": I2}, "arrays X, Y and W_1"),
        ({"X": I2, "Y": I2, "W_2": I2}, "no layer left out"),
        ({"X": I2, "Y": I2, "W_1": I2, "bias": I2}, "arrays X, Y and W_1"),
        ({"X": I2, "W_1": I2}, "given in"),
    ],
)
def test_bad_archives(tmp_path, arrays, words):
    np.savez(tmp_path / "a.npz", **arrays)
    with pytest.raises(InputError, match=words):
        Problem.from_file(tmp_path / "a.npz")


def test_files_that_are_none(tmp_path):
    for name, content in (("a.npz", "no archive"), ("a.json", "{"), ("b.json", "[]"), ("c.json", '{"X": [[1]]}')):
        (tmp_path / name).write_text(content)
        with pytest.raises(InputError):
            Problem.from_file(tmp_path / name)
    for name in ("none.npz", "none.json"):
        with pytest.raises(InputError, match="can be read"):
            Problem.from_file(tmp_path / name)
