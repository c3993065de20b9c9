"""Cells of tables as people read them, and the grade that a column shares."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from algebra.errors import is_truth_value
from algebra.evidence import Bounds
from proofs_check.cells import is_missing

HUGE_BITS = 100  # longer integers are abbreviated where people read them
Shown = Sequence[tuple[str, Sequence[Any]]]  # headings, which may be alike, and cells
PROVED = " (proved)"  # how a proved value ends as text


def text_cell(cell: Any) -> str:
    """Write a cell for people.

    Examples
    --------
    >>> text_cell((2, 3, 1)), text_cell(True), text_cell(None), text_cell(10**50)
    ('(2, 3, 1)', 'yes', '', 'about 10^50')
    """
    if is_missing(cell):
        return ""
    if is_truth_value(cell):
        return "yes" if cell else "no"
    if is_huge(cell):
        return f"about 10^{exponent(cell)}"
    return str(cell)


def is_huge(cell: Any) -> bool:
    """Whether a cell is an integer that nobody would read."""
    return isinstance(cell, int) and not is_truth_value(cell) and cell.bit_length() > HUGE_BITS


def exponent(number: int) -> int:
    """Return the power of ten just below an integer, about."""
    return int(number.bit_length() * 0.30103)


def is_numeric(column: Sequence[Any]) -> bool:
    """Whether a column holds numbers alone, and is set to the right."""
    present = [cell for cell in column if not is_missing(cell)]
    return bool(present) and all(isinstance(cell, int | float) and not is_truth_value(cell) for cell in present)


def grades_below(columns: Shown) -> tuple[list[tuple[str, Sequence[Any]]], tuple[str, ...]]:
    """Take "(proved)" out of columns in which every cell has it, and say so in a note instead.

    Parameters
    ----------
    columns : sequence of (str, sequence)
        Headings and cells: `Bounds`, or text that ends as they do.

    Returns
    -------
    (list of (str, sequence), tuple of str)
        The columns, the others untouched, and the note if there is one.

    Examples
    --------
    >>> grades_below([("n", [1, 2]), ("rank", [Bounds.exactly(3, by="minor"), "2^32 (proved)"])])
    ([('n', [1, 2]), ('rank', [3, '2^32'])], ('proved in every row: rank',))
    """
    found, shared = [], []
    for heading, cells in columns:
        if _all_proved(cells):
            shared.append(heading)
            cells = list(map(_value, cells))
        found.append((heading, cells))
    return found, (f"proved in every row: {', '.join(shared)}",) if shared else ()


def _all_proved(cells: Sequence[Any]) -> bool:
    present = [cell for cell in cells if not is_missing(cell) and cell != ""]
    readable = all(isinstance(cell, Bounds | str) for cell in present)
    return bool(present) and readable and all(str(cell).endswith(PROVED) for cell in present)


def _value(cell: Any) -> Any:
    """Return a proved value without its grade: an integer, or the digits that were to be shown."""
    if is_missing(cell) or cell == "":
        return cell
    text = str(cell).removesuffix(PROVED)
    is_short = isinstance(cell, Bounds) and cell.lower.bit_length() <= HUGE_BITS
    return cell.lower if is_short and isinstance(cell, Bounds) else text


def broken(heading: str, cells: Sequence[str], width: Callable[[str], float]) -> list[str]:
    """Break a heading at spaces into lines that are no longer than its cells, or than its longest word.

    Examples
    --------
    >>> broken("least head size", ["2", "10"], len), broken("least head size", ["(1, 2, 3)"], len)
    (['least', 'head', 'size'], ['least', 'head size'])
    """
    room = max(map(width, [*cells, *heading.split()]), default=0)
    lines: list[str] = []
    for word in heading.split():
        if lines and width(f"{lines[-1]} {word}") <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines or [""]


# What an error message calls the columns of a table, at most so many.
MOST_NAMED = 40


def chosen_columns(argument: str, wanted: Sequence[str], there: Sequence[str]) -> list[str]:
    """Find columns by their names, however these are capitalised.

    Raises
    ------
    InputError
        Naming what is there.

    Examples
    --------
    >>> chosen_columns("--columns", ["Degree", "widths"], ["widths", "degree", "lower"])
    ['degree', 'widths']
    """
    from algebra.errors import InputError, meant

    known = {_folded(name): name for name in reversed(there)}
    found = []
    for name in wanted:
        exact = name if name in there else known.get(_folded(name))
        if exact is None:
            more = ", …" if len(there) > MOST_NAMED else ""
            raise InputError(argument, name, f"among {', '.join(there[:MOST_NAMED])}{more}{meant(name, there)}")
        if exact in found:
            raise InputError(argument, name, "named once")
        found.append(exact)
    return found


def _folded(name: str) -> str:
    return " ".join(name.lower().split())
