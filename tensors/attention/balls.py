"""Ranks of matrices of real numbers that are known to any precision, by elimination in ball arithmetic (Arb).

It is a second road beside residues for exp(Z), and the only one for matrices of logarithms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flint import arb, ctx

from algebra.errors import as_integer
from algebra.rank import CertifiedLowerBound
from tensors.reading import rational_matrix

MOST_BITS = 4096
Rows = list[list[Any]]


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Work at a precision, and restore the former one."""
    before = ctx.prec
    ctx.prec = bits
    try:
        yield
    finally:
        ctx.prec = before


def ball_rank(
    entries: Callable[[], Rows], goal: int | None = None, first_bits: int = 64, most_bits: int = MOST_BITS
) -> CertifiedLowerBound:
    """Prove a lower bound of the rank of a matrix of real numbers.

    Parameters
    ----------
    entries : callable
        Returns the matrix as rows of ``arb``, at the precision in force.
    goal : int, optional
        A rank that is known not to be exceeded: then no more bits are tried. Default: the shorter side.
    first_bits, most_bits : int
        The precision is doubled from the one to the other.

    Returns
    -------
    CertifiedLowerBound
        With the rows and columns of a minor that is not zero.

    Notes
    -----
    A pivot that is not decided at the last precision says nothing about the rank from above.

    Examples
    --------
    >>> ball_rank(lambda: [[arb(2).log(), arb(3).log()], [arb(4).log(), arb(9).log()]]).rank
    1
    """
    bits, most = as_integer("first_bits", first_bits, 2), as_integer("most_bits", most_bits, 2)
    best = CertifiedLowerBound(0, (), (), bits)
    while True:
        with precision(bits):
            found = eliminate(entries())
        if len(found) > best.rank:
            rows, columns = (tuple(sorted(side)) for side in zip(*found, strict=True))
            best = CertifiedLowerBound(len(found), rows, columns, bits)
        if best.rank >= (_shorter_side(entries) if goal is None else goal) or bits >= most:
            return best
        bits = min(2 * bits, most)


def _shorter_side(entries: Callable[[], Rows]) -> int:
    with precision(2):
        rows = entries()
    return min(len(rows), len(rows[0]) if rows else 0)


def eliminate(rows: Rows) -> list[tuple[int, int]]:
    """Return the places of pivots whose balls exclude 0, the largest remaining one first.

    Examples
    --------
    >>> eliminate([[arb(1), arb(2)], [arb(2), arb(5)]])
    [(1, 1), (0, 0)]
    """
    left = [list(row) for row in rows]
    open_rows, open_columns = list(range(len(left))), list(range(len(left[0]) if left else 0))
    pivots: list[tuple[int, int]] = []
    while open_rows and open_columns:
        i, j = max(((i, j) for i in open_rows for j in open_columns), key=lambda at: left[at[0]][at[1]].abs_lower())
        pivot = left[i][j]
        if not pivot.is_finite() or not pivot.abs_lower() > 0:
            break
        pivots.append((i, j))
        open_rows.remove(i)
        open_columns.remove(j)
        for k in open_rows:
            factor = left[k][j] / pivot
            for m in open_columns:
                left[k][m] -= factor * left[i][m]
    return pivots


def softmax_rank_balls(logits: Any, goal: int | None = None, most_bits: int = MOST_BITS) -> CertifiedLowerBound:
    """Prove a lower bound of the rank of softmax(Z) in ball arithmetic.

    Parameters
    ----------
    logits : array_like
        Rational numbers, one row a key, one column a query.
    goal : int, optional
        A rank that is known not to be exceeded.
    most_bits : int
        The last precision to try.

    Examples
    --------
    >>> softmax_rank_balls([["0", "0"], ["0", "1/100"]]).rank
    2
    """
    table = rational_matrix("logits", logits).table()
    return ball_rank(lambda: [[arb(entry).exp() for entry in row] for row in table], goal, most_bits=most_bits)
