"""A certified lower bound of the rank of a real matrix that is known up to an error.

Floats choose a minor, by complete pivoting; ball arithmetic (Arb, in FLINT) proves that it is not zero for
any matrix within the error.  Floats cannot spoil the proof: a bad choice only makes the bound smaller.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import arb, arb_mat

from algebra.errors import InputError, as_integer
from algebra.exact.given import unmasked
from algebra.exact.precision import precision
from algebra.rank.numeric import finite_matrix
from algebra.shown import Shown
from algebra.types import Floats

LARGE, SHRINKING = 2.0**1000, 2.0**-24


@dataclass(frozen=True)
class CertifiedLowerBound(Shown):
    """A lower bound of the rank of every matrix within the radius.

    Attributes
    ----------
    rank : int
        Every such matrix has at least this rank.
    rows, columns : tuple of int
        The minor that is not zero, increasing.
    bits : int
        The working precision that sufficed.

    Notes
    -----
    It does not say that the rank is no larger: a smaller radius or more bits may prove more.
    """

    rank: int
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    bits: int


def rank_lower_bound_balls(matrix: Any, radius: Any = 0.0, bits: int = 256) -> CertifiedLowerBound:
    """Prove a lower bound of the rank of all real matrices within `radius` of `matrix`.

    Parameters
    ----------
    matrix : array_like
        Finite real numbers that float64 holds exactly.
    radius : float or array_like
        Bound of the error of each entry, at least 0: one number, or a matrix of the same shape.
    bits : int
        The largest working precision to try.

    Returns
    -------
    CertifiedLowerBound

    Raises
    ------
    InputError
        If an entry is not a finite real float64 number, or the radius is negative or has another shape.

    Examples
    --------
    >>> rank_lower_bound_balls([[1.0, 2.0], [2.0, 4.0]], radius=1e-9).rank
    1
    >>> rank_lower_bound_balls([[1.0, 2.0], [2.0, 4.001]], radius=1e-9).rank
    2
    """
    centres = _exact_floats(matrix)
    radii = _radii(radius, centres.shape)
    most = as_integer("bits", bits, 53)
    rows, columns = _complete_pivots(centres, radii)
    proved, low, high = CertifiedLowerBound(0, (), (), most), 0, len(rows)
    size = high
    while low < high:  # the leading pivots, as many as can be proved: all of them, or by bisection
        sufficient = _sufficient_precision(centres, radii, rows[:size], columns[:size], most)
        if sufficient:
            low = size
            proved = CertifiedLowerBound(size, tuple(sorted(rows[:size])), tuple(sorted(columns[:size])), sufficient)
        else:
            high = size - 1
        size = (low + high + 1) // 2
    return proved


def _sufficient_precision(centres: Floats, radii: Floats, rows: list[int], columns: list[int], most: int) -> int:
    """Return the precision that proves the minor regular, or 0."""
    for bits in sorted({min(64, most), most}):
        with precision(bits):
            if _is_regular(centres, radii, rows, columns):
                return bits
    return 0


def _exact_floats(matrix: Any) -> Floats:
    """Refuse what float64 would round, such as large integers: the proof would be of another matrix."""
    allowed = "a matrix of finite real numbers that float64 holds exactly"
    centres = finite_matrix("matrix", matrix)
    if centres.dtype.kind == "c":
        raise InputError("matrix", matrix, allowed)
    if not (isinstance(matrix, np.ndarray) and matrix.dtype == np.float64):
        given = np.asarray(matrix, dtype=object)
        if not all(x == y for x, y in zip(given.ravel(), centres.ravel().tolist(), strict=True)):
            raise InputError("matrix", matrix, allowed)
    return centres


def _radii(radius: Any, shape: tuple[int, ...]) -> Floats:
    allowed = "a finite number of at least 0, or a matrix of them of the same shape"
    try:
        given = np.asarray(unmasked("radius", radius), dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError("radius", radius, allowed) from None
    if given.shape not in ((), shape) or not (np.isfinite(given) & (given >= 0)).all():
        raise InputError("radius", radius, allowed)
    return np.broadcast_to(given, shape)


def _complete_pivots(centres: Floats, radii: Floats) -> tuple[list[int], list[int]]:
    """Eliminate in floats, the largest pivot first, as long as it exceeds the error by far."""
    left, floor = centres.copy(), float(radii.max(initial=0.0))
    rows: list[int] = []
    columns: list[int] = []
    for _ in range(min(left.shape)):
        i, j = divmod(int(np.abs(left).argmax()), left.shape[1])
        pivot = left[i, j]
        if abs(pivot) > LARGE:  # sums of such numbers may overflow; the choice is the same
            left, floor, pivot = left * SHRINKING, floor * SHRINKING, pivot * SHRINKING
        if abs(pivot) <= floor or not np.isfinite(pivot):
            break
        rows.append(i)
        columns.append(j)
        left -= np.multiply.outer(left[:, j] / pivot, left[i])
        left[i] = 0.0
        left[:, j] = 0.0
    return rows, columns


def _is_regular(centres: Floats, radii: Floats, rows: list[int], columns: list[int]) -> bool:
    """Prove that the minor is not zero: its product with an approximate inverse is close to the identity.

    All within balls: if ``M X`` is strictly diagonally dominant then M is regular.
    """
    minor = centres[np.ix_(rows, columns)]
    spread = radii[np.ix_(rows, columns)]
    size = len(rows)
    middle = arb_mat(size, size, [arb(x) for x in minor.ravel().tolist()])
    try:
        inverse = middle.inv()
    except ZeroDivisionError:
        return False
    balls = [arb(x, r) for x, r in zip(minor.ravel().tolist(), spread.ravel().tolist(), strict=True)]
    entries = [x.mid() for x in inverse.entries()]
    product = arb_mat(size, size, balls) * arb_mat(size, size, entries)
    return all(_is_dominant(product, i) for i in range(size))


def _is_dominant(product: arb_mat, i: int) -> bool:
    others = sum((abs(product[i, j]) for j in range(product.ncols()) if j != i), arb(0))
    return bool(abs(product[i, i]) > others)
