"""Who computes: this process, a pool of processes of ours, or any executor; and Ctrl-C where it loses nothing."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager, suppress
from types import FrameType, TracebackType
from typing import Any, ClassVar, Self

from algebra.errors import InputError
from proofs_check.engine.cluster import ANSWERS_WITHIN, LEAVING, Heartbeat, connected, within
from proofs_check.engine.cores import BLAS_THREADS, usable_cores
from proofs_check.engine.plain import to_json
from proofs_check.engine.sweep import EvaluateTogether

ONE_THREAD = dict.fromkeys(BLAS_THREADS, "1")
SAFE_PATH = "PYTHONSAFEPATH"  # tells a new Python not to look for modules in the working directory
PARENT_SEEN = 1.0  # seconds between two looks of a process at its parent
SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
NOT_FOR_CHILDREN = [number for number in SIGNALS if number != signal.SIGTERM]
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


def run_together(evaluate: EvaluateTogether, instances: Sequence[Any]) -> list[Outcome]:
    """Return the outcomes of instances that are evaluated together, in any process; each took an equal share of time.

    One that is to be evaluated alone has neither a result nor an error, and so have all if something goes wrong: alone
    it will be seen with which.

    Examples
    --------
    >>> def halves(numbers):
    ...     return [{"half": n // 2} if n % 2 == 0 else None for n in numbers]
    >>> [text for text, error, seconds in run_together(halves, [4, 5])]
    ['{"half":2}', None]
    """
    start = time.perf_counter()
    texts: list[str | None] = []
    try:
        for _, result in zip(instances, evaluate(instances), strict=True):
            texts.append(None if result is None else to_json(result))
    except Exception:
        texts = [None] * len(instances)
    share = (time.perf_counter() - start) / max(1, len(instances) - texts.count(None))
    return [(text, None, share) for text in texts]


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
        client = getattr(executor, "_client", None)
        self._heart = None if client is None else Heartbeat(client)

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
        return width_of(self._executor) if self._heart is None else self._heart.threads

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Hand over one call."""
        if self._heart is None:
            with children_of_ours() as safe_path:  # processes start with the pool and with the first call
                if self._executor is None:
                    self._executor = local_pool(self._jobs, safe_path is not None)
                return self._executor.submit(function, *arguments)
        assert self._executor is not None
        try:
            return self._executor.submit(function, *arguments)
        except Exception as error:  # of a client that is closed, as each version of Dask calls it
            raise self.lost(str(error)) from None

    def check(self) -> None:
        """Find out whether a cluster still answers; takes no time.

        Raises
        ------
        InputError
            If it is lost.
        """
        trouble = "" if self._heart is None else self._heart.trouble()
        if trouble:
            raise self.lost(trouble)

    def cancel(self, futures: Sequence[Future[Any]]) -> None:
        """Call back what is not wanted any more; a cluster that does not listen is left alone."""
        if self._heart is None:
            for future in futures:
                future.cancel()
        elif futures:
            with suppress(Exception):
                within(LEAVING, lambda: [future.cancel() for future in futures])

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

    def lost(self, why: str = "") -> InputError:
        """Return the error of a given executor that stopped working."""
        allowed = "one that keeps working; what was finished before is stored" + (f" ({why})" if why else "")
        if self._heart is None:
            return InputError("executor", type(self._executor).__name__, allowed)
        return InputError("--scheduler", self._heart.address, allowed)

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
    client = getattr(executor, "_client", None)
    found = getattr(executor, "_max_workers", 0) if client is None else Heartbeat(client).threads
    return int(found) or usable_cores()


def local_pool(jobs: int, keep_safe_path: bool = False) -> Executor:
    """Make a pool of processes with one BLAS thread each, deaf to Ctrl-C: this process ends them.

    They start without the working directory on their path, as this process does when it is a command: a `random.py`
    that lies there is not ours to run. Afterwards they get the path of this process.
    """
    from loky import ProcessPoolExecutor

    words = (os.getpid(), keep_safe_path)
    env = {**ONE_THREAD, SAFE_PATH: "1"}
    pool: Executor = ProcessPoolExecutor(jobs, initializer=start_process, initargs=words, env=env)
    return pool


def start_process(parent: int, keep_safe_path: bool) -> None:
    """Let Ctrl-C pass, and end with the parent, even if that is killed."""
    for number in NOT_FOR_CHILDREN:
        signal.signal(number, signal.SIG_IGN)
    if not keep_safe_path:
        os.environ.pop(SAFE_PATH, None)  # what the evaluation starts is not our business
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, NOT_FOR_CHILDREN)
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(PARENT_SEEN)
    os._exit(1)


@contextmanager
def children_of_ours() -> Iterator[str | None]:
    """Let processes that start now be deaf to Ctrl-C, and not import from the working directory.

    The parent ends them, without a traceback from each. Its own signals wait for the end of the block. The environment
    is for the processes that multiprocessing and loky start for themselves, to clean up after us.

    Yields
    ------
    str or None
        What the environment said before of the working directory.
    """
    before = os.environ.get(SAFE_PATH)
    os.environ[SAFE_PATH] = "1"
    if sys.platform != "win32":
        from multiprocessing import resource_tracker

        # Python's tracker of resources, which pools start, lets the signals through as it starts (before Python 3.12).
        resource_tracker.ensure_running()
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, NOT_FOR_CHILDREN)
    try:
        yield before
    finally:
        if sys.platform != "win32":
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        if before is None:
            os.environ.pop(SAFE_PATH, None)
        else:
            os.environ[SAFE_PATH] = before


@contextmanager
def on_scheduler(address: str, timeout: float = ANSWERS_WITHIN) -> Iterator[Executor]:
    """Connect to a Dask cluster and yield it as an executor.

    Raises
    ------
    InputError
        If Dask is not installed, nothing answers at the address, or the cluster has no worker.
    """
    with connected(address, timeout) as executor:
        yield executor


class Interrupts:
    """Ctrl-C, and the signals by which batch systems and terminals end a job: let through only where nothing is lost.

    Several may be active, one inside the other; the first signal is the only one that is let through. Whoever hears it
    has all the time to keep what is finished.

    Parameters
    ----------
    is_open : bool
        Whether the signal is let through everywhere, but for `held`; else only inside `allowed`.

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

    _active: ClassVar[Interrupts | None] = None

    def __init__(self, is_open: bool = False) -> None:
        self.asked = False
        self._open = is_open
        self._before: dict[int, Any] = {}
        self._around: Interrupts | None = None

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._around = Interrupts._active
            Interrupts._active = self
            for number in SIGNALS:
                if signal.getsignal(number) not in (signal.SIG_IGN, None):
                    self._before[number] = signal.signal(number, self._note)
            if self._around is not None:
                self.asked = self._around.asked
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if Interrupts._active is not self:
            return
        if self._around is not None and self.asked:
            self._around.asked, self._around._open = True, False
        for number, before in self._before.items():
            signal.signal(number, before)
        Interrupts._active = self._around

    def ignore_others(self) -> None:
        """Ignore further signals, also after the block: the process ends now."""
        self._before = dict.fromkeys(self._before, signal.SIG_IGN)

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

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let none through before the end of the block; there, one that came first and would have been let through."""
        was_open, self._open = self._open, False
        try:
            yield
        finally:
            self._open = was_open and not self.asked
        if was_open and self.asked:
            raise KeyboardInterrupt
