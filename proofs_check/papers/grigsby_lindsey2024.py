r"""J. E. Grigsby, K. Lindsey: functional dimension, persistent pseudodimension, and ranks of activation matrices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from algebra.evidence import Grade
from proofs_check.claim import Hypothesis, Kind, Verdict
from proofs_check.deciding.relu import Network, activation_rank, batch, full, path_monomials
from proofs_check.paper import Paper

if TYPE_CHECKING:
    from collections.abc import Callable

PAPER = Paper(
    "grigsby_lindsey2024",
    "J. E. Grigsby, K. Lindsey, On functional dimension and persistent pseudodimension",
    "2410.17191",
)


def _networks(*widths: str) -> Callable[[], tuple[Network, ...]]:
    return lambda: tuple((each, seed) for each in widths for seed in (0, 1))


SEARCHED: Hypothesis[Network] = Hypothesis("all regions are found", lambda instance: full(instance).is_complete)


@PAPER.states(
    r"\operatorname{rank} D_\theta f_\theta(Z) \le r_{\mathbb R}(J E_Z(\theta)) \text{ for every batch } Z",
    on=_networks("1-3-1", "1-6-1", "2-3-1", "2-3-3-1", "2-2-2-2-1"),
)
def activation_matrices(instance: Network, seed: int) -> Verdict:
    r"""The outer terms of dim_fun <= persistent pseudodimension <= sup of these ranks, at 100 samples.

    The output is the activation matrix (one row a sample, one column a path: whether it is open, times the input where
    it starts) times the monomials of the paths. The rank over the reals of its Jacobian, a matrix of polynomials, is
    the rank of that matrix. Both ranks are exact.
    """
    (lower, upper), most = batch(instance), activation_rank(instance)
    if upper <= most:
        return Verdict.holds(Grade.PROVED, reason=f"{upper} <= {most}")
    if lower > most:
        return Verdict.violated(Grade.PROVED, reason=f"{lower} > {most}")
    return Verdict.inconclusive(f"{lower}..{upper} and {most}")


@PAPER.states(
    r"\dim_{\mathrm{fun}}(\theta) = \dim_{\mathrm{p.VC}}(\theta) \text{ for generic } \theta",
    SEARCHED,
    on=_networks("1-3-1", "2-3-1", "2-3-3-1"),
    kind=Kind.CONJECTURE,
)
def complexities_coincide(instance: Network, seed: int) -> Verdict:
    """The paper expects it of wide networks.

    The persistent pseudodimension lies between the functional dimension and the number of monomials of paths; where
    these two meet, all are equal. So it is decided with one hidden layer; for deep networks this leaves it open.
    """
    found, most = full(instance), path_monomials(instance)
    if found.rank == most:
        return Verdict.holds(Grade.PROVED, reason=f"all are {most}")
    return Verdict.inconclusive(f"between {found.rank} and {most}")
