"""The rank of a softmax matrix: proved for rational tokens, numeric for floats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from algebra.errors import InputError
from proofs_check.option import CERTIFICATE, EXACT_FLOATS, SEED
from proofs_check.question import Answer, Field, Question, Result
from proofs_check.reading import Integer, Matrix, file_format, written
from proofs_check.show.text import aligned, bound_rows, bounds_text, number, run_notes, strong

if TYPE_CHECKING:
    from tensors.attention.softmax.matrix import SoftmaxMatrix
    from tensors.attention.softmax.numeric import NumericSoftmaxRank


@file_format
class Scores:
    """Keys and queries, or the logits themselves."""

    keys: Matrix | None = None
    """One row a key; together with queries, and without logits."""

    queries: Matrix | None = None
    """One row a query, with as many coordinates as the keys have."""

    logits: Matrix | None = None
    """One row a key, one column a query, "-inf" where a query does not see a key; instead of keys and queries."""

    seed: Integer | None = None
    """Of every random choice, instead of the option."""


def answer(given: Scores, seed: int, exact_floats: bool) -> Answer:
    """Bound the rank, or count the singular values where an entry is a float.

    Raises
    ------
    InputError
        If the object has other keys.
    """
    from algebra.exact.numbers import exact_fractions, has_floats
    from tensors.attention.softmax.blocked import named_blocked

    scores = written(given, without=["seed"])
    if set(scores) not in ({"keys", "queries"}, {"logits"}):
        raise InputError("FILE", sorted(scores), 'an object with "keys" and "queries", or with "logits"')
    if "logits" in scores:
        scores = {"logits": named_blocked(scores["logits"])}
    if exact_floats:
        scores = exact_fractions(scores)
    if any(map(has_floats, scores.values())):
        return _numeric(_estimate(scores))

    matrix = _matrix(scores)
    sides, distinct = matrix.shape, matrix.core.shape
    fields = _fields(sides, distinct_keys=int(distinct[0]), distinct_queries=int(distinct[1]))
    return Answer.of_bounds(matrix.label, matrix.rank(seed), fields)


def _matrix(scores: dict[str, Any]) -> SoftmaxMatrix:
    from tensors.attention.softmax.matrix import softmax_matrix, softmax_of_tokens

    return softmax_matrix(scores["logits"]) if "logits" in scores else softmax_of_tokens(**scores)


def _estimate(scores: dict[str, Any]) -> NumericSoftmaxRank:
    from tensors.attention.softmax.numeric import logit_floats, numeric_rank, softmax_floats, softmax_rank_numeric

    if "logits" in scores:
        return numeric_rank(softmax_floats(logit_floats("logits", scores["logits"])))
    return softmax_rank_numeric(**scores)


def _numeric(found: NumericSoftmaxRank) -> Answer:
    """Nothing is proved of floats, so there is no certificate, and nothing was random, so there is no seed."""
    label = f"softmax:{found.shape[0]}x{found.shape[1]}:floats"
    return Answer(label, _fields(found.shape, numeric=found.to_json()), found.bounds)


def _fields(
    shape: tuple[int, int],
    distinct_keys: int | None = None,
    distinct_queries: int | None = None,
    numeric: Result | None = None,
) -> Result:
    return {
        "keys": shape[0],
        "queries": shape[1],
        "distinct_keys": distinct_keys,
        "distinct_queries": distinct_queries,
        "numeric": numeric,
    }


def report(result: Result) -> str:
    """Everything that is known of one matrix, for people."""
    numeric = result["numeric"]
    if numeric is None:
        rows = [
            *bound_rows(result),
            ("keys", number(result["keys"]), ""),
            ("queries", number(result["queries"]), ""),
            ("distinct keys", number(result["distinct_keys"]), "up to shifts"),
            ("distinct queries", number(result["distinct_queries"]), "up to shifts"),
        ]
    else:
        rows = [
            ("shape", f"{result['keys']} x {result['queries']}", ""),
            *((name, str(numeric[name]), "") for name in ("tolerance", "sigma_k", "sigma_next", "gap", "note")),
            ("computed in", numeric["dtype"], numeric["backend"]),
        ]
    return f"{result['label']}  rank {strong(bounds_text(result))}\n\n{aligned(rows)}\n\n{run_notes(result)}"


QUESTION = Question(
    name="rank softmax",
    says="Rank of softmax(<key, query>), proved for rational tokens; numeric for floats.",
    about='FILE holds keys and queries, one row a token, or {"logits": [[…], …]}, one row a key.',
    given=Scores,
    answer=answer,
    fields=(
        Field("keys", "integer", "number of keys, the rows of the matrix"),
        Field("queries", "integer", "number of queries, its columns"),
        Field("distinct_keys", "integer", "keys that are seen and differ by more than a shift; null for floats"),
        Field("distinct_queries", "integer", "queries that differ by more than a shift; null for floats"),
        Field("numeric", "object", "of floats: the singular values that decided, and the tolerance; else null"),
    ),
    headline="rank",
    example={"keys": [[0, 1], [1, 0], [1, 1], [2, "1/3"]], "queries": [[0, 1], [1, 2], [3, 1]]},
    options=(SEED, EXACT_FLOATS, CERTIFICATE),
    needs=("tensors.attention.softmax.matrix",),
    usage=("rankcert rank softmax tokens.json", "rankcert rank softmax tokens.jsonl --json"),
    report=report,
)
