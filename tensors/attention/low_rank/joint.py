"""One score matrix A for several inputs: linear equations in A and one shift for each query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flint import fmpq_mat

from algebra.exact.elimination import column_basis, least_norm_solutions, solution
from algebra.exact.logarithms import LogMatrix, over_common_base
from algebra.exact.matrices import from_rows, side_by_side, submatrix

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tensors.attention.low_rank.scores import Scores

MOST_EQUATIONS = 100
"""Independent equations up to which the solution of least norm is tried too."""


@dataclass(frozen=True)
class Solution:
    """Score matrices A that realise all pairs.

    Attributes
    ----------
    matrices : tuple of LogMatrix, each d x d
        Their rows and columns lie in the span of the tokens.
    is_unique : bool
        Whether there is no other such matrix with rows and columns in that span.
    """

    matrices: tuple[LogMatrix, ...]
    is_unique: bool


def solve_jointly(pairs: Sequence[tuple[fmpq_mat, Scores]]) -> Solution | None:
    """Solve x_i^T A x_j + c_j = log P_ij for all visible i, j of all pairs; None if there is no solution.

    Only the scores between vectors of the span of the tokens matter, so A = W B W^T for a basis W of it.
    """
    basis = span_basis([X for X, _ in pairs])
    size = basis.ncols()
    values = over_common_base([scores.values for _, scores in pairs])
    if size == 0:
        zero = LogMatrix((1,), (fmpq_mat(basis.nrows(), basis.nrows()),))
        return Solution((zero,), True) if all(each.is_zero for each in values) else None
    equations = _equations(pairs, basis)
    sides = [_right_side(pairs, [each.coefficients[b] for each in values]) for b in range(len(values[0].base))]
    solved = [solution(equations, side) for side in sides]
    if any(each is None for each in solved):
        return None
    shifts = submatrix(equations, range(equations.nrows()), range(size * size, equations.ncols()))
    rank = equations.rank()
    is_unique = rank == size * size + shifts.rank()
    candidates = [solved]
    if not is_unique and rank <= MOST_EQUATIONS:
        candidates.append(least_norm_solutions(equations, sides))
    matrices = [[_score_matrix(basis, each) for each in candidate] for candidate in candidates]
    return Solution(tuple(LogMatrix(values[0].base, tuple(each)) for each in matrices), is_unique)


def _score_matrix(basis: fmpq_mat, solution: fmpq_mat) -> fmpq_mat:
    size = basis.ncols()
    inner = fmpq_mat(size, size, [solution[k, 0] for k in range(size * size)])
    return basis * inner * basis.transpose()


def span_basis(tokens: Sequence[fmpq_mat]) -> fmpq_mat:
    """Return independent columns that span all tokens."""
    return column_basis(side_by_side(tokens, tokens[0].nrows()))


def _equations(pairs: Sequence[tuple[fmpq_mat, Scores]], basis: fmpq_mat) -> fmpq_mat:
    """One row for each visible score: first the entries of B, then one column for each shift."""
    shifts = sum(X.ncols() for X, _ in pairs)
    rows: list[list[object]] = []
    start = 0
    for X, scores in pairs:
        seen = X.transpose() * basis
        for j in range(X.ncols()):
            for i in scores.support(j):
                products = [seen[i, a] * seen[j, b] for a in range(basis.ncols()) for b in range(basis.ncols())]
                rows.append(products + [int(k == start + j) for k in range(shifts)])
        start += X.ncols()
    return from_rows(rows)


def _right_side(pairs: Sequence[tuple[fmpq_mat, Scores]], coefficients: Sequence[fmpq_mat]) -> fmpq_mat:
    found = [
        e[i, j]
        for (_, scores), e in zip(pairs, coefficients, strict=True)
        for j in range(scores.shape[1])
        for i in scores.support(j)
    ]
    return fmpq_mat(len(found), 1, found)
