"""The store: results of sweeps in one SQLite file, one writer, any number of readers.

What `Store.put` has taken is on disk: a kill, a full disk or a second process that wants to write lose none of it.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from algebra.errors import InputError
from proofs_check.engine.plain import all_digits, from_json, to_json
from proofs_check.engine.record import COLUMNS, Record, flat_frame
from proofs_check.engine.store_file import (
    StoreError,
    checked,
    fill,
    identify,
    locked,
    make,
    now,
    package_version,
    reader,
    release,
    told,
    transaction,
    writer,
)

if TYPE_CHECKING:
    import pandas as pd
    from filelock import BaseFileLock

AT_ONCE = 500  # keys in one question


class Store:
    """Results of sweeps in one file; use `Store.open`.

    Examples
    --------
    >>> with Store.in_memory() as store:
    ...     store.put([Record("square:3", "squares", {"n": 3}, {"value": 9})])
    ...     store.get("square:3").result, store.get("square:4"), len(store)
    ({'value': 9}, None, 1)
    """

    def __init__(
        self, connection: sqlite3.Connection, path: Path | None, lock: BaseFileLock | None, read_only: bool
    ) -> None:
        self.path = path
        self.read_only = read_only
        self._connection = connection
        self._lock = lock

    @classmethod
    def open(cls, path: str | os.PathLike[str], read_only: bool = False) -> Store:
        """Open a store; make a new one if there is no such file and it is not to be read only.

        Raises
        ------
        StoreError
            If the file is not a store, comes from a later version, or another process writes to it.

        Examples
        --------
        >>> Store.open("nowhere.db", read_only=True)
        Traceback (most recent call last):
        ...
        proofs_check.engine.store_file.StoreError: store is 'nowhere.db', but it must be a file that exists
        """
        target = Path(path)
        if read_only:
            identify(target, may_be_new=False)
            return cls(checked(reader(target), target, None), target, None, True)
        identify(target, may_be_new=True)
        lock = locked(target)
        try:
            identify(target, may_be_new=True)
            with told(target):
                if not target.exists() or target.stat().st_size == 0:
                    make(target)
                connection = checked(writer(target), target, lock)
        except BaseException:
            release(lock)
            raise
        return cls(connection, target, lock, False)

    @classmethod
    def in_memory(cls) -> Store:
        """Make a store that lives as long as it is open."""
        connection = sqlite3.connect(":memory:", isolation_level=None)
        fill(connection)
        return cls(connection, None, None, False)

    def close(self) -> None:
        """Close the file; a second time does nothing."""
        self._connection.close()
        if self._lock is not None:
            release(self._lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __len__(self) -> int:
        return int(self._all("SELECT count(*) FROM results")[0][0])

    def __bool__(self) -> bool:
        return True  # also when it is empty

    # ---- reading

    def get(self, key: str) -> Record | None:
        """Return the record of a key, or None."""
        return self.get_many([key]).get(key)

    def get_many(self, keys: Iterable[str]) -> dict[str, Record]:
        """Return the records of those keys that the store holds."""
        wanted = list(dict.fromkeys(keys))
        found = {}
        for start in range(0, len(wanted), AT_ONCE):
            some = wanted[start : start + AT_ONCE]
            marks = ",".join("?" * len(some))
            for row in self._all(f"SELECT {','.join(COLUMNS)} FROM results WHERE key IN ({marks})", some):
                found[row[0]] = Record.of_row(row)
        return found

    def records(self, sweep: str | None = None) -> Iterator[Record]:
        """Yield all records in the order in which they were made, or those that sweeps of this name use."""
        names = ",".join(f"r.{name}" for name in COLUMNS)
        if sweep is None:
            rows = self._all(f"SELECT {names} FROM results r ORDER BY r.id")
        else:
            used = "SELECT m.result FROM members m JOIN sweeps s ON s.id = m.sweep WHERE s.name = ?"
            question = f"SELECT {names} FROM results r WHERE r.sweep = ? OR r.id IN ({used}) ORDER BY r.id"
            rows = self._all(question, [sweep, sweep])
        return map(Record.of_row, rows)

    def sweeps(self) -> list[dict[str, Any]]:
        """Return the sweeps that used this store: name, parameters, version, times, last report, number of results."""
        question = (
            "SELECT name, parameters, version, started_at, ended_at, report, "
            "(SELECT count(*) FROM members WHERE sweep = s.id) FROM sweeps s ORDER BY id"
        )
        names = ("name", "parameters", "version", "started_at", "ended_at", "report", "results")
        found = [dict(zip(names, row, strict=True)) for row in self._all(question)]
        for each in found:
            each["parameters"] = from_json(each["parameters"])
            each["report"] = None if each["report"] is None else from_json(each["report"])
        return found

    def grades(self) -> dict[str | None, int]:
        """Return how many results there are of each grade."""
        return dict(self._all("SELECT grade, count(*) FROM results GROUP BY grade ORDER BY grade"))

    def frame(self, sweep: str | None = None) -> pd.DataFrame:
        """Return the results as a data frame, one row each, their fields flattened; integers are exact.

        Examples
        --------
        >>> with Store.in_memory() as store:
        ...     store.put([Record("cube:3", "cubes", {"n": 3}, {"value": 27, "parts": [1, 26]})])
        ...     store.frame()[["key", "n", "value", "parts"]].values.tolist()
        [['cube:3', 3, 27, '1 26']]
        """
        return flat_frame(self.records(sweep))

    def export(self, path: str | os.PathLike[str], sweep: str | None = None) -> int:
        """Write the data frame to a .csv or .parquet file, and return how many rows it has.

        An old file stays until the new one is whole.
        """
        from proofs_check.show.tables import Table

        if Path(path).suffix.lower() not in (".csv", ".parquet"):
            raise InputError("output", str(path), "a file whose name ends in .csv or .parquet")
        frame = self.frame(sweep)
        with all_digits():
            Table(frame, f"Results in {self.path.name if self.path else 'memory'}").write(path)
        return len(frame)

    # ---- writing

    def put(self, records: Iterable[Record], members_of: int | None = None) -> None:
        """Store records in one transaction: when this returns, all of them are on disk; if it raises, none is.

        Parameters
        ----------
        records : iterable of Record
            One whose key is there already takes the other's place.
        members_of : int, optional
            The sweep that uses them, as `begin` numbered it.

        Raises
        ------
        StoreError
            If the disk is full or the store is open for reading only.
        """
        rows = [record.row() for record in records]
        marks = ",".join("?" * len(COLUMNS))
        update = ",".join(f"{name}=excluded.{name}" for name in COLUMNS[1:])
        upsert = f"INSERT INTO results ({','.join(COLUMNS)}) VALUES ({marks}) ON CONFLICT (key) DO UPDATE SET {update}"
        with self._transaction() as connection:
            connection.executemany(upsert, rows)
            if members_of is not None:
                _add_members(connection, members_of, (row[0] for row in rows))

    def add_members(self, sweep: int, keys: Iterable[str]) -> None:
        """Note that a sweep uses results that were there before it."""
        with self._transaction() as connection:
            _add_members(connection, sweep, keys)

    def begin(self, name: str, parameters: Mapping[str, Any]) -> int:
        """Note that a sweep starts, or starts again, and return its number."""
        identity = (name, to_json(parameters, sort_keys=True), package_version())
        add = "INSERT OR IGNORE INTO sweeps (name, parameters, version, started_at) VALUES (?, ?, ?, ?)"
        with self._transaction() as connection:
            connection.execute(add, (*identity, now()))
        question = "SELECT id FROM sweeps WHERE name = ? AND parameters = ? AND version = ?"
        return int(self._all(question, identity)[0][0])

    def end(self, sweep: int, report: Mapping[str, Any]) -> None:
        """Note how a sweep ended."""
        with self._transaction() as connection:
            connection.execute(
                "UPDATE sweeps SET ended_at = ?, report = ? WHERE id = ?", (now(), to_json(report), sweep)
            )

    # ---- SQLite

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        if self.read_only:
            raise StoreError(self.path or "memory", "open for writing")
        with told(self.path), transaction(self._connection) as connection:
            yield connection

    def _all(self, question: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with told(self.path):
            return self._connection.execute(question, values).fetchall()


def _add_members(connection: sqlite3.Connection, sweep: int, keys: Iterable[str]) -> None:
    add = "INSERT OR IGNORE INTO members SELECT ?, id FROM results WHERE key = ?"
    connection.executemany(add, ((sweep, key) for key in keys))
