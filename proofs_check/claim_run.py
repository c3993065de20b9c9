"""Run one claim on its instances, and say which hold, at which grade, with every counterexample."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from algebra import Bounds, Grade
from algebra.writing import file_stem
from proofs_check.claim import AnyClaim, Kind, Outcome, shown
from proofs_check.show.report import Finding, Row

if TYPE_CHECKING:
    from collections.abc import Sequence


def run(
    claim: AnyClaim, seed: int = 0, instances: Sequence[Any] | None = None, certificates: Path | None = None
) -> Row:
    """Run one claim, on its default instances or on others.

    Parameters
    ----------
    claim : Claim
    seed : int
    instances : sequence, optional
        Instead of the default ones.
    certificates : Path, optional
        Folder for the certificates of counterexamples.

    Returns
    -------
    dict
        The row of the report.

    Examples
    --------
    >>> from proofs_check.papers import select
    >>> (claim,) = select(["kileel2019.wide-enough"])
    >>> run(claim, instances=[(2, 1, 2, 3)]).outcome
    'holds'
    """
    start = time.perf_counter()
    tested = list(claim.instances() if instances is None else instances)
    judged = [judge(claim, instance, seed, certificates) for instance in tested]
    return summary(claim, judged, seed, time.perf_counter() - start)


@dataclass(frozen=True)
class Judged:
    """What became of a claim at one instance: plain values, as a store keeps them."""

    instance: str
    outcome: str
    grade: str
    reason: str
    certificates: tuple[str, ...] = ()

    @property
    def finding(self) -> Finding:
        """What the report says of it."""
        return Finding(self.instance, self.reason, self.grade, tuple(self.certificates))


def judge(claim: AnyClaim, instance: Any, seed: int, certificates: Path | None = None) -> Judged:
    """Decide a claim at one instance, and write the certificates of a counterexample.

    Parameters
    ----------
    claim : Claim
    instance : Instance
    seed : int
    certificates : Path, optional
        Folder for the certificates of a counterexample.

    Returns
    -------
    Judged
    """
    verdict = claim.check(instance, seed)
    is_written = certificates is not None and verdict.outcome is Outcome.VIOLATED
    paths = _write(claim, instance, verdict.evidence, certificates) if certificates and is_written else ()
    return Judged(shown(instance), verdict.outcome.value, verdict.grade.value, verdict.reason, paths)


def summary(claim: AnyClaim, judged: Sequence[Judged], seed: int, seconds: float) -> Row:
    """Return the row of a report: which instances hold, at which grade, with every counterexample.

    Parameters
    ----------
    claim : Claim
    judged : sequence of Judged
    seed : int
    seconds : float

    Returns
    -------
    dict
    """
    by_outcome = {outcome: [each for each in judged if each.outcome == outcome.value] for outcome in Outcome}
    outcome, expected = _summary(claim.kind, by_outcome)
    held = by_outcome[Outcome.HOLDS]
    return Row(
        claim=claim.id,
        paper=claim.paper,
        statement=claim.statement,
        kind=claim.kind.value,
        source=str(claim.source),
        note=claim.note,
        instances=len(judged),
        holds=len(held),
        violated=len(by_outcome[Outcome.VIOLATED]),
        inconclusive=len(by_outcome[Outcome.INCONCLUSIVE]),
        not_applicable=len(by_outcome[Outcome.NOT_APPLICABLE]),
        grade=_grade(held or by_outcome[Outcome.VIOLATED]).value,
        outcome=outcome,
        expected=expected,
        seed=seed,
        counterexamples=tuple(each.finding for each in by_outcome[Outcome.VIOLATED]),
        undecided=tuple(each.finding for each in by_outcome[Outcome.INCONCLUSIVE]),
        not_applicable_because=dict(Counter(each.reason for each in by_outcome[Outcome.NOT_APPLICABLE])),
        grades=_grades(held),
        seconds=round(seconds, 3),
    )


def _summary(kind: Kind, found: dict[Outcome, list[Judged]]) -> tuple[str, bool]:
    """Return the outcome in words, and whether it is no news. What is known false has to be refuted by a proof."""
    violated = [each.grade for each in found[Outcome.VIOLATED]]
    if kind is Kind.FALSE_CONJECTURE:
        refuted = Grade.PROVED.value in violated
        return ("violated (known false)" if refuted else "not refuted (known false)"), refuted
    if violated:
        return "violated", False
    if found[Outcome.INCONCLUSIVE]:
        return "inconclusive", True
    return ("holds" if found[Outcome.HOLDS] else "not tested"), True


def _grade(judged: Sequence[Judged]) -> Grade:
    return Grade.weakest(Grade(each.grade) for each in judged) if judged else Grade.INCONCLUSIVE


def _grades(held: Sequence[Judged]) -> dict[str, int]:
    grades = [each.grade for each in held]
    return {grade.value: grades.count(grade.value) for grade in Grade if grade.value in grades}


def _write(claim: AnyClaim, instance: Any, evidence: Sequence[Bounds], folder: Path) -> tuple[str, ...]:
    """Write the certificates of the bounds that decided, and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = file_stem(f"{claim.id}_{shown(instance)}")
    written = []
    for number, bounds in enumerate(bounds for bounds in evidence if bounds.evidence is not None):
        path = folder / f"{stem}_{number}.json"
        bounds.certificate().write(path)
        written.append(str(path))
    return tuple(written)
