"""The rows of a table of dimensions: from a CSV file or from ranges, all checked before the first is computed."""

from __future__ import annotations

import csv
import io
import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proofs_check.cli.networks import integer, integers, network_of

if TYPE_CHECKING:
    from algebra import PolynomialNetwork

DESCRIBING = ("widths", "degree", "degrees", "biases", "seed")  # input columns that describe the network
MOST_ROWS = 10_000_000
TRUTH = {"": False, "0": False, "false": False, "no": False, "1": True, "true": True, "yes": True}


@dataclass(frozen=True)
class Row:
    """One architecture to be measured, and the cells of its input row.

    Parameters
    ----------
    widths : tuple of int
    degrees : int or tuple of int or None
        One for all hidden layers, or one for each.
    biases : bool
    seed : int
    cells : dict
        The input row as it was written; it takes no part in comparisons.
    """

    widths: tuple[int, ...]
    degrees: int | tuple[int, ...] | None
    biases: bool
    seed: int
    cells: dict[str, str] = field(default_factory=dict, compare=False)

    def network(self) -> PolynomialNetwork:
        """Build the network."""
        degree = list(self.degrees) if isinstance(self.degrees, tuple) else self.degrees
        found = network_of({"widths": list(self.widths), "degree": degree, "biases": self.biases})
        return found  # type: ignore[return-value]


def rows_of_file(path: Path, degree: str | None, biases: bool, seed: int) -> list[Row]:
    """Read the rows of a CSV file.

    Parameters
    ----------
    path : Path
        With a header and a column ``widths`` (separated by spaces); also ``degree`` or ``degrees``, ``biases``,
        ``seed``. Other columns are kept.
    degree, biases, seed
        For what the file has no column.

    Raises
    ------
    InputError
        Naming the row and the column.
    """
    from algebra import InputError

    header, lines = read_csv(path)
    if "widths" not in header:
        raise InputError("--from", str(path), "a CSV file with a column widths")
    for option, given, columns in (("--degree", degree, ("degree", "degrees")), ("--biases", biases, ("biases",))):
        if given and any(column in header for column in columns):
            raise InputError(option, given, "left out where the file has a column for it")
    rows = []
    for number, cells in enumerate(lines, start=1):
        kept = {**cells, "degree": degree} if degree is not None else cells
        rows.append(_row_of_cells(number, kept, biases, seed))
    return rows


def read_csv(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    """Read a CSV file as text: the header, and a dict for each row.

    Raises
    ------
    InputError
        If it cannot be read, has no header, repeats a column or has a row of another length.
    """
    from algebra import InputError
    from proofs_check.parsing import read_text

    reader = csv.reader(io.StringIO(read_text(path), newline=""), strict=True)
    try:
        records = [record for record in reader if record]
    except csv.Error as error:
        raise InputError("--from", str(path), f"a CSV file ({error} in line {reader.line_num})") from None
    if not records:
        raise InputError("--from", str(path), "a CSV file with a header")
    header = [name.strip() for name in records[0]]
    repeated = next((name for name in header if header.count(name) > 1), None)
    if repeated is not None:
        raise InputError("--from", str(path), f"a CSV file whose columns differ in name: {repeated!r} is there twice")
    for number, record in enumerate(records[1:], start=1):
        if len(record) != len(header):
            raise InputError(f"row {number}", record, f"of {len(header)} cells, as the header has")
    return header, [dict(zip(header, record, strict=True)) for record in records[1:]]


def _row_of_cells(number: int, cells: dict[str, str], biases: bool, seed: int) -> Row:
    from algebra import InputError

    try:
        return row_of(cells, biases, seed)
    except InputError as error:
        raise InputError(f"row {number}, column {error.argument}", error.value, error.allowed) from None


def row_of(cells: Mapping[str, str], biases: bool = False, seed: int = 0) -> Row:
    """Read one row, and check that it describes a network.

    Examples
    --------
    >>> row_of({"widths": "2 3 1", "degree": "2"}).network().label
    'pnn:2-3-1:r2'
    """
    from algebra import InputError

    degree, degrees = cells.get("degree", "").strip(), cells.get("degrees", "").strip()
    if degree and degrees:
        raise InputError("degrees", degrees, "empty where degree is given")
    found: int | tuple[int, ...] | None = tuple(integers("degree" if degree else "degrees", degree or degrees)) or None
    if degree and found is not None and len(found) == 1:  # type: ignore[arg-type]
        found = found[0]  # type: ignore[index]
    truth = cells.get("biases", "").strip().lower()
    if truth not in TRUTH:
        raise InputError("biases", cells["biases"], "true or false")
    own_seed = cells.get("seed", "").strip()
    row = Row(
        tuple(integers("widths", cells["widths"])),
        found,
        TRUTH[truth] if "biases" in cells else biases,
        integer("seed", own_seed) if own_seed else seed,
        dict(cells),
    )
    row.network()
    return row


def rows_of_ranges(words: Sequence[str], degree: str | None, biases: bool, seed: int) -> list[Row]:
    """Return all architectures whose widths and degree lie in ranges, in lexicographic order.

    Examples
    --------
    >>> [row.cells["widths"] for row in rows_of_ranges(["2", "3..4", "1"], "2", False, 0)]
    ['2 3 1', '2 4 1']
    """
    from algebra import InputError

    axes = [span("widths", word) for word in words]
    powers: Sequence[int | None] = [None] if degree is None else span("degree", degree)
    count = math.prod(map(len, axes)) * len(powers)
    if count > MOST_ROWS:
        raise InputError("widths", " ".join(words), f"ranges with at most {MOST_ROWS} architectures, not {count}")
    return [_row_in_range(widths, power, biases, seed) for *widths, power in itertools.product(*axes, powers)]


def _row_in_range(widths: list[Any], power: int | None, biases: bool, seed: int) -> Row:
    cells = {"widths": " ".join(map(str, widths))}
    if power is not None:
        cells["degree"] = str(power)
    if biases:
        cells["biases"] = "true"
    return row_of(cells, biases, seed)


def span(name: str, word: str) -> range:
    """Read an integer, or a range that includes both ends.

    Examples
    --------
    >>> list(span("widths", "3..6"))
    [3, 4, 5, 6]
    """
    from algebra import InputError

    allowed = "an integer of at least 1, or a range like 3..6"
    first, dots, last = word.partition("..")
    low = integer(name, first, allowed)
    high = integer(name, last, allowed) if dots else low
    if not 1 <= low <= high:
        raise InputError(name, word, allowed)
    return range(low, high + 1)


def input_columns(rows: Sequence[Row]) -> list[str]:
    """Return the names of the input's columns."""
    return list(rows[0].cells) if rows else ["widths"]


def result_names(inputs: Sequence[str], fields: Sequence[str]) -> dict[str, str]:
    """Return the columns' names of a result's fields: an input column of the same name keeps it.

    Then the field is called ``…_found``; the seed, which the input gave, is not repeated.

    Examples
    --------
    >>> result_names(["widths", "lower"], ["lower", "upper"])
    {'lower': 'lower_found', 'upper': 'upper'}
    """
    names = {}
    for name in fields:
        if name in DESCRIBING and name in inputs:
            continue
        names[name] = _free(name, inputs)
    return names


def _free(name: str, taken: Sequence[str]) -> str:
    while name in taken:
        name += "_found"
    return name


def finished_rows(path: Path, inputs: Sequence[str], fields: Mapping[str, str]) -> Iterator[tuple[Row, dict[str, Any]]]:
    """Yield the finished rows of an earlier output, each with its result.

    Raises
    ------
    InputError
        If the file is not such an output.
    """
    from algebra import InputError

    header, lines = read_csv(path)
    names = result_names(inputs, list(fields))
    missing = [name for name in [*inputs, *names.values()] if name not in header]
    if missing:
        allowed = f"left out: {path} has no column {missing[0]}, so it is no earlier output for this input"
        raise InputError("--resume", True, allowed)
    for cells in lines:
        if cells[names["lower"]]:
            result = {field: _value(cells[name], fields[field]) for field, name in names.items()}
            seed = result["seed"] if "seed" in names else 0
            yield row_of({name: cells[name] for name in inputs}, seed=seed), result


def _value(cell: str, kind: str) -> Any:
    if kind == "text":
        return cell
    if not cell:
        return None
    if kind == "boolean":
        return cell == "True"
    return int(cell) if kind == "integer" else float(cell)
