r"""A. Grosdos, E. Robeva, M. Zubkov: networks with the activation 1/x."""

from __future__ import annotations

from algebra import PolynomialNetwork, Rational
from proofs_check.claim import Hypothesis, Verdict
from proofs_check.deciding.evidence import dimension, equals
from proofs_check.deciding.families import SHALLOW
from proofs_check.paper import Paper

PAPER = Paper("grosdos2025", "A. Grosdos, E. Robeva, M. Zubkov, on rational neural networks, 2025", "2509.11088")

INVERSE = Rational([1], [0, 1])


IS_INVERSE: Hypothesis[PolynomialNetwork] = Hypothesis(
    "activation 1/x", lambda n: all(a == INVERSE for a in n.activations)
)
SEVERAL_INPUTS: Hypothesis[PolynomialNetwork] = Hypothesis("d_0 >= 2", lambda n: n.widths[0] >= 2)


@PAPER.states(
    r"h = 2,\ \sigma(x) = 1/x,\ d_0 \ge 2 \implies \text{the functions have dimension } d_1(d_0 + d_2 - 1)",
    SHALLOW,
    IS_INVERSE,
    SEVERAL_INPUTS,
    on=lambda: tuple(
        PolynomialNetwork((d0, d1, d2), activation=INVERSE)
        for d0 in range(1, 5)
        for d1 in range(1, 7)
        for d2 in range(1, 4)
    ),
)
def shallow_dimension(network: PolynomialNetwork, seed: int) -> Verdict:
    """As functions; the paper treats the closure in a space of fractions, whose ambient bound does not apply here."""
    d0, d1, d2 = network.widths
    return equals(dimension(network, seed), d1 * (d0 + d2 - 1))
