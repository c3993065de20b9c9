r"""K. Kohn, G. Montúfar, V. Shahverdi, M. Trager: linear convolutional networks."""

from __future__ import annotations

from algebra import ConvolutionalNetwork
from proofs_check.claim import Hypothesis, Verdict
from proofs_check.deciding.convolutions import convolutions, effective
from proofs_check.paper import Paper

PAPER = Paper(
    "kohn2023",
    "K. Kohn, G. Montúfar, V. Shahverdi, M. Trager, Function space and critical points of linear "
    "convolutional networks",
    "2304.05752",
)

LINEAR: Hypothesis[ConvolutionalNetwork] = Hypothesis("r = 1", lambda n: all(r == 1 for r in n.degrees))


@PAPER.states(
    r"r = 1 \implies \dim = \sum_{i=1}^L k_i - (L - 1)",
    LINEAR,
    on=lambda: convolutions((1,), 50),
)
def dimension(network: ConvolutionalNetwork, seed: int) -> Verdict:
    """One-dimensional convolutions with filter sizes k_i and any strides, one channel."""
    return effective(network, seed)
