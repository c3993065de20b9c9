"""How many threads BLAS may use."""

from __future__ import annotations

from contextlib import nullcontext
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from threadpoolctl import ThreadpoolController

LEAST_LIMITED = 16
"""Below this size BLAS starts no second thread anyway. From here on long products of few rows make it start one:
dimensions of 30 to 100 took ten times as long on shared cores as with one thread."""

ONE_THREAD = 1500
"""Below this size a second thread gains 15 %, and loses tenfold where cores are shared."""

AS_IT_IS = nullcontext()


def one_thread(size: int) -> AbstractContextManager[object]:
    """Return a context that keeps BLAS to one thread while matrices of less than `ONE_THREAD` rows are eliminated.

    Parameters
    ----------
    size : int
        Rows of the matrix that is eliminated.

    Returns
    -------
    context manager
    """
    if not LEAST_LIMITED <= size < ONE_THREAD:
        return AS_IT_IS

    # To ask takes 1 µs, to tell and to take it back 30.
    blas = _blas()
    return AS_IT_IS if all(library.num_threads == 1 for library in blas.lib_controllers) else blas.limit(limits=1)


@cache
def _blas() -> ThreadpoolController:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
