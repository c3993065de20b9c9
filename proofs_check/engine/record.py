"""Records: one result and where it comes from, as a row of the store and as a row of a data frame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from algebra.shown import Shown
from proofs_check.engine.plain import from_json, to_json
from proofs_check.engine.store_file import now, package_version

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("key", "sweep", "label", "instance", "result", "grade", "seed", "version", "seconds", "made_at")
OWN_COLUMNS = ("key", "sweep", "label", "grade", "seed", "version", "seconds", "made_at")

EXACT_FLOAT = 1 << 53
"""Up to here every integer is a float."""


@dataclass(frozen=True)
class StoredSweep:
    """A sweep that used a store.

    Parameters
    ----------
    name : str
    parameters : dict
        What it was about, plain JSON values.
    version : str
        The package's, at its start.
    started_at, ended_at : str
        UTC; no end while it runs, or where it was killed.
    report : dict, optional
        Of its last end: how many results were computed, reused and failed; plain JSON values.
    results : int
        How many of the store's results it used.
    """

    name: str
    parameters: Mapping[str, Any]
    version: str
    started_at: str
    ended_at: str | None
    report: Mapping[str, Any] | None
    results: int

    def record(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)


@dataclass(frozen=True)
class Record(Shown):
    """One result and where it comes from.

    Parameters
    ----------
    key : str
        What was computed; one record a key.
    sweep : str
        Name of the sweep that computed it.
    instance, result : dict
        Plain JSON values; integers of any size.
    label, grade : str, optional
        Default: those of the result.
    seed : int, optional
        Default: that of the result or of the instance.
    seconds : float, optional
    version, made_at : str
        The package's version, and the time (UTC).

    Examples
    --------
    >>> Record("square:3", "squares", {"n": 3}, {"value": 9, "grade": "proved"}).grade
    'proved'
    """

    key: str
    sweep: str
    instance: Mapping[str, Any]
    result: Mapping[str, Any]
    label: str | None = None
    grade: str | None = None
    seed: int | None = None
    seconds: float | None = None
    version: str = field(default_factory=package_version)
    made_at: str = field(default_factory=now)

    def __post_init__(self) -> None:
        if self.label is None:
            object.__setattr__(self, "label", self.result.get("label"))
        if self.grade is None:
            object.__setattr__(self, "grade", self.result.get("grade"))
        if self.seed is None:
            seed = self.result.get("seed")
            object.__setattr__(self, "seed", self.instance.get("seed") if seed is None else seed)

    def row(self) -> tuple[Any, ...]:
        """Return the row of the table `results`, every cell as SQLite gives it back.

        Returns
        -------
        tuple
        """
        return (
            self.key,
            self.sweep,
            _text(self.label),
            to_json(self.instance),
            to_json(self.result),
            _text(self.grade),
            None if self.seed is None else _fitting(self.seed),
            self.version,
            None if self.seconds is None else float(self.seconds),
            self.made_at,
        )

    @classmethod
    def of_row(cls, row: Sequence[Any]) -> Record:
        """Return the record that a row holds.

        Parameters
        ----------
        row : sequence
            The cells of the table `results`, in the order in which `row` writes them.

        Returns
        -------
        Record
        """
        key, sweep, label, instance, result, grade, seed, version, seconds, made_at = row
        if isinstance(seed, str):
            seed = from_json(seed)
        return cls(key, sweep, from_json(instance), from_json(result), label, grade, seed, seconds, version, made_at)


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else str(value)


def _fitting(seed: int) -> int | str:
    return seed + 0 if -(1 << 63) <= seed < 1 << 63 else to_json(seed)


def flat_frame(records: Iterable[Record]) -> pd.DataFrame:
    """Return a data frame: where each record comes from, its instance's fields, its result's fields.

    An object's fields are called ``outer.inner``; a list of numbers or words is one cell with spaces between, another
    list is JSON. Where instance and result have a field of the same name and it differs, the result's is ``…_found``.
    """
    import pandas as pd

    own: list[dict[str, Any]] = []
    given: list[dict[str, Any]] = []
    found: list[dict[str, Any]] = []
    for record in records:
        own.append({name: getattr(record, name) for name in OWN_COLUMNS})
        given.append(_without(flattened(record.instance), OWN_COLUMNS))
        found.append(_without(flattened(record.result), OWN_COLUMNS))
    columns = {name: _column([row[name] for row in own]) for name in OWN_COLUMNS}
    columns |= {name: _column([row.get(name) for row in given]) for name in _names(given)}
    for name in _names(found):
        cells = [row.get(name) for row in found]
        if name not in columns:
            columns[name] = _column(cells)
        elif cells != [row.get(name) for row in given]:
            columns[f"{name}_found"] = _column(cells)
    return pd.DataFrame(columns)


def _without(row: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: cell for name, cell in row.items() if name not in names}


def _names(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row))


def flattened(value: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Flatten objects within objects, and write lists into one cell.

    Examples
    --------
    >>> flattened({"widths": [2, 3, 1], "end": {"in": 2}, "corner": [2, None]})
    {'widths': '2 3 1', 'end.in': 2, 'corner': '[2,null]'}
    """
    cells: dict[str, Any] = {}
    for name, cell in value.items():
        if isinstance(cell, Mapping):
            cells |= flattened(cell, f"{prefix}{name}.")
        elif isinstance(cell, list | tuple):
            words = all(isinstance(each, int | str) and not isinstance(each, bool) for each in cell)
            cells[f"{prefix}{name}"] = " ".join(map(_word, cell)) if words else to_json(cell)
        else:
            cells[f"{prefix}{name}"] = cell
    return cells


def _word(value: int | str) -> str:
    return value if isinstance(value, str) else to_json(value)


def _column(cells: list[Any]) -> pd.Series[Any]:
    """Make a column of the narrowest nullable type that holds every cell exactly."""
    import pandas as pd

    from proofs_check.show.tables import typed_column

    kinds = {type(cell) for cell in cells if cell is not None}
    if kinds <= {int} and kinds:
        return typed_column(cells, "integer")
    if kinds == {bool}:
        return typed_column(cells, "boolean")
    if kinds <= {str}:
        return typed_column(cells, "text")
    if kinds <= {int, float} and all(
        cell is None or isinstance(cell, float) or abs(cell) <= EXACT_FLOAT for cell in cells
    ):
        return typed_column(cells, "number")
    return pd.Series(cells, dtype=object)
