"""Depth against width of attention: separation ranks of stacks, beside what two papers are remembered to say."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import ceil, floor

from algebra.errors import InputError
from proofs_check.deciding.separation import deep_upper_log3, is_shallow, log3, shallow_upper
from proofs_check.family import BOUND_COLUMNS, Column, Family, Instance, Row, Rows, Told, graded
from proofs_check.option import SEED, Option, repeated_option, words_option
from proofs_check.results import bounds_fields
from proofs_check.show.text import bounds_text
from proofs_check.words import at_least, numbers_of, spelled

LAYERS = (1, 2, 3, 8, 16, 32, 64)
"""Where ranks are seen, and depths at which bounds have up to hundreds of digits; 4 to 6 layers take seconds each."""


def instances(
    widths: Sequence[Sequence[int]] = ((2,), (3,), (4,)),
    layers: Sequence[Sequence[int]] = (LAYERS,),
    heads: Sequence[Sequence[int]] = ((1,),),
    embedding_rank: int | None = None,
    tokens: int | None = None,
    seed: int = 0,
) -> list[Instance]:
    """Return every stack of these widths, heads and numbers of layers, for heads of size d/H.

    Heads that do not divide a width are left out there.

    Raises
    ------
    InputError
        For widths below 1, or heads that divide none of them.

    Examples
    --------
    >>> [each["stack"]["head_size"] for each in instances([[4, 6]], [[2]], heads=[[1, 2, 3]])]
    [4, 2, 6, 3, 2]
    """
    sizes, counts, depths = (sorted({x for each in given for x in each}) for given in (widths, heads, layers))
    for name, numbers in (("widths", sizes), ("--heads", counts), ("--layers", depths)):
        if not numbers:
            raise InputError(name, "nothing", "at least one integer")
    if sizes[0] < 1 or counts[0] < 1:
        raise InputError("--heads" if counts[0] < 1 else "widths", min(sizes[0], counts[0]), "integers of at least 1")

    found = []
    for width, count, depth in product(sizes, counts, depths):
        if width % count == 0:
            stack = {"width": width, "heads": count, "head_size": width // count, "layers": depth}
            sides = [width if tokens is None else tokens] * 2
            found.append({"stack": {**stack, "tokens": sides, "embedding_rank": embedding_rank}, "seed": seed})
    if not found:
        raise InputError("--heads", spelled(counts), f"such that one divides one of the widths {spelled(sizes)}")
    return found


def evaluate(instance: Instance) -> Row:
    """Bound the separation rank of one stack.

    Parameters
    ----------
    instance : dict
        One of `instances`.

    Returns
    -------
    dict
        ``regime``: ``depth-efficient`` while C = (3^L - 1)/2 is at most s = d(d+1)/2, where the rank grows double
        exponentially with depth, else ``saturated``; ``threshold``: the last depth of the first regime;
        ``restated_log3``: the upper bound of the paper's first or second theorem, as remembered.

    Examples
    --------
    >>> stack = {"width": 3, "heads": 1, "head_size": 3, "layers": 2, "tokens": [3, 3]}
    >>> row = evaluate({"stack": stack, "seed": 0})
    >>> row["lower"], row["regime"], row["threshold"], row["log3_upper"]
    (49, 'depth-efficient', 2, 3.543)
    """
    from tensors.attention import AttentionStack

    stack = AttentionStack.from_json(instance["stack"])
    bounds = stack.separation_rank(seed=instance["seed"])
    assert bounds.upper is not None

    if is_shallow(stack.width, stack.layers):
        restated = log3(shallow_upper(stack.width, stack.heads, stack.layers))
    else:
        restated = deep_upper_log3(stack.width, stack.layers)
    return {
        "label": stack.label,
        **{name: getattr(stack, name) for name in ("width", "heads", "head_size", "layers", "degree")},
        **bounds_fields(bounds),
        "log3_lower": floor(1000 * log3(bounds.lower)) / 1000,
        "log3_upper": ceil(1000 * log3(bounds.upper)) / 1000,
        "restated_log3": ceil(1000 * restated) / 1000,
        "regime": "depth-efficient" if stack.layers <= stack.threshold else "saturated",
        "threshold": stack.threshold,
        "seed": instance["seed"],
    }


def key(instance: Instance) -> str:
    """Name the stack, and the seed."""
    from tensors.attention import AttentionStack

    return f"attention-depth:{AttentionStack.from_json(instance['stack']).label}:seed={instance['seed']}"


def cost(instance: Instance) -> float:
    """The evaluations grow until they are cut off; from seven layers on there are none."""
    return 1.0 if instance["stack"]["layers"] > 6 else float(instance["stack"]["layers"] ** 3 * 10)


def _notes(rows: Rows, told: Told) -> tuple[str, ...]:
    return (
        graded(rows),
        "rank: between two groups of as many tokens as there are coordinates (or --tokens), for almost all weights",
        "depth-efficient: C = (3^L - 1)/2 is at most d(d+1)/2; beyond, log_3 of the rank grows by at most d(d+1)/2 a "
        "layer",
        "restated: log_3 of the upper bound of Levine et al. 2020 (arXiv:2006.12467), restated from memory, for "
        "balanced partitions",
    )


FAMILY = Family(
    name="attention-depth",
    says="Depth against width of attention: separation ranks of stacks of layers, to depths with hundreds of digits.",
    about="One row a stack of H heads of size d/H: its separation rank with its grade, the regime, and the upper bound "
    "of a paper, restated from memory.",
    instances=instances,
    evaluate=evaluate,
    key=key,
    columns=(
        Column("label", "text"),
        Column("width", heading="d"),
        Column("heads", heading="H"),
        Column("head_size", says="rows of Q, K and V in each head"),
        Column("layers", heading="L"),
        Column("degree", says="degree C = (3^L - 1)/2 of the output in the Gram matrix of the tokens"),
        Column("", "", "rank", bounds_text),
        *BOUND_COLUMNS,
        Column("log3_lower", "number", "log_3, at least"),
        Column("log3_upper", "number", "at most"),
        Column("restated_log3", "number", "restated"),
        Column("regime", "text", "regime"),
        Column("threshold", heading="until L"),
        Column("seed"),
        Column("seconds", "number"),
    ),
    title="Separation ranks of attention stacks",
    notes=_notes,
    options=(
        words_option("widths", "Widths d; default: 2 3 4.", numbers_of, ((2,), (3,), (4,)), "[D|D..D]…"),
        repeated_option("layers", "Numbers of layers; default: 1,2,3,8,16,32,64.", numbers_of, (LAYERS,), "L|L..L|L,L"),
        repeated_option(
            "heads",
            "Heads in a layer, H, of size d/H; default: 1. Left out for widths that they do not divide.",
            numbers_of,
            ((1,),),
            "H|H..H|H,H",
        ),
        Option("embedding_rank", "All tokens lie in a space of this dimension.", at_least(1), metavar="R"),
        Option("tokens", "Tokens in each of the two groups; default: the width.", at_least(1), metavar="N"),
        SEED,
    ),
    cost=cost,
    example={"widths": [[2]], "layers": [[1, 2, 9]]},
    usage=(
        "rankcert table attention-depth 2..4 --layers 1..3 --heads 1",
        "rankcert table attention-depth 4 6 --layers 2 --heads 1..6",
        "rankcert table attention-depth 5 6 --layers 10,20,40 --output depth.csv",
    ),
)
