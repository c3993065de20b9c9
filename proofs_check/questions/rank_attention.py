"""The separation rank of a stack of attention layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proofs_check.option import CERTIFICATE, ERROR, SEED
from proofs_check.question import Answer, Field, Question, Result
from proofs_check.reading import Integer, Positive, Truth, file_format, written
from proofs_check.show.text import aligned, bound_rows, bounds_text, number, run_notes, strong

if TYPE_CHECKING:
    from algebra.evidence import Bounds

MOST_SHOWN = 14  # degrees in a report, those of three layers; more do not fit into a line


@file_format
class Stack:
    """A stack of attention layers without softmax, and two groups of tokens."""

    width: Positive
    """Coordinates of a token."""

    heads: Positive
    """Heads of each layer."""

    head_size: Positive
    """Rows of the matrices Q, K and V of a head; at most the width."""

    layers: Positive
    """Number of layers."""

    tokens: list[Positive]
    """Two numbers: the tokens of the group of the output's own token, and those of the other group."""

    embedding_rank: Positive | None = None
    """Dimension of the space that all tokens lie in; null: the width."""

    residual: Truth = False
    """Whether every layer adds its input to what it gives."""

    vocabulary: Positive | None = None
    """Tokens are so many words with generic embeddings; null: tokens are any vectors."""

    positions: Truth = False
    """Of a vocabulary: whether a generic vector of its position is added to each word."""

    pooled: Truth = False
    """Whether the output is the sum over all tokens of both groups."""

    seed: Integer | None = None
    """Of every random choice, instead of the option."""


def answer(given: Stack, seed: int, log2_error: float | None) -> Answer:
    """Bound the separation rank, and the rank of each degree."""
    from tensors.attention import AttentionStack

    stack = AttentionStack.from_json(written(given, without=["seed"]))
    found = stack.separation(seed, log2_error)
    fields = {
        "degree": stack.degree,
        "per_degree": None if found.degrees is None else [_degree(bounds) for bounds in found.degrees],
    }
    return Answer.of_bounds(stack.label, found.whole, fields, seed)


def _degree(bounds: Bounds) -> Result:
    return {"lower": bounds.lower, "upper": bounds.upper, "grade": bounds.grade.value}


def report(result: Result) -> str:
    """Everything that is known of one rank, for people: the ranks by degree on one line."""
    rows = [*bound_rows(result), ("degree in G", number(result["degree"]), "of the tokens' Gram matrix")]
    degrees = result["per_degree"]
    if degrees is not None:
        shown = " ".join(_range(each) for each in degrees[:MOST_SHOWN])
        rows.append(("rank by degree", shown + (" …" if len(degrees) > MOST_SHOWN else ""), "in G of the other group"))
    return f"{result['label']}  rank {strong(bounds_text(result))}\n\n{aligned(rows)}\n\n{run_notes(result)}"


def _range(degree: Result) -> str:
    lower, upper = degree["lower"], degree["upper"]
    return number(lower) if lower == upper else f"{number(lower)}..{number(upper)}"


QUESTION = Question(
    name="rank attention",
    says="Separation rank of a stack of attention layers, for almost all weights.",
    about="Layers are y_i = sum_h O_h sum_j <Q_h x_i, K_h x_j> V_h x_j, without softmax. The rank is that of the "
    "output as a function of two groups of tokens: the sum of the ranks of its parts of each degree in the second.",
    given=Stack,
    answer=answer,
    fields=(
        Field("degree", "integer", "degree C = (3^L - 1)/2 of the output in the Gram matrix of the tokens"),
        Field(
            "per_degree",
            "list",
            "for each degree 0 … C in the Gram matrix of the second group: lower, upper and grade of the rank; null "
            "with residual connections, vocabularies, pooling and more than six layers",
        ),
    ),
    headline="rank",
    example={"width": 5, "heads": 2, "head_size": 2, "layers": 2, "tokens": [6, 6], "embedding_rank": None},
    options=(SEED, ERROR, CERTIFICATE),
    needs=("tensors.attention.depth.stack", "algebra.evidence.certificate"),
    usage=(
        "rankcert rank attention stack.json",
        "rankcert rank attention stack.json --certificate stack.certificate.json",
        "rankcert rank attention stacks.jsonl --json",
    ),
    report=report,
    line=lambda result: f"{result['label']}  rank {bounds_text(result)}",
)
