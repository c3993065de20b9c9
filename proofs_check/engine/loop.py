"""The loop of a run: ask the sweep, compute here or send to the workers, take what comes back.

The tasks wait in a queue (`engine.tasks`), chunks of them fly to the workers and back (`engine.dispatch`), and the
sweep and its store receive the results (`engine.results`).
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice

from proofs_check.engine.dispatch import Dispatch, Landing, together_of
from proofs_check.engine.plain import from_json
from proofs_check.engine.results import FLUSH, Results
from proofs_check.engine.store_file import StoreError
from proofs_check.engine.sweep import Instance, Progress, Sweep, SweepReport, Together
from proofs_check.engine.tasks import (
    ATTEMPTS,
    BUDGET,
    FEW_ALONE,
    FEW_TOGETHER,
    LEAST_COST,
    MOST_AT_ONCE,
    MOST_COST,
    MOST_TOGETHER,
    Task,
    TaskQueue,
)
from proofs_check.engine.workers import EvaluationError, Interrupts, Outcome, Workers, in_words, outcomes, run_together

WORTH_A_POOL = 5.0  # CPU seconds of work left: two processes take one more to start and to be served, a fifth
BUSY = 8.0  # seconds on the clock that count as one of CPU: others use the machine, or evaluations wait for something
LOOK = 0.25  # CPU seconds of work here after which the rest is estimated
HERE = 0.05  # seconds of work here between two looks at the sweep


@dataclass
class Loop:
    """One run of a sweep: tasks wait, fly and land.

    Parameters
    ----------
    sweep : Sweep
    results : Results
    dispatch : Dispatch
    progress : callable
    raises : bool
        Whether the first failure ends the run, by its own exception.
    queue : TaskQueue
    width : int
        How many instances are computed at a time.
    """

    sweep: Sweep
    results: Results
    dispatch: Dispatch
    progress: Progress
    raises: bool = False
    queue: TaskQueue = field(default_factory=TaskQueue)
    width: int = 1
    _began: float = field(default_factory=time.process_time)
    _looked: float = field(default_factory=time.perf_counter)

    @property
    def workers(self) -> Workers:
        """Who computes."""
        return self.dispatch.workers

    @property
    def interrupts(self) -> Interrupts:
        """What lets Ctrl-C through."""
        return self.dispatch.interrupts

    @property
    def together(self) -> Together | None:
        """How many instances are answered at once, if the sweep says so."""
        return together_of(self.sweep)

    def until_the_end(self) -> SweepReport:
        """Compute until the sweep wants nothing more, or until Ctrl-C."""
        start, interrupted = time.perf_counter(), False
        self.results.begin()
        self.width = self.workers.width
        try:
            with self.results.written_meanwhile():
                self._loop()
        except KeyboardInterrupt:
            interrupted, self.raises = True, False
            self._take(self.dispatch.collect_finished())
        except StoreError:
            raise  # nothing more can be written
        except BaseException:
            self.results.flush()
            raise
        finally:
            self.dispatch.drop()
        self.results.flush()
        return self.results.end(time.perf_counter() - start, interrupted)

    def _loop(self) -> None:
        while True:
            self._ask()
            if not self.queue.waiting and not self.dispatch.flying:
                return
            self.workers.check()
            if self.results.trouble is not None:
                raise self.results.trouble

            # Little work is done here, and much by the workers.
            if self._is_work_for_here():
                self._compute_here()
            else:
                self.dispatch.send(self.queue, self.width)
                self._take(self.dispatch.collect())

            # A cluster may have grown meanwhile.
            if time.perf_counter() - self._looked > FLUSH:
                self._looked = time.perf_counter()
                self.width = self.workers.width
                self._show()

    def _show(self) -> None:
        done = self.results.computed + len(self.results.failed)
        if done:
            self.progress(done, done + len(self.queue.open), self.queue.pace.cost / self.queue.pace.total)

    # ---- what the sweep wants

    def _ask(self) -> None:
        while self.results.is_news:
            self.results.is_news = False
            with self.interrupts.allowed():
                wanted = list(self.sweep.pending())
            if wanted:
                self._sort_in(wanted)

    def _sort_in(self, wanted: Iterable[Instance]) -> None:
        """Answer what is known already, and let a task wait for each other key."""
        asked = [(self.sweep.key(instance), instance) for instance in wanted]
        fresh = self.results.known_now()
        known = self.results.stored([key for key, _ in asked if key not in self.queue.open and key not in fresh])

        added = []
        for key, instance in asked:
            record = fresh.get(key) or known.get(key)
            if record is not None:
                self.results.reuse(instance, record)
            elif key in self.queue.open:
                self.queue.open[key].instances.append(instance)
            else:
                is_alone = self.together is None or not self.together.gains(instance)
                task = Task(key, self._cost_of(instance), [instance], is_alone)
                self.queue.open_task(task)
                added.append(task)
        self.queue.add(added)

    def _cost_of(self, instance: Instance) -> float:
        """Return what an instance is expected to cost, at most `MOST_COST`: it may be beyond all floats."""
        try:
            return min(max(self.sweep.cost(instance), LEAST_COST), MOST_COST)
        except OverflowError:
            return MOST_COST

    # ---- what is computed here

    def _is_work_for_here(self) -> bool:
        """Whether a pool is not worth its start, or not yet."""
        if self.workers.is_started or not self.queue.waiting:
            return False
        if self.width == 1:
            return self.workers.is_ours

        # What is left is estimated by what was spent, once that is enough to tell.
        pace = self.queue.pace
        spent = max(time.process_time() - self._began, pace.seconds / BUSY)
        rest = spent / pace.cost * pace.left if pace.cost and spent > LOOK else 0.0
        return spent < WORTH_A_POOL and rest < WORTH_A_POOL

    def _compute_here(self) -> None:
        """Compute for a moment; each result lands before the next is begun, so that it can be written meanwhile."""
        if not self.queue.waiting[0].is_alone:
            self._compute_together_here()
            return
        tasks, done = self.queue.take_cheapest(2 * HERE, FEW_ALONE, MOST_AT_ONCE), list[Outcome]()
        found = outcomes(self.sweep.evaluate, [task.instances[0] for task in tasks], HERE)
        landed = 0
        try:
            while True:
                if landed < len(tasks) and self.queue.pace.rate * tasks[landed].cost > FLUSH:
                    self.results.flush()  # arithmetic in C holds up all other threads
                with self.interrupts.allowed():
                    done.extend(islice(found, 1))
                if len(done) == landed:
                    return
                landed += 1
                self._settle(tasks[landed - 1], done[-1])
        finally:
            self._land(tasks[landed:], done[landed:])

    def _compute_together_here(self) -> None:
        """Compute the cheapest together; an interrupt costs them their results."""
        assert self.together is not None
        tasks, done = self.queue.take_cheapest(BUDGET, FEW_TOGETHER, MOST_TOGETHER), list[Outcome]()
        try:
            with self.interrupts.allowed():
                done = run_together(self.together.evaluate, [task.instances[0] for task in tasks])
        finally:
            self._land(tasks, done)

    # ---- what comes back

    def _take(self, landings: Iterable[Landing]) -> None:
        for landing in landings:
            if landing.death is None:
                self._land(landing.tasks, landing.outcomes)
            else:
                self._send_again(landing.tasks, landing.death)

    def _send_again(self, chunk: Sequence[Task], death: BaseException) -> None:
        """Put back what was on its way when a process died, unless it has killed too many."""
        for task in chunk:
            task.deaths, task.is_alone = task.deaths + 1, True
            if task.deaths >= ATTEMPTS:
                self._fail(task, EvaluationError(f"its process died {task.deaths} times ({in_words(death)})"))
            else:
                self.queue.waiting.append(task)

    def _land(self, chunk: Sequence[Task], done: Sequence[Outcome]) -> None:
        """Take the outcomes of a chunk; what its budget did not reach waits again, and what is to be asked alone."""
        rest = list(chunk[len(done) :])
        for task, outcome in zip(chunk, done, strict=False):
            if outcome[:2] == (None, None):
                task.is_alone = True
                rest.append(task)
            else:
                self._settle(task, outcome)
        if rest:
            self.queue.add(rest)
        self._show()

    def _settle(self, task: Task, outcome: Outcome) -> None:
        text, error, seconds = outcome
        self.dispatch.breaks = 0
        self.queue.pace.seconds += seconds
        self.queue.pace.cost += task.cost
        if error is not None:
            self._fail(task, error)
            return
        assert text is not None
        del self.queue.open[task.key]
        self.results.receive(task, from_json(text), seconds)

    def _fail(self, task: Task, error: Exception) -> None:
        if self.raises:
            raise error
        del self.queue.open[task.key]
        self.results.fail(task, error)
