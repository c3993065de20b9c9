"""The rank of a matrix of logarithms: formal from above, balls from below.

Replace the logarithms by variables: the *formal* rank is never below the true one, because a minor that vanishes
identically vanishes. A pivot whose ball excludes 0 proves the other side. That the two agree always follows from
Schanuel's conjecture; here it is checked each time.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise
from math import comb
from typing import TYPE_CHECKING, Any

from flint import arb_mat, fmpq, fmpq_mat

from algebra.evidence import Bounds, Grade
from algebra.exact.elimination import independent_rows, pivots
from algebra.exact.logarithms import LogMatrix
from algebra.exact.matrices import from_rows, is_zero, stacked, submatrix
from algebra.exact.precision import precision
from algebra.rank import rank_rational
from tensors.attention.softmax.balls import MOST_BITS, ball_rank

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

MOST_POINTS = 3000
"""Evaluations that a proof of a formal rank may take."""

QUICK_BITS = 128
"""Up to which a full rank is looked for before anything else."""


@dataclass(frozen=True)
class LogRank:
    """The rank of a matrix of logarithms.

    Attributes
    ----------
    bounds : Bounds
        Of the rank.
    rows, columns : tuple of int
        A minor of the size of the lower bound that is proved not to be zero.
    bits : int
        The precision of the proof; 0 if it was exact.
    """

    bounds: Bounds
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    bits: int


def log_rank(matrix: LogMatrix, most_bits: int = MOST_BITS) -> LogRank:
    """Bound the rank of a matrix of logarithms.

    Parameters
    ----------
    matrix : LogMatrix
    most_bits : int
        The last precision at which pivots are tried.

    Returns
    -------
    LogRank

    Examples
    --------
    >>> from flint import fmpq
    >>> from algebra.exact.logarithms import log_matrix
    >>> log_rank(log_matrix([[fmpq(2), fmpq(3)], [fmpq(4), fmpq(9)]])).bounds
    1 (proved)
    """
    if sum(not is_zero(e) for e in matrix.coefficients) > 1:
        found = ball_rank(matrix.balls, most_bits=min(QUICK_BITS, most_bits))
        if found.rank == min(matrix.shape):
            return LogRank(_proved(found.rank, "balls", "sides"), found.rows, found.columns, found.bits)
    spanning = independent(matrix.coefficients)
    if len(spanning) <= 1:
        return _exact(spanning[0] if spanning else matrix.coefficients[0])
    upper, by = formal_rank_upper(spanning)
    found = ball_rank(matrix.balls, goal=upper, most_bits=most_bits)
    if found.rank == upper:
        return LogRank(_proved(upper, "balls", by), found.rows, found.columns, found.bits)
    bounds = Bounds(found.rank, upper, Grade.INCONCLUSIVE, lower_by="balls", upper_by=by)
    return LogRank(bounds, found.rows, found.columns, found.bits)


def _proved(value: int, lower_by: str, upper_by: str) -> Bounds:
    return Bounds(value, value, Grade.PROVED, lower_by=lower_by, upper_by=upper_by)


def _exact(matrix: fmpq_mat) -> LogRank:
    """All entries are rational multiples of one number: nothing is open."""
    columns = pivots(matrix)
    rows = independent_rows(submatrix(matrix, range(matrix.nrows()), columns)) if columns else ()
    return LogRank(Bounds.exactly(len(columns), by="rational-elimination"), rows, columns, 0)


def independent(coefficients: Sequence[fmpq_mat]) -> list[fmpq_mat]:
    """Return a basis of the span of matrices, chosen among them: it has the same generic rank."""
    rest = [e for e in coefficients if not is_zero(e)]
    if len(rest) <= 1:
        return rest
    return [rest[i] for i in independent_rows(from_rows([e.entries() for e in rest]))]


def formal_rank_upper(spanning: Sequence[fmpq_mat]) -> tuple[int, str]:
    """Bound the rank of ``sum_b t_b E_b`` over Q(t) from above, and say how.

    Notes
    -----
    The common kernel (or cokernel) of the E_b, or one rational row space, bounds it at once. Otherwise the minors of
    size k are forms of degree k in t, and they vanish if they do at all lattice points t >= 0 with sum k.
    """
    first = spanning[0]
    bounds = {
        "sides": min(first.nrows(), first.ncols()),
        "common-kernel": rank_rational(stacked(spanning)),
        "common-cokernel": rank_rational(stacked([e.transpose() for e in spanning])),
    }
    by = min(bounds, key=lambda name: bounds[name])
    seen = max(_rank_at(spanning, [(i + 1) ** k * 7 % 1009 for i in range(len(spanning))]) for k in (3, 4))
    if seen < bounds[by] and comb(seen + len(spanning), len(spanning) - 1) <= MOST_POINTS:
        points = lattice(seen + 1, len(spanning))
        if all(_rank_at(spanning, point) <= seen for point in points):
            return seen, "vanishing-minors"
    return bounds[by], by


def _rank_at(spanning: Sequence[fmpq_mat], point: Sequence[int]) -> int:
    zero = fmpq_mat(spanning[0].nrows(), spanning[0].ncols())
    return rank_rational(sum((e * t for e, t in zip(spanning, point, strict=True) if t), zero))


def lattice(total: int, count: int) -> Iterator[tuple[int, ...]]:
    """Yield all `count` integers of at least 0 with this sum.

    Examples
    --------
    >>> list(lattice(2, 2))
    [(0, 2), (1, 1), (2, 0)]
    """
    for bars in combinations(range(total + count - 1), count - 1):
        ends = (-1, *bars, total + count - 1)
        yield tuple(b - a - 1 for a, b in pairwise(ends))


def determinant_text(matrix: LogMatrix, bits: int) -> str:
    """Return the determinant: exactly for rational matrices, else enclosed in a ball, as text.

    Examples
    --------
    >>> from algebra.exact.logarithms import log_matrix, rational_scores
    >>> determinant_text(rational_scores(fmpq_mat(1, 1, [3])), 0)
    '3'
    >>> determinant_text(log_matrix([[fmpq(2)]]), 0)
    'log(2)'
    >>> determinant_text(log_matrix([[fmpq(4), fmpq(1)], [fmpq(1), fmpq(2)]]), 0)
    '2*log(2)^2'
    """
    if matrix.is_rational:
        place = matrix.base.index(1) if 1 in matrix.base else None
        return "0" if place is None else str(matrix.coefficients[place].det())
    if len(matrix.base) == 1:
        return _multiple(matrix.coefficients[0].det(), f"log({matrix.base[0]})", matrix.shape[0])
    return _decided(lambda: arb_mat(matrix.balls()).det(), max(bits, 64))


def _multiple(coefficient: fmpq, name: str, exponent: int) -> str:
    power = name if exponent == 1 else f"{name}^{exponent}"
    if abs(coefficient) == 1:
        return power if coefficient == 1 else f"-{power}"
    return f"{coefficient}*{power}" if coefficient != 0 else "0"


def _decided(value: Callable[[], Any], bits: int) -> str:
    while True:
        with precision(bits):
            found = value()
            if not found.contains(0) or bits > MOST_BITS:
                return str(found.str(10))
        bits *= 2
