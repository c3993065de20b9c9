"""The answers of a run: the sweep receives each, and a thread writes them to the store while others are computed."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from proofs_check.engine.record import Record
from proofs_check.engine.store import Store
from proofs_check.engine.sweep import Failure, Instance, Sweep, SweepReport
from proofs_check.engine.tasks import Task
from proofs_check.engine.workers import in_words

FLUSH = 0.5  # seconds between two writings: what is finished is safe a second later


@dataclass
class Results:
    """What a run has found.

    It is written by a thread, since an evaluation may take hours and what is finished before it is to be safe. So
    `fresh` is what two threads see: the run adds to it, and whoever writes takes away what is written. Without a store
    it is never emptied, and is what the run knows.

    Parameters
    ----------
    sweep : Sweep
    store : Store or None
    number : int
        Of the sweep in the store.
    fresh : dict
        Computed, not yet written, by key.
    failed : list of Failure
    computed, reused : int
        Results that are new, and results that were there.
    is_news : bool
        Whether the sweep received something since it was asked last what it wants.
    trouble : BaseException or None
        What ended the thread that writes.
    """

    sweep: Sweep
    store: Store | None
    number: int = 0
    fresh: dict[str, Record] = field(default_factory=dict)
    failed: list[Failure] = field(default_factory=list)
    computed: int = 0
    reused: int = 0
    is_news: bool = True
    trouble: BaseException | None = None
    _writing: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def begin(self) -> None:
        """Note in the store that the sweep runs."""
        if self.store is not None:
            self.number = self.store.begin(self.sweep.name, self.sweep.parameters)

    def end(self, seconds: float, interrupted: bool) -> SweepReport:
        """Note in the store what was done, and return it."""
        report = SweepReport(self.computed, self.reused, tuple(self.failed), seconds, interrupted)
        if self.store is not None:
            self.store.end(self.number, {**report.fields(), "failed": len(self.failed)})
        return report

    # ---- what is known already

    def known_now(self) -> dict[str, Record]:
        """Return what is computed and not written, as it is now: the other thread takes from it."""
        return self.fresh if self.store is None else dict(self.fresh)

    def stored(self, keys: Sequence[str]) -> dict[str, Record]:
        """Return what the store has of these keys, and note there that this sweep uses it."""
        if self.store is None:
            return {}
        known = self.store.get_many(keys)
        if known:
            self.store.add_members(self.number, known)
        return known

    # ---- what the sweep receives

    def reuse(self, instance: Instance, record: Record) -> None:
        """Hand on a result that was there."""
        self.reused += 1
        self.is_news = True
        self.sweep.receive(instance, dict(record.result))

    def receive(self, task: Task, result: dict[str, Any], seconds: float) -> None:
        """Hand on a new result, to each instance that shares it."""
        seed = self.sweep.parameters.get("seed")
        record = Record(task.key, self.sweep.name, task.instances[0], result, seconds=round(seconds, 6))
        self.fresh[task.key] = record if record.seed is not None or seed is None else replace(record, seed=seed)
        self.computed += 1
        self.reused += len(task.instances) - 1
        self.is_news = True
        for instance in task.instances:
            self.sweep.receive(instance, result)

    def fail(self, task: Task, error: Exception) -> None:
        """Note that the instances of a task have no result."""
        self.failed += [Failure(task.key, instance, in_words(error)) for instance in task.instances]

    # ---- what is kept

    def flush(self) -> None:
        """Write what is finished; any thread may ask for it."""
        if self.store is None:
            return
        with self._writing:
            batch = dict(self.fresh)
            if batch:
                self.store.put(batch.values(), self.number)
            for key in batch:
                del self.fresh[key]

    @contextmanager
    def written_meanwhile(self) -> Iterator[None]:
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
                self.flush()
            except BaseException as error:
                self.trouble = error
                return
