from __future__ import annotations

import pytest
import sympy

from algebra.errors import InputError
from algebra.rank import DEFAULT_PRIME, is_prime, largest_prime_below


def test_against_sympy():
    assert [n for n in range(-5, 2000) if is_prime(n)] == list(sympy.primerange(2000))
    for n in (3215031751, 3825123056546413051, 2**61 - 1, 2**63 - 25):  # two strong pseudoprimes
        assert is_prime(n) == sympy.isprime(n)


@pytest.mark.parametrize("n", [3, 4, 8, 12, 2**23, 2**26, 2**31, 2**63])
def test_largest_prime_below(n):
    assert largest_prime_below(n) == sympy.prevprime(n)


def test_the_default():
    assert is_prime(DEFAULT_PRIME)
    assert largest_prime_below(2**23) == DEFAULT_PRIME


@pytest.mark.parametrize("n", [2, 0, -5, 7.0, "7", None])
def test_refused(n):
    with pytest.raises(InputError, match=r"^n is "):
        largest_prime_below(n)
