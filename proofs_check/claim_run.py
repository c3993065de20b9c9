"""Run one claim on its instances, and say which hold, at which grade, with every counterexample."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from algebra import Bounds, Grade
from algebra.writing import file_stem
from proofs_check.claim import AnyClaim, Kind, Outcome, Verdict, shown
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

    Examples
    --------
    >>> from proofs_check.papers import select
    >>> (claim,) = select(["kileel2019.wide-enough"])
    >>> run(claim, instances=[(2, 1, 2, 3)]).outcome
    'holds'
    """
    start = time.perf_counter()
    tested = list(claim.instances() if instances is None else instances)
    verdicts = [claim.check(instance, seed) for instance in tested]
    pairs = list(zip(tested, verdicts, strict=True))
    count = {outcome: sum(v.outcome is outcome for v in verdicts) for outcome in Outcome}
    outcome, expected = _summary(claim.kind, verdicts)
    return Row(
        claim=claim.id,
        paper=claim.paper,
        statement=claim.statement,
        kind=claim.kind.value,
        source=str(claim.source),
        note=claim.note,
        instances=len(tested),
        holds=count[Outcome.HOLDS],
        violated=count[Outcome.VIOLATED],
        inconclusive=count[Outcome.INCONCLUSIVE],
        not_applicable=count[Outcome.NOT_APPLICABLE],
        grade=_grade(verdicts).value,
        outcome=outcome,
        expected=expected,
        seed=seed,
        counterexamples=tuple(_finding(claim, i, v, certificates) for i, v in pairs if v.outcome is Outcome.VIOLATED),
        undecided=tuple(_finding(claim, i, v, None) for i, v in pairs if v.outcome is Outcome.INCONCLUSIVE),
        not_applicable_because=_failed_hypotheses(verdicts),
        grades=_grades(verdicts),
        seconds=round(time.perf_counter() - start, 3),
    )


def _summary(kind: Kind, verdicts: Sequence[Verdict]) -> tuple[str, bool]:
    """Return the outcome in words, and whether it is no news. What is known false has to be refuted by a proof."""
    outcomes = {verdict.outcome for verdict in verdicts}
    violated = [verdict.grade for verdict in verdicts if verdict.outcome is Outcome.VIOLATED]
    if kind is Kind.FALSE_CONJECTURE:
        refuted = Grade.PROVED in violated
        return ("violated (known false)" if refuted else "not refuted (known false)"), refuted
    if violated:
        return "violated", False
    if Outcome.INCONCLUSIVE in outcomes:
        return "inconclusive", True
    return ("holds" if Outcome.HOLDS in outcomes else "not tested"), True


def _grade(verdicts: Sequence[Verdict]) -> Grade:
    for outcome in (Outcome.HOLDS, Outcome.VIOLATED):
        grades = [verdict.grade for verdict in verdicts if verdict.outcome is outcome]
        if grades:
            return Grade.weakest(grades)
    return Grade.INCONCLUSIVE


def _grades(verdicts: Sequence[Verdict]) -> dict[str, int]:
    held = [verdict.grade for verdict in verdicts if verdict.outcome is Outcome.HOLDS]
    return {grade.value: held.count(grade) for grade in Grade if grade in held}


def _failed_hypotheses(verdicts: Sequence[Verdict]) -> dict[str, int]:
    failed: dict[str, int] = {}
    for verdict in verdicts:
        if verdict.outcome is Outcome.NOT_APPLICABLE:
            failed[verdict.reason] = failed.get(verdict.reason, 0) + 1
    return failed


def _finding(claim: AnyClaim, instance: Any, verdict: Verdict, folder: Path | None) -> Finding:
    paths = () if folder is None else _write(claim, instance, verdict.evidence, folder)
    return Finding(shown(instance), verdict.reason, verdict.grade.value, paths)


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
