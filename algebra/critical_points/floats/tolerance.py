"""Classification with ranks up to a tolerance that the caller chose: an observation, not a proof."""

from __future__ import annotations

import numpy as np

from algebra.critical_points.classification import PointVerdict
from algebra.critical_points.floats.network import FloatNetwork
from algebra.critical_points.floats.problem import FloatProblem
from algebra.types import Floats


def numeric_verdict(given: FloatProblem, tolerance: float) -> PointVerdict:
    """Classify with float ranks: singular values below the tolerance, relative to the largest, count as zero.

    It takes for granted that the point is critical, and proves nothing.

    Parameters
    ----------
    given : FloatProblem
    tolerance : float

    Returns
    -------
    Verdict
    """
    inputs = _row_basis(given.X, tolerance)
    if not len(inputs):
        return PointVerdict.GLOBAL_MIN
    target = given.Y @ inputs.T
    below = FloatNetwork(given.X @ inputs.T, target, given.W).below
    error = below[-1] - target
    size = max(float(np.linalg.norm(target)), float(np.linalg.norm(below[-1])))
    if np.linalg.norm(error) <= tolerance * size:
        return PointVerdict.GLOBAL_MIN
    kept = _values(below[-1], tolerance, size)
    least = min(len(inputs), *(len(w) for w in given.W))
    top = not len(kept) or np.linalg.norm(error, 2) <= kept[-1] * (1 + tolerance)
    if len(kept) == least:
        return PointVerdict.GLOBAL_MIN if top else PointVerdict.STRICT_SADDLE
    if not top or _untightened(given, below, error, len(kept), tolerance):
        return PointVerdict.STRICT_SADDLE
    return PointVerdict.NONSTRICT_SADDLE


def _row_basis(X: Floats, tolerance: float) -> Floats:
    """Return orthonormal rows that span the row space of X."""
    _, values, rows = np.linalg.svd(X, full_matrices=False)
    basis: Floats = rows[values > tolerance * max(float(values[0]), 0.0)]
    return basis


def _values(matrix: Floats, tolerance: float, size: float) -> Floats:
    values = np.asarray(np.linalg.svd(matrix, compute_uv=False), dtype=np.float64)
    found: Floats = values[values > tolerance * size]
    return found


def _untightened(given: FloatProblem, below: list[Floats], error: Floats, r: int, tolerance: float) -> bool:
    depth = len(given.W)
    above = FloatNetwork(given.X, given.Y, given.W).above
    for j in range(1, depth):
        between = np.eye(len(given.W[j - 1]))
        for i in range(j + 1, depth + 1):
            sight = below[j - 1] @ error.T @ above[i]
            scale = float(np.linalg.norm(below[j - 1]) * np.linalg.norm(error) * np.linalg.norm(above[i]))
            rank = len(_values(between, tolerance, float(np.linalg.norm(between, 2))))
            if np.linalg.norm(sight) > tolerance * scale and rank > r:
                return True
            between = given.W[i - 1] @ between
    return False
