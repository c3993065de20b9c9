"""The rank of a convolutional arithmetic circuit's grid tensor across a partition of its patches."""

from __future__ import annotations

from typing import Literal

from proofs_check.option import CERTIFICATE, ERROR, SEED
from proofs_check.question import Answer, Field, Question, Result
from proofs_check.reading import Integer, Positive, Text, file_format, written
from proofs_check.show.text import aligned, bound_rows, bounds_text, run_notes, strong


@file_format
class Layer:
    """One layer: a product over its window at every output position."""

    window: Positive | list[Positive]
    """Lengths of the window, one for each axis, or one for all."""

    stride: Positive | list[Positive]
    """Steps between positions, likewise; at most the window."""

    channels: Positive
    """Number of channels."""

    border: Literal["clip", "same", "valid", "zero"] = "clip"
    """What happens where a window leaves the grid."""

    sharing: Literal["none", "sliding", "full"] = "none"
    """Which positions have the same weights: none, all of them, or all of them and all cells of a window."""


@file_format
class Circuit:
    """A circuit, and which of its patches are rows of the matrix."""

    input_shape: Positive | list[Positive]
    """Patches along each axis."""

    templates: Positive
    """M, the number of representation functions of a patch."""

    layers: list[Layer]
    """From input to output."""

    row_side: list[Integer] | Text
    """Positions of patches, or left, top, odd-even, checkerboard or quadrants."""

    output: Literal["linear", "single"] = "linear"
    """Whether the last layer's channels are combined, or there is one and it is the output."""

    representation: list[list[Integer]] | None = None
    """F, one row a template: the values of the M representation functions there; the identity if left out."""

    seed: Integer | None = None
    """Of every random choice, instead of the option."""


def answer(given: Circuit, seed: int, log2_error: float | None) -> Answer:
    """Bound the rank of the matricization."""
    from algebra.evidence.generic_rank import RankEvidence
    from tensors.convac import ConvAC, matricization_rank
    from tensors.matricization import row_positions

    net = ConvAC.from_json(written(given, without=["row_side", "representation", "seed"]))
    rows = row_positions(net.input_shape, given.row_side)
    bounds = matricization_rank(net, rows, seed, log2_error, given.representation)
    fields = {
        **net.to_json(),
        "row_side": given.row_side if isinstance(given.row_side, str) else list(rows),
        "row_positions": len(rows),
        "column_positions": net.positions - len(rows),
        "parameters": net.parameters,
        "evidence": bounds.evidence.to_json() if isinstance(bounds.evidence, RankEvidence) else None,
    }
    return Answer.of_bounds(net.label, bounds, fields)


def report(result: Result) -> str:
    """Everything that is known of one circuit, for people."""
    positions = f"{result['row_positions']} + {result['column_positions']}"
    rows = [*bound_rows(result), ("positions", positions, _side(result["row_side"]))]
    for number, layer in enumerate(result["layers"], start=1):
        how = f"border {layer['border']}, sharing {layer['sharing']}"
        rows.append((f"layer {number}", f"{layer['channels']} channels", how))
    return f"{result['label']}  rank {strong(bounds_text(result))}\n\n{aligned(rows)}\n\n{run_notes(result)}"


def _side(row_side: str | list[int]) -> str:
    if isinstance(row_side, str):
        return row_side
    return "rows " + (" ".join(map(str, row_side)) if len(row_side) <= 20 else f"{row_side[0]} … {row_side[-1]}")


QUESTION = Question(
    name="rank convac",
    says="Rank of a convolutional arithmetic circuit's grid tensor across a partition of its patches.",
    given=Circuit,
    answer=answer,
    fields=(
        Field("input_shape", "list", "patches along each axis"),
        Field("templates", "integer", "M"),
        Field("layers", "list", "from input to output"),
        Field("output", "text", "linear or single"),
        Field("row_side", "text", "the partition, as it was given"),
        Field("row_positions", "integer", "patches that are rows"),
        Field("column_positions", "integer", "patches that are columns"),
        Field("parameters", "integer", "number of weights"),
        Field("evidence", "object", "what proves the lower bound, and the theorem of the upper one"),
    ),
    headline="rank",
    example={
        "input_shape": [8],
        "templates": 3,
        "layers": [
            {"window": [2], "stride": [2], "channels": 3, "border": "clip", "sharing": "none"},
            {"window": [4], "stride": [4], "channels": 2},
        ],
        "output": "linear",
        "row_side": "odd-even",
    },
    options=(SEED, ERROR, CERTIFICATE),
    usage=("rankcert rank convac circuit.json", "rankcert rank convac circuits.jsonl --json"),
    report=report,
)
