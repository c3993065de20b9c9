"""Progress on stderr, where that is a terminal and the work takes a moment."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock, Timer
from typing import Any

DELAY = 1.0
"""Seconds until a bar is seen: work that is done by then needs none."""


@contextmanager
def moving_progress(what: str, known: int = 0) -> Iterator[Callable[[int, int, float], None]]:
    """Show the progress of work whose amount may grow while it is done: "k of n", a bar, the time left.

    Parameters
    ----------
    what : str
        What is counted.
    known : int
        How much is known at first.

    Yields
    ------
    callable
        To be called with the number done, the number known so far, and the share of the work that is done.
    """
    if not sys.stderr.isatty():
        yield lambda done, known, share: None
        return

    start, lock = time.perf_counter(), Lock()
    latest = (0, known, 0.0)
    bar: list[Any] = []  # the bar and its task, once they are seen

    def text() -> str:
        done, known, _ = latest
        return f"{done} of {known} {what}, {done / (time.perf_counter() - start):.3g}/s"

    def begin() -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        columns: list[Any] = [TextColumn("{task.fields[shown]}"), BarColumn(), TimeRemainingColumn()]
        with lock:
            if not bar:
                made = Progress(*columns, console=Console(stderr=True), transient=True)
                bar.extend((made, made.add_task(what, total=1.0, shown=text())))
                made.update(bar[1], completed=latest[2])
                made.start()

    def show(done: int, known: int, share: float) -> None:
        nonlocal latest
        with lock:
            latest = (done, known, share)
            if bar:
                bar[0].update(bar[1], completed=share, shown=text())

    timer = Timer(DELAY, begin)
    timer.daemon = True
    timer.start()
    try:
        yield show
    finally:
        timer.cancel()
        timer.join()
        if bar:
            bar[0].stop()
