"""The generic rank of a circuit's matricization, from both sides, with evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from algebra.errors import as_integer
from algebra.evidence.bounds import Bounds, Grade
from algebra.polynomial.dimension import checked_log2_error
from tensors.convac.height import log2_trial_error
from tensors.convac.lower_bounds import best_lower_bound
from tensors.convac.rank_bound import RankBound
from tensors.convac.sampling import LARGEST, Sample, best_sample, careful_sample
from tensors.convac.tree_paths import tree_paths_bound
from tensors.convac.upper_bounds import best_upper_bound, quick_upper_bound
from tensors.matricization import row_positions

if TYPE_CHECKING:
    from algebra.evidence import Certificate
    from tensors.convac.architecture import ConvAC

RULE = "evaluation-minor"
WORTHWHILE = -24.0  # log2 of the error that the careful trials must reach


@dataclass(frozen=True)
class RankEvidence:
    """What stands behind a rank.

    Parameters
    ----------
    architecture : ConvAC
    rows : tuple of int
        Row side of the partition.
    lower : RankBound
    sample : Sample or None
        Where the lower bound was seen, if it comes from values.
    upper : RankBound
    seed : int
    """

    architecture: ConvAC
    rows: tuple[int, ...]
    lower: RankBound
    sample: Sample | None
    upper: RankBound
    seed: int

    def explain(self) -> str:
        """Return both arguments as text."""
        lower = f"{self.lower.value} <= rank: {self.lower.rule}{_shown(self.lower.details)}"
        return f"{lower}\n{self.upper.value} >= rank: {self.upper.rule}{_shown(self.upper.details)}"

    def to_json(self) -> dict[str, Any]:
        """Return what both bounds rest on, as plain JSON values."""
        return {"lower": self.lower.details, "upper": self.upper.details}

    def certificate(self) -> Certificate:
        """Write both bounds down for the independent checker."""
        from tensors.convac.certify import rank_certificate

        return rank_certificate(self)


def matricization_rank(
    architecture: ConvAC,
    row_side: str | Sequence[int],
    seed: int = 0,
    log2_error: float | None = None,
    representation: Any = None,
) -> Bounds:
    """Bound the rank of the grid tensor's matricization for almost all weights.

    Upper bounds: templates, pooling geometry, symmetry under full sharing, minimal cuts, equal windows, subspaces that
    intersect. Lower bounds: the theorems of `lower_bounds`, disjoint paths through trees whose rank no minor reaches,
    then values at chosen points modulo a prime. Where they leave a gap that all rows and columns (or generic points) do
    not close, the rank is repeated at random integers modulo random 62-bit primes, and the answer is `PROBABLE` with
    the probability that the generic rank over Q is greater; where that would take too long it is `INCONCLUSIVE`.

    Parameters
    ----------
    architecture : ConvAC
    row_side : str or sequence of int
        See `tensors.matricization.row_positions`.
    seed : int
        Any integer.
    log2_error : float, optional
        Target for log2 of the error probability, between -4096 and -1. Default: below 2^-24.
    representation : array_like of int, shape (templates, M), optional
        F: row i holds the values of the M representation functions at template i. Default: the identity, which every
        invertible F is equivalent to. If its rows are dependent, no theorem is used for the lower bound.

    Returns
    -------
    Bounds

    Raises
    ------
    InputError
        For a bad partition, seed, target or representation.

    Examples
    --------
    >>> from tensors.convac import ConvAC, Layer
    >>> ConvAC(8, 3, [Layer(2, 2, 3), Layer(2, 2, 4), Layer(2, 2, 6)]).rank([0, 1, 2])
    9 (proved)
    >>> ConvAC((10, 10), 2, [Layer(2, 1, 2, sharing="sliding"), Layer(10, 10, 1)]).rank("left").lower_by
    'equality-graph'
    """
    rows = row_positions(architecture.input_shape, row_side)
    seed = as_integer("seed", seed)
    target = checked_log2_error(log2_error)
    on_templates, table = _represented(architecture, representation)
    upper = quick_upper_bound(on_templates, rows)
    lower = RankBound(0, "rank")
    if table is None:
        architecture = on_templates
        lower = best_lower_bound(architecture, rows, upper.value)
    if lower.value < upper.value:
        upper = best_upper_bound(on_templates, rows)
    if table is None and upper.value > max(lower.value, 2 * LARGEST):
        paths = tree_paths_bound(architecture, rows, upper.value)
        lower = paths if paths is not None and paths.value > lower.value else lower
    sample = None
    if lower.value < upper.value:
        sample = best_sample(architecture, rows, upper.value, seed, lower.value, table)
    if sample is not None:
        lower = RankBound(sample.rank, RULE, sample.details)
    evidence = RankEvidence(architecture, rows, lower, sample, upper, seed)
    if lower.value == upper.value:
        return _bounds(evidence, None)
    blank = Sample(architecture, rows, "", 2, "vectors", ((), ()), 0, table)
    return _careful(evidence, blank, target)


def _represented(architecture: ConvAC, representation: Any) -> tuple[ConvAC, tuple[tuple[int, ...], ...] | None]:
    """Return the circuit on one-hot templates that bounds this one, and F if it is not equivalent to that."""
    if representation is None:
        return architecture, None
    from algebra.rank import rank_rational
    from tensors.convac.points import representation_matrix

    matrix = representation_matrix(architecture, representation)
    count = len(matrix)
    on_templates = replace_templates(architecture, count)
    if rank_rational(matrix) == count:
        return on_templates, None
    return on_templates, tuple(tuple(map(int, row)) for row in matrix)


def replace_templates(architecture: ConvAC, templates: int) -> ConvAC:
    """Return the same circuit on another number of templates.

    Examples
    --------
    >>> from tensors.convac import ConvAC, Layer
    >>> replace_templates(ConvAC(4, 2, [Layer(4, 4, 2)]), 5).label
    'convac:4:M5:w4s4c2'
    """
    from tensors.convac.architecture import ConvAC

    return ConvAC(architecture.input_shape, templates, architecture.layers, architecture.output)


def _bounds(evidence: RankEvidence, error: float | None) -> Bounds:
    lower, upper = evidence.lower, evidence.upper
    if lower.value == upper.value:
        grade, error = Grade.PROVED, None
    else:
        grade = Grade.INCONCLUSIVE if error is None else Grade.PROBABLE
    return Bounds(
        lower.value,
        upper.value,
        grade,
        log2_error=error,
        lower_by=lower.rule,
        upper_by=upper.rule,
        seed=evidence.seed,
        evidence=evidence,
    )


def _careful(evidence: RankEvidence, blank: Sample, target: float | None) -> Bounds:
    """Repeat at random integers modulo random primes until the error is small enough, unless that takes too long."""
    goal = WORTHWHILE if target is None else target
    error, number = 0.0, 0
    while (rank := evidence.lower.value) < evidence.upper.value and (number == 0 or error > goal):
        each = log2_trial_error(evidence.architecture, rank + 1)
        trial = careful_sample(blank, rank, evidence.upper.value, evidence.seed, number) if each <= -1 else None
        if trial is None:
            return _bounds(evidence, None)
        number += 1
        error += each
        if trial.rank > rank:  # the trials so far fell short of this rank: they say nothing of it
            lower = RankBound(trial.rank, RULE, trial.details)
            evidence, error = replace(evidence, lower=lower, sample=trial), 0.0
    return _bounds(evidence, error)


def _shown(details: dict[str, Any]) -> str:
    return ", " + ", ".join(f"{name} {value}" for name, value in details.items()) if details else ""
