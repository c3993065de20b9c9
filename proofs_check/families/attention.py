"""Formulas for dimensions of attention varieties that fit every case computed, and one that does not.

Each row computes a dimension and compares it with a formula. The formulas are proved upper bounds (but the last one),
so that a rank that reaches them settles the case; that it always does is open. References: Henry, Marchetti, Kohn,
ICLR 2025, arXiv:2408.17221, for one head and equal widths; the other formulas are ours.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

from algebra.errors import InputError
from proofs_check.engine.sweep import Together
from proofs_check.families._conjecture import Conjecture
from proofs_check.families._together import asked_together
from proofs_check.family import BOUND_COLUMNS, Column, Family, Instance, Row, bounds_cell, spaced
from proofs_check.option import SEED, Option
from proofs_check.results import bounds_fields
from proofs_check.words import at_least, span, spelled

if TYPE_CHECKING:
    from algebra import Bounds
    from tensors.attention import AttentionNetwork

MOST_NETWORKS = 1_000_000


@dataclass(frozen=True)
class Question:
    """A formula and the networks that it speaks of.

    Parameters
    ----------
    about : str
    kind : str
        Of attention.
    tokens : tuple of int
    formula : str
        Its name in `tensors.attention.formulas.formula_values`.
    single : bool
        Whether it speaks of single heads.
    depths : (int, int)
        The least and the greatest number of layers.
    """

    about: str
    kind: str
    tokens: tuple[int, ...]
    formula: str
    single: bool
    depths: tuple[int, int] = (1, 8)


QUESTIONS = {
    "virtual-weights": Question(
        "lightning, one head: the count of virtual weights", "lightning", (1, 2), "virtual-weights", True
    ),
    "softmax": Question("softmax, one head: the count of virtual weights", "softmax", (2, 3), "virtual-weights", True),
    "heads": Question(
        "lightning, one layer of several heads: the least of the bounds", "lightning", (2,), "layers", False, (1, 1)
    ),
    "softmax-heads": Question("softmax, several heads, three tokens", "softmax", (3,), "layers", False),
    "deep-heads": Question(
        "lightning, several heads and layers: known to be false", "lightning", (2,), "layers", False, (2, 8)
    ),
}
CONJECTURE = Conjecture(
    "attention-formula",
    {name: each.about for name, each in QUESTIONS.items()},
    "networks",
    "agree",
    "formula",
    field="formula",
    about="formula",
)


# ---- instances


def instances(
    question: str,
    depths: Sequence[int] = (1,),
    largest: int = 3,
    head_sizes: Sequence[int] = (1, 2),
    heads: Sequence[int] = (1,),
    most_parameters: int = 330,
    seed: int = 0,
) -> list[Instance]:
    """Return every network of a question with widths 1 … largest and at most so many parameters.

    Raises
    ------
    InputError
        For an unknown question, depths or heads of which it does not speak, or a family without networks.

    Examples
    --------
    >>> len(instances("virtual-weights", [1], 2, [1], [1], 100))
    8
    """
    from tensors.attention import AttentionNetwork

    asked = QUESTIONS[CONJECTURE.read("QUESTION", question)]
    _check(asked, depths, heads)
    count = sum(largest ** (depth + 1) * len(head_sizes) ** depth for depth in depths) * len(heads) * len(asked.tokens)
    if count > MOST_NETWORKS:
        raise InputError("--largest", largest, f"less: a family of at most {MOST_NETWORKS:,} networks, not {count:,}")

    found = []
    for depth in depths:
        widths = product(range(1, largest + 1), repeat=depth + 1)
        for w, a, h, n in product(widths, product(head_sizes, repeat=depth), heads, asked.tokens):
            network = AttentionNetwork(w, a, h, kind=asked.kind, tokens=n)
            if network.parameters <= most_parameters:
                found.append({"question": question, "network": network.to_json(), "seed": seed})
    if not found:
        raise InputError("--most-parameters", most_parameters, "enough for the smallest network of the family")
    return found


def _check(asked: Question, depths: Sequence[int], heads: Sequence[int]) -> None:
    if not all(asked.depths[0] <= depth <= asked.depths[1] for depth in depths):
        raise InputError("--depth", spelled(depths), f"from {asked.depths[0]} to {asked.depths[1]} for this question")
    if asked.single and any(number != 1 for number in heads):
        raise InputError("--heads", spelled(heads), "1 for this question")


def key(instance: Instance) -> str:
    """Name the question, the network, and the seed."""
    return f"attention-formula:{instance['question']}:{_network(instance).label}:seed={instance['seed']}"


def cost(instance: Instance) -> float:
    """Roughly the cube of the number of parameters."""
    return float(_network(instance).parameters) ** 3


# ---- answers


def evaluate(instance: Instance) -> Row:
    """Bound the dimension of one network and compare it with the formula.

    Parameters
    ----------
    instance : dict
        One of `instances`.

    Returns
    -------
    dict
        ``agrees``: whether the dimension is the formula's; None if the bounds leave it open.

    Examples
    --------
    >>> network = {"widths": [3, 1], "head_sizes": [1], "heads": 3}
    >>> row = evaluate({"question": "heads", "network": network, "seed": 0})
    >>> row["lower"], row["formula"], row["agrees"]
    (18, 18, True)
    """
    return _row(instance, _network(instance).dimension(seed=instance["seed"]))


def evaluate_together(instances: Sequence[Instance]) -> list[Row | None]:
    """Bound the dimensions of many networks at once; None for those that are not proved so.

    Examples
    --------
    >>> chosen = instances("virtual-weights", [1], 2, [1], [1], 100)
    >>> [row and row["lower"] for row in evaluate_together(chosen)]
    [1, 1, 2, 2, 4, 4, 6, 6]
    """
    from tensors.attention.functions.batch import proved_dimensions

    told = [(instance["seed"], None) for instance in instances]
    found = asked_together(list(map(_network, instances)), told, proved_dimensions)
    pairs = zip(instances, found, strict=True)
    return [None if bounds is None else _row(instance, bounds) for instance, bounds in pairs]


def gains(instance: Instance) -> bool:
    """Whether the dimension of a network is found sooner together with others."""
    from tensors.attention.functions.batch import gains as network_gains

    return network_gains(_network(instance))


def _network(instance: Instance) -> AttentionNetwork:
    return _built(json.dumps(instance["network"]))


@lru_cache(maxsize=1 << 13)
def _built(network: str) -> AttentionNetwork:
    """Build a network once for its key, its cost, its dimension and its row."""
    from tensors.attention import AttentionNetwork

    return AttentionNetwork.from_json(json.loads(network))


def _row(instance: Instance, bounds: Bounds) -> Row:
    """Compare the dimension of a network with the formula."""
    from tensors.attention.formulas import formula_values

    network = _network(instance)
    value = formula_values(network)[QUESTIONS[instance["question"]].formula]
    return {
        "label": network.label,
        "question": instance["question"],
        **network.to_json(),
        "parameters": network.parameters,
        **bounds_fields(bounds),
        "formula": value,
        "agrees": None if bounds.value is None else bounds.value == value,
    }


# ---- the table


def _heads(row: Row) -> str:
    """Return the heads of all layers, or of each."""
    return " ".join(map(str, row["heads"])) if isinstance(row["heads"], list) else str(row["heads"])


FAMILY = Family(
    name="attention",
    says="Compare dimensions of attention varieties with a formula that is conjectured, or known to fail at times.",
    about=CONJECTURE.says,
    instances=instances,
    evaluate=evaluate,
    key=key,
    columns=(
        Column("label", "text", "network"),
        Column("question", "text", says="the formula that was asked about"),
        Column("kind", "text", says="lightning or softmax"),
        Column("widths", "text", value=spaced("widths"), says="widths of a token, before and after each layer"),
        Column("head_sizes", "text", value=spaced("head_sizes"), says="one for each layer"),
        Column("heads", "text", value=_heads, says="heads of a layer, one number for all or one for each"),
        Column("tokens", says="number of tokens"),
        Column("parameters", heading="parameters", says="number of weights"),
        Column("", "", "dimension", bounds_cell),
        *BOUND_COLUMNS,
        Column("formula", heading="formula", says="what the formula says"),
        Column(
            "agrees",
            "boolean",
            "agrees",
            says="whether the dimension is the formula's value; empty where the bounds leave that open",
        ),
    ),
    title="Dimensions of attention varieties beside a formula",
    notes=CONJECTURE.notes,
    options=(
        CONJECTURE.option,
        Option("depths", "Numbers of layers; default: 1.", span, (1,), "L|L..L", spelled=("--depth",)),
        Option("largest", "Greatest width.", at_least(1), 3, "D"),
        Option("head_sizes", "Head sizes; default: 1..2.", span, (1, 2), "A|A..A"),
        Option("heads", "Heads in a layer; default: 1.", span, (1,), "H|H..H"),
        Option("most_parameters", "Leave larger networks out.", at_least(1), 330, "N"),
        SEED,
    ),
    cost=cost,
    together=Together(evaluate_together, gains),
    summary=CONJECTURE.summary,
    text=CONJECTURE.text,
    example={"question": "virtual-weights", "largest": 2, "head_sizes": range(1, 2)},
    usage=(
        "rankcert table attention virtual-weights --depth 1..2 --largest 4 --head-sizes 1..3",
        "rankcert table attention deep-heads --depth 2 --heads 2..3 --output deep-heads.csv",
    ),
)
