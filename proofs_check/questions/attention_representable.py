"""The least head size of an attention matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from proofs_check.option import EXACT_FLOATS, Option
from proofs_check.question import BOUND_FIELDS, Answer, Field, Question, Result
from proofs_check.reading import Integer, Matrix, Natural, Truth, file_format, written
from proofs_check.results import bounds_fields
from proofs_check.show.text import aligned, bound_rows, bounds_text, number, run_notes, strong

if TYPE_CHECKING:
    from tensors.attention.low_rank.answer import HeadSize
    from tensors.attention.low_rank.scores import Scores


Mask = Literal["causal", "zeros"] | list[list[Integer | Truth]]
Meaning = Literal["visible", "blocked"]


@file_format
class Pair:
    """Tokens and what attention is to make of them, P or logits."""

    logits: Matrix | None = None
    """Instead of P: scores, one row a key, one column a query, "-inf" where the key is blocked."""

    P: Matrix | None = None
    """Attention weights, likewise; every column sums to 1."""

    X: Matrix | None = None
    """Tokens, one column each; always given."""

    mask: Mask | None = None
    """What queries do not see, as for a single matrix."""

    true_means: Meaning | None = None
    """What a 1 of the mask means; only with a matrix of 0 and 1."""


@file_format
class Matrices:
    """One attention matrix, or pairs of tokens and matrices that are to have the same weights."""

    logits: Matrix | None = None
    """Instead of P: scores, one row a key, one column a query, "-inf" where the key is blocked; a constant for each
    query does not matter."""

    P: Matrix | None = None
    """Attention weights, one row a key, one column a query; every column sums to 1."""

    X: Matrix | None = None
    """Tokens, one column each; if left out, the answer is that for every X of full column rank."""

    mask: Mask | None = None
    """What queries do not see: causal, zeros (of P) or a matrix of 0 and 1; if left out, they see everything."""

    true_means: Meaning | None = None
    """What a 1 of the mask means; only with a matrix of 0 and 1."""

    pairs: list[Pair] | None = None
    """Instead of a matrix: several, each with its tokens X, for one pair of weights."""

    head_size: Natural | None = None
    """Whether there are weights of this head size is answered too."""


def answer(given: Matrices, weights: bool, exact_floats: bool) -> Answer:
    """Find the least head size; floats alone are measured numerically.

    Raises
    ------
    InputError
        If floats stand beside other keys, or weights are asked of them.
    """
    from algebra.errors import InputError
    from algebra.exact.numbers import exact_fractions, has_floats
    from tensors.attention.softmax.blocked import named_blocked

    found = written(given, without=["head_size"])
    if given.logits is not None:
        found["logits"] = named_blocked(given.logits)
    if exact_floats:
        found = exact_fractions(found)
    elif has_floats(found.get("logits"), given.P, given.X):
        if set(found) not in ({"P"}, {"logits"}) or weights:
            raise InputError("P", "floats", 'exact numbers (strings "p/q", or --exact-floats): floats come alone')
        return _numeric(found, given.head_size)
    return _exact(found, given.head_size, weights)


def _exact(given: Result, size: int | None, with_weights: bool) -> Answer:
    from dataclasses import asdict

    from tensors.attention.low_rank.weights import construct_weights

    found, shape = _solve(given)
    bounds = found.bounds
    made = construct_weights(found).to_json() if with_weights and bounds is not None else None
    fields = {
        "representable": found.representable,
        "min_head_size": bounds.lower if bounds is not None and bounds.lower == bounds.upper else None,
        **(NO_BOUNDS if bounds is None else bounds_fields(bounds)),
        "reason": found.reason,
        "witness": None if found.witness is None else asdict(found.witness),
        "contradiction": None if found.contradiction is None else asdict(found.contradiction),
        "head_size": size,
        "fits": None if size is None else found.fits(size),
        **_thresholds(shape),
        "weights": made,
        "numeric": None,
    }
    return Answer(_label(given, shape), fields)


def _numeric(given: Result, size: int | None) -> Answer:
    from tensors.attention.softmax.numeric import head_size_numeric, logits_rank_numeric

    found = head_size_numeric(given["P"]) if "P" in given else logits_rank_numeric(given["logits"])
    shape = len(given["P"] if "P" in given else given["logits"]), found.shape[1]
    fields = {
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
    }
    return Answer(_label(given, shape), fields)


def _solve(given: Result) -> tuple[HeadSize, tuple[int, int]]:
    """Answer for the matrix or for the pairs, and return the shape of the first matrix."""
    from algebra.errors import InputError
    from tensors.attention.low_rank.head_size import common_head_size, least_head_size

    if "pairs" not in given:
        scores = _scores(given)
        return least_head_size(scores, given.get("X")), scores.shape
    if len(given) > 1:
        raise InputError("pairs", given["pairs"], 'alone, a list of objects {"X": …, "P": …} or {"X": …, "logits": …}')
    for m, pair in enumerate(given["pairs"]):
        if "X" not in pair:
            raise InputError(f"pairs[{m}]", pair, 'an object with "X", and "P" or "logits"')
    pairs = [(pair["X"], _scores(pair)) for pair in given["pairs"]]
    found = common_head_size(pairs)
    return found, pairs[0][1].shape


def _scores(given: Result) -> Scores:
    from algebra.errors import InputError
    from tensors.attention.low_rank.scores import scores_of_logits, scores_of_probabilities

    if ("P" in given) == ("logits" in given):
        raise InputError("FILE", sorted(given), 'an object with either "P" or "logits"')
    mask = given.get("mask"), given.get("true_means")
    return scores_of_probabilities(given["P"], *mask) if "P" in given else scores_of_logits(given["logits"], *mask)


def _thresholds(shape: tuple[int, int]) -> Result:
    """For tokens of full column rank every positive matrix is representable from the first size on."""
    return {"every_matrix_from": min(shape[0] - 1, shape[1]), "published_threshold": shape[0]}


def _label(given: Result, shape: tuple[int, int]) -> str:
    import json

    from algebra.evidence.checker.labels import shortened

    text = json.dumps(given, sort_keys=True, separators=(",", ":"), default=str)
    return f"attention-matrix:{shape[0]}x{shape[1]}:{shortened(text)}"


def one_line(result: Result) -> str:
    """One line of a batch."""
    return f"{result['label']}  {_value(result)}"


def _value(result: Result) -> str:
    return bounds_text(result) if result["representable"] else f"none ({result['grade']})"


def report(result: Result) -> str:
    """Everything that is known of one matrix, for people."""
    rows = [
        *bound_rows(result),
        ("every matrix from", number(result["every_matrix_from"]), "tokens of full column rank"),
        ("published", number(result["published_threshold"]), ""),
    ]
    if result["witness"] is not None:
        rows.append(("determinant", "", f"{result['witness']['determinant']} in the witness"))
    if result["head_size"] is not None:
        words = {True: "yes", False: "no", None: "open"}
        rows.append((f"head size {result['head_size']}", words[result["fits"]], ""))

    head = f"{result['label']}  least head size {strong(_value(result))}"
    lines = [head, f"  {result['reason']}", "", aligned(rows)]
    for name, value in (result["weights"] or {}).items():
        lines += [f"\n  {name}", *_rows(value)] if isinstance(value, list) else [f"\n  {name}: {value}"]
    return "\n".join([*lines, "", run_notes(result)])


def _rows(matrix: list[Any]) -> list[str]:
    return [f"    {'  '.join(row)}" for row in matrix]


BY = "linear-equations"  # which contradict each other where there are no weights of any head size
NO_BOUNDS = {"lower": None, "upper": None, "grade": "proved", "log2_error": None, "lower_by": BY, "upper_by": BY}
WEIGHTS = Option("weights", "Construct W_k and W_q.", default=False)

QUESTION = Question(
    name="attention representable",
    says="Least head size of weights with softmax((W_k X)^T W_q X / sqrt(a)) = P.",
    about="The file has logits or P: one row a key, one column a query; the columns of P sum to 1. X has one column a "
    'token; left out, the answer holds for every X of full column rank. mask is "causal", "zeros" or a matrix of 0 and '
    '1 with true_means: "visible" or "blocked". {"pairs": [{"X": …, "P": …}, …]} asks for one pair of weights.',
    given=Matrices,
    answer=answer,
    fields=(
        Field("representable", "boolean", "whether there are weights, of whatever head size"),
        Field("min_head_size", "integer", "the least head size; null if there is none or the bounds do not meet"),
        *BOUND_FIELDS,
        Field("reason", "text", "why it is so"),
        Field("witness", "object", "a minor that is not zero: no smaller head size will do; null if there is none"),
        Field("contradiction", "object", "a relation of the tokens that the scores do not satisfy; null without one"),
        Field("head_size", "integer", "the head size that was asked about, if any"),
        Field("fits", "boolean", "whether there are weights of that size; null if none was given or it is open"),
        Field("every_matrix_from", "integer", "least head size for all matrices of this shape and full-rank tokens"),
        Field("published_threshold", "integer", "the number of keys, which was proved to be enough before"),
        Field(
            "weights", "object", "with --weights: the rows of W_k and W_q, or of W_k X and W_q X where no X is given"
        ),
        Field("numeric", "object", "of floats: singular values and tolerance; else null"),
    ),
    example={"P": [["1/2", "1/6", "1/3"], ["1/3", "1/2", "1/6"], ["1/6", "1/3", "1/2"]]},
    options=(WEIGHTS, EXACT_FLOATS),
    usage=(
        "rankcert attention representable matrix.json --weights",
        "rankcert attention representable matrices.jsonl --json",
    ),
    report=report,
    line=one_line,
)
