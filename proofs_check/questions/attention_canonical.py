"""What a multi-head softmax layer computes, without what cancels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proofs_check.option import SEED
from proofs_check.question import BOUND_FIELDS, Answer, Field, Question, Result
from proofs_check.reading import Integer, Matrix, Positive, file_format, written
from proofs_check.show.text import aligned, counted, number, plain_matrix, run_notes, strong

if TYPE_CHECKING:
    from tensors.attention.softmax.canonical import CanonicalForm
    from tensors.attention.softmax.heads import SoftmaxLayer


@file_format
class Head:
    """One head, V X softmax(X^T A X): A or W_q and W_k, and V or W_v and W_o, of exact numbers."""

    A: Matrix | None = None
    """Matrix of the scores, d x d for tokens of width d."""

    W_q: Matrix | None = None
    """Query weights, one row for each dimension of the head; with W_k, instead of A = W_k^T W_q / sqrt(rows)."""

    W_k: Matrix | None = None
    """Key weights, likewise."""

    V: Matrix | None = None
    """Matrix of the values, one row for each dimension of an output."""

    W_v: Matrix | None = None
    """Value weights; with W_o, instead of V = W_o W_v."""

    W_o: Matrix | None = None
    """Output weights, likewise."""


@file_format
class Layer:
    """A sum of heads, as a function of so many tokens; and another one, to compare."""

    heads: list[Head]
    """At least one; all of the same widths."""

    tokens: Positive
    """Number of tokens of an input."""

    other: list[Head] | None = None
    """Heads of a second layer, of the same widths: it is decided whether both are the same function."""

    seed: Integer | None = None
    """Of every random choice, instead of the option."""


def answer(given: Layer, seed: int) -> Answer:
    """Find the canonical form, and compare with the other layer if there is one."""
    from proofs_check.results import bounds_fields
    from tensors.attention.softmax.canonical import can_be_written, canonical_form, layers_equal
    from tensors.attention.softmax.heads import softmax_layer

    found = written(given)
    layer = softmax_layer(found["heads"], given.tokens)
    form = canonical_form(layer)
    heads = form.least_heads()
    fields = {
        "groups": len(form.groups),
        "min_head_size": form.least_head_size,
        "min_heads": heads.lower if heads.lower == heads.upper else None,
        **bounds_fields(heads),
        "is_zero": form.is_zero,
        "canonical": _groups(form),
        "equal": None,
        "distinction": None,
    }
    if given.other is not None:
        other = softmax_layer(found["other"], given.tokens)
        fields["equal"] = layers_equal(layer, other)
        if not fields["equal"] and can_be_written(layer.minus(other)):
            fields["distinction"] = _distinction(layer, other, seed)
    return Answer(_label(found, layer), fields, seed=seed)


def _label(found: Result, layer: SoftmaxLayer) -> str:
    import json

    from algebra.evidence.checker.labels import shortened

    text = json.dumps([found["heads"], found["tokens"]], sort_keys=True, separators=(",", ":"))
    sizes = f"{layer.width}-{layer.output_width}:h{len(layer.heads)}:n{layer.tokens}"
    return f"softmax-layer:{sizes}:{shortened(text)}"


def _groups(form: CanonicalForm) -> list[Result]:
    from algebra.exact.matrices import to_strings

    return [
        {
            "A": to_strings(group.A),
            "times": "1" if group.radicand == 1 else f"sqrt({group.radicand})",
            "V": to_strings(group.V),
            "rank": group.rank,
            "heads": list(group.heads),
        }
        for group in form.groups
    ]


def _distinction(layer: SoftmaxLayer, other: SoftmaxLayer, seed: int) -> Result | None:
    """Return tokens at which the outputs of two layers differ."""
    from algebra.exact.matrices import to_strings
    from tensors.attention.softmax.canonical import distinguish

    found = distinguish(layer, other, seed)
    if found is None:
        return None
    return {
        "X": to_strings(found.X),
        "output": found.output,
        "token": found.token,
        "prime": found.prime,
        "bases": [list(pair) for pair in found.bases],
        "residue": found.residue,
    }


def one_line(result: Result) -> str:
    """One line of a batch."""
    return f"{result['label']}  {counted(result['groups'], 'group')}, head size {result['min_head_size']}"


def report(result: Result) -> str:
    """Everything that is known of one layer, for people."""
    rows = [
        ("least head size", number(result["min_head_size"]), ""),
        ("least number of heads", number(result["min_heads"]), result["grade"]),
    ]
    for i, group in enumerate(result["canonical"]):
        merged = ", ".join(map(str, group["heads"]))
        rows.append((f"group {i}", f"rank {group['rank']}", f"heads {merged}"))
    text = f"{result['label']}  {strong(counted(result['groups'], 'group'))}\n\n{aligned(rows)}"
    return f"{text}\n\n{_comparison(result)}{run_notes(result)}"


def _comparison(result: Result) -> str:
    if result["equal"] is None:
        return ""
    found = result["distinction"]
    if result["equal"]:
        return "  the two layers are the same function\n"
    if found is None:
        return "  the two layers differ; an input would have too many tokens to be written down\n"
    place = f"output {found['output']} of token {found['token']}"
    return f"  the two layers differ: {place} at X = {plain_matrix(found['X'])}\n"


QUESTION = Question(
    name="attention canonical",
    says="Canonical form of a softmax layer: its groups of heads, least head size and least number of heads.",
    about="A head may also give W_q and W_k for A, W_v and W_o for V. With other, the heads of a second layer, it is "
    "decided whether the two are the same function.",
    given=Layer,
    answer=answer,
    fields=(
        Field("groups", "integer", "heads that are left when those of the same scores are merged"),
        Field("min_head_size", "integer", "the least head size of any layer that is the same function"),
        Field("min_heads", "integer", "the least number of heads, of any size; null where the bounds do not meet"),
        *BOUND_FIELDS,
        Field("is_zero", "boolean", "whether the layer is the zero function"),
        Field("canonical", "list", "the groups: A, its factor, V, the rank of A, and the heads that were merged"),
        Field("equal", "boolean", "whether the two layers are the same function; null if there is one"),
        Field(
            "distinction",
            "object",
            "tokens X at which their outputs differ, with what proves it; null if they agree, or tokens are too many",
        ),
    ),
    example={"heads": [{"A": [[1, 0], [0, 0]], "V": [[1, 2]]}, {"A": [[1, 0], [0, 0]], "V": [[0, 1]]}], "tokens": 3},
    options=(SEED,),
    usage=("rankcert attention canonical layer.json", "rankcert attention canonical layers.jsonl --json"),
    report=report,
    line=one_line,
)
