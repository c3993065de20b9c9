r"""J. E. Grigsby, K. Lindsey, R. Meyerhoff, C. Wu: functional dimension of feedforward ReLU neural networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from algebra.evidence import Grade
from proofs_check.claim import Claim, Hypothesis, Source, Verdict
from proofs_check.papers._relu import Network, full, network

if TYPE_CHECKING:
    from algebra.programs.regions import FullDimension

PAPER = Source(
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


def _bound(instance: Network, seed: int) -> Verdict:
    found, most = full(instance), network(instance).bound
    if found.rank <= most:
        return Verdict.holds(Grade.PROVED, reason=f"{found.rank} <= {most}")
    return Verdict.violated(Grade.PROVED, reason=f"{found.rank} > {most}")


def _varies(instance: tuple[str, int], seed: int) -> Verdict:
    """Compare the dimensions at the weights of some seeds."""
    widths, seeds = instance
    every: list[FullDimension] = [full((widths, each)) for each in range(seeds)]
    dimensions = sorted({found.rank for found in every if found.is_complete})
    if len(dimensions) > 1:
        return Verdict.holds(Grade.PROVED, reason=f"dimensions {dimensions}")
    return Verdict.inconclusive(f"the same dimension {dimensions} at the weights of {seeds} seeds")


SEARCHED: Hypothesis[Network] = Hypothesis("all regions are found", _is_searched)

CLAIMS = (
    Claim(
        "grigsby2022.scalings",
        r"\dim_{\mathrm{fun}}(\theta) \le \#\text{parameters} - \#\text{hidden neurons}",
        PAPER,
        (SEARCHED,),
        lambda: tuple(
            (widths, seed) for widths in ("1-3-1", "1-6-1", "2-3-1", "2-3-3-1", "2-2-2-2-1") for seed in (0, 1)
        ),
        _bound,
        note=NOTE,
    ),
    Claim(
        "grigsby2022.inhomogeneous",
        r"\theta \mapsto \dim_{\mathrm{fun}}(\theta) \text{ is not constant on the space of parameters}",
        PAPER,
        (),
        lambda: tuple((widths, 4) for widths in ("2-3-3-1", "2-2-2-2-1")),
        _varies,
        note=NOTE,
    ),
)
