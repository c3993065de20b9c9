"""What the benchmarks share: timing side by side, the unit G(N), cold caches, and tables of measured and goal.

Importing it first makes the library importable from a checkout that is not installed.
"""

from __future__ import annotations

import math
import os
import sys
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

import numpy as np
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))


def timed(task: Callable[[], object]) -> float:
    """CPU seconds of one call."""
    start = time.process_time()
    task()
    return time.process_time() - start


def children_seconds() -> float:
    """CPU seconds of all processes that this one has started and that have ended."""
    import resource

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class Cold:
    """A task that is to start from empty caches; emptying them is not timed."""

    def __init__(self, task: Callable[[], object]) -> None:
        self.task = task

    def __call__(self) -> object:
        return self.task()


def interleaved(tasks: Sequence[Callable[[], object]], repeats: int, budget: float = math.inf) -> list[float]:
    """Return the least CPU time of each task; a task that has used `budget` seconds is not called again."""
    least, spent = [math.inf] * len(tasks), [0.0] * len(tasks)
    for _ in range(repeats):
        for i, task in enumerate(tasks):
            if spent[i] < budget:
                if isinstance(task, Cold):
                    clear_caches()
                seconds = timed(task)
                least[i], spent[i] = min(least[i], seconds), spent[i] + seconds
    return least


# Caches that know a network: those keyed by the prime alone are filled once a process, by whatever comes first.
CACHED_BY_NETWORK = (
    "blocks",
    "block_families",
    "dimension",
    "graph_conditions",
    "halves",
    "hilbert",
    "identifiability",
    "layout",
    "monomial_spans",
    "pair_conditions",
    "reduced",
    "rules",
    "span",
    "span_rules",
    "structured",
    "symmetries",
    "tower_conditions",
)


def clear_caches() -> None:
    """Empty the caches, so that the next call pays for its bounds and layout as for a network never seen."""
    for name in CACHED_BY_NETWORK:
        module = import_module(f"algebra.polynomial.{name}")
        for value in vars(module).values():
            if hasattr(value, "cache_clear") and hasattr(value, "cache_info"):
                value.cache_clear()


def product_seconds(size: int, clock: Callable[[], float] = time.process_time, repeats: int = 3) -> float:
    """G(N): a third of the time of one float64 product of N x N matrices.

    Above N = 4096 the second factor has 2048 columns and the time counts N / 2048 times: the speed per operation
    is the same within a few per cent, and three matrices of the largest sizes need not fit into memory.
    """
    columns = 2048 if size > 4096 else size
    a, b = np.full((size, size), 0.5), np.full((size, columns), 0.25)
    out, least = np.ones((size, columns)), math.inf
    for _ in range(repeats if size < 8000 else 1):
        start = clock()
        np.matmul(a, b, out=out)
        least = min(least, clock() - start)
    return least * size / columns / 3


def busy(cores: int) -> str:
    """Say how many of the cores others use, if they do: wall times are then not to be trusted."""
    load = os.getloadavg()[0]
    note = ": the machine is busy" if load > 0.5 else ""
    return f"load average {load:.1f} on {cores} cores before the start{note}"


def verdict(measured: float, goal: float, at_least: bool = True) -> str:
    """Mark a goal as met or missed."""
    met = measured >= goal if at_least else measured <= goal
    return "[green]met[/]" if met else "[red]missed[/]"


def figure(value: float) -> str:
    """Three significant figures, with thousands separated."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def seconds(value: float) -> str:
    """A time in a readable unit."""
    return f"{value:.3g} s" if value >= 1 else f"{value * 1e3:.3g} ms"


def goal_table(title: str, *more: str) -> Table:
    """A table whose last three columns are measured, goal and verdict."""
    table = Table(title=title, title_justify="left", min_width=72)
    for i, name in enumerate((*more, "measured", "goal", "")):
        table.add_column(name, justify="left" if i == 0 else "right")
    return table


def goal_cells(measured: float, goal: float | None, at_least: bool = True, unit: str = "") -> tuple[str, str, str]:
    """Fill the last three columns."""
    if goal is None:
        return f"{figure(measured)}{unit}", "", ""
    sign = "≥" if at_least else "≤"
    return f"{figure(measured)}{unit}", f"{sign} {goal:,g}{unit}", verdict(measured, goal, at_least)
