"""Square matrices eliminated together without a search for pivots: against ranks of their leading blocks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algebra.rank import DEFAULT_PRIME, rank_mod
from algebra.rank.inverses import FEW, inverse_elementwise
from algebra.rank.modular import centred_residues
from algebra.rank.regular import WIDTH, are_regular
from tests.properties import examples

SMALL_PRIME = 5


def has_regular_leading_blocks(matrix, prime):
    return all(rank_mod(matrix[:k, :k].tolist(), prime) == k for k in range(1, len(matrix) + 1))


@examples(60)
@given(st.integers(1, 3 * WIDTH), st.integers(1, 9), st.sampled_from([SMALL_PRIME, 101, DEFAULT_PRIME]), st.data())
def test_as_the_ranks_of_leading_blocks_say(size, count, prime, data):
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    # Sparse ones as well: of dense ones modulo a large prime hardly any is singular.
    zeros = rng.random((count, size, size)) < data.draw(st.sampled_from([0.0, 0.3, 0.7]))
    matrices = np.where(zeros & ~np.eye(size, dtype=bool), 0, rng.integers(0, prime, (count, size, size)))
    found = are_regular(centred_residues(matrices, prime), prime)
    assert found.tolist() == [has_regular_leading_blocks(matrix, prime) for matrix in matrices]


@pytest.mark.parametrize("size", [WIDTH - 1, WIDTH, WIDTH + 1, 3 * WIDTH + 5, 100])
def test_one_dependent_column_is_found_wherever_it_is(size):
    rng = np.random.default_rng(size)
    stack = rng.integers(0, DEFAULT_PRIME, (size, size, size))
    for column, matrix in enumerate(stack):
        matrix[:, column] = 2 * matrix[:, column - 1] + 3 * matrix[:, column - 2]
    whole = rng.integers(0, DEFAULT_PRIME, (4, size, size))
    found = are_regular(centred_residues(np.concatenate([stack, whole]), DEFAULT_PRIME), DEFAULT_PRIME)
    assert found.tolist() == [False] * size + [True] * 4


@pytest.mark.parametrize("prime", [2, 3, 5, 101, DEFAULT_PRIME])
@pytest.mark.parametrize("shape", [(1,), (FEW,), (FEW + 1,), (7, 11, 13), (0,), (3, 0)])
def test_inverses_of_every_shape(prime, shape):
    values = np.random.default_rng(prime).integers(0, prime, shape)
    found = inverse_elementwise(centred_residues(values, prime), prime)
    assert found.shape == shape
    assert np.array_equal(found.astype(np.int64) * values % prime, (values != 0).astype(np.int64))
