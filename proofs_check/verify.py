"""Run claims and report: which hold, at which grade, and every counterexample."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from algebra.errors import as_integer
from algebra.writing import make_folder
from proofs_check.claim import AnyClaim, Claim
from proofs_check.claim_run import run
from proofs_check.engine.progress import moving_progress
from proofs_check.engine.run import answers
from proofs_check.engine.store import Store
from proofs_check.engine.sweep import FamilySweep, Progress
from proofs_check.families.verify import FAMILY, report_of
from proofs_check.own_claims import checked, own_rows, own_sweep
from proofs_check.show.report import Finding, Report, Row, VerifyReport

__all__ = ["Finding", "Report", "Row", "VerifyReport", "run", "verify"]


def verify(
    names: Sequence[str | AnyClaim] | str | AnyClaim = (),
    seed: int = 0,
    *,
    jobs: int | None = None,
    certificates: Path | None = None,
    store: str | Path | None = None,
    progress: Progress | None = None,
) -> VerifyReport:
    """Run the claims of some papers, or your own, on their default instances.

    Parameters
    ----------
    names : sequence of str or Claim
        Keys of papers, ids of claims, and claims of your own (`equality`); all papers if empty. One alone will do.
    seed : int
        Seed of every random choice.
    jobs : int, optional
        Number of processes; default: all cores, once five seconds of work are left. With 1 all is computed here.
    certificates : Path, optional
        Folder for the certificates of counterexamples.
    store : path, optional
        A file that keeps the outcomes, and from which known ones of this version are taken.
    progress : callable, optional
        Called with the number of claims that are done, the number of all, and the share of the work. Default: a bar on
        stderr, where that is a terminal.

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
    given = [names] if isinstance(names, str | Claim) else list(names)
    seed = as_integer("seed", seed)
    own = checked(each for each in given if not isinstance(each, str))
    printed = [each for each in given if isinstance(each, str)]
    folder = None if certificates is None else make_folder("certificates", certificates)
    with ExitStack() as stack:
        opened = None if store is None else stack.enter_context(Store.open(store))
        rows: list[Row] = []
        if printed or not own:
            sweep = FAMILY.sweep(papers=tuple(printed), seed=seed, certificates=certificates)
            assert isinstance(sweep, FamilySweep)
            rows += report_of(_answers(sweep, "claims", opened, jobs, progress), seed).rows
        if own:
            mine = own_sweep(own, seed, folder)
            _answers(mine, "instances", opened, jobs, progress)
            rows += own_rows(own, mine, seed)
        return VerifyReport(tuple(rows), seed)


def _answers(
    sweep: FamilySweep, what: str, store: Store | None, jobs: int | None, progress: Progress | None
) -> list[dict[str, Any]]:
    """Run a sweep, with the caller's progress or a bar."""
    with moving_progress(what) as shown:
        return answers(sweep, store, jobs=jobs, progress=progress or shown)
