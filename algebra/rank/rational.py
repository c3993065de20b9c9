"""The exact rank of a rational matrix.

Denominators are cleared row by row; the rank modulo one large prime is a lower bound, so if it meets the
shorter side it is the rank.  Otherwise FLINT computes the rank over the integers.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import lcm
from typing import Any

import numpy as np
from flint import fmpq_mat, fmpz_mat, nmod_mat

from algebra.errors import TEXT, InputError
from algebra.exact.given import ROWS, unmasked
from algebra.exact.numbers import ratio
from algebra.rank.validation import MATRIX, is_plain
from algebra.sequences import plain_lists

RATIONALS = "a matrix of integers, fractions, sympy rationals, FLINT rationals or strings p/q"

SHORTCUT_PRIME = 2**61 - 1


def rank_rational(matrix: Any) -> int:
    """Return the rank over the rationals, proved.

    Parameters
    ----------
    matrix : array_like
        Nested lists, an object or integer array, a sympy matrix, ``fmpz_mat`` or ``fmpq_mat``; the entries
        are integers, `fractions.Fraction`, sympy or FLINT rationals, or strings such as "-3/4".

    Returns
    -------
    int

    Raises
    ------
    InputError
        If it is not a matrix, or an entry is not a rational number; floats are refused.

    Examples
    --------
    >>> from fractions import Fraction
    >>> rank_rational([["1/2", 1], [Fraction(1, 3), "2/3"]])
    1
    """
    integers = _cleared(matrix)
    least = min(integers.nrows(), integers.ncols())
    if least == 0 or nmod_mat(integers, SHORTCUT_PRIME).rank() == least:
        return int(least)
    return int(integers.rank())


def _cleared(matrix: Any) -> fmpz_mat:
    """Return the matrix with each row multiplied by its common denominator."""
    if isinstance(matrix, fmpz_mat):
        return matrix
    if isinstance(matrix, fmpq_mat):
        return matrix.numer_denom()[0]
    if is_plain(matrix):  # nothing to clear
        return fmpz_mat(matrix)
    rows = _rows(matrix)
    width = len(rows[0]) if rows else 0
    flat: list[int] = []
    for row in rows:
        pairs = [_fraction(matrix, entry) for entry in row]
        common = lcm(*(denominator for _, denominator in pairs))
        flat += [numerator * (common // denominator) for numerator, denominator in pairs]
    return fmpz_mat(len(rows), width, flat)


def _rows(matrix: Any) -> Sequence[Sequence[Any]]:
    if isinstance(matrix, np.ndarray) or not isinstance(matrix, (list, tuple)):
        if isinstance(matrix, TEXT) or len(getattr(matrix, "shape", ())) != 2:
            raise InputError("matrix", matrix, MATRIX)
        given = matrix  # numpy's or sympy's, or a data frame
        matrix = unmasked("matrix", given).tolist() if isinstance(given, np.ndarray) else plain_lists(given)
        if matrix is given:
            raise InputError("matrix", matrix, MATRIX)
    elif not ROWS.issuperset(map(type, matrix)):
        matrix = [row.tolist() if isinstance(row, np.ndarray) else row for row in matrix]
    regular = ROWS.issuperset(map(type, matrix)) or all(
        isinstance(row, Sequence) and not isinstance(row, TEXT) for row in matrix
    )
    if not regular or len({len(row) for row in matrix}) > 1:
        raise InputError("matrix", matrix, MATRIX)
    return list(matrix)


def _fraction(matrix: Any, entry: Any) -> tuple[int, int]:
    found = ratio(entry)
    if found is None:
        raise InputError("matrix", matrix, RATIONALS)
    return found
