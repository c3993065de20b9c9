"""Matrices over Q from whatever the user has, and the few questions asked of them.

The matrices are FLINT's ``fmpq_mat``.  Matrices over a real number field answer to the same methods (see
`algebra.linear.field_matrix`), so that the functions here and the classification serve both.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from numbers import Rational
from operator import index
from typing import Any

from flint import fmpq, fmpq_mat, fmpz, fmpz_mat

from algebra.errors import InputError

Matrix = Any  # fmpq_mat, or FieldMatrix of algebra.linear.field_matrix
Scalar = Any  # fmpq, or FieldElement

LONGEST_EXPONENT = 4  # digits
SHAPE = "a matrix: a list of rows of one length, with at least one row and one column"
EXACT = 'exact: integers, fractions, strings "p/q", sympy or FLINT numbers'


def rows_of(argument: str, given: Any) -> list[list[Any]]:
    """Return the rows of a matrix with exact entries.

    Parameters
    ----------
    argument : str
        Its name, as the caller knows it.
    given : array_like
        Nested lists, a numpy array of integers, strings or objects, a sympy matrix, ``fmpz_mat`` or ``fmpq_mat``.

    Returns
    -------
    list of list
        Of ``fmpq``; sympy numbers that are not rational are left as they are.

    Raises
    ------
    InputError
        If it is not a matrix, is empty, or an entry is a float, infinite, NaN or no number.

    Examples
    --------
    >>> rows_of("X", [["1/2", 1]])
    [[1/2, 1]]
    >>> rows_of("X", [[0.5]])
    Traceback (most recent call last):
    ...
    algebra.errors.InputError: X[0][0] is 0.5, but it must be exact: integers, fractions, strings "p/q", sympy or
    FLINT numbers
    """
    rows = _nested(argument, given)
    return [[_scalar(f"{argument}[{i}][{j}]", entry) for j, entry in enumerate(row)] for i, row in enumerate(rows)]


def _nested(argument: str, given: Any) -> list[list[Any]]:
    if isinstance(given, (fmpq_mat, fmpz_mat)):
        rows = given.table()
    elif isinstance(given, Sequence) and not isinstance(given, (str, bytes)):
        rows = [row.tolist() if hasattr(row, "tolist") else row for row in given]
    else:
        to_list = getattr(given, "tolist", None)  # numpy's and sympy's
        if to_list is None or len(getattr(given, "shape", ())) != 2:
            raise InputError(argument, given, SHAPE)
        rows = to_list()
    good = all(isinstance(row, Sequence) and not isinstance(row, (str, bytes)) for row in rows)
    if not good or not rows or len({len(row) for row in rows}) > 1 or not len(rows[0]):
        raise InputError(argument, given, SHAPE)
    return [list(row) for row in rows]


def _scalar(argument: str, entry: Any) -> Any:
    if isinstance(entry, (fmpq, fmpz)):
        return fmpq(entry)
    if isinstance(entry, Rational) and not isinstance(entry, bool):
        return fmpq(int(entry.numerator), int(entry.denominator))
    if isinstance(entry, str):
        return _from_string(argument, entry)
    if hasattr(entry, "is_Rational"):
        return _from_sympy(argument, entry)
    if isinstance(entry, float) or hasattr(entry, "is_integer"):
        raise InputError(argument, entry, EXACT if math.isfinite(entry) else "a finite number")
    try:
        if isinstance(entry, bool):
            raise TypeError
        return fmpq(index(entry))
    except TypeError:
        raise InputError(argument, entry, EXACT) from None


def _from_string(argument: str, entry: str) -> Any:
    _, _, exponent = entry.lower().partition("e")
    try:
        if len(exponent.strip().lstrip("+-0")) > LONGEST_EXPONENT:  # 10^(that number) would fill the memory
            raise ValueError
        value = Fraction(entry)
    except (ValueError, ZeroDivisionError):
        raise InputError(argument, entry, 'a rational number as a string "p/q"') from None
    return fmpq(value.numerator, value.denominator)


def _from_sympy(argument: str, entry: Any) -> Any:
    if entry.is_Rational:
        return fmpq(int(entry.p), int(entry.q))
    if entry.is_number and entry.is_real and not entry.has(*_sympy_floats()):
        return entry
    raise InputError(argument, entry, "a finite real number of sympy without symbols and floats")


def _sympy_floats() -> tuple[Any, ...]:
    from sympy import Float, nan, oo, zoo

    return Float, nan, oo, zoo


def from_rows(rows: Sequence[Sequence[Any]]) -> Matrix:
    """Return the ``fmpq_mat`` with these rows of rationals."""
    return fmpq_mat(len(rows), len(rows[0]), [entry for row in rows for entry in row])


def rows_like(matrix: Matrix, rows: Sequence[Sequence[Any]]) -> Matrix:
    """Return a matrix with these rows over the same field as another."""
    return from_rows(rows) if isinstance(matrix, fmpq_mat) else matrix.from_rows(rows)


def identity(size: int, like: Matrix = None) -> Matrix:
    """Return the identity, over the same field as `like`."""
    one = fmpq_mat(size, size, [int(i == j) for i in range(size) for j in range(size)])
    return one if like is None or isinstance(like, fmpq_mat) else like.embed(one)


def is_zero(matrix: Matrix) -> bool:
    """Tell whether every entry is exactly zero."""
    return not bool(matrix) if matrix.nrows() and matrix.ncols() else True


def trace_of_product(left: Matrix, right: Matrix) -> Scalar:
    """Return the inner product <left, right>, the sum of the products of their entries."""
    first, second = left.entries(), right.entries()
    if isinstance(left, fmpq_mat) and first:
        return (fmpq_mat(1, len(first), first) * fmpq_mat(len(second), 1, second))[0, 0]
    return sum((a * b for a, b in zip(first, second, strict=True)), fmpq(0))


def to_strings(matrix: Matrix) -> list[list[str]]:
    """Return the entries as strings, "p/q" when rational.

    Examples
    --------
    >>> to_strings(from_rows([[fmpq(1, 2), fmpq(3)]]))
    [['1/2', '3']]
    """
    return [[str(entry) for entry in row] for row in matrix.table()]
