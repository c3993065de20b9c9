"""A Dask cluster: reached within a limit, watched while it computes, left at once.

Dask's own client waits without a limit for a scheduler that is silent, so everything here that could wait is asked from
another thread: Ctrl-C is heard at any time, and a cluster that does not answer ends in a sentence. What a cluster sends
is unpickled: it is an environment of the user's own.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import Any, TypeVar
from urllib.parse import urlsplit

from algebra.errors import InputError

ANSWERS_WITHIN = 10.0  # seconds that a scheduler may take for its first answer, and its workers to be there
BEAT = 3.0  # seconds between two questions to the scheduler
SILENT = 20.0  # seconds without an answer, or without a worker, after which a cluster is lost
LEAVING = 2.0  # seconds for a farewell that may not be heard
SCHEMES = ("tcp", "tls", "ws", "wss", "ucx", "ucxx")
LIKE = "the address of a Dask scheduler that answers, like tcp://host:8786"
LOGGERS = ("distributed.client", "distributed.utils", "distributed.core", "distributed.comm.tcp")

T = TypeVar("T")


def check_address(address: str) -> None:
    """Refuse what cannot be the address of a scheduler, before anything is asked.

    Examples
    --------
    >>> check_address("tcp://node7:8786"), check_address("[::1]:8786"), check_address("inproc://10.0.0.1/8/1")
    (None, None, None)
    >>> check_address("nonsense")
    Traceback (most recent call last):
    ...
    algebra.errors.InputError: --scheduler is 'nonsense', but it must be the address of a Dask scheduler that answers,
    like tcp://host:8786 (it has no port)
    """
    scheme, _, place = address.rpartition("://")
    if scheme == "inproc" and place:
        return
    if scheme and scheme not in SCHEMES:
        raise _refused(address, f"no scheme of Dask: {scheme}")
    try:
        parts = urlsplit(f"//{place}")
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise _refused(address, str(error)) from None
    if not host or not host.isprintable() or " " in host or parts.netloc != place or "@" in place:
        raise _refused(address, "it has no host" if not host else "it is more than a host and a port")
    if not port:
        raise _refused(address, "it has no port")


def _refused(address: str, reason: str) -> InputError:
    return InputError("--scheduler", address, f"{LIKE} ({reason})")


def within(seconds: float, ask: Callable[[], T]) -> T:
    """Return an answer that may never come, asked in a thread of its own.

    Raises
    ------
    TimeoutError
        If it has not come in time; the thread is left behind.

    Examples
    --------
    >>> within(5, lambda: 2 + 2)
    4
    """
    answer: Future[T] = Future()

    def run() -> None:
        try:
            found = ask()
        except BaseException as error:
            answer.set_exception(error)
        else:
            answer.set_result(found)

    threading.Thread(target=run, daemon=True).start()
    return answer.result(seconds)


@contextmanager
def connected(address: str, timeout: float) -> Iterator[Executor]:
    """Connect to a Dask cluster and yield it as an executor.

    Raises
    ------
    InputError
        If Dask is not installed, nothing answers at the address in time, or the cluster has no worker like us.
    """
    check_address(address)
    try:
        distributed: Any = import_module("distributed")
    except ImportError:
        allowed = "left out, until Dask is there: pip install distributed"
        raise InputError("--scheduler", address, allowed) from None

    # Collected, a client would say farewell for 20 seconds to a scheduler that is not there.
    silent: Any = type("Client", (distributed.Client,), {"__del__": lambda self: None})
    client = silent.__new__(silent)
    with _quiet(*LOGGERS):
        try:
            _connect(client, address, timeout)
            _check_workers(client, address, timeout)
            yield client.get_executor(pure=False)
        finally:
            with suppress(Exception):  # also of a client that is only half there
                within(LEAVING, lambda: client.close(timeout=LEAVING))


def _connect(client: Any, address: str, timeout: float) -> None:
    try:
        within(timeout + 1, lambda: client.__init__(address, timeout=timeout, set_as_default=False))
    except TimeoutError:
        raise _refused(address, f"no answer within {timeout:g} seconds") from None
    except (OSError, ValueError, TypeError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise _refused(address, reason) from None


def _check_workers(client: Any, address: str, timeout: float) -> None:
    from algebra import __version__

    try:
        within(timeout + 1, lambda: client.wait_for_workers(1, timeout=timeout))
    except TimeoutError:
        raise InputError("--scheduler", address, "a scheduler with at least one worker") from None
    try:
        found = set(within(timeout, lambda: client.run(installed_version)).values())
    except TimeoutError:
        allowed = f"a scheduler whose workers answer (one of them has not, for {timeout:g} seconds)"
        raise InputError("--scheduler", address, allowed) from None
    except ImportError as error:
        allowed = f"a cluster whose workers have rankcert {__version__} installed ({error})"
        raise InputError("--scheduler", address, allowed) from None
    if found != {__version__}:
        allowed = f"a cluster whose workers have rankcert {__version__}, not {', '.join(sorted(found))}"
        raise InputError("--scheduler", address, allowed)


def installed_version() -> str:
    """Return the version of this package, on any machine."""
    from algebra import __version__

    return __version__


@contextmanager
def _quiet(*names: str) -> Iterator[None]:
    """Keep tracebacks of a lost connection off the terminal; our own error says what happened."""
    loggers = [logging.getLogger(name) for name in names]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)


class Heartbeat:
    """Asks a scheduler every few seconds how many threads its workers have, and never waits for the answer.

    Parameters
    ----------
    client : distributed.Client
    """

    def __init__(self, client: Any) -> None:
        self.address = str(client.scheduler.address)
        self.threads = 1
        self._client = client
        self._question: Future[Any] | None = None
        self._asked = self._silent_since = self._alone_since = 0.0  # 0: it is not

        with suppress(OSError):  # TimeoutError is one
            self._hear(within(ANSWERS_WITHIN, client.nthreads))

    def trouble(self) -> str:
        """Return why the cluster is lost, or nothing; to be called often."""
        now = time.monotonic()
        if self._question is not None and self._question.done():
            with suppress(Exception):  # a connection that is lost: the next question may be answered
                self._hear(self._question.result())
            self._question = None
        if self._question is None and now - self._asked > BEAT:
            self._ask(now)
        if self._silent_since and now - self._silent_since > SILENT:
            return f"the scheduler has been silent for {SILENT:g} seconds"
        if self._alone_since and now - self._alone_since > SILENT:
            return f"it has had no worker for {SILENT:g} seconds"
        return ""

    def _ask(self, now: float) -> None:
        from asyncio import run_coroutine_threadsafe  # slow to import, and here it is already

        self._asked = now
        self._silent_since = self._silent_since or now
        with suppress(AttributeError, RuntimeError):  # of a client that is closed
            coroutine = self._client.scheduler.ncores()
            self._question = run_coroutine_threadsafe(coroutine, self._client.loop.asyncio_loop)

    def _hear(self, threads: dict[str, int]) -> None:
        self._silent_since = 0.0
        self._alone_since = 0.0 if threads else self._alone_since or time.monotonic()
        self.threads = sum(threads.values()) or 1
