"""What is known in closed form of the coefficients of a given embedding, over Q.

References
----------
.. [1] J. Costeira, T. Kanade, A multibody factorization method for independently moving objects, IJCV 29, 1998.
.. [2] G. Liu, Z. Lin, S. Yan, J. Sun, Y. Yu, Y. Ma, Robust recovery of subspace structures by low-rank
   representation, PAMI 35, 2013, arXiv:1010.2955.
.. [3] P. Favaro, R. Vidal, A. Ravichandran, A closed form solution to robust subspace estimation and clustering,
   CVPR 2011.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flint import fmpq, fmpq_mat, fmpz_poly

from algebra.exact.elimination import projector
from algebra.exact.matrices import identity, rational_matrix, trace_of_product
from algebra.exact.numbers import to_fmpq, to_fraction
from algebra.exact.roots import merged_roots, nonzero_part, sum_of_largest
from tensors.clustering.model import positive_number

BITS = 128  # of enclosures of singular values: 38 digits

Interval = tuple[Fraction, Fraction]


def shape_interaction(Z: Any) -> fmpq_mat:
    """Return the shape interaction matrix, the orthogonal projector on the row space of Z.

    It is the one C with Z = Z C of the least nuclear norm, rank Z, and of the least Frobenius norm, the root of it.

    Parameters
    ----------
    Z : array_like
        Rational, one point a column.

    Returns
    -------
    fmpq_mat

    Examples
    --------
    >>> shape_interaction([[1, 1, 0], [0, 0, 2]]).tolist()
    [[1/2, 1/2, 0], [1/2, 1/2, 0], [0, 0, 1]]

    References
    ----------
    .. [1] Costeira, Kanade (1998); Liu et al. (2013), Theorem 4.1.
    """
    return projector(rational_matrix("Z", Z).transpose())


def ridge_coefficients(Z: Any, lam: Any, is_free: bool = False) -> fmpq_mat:
    """Return the C that minimises ``|Z - Z C|_F^2 / 2 + lam |C|_F^2 / 2``, with or without its diagonal.

    Without constraint C = (K + lam I)^-1 K with K = Z^T Z.  With a zero diagonal c_ij = -D_ij / D_jj with the inverse D
    of K + lam I: the Schur complement of the j-th point.

    Parameters
    ----------
    Z : array_like
        Rational, one point a column.
    lam : int, Fraction or str
        Positive.
    is_free : bool
        Whether a point may express itself.

    Returns
    -------
    fmpq_mat

    Examples
    --------
    >>> ridge_coefficients([[1, 1]], 1).tolist(), ridge_coefficients([[1, 1]], 1, is_free=True).tolist()
    ([[0, 1/2], [1/2, 0]], [[1/3, 1/3], [1/3, 1/3]])
    """
    matrix, weight = rational_matrix("Z", Z), to_fmpq(positive_number("lam", lam))
    size = matrix.ncols()
    D = (matrix.transpose() * matrix + identity(size) * weight).inv()
    if is_free:
        return identity(size) - D * weight
    return fmpq_mat(size, size, [-D[i, j] / D[j, j] if i != j else fmpq(0) for i in range(size) for j in range(size)])


def ridge_minimum(Z: fmpq_mat, lam: Fraction, is_free: bool = False) -> Fraction:
    """Return the least ``|Z - Z C|_F^2 / 2 + lam |C|_F^2 / 2``, the value of `ridge_coefficients`.

    It is lam (N - lam tr D) / 2 without constraint, and the sum of the (1/D_jj - lam) / 2 with a zero diagonal.

    Parameters
    ----------
    Z : fmpq_mat
        One column a point.
    lam : Fraction
        Positive.
    is_free : bool
        Whether the diagonal of C is free.

    Returns
    -------
    Fraction

    Examples
    --------
    >>> ridge_minimum(fmpq_mat([[1, 1]]), Fraction(1)), ridge_minimum(fmpq_mat([[1, 1]]), Fraction(1), is_free=True)
    (Fraction(1, 2), Fraction(1, 3))
    """
    size = Z.ncols()
    D = (Z.transpose() * Z + identity(size) * to_fmpq(lam)).inv()
    diagonal: list[Fraction] = [to_fraction(D[j, j]) for j in range(size)]
    if is_free:
        trace = sum(diagonal, Fraction(0))
        return Fraction(lam * (size - lam * trace), 2)
    return sum(((1 / entry - lam) / 2 for entry in diagonal), Fraction(0))


def is_block_diagonal(C: fmpq_mat, labels: Any) -> bool:
    """Tell whether all coefficients between points of different labels are exactly zero.

    Parameters
    ----------
    C : fmpq_mat
        Coefficients, one column a point.
    labels : sequence
        One a point.

    Returns
    -------
    bool
    """
    places = range(C.nrows())
    return all(C[i, j] == 0 for i in places for j in places if labels[i] != labels[j])


def squared_norm(matrix: fmpq_mat) -> Fraction:
    """Return the squared Frobenius norm.

    Parameters
    ----------
    matrix : fmpq_mat

    Returns
    -------
    Fraction

    Examples
    --------
    >>> squared_norm(fmpq_mat([[1, 2]]))
    Fraction(5, 1)
    """
    return to_fraction(fmpq(trace_of_product(matrix, matrix)))


def l1_norm(C: fmpq_mat) -> Fraction:
    """Return the sum of the absolute values of all entries."""
    return to_fraction(sum((abs(entry) for entry in C.entries()), fmpq(0)))


def nuclear_norm(C: fmpq_mat) -> Interval:
    """Enclose the sum of the singular values; both ends are equal where it is known to be rational.

    The singular values are the positive roots of q(x^2), q the characteristic polynomial of C^T C.

    Parameters
    ----------
    C : fmpq_mat

    Returns
    -------
    Interval

    Examples
    --------
    >>> nuclear_norm(fmpq_mat([[3, 0], [4, 0]]))
    (Fraction(5, 1), Fraction(5, 1))
    """
    polynomial = nonzero_part((C.transpose() * C).charpoly())
    if polynomial.degree() == 0:
        return Fraction(0), Fraction(0)
    doubled = [entry for coefficient in polynomial.coeffs() for entry in (coefficient, 0)][:-1]
    lower, upper = sum_of_largest(fmpz_poly(doubled), polynomial.degree(), BITS)
    return to_fraction(lower), to_fraction(upper)


def low_rank_minimum(Z: fmpq_mat, lam: Fraction) -> Interval:
    r"""Enclose the least ``|Z - Z C|_F^2 / 2 + lam |C|_*`` over all C: a sum over the singular values s of Z.

    A value with s^2 > lam costs lam - lam^2 / (2 s^2), any other s^2 / 2.

    Parameters
    ----------
    Z : fmpq_mat
        One point a column.
    lam : Fraction
        Positive.

    Returns
    -------
    Interval

    Examples
    --------
    >>> low_rank_minimum(fmpq_mat([[2, 0], [0, 1]]), Fraction(1))
    (Fraction(11, 8), Fraction(11, 8))

    References
    ----------
    .. [1] Favaro, Vidal, Ravichandran (2011), Theorem 1.
    """
    gram = Z * Z.transpose() if Z.nrows() < Z.ncols() else Z.transpose() * Z
    polynomial = nonzero_part(gram.charpoly())
    roots = merged_roots([polynomial], BITS) if polynomial.degree() else []
    sides = []
    for is_upper in (False, True):
        costs = [_cost(to_fraction(root.upper if is_upper else root.lower), lam) for root in roots]
        sides.append(sum((cost * root.multiplicities[0] for cost, root in zip(costs, roots, strict=True)), Fraction(0)))
    return sides[0], sides[1]


def _cost(squared: Fraction, lam: Fraction) -> Fraction:
    """The cost of one singular value, which grows with it."""
    return lam - lam**2 / (2 * squared) if squared > lam else squared / 2
