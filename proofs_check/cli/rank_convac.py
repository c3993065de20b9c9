"""`rankcert rank convac`: the rank of a convolutional arithmetic circuit's grid tensor across a partition."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import typer

from proofs_check.cli.dimension import CertificateFile, ErrorBound, Json, Seed, one_line
from proofs_check.cli.output import aligned, number, show, strong

File = Annotated[Path, typer.Argument(metavar="FILE", show_default=False, help="A .json file, or .jsonl: one a line.")]
KEYS = ("input_shape", "templates", "layers", "output", "row_side", "representation", "seed")


def convac(
    file: File,
    seed: Seed = 0,
    error: ErrorBound = None,
    certificate: CertificateFile = None,
    as_json: Json = False,
) -> None:
    """Rank of a convolutional arithmetic circuit's grid tensor across a partition of its patches.

    FILE holds {"input_shape": [8], "templates": 3, "layers": [{"window": [2], "stride": [2], "channels": 3,
    "border": "clip|same|valid|zero", "sharing": "none|sliding|full"}, …], "output": "linear|single",
    "row_side": [0, 1, 2, 3] | "left" | "top" | "odd-even" | "checkerboard" | "quadrants"}.

    Examples
    --------
      rankcert rank convac circuit.json

      rankcert rank convac circuits.jsonl --json
    """
    from algebra.errors import InputError
    from proofs_check.cli.files import answer_file
    from proofs_check.cli.networks import log2_error_of

    log2_error = log2_error_of(error)
    if certificate is not None and file.suffix.lower() == ".jsonl":
        raise InputError(
            "--certificate", str(certificate), "left out with a .jsonl file: ask for one certificate at a time"
        )
    results, good = answer_file(file, lambda given: measure(given, seed, log2_error, certificate))
    show("rank convac", results, as_json, report if len(results) == 1 and good else one_line)
    raise typer.Exit(0 if good else 1)


def measure(
    given: dict[str, Any], seed: int, log2_error: float | None = None, certificate: Path | None = None
) -> dict[str, Any]:
    """Bound the rank of the matricization that an object describes."""
    from proofs_check.cli.files import check_keys
    from proofs_check.results import bounds_fields
    from tensors.convac import ConvAC
    from tensors.convac.rank import RankEvidence, matricization_rank
    from tensors.matricization import row_positions

    check_keys(given, KEYS, ("input_shape", "templates", "layers", "row_side"))
    described = {key: value for key, value in given.items() if key not in ("row_side", "representation", "seed")}
    net = ConvAC.from_json({key: value for key, value in described.items() if value is not None})
    rows = row_positions(net.input_shape, given["row_side"])
    seed = seed if given.get("seed") is None else given["seed"]
    start = time.perf_counter()
    bounds = matricization_rank(net, rows, seed, log2_error, given.get("representation"))
    seconds = time.perf_counter() - start
    if certificate is not None:
        bounds.certificate().write(certificate)
    return {
        "label": net.label,
        **bounds_fields(bounds),
        **net.to_json(),
        "row_side": given["row_side"] if isinstance(given["row_side"], str) else list(rows),
        "row_positions": len(rows),
        "column_positions": net.positions - len(rows),
        "parameters": net.parameters,
        "evidence": bounds.evidence.to_json() if isinstance(bounds.evidence, RankEvidence) else None,
        "seed": bounds.seed,
        "seconds": round(seconds, 6),
        "certificate": None if certificate is None else str(certificate),
    }


def report(result: dict[str, Any]) -> str:
    """Everything that is known of one circuit, for people."""
    from proofs_check.results import known

    rows = [
        ("lower bound", number(result["lower"]), result["lower_by"]),
        ("upper bound", number(result["upper"]), result["upper_by"]),
        ("positions", f"{result['row_positions']} + {result['column_positions']}", _side(result["row_side"])),
    ]
    layers = [
        (f"layer {k}", f"{layer['channels']} channels", f"border {layer['border']}, sharing {layer['sharing']}")
        for k, layer in enumerate(result["layers"], 1)
    ]
    notes = f"  seed {result['seed']}, {result['seconds']:.3g} s"
    if result["certificate"]:
        notes += f", certificate in {result['certificate']}"
    return f"{result['label']}  rank {strong(str(known(result)))}\n\n{aligned(rows + layers)}\n\n{notes}"


def _side(row_side: str | list[int]) -> str:
    if isinstance(row_side, str):
        return row_side
    return "rows " + (" ".join(map(str, row_side)) if len(row_side) <= 20 else f"{row_side[0]} … {row_side[-1]}")
