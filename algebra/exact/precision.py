"""FLINT's working precision: one number for the whole process, changed nowhere but here."""

from __future__ import annotations

import os
from threading import RLock
from types import TracebackType

from flint import ctx

from algebra.errors import InputError

MOST_BITS = 1 << 26
"""One number of this length takes 8 MB, and a logarithm of it minutes; what is asked for has thousands at most."""

_LOCK = RLock()

if hasattr(os, "register_at_fork"):  # a child of a thread that waits would wait for ever
    os.register_at_fork(before=_LOCK.acquire, after_in_parent=_LOCK.release, after_in_child=_LOCK.release)


class precision:  # noqa: N801  (it is used as a function)
    """Compute with so many bits within a ``with`` block, and restore what was in force.

    FLINT has one precision for all threads.  A thread that changes it keeps the others from changing it until it has
    restored it; within the block it may change it again.

    Parameters
    ----------
    bits : int

    Raises
    ------
    InputError
        If it is above `MOST_BITS`.

    Examples
    --------
    >>> before = ctx.prec
    >>> with precision(100), precision(200):
    ...     ctx.prec
    200
    >>> ctx.prec == before
    True
    """

    def __init__(self, bits: int) -> None:
        if bits > MOST_BITS:
            raise InputError("bits", bits, f"at most {MOST_BITS:,}")
        self.bits = bits

    def __enter__(self) -> None:
        _LOCK.acquire()
        self.before = ctx.prec
        try:
            ctx.prec = self.bits
        except BaseException:  # no such precision
            _LOCK.release()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        ctx.prec = self.before
        _LOCK.release()
