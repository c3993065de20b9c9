r"""E. Elhamifar, R. Vidal: sparse subspace clustering recovers independent subspaces."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from typing import Any

from flint import fmpq, fmpq_mat

from algebra.exact.elimination import solution
from algebra.exact.matrices import columns_of, side_by_side
from algebra.exact.numbers import to_fraction
from proofs_check.claim import Hypothesis, Verdict
from proofs_check.deciding.clustering import Clusters, clustered_points, clusterings
from proofs_check.paper import Paper
from tensors.clustering.sparse import Recovery, recovery

PAPER = Paper(
    "elhamifar2013",
    "E. Elhamifar, R. Vidal, Sparse subspace clustering: algorithm, theory, and applications, IEEE PAMI 35, 2013",
    "1203.1005",
)


def _is_independent(given: Clusters) -> bool:
    Z, labels = clustered_points(given)
    parts = [_part(Z, [j for j, label in enumerate(labels) if label == k]) for k in range(len(given[0]))]
    return bool(sum(part.rank() for part in parts) == Z.rank())


def _part(Z: fmpq_mat, places: list[int]) -> fmpq_mat:
    columns = columns_of(Z)
    return side_by_side([columns[j] for j in places], Z.nrows())


INDEPENDENT: Hypothesis[Clusters] = Hypothesis("the subspaces are independent", _is_independent)


@PAPER.states(
    r"\text{Independent subspaces: every solution of } \min \|c\|_1,\ Z_{-j} c = z_j \text{ preserves them}",
    INDEPENDENT,
    on=clusterings,
)
def independent(given: Clusters, seed: int) -> Verdict:
    """Of points that others of their cluster span."""
    Z, labels = clustered_points(given)
    wrong = [j for j, each in enumerate(recovery(Z, labels)) if each.own is not None and not each.is_preserved]
    return Verdict.decided(not wrong, f"points {wrong} are not preserved")


def _disagreement(found: Recovery, vertices: list[dict[int, Any]], crossing: list[bool]) -> str:
    if found.best is None:
        return "vertices where no solution is" if vertices else ""
    value = min(to_fraction(sum((abs(c) for c in vertex.values()), fmpq(0))) for vertex in vertices)
    if found.best.value != value:
        return f"p = {found.best.value}, a vertex has {value}"
    if found.is_preserved_by_some != (not all(crossing)) or found.is_preserved != (not any(crossing)):
        return f"margin {found.margin}, but {sum(crossing)} of {len(crossing)} vertices cross"
    return ""


def _optimal_vertices(Z: fmpq_mat, j: int) -> list[dict[int, Any]]:
    """Return the solutions with independent columns and the least sum of absolute values, by their coefficients."""
    columns = columns_of(Z)
    rest = [i for i in range(len(columns)) if i != j]
    found: list[tuple[Fraction, dict[int, Any]]] = []
    for size in range(Z.rank() + 1):
        for chosen in combinations(rest, size):
            part = side_by_side([columns[i] for i in chosen], Z.nrows())
            solved = solution(part, columns[j]) if size and part.rank() == size else None
            if size == 0 and not columns[j]:
                found.append((Fraction(0), dict.fromkeys(rest, fmpq(0))))
            if solved is not None:
                vertex = dict.fromkeys(rest, fmpq(0)) | dict(zip(chosen, solved.entries(), strict=True))
                found.append((to_fraction(sum((abs(c) for c in solved.entries()), fmpq(0))), vertex))
    least = min((value for value, _ in found), default=None)
    return [vertex for value, vertex in found if value == least]


@PAPER.states(
    r"\text{All solutions are subspace preserving } \iff p(j) = p_{\mathrm{own}}(j) \text{ and } s^* > 0",
    on=clusterings,
)
def margins(given: Clusters, seed: int) -> Verdict:
    """Strict complementarity, in the notes of this library; against all vertices of the optimal face."""
    # Enumerate the vertices of the optimal face: all solutions are preserving iff all of these are.
    Z, labels = clustered_points(given)
    for j, each in enumerate(recovery(Z, labels)):
        vertices = _optimal_vertices(Z, j)
        others = [i for i in range(len(labels)) if labels[i] != labels[j]]
        crossing = [any(vertex[i] for i in others) for vertex in vertices]
        reason = _disagreement(each, vertices, crossing)
        if reason:
            return Verdict.decided(False, f"point {j}: {reason}")
    return Verdict.decided(True, "")
