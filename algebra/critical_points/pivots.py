"""Pairs of layers, looked at along each layer: ranks between layers are monotone, so few of all pairs are evaluated.

The pivot (i, j), i > j, sees the residual through T_ij = C_j Eᵀ A_i and reaches through B_ij = W_{i-1} … W_{j+1}.
With j fixed and i growing, B_ij gets more factors and A_i loses them: the rank of B_ij falls, down to r at the least,
since B_ij is a factor of R, and the rank of T_ij rises. So each is known along all i from the places where it changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from algebra.critical_points.problem import Problem
from algebra.exact.matrices import Matrix


def least_collapsed(p: Problem) -> list[int]:
    """Return, for each layer j from 1 on, the least i > j for which B_ij has rank r; H + 1 where there is none.

    It grows with j. Each B_ij on the way is a product of two that are kept: of the layers that came last, and of those
    before them, of which the lowest are taken off again.

    Parameters
    ----------
    p : Problem
        With X of full row rank.

    Returns
    -------
    list of int
        Entry 0 is of layer 1.

    Examples
    --------
    >>> one, zero = [[1]], [[0]]
    >>> least_collapsed(Problem([[1]], [[1]], [one, zero, one, zero]))
    [3, 5, 5, 5]
    """
    found: list[int] = []
    i, upper, lower = 1, None, list[Matrix]()  # the product of layers j + 1 to i - 1 is upper times the last of lower
    for j in range(1, p.depth + 1):
        # Layer j is taken off.
        if i <= j + 1:
            i, upper, lower = j + 1, None, []
        else:
            if not lower:
                lower, upper = _products(p, j, i), None
            lower.pop()

        while i <= p.depth and _rank_between(p, j, upper, lower) > p.r:
            upper = p.W[i - 1] if upper is None else p.W[i - 1] * upper
            i += 1
        found.append(i)
    return found


def _products(p: Problem, j: int, i: int) -> list[Matrix]:
    """Return W_{i-1}, W_{i-1} W_{i-2}, …, W_{i-1} … W_j."""
    found: list[Matrix] = []
    for k in range(i - 1, j - 1, -1):
        found.append(found[-1] * p.W[k - 1] if found else p.W[k - 1])
    return found


def _rank_between(p: Problem, j: int, upper: Matrix | None, lower: list[Matrix]) -> int:
    parts = [part for part in (upper, lower[-1] if lower else None) if part is not None]
    if not parts:
        return p.widths[j]
    return int((parts[0] * parts[1] if len(parts) == 2 else parts[0]).rank())


def rank_steps(p: Problem, j: int, core: Matrix) -> dict[int, int]:
    """Return the i > j at which the rank of C_j core A_i rises, and by how much; it is 0 before.

    Parameters
    ----------
    p : Problem
    j : int
        A layer.
    core : Matrix, shape (d_x, d_y)

    Returns
    -------
    dict of int to int

    Examples
    --------
    >>> one, zero = [[1]], [[0]]
    >>> p = Problem([[1]], [[1]], [one, zero, zero, one])
    >>> [rank_steps(p, j, p.E.transpose()) for j in (1, 2, 3)]
    [{3: 1}, {3: 1}, {}]
    """
    left = p.C(j) * core
    if left.rank() == 0:
        return {}
    return dict(_steps(lambda i: int((left * p.A(i)).rank()), j + 1, p.depth))


def _steps(rank: Callable[[int], int], first: int, last: int) -> Iterator[tuple[int, int]]:
    """Yield where a rising function of the integers from first to last changes, by bisection, and by how much."""
    if first > last:
        return
    lowest = rank(first)
    if lowest:
        yield first, lowest
    waiting = [(first, lowest, last, rank(last))]
    while waiting:
        low, below, high, above = waiting.pop()
        if below == above:
            continue
        if high == low + 1:
            yield high, above - below
            continue
        middle = (low + high) // 2
        between = rank(middle)
        waiting += [(middle, between, high, above), (low, below, middle, between)]


def untightened_pivots(reduced: Problem) -> tuple[tuple[int, int], ...]:
    """Return the pivots (i, j) with T_ij nonzero and rank B_ij > r; X must have full row rank.

    Parameters
    ----------
    reduced : Problem

    Returns
    -------
    tuple of (int, int)
        In their order.

    Examples
    --------
    >>> zero = [[0]]
    >>> untightened_pivots(Problem([[1]], [[1]], [zero, zero]))
    ((2, 1),)
    """
    collapsed, residual = least_collapsed(reduced), reduced.E.transpose()
    found: list[tuple[int, int]] = []
    for j in range(1, reduced.depth):
        steps = rank_steps(reduced, j, residual) if collapsed[j - 1] > j + 1 else {}
        found += [
            (i, j) for i in range(min(steps, default=reduced.depth + 1), min(collapsed[j - 1], reduced.depth + 1))
        ]
    return tuple(sorted(found))


def are_tightened(reduced: Problem) -> bool:
    """Tell whether of each pivot B_ij or C_j S_XY A_i has rank r; X must have full row rank.

    Parameters
    ----------
    reduced : Problem

    Returns
    -------
    bool
    """
    S_XY = reduced.S_YX.transpose()
    for j, end in enumerate(least_collapsed(reduced), start=1):
        # Of those whose B_ij does not have rank r, the first and the last: the ranks between are between theirs.
        left = reduced.C(j) * S_XY if end > j + 1 else None
        ends = {j + 1, min(end - 1, reduced.depth)} if left is not None and j < reduced.depth else set()
        if any(int((left * reduced.A(i)).rank()) != reduced.r for i in ends):
            return False
    return True
