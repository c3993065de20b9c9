r"""K. Kohn, G. Montúfar, V. Shahverdi, M. Trager: linear convolutional networks."""

from __future__ import annotations

from algebra import ConvolutionalNetwork
from proofs_check.claim import Claim, Hypothesis, Source
from proofs_check.papers.shahverdi2024 import convolutions, effective

PAPER = Source(
    "kohn2023",
    "K. Kohn, G. Montúfar, V. Shahverdi, M. Trager, Function space and critical points of linear "
    "convolutional networks",
    "2304.05752",
)

LINEAR: Hypothesis[ConvolutionalNetwork] = Hypothesis("r = 1", lambda n: all(r == 1 for r in n.degrees))

CLAIMS = (
    Claim(
        "kohn2023.dimension",
        r"r = 1 \implies \dim = \sum_{i=1}^L k_i - (L - 1)",
        PAPER,
        (LINEAR,),
        lambda: convolutions((1,), 50),
        effective,
        note="One-dimensional convolutions with filter sizes k_i and any strides, one channel.",
    ),
)
