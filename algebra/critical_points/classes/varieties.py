"""Pure and spurious critical points, and the determinantal variety that a deep linear network parameterises.

References
----------
.. [1] M. Trager, K. Kohn, J. Bruna, Pure and spurious critical points: a geometric study of linear networks,
   ICLR 2020, arXiv:1910.01671.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb
from typing import Any

from algebra.critical_points.classes.structure import singular_structure
from algebra.critical_points.problem import Problem
from algebra.errors import InputError, as_integer
from algebra.exact.matrices import from_rows, is_zero
from algebra.shown import Shown


@dataclass(frozen=True)
class Purity(Shown):
    """Whether a critical point comes from the variety or only from the parameterisation.

    Attributes
    ----------
    pure : bool or None
        True: the product is critical for the loss on the matrices of rank at most k, too. None: the point is not
        critical, so that the question does not arise.
    filling : bool
        Whether k is the shorter side, so that the variety is the whole space.
    rank, largest_rank : int
        r and k.
    differential_rank : int
        Rank of the differential of the product map at the weights.
    reason : str
    """

    pure: bool | None
    filling: bool
    rank: int
    largest_rank: int
    differential_rank: int
    reason: str


def purity(problem: Problem) -> Purity:
    """Tell whether a critical point is pure or spurious, exactly.

    Parameters
    ----------
    problem : Problem
        Any data; X is replaced by rows that span its row space.

    Returns
    -------
    Purity
        Pure exactly if r = k or the gradient E with respect to the product vanishes.

    Examples
    --------
    >>> eye, first = [[1, 0], [0, 1]], [[1, 0], [0, 0]]
    >>> purity(Problem(eye, [[2, 0], [0, 1]], [first, [[2, 0], [0, 0]]])).pure
    False
    >>> purity(Problem(eye, [[2, 0], [0, 0]], [first, [[2, 0], [0, 0]]])).pure
    True
    """
    if is_zero(problem.X):
        return Purity(True, True, 0, 0, differential_rank(problem), "X = 0: the loss does not depend on the weights")
    reduced = problem.reduced
    r, k = reduced.r, reduced.k
    filling = k == min(reduced.X.nrows(), reduced.Y.nrows())
    pure, reason = _decide(reduced, r, k)
    return Purity(pure, filling, r, k, differential_rank(problem), reason)


def _decide(problem: Problem, r: int, k: int) -> tuple[bool | None, str]:
    if not problem.is_critical:
        return None, "not critical"
    if is_zero(problem.E):
        return True, "E = 0: critical for the loss on all matrices"
    if r == k:
        return True, "r = k: the product map is a submersion onto the smooth locus of the variety"
    return (
        False,
        "r < k and E is not zero: on the variety every move of rank one is allowed, so only E = 0 is critical",
    )


def differential_rank(problem: Problem) -> int:
    """Return the rank of the differential of (W_1, ..., W_H) -> W_H ... W_1, by the closed formula.

    It is the sum over i of (rank A_i - rank A_(i-1)) rank C_i, with rank A_0 read as 0.

    Parameters
    ----------
    problem : Problem

    Returns
    -------
    int

    Examples
    --------
    >>> differential_rank(Problem([[1, 0], [0, 1]], [[0, 0], [0, 0]], [[[1, 0]], [[1], [0]]]))
    3
    """
    total = before = 0
    for i in range(1, problem.depth + 1):
        rank = _rank(problem.A(i))
        total += (rank - before) * _rank(problem.C(i))
        before = rank
    return total


def _rank(matrix: Any) -> int:
    return 0 if is_zero(matrix) else int(matrix.rank())


def differential(problem: Problem) -> Any:
    """Return the matrix of that differential, of shape (d_y d_x, parameters): Kronecker products, exact.

    Rows and columns follow the entries row by row, W_1 first.

    Parameters
    ----------
    problem : Problem

    Returns
    -------
    Matrix
        Over the field of the data.

    Examples
    --------
    >>> differential(Problem([[1]], [[1]], [[[2]], [[3]]]))
    [3, 2]
    """
    blocks = []
    for i in range(1, problem.depth + 1):
        left, right = problem.A(i).table(), problem.C(i).transpose().table()
        blocks.append([[a * c for a in upper for c in lower] for upper in left for lower in right])
    rows = [[entry for block in blocks for entry in block[i]] for i in range(len(blocks[0]))]
    return from_rows(rows)


def fibre_components(widths: Sequence[int], rank: int) -> int:
    """Return the number of connected components of the weights with a given product of this rank.

    Parameters
    ----------
    widths : sequence of int
        d_0 to d_H.
    rank : int
        From 0 to the least width k.

    Returns
    -------
    int
        1 below k; at k two for each hidden layer of width exactly k (the sign of a determinant), multiplied.

    Raises
    ------
    InputError
        If the rank is larger than a width.

    Examples
    --------
    >>> fibre_components((3, 2, 2, 3), rank=2), fibre_components((3, 2, 2, 3), rank=1)
    (4, 1)
    """
    checked = _checked_widths(widths)
    allowed = f"an integer from 0 to {min(checked)}, the least width"
    if as_integer("rank", rank, 0, allowed) > min(checked):
        raise InputError("rank", rank, allowed)
    return 2 ** sum(width == rank for width in checked[1:-1]) if rank == min(checked) else 1


def variety_dimension(widths: Sequence[int]) -> int:
    """Return the dimension k (d_x + d_y - k) of the products of such weights.

    It is what `PolynomialNetwork` of activation degree 1 computes as a rank.

    Parameters
    ----------
    widths : sequence of int
        d_x, hidden widths, d_y; the least of them is k.

    Returns
    -------
    int

    Raises
    ------
    InputError
        If the widths are not at least two positive integers.

    Examples
    --------
    >>> from algebra.polynomial import PolynomialNetwork
    >>> variety_dimension((4, 2, 3)), PolynomialNetwork((4, 2, 3), degree=1).dimension()
    (10, 10 (proved))
    """
    checked = _checked_widths(widths)
    k = min(checked)
    return k * (checked[0] + checked[-1] - k)


def _checked_widths(widths: Sequence[int]) -> tuple[int, ...]:
    if not isinstance(widths, Sequence) or len(widths) < 2:
        raise InputError("widths", widths, "at least two integers, each at least 1")
    return tuple(as_integer("widths", width, 1) for width in widths)


@dataclass(frozen=True)
class CriticalCount(Shown):
    """How many critical products a square loss has on the matrices of rank at most k.

    Attributes
    ----------
    largest_rank : int
        k.
    by_rank : dict
        For each rank r up to k the number of products R of rank r that occur at critical weights: binom(q, r).
    pure : int
        How many of them are critical on the variety itself, hence at pure critical points.
    finite : bool
        False if a nonzero singular value is repeated: then there are infinitely many, and the numbers count the choices
        of singular values with their multiplicity.
    """

    largest_rank: int
    by_rank: dict[int, int]
    pure: int
    finite: bool

    @property
    def total(self) -> int:
        """Critical products of any rank."""
        return sum(self.by_rank.values())


def critical_products(widths: Sequence[int], X: Any, Y: Any) -> CriticalCount:
    """Count the products R X at the critical points of a network on given data, by Eckart and Young.

    Parameters
    ----------
    widths : sequence of int
        d_0 to d_H.
    X, Y : array_like
        Exact rationals; any rank.

    Returns
    -------
    CriticalCount

    Raises
    ------
    InputError
        If the data are not rational, or do not fit the widths.

    Notes
    -----
    With one weight matrix the loss is convex and there is one critical product. With more, each set of at most k of the
    q nonzero singular values gives one.

    Examples
    --------
    >>> count = critical_products((3, 2, 3), [[1, 0, 0], [0, 1, 0], [0, 0, 1]], [[3, 0, 0], [0, 2, 0], [0, 0, 1]])
    >>> count.by_rank, count.pure, count.total
    ({0: 1, 1: 3, 2: 3}, 3, 7)
    """
    from algebra.critical_points.classes.enumeration import checked_widths

    structure = singular_structure(X, Y)
    checked = checked_widths(widths, structure)
    q, k = len(structure.spectrum), min(structure.data_rank, *checked[1:])
    finite = len(set(structure.spectrum)) == q
    if len(checked) == 2:
        return CriticalCount(k, {q: 1}, 1, True)
    by_rank = {r: comb(q, r) for r in range(min(q, k) + 1)}
    # Of rank below k only the exact fit, if any, is critical on the variety.
    return CriticalCount(k, by_rank, by_rank[k] if k <= q else by_rank[q], finite)
