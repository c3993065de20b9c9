"""Sweeps: one question asked of many instances, on many cores or machines, stored row by row, resumed at no loss."""

from __future__ import annotations

from concurrent.futures import Executor

from algebra.errors import InputError
from proofs_check.store import Store
from proofs_check.sweep_data import Evaluate, Failure, FamilySweep, Instance, Progress, Sweep, SweepReport

__all__ = ["Evaluate", "Failure", "FamilySweep", "Instance", "Progress", "Sweep", "SweepReport", "run_sweep"]


def run_sweep(
    sweep: Sweep,
    store: Store,
    *,
    executor: Executor | None = None,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> SweepReport:
    """Run a sweep to its end, or until Ctrl-C; what the store holds already is not computed again.

    Parameters
    ----------
    sweep : Sweep
    store : Store
        Open for writing, by this process alone.
    executor : concurrent.futures.Executor, optional
        Who computes. Default: this process for a second, and then a pool of processes with one BLAS thread each.
    jobs : int, optional
        Number of processes of that pool; default: all cores. With 1 everything is computed here.
    progress : callable, optional
        Called with the number of instances done, the number known so far, and the share of the work that is done.

    Returns
    -------
    SweepReport
        An instance whose evaluation raised, or killed its process three times, is listed as failed and not stored.

    Raises
    ------
    StoreError
        If the store cannot be written any more; what it had acknowledged is kept.
    InputError
        If a given executor stops working.
    """
    if jobs is not None and jobs < 1:
        raise InputError("jobs", jobs, "an integer of at least 1")
    from proofs_check.sweep_run import Run
    from proofs_check.workers import Interrupts, Workers

    with Workers(executor, jobs) as workers, Interrupts() as interrupts:
        return Run(sweep, store, workers, interrupts, progress or (lambda done, known, share: None)).run()
