"""The memory of the machine, and the refusal of what does not fit into it."""

from __future__ import annotations

from typing import Any

from algebra.errors import InputError


def physical_memory() -> int | None:
    """Return the machine's memory in bytes, or None where the system does not tell."""
    import os

    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return None


def check_fits(argument: str, value: Any, needed: int) -> None:
    """Refuse an input whose matrix does not fit into this machine's memory, naming the estimate.

    Parameters
    ----------
    argument : str
        Its name, as the caller knows it.
    value : object
        What was given.
    needed : int
        Bytes that it takes.

    Raises
    ------
    InputError
        If that is more than the physical memory.

    Examples
    --------
    >>> check_fits("network", "a small one", 1 << 20)
    """
    available = physical_memory()
    if available is not None and needed > available:
        shown = f"{gibibytes(needed)} GiB needed, {gibibytes(available)} there"
        raise InputError(argument, value, f"such that its matrix fits into memory: {shown}")


def gibibytes(size: int) -> str:
    """Write a number of bytes in GiB, also one beyond any float.

    Examples
    --------
    >>> gibibytes(3 << 29), gibibytes(5000 << 30)
    ('1.5', '5,000.0')
    """
    tenths = size * 10 >> 30
    return f"{tenths // 10:,}.{tenths % 10}"
