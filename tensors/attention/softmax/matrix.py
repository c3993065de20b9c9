"""The rank of a softmax matrix with rational logits, exactly: what users write down and ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from algebra.errors import InputError
from algebra.evidence.generic_rank import bound_generic_rank
from algebra.exact.matrices import rational_matrix
from algebra.memory import check_fits
from tensors.attention.softmax.blocked import split_blocked
from tensors.attention.softmax.logits import SoftmaxLogits
from tensors.attention.softmax.question import SoftmaxRank

if TYPE_CHECKING:
    from algebra.evidence.bounds import Bounds

LOGIT_BYTES = 160
"""Of a logit: as an exact number, as an exponent and as a text, and the residue of its power; measured."""


class SoftmaxMatrix(SoftmaxLogits):
    """A matrix of softmax, or any positive rescaling of its rows and columns, given by rational logits.

    Parameters
    ----------
    logits : fmpq_mat
        One row a key, one column a query; see `softmax_matrix` for other types.
    visible : tuple of tuple of bool, optional
        ``visible[i][j]``: query j sees key i. Default: all do.

    Examples
    --------
    >>> softmax_matrix([[0, 0], [0, "1/2"]]).rank()
    2 (proved)
    """

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


def softmax_matrix(logits: Any) -> SoftmaxMatrix:
    """Return the softmax matrix of rational logits.

    Parameters
    ----------
    logits : array_like
        Rational numbers, one row a key, one column a query; minus infinity (a float, or "-inf") where a query does not
        see a key: there softmax is 0.

    Returns
    -------
    SoftmaxMatrix

    Raises
    ------
    InputError
        If it is not a matrix of such numbers, or a query sees no key; or if it does not fit into memory.

    Examples
    --------
    >>> softmax_matrix([[0, 0, 0], ["-inf", 0, 0], ["-inf", "-inf", 0]]).rank()
    3 (proved)
    """
    finite, visible = split_blocked("logits", logits)
    read = rational_matrix("logits", finite)
    _check_size("logits", read.nrows(), read.ncols())
    return SoftmaxMatrix(read, visible)


def softmax_of_tokens(keys: Any, queries: Any) -> SoftmaxMatrix:
    """Return the softmax matrix of keys and queries, one row a token; the logits are their inner products.

    Parameters
    ----------
    keys : array_like
        Rational, one row a token.
    queries : array_like
        Likewise, as many coordinates.

    Returns
    -------
    SoftmaxMatrix

    Raises
    ------
    InputError
        If they are not matrices of rational numbers with equally many columns; or if there are so many keys and
        queries that their logits do not fit into memory.

    Examples
    --------
    >>> softmax_of_tokens([[-1, 0], [0, 0], [1, 0]], [[-1, 1], [-1, -1], [0, -1]]).rank()
    2 (proved)
    """
    left, right = rational_matrix("keys", keys), rational_matrix("queries", queries)
    if left.ncols() != right.ncols():
        raise InputError("queries", queries, f"tokens of {left.ncols()} coordinates, as many as the keys have")
    _check_size("keys, queries", left.nrows(), right.nrows())
    return SoftmaxMatrix(left * right.transpose())


def _check_size(argument: str, keys: int, queries: int) -> None:
    """Refuse more logits than fit into memory with all that is made of them."""
    check_fits(argument, f"{keys:,} keys and {queries:,} queries", LOGIT_BYTES * keys * queries)


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
