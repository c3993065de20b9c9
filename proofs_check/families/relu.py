"""Functional dimensions of ReLU networks at given weights on given data, exactly, beside numpy's rank in floats."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, product
from typing import TYPE_CHECKING, Any

from algebra.errors import InputError, as_integer
from proofs_check.family import BOUND_COLUMNS, Column, Family, Instance, Row, Rows, Told, bounds_cell
from proofs_check.option import Option
from proofs_check.results import bounds_fields
from proofs_check.words import integer, numbers_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algebra.programs.program import Program

DEFAULT = ("2-3-1", "2-5-5-1", "3-6-6-1")
MOST_PARAMETERS, MOST_SAMPLES, MOST_SCALE = 2_000, 10_000, 40
MOST_PLACES = 16
"""Inputs times hidden neurons up to which all regions are searched: tenths of a second each."""


def instances(
    widths: Sequence[str] | None = None,
    samples: Sequence[int] | None = None,
    scale: Sequence[int] | None = None,
    seeds: Sequence[int] | None = None,
) -> list[Instance]:
    """Every combination of widths, numbers of samples, sizes of the data and seeds.

    Parameters
    ----------
    widths : sequence of str
        Like ``"2-5-5-1"``: inputs, hidden neurons of each layer, outputs.
    samples : sequence of int
    scale : sequence of int
        k: hidden neurons are multiplied by 2^k, layer by layer, and the last layer divides by all of that: the same
        function, at other weights.
    seeds : sequence of int
        Of numpy's generator, for weights and data.

    Returns
    -------
    list of dict

    Raises
    ------
    InputError
        For widths that are none, or sizes beyond what a table is for.

    Examples
    --------
    >>> len(instances(["2-3-1", "1-4-1"], [20, 40], [0]))
    4
    """
    widths, samples = widths or DEFAULT, samples or (200,)
    scale, seeds = scale or (0, 24), seeds or (0,)
    for word in widths:
        sizes = layers_of(word)
        count = sum(b * (a + 1) for a, b in pairwise(sizes))
        if count > MOST_PARAMETERS:
            raise InputError("widths", word, f"a network with at most {MOST_PARAMETERS} weights; it has {count}")
    for name, given, least, most in (("samples", samples, 1, MOST_SAMPLES), ("scale", scale, 0, MOST_SCALE)):
        for n in given:
            if as_integer(name, n, least) > most:
                raise InputError(name, n, f"at most {most}")
    seeds = [as_integer("seeds", seed, 0) for seed in seeds]
    chosen = product(widths, samples, scale, seeds)
    return [{"widths": w, "samples": n, "scale": k, "seed": seed} for w, n, k, seed in chosen]


def layers_of(word: str) -> list[int]:
    """Read widths.

    Raises
    ------
    InputError
        If the word is not like 2-5-5-1.

    Examples
    --------
    >>> layers_of("2-5-5-1")
    [2, 5, 5, 1]
    """
    parts = word.split("-")
    if len(parts) < 3 or not all(part.isdecimal() and 0 < int(part) <= MOST_PARAMETERS for part in parts):
        raise InputError("widths", word, "at least three positive numbers with - between them, like 2-5-5-1")
    return [int(part) for part in parts]


def key(instance: Instance) -> str:
    """Name an instance permanently.

    Examples
    --------
    >>> key(instances(["2-3-1"], [20], [0])[0])
    'relu:2-3-1:20:2^0:seed=0'
    """
    return f"relu:{instance['widths']}:{instance['samples']}:2^{instance['scale']}:seed={instance['seed']}"


def network_of(sizes: Sequence[int]) -> Program:
    """Return the program of a network: weights W1, W2, …, biases b1, b2, …, and an input x.

    Examples
    --------
    >>> network_of([2, 3, 1]).count
    13
    """
    from algebra.programs import relu, traced

    depth = len(sizes) - 1
    shapes: dict[str, tuple[int, ...]] = {}
    for k, (a, b) in enumerate(pairwise(sizes), start=1):
        shapes |= {f"W{k}": (b, a), f"b{k}": (b,)}

    def run(x: Any, **w: Any) -> Any:
        for k in range(1, depth + 1):
            x = w[f"W{k}"] @ x + w[f"b{k}"]
            x = relu(x) if k < depth else x
        return x

    return traced(run, shapes, {"x": (sizes[0],)})


def drawn(instance: Instance) -> tuple[dict[str, NDArray[Any]], NDArray[Any]]:
    """Return weights and data: normal numbers of single precision, the rows divided by the root of their length.

    Powers of two change none of the digits: the function is exactly the same for every scale.
    """
    import numpy as np

    sizes = layers_of(instance["widths"])
    generator = np.random.default_rng(instance["seed"])
    weights: dict[str, NDArray[Any]] = {}
    for k, (a, b) in enumerate(pairwise(sizes), start=1):
        weights[f"W{k}"] = (generator.normal(size=(b, a)) / a**0.5).astype(np.float32).astype(float)
        weights[f"b{k}"] = generator.normal(size=b).astype(np.float32).astype(float)
    data = generator.normal(size=(instance["samples"], sizes[0])).astype(np.float32).astype(float)

    depth, factor = len(sizes) - 1, 2.0 ** instance["scale"]
    for k in range(1, depth):
        weights[f"W{k}"] *= factor
        weights[f"b{k}"] *= factor**k
    weights[f"W{depth}"] /= factor ** (depth - 1)
    return weights, data


def float_rank(weights: dict[str, NDArray[Any]], data: NDArray[Any]) -> int:
    """Return what ``numpy.linalg.matrix_rank`` says of the Jacobian in double precision, with its own tolerance."""
    import numpy as np

    depth = len(weights) // 2
    arrays, masks = [data], []
    for k in range(1, depth + 1):
        z = arrays[-1] @ weights[f"W{k}"].T + weights[f"b{k}"]
        masks.append(z > 0)
        arrays.append(np.where(masks[-1], z, 0.0))

    outputs = weights[f"b{depth}"].size
    rows = []
    for output in range(outputs):
        adjoint = np.zeros((len(data), outputs))
        adjoint[:, output] = 1.0
        parts: list[NDArray[Any]] = []
        for k in range(depth, 0, -1):
            products = adjoint[:, :, None] * arrays[k - 1][:, None, :]
            parts = [products.reshape(len(data), -1), adjoint, *parts]
            if k > 1:
                adjoint = (adjoint @ weights[f"W{k}"]) * masks[k - 2]
        rows.append(np.concatenate(parts, axis=1))
    return int(np.linalg.matrix_rank(np.concatenate(rows)))


def evaluate(instance: Instance) -> Row:
    """Bound the batch functional dimension, and find the full one where all regions can be searched.

    Parameters
    ----------
    instance : dict
        One of `instances`.

    Returns
    -------
    dict
        ``bound`` is parameters less hidden neurons; ``full`` the full functional dimension, or None where it is not
        known; ``float_rank`` numpy's rank, and ``float_wrong`` whether it is outside the proved bounds.

    Examples
    --------
    >>> row = evaluate(instances(["2-3-1"], [100], [0])[0])
    >>> row["parameters"], row["bound"], row["lower"], row["upper"], row["full"]
    (13, 10, 8, 8, 10)
    """
    from algebra.programs.given import given_dimension
    from algebra.programs.given_point import GivenPoint
    from algebra.programs.regions import full_dimension

    sizes = layers_of(instance["widths"])
    network = network_of(sizes)
    weights, data = drawn(instance)
    point = GivenPoint.read(network, {name: w.tolist() for name, w in weights.items()}, {"x": data.tolist()})
    found = given_dimension(point)
    in_floats = float_rank(weights, data)

    full, regions = None, None
    if sizes[0] * sum(sizes[1:-1]) <= MOST_PLACES:
        layers = range(1, len(sizes))
        over_all = full_dimension([weights[f"W{k}"] for k in layers], [weights[f"b{k}"] for k in layers])
        full, regions = (over_all.rank if over_all.is_complete else None), over_all.regions
    lower, upper = found.bounds.lower, found.bounds.upper
    assert upper is not None
    return {
        "label": key(instance).rpartition(":")[0],
        **instance,
        "parameters": network.count,
        "bound": network.count - sum(sizes[1:-1]),
        **bounds_fields(found.bounds),
        "patterns": found.patterns,
        "kinks": len(found.kinks),
        "full": full,
        "regions": regions,
        "float_rank": in_floats,
        "float_wrong": not lower <= in_floats <= upper,
    }


def notes(rows: Rows, told: Told) -> tuple[str, str]:
    """Say what the columns are, and how often floats are wrong."""
    wrong = sum(row["float_wrong"] for row in rows)
    return (
        "dimension: rank of the Jacobian at the samples, proved for these weights; full: over all inputs, where all "
        "regions were searched; bound: parameters less hidden neurons",
        f"the rank that numpy finds in floats is wrong in {wrong} of {len(rows)} rows",
    )


def _whole(name: str, word: str) -> list[int]:
    return [integer(name, part.strip(), "integers with commas between them") for part in word.split(",")]


def _words(name: str, word: str) -> list[str]:
    return [part.strip() for part in word.split(",")]


FAMILY = Family(
    name="relu",
    says="Functional dimensions of ReLU networks at given weights, exactly, beside numpy's rank in floats.",
    about="Weights and data are normal numbers of numpy's generator; as floats they are exact fractions.",
    instances=instances,
    evaluate=evaluate,
    key=key,
    columns=(
        Column("label", "text"),
        Column("widths", "text", "widths", says="inputs, hidden neurons of each layer, outputs"),
        Column("samples", heading="samples", says="number of data"),
        Column("scale", heading="scale 2^", says="hidden neurons are multiplied by 2 to this, the last layer divides"),
        Column("parameters", heading="parameters", says="number of weights"),
        Column("bound", heading="bound", says="parameters less hidden neurons"),
        Column("", "", "dimension", bounds_cell),
        *BOUND_COLUMNS,
        Column("patterns", heading="patterns", says="different activation patterns on the data"),
        Column("kinks", says="rectifiers whose argument is exactly 0 at a sample"),
        Column("full", heading="full", says="full functional dimension, over all inputs; empty where it is not known"),
        Column("regions", heading="regions", says="activation regions that were found; empty where none were searched"),
        Column("float_rank", heading="numpy", says="what numpy.linalg.matrix_rank says of the Jacobian in floats"),
        Column("float_wrong", "boolean", "wrong", says="whether that is not the dimension"),
        Column("seed"),
        Column("seconds", "number"),
    ),
    title="Functional dimensions of ReLU networks",
    notes=notes,
    options=(
        Option("widths", "Default: 2-3-1,2-5-5-1,3-6-6-1.", _words, metavar="N-N-…,…"),
        Option("samples", "Numbers of data; default: 200.", numbers_of, metavar="N|N..N,…"),
        Option("scale", "k: hidden neurons times 2^k, the same function; default: 0,24.", _whole, metavar="N,…"),
        Option("seeds", "Of weights and data; default: 0.", _whole, metavar="N,…"),
    ),
    cost=lambda instance: float(instance["samples"]) * network_of(layers_of(instance["widths"])).count,
    example={"widths": ["2-3-1"], "samples": [40], "scale": [0, 24]},
    usage=(
        "rankcert table relu",
        "rankcert table relu --widths 2-3-1,4-8-8-2 --samples 600 --scale 0,12,24 --output relu.csv",
    ),
)
