"""Reading rational matrices: tokens, scores, weights; and nested lists with floats among them."""

from __future__ import annotations

from fractions import Fraction
from math import isfinite
from typing import Any

from flint import fmpq, fmpq_mat

from algebra.errors import InputError
from algebra.linear.exact_matrix import from_rows, rows_of


def rational_matrix(argument: str, value: Any) -> fmpq_mat:
    """Return a matrix of rational numbers.

    Parameters
    ----------
    argument : str
        Its name, as the caller knows it.
    value : array_like
        Nested lists of integers, fractions, strings "p/q", sympy or FLINT rationals; an array of them; ``fmpq_mat``.

    Returns
    -------
    fmpq_mat

    Raises
    ------
    InputError
        If it is not a matrix, is empty, or an entry is not a rational number; floats are refused.

    Examples
    --------
    >>> rational_matrix("P", [["1/2", "1/2"], ["1/2", "1/2"]]).rank()
    1
    """
    if isinstance(value, fmpq_mat) and value.nrows() and value.ncols():
        return value
    rows = rows_of(argument, value)
    for row in rows:
        for entry in row:
            if not isinstance(entry, fmpq):
                raise InputError(argument, value, 'a matrix of rational numbers: integers, fractions, strings "p/q"')
    return from_rows(rows)


def has_floats(value: Any) -> bool:
    """Tell whether a nested list, or an array, holds a float.

    Examples
    --------
    >>> has_floats([[1, "1/2"]]), has_floats([[1, 0.5]])
    (False, True)
    """
    dtype = getattr(value, "dtype", None)
    if dtype is not None and getattr(dtype, "kind", "") in "fc":
        return True
    if isinstance(value, (list, tuple)):
        return any(map(has_floats, value))
    return isinstance(value, float)


def exact_fractions(value: Any) -> Any:
    """Replace finite floats in nested lists and objects by the binary fractions that they are.

    Examples
    --------
    >>> exact_fractions([[0.5, "1/3"]])
    [[Fraction(1, 2), '1/3']]
    """
    if isinstance(value, list):
        return [exact_fractions(each) for each in value]
    if isinstance(value, dict):
        return {key: exact_fractions(each) for key, each in value.items()}
    return Fraction(value) if isinstance(value, float) and isfinite(value) else value


def strings(matrix: fmpq_mat) -> list[list[str]]:
    """Return the entries as strings "p" or "p/q".

    Examples
    --------
    >>> strings(fmpq_mat(1, 2, [fmpq(1, 2), 3]))
    [['1/2', '3']]
    """
    return [[str(entry) for entry in row] for row in matrix.table()]
