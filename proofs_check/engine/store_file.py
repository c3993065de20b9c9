"""The file of a store: recognised, locked, made, opened, migrated, checked; SQLite's errors as sentences."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

from algebra.errors import InputError

if TYPE_CHECKING:
    from filelock import BaseFileLock

SCHEMA = 2
APPLICATION = 0x726B6374  # "rkct", in the file's header: this database is one of ours
MAGIC = b"SQLite format 3\0"
PATIENCE = 10.0  # seconds that a reader waits for the writer's checkpoint
BESIDE = ("-wal", "-shm", "-journal", ".lock")  # files that SQLite and we write beside a store

# The checksums are the last columns, so that a new store has the same tables as one that was migrated.
TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE results (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, sweep TEXT NOT NULL, label TEXT, instance TEXT NOT NULL,
    result TEXT NOT NULL, grade TEXT, seed, version TEXT NOT NULL, seconds REAL, made_at TEXT NOT NULL,
    checksum INTEGER
);
CREATE TABLE sweeps (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, parameters TEXT NOT NULL, version TEXT NOT NULL,
    started_at TEXT NOT NULL, ended_at TEXT, report TEXT, checksum INTEGER, UNIQUE (name, parameters, version)
);
CREATE TABLE members (
    sweep INTEGER NOT NULL REFERENCES sweeps, result INTEGER NOT NULL REFERENCES results, checksum INTEGER,
    PRIMARY KEY (sweep, result)
) WITHOUT ROWID;
"""
ROW = "key, sweep, label, instance, result, grade, seed, version, seconds, made_at"
MEMBER_SUM = "(m.sweep * 97 + m.result * 2654435761 & 4294967295)"  # odd factors: a flipped bit of either changes it
SWEEP_ROW = "name, parameters, version, started_at, ended_at, report"

# statements that lead from one schema to the next
MIGRATIONS: dict[int, Sequence[str]] = {
    1: [
        "ALTER TABLE results ADD COLUMN checksum INTEGER",
        "ALTER TABLE sweeps ADD COLUMN checksum INTEGER",
        "ALTER TABLE members ADD COLUMN checksum INTEGER",
        f"UPDATE results SET checksum = checksum({ROW})",
        f"UPDATE sweeps SET checksum = checksum({SWEEP_ROW})",
        f"UPDATE members AS m SET checksum = {MEMBER_SUM}",
    ],
}


def checksum(*cells: Any) -> int:
    """Return what tells a row from a damaged one.

    CRC-32 sees every change of up to three bits in a row of ours and every burst of 32; it takes a microsecond. It is
    against accidents: whoever can write to the file can also compute it.

    Examples
    --------
    >>> checksum("square:3", 9) == checksum("square:3", 9), checksum("square:3", 9) == checksum("square:3", 8)
    (True, False)
    """
    return crc32(("%s\x1f" * len(cells) % cells).encode())


class StoreError(InputError):
    """A store that cannot be opened, read or written; what it holds is untouched."""

    def __init__(self, path: str | os.PathLike[str], allowed: str) -> None:
        super().__init__("store", str(path), allowed)

    def __reduce__(self) -> tuple[Any, ...]:
        return StoreError, (self.value, self.allowed)


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Commit at the end, or leave everything as it was."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):  # a full disk has rolled it back already
            connection.execute("ROLLBACK")
        raise


@contextmanager
def told(path: Path | None) -> Iterator[None]:
    """Turn SQLite's errors into sentences."""
    try:
        yield
    except sqlite3.ProgrammingError:
        raise
    except UnicodeDecodeError as error:  # of SQLite's own message, which quotes a damaged schema
        raise damaged(path, "its tables are not those of a store") from error
    except sqlite3.Error as error:
        what = str(error)
        if "full" in what:
            allowed = "on a disk with room left: what was written before is kept, the last batch is not"
        elif "malformed" in what or "not a database" in what:
            allowed = f"a whole file; this one is damaged ({what}): `sqlite3 FILE .recover` saves what can be read"
        else:
            allowed = f"a file that can be read and written ({what})"
        raise StoreError(path or "memory", allowed) from error
    except OSError as error:
        raise StoreError(path or "memory", f"in a folder that can be written ({error.strerror or error})") from error


def place_of(path: Path, read_only: bool) -> Path:
    """Return where a store lies or will lie, links followed: one file has one lock and one log.

    Raises
    ------
    StoreError
        For anything but a regular file or a new one: a device, a pipe, a link that leads nowhere, a file with a second
        name if it is to be written, and where such a thing stands in the place of one of the files beside the store.
    """
    if ":memory:" in path.name:
        raise StoreError(path, "a file; what need not be kept needs no store")
    real = Path(os.path.realpath(path))
    try:
        found = real.stat()
    except FileNotFoundError:
        if path.is_symlink():
            raise StoreError(path, f"a file; this is a link to {real}, which does not exist") from None
    except OSError as error:
        raise StoreError(path, f"a file that can be read ({error.strerror})") from None
    else:
        if not stat.S_ISREG(found.st_mode):
            raise StoreError(path, f"a file that can be read and written anywhere, not {_kind(found.st_mode)}")
        if found.st_nlink > 1 and not read_only:
            raise StoreError(path, "a file with one name; this one has others (hard links), each with its own lock")

    for suffix in BESIDE:
        _check_beside(path, real.with_name(f"{real.name}{suffix}"))
    return path if real == Path(os.path.abspath(path)) else real


def _check_beside(path: Path, beside: Path) -> None:
    try:
        found = beside.lstat()
    except OSError:
        return
    if not _is_own(found):
        what = "has a second name" if stat.S_ISREG(found.st_mode) else f"is {_kind(found.st_mode)}"
        raise StoreError(path, f"without {beside.name} beside it, which {what} and would be written to: remove it")


def _is_own(found: os.stat_result) -> bool:
    """Whether a file is a regular one with one name, or with none any more."""
    return stat.S_ISREG(found.st_mode) and found.st_nlink <= 1


def _kind(mode: int) -> str:
    names = {stat.S_IFDIR: "a folder", stat.S_IFLNK: "a link", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}
    return names.get(stat.S_IFMT(mode), "a device")


def identify(path: Path, may_be_new: bool) -> None:
    """Refuse a file that is no store by its first bytes, without opening it as a database."""
    try:
        with path.open("rb") as file:
            header = file.read(100)
    except FileNotFoundError:
        if may_be_new and path.parent.is_dir():
            return
        raise StoreError(path, "in a folder that exists" if may_be_new else "a file that exists") from None
    except OSError as error:
        raise StoreError(path, f"a file that can be read ({error.strerror})") from None
    if not header and may_be_new:
        return
    if not header.startswith(MAGIC):
        raise StoreError(path, "a store of rankcert; this file is something else, and stays as it is")
    if header[68:72] != APPLICATION.to_bytes(4, "big"):
        raise StoreError(path, "a store of rankcert; this is a database of another program, and stays as it is")


def locked(path: Path) -> BaseFileLock:
    """Become the writer, or say who is.

    The lock is the operating system's, on a file beside the store, and goes with its process; that file only says who
    holds it. Where the file system has no such locks the store is refused (`preserve_lock_file` asks for that), because
    a lock that is nothing but a file would outlive its process.
    """
    from filelock import FileLock, Timeout

    # One lock for all threads: a store may be closed by another thread than the one that opened it.
    name = path.with_name(f"{path.name}.lock")
    lock = FileLock(name, thread_local=False, preserve_lock_file=True, on_acquired=_sign)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        allowed = f"a store that nobody else writes to; {_holder(name)} does (reading it is possible)"
        raise StoreError(path, allowed) from None
    except OSError as error:
        raise StoreError(path, f"in a folder that can be written ({error.strerror})") from None
    return lock


def release(lock: BaseFileLock) -> None:
    """Give the lock back; a second time does nothing."""
    if not lock.is_locked:
        return

    # The file goes while we hold the lock: afterwards it may be another writer's. Whoever has opened it in the meantime
    # finds that it has no name any more, and does not take it for the lock.
    with suppress(OSError):  # Windows removes no open file; the next writer overwrites it
        os.unlink(lock.lock_file)
    lock.release()


def _sign(handle: int) -> None:
    """Write into the lock's file who holds it; not into a file that somebody put in its place since we looked."""
    import socket

    if not _is_own(os.fstat(handle)):
        return
    os.ftruncate(handle, 0)
    os.write(handle, f"process {os.getpid()} on {socket.gethostname()}\n".encode())


def _holder(name: Path) -> str:
    """Return who holds a lock, as far as its file can be read: on Windows it cannot."""
    try:
        return name.read_text(encoding="utf-8", errors="replace").strip() or "another process"
    except OSError:
        return "another process"


def make(path: Path) -> None:
    """Make a new store beside its place and move it there, so that no half-made one is ever seen."""
    import tempfile

    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(handle)
    try:
        connection = sqlite3.connect(temporary, isolation_level=None)
        try:
            fill(connection)
        finally:
            connection.close()
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(temporary, 0o666 & ~mask)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def fill(connection: sqlite3.Connection) -> None:
    """Make the tables of an empty database."""
    connection.executescript(f"BEGIN; PRAGMA application_id = {APPLICATION}; {TABLES} COMMIT;")
    meta = {"schema": str(SCHEMA), "made_by": f"rankcert {package_version()}", "made_at": now()}
    connection.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())


def writer(path: Path) -> sqlite3.Connection:
    """Connect for writing."""
    # Two threads write, one at a time (`Store`): the one that computes, and the one that keeps what is finished.
    connection = sqlite3.connect(path, isolation_level=None, timeout=PATIENCE, check_same_thread=False)
    connection.create_function("checksum", -1, checksum)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # a batch that was acknowledged outlives a power cut
    except BaseException:
        connection.close()
        raise
    return connection


def reader(path: Path) -> sqlite3.Connection:
    """Connect for reading."""
    address = path.absolute().as_uri()
    with told(path):
        connection = sqlite3.connect(f"{address}?mode=rw", uri=True, timeout=PATIENCE)
        try:
            connection.execute("PRAGMA query_only = ON")
            connection.execute("SELECT count(*) FROM meta").fetchone()
        except BaseException as error:
            connection.close()
            if not isinstance(error, sqlite3.OperationalError):
                raise

            # A folder that is closed to us has no place for the shared memory of a log.
            if path.with_name(f"{path.name}-wal").exists():
                raise
            connection = sqlite3.connect(f"{address}?immutable=1", uri=True)
        return connection


def checked(connection: sqlite3.Connection, path: Path, lock: BaseFileLock | None) -> tuple[sqlite3.Connection, int]:
    """Compare the schema with ours: migrate an older one if we hold the lock, refuse what is not understood.

    Parameters
    ----------
    connection : sqlite3.Connection
    path : Path
        For messages.
    lock : BaseFileLock or None
        None: the store is read only.

    Returns
    -------
    connection : sqlite3.Connection
    schema : int
        An older one is read as it is.
    """
    try:
        with told(path):
            meta = dict(connection.execute("SELECT name, value FROM meta").fetchall())
            schema = _schema(path, meta)
            if schema > SCHEMA:
                allowed = f"of schema {SCHEMA} or older; {meta.get('made_by')} made it with schema {schema}"
                raise StoreError(path, f"{allowed}; update rankcert, in a checkout by git pull")
            if any(step not in MIGRATIONS for step in range(schema, SCHEMA)):
                allowed = f"of schema {SCHEMA}; nothing leads there from schema {schema}: start a new store"
                raise StoreError(path, allowed)
            if lock is not None and schema < SCHEMA:
                _migrate(connection, path, schema)
                schema = SCHEMA
            if schema == SCHEMA:
                _check_tables(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection, schema


def _schema(path: Path, meta: dict[Any, Any]) -> int:
    try:
        return int(meta["schema"])
    except (KeyError, TypeError, ValueError):
        raise damaged(path, "it does not say which schema it has") from None


def damaged(path: Path | None, how: str) -> StoreError:
    """Return the error of a store whose file is not what was written."""
    return StoreError(path or "memory", f"a whole file; this one is damaged: {how}")


def _check_tables(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse tables that are not ours, as a damaged schema has them: a column of another kind reads other values."""
    found = connection.execute("SELECT sql FROM sqlite_master WHERE type = 'table'").fetchall()
    expected = {"".join(table.split()) for table in TABLES.split(";")} - {""}
    if {"".join(str(table).split()) for (table,) in found} != expected:
        raise damaged(path, "its tables are not those of a store")


def _migrate(connection: sqlite3.Connection, path: Path, schema: int) -> None:
    with transaction(connection):
        (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
        if found != "ok":
            raise damaged(path, f"{found}")
        for step in range(schema, SCHEMA):
            for statement in MIGRATIONS[step]:
                connection.execute(statement)
        connection.execute("UPDATE meta SET value = ? WHERE name = 'schema'", (str(SCHEMA),))


def package_version() -> str:
    """Return the version of this package."""
    from algebra import __version__

    return __version__


def now() -> str:
    """Return the time, UTC, in ISO form."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
