"""Many computations on many cores: largest first, duplicates once, no pool for what takes a second."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Generator, Hashable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")

WORTH_A_POOL = 1.0  # seconds of work left: starting two processes costs half of it
LOOK = 0.25  # seconds of serial work after which the rest is estimated
CHUNK = 0.15  # seconds of estimated work sent to a process at once
FEWEST_CHUNKS = 16  # a process: the last ones finish together
BLAS_THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")


def run_all(
    function: Callable[[Item], Answer],
    items: Sequence[Item],
    jobs: int | None = None,
    cost: Callable[[Item], float] | None = None,
    key: Callable[[Item], Hashable] | None = None,
) -> Generator[tuple[int, Answer], None, None]:
    """Apply a function to all items and yield the answers as they come, each with the item's index.

    The cheapest items run here while the rest is estimated. If that is more than a second of work, it goes to a pool of
    processes with one BLAS thread each, the dearest first.

    Parameters
    ----------
    function : callable
        At the top of a module, so that other processes can import it; its answers are small.
    items : sequence
    jobs : int, optional
        Number of processes; default: all cores that this process may use. With 1 everything runs here.
    cost : callable, optional
        Estimated time of an item, in any unit; default: all the same.
    key : callable, optional
        Items with the same key have the same answer and are computed once.

    Yields
    ------
    index : int
    answer : Any
        In no particular order. Close the generator (`contextlib.closing`) to stop the pool early.

    Examples
    --------
    >>> sorted(run_all(abs, [-3, 2, -3], jobs=1, key=int))
    [(0, 3), (1, 2), (2, 3)]
    """
    places = _places(items, key)
    unique = [items[group[0]] for group in places]
    with closing(_run_unique(function, unique, jobs or usable_cores(), cost)) as answers:
        for number, answer in answers:
            for index in places[number]:
                yield index, answer


def _places(items: Sequence[Item], key: Callable[[Item], Hashable] | None) -> list[list[int]]:
    """Group the indices of equal items, in order of appearance."""
    if key is None:
        return [[index] for index in range(len(items))]
    groups: dict[Hashable, list[int]] = {}
    for index, item in enumerate(items):
        groups.setdefault(key(item), []).append(index)
    return list(groups.values())


def _run_unique(
    function: Callable[[Item], Answer], items: Sequence[Item], jobs: int, cost: Callable[[Item], float] | None
) -> Generator[tuple[int, Answer], None, None]:
    costs = [1.0 if cost is None else max(cost(item), 1e-9) for item in items]
    order = sorted(range(len(items)), key=costs.__getitem__)
    left, spent, seconds = sum(costs), 0.0, 0.0
    for done, number in enumerate(order):
        if jobs > 1 and done and seconds > LOOK and seconds / spent * left > WORTH_A_POOL:
            rest, rate = order[: done - 1 : -1], seconds / spent
            yield from _pool(function, [(n, items[n]) for n in rest], [costs[n] * rate for n in rest], jobs)
            return
        start = time.perf_counter()
        answer = function(items[number])
        seconds += time.perf_counter() - start
        left, spent = left - costs[number], spent + costs[number]
        yield number, answer


def _pool(
    function: Callable[[Item], Answer], work: Sequence[tuple[int, Item]], seconds: Sequence[float], jobs: int
) -> Iterator[tuple[int, Answer]]:
    from joblib import Parallel, delayed, parallel_config

    chunks = chunked(work, seconds, min(CHUNK, sum(seconds) / (jobs * FEWEST_CHUNKS)))
    with parallel_config(backend="loky", n_jobs=jobs, inner_max_num_threads=1):
        parallel = Parallel(return_as="generator_unordered", batch_size=1, pre_dispatch="4*n_jobs", max_nbytes=None)
    with children_ignore_interrupts():
        answers = parallel(delayed(_run_chunk)(function, chunk) for chunk in chunks)
    with quiet_end_of_pool():
        try:
            for chunk in answers:
                yield from chunk
        finally:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # joblib warns of a generator that was not used up; it was meant
                answers.close()


def chunked(
    work: Sequence[tuple[int, Item]], seconds: Sequence[float], least: float
) -> Iterator[list[tuple[int, Item]]]:
    """Cut a list, in order, into chunks of at least `least` estimated seconds.

    Examples
    --------
    >>> [len(chunk) for chunk in chunked([(n, n) for n in range(5)], [3, 1, 1, 1, 1], 2)]
    [1, 2, 2]
    """
    chunk: list[tuple[int, Item]] = []
    total = 0.0
    for piece, duration in zip(work, seconds, strict=True):
        chunk.append(piece)
        total += duration
        if total >= least:
            yield chunk
            chunk, total = [], 0.0
    if chunk:
        yield chunk


def _run_chunk(function: Callable[[Item], Answer], chunk: Iterable[tuple[int, Item]]) -> list[tuple[int, Answer]]:
    return [(number, function(item)) for number, item in chunk]


@contextmanager
def children_ignore_interrupts() -> Iterator[None]:
    """Let processes that start now ignore Ctrl-C: the parent ends them, without a traceback from each."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def quiet_end_of_pool() -> Iterator[None]:
    """Silence a race in loky: its manager may look for a task that the end of the pool has just dropped."""
    before = threading.excepthook

    def hook(failure: threading.ExceptHookArgs) -> None:
        name = failure.thread.name if failure.thread else ""
        if not (name.startswith("ExecutorManagerThread") and issubclass(failure.exc_type, KeyError)):
            before(failure)

    threading.excepthook = hook
    try:
        yield
    finally:
        threading.excepthook = before


@contextmanager
def terminated_as_interrupted() -> Iterator[None]:
    """Treat the signal by which batch systems end a job as Ctrl-C, so that what is finished is kept."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def usable_cores() -> int:
    """Number of cores that this process may use.

    Examples
    --------
    >>> usable_cores() >= 1
    True
    """
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def one_blas_thread() -> None:
    """Ask for one BLAS thread in this process, unless the user chose; it must come before numpy is imported."""
    for name in BLAS_THREADS:
        os.environ.setdefault(name, "1")


@contextmanager
def progress(total: int, what: str, costs: Sequence[float] | None = None) -> Iterator[Callable[[int], None]]:
    """Show on stderr, if it is a terminal, how many are done, the rate and the time left.

    Parameters
    ----------
    total : int
    what : str
        What is counted.
    costs : sequence of float, optional
        Weight of each index; the time left goes by it, since the dearest come first.

    Yields
    ------
    callable
        To be called with each index that is done.
    """
    weights = costs if costs is not None else [1.0] * total
    whole, spent, done = sum(weights), 0.0, 0
    with moving_progress(what, total) as show:

        def advance(index: int) -> None:
            nonlocal spent, done
            spent, done = spent + weights[index], done + 1
            show(done, total, spent / whole)

        yield advance


@contextmanager
def moving_progress(what: str, known: int = 0) -> Iterator[Callable[[int, int, float], None]]:
    """Show the same of work whose amount grows while it is done.

    Yields
    ------
    callable
        To be called with the number done, the number known so far, and the share of the work that is done.
    """
    if not sys.stderr.isatty():
        yield lambda done, known, share: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns: list[Any] = [TextColumn("{task.fields[shown]}"), BarColumn(), TimeRemainingColumn()]
    start = time.perf_counter()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=1.0, shown=f"0 of {known} {what}")

        def show(done: int, known: int, share: float) -> None:
            rate = done / (time.perf_counter() - start)
            bar.update(task, completed=share, shown=f"{done} of {known} {what}, {rate:.3g}/s")

        yield show
