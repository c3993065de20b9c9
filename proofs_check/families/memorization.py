"""Parameters of networks that memorise random data, against the number of points, beside what the theorems promise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from algebra.errors import InputError, as_integer
from proofs_check.family import Column, Family, Instance, Row, Rows, Told
from proofs_check.option import SEED, Option, words_option
from proofs_check.words import integer

COUNTS = (4, 16, 64, 256, 1024)
MOST_NUMBERS = 10_000_000  # all coordinates of random data
FARTHEST = 1 << 24  # crossovers are looked for up to here: those of width3 and sqrt lie near 10^6 and 10^5
WITH_BITS = ("width3", "wide", "sqrt")  # constructions whose papers speak of bits: people see those too


def instances(counts: Sequence[int] = COUNTS, dimension: int = 2, classes: int = 2, seed: int = 0) -> list[Instance]:
    """Every construction on random data of these numbers of points.

    Raises
    ------
    InputError
        If there are too many points.
    """
    from algebra.memorization.constructions import CONSTRUCTIONS, check_count

    as_integer("--dimension", dimension, least=1)
    as_integer("--classes", classes, least=1)
    as_integer("seed", seed, least=0)
    for count in counts:
        if as_integer("N", count, least=4) * dimension > MOST_NUMBERS:
            raise InputError("N", count, f"so few that all points have at most {MOST_NUMBERS:,} coordinates")
        check_count("N", count)

    sizes = {"dimension": dimension, "classes": classes, "seed": seed}
    return [{"points": count, "construction": name, **sizes} for count in counts for name in CONSTRUCTIONS]


def evaluate(instance: Instance) -> Row:
    """Build one network that memorises random points with random labels, and check it exactly at every point.

    Parameters
    ----------
    instance : dict
        One of `instances`.

    Returns
    -------
    dict
        As `rankcert memorize build` gives it: ``parameters`` and ``bound``, ``total_bits`` and
        ``lower_bound_total_bits``, and whether the network is ``exact``.

    Examples
    --------
    >>> row = evaluate({"points": 16, "construction": "hard-tanh", "dimension": 2, "classes": 2, "seed": 0})
    >>> row["parameters"], row["bound"], row["exact"]
    (37, 37, True)
    """
    import time

    from algebra.memorization import memorize, random_data
    from proofs_check.questions.memorize_build import memorized_fields, memorized_label

    classes, seed = instance["classes"], instance["seed"]
    data = random_data(instance["points"], instance["dimension"], classes, seed)
    start = time.perf_counter()
    built = memorize(data.points, data.labels, instance["construction"], classes=classes, seed=seed)
    seconds = round(time.perf_counter() - start, 6)
    return {"label": memorized_label(built), **memorized_fields(built), "seed": built.seed, "seconds": seconds}


def key(instance: Instance) -> str:
    """Return the permanent key of a construction and its data.

    Examples
    --------
    >>> key(instances([16])[0])
    'memorization:width3:n16:d2:c2:seed=0'
    """
    sizes = f"n{instance['points']}:d{instance['dimension']}:c{instance['classes']}"
    return f"memorization:{instance['construction']}:{sizes}:seed={instance['seed']}"


def display(rows: Rows) -> Mapping[str, Sequence[Any]]:
    """Return what people read: one row a number of points, parameters and bound of each construction side by side."""
    counts = list(dict.fromkeys(row["points"] for row in rows))
    at = {(row["points"], row["construction"]): row for row in rows}

    columns: dict[str, Sequence[Any]] = {"N": counts}
    for name in dict.fromkeys(row["construction"] for row in rows):
        chosen = [at.get((count, name)) for count in counts]  # None: not finished
        columns[name] = [row and f"{row['parameters']} ({row['bound']})" for row in chosen]
        if name in WITH_BITS:
            columns[f"{name}: bits"] = [row and row["total_bits"] for row in chosen]
    needed = {row["points"]: row["lower_bound_total_bits"] for row in rows}
    columns["bits needed"] = [needed[count] for count in counts]
    return columns


def _title(rows: Rows, told: Told) -> str:
    return f"Memorising N points with {told['classes']} classes in dimension {told['dimension']}: parameters (bound)"


def _notes(rows: Rows, told: Told) -> list[str]:
    below = [f"{row['construction']} at N = {row['points']}" for row in rows if row["parameters"] < row["points"]]
    crossovers = [f"{name} {_crossover(name, told['dimension'], told['classes'])}" for name in ("width3", "sqrt")]
    return [
        f"fewer parameters than points: {', '.join(below) if below else 'nowhere in this table'}",
        f"bounds (Delta = N - 1) below N from about: {', '.join(crossovers)}",
        "Known to be needed: Omega(sqrt(N)) parameters for some labels, up to a constant factor (VC dimension).",
        "every network evaluated exactly at every point",
    ]


def _crossover(name: str, dimension: int, classes: int) -> str:
    """Say from which N on a bound is below N, at equally spread points (Delta = N - 1)."""
    from fractions import Fraction

    from algebra.memorization import CONSTRUCTIONS, Sizes, crossover

    guarantee = CONSTRUCTIONS[name].guarantee

    def parameters(count: int) -> int:
        return guarantee(Sizes(count, dimension, Fraction((count - 1) ** 2), classes)).parameters

    at = crossover(parameters, most=FARTHEST)
    return f"beyond {FARTHEST}" if at is None else f"{at:.2g}"


FAMILY = Family(
    name="memorization",
    says="Parameters of networks that memorise random data, for each construction, beside its bound.",
    about="Points are random integers, labels random; every network is built, and checked exactly at every point. "
    "Notes say from which number of points on a construction has fewer parameters than points. Exit status 1: a "
    "network is not exact.",
    instances=instances,
    evaluate=evaluate,
    key=key,
    columns=(
        Column("points", says="number of points"),
        Column("dimension", says="coordinates of a point"),
        Column("classes", says="number of classes"),
        Column("construction", "text", says="how the network was built"),
        Column("parameters", says="number of weights and biases, zeros included"),
        Column("bound", says="parameters that are promised"),
        Column("bound_by", "text", says="who promises them"),
        Column("hidden_layers", says="number of layers but the output's"),
        Column("width", says="width of the widest hidden layer"),
        Column("weight_bits", says="bits of the longest weight"),
        Column("total_bits", says="bits of all weights together"),
        Column("lower_bound_total_bits", says="bits that any family of networks for all labels needs"),
        Column("exact", "boolean", says="whether every output is its label"),
        Column("seed"),
    ),
    title=_title,
    notes=_notes,
    options=(
        words_option("counts", "Numbers of points, from 4 on; default: 4 16 64 256 1024.", integer, COUNTS, "[N]…"),
        Option("dimension", "Coordinates of a point.", integer, 2, "D"),
        Option("classes", "Number of classes.", integer, 2, "C"),
        SEED,
    ),
    cost=lambda instance: float(instance["points"]) ** 1.5,
    example={"counts": [4, 8]},
    usage=(
        "rankcert table memorization",
        "rankcert table memorization 100 1000 --dimension 3 --classes 10 --output memorization.tex",
    ),
    display=display,
    is_good=lambda row: bool(row["exact"]),
)
