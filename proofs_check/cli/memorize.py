"""`rankcert memorize`: build a network that memorises data, or check one, exactly."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from algebra.errors import check_keys
from proofs_check.cli.files import answer_file, finish, parse_object, read_text, seed_of
from proofs_check.cli.options import File, Json, Seed
from proofs_check.cli.output import aligned, number, run_notes, strong
from proofs_check.cli.written import check_written

if TYPE_CHECKING:
    from algebra.memorization import Check, Memorized, Network

KEYS = ("points", "labels", "classes", "seed")


def build(
    file: File,
    construction: Annotated[
        str, typer.Option("--construction", metavar="NAME", help="width3, wide, sqrt, hard-tanh or staircase.")
    ] = "width3",
    activation: Annotated[
        str | None, typer.Option("--activation", metavar="NAME", help="relu or hard-tanh instead of the own ones.")
    ] = None,
    exponent: Annotated[
        str | None, typer.Option("--exponent", metavar="W", help="For wide: from 2/3 (deep) to 1 (shallow).")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="NETWORK.json", help="Write the network.")
    ] = None,
    seed: Seed = 0,
    as_json: Json = False,
) -> None:
    """Build a network with rational weights that gives every point its label, and check it exactly.

    FILE holds {"points": [["-1/2", "3"], …], "labels": [1, 0, …]}, coordinates as integers or strings "p/q", labels
    from 0 on; "classes" may say how many there are, and "seed" may replace the option.

    Examples
    --------
      rankcert memorize build data.json --construction width3 --output network.json

      rankcert memorize build data.jsonl --construction sqrt --activation relu --json
    """
    check_written("--output", output, file)
    options = {"construction": construction, "activation": activation, "exponent": exponent}
    answers = answer_file(file, lambda given: _build(given, options, seed, output))
    finish("memorize build", answers, as_json, _report, _line, _is_exact)


def check(
    network: Annotated[Path, typer.Argument(metavar="NETWORK.json", show_default=False, help="The network.")],
    file: File,
    as_json: Json = False,
) -> None:
    """Decide whether a network memorises data: every output evaluated exactly and compared with its label.

    NETWORK.json is as `memorize build --output` writes it: {"inputs": 2, "layers": [{"weights": [["1/2", "-1"], …],
    "biases": ["0", …], "activations": ["step", …]}, …]}, one row of weights a neuron; activations are step, id, relu
    and hardtanh; the last layer is the output. Labels may be any exact numbers. Exit status 1: it does not.

    Examples
    --------
      rankcert memorize check network.json data.json
    """
    from algebra.memorization import Network

    given = Network.from_dict(parse_object(read_text(network), str(network)))
    answers = answer_file(file, lambda data: _check(given, data))
    finish("memorize check", answers, as_json, _verdict, _verdict, _is_exact)


def _is_exact(result: dict[str, Any]) -> bool:
    return bool(result["exact"])


def _build(given: dict[str, Any], options: dict[str, Any], seed: int, output: Path | None) -> dict[str, Any]:
    import json

    from algebra.memorization import memorize

    check_keys(given, KEYS, KEYS[:2])
    clock = time.perf_counter()
    seed = seed_of(given, seed)
    found = memorize(given["points"], given["labels"], classes=given.get("classes"), seed=seed, **options)
    result = memorized_fields(found, options["activation"], time.perf_counter() - clock)
    if output is not None:
        output.write_text(json.dumps(found.network.to_dict()) + "\n", encoding="utf-8")
    return {**result, "network": None if output is None else str(output)}


def memorized_fields(found: Memorized, activation: str | None, seconds: float) -> dict[str, Any]:
    """Return what is known of a network that was built, as plain JSON values."""
    from algebra.exact.numbers import number_text
    from algebra.memorization import CONSTRUCTIONS, information_bits
    from algebra.memorization.constructions import LOWER_ORDERS

    data, bound = found.data, found.guarantee
    suffix = f":{activation}" if activation else ""
    return {
        "label": f"memo:{found.construction}{suffix}:n{len(data)}:d{data.dimension}:c{data.classes}",
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
        "seed": found.seed,
        "seconds": round(seconds, 6),
    }


def network_fields(network: Network) -> dict[str, Any]:
    """Return the sizes of a network."""
    longest, total = network.bits
    return {
        "parameters": network.parameters,
        "hidden_layers": network.hidden_layers,
        "width": network.width,
        "weight_bits": longest,
        "total_bits": total,
    }


def check_fields(found: Check) -> dict[str, Any]:
    """Return the outcome of a check."""
    from algebra.exact.numbers import number_text

    shown = {name: None if value is None else number_text(value) for name, value in _at_failure(found).items()}
    return {
        "exact": found.exact,
        "failures": found.failures,
        "first_failure": None if found.first is None else {"index": found.first, **shown},
        "grade": found.grade.value,
    }


def _at_failure(found: Check) -> dict[str, Any]:
    return {"output": found.output, "expected": found.label}


def _check(network: Network, given: dict[str, Any]) -> dict[str, Any]:
    from algebra.memorization import check_memorization

    check_keys(given, KEYS, KEYS[:2])
    clock = time.perf_counter()
    found = check_memorization(network, given["points"], given["labels"])
    return {
        "label": f"memo-check:n{found.points}",
        "points": found.points,
        **network_fields(network),
        **check_fields(found),
        "seconds": round(time.perf_counter() - clock, 6),
    }


def _line(result: dict[str, Any]) -> str:
    return f"{result['label']}  {_exactly(result)}, {result['parameters']} parameters (bound {number(result['bound'])})"


def _exactly(result: dict[str, Any]) -> str:
    return "exact" if result["exact"] else "not exact"


def _report(result: dict[str, Any]) -> str:
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


def _verdict(result: dict[str, Any]) -> str:
    if result["exact"]:
        return f"{result['label']}  {strong('yes')}: all {result['points']} points exactly"
    first = result["first_failure"]
    said = f"point {first['index'] + 1} gives {first['output']}, not {first['expected']}"
    return f"{result['label']}  {strong('no')}: {result['failures']} of {result['points']} points fail, first {said}"
