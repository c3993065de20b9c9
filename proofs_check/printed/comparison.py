"""Our values beside the printed ones: row by row, marked where they differ."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from algebra.errors import as_integer
from algebra.evidence import Bounds
from proofs_check.engine.cores import one_blas_thread
from proofs_check.engine.plain import to_json
from proofs_check.engine.progress import moving_progress
from proofs_check.engine.run import answers
from proofs_check.engine.sweep import FamilySweep, Instance
from proofs_check.printed.catalogue import PrintedTable, printed_table
from proofs_check.printed.quantities import QUANTITIES
from proofs_check.results import bounds_fields, known
from proofs_check.show.tables import Table, display_frame, typed_column

if TYPE_CHECKING:
    import pandas as pd

SAME, DIFFERENT, UNDECIDED = "=", "≠", "?"
MARKS = {True: SAME, False: DIFFERENT, None: UNDECIDED}
BOUNDS = {"lower": "integer", "upper": "integer", "log2_error": "number", "lower_by": "text", "upper_by": "text"}
LISTED = 3  # architectures that people see of a long list


@dataclass(frozen=True)
class Comparison:
    """A printed table and what we get.

    Parameters
    ----------
    printed : PrintedTable
    rows : sequence of dict
        The rows that were computed.
    answers : sequence of dict
        What the quantity's `measure` returned for each of them; bounds without the evidence behind them.
    seed : int
    """

    printed: PrintedTable
    rows: Sequence[Mapping[str, Any]]
    answers: Sequence[Mapping[str, Any]]
    seed: int = 0

    def agrees(self, index: int) -> bool | None:
        """Whether all printed values of a row are ours; None if none differs and one is not decided.

        Parameters
        ----------
        index : int
            Of the row.

        Returns
        -------
        bool or None
        """
        found = [self.field_agrees(index, name) for name in self.printed.fields]
        return False if False in found else None if None in found else True

    def field_agrees(self, index: int, name: str) -> bool | None:
        """Whether one printed value is ours; a value that is not printed is.

        Parameters
        ----------
        index : int
            Of the row.
        name : str
            Of the field.

        Returns
        -------
        bool or None
        """
        expected = self.rows[index].get(name)
        return True if expected is None else same(self.answers[index][name], expected)

    @property
    def marks(self) -> list[str]:
        """A mark for each row; behind ``≠`` the fields that differ."""
        return [self._mark(index) for index in range(len(self.rows))]

    def _mark(self, index: int) -> str:
        agrees = self.agrees(index)
        fields = [name for name in self.printed.fields if self.field_agrees(index, name) is agrees]
        alone = agrees or len(self.printed.fields) == 1
        return MARKS[agrees] if alone else f"{MARKS[agrees]} {', '.join(map(_heading, fields))}"

    @property
    def different(self) -> list[int]:
        """Indices of the rows that differ."""
        return [index for index in range(len(self.rows)) if self.agrees(index) is False]

    def results(self) -> list[dict[str, Any]]:
        """Return a result for each row, as plain JSON values.

        Returns
        -------
        list of dict
        """
        return [self._result(index) for index in range(len(self.rows))]

    def _result(self, index: int) -> dict[str, Any]:
        row, answer = self.rows[index], self.answers[index]
        bounds = [value for value in answer.values() if isinstance(value, Bounds)]
        outside = {name: row.get(name) for name in self.printed.inputs + self.printed.carried}
        return {
            "table": self.printed.name,
            **outside,
            **(bounds_fields(bounds[0]) if bounds else {}),
            **{name: value.value if isinstance(value, Bounds) else value for name, value in answer.items()},
            "printed": {name: row.get(name) for name in self.printed.fields},
            "agrees": self.agrees(index),
            "seed": self.seed,
        }

    def table(self) -> Table:
        """Return the table: our values, the printed ones, a mark; with title, source and counts.

        Returns
        -------
        Table
        """
        from algebra import __version__

        counts = ", ".join(f"{n} {mark}" for mark in MARKS.values() if (n := self._count(mark)))
        grades = [str(answer["grade"]) for answer in self.answers]
        graded = ", ".join(f"{grades.count(grade)} {grade}" for grade in sorted(set(grades), reverse=True))
        part = "" if len(self.rows) == len(self.printed) else f" of {len(self.printed)}"
        notes = [
            f"{len(self.rows)}{part} rows: {counts}; ours: {graded}",
            *self.printed.notes,
            f"Source: {self.printed.source}",
            f"rankcert table paper {self.printed.name} (rankcert {__version__}, seed {self.seed})",
        ]
        return Table(self._frame(), self.printed.title, notes, self._display())

    def _count(self, mark: str) -> int:
        return sum(found.startswith(mark) for found in self.marks)

    def _frame(self) -> pd.DataFrame:
        """What programs read: inputs, ours under their own names, the printed values as ``…_printed``."""
        import pandas as pd

        quantity, results = self.printed.quantity, self.results()
        kinds = {"label": "text", **{name: quantity.inputs.get(name, "text") for name in self._outside}}
        kinds |= {name: kind for name, kind in BOUNDS.items() if any(name in result for result in results)}
        kinds |= {name: quantity.fields[name] for name in self.printed.fields} | {"grade": "text"}
        columns = {name: _column([result.get(name) for result in results], kind) for name, kind in kinds.items()}
        for name in self.printed.fields:
            printed = [result["printed"][name] for result in results]
            columns[f"{name}_printed"] = _column(printed, quantity.fields[name])
        columns["agrees"] = _column([result["agrees"] for result in results], "boolean")
        columns["seed"] = _column([self.seed] * len(results), "integer")
        return pd.DataFrame(columns)

    @property
    def _outside(self) -> tuple[str, ...]:
        return self.printed.inputs + self.printed.carried

    def _display(self) -> pd.DataFrame:
        """What people read: each printed value beside ours, a grade where the values carry none, the mark."""
        columns: dict[str, list[Any]] = {}
        for name in self._outside:
            columns[_heading(name)] = [_cell(row.get(name)) for row in self.rows]

        # Ours, and what is printed beside it.
        for name in self.printed.fields:
            columns[_heading(name)] = [_cell(answer[name]) for answer in self.answers]
            columns[f"{_heading(name)} printed"] = [_cell(row.get(name)) for row in self.rows]

        # Bounds say themselves how far they are proved.
        values = (answer.get(name) for answer in self.answers for name in self.printed.fields)
        if not any(isinstance(value, Bounds) for value in values):
            columns["grade"] = [answer["grade"] for answer in self.answers]
        columns["mark"] = list(self.marks)
        return display_frame(columns)


def same(ours: Any, printed: Any) -> bool | None:
    """Tell whether our value is the printed one; None if it is not known well enough.

    Examples
    --------
    >>> from algebra import Grade
    >>> same(Bounds.exactly(14, by="minor"), 15), same(Bounds(12, 15, Grade.INCONCLUSIVE), 14)
    (False, None)
    >>> same([[2, 3, 1]], [[2, 3, 1]]), same(None, True)
    (True, None)
    """
    if isinstance(ours, Bounds):
        if ours.value is not None:
            return bool(ours.value == printed)
        outside = printed < ours.lower or (ours.upper is not None and printed > ours.upper)
        return False if outside else None
    return None if ours is None else bool(ours == printed)


def _heading(name: str) -> str:
    return name.removesuffix("_dimension")


def _cell(value: Any) -> Any:
    """Make a cell for people: integers as a tuple, the first few of a list of architectures."""
    if not isinstance(value, list):
        return value
    if not value or not isinstance(value[0], list):
        return tuple(value)
    more = f", … ({len(value)})" if len(value) > LISTED else ""
    return ", ".join(str(tuple(widths)) for widths in value[:LISTED]) + more


def _column(values: Iterable[Any], kind: str) -> pd.Series[Any]:
    cells = list(values)
    if kind in ("integers", "architectures") or any(isinstance(cell, list) for cell in cells):
        return typed_column([None if cell is None else _words(cell) for cell in cells], "text")
    return typed_column(cells, kind)


def _words(value: Any) -> str:
    """Write integers separated by spaces, lists of them separated by semicolons.

    Examples
    --------
    >>> _words([2, 3, 1]), _words([[2, 3, 1], [2, 4, 1]]), _words(2)
    ('2 3 1', '2 3 1; 2 4 1', '2')
    """
    if not isinstance(value, list):
        return str(value)
    return ("; " if value and isinstance(value[0], list) else " ").join(map(_words, value))


# ---- computing


def compare(name: str, rows: int | None = None, seed: int = 0, jobs: int | None = None) -> Comparison:
    """Compute a paper's table anew.

    Parameters
    ----------
    name : str
        One of `paper_tables()`.
    rows : int, optional
        Compute only so many rows, evenly spread.
    seed : int
    jobs : int, optional
        Number of processes; default: all cores that this process may use.

    Returns
    -------
    Comparison

    Raises
    ------
    InputError
        Naming the argument, its value and what is allowed.

    Examples
    --------
    >>> compare("dao2026-counterexample", jobs=1).marks
    ['=', '=', '=', '=', '=', '=', '=']
    """
    one_blas_thread()
    asked = instances(name, rows, seed)
    sweep = FamilySweep("paper", {"name": name, "rows": rows, "seed": seed}, asked, answer, key, cost)
    with moving_progress("rows", len(asked)) as show:
        return comparison(name, asked, answers(sweep, jobs=jobs, progress=show))


def comparison(name: str, asked: Sequence[Instance], found: Sequence[Mapping[str, Any]]) -> Comparison:
    """Put answers beside the printed rows that they belong to."""
    printed = printed_table(name)
    rows = [printed.rows[instance["place"]] for instance in asked]
    return Comparison(printed, rows, list(map(_measured, found)), asked[0]["seed"])


def instances(name: str, rows: int | None = None, seed: int = 0) -> list[Instance]:
    """Return what is asked of a table: its rows' objects, all of them or so many."""
    printed = printed_table(name)
    as_integer("seed", seed)
    count = len(printed) if rows is None else min(as_integer("rows", rows, least=1), len(printed))
    quantity = next(key for key, value in QUANTITIES.items() if value is printed.quantity)
    asked = {"table": name, "quantity": quantity, "seed": seed, "without": sorted(printed.without)}
    return [{**asked, "place": place, "given": _described(printed, place)} for place in printed.spread(count)]


def _described(printed: PrintedTable, place: int) -> dict[str, Any]:
    row = printed.rows[place]
    return {name: row[name] for name in printed.inputs if row.get(name) is not None}


def answer(instance: Instance) -> dict[str, Any]:
    """Compute one row, in any process; bounds become plain fields."""
    quantity, without = QUANTITIES[instance["quantity"]], frozenset(instance["without"])
    start = time.perf_counter()
    found = quantity.measure(instance["given"], instance["seed"], without)
    seconds = round(time.perf_counter() - start, 6)
    plain = {name: bounds_fields(value) if isinstance(value, Bounds) else value for name, value in found.items()}
    return {**plain, "seconds": seconds}


def _measured(result: Mapping[str, Any]) -> dict[str, Any]:
    """Make bounds of their fields again: no other value of a quantity is an object."""
    return {name: known(value) if isinstance(value, dict) else value for name, value in result.items()}


def key(instance: Instance) -> str:
    """Return the permanent key of a quantity of one object, the same in every table."""
    asked = {name: instance[name] for name in ("quantity", "seed", "without", "given")}
    return f"printed:{to_json(asked, sort_keys=True)}"


def cost(instance: Instance) -> float:
    """Estimate the work: by the greatest numbers that describe the object."""
    given = list(instance["given"].values())
    sizes = [value for value in given if isinstance(value, list)] or [given]
    return 1.0 + float(max(sum(map(int, size)) for size in sizes)) ** 2


def paper_table(name: str, rows: int | None = None, seed: int = 0, jobs: int | None = None) -> Table:
    """Return a paper's table, computed anew beside the printed values.

    Parameters
    ----------
    name : str
        One of `paper_tables`.
    rows : int, optional
        Compute so many, evenly spread; default: all.
    seed : int
    jobs : int, optional
        Processes; default: one for each core.

    Returns
    -------
    Table

    Examples
    --------
    >>> table = paper_table("dao2026-counterexample", jobs=1)
    >>> table.frame["lower"].tolist(), bool(table.frame["agrees"].all())
    ([65, 35, 60, 62, 39, 61, 59], True)
    """
    return compare(name, rows, seed, jobs).table()
