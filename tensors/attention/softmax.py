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

from algebra.errors import InputError
from algebra.evidence.checker.reading import MOST_WORK as CHECKER_WORK
from algebra.evidence.checker.softmax import evaluation, softmax_label
from algebra.evidence.evaluation import look
from algebra.evidence.generic_rank import AtLeast, AtMost, Known, bound_generic_rank
from algebra.evidence.reason import Reason
from algebra.exact.matrices import rational_matrix, to_strings
from algebra.rank import DEFAULT_PRIME
from algebra.rank.primes import random_prime
from tensors.attention.residues import PRIME_BITS, PowersOfQ, exponent_array, prove_rank_at_most

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flint import fmpq_mat
    from numpy.typing import NDArray

    from algebra.evidence.bounds import Bounds
    from algebra.evidence.generic_rank import Lower, RankEvidence

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

    def rank(self, seed: int = 0, log2_error: float | None = None) -> Bounds:
        """Bound the rank; the bounds meet unless the upper one would take too long to prove.

        Parameters
        ----------
        seed : int
            Of the residues.
        log2_error : float, optional
            Target for log2 of the error probability, between -4096 and -1, where the bounds do not meet. Default: -64.

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
        return bound_generic_rank(SoftmaxRank(self), seed, log2_error)


@dataclass(frozen=True, eq=False)
class SoftmaxRank:
    """The rank of a softmax matrix: that of a matrix of powers of a variable q."""

    matrix: SoftmaxMatrix

    @property
    def label(self) -> str:
        """Label of the matrix."""
        return self.matrix.label

    @cached_property
    def powers(self) -> PowersOfQ:
        """What is evaluated."""
        return PowersOfQ(self.label, self.matrix.exponents, self.matrix.core)

    def arguments(self, known: Known) -> Iterator[AtLeast | AtMost]:
        """Count distinct keys and queries, evaluate at residues, then prove that no minor is larger."""
        core = self.matrix.core
        distinct = min(core.shape)
        yield AtMost(Reason("distinct-keys" if core.shape[0] == distinct else "distinct-queries", distinct))

        # Small primes first, which the rank core is made for, then random large ones: exponents count modulo p - 1.
        for attempt in range(SMALL_TRIES + LARGE_TRIES):
            key, is_large = f"softmax/{known.seed}/{attempt}", attempt >= SMALL_TRIES
            prime = random_prime(key, PRIME_BITS) if is_large else DEFAULT_PRIME
            yield AtLeast(look(self.powers, key, distinct, prime, is_random=is_large))

        if _has_rank_one(core):
            yield AtLeast(Reason("total-positivity", distinct))
        rank = known.lower.value
        if prove_rank_at_most(core, rank):
            yield AtMost(Reason("vanishing-minors", rank))

    def repeated(self, known: Known) -> PowersOfQ:
        """Evaluate at residues modulo longer primes."""
        return self.powers

    def certified(self, evidence: RankEvidence) -> tuple[Lower, Reason | None]:
        """Return what the checker can follow.

        An upper bound below the number of distinct keys and queries is certified by one evaluation at a power of 2;
        where that would take the checker too long, the certificate claims the number of distinct ones instead. Where
        total positivity is the reason, the certificate's lower bound is what the residue shows.
        """
        core = self.matrix.core
        assert evidence.seen is not None
        assert evidence.upper is not None
        upper, shape = evidence.upper.value, core.shape
        if upper < min(shape) and evaluation(core.tolist(), upper)[2] <= CHECKER_WORK:
            return evidence.seen, Reason("evaluation", upper)
        return evidence.seen, Reason("distinct-rows" if shape[0] <= shape[1] else "distinct-columns", min(shape))

    def claim(self) -> dict[str, Any]:
        """Return what is claimed."""
        return {"quantity": "softmax-rank", "label": self.label, "logits": to_strings(self.matrix.logits)}

    def lower_json(self, lower: Reason) -> dict[str, Any]:
        """Certificates claim ranks that were seen only."""
        raise NotImplementedError(f"no certificate of {lower.rule!r}")

    def upper_json(self, upper: Reason) -> dict[str, Any]:
        """Name the rule; the checker finds the rest."""
        return {"rule": upper.rule}

    def explain(self, evidence: RankEvidence) -> str:
        """Return both arguments as text."""
        lower = evidence.lower
        assert evidence.upper is not None
        return f"{lower.value} <= value: {lower.rule}\n{evidence.upper.explain()}"


def _distinct_rows(matrix: Array) -> Array:
    places = list({tuple(row): i for i, row in reversed(list(enumerate(matrix.tolist())))}.values())
    return matrix[sorted(places)]


def _has_rank_one(exponents: Array) -> bool:
    """Tell whether M = u v^T; then a row and a column of it are zero."""
    big = exponents.astype(object)
    i, j = (int(side[0]) for side in np.nonzero(big))
    return bool((big * big[i, j] == np.multiply.outer(big[:, j], big[i])).all())


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
