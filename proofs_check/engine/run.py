"""Running a sweep to its end, or until Ctrl-C: for the answers that it receives, or for a list of them."""

from __future__ import annotations

from concurrent.futures import Executor
from typing import Any

from algebra.errors import as_integer
from proofs_check.engine.dispatch import Dispatch
from proofs_check.engine.loop import Loop
from proofs_check.engine.results import Results
from proofs_check.engine.store import Store
from proofs_check.engine.sweep import FamilySweep, Progress, Sweep, SweepReport
from proofs_check.engine.workers import Interrupts, Workers


def run_sweep(
    sweep: Sweep,
    store: Store | None = None,
    *,
    executor: Executor | None = None,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> SweepReport:
    """Run a sweep to its end, or until Ctrl-C; what the store holds already is not computed again.

    Parameters
    ----------
    sweep : Sweep
    store : Store, optional
        Open for writing, by this process alone. Default: nothing is kept but what the sweep receives.
    executor : concurrent.futures.Executor, optional
        Who computes. Default: this process for five seconds at most, and then a pool of processes with one BLAS thread
        each.
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
    return _run(sweep, store, executor, jobs, progress, raises=False)


def answers(
    sweep: FamilySweep,
    store: Store | None = None,
    *,
    executor: Executor | None = None,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> list[dict[str, Any]]:
    """Run a family to its end and return the results in the order of its instances; no result may be missing.

    The first evaluation that raises ends the run, and so does Ctrl-C. The workers are stopped before either reaches the
    caller; a store keeps what was finished.

    Parameters
    ----------
    sweep : FamilySweep
        New: it was not run before.
    store, executor, jobs, progress
        Those of `run_sweep`.

    Returns
    -------
    list of dict
        Instances with the same key were computed once and share their result.

    Raises
    ------
    Exception
        What the evaluation raised; `EvaluationError` says it in words where a process cannot send it to another.
    KeyboardInterrupt
        After Ctrl-C, or the signal by which batch systems end a job.

    Examples
    --------
    >>> def square(instance):
    ...     return {"value": instance["n"] ** 2}
    >>> family = [{"n": n} for n in (3, 2, 3)]
    >>> answers(FamilySweep("squares", {}, family, square, key=lambda i: f"square:{i['n']}"))
    [{'value': 9}, {'value': 4}, {'value': 9}]
    """
    report = _run(sweep, store, executor, jobs, progress, raises=True)
    if report.interrupted:
        raise KeyboardInterrupt
    found = {sweep.key(instance): result for instance, result in sweep.results}
    return [found[sweep.key(instance)] for instance in sweep.instances]


def _run(
    sweep: Sweep,
    store: Store | None,
    executor: Executor | None,
    jobs: int | None,
    progress: Progress | None,
    raises: bool,
) -> SweepReport:
    if jobs is not None:
        jobs = as_integer("jobs", jobs, 1)
    show = progress or (lambda done, known, share: None)
    with Interrupts() as interrupts, Workers(executor, jobs) as workers:
        loop = Loop(sweep, Results(sweep, store), Dispatch(sweep, workers, interrupts), show, raises)
        return loop.until_the_end()
