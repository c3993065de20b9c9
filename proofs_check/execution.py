"""What `rankcert table dimensions` still runs on, until it is a sweep like everything else (`proofs_check.engine`)."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Generator, Hashable, Iterable, Iterator, Sequence
from concurrent.futures import as_completed
from contextlib import closing, contextmanager
from typing import TypeVar

from proofs_check.engine.cores import usable_cores
from proofs_check.engine.progress import moving_progress
from proofs_check.engine.run import CHUNK, FEWEST_CHUNKS, LOOK, WORTH_A_POOL
from proofs_check.engine.workers import Workers

Item = TypeVar("Item")
Answer = TypeVar("Answer")


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
    chunks = chunked(work, seconds, min(CHUNK, sum(seconds) / (jobs * FEWEST_CHUNKS)))
    with Workers(None, jobs) as workers:
        flying = [workers.submit(_run_chunk, function, chunk) for chunk in chunks]
        for future in as_completed(flying):
            yield from future.result()


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
