"""Verdicts on the classes that a graph may be in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from algebra.evidence.bounds import Grade
from algebra.graphs.class_evidence import ClassEvidence, Inclusion, Remark
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
    evidence : ClassEvidence, optional
        What proves it, or what was tried: its kind is that of the argument.
    """

    value: bool | None
    by: str
    evidence: ClassEvidence | None = None

    @property
    def grade(self) -> Grade:
        """Proved, or inconclusive where there is no verdict."""
        return Grade.INCONCLUSIVE if self.value is None else Grade.PROVED

    @property
    def follows_from(self) -> str | None:
        """The class whose verdict this one follows from, if it follows from one."""
        return self.evidence.source if isinstance(self.evidence, Inclusion) else None

    @property
    def says(self) -> str:
        """What a search has shown, or why nothing was decided; empty where the evidence is no sentence."""
        return self.evidence.says if isinstance(self.evidence, Remark) else ""

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values.

        Returns
        -------
        dict
            The keys ``value``, ``grade``, ``by`` and ``evidence``; that is empty where there is none.
        """
        evidence = {} if self.evidence is None else self.evidence.to_json()
        return {"value": self.value, "grade": self.grade.value, "by": self.by, "evidence": evidence}


Verdict = ClassVerdict  # its earlier name


__all__ = ["CLASSES", "ClassVerdict", "Verdict"]
