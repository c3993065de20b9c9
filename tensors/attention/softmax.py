"""The rank of a softmax matrix with rational logits, exactly.

Softmax divides the columns of exp(Z) by positive numbers, so it has the rank of exp(Z), which in turn keeps its rank
when rows and columns are multiplied by powers of e: only the differences z_ij - z_1j - z_i1 + z_11 matter. With c their
greatest common divisor, q = e^c is transcendental (Hermite, Lindemann): the rank is that of a matrix of powers of a
variable q, see `tensors.attention.residues`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.errors import InputError, as_integer
from algebra.evidence import Bounds, Grade
from algebra.evidence.certificate import Certificate
from algebra.evidence.checker.reading import MOST_WORK as CHECKER_WORK
from algebra.evidence.checker.softmax import evaluation, softmax_label
from algebra.exact.matrices import rational_matrix, to_strings
from algebra.rank import DEFAULT_PRIME
from algebra.rank.primes import random_prime
from tensors.attention.residues import (
    PRIME_BITS,
    ResidueRank,
    exponent_array,
    log2_miss,
    prove_rank_at_most,
    residue_minor,
    residue_rank,
)

if TYPE_CHECKING:
    from flint import fmpq_mat
    from numpy.typing import NDArray

    Array = NDArray[Any]

SMALL_TRIES = 2
LARGE_TRIES = 2


@dataclass(frozen=True)
class SoftmaxMatrix:
    """A matrix of softmax, or any positive rescaling of its rows and columns, given by rational logits.

    Parameters
    ----------
    logits : fmpq_mat
        One row a key, one column a query; see `softmax_matrix` for other types.

    Examples
    --------
    >>> softmax_matrix([[0, 0], [0, "1/2"]]).rank()
    2 (proved)
    """

    logits: fmpq_mat

    @property
    def shape(self) -> tuple[int, int]:
        """Number of keys and of queries."""
        return self.logits.nrows(), self.logits.ncols()

    @cached_property
    def label(self) -> str:
        """Permanent name: the size and a hash of the logits."""
        return softmax_label(to_strings(self.logits))

    @cached_property
    def exponents(self) -> Array:
        """Return M with logits = c M up to shifts of rows and columns; its first row and column are zero."""
        numerators, _ = self.logits.numer_denom()
        entries = exponent_array(list(map(int, numerators.entries()))).reshape(self.shape)
        if entries.dtype != object and np.abs(entries).max() >= 1 << 60:
            entries = entries.astype(object)
        moved = entries - entries[:1] - entries[:, :1] + entries[0, 0]
        divisor = int(np.gcd.reduce(moved.ravel()))
        reduced: Array = moved // (divisor or 1)
        return reduced

    @cached_property
    def core(self) -> Array:
        """The distinct rows and columns of the exponents: the others are multiples of these."""
        return _distinct_rows(_distinct_rows(self.exponents).T).T

    def rank(self, seed: int = 0) -> Bounds:
        """Bound the rank; the bounds meet unless the upper one would take too long to prove.

        Parameters
        ----------
        seed : int
            Of the residues.

        Returns
        -------
        Bounds
            With a certificate.

        Raises
        ------
        InputError
            If the seed is no integer.

        Notes
        -----
        Lower bound: the rank at a residue of q. If it does not meet the number of distinct keys or queries (up to
        shifts), then either the logits have rank 1, and exp(u_i v_j) is strictly totally positive (Gantmacher, Krein),
        or minors are proved to vanish at enough residues. Failing that the rank is *probable*.
        """
        as_integer("seed", seed)
        core = self.core
        distinct = min(core.shape)
        seen = _best_residue(core, distinct, f"softmax/{seed}")
        by = "distinct-keys" if core.shape[0] == distinct else "distinct-queries"
        if seen.rank == distinct:
            return self._bounds(seen, distinct, "residue-minor", by, seed)
        if _has_rank_one(core):
            return self._bounds(seen, distinct, "total-positivity", by, seed)
        if prove_rank_at_most(core, seen.rank):
            return self._bounds(seen, seen.rank, "residue-minor", "vanishing-minors", seed)
        return self._probable(seen, distinct, by, seed)

    def _bounds(self, seen: ResidueRank, upper: int, lower_by: str, upper_by: str, seed: int) -> Bounds:
        evidence = SoftmaxEvidence(self, seen, upper, seed)
        return Bounds(upper, upper, Grade.PROVED, None, lower_by, upper_by, seed, evidence)

    def _probable(self, seen: ResidueRank, upper: int, by: str, seed: int) -> Bounds:
        error = log2_miss(self.core, seen.rank) * LARGE_TRIES
        grade, log2_error = (Grade.PROBABLE, error) if error <= -20 else (Grade.INCONCLUSIVE, None)
        evidence = SoftmaxEvidence(self, seen, upper, seed)
        return Bounds(seen.rank, upper, grade, log2_error, "residue-minor", by, seed, evidence)


def _distinct_rows(matrix: Array) -> Array:
    places = list({tuple(row): i for i, row in reversed(list(enumerate(matrix.tolist())))}.values())
    return matrix[sorted(places)]


def _has_rank_one(exponents: Array) -> bool:
    """Tell whether M = u v^T; then a row and a column of it are zero."""
    big = exponents.astype(object)
    i, j = (int(side[0]) for side in np.nonzero(big))
    return bool((big * big[i, j] == np.multiply.outer(big[:, j], big[i])).all())


def _best_residue(core: Array, goal: int, key: str) -> ResidueRank:
    """Small primes first, which the rank core is made for, then random large ones."""
    seen = []
    for attempt in range(SMALL_TRIES + LARGE_TRIES):
        name = f"{key}/{attempt}"
        prime = DEFAULT_PRIME if attempt < SMALL_TRIES else random_prime(name, PRIME_BITS)
        seen.append(residue_rank(core, prime, name))
        if seen[-1].rank == goal:
            break
    return max(seen, key=lambda each: each.rank)


@dataclass(frozen=True)
class SoftmaxEvidence:
    """What stands behind the rank of a softmax matrix: a residue of q, and the upper bound."""

    matrix: SoftmaxMatrix
    seen: ResidueRank
    upper: int
    seed: int

    def certificate(self) -> Certificate:
        """Write both bounds down for the independent checker.

        Notes
        -----
        An upper bound below the number of distinct keys and queries is certified by one evaluation at a power of 2;
        where that would take the checker too long, the certificate claims the number of distinct ones instead. Where
        total positivity is the reason, the certificate's lower bound is what the residue shows.
        """
        import algebra

        exponents = self.matrix.exponents
        rows, columns = residue_minor(exponents, self.seen)
        upper, rule = self._upper_rule()
        claim = {
            "quantity": "softmax-rank",
            "label": self.matrix.label,
            "logits": to_strings(self.matrix.logits),
            "lower": self.seen.rank,
            "upper": upper,
        }
        lower = {"rule": "residue-minor", "modulus": self.seen.prime, "base": self.seen.base}
        body = {
            "claim": claim,
            "lower": {**lower, "rows": list(rows), "columns": list(columns)},
            "upper": {"rule": rule},
            "made_by": {"rankcert": algebra.__version__, "seed": self.seed},
        }
        return Certificate.from_body(body)

    def _upper_rule(self) -> tuple[int, str]:
        shape = self.matrix.core.shape
        if self.upper < min(shape) and evaluation(self.matrix.core.tolist(), self.upper)[2] <= CHECKER_WORK:
            return self.upper, "evaluation"
        return min(shape), "distinct-rows" if shape[0] <= shape[1] else "distinct-columns"


def softmax_matrix(logits: Any) -> SoftmaxMatrix:
    """Return the softmax matrix of rational logits.

    Parameters
    ----------
    logits : array_like
        Rational numbers, one row a key, one column a query.

    Raises
    ------
    InputError
        If it is not a matrix of rational numbers.
    """
    return SoftmaxMatrix(rational_matrix("logits", logits))


def softmax_of_tokens(keys: Any, queries: Any) -> SoftmaxMatrix:
    """Return the softmax matrix of keys and queries, one row a token; the logits are their inner products.

    Raises
    ------
    InputError
        If they are not matrices of rational numbers with equally many columns.

    Examples
    --------
    >>> softmax_of_tokens([[-1, 0], [0, 0], [1, 0]], [[-1, 1], [-1, -1], [0, -1]]).rank()
    2 (proved)
    """
    left, right = rational_matrix("keys", keys), rational_matrix("queries", queries)
    if left.ncols() != right.ncols():
        raise InputError("queries", queries, f"tokens of {left.ncols()} coordinates, as many as the keys have")
    return SoftmaxMatrix(left * right.transpose())


def softmax_rank(keys: Any, queries: Any, seed: int = 0) -> Bounds:
    """Bound the rank of softmax(<key_i, query_j>) exactly.

    Parameters
    ----------
    keys, queries : array_like
        Rational numbers, one row a token.
    seed : int
        Of the residues.

    Returns
    -------
    Bounds
        With a certificate.

    Raises
    ------
    InputError
        If they are not matrices of rational numbers with equally many columns.

    Notes
    -----
    The scores may be divided by sqrt(head size), or multiplied by any real algebraic number but 0, without a change of
    the rank: e to the power of an algebraic number but 0 is transcendental too.

    Examples
    --------
    >>> softmax_rank([[i] for i in range(12)], [["1/100"], ["1/50"], ["1/50"]])
    2 (proved)
    """
    return softmax_of_tokens(keys, queries).rank(seed)
