"""The questions that balls answer about a point in floats, and the verdict that the answers make."""

from __future__ import annotations

from dataclasses import dataclass

from algebra.critical_points.classification import Classification, PointVerdict
from algebra.critical_points.floats.bounds import BallBounds
from algebra.critical_points.floats.problem import FloatProblem
from algebra.critical_points.floats.tolerance import numeric_verdict
from algebra.evidence.bounds import Grade
from algebra.exact.balls import Band


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


def reads_rationals(given: FloatProblem, at_floats: Classification | None) -> bool:
    """Tell whether the floats are read as the rationals that they are: critical as such, or said to be exact."""
    return at_floats is not None and (given.accuracy is None or given.is_exact)


Outcome = tuple[PointVerdict, Grade, str, str]


def verdict_of(
    bounds: BallBounds, at_floats: Classification | None, if_critical: str | None, tolerance: float | None
) -> Outcome:
    """Return verdict, grade, which numbers it speaks of, and what decides."""
    given = bounds.given
    within = given.accuracy_text
    if at_floats is not None and reads_rationals(given, at_floats):
        return at_floats.verdict, Grade.PROVED, "exactly the floats, as rationals", at_floats.decided_by
    if bounds.gradient_norm.is_positive:
        return PointVerdict.NOT_CRITICAL, Grade.PROVED, within, "gradient-ball-without-zero"
    if tolerance is not None:
        reading = f"a point that is critical up to the tolerance {tolerance:g}"
        return up_to(bounds, if_critical, tolerance, reading)
    return PointVerdict.INCONCLUSIVE, Grade.INCONCLUSIVE, within, "the gradient may be zero within the accuracy, or not"


def up_to(bounds: BallBounds, if_critical: str | None, tolerance: float, reading: str) -> Outcome:
    """Return the numeric verdict: a relative gradient below the tolerance counts as zero, and so do singular values."""
    if bounds.relative_gradient.upper > tolerance:
        by = f"relative gradient up to {bounds.relative_gradient.upper:.3g}, above the tolerance"
        return PointVerdict.INCONCLUSIVE, Grade.INCONCLUSIVE, bounds.given.accuracy_text, by
    if if_critical in ("global_min", "strict_saddle"):
        return PointVerdict(if_critical), Grade.NUMERIC, reading, "ball arithmetic, given criticality"
    return numeric_verdict(bounds.given, tolerance), Grade.NUMERIC, reading, "ranks up to the tolerance"


def decide(bounds: BallBounds, rationals: bool) -> tuple[tuple[Decision, ...], str | None]:
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
