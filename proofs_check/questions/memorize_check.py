"""Deciding whether a network memorises data, exactly."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from algebra.reading import parse_object, read_text
from proofs_check.option import Option
from proofs_check.question import Answer, Field, Question, Result
from proofs_check.questions.memorize_build import (
    CHECK_FIELDS,
    NETWORK_FIELDS,
    check_fields,
    is_exact,
    network_fields,
)
from proofs_check.reading import Integer, Matrix, Number, Positive, file_format
from proofs_check.show.text import strong

if TYPE_CHECKING:
    from algebra.memorization import RationalNetwork


@file_format
class Data:
    """Points with the outputs that a network should have there: the file of `memorize build`, or more general."""

    points: Matrix
    """Coordinates of each point: integers or strings "p/q"."""

    labels: list[Number]
    """One a point, any exact numbers."""

    classes: Positive | None = None
    """Read by `memorize build`; of no meaning here."""

    seed: Integer | None = None
    """Read by `memorize build`; of no meaning here."""


def read_network(name: str, word: str) -> RationalNetwork:
    """Read a network as `memorize build` writes it."""
    from algebra.memorization import RationalNetwork

    return RationalNetwork.from_dict(parse_object(read_text(Path(word), name), word, name, long_strings=True))


def answer(given: Data, network: RationalNetwork) -> Answer:
    """Evaluate every output and compare it with its label."""
    from algebra.memorization import check_memorization

    found = check_memorization(network, given.points, given.labels)
    fields = {"points": found.points, **network_fields(network), **check_fields(found)}
    return Answer(f"memo-check:n{found.points}", fields)


def verdict(result: Result) -> str:
    """Say in one line whether it does, and if not, where it first fails."""
    if result["exact"]:
        return f"{result['label']}  {strong('yes')}: all {result['points']} points exactly"
    first = result["first_failure"]
    said = f"point {first['index'] + 1} gives {first['output']}, not {first['expected']}"
    return f"{result['label']}  {strong('no')}: {result['failures']} of {result['points']} points fail, first {said}"


# 1 from 1/2 on, 0 below
STEP = {
    "inputs": 1,
    "layers": [
        {"weights": [["1"]], "biases": ["-1/2"], "activations": ["step"]},
        {"weights": [["1"]], "biases": ["0"], "activations": ["id"]},
    ],
}
NETWORK = Option(
    "network",
    "The network, as `memorize build --output` writes it.",
    read_network,
    metavar="NETWORK.json",
    is_argument=True,
    is_needed=True,
    example=STEP,
)
QUESTION = Question(
    name="memorize check",
    says="Decide whether a network memorises data: every output evaluated exactly and compared with its label.",
    about='NETWORK.json is {"inputs": 2, "layers": [{"weights": [["1/2", "-1"], …], "biases": ["0", …], "activations": '
    '["step", …]}, …]}, one row of weights a neuron; activations are step, id, relu and hardtanh; the last layer is '
    "the output. `rankcert memorize build FILE --output NETWORK.json` writes one.\n\nExit status 1: it does not.",
    given=Data,
    answer=answer,
    fields=(Field("points", "integer", "number of points"), *NETWORK_FIELDS, *CHECK_FIELDS),
    example={"points": [[0], ["1/3"], [1]], "labels": [0, 0, 1]},
    options=(NETWORK,),
    needs=("algebra.memorization.constructions",),
    usage=("rankcert memorize check network.json data.json",),
    report=verdict,
    line=verdict,
    is_good=is_exact,
)
