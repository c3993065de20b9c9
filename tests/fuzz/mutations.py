"""Random changes of what a call is given: keys dropped and misspelt, values that are hostile, lists that do not fit."""

import math
import signal
import threading
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction

import numpy as np

SECONDS = 20
"""Of this process's own time, for one call; the slowest legal ones that changes make take a few."""

NUMBERS = [0, 1, 2, 3, 5, -1, 7, 12, 2**31, 2**53, 2**63 - 1, -(2**63), 2**64, 10**30, 10**400]
TEXTS = ["", "x", "0", "1", "-3", "1/2", "-7/3", "1/0", "0.5", "1e3", "1e-400", "1e99999999", "nan", "inf", "-inf", "½"]
OTHERS = [None, True, False, 0.5, 1.0, -0.0, 1e308, 5e-324, math.nan, math.inf, -math.inf, [], {}, [[]], [1], [[1, 2]]]
HOSTILE = [*NUMBERS, *TEXTS, *OTHERS]

OF_PYTHON = [
    *(b"12", bytearray(b"1"), memoryview(b"12"), 1 + 2j, Decimal("0.5"), Decimal("NaN"), Fraction(1, 3), object()),
    *({1, 2}, frozenset(), range(3), slice(2), len, int, np.int64(3), np.float32(0.5), np.bool_(True), np.nan),
    *(np.array([]), np.array(3), np.array([[1, 2], [3, 4]]), np.array([[0.5, 1.5]]), np.array([["1/2", "x"]])),
    *(np.ma.masked_array([[1, 2]], mask=[[0, 1]]), np.zeros((2, 2, 2)), np.array([None, 1])),
]

FREE = {"inputs", "parameters", "constants", "values", "data"}
"""Objects of a program whose keys are names that its author chooses: none is misspelt."""


class TooSlow(Exception):  # noqa: N818 - a verdict
    """A call took more of the process's time than any should."""


@contextmanager
def limited(seconds=SECONDS):
    """Interrupt what takes longer than so many seconds of this process's own time, whatever the machine does else."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "SIGVTALRM"):
        yield
        return

    def stop(*_):
        raise TooSlow

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def places(value, path=()):
    """Walk through every place within nested lists and objects."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from places(item, (*path, key))


def holder(value, path):
    """Return what a path's last step is a key of."""
    for key in path[:-1]:
        value = value[key]
    return value


def changed(given, choose, more=()):
    """Return a copy with up to three random changes, and whether it has a key that no format knows."""
    found, misspelt = copied(given), set()
    for _ in range(choose.choice([1, 1, 1, 2, 3])):
        where = list(places(found))
        if not where:
            break
        path = choose.choice(where)
        inner, last = holder(found, path), path[-1]
        misspelt.add(change(inner, last, choose, more))
    keys = [path for path in places(found) if isinstance(path[-1], str) and FREE.isdisjoint(path[-2:-1])]
    return found, any(path[-1] in misspelt for path in keys)


def copied(value):
    """Copy lists and objects, and leave what they hold."""
    if isinstance(value, dict):
        return {key: copied(item) for key, item in value.items()}
    return [copied(item) for item in value] if isinstance(value, list) else value


def change(inner, last, choose, more=()):
    """Change one place; return the key that was misspelt, if any."""
    value, kind = inner[last], choose.randrange(10)
    if kind == 0:
        del inner[last]
    elif kind == 1 and isinstance(inner, dict) and isinstance(last, str) and last:
        misspelt = f"{last}{last[-1]}"
        inner[misspelt] = inner.pop(last)
        return misspelt
    elif kind == 2 and isinstance(inner, list):
        inner.insert(choose.randrange(len(inner) + 1), copied(value))
    elif kind == 3 and isinstance(inner, list):
        other = choose.randrange(len(inner))
        inner[last], inner[other] = inner[other], inner[last]
    elif kind == 4 and type(value) is int:
        inner[last] = choose.choice([value + 1, value - 1, -value, str(value), value % 9 + 0.0, [value], bool(value)])
    elif kind == 4 and isinstance(value, str):
        inner[last] = choose.choice([value.upper(), value + " ", value[:-1], "-" + value, [value], value.encode()[:1]])
    elif kind == 5 and isinstance(value, list):
        inner[last] = choose.choice([value * 2, value * 3, value[:1], value[::-1], [value], dict(enumerate(value))])
    elif kind == 6:
        inner[last] = nested(value, choose.choice([1, 2, 60]))
    else:
        other = choose.choice([*HOSTILE, *more])
        inner[last] = copied(other)
    return None


def nested(value, depth):
    """Put a value into a list that is in a list, and so on."""
    for _ in range(depth):
        value = [value]
    return value


def floats_in(value):
    """Yield the floats within nested lists and objects."""
    if isinstance(value, float):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from floats_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from floats_in(item)
