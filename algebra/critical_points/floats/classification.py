"""Classification of float data and weights: certified where the accuracy allows, inconclusive in a printed band."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from algebra.critical_points.classification import Classification, Verdict, classify
from algebra.critical_points.floats.bounds import BallBounds
from algebra.critical_points.floats.problem import FloatProblem
from algebra.critical_points.floats.tolerance import numeric_verdict
from algebra.errors import InputError
from algebra.evidence.bounds import Grade
from algebra.exact.balls import Band
from algebra.types import Floats


@dataclass(frozen=True)
class Decision:
    """One question, its answer and the numbers that it rests on.

    Attributes
    ----------
    question : str
    answer : bool or None
        None: not decided at this accuracy.
    bands : dict of str to Band
        Enclosures that decide, or fail to.
    """

    question: str
    answer: bool | None
    bands: dict[str, Band]

    def __str__(self) -> str:
        answer = {True: "yes", False: "no", None: "undecided"}[self.answer]
        return f"{self.question} {answer} ({', '.join(f'{name} in {band}' for name, band in self.bands.items())})"


@dataclass(frozen=True)
class NumericClassification:
    """What float data and weights prove.

    Attributes
    ----------
    verdict : Verdict
    grade : Grade
        `PROVED`: for all numbers within the accuracy, or for exactly the floats where `reading` says so. `NUMERIC`: up
        to the tolerance that the caller gave. `INCONCLUSIVE` otherwise.
    reading : str
        Which numbers the verdict speaks of.
    decided_by : str
    if_critical : str or None
        What every critical point within the accuracy is, proved: global_min, strict_saddle or saddle.
    decisions : tuple of Decision
        Every question with its band, the undecided ones included.
    gradient_norm, relative_gradient, loss, gap : Band
        The distance to criticality: as it is, and as a part (0 to 1) of the terms that cancel; the loss, and how far it
        is above the least loss of these widths.
    newton_distance : float or None
        Length of the least Newton step for the gradient, in floats: an estimate of the distance in the weights;
        None above 600 weights.
    tolerance : float or None
        Of the relative gradient and relative singular values, if the caller gave one.
    curvature_direction : tuple of ndarray
        The direction of the last decision.
    at_floats : Classification or None
        The exact verdict for exactly the floats, where they are a critical point.
    """

    verdict: Verdict
    grade: Grade
    reading: str
    decided_by: str
    if_critical: str | None
    decisions: tuple[Decision, ...]
    gradient_norm: Band
    relative_gradient: Band
    loss: Band
    gap: Band
    newton_distance: float | None
    tolerance: float | None
    curvature_direction: tuple[Floats, ...] = field(repr=False)
    at_floats: Classification | None = field(repr=False)

    @property
    def undecided(self) -> tuple[Decision, ...]:
        """The questions that this accuracy leaves open."""
        return tuple(decision for decision in self.decisions if decision.answer is None)

    @property
    def is_stable(self) -> bool:
        """Whether the verdict is proved for every point within the accuracy (for a critical one, every critical one).

        Floats that are read as rationals may be a critical point of one class by accident of rounding.
        """
        return self.verdict is Verdict.NOT_CRITICAL or self.verdict.value == self.if_critical

    def explain(self) -> str:
        """Return the reading and every decision, one a line."""
        head = f"{self.verdict.value} ({self.grade.value}) for {self.reading}: {self.decided_by}"
        known = [] if self.if_critical is None else [f"every critical point within the accuracy: {self.if_critical}"]
        open_still = self.grade is Grade.PROVED and not self.is_stable and self.at_floats is not None
        other = ["numbers that differ in the last place may give another verdict"] if open_still else []
        return "\n".join([head, *known, *other, *map(str, self.decisions)])

    def fields(self) -> dict[str, Any]:
        """Return everything but the direction as plain JSON values."""
        return {
            "verdict": self.verdict.value,
            "grade": self.grade.value,
            "reading": self.reading,
            "decided_by": self.decided_by,
            "if_critical": self.if_critical,
            "is_stable": self.is_stable,
            "gradient_norm": self.gradient_norm.fields(),
            "relative_gradient": self.relative_gradient.fields(),
            "newton_distance": self.newton_distance,
            "loss": self.loss.fields(),
            "gap": self.gap.fields(),
            "tolerance": self.tolerance,
            "decisions": [
                {"question": d.question, "answer": d.answer, "bands": {n: b.fields() for n, b in d.bands.items()}}
                for d in self.decisions
            ],
        }


def classify_numeric(
    X: Any, Y: Any, W: Sequence[Any], accuracy: Any = None, tolerance: float | None = None
) -> NumericClassification:
    """Classify a point that is given in floats.

    Parameters
    ----------
    X : array_like of shape (d_x, m)
    Y : array_like of shape (d_y, m)
    W : sequence of array_like
        W_i of shape (d_i, d_(i-1)), W_1 first.
    accuracy : float or dict, optional
        Bound of the error of every entry; a dictionary gives one for each of X, Y and W. 0: the numbers are exactly the
        floats, and everything is decided. None: half a unit in the last place of each entry; but if the floats
        themselves are exactly a critical point they are read as rationals.
    tolerance : float, optional
        Give a numeric verdict where nothing is proved: a relative gradient below it counts as zero, and so do relative
        singular values.

    Returns
    -------
    NumericClassification

    Raises
    ------
    InputError
        If an entry is infinite or NaN, shapes do not chain, or the accuracy or tolerance is not understood.

    Notes
    -----
    Exact criticality, and with it every verdict except "not critical", cannot be proved of numbers that are known up
    to an error. What can is said in `if_critical`. The gap to the least loss is proved at any point.

    Examples
    --------
    >>> eye = [[1.0, 0.0], [0.0, 1.0]]
    >>> found = classify_numeric(eye, [[2.0, 0.0], [0.0, 1.0]], [eye, [[2.0, 0.0], [0.0, 1.0]]])
    >>> found.verdict.value, found.reading
    ('global_min', 'exactly the floats, as rationals')
    >>> found = classify_numeric(eye, [[2.0, 0.0], [0.0, 1.0]], [eye, [[2.0, 0.0], [0.0, 1.0]]], accuracy=1e-6)
    >>> found.verdict.value, found.if_critical, found.gap.upper < 1e-10
    ('inconclusive', 'global_min', True)
    """
    given = FloatProblem.of(X, Y, W, accuracy)
    if tolerance is not None and not (isinstance(tolerance, (int, float)) and 0 < tolerance < 1):
        raise InputError("tolerance", tolerance, "None or a number between 0 and 1")
    bounds = BallBounds(given).fill()
    at_floats = classify(given.exact) if given.is_exact or given.exact.is_critical else None
    decisions, if_critical = _decide(bounds, _reads_rationals(given, at_floats))
    verdict, grade, reading, by = _verdict(bounds, at_floats, if_critical, tolerance)
    return NumericClassification(
        verdict,
        grade,
        reading,
        by,
        if_critical,
        decisions,
        bounds.gradient_norm,
        bounds.relative_gradient,
        bounds.loss,
        bounds.gap,
        newton_distance(given),
        tolerance,
        bounds.curvature[1],
        at_floats,
    )


def _reads_rationals(given: FloatProblem, at_floats: Classification | None) -> bool:
    return at_floats is not None and (given.accuracy is None or given.is_exact)


Outcome = tuple[Verdict, Grade, str, str]


def _verdict(
    bounds: BallBounds, at_floats: Classification | None, if_critical: str | None, tolerance: float | None
) -> Outcome:
    given = bounds.given
    within = given.accuracy_text
    if at_floats is not None and _reads_rationals(given, at_floats):
        return at_floats.verdict, Grade.PROVED, "exactly the floats, as rationals", at_floats.decided_by
    if bounds.gradient_norm.is_positive:
        return Verdict.NOT_CRITICAL, Grade.PROVED, within, "gradient-ball-without-zero"
    if tolerance is not None:
        reading = f"a point that is critical up to the tolerance {tolerance:g}"
        return _up_to(bounds, if_critical, tolerance, reading)
    return Verdict.INCONCLUSIVE, Grade.INCONCLUSIVE, within, "the gradient may be zero within the accuracy, or not"


def _up_to(bounds: BallBounds, if_critical: str | None, tolerance: float, reading: str) -> Outcome:
    if bounds.relative_gradient.upper > tolerance:
        by = f"relative gradient up to {bounds.relative_gradient.upper:.3g}, above the tolerance"
        return Verdict.INCONCLUSIVE, Grade.INCONCLUSIVE, bounds.given.accuracy_text, by
    if if_critical in ("global_min", "strict_saddle"):
        return Verdict(if_critical), Grade.NUMERIC, reading, "ball arithmetic, given criticality"
    return numeric_verdict(bounds.given, tolerance), Grade.NUMERIC, reading, "ranks up to the tolerance"


def _decide(bounds: BallBounds, rationals: bool) -> tuple[tuple[Decision, ...], str | None]:
    """Answer every question that balls can answer, and what they say together of a critical point."""
    critical = Decision(
        "critical?",
        bounds.given.exact.is_critical if rationals else False if bounds.gradient_norm.is_positive else None,
        {"gradient norm": bounds.gradient_norm, "relative gradient": bounds.relative_gradient},
    )
    # The gap is at least 0, so a band down to 0 leaves both answers open.
    best = Decision("global minimum?", False if bounds.gap.is_positive else None, {"gap": bounds.gap})
    full, top = _rank_decision(bounds), _top_decision(bounds)
    value = bounds.curvature[0]
    bent = Decision("negative curvature?", True if value.upper < 0 else None, {"second derivative": value})
    decisions = tuple(d for d in (critical, best, full, top, bent) if d is not None)
    return decisions, _if_critical(bounds, best, full, top, bent)


def _rank_decision(bounds: BallBounds) -> Decision | None:
    value = bounds.product_eigenvalue
    if value is None:
        return None
    return Decision("rank r = k?", True if value.is_positive else None, {"k-th eigenvalue of N_R": value})


def _top_decision(bounds: BallBounds) -> Decision | None:
    """Compare the k-th eigenvalue of N_R with the largest of N_E; it matters where r = k."""
    kept, dropped = bounds.product_eigenvalue, bounds.error_eigenvalue
    if kept is None or dropped is None or bounds.filling:
        return None
    bands = {"k-th eigenvalue of N_R": kept, "largest eigenvalue of N_E": dropped}
    return Decision("the largest singular values kept?", dropped.below(kept), bands)


def _if_critical(
    bounds: BallBounds, best: Decision, full: Decision | None, top: Decision | None, bent: Decision
) -> str | None:
    if bounds.gradient_norm.is_positive:
        return None
    if full is not None and full.answer:
        if bounds.filling:
            return "global_min"
        if top is not None and top.answer is not None:
            return "global_min" if top.answer else "strict_saddle"
    if bent.answer:
        return "strict_saddle"
    return "saddle" if best.answer is False else None


def newton_distance(given: FloatProblem) -> float | None:
    """Return the length of the least-squares Newton step for the gradient, in floats; None above 600 weights."""
    from algebra.critical_points.floats.network import DENSE, FloatNetwork
    from algebra.critical_points.floats.polishing import newton_step

    network = FloatNetwork(given.X, given.Y, given.W)
    if network.parameters > DENSE:
        return None
    with np.errstate(all="ignore"):
        return float(np.linalg.norm(newton_step(network)))
