"""CSV files of architectures, with any usual separator: read as text, checked row by row before any work."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from algebra.errors import InputError

Cells = dict[str, str]
MOST_COLUMNS = 10_000
SEPARATORS = ("\t", ";", ",", "|")
EXCEL = re.compile(r"sep=(\t|[;,|])")  # a first line that tells Excel the separator
BRACKETED = re.compile(r'"[^"]*"|\([^)]*\)|\[[^\]]*\]')


def read_csv(path: Path, is_ours: bool = False) -> tuple[list[str], list[Cells]]:
    """Read a CSV file as text: the header, and a dict for each row.

    Parameters
    ----------
    path : Path
    is_ours : bool
        Whether `proofs_check.show.tables` wrote it: cells that it made harmless are as they were.

    Returns
    -------
    (list of str, list of dict)

    Raises
    ------
    InputError
        If it cannot be read, has no header, repeats a column or has a row of another length.
    """
    from algebra.reading import read_text
    from proofs_check.show.tables import as_it_was

    text = read_text(path, "--from", wide=not is_ours)
    records = _records(text, ",", path) if is_ours else _sniffed(text, path)
    if not records:
        raise InputError("--from", str(path), "a CSV file with a header")
    if len(records[0]) > MOST_COLUMNS:
        raise InputError("--from", str(path), f"a CSV file of at most {MOST_COLUMNS:,} columns")
    if is_ours:
        records = [[as_it_was(cell) for cell in record] for record in records]
    header = [name.strip() for name in records[0]]
    repeated = next((name for name, count in Counter(header).items() if count > 1), None)
    if repeated is not None:
        raise InputError("--from", str(path), f"a CSV file whose columns differ in name: {repeated!r} is there twice")
    for number, record in enumerate(records[1:], start=1):
        if len(record) != len(header):
            allowed = f"of {len(header)} cells, as the header has; cells with separators in quotes or brackets"
            raise InputError(f"row {number}", record, allowed)
    return header, [dict(zip(header, record, strict=True)) for record in records[1:]]


def _sniffed(text: str, path: Path) -> list[list[str]]:
    """Read a file with the separator, out of commas, semicolons, tabs and bars, that suits its header and rows."""
    first, _, rest = text.partition("\n")
    if told := EXCEL.fullmatch(first.strip()):
        return _joined(_records(rest, told[1], path), told[1])
    head = next((line for line in text.split("\n") if line.strip()), "")
    outside = BRACKETED.sub("", head)
    there = sorted((sign for sign in SEPARATORS if sign in outside), key=lambda sign: -outside.count(sign))
    if len(there) < 2:
        sign = there[0] if there else ","
        return _joined(_records(text, sign, path), sign)

    # a name of a column may hold another separator
    tried = [_joined(_records(text, sign, path), sign) for sign in there]
    return next((found for found in tried if len({len(record) for record in found}) == 1), tried[0])


def _records(text: str, separator: str, path: Path) -> list[list[str]]:
    settings: dict[str, Any] = {"strict": True, "delimiter": separator}
    settings["skipinitialspace"] = f'{separator} "' in text  # else a quote within a cell, which is no CSV
    reader = csv.reader(io.StringIO(text, newline=""), **settings)
    try:
        return [record for record in reader if record]
    except csv.Error as error:
        raise InputError("--from", str(path), f"a CSV file ({error} in line {reader.line_num})") from None


def _joined(records: list[list[str]], separator: str) -> list[list[str]]:
    """Join the cells of rows that are too long across brackets: (2,3,1) is one cell, quoted or not."""
    size = len(records[0]) if records else 0
    return [record if len(record) <= size else _across_brackets(record, separator) for record in records]


def _across_brackets(record: list[str], separator: str) -> list[str]:
    """Join what an opening bracket begins up to its closing one.

    Examples
    --------
    >>> _across_brackets(["(2", " 3", " 1)", "2"], ",")
    ['(2, 3, 1)', '2']
    """
    found: list[str] = []
    is_open = False
    for cell in record:
        if is_open:
            found[-1] += separator + cell
        else:
            found.append(cell)
        last = found[-1]
        is_open = last.lstrip()[:1] in ("(", "[", "{") and not last.rstrip().endswith((")", "]", "}"))
    return found


def kind_of(cells: list[str]) -> str:
    """Return the kind of a column of text: integers if every cell is written as one, else text.

    Examples
    --------
    >>> kind_of(["3", "", "-12"]), kind_of(["2 3", "4"]), kind_of(["007"])
    ('integer', 'text', 'text')
    """
    is_integer = any(cells) and all(not cell or _is_canonical(cell) for cell in cells)
    return "integer" if is_integer else "text"


def _is_canonical(cell: str) -> bool:
    # 18 digits always fit into 64 bits
    return len(cell) < 19 and cell.isascii() and cell.lstrip("-").isdigit() and str(int(cell)) == cell


def value_of(cell: str, kind: str) -> Any:
    """Read a cell that `to_csv` wrote.

    Examples
    --------
    >>> value_of("12", "integer"), value_of("", "number"), value_of("True", "boolean")
    (12, None, True)
    """
    if kind == "text":
        return cell
    if not cell:
        return None
    if kind == "boolean":
        return cell == "True"
    return int(cell) if kind == "integer" else float(cell)


def result_names(inputs: list[str], fields: Mapping[str, str], given: tuple[str, ...]) -> dict[str, str]:
    """Return the columns' names of a result's fields: an input column of the same name keeps it.

    Then the field is called ``…_found``; what the input gave (`given`) is not repeated.

    Examples
    --------
    >>> result_names(["widths", "lower"], {"lower": "integer", "upper": "integer"}, ("widths",))
    {'lower': 'lower_found', 'upper': 'upper'}
    """
    return {name: _free(name, inputs) for name in fields if not (name in given and name in inputs)}


def _free(name: str, taken: list[str]) -> str:
    while name in taken:
        name += "_found"
    return name
