r"""K. Dao, J. I. Rodriguez: minimal filling architectures that are not unimodal."""

from __future__ import annotations

from algebra import PolynomialNetwork
from proofs_check.claim import Hypothesis, Kind, Outcome, Verdict
from proofs_check.deciding.evidence import fills
from proofs_check.deciding.families import DEEP, forms, is_minimal_filling, powers
from proofs_check.filling.lattice import is_unimodal
from proofs_check.paper import Paper
from proofs_check.papers.kileel2019 import MINIMAL_FILLING

PAPER = Paper(
    "dao2026",
    "K. Dao, J. I. Rodriguez, on minimal filling architectures of polynomial networks, 2026",
    "2605.09609",
)

FILLING = (
    ((2, 4, 5, 4), 2),
    ((2, 3, 4, 4), 2),
    ((2, 3, 4, 5, 3), 2),
    ((3, 6, 4), 2),
    ((2, 3, 4, 5, 4), 2),
    ((4, 6, 3), 2),
    ((2, 7, 8, 11, 5, 6, 2), 2),
    ((2, 5, 6, 5, 7, 7, 7, 2), 2),
    ((2, 3, 4, 5, 8, 9, 8, 3), 2),
    ((2, 18, 20, 24, 16, 17, 15, 3), 2),
)


def _networks(rows: tuple[tuple[tuple[int, ...], int], ...]) -> tuple[PolynomialNetwork, ...]:
    return tuple(PolynomialNetwork(w, degree=r) for w, r in rows)


def _rectangle(network: PolynomialNetwork, exponent: int) -> tuple[int, ...]:
    """Return the widths d_{h-i} = min(d_h r^(exponent i), C(r^{h-i}+d_0-1, d_0-1))."""
    w, r, h = network.widths, powers(network)[0], network.depth
    return (w[0], *(min(w[-1] * r ** ((h - k) * exponent), forms(r**k, w[0])) for k in range(1, h)), w[-1])


def _below(network: PolynomialNetwork, exponent: int, seed: int) -> Verdict:
    minimal = is_minimal_filling(network, seed)
    if minimal.outcome is Outcome.VIOLATED:
        return Verdict.not_applicable("minimal filling")
    rectangle = _rectangle(network, exponent)
    if minimal.outcome is Outcome.INCONCLUSIVE or all(w <= b for w, b in zip(network.widths, rectangle, strict=True)):
        return minimal
    reason = f"{network.widths} is not below {rectangle}; {minimal.reason}"
    return Verdict.violated(minimal.grade, *minimal.evidence, reason=reason)


BELOW = (
    r"\text{{every minimal filling architecture lies below }}"
    r" d_{{h-i}} = \min\Bigl(d_h r^{{i{}}}, \tbinom{{r^{{h-i}}+d_0-1}}{{d_0-1}}\Bigr) \text{{ in every width}}"
)
NOT_UNIMODAL: Hypothesis[PolynomialNetwork] = Hypothesis("not unimodal", lambda n: not is_unimodal(n.widths))


@PAPER.states(
    r"(2,3,4,5,4,6,4,1),\ r = 2, \text{ is a minimal filling architecture that is not unimodal}",
    NOT_UNIMODAL,
    on=lambda: _networks((((2, 3, 4, 5, 4, 6, 4, 1), 2), ((2, 3, 7, 6, 15, 8, 1), 3))),
)
def counterexample(network: PolynomialNetwork, seed: int) -> Verdict:
    """Proved from both sides: a minor shows that it fills, named bounds that none of its six predecessors does.

    The second instance, r = 3, is public as well.
    """
    return is_minimal_filling(network, seed)


@PAPER.states(
    r"\text{the architectures that the paper and its data state to be filling are}",
    on=lambda: _networks(FILLING),
)
def filling(network: PolynomialNetwork, seed: int) -> Verdict:
    """A selection, from the public data."""
    return fills(network, seed)


@PAPER.states(
    BELOW.format("d_0"),
    DEEP,
    on=lambda: _networks(MINIMAL_FILLING),
    kind=Kind.CONJECTURE,
)
def below_threshold(n: PolynomialNetwork, seed: int) -> Verdict:
    """An unproved remark beside the authors' public data; which exponent it means is not confirmed."""
    return _below(n, n.widths[0], seed)


@PAPER.states(
    BELOW.format("(d_0-1)"),
    DEEP,
    on=lambda: _networks(MINIMAL_FILLING),
    kind=Kind.FALSE_CONJECTURE,
)
def below_smaller_threshold(n: PolynomialNetwork, seed: int) -> Verdict:
    """The same with the exponent i(d_0 - 1), for which the widths already suffice to fill (kileel2019.wide-enough).

    Not asserted by the paper.
    """
    return _below(n, n.widths[0] - 1, seed)
