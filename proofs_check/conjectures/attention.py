"""Formulas for dimensions of attention varieties that fit every case computed, and one that does not.

Each row computes a dimension and compares it with a formula. The formulas are proved upper bounds (but the last one),
so that a rank that reaches them settles the case; that it always does is open. References: Henry, Marchetti, Kohn,
ICLR 2025, arXiv:2408.17221, for one head and equal widths; the other formulas are ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

from algebra.errors import InputError

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


def family(
    question: str,
    depths: list[int],
    largest: int,
    head_sizes: list[int],
    heads: list[int],
    most_parameters: int,
) -> list[dict[str, Any]]:
    """Return every network of a question with widths 1 … largest and at most so many parameters.

    Raises
    ------
    InputError
        For an unknown question, depths or heads of which it does not speak, or a family without networks.

    Examples
    --------
    >>> len(family("virtual-weights", [1], 2, [1], [1], 100))
    8
    """
    from tensors.attention import AttentionNetwork

    if question not in QUESTIONS:
        raise InputError("QUESTION", question, f"one of {', '.join(QUESTIONS)}")
    asked = QUESTIONS[question]
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
                found.append({"question": question, "network": network.to_json()})
    if not found:
        raise InputError("--most-parameters", most_parameters, "enough for the smallest network of the family")
    return found


def _check(asked: Question, depths: list[int], heads: list[int]) -> None:
    if not all(asked.depths[0] <= depth <= asked.depths[1] for depth in depths):
        raise InputError("--depth", depths, f"from {asked.depths[0]} to {asked.depths[1]} for this question")
    if asked.single and heads != [1]:
        raise InputError("--heads", heads, "1 for this question")


def evaluate(instance: dict[str, Any]) -> dict[str, Any]:
    """Bound the dimension of one network and compare it with the formula.

    Returns
    -------
    dict
        ``agrees``: whether the dimension is the formula's; None if the bounds leave it open.

    Examples
    --------
    >>> row = evaluate({"question": "heads", "network": {"widths": [3, 1], "head_sizes": [1], "heads": 3}})
    >>> row["lower"], row["formula"], row["agrees"]
    (18, 18, True)
    """
    from proofs_check.results import bounds_fields
    from tensors.attention import AttentionNetwork
    from tensors.attention.formulas import formula_values

    network = AttentionNetwork.from_json(instance["network"])
    bounds = network.dimension(seed=instance.get("seed", 0))
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


def key(instance: dict[str, Any]) -> str:
    """Permanent key."""
    from tensors.attention import AttentionNetwork

    label = AttentionNetwork.from_json(instance["network"]).label
    return f"attention-formula:{instance['question']}:{label}:seed={instance.get('seed', 0)}"


def cost(instance: dict[str, Any]) -> float:
    """Roughly the cube of the number of parameters."""
    from tensors.attention import AttentionNetwork

    return float(AttentionNetwork.from_json(instance["network"]).parameters) ** 3
