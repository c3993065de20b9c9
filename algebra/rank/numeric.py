"""The numerical rank of a float matrix: an observation, not a proof, with what it rests on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from algebra.errors import InputError
from algebra.rank.validation import MATRIX


@dataclass(frozen=True)
class NumericRank:
    """How many singular values exceed a tolerance.

    Attributes
    ----------
    rank : int
    tolerance : float
        The absolute one that was used.
    singular_values : tuple of float
        Decreasing.
    gap : float
        The last singular value that counts over the first that does not: the larger, the clearer.  Infinite
        if either is missing or the latter is zero.
    """

    rank: int
    tolerance: float
    singular_values: tuple[float, ...] = field(repr=False)
    gap: float


def rank_numeric(matrix: Any, tolerance: float | None = None) -> NumericRank:
    """Count the singular values above a tolerance.

    Parameters
    ----------
    matrix : array_like
        Real or complex numbers, all finite.
    tolerance : float, optional
        Relative to the largest singular value.  Default: the longer side times the machine epsilon of
        float64.

    Returns
    -------
    NumericRank
        It records the absolute tolerance, the singular values and the gap between them.

    Raises
    ------
    InputError
        If it is not a matrix of finite numbers, or the tolerance is negative or not finite.

    Notes
    -----
    A small gap says that the matrix does not have a rank that this tolerance can see.  Nothing is proved in
    either direction: see `rank_lower_bound_balls` for a certified lower bound.

    Examples
    --------
    >>> result = rank_numeric([[1.0, 2.0], [2.0, 4.0 + 1e-15]])
    >>> result.rank, result.gap > 1e12
    (1, True)
    """
    array = finite_matrix("matrix", matrix)
    relative = max(*array.shape, 1) * np.finfo(np.float64).eps if tolerance is None else tolerance
    if not (isinstance(relative, (int, float)) and 0 <= relative < np.inf):
        raise InputError("tolerance", tolerance, "a finite number of at least 0")
    if array.size == 0:
        return NumericRank(0, 0.0, (), float("inf"))
    values: list[float] = np.linalg.svd(array, compute_uv=False).tolist()
    absolute = float(relative) * values[0]
    rank = sum(value > absolute for value in values)
    is_clear = rank in (0, len(values)) or values[rank] == 0.0
    gap = float("inf") if is_clear else values[rank - 1] / values[rank]
    return NumericRank(rank, absolute, tuple(values), gap)


def finite_matrix(argument: str, matrix: Any) -> NDArray[Any]:
    """Return a matrix of finite numbers in float64, or complex128 if there are complex ones.

    Raises
    ------
    InputError
        If it is not a matrix, or an entry is not a finite number.

    Examples
    --------
    >>> finite_matrix("matrix", [[1, 2]])
    array([[1., 2.]])
    """
    try:
        array = np.asarray(matrix)
        if array.dtype.kind not in "biufcO":
            raise TypeError
        array = array.astype(np.complex128 if array.dtype.kind == "c" else np.float64)
    except (TypeError, ValueError, OverflowError):
        raise InputError(argument, matrix, "a matrix of finite numbers") from None
    if array.ndim != 2:
        raise InputError(argument, matrix, MATRIX)
    if not np.isfinite(array).all():
        raise InputError(argument, matrix, "a matrix of finite numbers")
    return array
