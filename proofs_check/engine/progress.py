"""Progress on stderr, where that is a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


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
