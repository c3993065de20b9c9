"""What is printed: one JSON file a table, its rows inside or in a CSV file beside it."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from algebra.errors import one_of
from proofs_check.printed.quantities import QUANTITIES, Quantity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from importlib.resources.abc import Traversable

DATA = files("proofs_check.printed") / "data"


@dataclass(frozen=True)
class PrintedTable:
    """A table as it is printed.

    Parameters
    ----------
    name, title, source : str
        What the command calls it, what its caption says, where the values come from.
    notes : tuple of str
    quantity : Quantity
        What its rows are about, and how it is computed.
    without : frozenset of str
        Upper bounds that may not be used, because they cite what the table asserts.
    rows : tuple of dict
        Inputs and fields of the quantity, and columns that are carried along; None where nothing is printed.

    Examples
    --------
    >>> table = printed_table("dao2026-counterexample")
    >>> len(table), table.fields
    (7, ('dimension', 'ambient_dimension', 'filling'))
    """

    name: str
    title: str
    source: str
    notes: tuple[str, ...]
    quantity: Quantity
    without: frozenset[str]
    rows: tuple[Mapping[str, Any], ...]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns, in the file's order."""
        return tuple(dict.fromkeys(name for row in self.rows for name in row))

    @property
    def inputs(self) -> tuple[str, ...]:
        """Columns that describe the objects."""
        return tuple(name for name in self.columns if name in self.quantity.inputs)

    @property
    def fields(self) -> tuple[str, ...]:
        """Columns of printed values."""
        return tuple(name for name in self.columns if name in self.quantity.fields)

    @property
    def carried(self) -> tuple[str, ...]:
        """Columns that are neither."""
        return tuple(name for name in self.columns if name not in self.inputs + self.fields)

    def spread(self, count: int) -> tuple[int, ...]:
        """Return the places of so many rows, evenly spread.

        Parameters
        ----------
        count : int
            At most the number of rows.

        Returns
        -------
        tuple of int
        """
        return tuple(k * len(self.rows) // count for k in range(count))


def paper_tables() -> tuple[str, ...]:
    """Names of all tables.

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> "thresholds" in paper_tables()
    True
    """
    return tuple(sorted(file.name.removesuffix(".json") for file in DATA.iterdir() if file.name.endswith(".json")))


@lru_cache
def printed_table(name: str) -> PrintedTable:
    """Read a table.

    Raises
    ------
    InputError
        If there is none of this name; the message lists the names.
    """
    one_of("NAME", name, paper_tables())
    found = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    quantity = QUANTITIES[found["quantity"]]
    rows = found["rows"]
    return PrintedTable(
        name,
        found["title"],
        found["source"],
        tuple(found.get("notes", ())),
        quantity,
        frozenset(found.get("without", ())),
        tuple(_rows_of_csv(DATA / rows, quantity) if isinstance(rows, str) else rows),
    )


def _rows_of_csv(file: Traversable, quantity: Quantity) -> Sequence[dict[str, Any]]:
    kinds = {**quantity.inputs, **quantity.fields}
    lines = csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    return [{name: _value(cell, kinds.get(name, "text")) for name, cell in line.items()} for line in lines]


def _value(cell: str, kind: str) -> Any:
    """Read a CSV cell; integers are separated by spaces, truth values are true or false.

    Examples
    --------
    >>> _value("2 3 1", "integers"), _value("", "integer"), _value("true", "boolean")
    ([2, 3, 1], None, True)
    """
    if kind == "text":
        return cell
    if not cell:
        return None
    if kind == "integers":
        return [int(word) for word in cell.split()]
    return int(cell) if kind == "integer" else cell == "true"
