r"""A. Massarenti, M. Mella: the Alexander-Hirschowitz theorem for neurovarieties."""

from __future__ import annotations

from functools import cache

from algebra import PolynomialNetwork
from algebra.polynomial.identifiability import blocks
from proofs_check.claim import Hypothesis, Kind, Outcome, Verdict
from proofs_check.deciding.evidence import reaches_naive
from proofs_check.deciding.families import DEEP, NO_BIASES, forms, mixed, powers, some
from proofs_check.paper import Paper
from proofs_check.papers.alexander_hirschowitz1995 import EXCEPTIONS

PAPER = Paper(
    "massarenti2025",
    "A. Massarenti, M. Mella, The Alexander-Hirschowitz theorem for neurovarieties, 2025",
    "2511.19703",
)


def _narrow(network: PolynomialNetwork) -> bool:
    w = network.widths
    return all(w[k] + w[k + 1] - 1 < forms(r, w[k]) for k, r in enumerate(powers(network)))


def _no_exception(network: PolynomialNetwork) -> bool:
    inputs, width, r = network.widths[-3], network.widths[-2], powers(network)[-1]
    quadric = r == 2 and 2 <= width < inputs
    return not quadric and (inputs, r, width) not in EXCEPTIONS


def capped_dimension(network: PolynomialNetwork) -> int:
    """Expected dimension of (d_0, …, d_{h-1}, 1), the last two layers capped by their ambient space.

    Examples
    --------
    >>> capped_dimension(PolynomialNetwork((2, 2, 4, 3), degree=2))
    5
    """
    w, r = network.widths, powers(network)
    single = PolynomialNetwork((*w[:-1], 1), degrees=r)
    found = single.expected_dimension
    if network.depth > 2:
        head = PolynomialNetwork(w[:-2], degrees=r[:-2])
        found = min(found, head.naive_dimension + forms(r[-1], w[-3]) - w[-3])
    return found


def _uncapped(network: PolynomialNetwork) -> bool:
    single = PolynomialNetwork((*network.widths[:-1], 1), degrees=powers(network))
    return capped_dimension(network) == single.naive_dimension


HYPOTHESES: tuple[Hypothesis[PolynomialNetwork], ...] = (
    Hypothesis("d_h >= 2", lambda n: n.widths[-1] >= 2),
    Hypothesis("d_{l-1} + d_l - 1 < C(d_{l-1} - 1 + r_l, r_l) for 0 < l < h", _narrow),
    Hypothesis("(d_{h-2}, r_{h-1}, d_{h-1}) is no Alexander-Hirschowitz exception", _no_exception),
    Hypothesis("the capped expected dimension of (d_0, ..., d_{h-1}, 1) is the naive one", _uncapped),
)


@cache
def _candidates() -> tuple[PolynomialNetwork, ...]:
    """Networks that satisfy what several claims ask for; they are the same for all of them."""
    return tuple(n for n in mixed(5, (2, 3, 4), (2, 3, 4), 4000) if all(h.holds(n) for h in HYPOTHESES))


def _satisfying(*more: Hypothesis[PolynomialNetwork]) -> tuple[PolynomialNetwork, ...]:
    return some((n for n in _candidates() if all(h.holds(n) for h in more)), 120)


WITH_ROOM: Hypothesis[PolynomialNetwork] = Hypothesis(
    "every block (d_{l-1}, d_l, d_{l+1}; r_l) is finitely identifiable",
    lambda n: all(reaches_naive(block).outcome is Outcome.HOLDS for block in blocks(n)),
)
WIDE: Hypothesis[PolynomialNetwork] = Hypothesis("hidden widths >= 2", lambda n: min(n.widths[1:-1]) >= 2)

# All hidden widths are at least 2. In the first one the block (3, 5, 2; 3) is defective (Segre-Veronese).
COUNTEREXAMPLES = (
    PolynomialNetwork((3, 5, 2, 3), degree=3),
    PolynomialNetwork((4, 5, 2, 3), degrees=(2, 3)),
    PolynomialNetwork((4, 5, 3, 2, 5), degrees=(2, 2, 4)),
    PolynomialNetwork((3, 2, 1, 2), degrees=(2, 4)),
)

CODED = (
    r"d_h \ge 2,\; d_{l-1} + d_l - 1 < \tbinom{d_{l-1}-1+r_l}{d_{l-1}-1} \text{ for } 0 < l < h,\;"
    r" (d_{h-2}, r_{h-1}, d_{h-1}) \text{ no exception},\; \text{the capped expected dimension of }"
    r" (d_0,\ldots,d_{h-1},1) \text{ naive}"
)
CONCLUSION = r" \implies \dim V_{d,r} = d_h + \sum_{i=1}^h (d_{i-1}-1)d_i"


@PAPER.states(
    CODED + CONCLUSION,
    DEEP,
    NO_BIASES,
    *HYPOTHESES,
    on=lambda: (*COUNTEREXAMPLES, *_satisfying(WIDE)),
    kind=Kind.FALSE_CONJECTURE,
)
def several_outputs_as_coded(n: PolynomialNetwork, seed: int) -> Verdict:
    """With the hypotheses that the authors' public Magma code checks, its table of exceptions corrected to
    Alexander and Hirschowitz's. The paper may ask for more: the counterexamples speak of the code.
    """
    return reaches_naive(n, seed)


@PAPER.states(
    CODED + r",\; (d_{l-1}, d_l, d_{l+1}; r_l) \text{ finitely identifiable for } 0 < l < h" + CONCLUSION,
    DEEP,
    NO_BIASES,
    *HYPOTHESES,
    WITH_ROOM,
    on=lambda: _satisfying(WITH_ROOM),
    kind=Kind.CONJECTURE,
)
def several_outputs(n: PolynomialNetwork, seed: int) -> Verdict:
    """As coded, and a condition of our own without which the conclusion is false: a network with a block that is
    not identifiable is not identifiable. Degrees may differ between layers.
    """
    return reaches_naive(n, seed)
