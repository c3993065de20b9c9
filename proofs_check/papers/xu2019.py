r"""K. Xu, W. Hu, J. Leskovec, S. Jegelka: message passing sees what colour refinement sees, and no more."""

from __future__ import annotations

from itertools import pairwise
from random import Random
from typing import Any

from proofs_check.claim import Verdict
from proofs_check.deciding.graphs import graphs_with, none_of
from proofs_check.paper import Paper

PAPER = Paper(
    "xu2019",
    "K. Xu, W. Hu, J. Leskovec, S. Jegelka, How powerful are graph neural networks?, ICLR 2019",
    "1810.00826",
)
WIDTHS = (1, 3, 3, 2)
ROUNDS = 2
"""After which refinement is stable on all graphs with at most 5 vertices."""


def _random_network(seed: int, aggregation: str) -> Any:
    """Return a network of three layers with small rational weights."""
    from algebra.graphs import MessagePassingNetwork

    draw = Random(seed)

    def matrix(rows: int, columns: int) -> list[list[str]]:
        return [[f"{draw.randint(-4, 4)}/{draw.randint(1, 3)}" for _ in range(columns)] for _ in range(rows)]

    layers = []
    for a, b in pairwise(WIDTHS):
        bias = [entry for (entry,) in matrix(b, 1)]
        layers.append({"own": matrix(b, a), "neighbours": matrix(b, a), "bias": bias, "aggregation": aggregation})
    return MessagePassingNetwork.of(layers)


@PAPER.states(
    r"\text{After } t \text{ layers message passing tells no vertices apart that } t \text{ rounds of colour "
    r"refinement do not}",
    on=lambda: tuple((order, how) for order in range(1, 6) for how in ("sum", "mean", "max")),
    item="Lemma 2",
)
def upper_bound(instance: tuple[int, str], seed: int) -> Verdict:
    """Networks with random rational weights, evaluated exactly; vertices of all graphs with so many vertices."""
    # Compare the vertices of all graphs of one order; a vertex told apart too much raises.
    from algebra.graphs import separation_of

    order, aggregation = instance
    network = _random_network(seed + order, aggregation)
    try:
        separation_of(network, list(graphs_with(order)))
    except ArithmeticError as problem:
        return none_of([str(problem)])
    return none_of([])


@PAPER.states(
    r"\text{Some ReLU network with } t \text{ message layers tells apart all that } t \text{ rounds of colour "
    r"refinement do, and so does the sum of its features}",
    on=lambda: (1, 2, 3, 4, 5),
    item="Theorem 3",
)
def attained(order: int, seed: int) -> Verdict:
    """With integer weights that are written down: one hidden layer in each round."""
    # Build the integer ReLU network of refinement, and compare vertices and readouts.
    from algebra.graphs import refinement_network, separation_of

    every = list(graphs_with(order))
    found = separation_of(refinement_network(every, ROUNDS), every)
    wrong = [] if found.is_best else [f"it does not tell {found.missed} apart"]
    return none_of([*wrong, *(f"equal readouts of graphs {pair}" for pair in found.missed_graphs)])
