"""The numerical rank of a float matrix: an observation, not a proof, with what it rests on."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from algebra.errors import InputError
from algebra.exact.given import plain_array
from algebra.exact.numbers import as_finite_float
from algebra.rank.validation import MATRIX
from algebra.shown import Shown

FINITE = "a matrix of finite numbers"
FLOAT64_EPSILON = float(np.finfo(np.float64).eps)

SAFE_RANGE = 2.0**-500, 2.0**500
"""A largest singular value in this range is far from both ends of float64: nothing has overflowed before it."""


@dataclass(frozen=True)
class NumericRank(Shown):
    """How many singular values exceed a tolerance.

    Attributes
    ----------
    rank : int
    tolerance : float
        The absolute one that was used.
    singular_values : tuple of float
        Decreasing.  Where one is beyond float64, its largest number stands for it.
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
        Relative to the largest singular value, of any real type.  Default: the longer side times the
        machine epsilon of the array's own type: float16, float32 (complex64 too), or else float64.

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
    Singular values are computed in float64 whatever the type, and matrices whose singular values leave its
    range are scaled by a power of two first: neither changes the rank.  A small gap says that the matrix does
    not have a rank that this tolerance can see.  Nothing is proved in either direction: see
    `rank_lower_bound_balls` for a certified lower bound.

    Examples
    --------
    >>> result = rank_numeric([[1.0, 2.0], [2.0, 4.0 + 1e-15]])
    >>> result.rank, result.gap > 1e12
    (1, True)
    """
    array = plain_array("matrix", matrix, FINITE, exact=False)
    epsilon = machine_epsilon(array.dtype)
    array = _finite("matrix", matrix, array)
    relative = checked_tolerance(tolerance, max(*array.shape, 1) * epsilon)
    if array.size == 0:
        return NumericRank(0, 0.0, (), float("inf"))
    values, exponent = _singular_values(array)
    absolute = relative * values[0]
    rank = sum(value > absolute for value in values)
    is_clear = rank in (0, len(values)) or values[rank] == 0.0
    gap = float("inf") if is_clear else values[rank - 1] / values[rank]
    if exponent:
        absolute, values = unscaled(absolute, exponent), [unscaled(value, exponent) for value in values]
    return NumericRank(rank, absolute, tuple(values), gap)


def machine_epsilon(kind: Any) -> float:
    """Return the distance from 1 to the next number of a type; of types that are no floats, that of float64.

    Parameters
    ----------
    kind : numpy.dtype

    Returns
    -------
    float
        At least that of float64.

    Examples
    --------
    >>> machine_epsilon(np.dtype(np.complex64)) == 2.0**-23, machine_epsilon(np.dtype(np.int64)) == 2.0**-52
    (True, True)
    """
    if kind == np.float64 or kind.kind not in "fc":
        return FLOAT64_EPSILON
    return max(float(np.finfo(kind).eps), FLOAT64_EPSILON)


def checked_tolerance(tolerance: Any, default: float) -> float:
    """Return a relative tolerance, or the default for None.

    Parameters
    ----------
    tolerance : float or None
    default : float

    Returns
    -------
    float

    Raises
    ------
    InputError
        If it is a truth value or no real number, negative or not finite.
    """
    if tolerance is None:
        return default
    allowed = "a finite number of at least 0"
    found = as_finite_float("tolerance", tolerance, allowed)
    if found < 0:
        raise InputError("tolerance", tolerance, allowed)
    return found


def _singular_values(array: NDArray[Any]) -> tuple[list[float], int]:
    """Return the singular values divided by a power of two, and its exponent: 0 unless they leave float64's range."""
    try:
        values: list[float] = np.linalg.svd(array, compute_uv=False).tolist()
        if SAFE_RANGE[0] < values[0] < SAFE_RANGE[1]:
            return values, 0
    except np.linalg.LinAlgError:  # overflow inside
        pass
    scaled, exponent = scaled_down(array)
    return np.linalg.svd(scaled, compute_uv=False).tolist(), exponent


def scaled_down(array: NDArray[Any]) -> tuple[NDArray[Any], int]:
    """Divide a matrix of floats by a power of two such that its largest entry is about 1; return the exponent, too.

    Parameters
    ----------
    array : numpy.ndarray of floats, or complex ones

    Returns
    -------
    (numpy.ndarray, int)

    Examples
    --------
    >>> scaled_down(np.array([[8.0, 1.0]]))
    (array([[0.5   , 0.0625]]), 4)
    """
    parts = (array.real, array.imag) if array.dtype.kind == "c" else (array,)
    exponent = math.frexp(max(float(np.abs(part).max(initial=0.0)) for part in parts))[1]
    half = exponent // 2  # in two steps: 2^1074 is no float
    scaled = array * 2.0**-half * 2.0 ** -(exponent - half)
    return scaled, exponent


def unscaled(value: float, exponent: int) -> float:
    """Return ``value * 2**exponent``, or the largest float if it is beyond.

    Parameters
    ----------
    value : float
        At least 0.
    exponent : int

    Returns
    -------
    float

    Examples
    --------
    >>> unscaled(0.5, 4), unscaled(0.5, 2000) == sys.float_info.max
    (8.0, True)
    """
    try:
        return math.ldexp(value, exponent)
    except OverflowError:
        return sys.float_info.max


def finite_matrix(argument: str, matrix: Any) -> NDArray[Any]:
    """Return a matrix of finite numbers in float64, or complex128 if there are complex ones.

    Parameters
    ----------
    argument : str
        What messages call it.
    matrix : array_like

    Returns
    -------
    numpy.ndarray

    Raises
    ------
    InputError
        If it is not a matrix, or an entry is not a finite number.

    Examples
    --------
    >>> finite_matrix("matrix", [[1, 2]])
    array([[1., 2.]])
    """
    return _finite(argument, matrix, plain_array(argument, matrix, FINITE, exact=False))


def _finite(argument: str, matrix: Any, array: NDArray[Any]) -> NDArray[Any]:
    try:
        if array.dtype.kind not in "biufcO":
            raise TypeError
        array = array.astype(np.complex128 if array.dtype.kind == "c" else np.float64)
    except (TypeError, ValueError, OverflowError):
        raise InputError(argument, matrix, FINITE) from None
    if array.ndim != 2:
        raise InputError(argument, matrix, MATRIX)
    if not np.isfinite(array).all():
        raise InputError(argument, matrix, FINITE)
    return array
