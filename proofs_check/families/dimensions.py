"""Dimensions of many polynomial networks: all in ranges of widths and degrees, or those of a CSV file."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from algebra.errors import InputError
from proofs_check.engine.sweep import Together
from proofs_check.families._architectures import Roles, claimed, described, roles_of
from proofs_check.families._csv import Cells, kind_of, read_csv, result_names, value_of
from proofs_check.families._together import asked_together
from proofs_check.family import Column, Family, Instance, Row, Rows, Told, graded
from proofs_check.option import BIASES, ERROR, SEED, Option, words_option
from proofs_check.printed.comparison import DIFFERENT, MARKS, SAME, UNDECIDED, same
from proofs_check.results import DIMENSION_FIELDS, dimension_result, known
from proofs_check.show.cells import chosen_columns
from proofs_check.words import FORMS, integer, path, span, spelled

if TYPE_CHECKING:
    from algebra import PolynomialNetwork

DESCRIBING = ("widths", "degree", "degrees", "biases", "seed")  # input columns that describe the network
MOST_ROWS = 10_000_000


# ---- which networks


def instances(
    ranges: Sequence[range] = (),
    source: Path | None = None,
    degree: str | None = None,
    biases: bool = False,
    log2_error: float | None = None,
    seed: int = 0,
    widths_column: str | None = None,
    degree_column: str | None = None,
    biases_column: str | None = None,
    compare: str | None = None,
) -> list[Instance]:
    """Every network in ranges, in lexicographic order, or those of a file, row by row.

    Parameters
    ----------
    ranges : sequence of range
        Widths from input to output.
    source : Path, optional
        A CSV file with a column ``widths``, or one a layer: ``d_0``, ``d_1``, and so on; also ``degree`` or
        ``degrees``, ``biases``, ``seed``.
    degree : str, optional
        An integer or a range; with a file, for what it has no column of.
    biases, log2_error, seed
        As in `PolynomialNetwork.dimension`; biases and seed for what the file has no column of.
    widths_column, degree_column, biases_column : str, optional
        Names of the file's columns, where they are not the usual ones.
    compare : str, optional
        A column of the file with claimed dimensions.

    Returns
    -------
    list of dict

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
        raise InputError(
            "RANGES", " ".join(map(spelled, ranges)) or None, "given, or else --from FILE.csv, but not both"
        )
    named = {"widths": widths_column, "degree": degree_column, "biases": biases_column}
    if source is not None:
        return _of_file(source, degree, biases, seed, log2_error, named, compare)
    for option, told in (*((f"--{role}-column", name) for role, name in named.items()), ("--compare", compare)):
        if told is not None:
            raise InputError(option, told, "left out without --from FILE.csv")
    powers: Sequence[int | None] = [None] if degree is None else span("degree", degree)
    count = math.prod(map(len, ranges)) * len(powers)
    if count > MOST_ROWS:
        raise InputError("widths", f"{count} architectures", f"ranges with at most {MOST_ROWS} architectures")
    chosen = itertools.product(itertools.product(*ranges), powers)
    return [instance_of(widths, power, biases, seed, log2_error) for widths, power in chosen]


def _of_file(
    source: Path,
    degree: str | None,
    biases: bool,
    seed: int,
    log2_error: float | None,
    named: Mapping[str, str | None],
    compare: str | None,
) -> list[Instance]:
    header, lines = read_csv(source)
    roles = roles_of(header, str(source), **named)
    _check_told_once("--degree", degree, roles.degree or roles.degrees)
    _check_told_once("--biases", biases, roles.biases)
    claims = None if compare is None else chosen_columns("--compare", [compare], header)[0]
    if degree is not None:
        roles = replace(roles, degree="degree", degrees=None)

    found = []
    for number, cells in enumerate(lines, start=1):
        kept = cells if degree is None else {**cells, "degree": degree}
        try:
            instance = of_cells(kept, roles, biases, seed, log2_error)
            claim = {} if claims is None else {"compared": claims, "claimed": claimed(cells[claims], claims)}
        except InputError as error:
            raise error.renamed(f"row {number}, column {roles.name(error.argument)}") from None
        found.append({**instance, **claim, "cells": kept, "widths_columns": list(roles.widths)})
    return found


def _check_told_once(option: str, given: Any, column: str | None) -> None:
    if given and column is not None:
        raise InputError(option, given, f"left out where the file has a column for it: {column}")


def of_cells(
    cells: Cells, roles: Roles, biases: bool = False, seed: int = 0, log2_error: float | None = None
) -> Instance:
    """Read one row of a file, and check that it describes a network.

    Examples
    --------
    >>> of_cells({"widths": "2-3-1", "degree": "2"}, roles_of(["widths", "degree"], "a.csv"))["label"]
    'pnn:2-3-1:r2'
    """
    said = described(cells, roles)
    return instance_of(
        said.widths,
        said.degree,
        biases if said.biases is None else said.biases,
        seed if said.seed is None else said.seed,
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
    degree = instance["degree"]
    return _network(
        tuple(instance["widths"]), tuple(degree) if isinstance(degree, list) else degree, instance["biases"]
    )


@lru_cache(maxsize=1 << 13, typed=True)
def _network(widths: tuple[int, ...], degree: int | tuple[int, ...] | None, biases: bool) -> PolynomialNetwork:
    """Build a network once for its label, its cost and its dimension."""
    from algebra import PolynomialNetwork

    power = {"degrees": degree} if isinstance(degree, tuple) else {"degree": degree}
    return PolynomialNetwork(widths, **power, biases=biases)


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


def evaluate_together(instances: Sequence[Instance]) -> list[Row | None]:
    """Bound many dimensions at once; None for those that are not proved so.

    Examples
    --------
    >>> small = [instance_of([2, width, 1], 3, False, 0) for width in range(1, 9)]
    >>> [row and row["lower"] for row in evaluate_together(small)]
    [2, 4, 4, 4, 4, 4, 4, 4]
    """
    from algebra.polynomial.batch import proved_dimensions

    networks = list(map(network_of, instances))
    start = time.perf_counter()
    told = [(instance["seed"], instance["log2_error"]) for instance in instances]
    found = asked_together(networks, told, proved_dimensions)
    seconds = (time.perf_counter() - start) / len(instances)
    return [
        None if bounds is None else dimension_result(network, bounds, seconds)
        for network, bounds in zip(networks, found, strict=True)
    ]


def gains(instance: Instance) -> bool:
    """Whether the dimension of an instance is found sooner together with others."""
    from algebra.polynomial.batch import gains as network_gains

    return network_gains(network_of(instance))


TOGETHER = Together(evaluate_together, gains)


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
    compared: Row = {name: instance[name] for name in ("compared", "claimed") if name in instance}
    if compared and "lower" in row:
        compared["agrees"] = _agrees(row, instance["claimed"])
    columns = instance.get("widths_columns", ["widths"])
    return {**row, **compared, "cells": cells, "widths": instance["widths"], "widths_columns": columns}


def _agrees(row: Row, claim: int | None) -> bool | None:
    """Whether a claimed dimension is ours; None where it is not claimed, or ours not known well enough."""
    return None if claim is None else same(known(row), claim)


def _mark(row: Row) -> str:
    return "" if row["claimed"] is None else MARKS[row.get("agrees")]


def failed(instance: Instance, message: str) -> Row:
    """Return the row of a network whose dimension could not be bounded: its place in the table is kept."""
    from proofs_check.results import architecture_fields

    return {**architecture_fields(network_of(instance)), "grade": "failed", "error": message}


def json_row(row: Row) -> Row:
    """Return what JSON holds: the input's cells and the answer, which has the last word where names clash."""
    architecture = {name: row[name] for name in ("widths", "degree", "biases") if name in row}
    if "error" in row:
        return {**row["cells"], **architecture, "error": row["error"]}
    compared = {name: row[name] for name in ("compared", "claimed", "agrees") if name in row}
    return {**row["cells"], **architecture, **{name: row[name] for name in DIMENSION_FIELDS}, **compared}


def columns(rows: Rows) -> tuple[Column, ...]:
    """Return the input's columns, untouched, and those of the answers."""
    from proofs_check.questions.dimension import QUESTION

    says = {field.name: field.says for field in QUESTION.columns}
    inputs = list(rows[0]["cells"])
    names = result_names(inputs, DIMENSION_FIELDS, DESCRIBING)
    shown = {"naive_dimension": "naive", "ambient_dimension": "ambient", "defect": "defect", "filling": "filling"}
    headings = [name for name in inputs if name != "seed"]
    return (
        *(_input(name, [row["cells"][name] for row in rows], rows[0]["widths_columns"]) for name in inputs),
        *(Column(names[name], DIMENSION_FIELDS[name], value=_field(name), says=says[name]) for name in names),
        Column("", "", _unused("dimension", headings), lambda row: known(row) if "lower" in row else "failed"),
        *_comparison(rows[0], headings, inputs),
        *(Column("", "", _unused(heading, headings), _field(name)) for name, heading in shown.items()),
    )


def _comparison(row: Row, headings: list[str], inputs: list[str]) -> tuple[Column, ...]:
    """Return the column that says whether a claimed dimension is ours."""
    if "compared" not in row:
        return ()
    (name,) = result_names(inputs, {"agrees": "boolean"}, ()).values()
    return (Column(name, "boolean", _unused("mark", headings), _mark, _field("agrees")),)


def _input(name: str, cells: list[str], widths: list[str]) -> Column:
    kind = kind_of(cells)
    shown = (lambda row: tuple(row["widths"])) if widths == [name] else None
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
            seed = row.get("seed", cells.get("seed"))  # the input's own column, where it has one
            instance = {"label": row["label"], "seed": integer("seed", str(seed or 0)), "log2_error": log2_error}
            if is_good_enough(row, log2_error):
                found[key(instance)] = {**row, "seed": instance["seed"]}
    return found


def is_good_enough(row: Row, log2_error: float | None) -> bool:
    """Whether an answer is proved, or its error as small as is asked."""
    return log2_error is None or row["grade"] == "proved" or (row["log2_error"] or 0.0) <= log2_error


def said(summary: None, rows: Rows, asked: int) -> str:
    """Return what a sweep tells people."""
    defective = sum(row["reaches_expected"] is False for row in rows)
    counts = graded(rows).partition(": ")[2]
    return f"{len(rows)} of {asked} dimensions: {counts}; {defective} below the expected one"


def notes(rows: Rows, told: Told) -> list[str]:
    """Say how many rows there are of each grade, and how many claimed dimensions are ours."""
    return [graded(rows), *_counted(rows)] if rows else ["0 rows"]


def _counted(rows: Rows) -> list[str]:
    if "compared" not in rows[0]:
        return []
    marks = [_mark(row) for row in rows]
    counts = {"agree": SAME, "differ": DIFFERENT, "are not decided": UNDECIDED, "claim nothing": ""}
    said = ", ".join(f"{count} {what}" for what, mark in counts.items() if (count := marks.count(mark)))
    return [f"{rows[0]['compared']} beside dimension ({SAME} or {DIFFERENT}): {said}"]


def complaint(row: Row) -> str:
    """Say of a claimed dimension that it is not ours."""
    return f"differs: {row['label']}: {row['compared']} is {row['claimed']}, dimension {known(row)}"


WIDTHS_COLUMN = Option(
    "widths_column", "Column of FILE.csv that holds the widths; or several, one a layer.", metavar="NAME|NAME,NAME…"
)
DEGREE_COLUMN = Option("degree_column", "Column of FILE.csv that holds the degree, or one a layer.", metavar="NAME")
BIASES_COLUMN = Option("biases_column", "Column of FILE.csv that says whether layers have biases.", metavar="NAME")
COMPARE = Option(
    "compare", "Column of FILE.csv with claimed dimensions: what differs is marked and counted.", metavar="COLUMN"
)
FAMILY = Family(
    name="dimensions",
    says="Dimensions of many polynomial networks.",
    about="FILE.csv has columns separated by commas, semicolons or tabs. One is called widths and holds lists of "
    f"integers, {FORMS}; or each layer has its own column: d_0, d_1, and so on, the last ones empty where a network "
    "has fewer. Optional are degree, an integer; or degrees, one for each hidden layer, in the same forms; biases, "
    "true or false; seed. Other names are told by --widths-column, --degree-column and --biases-column; small and "
    "capital letters are alike. Where there is no such column, the option holds for all rows.\n\n"
    "All columns of FILE.csv stay as they are, row for row. Those of the results follow; where FILE.csv has a column "
    "of the same name, the result's is called …_found. With --compare each row is marked = where the claimed dimension "
    "is ours, ≠ where it differs (exit status 1), ? where ours is not decided.",
    instances=instances,
    evaluate=evaluate,
    key=key,
    cost=cost,
    together=TOGETHER,
    columns=columns,
    title="Dimensions of polynomial networks",
    notes=notes,
    options=(
        words_option(
            "ranges",
            "Widths from input to output, each a number or a range like 3..6.",
            span,
            (),
            "[RANGES]…",
            called="widths",
        ),
        Option(
            "source",
            "Take the architectures from the columns widths (2 3 1, 2-3-1, …), degree or degrees, biases, seed.",
            path,
            metavar="FILE.csv",
            spelled=("--from",),
        ),
        WIDTHS_COLUMN,
        DEGREE_COLUMN,
        BIASES_COLUMN,
        COMPARE,
        Option("degree", "Activation degree, or a range of them.", metavar="R|R..R"),
        BIASES,
        ERROR,
        SEED,
    ),
    example={"ranges": [range(2, 3), range(3, 5), range(1, 2)], "degree": "2"},
    usage=(
        "rankcert table dimensions 2 3..6 2..4 1 --degree 2",
        "rankcert table dimensions --from architectures.csv --output dimensions.csv --resume",
        "rankcert table dimensions --from theirs.csv --widths-column architecture --degree-column r --compare dim",
    ),
    may_be_empty=True,
    joined=joined,
    failed=failed,
    earlier=earlier,
    is_good=lambda row: row.get("agrees") is not False,
    complaint=complaint,
    result=json_row,
    text=said,
)
