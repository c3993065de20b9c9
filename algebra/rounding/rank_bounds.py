"""How probable a large rank is after stochastic rounding, where the law itself is out of reach."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any

from algebra.errors import as_integer
from algebra.exact.matrices import rational_matrix
from algebra.exact.numbers import to_fraction
from algebra.rounding.fixed_point import checked_random_bits, quotient_law
from algebra.shown import Shown

TRIES = 20  # outcomes that are drawn; nearly all have the rank that most outcomes have


@dataclass(frozen=True)
class RankBound(Shown):
    """A rank that a rounded matrix has at least, with a probability that is bounded from below.

    Parameters
    ----------
    rank : int
        That of the outcome.
    probability : Fraction
        Rounding stochastically gives at least this rank with at least this probability: (1 - p)^degree.
    degree : int
        Of the minors as polynomials in the random bits, at most.
    largest_share : Fraction
        p, the greatest probability of either outcome of a random bit; 0 if nothing is random.
    outcome : tuple of tuple of int
        A rounding of the matrix, in words, that has the rank: the witness.
    seed : int
    """

    rank: int
    probability: Fraction
    degree: int
    largest_share: Fraction
    outcome: tuple[tuple[int, ...], ...]
    seed: int


def rounded_rank_bound(matrix: Any, random_bits: int | None = None, centred: bool = False, seed: int = 0) -> RankBound:
    r"""Bound the probability of a large rank under stochastic rounding to integers, by a lemma of Schwartz and Zippel.

    A minor is a polynomial D in the random bits, linear in each and of a total degree d of at most the number of its
    rows, or columns, with random entries. If D is not zero at some outcome, it has a monomial of the greatest degree;
    given all other bits, its coefficient stays, so that D is not zero for one of the values of its at most d bits. If
    every bit takes either value with probability at most p, that happens with probability at least (1 - p)^d.

    So one outcome of rank r suffices. It is looked for among a few that are drawn.

    Parameters
    ----------
    matrix : array_like
        Rational numbers, in grid units.
    random_bits : int, optional
        Length of the random words; default: as many bits as are dropped.
    centred : bool
    seed : int

    Returns
    -------
    RankBound

    Raises
    ------
    InputError
        If the matrix is not rational.

    References
    ----------
    .. [1] J. T. Schwartz, Fast probabilistic algorithms for verification of polynomial identities, J. ACM 27, 1980.

    Examples
    --------
    >>> found = rounded_rank_bound([["1/2", "3/4"], ["3/2", "9/4"]])
    >>> found.rank, found.probability, found.degree, found.largest_share
    (2, Fraction(1, 16), 2, Fraction(3, 4))
    """
    from flint import fmpz_mat

    given, bits = rational_matrix("matrix", matrix), checked_random_bits(random_bits)
    fractions = [[to_fraction(x) for x in row] for row in given.table()]
    laws = [[quotient_law(*x.as_integer_ratio(), bits, centred) for x in row] for row in fractions]
    shares = [max(p for _, p in law) for row in laws for law in row if len(law) > 1]
    random = Random(as_integer("seed", seed, 0))

    # each entry is one of its two words, whatever their probabilities: the witness need not be typical
    best, rank = None, -1
    for _ in range(TRIES if shares else 1):
        outcome = tuple(tuple(random.choice([at for at, _ in law.weights]) for law in row) for row in laws)
        found = int(fmpz_mat([list(row) for row in outcome]).rank())
        if found > rank:
            best, rank = outcome, found
        if rank == min(given.nrows(), given.ncols()):
            break
    assert best is not None  # at least one is drawn

    rows = sum(any(len(law) > 1 for law in row) for row in laws)
    columns = sum(any(len(law) > 1 for law in column) for column in zip(*laws, strict=True))
    degree, largest = min(rank, rows, columns), max(shares, default=Fraction(0))
    return RankBound(rank, (1 - largest) ** degree, degree, largest, best, seed)
