"""The exact Hessian of the loss, its inertia, and the conjectural closed form of the inertia."""

from __future__ import annotations

from collections import Counter
from itertools import chain, pairwise
from operator import mul
from typing import Any

from flint import fmpq

from algebra.critical_points.pivots import rank_steps
from algebra.critical_points.problem import Problem
from algebra.errors import InputError
from algebra.exact.inertia import Inertia, inertia
from algebra.exact.matrices import Matrix, is_zero, trace_of_product
from algebra.exact.spectra import compare_spectra

LARGEST = 400


def hessian(problem: Problem) -> Matrix:
    """Return the Hessian of the loss at any weights, exact.

    The parameters are the entries of W_1, row by row, then those of W_2, and so on.

    Parameters
    ----------
    problem : Problem
        Data and weights of a deep linear network.

    Returns
    -------
    Matrix

    Examples
    --------
    >>> hessian(Problem([[1]], [[1]], [[[0]], [[0]]])).table()
    [[0, -1], [-1, 0]]
    """
    blocks = _gram_blocks(problem)
    for i, j in problem.pivots:
        _add_residual(blocks, problem, i, j)

    # The blocks side by side, and one below the other.
    rows: list[list[Any]] = []
    for i in range(problem.depth):
        wide = [blocks[i, j] for j in range(problem.depth)]
        rows += [list(chain.from_iterable(parts)) for parts in zip(*wide, strict=True)]
    return problem.matrix_of(rows)


def _gram_blocks(problem: Problem) -> dict[tuple[int, int], list[list[Any]]]:
    """Second derivatives of 1/2 ||D1 X||²: Kronecker products of A_iᵀ A_j and C_i S_XX C_jᵀ."""
    blocks = {}
    for i in range(problem.depth):
        for j in range(i + 1):
            left = problem.A(i + 1).transpose() * problem.A(j + 1)
            right = problem.C(i + 1) * problem.S_XX * problem.C(j + 1).transpose()
            blocks[i, j] = _kronecker(left.table(), right.table())
            blocks[j, i] = [list(column) for column in zip(*blocks[i, j], strict=True)]
    return blocks


def _kronecker(left: list[list[Any]], right: list[list[Any]]) -> list[list[Any]]:
    """Return the Kronecker product of two tables."""
    return [[a * b for a in row for b in other] for row in left for other in right]


def _add_residual(blocks: dict[tuple[int, int], list[list[Any]]], problem: Problem, i: int, j: int) -> None:
    """Add the second derivatives of <E, A_i V_i B_ij V_j C_j>."""
    T, B = problem.T(i, j).table(), problem.B(i, j).table()
    wide_i, wide_j = len(B), len(T)
    upper, lower = blocks[i - 1, j - 1], blocks[j - 1, i - 1]
    for d, T_row in enumerate(T):
        for a, t in enumerate(T_row):
            if t == 0:
                continue
            for b, B_row in enumerate(B):
                for c, entry in enumerate(B_row):
                    upper[a * wide_i + b][c * wide_j + d] += t * entry
                    lower[c * wide_j + d][a * wide_i + b] += t * entry


def hessian_inertia(problem: Problem, largest: int = LARGEST) -> Inertia:
    """Return the inertia of the loss's Hessian over all weights, proved from the exact Hessian.

    Parameters
    ----------
    problem : Problem
        Data and weights of a deep linear network.
    largest : int
        Weights beyond which the exact Hessian is not written out.

    Returns
    -------
    Inertia

    Raises
    ------
    InputError
        If there are more than `largest` weights.

    Examples
    --------
    >>> I = [[1, 0], [0, 1]]
    >>> hessian_inertia(Problem(I, [[2, 0], [0, 1]], [I, [[2, 0], [0, 1]]]))
    Inertia(neg=0, zero=4, pos=4)
    """
    if problem.parameters > largest:
        raise InputError("W", f"{problem.parameters} weights", f"at most {largest} weights for the exact Hessian")
    return inertia(hessian(problem))


def conjectural_inertia(problem: Problem) -> Inertia:
    """Return the inertia at a critical point by a closed form in ranks and eigenvalue comparisons.

    Conjectural formula: it agreed with the exact Hessian at some hundred thousand random critical points, but it is
    not proved.  Only the part that rotates singular directions (`inv` below) is.

    Parameters
    ----------
    problem : Problem
        Data and weights of a deep linear network.

    Returns
    -------
    Inertia

    Raises
    ------
    InputError
        If the point is not critical.

    Examples
    --------
    >>> zero = [[0, 0], [0, 0]]
    >>> conjectural_inertia(Problem([[1, 0], [0, 1]], [[2, 0], [0, 1]], [zero, zero]))
    Inertia(neg=4, zero=0, pos=4)
    """
    if not problem.is_critical:
        raise InputError("W", "a point that is not critical", "a critical point")
    if problem.data_rank == 0:
        return Inertia(0, problem.parameters, 0)
    reduced = problem.reduced
    r, e = reduced.r, int(reduced.E.rank())

    # `inv`: a singular direction of the product turns towards one of the residual, and gains if that is the larger.
    pairs = compare_spectra(reduced.N_R, reduced.N_E)
    rotations, ties = pairs.larger, pairs.equal

    # Pivots bring eigenvalues in pairs, one of each sign.
    outside = _pivot_part(reduced, r)

    # Directions that change the product and do not meet the residual: the loss rises.
    residual = reduced.E.transpose()
    alpha = [0] + [int(A.rank() - (residual * A).rank()) for A in reduced.partial_above[1:]]
    gamma = [int(C.rank() - (C * residual).rank()) for C in reduced.partial_below[:-1]]
    gained = [after - before for before, after in pairwise(alpha)]
    inside = sum(map(mul, gained, gamma))

    neg = rotations + outside
    pos = inside + 2 * r * e - rotations - ties + outside
    return Inertia(neg, problem.parameters - neg - pos, pos)


def _pivot_part(reduced: Problem, r: int) -> int:
    """Count the pairs of eigenvalues, one of each sign, that come from pivots and not from rotations."""
    # Directions of the residual that the pivot (i, j) sees, and no pivot inside it: by how much the rank of T_ij rises
    # with i, less by how much that of the next j does.
    seen: dict[tuple[int, int], int] = {}
    residual, inner = reduced.E.transpose(), Counter[int]()
    for j in range(reduced.depth - 1, 0, -1):
        rises = Counter(rank_steps(reduced, j, residual))
        for i in sorted(rises.keys() | inner.keys()):
            if rises[i] != inner[i]:
                seen[i, j] = rises[i] - inner[i]
        inner = rises

    # Each of them moves with every dimension that the layers between have beyond the rank of the product ...
    total = 0
    for (i, j), count in seen.items():
        beyond = int(reduced.B(i, j).rank()) - r
        total += count * beyond

    # ... less one for each direction whose pivot ends where its own begins, or before.
    for (_, begin), count in seen.items():
        total -= count * sum(other for (end, _), other in seen.items() if end <= begin)
    return total


def quadratic_form(problem: Problem, direction: list[Matrix]) -> Any:
    """Return the second derivative of the loss along a straight line, exact.

    Parameters
    ----------
    problem : Problem
    direction : list of matrices
        One for each layer, of the shapes of the weights.

    Returns
    -------
    exact number

    Examples
    --------
    >>> from flint import fmpq_mat
    >>> one = fmpq_mat(1, 1, [1])
    >>> quadratic_form(Problem([[1]], [[1]], [[[0]], [[0]]]), [one, one])
    -2
    """
    # The residual times the second derivative of the product, which is twice the sum of A_i V_i D_i, where D_i is the
    # first derivative of the product of the layers below i; None where it is zero ...
    total, D = fmpq(0), None
    for i, (W, V) in enumerate(zip(problem.W, direction, strict=True), start=1):
        after = None if D is None else W * D
        if not is_zero(V):
            if D is not None:
                total += 2 * trace_of_product(problem.A(i).transpose() * problem.E, V * D)
            own = V * problem.C(i)
            after = own if after is None else after + own
        D = after

    # ... and the square of the first derivative of the whole product, on the data.
    if D is None:
        return total
    image = D * problem.X
    return total + trace_of_product(image, image)
