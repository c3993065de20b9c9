"""Is the bound of the first layer the separation rank? A conjecture for wide layers, and where it is known to fail.

Each row is a stack, its rank by evaluation and its least upper bound. Where they meet the case is settled; that they
always do for H e >= d and enough tokens is open. With fewer and smaller heads, or few tokens, they do not always.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from algebra.errors import InputError
from proofs_check.families._conjecture import Conjecture
from proofs_check.family import BOUND_COLUMNS, Column, Family, Instance, Row, bounds_cell, spaced
from proofs_check.option import SEED, Option
from proofs_check.results import bounds_fields
from proofs_check.words import at_least, span, spelled

QUESTIONS = {
    "wide": "H e >= d, at least d tokens on either side: conjectured to be sharp",
    "narrow": "H e < d, at least d tokens on either side: known not to be sharp always",
    "few-tokens": "H e >= d, fewer than d tokens on one side at least: known not to be sharp always",
}
CONJECTURE = Conjecture(
    "attention-depth-conjecture", QUESTIONS, "stacks", "reach the bound", "bound", field="upper", about="question"
)

MOST_STACKS, MOST_CANDIDATES = 100_000, 1_000_000  # of the second the question takes some


def instances(
    question: str, widths: Sequence[int] = (2, 3), layers: Sequence[int] = (2,), most_heads: int = 3, seed: int = 0
) -> list[Instance]:
    """Return every shape of these widths and depths that the question speaks of.

    Raises
    ------
    InputError
        For an unknown question, or one without stacks.

    Examples
    --------
    >>> len(instances("wide", [2, 3], [2], 3))
    11
    """
    asked = CONJECTURE.read("QUESTION", question)
    allowed = f"such that there are between 1 and {MOST_STACKS:,} stacks"
    candidates = len(layers) * most_heads * sum(d**3 if asked == "few-tokens" else d for d in widths)
    if candidates > MOST_CANDIDATES:
        raise InputError("--widths", f"{spelled(widths)} with up to {most_heads} heads", allowed)
    found = []
    for d, depth, heads in product(widths, layers, range(1, most_heads + 1)):
        few = list(product(range(1, d + 1), repeat=2))[:-1] if asked == "few-tokens" else [(d, d)]
        for size, tokens in product(range(1, d + 1), few):
            if (heads * size < d) == (asked == "narrow"):
                stack = {"width": d, "heads": heads, "head_size": size, "layers": depth, "tokens": list(tokens)}
                found.append({"question": asked, "stack": stack, "seed": seed})
    if not found or len(found) > MOST_STACKS:
        raise InputError("--widths", f"{spelled(widths)} with up to {most_heads} heads", allowed)
    return found


def evaluate(instance: Instance) -> Row:
    """Bound one rank.

    Parameters
    ----------
    instance : dict
        One of `instances`.

    Returns
    -------
    dict
        ``agrees``: whether the rank is the least upper bound; None where nothing decides.

    Examples
    --------
    >>> stack = {"width": 3, "heads": 1, "head_size": 3, "layers": 2, "tokens": [1, 2]}
    >>> row = evaluate({"question": "few-tokens", "stack": stack, "seed": 0})
    >>> row["lower"], row["upper"], row["agrees"]
    (39, 41, False)
    """
    from tensors.attention import AttentionStack

    stack = AttentionStack.from_json(instance["stack"])
    bounds = stack.separation_rank(seed=instance["seed"])
    return {
        "label": stack.label,
        "question": instance["question"],
        **{name: value for name, value in stack.to_json().items() if name in instance["stack"]},
        **bounds_fields(bounds),
        "agrees": None if bounds.value is None else bounds.value == bounds.upper,
    }


def key(instance: Instance) -> str:
    """Name the question, the stack, and the seed."""
    from tensors.attention import AttentionStack

    label = AttentionStack.from_json(instance["stack"]).label
    return f"attention-depth-conjecture:{instance['question']}:{label}:seed={instance['seed']}"


FAMILY = Family(
    name="attention-depth-conjecture",
    says="Compare separation ranks of attention stacks with their least upper bound, conjectured to be sharp.",
    about=CONJECTURE.says,
    instances=instances,
    evaluate=evaluate,
    key=key,
    columns=(
        Column("label", "text", "stack"),
        Column("question", "text", says="one of wide, narrow, few-tokens"),
        Column("width", says="coordinates of a token"),
        Column("heads", says="heads in each layer"),
        Column("head_size", says="rows of Q, K and V in each head"),
        Column("layers", says="number of layers"),
        Column("tokens", "text", value=spaced("tokens"), says="tokens in the group of the output, and in the other"),
        Column("", "", "rank", bounds_cell),
        *BOUND_COLUMNS[:1],
        Column("upper", heading="bound"),
        *BOUND_COLUMNS[2:],
        Column("agrees", "boolean", "agrees"),
    ),
    title="Separation ranks of attention stacks beside their least upper bound",
    notes=CONJECTURE.notes,
    options=(
        CONJECTURE.option,
        Option("widths", "Widths d; default: 2..3.", span, (2, 3), "D|D..D"),
        Option("layers", "Numbers of layers; default: 2.", span, (2,), "L|L..L"),
        Option("most_heads", "Greatest number of heads.", at_least(1), 3, "H"),
        SEED,
    ),
    cost=lambda instance: float(instance["stack"]["width"] ** (4 * instance["stack"]["layers"])),
    example={"question": "few-tokens", "widths": [2], "most_heads": 1},
    summary=CONJECTURE.summary,
    text=CONJECTURE.text,
    usage=(
        "rankcert table attention-depth-conjecture few-tokens --widths 2..3 --output few.csv",
        "rankcert table attention-depth-conjecture wide --widths 2..4 --most-heads 4 --store ranks.sqlite",
    ),
)
