r"""V. Shahverdi, G. L. Marchetti, K. Kohn: polynomial convolutional networks."""

from __future__ import annotations

from itertools import product

from algebra import ConvolutionalNetwork
from proofs_check.claim import Claim, Hypothesis, Source, Verdict
from proofs_check.papers._evidence import dimension, equals
from proofs_check.papers._families import some

PAPER = Source(
    "shahverdi2024",
    "V. Shahverdi, G. L. Marchetti, K. Kohn, On the geometry and optimization of polynomial convolutional networks, "
    "AISTATS 2025",
    "2410.00722",
)


def convolutions(degrees: tuple[int, ...], count: int) -> tuple[ConvolutionalNetwork, ...]:
    """Return some one-dimensional convolutional networks of two to four layers, strides 1 to 3.

    Examples
    --------
    >>> len(convolutions((2,), 4))
    12
    """
    found: list[ConvolutionalNetwork] = []
    for layers in (2, 3, 4):
        sizes, strides = product(range(1, 5), repeat=layers), list(product((1, 2, 3), repeat=layers))
        every = product(sizes, strides, degrees)
        found += [ConvolutionalNetwork(k, s, degree=r) for k, s, r in some(every, count)]
    return tuple(found)


def effective(network: ConvolutionalNetwork, seed: int) -> Verdict:
    """Decide dim = k_1 + … + k_L - (L - 1)."""
    return equals(dimension(network, seed), sum(network.filters) - len(network.filters) + 1)


NON_LINEAR: Hypothesis[ConvolutionalNetwork] = Hypothesis("r >= 2", lambda n: all(r >= 2 for r in n.degrees))

CLAIMS = (
    Claim(
        "shahverdi2024.dimension",
        r"r \ge 2 \implies \dim = \sum_{i=1}^L k_i - L + 1",
        PAPER,
        (NON_LINEAR,),
        lambda: convolutions((2, 3, 4), 50),
        effective,
        note="Filter sizes k_i, any strides, one channel. The degree of the variety is not visible from a rank.",
    ),
)
