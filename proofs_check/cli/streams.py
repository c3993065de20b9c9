"""The streams of the process: closed ones, full ones, ones that nobody reads, and narrow encodings.

* A closed stdout, stderr or stdin is as good as /dev/null: what is asked for is done, and files are written.
* A stdout that nobody reads any more ends the command without a word, with the status of SIGPIPE.
* A stdout that takes no more (a full disk) ends it with a sentence and status 2.
* A stderr that takes nothing is no reason to stop: only remarks and progress are lost.
* What an encoding lacks is written as escapes; JSON keeps to ASCII there.
* What PYTHONUNBUFFERED asks for is a stdout that loses the rest of a text when a signal cuts its writing short (of what
  a pipe takes at once, 64 kB); so there is a buffer all the same, and every line is written when it is complete.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
from collections.abc import Iterator
from typing import NoReturn, TextIO

BROKEN_PIPE = 141  # what a shell reports of a command that died of SIGPIPE
NOT_WRITTEN = 2
TAKES_NO_MORE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF)
"""Of a stream, for files that we write are refused by name in `algebra.writing`."""


@contextlib.contextmanager
def guarded() -> Iterator[None]:
    """Make the streams ready, and see to it that all was written when the command ends."""
    _open_closed()
    _buffer_stdout()
    _escape_what_is_lacking()
    try:
        yield
    except SystemExit as end:
        flush(end)
        raise
    except OSError as error:
        is_of_a_stream = error.filename is None and error.errno in TAKES_NO_MORE
        if not isinstance(error, BrokenPipeError) and not is_of_a_stream:
            raise
        stop(error)
    else:
        flush()


def flush(end: SystemExit | None = None) -> None:
    """Write what is buffered; the status of a command that ends stays, unless that fails."""
    if type(sys.stdout).__name__.endswith("PacifyFlushWrapper"):
        # click, or rich_click, met a closed pipe, put these over the streams and would end with status 1
        silence(sys.stdout)
        sys.exit(BROKEN_PIPE)
    try:
        sys.stdout.flush()
    except OSError as error:
        stop(error, end)
    try:
        sys.stderr.flush()
    except OSError:
        silence(sys.stderr)


def stop(error: OSError, end: SystemExit | None = None) -> NoReturn:
    """End the command because stdout takes no more."""
    silence(sys.stdout)
    if isinstance(error, BrokenPipeError):
        sys.exit(BROKEN_PIPE)
    with contextlib.suppress(OSError):
        print(f"rankcert: stdout cannot be written ({error.strerror or error})", file=sys.stderr, flush=True)
    # an exit status that says more stays
    sys.exit(end.code if end is not None and end.code not in (0, None) else NOT_WRITTEN)


def silence(stream: TextIO) -> None:
    """Send what is still buffered, and all that follows, nowhere."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _open_closed() -> None:
    """Put /dev/null where a stream is closed: else the next file that is opened would be taken for it."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is not None:
            continue
        with contextlib.suppress(OSError):
            handle = os.open(os.devnull, os.O_RDWR)
            if handle != number and not _is_open(number):
                os.dup2(handle, number)  # also for the processes that we start
            elif handle == number:
                os.set_inheritable(handle, True)
        setattr(sys, name, open(os.devnull, "r" if name == "stdin" else "w", encoding="utf-8"))  # noqa: SIM115


def _is_open(handle: int) -> bool:
    try:
        os.fstat(handle)
    except OSError:
        return False
    return True


def _buffer_stdout() -> None:
    stream = sys.stdout
    if isinstance(stream, io.TextIOWrapper) and isinstance(stream.buffer, io.FileIO):
        file = io.BufferedWriter(io.FileIO(stream.fileno(), "wb", closefd=False))
        sys.stdout = io.TextIOWrapper(file, stream.encoding, stream.errors, line_buffering=True)


def _escape_what_is_lacking() -> None:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
