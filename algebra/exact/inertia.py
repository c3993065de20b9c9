"""Inertia of symmetric matrices: by Descartes' rule, and for large ones by a congruence.

Floats propose the congruence, exact arithmetic proves what it shows.
"""

from __future__ import annotations

from dataclasses import dataclass

from flint import fmpq_mat, fmpz, fmpz_mat, nmod_mat

from algebra.exact.elimination import pivots
from algebra.exact.matrices import Matrix
from algebra.exact.roots import sign_changes
from algebra.shown import Shown

PRIME = (1 << 23) - 15  # rows that are independent modulo any prime are: a large one misses none in practice
FRACTION_BITS = 53
MANY = 30  # rows from which on a congruence is faster than the characteristic polynomial


@dataclass(frozen=True)
class Inertia(Shown):
    """Numbers of negative, zero and positive eigenvalues of a symmetric matrix.

    Parameters
    ----------
    neg : int
        Negative eigenvalues.
    zero : int
        Those that vanish.
    pos : int
        Positive eigenvalues.
    """

    neg: int
    zero: int
    pos: int

    def fields(self) -> dict[str, int]:
        """Return them as a dictionary.

        Returns
        -------
        dict
            How many eigenvalues are negative, zero and positive, under ``neg``, ``zero`` and ``pos``.
        """
        return {"neg": self.neg, "zero": self.zero, "pos": self.pos}

    def __str__(self) -> str:
        return f"{self.neg} negative, {self.zero} zero, {self.pos} positive"


def inertia(symmetric: Matrix) -> Inertia:
    """Return the inertia of a symmetric matrix, proved.

    All roots of the characteristic polynomial are real, so Descartes' rule of signs counts the positive ones
    exactly; the zero ones are the trailing zero coefficients.  Large rational matrices go by a congruence that floats
    propose and exact arithmetic confirms, where it does.

    Parameters
    ----------
    symmetric : Matrix

    Returns
    -------
    Inertia

    Examples
    --------
    >>> print(inertia(fmpq_mat(2, 2, [0, 1, 1, 0])))
    1 negative, 0 zero, 1 positive
    """
    if isinstance(symmetric, fmpq_mat):
        integers = fmpz_mat(symmetric.numer_denom()[0])
        counted = signature(integers) if integers.nrows() >= MANY else None
        if counted is not None:
            return Inertia(*counted)
        polynomial = integers.charpoly()
        signs = [(c > 0) - (c < 0) for c in polynomial.coeffs()]
    else:
        signs = symmetric.charpoly_signs()
    zero = next(i for i, sign in enumerate(signs) if sign)
    pos = sign_changes(signs)
    return Inertia(len(signs) - 1 - zero - pos, zero, pos)


def is_positive_semidefinite(symmetric: Matrix) -> bool:
    """Tell whether a symmetric matrix is positive semidefinite, exactly.

    Parameters
    ----------
    symmetric : Matrix

    Returns
    -------
    bool

    Examples
    --------
    >>> is_positive_semidefinite(fmpq_mat(2, 2, [1, 1, 1, 1])), is_positive_semidefinite(fmpq_mat(1, 1, [-1]))
    (True, False)
    """
    return inertia(symmetric).neg == 0


def signature(symmetric: fmpz_mat) -> tuple[int, int, int] | None:
    """Return the numbers of negative, zero and positive eigenvalues, proved; None if floats are too coarse for it.

    Rows that are independent modulo a prime give a principal submatrix C; the rank is theirs if the Schur complement
    of C vanishes exactly.  Nearly orthonormal eigenvectors Q of C, rounded to integers, then make Qᵀ C Q nearly
    diagonal: if every diagonal entry exceeds the rest of its row, then Q is invertible and, by Gershgorin and
    Sylvester, the diagonal has the signs of the eigenvalues.

    Parameters
    ----------
    symmetric : fmpz_mat

    Returns
    -------
    (int, int, int) or None

    Examples
    --------
    >>> signature(fmpz_mat([[0, 3, 3], [3, 0, 0], [3, 0, 0]]))
    (1, 1, 1)
    """
    size = symmetric.nrows()
    kept = list(pivots(nmod_mat(symmetric, PRIME)))
    if not kept:
        return None if bool(symmetric) else (0, size, 0)
    core = _part(symmetric, kept, kept)
    left = [i for i in range(size) if i not in set(kept)]
    if left and not _complement_vanishes(symmetric, core, kept, left):
        return None
    diagonal = _dominant_diagonal(core)
    if diagonal is None:
        return None
    pos = sum(entry > 0 for entry in diagonal)
    return len(kept) - pos, len(left), pos


def _part(matrix: fmpz_mat, rows: list[int], columns: list[int]) -> fmpz_mat:
    table = matrix.table()
    return fmpz_mat([[table[i][j] for j in columns] for i in rows])


def _complement_vanishes(symmetric: fmpz_mat, core: fmpz_mat, kept: list[int], left: list[int]) -> bool:
    aside = _part(symmetric, kept, left)
    return bool(aside.transpose() * core.solve(aside) == _part(symmetric, left, left))


def _dominant_diagonal(core: fmpz_mat) -> list[fmpz] | None:
    Q = _rounded_eigenvectors(core)
    rows = (Q.transpose() * core * Q).table()
    if any(2 * abs(row[k]) <= sum(map(abs, row)) for k, row in enumerate(rows)):
        return None
    return [row[k] for k, row in enumerate(rows)]


def _rounded_eigenvectors(core: fmpz_mat) -> fmpz_mat:
    """Return integer columns along the eigenvectors of the matrix with its rows and columns brought to one size."""
    import numpy as np

    table = [[int(entry) for entry in row] for row in core.table()]
    halves = [max(entry.bit_length() for entry in row) // 2 for row in table]
    floats = np.array(
        [[e / (1 << a + b) for e, b in zip(row, halves, strict=True)] for row, a in zip(table, halves, strict=True)]
    )
    vectors = np.rint(np.linalg.eigh(floats)[1] * 2.0**FRACTION_BITS).tolist()
    longest = max(halves)
    return fmpz_mat([[int(v) << longest - half for v in row] for row, half in zip(vectors, halves, strict=True)])
