"""The numeric fallback: ranks of softmax matrices and of their logarithms in floats, through tensorly's backend.

Nothing here is proved, in either direction: exp of small logits has singular values far below the rounding errors of
float64, and the float rank is then too small, often by half.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.errors import InputError
from algebra.evidence import Bounds, Grade
from algebra.exact.given import plain_array
from algebra.exact.numbers import ratio
from algebra.rank.numeric import (
    FLOAT64_EPSILON,
    checked_tolerance,
    finite_matrix,
    machine_epsilon,
    scaled_down,
    unscaled,
)
from algebra.shown import Shown
from tensors.attention.softmax.blocked import split_blocked

if TYPE_CHECKING:
    from numpy.typing import NDArray

CLEAR_GAP = 1e3

SINGLE, DOUBLE = (2.0**-60, 2.0**60), (2.0**-500, 2.0**500)
"""Largest singular values far from both ends of float32, and of float64: nothing overflowed or vanished before."""


@dataclass(frozen=True)
class NumericSoftmaxRank(Shown):
    """How many singular values exceed a tolerance, and how clearly.

    Attributes
    ----------
    rank : int
    tolerance : float
        The absolute one.
    sigma_k, sigma_next : float or None
        The last singular value that counts and the first that does not; None if there is none.
    gap : float or None
        Their ratio; None if either is missing or float64 cannot hold it.
    dtype, backend : str
        Of tensorly.
    shape : (int, int)
    note : str
        "no gap" if the ratio is below 1000, else empty.
    """

    rank: int
    tolerance: float
    sigma_k: float | None
    sigma_next: float | None
    gap: float | None
    dtype: str
    backend: str
    shape: tuple[int, int]
    note: str

    @property
    def bounds(self) -> Bounds:
        """The rank as a *numeric* value; the sides of the matrix bound it, no more."""
        return Bounds(self.rank, None, Grade.NUMERIC, lower_by="singular-values")

    def to_json(self) -> dict[str, Any]:
        """Return the numbers that the answer rests on.

        Returns
        -------
        dict
        """
        names = ("tolerance", "sigma_k", "sigma_next", "gap", "dtype", "backend", "note")
        return {name: getattr(self, name) for name in names}


def softmax_rank_numeric(keys: Any, queries: Any, tolerance: float | None = None) -> NumericSoftmaxRank:
    """Estimate the rank of softmax(<key_i, query_j>) from singular values.

    Parameters
    ----------
    keys, queries : array_like
        Finite real numbers, one row a token.
    tolerance : float, optional
        Relative to the largest singular value; default: the longer side times the machine epsilon of float64.

    Returns
    -------
    NumericSoftmaxRank

    Raises
    ------
    InputError
        If they are not matrices of finite numbers with equally many columns.

    Examples
    --------
    >>> softmax_rank_numeric([[i / 10] for i in range(12)], [[j / 10] for j in range(12)]).rank < 12
    True
    """
    left, right = floats("keys", keys), floats("queries", queries)
    if left.shape[1] != right.shape[1]:
        raise InputError("queries", queries, f"tokens of {left.shape[1]} coordinates, as many as the keys have")
    with np.errstate(over="ignore", invalid="ignore"):
        logits = left @ right.T
    if not np.isfinite(logits).all():
        raise InputError("queries", queries, "tokens whose inner products with the keys float64 can hold")
    return numeric_rank(softmax_floats(logits), tolerance, max(epsilon_of(keys), epsilon_of(queries)))


def floats(argument: str, matrix: Any) -> NDArray[np.float64]:
    """Return numbers and strings "p/q" in float64.

    Raises
    ------
    InputError
        If it is not a matrix of finite real numbers.

    Examples
    --------
    >>> floats("P", [["1/2", 0.25]])
    array([[0.5 , 0.25]])
    """
    array: NDArray[np.float64] = finite_matrix(argument, matrix if hasattr(matrix, "dtype") else _parsed(matrix))
    if array.dtype.kind == "c" or array.size == 0:
        raise InputError(argument, matrix, "a matrix of finite real numbers, not empty")
    return array


def logit_floats(argument: str, logits: Any) -> NDArray[np.float64]:
    """Return logits in float64; minus infinity stays where a query does not see a key.

    Parameters
    ----------
    argument : str
        What messages call it.
    logits : array_like
        One row a key, one column a query.

    Returns
    -------
    numpy.ndarray of float64

    Raises
    ------
    InputError
        If it is not a matrix of such numbers, or a query sees no key.

    Examples
    --------
    >>> logit_floats("logits", [[0.5, "-inf"], [0, 1]])
    array([[ 0.5, -inf],
           [ 0. ,  1. ]])
    """
    finite, visible = split_blocked(argument, logits)
    array = floats(argument, finite)
    return array if visible is None else np.where(visible, array, -np.inf)


def _parsed(matrix: Any) -> Any:
    try:
        rows = [list(row) for row in matrix]
        if any(isinstance(x, bool) for row in rows for x in row):
            return None
        return [[_float(x) for x in row] for row in rows]
    except (TypeError, ValueError, OverflowError):
        return None


def _float(entry: Any) -> float:
    """Return a number or a string "p/q" as a float; strings with powers of ten that fill the memory are refused."""
    if not isinstance(entry, str):
        return float(entry)
    found = ratio(entry)
    if found is None:
        raise ValueError
    return found[0] / found[1]


def softmax_floats(logits: NDArray[np.float64]) -> Any:
    """Return the softmax of each column as a tensor of tensorly's backend, the largest logit subtracted first.

    Parameters
    ----------
    logits : numpy.ndarray of float64
        One row a key, one column a query.

    Returns
    -------
    tensor of the backend
        Of the same shape.
    """
    import tensorly as tl

    scores = tl.tensor(logits)
    with np.errstate(over="ignore", under="ignore"):  # a weight may be 0
        weights = tl.exp(scores - tl.reshape(tl.max(scores, axis=0), (1, -1)))
    return weights / tl.reshape(tl.sum(weights, axis=0), (1, -1))


def numeric_rank(matrix: Any, tolerance: float | None = None, epsilon: float | None = None) -> NumericSoftmaxRank:
    """Count the singular values of a matrix above a tolerance, in tensorly's backend.

    Parameters
    ----------
    matrix : array_like or tensor of the backend
    tolerance : float, optional
        Relative to the largest singular value; default: the longer side times the machine epsilon.
    epsilon : float, optional
        Of the type that the numbers had before; default: that of the tensor's own type.

    Returns
    -------
    NumericSoftmaxRank

    Raises
    ------
    InputError
        If an entry is not finite, or the tolerance is negative or not finite.

    Examples
    --------
    >>> found = numeric_rank([[1.0, 0.0], [0.0, 1e-20]])
    >>> found.rank, found.sigma_next
    (1, 1e-20)
    """
    import tensorly as tl

    if isinstance(matrix, np.ndarray):
        matrix = plain_array("matrix", matrix)
        if matrix.dtype == np.float16:  # no backend decomposes it
            epsilon, matrix = epsilon or machine_epsilon(matrix.dtype), matrix.astype(np.float32)
    tensor = matrix if tl.is_tensor(matrix) else tl.tensor(matrix)
    own = float(tl.eps(tensor.dtype))
    relative = checked_tolerance(tolerance, max(*tensor.shape, 1) * max(own, epsilon or 0.0))
    values, exponent = _singular_values(tensor, own)
    absolute = relative * max(values, default=0.0)
    rank = sum(value > absolute for value in values)
    last = values[rank - 1] if rank else None
    following = values[rank] if rank < len(values) else None
    gap = last / following if last is not None and following else None
    if gap == math.inf:
        gap = None
    note = "no gap" if gap is not None and gap < CLEAR_GAP else ""
    if following is None and last is not None and absolute and last / absolute < CLEAR_GAP:
        note = "no gap"
    dtype, backend = str(tensor.dtype), str(tl.get_backend())
    absolute = unscaled(absolute, exponent)
    last, following = (None if x is None else unscaled(x, exponent) for x in (last, following))
    return NumericSoftmaxRank(rank, absolute, last, following, gap, dtype, backend, tuple(tensor.shape), note)


def _singular_values(tensor: Any, epsilon: float) -> tuple[list[float], int]:
    """Return the singular values over a power of two, and its exponent: 0 unless they leave the range of the type."""
    import tensorly as tl

    least, most = SINGLE if epsilon > 1e-10 else DOUBLE
    try:
        values = [float(x) for x in tl.to_numpy(tl.svd(tensor, full_matrices=False)[1])]
        if not values or least < values[0] < most:
            return values, 0
    except (np.linalg.LinAlgError, RuntimeError):  # numpy's and torch's: overflow inside, or no numbers
        pass

    numbers = tl.to_numpy(tensor)
    if not np.isfinite(numbers).all():
        raise InputError("matrix", numbers.tolist(), "a matrix of finite numbers")
    scaled, exponent = scaled_down(numbers)
    tensor = tl.tensor(scaled, **tl.context(tensor))
    return [float(x) for x in tl.to_numpy(tl.svd(tensor, full_matrices=False)[1])], exponent


def head_size_numeric(P: Any, tolerance: float | None = None) -> NumericSoftmaxRank:
    """Estimate the least head size of a positive float matrix: the rank of log(P_ij / P_1j).

    Parameters
    ----------
    P : array_like
        Positive numbers; columns sum to 1 up to rounding.
    tolerance : float, optional
        Relative to the largest singular value.

    Returns
    -------
    NumericSoftmaxRank

    Raises
    ------
    InputError
        If an entry is not positive, or a column does not sum to 1.

    Notes
    -----
    Read exactly, a matrix of floats nearly always has the rank n - 1: rounding destroys every relation.

    Examples
    --------
    >>> head_size_numeric([[0.5, 0.25], [0.5, 0.75]]).rank
    1
    """
    array = floats("P", P)
    if not (array > 0).all():
        raise InputError("P", P, "a matrix of positive numbers")
    sums = array.sum(axis=0)
    if np.abs(sums - 1).max() > 1e-6:
        raise InputError("P", P, f"column-stochastic: column {int(np.abs(sums - 1).argmax())} does not sum to 1")
    return numeric_rank(_differences(np.log(array)), tolerance, epsilon_of(P))


def _differences(logs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rows less the first."""
    return logs[1:] - logs[:1] if logs.shape[0] > 1 else logs * 0.0


def logits_rank_numeric(logits: Any, tolerance: float | None = None) -> NumericSoftmaxRank:
    """Estimate the rank of float logits modulo one constant a query.

    Parameters
    ----------
    logits : array_like
        Finite real numbers.
    tolerance : float, optional
        Relative to the largest singular value.

    Returns
    -------
    NumericSoftmaxRank

    Raises
    ------
    InputError
        If a logit is not finite, or they are no matrix.

    Examples
    --------
    >>> logits_rank_numeric([[0.5, 1.5], [0.5, 1.5]]).rank
    0
    """
    if split_blocked("logits", logits)[1] is not None:
        allowed = 'exact numbers (strings "p/q", or --exact-floats), for keys are blocked: floats have no mask'
        raise InputError("logits", logits, allowed)
    array, epsilon = floats("logits", logits), epsilon_of(logits)
    with np.errstate(over="ignore", invalid="ignore"):
        rows = _differences(array)
        if np.isfinite(rows.sum()):
            return numeric_rank(rows, tolerance, epsilon)

    # Differences overflow, or nearly so. The rank does not depend on the unit.
    array, exponent = scaled_down(array)
    found = numeric_rank(_differences(array), tolerance, epsilon)
    last, following = (None if x is None else unscaled(x, exponent) for x in (found.sigma_k, found.sigma_next))
    return replace(found, tolerance=unscaled(found.tolerance, exponent), sigma_k=last, sigma_next=following)


def epsilon_of(matrix: Any) -> float:
    """Return the machine epsilon of an array's own type; that of float64 for lists and integers."""
    return machine_epsilon(matrix.dtype) if isinstance(matrix, np.ndarray) else FLOAT64_EPSILON
