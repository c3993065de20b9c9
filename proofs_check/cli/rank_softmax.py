"""`rankcert rank softmax`: the rank of a softmax matrix, exactly."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from algebra.errors import check_keys
from proofs_check.cli.files import answer_file, finish, seed_of
from proofs_check.cli.options import CertificateFile, ExactFloats, File, Json, Seed
from proofs_check.cli.output import aligned, bound_rows, number, one_line, run_notes, strong
from proofs_check.cli.written import check_certificate, write_certificate

if TYPE_CHECKING:
    from tensors.attention.softmax.matrix import SoftmaxMatrix

KEYS = ("keys", "queries", "logits", "seed")


def softmax(
    file: File,
    seed: Seed = 0,
    exact_floats: ExactFloats = False,
    certificate: CertificateFile = None,
    as_json: Json = False,
) -> None:
    """Rank of softmax(<key, query>), proved for rational tokens; numeric for floats.

    FILE holds {"keys": [[…], …], "queries": [[…], …]}, one row a token, or {"logits": [[…], …]}, one row a key.

    Examples
    --------
      rankcert rank softmax tokens.json

      rankcert rank softmax tokens.jsonl --json
    """
    check_certificate(certificate, file)
    answers = answer_file(file, lambda given: measure(given, seed, exact_floats, certificate))
    finish("rank softmax", answers, as_json, report, one_line)


def measure(given: dict[str, Any], seed: int, exact_floats: bool, certificate: Path | None = None) -> dict[str, Any]:
    """Bound the rank of the matrix that an object describes."""
    from algebra.errors import InputError
    from algebra.exact.numbers import exact_fractions, has_floats

    check_keys(given, KEYS)
    seed = seed_of(given, seed)
    given = {key: value for key, value in given.items() if value is not None and key != "seed"}
    if set(given) not in ({"keys", "queries"}, {"logits"}):
        raise InputError("FILE", sorted(given), 'an object with "keys" and "queries", or with "logits"')
    if exact_floats:
        given = {key: exact_fractions(value) for key, value in given.items()}
    start = time.perf_counter()
    if any(map(has_floats, given.values())):
        if certificate is not None:
            raise InputError("--certificate", str(certificate), "left out for floats: nothing is proved of them")
        return _numeric(given, start)
    matrix = _matrix(given)
    bounds = matrix.rank(seed)
    result = _exact(matrix, bounds, time.perf_counter() - start)
    return {**result, "certificate": write_certificate(bounds, certificate)}


def _matrix(given: dict[str, Any]) -> SoftmaxMatrix:
    from tensors.attention.softmax.matrix import softmax_matrix, softmax_of_tokens

    return softmax_matrix(given["logits"]) if "logits" in given else softmax_of_tokens(given["keys"], given["queries"])


def _exact(matrix: SoftmaxMatrix, bounds: Any, seconds: float) -> dict[str, Any]:
    from proofs_check.results import bounds_fields

    return {
        "label": matrix.label,
        **bounds_fields(bounds),
        "keys": matrix.shape[0],
        "queries": matrix.shape[1],
        "distinct_keys": int(matrix.core.shape[0]),
        "distinct_queries": int(matrix.core.shape[1]),
        "numeric": None,
        "seed": bounds.seed,
        "seconds": round(seconds, 6),
    }


def _numeric(given: dict[str, Any], start: float) -> dict[str, Any]:
    from proofs_check.results import bounds_fields
    from tensors.attention.softmax.numeric import floats, numeric_rank, softmax_floats, softmax_rank_numeric

    if "logits" in given:
        found = numeric_rank(softmax_floats(floats("logits", given["logits"])))
    else:
        found = softmax_rank_numeric(given["keys"], given["queries"])
    return {
        "label": f"softmax:{found.shape[0]}x{found.shape[1]}:floats",
        **bounds_fields(found.bounds),
        "keys": found.shape[0],
        "queries": found.shape[1],
        "distinct_keys": None,
        "distinct_queries": None,
        "numeric": found.to_json(),
        "seed": None,
        "seconds": round(time.perf_counter() - start, 6),
        "certificate": None,
    }


def report(result: dict[str, Any]) -> str:
    """Everything that is known of one matrix, for people."""
    from proofs_check.results import known

    rows = [
        *bound_rows(result),
        ("keys", number(result["keys"]), ""),
        ("queries", number(result["queries"]), ""),
    ]
    if result["numeric"] is not None:
        numeric = result["numeric"]
        rows = [("shape", f"{result['keys']} x {result['queries']}", "")]
        rows += [(name, str(numeric[name]), "") for name in ("tolerance", "sigma_k", "sigma_next", "gap", "note")]
        rows.append(("computed in", numeric["dtype"], numeric["backend"]))
    else:
        rows.append(("distinct keys", number(result["distinct_keys"]), "up to shifts"))
        rows.append(("distinct queries", number(result["distinct_queries"]), "up to shifts"))
    return f"{result['label']}  rank {strong(str(known(result)))}\n\n{aligned(rows)}\n\n{run_notes(result)}"
