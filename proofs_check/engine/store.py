"""The store: results of sweeps in one SQLite file, one writer, any number of readers.

What `Store.put` has taken is on disk: a kill, a full disk or a second process that wants to write lose none of it.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from algebra.errors import InputError
from algebra.shown import Shown
from proofs_check.engine.plain import all_digits, from_json, to_json
from proofs_check.engine.record import COLUMNS, Record, StoredSweep, flat_frame
from proofs_check.engine.store_file import (
    MEMBER_SUM,
    SCHEMA,
    SWEEP_ROW,
    StoreError,
    checked,
    checksum,
    damaged,
    fill,
    identify,
    locked,
    make,
    now,
    package_version,
    place_of,
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
RESULT = ",".join(f"r.{name}" for name in ("id", *COLUMNS))


class Store(Shown):
    """Results of sweeps in one file; use `Store.open`.

    Examples
    --------
    >>> with Store.in_memory() as store:
    ...     store.put([Record("square:3", "squares", {"n": 3}, {"value": 9})])
    ...     store.get("square:3").result, store.get("square:4"), len(store)
    ({'value': 9}, None, 1)
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        path: Path | None,
        lock: BaseFileLock | None,
        read_only: bool,
        schema: int = SCHEMA,
    ) -> None:
        self.path = path
        self.read_only = read_only
        self._connection = connection
        self._lock = lock
        self._one_thread = RLock()
        self._has_checksums = schema >= 2

    @classmethod
    def open(cls, path: str | os.PathLike[str], read_only: bool = False) -> Store:
        """Open a store; make a new one if there is no such file and it is not to be read only.

        Parameters
        ----------
        path : str or path-like
        read_only : bool
            Change nothing, and make no file.

        Returns
        -------
        Store

        Raises
        ------
        StoreError
            If the file is not a store or not a regular file, comes from a later version, is damaged, or another process
            writes to it.

        Examples
        --------
        >>> Store.open("nowhere.db", read_only=True)
        Traceback (most recent call last):
        ...
        proofs_check.engine.store_file.StoreError: store is 'nowhere.db', but it must be a file that exists
        """
        target = place_of(Path(path), read_only)
        if read_only:
            identify(target, may_be_new=False)
            connection, schema = checked(reader(target), target, None)
            return cls(connection, target, None, True, schema)
        identify(target, may_be_new=True)
        lock = locked(target)
        try:
            identify(target, may_be_new=True)
            with told(target):
                if not target.exists() or target.stat().st_size == 0:
                    make(target)
                connection, schema = checked(writer(target), target, lock)
        except BaseException:
            release(lock)
            raise
        return cls(connection, target, lock, False, schema)

    @classmethod
    def in_memory(cls) -> Store:
        """Make a store that lives as long as it is open.

        Returns
        -------
        Store
        """
        connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        connection.create_function("checksum", -1, checksum)
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
        """Return the record of a key, or None.

        Parameters
        ----------
        key : str

        Returns
        -------
        Record or None
        """
        return self.get_many([key]).get(key)

    def get_many(self, keys: Iterable[str]) -> dict[str, Record]:
        """Return the records of those keys that the store holds.

        Parameters
        ----------
        keys : iterable of str

        Returns
        -------
        dict of str to Record
            By key.

        Raises
        ------
        StoreError
            If one of them is damaged.
        """
        wanted = list(dict.fromkeys(keys))
        found = {}
        for start in range(0, len(wanted), AT_ONCE):
            some = wanted[start : start + AT_ONCE]
            marks = ",".join("?" * len(some))
            for row in self._rows(f"FROM results r WHERE r.key IN ({marks})", some):
                record = self._record(row)
                found[record.key] = record
        return found

    def records(self, sweep: str | None = None) -> Iterator[Record]:
        """Yield all records in the order in which they were made, or those that sweeps of this name use.

        Parameters
        ----------
        sweep : str, optional
            The name of sweeps.

        Yields
        ------
        Record

        Raises
        ------
        InputError
            If no sweep of this name used the store.
        StoreError
            If a record is damaged.
        """
        if sweep is not None:
            self.check_name(sweep)
        self._check_file()
        if sweep is None:
            return map(self._record, self._rows("FROM results r ORDER BY r.id"))
        used = "SELECT m.result FROM members m JOIN sweeps s NOT INDEXED ON s.id = m.sweep WHERE s.name = ?"
        where = f"WHERE r.sweep = ? OR r.id IN ({used})"
        return map(self._record, self._rows(f"FROM results r {where} ORDER BY r.id", [sweep, sweep]))

    def check_name(self, sweep: str, argument: str = "sweep") -> None:
        """Refuse a name that is not one of the sweeps that used this store.

        Parameters
        ----------
        sweep : str
        argument : str
            What the message calls it.

        Raises
        ------
        InputError
            With the names that there are.
        """
        names = [name for (name,) in self._all("SELECT name FROM sweeps UNION SELECT sweep FROM results ORDER BY 1")]
        if sweep not in names:
            allowed = f"a sweep that used this store: {', '.join(names)}" if names else "left out: no sweep used it"
            raise InputError(argument, sweep, allowed)

    def sweeps(self) -> list[StoredSweep]:
        """Return the sweeps that used this store.

        Returns
        -------
        list of StoredSweep
            In the order in which they began.

        Raises
        ------
        StoreError
            If one of these entries is damaged.
        """
        check = "checksum" if self._has_checksums else "NULL"
        members = "(SELECT count(*) FROM members WHERE sweep = s.id)"
        rows = self._all(f"SELECT {SWEEP_ROW}, {members}, {check} FROM sweeps s ORDER BY id")
        return [self._sweep(*row) for row in rows]

    def _sweep(self, *row: Any) -> StoredSweep:
        *cells, results, check = row
        found = dict(zip(SWEEP_ROW.split(", "), cells, strict=True))
        try:
            if self._has_checksums and checksum(*cells) != check:
                raise ValueError
            found["parameters"] = from_json(found["parameters"])
            found["report"] = None if found["report"] is None else from_json(found["report"])
        except (ValueError, TypeError, RecursionError):
            raise damaged(self.path, f"the entry of the sweep {found['name']!r} is not what was written") from None
        return StoredSweep(**found, results=results)

    def _rows(self, question: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return rows of results, each with its number before it and its checksum behind it."""
        check = "r.checksum" if self._has_checksums else "NULL"
        return self._all(f"SELECT {RESULT}, {check} {question}", values)

    def _record(self, row: tuple[Any, ...]) -> Record:
        """Return the record of a row, if it is what was written."""
        try:
            if not self._has_checksums or checksum(*row[1:-1]) == row[-1]:
                return Record.of_row(row[1:-1])
        except (ValueError, TypeError, RecursionError):  # only of a store without checksums
            pass
        forget = f"DELETE FROM results WHERE id = {row[0]}; DELETE FROM members WHERE result = {row[0]}"
        cure = f'`sqlite3 FILE "{forget}"` lets it be computed again'
        raise damaged(self.path, f"the result of {row[1]!r} is not what was written; {cure}")

    def _check_file(self) -> None:
        """Look for damage that leaves every row whole, but hides some; half a second for a million rows."""
        ((found,),) = self._all("PRAGMA quick_check(1)")
        if found != "ok":
            raise damaged(self.path, found)
        ((read,),) = self._all("SELECT count(version) FROM results NOT INDEXED")
        if read != len(self):  # which counts the index of the keys
            raise damaged(self.path, f"{read} results are there, and {len(self)} are found by their keys")
        if self._has_checksums:
            ends = "LEFT JOIN results r ON r.id = m.result LEFT JOIN sweeps s ON s.id = m.sweep"
            wrong = f"r.id IS NULL OR s.id IS NULL OR m.checksum IS NOT {MEMBER_SUM}"
            ((lost,),) = self._all(f"SELECT count(*) FROM members m {ends} WHERE {wrong}")
            if lost:
                raise damaged(self.path, "it does not tell any more which sweeps use which results")

    def grades(self) -> dict[str | None, int]:
        """Return how many results there are of each grade, as they were written.

        Returns
        -------
        dict of str or None to int
        """
        return dict(self._all("SELECT grade, count(*) FROM results GROUP BY grade ORDER BY grade"))

    def frame(self, sweep: str | None = None) -> pd.DataFrame:
        """Return the results as a data frame, one row each, their fields flattened; integers are exact.

        Parameters
        ----------
        sweep : str, optional
            Take the results that sweeps of this name use, alone.

        Returns
        -------
        pandas.DataFrame

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

        An old file stays until the new one is whole, and if there is nothing to export.

        Parameters
        ----------
        path : str or path-like
        sweep : str, optional
            Take the results that sweeps of this name use, alone.

        Returns
        -------
        int

        Raises
        ------
        InputError
            For another kind of file, a sweep that the store does not know, or where no rows would replace some.
        """
        from proofs_check.engine.output import rows_in
        from proofs_check.show.tables import Table

        target = Path(path)
        if target.suffix.lower() not in (".csv", ".parquet"):
            raise InputError("output", str(path), "a file whose name ends in .csv or .parquet")
        frame = self.frame(sweep)
        if frame.empty and rows_in(target):
            allowed = f"a new file: there is no result to export, and this one has {rows_in(target)} rows"
            raise InputError("output", str(path), allowed)
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
        names = (*COLUMNS, "checksum")
        marks = ",".join("?" * len(names))
        update = ",".join(f"{name}=excluded.{name}" for name in names[1:])
        upsert = f"INSERT INTO results ({','.join(names)}) VALUES ({marks}) ON CONFLICT (key) DO UPDATE SET {update}"
        with self._transaction() as connection:
            connection.executemany(upsert, [(*row, checksum(*row)) for row in rows])
            if members_of is not None:
                _add_members(connection, members_of, (row[0] for row in rows))

    def add_members(self, sweep: int, keys: Iterable[str]) -> None:
        """Note that a sweep uses results that were there before it.

        Parameters
        ----------
        sweep : int
            Its number, as `begin` returns it.
        keys : iterable of str
            Of results that the store holds.
        """
        with self._transaction() as connection:
            _add_members(connection, sweep, keys)

    def begin(self, name: str, parameters: Mapping[str, Any]) -> int:
        """Note that a sweep starts, or starts again, and return its number.

        Parameters
        ----------
        name : str
            Of the sweep.
        parameters : mapping
            What else tells it from others, plain JSON values.

        Returns
        -------
        int
        """
        identity = (name, to_json(parameters, sort_keys=True), package_version())
        add = f"INSERT OR IGNORE INTO sweeps ({SWEEP_ROW}, checksum) VALUES (?, ?, ?, ?, ?, ?, ?)"
        row = (*identity, now(), None, None)
        with self._transaction() as connection:
            connection.execute(add, (*row, checksum(*row)))
        question = "SELECT id FROM sweeps NOT INDEXED WHERE name = ? AND parameters = ? AND version = ?"
        found = self._all(question, identity)
        if not found:
            raise damaged(self.path, f"the entry of the sweep {name!r} is not what was written")
        return int(found[0][0])

    def end(self, sweep: int, report: Mapping[str, Any]) -> None:
        """Note how a sweep ended.

        Parameters
        ----------
        sweep : int
            Its number, as `begin` returns it.
        report : mapping
            Plain JSON values.
        """
        with self._transaction() as connection:
            noted = (now(), to_json(report), sweep)
            connection.execute("UPDATE sweeps SET ended_at = ?, report = ? WHERE id = ?", noted)
            connection.execute(f"UPDATE sweeps SET checksum = checksum({SWEEP_ROW}) WHERE id = ?", (sweep,))

    # ---- SQLite

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        if self.read_only:
            raise StoreError(self.path or "memory", "open for writing")
        with self._one_thread, told(self.path), transaction(self._connection) as connection:
            yield connection

    def _all(self, question: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self._one_thread, told(self.path):
            return self._connection.execute(question, values).fetchall()


def _add_members(connection: sqlite3.Connection, sweep: int, keys: Iterable[str]) -> None:
    found = "SELECT ? AS sweep, id AS result FROM results WHERE key = ?"
    add = f"INSERT OR IGNORE INTO members SELECT sweep, result, {MEMBER_SUM} FROM ({found}) m"
    connection.executemany(add, ((sweep, key) for key in keys))
