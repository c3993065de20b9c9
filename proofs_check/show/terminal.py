"""Tables on a terminal, through rich."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from proofs_check.show.tables import text_cell

if TYPE_CHECKING:
    from proofs_check.show.tables import Table

MOST_ROWS = 100  # more scroll by; a file has all of them
UNLIMITED = 10_000  # columns of a page where no window limits it


def table_text(table: Table) -> str:
    """Write a table for people: columns that fit the terminal, the first rows if there are many, then the notes."""
    from rich.console import Console
    from rich.table import Table as RichTable

    cells = table.cells(text_cell)
    left = len(cells) - MOST_ROWS
    more = [f"and {left} more rows; --output FILE writes all of them"] if left > 0 else []
    notes = "\n".join([*more, *table.notes])

    shown = RichTable(title=table.title, caption=notes, caption_justify="left")
    for name, right in zip(table.headings, table.numeric, strict=True):
        shown.add_column(name, justify="right" if right else "left", no_wrap=True)
    for row in cells[:MOST_ROWS]:
        shown.add_row(*row)

    console = Console(width=None if sys.stdout.isatty() else UNLIMITED, markup=False)
    with console.capture() as captured:
        console.print(shown)
    return captured.get().rstrip("\n")
