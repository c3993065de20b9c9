"""`rankcert rank factor-graph`: the rank of a matricization of a factor graph's tensor."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import typer

from proofs_check.cli.dimension import CertificateFile, Json, Seed
from proofs_check.cli.output import aligned, number, show, strong

KEYS = ("variable_dims", "observed", "factor_scopes", "tied", "row_side", "seed")


def factor_graph(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A .json or .jsonl file.", show_default=False)],
    seed: Seed = 0,
    certificate: CertificateFile = None,
    as_json: Json = False,
) -> None:
    """Rank of a matricization of a factor graph's tensor, for almost all tables.

    FILE holds {"variable_dims": [4, 4, 2], "observed": 2, "factor_scopes": [[0, 2], [1, 2]], "tied": null,
    "row_side": [0]}: the observed variables come first, and "tied" lists groups of factors with the same table.

    Examples
    --------
      rankcert rank factor-graph chain.json

      rankcert rank factor-graph chain.json --certificate chain.certificate.json

      rankcert rank factor-graph chains.jsonl --json
    """
    from algebra import InputError
    from proofs_check.cli.files import answer_file

    if certificate is not None and file.suffix.lower() == ".jsonl":
        allowed = "left out with a .jsonl file: ask for one certificate at a time"
        raise InputError("--certificate", str(certificate), allowed)
    results, good = answer_file(file, lambda given: measure(given, seed, certificate))
    show("rank factor-graph", results, as_json, report if len(results) == 1 and good else one_line)
    raise typer.Exit(0 if good else 1)


def measure(given: dict[str, Any], seed: int, certificate: Path | None = None) -> dict[str, Any]:
    """Bound the rank that an object asks for."""
    from algebra.errors import InputError, as_integer
    from algebra.evidence.checker.factor_graphs import MOST_VALUE
    from proofs_check.cli.dimension import _check_folder
    from proofs_check.cli.files import check_keys
    from proofs_check.results import bounds_fields
    from tensors.factor_graph import FactorGraph

    check_keys(given, KEYS, required=("variable_dims", "observed", "factor_scopes", "row_side"))
    graph = FactorGraph.from_json(given)
    rows = graph.check_row_side(given["row_side"])
    seed = seed if given.get("seed") is None else as_integer("seed", given["seed"], 0)
    if certificate is not None:
        _check_folder(certificate)
    start = time.perf_counter()
    bounds = graph.rank(rows, seed=seed)
    seconds = time.perf_counter() - start
    if bounds.upper is not None and bounds.upper > MOST_VALUE:
        raise InputError("row_side", list(rows), "one whose bounds have at most 4200 digits: JSON readers take no more")
    if certificate is not None:
        bounds.certificate().write(certificate)
    return {
        "label": graph.label,
        **bounds_fields(bounds),
        "row_side": list(rows),
        "variables": len(graph.variable_dims),
        "observed": graph.observed,
        "cut": list(getattr(getattr(bounds.evidence, "upper", None), "variables", [])),
        "seed": seed,
        "seconds": round(seconds, 6),
        "certificate": None if certificate is None else str(certificate),
    }


def one_line(result: dict[str, Any]) -> str:
    """One line of a batch: label and rank, or what was wrong with the input."""
    from proofs_check.results import known

    if "error" in result:
        return f"line {result['line']}: {result['error']['message']}"
    return f"{result['label']}  rank {known(result)}"


def report(result: dict[str, Any]) -> str:
    """Everything that is known of one rank, for people."""
    from proofs_check.results import known

    cut = result["cut"]
    shown = " ".join(map(str, cut[:12])) + (f" … ({len(cut)} variables)" if len(cut) > 12 else "")
    by = f"{result['upper_by']}: {shown}" if cut else result["upper_by"]
    rows = [
        ("lower bound", number(result["lower"]), result["lower_by"]),
        ("upper bound", number(result["upper"]), by),
    ]
    notes = f"  seed {result['seed']}, {result['seconds']:.3g} s"
    if result["certificate"]:
        notes += f", certificate in {result['certificate']}"
    return f"{result['label']}  rank {strong(str(known(result)))}\n\n{aligned(rows)}\n\n{notes}"
