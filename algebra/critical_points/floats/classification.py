"""Classification of float data and weights: certified where the accuracy allows, inconclusive in a printed band."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from algebra.critical_points.classification import Classification, PointVerdict, classify_exactly
from algebra.critical_points.floats.bounds import BallBounds
from algebra.critical_points.floats.decisions import Decision, decide, reads_rationals, verdict_of
from algebra.critical_points.floats.nearby import NearbyPoint, nearby_point
from algebra.critical_points.floats.network import DENSE
from algebra.critical_points.floats.problem import FloatProblem
from algebra.errors import InputError
from algebra.evidence.bounds import Grade
from algebra.exact.balls import Band, one_sided
from algebra.shown import Shown
from algebra.types import Floats


@dataclass(frozen=True)
class NumericClassification(Shown):
    """What float data and weights prove.

    Attributes
    ----------
    verdict : PointVerdict
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
    nearby : NearbyPoint or None
        The critical point that a few short Newton steps lead to, or that this point is up to the tolerance.
    tolerance : float or None
        Of the relative gradient and relative singular values, if the caller gave one.
    curvature_direction : tuple of ndarray
        The direction of the last decision.
    at_floats : Classification or None
        The exact verdict for exactly the floats, where they are a critical point.
    """

    verdict: PointVerdict
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
    nearby: NearbyPoint | None
    tolerance: float | None
    curvature_direction: tuple[Floats, ...] = field(repr=False)
    at_floats: Classification | None = field(repr=False)

    def shown_facts(self) -> list[tuple[str, Any]]:
        """Answer first; then the numbers that the answer rests on.

        Returns
        -------
        list of (str, object)
            Names and values, in the order in which they are shown.
        """
        bands = [
            (name, getattr(self, name.replace(" ", "_"))) for name in ("gradient norm", "relative gradient", "loss")
        ]
        known = [] if self.if_critical is None else [("every critical point within the accuracy", self.if_critical)]
        asked = [(decision.question, decision.answer) for decision in self.decisions]
        first, *others = self.answer.split("; ")
        answer = [("answer", first), *(("", other) for other in others)]
        return [*answer, ("for", self.reading), *known, *bands, ("gap", self.gap), *asked]

    @property
    def undecided(self) -> tuple[Decision, ...]:
        """The questions that this accuracy leaves open."""
        return tuple(decision for decision in self.decisions if decision.answer is None)

    @property
    def is_stable(self) -> bool:
        """Whether the verdict is proved for every point within the accuracy (for a critical one, every critical one).

        Floats that are read as rationals may be a critical point of one class by accident of rounding.
        """
        return self.verdict is PointVerdict.NOT_CRITICAL or self.verdict.value == self.if_critical

    @property
    def answer(self) -> str:
        """What the point is, in one sentence: as it stands, and what it is near.

        Examples
        --------
        >>> found = classify_numeric([[1.0]], [[1.0]], [[[0.5]], [[2.000001]]])
        >>> print(found.answer.partition(", gap")[0])
        not critical as it stands (proved); one Newton step of length 2.4e-07 leads to a global minimum (numeric)
        """
        there = self._nowhere if self.nearby is None else _there(self.nearby)
        if self.grade is Grade.PROVED and self.verdict is PointVerdict.NOT_CRITICAL:
            return f"not critical as it stands (proved){there}"
        if self.grade is not Grade.INCONCLUSIVE:
            return f"{self.verdict.words} ({self.grade.value}) for {self.reading}"
        every = _WITHIN.get(self.if_critical or "", "")
        known = f", where every critical point is {every} (proved)" if every else ""
        return f"critical or not is open within the accuracy{known}{there}"

    @property
    def _nowhere(self) -> str:
        if self.newton_distance is None:
            return f"; no Newton steps are taken with more than {DENSE} weights"
        return "; Newton steps reach no critical point nearby"

    def __repr__(self) -> str:
        return f"NumericClassification({self.answer})"

    def __str__(self) -> str:
        return self.answer

    def explain(self) -> str:
        """Return the reading and every decision, one a line.

        Returns
        -------
        str
        """
        grade = "" if self.grade is Grade.INCONCLUSIVE else f" ({self.grade.value})"
        lines = [f"{self.verdict.words}{grade} for {self.reading}: {self.decided_by}"]
        if self.if_critical is not None:
            lines.append(f"every critical point within the accuracy: {self.if_critical}")

        # Proved of the floats themselves, as rationals.
        if self.grade is Grade.PROVED and not self.is_stable and self.at_floats is not None:
            lines.append("numbers that differ in the last place may give another verdict")
        return "\n".join([*lines, *map(str, self.decisions)])

    def fields(self) -> dict[str, Any]:
        """Return everything but the direction as plain JSON values.

        Returns
        -------
        dict
        """
        return {
            "answer": self.answer,
            "verdict": self.verdict.value,
            "grade": self.grade.value,
            "reading": self.reading,
            "decided_by": self.decided_by,
            "if_critical": self.if_critical,
            "is_stable": self.is_stable,
            "gradient_norm": self.gradient_norm.fields(),
            "relative_gradient": self.relative_gradient.fields(),
            "newton_distance": self.newton_distance,
            "nearby": None if self.nearby is None else self.nearby.fields(),
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
    at_floats = classify_exactly(given.exact) if given.is_exact or given.exact.is_critical else None
    decisions, if_critical = decide(bounds, reads_rationals(given, at_floats))
    verdict, grade, reading, by = verdict_of(bounds, at_floats, if_critical, tolerance)
    is_decided = grade is not Grade.INCONCLUSIVE and verdict is not PointVerdict.NOT_CRITICAL
    first, nearby = nearby_point(bounds, tolerance)
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
        first,
        None if is_decided else nearby,
        tolerance,
        bounds.curvature[1],
        at_floats,
    )


_WITHIN = {"global_min": "a global minimum", "strict_saddle": "a strict saddle", "saddle": "a saddle"}


def _there(point: NearbyPoint) -> str:
    """Say what a point is near, as the end of a sentence."""
    what = f"a {point.verdict.words} ({point.grade.value}), {_gap(point.gap, point.verdict is PointVerdict.GLOBAL_MIN)}"
    if not point.steps:
        return f"; up to the tolerance {point.tolerance:g} it is {what}"
    steps = "one Newton step" if point.steps == 1 else f"{point.steps} Newton steps"
    leads = f"of length {point.moved:.2g} leads" if point.steps == 1 else f"of total length {point.moved:.2g} lead"
    return f"; {steps} {leads} to {what}"


def _gap(gap: Band, is_minimum: bool) -> str:
    """Say how far the loss is above the least one, rounded outward."""
    if gap.lower > 0 and not is_minimum:
        return f"gap at least {one_sided(gap.lower, up=False)}"
    return f"gap below {one_sided(gap.upper, up=True)}" if gap.upper > 0 else "gap 0"
