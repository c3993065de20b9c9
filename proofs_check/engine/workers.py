"""Who computes: this process, a pool of processes of ours, or any executor; and Ctrl-C where it loses nothing."""

from __future__ import annotations

import logging
import os
import pickle
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from importlib import import_module
from types import FrameType, TracebackType
from typing import Any, Self

from algebra.errors import InputError
from proofs_check.engine.cores import BLAS_THREADS, usable_cores
from proofs_check.engine.plain import to_json

ONE_THREAD = dict.fromkeys(BLAS_THREADS, "1")
PARENT_SEEN = 1.0  # seconds between two looks of a process at its parent
ANSWERS_WITHIN = 10.0  # seconds that a scheduler may take
Outcome = tuple[str | None, Exception | None, float]  # the result as JSON, or what went wrong; seconds


class EvaluationError(RuntimeError):
    """An instance without a result, in words: its process died, or its exception cannot be sent to another process."""


def in_words(error: BaseException) -> str:
    """Return the kind of an exception and what it says.

    Examples
    --------
    >>> in_words(ZeroDivisionError("no three")), in_words(EvaluationError("its process died"))
    ('ZeroDivisionError: no three', 'its process died')
    """
    return str(error) if isinstance(error, EvaluationError) else f"{type(error).__name__}: {error}"


def outcomes(evaluate: Callable[[Any], dict[str, Any]], instances: Sequence[Any], budget: float) -> Iterator[Outcome]:
    """Evaluate one instance after the other, at least one, and no further one when the budget is spent.

    An exception is an outcome too: it costs no other instance its result.

    Examples
    --------
    >>> [text or error for text, error, seconds in outcomes(lambda n: {"inverse": 4 // n}, [2, 0], 1.0)]
    ['{"inverse":2}', ZeroDivisionError('integer division or modulo by zero')]
    """
    end = time.perf_counter() + budget
    for instance in instances:
        start = time.perf_counter()
        text = error = None
        try:
            text = to_json(evaluate(instance))
        except Exception as failure:
            error = failure
        now = time.perf_counter()
        yield text, error, now - start
        if now >= end:
            return


def run_chunk(evaluate: Callable[[Any], dict[str, Any]], instances: Sequence[Any], budget: float) -> list[Outcome]:
    """Return the outcomes of a chunk, in any process; those beyond the budget are missing at its end."""
    found = outcomes(evaluate, instances, budget)
    return [(text, None if error is None else sendable(error), seconds) for text, error, seconds in found]


def sendable(error: Exception) -> Exception:
    """Return the exception, or its words if another process could not read it.

    An exception that cannot be pickled, or not read again, would break the pool and cost the whole chunk its results.
    The traceback stays behind, so it goes along as a note.
    """
    error.add_note("".join(traceback.format_exception(error)))
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # whatever the exception's own methods do
        return EvaluationError(in_words(error))
    return error


class Workers:
    """An executor that was given, or a pool of our own that starts when it is first used and after it broke.

    Parameters
    ----------
    executor : concurrent.futures.Executor, optional
    jobs : int, optional
        Number of processes of our own; default: all cores.

    Examples
    --------
    >>> with Workers(None, 1) as workers:
    ...     workers.width, workers.is_ours
    (1, True)
    """

    def __init__(self, executor: Executor | None = None, jobs: int | None = None) -> None:
        self.is_ours = executor is None
        self._executor = executor
        self._jobs = jobs or usable_cores()
        self.kill = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop(self.kill or error is not None)

    @property
    def is_started(self) -> bool:
        """Whether there is an executor."""
        return self._executor is not None

    @property
    def width(self) -> int:
        """How many instances can be computed at a time."""
        if self.is_ours or self._executor is None:
            return self._jobs
        return width_of(self._executor)

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Hand over one call."""
        if self._executor is None:
            self._executor = local_pool(self._jobs)
        with children_ignore_interrupts():  # processes start with the first call
            return self._executor.submit(function, *arguments)

    def renew(self) -> None:
        """Start a new pool after one of its processes died.

        Raises
        ------
        InputError
            If the executor was given: only its owner can make another.
        """
        if not self.is_ours:
            raise self.lost()
        self.stop(kill=True)

    def lost(self) -> InputError:
        """Return the error of a given executor that stopped working."""
        client = getattr(self._executor, "_client", None)
        allowed = "one that keeps working; what was finished before is stored"
        if client is None:
            return InputError("executor", type(self._executor).__name__, allowed)
        return InputError("--scheduler", client.scheduler.address, allowed)

    def stop(self, kill: bool) -> None:
        """End a pool of our own."""
        if self.is_ours and self._executor is not None:
            executor, self._executor = self._executor, None
            executor.shutdown(wait=True, kill_workers=kill)  # type: ignore[call-arg]


def width_of(executor: Executor) -> int:
    """Return how many calls an executor runs at a time, or the number of cores where it does not say.

    Examples
    --------
    >>> from concurrent.futures import ThreadPoolExecutor
    >>> width_of(ThreadPoolExecutor(3))
    3
    """
    client = getattr(executor, "_client", None)  # of Dask, whose number of workers changes
    try:
        found = getattr(executor, "_max_workers", 0) if client is None else sum(client.nthreads().values())
    except OSError:  # nobody answers just now
        found = 1
    return int(found) or usable_cores()


def local_pool(jobs: int) -> Executor:
    """Make a pool of processes with one BLAS thread each, deaf to Ctrl-C: this process ends them."""
    from loky import ProcessPoolExecutor

    pool: Executor = ProcessPoolExecutor(jobs, initializer=start_process, initargs=(os.getpid(),), env=ONE_THREAD)
    return pool


def start_process(parent: int) -> None:
    """Let Ctrl-C pass, and end with the parent, even if that is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "win32":
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(PARENT_SEEN)
    os._exit(1)


@contextmanager
def children_ignore_interrupts() -> Iterator[None]:
    """Let processes that start now ignore Ctrl-C: the parent ends them, without a traceback from each."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def on_scheduler(address: str, timeout: float = ANSWERS_WITHIN) -> Iterator[Executor]:
    """Connect to a Dask cluster and yield it as an executor.

    Raises
    ------
    InputError
        If Dask is not installed, nothing answers at the address, or the cluster has no worker.
    """
    try:
        distributed: Any = import_module("distributed")
    except ImportError:
        allowed = "left out, until Dask is there: pip install distributed"
        raise InputError("--scheduler", address, allowed) from None
    try:
        client = distributed.Client(address, timeout=timeout, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        allowed = f"the address of a Dask scheduler that answers, like tcp://host:8786 ({reason})"
        raise InputError("--scheduler", address, allowed) from None
    try:
        _check_workers(client, address, timeout)
        with _quiet("distributed.client", "distributed.utils", "distributed.core"):
            yield client.get_executor(pure=False)
    finally:
        client.close(timeout=2)


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


def _check_workers(client: Any, address: str, timeout: float) -> None:
    from algebra import __version__

    try:
        client.wait_for_workers(1, timeout=timeout)
    except TimeoutError:
        raise InputError("--scheduler", address, "a scheduler with at least one worker") from None
    try:
        found = set(client.run(installed_version).values())
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


class Interrupts:
    """Ctrl-C, and the signal by which batch systems end a job: let through only inside `allowed`.

    Examples
    --------
    >>> with Interrupts() as interrupts:
    ...     signal.raise_signal(signal.SIGINT)  # is noted
    ...     try:
    ...         with interrupts.allowed():
    ...             print("not reached")
    ...     except KeyboardInterrupt:
    ...         print("stopped where nothing is lost")
    stopped where nothing is lost
    """

    def __init__(self) -> None:
        self.asked = False
        self._open = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                if signal.getsignal(number) not in (signal.SIG_IGN, None):
                    self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.asked = True
        if self._open:
            self._open = False
            raise KeyboardInterrupt

    @contextmanager
    def allowed(self) -> Iterator[None]:
        """Let an interrupt through from here to the end of the block, and one that came before at once."""
        self._open = True
        try:
            if self.asked:
                raise KeyboardInterrupt
            yield
        finally:
            self._open = False
