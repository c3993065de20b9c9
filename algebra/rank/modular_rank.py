"""The rank of one integer matrix modulo a prime, and its rank profile.

Which engine serves which matrix: FLINT if the longer side is below 64 (below 256 modulo primes below 32,
where pivot blocks are often singular), or the prime is 2^26 or more; `Echelon` in float64 for the rest.  What
FLINT loses is the feeding, 0.1 microseconds an entry.  Milliseconds from an int64 array, feeding included,
one thread of an AMD Zen 4:

=============  =============  ===============  ==============  ================
matrix         Echelon,       FLINT, 2^23-15   Echelon, p = 2  Echelon, 2^26-5
               2^23-15
=============  =============  ===============  ==============  ================
40 x 40          0.31           0.20             1.5             0.38
64 x 64          0.50           0.52             2.1             0.69
100 x 100        0.82           1.3              4.6             1.2
40 x 2000        0.31          10                1.3             0.38
200 x 200        2.0            6.1              8.4             3.2
500 x 500        6.8           53               26              16
1000 x 1000     27            270               67              97
=============  =============  ===============  ==============  ================

A wide matrix is transposed first: its elimination then stops as soon as the rank meets the shorter side.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import fmpz_mat, fmpz_mod_ctx, fmpz_mod_mat, nmod_mat
from numpy.typing import NDArray

from algebra.rank.echelon import Echelon
from algebra.rank.modular import FLOAT_PRIME_LIMIT
from algebra.rank.primes import DEFAULT_PRIME, PRIME_LIMIT, as_prime
from algebra.rank.validation import integer_matrix, is_plain, own_modulus, plain_integers
from algebra.shown import Shown


@dataclass(frozen=True)
class RankProfile(Shown):
    """The rank and the lexicographically first independent rows and columns.

    Attributes
    ----------
    rank : int
    rows : tuple of int
        The lexicographically first `rank` independent rows, increasing.
    columns : tuple of int
        The same for the columns: the pivot columns of the reduced row echelon form.  The minor at `rows` and
        `columns` is not zero.
    """

    rank: int
    rows: tuple[int, ...]
    columns: tuple[int, ...]


def rank_mod(matrix: Any, prime: int = DEFAULT_PRIME) -> int:
    """Return the rank of an integer matrix modulo a prime.

    It is a lower bound of the rank over the rationals, always, and equal to it for all but finitely many
    primes.

    Parameters
    ----------
    matrix : array_like
        Integers of any size: nested lists, a numpy array of an integer or object dtype, ``fmpz_mat`` or
        ``nmod_mat``.  Any shape, empty ones included.
    prime : int
        A prime below 2^63.

    Returns
    -------
    int

    Raises
    ------
    InputError
        If `matrix` is not a matrix of integers, or `prime` is not a prime below 2^63.

    Examples
    --------
    >>> rank_mod([[1, 2], [3, 4]]), rank_mod([[1, 2], [3, 4]], 2)
    (2, 1)
    """
    modulus = as_prime("prime", prime)
    if is_plain(matrix):
        if is_small(len(matrix), len(matrix[0]), modulus):
            return int(nmod_mat(fmpz_mat(matrix), modulus).rank())
        return rank_of_array(plain_integers(matrix), modulus)
    own_modulus(matrix, modulus)
    return rank_of_array(integer_matrix("matrix", matrix), modulus)


def rank_profile_mod(matrix: Any, prime: int = DEFAULT_PRIME) -> RankProfile:
    """Return the rank modulo a prime with the lexicographically first independent rows and columns.

    Parameters
    ----------
    matrix : array_like
        As for `rank_mod`.
    prime : int
        A prime below 2^63.

    Returns
    -------
    RankProfile

    Raises
    ------
    InputError
        As for `rank_mod`.

    Examples
    --------
    >>> rank_profile_mod([[0, 0, 0], [0, 2, 1], [0, 4, 2], [1, 1, 1]], 7)
    RankProfile(rank=2, rows=(1, 3), columns=(0, 1))
    """
    modulus = as_prime("prime", prime)
    if is_plain(matrix) and is_small(len(matrix), len(matrix[0]), modulus):  # FLINT reads lists itself
        columns = _pivots(*nmod_mat(fmpz_mat(matrix), modulus).rref())
        chosen = [[row[column] for row in matrix] for column in columns]
        rows = _pivots(*nmod_mat(fmpz_mat(chosen), modulus).rref()) if chosen else ()
        return RankProfile(len(rows), rows, columns)

    own_modulus(matrix, modulus)
    array = integer_matrix("matrix", matrix)
    if modulus < FLOAT_PRIME_LIMIT and not is_small(array.shape[0], array.shape[1], modulus):
        form, transposed = _echelon(array, modulus)
        rows, columns = form.pivot_rows, form.pivot_columns
        return RankProfile(form.rank, columns, rows) if transposed else RankProfile(form.rank, rows, columns)
    columns = _flint_pivots(array, modulus)
    rows = _flint_pivots(array[:, columns].T, modulus)
    return RankProfile(len(rows), rows, columns)


def is_small(rows: int, columns: int, prime: int) -> bool:
    """Tell whether FLINT is the faster one, for a prime that both serve.

    Parameters
    ----------
    rows, columns : int
    prime : int

    Returns
    -------
    bool

    Examples
    --------
    >>> is_small(40, 40, 8388593), is_small(40, 2000, 8388593)
    (True, False)
    """
    longer = 64 if prime >= 32 else 256
    return rows * columns < 1024 or max(rows, columns) < longer


def rank_of_array(array: NDArray[Any], prime: int, threads: int = 1) -> int:
    """Return the rank of a two-dimensional array, without checking the arguments.

    Parameters
    ----------
    array : ndarray, two-dimensional
        Of an integer dtype, Python ints in an object array, or float64 integers with ``|x| <= 2^52``.
    prime : int
        Any; from 2^63 on FLINT's matrices of multi-word residues serve.
    threads : int
        For the reductions of large matrices.

    Returns
    -------
    int

    Examples
    --------
    >>> rank_of_array(np.array([[1.0, 2.0], [2.0, 4.0]]), 8388593)
    1
    """
    if min(array.shape) == 0:
        return 0
    if prime >= PRIME_LIMIT:
        return int(_feed_multiword(array, prime).rank())
    if prime >= FLOAT_PRIME_LIMIT or is_small(array.shape[0], array.shape[1], prime):
        return int(feed_flint(array, prime).rank())
    return _echelon(array, prime, threads)[0].rank


def minor_of_array(array: NDArray[Any], prime: int, most: int) -> tuple[list[int], list[int]]:
    """Return rows and columns of a minor that is not zero modulo a prime, as large as the rank or `most`.

    Parameters
    ----------
    array : ndarray, two-dimensional
        As for `rank_of_array`.
    prime : int
        Any.
    most : int
        A larger minor is not asked for.

    Returns
    -------
    (list of int, list of int)

    Examples
    --------
    >>> minor_of_array(np.array([[0, 0], [0, 1], [1, 1]]), 7, 1)
    ([1], [1])
    """
    if prime >= PRIME_LIMIT:
        rows = _pivots(*_feed_multiword(array.T, prime).rref())[:most]
        return list(rows), list(_pivots(*_feed_multiword(array[list(rows)], prime).rref()))
    whole = array.astype(np.int64) if array.dtype == np.float64 else array
    chosen = list(rank_profile_mod(whole, prime).rows[:most])
    return chosen, list(rank_profile_mod(whole[chosen], prime).columns)


def _feed_multiword(array: NDArray[Any], prime: int) -> fmpz_mod_mat:
    """Return a two-dimensional array as a FLINT matrix modulo a prime of any size."""
    return fmpz_mod_mat(*array.shape, array.ravel().tolist(), fmpz_mod_ctx(prime))


def _echelon(array: NDArray[Any], prime: int, threads: int = 1) -> tuple[Echelon, bool]:
    """Eliminate the matrix or its transpose, whichever has the shorter rows."""
    transposed = array.shape[0] < array.shape[1]
    tall = array.T if transposed else array
    form = Echelon(tall.shape[1], prime, threads=threads)
    form.add(tall)
    return form, transposed


def feed_flint(array: NDArray[Any], prime: int) -> nmod_mat:
    """Return a two-dimensional array as a FLINT matrix modulo `prime`, the quick way.

    Parameters
    ----------
    array : numpy.ndarray of integers
        They may be whole numbers in float64.
    prime : int

    Returns
    -------
    nmod_mat

    Examples
    --------
    >>> feed_flint(np.array([[8, -1]]), 7).tolist()
    [[1, 6]]
    """
    if array.dtype == np.float64:
        array = array.astype(np.int64)
    rows, columns = array.shape
    return nmod_mat(fmpz_mat(rows, columns, array.ravel().tolist()), prime)


def _flint_pivots(array: NDArray[Any], prime: int) -> tuple[int, ...]:
    """Return the pivot columns of the reduced row echelon form, for a prime below 2^63."""
    return () if min(array.shape) == 0 else _pivots(*feed_flint(array, prime).rref())


def _pivots(form: Any, rank: int) -> tuple[int, ...]:
    """Read the pivot columns off a reduced row echelon form."""
    pivots: list[int] = []
    column = 0
    for row in range(rank):
        while not int(form[row, column]):
            column += 1
        pivots.append(column)
        column += 1
    return tuple(pivots)
