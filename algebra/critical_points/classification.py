"""Classification of any weights of a deep linear network, without assumptions on the data.

Everything is decided by ranks, zero tests and one comparison of eigenvalues over Q.  It holds for all widths, for
repeated and zero singular values, d_y > d_x, and X of any rank.  The steps extend the necessary and sufficient
conditions of Yun, Sra and Jadbabaie (ICLR 2018, arXiv:1707.02444) and the notion of tightened pivots of Achour,
Malgouyres and Gerchinovitz (JMLR 25(242), 2024, arXiv:2107.13289).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from algebra.critical_points.optimum import Enclosure, minimum_loss
from algebra.critical_points.pivots import untightened_pivots
from algebra.critical_points.problem import Problem
from algebra.evidence.bounds import Grade
from algebra.exact.matrices import is_zero
from algebra.exact.spectra import Comparison, compare_spectra
from algebra.shown import Shown


class PointVerdict(Enum):
    """What a point of a deep linear network is."""

    GLOBAL_MIN = "global_min"
    STRICT_SADDLE = "strict_saddle"
    NONSTRICT_SADDLE = "nonstrict_saddle"
    NOT_CRITICAL = "not_critical"
    INCONCLUSIVE = "inconclusive"

    @property
    def words(self) -> str:
        """The verdict as people write it."""
        return {"global_min": "global minimum", "nonstrict_saddle": "non-strict saddle"}.get(
            self.value, self.value.replace("_", " ")
        )

    @property
    def is_saddle(self) -> bool:
        """Whether it is a saddle of either kind."""
        return self in (PointVerdict.STRICT_SADDLE, PointVerdict.NONSTRICT_SADDLE)


Verdict = PointVerdict  # its earlier name


@dataclass(frozen=True)
class Classification(Shown):
    """The class of a point and the reasoning that leads to it.

    Parameters
    ----------
    problem : Problem
    verdict : PointVerdict
    decided_by : str
        Name of the argument that decides.
    reasons : tuple of str
        The steps in order, in words.
    comparison : Comparison, optional
        Eigenvalues of N_R against those of N_E, where the decision needed them.
    untightened : tuple of pairs, optional
        Pivots (i, j) with T_ij nonzero and rank B_ij > r; None where the test is not reached.
    grade : Grade
    """

    problem: Problem
    verdict: PointVerdict
    decided_by: str
    reasons: tuple[str, ...]
    comparison: Comparison | None = None
    untightened: tuple[tuple[int, int], ...] | None = None
    grade: Grade = Grade.PROVED

    @property
    def critical(self) -> bool:
        """Whether the gradient is exactly zero."""
        return self.verdict is not PointVerdict.NOT_CRITICAL

    @property
    def pure(self) -> bool | None:
        """Whether R is critical for the loss on the variety of rank at most k; None away from critical points.

        Trager, Kohn, Bruna (ICLR 2020, arXiv:1910.01671): for the square loss, exactly if r = k or E = 0.
        """
        return (self.problem.r == self.problem.k or is_zero(self.problem.E)) if self.critical else None

    def minimum_loss(self) -> Enclosure:
        """Return the smallest loss that these widths reach on these data.

        Returns
        -------
        Enclosure
            Both ends are the same rational where the minimum is one; `Enclosure.exact` says so.
        """
        if self.verdict is PointVerdict.GLOBAL_MIN:
            return Enclosure(self.problem.loss, self.problem.loss)
        return minimum_loss(self.problem)

    def shown_facts(self) -> list[tuple[str, Any]]:
        """Give the verdict, and every step of the reasoning under its name.

        Returns
        -------
        list of (str, object)
            Names and values, in the order in which they are shown.
        """
        steps = [tuple(reason.split(": ", 1)) for reason in self.reasons]
        verdict = f"{self.verdict.words} ({self.grade.value})"
        return [("verdict", verdict), ("decided by", self.decided_by), *((name, said) for name, said in steps)]

    def explain(self) -> str:
        """Return the reasoning, one step a line.

        Returns
        -------
        str
        """
        return "\n".join(self.reasons)

    def __str__(self) -> str:
        return f"{self.verdict.value} (k = {self.problem.k}, r = {self.problem.r}; {self.decided_by})"

    __repr__ = __str__


def classify_exactly(problem: Problem) -> Classification:
    """Classify a point: global minimum, strict or non-strict saddle, or not critical; always proved.

    A critical point of the square loss of a deep linear network with X nonzero is never a local maximum, and a local
    minimum only if it is a global one, so these classes are all.

    Parameters
    ----------
    problem : Problem

    Returns
    -------
    Classification

    References
    ----------
    .. [1] C. Yun, S. Sra, A. Jadbabaie, "Global optimality conditions for deep neural networks", ICLR 2018,
       arXiv:1707.02444.
    .. [2] E. M. Achour, F. Malgouyres, S. Gerchinovitz, "The loss landscape of deep linear neural networks: a
       second-order analysis", JMLR 25(242), 2024, arXiv:2107.13289.

    Examples
    --------
    >>> I, e = [[1, 0], [0, 1]], [[1, 0], [0, 0]]
    >>> classify_exactly(Problem(I, [[2, 0], [0, 1]], [e, e, [[2, 0], [0, 0]]]))
    nonstrict_saddle (k = 2, r = 1; all-pivots-tightened)
    >>> print(classify_exactly(Problem(I, [[2, 0], [0, 1]], [e, I, [[2, 0], [0, 0]]])).explain())
    gradient: every A_i^T E C_i^T is exactly zero
    residual: E is not zero
    rank: r = 1 of k = 2, so it is no global minimum
    directions: the largest eigenvalue of N_E is at most the smallest nonzero one of N_R (at 3 they are apart)
    pivots: (3,1) are not tightened: T_ij is not zero and rank B_ij > r
    """
    if problem.data_rank == 0:
        return Classification(problem, PointVerdict.GLOBAL_MIN, "zero-data", ("data: X = 0, the loss is constant",))
    steps = _data_step(problem)
    if not problem.is_critical:
        layers = ", ".join(str(i) for i, g in enumerate(problem.gradient, start=1) if not is_zero(g))
        step = f"gradient: A_i^T E C_i^T is not zero for layer {layers}; its squared norm is {problem.gradient_squared}"
        return Classification(problem, PointVerdict.NOT_CRITICAL, "nonzero-gradient", (*steps, step))
    steps.append("gradient: every A_i^T E C_i^T is exactly zero")
    return _critical(problem, steps)


def _data_step(problem: Problem) -> list[str]:
    rows = problem.X.nrows()
    if problem.data_rank == rows:
        return []
    return [f"data: X has rank {problem.data_rank} < {rows}; W_1 is restricted to the columns of X"]


def _critical(problem: Problem, steps: list[str]) -> Classification:
    reduced = problem.reduced
    if is_zero(reduced.E):
        steps.append("residual: E = (R X - Y) X^T is exactly zero, so R is a least squares solution")
        return Classification(problem, PointVerdict.GLOBAL_MIN, "zero-residual", tuple(steps))
    steps.append("residual: E is not zero")
    full = reduced.r == reduced.k
    steps.append(_rank_step(reduced.r, reduced.k))
    comparison = compare_spectra(reduced.N_R, reduced.N_E)
    steps.append(_directions_step(reduced, comparison))
    if not comparison.top or full:
        verdict = PointVerdict.GLOBAL_MIN if comparison.top else PointVerdict.STRICT_SADDLE
        reason = "top-singular-directions" if comparison.top else "wrong-singular-directions"
        return Classification(problem, verdict, reason, tuple(steps), comparison)
    return _by_pivots(problem, steps, comparison)


def _rank_step(r: int, k: int) -> str:
    if r == k:
        return f"rank: r = k = {k}, the largest possible, so the singular directions decide"
    return f"rank: r = {r} of k = {k}, so it is no global minimum"


def _directions_step(reduced: Problem, comparison: Comparison) -> str:
    if reduced.r == 0:
        return "directions: R X = 0, there are none to compare"
    if comparison.top:
        apart = "they are equal" if comparison.equal else f"at {comparison.separator} they are apart"
        return f"directions: the largest eigenvalue of N_E is at most the smallest nonzero one of N_R ({apart})"
    pairs = comparison.larger
    return f"directions: an eigenvalue of N_E exceeds a nonzero one of N_R, in {pairs} pair{'s' if pairs > 1 else ''}"


def _by_pivots(problem: Problem, steps: list[str], comparison: Comparison) -> Classification:
    found: Any = untightened_pivots(problem.reduced)
    if found:
        shown = ", ".join(f"({i},{j})" for i, j in found)
        steps.append(f"pivots: {shown} are not tightened: T_ij is not zero and rank B_ij > r")
        verdict, reason = PointVerdict.STRICT_SADDLE, "untightened-pivot"
    else:
        steps.append("pivots: all are tightened, so the Hessian is positive semidefinite")
        verdict, reason = PointVerdict.NONSTRICT_SADDLE, "all-pivots-tightened"
    return Classification(problem, verdict, reason, tuple(steps), comparison, found)
