"""Signals to a command that works: sent once it has stored a row, not after a time in which it probably has."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from algebra import InputError
from proofs_check.engine import Store
from proofs_check.engine.output import rows_in

LIMIT = 120.0
"""Seconds: a busy machine takes some to import; it is the test that ends then, as a failure."""


def wait_until(is_so: Callable[[], bool], run: subprocess.Popen[str]) -> None:
    """Wait for what a running command writes; a command that ends before has nothing left to interrupt."""
    end = time.monotonic() + LIMIT
    while not is_so():
        assert run.poll() is None, "the command ended before it could be interrupted"
        assert time.monotonic() < end, "nothing was written"
        time.sleep(0.02)


def has_rows(path: Path) -> bool:
    """Tell whether a table, which is written again and again, has a row by now."""
    return path.exists() and rows_in(path) > 0


def has_stored(path: Path) -> bool:
    """Tell whether a store has a result by now; one that is being made cannot be read yet."""
    try:
        with Store.open(path, read_only=True) as store:
            return len(store) > 0
    except InputError:
        return False
