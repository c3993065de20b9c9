"""Inputs for which attention with fixed weights shows a given sparse matrix."""

from __future__ import annotations

from dataclasses import KW_ONLY
from typing import TYPE_CHECKING, Any, Literal

from proofs_check.option import SEED, Option
from proofs_check.question import Answer, Field, Question, Result
from proofs_check.reading import Integer, Matrix, Number, Positive, file_format
from proofs_check.show.text import aligned, number, run_notes, strong

if TYPE_CHECKING:
    from tensors.attention.realisation import Realised, SparseTarget

CONDITIONS = ("zeros", "ratios", "uniform")


@file_format
class Target:
    """A sparse attention matrix, whose rows are queries, and how closely it is to be realised."""

    _: KW_ONLY  # the order is that of messages, and a matrix comes before its precision

    matrix: Matrix | None = None
    """The square matrix, of exact numbers, each row of sum 1."""

    supports: list[list[Integer]] | None = None
    """Instead of the matrix: for each query the keys with a nonzero entry."""

    weights: Matrix | None = None
    """Positive exact numbers in the places of the supports, each row divided by its sum; all equal if left out."""

    epsilon: list[Number | None]
    """Exact precisions: zero over nonzero entries, error of nonzero over nonzero, error of zero over zero or null."""

    method: Literal["auto", "moment", "signs", "projection", "gold", "kerdock", "binary", "trivial"] = "auto"
    """The construction; auto takes that of the fewest dimensions which meets the precisions."""

    margin: Number = "1/2"
    """For signs, above 0 and below 1: if logits on a support are 1, those off it are at most 1 - margin; smaller: fewer
    dimensions and larger logits."""

    dimension: Positive | None = None
    """For signs, projection and codes: this dimension, instead of the least that is found."""

    most_range: Number | None = None
    """For auto: the largest difference of two logits in a row, exact; any if left out."""

    seed: Integer | None = None
    """Of every random choice, instead of the option."""


def target_of(given: Target) -> SparseTarget:
    """Read the matrix that a file describes.

    Raises
    ------
    InputError
        Naming the key, its value and what is allowed.

    Examples
    --------
    >>> target_of(Target(supports=[[1], [0]], epsilon=[1, 1])).k
    1
    """
    from algebra.errors import InputError
    from tensors.attention.realisation import SparseTarget

    forms = [form for form in ("matrix", "supports") if getattr(given, form) is not None]
    if len(forms) != 1:
        raise InputError("matrix or supports", forms, "given, exactly one of them")
    if given.supports is not None:
        return SparseTarget.from_supports(given.supports, given.weights)
    if given.weights is not None:
        raise InputError("weights", given.weights, "left out with a matrix")
    return SparseTarget.from_matrix(given.matrix)


def realised_of(given: Target, seed: int = 0) -> Realised:
    """Realise the matrix that a file describes, to its precisions and by its method.

    Raises
    ------
    InputError
        Naming the key, its value and what is allowed.

    Examples
    --------
    >>> realised_of(Target(supports=[[1], [2], [0]], epsilon=["1/9", "1/9"])).verified
    True
    """
    from tensors.attention.realisation import realise

    names = ("method", "margin", "dimension", "most_range")
    return realise(target_of(given), given.epsilon, seed=seed, **{name: getattr(given, name) for name in names})


def answer(given: Target, tokens: bool, seed: int) -> Answer:
    """Realise the matrix, and verify every entry."""
    from tensors.attention.realisation import projection_bound, universal_keys_dimension

    found = realised_of(given, seed)
    target, made, checked = found.target, found.realisation, found.verification
    wanted = (found.precision.zeros, found.precision.ratios, found.precision.uniform)
    fields = {
        "length": target.length,
        "k": target.k,
        "epsilon": [None if value is None else str(value) for value in wanted],
        "dimension": None if made is None else made.dimension,
        "method": None if made is None else made.method,
        "verified": found.verified,
        "met": None if checked is None else [checked.zeros_met, checked.ratios_met, checked.uniform_met],
        "reached": None if checked is None else checked.reached().fields(),
        "gap": None if checked is None or checked.gap is None else str(checked.gap),
        "logit_range": None if checked is None else _decimals(checked.logit_range),
        "facts": None if made is None else made.facts.to_json(),
        "trivial_dimension": target.length - 1,
        "universal_keys_dimension": universal_keys_dimension(target.length, target.k),
        "projection_bound": projection_bound(target, found.precision),
        "tried": list(found.tried),
    }
    if tokens and made is not None:
        fields["tokens"] = [[str(value) for value in token] for token in made.tokens()]
    return Answer(_label(target), fields, found.bounds, seed)


def _label(target: SparseTarget) -> str:
    from algebra.evidence.checker.labels import shortened

    return f"attention-matrix:L{target.length}:k{target.k}:{shortened(repr((target.supports, target.weights)))}"


def _decimals(value: Any) -> dict[str, str]:
    from algebra.exact.balls import ball, decimals

    return decimals(ball(value)).fields()


def one_line(result: Result) -> str:
    """One line of a batch: label, dimension and whether it was verified."""
    return f"{result['label']}  {_outcome(result)}"


def _outcome(result: Result) -> str:
    if result["dimension"] is None:
        return "out of reach of this method"
    state = "verified" if result["verified"] else "NOT to the precision asked for"
    return f"dimension {result['dimension']} by {result['method']}, {state}"


def report(result: Result) -> str:
    """Everything that is known of one realisation, for people."""
    rows = [
        ("least dimension", f"{result['lower']}..{result['upper']}", result["lower_by"]),
        ("trivial", number(result["trivial_dimension"]), "L - 1, always enough"),
        ("universal keys", number(result["universal_keys_dimension"]), "min(2k, L - 1), if zeros need not be uniform"),
        ("random projection", number(result["projection_bound"]), "the O(log L) bound with its constants"),
    ]
    reached = result["reached"] or {}
    for name, asked in zip(CONDITIONS, result["epsilon"], strict=True):
        if reached.get(name) is not None:
            rows.append((f"{name} reached", reached[name]["upper"], f"asked: {'nothing' if asked is None else asked}"))
    if result["logit_range"] is not None:
        rows.append(("logits within", result["logit_range"]["upper"], "largest minus smallest in a row"))
    notes = f"  tried: {'; '.join(result['tried'])}\n{run_notes(result)}"
    return f"{result['label']}  {strong(_outcome(result))}\n\n{aligned(rows)}\n\n{notes}"


TOKENS = Option("tokens", "Print the tokens: L lists, query then key.", default=False)

QUESTION = Question(
    name="attention realise",
    says="Realise a sparse attention matrix (rows are queries) to given precisions, in as few dimensions as can be.",
    about="The matrix is given by supports, for each query the keys with a nonzero entry, with weights in the same "
    "places if they differ; or as the whole matrix. The precisions bound, inside a row, zero over nonzero entries, the "
    "error of nonzero over nonzero, and that of zero over zero. Exit status 1: not realised to these precisions.",
    given=Target,
    answer=answer,
    fields=(
        Field("length", "integer", "number L of tokens"),
        Field("k", "integer", "largest number of nonzero entries in a row"),
        Field("epsilon", "list", "the three precisions; null: not asked for"),
        Field("dimension", "integer", "of the realisation; null if the method found none"),
        Field("method", "text", "the construction that was used; null likewise"),
        Field("verified", "boolean", "whether every entry was checked to meet the precisions"),
        Field("met", "list", "which of the three precisions are met; one that is not asked for is"),
        Field("reached", "object", "the precisions that are reached, as decimals that enclose them"),
        Field(
            "gap", "text", "least logit on a support less the greatest off it, least over all rows; null if no zeros"
        ),
        Field("logit_range", "object", "largest difference of two logits in a row, as decimals that enclose it"),
        Field("facts", "object", "what the construction says of itself"),
        Field("trivial_dimension", "integer", "L - 1, always enough"),
        Field("universal_keys_dimension", "integer", "min(2k, L - 1), enough if zeros need not be uniform"),
        Field("projection_bound", "integer", "a dimension at which random projections work, by the O(log L) bound"),
        Field("tried", "list", "constructions in the order in which they were tried, with what came of them"),
        Field("tokens", "list", "L lists, query then key", only="with --tokens"),
    ),
    headline="least dimension",
    example={"supports": [[1], [0, 2], [2]], "epsilon": ["1/100", "1/10", None], "method": "auto"},
    options=(TOKENS, SEED),
    usage=("rankcert attention realise matrix.json", "rankcert attention realise matrix.json --tokens --json"),
    report=report,
    line=one_line,
    is_good=lambda result: bool(result["verified"]),
)
