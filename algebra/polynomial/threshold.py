"""The activation threshold: beyond which degree an architecture has its naive dimension."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from algebra.evidence.bounds import Bounds, Grade
from algebra.polynomial.architecture import check_widths
from algebra.polynomial.dimension import check_memory
from algebra.polynomial.network import PolynomialNetwork

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True)
class ActivationThreshold:
    """Last degree r >= 2 at which the dimension is below the naive one; 1 if there is none.

    Parameters
    ----------
    widths : tuple of int
    threshold : int or None
        None: the naive dimension is reached at no degree, because a layer of width 1 loses parameters for good.
    grade : Grade
        Weakest of the degrees that were scanned.
    bounds : tuple of (int, Bounds)
        The degrees that were scanned, from the last that no theorem covers down to the threshold.
    reason : str
        Why no greater degree needs to be looked at.
    """

    widths: tuple[int, ...]
    threshold: int | None
    grade: Grade
    bounds: tuple[tuple[int, Bounds], ...]
    reason: str

    def __int__(self) -> int:
        if self.threshold is None:
            raise ValueError(f"the naive dimension is reached at no degree: {self.reason}")
        return self.threshold

    def __str__(self) -> str:
        return f"{'∞' if self.threshold is None else self.threshold} ({self.grade.value})"


def activation_threshold(
    widths: Sequence[int], seed: int = 0, on_degree: Callable[[int, Bounds], None] | None = None
) -> ActivationThreshold:
    r"""Return the activation threshold of given widths.

    From r = 2 max(hidden) - 1 on, networks with :math:`d_0, \ldots, d_{h-1} \ge 2` are finitely identifiable
    (Usevich, Borsoi, Dérand, Clausel 2025, corollary 17), so only smaller degrees are computed, from above.

    Parameters
    ----------
    widths : sequence of int
    seed : int
    on_degree : callable, optional
        Called with each degree and its bounds as they are known.

    Returns
    -------
    ActivationThreshold

    Raises
    ------
    InputError
        For bad widths, or an architecture too large for this machine's memory.

    Examples
    --------
    >>> activation_threshold((2, 5, 2, 3)).threshold
    6
    """
    d = check_widths(widths)
    relevant, reason = _relevant_part(d)
    if relevant is None:
        return ActivationThreshold(d, None, Grade.PROVED, (), reason)
    degrees = range(2 * max(relevant[1:-1], default=1) - 2, 1, -1)
    if degrees:  # at the first one the bound is about the naive dimension, and for huge widths it takes long to find
        check_memory(PolynomialNetwork(relevant, 2).naive_dimension)
    scanned = []
    for degree in degrees:
        network = PolynomialNetwork(d, degree)
        bounds = network.dimension(seed=seed)
        scanned.append((degree, bounds))
        if on_degree:
            on_degree(degree, bounds)
        if int(bounds) < network.naive_dimension:
            break
    below = [degree for degree, bounds in scanned if int(bounds) < PolynomialNetwork(d, degree).naive_dimension]
    grade = Grade.weakest(_grade(bounds, PolynomialNetwork(d, degree)) for degree, bounds in scanned)
    return ActivationThreshold(d, max(below, default=1), grade, tuple(scanned), reason)


def _grade(bounds: Bounds, network: PolynomialNetwork) -> Grade:
    """How far it is proved that the naive dimension is reached, or is not."""
    naive = network.naive_dimension
    decided = bounds.lower >= naive or (bounds.upper is not None and bounds.upper < naive)
    return Grade.PROVED if decided else bounds.grade


def _relevant_part(d: tuple[int, ...]) -> tuple[tuple[int, ...] | None, str]:
    """Cut the widths at the first layer of width 1; None if what follows loses parameters at every degree.

    Behind a layer of width 1 only scalars survive: the dimension is that of the head plus d_h - 1, which is the
    naive one exactly if all hidden layers that follow have width 1 too.
    """
    theorem = "corollary 17 of arXiv:2506.17093 covers all greater degrees"
    for k, width in enumerate(d[:-1]):
        if width == 1:
            if max(d[k + 1 : -1], default=1) > 1:
                return None, f"layer {k} has width 1, and a wider hidden layer follows"
            return (*d[: k + 1], 1)[: max(k + 1, 2)], theorem
    return d, theorem
