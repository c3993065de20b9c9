"""Writing files: every file that we write is written here, beside its place and then moved into it.

What happens to a target:

* A regular file, or none: a new file is written in the same folder and takes the name when it is whole, so that the old
  one stays until then. Where the system has files without a name (Linux), a process that is killed leaves nothing.
* A symbolic link stays: the file that it points to is replaced.
* A device or a pipe is written to as it stands; a pipe that nobody reads is refused rather than waited for.
* Folders and sockets are refused, and so are old files that are closed to us.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from io import BufferedWriter
from pathlib import Path

from algebra.errors import InputError

IN_A_FOLDER = "a file in a folder that exists and can be written"
MOST_NAME = 200  # of a file, with room for what is added; file systems take 255 bytes
RANDOM_BYTES = 8  # of a name that is free


class WritingError(InputError):
    """A file that cannot be written; what it should have held is not at fault."""


def check_target(argument: str, path: str | os.PathLike[str]) -> None:
    """Refuse a file that cannot be written, before the work that it is for.

    Parameters
    ----------
    argument : str
        What named the file, as the user knows it.
    path : path-like

    Raises
    ------
    WritingError
        Naming the argument.

    Examples
    --------
    >>> check_target("--output", "no/such/folder/table.csv")
    Traceback (most recent call last):
    ...
    algebra.writing.WritingError: --output is 'no/such/folder/table.csv', but it must be a file in a folder that \
exists and can be written
    """
    try:
        place = _place(path)
        if place is not None:
            _probe(place)
    except OSError as error:
        raise _refused(argument, path, error) from None


def write_file(path: str | os.PathLike[str], content: str | bytes, argument: str = "path") -> None:
    """Write a file whole or not at all; text in UTF-8, line ends as they are.

    Parameters
    ----------
    path : path-like
    content : str or bytes
    argument : str
        What named the file, as the user knows it.

    Raises
    ------
    WritingError
        Naming the argument, with the system's reason.
    """
    data = content.encode() if isinstance(content, str) else content
    try:
        place = _place(path)
        if place is None:
            _write_as_it_stands(path, data)
        else:
            _replace(place, data)
    except OSError as error:
        raise _refused(argument, path, error) from None


def make_folder(argument: str, folder: str | os.PathLike[str]) -> Path:
    """Make a folder for files, before the work that they are for, and return it.

    Parameters
    ----------
    argument : str
        What messages call it.
    folder : str or path-like

    Returns
    -------
    Path

    Raises
    ------
    WritingError
        If it cannot be made, or no file can be written in it.
    """
    place = Path(folder)
    try:
        place.mkdir(parents=True, exist_ok=True)
        _probe(place / "file")
    except OSError as error:
        allowed = f"a folder that can be made and written in ({error.strerror or error})"
        raise WritingError(argument, str(place), allowed) from None
    return place


def file_stem(text: str) -> str:
    """Return a text as a file's name: other signs than letters, digits, dots and dashes replaced, long ones cut.

    What is cut ends in a digest of the whole, so that names stay different.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> file_stem("pnn:2-3-1:r2"), len(file_stem("pnn:" + "2-" * 1000))
    ('pnn_2-3-1_r2', 200)
    """
    safe = "".join(c if (c.isascii() and c.isalnum()) or c in "-._" else "_" for c in text)
    if len(safe) <= MOST_NAME:
        return safe
    from hashlib import sha256

    digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{safe[: MOST_NAME - len(digest) - 1]}_{digest}"


def _refused(argument: str, path: str | os.PathLike[str], error: OSError) -> WritingError:
    name = os.fspath(path)
    if error.errno in (errno.EISDIR, errno.ENOENT, errno.ENOTDIR):
        return WritingError(argument, str(name), IN_A_FOLDER)
    return WritingError(argument, name, f"a file that can be written ({error.strerror or error})")


def _place(path: str | os.PathLike[str]) -> Path | None:
    """Return the path of the file that will be replaced; None for a device or a pipe, which are not.

    Raises
    ------
    OSError
        If it can be neither.
    """
    try:
        found = os.stat(path)
    except FileNotFoundError:  # or a link to a file that does not exist yet
        place = Path(os.path.realpath(path))
        if place.is_dir():  # of an empty name
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR)) from None
        return place
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    if stat.S_ISREG(found.st_mode):
        return Path(os.path.realpath(path))
    if stat.S_ISCHR(found.st_mode) or stat.S_ISFIFO(found.st_mode):
        return None
    raise OSError(errno.EINVAL, "neither a file nor a character device nor a pipe")


def _unnamed(folder: Path) -> int:
    """Open a new file that has no name yet; not every system, and not every file system, has such."""
    if not hasattr(os, "O_TMPFILE"):
        raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))
    return os.open(folder, os.O_TMPFILE | os.O_RDWR, 0o666)


def _named(name: str) -> int:
    return os.open(name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666)


def _free_name(place: Path) -> str:
    """A hidden name in the same folder, short even where the file's own is long."""
    return str(place.parent / f".rankcert-{os.urandom(RANDOM_BYTES).hex()}")


def _probe(place: Path) -> None:
    """Open a file beside another and forget it."""
    try:
        os.close(_unnamed(place.parent))
    except OSError:
        name = _free_name(place)
        os.close(_named(name))
        os.unlink(name)


def _replace(place: Path, data: bytes) -> None:
    """Write beside a file, and take its place; what goes wrong without a name is tried again with one."""
    name = _free_name(place)
    try:
        try:
            with open(_unnamed(place.parent), "wb") as file:
                _fill(file, data, place)
                # Python follows the link in /proc only if a folder is told; that of a whole path is not looked at
                os.link(f"/proc/self/fd/{file.fileno()}", name, src_dir_fd=file.fileno())
        except OSError:
            with open(_named(name), "wb") as file:
                _fill(file, data, place)
        os.replace(name, place)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise


def _fill(file: BufferedWriter, data: bytes, place: Path) -> None:
    file.write(data)
    file.flush()
    os.fsync(file.fileno())  # on some file systems a full disk is noticed only now
    if place.exists():
        os.chmod(file.fileno(), place.stat().st_mode & 0o777)


def _write_as_it_stands(path: str | os.PathLike[str], data: bytes) -> None:
    # without O_NONBLOCK a pipe that nobody reads would be waited for
    handle = os.open(path, os.O_WRONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0))
    with open(handle, "wb") as file:
        if hasattr(os, "set_blocking"):
            os.set_blocking(handle, True)
        file.write(data)
