r"""J. E. Grigsby, K. Lindsey, R. Meyerhoff, C. Wu: functional dimension of feedforward ReLU neural networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from algebra.evidence import Grade
from proofs_check.claim import Hypothesis, Verdict
from proofs_check.deciding.relu import Network, full, network
from proofs_check.paper import Paper

if TYPE_CHECKING:
    from algebra.programs.regions import FullDimension

PAPER = Paper(
    "grigsby2022",
    "J. E. Grigsby, K. Lindsey, R. Meyerhoff, C. Wu, Functional dimension of feedforward ReLU neural networks",
    "2209.04036",
)
NOTE = (
    "At the weights of a list of networks, over all activation regions, with exact ranks. The derivative is taken "
    "inside the regions; networks in which two neurons bend at the same place are left out."
)


def _is_searched(instance: Network) -> bool:
    return full(instance).is_complete


SEARCHED: Hypothesis[Network] = Hypothesis("all regions are found", _is_searched)


@PAPER.states(
    r"\dim_{\mathrm{fun}}(\theta) \le \#\text{parameters} - \#\text{hidden neurons}",
    SEARCHED,
    on=lambda: tuple(
        (widths, seed) for widths in ("1-3-1", "1-6-1", "2-3-1", "2-3-3-1", "2-2-2-2-1") for seed in (0, 1)
    ),
    remark=NOTE,
)
def scalings(instance: Network, seed: int) -> Verdict:
    found, most = full(instance), network(instance).bound
    if found.rank <= most:
        return Verdict.holds(Grade.PROVED, reason=f"{found.rank} <= {most}")
    return Verdict.violated(Grade.PROVED, reason=f"{found.rank} > {most}")


@PAPER.states(
    r"\theta \mapsto \dim_{\mathrm{fun}}(\theta) \text{ is not constant on the space of parameters}",
    on=lambda: tuple((widths, 4) for widths in ("2-3-3-1", "2-2-2-2-1")),
    remark=NOTE,
)
def inhomogeneous(instance: tuple[str, int], seed: int) -> Verdict:
    # Compare the dimensions at the weights of some seeds.
    widths, seeds = instance
    every: list[FullDimension] = [full((widths, each)) for each in range(seeds)]
    dimensions = sorted({found.rank for found in every if found.is_complete})
    if len(dimensions) > 1:
        return Verdict.holds(Grade.PROVED, reason=f"dimensions {dimensions}")
    return Verdict.inconclusive(f"the same dimension {dimensions} at the weights of {seeds} seeds")
