r"""G. Liu, Z. Lin, S. Yan, J. Sun, Y. Yu, Y. Ma: low-rank representation recovers independent subspaces."""

from __future__ import annotations

from algebra.exact.matrices import is_zero
from proofs_check.claim import Verdict
from proofs_check.deciding.clustering import Clusters, clustered_points, clusterings
from proofs_check.paper import Paper
from tensors.clustering.closed_forms import is_block_diagonal, nuclear_norm, shape_interaction, squared_norm
from tensors.clustering.clusters import subspaces
from tensors.clustering.solution import trained_solution

PAPER = Paper(
    "liu2013",
    "G. Liu, Z. Lin, S. Yan, J. Sun, Y. Yu, Y. Ma, Robust recovery of subspace structures by low-rank representation, "
    "IEEE PAMI 35, 2013",
    "1010.2955",
)


@PAPER.states(
    r"Q = Z^+ Z: \ Z = ZQ,\ \|Q\|_* = \|Q\|_F^2 = \operatorname{rank} Z",
    on=clusterings,
    name="shape-interaction",
)
def optimum_is_shape_interaction(given: Clusters, seed: int) -> Verdict:
    """That no solution has a smaller nuclear norm is not checked."""
    Z, _ = clustered_points(given)
    Q, rank = shape_interaction(Z), Z.rank()
    good = is_zero(Z * Q - Z) and nuclear_norm(Q) == (rank, rank) and squared_norm(Q) == rank
    return Verdict.decided(good, f"rank {rank}, nuclear norm {nuclear_norm(Q)}, squared norm {squared_norm(Q)}")


@PAPER.states(
    r"Z^+ Z \text{ is block diagonal } \iff \operatorname{rank} Z = \sum_i \operatorname{rank} Z_i",
    on=clusterings,
)
def block_diagonal(given: Clusters, seed: int) -> Verdict:
    """Random subspaces, independent and dependent ones."""
    Z, labels = clustered_points(given)
    Q = shape_interaction(Z)
    found = subspaces(trained_solution(Z, Q, 1, "nuclear", labels=labels, diagonal="free"))
    assert found is not None
    blocks = is_block_diagonal(Q, labels)
    violation = f"block diagonal: {blocks}, ranks {found.ranks} in {found.total}"
    return Verdict.decided(blocks == found.are_independent, violation)
