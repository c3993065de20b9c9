"""Elimination on matrices of known rank: over Q, over a number field, modulo small primes."""

import random

import pytest
from flint import fmpq, fmpq_mat, nmod_mat

from algebra.exact.elimination import (
    column_basis,
    coordinates,
    independent_rows,
    kernel,
    least_norm_solutions,
    orthogonal_kernel,
    pivots,
    projector,
    pseudo_inverse,
    rank_factors,
    solution,
)
from algebra.exact.field_matrix import into_one_field
from algebra.exact.matrices import from_rows, identity, is_zero, side_by_side, stacked, submatrix

SHAPES = [(1, 1, 0), (1, 4, 1), (4, 1, 1), (3, 5, 2), (5, 3, 3), (4, 4, 0), (6, 6, 5)]


def of_rank(rows, columns, rank, seed=0):
    """A sparse matrix of this rank, scrambled by unitriangular ones."""
    draw = random.Random(f"{rows}x{columns}:{rank}:{seed}")
    left = fmpq_mat(
        rows, rank, [draw.randint(-2, 2) if i > j else int(i == j) for i in range(rows) for j in range(rank)]
    )
    entries = [fmpq(draw.randint(-3, 3), 2) if j > i else int(i == j) for i in range(rank) for j in range(columns)]
    return left * fmpq_mat(rank, columns, entries)


def over_a_field(matrix):
    from sympy import Rational, sqrt

    rows = [[Rational(int(x.p), int(x.q)) for x in row] for row in matrix.table()]
    return into_one_field([rows, [[sqrt(2)]]])[0] * into_one_field([[[sqrt(2)]]])[0].table()[0][0]


@pytest.fixture(params=SHAPES, ids=str)
def matrix(request):
    rows, columns, rank = request.param
    found = of_rank(rows, columns, rank)
    assert found.rank() == rank
    return found


@pytest.mark.parametrize("kind", ["rational", "field"])
def test_factors_and_kernel(matrix, kind):
    rank = int(matrix.rank())
    given = matrix if kind == "rational" else over_a_field(matrix)
    assert pivots(given) == pivots(matrix)
    left, right = rank_factors(given)
    assert (left.ncols(), right.nrows()) == (rank, rank)
    assert is_zero(left * right - given) if rank else is_zero(given)
    basis = kernel(given)
    assert len(basis) == matrix.ncols() - rank
    assert all(is_zero(given * v) and not is_zero(v) for v in basis)


def test_independent_rows_and_columns(matrix):
    rows, columns = independent_rows(matrix), pivots(matrix)
    assert len(rows) == len(columns) == matrix.rank()
    assert submatrix(matrix, rows, columns).rank() == len(rows)
    assert column_basis(matrix) == submatrix(matrix, range(matrix.nrows()), columns)


@pytest.mark.parametrize("prime", [2, 3, 5, 7, 11, 2**61 - 1])
def test_pivots_modulo_a_prime(prime):
    assert pivots(nmod_mat([[0, prime, 1, 0], [0, 0, 0, 1]], prime)) == (2, 3)
    assert pivots(nmod_mat([[prime, 0]], prime)) == ()


def test_an_orthogonal_kernel(matrix):
    basis = orthogonal_kernel(matrix)
    assert basis.ncols() == matrix.ncols() - matrix.rank()
    assert is_zero(matrix * basis)
    gram = basis.transpose() * basis
    assert all(gram[i, j] == 0 for i in range(gram.nrows()) for j in range(i))


def test_solutions(matrix):
    right = matrix * from_rows([[i - 1] for i in range(matrix.ncols())])
    found = solution(matrix, right)
    assert matrix * found == right
    assert all(found[j, 0] == 0 for j in range(matrix.ncols()) if j not in pivots(matrix))
    if matrix.rank() < matrix.nrows():
        outside = kernel(matrix.transpose())[0]
        assert solution(matrix, outside) is None
    (shortest,) = least_norm_solutions(matrix, [right])
    assert matrix * shortest == right
    assert projector(matrix.transpose()) * shortest == shortest


def test_projector_and_pseudo_inverse(matrix):
    onto, inverse = projector(matrix), pseudo_inverse(matrix)
    assert onto * onto == onto == onto.transpose()
    assert onto * matrix == matrix
    assert onto.rank() == matrix.rank()
    assert matrix * inverse == onto
    assert inverse * matrix == projector(matrix.transpose())
    assert matrix * inverse * matrix == matrix


def test_coordinates():
    basis = of_rank(5, 3, 3)
    wanted = of_rank(3, 2, 2, seed=1)
    assert coordinates(basis, basis * wanted) == wanted
    assert coordinates(fmpq_mat(2, 0), identity(2)).nrows() == 0


def test_matrices_without_rows_or_columns():
    assert pivots(fmpq_mat(0, 3)) == pivots(fmpq_mat(3, 0)) == ()
    assert orthogonal_kernel(fmpq_mat(0, 2)) == identity(2)
    assert side_by_side([], 2).nrows() == 2
    assert stacked([from_rows([], 2), from_rows([[1, 2]])]).table() == [[1, 2]]
