"""`rankcert rank convac`: the rank of a convolutional arithmetic circuit's grid tensor across a partition."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from algebra.errors import check_keys
from proofs_check.cli.dimension import one_line
from proofs_check.cli.files import answer_file, finish, seed_of
from proofs_check.cli.options import CertificateFile, ErrorBound, File, Json, Seed
from proofs_check.cli.output import aligned, bound_rows, run_notes, strong
from proofs_check.cli.written import check_certificate, write_certificate

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
    from proofs_check.cli.networks import log2_error_of

    log2_error = log2_error_of(error)
    check_certificate(certificate, file)
    answers = answer_file(file, lambda given: measure(given, seed, log2_error, certificate))
    finish("rank convac", answers, as_json, report, one_line)


def measure(
    given: dict[str, Any], seed: int, log2_error: float | None = None, certificate: Path | None = None
) -> dict[str, Any]:
    """Bound the rank of the matricization that an object describes."""
    from algebra.evidence.generic_rank import RankEvidence
    from proofs_check.results import bounds_fields
    from tensors.convac import ConvAC, matricization_rank
    from tensors.matricization import row_positions

    check_keys(given, KEYS, ("input_shape", "templates", "layers", "row_side"))
    described = {key: value for key, value in given.items() if key not in ("row_side", "representation", "seed")}
    net = ConvAC.from_json({key: value for key, value in described.items() if value is not None})
    rows = row_positions(net.input_shape, given["row_side"])
    start = time.perf_counter()
    bounds = matricization_rank(net, rows, seed_of(given, seed), log2_error, given.get("representation"))
    seconds = time.perf_counter() - start
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
        "certificate": write_certificate(bounds, certificate),
    }


def report(result: dict[str, Any]) -> str:
    """Everything that is known of one circuit, for people."""
    from proofs_check.results import known

    rows = [
        *bound_rows(result),
        ("positions", f"{result['row_positions']} + {result['column_positions']}", _side(result["row_side"])),
    ]
    layers = [
        (f"layer {k}", f"{layer['channels']} channels", f"border {layer['border']}, sharing {layer['sharing']}")
        for k, layer in enumerate(result["layers"], 1)
    ]
    table = aligned(rows + layers)
    return f"{result['label']}  rank {strong(str(known(result)))}\n\n{table}\n\n{run_notes(result)}"


def _side(row_side: str | list[int]) -> str:
    if isinstance(row_side, str):
        return row_side
    return "rows " + (" ".join(map(str, row_side)) if len(row_side) <= 20 else f"{row_side[0]} … {row_side[-1]}")
