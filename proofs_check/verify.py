"""Run claims and report: which hold, at which grade, and every counterexample."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from algebra.errors import as_integer
from proofs_check.claim_run import run
from proofs_check.engine.run import answers
from proofs_check.engine.store import Store
from proofs_check.engine.sweep import FamilySweep, Progress
from proofs_check.families.verify import FAMILY, report_of
from proofs_check.show.report import Finding, Report, Row

__all__ = ["Finding", "Report", "Row", "run", "verify"]


def verify(
    names: Sequence[str] = (),
    seed: int = 0,
    *,
    jobs: int | None = None,
    certificates: Path | None = None,
    store: str | Path | None = None,
    progress: Progress | None = None,
) -> Report:
    """Run the claims of some papers on their default instances.

    Parameters
    ----------
    names : sequence of str
        Keys of papers, or ids of claims; all of them if empty.
    seed : int
        Seed of every random choice.
    jobs : int, optional
        Number of processes; default: all cores, once five seconds of work are left. With 1 all is computed here.
    certificates : Path, optional
        Folder for the certificates of counterexamples.
    store : path, optional
        A file that keeps the outcomes, and from which known ones of this version are taken.
    progress : callable, optional
        Called with the number of claims that are done, the number of all, and the share of the work.

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
    sweep = FAMILY.sweep(papers=tuple(names), seed=as_integer("seed", seed), certificates=certificates)
    assert isinstance(sweep, FamilySweep)
    if store is None:
        return report_of(answers(sweep, jobs=jobs, progress=progress), seed)
    with Store.open(store) as opened:
        return report_of(answers(sweep, opened, jobs=jobs, progress=progress), seed)
