"""Cells of a data frame as plain values."""

from __future__ import annotations

import re
from typing import Any

# Keys whose value is a list of integers, which a cell may hold as text: 2 3 1, 2,3,1, (2, 3, 1), [2, 3, 1] or 2-3-1.
LISTS = ("widths", "degrees", "head_sizes", "heads", "input_shape", "tokens", "variable_dims", "row_side")
INTEGERS = re.compile(r"[(\[]?\s*\d+(?:\s*[-,;x\s]\s*\d+)*\s*,?\s*[)\]]?")


def is_missing(cell: Any) -> bool:
    """Whether a cell of a data frame is empty.

    Examples
    --------
    >>> is_missing(None), is_missing(float("nan")), is_missing(0), is_missing([])
    (True, True, False, False)
    """
    if type(cell) is int or type(cell) is str:
        return False
    return cell is None or type(cell).__name__ in ("NAType", "NaTType") or (isinstance(cell, float) and cell != cell)


def plain_cell(name: str, cell: Any) -> Any:
    """Return a cell as the plain JSON value of a key: arrays and tuples as lists, numbers of numpy as Python's.

    Examples
    --------
    >>> [plain_cell("widths", cell) for cell in ("2 3 1", "(2, 3, 1)", "2-3-1", (2, 3, 1))]
    [[2, 3, 1], [2, 3, 1], [2, 3, 1], [2, 3, 1]]
    >>> plain_cell("degree", "2"), plain_cell("degree", 2.0), plain_cell("kind", "softmax")
    (2, 2, 'softmax')
    """
    if hasattr(cell, "tolist"):  # numpy's numbers and arrays
        cell = cell.tolist()
    if isinstance(cell, tuple | list):
        return [plain_cell("", each) for each in cell]
    if isinstance(cell, float) and cell.is_integer():  # a column of integers in which one was missing
        return int(cell)
    if isinstance(cell, str) and INTEGERS.fullmatch(cell.strip()):
        numbers = [int(digits) for digits in re.findall(r"\d+", cell)]
        is_list = name in LISTS and (len(numbers) > 1 or name in ("widths", "degrees", "input_shape"))
        return numbers if is_list or len(numbers) > 1 else numbers[0]
    if cell is None or isinstance(cell, bool | int | float | str | dict):
        return cell
    return str(cell)
