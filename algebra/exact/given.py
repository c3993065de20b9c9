"""What users hand over as matrices: arrays without hidden entries, and rows that are rows.

numpy takes much without a word: the hidden values of masked arrays, the bytes of a buffer as integers, truth values as
0 and 1, and large integers as floats.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.errors import TEXT, InputError, as_integer
from algebra.exact.integers import integer_array

if TYPE_CHECKING:
    from algebra.types import Array

UNMASKED = "without masked entries"

ROWS = frozenset({list, tuple})
"""Types of rows that hide nothing."""

TRUTH_VALUES = frozenset({bool, np.bool_})

ROUNDED = 2.0**53
"""From here on float64 does not hold every integer."""


def plain_array(argument: str, given: Any, allowed: str = "an array of numbers", exact: bool = True) -> Array:
    """Return what numpy reads as an array of its own class, its numbers unchanged.

    Parameters
    ----------
    argument : str
        Its name, as the caller knows it.
    given : array_like
        An array of any subclass, or nested lists.
    allowed : str
        What it must be, for the refusal.
    exact : bool
        Whether integers are to stay integers.

    Returns
    -------
    ndarray
        Large integers beside small ones, which numpy would make floats of, are Python integers in an object array.

    Raises
    ------
    InputError
        If entries are masked, rows have different lengths, or it is text.

    Examples
    --------
    >>> plain_array("matrix", [[2**63, -1]]).tolist()
    [[9223372036854775808, -1]]
    """
    if type(given) is np.ndarray:
        return given
    if isinstance(given, np.ndarray):
        return unmasked(argument, given)
    if isinstance(given, TEXT):
        raise InputError(argument, given, allowed)
    if type(given) not in (list, tuple) or not ROWS.issuperset(map(type, given)):
        for row in given if isinstance(given, list | tuple) else ():
            if isinstance(row, np.ma.MaskedArray):
                unmasked(argument, row)
            elif isinstance(row, TEXT[1:]):  # a text may be a number, "1/2"
                raise InputError(argument, given, allowed)
    try:
        array = np.asarray(given)
        if exact and array.dtype.kind == "f" and array.size and np.abs(array).max() >= ROUNDED:
            return _without_rounding(given, array)
    except ValueError:
        raise InputError(argument, given, allowed) from None
    return array


def integers_given(argument: str, given: Any, allowed: str = "an array of integers") -> Array:
    """Return integers in an array of any shape; floats, truth values and text are refused, whole ones too.

    Parameters
    ----------
    argument : str
        Its name, as the caller knows it.
    given : array_like
    allowed : str
        What it must be, for the refusal.

    Returns
    -------
    ndarray
        Of an integer dtype, or of Python integers.

    Raises
    ------
    InputError
        If an entry is no integer, or the lists have different lengths.

    Examples
    --------
    >>> integers_given("words", [[1, 2**70]]).tolist()
    [[1, 1180591620717411303424]]
    >>> integers_given("words", [1, 0.5])
    Traceback (most recent call last):
    ...
    algebra.errors.InputError: words is [1, 0.5], but it must be an array of integers
    """
    array = plain_array(argument, given, allowed)
    if isinstance(given, np.ndarray) and array.dtype.kind in "iu":
        return array
    if array.size == 0:
        return array.astype(np.int64)
    try:
        entries = [as_integer(argument, entry) for entry in np.asarray(given, dtype=object).reshape(-1)]
    except (InputError, ValueError):
        raise InputError(argument, given, allowed) from None
    return integer_array(entries, room=1).reshape(array.shape)


def _without_rounding(given: Any, array: Array) -> Array:
    """Return nested lists as objects if they hold integers alone, which numpy has rounded."""
    exact = np.asarray(given, dtype=object)
    return exact if exact.shape == array.shape and not any(map(_is_float, exact.flat)) else array


def _is_float(entry: Any) -> bool:
    return isinstance(entry, float | complex | np.inexact)


def unmasked(argument: str, given: Any) -> Array:
    """Return an array of any subclass as one of numpy's own class.

    Parameters
    ----------
    argument : str
        What messages call it.
    given : array_like

    Returns
    -------
    numpy.ndarray

    Raises
    ------
    InputError
        If entries are masked.

    Examples
    --------
    >>> unmasked("matrix", np.ma.masked_array([1, 2], mask=[False, True]))
    Traceback (most recent call last):
    ...
    algebra.errors.InputError: matrix is masked_array(data=[1, --],
                 mask=[False,  True],
           fill_value=999999), but it must be without masked entries
    """
    if isinstance(given, np.ma.MaskedArray) and np.ma.is_masked(given):
        raise InputError(argument, given, UNMASKED)
    return np.asarray(given)
