r"""J. Alexander, A. Hirschowitz: sums of powers of linear forms, that is networks with one hidden layer and output."""

from __future__ import annotations

from math import comb

from algebra import PolynomialNetwork
from proofs_check.claim import Hypothesis, Verdict
from proofs_check.deciding.evidence import dimension, equals
from proofs_check.deciding.families import SHALLOW, box, forms, from_degree, powers
from proofs_check.paper import Paper

PAPER = Paper(
    "alexander_hirschowitz1995",
    "J. Alexander, A. Hirschowitz, Polynomial interpolation in several variables, "
    "Journal of Algebraic Geometry 4, 1995",
)

# (variables, degree, number of powers): one less than expected.
EXCEPTIONS = frozenset({(3, 4, 5), (4, 4, 9), (5, 4, 14), (5, 3, 7)})
OWN_BOUND = frozenset({"alexander-hirschowitz"})


def dimension_of_secants(variables: int, degree: int, summands: int) -> int:
    r"""Dimension of the closure of the sums of so many r-th powers of linear forms.

    Examples
    --------
    >>> dimension_of_secants(3, 2, 2), dimension_of_secants(3, 4, 5), dimension_of_secants(3, 4, 6)
    (5, 14, 15)
    """
    if degree == 2 and 2 <= summands < variables:
        return summands * variables - comb(summands, 2)
    expected = min(summands * variables, forms(degree, variables))
    return expected - ((variables, degree, summands) in EXCEPTIONS)


ONE_OUTPUT: Hypothesis[PolynomialNetwork] = Hypothesis("d_2 = 1", lambda n: n.widths[-1] == 1)
SEVERAL_INPUTS: Hypothesis[PolynomialNetwork] = Hypothesis("d_0 >= 2", lambda n: n.widths[0] >= 2)


def _instances() -> tuple[PolynomialNetwork, ...]:
    """All of n <= 6, r <= 5, and s up to one more than it takes to fill."""
    found: list[PolynomialNetwork] = []
    for n in range(2, 7):
        for r in range(2, 6):
            fill = n if r == 2 else -(-forms(r, n) // n) + 1
            found += box([[n], range(1, fill + 2), [1]], [r])
    return tuple(found)


@PAPER.states(
    r"\dim V_{(n,s,1),r} = \min\Bigl(sn, \binom{n+r-1}{r}\Bigr) \text{ except for } r = 2,\ 2 \le s \le n-1"
    r"\ \bigl(sn - \tbinom{s}{2}\bigr) \text{ and } (n,r,s) = (3,4,5), (4,4,9), (5,4,14), (5,3,7)"
    r" \text{ (one less each)}",
    SHALLOW,
    ONE_OUTPUT,
    SEVERAL_INPUTS,
    from_degree(2),
    on=_instances,
    name="dimension",
)
def generic_dimension(network: PolynomialNetwork, seed: int) -> Verdict:
    """n counts variables.

    All n <= 6, 2 <= r <= 5 and s up to filling. The four exceptions are decided without the bound that the theorem
    gives, hence only probable.
    """
    formula = dimension_of_secants(network.widths[0], powers(network)[0], network.widths[1])
    return equals(dimension(network, seed, OWN_BOUND), formula)
