"""Floats as the binary fractions that they stand for."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from flint import fmpq, fmpq_mat

from algebra.errors import TEXT, InputError
from algebra.exact.matrices import SHAPE, from_rows
from algebra.exact.numbers import ratio
from algebra.sequences import plain_lists

if TYPE_CHECKING:
    from algebra.exact.matrices import Matrix
    from algebra.types import Floats


def dyadic(argument: str, given: Any) -> fmpq_mat:
    """Return the matrix whose rationals equal the floats exactly.

    Parameters
    ----------
    argument : str
        What messages call it.
    given : array_like of float

    Returns
    -------
    fmpq_mat

    Raises
    ------
    InputError
        If it is not a matrix, or an entry is infinite, NaN, or no real number that a float holds exactly.

    Examples
    --------
    >>> dyadic("X", [[0.5, 3]]).table()
    [[1/2, 3]]
    """
    import numpy as np

    from algebra.exact.given import plain_array

    try:
        plain = plain_array(argument, given, SHAPE)
        if plain.dtype.kind == "c":  # numpy would drop what is imaginary
            raise TypeError
        array = np.asarray(plain, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise InputError(argument, given, SHAPE + ", of real numbers that floats can hold") from None
    if array.ndim != 2 or not array.size:
        raise InputError(argument, given, SHAPE)
    _refuse_changed(argument, given)
    for (i, j), entry in np.ndenumerate(array):
        if not math.isfinite(entry):
            raise InputError(f"{argument}[{i}][{j}]", float(entry), "a finite number")
    return from_rows([[fmpq(*entry.as_integer_ratio()) for entry in row] for row in array.tolist()])


def nearest_floats(matrix: Matrix) -> Floats:
    """Return the floats nearest to the entries of a rational matrix; `dyadic` made them of floats: the same.

    Parameters
    ----------
    matrix : Matrix
        Of rationals.

    Returns
    -------
    numpy.ndarray of float64

    Raises
    ------
    OverflowError
        If an entry is beyond all floats.

    Examples
    --------
    >>> nearest_floats(dyadic("X", [[0.1, 3]])).tolist()
    [[0.1, 3.0]]
    """
    import numpy as np

    return np.array([[int(x.p) / int(x.q) for x in row] for row in matrix.tolist()], dtype=np.float64)


def _refuse_changed(argument: str, given: Any) -> None:
    """Refuse what numpy would take for another number without a word: truth values, and numbers that it rounds."""
    for i, row in enumerate(plain_lists(given)):
        for j, entry in enumerate(plain_lists(row)):
            if isinstance(entry, bool):
                raise InputError(f"{argument}[{i}][{j}]", entry, "a real number")
            if entry is None or isinstance(entry, TEXT[1:]):  # NaN to numpy, and the number that bytes spell
                raise InputError(f"{argument}[{i}][{j}]", entry, "a real number")
            if type(entry) is not float and not _is_float(entry):
                what = "an integer" if isinstance(entry, int) else "a number"
                raise InputError(f"{argument}[{i}][{j}]", entry, f"{what} that a float holds exactly")


def _is_float(entry: Any) -> bool:
    """Tell whether a number, or its text, is one of the floats, or none at all."""
    if isinstance(entry, str):
        found = ratio(entry)
        return found is None or Fraction(*found) == float(entry)
    return bool(entry == float(entry)) or math.isnan(entry)  # NaN is refused by name later
