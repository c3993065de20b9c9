"""`rankcert attention dimension`: bounds of the dimension of attention networks' functions."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from algebra.errors import check_keys
from proofs_check.cli.files import answer_file, finish, seed_of
from proofs_check.cli.options import CertificateFile, ErrorBound, File, Json, Seed
from proofs_check.cli.output import aligned, bound_rows, number, one_line, run_notes, strong
from proofs_check.cli.written import check_certificate, write_certificate

if TYPE_CHECKING:
    from tensors.attention.functions.network import AttentionNetwork

KEYS = ("kind", "widths", "head_sizes", "heads", "tokens", "score_power", "causal", "residual", "seed")


def dimension(
    file: File,
    error: ErrorBound = None,
    seed: Seed = 0,
    certificate: CertificateFile = None,
    as_json: Json = False,
) -> None:
    """Dimension of the set of functions of an attention network, with evidence for both bounds.

    The file holds {"kind": "lightning", "widths": [5, 3], "head_sizes": [2], "heads": 1, "tokens": 2}; kinds are
    lightning, polynomial (with "score_power"), normalised and softmax; "causal" and "residual" may be true. A .jsonl
    file holds one such object a line.

    Examples
    --------
      rankcert attention dimension layer.json

      rankcert attention dimension layers.jsonl --json

      rankcert attention dimension layer.json --certificate layer-certificate.json
    """
    from proofs_check.cli.networks import log2_error_of

    log2_error = log2_error_of(error)
    check_certificate(certificate, file)
    answers = answer_file(file, lambda given: measure(given, seed, log2_error, certificate))
    finish("attention dimension", answers, as_json, report, one_line)


def network_of(given: dict[str, Any]) -> AttentionNetwork:
    """Build the network that an object describes; a key that is null or left out has its default value.

    Raises
    ------
    InputError
        Naming the key, its value and what is allowed.

    Examples
    --------
    >>> network_of({"kind": "softmax", "widths": [5, 3], "head_sizes": [2], "tokens": 3}).label
    'attention:softmax:5-3:a2:n3'
    """
    from tensors.attention.functions.network import AttentionNetwork

    check_keys(given, KEYS)
    known = {key: value for key, value in given.items() if value is not None and key != "seed"}
    check_keys(known, KEYS, required=["widths", "head_sizes"])
    return AttentionNetwork.from_json(known)


def measure(
    given: dict[str, Any], seed: int, log2_error: float | None, certificate: Path | None = None
) -> dict[str, Any]:
    """Bound the dimension of the network that an object describes; a seed in the object comes first."""
    network = network_of(given)
    start = time.perf_counter()
    bounds = network.dimension(seed=seed_of(given, seed), log2_error=log2_error)
    seconds = time.perf_counter() - start
    return {**attention_result(network, bounds, seconds), "certificate": write_certificate(bounds, certificate)}


def attention_result(network: AttentionNetwork, bounds: Any, seconds: float) -> dict[str, Any]:
    """Return everything that is known of an attention network's dimension, as plain JSON values.

    A formula that does not speak of the network is null; so is the fibre dimension unless the bounds meet.
    """
    from proofs_check.results import bounds_fields, reaches
    from tensors.attention.formulas import formula_values
    from tensors.attention.functions.dimension import AttentionDimension

    value = bounds.lower if bounds.lower == bounds.upper else None
    return {
        "label": network.label,
        **bounds_fields(bounds),
        **network.to_json(),
        "parameters": network.parameters,
        "ambient_dimension": network.ambient_dimension,
        "fibre_dimension": None if value is None else network.parameters - value,
        "filling": reaches(bounds, network.ambient_dimension),
        "formulas": formula_values(network),
        "independence": AttentionDimension(network).independence,
        "seed": bounds.seed,
        "seconds": round(seconds, 6),
    }


def report(result: dict[str, Any]) -> str:
    """Everything that is known of one network, for people."""
    from proofs_check.results import known

    rows = [
        *bound_rows(result),
        ("parameters", number(result["parameters"]), ""),
        ("ambient dimension", number(result["ambient_dimension"]), "filling" if result["filling"] else ""),
        ("fibre dimension", number(result["fibre_dimension"]), ""),
    ]
    rows += [(f"{name} formula", number(value), _verdict(result, value)) for name, value in result["formulas"].items()]
    notes = run_notes(result)
    if result["independence"]:
        notes = f"  exponentials independent: {result['independence']}\n{notes}"
    return f"{result['label']}  dimension {strong(str(known(result)))}\n\n{aligned(rows)}\n\n{notes}"


def _verdict(result: dict[str, Any], value: int | None) -> str:
    if value is None or result["lower"] <= value <= result["upper"]:
        return "right" if value is not None and result["lower"] == result["upper"] else ""
    return "wrong"
