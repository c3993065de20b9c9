"""Floats as the binary fractions that they stand for."""

from __future__ import annotations

import math
from typing import Any

from flint import fmpq, fmpq_mat

from algebra.errors import InputError
from algebra.linear.exact_matrix import SHAPE, from_rows


def dyadic(argument: str, given: Any) -> fmpq_mat:
    """Return the matrix whose rationals equal the floats exactly.

    Raises
    ------
    InputError
        If it is not a matrix, or an entry is infinite, NaN or no real number.

    Examples
    --------
    >>> dyadic("X", [[0.5, 3]]).table()
    [[1/2, 3]]
    """
    import numpy as np

    try:
        array = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(argument, given, SHAPE + ", of real numbers") from None
    if array.ndim != 2 or not array.size:
        raise InputError(argument, given, SHAPE)
    for (i, j), entry in np.ndenumerate(array):
        if not math.isfinite(entry):
            raise InputError(f"{argument}[{i}][{j}]", float(entry), "a finite number")
    return from_rows([[fmpq(*entry.as_integer_ratio()) for entry in row] for row in array.tolist()])
