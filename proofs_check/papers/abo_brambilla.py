r"""H. Abo, M. C. Brambilla: defective secants of Segre-Veronese varieties: one hidden layer, several outputs."""

from __future__ import annotations

from math import comb

from algebra import PolynomialNetwork
from proofs_check.claim import Hypothesis, Kind, Verdict
from proofs_check.deciding.evidence import dimension, equals, within
from proofs_check.deciding.families import SHALLOW, box, forms, from_degree, powers
from proofs_check.paper import Paper

PAPER = Paper(
    "abo_brambilla",
    "H. Abo, M. C. Brambilla, on the defectivity of secant varieties of Segre-Veronese varieties; "
    "for most degrees >= 3: Abo, Brambilla, Galuppi, Oneto 2024 (arXiv:2406.20057)",
    "1101.3202",
)

OWN_BOUND = frozenset({"segre-veronese"})


def is_listed(inputs: int, hidden: int, outputs: int, degree: int) -> bool:
    """Tell whether (d_0, d_1, d_2; r), d_2 >= 2, is on the list of known defective cases.

    Examples
    --------
    >>> is_listed(4, 5, 3, 2), is_listed(3, 5, 2, 3), is_listed(3, 4, 2, 3)
    (True, True, False)
    """
    space = forms(degree, inputs)
    if space - (inputs - 1) < hidden < min(outputs, space):
        return True
    if degree == 2 and outputs == 3 and inputs >= 4 and inputs % 2 == 0:
        return hidden == 3 * (inputs // 2 - 1) + 2
    return (inputs, hidden, outputs, degree) in {(4, 6, 5, 2), (3, 5, 2, 3)}


def _is_unbalanced(network: PolynomialNetwork) -> bool:
    d0, d1, d2 = network.widths
    space = comb(d0 + powers(network)[0] - 1, powers(network)[0])
    return space - (d0 - 1) < d1 < min(d2, space)


SEVERAL_OUTPUTS: Hypothesis[PolynomialNetwork] = Hypothesis("d_2 >= 2", lambda n: n.widths[-1] >= 2)
SEVERAL_INPUTS: Hypothesis[PolynomialNetwork] = Hypothesis("d_0 >= 2", lambda n: n.widths[0] >= 2)
UNBALANCED: Hypothesis[PolynomialNetwork] = Hypothesis(
    "C(d_0+r-1, r) - (d_0 - 1) < d_1 < min(d_2, C(d_0+r-1, r))", _is_unbalanced
)
SHAPE = (SHALLOW, SEVERAL_INPUTS, SEVERAL_OUTPUTS, from_degree(2))


def _sweep() -> tuple[PolynomialNetwork, ...]:
    """All of d_0, d_2 <= 4 and r <= 3, with d_1 up to the number of forms; and the exceptions beyond them."""
    found: list[PolynomialNetwork] = []
    for d0 in range(2, 5):
        for r in (2, 3):
            found += box([[d0], range(1, forms(r, d0) + 1), range(2, 5)], [r])
    return (*found, PolynomialNetwork((4, 6, 5), degree=2), PolynomialNetwork((6, 8, 3), degree=2))


@PAPER.states(
    r"\text{For } d_2 \ge 2,\ (d_0,d_1,d_2;r) \text{ is defective iff } \tbinom{d_0+r-1}{r} - (d_0-1) < d_1 <"
    r" \min\bigl(d_2, \tbinom{d_0+r-1}{r}\bigr), \text{ or } r=2, d_2=3, d_0=2k+2, d_1=3k+2,"
    r" \text{ or } (4,6,5;2), (3,5,2;3)",
    *SHAPE,
    on=_sweep,
    kind=Kind.CONJECTURE,
)
def defective(network: PolynomialNetwork, seed: int) -> Verdict:
    """All d_0, d_2 <= 4 and r <= 3, d_1 up to the number of forms, and two exceptions beyond; listed ones must be
    defective, all others not. The sporadic cases are decided without the bound that cites them, hence only
    probable.
    """
    bounds = dimension(network, seed, OWN_BOUND)
    expected = network.expected_dimension
    d0, d1, d2 = network.widths
    if is_listed(d0, d1, d2, powers(network)[0]):
        return within(bounds, high=expected - 1)
    return equals(bounds, expected)


@PAPER.states(
    r"\tbinom{d_0+r-1}{r} - (d_0-1) < d_1 < \min\bigl(d_2, \tbinom{d_0+r-1}{r}\bigr) \implies"
    r" \dim V_{d,r} = d_1\Bigl(\tbinom{d_0+r-1}{r} + d_2 - d_1\Bigr)",
    *SHAPE,
    UNBALANCED,
    on=lambda: tuple(
        n
        for r in (2, 3)
        for d0 in (3, 4)
        for n in box([[d0], range(1, forms(r, d0)), range(3, 9)], [r])
        if _is_unbalanced(n)
    ),
    kind=Kind.PROPOSITION,
)
def unbalanced(network: PolynomialNetwork, seed: int) -> Verdict:
    # The outputs span at most d_1 < d_2 forms: matrices of rank d_1 at most.
    d0, d1, d2 = network.widths
    space = forms(powers(network)[0], d0)
    return equals(dimension(network, seed, OWN_BOUND), d1 * (space + d2 - d1))
