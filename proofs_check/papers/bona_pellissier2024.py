r"""J. Bona-Pellissier, F. Malgouyres, F. Bachoc: geometry-induced implicit regularization in deep ReLU networks."""

from __future__ import annotations

from algebra.evidence import Grade
from proofs_check.claim import Verdict
from proofs_check.deciding.relu import Network, batch, full
from proofs_check.paper import Paper

PAPER = Paper(
    "bona_pellissier2024",
    "J. Bona-Pellissier, F. Malgouyres, F. Bachoc, Geometry-induced implicit regularization in deep ReLU neural "
    "networks",
    "2402.08269",
)
NOTE = (
    "The paper computes ranks in floats; these are exact, at the weights and on the data of a list of networks, in "
    "which no argument of a rectifier is 0."
)


def _networks() -> tuple[Network, ...]:
    return tuple((widths, seed) for widths in ("1-3-1", "1-6-1", "2-3-1", "2-3-3-1") for seed in (0, 1))


@PAPER.states(
    r"\operatorname{rank} D_\theta f_\theta(X) \le \dim_{\mathrm{full}}(\theta) \text{ for every batch } X",
    on=_networks,
    remark=NOTE,
)
def batch_at_most_full(instance: Network, seed: int) -> Verdict:
    found, (_, upper) = full(instance), batch(instance)
    if upper <= found.rank:
        return Verdict.holds(Grade.PROVED, reason=f"{upper} <= {found.rank}")
    if found.is_complete:
        lower, _ = batch(instance)
        if lower > found.rank:
            return Verdict.violated(Grade.PROVED, reason=f"{lower} > {found.rank}")
    return Verdict.inconclusive("not all regions are found")


@PAPER.states(
    r"\operatorname{rank} D_\theta f_\theta(X) \text{ is the same when neurons are rescaled by positive numbers}",
    on=_networks,
    remark=NOTE,
)
def rescaling(instance: Network, seed: int) -> Verdict:
    """The factors are powers of 2."""
    # Multiply hidden neurons by powers of two: the function stays the same, exactly.
    (lower, upper), (other, above) = batch(instance), batch(instance, scale=7)
    if lower == upper == other == above:
        return Verdict.holds(Grade.PROVED, reason=f"{lower} twice")
    if upper < other or above < lower:
        return Verdict.violated(Grade.PROVED, reason=f"{lower}..{upper} and {other}..{above}")
    return Verdict.inconclusive(f"{lower}..{upper} and {other}..{above}")
