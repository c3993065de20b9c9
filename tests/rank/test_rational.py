from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy
from flint import fmpq, fmpq_mat, fmpz, fmpz_mat
from sympy.polys.matrices import DomainMatrix

from algebra.errors import InputError
from algebra.rank import rank_rational, rational
from tests.properties import cases


def random_fractions(rng, m, n, rank):
    def draw(shape):
        return np.array(
            [Fraction(int(a), int(b)) for a, b in rng.integers(1, 50, (int(np.prod(shape)), 2))], dtype=object
        ).reshape(shape)

    return draw((m, rank)) @ draw((rank, n)) if rank else draw((m, n)) * 0


def test_against_sympy(rng):
    for _ in cases(30):
        m, n = rng.integers(1, 9, 2)
        matrix = random_fractions(rng, int(m), int(n), int(rng.integers(0, min(m, n) + 1)))
        rows = [[sympy.QQ(x.numerator, x.denominator) for x in row] for row in matrix]
        assert rank_rational(matrix) == DomainMatrix(rows, (int(m), int(n)), sympy.QQ).rank()


def test_a_multiple_of_the_shortcut_prime():
    p = rational.SHORTCUT_PRIME
    assert rank_rational([[p, 0], [0, 1]]) == 2
    assert rank_rational([[Fraction(1, p), 0], [0, 1]]) == 2
    assert rank_rational([[p, 2 * p], [3 * p, 6 * p]]) == 1


HALF = [[1, 2], [Fraction(1, 2), 1]]


@pytest.mark.parametrize(
    "matrix",
    [
        HALF,
        [["1", "2"], ["1/2", "1"]],
        [["-1", " -2 "], ["-1/2", -1]],
        [[sympy.Integer(1), sympy.Integer(2)], [sympy.Rational(1, 2), 1]],
        sympy.Matrix(HALF),
        sympy.ImmutableMatrix(HALF),
        np.array(HALF, dtype=object),
        np.array([[2, 4], [1, 2]]),
        [[fmpz(1), fmpq(2)], [fmpq(1, 2), np.int8(1)]],
        fmpz_mat([[2, 4], [1, 2]]),
        fmpq_mat(2, 2, [fmpq(1), fmpq(2), fmpq(1, 2), fmpq(1)]),
        ((1, 2), (Fraction(1, 2), 1)),
    ],
    ids=lambda matrix: type(matrix).__name__,
)
def test_forms_of_input(matrix):
    assert rank_rational(matrix) == 1


@pytest.mark.parametrize("matrix", [[], [[]], [[], []], np.zeros((0, 3), dtype=int), sympy.zeros(0, 3)])
def test_empty(matrix):
    assert rank_rational(matrix) == 0


@pytest.mark.parametrize(
    "matrix",
    [
        [[1.0]],
        [[float("nan")]],
        np.eye(2),
        [["x"]],
        [["1/0"]],
        [["0.5.1"]],
        [[None]],
        [[True]],
        [[1j]],
        [[sympy.sqrt(2)]],
        [[sympy.Float(0.5)]],
        [[sympy.Symbol("x")]],
        [1, 2],
        [[1], [1, 2]],
        ["12", "34"],
        "12",
        5,
        None,
        np.zeros((2, 2, 2), dtype=int),
    ],
)
def test_refused(matrix):
    with pytest.raises(InputError, match=r"^matrix is "):
        rank_rational(matrix)
