"""`rankcert table memorization`: parameters against the number of points, beside what the theorems promise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from proofs_check.cli.options import Json, Seed, TableFile
from proofs_check.cli.table_output import check_output, deliver

if TYPE_CHECKING:
    import pandas as pd

    from algebra.memorization import DataSet
    from proofs_check.show.tables import Table

COUNTS = (4, 16, 64, 256, 1024)
FARTHEST = 1 << 24  # crossovers are looked for up to here
FIELDS = {
    "points": "integer",
    "dimension": "integer",
    "classes": "integer",
    "construction": "text",
    "parameters": "integer",
    "bound": "integer",
    "bound_by": "text",
    "hidden_layers": "integer",
    "width": "integer",
    "weight_bits": "integer",
    "total_bits": "integer",
    "lower_bound_total_bits": "integer",
    "exact": "boolean",
    "seed": "integer",
}


def memorization(
    counts: Annotated[
        list[str] | None,
        typer.Argument(metavar="N…", show_default=False, help="Numbers of points; default: 4 16 64 256 1024."),
    ] = None,
    dimension: Annotated[int, typer.Option("--dimension", metavar="D", help="Coordinates of a point.")] = 2,
    classes: Annotated[int, typer.Option("--classes", metavar="C", help="Number of classes.")] = 2,
    seed: Seed = 0,
    output: TableFile = None,
    as_json: Json = False,
) -> None:
    """Parameters of networks that memorise random data, for each construction, beside its bound.

    Points are random integers, labels random; every network is built, and checked exactly at every point. Notes say
    from which number of points on a construction has fewer parameters than points.

    Examples
    --------
      rankcert table memorization

      rankcert table memorization 100 1000 --dimension 3 --classes 10 --output memorization.tex
    """
    from proofs_check.cli.networks import integers

    sizes = integers("N", counts) if counts else list(COUNTS)
    _check_sizes(sizes, dimension, classes)
    check_output(output)
    results = [result for count in sizes for result in _rows(count, dimension, classes, seed)]
    deliver("table memorization", memorization_table(results, sizes), results, output, as_json)
    raise typer.Exit(0 if all(result["exact"] for result in results) else 1)


def _check_sizes(sizes: Sequence[int], dimension: int, classes: int) -> None:
    from algebra.errors import as_integer

    as_integer("--dimension", dimension, least=1)
    as_integer("--classes", classes, least=1)
    for count in sizes:
        as_integer("N", count, least=4, allowed="an integer of at least 4")


def random_data(count: int, dimension: int, classes: int, seed: int) -> DataSet:
    """Return random distinct integer points with random labels.

    Examples
    --------
    >>> len(random_data(10, 2, 3, 0))
    10
    """
    from random import Random

    from algebra.memorization import data_set

    random, side = Random(f"{count} {dimension} {classes} {seed}"), 10 * count
    points: dict[tuple[int, ...], int] = {}
    while len(points) < count:
        points[tuple(random.randrange(side) for _ in range(dimension))] = random.randrange(classes)
    return data_set(list(points), list(points.values()), classes)


def _rows(count: int, dimension: int, classes: int, seed: int) -> list[dict[str, Any]]:
    import time

    from algebra.memorization import CONSTRUCTIONS, memorize
    from proofs_check.questions.memorize_build import memorized_fields, memorized_label

    data, found = random_data(count, dimension, classes, seed), []
    for name in CONSTRUCTIONS:
        clock = time.perf_counter()
        built = memorize(data.points, data.labels, name, classes=classes, seed=seed)
        seconds = round(time.perf_counter() - clock, 6)
        fields = {"label": memorized_label(built), **memorized_fields(built)}
        found.append({**fields, "seed": built.seed, "seconds": seconds})
    return found


def memorization_table(results: Sequence[dict[str, Any]], sizes: Sequence[int]) -> Table:
    """Return the table: one row a network in the data, one row a number of points for people."""
    from algebra import __version__
    from proofs_check.show.tables import Table, frame_of

    first = results[0]
    title = f"Memorising N points with {first['classes']} classes in dimension {first['dimension']}: parameters (bound)"
    notes = [
        *_below(results),
        *_crossovers(first["dimension"], first["classes"]),
        "Known to be needed: Omega(sqrt(N)) parameters for some labels, up to a constant factor (VC dimension).",
        f"every network evaluated exactly at every point (rankcert {__version__}, seed {first['seed']})",
    ]
    return Table(frame_of(results, FIELDS), title, notes, _display(results, sizes))


def _display(results: Sequence[dict[str, Any]], sizes: Sequence[int]) -> pd.DataFrame:
    from proofs_check.show.tables import display_frame

    names = list(dict.fromkeys(result["construction"] for result in results))
    columns: dict[str, list[Any]] = {"N": list(sizes)}
    at = {(result["points"], result["construction"]): result for result in results}
    for name in names:
        chosen = [at[count, name] for count in sizes]
        columns[name] = [f"{result['parameters']} ({result['bound']})" for result in chosen]
        if name in ("width3", "wide", "sqrt"):
            columns[f"{name}: bits"] = [result["total_bits"] for result in chosen]
    columns["bits needed"] = [at[count, names[0]]["lower_bound_total_bits"] for count in sizes]
    return display_frame(columns)


def _below(results: Sequence[dict[str, Any]]) -> list[str]:
    """Say where in the table a network has fewer parameters than points."""
    below = [f"{r['construction']} at N = {r['points']}" for r in results if r["parameters"] < r["points"]]
    return [f"fewer parameters than points: {', '.join(below) if below else 'nowhere in this table'}"]


def _crossovers(dimension: int, classes: int) -> list[str]:
    """Say from which N on the bounds themselves are below N, at equally spread points (Delta = N - 1)."""
    found = [f"{name} {_crossover(name, dimension, classes)}" for name in ("width3", "sqrt")]
    return [f"bounds (Delta = N - 1) below N from about: {', '.join(found)}"]


def _crossover(name: str, dimension: int, classes: int) -> str:
    from fractions import Fraction

    from algebra.memorization import CONSTRUCTIONS, Sizes, crossover

    guarantee = CONSTRUCTIONS[name].guarantee

    def parameters(count: int) -> int:
        return guarantee(Sizes(count, dimension, Fraction((count - 1) ** 2), classes)).parameters

    at = crossover(parameters, most=FARTHEST)
    return f"beyond {FARTHEST}" if at is None else f"{at:.2g}"
