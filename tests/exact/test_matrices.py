"""Reading matrices, and what the readers say of what they refuse."""

import numpy as np
import pytest
import sympy
from flint import fmpq, fmpq_mat

from algebra.errors import InputError
from algebra.exact import rational_matrix
from algebra.exact.inertia import Inertia, inertia
from algebra.exact.matrices import OVER_Q, from_rows, rows_of, spread_columns


@pytest.mark.parametrize("value", [[["1/2", 1]], np.array([["1/2", "1"]]), sympy.Matrix([[sympy.Rational(1, 2), 1]])])
def test_rational_matrices(value):
    assert rational_matrix("X", value) == fmpq_mat(1, 2, [fmpq(1, 2), 1])


def test_a_matrix_is_taken_as_it_is():
    given = from_rows([[1]])
    assert rational_matrix("X", given) is given


@pytest.mark.parametrize("value", [[], [[]], [1], "12", 3, None, [[1], [1, 2]], fmpq_mat(0, 2), np.zeros(3, int)])
def test_what_is_no_matrix(value):
    with pytest.raises(InputError, match="a matrix: a list of rows of one length"):
        rational_matrix("X", value)


@pytest.mark.parametrize(
    ("entry", "allowed"),
    [
        (0.5, "exact: integers, fractions"),
        (float("nan"), "a finite number"),
        (np.float32(0.5), "exact: integers, fractions"),
        (True, "exact: integers, fractions"),
        ("1e10000", 'a rational number as a string "p/q"'),
        (sympy.Symbol("t"), "without symbols and floats"),
        (sympy.oo, "without symbols and floats"),
    ],
)
def test_a_wrong_entry_is_named(entry, allowed):
    with pytest.raises(InputError, match=allowed) as caught:
        rows_of("X", [[0, entry]])
    assert caught.value.argument == "X[0][1]"


def test_irrational_entries_are_refused_where_rational_ones_are_asked():
    assert rows_of("X", [[sympy.sqrt(2)]]) == [[sympy.sqrt(2)]]
    with pytest.raises(InputError, match="a matrix of rational numbers") as whole:
        rational_matrix("X", [[sympy.sqrt(2)]])
    assert whole.value.value == [[sympy.sqrt(2)]]
    with pytest.raises(InputError, match="computed over the rationals") as entry:
        rational_matrix("X", [[sympy.sqrt(2)]], OVER_Q)
    assert entry.value.value == sympy.sqrt(2)


def test_columns_are_spread():
    assert spread_columns(from_rows([[1, 2], [3, 4]]), [2, 0], 3).table() == [[2, 0, 1], [4, 0, 3]]


@pytest.mark.parametrize("size", [3, 31])  # below and above the size from which on a congruence is tried
def test_inertia_of_known_signs(size):
    signs = [(-1, 0, 1, 1)[i % 4] for i in range(size)]
    turn = fmpq_mat(
        size, size, [(i + 2 * j) % 3 - 1 if i > j else int(i == j) for i in range(size) for j in range(size)]
    )
    diagonal = fmpq_mat(size, size, [signs[i] * (i + 1) if i == j else 0 for i in range(size) for j in range(size)])
    found = inertia(turn * diagonal * turn.transpose())
    assert found == Inertia(signs.count(-1), signs.count(0), signs.count(1))
