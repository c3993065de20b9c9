"""Running a sweep: tasks wait, fly and land; one process alone talks to the sweep and writes to the store."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from pickle import PicklingError
from typing import Any

from algebra.errors import InputError
from proofs_check.engine.plain import from_json
from proofs_check.engine.record import Record
from proofs_check.engine.store import Store
from proofs_check.engine.store_file import StoreError
from proofs_check.engine.sweep import Failure, FamilySweep, Instance, Progress, Sweep, SweepReport, Together
from proofs_check.engine.workers import (
    EvaluationError,
    Interrupts,
    Outcome,
    Workers,
    in_words,
    outcomes,
    run_chunk,
    run_together,
)

MOST_COST = 1e290  # sums of it are floats still
WORTH_A_POOL = 5.0  # CPU seconds of work left: two processes take one more to start and to be served, a fifth
BUSY = 8.0  # seconds on the clock that count as one of CPU: others use the machine, or evaluations wait for something
LOOK = 0.25  # CPU seconds of work here after which the rest is estimated
CHUNK = 0.15  # seconds of estimated work sent to a process at once
FEWEST_CHUNKS = 16  # a process: the last ones finish together
FLUSH = 0.5  # seconds between two writings: what is finished is safe a second later
HERE = 0.05  # seconds of work here between two looks at the sweep
LEAST_CHUNK = 0.05  # seconds sent to a process at once, where there is enough: 10 times what sending costs
MOST_AT_ONCE = 2000  # instances in a chunk
FEW_ALONE = 16  # instances that are taken at least from those that wait, which are sorted again afterwards
FEW_TOGETHER = 100  # instances that are evaluated together at least
MOST_TOGETHER = 1000  # instances that are evaluated together, if they take less than a budget, which an interrupt costs
BUDGET = 2 * CHUNK  # seconds after which a chunk comes back as it is
AHEAD = 2  # chunks a worker: one is computed while the next waits
GRACE = 0.5  # seconds that an interrupted sweep waits for the chunks that are under way
ATTEMPTS = 3  # deaths of the processes that compute an instance, after which it has failed: the last time it was alone


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
    if jobs is not None and jobs < 1:
        raise InputError("jobs", jobs, "an integer of at least 1")
    show = progress or (lambda done, known, share: None)
    with Interrupts() as interrupts, Workers(executor, jobs) as workers:
        return Run(sweep, store, workers, interrupts, show, raises).run()


@dataclass
class _Task:
    key: str
    cost: float
    instances: list[Instance]  # more than one where several have the same key
    is_alone: bool = True  # whether it is evaluated alone, not together with others
    deaths: int = 0

    @property
    def is_suspect(self) -> bool:
        """Whether it is computed alone, so that nothing else can be blamed for the next death."""
        return self.deaths >= ATTEMPTS - 1


def _order(task: _Task) -> tuple[bool, float]:
    """Return what tasks are sorted by: those that are evaluated together first, of each kind the cheapest first."""
    return task.is_alone, task.cost


@dataclass
class Run:
    """One run: tasks wait, fly, land; results are written by this process alone.

    They are written by a thread, since an evaluation may take hours and what is finished before it is to be safe. So
    `fresh` is what two threads see: this one adds to it, that one takes away what it has written. Without a store it is
    never emptied, and is what the run knows.
    """

    sweep: Sweep
    store: Store | None
    workers: Workers
    interrupts: Interrupts
    progress: Progress
    raises: bool = False  # whether the first failure ends the run, by its own exception
    number: int = 0  # of the sweep in the store
    waiting: deque[_Task] = field(default_factory=deque)  # in `_order`
    flying: dict[Future[list[Outcome]], list[_Task]] = field(default_factory=dict)
    open: dict[str, _Task] = field(default_factory=dict)  # waiting or flying, by key
    fresh: dict[str, Record] = field(default_factory=dict)  # computed, not yet written
    failed: list[Failure] = field(default_factory=list)
    computed: int = 0
    reused: int = 0
    seconds: float = 0.0  # of all evaluations
    cost: float = 0.0  # of what they were about
    total: float = 0.0  # cost of all that is known
    width: int = 1
    breaks: int = 0  # of the pool, since anything was computed
    began: float = field(default_factory=time.process_time)
    looked: float = field(default_factory=time.perf_counter)
    trouble: BaseException | None = None  # of the thread that writes
    writing: threading.Lock = field(default_factory=threading.Lock)
    is_news: bool = True

    def run(self) -> SweepReport:
        """Compute until the sweep wants nothing more, or until Ctrl-C."""
        start, interrupted = time.perf_counter(), False
        if self.store is not None:
            self.number = self.store.begin(self.sweep.name, self.sweep.parameters)
        self.width = self.workers.width
        try:
            with self._written_meanwhile():
                self._loop()
        except KeyboardInterrupt:
            interrupted, self.raises = True, False
            self._await_the_flying()
        except StoreError:
            raise  # nothing more can be written
        except BaseException:
            self._flush()
            raise
        finally:
            self._drop_the_flying()
        self._flush()
        seconds = time.perf_counter() - start
        report = SweepReport(self.computed, self.reused, tuple(self.failed), seconds, interrupted)
        if self.store is not None:
            self.store.end(self.number, {**report.fields(), "failed": len(self.failed)})
        return report

    def _loop(self) -> None:
        while True:
            self._ask()
            if not self.waiting and not self.flying:
                return
            self.workers.check()
            if self.trouble is not None:
                raise self.trouble
            if self._is_work_for_here():
                self._compute_here()
            else:
                self._send()
                self._collect()
            if time.perf_counter() - self.looked > FLUSH:
                self.looked = time.perf_counter()
                self.width = self.workers.width
                self._show()

    @property
    def _together(self) -> Together | None:
        """How many instances are answered at once, if the sweep says so."""
        return self.sweep.together if isinstance(self.sweep, FamilySweep) else None

    # ---- what the sweep wants

    def _ask(self) -> None:
        while self.is_news:
            self.is_news = False
            with self.interrupts.allowed():
                wanted = list(self.sweep.pending())
            if wanted:
                self._sort_in(wanted)

    def _sort_in(self, wanted: Iterable[Instance]) -> None:
        asked = [(self.sweep.key(instance), instance) for instance in wanted]
        fresh = self.fresh if self.store is None else dict(self.fresh)  # as it is now: the other thread takes from it
        known = self._stored([key for key, _ in asked if key not in self.open and key not in fresh])
        added = []
        for key, instance in asked:
            record = fresh.get(key) or known.get(key)
            if record is not None:
                self._reuse(instance, record)
            elif key in self.open:
                self.open[key].instances.append(instance)
            else:
                is_alone = self._together is None or not self._together.gains(instance)
                task = _Task(key, self._cost_of(instance), [instance], is_alone)
                self.open[key] = task
                self.total += task.cost
                added.append(task)
        self.waiting = deque(sorted([*self.waiting, *added], key=_order))

    def _cost_of(self, instance: Instance) -> float:
        """Return what an instance is expected to cost, at most `MOST_COST`: it may be beyond all floats."""
        try:
            return min(max(self.sweep.cost(instance), 1e-9), MOST_COST)
        except OverflowError:
            return MOST_COST

    def _stored(self, keys: Sequence[str]) -> dict[str, Record]:
        """Return what the store has of these keys, and note there that this sweep uses it."""
        if self.store is None:
            return {}
        known = self.store.get_many(keys)
        if known:
            self.store.add_members(self.number, known)
        return known

    def _reuse(self, instance: Instance, record: Record) -> None:
        self.reused += 1
        self.is_news = True
        self.sweep.receive(instance, dict(record.result))

    # ---- who computes

    @property
    def _rate(self) -> float:
        """Seconds per unit of cost, as far as is known."""
        return self.seconds / self.cost if self.cost else math.inf

    def _is_work_for_here(self) -> bool:
        """Whether a pool is not worth its start, or not yet."""
        if self.workers.is_started or not self.waiting:
            return False
        if self.width == 1:
            return self.workers.is_ours
        spent = max(time.process_time() - self.began, self.seconds / BUSY)
        rest = spent / self.cost * (self.total - self.cost) if self.cost and spent > LOOK else 0.0
        return spent < WORTH_A_POOL and rest < WORTH_A_POOL

    def _compute_here(self) -> None:
        """Compute for a moment; each result lands before the next is begun, so that it can be written meanwhile."""
        if not self.waiting[0].is_alone:
            self._compute_together_here()
            return
        tasks, done = list(self._of_one_kind(self._at_once(2 * HERE, FEW_ALONE, MOST_AT_ONCE))), list[Outcome]()
        found = outcomes(self.sweep.evaluate, [task.instances[0] for task in tasks], HERE)
        landed = 0
        try:
            while True:
                if landed < len(tasks) and self._rate * tasks[landed].cost > FLUSH:
                    self._flush()  # arithmetic in C holds up all other threads
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
        assert self._together is not None
        tasks, done = list(self._of_one_kind(self._at_once(BUDGET, FEW_TOGETHER, MOST_TOGETHER))), list[Outcome]()
        try:
            with self.interrupts.allowed():
                done = run_together(self._together.evaluate, [task.instances[0] for task in tasks])
        finally:
            self._land(tasks, done)

    def _at_once(self, seconds: float, least: int, most: int) -> int:
        """Return how many like the cheapest take so many seconds, as far as is known."""
        each = self._rate * self.waiting[0].cost
        return max(least, min(most, int(seconds / max(each, 1e-9))))

    def _of_one_kind(self, most: int) -> Iterator[_Task]:
        """Take the cheapest, as long as they are evaluated alone or together as the first one is."""
        is_alone = self.waiting[0].is_alone
        while self.waiting and most and self.waiting[0].is_alone == is_alone:
            yield self.waiting.popleft()
            most -= 1

    def _send(self) -> None:
        while self.waiting and len(self.flying) < AHEAD * self.width:
            if self.flying and (self.waiting[-1].is_suspect or self._is_suspect_flying()):
                return
            chunk = list(self._chunk())
            instances = [task.instances[0] for task in chunk]
            try:
                future = self._submit(instances, chunk[0].is_alone)
            except BrokenExecutor:
                self.waiting.extend(reversed(chunk))
                if not self.flying:
                    self._renew()
                return
            self.flying[future] = chunk

    def _submit(self, instances: list[Instance], is_alone: bool) -> Future[list[Outcome]]:
        if is_alone or self._together is None:
            return self.workers.submit(run_chunk, self.sweep.evaluate, instances, BUDGET)
        return self.workers.submit(run_together, self._together.evaluate, instances)

    def _is_suspect_flying(self) -> bool:
        return any(chunk[0].is_suspect for chunk in self.flying.values())

    def _chunk(self) -> Iterable[_Task]:
        """Take the dearest, until the chunk is large enough; alone what a process has died of, or may have.

        All are evaluated alone, or all together.
        """
        share = self._rate * (self.total - self.cost) / (self.width * FEWEST_CHUNKS)
        least = min(CHUNK, max(LEAST_CHUNK, share))
        seconds, size, is_alone = 0.0, 0, self.waiting[-1].is_alone
        most = MOST_AT_ONCE if is_alone else MOST_TOGETHER
        while self.waiting and seconds < least and size < most and self.waiting[-1].is_alone == is_alone:
            if size and self.waiting[-1].deaths:
                return
            task = self.waiting.pop()
            yield task
            size += 1
            seconds += math.inf if task.deaths else self._rate * task.cost

    # ---- what comes back

    def _collect(self) -> None:
        with self.interrupts.allowed():
            done = wait(self.flying, timeout=FLUSH, return_when=FIRST_COMPLETED).done
        if any(future.done() and isinstance(_failure(future), BrokenExecutor) for future in done):
            done = wait(self.flying, timeout=10 * GRACE).done
            self._take(done)
            for chunk in self.flying.values():
                self._send_again(chunk, BrokenExecutor("the pool broke"))
            self.flying.clear()
            self._renew()
        else:
            self._take(done)

    def _renew(self) -> None:
        self.breaks += 1
        if self.breaks > 2 * ATTEMPTS:
            name = getattr(self.sweep.evaluate, "__qualname__", "?")
            raise InputError("evaluate", name, "a function that processes can import and that does not kill them all")
        self.workers.renew()

    def _take(self, done: Iterable[Future[list[Outcome]]]) -> None:
        for future in done:
            chunk, failure = self.flying.pop(future), _failure(future)
            if failure is None:
                self._land(chunk, future.result())
            elif isinstance(failure, ImportError | PicklingError | AttributeError):
                raise InputError("evaluate", str(failure), "a function that every process can import")
            elif isinstance(failure, CancelledError):
                raise self.workers.lost()
            else:
                self._send_again(chunk, failure)

    def _send_again(self, chunk: Sequence[_Task], failure: BaseException) -> None:
        """Put back what was on its way when a process died, unless it has killed too many."""
        for task in chunk:
            task.deaths, task.is_alone = task.deaths + 1, True
            if task.deaths >= ATTEMPTS:
                self._fail(task, EvaluationError(f"its process died {task.deaths} times ({in_words(failure)})"))
            else:
                self.waiting.append(task)

    def _land(self, chunk: Sequence[_Task], done: Sequence[Outcome]) -> None:
        """Take the outcomes of a chunk; what its budget did not reach waits again, and what is to be asked alone."""
        rest = list(chunk[len(done) :])
        for task, outcome in zip(chunk, done, strict=False):
            if outcome[:2] == (None, None):
                task.is_alone = True
                rest.append(task)
            else:
                self._settle(task, outcome)
        if rest:
            self.waiting = deque(sorted([*self.waiting, *rest], key=_order))
        self._show()

    def _settle(self, task: _Task, outcome: Outcome) -> None:
        text, error, seconds = outcome
        self.breaks = 0
        self.seconds, self.cost = self.seconds + seconds, self.cost + task.cost
        if error is not None:
            self._fail(task, error)
        else:
            assert text is not None
            self._receive(task, from_json(text), seconds)

    def _show(self) -> None:
        done = self.computed + len(self.failed)
        if done:
            self.progress(done, done + len(self.open), self.cost / self.total)

    def _receive(self, task: _Task, result: dict[str, Any], seconds: float) -> None:
        del self.open[task.key]
        seed = self.sweep.parameters.get("seed")
        record = Record(task.key, self.sweep.name, task.instances[0], result, seconds=round(seconds, 6))
        self.fresh[task.key] = record if record.seed is not None or seed is None else replace(record, seed=seed)
        self.computed += 1
        self.reused += len(task.instances) - 1
        self.is_news = True
        for instance in task.instances:
            self.sweep.receive(instance, result)

    def _fail(self, task: _Task, error: Exception) -> None:
        if self.raises:
            raise error
        del self.open[task.key]
        self.failed += [Failure(task.key, instance, in_words(error)) for instance in task.instances]

    # ---- what is kept

    def _flush(self) -> None:
        """Write what is finished; any thread may ask for it."""
        if self.store is None:
            return
        with self.writing:
            batch = dict(self.fresh)
            if batch:
                self.store.put(batch.values(), self.number)
            for key in batch:
                del self.fresh[key]

    @contextmanager
    def _written_meanwhile(self) -> Iterator[None]:
        """Write what is finished every now and then, to the end of the block."""
        if self.store is None:
            yield
            return
        ended = threading.Event()
        writer = threading.Thread(target=self._write_until, args=(ended,), daemon=True)
        writer.start()
        try:
            yield
        finally:
            ended.set()
            writer.join()

    def _write_until(self, ended: threading.Event) -> None:
        while not ended.wait(FLUSH):
            try:
                self._flush()
            except BaseException as error:
                self.trouble = error
                return

    def _await_the_flying(self) -> None:
        done = wait(self.flying, timeout=GRACE).done
        self._take([future for future in done if _failure(future) is None])

    def _drop_the_flying(self) -> None:
        self.workers.kill = bool(self.flying)
        self.workers.cancel(list(self.flying))


def _failure(future: Future[Any]) -> BaseException | None:
    return CancelledError() if future.cancelled() else future.exception()
