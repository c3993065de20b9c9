from __future__ import annotations

import numpy as np
import pytest

from algebra.errors import InputError
from algebra.rank import Echelon, echelon, pivot_block
from algebra.rank.modular import centre
from tests.properties import cases

from .reference import FLOAT_PRIMES, determinant, matrix_of_rank, profile, residues


@pytest.fixture(params=[1, 4, 8, 64])
def base(request, monkeypatch):
    """Few rows at a time, so that small matrices take every path."""
    monkeypatch.setattr(echelon, "BASE", request.param)
    monkeypatch.setattr(echelon, "ROW_CHUNK", 5)
    return request.param


def structured(rng, m, n, p, kind):
    if kind == "sparse":
        return residues(rng, (m, n), p) * (rng.random((m, n)) < 0.1)
    if kind == "banded":
        return np.triu(np.tril(residues(rng, (m, n), p), 2), -1)
    if kind == "zero columns":
        return residues(rng, (m, n), p) * (rng.random(n) < 0.6)
    if kind == "zero rows":
        return residues(rng, (m, n), p) * (rng.random(m) < 0.5)[:, None]
    if kind == "singular leading block":
        matrix = residues(rng, (m, n), p)
        matrix[: m // 2, : n // 2] = matrix[:1, : n // 2]
        return matrix
    if kind == "antidiagonal":
        return np.eye(m, n, dtype=int).astype(object)[:, ::-1]
    if kind == "repeated columns":
        return residues(rng, (m, n), p)[:, rng.integers(0, n, n)]
    rank = int(rng.integers(0, min(m, n) + 1))
    return matrix_of_rank(rng, m, n, rank, p, 1)


KINDS = ["sparse", "banded", "zero columns", "zero rows", "singular leading block", "antidiagonal"]
KINDS += ["repeated columns", "known rank"]


@pytest.mark.parametrize("block", [1, 4, 7, 64])
@pytest.mark.parametrize("kind", KINDS)
def test_profile_is_lexicographic(rng, base, block, kind):
    for p in FLOAT_PRIMES:
        for _ in cases(1):
            m, n = rng.integers(1, 30, 2)
            matrix = structured(rng, m, n, p, kind)
            form = Echelon(int(n), p, block=block)
            form.add(np.asarray(matrix % p, dtype=float))
            assert (form.pivot_rows, form.pivot_columns) == profile(matrix, p), (p, m, n)
            assert form.rank == len(form.pivot_rows)


@pytest.mark.parametrize("p", [2, 7, 8388593])
def test_rows_may_come_in_any_portions(rng, p):
    matrix = matrix_of_rank(rng, 60, 40, 25, p)
    rows = np.asarray(matrix, dtype=float)
    kept = rows.copy()
    form = Echelon(40, p, block=8)
    gained = [form.add(part) for part in np.split(rows, [0, 1, 9, 10, 33])]
    assert sum(gained) == form.rank == 25
    assert (form.pivot_rows, form.pivot_columns) == profile(matrix, p)
    assert (rows == kept).all()
    assert form.add(np.zeros((0, 40))) == 0


@pytest.mark.parametrize("convert", [np.float64, np.int64, object, np.asfortranarray])
def test_entries_need_not_be_reduced(rng, convert):
    p = 101
    matrix = matrix_of_rank(rng, 30, 20, 15, p) + p * rng.integers(-(2**40), 2**40, (30, 20))
    rows = convert(matrix.astype(float)) if convert is np.asfortranarray else matrix.astype(convert)
    form = Echelon(20, p, block=7)
    form.add(rows)
    assert (form.pivot_rows, form.pivot_columns) == profile(matrix, p)


def test_centred_rows_are_taken_as_they_are(rng):
    p = 8388593
    matrix = matrix_of_rank(rng, 30, 30, 20, p)
    form = Echelon(30, p)
    form.add(centre(matrix.astype(float), p), centred=True)
    assert (form.pivot_rows, form.pivot_columns) == profile(matrix, p)


@pytest.mark.parametrize("p", [2, 3, 5, 251, 503, 509])
def test_float32_gives_the_same_form(rng, base, p):
    for kind in KINDS:
        matrix = structured(rng, 40, 30, p, kind)
        single = Echelon(30, p, block=7, is_single=True)
        single.add(np.asarray(matrix % p, dtype=float))
        assert (single.pivot_rows, single.pivot_columns) == profile(matrix, p), kind
        double = Echelon(30, p, block=7)
        double.add(np.asarray(matrix % p, dtype=float))
        assert (single.kernel() % p == double.kernel() % p).all()


@pytest.mark.parametrize("convert", [np.float32, np.float64, np.int64, object])
def test_float32_sums_the_largest_residues(rng, convert):
    """Rows of 254 and -254: every product by BLAS has as many terms as there may be, all of one sign."""
    p, signs = 509, rng.integers(0, 2, (700, 600)) * 2 - 1
    matrix = 254 * signs
    matrix[:300] = 254 * np.eye(300, 600, dtype=int) + 254 * (np.arange(600) >= 300)
    single, double = Echelon(600, p, is_single=True), Echelon(600, p)
    single.add(matrix.astype(convert), centred=convert is np.float32)
    double.add(matrix.astype(float))
    assert single.pivot_rows == double.pivot_rows
    assert single.pivot_columns == double.pivot_columns
    assert (single.kernel() % p == double.kernel() % p).all()


def test_float32_narrows_only_residues(rng):
    p = 509
    matrix = matrix_of_rank(rng, 30, 20, 15, p) + p * rng.integers(-(2**40), 2**40, (30, 20))
    form = Echelon(20, p, block=7, is_single=True)
    form.add(matrix.astype(float))
    assert (form.pivot_rows, form.pivot_columns) == profile(matrix, p)


def test_float32_serves_small_primes_only():
    with pytest.raises(InputError, match="at most 509 for float32"):
        Echelon(3, 521, is_single=True)


@pytest.mark.parametrize("block", [4, 64])
def test_capacity_stops_the_work(rng, base, block):
    p = 8388593
    rows = residues(rng, (50, 40), p).astype(float)
    for capacity in (0, 1, 13, 40, 100):
        form = Echelon(40, p, capacity=capacity, block=block)
        assert form.add(rows[:30]) == min(capacity, 30)
        form.add(rows[30:])
        most = min(capacity, 40)
        assert form.rank == len(form.pivot_rows) == len(form.pivot_columns) == most
        assert form.pivot_rows == tuple(range(most))
        poison = np.full((5, 40), np.nan)
        if capacity <= 40:
            assert form.add(poison) == 0  # not even looked at


def test_no_columns():
    form = Echelon(0, 7)
    assert form.add(np.zeros((5, 0))) == 0
    assert (form.rank, form.pivot_rows, form.pivot_columns) == (0, (), ())


@pytest.mark.parametrize("n", [200, 333])
@pytest.mark.parametrize("p", [2, 5, 8388593, 2**26 - 5])
def test_deficient_matrices_of_middle_size(rng, n, p):
    rank = n * 9 // 10
    left, right = (rng.integers(0, p, shape) for shape in ((n, rank), (rank, n)))
    left[:rank] = np.tril(left[:rank], -1) + np.eye(rank, dtype=int)
    right[:, :rank] = np.triu(right[:, :rank], 1) + np.eye(rank, dtype=int)
    product = np.array((left.astype(object) @ right.astype(object)) % p, dtype=float)
    rows = rng.permutation(n)
    for block in (16, None):
        form = Echelon(n, p, block=block)
        form.add(product[rows][:, rows])
        assert form.rank == rank
    threaded = Echelon(n, p, threads=2)
    threaded.add(product[rows][:, rows])
    assert (threaded.pivot_rows, threaded.pivot_columns) == (form.pivot_rows, form.pivot_columns)


@pytest.mark.parametrize("p", FLOAT_PRIMES)
@pytest.mark.parametrize("size", [1, 5, 8, 9, 24, 50])
def test_block_inverse(rng, p, size):
    for _ in cases(3):
        block = centre(residues(rng, (size, size), p).astype(float), p)
        inverse = pivot_block.block_inverse(block, p)
        done = inverse.shape[0]
        product = block[:done, :done].astype(int).astype(object) @ inverse.astype(int).astype(object) % p
        assert (product == np.eye(done, dtype=int) % p).all()
        if done < size:
            part = block[: done + pivot_block.LEAF, : done + pivot_block.LEAF].astype(int)
            assert determinant(part, p) == 0


@pytest.mark.parametrize("p", FLOAT_PRIMES)
def test_gauss_jordan_gives_the_transform(rng, p):
    for k, w in ((1, 1), (5, 9), (20, 6), (30, 40), (40, 40)):
        block = centre(matrix_of_rank(rng, k, w, min(k, w) // 2 + 1, p, 1).astype(float), p)
        free = np.ones(k, dtype=bool)
        transform, rows, columns = pivot_block.gauss_jordan(block.copy(), free, p)
        full = np.eye(k, dtype=int).astype(object)
        full[:, rows] = transform.astype(int)
        reduced = full @ block.astype(int).astype(object) % p
        assert (reduced[np.ix_(rows, columns)] == np.eye(len(rows), dtype=int) % p).all()
        assert not reduced[free].any()
        assert columns == sorted(columns)
        assert sorted(np.flatnonzero(~free)) == sorted(rows)


def test_bad_arguments():
    for arguments in ((-1, 7), (3, 8), (3, 2**31 - 1), (3, 7, -1), (3, 7, None, 0), (3, 7, None, None, 0)):
        with pytest.raises(InputError):
            Echelon(*arguments)
    with pytest.raises(InputError, match="3 columns"):
        Echelon(3, 7).add(np.zeros((2, 4)))
    with pytest.raises(InputError):
        Echelon(3, 7).add(np.zeros(3))
