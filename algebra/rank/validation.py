"""Integer matrices from whatever the user has: lists, numpy arrays, FLINT matrices."""

from __future__ import annotations

from array import array as typed_array
from itertools import chain
from operator import index
from typing import Any

import numpy as np
from flint import fmpz, fmpz_mat, nmod_mat
from numpy.typing import NDArray

from algebra.errors import InputError
from algebra.exact.given import TRUTH_VALUES, plain_array
from algebra.exact.integers import integer_array

MATRIX = "a matrix: a list of rows of one length, or a two-dimensional array"
INTEGERS = "a matrix of integers"
ONLY_LIST, ONLY_INT = frozenset({list}), frozenset({int})

LONG = 64
"""Rows from here on are looked at one by one, and read by Python's own arrays: 7 % faster than all entries at once, but
a call a row."""


def integer_matrix(argument: str, matrix: Any) -> NDArray[Any]:
    """Return a matrix of integers as a two-dimensional array.

    Parameters
    ----------
    argument : str
        Its name, as the caller knows it.
    matrix : array_like
        Nested lists of integers of any size, a numpy array of an integer dtype, an object array of integers,
        ``fmpz_mat`` or ``nmod_mat``.  ``[]`` is the 0 x 0 matrix.

    Returns
    -------
    ndarray, two-dimensional
        Of an integer dtype, or Python ints in an object array.

    Raises
    ------
    InputError
        If it is not a matrix or an entry is not an integer; floats are refused even if they are whole.

    Examples
    --------
    >>> integer_matrix("matrix", [[1, 2], [3, 4]])
    array([[1, 2],
           [3, 4]])
    >>> integer_matrix("matrix", [[1, 2.5]])
    Traceback (most recent call last):
    ...
    algebra.errors.InputError: matrix is [[1, 2.5]], but it must be a matrix of integers
    """
    if isinstance(matrix, (fmpz_mat, nmod_mat)):
        return integer_array(list(map(int, matrix.entries())), room=1).reshape(matrix.nrows(), matrix.ncols())
    if is_plain(matrix):
        return plain_integers(matrix)
    array = plain_array(argument, matrix, MATRIX)
    if array.ndim == 1 and array.size == 0 and not isinstance(matrix, np.ndarray):
        array = array.reshape(0, 0)
    if array.ndim != 2:
        raise InputError(argument, matrix, MATRIX)
    if array.dtype.kind in "iu":
        if array.size and isinstance(matrix, list | tuple):
            _refuse_truth_values(argument, matrix, array)
        return array
    if array.dtype == object:
        return _as_integers(argument, matrix, array)
    if array.size == 0 and not isinstance(matrix, np.ndarray):
        return array.astype(np.int64)
    raise InputError(argument, matrix, INTEGERS)


def is_plain(matrix: Any) -> bool:
    """Tell whether these are lists of one positive length, of Python ints: nothing needs to be refused.

    Examples
    --------
    >>> is_plain([[1, 2]]), is_plain([[1, True]]), is_plain([[1], [1, 2]])
    (True, False, False)
    """
    if type(matrix) is not list or not ONLY_LIST.issuperset(map(type, matrix)):
        return False
    lengths = set(map(len, matrix))
    if len(lengths) != 1 or 0 in lengths:
        return False
    if len(matrix[0]) < LONG:
        return ONLY_INT.issuperset(map(type, chain.from_iterable(matrix)))
    return all(list(map(type, row)).count(int) == len(row) for row in matrix)  # a quarter faster than a set, when long


def plain_integers(rows: list[list[int]]) -> NDArray[Any]:
    """Return what `is_plain` as an array; numpy reads it faster without a look at the types.

    Examples
    --------
    >>> plain_integers([[1, 2]]).dtype, plain_integers([[1, 2**70]]).dtype
    (dtype('int64'), dtype('O'))
    """
    shape, entries = (len(rows), len(rows[0])), typed_array("q")
    try:
        if shape[1] < LONG:
            return np.fromiter(chain.from_iterable(rows), np.int64, shape[0] * shape[1]).reshape(shape)
        for row in rows:
            entries.fromlist(row)
    except OverflowError:
        return integer_array(rows, room=1)
    return np.frombuffer(entries, np.int64).reshape(shape)


def _refuse_truth_values(argument: str, matrix: Any, array: NDArray[Any]) -> None:
    """Refuse nested lists in which a truth value stands beside integers: numpy makes 0 or 1 of it."""
    rows = matrix if array.ndim == 2 else [matrix]
    if not TRUTH_VALUES.isdisjoint(map(type, chain.from_iterable(rows))):
        raise InputError(argument, matrix, INTEGERS)


def _as_integers(argument: str, matrix: Any, array: NDArray[Any]) -> NDArray[Any]:
    entries = array.ravel().tolist()
    if not TRUTH_VALUES.isdisjoint(map(type, entries)):
        raise InputError(argument, matrix, INTEGERS)
    try:
        flat = [int(entry) if isinstance(entry, fmpz) else index(entry) for entry in entries]
    except TypeError:
        raise InputError(argument, matrix, INTEGERS) from None
    return integer_array(flat, room=1).reshape(array.shape)


def own_modulus(matrix: Any, prime: int) -> None:
    """Refuse a matrix of residues modulo something else.

    Raises
    ------
    InputError
        If it is.

    Examples
    --------
    >>> own_modulus(nmod_mat(1, 1, [3], 5), 7)
    Traceback (most recent call last):
    ...
    algebra.errors.InputError: prime is 7, but it must be 5, the modulus of the matrix
    """
    if isinstance(matrix, nmod_mat) and matrix.modulus() != prime:
        raise InputError("prime", prime, f"{matrix.modulus()}, the modulus of the matrix")
