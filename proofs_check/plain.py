"""Plain values: JSON with integers of any size, and records flattened into the columns of a data frame."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from proofs_check.store import Record

WRITERS = [
    json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=sort_keys, separators=(",", ":"))
    for sort_keys in (False, True)
]
LIMIT = RLock()
EXACT_FLOAT = 1 << 53
OWN_COLUMNS = ("key", "sweep", "label", "grade", "seed", "version", "seconds", "made_at")


def to_json(value: Any, sort_keys: bool = False) -> str:
    """Write plain values as JSON, integers in full, whatever their size.

    Raises
    ------
    TypeError, ValueError
        If JSON cannot hold the value; it has no infinity and no NaN.

    Examples
    --------
    >>> len(to_json({"big": 10**5000}))
    5009
    """
    text: str = _tried(lambda: WRITERS[sort_keys].encode(value))
    return text


def from_json(text: str) -> Any:
    """Read what `to_json` wrote.

    Examples
    --------
    >>> from_json(to_json({"big": 10**5000}))["big"] == 10**5000
    True
    """
    return _tried(lambda: json.loads(text))


def _tried(convert: Callable[[], Any]) -> Any:
    """Convert, a second time without limit if Python's limit of digits may be in the way."""
    try:
        return convert()
    except ValueError:
        with all_digits():
            return convert()


@contextmanager
def all_digits() -> Iterator[None]:
    """Let integers of any length be written and read."""
    with LIMIT:  # it is one for all threads
        before = sys.get_int_max_str_digits()
        sys.set_int_max_str_digits(0)
        try:
            yield
        finally:
            sys.set_int_max_str_digits(before)


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

    from proofs_check.tables import typed_column

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
