"""Rounding whole arrays of words, and products of them at the speed of floating point, exactly.

Words are integers: int64 where everything that is computed with them fits, which is checked in Python's integers, and
Python integers in object arrays otherwise. Shifts of both kinds are arithmetic: they floor, also below zero.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.errors import InputError, as_integer
from algebra.exact.given import integers_given
from algebra.exact.integers import LIMIT, largest_absolute
from algebra.rounding.fixed_point import Mode, checked_shift

if TYPE_CHECKING:
    from algebra.types import Array

MANTISSA = 1 << 53
"""Integers up to here are floats, so that sums of products that stay below are exact in any order."""


def round_array(values: Any, shift: int, mode: Mode) -> Array:
    """Drop the last bits of each entry; `algebra.rounding.fixed_point.round_shift` for arrays.

    Parameters
    ----------
    values : array_like of int
    shift : int
        Bits that are dropped.
    mode : Mode
        A deterministic rounding.

    Returns
    -------
    Array

    Examples
    --------
    >>> [round_array([-11, 4, 12], 3, mode).tolist() for mode in (Mode.NEAREST_EVEN, Mode.NEAREST_DOWN)]
    [[-1, 0, 2], [-1, 0, 1]]
    """
    words = _with_margin(values, checked_shift(shift))
    if shift == 0 or mode is Mode.FLOOR:
        return words >> shift
    half = 1 << (shift - 1)
    ties = {
        Mode.NEAREST_UP: 0,
        Mode.NEAREST_DOWN: -1,
        Mode.NEAREST_EVEN: (words >> shift & 1) - 1,
        Mode.NEAREST_AWAY: -1 * (words < 0),
    }
    rounded: Array = (words + half + ties[mode]) >> shift
    return rounded


def stochastic_round_array(
    values: Any, shift: int, random: np.random.Generator, random_bits: int | None = None, centred: bool = False
) -> Array:
    """Round each entry stochastically, with a random word of its own: one addition and one shift.

    Words are drawn in the order of the entries, whatever the number of threads.

    Parameters
    ----------
    values : array_like of int
    shift : int
        How many bits are dropped.
    random : numpy.random.Generator
    random_bits : int, optional
        At most 62; default: all that are dropped.
    centred : bool
        Add half a unit of the random word, which centres the bias of few random bits.

    Returns
    -------
    Array

    Raises
    ------
    InputError
        If the random words have more than 62 bits, or more than are dropped.

    Examples
    --------
    >>> stochastic_round_array([4, 4, 4, -4, -4, 8], 3, np.random.default_rng(0)).tolist()
    [1, 1, 1, -1, -1, 1]
    """
    words = _with_margin(values, checked_shift(shift))
    bits = shift if random_bits is None else as_integer("random_bits", random_bits, 0)
    if bits > min(shift, 62):
        raise InputError("random_bits", bits, f"at most 62, and at most the {shift} bits that are dropped")
    drawn = random.integers(0, 1 << bits, size=words.shape, dtype=np.int64).astype(words.dtype)
    half = (1 << (shift - bits)) >> 1 if centred else 0
    rounded: Array = (words + (drawn << (shift - bits)) + half) >> shift
    return rounded


def _with_margin(values: Any, shift: int) -> Array:
    """Return int64 if 2^shift can be added to every entry, else Python integers."""
    words = integers_given("values", values)
    fits = largest_absolute(words) + (1 << shift) < LIMIT
    return words.astype(np.int64 if fits else object, copy=False)


def exact_product(left: Any, right: Any) -> Array:
    """Return the product of two integer matrices: in float64 while all partial sums are below 2^53.

    For words of 16 bits that is up to 2^23 terms. Beyond, Python's integers are multiplied.

    Parameters
    ----------
    left : array_like of int
    right : array_like of int
        With as many rows as `left` has columns.

    Returns
    -------
    Array

    Raises
    ------
    InputError
        If an entry is no integer, or the shapes do not chain.

    Examples
    --------
    >>> exact_product([[2**15, 1]], [[2**15], [3]]).tolist(), exact_product([[2**40]], [[2**40]]).tolist()
    ([[1073741827]], [[1208925819614629174706176]])
    """
    a, b = integers_given("left", left), integers_given("right", right)
    is_matrix = a.ndim == b.ndim == 2
    if not is_matrix or a.shape[1] != b.shape[0]:
        raise InputError("right", b.shape, f"a matrix with as many rows as left has columns, {a.shape}")

    # The greatest partial sum that there can be.
    most = a.shape[1] * largest_absolute(a) * largest_absolute(b)
    if most < MANTISSA:
        return (a.astype(np.float64) @ b.astype(np.float64)).astype(np.int64)
    return np.asarray(a.astype(object) @ b.astype(object))
