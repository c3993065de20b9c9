"""An advisory lock on a file: one holder at a time, freed by the system when its process ends."""

from __future__ import annotations

import os
import socket
import sys
from contextlib import suppress
from pathlib import Path


class Lock:
    """A lock, held through a small file that says who holds it.

    Parameters
    ----------
    path : Path
        The small file; it goes when the lock is released.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     first, second = Lock(Path(folder, "lock")), Lock(Path(folder, "lock"))
    ...     print(first.acquire(), "process" in second.acquire())
    ...     first.release()
    ...     print(second.acquire())
    ...     second.release()
    None True
    None
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None

    def acquire(self) -> str | None:
        """Take the lock and return None, or return who holds it.

        Raises
        ------
        OSError
            If the small file cannot be made.
        """
        while True:
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o666)
            if not _take(handle):
                holder = os.read(handle, 1000).decode("utf-8", "replace").strip()
                os.close(handle)
                return holder or "another process"
            if self._is_still_there(handle):
                break
            os.close(handle)  # its holder removed it between our opening and our locking
        os.ftruncate(handle, 0)
        os.write(handle, f"process {os.getpid()} on {socket.gethostname()}\n".encode())
        self._handle = handle
        return None

    def release(self) -> None:
        """Give the lock back; a second time does nothing."""
        handle, self._handle = self._handle, None
        if handle is not None:
            with suppress(OSError):  # Windows removes no open file; it is overwritten next time
                self.path.unlink()
            os.close(handle)

    def _is_still_there(self, handle: int) -> bool:
        try:
            return os.path.samestat(os.fstat(handle), os.stat(self.path))
        except FileNotFoundError:
            return False


if sys.platform == "win32":
    import msvcrt

    FAR = 1 << 30  # the byte that is locked: beyond the text, which stays readable

    def _take(handle: int) -> bool:
        os.lseek(handle, FAR, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(handle, 0, os.SEEK_SET)
        return True

else:
    import fcntl

    def _take(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
