"""Run claims and report: which hold, at which grade, and every counterexample."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from algebra import Bounds, Grade
from algebra.errors import as_integer
from proofs_check.claim import AnyClaim, Kind, Outcome, Verdict, shown
from proofs_check.papers import select
from proofs_check.report import Finding, Report, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def verify(
    names: Sequence[str] = (),
    seed: int = 0,
    *,
    jobs: int = 1,
    certificates: Path | None = None,
    progress: Callable[[str], None] | None = None,
) -> Report:
    """Run the claims of some papers on their default instances.

    Parameters
    ----------
    names : sequence of str
        Keys of papers, or ids of claims; all of them if empty.
    seed : int
        Seed of every random choice.
    jobs : int
        Number of processes.
    certificates : Path, optional
        Folder for the certificates of counterexamples.
    progress : callable, optional
        Called with the id of each claim when it is done.

    Returns
    -------
    Report

    Raises
    ------
    InputError
        For an unknown paper or claim, or a bad number.

    Examples
    --------
    >>> row = verify(["kileel2019.unimodal"]).rows[0]
    >>> row.outcome, row.grade, row.counterexamples[0].instance
    ('violated (known false)', 'proved', 'pnn:2-3-4-5-4-6-4-1:r2')
    """
    seed, jobs = as_integer("seed", seed), as_integer("jobs", jobs, least=1)
    chosen = select(names)
    tasks = [(claim.id, seed, certificates) for claim in chosen]
    rows = []
    for row in _rows(tasks, jobs):
        rows.append(row)
        if progress is not None:
            progress(row.claim)
    return Report(tuple(rows), seed)


Task = tuple[str, int, Path | None]


def _rows(tasks: Sequence[Task], jobs: int) -> Any:
    if jobs == 1 or len(tasks) < 2:
        return map(_run_task, tasks)
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(min(jobs, len(tasks))) as pool:
        return list(pool.map(_run_task, tasks))


def _run_task(task: Task) -> Row:
    name, seed, certificates = task
    (claim,) = select([name])
    return run(claim, seed, certificates=certificates)


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
    stem = "".join(c if c.isalnum() or c in "-._" else "_" for c in f"{claim.id}_{shown(instance)}")
    written = []
    for number, bounds in enumerate(bounds for bounds in evidence if bounds.evidence is not None):
        path = folder / f"{stem}_{number}.json"
        bounds.certificate().write(path)
        written.append(str(path))
    return tuple(written)
