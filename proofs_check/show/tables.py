"""Tables of results: one data frame, written as Markdown, LaTeX, CSV, HTML or Parquet.

pandas takes as long to be imported as a small table to be computed. So columns become a data frame where one is asked
for, and where pandas writes: LaTeX, HTML, Parquet. CSV, Markdown and the terminal do without, CSV byte for byte alike.
"""

from __future__ import annotations

import csv
import io
import math
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import algebra.writing as writing
from algebra.errors import InputError
from algebra.escape import escape
from algebra.evidence import Bounds
from algebra.evidence.error import log2_of_sum
from proofs_check.cells import is_missing
from proofs_check.show.cells import chosen_columns, is_numeric, text_cell
from proofs_check.show.latex import latex_table

if TYPE_CHECKING:
    import pandas as pd

INT64 = 1 << 63
FORMULA = re.compile(r"'*[=+\-@\t\r\n]")  # with the apostrophes that were there before, so that ours can be told
_NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?(?:/[0-9]+)?|[+-]?(?:inf|nan)"
NUMBERS = re.compile(rf"[+-]|(?:{_NUMBER})(?:[ ,;]+(?:{_NUMBER}))*")
TAG = re.compile(r"<(?=[A-Za-z/!?])|&(?=#?[A-Za-z0-9]+;)")  # where Markdown sees HTML: p < 2^-64 stays readable


@dataclass(frozen=True)
class Columns:
    """Columns that are no data frame yet.

    Parameters
    ----------
    cells : mapping of str to sequence
        The cells of each column; None is missing.
    kinds : mapping of str to str, optional
        ``integer``, ``number``, ``boolean`` or ``text`` for each column; without it every cell stays as it is.
    """

    cells: Mapping[str, Sequence[Any]]
    kinds: Mapping[str, str] | None = None

    @property
    def headings(self) -> list[str]:
        """Names of the columns."""
        return [str(name) for name in self.cells]

    @property
    def rows(self) -> list[tuple[Any, ...]]:
        """The cells row by row."""
        return list(zip(*self.cells.values(), strict=True))

    def frame(self) -> pd.DataFrame:
        """Return the data frame."""
        import pandas as pd

        if self.kinds is None:
            return pd.DataFrame({name: pd.Series(list(cells), dtype=object) for name, cells in self.cells.items()})
        return pd.DataFrame({name: typed_column(cells, self.kinds[name]) for name, cells in self.cells.items()})

    def to_csv(self) -> str:
        """Return comma-separated values, as pandas writes those of the data frame.

        Examples
        --------
        >>> Columns({"n": [2, None], "x": [1, 0.5]}, {"n": "integer", "x": "number"}).to_csv().split()
        ['n,x', '2,1.0', ',0.5']
        """
        assert self.kinds is not None
        text = io.StringIO()
        written = csv.writer(text, lineterminator="\n")
        written.writerow([harmless(name) for name in self.headings])
        columns = [_csv_column(cells, self.kinds[name]) for name, cells in self.cells.items()]
        written.writerows(zip(*columns, strict=True))
        return text.getvalue()


def _csv_column(cells: Sequence[Any], kind: str) -> list[str]:
    """Return the cells of a column as text; a missing one is empty."""
    shown = WRITTEN.get(kind, str)
    return ["" if is_missing(cell) else shown(cell) for cell in cells]


WRITTEN: dict[str, Callable[[Any], str]] = {
    "text": lambda cell: harmless(str(cell)),
    "number": lambda cell: str(float(cell)),
    "boolean": lambda cell: str(bool(cell)),
}
"""How the cells of a kind are written to CSV; integers as they are."""


@dataclass(frozen=True)
class Table:
    """A data frame with what a reader has to know of it.

    Parameters
    ----------
    data : pandas.DataFrame or Columns
        Exact integers, missing values missing. CSV and Parquet hold it as it is; `frame` is its data frame.
    title : str
    remarks : sequence of str
        Where the table comes from, how complete and how reliable it is; `notes` adds what its probable cells amount to.
    people : pandas.DataFrame or Columns, optional
        What Markdown, LaTeX and HTML show instead of the data; cells may be `Bounds`, tuples, truth values, integers,
        text. Index and column names are ours to choose: the index is not shown. `display` is its data frame.
    label : str
        What LaTeX's ``ref`` calls the table.

    Examples
    --------
    >>> import pandas as pd
    >>> print(Table(pd.DataFrame({"degree": [2], "filling": [True]}), remarks=["one row"]).to_markdown())
    | degree | filling |
    | -----: | :------ |
    |      2 | yes     |
    <BLANKLINE>
    one row
    """

    data: pd.DataFrame | Columns
    title: str = ""
    remarks: Sequence[str] = ()
    people: pd.DataFrame | Columns | None = None
    label: str = ""

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The data."""
        return self.data.frame() if isinstance(self.data, Columns) else self.data

    @cached_property
    def display(self) -> pd.DataFrame | None:
        """What people read instead of the data, if it is something else."""
        return self.people.frame() if isinstance(self.people, Columns) else self.people

    @cached_property
    def shown(self) -> pd.DataFrame:
        """What people read."""
        return self.frame if self.display is None else self.display

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """Remarks; and of probable values the sum of their bounds, which is a bound for all of them together."""
        shown = [cell for row in self._rows for cell in row]
        errors = [cell.log2_error for cell in shown if isinstance(cell, Bounds) and cell.log2_error is not None]
        if not errors:
            errors = [float(error) for error in self._data_cells("log2_error") if not is_missing(error)]
        return (*self.remarks, error_note(errors)) if errors else tuple(self.remarks)

    @property
    def _rows(self) -> list[tuple[Any, ...]]:
        """The shown cells; those of a data frame as it gives them."""
        if isinstance(self.people, Columns):
            return self.people.rows
        return list(self.shown.itertuples(index=False, name=None))

    def _data_cells(self, name: str) -> Sequence[Any]:
        if isinstance(self.data, Columns):
            return self.data.cells.get(name, ())
        cells: list[Any] = self.data[name].tolist() if name in self.data else []
        return cells

    @property
    def headings(self) -> list[str]:
        """Names of the shown columns."""
        return self.people.headings if isinstance(self.people, Columns) else [str(name) for name in self.shown.columns]

    @property
    def columns(self) -> list[tuple[str, Sequence[Any]]]:
        """The shown columns: headings, which may be alike, and cells."""
        if isinstance(self.people, Columns):
            return list(zip(self.people.headings, self.people.cells.values(), strict=True))
        return [(name, self.shown.iloc[:, k].tolist()) for k, name in enumerate(self.headings)]

    def chosen(self, names: Sequence[str], argument: str = "--columns") -> Table:
        r"""Return the table of some columns, for people and as data.

        A name is a heading, or the name of a column of the data. What people read has a column of the data where no
        heading is called so; the data have ``lower``, ``upper``, ``grade`` and ``log2_error`` in the place of bounds.

        Parameters
        ----------
        names : sequence of str
            In the order in which they are shown.
        argument : str
            What messages call them.

        Returns
        -------
        Table

        Raises
        ------
        InputError
            For a name that is neither.

        Examples
        --------
        >>> table = Table(Columns({"n": [1], "lower": [2]}, {"n": "integer", "lower": "integer"}))
        >>> table.chosen(["lower"]).to_csv()
        'lower\n2\n'
        """
        shown, frame = dict(self.columns), self.data if isinstance(self.data, Columns) else None
        data = frame.headings if frame is not None else [str(name) for name in self.frame.columns]
        found = chosen_columns(argument, names, [*shown, *(name for name in data if name not in shown)])
        people = {name: shown[name] if name in shown else list(self._data_cells(name)) for name in found}

        kept: list[str] = []
        for name in found:
            parts = [name] if name in data else _of_bounds(data) if _are_bounds(shown[name]) else []
            kept += [part for part in parts if part not in kept]
        if frame is not None:
            cells = {name: frame.cells[name] for name in kept}
            return replace(self, data=Columns(cells, frame.kinds), people=Columns(people))
        return replace(self, data=self.frame[kept], people=Columns(people))

    def length(self, is_data: bool = True) -> int:
        """Return the number of rows of the data, or of what people read.

        Parameters
        ----------
        is_data : bool
            Count the data.

        Returns
        -------
        int
        """
        chosen = self.data if is_data or self.people is None else self.people
        return len(chosen.rows) if isinstance(chosen, Columns) else len(chosen)

    def cells(self, write: Callable[[Any], str]) -> list[list[str]]:
        """Return the shown cells, each through `write`, row by row.

        Parameters
        ----------
        write : callable
            From a cell, whatever it is, to text.

        Returns
        -------
        list of lists of str
        """
        return [[write(cell) for cell in row] for row in self._rows]

    @property
    def numeric(self) -> list[bool]:
        """Which of the shown columns are set to the right: those of numbers alone."""
        if isinstance(self.people, Columns):
            return [is_numeric(cells) for cells in self.people.cells.values()]
        return [is_numeric(self.shown.iloc[:, k].tolist()) for k in range(self.shown.shape[1])]

    def to_markdown(self) -> str:
        """Return a pipe table, under the title and above the notes.

        Returns
        -------
        str
        """
        return to_markdown(self)

    def to_latex(self) -> str:
        """Return a LaTeX table with booktabs rules.

        Returns
        -------
        str
        """
        return to_latex(self)

    def to_html(self) -> str:
        """Return an HTML table with a caption.

        Returns
        -------
        str
        """
        return to_html(self)

    def to_csv(self) -> str:
        """Return the data as comma-separated values: nothing rounded; text that is a formula to a spreadsheet is not.

        See `harmless` and `as_it_was`.

        Returns
        -------
        str
        """
        if isinstance(self.data, Columns):
            return self.data.to_csv()
        import pandas as pd

        frame = self.frame
        texts = [k for k in range(frame.shape[1]) if _holds_text(frame.iloc[:, k])]
        if texts or any(harmless(str(name)) != str(name) for name in frame.columns):
            frame = frame.copy()
            for k in texts:
                cells = [harmless(cell) if isinstance(cell, str) else cell for cell in frame.iloc[:, k].tolist()]
                is_string = frame.dtypes.iloc[k] == "string"
                # Of a list or an array pandas 2 would make floats, where it holds a gap and an integer beyond 64 bits.
                column: Any = typed_column(cells, "text") if is_string else pd.Series(cells, dtype=object)
                frame.isetitem(k, column.set_axis(frame.index))
            frame.columns = [harmless(str(name)) for name in frame.columns]
        return str(frame.to_csv(index=False, lineterminator="\n"))

    def write(self, path: str | os.PathLike[str]) -> None:
        """Write the table in the format that the file's extension names; an old file stays until the new one is whole.

        Parameters
        ----------
        path : str or path-like

        Raises
        ------
        InputError
            If the extension names no format, or what the format needs is not installed.
        """
        if not isinstance(path, str | os.PathLike):
            raise InputError("output", path, "the name of a file")
        target = Path(path)
        check_target(target)
        render = WRITERS[target.suffix.lower()]
        writing.write_file(target, render(self), "output")

    def __repr__(self) -> str:
        from proofs_check.show.terminal import table_text

        return table_text(self, rest="write(FILE) writes all of them", is_plain=True)

    def _repr_html_(self) -> str:
        few = Table(
            self.frame.head(50), self.title, self.remarks, None if self.display is None else self.display.head(50)
        )
        return to_html(few)


def _are_bounds(cells: Sequence[Any]) -> bool:
    return any(isinstance(cell, Bounds) for cell in cells)


def _of_bounds(data: Sequence[str]) -> list[str]:
    """Return the columns of the data that hold bounds; beside a user's column of that name, ours is ``…_found``."""
    ours = [f"{name}_found" if f"{name}_found" in data else name for name in ("lower", "upper", "grade", "log2_error")]
    return [name for name in ours if name in data]


def error_note(errors: Sequence[float]) -> str:
    """Say what the probable values of a table amount to, from the logarithms of their bounds.

    Examples
    --------
    >>> error_note([-64.5, -80.0])
    'probable: 2 values; were any of them greater, it would have stayed unseen with p < 2^-64 (the sum of their bounds)'
    """
    unseen = f"it would have stayed unseen with p < 2^{math.floor(log2_of_sum(errors)) + 1}"
    if len(errors) == 1:
        return f"probable: 1 value; were it greater, {unseen}"
    return f"probable: {len(errors)} values; were any of them greater, {unseen} (the sum of their bounds)"


# ---- cells


def harmless(cell: str) -> str:
    """Put an apostrophe before text that a spreadsheet would run: what begins with = + - @ tab or return.

    Numbers, and lists of numbers, are as they are. `as_it_was` takes it away again.

    Examples
    --------
    >>> [harmless(cell) for cell in ("=1+1", "@SUM(A1)", "-1/2", "-3 4", "2 3 1", "'=1+1", "-")]
    ["'=1+1", "'@SUM(A1)", '-1/2', '-3 4', '2 3 1', "''=1+1", '-']
    """
    return f"'{cell}" if FORMULA.match(cell) and not NUMBERS.fullmatch(cell) else cell


def as_it_was(cell: str) -> str:
    """Return what `harmless` was given.

    Examples
    --------
    >>> as_it_was("'=1+1"), as_it_was("''=1+1"), as_it_was("'quoted'")
    ('=1+1', "'=1+1", "'quoted'")
    """
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell


def _holds_text(column: pd.Series[Any]) -> bool:
    return column.dtype == object or str(column.dtype) in ("string", "str", "category")


# ---- formats


def to_markdown(table: Table) -> str:
    """Write a table as Markdown."""
    rows = [[markdown_cell(cell) for cell in row] for row in [table.headings, *table.cells(text_cell)]]
    widths = [max(3, *map(len, column)) for column in zip(*rows, strict=True)]

    # The colon of the rule is on the side to which a column is set.
    is_right = table.numeric
    head, *body = [_pipe(_justified(row, widths, is_right)) for row in rows]
    dashes = ["-" * (width - 1) for width in widths]
    rule = _pipe(f"{dash}:" if r else f":{dash}" for dash, r in zip(dashes, is_right, strict=True))

    title = [f"**{markdown_text(table.title)}**"] if table.title else []
    notes = map(markdown_text, table.notes)
    return "\n\n".join([*title, "\n".join([head, rule, *body]), *notes])


def markdown_text(text: str) -> str:
    r"""Write text for Markdown: what would be HTML, or a link, is text.

    Examples
    --------
    >>> markdown_text("<script>"), markdown_text("p < 2^-64"), markdown_text("[x](javascript:y)")
    ('&lt;script>', 'p < 2^-64', '[x]\\(javascript:y)')
    """
    return TAG.sub(lambda sign: escape(sign[0]), text).replace("](", r"]\(")


def markdown_cell(text: str) -> str:
    """Write a cell for Markdown: on one line, bars escaped, with as many strokes as leave them so."""
    one_line = re.sub(r"[\r\n]+", " ", markdown_text(text))
    return re.sub(r"(\\*)\|", lambda found: rf"{found[1] * 2}\|", one_line)


def _justified(cells: Iterable[str], widths: Iterable[int], right: Iterable[bool]) -> Iterator[str]:
    return (c.rjust(w) if r else c.ljust(w) for c, w, r in zip(cells, widths, right, strict=True))


def _pipe(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def to_latex(table: Table) -> str:
    """Write a table as LaTeX that fits the page; `proofs_check.show.latex` says how."""
    return latex_table(table.columns, table.title, table.notes, table.label)


def to_html(table: Table) -> str:
    """Write a table as HTML, through pandas."""
    import pandas as pd

    shown = pd.DataFrame(table.cells(text_cell), columns=table.headings, dtype=object)
    body = str(shown.to_html(index=False, border=0, classes="rankcert", escape=True, justify="left"))
    if table.title:
        opening, rest = body.split("\n", 1)
        body = f"{opening}\n  <caption>{escape(table.title)}</caption>\n{rest}"
    return body + "".join(f"\n<p>{escape(note)}</p>" for note in table.notes)


def _line_ended(render: Callable[[Table], str]) -> Callable[[Table], str]:
    def text(table: Table) -> str:
        rendered = render(table)
        return rendered if rendered.endswith("\n") else f"{rendered}\n"

    return text


def to_parquet(table: Table) -> bytes:
    """Write a table's data as Parquet."""
    frame = table.frame.copy()
    for name in frame.columns:
        if frame[name].dtype == object:  # integers beyond 64 bits
            frame[name] = frame[name].map(lambda cell: None if is_missing(cell) else str(cell)).astype("string")
    frame.attrs = {"title": table.title, "notes": list(table.notes)}
    buffer = io.BytesIO()
    frame.to_parquet(buffer, index=False)
    return buffer.getvalue()


WRITERS: dict[str, Callable[[Table], str | bytes]] = {
    ".md": _line_ended(to_markdown),
    ".tex": _line_ended(to_latex),
    ".csv": Table.to_csv,
    ".html": _line_ended(to_html),
    ".parquet": to_parquet,
}


def check_target(path: Path) -> None:
    """Refuse a file that cannot be written, before the work that it is for.

    Raises
    ------
    InputError
        If the extension names no format, the folder is missing or closed, or Parquet's library is not installed.
    """
    from importlib.util import find_spec

    if path.suffix.lower() not in WRITERS:
        raise InputError("output", str(path), f"a file whose name ends in {', '.join(WRITERS)}")
    writing.check_target("output", path)
    if path.suffix.lower() == ".parquet" and find_spec("pyarrow") is None:
        allowed = "of another format, until pyarrow is there: pip install pyarrow"
        raise InputError("output", str(path), allowed)


# ---- columns


def typed_column(values: Iterable[Any], kind: str) -> pd.Series[Any]:
    """Make a column of nullable type: ``integer``, ``number``, ``boolean`` or ``text``.

    Integers beyond 64 bits stay Python's, so that none is ever rounded.
    """
    import pandas as pd

    cells = list(values)
    if kind == "integer":
        fits = all(cell is None or -INT64 <= cell < INT64 for cell in cells)
        return pd.Series(cells, dtype="Int64" if fits else object)
    return pd.Series(cells, dtype={"number": "Float64", "boolean": "boolean", "text": "string"}[kind])


def input_column(cells: Sequence[str]) -> pd.Series[Any]:
    """Make a column of what a user's file held: integers if every cell is written as one, else the text untouched."""
    if any(cells) and all(not cell or _is_canonical(cell) for cell in cells):
        return typed_column([int(cell) if cell else None for cell in cells], "integer")
    return typed_column(cells, "text")


def _is_canonical(cell: str) -> bool:
    return len(cell) < 19 and cell.isascii() and cell.lstrip("-").isdigit() and str(int(cell)) == cell


def frame_of(results: Sequence[Mapping[str, Any]], kinds: Mapping[str, str]) -> pd.DataFrame:
    """Make a data frame of these fields of the results, missing ones missing."""
    return Columns({name: [result.get(name) for result in results] for name in kinds}, kinds).frame()


def display_frame(columns: Mapping[str, Sequence[Any]]) -> pd.DataFrame:
    """Make a data frame for people: every cell stays as it is."""
    return Columns(columns).frame()
