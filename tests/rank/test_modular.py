from __future__ import annotations

import numpy as np
import pytest

from algebra.rank import largest_prime_below, modular
from algebra.rank.inverses import inverse_elementwise
from tests.properties import times

from .reference import FLOAT_PRIMES, SMALL_PRIMES

BOUNDARY_PRIMES = [*FLOAT_PRIMES, largest_prime_below(modular.FLOAT_PRIME_LIMIT)]


def as_ints(x):
    return np.array([int(v) for v in np.ravel(x)], dtype=object).reshape(np.shape(x))


def extreme(rng, shape, p):
    """Centred residues, many of them as large as they may be."""
    largest = p // 2 + 2
    x = rng.integers(-largest, largest + 1, shape)
    return np.where(rng.random(shape) < 0.5, np.sign(x) * largest, x).astype(float)


@pytest.mark.parametrize("p", BOUNDARY_PRIMES)
def test_centre_up_to_its_limit(rng, p):
    limit = 2**53 - p
    x = rng.integers(-limit, limit, times(30_000))
    x[:8] = [limit, -limit, 0, p, -p, p // 2, limit - limit % p, -(limit - limit % p)]
    y = modular.centre(x.astype(float), p)
    assert (np.abs(y) <= p // 2 + 2).all()
    assert ((as_ints(y) - as_ints(x)) % p == 0).all()
    assert ((y == 0) == (x % p == 0)).all()


@pytest.mark.parametrize("shape", [(0,), (3, 0), (5,), (3, 4, 5), (40, 700), (3, 20_000), (7, 50, 60)])
def test_centre_shapes_and_views(rng, shape):
    x = rng.integers(-(10**9), 10**9, shape).astype(float)
    expected = as_ints(x) % 8388593
    assert (as_ints(modular.centre(x.copy(), 8388593)) % 8388593 == expected).all()
    view = np.asfortranarray(x)
    assert modular.centre(view, 8388593) is view
    assert (as_ints(view) % 8388593 == expected).all()


@pytest.mark.parametrize("p", BOUNDARY_PRIMES)
def test_the_summable_products_are_summable(p):
    largest = p // 2 + 2
    assert modular.summable_products(p) * largest**2 + largest + p <= 2**53
    assert modular.summable_products(p) >= 7


@pytest.mark.parametrize("p", [2, 3, 5, 251, 503, modular.SINGLE_PRIME])
def test_the_summable_products_are_summable_in_float32(p):
    largest = p // 2 + 2
    most = modular.summable_products(p, 4)
    assert most * largest**2 + largest + p <= 1 << 24
    assert most >= 255
    a = np.full((3, 2 * most + 5), p // 2, np.float32)[:, :1030]
    product = modular.multiply(a, -a.T, p)
    assert product.dtype == np.float32
    assert (as_ints(product) % p == -a.shape[1] * (p // 2) ** 2 % p).all()


@pytest.mark.parametrize("p", BOUNDARY_PRIMES)
@pytest.mark.parametrize("inner", [1, 7, 8, 513, 1500])
def test_multiply_with_the_largest_residues(rng, p, inner):
    a, b = extreme(rng, (5, inner), p), extreme(rng, (inner, 6), p)
    a[0] = p // 2 + 2
    b[:, 0] = p // 2 + 2
    c = modular.multiply(a, b, p)
    assert (np.abs(c) <= p // 2 + 2).all()
    assert ((as_ints(c) - as_ints(a) @ as_ints(b)) % p == 0).all()
    assert ((as_ints(modular.multiply(a, b[:, 0], p)) - as_ints(c)[:, 0]) % p == 0).all()
    assert int(modular.multiply(a[0], b[:, 0], p) - c[0, 0]) % p == 0


def test_multiply_stacks(rng):
    a, b = extreme(rng, (4, 3, 600), 8388593), extreme(rng, (4, 600, 2), 8388593)
    expected = [modular.multiply(x, y, 8388593) for x, y in zip(a, b, strict=True)]
    assert (as_ints(modular.multiply(a, b, 8388593) - np.array(expected)) % 8388593 == 0).all()


@pytest.mark.parametrize("p", BOUNDARY_PRIMES)
@pytest.mark.parametrize("threads", [1, 2])
def test_subtract_product_into_overlapping_rows(rng, p, threads):
    """As the echelon form does it: the rows get shorter and move down in the same buffer."""
    m, k, n = 30, 9, 50
    buffer = extreme(rng, m * (k + n), p)
    part = buffer.reshape(m, k + n)
    b = extreme(rng, (k, n), p)
    expected = (as_ints(part[:, k:]) - as_ints(part[:, :k]) @ as_ints(b)) % p
    out = buffer[: m * n].reshape(m, n)
    modular.subtract_product(part[:, k:], part[:, :k], b, p, np.empty(m * n), out, threads)
    assert (as_ints(out) % p == expected).all()


def test_threads_change_nothing(rng):
    x, y = extreme(rng, (600, 500), 8388593), extreme(rng, (600, 500), 8388593)
    one = modular.subtract_centred(x.copy(), y.copy(), 8388593)
    assert (modular.subtract_centred(x.copy(), y.copy(), 8388593, threads=3) == one).all()


@pytest.mark.parametrize("p", BOUNDARY_PRIMES)
@pytest.mark.parametrize("exponent", [0, 1, 2, 3, 7, 30, 10**20 + 39])
def test_power(rng, p, exponent):
    z = extreme(rng, (3, 5), p)
    z[0, 0] = 0
    expected = [pow(int(x), exponent, p) for x in z.ravel()]
    assert (as_ints(modular.power(z, exponent, p)).ravel() % p == expected).all()


@pytest.mark.parametrize("p", BOUNDARY_PRIMES)
def test_inverse_elementwise(rng, p):
    z = modular.centre(rng.integers(0, p, 50).astype(float), p)
    product = modular.multiply_elementwise(z, inverse_elementwise(z, p), p)
    assert (as_ints(product) % p == (z != 0)).all()


@pytest.mark.parametrize("p", [*SMALL_PRIMES, 2**31 - 1, *map(largest_prime_below, (2**49, 2**50))])
def test_multiply_elementwise_int64(rng, p):
    a, b = rng.integers(0, p, (2, times(20_000)))
    a[:3], b[:3] = p - 1, [p - 1, 1, 0]
    product = modular.multiply_elementwise_int64(a, b, p)
    assert product.dtype == np.int64
    assert (product.astype(object) == a.astype(object) * b.astype(object) % p).all()


@pytest.mark.parametrize("p", BOUNDARY_PRIMES)
@pytest.mark.parametrize(
    "matrix",
    [
        np.array([[0, 1], [-1, 127]], dtype=np.int8),
        np.array([[0, 1], [2, 2**16 - 1]], dtype=np.uint16),
        np.array([[2**63 - 1, -(2**63)], [0, 1]]),
        np.array([[2**64 - 1, 2**63], [0, 1]], dtype=np.uint64),
        np.array([[10**30, -(10**30)], [0, 2**53 + 1]], dtype=object),
        np.array([[2.0**52, -(2.0**52)], [0.0, 1.0]]),
        np.zeros((0, 4), dtype=np.int64),
    ],
    ids=lambda matrix: str(matrix.dtype) + str(matrix.shape),
)
def test_centred_residues(p, matrix):
    before = matrix.copy()
    result = modular.centred_residues(matrix, p)
    assert (matrix == before).all()
    assert result.dtype == np.float64
    assert (np.abs(result) <= p // 2 + 2).all()
    assert ((as_ints(result) - as_ints(matrix)) % p == 0).all()
