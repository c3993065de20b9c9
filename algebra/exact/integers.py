"""Exact integers as arrays: the one place that chooses machine integers, by a bound in Python's own integers.

numpy wraps around without a word, and the absolute value of the least int64 is negative: a bound that is computed by
numpy proves nothing.  Here bounds are Python integers.  An array of int64 that leaves this module has *room*: a sum of
so many of its entries, in absolute value, stays below 2^63.  Otherwise it is an object array of Python integers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from algebra.types import Array

LIMIT = 1 << 63
"""Integers below it in absolute value fit int64; so does its negative, which no bound here makes use of."""

FEW = 100
"""So many integers Python compares faster than numpy is called."""


def largest_absolute(array: Array) -> int:
    """Return the largest absolute value of an integer array as a Python integer; 0 if there are no entries.

    Parameters
    ----------
    array : numpy.ndarray of integers

    Returns
    -------
    int

    Examples
    --------
    >>> largest_absolute(np.array([3, -(2**63)])) == 2**63
    True
    """
    return max(int(array.max()), -int(array.min())) if array.size else 0


def with_room(array: Array, room: int = 2) -> Array:
    """Return an integer array as int64 if `room` of its entries may be summed, else as Python integers.

    Parameters
    ----------
    array : ndarray
        Of any integer dtype, or Python integers in an object array.
    room : int
        How many entries a sum has, signs not counted; the sum of all factors where they are multiplied.

    Returns
    -------
    numpy.ndarray
        With dtype int64 or object.

    Examples
    --------
    >>> with_room(np.array([2**61]), 3).dtype, with_room(np.array([2**61]), 4).dtype
    (dtype('int64'), dtype('O'))
    """
    fits = room * largest_absolute(array) < LIMIT
    return array.astype(np.int64 if fits else object, copy=False)


def integer_array(entries: Any, room: int = 2) -> Array:
    """Return nested lists, or an array, of integers as int64 where they fit with room, else as Python integers.

    With room for one entry, that is for no arithmetic, lists may hold -2^63 as well.

    Parameters
    ----------
    entries : array_like of int
        Integers; they are not checked.
    room : int
        How many entries may be added up without leaving int64.

    Returns
    -------
    numpy.ndarray
        With dtype int64 or object.

    Examples
    --------
    >>> integer_array([1, 2]).dtype, integer_array([1, 2**70]).dtype, integer_array([-(2**63)]).dtype
    (dtype('int64'), dtype('O'), dtype('O'))
    """
    if isinstance(entries, np.ndarray) and entries.dtype != object:
        return with_room(entries, room)
    if type(entries) is list and 0 < len(entries) <= FEW and type(entries[0]) is int:
        fits = room * max(max(entries), -min(entries) - (room == 1)) < LIMIT
        return np.array(entries, dtype=np.int64 if fits else object)
    try:
        array = np.array(entries, dtype=np.int64)  # numpy refuses Python integers beyond it
    except OverflowError:
        return np.array(entries, dtype=object)
    return array if room == 1 else with_room(array, room)
