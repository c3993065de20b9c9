"""Reading what has an order: lists and whatever can be listed, but no sets, no dicts, no strings and no bytes."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from algebra.errors import InputError, as_integer

UNORDERED = (str, bytes, bytearray, memoryview, Set, Mapping)
"""Python lists all of these without a word: characters, bytes as integers, keys, sets in an order of their own."""


def as_list(argument: str, value: Any, allowed: str) -> list[Any]:
    """Return the entries of a list, a tuple, an array, or anything else that has an order, as a list.

    Parameters
    ----------
    argument : str
        Its name, as the caller knows it.
    value : iterable
    allowed : str
        What would have been accepted, as the end of the sentence "it must be …".

    Returns
    -------
    list

    Raises
    ------
    InputError
        For sets, dicts, strings and bytes, and whatever has no entries.

    Examples
    --------
    >>> as_list("widths", (2, 3, 1), "a sequence of integers")
    [2, 3, 1]
    >>> as_list("widths", {2, 3, 1}, "a sequence of integers")
    Traceback (most recent call last):
    ...
    algebra.errors.InputError: widths is {1, 2, 3}, but it must be a sequence of integers
    """
    if type(value) is tuple or type(value) is list:  # nearly always: spare the rest
        return list(value)
    if isinstance(value, UNORDERED):
        raise InputError(argument, value, allowed)
    try:
        return list(value)
    except TypeError:
        raise InputError(argument, value, allowed) from None


def integers_of(argument: str, values: Any, allowed: str, least: int | None = None) -> tuple[int, ...]:
    """Return integers that have an order as a tuple of Python's.

    Parameters
    ----------
    argument : str
        Its name, as the caller knows it.
    values : iterable of int
    allowed : str
        What would have been accepted, as the end of the sentence "it must be …".
    least : int, optional
        What each is at least.

    Returns
    -------
    tuple of int

    Raises
    ------
    InputError
        Of what has no order, or for the first entry that is no integer or too small.

    Examples
    --------
    >>> integers_of("widths", [2, 3, 1], "integers of at least 1", least=1)
    (2, 3, 1)
    """
    if type(values) is tuple or type(values) is list:  # nearly always, and short: a loop is faster than functions
        for value in values:
            if type(value) is not int or (least is not None and value < least):
                break
        else:
            return tuple(values)
    entries = as_list(argument, values, allowed)
    wheres = [f"; this is number {k} of {len(entries)}" if len(entries) > 1 else "" for k in range(1, len(entries) + 1)]
    return tuple(as_integer(argument, e, least, allowed + where) for e, where in zip(entries, wheres, strict=True))


def plain_lists(value: Any) -> Any:
    """Return arrays, series and data frames as nested lists, and whatever else as it is.

    Parameters
    ----------
    value : object

    Returns
    -------
    object

    Examples
    --------
    >>> import numpy as np
    >>> plain_lists(np.array([[1, 2]])), plain_lists("text")
    ([[1, 2]], 'text')
    """
    if type(value) is list:
        return value
    if hasattr(value, "tolist"):
        return value.tolist()
    return value.to_numpy().tolist() if hasattr(value, "to_numpy") else value
