"""The cores that this process may use, and how many threads BLAS takes of them."""

from __future__ import annotations

import os

BLAS_THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")


def usable_cores() -> int:
    """Number of cores that this process may use.

    Examples
    --------
    >>> usable_cores() >= 1
    True
    """
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def one_blas_thread() -> None:
    """Ask for one BLAS thread in this process, unless the user chose; it must come before numpy is imported."""
    for name in BLAS_THREADS:
        os.environ.setdefault(name, "1")
