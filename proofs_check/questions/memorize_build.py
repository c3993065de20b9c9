"""Building a network with rational weights that memorises data, and checking it exactly."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from proofs_check.option import SEED, Option
from proofs_check.question import Answer, Field, Question, Result
from proofs_check.reading import Integer, Matrix, Number, Positive, file_format
from proofs_check.show.text import aligned, number, run_notes, strong
from proofs_check.words import path

if TYPE_CHECKING:
    from algebra.memorization import Check, Memorized, RationalNetwork


@file_format
class Data:
    """Points with labels."""

    points: Matrix
    """Coordinates of each point: integers or strings "p/q"."""

    labels: list[Number]
    """One a point, from 0 on."""

    classes: Positive | None = None
    """Number of classes; one more than the greatest label if left out."""

    seed: Integer | None = None
    """Of every random choice, instead of the option."""


def answer(given: Data, construction: str, activation: str | None, exponent: str | None, seed: int) -> Answer:
    """Build the network and evaluate it at every point."""
    from algebra.memorization import memorize

    found = memorize(
        given.points,
        given.labels,
        construction,
        classes=given.classes,
        activation=activation,
        exponent=exponent,
        seed=seed,
    )
    fields = memorized_fields(found, activation)
    files = {"network": lambda place: _write(found.network, place)}
    return Answer(memorized_label(found, activation), fields, seed=found.seed, files=files)


def _write(network: RationalNetwork, place: Path) -> None:
    import json

    from algebra.writing import write_file

    write_file(place, json.dumps(network.to_dict()) + "\n")


def memorized_label(found: Memorized, activation: str | None = None) -> str:
    """Return the permanent name of a construction on data of these sizes."""
    suffix = f":{activation}" if activation else ""
    data = found.data
    return f"memo:{found.construction}{suffix}:n{len(data)}:d{data.dimension}:c{data.classes}"


def memorized_fields(found: Memorized, activation: str | None = None) -> Result:
    """Return what is known of a network that was built, as plain JSON values."""
    from algebra.exact.numbers import number_text
    from algebra.memorization import CONSTRUCTIONS, information_bits
    from algebra.memorization.constructions import LOWER_ORDERS

    data, bound = found.data, found.guarantee
    return {
        "construction": found.construction,
        "activation": activation,
        "points": len(data),
        "dimension": data.dimension,
        "classes": data.classes,
        "delta_squared": number_text(data.delta_squared),
        **network_fields(found.network),
        "bound": None if bound is None else bound.parameters,
        "bound_hidden_layers": None if bound is None else bound.hidden_layers,
        "bound_by": None if bound is None else bound.by,
        "order": CONSTRUCTIONS[found.construction].order,
        "lower_bound_total_bits": information_bits(len(data), data.classes),
        "lower_orders": dict(LOWER_ORDERS),
        **check_fields(found.check),
    }


def network_fields(network: RationalNetwork) -> Result:
    """Return the sizes of a network."""
    longest, total = network.bits
    return {
        "parameters": network.parameters,
        "hidden_layers": network.hidden_layers,
        "width": network.width,
        "weight_bits": longest,
        "total_bits": total,
    }


def check_fields(found: Check) -> Result:
    """Return the outcome of a check."""
    from algebra.exact.numbers import number_text

    at_failure = {"output": found.output, "expected": found.label}
    shown = {name: None if value is None else number_text(value) for name, value in at_failure.items()}
    return {
        "exact": found.exact,
        "failures": found.failures,
        "first_failure": None if found.first is None else {"index": found.first, **shown},
        "grade": found.grade.value,
    }


def is_exact(result: Result) -> bool:
    """Whether every point has its label."""
    return bool(result["exact"])


def _exactly(result: Result) -> str:
    return "exact" if result["exact"] else "not exact"


def line(result: Result) -> str:
    """One line of a batch: whether it is exact, and how many parameters it takes."""
    return f"{result['label']}  {_exactly(result)}, {result['parameters']} parameters (bound {number(result['bound'])})"


def report(result: Result) -> str:
    """Sizes of the network beside the bounds that are promised for them, for people."""
    rows = [
        ("parameters", number(result["parameters"]), f"bound {number(result['bound'])} {result['bound_by'] or ''}"),
        ("hidden layers", number(result["hidden_layers"]), f"bound {number(result['bound_hidden_layers'])}"),
        ("width", number(result["width"]), ""),
        ("bits of a weight", number(result["weight_bits"]), "at most"),
        ("bits in all", number(result["total_bits"]), f"any such family: at least {result['lower_bound_total_bits']}"),
        ("points", number(result["points"]), f"{result['classes']} classes"),
    ]
    orders = f"  order {result['order']}; {result['lower_orders']['parameters']} are needed"
    notes = run_notes(result)
    if result["network"]:
        notes += f", network in {result['network']}"
    outcome = f"{_exactly(result)} at every point ({result['grade']})"
    return f"{result['label']}  {strong(outcome)}\n\n{aligned(rows)}\n\n{orders}\n{notes}"


def _constructions() -> Iterable[str]:
    from algebra.memorization import CONSTRUCTIONS

    return CONSTRUCTIONS


def _activations() -> Iterable[str]:
    from algebra.memorization.constructions import ACTIVATIONS

    return ACTIVATIONS


CONSTRUCTION = Option(
    "construction",
    "width3, wide, sqrt, hard-tanh or staircase.",
    default="width3",
    metavar="NAME",
    called="construction",
    choices=_constructions,
)
ACTIVATION = Option(
    "activation",
    "relu or hard-tanh instead of the own ones.",
    metavar="NAME",
    called="activation",
    choices=_activations,
)
EXPONENT = Option("exponent", "For wide: from 2/3 (deep) to 1 (shallow).", metavar="W", called="exponent")
OUTPUT = Option(
    "network", "Write the network.", path, metavar="NETWORK.json", spelled=("--output", "-o"), is_written=True
)

NETWORK_FIELDS = (
    Field("parameters", "integer", "number of weights and biases, zeros included"),
    Field("hidden_layers", "integer", "number of layers but the output's"),
    Field("width", "integer", "width of the widest hidden layer"),
    Field("weight_bits", "integer", "bits of the longest weight"),
    Field("total_bits", "integer", "bits of all weights together"),
)
CHECK_FIELDS = (
    Field("exact", "boolean", "whether every output is its label"),
    Field("failures", "integer", "points whose output is not their label"),
    Field("first_failure", "object", "index of the first of them, its output and what was expected; null if none"),
    Field("grade", "text", "proved: every point was evaluated exactly"),
)
QUESTION = Question(
    name="memorize build",
    says="Build a network with rational weights that gives every point its label, and check it exactly.",
    given=Data,
    answer=answer,
    fields=(
        Field("construction", "text", "how it was built; fewer than 4 points of width3 are given to hard-tanh"),
        Field("activation", "text", "the activation that was asked for; null for the construction's own"),
        Field("points", "integer", "number of points, equal ones counted once"),
        Field("dimension", "integer", "coordinates of a point"),
        Field("classes", "integer", "number of classes"),
        Field("delta_squared", "text", "greatest over least squared distance of two points"),
        *NETWORK_FIELDS,
        Field("bound", "integer", "parameters that are promised; null where nothing is"),
        Field("bound_hidden_layers", "integer", "hidden layers that are promised; null likewise"),
        Field("bound_by", "text", "who promises; null likewise"),
        Field("order", "text", "order of growth of the parameters"),
        Field("lower_bound_total_bits", "integer", "bits that any family of networks for all labels needs"),
        Field("lower_orders", "object", "parameters that are known to be needed, up to constant factors"),
        *CHECK_FIELDS,
    ),
    example={"points": [["-1/2", "3"], [0, 1], [2, 2], [5, "-7/3"]], "labels": [1, 0, 2, 0], "classes": 3},
    options=(CONSTRUCTION, ACTIVATION, EXPONENT, SEED, OUTPUT),
    needs=("algebra.memorization.constructions",),
    usage=(
        "rankcert memorize build data.json --construction width3 --output network.json",
        "rankcert memorize build data.jsonl --construction sqrt --activation relu --json",
    ),
    report=report,
    line=line,
    is_good=is_exact,
)
