"""Sign vectors of small coherence from codes: Gold sequences and Kerdock codes."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from algebra.errors import InputError, as_integer

# Irreducible polynomials over GF(2), by degree; bit i is the coefficient of x^i.
POLYNOMIALS = {
    3: 0b1011,
    5: 0b100101,
    7: 0b10000011,
    9: 0b1000010001,
    11: 0b100000000101,
    13: 0b10000000011011,
    15: 0b1000000000000011,
    17: 0b100000000000001001,
}


def gold_keys(m: int, count: int) -> NDArray[np.int64]:
    """Return the first Gold sequences of length ``2**m``: ``g_{a,b}(x) = (-1)^{Tr(a x^3 + b x)}``, a outer, b inner.

    Two of them have inner product 0 or ±2^((m+1)/2) [1]_.

    Parameters
    ----------
    m : int
        Odd, from 3 to 17.
    count : int
        At most ``4**m``.

    Returns
    -------
    numpy.ndarray of int64, shape (count, 2**m)
        Entries are -1 and 1.

    References
    ----------
    .. [1] R. Gold, "Maximal recursive sequences with 3-valued recursive cross-correlation functions", IEEE Trans.
       Inf. Theory 14(1), 1968.

    Examples
    --------
    >>> keys = gold_keys(3, 64)
    >>> sorted(set((keys @ keys.T).ravel().tolist()))
    [-4, 0, 4, 8]
    """
    _check("m", m, count, 4**m if m in POLYNOMIALS else 0)
    x = np.arange(1 << m)
    cube = field_product(x, field_product(x, x, m), m)
    outer = -(-count >> m)
    heads = np.array([_trace(field_product(np.full_like(x, a), cube, m), m) for a in range(outer)])
    tails = _linear_bits(m)[: min(count, 1 << m)]
    bits = (heads[:, None, :] ^ tails[None]).reshape(-1, 1 << m)[:count]
    return np.asarray(1 - 2 * bits, np.int64)


def kerdock_keys(m: int, count: int) -> NDArray[np.int64]:
    """Return the first vectors of a Kerdock code of length ``2**m``, as signs.

    With ``F = GF(2^{m-1})``, the quadratic forms ``sum_{i=1}^{(m-2)/2} Tr((a x)^{2^i + 1}) + e Tr(a x)`` on pairs
    (x, e), a outer, plus a linear form, inner. Two different vectors have inner product 0 or ±2^(m/2): half the
    length of Gold sequences of the same coherence [1]_ [2]_.

    Parameters
    ----------
    m : int
        Even, from 4 to 18.
    count : int
        At most ``2**(2 m - 1)``.

    Returns
    -------
    numpy.ndarray of int64, shape (count, 2**m)
        Entries are -1 and 1.

    References
    ----------
    .. [1] A. M. Kerdock, "A class of low-rate nonlinear binary codes", Information and Control 20(2), 1972.
    .. [2] W. M. Kantor, "Spreads, translation planes and Kerdock sets", SIAM J. Algebraic Discrete Methods 3, 1982.

    Examples
    --------
    >>> keys = kerdock_keys(4, 128)
    >>> sorted(set((keys @ keys.T).ravel().tolist()))
    [-4, 0, 4, 16]
    """
    degree = m - 1
    _check("m", m, count, 2 ** (2 * m - 1) if degree in POLYNOMIALS else 0)
    x = np.arange(1 << degree)
    heads = []
    for a in range(-(-count >> m)):
        scaled = field_product(np.full_like(x, a), x, degree)
        form, power = np.zeros_like(x), scaled
        for _ in range((m - 2) // 2):
            power = field_product(power, power, degree)
            form = form ^ _trace(field_product(power, scaled, degree), degree)
        heads.append(np.concatenate([form, form ^ _trace(scaled, degree)]))
    points = np.arange(1 << m)
    tails = np.bitwise_count(points[: min(count, 1 << m), None] & points) & 1
    bits = (np.array(heads)[:, None, :] ^ tails[None]).reshape(-1, 1 << m)[:count]
    return np.asarray(1 - 2 * bits.astype(np.int64))


def coherence_bound(kind: str, m: int) -> Fraction:
    """Return the largest inner product over the length: ``2^((1-m)/2)`` for Gold, ``2^(-m/2)`` for Kerdock.

    Examples
    --------
    >>> coherence_bound("gold", 7), coherence_bound("kerdock", 6)
    (Fraction(1, 8), Fraction(1, 8))
    """
    exponent = (m - 1) // 2 if kind == "gold" else m // 2
    return Fraction(1, 1 << exponent)


def capacity(kind: str, m: int) -> int:
    """Return how many sequences there are: ``4**m`` Gold, ``2**(2m-1)`` Kerdock.

    Examples
    --------
    >>> capacity("gold", 5), capacity("kerdock", 6)
    (1024, 2048)
    """
    return 1 << (2 * m if kind == "gold" else 2 * m - 1)


def code_keys(kind: str, m: int, count: int) -> NDArray[np.int64]:
    """Return `gold_keys` or `kerdock_keys`."""
    return gold_keys(m, count) if kind == "gold" else kerdock_keys(m, count)


def exponents(kind: str) -> tuple[int, ...]:
    """Return the exponents m for which a code is at hand, in increasing order.

    Examples
    --------
    >>> exponents("kerdock")[:3]
    (4, 6, 8)
    """
    return tuple(m if kind == "gold" else m + 1 for m in POLYNOMIALS)


def least_exponent(kind: str, length: int, coherence: Fraction) -> int | None:
    """Return the least exponent with `length` keys of at most this coherence; None if no code at hand has them.

    Examples
    --------
    >>> least_exponent("gold", 4096, Fraction(1, 8)), least_exponent("kerdock", 4096, Fraction(1, 8))
    (7, 8)
    """
    for m in exponents(kind):
        if capacity(kind, m) >= length and coherence_bound(kind, m) <= coherence:
            return m
    return None


def field_product(a: NDArray[np.int64], b: NDArray[np.int64], m: int) -> NDArray[np.int64]:
    """Multiply elements of GF(2^m), polynomials over GF(2) written as integers.

    Examples
    --------
    >>> field_product(np.array([2]), np.array([4]), 3).tolist()
    [3]
    """
    found, a, b = np.zeros_like(a), a.copy(), b.copy()
    for _ in range(m):
        found ^= np.where(b & 1, a, 0)
        b >>= 1
        a <<= 1
        a = np.where(a >> m & 1, a ^ POLYNOMIALS[m], a)
    return found


def _trace(x: NDArray[np.int64], m: int) -> NDArray[np.int64]:
    """Return the absolute trace: the sum of the m conjugates, which is 0 or 1."""
    total = power = x
    for _ in range(m - 1):
        power = field_product(power, power, m)
        total = total ^ power
    return total & 1


def _linear_bits(m: int) -> NDArray[np.int64]:
    """Return ``Tr(b x)`` for all b and x: a bilinear form, from its values at powers of the generator."""
    powers = np.array([[1 << i for i in range(m)]])
    pairs = field_product(np.repeat(powers, m, axis=0), np.repeat(powers.T, m, axis=1), m)
    form = _trace(pairs, m)
    digits = np.arange(1 << m)[:, None] >> np.arange(m) & 1
    return np.asarray((digits @ form @ digits.T) & 1)


def _check(name: str, m: int, count: int, most: int) -> None:
    if not most:
        raise InputError(name, m, "an exponent for which a code is at hand")
    if as_integer("count", count, 1) > most:
        raise InputError("count", count, f"at most {most}, the size of the code")
