"""Tables on a terminal, through rich: no cell and no column is ever cut.

The first of these layouts that fits the window is taken:

1. in a box, headings on one line;
2. without a grade in every cell, where a note can say it for a whole column;
3. in a lighter box, long headings on several lines;
4. with short headings, which a note explains.

Where none fits, the third is printed as wide as it is, and the terminal breaks its lines.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from proofs_check.show.cells import Shown, broken, grades_below, is_numeric, text_cell

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table as RichTable

MOST_ROWS = 100  # more scroll by; a file has all of them
LINE = 80  # columns that notes may take below a narrow table
UNLIMITED = 10_000  # columns of a page where no window limits it

# Words of headings that are long for what stands below them.
SHORT = {
    "ambient": "amb",
    "architecture": "arch",
    "attention": "att",
    "computed": "comp",
    "conjectured": "conj",
    "defect": "def",
    "degree": "deg",
    "dimension": "dim",
    "expected": "exp",
    "filling": "fill",
    "parameters": "par",
    "printed": "prt",
    "published": "publ",
    "threshold": "thr",
}


class Tabular(Protocol):
    """What is read of a table."""

    @property
    def columns(self) -> Shown:
        """Headings and cells."""

    @property
    def title(self) -> str:
        """What stands above."""

    @property
    def notes(self) -> Sequence[str]:
        """What stands below."""


def table_text(
    table: Tabular, width: int | None = None, rest: str = "--output FILE writes all of them", is_plain: bool = False
) -> str:
    """Write a table for people, in the first layout that fits; the first rows if there are many.

    Parameters
    ----------
    table : Tabular
    width : int, optional
        Of the window; default: the terminal's, or no limit where the text goes to a file or another program.
    rest : str
        What shows the rows beyond the first.
    is_plain : bool
        Without bold or italic letters, whatever the terminal could show.

    Returns
    -------
    str
    """
    from rich.console import Console

    if width is None:
        width = Console().width if sys.stdout.isatty() else UNLIMITED
    settings: dict[str, Any] = {"force_terminal": False, "force_jupyter": False} if is_plain else {}
    paper = Console(width=UNLIMITED, markup=False, emoji=False, highlight=False, **settings)

    layouts = list(_layouts(table, rest))
    fitting = (layout for layout in layouts if paper.measure(layout.body).maximum <= width)
    chosen = next(fitting, layouts[2])
    with paper.capture() as captured:
        _print(paper, chosen, min(width, LINE))
    return captured.get().rstrip("\n")


def _print(paper: Console, layout: Layout, line: int) -> None:
    """Print the title, the table and the notes, which may be longer than the lines of a narrow table."""
    from rich.text import Text

    length = max(paper.measure(layout.body).maximum, line)
    if len(layout.title) <= paper.measure(layout.body).maximum:
        layout.body.title = layout.title
    elif layout.title:
        paper.print(Text(layout.title, style="table.title"), width=length)
    paper.print(layout.body)
    for note in layout.notes:
        paper.print(Text(note, style="table.caption"), width=length)


@dataclass(frozen=True)
class Layout:
    """One way to set a table: what stands above it, rich's table, what stands below it."""

    title: str
    body: RichTable
    notes: Sequence[str]


def _layouts(table: Tabular, rest: str) -> Iterator[Layout]:
    """Return the layouts of a table, the widest first."""
    columns = table.columns
    count = len(columns[0][1]) if columns else 0
    first = [(heading, cells[:MOST_ROWS]) for heading, cells in columns]
    more = [f"and {count - MOST_ROWS} more rows; {rest}"] if count > MOST_ROWS else []
    yield _layout(first, table.title, [*more, *table.notes])

    # A note about all rows is taken from all rows.
    without, said = grades_below(columns)
    first = [(heading, cells[:MOST_ROWS]) for heading, cells in without]
    notes = [*more, *said, *table.notes]
    yield _layout(first, table.title, notes)
    yield _layout(first, table.title, notes, is_light=True)

    short = [(_short(heading), cells) for heading, cells in first]
    used = {SHORT[word]: word for heading, _ in first for word in heading.split() if word in SHORT}
    legend = [", ".join(f"{sign}: {word}" for sign, word in used.items())] if used else []
    yield _layout(short, table.title, [*legend, *notes], is_light=True)


def _short(heading: str) -> str:
    return " ".join(SHORT.get(word, word) for word in heading.split())


def _layout(columns: Shown, title: str, notes: Sequence[str], is_light: bool = False) -> Layout:
    from rich import box
    from rich.table import Table as RichTable

    light: dict[str, Any] = {"box": box.SIMPLE_HEAD, "show_edge": False, "pad_edge": False, "padding": (0, 1, 0, 0)}
    made = RichTable(**(light if is_light else {}))
    texts = [[text_cell(cell) for cell in cells] for _, cells in columns]
    for (heading, cells), text in zip(columns, texts, strict=True):
        lines = broken(heading, text, len) if is_light else [heading]
        made.add_column("\n".join(lines), justify="right" if is_numeric(cells) else "left", no_wrap=True)
    for row in zip(*texts, strict=True):
        made.add_row(*row)
    return Layout(title, made, notes)
