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
from typing import TYPE_CHECKING, Any

from proofs_check.show.cells import Shown, broken, grades_below, is_numeric, text_cell

if TYPE_CHECKING:
    from rich.table import Table as RichTable

    from proofs_check.show.tables import Table

MOST_ROWS = 100  # more scroll by; a file has all of them
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


def table_text(table: Table, width: int | None = None) -> str:
    """Write a table for people, in the first layout that fits; the first rows if there are many.

    Parameters
    ----------
    table : Table
    width : int, optional
        Of the window; default: the terminal's, or no limit where the text goes to a file or another program.
    """
    from rich.console import Console

    if width is None:
        width = Console().width if sys.stdout.isatty() else UNLIMITED
    paper = Console(width=UNLIMITED, markup=False, emoji=False, highlight=False)

    layouts = list(_layouts(table))
    fitting = (layout for layout in layouts if paper.measure(layout).maximum <= width)
    with paper.capture() as captured:
        paper.print(next(fitting, layouts[2]))
    return captured.get().rstrip("\n")


def _layouts(table: Table) -> Iterator[RichTable]:
    """Return the layouts of a table, the widest first."""
    columns = table.columns
    count = len(columns[0][1]) if columns else 0
    first = [(heading, cells[:MOST_ROWS]) for heading, cells in columns]
    more = [f"and {count - MOST_ROWS} more rows; --output FILE writes all of them"] if count > MOST_ROWS else []
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


def _layout(columns: Shown, title: str, notes: Sequence[str], is_light: bool = False) -> RichTable:
    from rich import box
    from rich.table import Table as RichTable

    settings: dict[str, Any] = {"title": title, "caption": "\n".join(notes), "caption_justify": "left"}
    if is_light:
        settings |= {"box": box.SIMPLE_HEAD, "show_edge": False, "pad_edge": False, "padding": (0, 1, 0, 0)}
    made = RichTable(**settings)
    texts = [[text_cell(cell) for cell in cells] for _, cells in columns]
    for (heading, cells), text in zip(columns, texts, strict=True):
        lines = broken(heading, text, len) if is_light else [heading]
        made.add_column("\n".join(lines), justify="right" if is_numeric(cells) else "left", no_wrap=True)
    for row in zip(*texts, strict=True):
        made.add_row(*row)
    return made
