r"""Deep linear networks on any data: the classification without assumptions, and the Hessian's inertia by ranks."""

from __future__ import annotations

from flint import fmpq

from algebra.critical_points import Problem, classify, conjectural_inertia
from algebra.critical_points.classification import Verdict as Class
from algebra.exact.matrices import Matrix
from proofs_check.claim import Kind, Verdict
from proofs_check.deciding.assumptions import CRITICAL, is_global
from proofs_check.deciding.critical_points import FAMILY, Data, Point, points
from proofs_check.deciding.saddles import checked, higher_nearby, lower_nearby
from proofs_check.paper import Paper

PAPER = Paper("deep_linear", "rankcert, after Yun, Sra and Jadbabaie 2018 and Achour, Malgouyres and Gerchinovitz 2024")
LARGER = (
    Data((3, 3, 3, 3), (2, 1, 1)),
    Data((2, 3, 3, 2), (1, 1)),
    Data((2, 2, 2, 2, 2), (2, 0)),
    Data((4, 2, 2, 2), (2, 1), deficient=2),
    Data((2, 2, 2, 2, 2, 2), (2, 1)),
    Data((3, 2, 2, 3, 3), (2, 2, 0)),
)


def turned(problem: Problem) -> Problem:
    """Return the point after a change of basis in every hidden layer, with the same product.

    Examples
    --------
    >>> point = Problem([[1]], [[1]], [[[1]], [[1]]])
    >>> turned(point).R == point.R, turned(point) == point
    (True, False)
    """
    bases = [None, *(_basis(problem, width) for width in problem.widths[1:-1]), None]
    W = []
    for h, w in enumerate(problem.W):
        below, above = bases[h], bases[h + 1]
        w = w if below is None else w * below.inv()
        W.append(w if above is None else above * w)
    return problem.with_weights(W)


def _basis(problem: Problem, size: int) -> Matrix:
    return problem.matrix_of([[fmpq((i == j) * 2 + (i < j)) for j in range(size)] for i in range(size)])


@PAPER.states(
    r"E = 0 \text{ or } (r = k, \text{ top}) : \text{ global minimum};\; r < k,\; E \ne 0, \text{ top, every pivot"
    r" with } T_{ij} = 0 \text{ or } \operatorname{rank} B_{ij} = r: \text{ non-strict saddle};\; \text{else strict"
    r" saddle}",
    CRITICAL,
    on=lambda: points(FAMILY + LARGER, most=12, mixed=6),
)
def classification(point: Point, seed: int) -> Verdict:
    """Any widths and data.

    Top: no eigenvalue of E S_XX^-1 E^T exceeds a nonzero one of R S_XX R^T; T_ij = C_j E^T A_i. Against brute
    force: exact Hessian, least loss by Eckart and Young, exact points nearby.
    """
    verdict, inertia = point.found.verdict, point.inertia
    least = is_global(point.problem)
    if verdict is Class.GLOBAL_MIN:
        parts = {"the loss is the least": least}
    else:
        strict = verdict is Class.STRICT_SADDLE
        parts = {
            "the loss is not the least": not least,
            "a negative eigenvalue iff strict": (inertia.neg > 0) == strict,
            "a point of lower loss nearby": lower_nearby(point.found),
            "a point of higher loss nearby": higher_nearby(point.problem),
        }
    return checked(parts, f"{verdict.value}, Hessian: {inertia}")


@PAPER.states(
    r"\text{a change of basis in the hidden layers changes neither verdict nor pivots}",
    CRITICAL,
    on=lambda: points(FAMILY, mixed=4),
)
def symmetry(point: Point, seed: int) -> Verdict:
    here, there = point.found, classify(turned(point.problem))
    parts = {
        "the same verdict": here.verdict is there.verdict,
        "the same pivots": here.untightened == there.untightened,
    }
    return checked(parts)


@PAPER.states(
    r"\text{critical} \implies \operatorname{rank}(C_j S_{XY} A_i) = r + \operatorname{rank} T_{ij}",
    CRITICAL,
    on=lambda: points(FAMILY + LARGER, most=12, mixed=6),
    kind=Kind.CONJECTURE,
)
def block_ranks(point: Point, seed: int) -> Verdict:
    """So T_ij = 0 is the tightness of Achour, Malgouyres and Gerchinovitz. No failure is known."""
    p = point.problem.reduced
    S_XY = p.S_YX.transpose()
    sums = [int((p.C(j) * S_XY * p.A(i)).rank()) == p.r + int(p.T(i, j).rank()) for i, j in p.pivots]
    return checked({"rank(C_j S_XY A_i) = r + rank(T_ij)": all(sums)})


@PAPER.states(
    r"n_- = \mathrm{inv} + \sum_{i>j} n_{ij}(\operatorname{rank} B_{ij} - r) - \sum_{i' \le j} n_{ij} n_{i'j'},"
    r"\quad n_+ = \sum_i (\alpha_i - \alpha_{i-1})\gamma_i + 2re - \mathrm{inv} - \mathrm{eq} + (n_- -"
    r" \mathrm{inv})",
    CRITICAL,
    on=lambda: points(FAMILY + LARGER, most=12, mixed=6),
    kind=Kind.CONJECTURE,
)
def inertia(point: Point, seed: int) -> Verdict:
    """The Hessian's inertia by ranks; t_ij = rank T_ij, n_ij = t_ij - t_{i-1,j} - t_{i,j+1} + t_{i-1,j+1}, e = rank
    E, alpha_i = rank A_i - rank(E^T A_i), gamma_i = rank C_i - rank(C_i E^T); inv and eq count pairs of nonzero
    eigenvalues (a of R S_XX R^T, b of E S_XX^-1 E^T) with b > a, b = a. Not proved.
    """
    formula = conjectural_inertia(point.problem)
    return checked({f"{formula} by the formula": formula == point.inertia}, f"Hessian: {point.inertia}")
