r"""V. Shahverdi, G. L. Marchetti, K. Kohn: polynomial convolutional networks."""

from __future__ import annotations

from algebra import ConvolutionalNetwork
from proofs_check.claim import Hypothesis, Verdict
from proofs_check.deciding.convolutions import convolutions, effective
from proofs_check.paper import Paper

PAPER = Paper(
    "shahverdi2024",
    "V. Shahverdi, G. L. Marchetti, K. Kohn, On the geometry and optimization of polynomial convolutional networks, "
    "AISTATS 2025",
    "2410.00722",
)


NON_LINEAR: Hypothesis[ConvolutionalNetwork] = Hypothesis("r >= 2", lambda n: all(r >= 2 for r in n.degrees))


@PAPER.states(
    r"r \ge 2 \implies \dim = \sum_{i=1}^L k_i - L + 1",
    NON_LINEAR,
    on=lambda: convolutions((2, 3, 4), 50),
    name="dimension",
)
def dimension_of_filters(network: ConvolutionalNetwork, seed: int) -> Verdict:
    """Filter sizes k_i, any strides, one channel. The degree of the variety is not visible from a rank."""
    return effective(network, seed)
