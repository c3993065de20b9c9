"""How many threads BLAS may use."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from threadpoolctl import ThreadpoolController

ONE_THREAD = 1500
"""Below this size a second thread gains 15 %, and loses tenfold where cores are shared."""


@contextmanager
def one_thread(size: int) -> Iterator[None]:
    """Keep BLAS to one thread while matrices of less than `ONE_THREAD` rows are eliminated."""
    if size >= ONE_THREAD:
        yield
        return
    with _blas().limit(limits=1):
        yield


@cache
def _blas() -> ThreadpoolController:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
