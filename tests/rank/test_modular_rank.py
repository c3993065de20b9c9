from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import sympy
from flint import fmpz_mat, nmod_mat
from hypothesis import given
from hypothesis import strategies as st
from sympy.polys.matrices import DomainMatrix

from algebra.errors import InputError
from algebra.rank import largest_prime_below, modular_rank, rank_mod, rank_profile_mod
from tests.properties import cases, examples

from .reference import PRIMES, determinant, matrix_of_rank, profile, random_prime, residues


def by_flint(matrix, p):
    m, n = np.shape(matrix)
    return nmod_mat(fmpz_mat(m, n, [int(x) for x in np.ravel(matrix)]), p).rank()


@pytest.fixture(params=[True, False])
def small(request, monkeypatch):
    """Both engines for the same matrices."""
    monkeypatch.setattr(modular_rank, "is_small", lambda rows, columns, prime: request.param)


@pytest.mark.parametrize("p", PRIMES)
def test_known_rank(rng, small, p):
    for _ in cases(6):
        m, n = rng.integers(1, 40, 2)
        rank = int(rng.integers(0, min(m, n) + 1))
        matrix = matrix_of_rank(rng, m, n, rank, p)
        assert rank_mod(matrix, p) == rank_mod(matrix.T, p) == by_flint(matrix, p) == rank
        rows, columns = profile(matrix, p)
        result = rank_profile_mod(matrix, p)
        assert (result.rank, result.rows, result.columns) == (rank, rows, columns)
        assert determinant(matrix[np.ix_(rows, columns)], p) != 0


def test_random_primes(rng, small):
    for _ in cases(40):
        p = random_prime(rng)
        m, n = rng.integers(1, 25, 2)
        rank = int(rng.integers(0, min(m, n) + 1))
        matrix = matrix_of_rank(rng, m, n, rank, p, 1)
        assert rank_mod(matrix, p) == rank, p
        result = rank_profile_mod(matrix, p)
        assert (result.rows, result.columns) == profile(matrix, p), p


@pytest.mark.parametrize("p", [2, 3, 5, 65521, 8388593, 2**26 - 5, 2**31 - 1])
@pytest.mark.parametrize("shape", [(70, 70), (300, 90), (90, 300), (200, 200), (65, 1000)])
def test_middle_sizes_against_flint(rng, p, shape):
    rank = min(shape) - int(rng.integers(0, 10))
    left, right = residues(rng, (shape[0], rank), p), residues(rng, (rank, shape[1]), p)
    matrix = ((left @ right) % p).astype(np.int64)
    assert rank_mod(matrix, p) == by_flint(matrix, p)
    sparse = matrix * (rng.random(shape) < 0.02)
    assert rank_mod(sparse, p) == by_flint(sparse, p)


@pytest.mark.parametrize("p", [2, 7, 8388593, 2**61 - 1])
@pytest.mark.parametrize("shape", [(0, 0), (0, 5), (5, 0), (1, 1), (1, 70), (70, 1), (100, 70)])
def test_zero_matrices(p, shape):
    matrix = np.zeros(shape, dtype=np.int64)
    assert rank_mod(matrix, p) == 0
    result = rank_profile_mod(matrix, p)
    assert (result.rank, result.rows, result.columns) == (0, (), ())
    assert rank_mod(matrix + p, p) == 0


@pytest.mark.parametrize("p", [2, 65521, 8388593, 2**61 - 1])
def test_profile_against_sympy(rng, p):
    for m, n in ((6, 9), (9, 6), (36, 40)):
        matrix = matrix_of_rank(rng, m, n, 5, p, 1)
        matrix[:, 1] = 0
        dense = DomainMatrix(matrix.tolist(), (m, n), sympy.GF(p, symmetric=False))
        field = DomainMatrix([[dense.domain(int(x)) for x in row] for row in matrix], (m, n), dense.domain)
        result = rank_profile_mod(matrix, p)
        assert result.columns == tuple(field.rref()[1])
        assert result.rows == tuple(field.transpose().rref()[1])


@pytest.mark.parametrize(
    ("rows", "pivots"),
    [
        # sympy's documentation: Matrix.rref, DomainMatrix.rref, the tutorial on matrices
        ([[1, 0, 1, 3], [2, 3, 4, 7], [-1, -3, -3, -4]], (0, 1)),
        ([[2, -1, 0], [-1, 2, -1], [0, 0, 2]], (0, 1, 2)),
        ([[1, 2, 3, 0, 0], [4, 10, 0, 0, 1]], (0, 1)),
        ([[1, 2], [3, 4]], (0, 1)),
        ([[1, -1], [3, 4], [0, 2]], (0, 1)),
        ([[2, 1, 0], [1, 3, 2], [0, 1, 1]], (0, 1, 2)),
        ([[1, 1, 2], [2, 2, 4], [0, 0, 1]], (0, 2)),
    ],
)
def test_reduced_forms_that_sympy_documents(rows, pivots):
    assert rank_profile_mod(rows, 8388593).columns == pivots
    assert sympy.Matrix(rows).rref()[1] == pivots


@pytest.mark.parametrize(
    "matrix",
    [
        [[1, 2], [3, 6]],
        ((1, 2), (3, 6)),
        [(1, 2), (3, 6)],
        [[2**70, 2**71], [3, 6]],
        [[-(2**63), -(2**64)], [2**63, 2**64]],
        [[2**63, -1], [-(2**63), 1]],
        np.array([[1, 2], [3, 6]], dtype=np.int8),
        np.array([[1, 2], [3, 6]], dtype=np.uint64),
        np.array([[1, 2], [3, 6]], dtype=object),
        [[np.int64(1), 2], [3, np.uint8(6)]],
        [np.array([1, 2]), np.array([3, 6])],
        fmpz_mat([[1, 2], [3, 6]]),
        fmpz_mat([[1, 2], [3, 6]]).tolist(),
        nmod_mat(2, 2, [1, 2, 3, 6], 8388593),
    ],
)
def test_forms_of_input(matrix):
    assert rank_mod(matrix) == 1
    assert rank_profile_mod(matrix).columns == (0,)


def test_empty_lists():
    assert rank_mod([]) == rank_mod([[]]) == rank_mod([[], []]) == 0


@pytest.mark.parametrize(
    "matrix",
    [
        [1, 2],
        [[[1]]],
        [[1], [1, 2]],
        [[1, 2], 3],
        5,
        "ab",
        None,
        np.arange(3),
        np.zeros((2, 2, 2), dtype=int),
        [[1.0, 2.0]],
        [[1, 2.5]],
        [[1, float("nan")]],
        [["3"]],
        [[None]],
        [[1j]],
        [[True]],
        np.eye(3),
        np.full((70, 70), np.nan),
        np.array([[True]]),
        [[2**70, 0.5]],
        [[sympy.Symbol("x")]],
    ],
)
@pytest.mark.parametrize("function", [rank_mod, rank_profile_mod])
def test_refused_matrices(function, matrix):
    with pytest.raises(InputError, match=r"^matrix is "):
        function(matrix, 7)


@pytest.mark.parametrize(
    "prime", [-7, 0, 1, 4, 9, 561, 2**23, 2**61 - 3, 2**63, largest_prime_below(2**64), 7.0, "7", None, True]
)
@pytest.mark.parametrize("function", [rank_mod, rank_profile_mod])
def test_refused_primes(function, prime):
    with pytest.raises(InputError, match=r"^prime is "):
        function([[1]], prime)


def test_the_argument_is_not_modified(rng):
    for dtype in (np.int64, object):
        matrix = rng.integers(-(10**9), 10**9, (80, 70)).astype(dtype)
        before = matrix.copy()
        rank_mod(matrix)
        rank_profile_mod(matrix)
        assert (matrix == before).all()


small_matrices = st.tuples(st.integers(1, 8), st.integers(1, 8)).flatmap(
    lambda shape: st.lists(
        st.lists(st.integers(-3, 3) | st.integers(), min_size=shape[1], max_size=shape[1]),
        min_size=shape[0],
        max_size=shape[0],
    )
)
some_primes = st.sampled_from(PRIMES)


@examples(150)
@given(small_matrices, some_primes, st.randoms(use_true_random=False))
def test_what_leaves_the_rank_alone(rows, p, random):
    matrix = np.array(rows, dtype=object)
    m, n = matrix.shape
    rank = rank_mod(rows, p)
    assert rank == rank_mod(matrix.T, p) == rank_mod(np.vstack([matrix, matrix]), p)
    assert rank == rank_mod(matrix[random.sample(range(m), m)][:, random.sample(range(n), n)], p)
    units = np.array([random.randrange(1, p) for _ in range(m)], dtype=object)
    assert rank == rank_mod(units[:, None] * matrix, p)
    lower = np.array([[random.randrange(p) if j < i else int(i == j) for j in range(m)] for i in range(m)])
    assert rank == rank_mod(lower.astype(object).T @ (lower.astype(object) @ matrix), p)


@examples(150)
@given(small_matrices, some_primes)
def test_the_minor_of_the_profile(rows, p):
    result = rank_profile_mod(rows, p)
    assert (result.rows, result.columns) == profile(rows, p)
    assert determinant(np.array(rows, dtype=object)[np.ix_(result.rows, result.columns)], p) != 0


def test_nothing_heavy_is_imported():
    code = "import sys, algebra.rank; print(sorted({'sympy', 'scipy', 'pandas', 'networkx'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
