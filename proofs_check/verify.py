"""Run claims and report: which hold, at which grade, and every counterexample."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from algebra.errors import as_integer
from algebra.sequences import as_list
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

__all__ = ["Finding", "Report", "Row", "VerifyReport", "Work", "run", "verify"]


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
    allowed = "claims, such as equality(…) makes, or names of papers"
    given = [names] if isinstance(names, str | Claim) else as_list("claims", names, allowed)
    seed = as_integer("seed", seed)
    own = checked(each for each in given if not isinstance(each, str))
    papers = tuple(each for each in given if isinstance(each, str))
    with ExitStack() as stack:
        opened = None if store is None else stack.enter_context(Store.open(store))
        work = Work.of(papers, own, seed, certificates)
        for sweep, what in work.parts:
            with moving_progress(what) as shown:
                answers(sweep, opened, jobs=jobs, progress=progress or shown)
        return work.report()


@dataclass(frozen=True)
class Work:
    """What is to be run: claims of papers, one at a time, and own claims, one instance at a time.

    Parameters
    ----------
    printed, own : FamilySweep, optional
        Each None where there are no such claims.
    claims : tuple of Claim
        The own ones.
    seed : int
    """

    printed: FamilySweep | None
    own: FamilySweep | None
    claims: tuple[AnyClaim, ...]
    seed: int

    @classmethod
    def of(cls, papers: tuple[str, ...], own: tuple[AnyClaim, ...], seed: int, certificates: Path | None) -> Work:
        """Return the work of these papers and claims; all papers if neither is named.

        Raises
        ------
        InputError
            For an unknown paper or claim, or a folder for certificates that cannot be made.
        """
        folder = None if certificates is None else make_folder("certificates", certificates)
        printed = FAMILY.sweep(papers=papers, seed=seed, certificates=certificates) if papers or not own else None
        assert printed is None or isinstance(printed, FamilySweep)
        return cls(printed, own_sweep(own, seed, folder) if own else None, own, seed)

    @property
    def parts(self) -> list[tuple[FamilySweep, str]]:
        """The sweeps, in the order in which they are run, and what each counts."""
        both = ((self.printed, "claims"), (self.own, "instances of own claims"))
        return [(sweep, what) for sweep, what in both if sweep is not None]

    def report(self) -> VerifyReport:
        """Return the rows of what is finished."""
        rows = () if self.printed is None else report_of(FAMILY.rows(self.printed), self.seed).rows
        mine = [] if self.own is None else own_rows(self.claims, self.own, self.seed)
        planned = (0 if self.printed is None else len(self.printed.instances)) + len(self.claims)
        return VerifyReport((*rows, *mine), self.seed, planned)

    @property
    def finished(self) -> str:
        """How much is finished, in words."""
        return " and ".join(f"{len(sweep.results)} of {len(sweep.instances)} {what}" for sweep, what in self.parts)
