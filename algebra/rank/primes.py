"""Primes: the test, the next one below, the default.

FLINT's primality test is deterministic below 2^64, so every answer here is proved.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flint import fmpz

from algebra.errors import InputError, as_integer
from algebra.random_words import words

DEFAULT_PRIME = 8388593
"""The largest prime below 2^23: 511 products of centred residues may be summed exactly in float64."""

PRIME_LIMIT = 1 << 63


def is_prime(n: int) -> bool:
    """Tell whether `n` is a prime, proved for every n below 2^64.

    Parameters
    ----------
    n : int
        Any integer; those below 2 are no primes.

    Returns
    -------
    bool

    Examples
    --------
    >>> [n for n in range(20) if is_prime(n)]
    [2, 3, 5, 7, 11, 13, 17, 19]
    >>> is_prime(2**61 - 1)
    True
    """
    return bool(fmpz(as_integer("n", n)).is_prime())


def largest_prime_below(n: int) -> int:
    """Return the largest prime smaller than `n`.

    Parameters
    ----------
    n : int
        At least 3.

    Returns
    -------
    int

    Raises
    ------
    InputError
        If there is no such prime.

    Examples
    --------
    >>> largest_prime_below(2**23) == DEFAULT_PRIME
    True
    """
    candidate = as_integer("n", n, 3, "an integer of at least 3") - 1
    while not is_prime(candidate):
        candidate -= 1
    return candidate


def random_prime(key: str, bits: int) -> int:
    """Draw a prime of so many bits, uniformly, from the stream ``prime`` of `key`.

    Parameters
    ----------
    key : str
        Of the generator.
    bits : int

    Returns
    -------
    int

    Examples
    --------
    >>> random_prime("example", 62).bit_length()
    62
    """
    size = -(-bits // 64)
    for i in range(64 * bits):  # one in 0.7 * bits is prime: all fail with probability e^-90
        raw = words(key, "prime", size, start=size * i)
        candidate = int.from_bytes(raw, "big") >> (64 * size - bits + 1) | 1 << (bits - 1)
        if is_prime(candidate):
            return candidate
    raise ArithmeticError(f"no prime among {64 * bits} numbers of {bits} bits drawn from {key!r}")


@lru_cache(maxsize=1024)
def _is_word_prime(n: int) -> bool:
    return 2 <= n < PRIME_LIMIT and is_prime(n)


def as_prime(argument: str, value: Any) -> int:
    """Return `value` as an int if it is a prime below 2^63, and refuse it otherwise.

    Parameters
    ----------
    argument : str
        What messages call it.
    value : object

    Returns
    -------
    int

    Raises
    ------
    InputError
        If it is not.

    Examples
    --------
    >>> as_prime("prime", 7)
    7
    >>> as_prime("prime", 9)
    Traceback (most recent call last):
    ...
    algebra.errors.InputError: prime is 9, but it must be a prime below 2^63
    """
    allowed = "a prime below 2^63"
    number = value if type(value) is int else as_integer(argument, value, allowed=allowed)
    if not _is_word_prime(number):
        raise InputError(argument, value, allowed)
    return number
