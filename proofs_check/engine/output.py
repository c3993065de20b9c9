"""Files of tables: a shorter table never takes the place of a longer one."""

from __future__ import annotations

import csv
import re
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from proofs_check.show.tables import Table


def rows_in(path: Path) -> int:
    """Return how many rows the table in a file has; none where there is no file, or no table in it."""
    if not path.is_file():
        return 0
    try:
        return max(_counted(path), 0)
    except (OSError, ValueError, csv.Error, ImportError):
        return 0


def _counted(path: Path) -> int:
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        parquet: Any = import_module("pyarrow.parquet")

        with parquet.ParquetFile(path) as file:
            return int(file.metadata.num_rows)
    with path.open(newline="", encoding="utf-8") as file:
        if suffix == ".csv":
            return sum(1 for row in csv.reader(file) if row) - 1
        if suffix == ".md":
            return sum(line.startswith("|") for line in file) - 2
        if suffix == ".tex":
            # heads end lines as rows do, and a longtable has two
            rows = re.sub(r"(?s)\\begin\{longtable\}.*?\\endlastfoot|\\toprule.*?\\midrule", "", file.read())
            return sum(line.rstrip().endswith("\\\\") for line in rows.splitlines())
        return file.read().count("<tr") - 1


def free_name(path: Path) -> Path:
    """Return a name beside a file that no file has: t.new.csv, t.new2.csv."""
    number = 1
    while True:
        name = path.with_name(f"{path.stem}.new{number if number > 1 else ''}{path.suffix}")
        if not name.exists() and not name.is_symlink():
            return name
        number += 1


def same_file(one: Path, other: Path) -> bool:
    """Whether two paths lead to one file, which may not be there yet."""
    return one.resolve() == other.resolve()


class Output:
    """The file of a table that grows while it is made.

    An older table in its place stays until the new one has as many rows; so long, and if that never happens, the new
    one lies beside it. So neither an interrupted run nor a smaller family costs anybody finished rows.

    Parameters
    ----------
    path : Path

    Examples
    --------
    >>> import pandas as pd, tempfile
    >>> from proofs_check.show.tables import Table
    >>> path = Path(tempfile.mkdtemp(), "t.csv")
    >>> tables = [Table(pd.DataFrame({"n": range(count)})) for count in (3, 2, 4)]
    >>> [Output(path).write(table).name for table in tables]
    ['t.csv', 't.new.csv', 't.csv']
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.beside: Path | None = None  # where this run has written, if not there
        self._held = rows_in(path)

    def write(self, table: Table) -> Path:
        """Write a table, and return where it is."""
        is_data = self.path.suffix.lower() in (".csv", ".parquet")
        if table.length(is_data) < self._held:
            self.beside = self.beside or free_name(self.path)
            table.write(self.beside)
            return self.beside
        table.write(self.path)
        self._held = 0
        if self.beside is not None:
            with suppress(OSError):
                self.beside.unlink()
            self.beside = None
        return self.path
