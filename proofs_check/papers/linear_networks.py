r"""Deep linear networks: their variety is determinantal (classical)."""

from __future__ import annotations

from algebra import PolynomialNetwork
from proofs_check.claim import Claim, Hypothesis, Source, Verdict
from proofs_check.papers._evidence import equals, unaided_dimension
from proofs_check.papers._families import NO_BIASES, deep_box

PAPER = Source("linear_networks", "classical: matrices of bounded rank")


def _determinantal(network: PolynomialNetwork, seed: int) -> Verdict:
    w, m = network.widths, min(network.widths)
    return equals(unaided_dimension(network, seed), m * (w[0] + w[-1] - m))


LINEAR: Hypothesis[PolynomialNetwork] = Hypothesis("r = 1", lambda n: all(r == 1 for r in n.degrees or (0,)))

CLAIMS = (
    Claim(
        "linear_networks.determinantal",
        r"r = 1 \implies \dim V_d = m(d_0 + d_h - m),\quad m = \min(d_0, \ldots, d_h)",
        PAPER,
        (NO_BIASES, LINEAR),
        lambda: deep_box(6, (1,), (2, 3, 4), 60),
        _determinantal,
        note="Decided without the bounds that assert it, so proved only where the matrices have full rank.",
    ),
)
