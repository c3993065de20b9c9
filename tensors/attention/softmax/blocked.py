"""Minus infinity among logits: what a query does not see.

Frameworks mask attention by adding minus infinity to logits; softmax is then exactly 0 there.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flint import fmpq, fmpq_mat, fmpz, fmpz_mat

from algebra.errors import TEXT, InputError
from algebra.evidence.checker.softmax import BLOCKED
from algebra.sequences import plain_lists

WORDS = frozenset({BLOCKED, "-infinity", "-oo"})
"""How floats, decimals and sympy's numbers write it, apart from capitals."""

FINITE = frozenset({int, Fraction, fmpq, fmpz})
"""Types without an infinity."""

NO_INFINITY = (fmpq_mat, fmpz_mat, *TEXT)

Visible = tuple[tuple[bool, ...], ...]


def is_blocked(entry: Any) -> bool:
    """Tell whether an entry is minus infinity: a float or decimal, "-inf" or "-Infinity", or sympy's.

    Examples
    --------
    >>> is_blocked(float("-inf")), is_blocked("-Infinity"), is_blocked(float("inf")), is_blocked(-1)
    (True, True, False, False)
    """
    return type(entry) not in FINITE and str(entry).strip().lower() in WORDS


def split_blocked(argument: str, logits: Any) -> tuple[Any, Visible | None]:
    """Return logits with 0 at the places that are blocked, and which are not; None if none is.

    Parameters
    ----------
    argument : str
        Its name, as the caller knows it.
    logits : array_like
        One row a key, one column a query. What is no matrix is left as it is, for the reader to refuse.

    Returns
    -------
    (object, tuple of tuples of bool or None)
        The logits in the form in which they were given.

    Raises
    ------
    InputError
        If a query sees no key: there is no softmax of nothing.

    Examples
    --------
    >>> split_blocked("logits", [[0, 1], ["-inf", "1/2"]])
    ([[0, 1], [0, '1/2']], ((True, True), (False, True)))
    >>> split_blocked("logits", [["-inf", 1]])
    Traceback (most recent call last):
    ...
    algebra.errors.InputError: logits is [['-inf', 1]], but it must be such that every query sees a key: column 0 is
    minus infinity
    """
    rows = _rows(logits)
    if rows is None:
        return logits, None
    visible = tuple(tuple(not is_blocked(entry) for entry in row) for row in rows)
    if all(map(all, visible)) or len(set(map(len, visible))) > 1:
        return logits, None
    for j, column in enumerate(zip(*visible, strict=True)):
        if not any(column):
            allowed = f"such that every query sees a key: column {j} is minus infinity"
            raise InputError(argument, logits, allowed)
    pairs = zip(rows, visible, strict=True)
    return [[z if seen else 0 for z, seen in zip(row, sees, strict=True)] for row, sees in pairs], visible


def _rows(logits: Any) -> list[list[Any]] | None:
    """Return the rows of whatever may hold an infinity; None if nothing can, or it is no matrix."""
    if isinstance(logits, NO_INFINITY):
        return None
    if getattr(getattr(logits, "dtype", None), "kind", "O") in "biu":
        return None
    given = plain_lists(logits)
    if not isinstance(given, list | tuple):
        return None
    rows = [row if isinstance(row, TEXT) else plain_lists(row) for row in given]
    if not all(isinstance(row, list | tuple) for row in rows):
        return None
    if all(FINITE.issuperset(map(type, row)) for row in rows):
        return None
    return [list(row) for row in rows]


def named_blocked(rows: list[list[Any]]) -> list[list[Any]]:
    """Write every entry that is minus infinity as "-inf", so that none of them counts as a measured float.

    Parameters
    ----------
    rows : list of lists

    Returns
    -------
    list of lists

    Examples
    --------
    >>> named_blocked([[0, float("-inf")], [1, "1/2"]])
    [[0, '-inf'], [1, '1/2']]
    """
    return [[BLOCKED if is_blocked(entry) else entry for entry in row] for row in rows]
