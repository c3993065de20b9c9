"""`rankcert attention representable`: the least head size of an attention matrix."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from algebra.errors import check_keys
from proofs_check.cli.files import answer_file, finish
from proofs_check.cli.options import ExactFloats, File, Json
from proofs_check.cli.output import aligned, bound_rows, number, run_notes, strong

if TYPE_CHECKING:
    from tensors.attention.low_rank.answer import HeadSize
    from tensors.attention.low_rank.scores import Scores

WithWeights = Annotated[bool, typer.Option("--weights", help="Construct W_k and W_q.")]
PAIR = ("logits", "P", "X", "mask", "true_means")
KEYS = (*PAIR, "pairs", "head_size")


def representable(
    file: File,
    with_weights: WithWeights = False,
    exact_floats: ExactFloats = False,
    as_json: Json = False,
) -> None:
    """Least head size of weights with softmax((W_k X)^T W_q X / sqrt(a)) = P.

    FILE holds {"logits": …} or {"P": …}: one row a key, one column a query; the columns of P sum to 1. "X" has one
    column a token; left out, the answer holds for every X of full column rank. "mask" is "causal", "zeros" or a matrix
    of 0 and 1 with "true_means": "visible" or "blocked". {"pairs": [{"X": …, "P": …}, …]} asks for one pair of weights.

    Examples
    --------
      rankcert attention representable matrix.json --weights

      rankcert attention representable matrices.jsonl --json
    """
    answers = answer_file(file, lambda given: measure(given, with_weights, exact_floats))
    finish("attention representable", answers, as_json, report, one_line)


def measure(given: dict[str, Any], with_weights: bool = False, exact_floats: bool = False) -> dict[str, Any]:
    """Answer for the matrix, or the pairs, that an object describes."""
    from algebra.errors import InputError, as_integer
    from algebra.exact.numbers import exact_fractions, has_floats

    check_keys(given, KEYS)
    given = {
        key: exact_fractions(value) if exact_floats else value for key, value in given.items() if value is not None
    }
    size = None if "head_size" not in given else as_integer("head_size", given.pop("head_size"), 0)
    start = time.perf_counter()
    if not exact_floats and any(has_floats(given.get(key)) for key in ("logits", "P", "X")):
        if set(given) not in ({"P"}, {"logits"}) or with_weights:
            raise InputError("P", "floats", 'exact numbers (strings "p/q", or --exact-floats): floats come alone')
        return _numeric(given, size, start)
    found, shape = _solve(given)
    return _result(given, found, shape, size, with_weights, start)


def _solve(given: dict[str, Any]) -> tuple[HeadSize, tuple[int, int]]:
    from algebra.errors import InputError
    from tensors.attention.low_rank.head_size import common_head_size, least_head_size

    if "pairs" not in given:
        scores = _scores(given)
        return least_head_size(scores, given.get("X")), scores.shape
    if len(given) > 1 or not isinstance(given["pairs"], list):
        raise InputError("pairs", given["pairs"], 'alone, a list of objects {"X": …, "P": …} or {"X": …, "logits": …}')
    pairs = [(_tokens(m, pair), _scores(pair)) for m, pair in enumerate(given["pairs"])]
    found = common_head_size(pairs)
    return found, pairs[0][1].shape


def _tokens(m: int, pair: Any) -> Any:
    from algebra.errors import InputError

    if not isinstance(pair, dict) or pair.get("X") is None:
        raise InputError(f"pairs[{m}]", pair, 'an object with "X", and "P" or "logits"')
    check_keys(pair, PAIR)
    return pair["X"]


def _scores(given: dict[str, Any]) -> Scores:
    from algebra.errors import InputError
    from tensors.attention.low_rank.scores import scores_of_logits, scores_of_probabilities

    if (given.get("P") is None) == (given.get("logits") is None):
        raise InputError("FILE", sorted(given), 'an object with either "P" or "logits"')
    mask = given.get("mask"), given.get("true_means")
    if given.get("P") is not None:
        return scores_of_probabilities(given["P"], *mask)
    return scores_of_logits(given["logits"], *mask)


def _result(
    given: dict[str, Any], found: HeadSize, shape: tuple[int, int], size: int | None, with_weights: bool, start: float
) -> dict[str, Any]:
    from dataclasses import asdict

    from tensors.attention.low_rank.weights import construct_weights

    known = found.bounds
    made = construct_weights(found).to_json() if with_weights and known is not None else None
    return {
        "label": _label(given, shape),
        "representable": found.representable,
        "min_head_size": known.lower if known is not None and known.lower == known.upper else None,
        **_bounds(found),
        "reason": found.reason,
        "witness": None if found.witness is None else asdict(found.witness),
        "contradiction": None if found.contradiction is None else asdict(found.contradiction),
        "head_size": size,
        "fits": None if size is None else found.fits(size),
        **_thresholds(shape),
        "weights": made,
        "numeric": None,
        "seconds": round(time.perf_counter() - start, 6),
    }


def _bounds(found: HeadSize) -> dict[str, Any]:
    from proofs_check.results import bounds_fields

    if found.bounds is not None:
        return bounds_fields(found.bounds)
    by = "linear-equations"
    return {"lower": None, "upper": None, "grade": "proved", "log2_error": None, "lower_by": by, "upper_by": by}


def _thresholds(shape: tuple[int, int]) -> dict[str, Any]:
    """For tokens of full column rank every positive matrix is representable from the first size on."""
    return {"every_matrix_from": min(shape[0] - 1, shape[1]), "published_threshold": shape[0]}


def _label(given: dict[str, Any], shape: tuple[int, int]) -> str:
    import json
    from hashlib import sha256

    written = json.dumps(given, sort_keys=True, separators=(",", ":"), default=str)
    return f"attention-matrix:{shape[0]}x{shape[1]}:{sha256(written.encode()).hexdigest()[:12]}"


def _numeric(given: dict[str, Any], size: int | None, start: float) -> dict[str, Any]:
    from proofs_check.results import bounds_fields
    from tensors.attention.softmax.numeric import head_size_numeric, logits_rank_numeric

    found = head_size_numeric(given["P"]) if "P" in given else logits_rank_numeric(given["logits"])
    rows = len(given["P"] if "P" in given else given["logits"])
    shape = rows, found.shape[1]
    return {
        "label": _label(given, shape),
        "representable": True,
        "min_head_size": found.rank,
        **bounds_fields(found.bounds),
        "reason": "singular values of log(P_ij / P_1j); read exactly, floats nearly always have the rank n - 1",
        "witness": None,
        "contradiction": None,
        "head_size": size,
        "fits": None if size is None else size >= found.rank,
        **_thresholds(shape),
        "weights": None,
        "numeric": found.to_json(),
        "seconds": round(time.perf_counter() - start, 6),
    }


def one_line(result: dict[str, Any]) -> str:
    """One line of a batch."""
    return f"{result['label']}  {_answer(result)}"


def _answer(result: dict[str, Any]) -> str:
    from proofs_check.results import known

    return str(known(result)) if result["representable"] else f"none ({result['grade']})"


def report(result: dict[str, Any]) -> str:
    """Everything that is known of one matrix, for people."""
    rows = [
        *bound_rows(result),
        ("every matrix from", number(result["every_matrix_from"]), "tokens of full column rank"),
        ("published", number(result["published_threshold"]), ""),
    ]
    if result["witness"] is not None:
        rows.append(("determinant", "", f"{result['witness']['determinant']} in the witness"))
    if result["fits"] is not None or result["head_size"] is not None:
        words = {True: "yes", False: "no", None: "open"}
        rows.append((f"head size {result['head_size']}", words[result["fits"]], ""))
    lines = [
        f"{result['label']}  least head size {strong(_answer(result))}",
        f"  {result['reason']}",
        "",
        aligned(rows),
    ]
    for name, value in (result["weights"] or {}).items():
        lines += [f"\n  {name}"] if isinstance(value, list) else [f"\n  {name}: {value}"]
        lines += [f"    {'  '.join(row)}" for row in value] if isinstance(value, list) else []
    return "\n".join([*lines, "", run_notes(result)])
