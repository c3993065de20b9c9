r"""Deep linear networks: their variety is determinantal (classical)."""

from __future__ import annotations

from algebra import PolynomialNetwork
from proofs_check.claim import Hypothesis, Verdict
from proofs_check.deciding.evidence import equals, unaided_dimension
from proofs_check.deciding.families import NO_BIASES, deep_box
from proofs_check.paper import Paper

PAPER = Paper("linear_networks", "classical: matrices of bounded rank")


LINEAR: Hypothesis[PolynomialNetwork] = Hypothesis("r = 1", lambda n: all(r == 1 for r in n.degrees or (0,)))


@PAPER.states(
    r"r = 1 \implies \dim V_d = m(d_0 + d_h - m),\quad m = \min(d_0, \ldots, d_h)",
    NO_BIASES,
    LINEAR,
    on=lambda: deep_box(6, (1,), (2, 3, 4), 60),
)
def determinantal(network: PolynomialNetwork, seed: int) -> Verdict:
    """Decided without the bounds that assert it, so proved only where the matrices have full rank."""
    w, m = network.widths, min(network.widths)
    return equals(unaided_dimension(network, seed), m * (w[0] + w[-1] - m))
