"""Inverses modulo p of many residues at once, by products of pairs: three products each and a few true inverses."""

from __future__ import annotations

import numpy as np

from algebra.rank.modular import centre, multiply_elementwise
from algebra.types import Floats

FEW = 32
"""Of so many, products one by one are as fast as another level of pairs: some ten calls of numpy."""


def inverse_elementwise(z: Floats, prime: int) -> Floats:
    """Return the inverses of centred residues, element by element; 0 stays 0.

    Parameters
    ----------
    z : ndarray of float64, of any shape
        Centred residues.
    prime : int
        Below `algebra.rank.modular.FLOAT_PRIME_LIMIT`.

    Returns
    -------
    ndarray of float64
        A new array.

    Examples
    --------
    >>> inverse_elementwise(np.array([2.0, 3.0, 0.0]), 7)
    array([-3., -2.,  0.])
    """
    flat = z.reshape(-1)
    zero = flat == 0.0
    if not zero.any():
        return inverses(flat, prime).reshape(z.shape)
    found = inverses(np.where(zero, 1.0, flat), prime)
    found[zero] = 0.0
    return found.reshape(z.shape)


def inverses(z: Floats, prime: int) -> Floats:
    """Return the inverses of residues that are not zero, by products of pairs (Montgomery's trick).

    Parameters
    ----------
    z : ndarray of float64, one-dimensional
        Centred residues.
    prime : int

    Returns
    -------
    ndarray of float64
        A new array.

    Examples
    --------
    >>> inverses(np.array([2.0, -3.0]), 7)
    array([-3.,  2.])
    """
    if z.size <= FEW:
        return _few_inverses(z, prime)
    half = z.size // 2
    a, b, odd = z[:half], z[half : 2 * half], z[2 * half :]
    inner = inverses(np.concatenate([multiply_elementwise(a, b, prime), odd]), prime)
    result = np.concatenate([b, a, inner[half:]])
    result[: 2 * half].reshape(2, half)[...] *= inner[:half]
    return centre(result, prime)


def _few_inverses(z: Floats, prime: int) -> Floats:
    """Return the same, by one true inverse: of the product of all."""
    values = [int(x) for x in z.tolist()]
    before, product = [], 1
    for value in values:
        before.append(product)
        product = product * value % prime

    inverse, result = pow(product, -1, prime), []
    for value, product in zip(reversed(values), reversed(before), strict=True):
        result.append(inverse * product % prime)
        inverse = inverse * value % prime
    result.reverse()
    return centre(np.array(result, dtype=np.float64), prime)
