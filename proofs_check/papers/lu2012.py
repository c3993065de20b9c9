r"""C. Lu, H. Min, Z. Zhao, L. Zhu, D. Huang, S. Yan: least squares regression groups orthogonal subspaces."""

from __future__ import annotations

from fractions import Fraction

from flint import fmpq_mat

from algebra.exact.matrices import is_zero, trace_of_product
from algebra.exact.numbers import to_fmpq, to_fraction
from proofs_check.claim import Verdict
from proofs_check.deciding.clustering import Clusters, clustered_points, clusterings
from proofs_check.paper import Paper
from tensors.clustering.closed_forms import is_block_diagonal, ridge_coefficients, ridge_minimum

PAPER = Paper(
    "lu2012",
    "C. Lu, H. Min, Z. Zhao, L. Zhu, D. Huang, S. Yan, Robust and efficient subspace segmentation via least squares "
    "regression, ECCV 2012",
)
LAM = Fraction(2, 3)


def _points(given: Clusters) -> tuple[fmpq_mat, tuple[int, ...]]:
    """Return the points as they are, or of an odd seed with every cluster in coordinates of its own: orthogonal."""
    Z, labels = clustered_points(given)
    if given[2] % 2 == 0:
        return Z, labels
    rows = [[x if labels[j] == k else 0 for j, x in enumerate(row)] for k in range(len(given[0])) for row in Z.table()]
    return fmpq_mat(rows), labels


@PAPER.states(
    r"(Z^\top Z + \lambda I)^{-1} Z^\top Z \text{ is block diagonal } \iff Z_i^\top Z_j = 0 \ (i \ne j)",
    on=clusterings,
)
def block_diagonal(given: Clusters, seed: int) -> Verdict:
    """Independent subspaces are not enough."""
    Z, labels = _points(given)
    places = range(len(labels))
    inner = (Z.transpose() * Z).table()
    orthogonal = all(inner[i][j] == 0 for i in places for j in places if labels[i] != labels[j])
    blocks = is_block_diagonal(ridge_coefficients(Z, LAM, is_free=True), labels)
    return Verdict.decided(blocks == orthogonal, f"block diagonal: {blocks}, orthogonal: {orthogonal}")


@PAPER.states(
    r"c_{ij} = -D_{ij}/D_{jj},\ D = (Z^\top Z + \lambda I)^{-1}: \ \min_{\operatorname{diag} C = 0} \tfrac12 "
    r"\|Z - ZC\|_F^2 + \tfrac\lambda2 \|C\|_F^2",
    on=clusterings,
)
def closed_form(given: Clusters, seed: int) -> Verdict:
    """With and without the constraint: the gradient vanishes, and the problem is strictly convex."""
    # Check the gradient, off the diagonal where that is zero, and the formula of the value.
    Z, _ = _points(given)
    size = Z.ncols()
    for is_free in (True, False):
        C = ridge_coefficients(Z, LAM, is_free)
        residual = Z - Z * C
        gradient = C * to_fmpq(LAM) - Z.transpose() * residual
        for i in range(size if not is_free else 0):
            gradient[i, i] = 0
        total = trace_of_product(residual, residual) + to_fmpq(LAM) * trace_of_product(C, C)
        value = to_fraction(total) / 2
        if not is_zero(gradient) or value != ridge_minimum(Z, LAM, is_free):
            return Verdict.decided(False, f"free diagonal: {is_free}, value {value}")
    return Verdict.decided(True, "")
