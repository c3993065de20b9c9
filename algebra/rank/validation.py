"""Integer matrices from whatever the user has: lists, numpy arrays, FLINT matrices."""

from __future__ import annotations

from operator import index
from typing import Any

import numpy as np
from flint import fmpz, fmpz_mat, nmod_mat
from numpy.typing import NDArray

from algebra.errors import InputError

MATRIX = "a matrix: a list of rows of one length, or a two-dimensional array"
INTEGERS = "a matrix of integers"


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
        entries = np.array([int(entry) for entry in matrix.entries()], dtype=object)
        return entries.reshape(matrix.nrows(), matrix.ncols())
    array = _as_array(argument, matrix)
    if array.ndim == 1 and array.size == 0 and not isinstance(matrix, np.ndarray):
        array = array.reshape(0, 0)
    if array.ndim != 2:
        raise InputError(argument, matrix, MATRIX)
    if array.dtype.kind in "iu":
        return array
    if array.dtype == object:
        return _as_integers(argument, matrix, array)
    if array.size == 0 and not isinstance(matrix, np.ndarray):
        return array.astype(np.int64)
    raise InputError(argument, matrix, INTEGERS)


def _as_array(argument: str, matrix: Any) -> NDArray[Any]:
    if isinstance(matrix, np.ndarray):
        return matrix
    if isinstance(matrix, (str, bytes)):
        raise InputError(argument, matrix, MATRIX)
    try:
        array = np.asarray(matrix)
        # numpy makes float64 of Python ints beyond 2^63 that stand beside others
        return np.asarray(matrix, dtype=object) if array.dtype.kind == "f" and array.size else array
    except ValueError:
        raise InputError(argument, matrix, MATRIX) from None


def _as_integers(argument: str, matrix: Any, array: NDArray[Any]) -> NDArray[Any]:
    try:
        flat = [int(entry) if isinstance(entry, fmpz) else index(entry) for entry in array.ravel()]
    except TypeError:
        raise InputError(argument, matrix, INTEGERS) from None
    try:
        return np.array(flat, dtype=np.int64).reshape(array.shape)
    except OverflowError:
        result = np.empty(len(flat), dtype=object)
        result[:] = flat
        return result.reshape(array.shape)
