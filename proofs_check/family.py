"""A family: one question asked of many instances, as a table, a sweep, and perhaps a chapter of the atlas.

A family says which instances there are, how one is answered, under which permanent key the answer is stored, and which
columns the answers have. Derived are `rankcert table NAME` in every format and `rankcert sweep NAME`, both on all cores
or a cluster, stored, resumed and interrupted at no loss (`proofs_check.engine`).
"""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from proofs_check.engine.sweep import EvaluateTogether, Failure, FamilySweep, Search, Together
from proofs_check.option import Option
from proofs_check.results import known
from proofs_check.words import spelled

if TYPE_CHECKING:
    from proofs_check.show.tables import Columns, Table

Instance = dict[str, Any]  # plain JSON values
Row = dict[str, Any]  # the answer to an instance, plain JSON values
Rows = Sequence[Row]
Told = Mapping[str, Any]  # what was chosen for each option


class Summary(Protocol):
    """What the rows of a sweep say together; a `Search` says it of itself."""

    def result(self) -> dict[str, Any]:
        """Return plain JSON values."""


@dataclass(frozen=True)
class Column:
    """One column, declared once for data and for people.

    Parameters
    ----------
    name : str
        In data; its cells are the row's field of that name, unless `value` says otherwise.
    kind : str
        ``integer``, ``number``, ``boolean`` or ``text``; empty for a column that only people see.
    heading : str
        What people see above it; empty: they do not see it.
    shown : callable, optional
        From a row to the cell that people see; default: the data's cell.
    value : callable, optional
        From a row to the cell of the data.
    when : callable, optional
        From all rows to whether people see the column.
    says : str
        What it means, for the page of tables, where the name and the heading do not say it.

    Examples
    --------
    >>> Column("widths", "text", "widths", value=spaced("widths")).cell({"widths": [2, 3]})
    '2 3'
    """

    name: str
    kind: str = "integer"
    heading: str = ""
    shown: Callable[[Row], Any] | None = None
    value: Callable[[Row], Any] | None = None
    when: Callable[[Rows], bool] | None = None
    says: str = ""

    def cell(self, row: Row) -> Any:
        """Return the cell of the data."""
        return row.get(self.name) if self.value is None else self.value(row)

    def shown_cell(self, row: Row) -> Any:
        """Return the cell that people see."""
        return self.cell(row) if self.shown is None else self.shown(row)


def spaced(name: str) -> Callable[[Row], str]:
    """Return what writes a field that is a list of integers into one cell, with spaces between."""
    return lambda row: " ".join(map(str, row[name]))


def tuple_column(name: str, heading: str, says: str) -> Column:
    """Return the column of a field that is a list of integers: spaces between them in data, a tuple for people."""
    return Column(name, "text", heading, lambda row: tuple(row[name]), spaced(name), says=says)


def bounds_cell(row: Row) -> Any:
    """Return the bounds of a row, as people see them."""
    return known(row)


def powers_cell(name: str) -> Callable[[Row], str | None]:
    """Return what shows a field that is an integer, where it is long as powers of primes; None stays.

    Examples
    --------
    >>> powers_cell("maximum")({"maximum": 2**72})
    '2^72'
    """
    from proofs_check.show.text import powers

    return lambda row: None if row[name] is None else powers(row[name])


def power_bounds_cell(row: Row) -> str:
    """Return the bounds of a row as people see them, long integers as powers of primes.

    Examples
    --------
    >>> power_bounds_cell({"lower": 2**32, "upper": 2**32, "grade": "proved", "log2_error": None})
    '2^32 (proved)'
    """
    from proofs_check.show.text import powers

    lower, upper = powers(row["lower"]), powers(row["upper"])
    if row["grade"] == "inconclusive":
        return f"{lower}..{upper}"
    return f"{lower}{str(known(row)).removeprefix(str(row['lower']))}"


BOUND_COLUMNS = (
    Column("lower"),
    Column("upper"),
    Column("grade", "text"),
    Column("log2_error", "number"),
    Column("lower_by", "text"),
    Column("upper_by", "text"),
)


@dataclass(frozen=True)
class ChapterTable:
    """Another table that a chapter keeps beside the family's own: its name, its rows of all rows, its columns."""

    name: str
    rows: Callable[[Rows], Rows]
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Chapter:
    """What makes a family a chapter of the atlas.

    Parameters
    ----------
    title, question : str
        Of its page.
    findings : callable
        From all rows to sentences, each true of the rows as they stand.
    others : tuple of ChapterTable
        Tables beside the family's own.
    witnesses : callable, optional
        From all rows to networks whose dimensions prove what is remarkable; their certificates are kept.
    """

    title: str
    question: str
    findings: Callable[[Rows], Sequence[str]]
    others: tuple[ChapterTable, ...] = ()
    witnesses: Callable[[Rows], Sequence[Any]] = field(default=lambda rows: ())


@dataclass(frozen=True)
class Family:
    """One question and its instances.

    Parameters
    ----------
    name : str
        ``head-size``: of the command, of the sweep in a store.
    says, about : str
        For the help: one sentence, and what follows.
    instances : callable
        ``instances(**options)``: plain JSON values, the same on every machine.
    search : callable, optional
        ``search(**options)`` instead: a search whose next instances depend on the answers so far.
    evaluate : callable
        From an instance to its row; at the top of a module, so that every process can import it.
    key : callable
        The permanent key of an instance's answer, the same wherever the same is asked.
    columns : tuple of Column, or callable
        Or a function from all rows to them.
    title : str or callable
        Or a function from rows and options.
    notes : callable
        From rows and options to remarks below the table.
    options : tuple of Option
    example : dict
        Values of options, those that are needed among them, with which the table takes a moment.
    cost : callable
        Rough time of an instance, in any unit.
    together : Together, optional
        How many instances are answered at once, with the same rows.
    usage : tuple of str
        Command lines for the help.
    display : callable, optional
        From all rows to columns for people, where these are not one cell a row.
    is_good : callable
        Whether a row is as it should be; else the exit status is 1.
    complaint : callable, optional
        Of a row that is not: what is wrong with it.
    tabulate : callable, optional
        ``tabulate(rows, options)``: the table, where columns do not make it.
    listed : callable, optional
        From the options to what is shown instead, if they ask for no rows: objects, and how each is written.
    may_be_empty : bool
        Whether no instance at all is fine too.
    joined : callable, optional
        ``joined(instance, answer)``: the row of an instance, where it needs more than the answer.
    failed : callable, optional
        ``failed(instance, message)``: the row of an instance that could not be answered; default: no row.
    earlier : callable, optional
        ``earlier(path, instances)``: answers by key that an earlier table in a file holds; with it, `rankcert table`
        has ``--resume``.
    result : callable
        From a row to what a table's JSON holds of it.
    finished : callable, optional
        ``finished(search, result, options)``: the result of a search, with the files that the options ask for.
    summary : callable, optional
        ``summary(rows, options)``: what a sweep's result says of its own.
    text : callable, optional
        ``text(summary, rows, instances)``: a sweep's result for people, where so many instances were asked.
    chapter : Chapter, optional
    """

    name: str
    says: str
    evaluate: Callable[[Instance], Row]
    key: Callable[[Instance], str]
    columns: tuple[Column, ...] | Callable[[Rows], tuple[Column, ...]]
    title: str | Callable[[Rows, Told], str]
    instances: Callable[..., Sequence[Instance]] = field(default=lambda **told: ())
    search: Callable[..., Search] | None = None
    notes: Callable[[Rows, Told], Iterable[str]] = field(default=lambda rows, told: ())
    options: tuple[Option, ...] = ()
    example: Mapping[str, Any] = field(default_factory=dict)
    about: str = ""
    cost: Callable[[Instance], float] = field(default=lambda instance: 1.0)
    together: Together | None = None
    usage: tuple[str, ...] = ()
    display: Callable[[Rows], Mapping[str, Sequence[Any]]] | None = None
    is_good: Callable[[Row], bool] = field(default=lambda row: True)
    complaint: Callable[[Row], str] | None = None
    tabulate: Callable[[Rows, Told], Table] | None = None
    listed: Callable[[Told], tuple[Rows, Callable[[Row], str]] | None] = field(default=lambda told: None)
    may_be_empty: bool = False
    joined: Callable[[Instance, Row], Row] = field(default=lambda instance, answer: answer)
    failed: Callable[[Instance, str], Row] | None = None
    earlier: Callable[[Path, Sequence[Instance]], Mapping[str, Row]] | None = None
    result: Callable[[Row], Row] = field(default=lambda row: row)
    finished: Callable[[Any, Mapping[str, Any], Told], Row] | None = None
    summary: Callable[[Rows, Told], Summary] | None = None
    text: Callable[[Any, Rows, int], str] | None = None
    chapter: Chapter | None = None

    def told(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return a value for every option, the default where none is given.

        Raises
        ------
        InputError
            For an option that the family does not have.
        """
        from algebra.errors import check_keys

        names = [option.name for option in self.options]
        check_keys(given, names)
        return {option.name: given.get(option.name, option.default) for option in self.options}

    def taken(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return what Python told as the command line would have read it.

        Raises
        ------
        InputError
            For an option that the family does not have, or a value that is not of its kind.
        """
        self.told(given)
        return {option.name: option.taken(given[option.name]) for option in self.options if option.name in given}

    def sweep(self, **given: Any) -> FamilySweep | Search:
        """Return the sweep over the instances that some options choose, or the search.

        Raises
        ------
        InputError
            For an unknown option, a bad value, or a family without instances.
        """
        told = self.told(given)
        if self.search is not None:
            return self.search(**told)
        instances = self.instances(**told)
        evaluate, together = self.evaluate, self.together
        if self.is_timed:
            evaluate = partial(timed, evaluate)
            together = together and replace(together, evaluate=partial(timed_together, together.evaluate))
        told = _plain(told)
        return FamilySweep(self.name, told, instances, evaluate, self.key, self.cost, self.may_be_empty, together)

    def column_names(self, sweep: FamilySweep | Search) -> list[str] | None:
        """Return headings and names of the columns of a table to come; None where only its rows can tell."""
        if self.tabulate is not None or self.display is not None:
            return None
        columns = self.columns
        if not isinstance(columns, tuple):
            if not isinstance(sweep, FamilySweep) or not sweep.instances:
                return None
            columns = columns([self.joined(sweep.instances[0], {})])
        names = [name for column in columns for name in (column.heading, column.name) if name]
        return list(dict.fromkeys(names))

    @property
    def is_timed(self) -> bool:
        """Whether one of the columns says how long each row took."""
        return isinstance(self.columns, tuple) and any(column.name == "seconds" for column in self.columns)

    def rows(self, sweep: FamilySweep | Search, failures: Iterable[Failure] = ()) -> list[Row]:
        """Return the rows of a sweep that ran, in the order of its instances; of those that are finished."""
        if not isinstance(sweep, FamilySweep):
            return sweep.rows()
        return [self.joined(instance, answer) for instance, answer in self._answered(sweep, failures)]

    def answers(self, sweep: FamilySweep | Search) -> list[Row]:
        """Return the answers themselves, in the same order."""
        if not isinstance(sweep, FamilySweep):
            return sweep.rows()
        return [answer for _, answer in self._answered(sweep)]

    def _answered(self, sweep: FamilySweep, failures: Iterable[Failure] = ()) -> list[tuple[Instance, Row]]:
        found = {self.key(instance): answer for instance, answer in sweep.results}
        if self.failed is not None:
            found |= {failure.key: self.failed(failure.instance, failure.message) for failure in failures}
        keys = [(self.key(instance), instance) for instance in sweep.instances]
        return [(instance, found[key]) for key, instance in keys if key in found]

    def summarised(self, sweep: FamilySweep | Search, rows: Rows, given: Told) -> Summary | None:
        """Return what the rows of a sweep say together, if the family sums them up."""
        if not isinstance(sweep, FamilySweep):
            return sweep
        return None if self.summary is None else self.summary(rows, self.told(given))

    def completed(self, sweep: FamilySweep | Search, result: Row, given: Told) -> Row:
        """Return the result of a search with the files that the options ask for, which are written now."""
        return result if self.finished is None else self.finished(sweep, result, self.told(given))

    def said(self, summary: Summary | None, rows: Rows, instances: int) -> str:
        """Return a sweep's result for people."""
        if self.text is not None:
            return self.text(summary, rows, instances)
        grades = graded(rows).partition(": ")[2]
        return f"{len(rows)} of {instances} instances" + (f"; {grades}" if grades else "")

    def command(self, told: Told) -> str:
        """Return the command that makes the table again.

        Examples
        --------
        >>> from proofs_check.registry import family
        >>> family("head-size").command({"sizes": [2, 3], "seed": 1})
        'rankcert table head-size 2 3 --seed 1'
        """
        chosen = [option for option in self.options if told.get(option.name, option.default) != option.default]
        words = [word for option in chosen for word in option.words(told[option.name])]
        return shlex.join(["rankcert", "table", self.name, *words])

    def table(self, rows: Rows, given: Told | None = None, instances: int | None = None) -> Table:
        """Return the table of rows: the data, what people read, and how reliable it is.

        Parameters
        ----------
        rows : sequence of dict
        given : dict, optional
            Options, as those of `sweep`.
        instances : int, optional
            How many rows there would be if all were finished.

        Returns
        -------
        Table
        """
        from algebra import __version__
        from proofs_check.show.tables import Columns, Table

        told = self.told(given or {})
        if self.tabulate is not None:
            return self.tabulate(rows, told)
        columns: tuple[Column, ...] = ()
        if rows:
            columns = self.columns if isinstance(self.columns, tuple) else self.columns(rows)
        data = data_of_columns(columns, rows)
        shown = self.display(rows) if self.display is not None and rows else _shown(columns, rows)
        title = self.title if isinstance(self.title, str) else self.title(rows, told) if rows else self.name
        part = [f"{len(rows)} of {instances} rows are finished"] if instances not in (None, len(rows)) else []
        seed = f", seed {told['seed']}" if "seed" in told else ""
        made = f"{self.command(told)} (rankcert {__version__}{seed})"
        notes = [*part, *(self.notes(rows, told) if rows else ()), made]
        return Table(data, title, notes, Columns(shown))


def data_of_columns(columns: Iterable[Column], rows: Rows) -> Columns:
    """Return the data of columns, each of its kind."""
    from proofs_check.show.tables import Columns

    data = [column for column in columns if column.kind]
    cells = {column.name: [column.cell(row) for row in rows] for column in data}
    return Columns(cells, {column.name: column.kind for column in data})


def timed(evaluate: Callable[[Instance], Row], instance: Instance) -> Row:
    """Evaluate an instance, and say how many seconds it took."""
    start = time.perf_counter()
    row = evaluate(instance)
    return {**row, "seconds": round(time.perf_counter() - start, 6)}


def timed_together(evaluate: EvaluateTogether, instances: Sequence[Instance]) -> list[Row | None]:
    """Evaluate instances together, and say of each row that it took an equal share of the seconds."""
    start = time.perf_counter()
    rows = evaluate(instances)
    share = round((time.perf_counter() - start) / max(1, len(rows)), 6)
    return [None if row is None else {**row, "seconds": share} for row in rows]


def _shown(columns: Iterable[Column], rows: Rows) -> dict[str, list[Any]]:
    """Return the columns that people see, each with its cells."""
    seen = [each for each in columns if each.heading and (each.when is None or each.when(rows))]
    return {column.heading: [column.shown_cell(row) for row in rows] for column in seen}


def _plain(value: Any) -> Any:
    """Turn the values of options into plain JSON values, for a store."""
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, range):
        return spelled(value)
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def graded(rows: Rows) -> str:
    """Say how many rows there are, and how many of each grade where rows have one.

    Examples
    --------
    >>> graded([{"grade": "proved"}, {"grade": "proved"}, {"grade": "probable"}])
    '3 rows: 1 probable, 2 proved'
    >>> graded([{"steps": 2}])
    '1 row'
    """
    from proofs_check.show.text import counted

    grades = [row["grade"] for row in rows if "grade" in row]
    counts = ", ".join(f"{grades.count(grade)} {grade}" for grade in sorted(set(grades)))
    return counted(len(rows), "row") + (f": {counts}" if counts else "")
