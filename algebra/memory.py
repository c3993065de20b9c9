"""The memory that there is, and the refusal of what does not fit into it, before anything is built.

Sizes are Python integers throughout: a size that a short line of input asks for may be beyond all floats.
"""

from __future__ import annotations

from functools import lru_cache
from math import comb
from pathlib import Path
from typing import Any

from flint import fmpz

from algebra.errors import InputError

MOST_BITS = 1 << 21
"""Length of a binomial coefficient that is computed: it takes less than 0.1 s, and is asked for many times."""

MOST_POWER_BITS = 1 << 27
"""Length of a power that is computed: 16 MB, half a second."""

SHORT = 100
"""Below, Python's binomial coefficients are the fastest."""

WORD = 1 << 63
"""Below, FLINT has binomial coefficients of its own."""


def physical_memory() -> int | None:
    """Return the machine's memory in bytes, or None where the system does not tell."""
    import os

    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return None


def available_memory() -> int | None:
    """Return the least of the machine's memory and of the limits set for this process and for its container.

    Examples
    --------
    >>> available_memory() <= physical_memory()
    True
    """
    limits = (physical_memory(), _process_limit(), _container_limit())
    return min((limit for limit in limits if limit is not None), default=None)


def _process_limit() -> int | None:
    """Limit of the address space, as ``ulimit -v`` sets it; it may change while the process runs."""
    try:
        import resource
    except ImportError:  # there is no such module on Windows
        return None
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    return None if soft == resource.RLIM_INFINITY else soft


@lru_cache(maxsize=1)
def _container_limit(groups: str = "/proc/self/cgroup", root: str = "/sys/fs/cgroup") -> int | None:
    """Least ``memory.max`` of the control groups (version 2) that this process is in."""
    try:
        lines = Path(groups).read_text().splitlines()
    except OSError:
        return None
    found: list[int | None] = []
    for own in (line.removeprefix("0::/") for line in lines if line.startswith("0::/")):
        here = Path(root, own)
        above = (folder for folder in (here, *here.parents) if folder.is_relative_to(root))
        found += [_number_in(folder / "memory.max") for folder in above]
    return min((limit for limit in found if limit is not None), default=None)


def _number_in(path: Path) -> int | None:
    """Return the integer that a file holds; None if there is none: an unlimited group says ``max``."""
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return None


def check_fits(argument: str, value: Any, needed: int) -> None:
    """Refuse an input whose matrix does not fit into memory, naming the estimate.

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
        If that is more than the memory that this process may use; see `available_memory`.

    Examples
    --------
    >>> check_fits("network", "a small one", 1 << 20)
    """
    if not fits(needed):
        shown = f"{gibibytes(needed)} GiB needed, {gibibytes(available_memory() or 0)} there"
        raise InputError(argument, value, f"such that its matrix fits into memory: {shown}")


def fits(needed: int) -> bool:
    """Tell whether so many bytes are at most the memory that this process may use; True where that is not known.

    Parameters
    ----------
    needed : int

    Returns
    -------
    bool

    Examples
    --------
    >>> fits(1 << 20), fits(1 << 100)
    (True, False)
    """
    available = available_memory()
    return available is None or needed <= available


def gibibytes(size: int) -> str:
    """Write a number of bytes in GiB, also one beyond any float.

    Examples
    --------
    >>> gibibytes(3 << 29), gibibytes(5000 << 30), gibibytes(10**400)
    ('1.5', '5,000.0', 'more than 2^1298')
    """
    if size >> 90:
        return f"more than 2^{size.bit_length() - 31}"
    tenths = size * 10 >> 30
    return f"{tenths // 10:,}.{tenths % 10}"


def power_up_to(base: int, exponent: int, most: int) -> int | None:
    """Return a power of a positive integer if it is at most `most`, else None, without computing it.

    Parameters
    ----------
    base : int
    exponent : int
        At least 0.
    most : int

    Returns
    -------
    int or None

    Examples
    --------
    >>> power_up_to(3, 4, 81), power_up_to(3, 4, 80), power_up_to(2, 10**100, 10**9)
    (81, None, None)
    """
    if base > 1 and exponent >= most.bit_length():
        return None
    found = base**exponent if base > 1 else 1
    return found if found <= most else None


def power(base: int, exponent: int) -> int:
    """Return a power of a positive integer, or refuse one of more than `MOST_POWER_BITS` bits.

    Parameters
    ----------
    base : int
    exponent : int
        At least 0.

    Returns
    -------
    int

    Raises
    ------
    InputError
        If it may be longer.

    Examples
    --------
    >>> power(3, 4), power(1, 10**100)
    (81, 1)
    """
    if base > 1 and exponent * (base - 1).bit_length() > MOST_POWER_BITS:
        allowed = f"such that the numbers to be told have at most {MOST_POWER_BITS:,} bits"
        raise InputError("exponent", exponent, allowed)
    return base**exponent if base != 1 else 1


def binomial(n: int, k: int) -> int:
    """Return a binomial coefficient, n and k at least 0, or refuse one of more than `MOST_BITS` bits.

    FLINT's products are balanced: where C(2000, 1000) takes Python 170 µs, it takes FLINT 2, and C(2·10^6, 10^6) takes
    40 ms instead of 33 s.

    Parameters
    ----------
    n, k : int

    Returns
    -------
    int

    Raises
    ------
    InputError
        If it may be longer: C(n, k) is at most (e n / k)^k.

    Examples
    --------
    >>> binomial(5, 2), binomial(2, 5), binomial(10**30, 2) == 10**30 * (10**30 - 1) // 2
    (10, 0, True)
    """
    short = min(k, n - k)
    if short < SHORT:
        return comb(n, k)
    if short * (n.bit_length() - short.bit_length() + 3) > MOST_BITS:
        shown = "a space of forms in very many variables, of a very high degree"
        raise InputError(
            "network", shown, f"such that the dimensions of spaces of forms have at most {MOST_BITS:,} bits"
        )
    if n < WORD:
        return int(fmpz.bin_uiui(n, short))
    return int(fmpz(n - short + 1).rising(short) // fmpz.fac_ui(short))
