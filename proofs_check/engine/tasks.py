"""The queue of a run: which tasks wait, what they are expected to cost, and how many of them are taken at once."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from proofs_check.engine.sweep import Instance

LEAST_COST, MOST_COST = 1e-9, 1e290  # what a task may cost: quotients and sums of such numbers are floats still
LEAST_SECONDS = 1e-9  # no task is expected to take less: how many take a while is a finite number then
CHUNK = 0.15  # seconds of estimated work sent to a process at once
LEAST_CHUNK = 0.05  # seconds sent to a process at once, where there is enough: 10 times what sending costs
FEWEST_CHUNKS = 16  # a process: the last ones finish together
BUDGET = 2 * CHUNK  # seconds after which a chunk comes back as it is
MOST_AT_ONCE = 2000  # instances in a chunk
FEW_ALONE = 16  # instances that are taken at least from those that wait, which are sorted again afterwards
FEW_TOGETHER = 100  # instances that are evaluated together at least
MOST_TOGETHER = 1000  # instances that are evaluated together, if they take less than a budget, which an interrupt costs
ATTEMPTS = 3  # deaths of the processes that compute an instance, after which it has failed: the last time it was alone


@dataclass
class Task:
    """What is computed once: a key, and the instances of the sweep that share it.

    Parameters
    ----------
    key : str
    cost : float
        What the family expects it to cost, in units of its own.
    instances : list of dict
        More than one where several have the same key.
    is_alone : bool
        Whether it is evaluated alone, not together with others.
    deaths : int
        How many processes died while they had it.
    """

    key: str
    cost: float
    instances: list[Instance]
    is_alone: bool = True
    deaths: int = 0

    @property
    def is_suspect(self) -> bool:
        """Whether it is computed alone, so that nothing else can be blamed for the next death."""
        return self.deaths >= ATTEMPTS - 1


def _order(task: Task) -> tuple[bool, float]:
    """Return what tasks are sorted by: those that are evaluated together first, of each kind the cheapest first."""
    return task.is_alone, task.cost


@dataclass
class Pace:
    """How much has been done, and how fast.

    Parameters
    ----------
    seconds : float
        Of all evaluations.
    cost : float
        Of what they were about.
    total : float
        Cost of all that is known.
    """

    seconds: float = 0.0
    cost: float = 0.0
    total: float = 0.0

    @property
    def rate(self) -> float:
        """Seconds per unit of cost, as far as is known."""
        return self.seconds / self.cost if self.cost else math.inf

    @property
    def left(self) -> float:
        """Cost of what is known and not computed."""
        return self.total - self.cost


@dataclass
class TaskQueue:
    """The tasks of a run that are not finished; those that wait are in order.

    Parameters
    ----------
    pace : Pace
    waiting : deque of Task
        Those evaluated together first, of each kind the cheapest first.
    open : dict
        Waiting, or on their way, by key.
    """

    pace: Pace = field(default_factory=Pace)
    waiting: deque[Task] = field(default_factory=deque)
    open: dict[str, Task] = field(default_factory=dict)

    def add(self, tasks: Iterable[Task]) -> None:
        """Sort in what is waiting again, or for the first time; a task that is new to `open` is put there."""
        self.waiting = deque(sorted([*self.waiting, *tasks], key=_order))

    def open_task(self, task: Task) -> None:
        """Note a new task; it does not wait before it is added."""
        self.open[task.key] = task
        self.pace.total += task.cost

    def take_cheapest(self, seconds: float, least: int, most: int) -> list[Task]:
        """Take the cheapest, about as many as take so many seconds, as far as is known.

        Parameters
        ----------
        seconds : float
        least, most : int
            How many are taken at least and at most, if there are enough that are evaluated alone, or together, as the
            first one is.

        Returns
        -------
        list of Task
        """
        each = self.pace.rate * self.waiting[0].cost
        count = max(least, min(most, int(seconds / max(each, LEAST_SECONDS))))
        is_alone = self.waiting[0].is_alone

        taken: list[Task] = []
        while self.waiting and len(taken) < count and self.waiting[0].is_alone == is_alone:
            taken.append(self.waiting.popleft())
        return taken

    def take_chunk(self, width: int) -> list[Task]:
        """Take the dearest, until they are worth sending; alone what a process has died of, or may have.

        Parameters
        ----------
        width : int
            How many chunks are computed at a time.

        Returns
        -------
        list of Task
            All are evaluated alone, or all together.
        """
        # Towards the end chunks get smaller, so that no process waits for another.
        share = self.pace.rate * self.pace.left / (width * FEWEST_CHUNKS)
        enough = min(CHUNK, max(LEAST_CHUNK, share))
        return list(self._dearest(enough))

    def _dearest(self, enough: float) -> Iterator[Task]:
        is_alone = self.waiting[-1].is_alone
        most = MOST_AT_ONCE if is_alone else MOST_TOGETHER

        seconds, size = 0.0, 0
        while self.waiting and seconds < enough and size < most and self.waiting[-1].is_alone == is_alone:
            if size and self.waiting[-1].deaths:
                return
            task = self.waiting.pop()
            yield task
            size += 1
            seconds += math.inf if task.deaths else self.pace.rate * task.cost
