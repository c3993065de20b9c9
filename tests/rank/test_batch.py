from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algebra.errors import InputError
from algebra.rank import batch, rank_mod, rank_mod_batch
from tests.properties import examples, times

from .reference import PRIMES, matrix_of_rank


@pytest.fixture(autouse=True, scope="module")
def even_small_batches():
    """Small matrices, too, go through the batched elimination."""
    before, batch.LEAST_WORK = batch.LEAST_WORK, 1
    yield
    batch.LEAST_WORK = before


@pytest.mark.parametrize("p", PRIMES)
@pytest.mark.parametrize("shape", [(1, 1), (2, 2), (5, 9), (9, 5), (30, 30), (0, 3), (12, 40)])
def test_known_ranks(rng, p, shape):
    ranks = rng.integers(0, min(shape) + 1, 24)
    matrices = [matrix_of_rank(rng, *shape, int(r), p, 2) for r in ranks]
    assert (rank_mod_batch(matrices, p) == ranks).all()


@pytest.mark.parametrize("p", [2, 4099, 8388593, 2**61 - 1])
def test_mixed_shapes(rng, p):
    shapes = rng.integers(0, 35, (times(60), 2))
    ranks = [int(rng.integers(0, min(shape) + 1)) for shape in shapes]
    matrices = [matrix_of_rank(rng, *shape, r, p, 1) for shape, r in zip(shapes, ranks, strict=True)]
    assert rank_mod_batch(matrices, p).tolist() == ranks


@pytest.mark.parametrize("count", [0, 1, 15, 16, 31, 32, 33, 67, 500])
@pytest.mark.parametrize("dtype", [np.int64, np.int8, np.uint64])
def test_arrays_of_every_length(rng, count, dtype):
    matrices = rng.integers(0, 3, (count, 6, 7)).astype(dtype)
    ranks = rank_mod_batch(matrices)
    assert ranks.dtype == np.int64
    assert ranks.tolist() == [rank_mod(matrix) for matrix in matrices]


def test_several_pieces(rng, monkeypatch):
    monkeypatch.setattr(batch, "BATCH_SIZE", 20 * 64)
    monkeypatch.setattr(batch, "MIX_SIZE", 3 * 64)
    matrices = rng.integers(-1, 2, (101, 8, 8))
    expected = [rank_mod(matrix) for matrix in matrices]
    assert rank_mod_batch(matrices).tolist() == rank_mod_batch(list(matrices)).tolist() == expected


@pytest.mark.parametrize("p", [4099, 8388593])
def test_without_mixing_the_answer_is_still_exact(rng, monkeypatch, p):
    """Unit matrices instead of random ones: pivots vanish, and the check must notice."""
    monkeypatch.setattr(batch, "_unit_lower", lambda size, prime, mixer: np.eye(size))
    matrices = rng.integers(0, 2, (300, 7, 6)) * rng.integers(0, 2, (300, 1, 6))
    expected = [rank_mod(matrix, p) for matrix in matrices]
    assert rank_mod_batch(matrices, p).tolist() == expected


def test_vanishing_pivots_at_the_least_prime(rng):
    p = 4099
    matrices = rng.integers(0, p, (times(3000), 12, 12))
    matrices[::2, :, -1] = matrices[::2, :, 0]
    assert rank_mod_batch(matrices, p).tolist() == [rank_mod(matrix, p) for matrix in matrices]


@examples(30)
@given(st.integers(16, 40), st.integers(1, 6), st.integers(1, 6), st.sampled_from(PRIMES), st.integers(0, 2**32))
def test_equals_one_by_one(count, m, n, p, seed):
    matrices = np.random.default_rng(seed).integers(-2, 3, (count, m, n))
    assert rank_mod_batch(matrices, p).tolist() == [rank_mod(matrix, p) for matrix in matrices]


@pytest.mark.parametrize(
    "matrices",
    [5, None, np.zeros((3, 3), dtype=int), [[[1.5]]], [[[1]], [[1], [2, 3]]], np.zeros((2, 2, 2)), [1, 2]],
)
def test_refused(matrices):
    with pytest.raises(InputError, match=r"^matrices"):
        rank_mod_batch(matrices)
    with pytest.raises(InputError, match=r"^prime"):
        rank_mod_batch([[[1]]], 8)


def test_the_argument_is_not_modified(rng):
    matrices = rng.integers(-(10**9), 10**9, (20, 8, 8))
    before = matrices.copy()
    rank_mod_batch(matrices)
    assert (matrices == before).all()
