"""Dimensions of many polynomial networks: all in ranges of widths and degrees, or those of a CSV file."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from algebra.errors import InputError
from proofs_check.families._csv import Cells, kind_of, read_csv, result_names, value_of
from proofs_check.family import Column, Family, Instance, Row, Rows, Told, graded
from proofs_check.option import BIASES, ERROR, SEED, Option
from proofs_check.results import DIMENSION_FIELDS, dimension_result, known
from proofs_check.words import integer, integers, path, span

if TYPE_CHECKING:
    from algebra import PolynomialNetwork

DESCRIBING = ("widths", "degree", "degrees", "biases", "seed")  # input columns that describe the network
MOST_ROWS = 10_000_000
SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
SHOWN_COLUMNS = 20  # in a message
TRUTH = {"": False, "0": False, "false": False, "no": False, "1": True, "true": True, "yes": True}


# ---- which networks


def instances(
    ranges: Sequence[range] = (),
    source: Path | None = None,
    degree: str | None = None,
    biases: bool = False,
    log2_error: float | None = None,
    seed: int = 0,
) -> list[Instance]:
    """Every network in ranges, in lexicographic order, or those of a file, row by row.

    Parameters
    ----------
    ranges : sequence of range
        Widths from input to output.
    source : Path, optional
        A CSV file with a column ``widths`` (separated by spaces); also ``degree`` or ``degrees``, ``biases``, ``seed``.
    degree : str, optional
        An integer or a range; with a file, for what it has no column of.
    biases, log2_error, seed
        As in `PolynomialNetwork.dimension`; biases and seed for what the file has no column of.

    Raises
    ------
    InputError
        Naming the row and the column, or the range.

    Examples
    --------
    >>> [i["label"] for i in instances([range(2, 3), range(3, 5), range(1, 2)], degree="2")]
    ['pnn:2-3-1:r2', 'pnn:2-4-1:r2']
    """
    if bool(ranges) == (source is not None):
        raise InputError("RANGES", list(ranges) or None, "given, or else --from FILE.csv, but not both")
    if source is not None:
        return _of_file(source, degree, biases, seed, log2_error)
    powers: Sequence[int | None] = [None] if degree is None else span("degree", degree)
    count = math.prod(map(len, ranges)) * len(powers)
    if count > MOST_ROWS:
        raise InputError("widths", f"{count} architectures", f"ranges with at most {MOST_ROWS} architectures")
    chosen = itertools.product(itertools.product(*ranges), powers)
    return [instance_of(widths, power, biases, seed, log2_error) for widths, power in chosen]


def _of_file(source: Path, degree: str | None, biases: bool, seed: int, log2_error: float | None) -> list[Instance]:
    header, lines = read_csv(source)
    if "widths" not in header:
        raise InputError("--from", str(source), f"a CSV file with a column widths{_what_is_there(header)}")
    for option, given, columns in (("--degree", degree, ("degree", "degrees")), ("--biases", biases, ("biases",))):
        if given and any(column in header for column in columns):
            raise InputError(option, given, "left out where the file has a column for it")
    found = []
    for number, cells in enumerate(lines, start=1):
        kept = cells if degree is None else {**cells, "degree": degree}
        try:
            found.append({**of_cells(kept, biases, seed, log2_error), "cells": kept})
        except InputError as error:
            raise InputError(f"row {number}, column {error.argument}", error.value, error.allowed) from None
    return found


def _what_is_there(header: Sequence[str]) -> str:
    """Say which columns a file has instead, and what separates them if that is no comma."""
    separator = next((name for sign, name in SEPARATORS.items() if len(header) == 1 and sign in header[0]), None)
    if separator is not None:
        return f": its columns are separated by {separator}, not by commas"
    return f": its columns are {', '.join(header[:SHOWN_COLUMNS])}{' …' if len(header) > SHOWN_COLUMNS else ''}"


def of_cells(cells: Cells, biases: bool = False, seed: int = 0, log2_error: float | None = None) -> Instance:
    """Read one row of a file, and check that it describes a network.

    Examples
    --------
    >>> of_cells({"widths": "2 3 1", "degree": "2"})["label"]
    'pnn:2-3-1:r2'
    """
    degree, degrees = cells.get("degree", "").strip(), cells.get("degrees", "").strip()
    if degree and degrees:
        raise InputError("degrees", degrees, "empty where degree is given")
    powers = integers("degree" if degree else "degrees", degree or degrees)
    truth = cells.get("biases", "").strip().lower()
    if truth not in TRUTH:
        raise InputError("biases", cells["biases"], "true or false")
    own_seed = cells.get("seed", "").strip()
    return instance_of(
        integers("widths", cells["widths"]),
        powers[0] if degree and len(powers) == 1 else powers or None,
        TRUTH[truth] if "biases" in cells else biases,
        integer("seed", own_seed) if own_seed else seed,
        log2_error,
    )


def instance_of(
    widths: Sequence[int], degree: int | list[int] | None, biases: bool, seed: int, log2_error: float | None = None
) -> Instance:
    """Describe a network in plain values, and check that it is one."""
    given = {"widths": list(widths), "degree": degree, "biases": biases}
    return {"label": network_of(given).label, **given, "seed": seed, "log2_error": log2_error}


def network_of(instance: Mapping[str, Any]) -> PolynomialNetwork:
    """Build the network that an instance describes."""
    from algebra import PolynomialNetwork

    degree = instance["degree"]
    power = {"degrees": degree} if isinstance(degree, list) else {"degree": degree}
    return PolynomialNetwork(instance["widths"], **power, biases=instance["biases"])


# ---- the answer


def evaluate(instance: Instance) -> Row:
    """Bound one dimension.

    Examples
    --------
    >>> evaluate({"widths": [2, 3, 2, 1], "degree": 2, "biases": False, "seed": 0, "log2_error": None})["lower"]
    5
    """
    network = network_of(instance)
    start = time.perf_counter()
    bounds = network.dimension(seed=instance["seed"], log2_error=instance["log2_error"])
    return dimension_result(network, bounds, time.perf_counter() - start)


def key(instance: Instance) -> str:
    """Return the permanent key of a dimension: label, seed, and the bound of the error if one was asked for."""
    error = "" if instance["log2_error"] is None else f":log2_error={instance['log2_error']:g}"
    return f"dimension:{instance['label']}:seed={instance['seed']}{error}"


def cost(instance: Instance) -> float:
    """Estimate the seconds from the expected dimension: evaluation, combinations, elimination."""
    size = float(min(network_of(instance).expected_dimension, 1_000_000))
    return 0.002 + 1e-4 * size + 1e-7 * size**2 + 3e-11 * size**3


# ---- the table


def joined(instance: Instance, row: Row) -> Row:
    """Put the cells of the input's row beside its answer."""
    cells = instance.get("cells")
    if cells is None:
        degree = instance["degree"]
        cells = {"widths": " ".join(map(str, instance["widths"]))}
        cells |= {} if degree is None else {"degree": str(degree)}
        cells |= {"biases": "true"} if instance["biases"] else {}
    return {**row, "cells": cells, "widths": instance["widths"]}


def failed(instance: Instance, message: str) -> Row:
    """Return the row of a network whose dimension could not be bounded: its place in the table is kept."""
    from proofs_check.results import architecture_fields

    return {**architecture_fields(network_of(instance)), "grade": "failed", "error": message}


def json_row(row: Row) -> Row:
    """Return what JSON holds: the input's cells and the answer, which has the last word where names clash."""
    architecture = {name: row[name] for name in ("widths", "degree", "biases") if name in row}
    if "error" in row:
        return {**row["cells"], **architecture, "error": row["error"]}
    return {**row["cells"], **architecture, **{name: row[name] for name in DIMENSION_FIELDS}}


def columns(rows: Rows) -> tuple[Column, ...]:
    """Return the input's columns, untouched, and those of the answers."""
    from proofs_check.questions.dimension import QUESTION

    says = {field.name: field.says for field in QUESTION.columns}
    inputs = list(rows[0]["cells"])
    names = result_names(inputs, DIMENSION_FIELDS, DESCRIBING)
    shown = {"naive_dimension": "naive", "ambient_dimension": "ambient", "defect": "defect", "filling": "filling"}
    headings = [name for name in inputs if name != "seed"]
    return (
        *(_input(name, [row["cells"][name] for row in rows]) for name in inputs),
        *(Column(names[name], DIMENSION_FIELDS[name], value=_field(name), says=says[name]) for name in names),
        Column("", "", _unused("dimension", headings), lambda row: known(row) if "lower" in row else "failed"),
        *(Column("", "", _unused(heading, headings), _field(name)) for name, heading in shown.items()),
    )


def _input(name: str, cells: list[str]) -> Column:
    kind = kind_of(cells)
    shown = (lambda row: tuple(row["widths"])) if name == "widths" else None
    heading = "" if name == "seed" else name
    says = "as it was given"
    return Column(name, kind, heading, shown, lambda row: value_of(row["cells"][name], kind), says=says)


def _field(name: str) -> Any:
    return lambda row: row.get(name)


def _unused(name: str, taken: list[str]) -> str:
    return f"{name} (computed)" if name in taken else name


def earlier(path: Path, asked: Sequence[Instance]) -> dict[str, Row]:
    """Return the answers that an earlier output holds, by key; only those that are as good as is asked.

    Raises
    ------
    InputError
        If the file is no output for this input.
    """
    header, lines = read_csv(path, is_ours=True)
    inputs = list(joined(asked[0], {})["cells"])
    names = result_names(inputs, DIMENSION_FIELDS, DESCRIBING)
    missing = [name for name in [*inputs, *names.values()] if name not in header]
    if missing:
        allowed = f"left out: {path} has no column {missing[0]}, so it is no earlier output for this input"
        raise InputError("--resume", True, allowed)
    log2_error = asked[0]["log2_error"]
    found = {}
    for cells in lines:
        if cells[names["lower"]]:
            row = {field: value_of(cells[name], DIMENSION_FIELDS[field]) for field, name in names.items()}
            given = {name: cells[name] for name in inputs}
            instance = of_cells(given, seed=row.get("seed") or 0, log2_error=log2_error)
            if is_good_enough(row, log2_error):
                found[key(instance)] = {**row, "seed": instance["seed"]}
    return found


def is_good_enough(row: Row, log2_error: float | None) -> bool:
    """Whether an answer is proved, or its error as small as is asked."""
    return log2_error is None or row["grade"] == "proved" or (row["log2_error"] or 0.0) <= log2_error


def said(summary: Mapping[str, Any], rows: Rows, asked: int) -> str:
    """Return what a sweep tells people."""
    defective = sum(row["reaches_expected"] is False for row in rows)
    counts = graded(rows).partition(": ")[2]
    return f"{len(rows)} of {asked} dimensions: {counts}; {defective} below the expected one"


def notes(rows: Rows, told: Told) -> list[str]:
    """Say how many rows there are of each grade."""
    return [graded(rows)] if rows else ["0 rows"]


FAMILY = Family(
    name="dimensions",
    says="Dimensions of many polynomial networks.",
    about="FILE.csv has a column widths, separated by spaces (2 3 1). Optional are degree, an integer; or degrees, "
    "one for each hidden layer, separated by spaces; biases, true or false; seed. Where there is no such column, the "
    "option holds for all rows. All columns of FILE.csv stay as they are, row for row. Those of the results follow; "
    "where FILE.csv has a column of the same name, the result's is called …_found.",
    instances=instances,
    evaluate=evaluate,
    key=key,
    cost=cost,
    columns=columns,
    title="Dimensions of polynomial networks",
    notes=notes,
    options=(
        Option(
            "ranges",
            "Widths from input to output, each a number or a range like 3..6.",
            span,
            (),
            "[RANGES]…",
            called="widths",
            is_argument=True,
            is_list=True,
        ),
        Option(
            "source",
            "Take the architectures from the columns widths (separated by spaces), degree or degrees, biases, seed.",
            path,
            metavar="FILE.csv",
            spelled=("--from",),
        ),
        Option("degree", "Activation degree, or a range of them.", metavar="R|R..R"),
        BIASES,
        ERROR,
        SEED,
    ),
    example={"ranges": [range(2, 3), range(3, 5), range(1, 2)], "degree": "2"},
    usage=(
        "rankcert table dimensions 2 3..6 2..4 1 --degree 2",
        "rankcert table dimensions --from architectures.csv --output dimensions.csv --resume",
    ),
    may_be_empty=True,
    joined=joined,
    failed=failed,
    earlier=earlier,
    result=json_row,
    text=said,
)
