"""Plain values: JSON with integers of any size."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Any

WRITERS = [
    json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=sort_keys, separators=(",", ":"))
    for sort_keys in (False, True)
]
LIMIT = RLock()


def to_json(value: Any, sort_keys: bool = False) -> str:
    """Write plain values as JSON, integers in full, whatever their size.

    Raises
    ------
    TypeError, ValueError
        If JSON cannot hold the value; it has no infinity and no NaN.

    Examples
    --------
    >>> len(to_json({"big": 10**5000}))
    5009
    """
    write = WRITERS[sort_keys].encode
    try:
        return write(value)
    except ValueError:  # Python's limit of digits may be in the way
        with all_digits():
            return write(value)


def from_json(text: str) -> Any:
    """Read what `to_json` wrote.

    Examples
    --------
    >>> from_json(to_json({"big": 10**5000}))["big"] == 10**5000
    True
    """
    try:
        return json.loads(text)
    except ValueError:
        with all_digits():
            return json.loads(text)


@contextmanager
def all_digits() -> Iterator[None]:
    """Let integers of any length be written and read."""
    with LIMIT:  # it is one for all threads
        before = sys.get_int_max_str_digits()
        sys.set_int_max_str_digits(0)
        try:
            yield
        finally:
            sys.set_int_max_str_digits(before)
