"""What a point in floats is near: the critical point that a few Newton steps lead to, up to a tolerance."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from algebra.critical_points.classification import PointVerdict, classify_exactly
from algebra.critical_points.floats.bounds import BallBounds
from algebra.critical_points.floats.decisions import decide, up_to, verdict_of
from algebra.critical_points.floats.network import DENSE, FloatNetwork
from algebra.critical_points.floats.polishing import newton_step
from algebra.critical_points.floats.problem import FloatProblem
from algebra.evidence.bounds import Grade
from algebra.exact.balls import Band
from algebra.exact.pickling import frozen_equal, frozen_hash
from algebra.shown import Shown
from algebra.types import Floats

STEPS = 10
"""Newton steps at most. Quadratic convergence needs two or three; where ten are too few, the point is not near."""

REACHED = 1e-12
"""A relative gradient below it is rounding: sums of some hundred products in float64 have errors of this size."""

TOLERANCE = 1e-8
"""About the root of float64's precision: singular values that vanish at a degenerate point are known no better."""

NEAR = 0.1
"""Steps that are longer than this part of the weights lead away; nothing is said of where. Weights that are smaller
than a product of the size of the best map needs, (||Y|| / ||X||)^(1/H), count as large: zero is a critical point."""


@dataclass(frozen=True)
class NearbyPoint(Shown):
    """A critical point near floats, as far as floats show it.

    Attributes
    ----------
    steps : int
        Newton steps from the point to this one; 0: the point itself, up to the tolerance that the caller gave.
    moved : float
        Distance in the weights.
    verdict : PointVerdict
    grade : Grade
        `NUMERIC`: up to the tolerance. `PROVED` where the floats are exactly critical.
    tolerance : float
        Relative gradients and relative singular values below it counted as zero.
    decided_by : str
    relative_gradient, gap : Band
        At this point, for the data as the floats stand.
    W : tuple of ndarray
    """

    __eq__ = frozen_equal
    __hash__ = frozen_hash

    steps: int
    moved: float
    verdict: PointVerdict
    grade: Grade
    tolerance: float
    decided_by: str
    relative_gradient: Band
    gap: Band
    W: tuple[Floats, ...] = field(repr=False)

    def fields(self) -> dict[str, object]:
        """Return everything but the weights as plain JSON values.

        Returns
        -------
        dict
        """
        return {
            "steps": self.steps,
            "moved": self.moved,
            "verdict": self.verdict.value,
            "grade": self.grade.value,
            "tolerance": self.tolerance,
            "decided_by": self.decided_by,
            "relative_gradient": self.relative_gradient.fields(),
            "gap": self.gap.fields(),
        }


def nearby_point(bounds: BallBounds, tolerance: float | None) -> tuple[float | None, NearbyPoint | None]:
    """Walk to the critical point near floats, and say what it is.

    Parameters
    ----------
    bounds : BallBounds
        Of the point.
    tolerance : float, optional
        The caller's. A point whose relative gradient is below it is judged where it stands.

    Returns
    -------
    first : float or None
        Length of the first Newton step, 0 if none reduces the gradient; None above 600 weights.
    point : NearbyPoint or None
        None where no critical point was reached nearby.
    """
    given = bounds.given
    network = FloatNetwork(given.X, given.Y, given.W)
    if network.parameters > DENSE:
        return None, _judged(bounds, 0, 0.0, tolerance)

    with np.errstate(all="ignore"):
        step = newton_step(network)
        first = float(np.linalg.norm(step))
        here = _judged(bounds, 0, 0.0, tolerance)
        return first, here if here is not None else _walked(network, step)


def _walked(network: FloatNetwork, step: Floats) -> NearbyPoint | None:
    """Take Newton steps, the first of them given, until the gradient is nothing but rounding; it may be so at once."""
    size, inputs = float(np.sqrt(sum(np.sum(w**2) for w in network.W))), float(np.linalg.norm(network.X))
    usual = (float(np.linalg.norm(network.Y)) / inputs) ** (1 / len(network.W)) if inputs else 0.0
    far = NEAR * max(size, usual)
    total = np.zeros_like(step)
    for taken in range(STEPS + 1):
        moved = float(np.linalg.norm(total))
        if not moved <= far:
            return None
        there = network.moved(total)
        bounds = BallBounds(FloatProblem.of(there.X, there.Y, there.W))
        if bounds.relative_gradient.upper <= REACHED:
            return _judged(bounds.fill(), taken, moved, TOLERANCE)
        if taken:
            step = newton_step(there)
        if not step.any():
            return None
        total = total + step
    return None


def _judged(bounds: BallBounds, steps: int, moved: float, tolerance: float | None) -> NearbyPoint | None:
    """Say what a point is up to a tolerance; None if its gradient is too large, or no tolerance is given."""
    given = bounds.given
    if tolerance is None or not bounds.relative_gradient.upper <= tolerance:
        return None
    exact = classify_exactly(given.exact) if given.accuracy is None and given.exact.is_critical else None
    if exact is not None:
        verdict, grade, _, by = verdict_of(bounds, exact, None, None)
    else:
        if_critical = decide(bounds, False)[1]
        verdict, grade, _, by = up_to(bounds, if_critical, tolerance, "")
    return NearbyPoint(steps, moved, verdict, grade, tolerance, by, bounds.relative_gradient, bounds.gap, given.W)
