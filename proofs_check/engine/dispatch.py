"""Chunks of tasks on their way: sent to the workers, collected, and sent again when a process died."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from dataclasses import dataclass, field
from pickle import PicklingError
from typing import Any

from algebra.errors import InputError
from proofs_check.engine.results import FLUSH
from proofs_check.engine.sweep import FamilySweep, Instance, Sweep, Together
from proofs_check.engine.tasks import ATTEMPTS, BUDGET, Task, TaskQueue
from proofs_check.engine.workers import Interrupts, Outcome, Workers, run_chunk, run_together

AHEAD = 2  # chunks a worker: one is computed while the next waits
GRACE = 0.5  # seconds that an interrupted sweep waits for the chunks that are under way


def together_of(sweep: Sweep) -> Together | None:
    """Return how many instances are answered at once, if the sweep says so."""
    return sweep.together if isinstance(sweep, FamilySweep) else None


@dataclass(frozen=True)
class Landing:
    """A chunk that came back: with its outcomes, or with what happened to the process that had it.

    Parameters
    ----------
    tasks : list of Task
    outcomes : list of Outcome
        Of the first of them; the others were not begun.
    death : BaseException or None
        Where it is set, no outcome is known.
    """

    tasks: list[Task]
    outcomes: list[Outcome] = field(default_factory=list)
    death: BaseException | None = None


@dataclass
class Dispatch:
    """What the workers have, and how often their pool broke.

    Parameters
    ----------
    sweep : Sweep
    workers : Workers
    interrupts : Interrupts
    flying : dict
        Chunks on their way, by what stands for their outcomes.
    breaks : int
        Of the pool, since anything was computed.
    """

    sweep: Sweep
    workers: Workers
    interrupts: Interrupts
    flying: dict[Future[list[Outcome]], list[Task]] = field(default_factory=dict)
    breaks: int = 0

    # ---- what is sent

    def send(self, queue: TaskQueue, width: int) -> None:
        """Send chunks, until every worker has enough to do; a suspect flies when nothing else does."""
        while queue.waiting and len(self.flying) < AHEAD * width:
            if self.flying and (queue.waiting[-1].is_suspect or self._is_suspect_flying()):
                return
            chunk = queue.take_chunk(width)
            instances = [task.instances[0] for task in chunk]
            try:
                future = self._submit(instances, chunk[0].is_alone)
            except BrokenExecutor:
                queue.waiting.extend(reversed(chunk))
                if not self.flying:
                    self._renew()
                return
            self.flying[future] = chunk

    def _submit(self, instances: list[Instance], is_alone: bool) -> Future[list[Outcome]]:
        together = together_of(self.sweep)
        if is_alone or together is None:
            return self.workers.submit(run_chunk, self.sweep.evaluate, instances, BUDGET)
        return self.workers.submit(run_together, together.evaluate, instances)

    def _is_suspect_flying(self) -> bool:
        return any(chunk[0].is_suspect for chunk in self.flying.values())

    # ---- what comes back

    def collect(self) -> Iterator[Landing]:
        """Wait a moment, and yield what came back; after a death, all that was on its way, and there is a new pool.

        Raises
        ------
        InputError
            If no process can import the evaluation, if the pool breaks again and again and nothing is computed, or if
            the executor was given and does not work any more.
        """
        with self.interrupts.allowed():
            done = wait(self.flying, timeout=FLUSH, return_when=FIRST_COMPLETED).done
        if not any(future.done() and isinstance(_failure(future), BrokenExecutor) for future in done):
            yield from self._landed(done)
            return

        # The pool is lost with all it had; chunks that were finished before may still arrive.
        done = wait(self.flying, timeout=10 * GRACE).done
        yield from self._landed(done)
        for chunk in self.flying.values():
            yield Landing(chunk, death=BrokenExecutor("the pool broke"))
        self.flying.clear()
        self._renew()

    def collect_finished(self) -> Iterator[Landing]:
        """Wait for a short while, and yield what came back as it should: the run is interrupted."""
        done = wait(self.flying, timeout=GRACE).done
        yield from self._landed([future for future in done if _failure(future) is None])

    def _landed(self, done: Iterable[Future[list[Outcome]]]) -> Iterator[Landing]:
        for future in done:
            chunk, failure = self.flying.pop(future), _failure(future)
            if failure is None:
                yield Landing(chunk, future.result())
            elif isinstance(failure, ImportError | PicklingError | AttributeError):
                raise InputError("evaluate", str(failure), "a function that every process can import")
            elif isinstance(failure, CancelledError):
                raise self.workers.lost()
            else:
                yield Landing(chunk, death=failure)

    def _renew(self) -> None:
        # A task dies at most ATTEMPTS times; twice as many breaks without any result are not the fault of one task.
        self.breaks += 1
        if self.breaks > 2 * ATTEMPTS:
            name = getattr(self.sweep.evaluate, "__qualname__", "?")
            raise InputError("evaluate", name, "a function that processes can import and that does not kill them all")
        self.workers.renew()

    def drop(self) -> None:
        """Call back what is on its way; processes of our own that have something are ended."""
        self.workers.kill = bool(self.flying)
        self.workers.cancel(list(self.flying))


def _failure(future: Future[Any]) -> BaseException | None:
    return CancelledError() if future.cancelled() else future.exception()
