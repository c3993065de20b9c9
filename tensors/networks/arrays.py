"""Arrays of exact numbers or floats, and factorisations through the rank, over the rationals or modulo a prime."""

from __future__ import annotations

from contextlib import contextmanager
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
from flint import nmod_mat

from algebra.errors import InputError
from algebra.exact.arrays import as_exact, modulo, rank_factors, zeros
from algebra.exact.elimination import pivots_of_form
from algebra.rank.primes import as_prime
from algebra.sequences import plain_lists

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from algebra.types import Array


LARGEST = 1 << 20
"""Entries of a tensor that is written out."""

MOST_AXES = 64
"""Axes of a numpy array."""


def number_array(argument: str, value: Any, axes: int | None = None) -> Array:
    """Read an array: integers and fractions stay exact, floats stay floats.

    Parameters
    ----------
    argument : str
        Its name, as the caller knows it.
    value : array_like
        Nested lists, or an array of any backend of tensorly.
    axes : int, optional
        Number of axes that it must have.

    Returns
    -------
    ndarray
        Of Python integers and fractions (``object``), or ``float64`` if there is a float in it.

    Raises
    ------
    InputError
        For entries that are no numbers, empty arrays, or another number of axes.

    Examples
    --------
    >>> number_array("core", [[1, "1/2"]]).tolist(), number_array("core", [[1, 0.5]]).tolist()
    ([[1, Fraction(1, 2)]], [[1.0, 0.5]])
    """
    try:
        given = np.array(plain_lists(value), dtype=object)
    except ValueError:  # of arrays of different shapes; lists of different lengths become entries
        raise InputError(argument, "a ragged list of arrays", "a rectangular array") from None
    if given.size == 0 or (axes is not None and given.ndim != axes):
        allowed = "not empty" if axes is None else f"a rectangular array of {axes} axes, not empty"
        raise InputError(argument, f"an array of shape {given.shape}", allowed)
    given = settled(given)
    if not is_exact(given):
        return given
    read = np.empty(given.size, dtype=object)
    read[:] = [as_exact(argument, entry) for entry in given.reshape(-1)]
    return read.reshape(given.shape)


def is_exact(*arrays: Array) -> bool:
    """Whether arrays hold integers and fractions only.

    Parameters
    ----------
    *arrays : numpy.ndarray

    Returns
    -------
    bool
    """
    return all(array.dtype == object for array in arrays)


def settled(array: Array) -> Array:
    """Return an array that was computed from exact numbers and floats as one of floats.

    Examples
    --------
    >>> settled(np.array([1, 0.5], dtype=object)).dtype, settled(np.array([1, 2], dtype=object)).dtype
    (dtype('float64'), dtype('O'))
    """
    if not any(isinstance(entry, float | np.floating) for entry in array.reshape(-1)):
        return array
    return rounded(array)


def rounded(array: Array) -> Array:
    """Return an array of exact numbers and floats as one of floats.

    Raises
    ------
    InputError
        If a number is beyond all floats, or an entry is no number.
    """
    try:
        with within_floats():
            return array.astype(np.float64)
    except InputError:
        raise
    except (TypeError, ValueError):
        raise InputError("tensor", "a ragged array, or what is no number", "a rectangular array of numbers") from None


@contextmanager
def within_floats() -> Iterator[None]:
    """Refuse numbers that are beyond all floats, where floats are computed with.

    Raises
    ------
    InputError
        Instead of an OverflowError, or of infinity.
    """
    try:
        with np.errstate(over="raise"):
            yield
    except (OverflowError, FloatingPointError):
        raise InputError("tensor", "a number of 2^1024 or more", "smaller, where entries are floats") from None


def check_size(sizes: Sequence[int]) -> None:
    """Refuse to write out tensors of more than a million entries, or of more axes than arrays have.

    Parameters
    ----------
    sizes : sequence of int
        The shape.

    Raises
    ------
    InputError
        Naming the number of entries.
    """
    if len(sizes) > MOST_AXES:
        raise InputError("tensor", f"{len(sizes)} axes", f"at most {MOST_AXES}: numpy's arrays have no more")
    if prod(sizes) > LARGEST:
        raise InputError("tensor", f"{prod(sizes)} entries", f"at most {LARGEST} to be written out")


def factored(matrix: Array, prime: int | None = None) -> tuple[Array, Array]:
    """Factor an exact matrix as L R through its rank (a zero matrix through one zero).

    Parameters
    ----------
    matrix : ndarray of integers and fractions
    prime : int, optional
        Factor modulo this prime instead; below 2^63.

    Returns
    -------
    L, R : ndarray
        L holds pivot columns of the matrix, R is its reduced row echelon form.

    Raises
    ------
    InputError
        For floats, what is no prime below 2^63, or a prime that divides a denominator.

    Examples
    --------
    >>> matrix = np.array([[1, 2], [3, 13]], dtype=object)
    >>> [part.tolist() for part in factored(matrix, 7)]
    [[[1], [3]], [[1, 2]]]
    """
    if not is_exact(matrix):
        raise InputError("tensor", "floats", "integers and fractions: its rank is decided exactly")
    if prime is None:
        return rank_factors(matrix.tolist())
    prime = as_prime("prime", prime)
    residues = modulo(matrix, prime)
    form, rank = nmod_mat([list(map(int, row)) for row in residues], prime).rref()
    rows = [[int(form[i, j]) for j in range(form.ncols())] for i in range(max(rank, 1))]
    return residues[:, list(pivots_of_form(form, rank)) or [0]], number_array("matrix", rows)


def delta(size: int, axes: int) -> Array:
    """Return the array that is 1 where all indices are equal.

    Parameters
    ----------
    size : int
        Of each axis.
    axes : int

    Returns
    -------
    numpy.ndarray of object

    Examples
    --------
    >>> delta(2, 3).tolist()
    [[[1, 0], [0, 0]], [[0, 0], [0, 1]]]
    """
    found = zeros((size,) * axes)
    found[(np.arange(size),) * axes] = 1
    return found
