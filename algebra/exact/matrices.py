"""Matrices over Q from whatever the user has, and the few questions asked of them.

The matrices are FLINT's ``fmpq_mat``.  Matrices over a real number field answer to the same methods (see
`algebra.exact.field_matrix`), so that the functions here and the classification serve both.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from flint import fmpq, fmpq_mat, fmpz, fmpz_mat

import algebra.exact.pickling  # noqa: F401  (teaches FLINT's types to be pickled)
from algebra.errors import TEXT, InputError
from algebra.exact.numbers import ratio
from algebra.sequences import plain_lists

Matrix = Any  # fmpq_mat, or FieldMatrix of algebra.exact.field_matrix
Scalar = Any  # fmpq, or FieldElement
RATIONALS = frozenset({int, fmpz, fmpq})

SHAPE = "a matrix: a list of rows of one length, with at least one row and one column"
EXACT = 'exact: integers, fractions, strings "p/q", sympy or FLINT numbers'
OVER_Q = "rational: directions are computed over the rationals"
RATIONAL = 'a matrix of rational numbers: integers, fractions, strings "p/q"'


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
    if _flint_reads(rows):
        return [list(map(fmpq, row)) for row in rows]
    return _scalars(argument, rows)


def _flint_reads(rows: Sequence[Sequence[Any]]) -> bool:
    """Tell whether all entries are of types that FLINT takes as they are: none then needs a name for its refusal."""
    return all(RATIONALS.issuperset(map(type, row)) for row in rows)


def _scalars(argument: str, rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    return [[_scalar(f"{argument}[{i}][{j}]", entry) for j, entry in enumerate(row)] for i, row in enumerate(rows)]


def _nested(argument: str, given: Any) -> list[list[Any]]:
    if isinstance(given, (fmpq_mat, fmpz_mat)):
        rows = given.table()
    elif isinstance(given, Sequence) and not isinstance(given, TEXT):
        rows = [row if isinstance(row, TEXT) else plain_lists(row) for row in given]
    else:  # numpy's and sympy's, and data frames
        if isinstance(given, TEXT) or len(getattr(given, "shape", ())) != 2:
            raise InputError(argument, given, SHAPE)
        rows = plain_lists(given)
        if rows is given:
            raise InputError(argument, given, SHAPE)
    good = all(isinstance(row, Sequence) and not isinstance(row, TEXT) for row in rows)
    if not good or not rows or len({len(row) for row in rows}) > 1 or not len(rows[0]):
        raise InputError(argument, given, SHAPE)
    return [list(row) for row in rows]


def _scalar(argument: str, entry: Any) -> Any:
    if isinstance(entry, fmpq):  # nothing to read, and the matrices that are built here come this way
        return entry
    found = ratio(entry)
    if found is not None:
        return fmpq(*found)
    if isinstance(entry, str):
        raise InputError(argument, entry, 'a rational number as a string "p/q"')
    if hasattr(entry, "is_Rational"):  # sympy's, without importing it
        return _irrational(argument, entry)
    if isinstance(entry, float) or hasattr(entry, "is_integer"):
        raise InputError(argument, entry, EXACT if math.isfinite(entry) else "a finite number")
    raise InputError(argument, entry, EXACT)


def _irrational(argument: str, entry: Any) -> Any:
    if entry.is_number and entry.is_real and not entry.has(*_sympy_floats()):
        simple = entry.doit()  # what was left unevaluated, such as sqrt(2*2)
        return fmpq(int(simple.p), int(simple.q)) if simple.is_Rational else simple
    raise InputError(argument, entry, "a finite real number of sympy without symbols and floats")


def _sympy_floats() -> tuple[Any, ...]:
    from sympy import Float, nan, oo, zoo

    return Float, nan, oo, zoo


def rational_matrix(argument: str, value: Any, of_entry: str | None = None) -> fmpq_mat:
    """Return a matrix of rational numbers.

    Parameters
    ----------
    argument : str
        Its name, as the caller knows it.
    value : array_like
        Nested lists of integers, fractions, strings "p/q", sympy or FLINT rationals; an array of them; ``fmpq_mat``.
    of_entry : str, optional
        What an irrational entry must be: the refusal then names the entry, not the matrix.

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
    rows = _nested(argument, value)
    if _flint_reads(rows):
        return from_rows(rows)
    rows = _scalars(argument, rows)
    for entry in (entry for row in rows for entry in row if not isinstance(entry, fmpq)):
        raise InputError(argument, value, RATIONAL) if of_entry is None else InputError(argument, entry, of_entry)
    return from_rows(rows)


def from_rows(rows: Sequence[Sequence[Any]], columns: int | None = None) -> fmpq_mat:
    """Return the matrix with these rows of rationals; it has this many columns even if there are no rows.

    Parameters
    ----------
    rows : sequence of sequences of rationals
        Of one length.
    columns : int, optional
        Needed where there are no rows.

    Returns
    -------
    fmpq_mat

    Examples
    --------
    >>> from_rows([[1, 2]]).table(), from_rows([], 3).ncols()
    ([[1, 2]], 3)
    """
    return fmpq_mat(len(rows), len(rows[0]) if columns is None else columns, [x for row in rows for x in row])


def rows_like(matrix: Matrix, rows: Sequence[Sequence[Any]], columns: int | None = None) -> Matrix:
    """Return a matrix with these rows over the same field as another; see `from_rows`.

    Parameters
    ----------
    matrix : Matrix
        It says over which field.
    rows : sequence of sequences
        Of one length.
    columns : int, optional
        Needed where there are no rows.

    Returns
    -------
    Matrix
    """
    return (from_rows if isinstance(matrix, fmpq_mat) else matrix.from_rows)(rows, columns)


def identity(size: int, like: Matrix = None) -> Matrix:
    """Return the identity, over the same field as `like`.

    Parameters
    ----------
    size : int
    like : Matrix, optional
        Default: over the rationals.

    Returns
    -------
    Matrix, shape (size, size)
    """
    one = fmpq_mat(size, size, [int(i == j) for i in range(size) for j in range(size)])
    return one if like is None or isinstance(like, fmpq_mat) else like.embed(one)


def is_zero(matrix: Matrix) -> bool:
    """Tell whether every entry is exactly zero.

    Parameters
    ----------
    matrix : Matrix

    Returns
    -------
    bool
    """
    return not bool(matrix) if matrix.nrows() and matrix.ncols() else True


def trace_of_product(left: Matrix, right: Matrix) -> Scalar:
    """Return the inner product <left, right>, the sum of the products of their entries.

    Parameters
    ----------
    left, right : Matrix
        Of one shape.

    Returns
    -------
    Scalar
    """
    first, second = left.entries(), right.entries()
    if isinstance(left, fmpq_mat) and first:
        return (fmpq_mat(1, len(first), first) * fmpq_mat(len(second), 1, second))[0, 0]
    return sum((a * b for a, b in zip(first, second, strict=True)), fmpq(0))


def submatrix(matrix: fmpq_mat, rows: Iterable[int], columns: Iterable[int]) -> fmpq_mat:
    """Return the entries in these rows and columns.

    Parameters
    ----------
    matrix : fmpq_mat
    rows, columns : iterable of int
        From 0, in the order in which they are wanted.

    Returns
    -------
    fmpq_mat

    Examples
    --------
    >>> submatrix(fmpq_mat(2, 2, [1, 2, 3, 4]), [1], [0, 1]).tolist()
    [[3, 4]]
    """
    above, across = list(rows), list(columns)
    return fmpq_mat(len(above), len(across), [matrix[i, j] for i in above for j in across])


def stacked(matrices: Sequence[fmpq_mat]) -> fmpq_mat:
    """Put matrices below each other.

    Parameters
    ----------
    matrices : sequence of fmpq_mat
        At least one, with as many columns each.

    Returns
    -------
    fmpq_mat

    Examples
    --------
    >>> stacked([from_rows([[1, 2]]), from_rows([], 2), from_rows([[3, 4]])]).table()
    [[1, 2], [3, 4]]
    """
    return from_rows([row for matrix in matrices if matrix.nrows() for row in matrix.table()], matrices[0].ncols())


def side_by_side(matrices: Sequence[fmpq_mat], rows: int) -> fmpq_mat:
    """Put matrices with this many rows beside each other; there may be none.

    Parameters
    ----------
    matrices : sequence of fmpq_mat
    rows : int

    Returns
    -------
    fmpq_mat

    Examples
    --------
    >>> side_by_side([from_rows([[1], [2]]), from_rows([[3], [4]])], 2).table()
    [[1, 3], [2, 4]]
    """
    tables = [matrix.table() for matrix in matrices if matrix.ncols()]
    joined = [[entry for table in tables for entry in table[i]] for i in range(rows)]
    return from_rows(joined, sum(matrix.ncols() for matrix in matrices))


def columns_of(matrix: fmpq_mat) -> list[fmpq_mat]:
    """Return the columns, one matrix each.

    Parameters
    ----------
    matrix : fmpq_mat, shape (m, n)

    Returns
    -------
    list of fmpq_mat, shape (m, 1)

    Examples
    --------
    >>> [column.table() for column in columns_of(from_rows([[1, 2], [3, 4]]))]
    [[[1], [3]], [[2], [4]]]
    """
    return [fmpq_mat(matrix.nrows(), 1, list(column)) for column in zip(*matrix.table(), strict=True)]


def spread_columns(matrix: fmpq_mat, places: Sequence[int], width: int) -> fmpq_mat:
    """Put the columns at these places of a matrix of this width, zero elsewhere.

    Parameters
    ----------
    matrix : fmpq_mat, shape (m, n)
    places : sequence of int
        One for each column, from 0.
    width : int

    Returns
    -------
    fmpq_mat, shape (m, width)

    Examples
    --------
    >>> spread_columns(from_rows([[1, 2]]), [0, 2], 3).table()
    [[1, 0, 2]]
    """
    spread = fmpq_mat(matrix.nrows(), width)
    for j, place in enumerate(places):
        for i in range(matrix.nrows()):
            spread[i, place] = matrix[i, j]
    return spread


def to_strings(matrix: Matrix) -> list[list[str]]:
    """Return the entries as strings, "p/q" when rational.

    Parameters
    ----------
    matrix : Matrix

    Returns
    -------
    list of lists of str

    Examples
    --------
    >>> to_strings(from_rows([[fmpq(1, 2), fmpq(3)]]))
    [['1/2', '3']]
    """
    if not isinstance(matrix, fmpq_mat) or matrix.ncols() == 0:
        return [[str(entry) for entry in row] for row in matrix.table()]

    # Integers are written twice as fast as fractions, and a matrix of many entries is of integers as a rule.
    numerators, denominator = matrix.numer_denom()
    if denominator != 1:
        return [[str(entry) for entry in row] for row in matrix.table()]
    texts = list(map(str, map(int, numerators.entries())))
    width = matrix.ncols()
    return [texts[start : start + width] for start in range(0, len(texts), width)]
