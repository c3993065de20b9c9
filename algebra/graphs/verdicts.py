"""Verdicts on the classes that a graph may be in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from algebra.evidence.bounds import Grade
from algebra.shown import Shown

CLASSES = ("discrete", "amenable", "compact", "godsil", "tinhofer", "refinable")
"""From the smallest to the largest."""


@dataclass(frozen=True)
class ClassVerdict(Shown):
    """Whether a graph is in a class.

    Parameters
    ----------
    value : bool or None
        None: not decided.
    by : str
        The argument.
    evidence : dict
        What proves it, as JSON values.
    """

    value: bool | None
    by: str
    evidence: dict[str, Any] = field(default_factory=dict)

    @property
    def grade(self) -> Grade:
        """Proved, or inconclusive where there is no verdict."""
        return Grade.INCONCLUSIVE if self.value is None else Grade.PROVED

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {"value": self.value, "grade": self.grade.value, "by": self.by, "evidence": self.evidence}


Verdict = ClassVerdict  # its earlier name


__all__ = ["CLASSES", "ClassVerdict", "Verdict"]
