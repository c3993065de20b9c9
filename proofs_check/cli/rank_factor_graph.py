"""`rankcert rank factor-graph`: the rank of a matricization of a factor graph's tensor."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from algebra.errors import check_keys
from proofs_check.cli.files import answer_file, finish, seed_of
from proofs_check.cli.options import CertificateFile, File, Json, Seed
from proofs_check.cli.output import aligned, bound_rows, run_notes, strong
from proofs_check.cli.written import check_certificate, write_certificate

KEYS = ("variable_dims", "observed", "factor_scopes", "tied", "row_side", "seed")


def factor_graph(
    file: File,
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
    check_certificate(certificate, file)
    answers = answer_file(file, lambda given: measure(given, seed, certificate))
    finish("rank factor-graph", answers, as_json, report, one_line)


def measure(given: dict[str, Any], seed: int, certificate: Path | None = None) -> dict[str, Any]:
    """Bound the rank that an object asks for."""
    from algebra.errors import InputError
    from algebra.evidence.certificate import MOST_DIGITS
    from algebra.evidence.checker.reading import MOST_VALUE
    from algebra.evidence.generic_rank import RankEvidence
    from proofs_check.results import bounds_fields
    from tensors.networks import FactorGraph

    check_keys(given, KEYS, required=("variable_dims", "observed", "factor_scopes", "row_side"))
    graph = FactorGraph.from_json(given)
    rows = graph.check_row_side(given["row_side"])
    seed = seed_of(given, seed)
    start = time.perf_counter()
    bounds = graph.rank(rows, seed=seed)
    seconds = time.perf_counter() - start
    if bounds.upper is not None and bounds.upper > MOST_VALUE:
        raise InputError("row_side", list(rows), f"{MOST_DIGITS}: JSON readers take no more")
    upper = bounds.evidence.upper if isinstance(bounds.evidence, RankEvidence) else None
    cut = [] if upper is None else list(upper.detail("variables") or [])
    return {
        "label": graph.label,
        **bounds_fields(bounds),
        "row_side": list(rows),
        "variables": len(graph.variable_dims),
        "observed": graph.observed,
        "cut": cut,
        "seed": seed,
        "seconds": round(seconds, 6),
        "certificate": write_certificate(bounds, certificate),
    }


def one_line(result: dict[str, Any]) -> str:
    """One line of a batch: label and rank."""
    from proofs_check.results import known

    return f"{result['label']}  rank {known(result)}"


def report(result: dict[str, Any]) -> str:
    """Everything that is known of one rank, for people."""
    from proofs_check.results import known

    cut = result["cut"]
    shown = " ".join(map(str, cut[:12])) + (f" … ({len(cut)} variables)" if len(cut) > 12 else "")
    by = f"{result['upper_by']}: {shown}" if cut else result["upper_by"]
    rows = bound_rows({**result, "upper_by": by})
    return f"{result['label']}  rank {strong(str(known(result)))}\n\n{aligned(rows)}\n\n{run_notes(result)}"
