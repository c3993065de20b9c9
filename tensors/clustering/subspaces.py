"""What self-expression without noise recovers of given clusters: low-rank, ridge and sparse coefficients."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import combinations
from typing import Any

from flint import fmpq_mat

from algebra.errors import InputError
from algebra.exact.matrices import rational_matrix
from algebra.shown import Shown
from tensors.clustering.closed_forms import is_block_diagonal, shape_interaction
from tensors.clustering.clusters import Subspaces, subspaces
from tensors.clustering.solution import TrainedSolution, trained_solution
from tensors.clustering.sparse import Recovery, recovery

MOST_POINTS = 200  # three linear programs each: some ten seconds
MOST_ENTRIES = 20_000


@dataclass(frozen=True)
class SubspaceReport(Shown):
    """What the models without noise recover.

    Parameters
    ----------
    label : str
        Permanent name of the points with their labels.
    labels : tuple
    subspaces : Subspaces
    are_orthogonal : bool
        Whether points of different clusters are orthogonal: iff ridge coefficients are block diagonal.
    is_block_diagonal : bool
        Whether the shape interaction matrix is: iff the subspaces are independent.
    duplicates : tuple of (int, int)
        Points that are equal or opposite.
    sparse : tuple of Recovery
        One for each point.
    """

    label: str
    labels: tuple[Hashable, ...]
    subspaces: Subspaces
    are_orthogonal: bool
    is_block_diagonal: bool
    duplicates: tuple[tuple[int, int], ...]
    sparse: tuple[Recovery, ...]

    @property
    def is_expressible(self) -> bool:
        """Whether subspace-preserving coefficients with Z = Z C exist: every point is spanned within its cluster."""
        return all(each.own is not None for each in self.sparse)


def subspace_report(Z: Any, labels: Sequence[Hashable]) -> SubspaceReport:
    """Decide for given clusters what each model without noise recovers of them.

    Parameters
    ----------
    Z : array_like
        Rational, one point a column.
    labels : sequence
        The cluster of each point.

    Returns
    -------
    SubspaceReport

    Raises
    ------
    InputError
        If a number is a float, or there are not as many labels as points, or too many points.

    Examples
    --------
    >>> found = subspace_report([[1, 2, 0, 0], [0, 0, 1, 1]], ["a", "a", "b", "b"])
    >>> found.subspaces.are_independent, found.is_block_diagonal, [each.is_preserved for each in found.sparse]
    (True, True, [True, True, True, True])

    References
    ----------
    .. [1] E. Elhamifar, R. Vidal, Sparse subspace clustering, PAMI 35, 2013, arXiv:1203.1005.
    .. [2] G. Liu et al., Robust recovery of subspace structures by low-rank representation, PAMI 35, 2013,
       arXiv:1010.2955.
    .. [3] C. Lu et al., Robust and efficient subspace segmentation via least squares regression, ECCV 2012.
    """
    matrix = rational_matrix("Z", Z)
    N = matrix.ncols()
    if N > MOST_POINTS or N * matrix.nrows() > MOST_ENTRIES:
        most = f"of at most {MOST_POINTS} points and {MOST_ENTRIES} entries: take a sample of the points"
        raise InputError("Z", f"a matrix of shape {(matrix.nrows(), N)}", most)
    points = trained_solution(matrix, fmpq_mat(N, N), 1, "square", labels=labels)
    clusters = subspaces(points)
    assert points.labels is not None
    assert clusters is not None

    crossing = [(i, j) for i, j in combinations(range(N), 2) if points.labels[i] != points.labels[j]]
    return SubspaceReport(
        _label(points),
        points.labels,
        clusters,
        all(points.gram[i][j] == 0 for i, j in crossing),
        is_block_diagonal(shape_interaction(matrix), points.labels),
        tuple(points.twins),
        tuple(recovery(matrix, points.labels)),
    )


def _label(points: TrainedSolution) -> str:
    text = f"{points.Z.table()} {points.labels}"
    return f"points:{points.model.d}x{points.model.N}:{sha256(text.encode()).hexdigest()[:32]}"
