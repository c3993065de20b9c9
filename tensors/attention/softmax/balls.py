"""Ranks of matrices of real numbers that are known to any precision, by elimination in ball arithmetic (Arb).

It is a second road beside residues for exp(Z), and the only one for matrices of logarithms.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import arb

from algebra.errors import as_integer
from algebra.exact.balls import ball_pivots
from algebra.exact.matrices import rational_matrix
from algebra.exact.precision import precision
from algebra.rank import CertifiedLowerBound

MOST_BITS = 4096
Rows = list[list[Any]]


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
            found = ball_pivots(entries())
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

    Returns
    -------
    CertifiedLowerBound

    Examples
    --------
    >>> softmax_rank_balls([["0", "0"], ["0", "1/100"]]).rank
    2
    """
    table = rational_matrix("logits", logits).table()
    return ball_rank(lambda: [[arb(entry).exp() for entry in row] for row in table], goal, most_bits=most_bits)
