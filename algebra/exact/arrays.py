"""Object arrays of Python integers and fractions: reading, residues, factoring through the rank."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.errors import InputError
from algebra.exact.elimination import rank_factors as echelon_factors
from algebra.exact.matrices import rational_matrix
from algebra.exact.numbers import exact_number, residue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from algebra.types import Array


def exact_array(argument: str, value: Any) -> Array:
    """Return a rational matrix as an object array: Python integers, and fractions where they are needed.

    Parameters
    ----------
    argument : str
        What messages call it.
    value : array_like of exact numbers
        A matrix.

    Returns
    -------
    numpy.ndarray of object

    Examples
    --------
    >>> exact_array("X", [["1/2", 4]]).tolist()
    [[Fraction(1, 2), 4]]
    """
    rows = rational_matrix(argument, value).tolist()
    found = np.empty((len(rows), len(rows[0])), object)
    found[:] = [[_number(int(x.p), int(x.q)) for x in row] for row in rows]
    return found


def _number(p: int, q: int) -> int | Fraction:
    return p if q == 1 else Fraction(p, q)


def tidy(matrix: Array) -> Array:
    """Write whole fractions as integers.

    Parameters
    ----------
    matrix : numpy.ndarray of object
        Integers and fractions.

    Returns
    -------
    numpy.ndarray of object

    Examples
    --------
    >>> tidy(np.array([Fraction(4, 2), Fraction(1, 2)], object)).tolist()
    [2, Fraction(1, 2)]
    """
    return np.asarray(np.frompyfunc(lambda x: _number(*Fraction(x).as_integer_ratio()), 1, 1)(matrix))


def zeros(shape: Sequence[int]) -> Array:
    """Return zeros as Python integers.

    Parameters
    ----------
    shape : sequence of int

    Returns
    -------
    numpy.ndarray of object
    """
    found = np.empty(shape, dtype=object)
    found[...] = 0
    return found


def as_exact(argument: str, entry: Any) -> int | Fraction:
    """Return an integer or a fraction as it is, other rational numbers and strings "p/q" as a fraction.

    Parameters
    ----------
    argument : str
        What messages call it.
    entry : object

    Returns
    -------
    int or Fraction

    Raises
    ------
    InputError
        If it is anything else, a float among them.

    Examples
    --------
    >>> as_exact("weight", 3), as_exact("weight", "1/2")
    (3, Fraction(1, 2))
    """
    if isinstance(entry, int | Fraction) and not isinstance(entry, bool):
        return entry
    return int(entry) if isinstance(entry, np.integer) else exact_number(argument, entry)


def modulo(matrix: Array, prime: int) -> Array:
    """Return the residues of rational numbers.

    Parameters
    ----------
    matrix : numpy.ndarray of object
        Integers and fractions.
    prime : int

    Returns
    -------
    numpy.ndarray
        From 0 to prime - 1.

    Raises
    ------
    InputError
        If the prime divides a denominator.

    Examples
    --------
    >>> modulo(np.array([Fraction(1, 2), 9], object), 7).tolist()
    [4, 2]
    """

    def checked(x: int | Fraction) -> int:
        found = residue(x, prime)
        if found is None:
            raise InputError("prime", prime, "one that divides no denominator")
        return found

    return np.asarray(np.frompyfunc(checked, 1, 1)(matrix))


def rank_factors(matrix: Any) -> tuple[Array, Array]:
    """Factor a rational matrix M = L R through its rank: pivot columns, and the reduced row echelon form.

    A zero matrix is factored through one zero.

    Parameters
    ----------
    matrix : array_like of exact numbers, shape (m, n)

    Returns
    -------
    (numpy.ndarray, numpy.ndarray)
        L, of shape (m, rank), and R, of shape (rank, n).

    Examples
    --------
    >>> L, R = rank_factors([[1, 2], [2, 4]])
    >>> L.tolist(), R.tolist()
    ([[1], [2]], [[1, 2]])
    """
    columns, rows = echelon_factors(rational_matrix("matrix", matrix))
    if not rows.nrows():
        return zeros((columns.nrows(), 1)), zeros((1, rows.ncols()))
    return exact_array("matrix", columns), exact_array("matrix", rows)
