"""The generator is what its specification says."""

from hashlib import sha256

import numpy as np
import pytest

from algebra import random_words
from algebra.evidence.checker import residues, words
from algebra.rank.field import PrimeField


def test_fixed_vector():
    """The value was computed by ``printf 'example/weights/0' | sha256sum``."""
    block = "4e2ec551d75d3f95ea22c8fa0ab4d67a1fdeaac4b112ad607fae8c3cbb2341cc"
    assert words("example", "weights", 4).hex() == block
    assert residues("example", "weights", 1, 1, 1, 8388593) == [int(block[16:32], 16) % 8388593]
    assert residues("example", "weights", 1, 1, 2, 1 << 200) == [
        int(sha256(b"example/weights/0").hexdigest()[32:64], 16)
    ]


@pytest.mark.parametrize("start", range(9))
@pytest.mark.parametrize("count", [0, 1, 3, 4, 5, 17])
def test_any_start(start, count):
    assert words("k", "s", count, start) == words("k", "s", start + count)[8 * start :]


@pytest.mark.parametrize(("prime", "size"), [(8388593, 1), (8388593, 2), (2, 1), (2**61 - 1, 1), (2**127 - 1, 3)])
def test_the_fast_draw_agrees(prime, size):
    drawn = PrimeField(prime).draw("key", "points", (4, 3), size)
    assert (np.vectorize(int, otypes=[object])(drawn) % prime).ravel().tolist() == residues(
        "key", "points", 0, 12, size, prime
    )


@pytest.mark.parametrize(("start", "count", "size"), [(0, 5, 1), (3, 7, 2), (9, 1, 5)])
def test_library_and_checker_draw_the_same(start, count, size):
    drawn = random_words.residues("some key", "weights", start, count, size, 2**61 - 1)
    assert drawn == residues("some key", "weights", start, count, size, 2**61 - 1)
    assert random_words.words("some key", "weights", count, start) == words("some key", "weights", count, start)
