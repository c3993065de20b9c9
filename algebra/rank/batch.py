"""The ranks of many small matrices modulo a prime at once.

The axis of the batch comes last, so that every step is a few long vector operations:

- the matrices are multiplied by random unit triangular matrices on both sides: the ranks stay, and the
  leading minors become generic, so that no pivots need to be searched;
- one elimination (Crout's: every entry is reduced once, when its turn comes) runs across the batch;
- a matrix whose pivot vanishes has this rank exactly if all that remains of it is zero.  That is checked; the
  few for which it fails (one in a million modulo 8388593) are done again one by one.

So the answers are exact, whatever the random numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from algebra.errors import InputError
from algebra.exact.given import unmasked
from algebra.rank.inverses import inverses
from algebra.rank.modular import (
    centre,
    centred_residues,
    multiply,
    summable_products,
)
from algebra.rank.modular_rank import rank_of_array
from algebra.rank.primes import DEFAULT_PRIME, as_prime
from algebra.rank.validation import ONLY_INT, ONLY_LIST, integer_matrix, own_modulus
from algebra.sequences import as_list
from algebra.types import Floats, Integers

LONGEST_SIDE = 128
LEAST_BATCH = 8
LEAST_WORK = 320
"""Fewer matrices times sides are faster one by one."""

LEAST_PRIME = 1 << 12
"""Modulo smaller primes pivots vanish too often."""

MIX_SIZE = 1 << 15
"""Numbers in the matrices that are mixed together."""

BATCH_SIZE = 1 << 20
"""Numbers in the matrices that are eliminated together."""


def rank_mod_batch(matrices: Any, prime: int = DEFAULT_PRIME) -> Integers:
    """Return the ranks of many integer matrices modulo a prime.

    Parameters
    ----------
    matrices : array_like
        A three-dimensional integer array, or a sequence of matrices as `rank_mod` takes them, of any shapes.
    prime : int
        A prime below 2^63.

    Returns
    -------
    ndarray of int64
        The same numbers as `rank_mod` gives one by one.

    Raises
    ------
    InputError
        If one of them is not a matrix of integers, or `prime` is not a prime below 2^63.

    Examples
    --------
    >>> rank_mod_batch([[[1, 2], [3, 4]], [[1, 2], [2, 4]], [[0, 0, 0]]])
    array([2, 1, 0])
    """
    modulus = as_prime("prime", prime)
    arrays = _matrices(matrices, modulus)
    ranks = np.zeros(len(arrays), dtype=np.int64)
    for members in _groups(arrays):
        if _is_worthwhile(arrays[members[0]].shape, len(members), modulus):
            _rank_group(arrays, members, modulus, ranks)
        else:
            ranks[members] = [rank_of_array(arrays[i], modulus) for i in members]
    return ranks


def _matrices(matrices: Any, prime: int) -> Sequence[NDArray[Any]]:
    if isinstance(matrices, np.ndarray) and matrices.dtype.kind in "iu":
        if matrices.ndim != 3:
            raise InputError("matrices", matrices, "a three-dimensional array or a sequence of matrices")
        return unmasked("matrices", matrices)  # type: ignore[return-value]
    items = as_list("matrices", matrices, "a sequence of matrices")
    if ONLY_LIST.issuperset(map(type, items)):
        rows = list(chain.from_iterable(items))
        if ONLY_LIST.issuperset(map(type, rows)) and ONLY_INT.issuperset(map(type, chain.from_iterable(rows))):
            return [_plain_matrix(i, item) for i, item in enumerate(items)]
    for item in items:
        own_modulus(item, prime)
    return [integer_matrix(f"matrices[{i}]", item) for i, item in enumerate(items)]


def _plain_matrix(i: int, rows: list[list[int]]) -> NDArray[Any]:
    """Read lists of Python integers."""
    try:
        array = np.array(rows, dtype=np.int64)
    except (OverflowError, ValueError):  # large ones, or rows of different lengths
        return integer_matrix(f"matrices[{i}]", rows)
    return array if array.ndim == 2 else integer_matrix(f"matrices[{i}]", rows)


def _groups(arrays: Sequence[NDArray[Any]]) -> list[list[int]]:
    """Group the matrices by shape, up to transposition and rounding to multiples of 8."""
    if isinstance(arrays, np.ndarray):
        return [list(range(len(arrays)))] if len(arrays) else []
    groups: dict[tuple[int, ...], list[int]] = {}
    for i, array in enumerate(arrays):
        key = tuple(sorted(-(-side // 8) for side in array.shape))
        groups.setdefault(key, []).append(i)
    return list(groups.values())


def _is_worthwhile(shape: tuple[int, ...], count: int, prime: int) -> bool:
    return (
        min(shape) >= 2
        and max(shape) <= LONGEST_SIDE
        and count >= LEAST_BATCH
        and count * min(shape) >= LEAST_WORK
        and prime >= LEAST_PRIME
        and summable_products(prime) > LONGEST_SIDE
    )


def _rank_group(arrays: Sequence[NDArray[Any]], members: list[int], prime: int, ranks: Integers) -> None:
    """Eliminate matrices of about the same shape, `BATCH_SIZE` numbers at a time."""
    rows = max(max(arrays[i].shape) for i in members)
    columns = max(min(arrays[i].shape) for i in members)
    mixer = np.random.default_rng(rows * 1000 + columns)
    left, right = _unit_lower(rows, prime, mixer).T.copy(), _unit_lower(columns, prime, mixer)
    step = max(LEAST_BATCH, BATCH_SIZE // (rows * columns))
    for start in range(0, len(members), step):
        part = members[start : start + step]
        mixed = _mix(arrays, part, left, right, prime)
        sides = np.array([min(arrays[i].shape) for i in part])
        found, certain = eliminate(mixed, sides, prime)
        for i in np.flatnonzero(~certain):
            found[i] = rank_of_array(arrays[part[i]], prime)
        ranks[part] = found


def _mix(arrays: Sequence[NDArray[Any]], part: list[int], left: Floats, right: Floats, prime: int) -> Floats:
    """Multiply the padded matrices by `left` and `right`; the batch comes last in the result."""
    rows, columns = left.shape[0], right.shape[0]
    mixed = np.empty((rows, columns, len(part)))
    step = max(1, MIX_SIZE // (rows * columns))
    first, second = np.empty((2, step, rows, columns))
    for start in range(0, len(part), step):
        stack = _stack(arrays, part[start : start + step], rows, columns, prime)
        count = stack.shape[0]
        multiply(stack, right, prime, out=first[:count])
        multiply(left, first[:count], prime, out=second[:count])
        mixed[:, :, start : start + count] = second[:count].transpose(1, 2, 0)
    return mixed


def _stack(arrays: Sequence[NDArray[Any]], part: list[int], rows: int, columns: int, prime: int) -> Floats:
    """Pad matrices with zeros, transposed if they are wide, to one array of residues, the batch first."""
    if isinstance(arrays, np.ndarray):
        stack = centred_residues(arrays[part[0] : part[-1] + 1], prime)
        return stack if stack.shape[1] >= stack.shape[2] else stack.transpose(0, 2, 1).copy()
    stack = np.zeros((len(part), rows, columns))
    for target, i in zip(stack, part, strict=True):
        array = arrays[i] if arrays[i].shape[0] >= arrays[i].shape[1] else arrays[i].T
        target[: array.shape[0], : array.shape[1]] = centred_residues(array, prime)
    return stack


def _unit_lower(size: int, prime: int, mixer: np.random.Generator) -> Floats:
    entries = mixer.integers(-(prime // 2), prime // 2 + 1, (size, size)).astype(np.float64)
    return np.tril(entries, -1) + np.eye(size)


def eliminate(s: Floats, sides: Integers, prime: int) -> tuple[Integers, NDArray[np.bool_]]:
    """Count leading pivots across the batch.

    Parameters
    ----------
    s : ndarray, shape (m, n, b), m >= n
        Centred residues; overwritten by the factors L (with the pivots) and U.
    sides : ndarray of int, shape (b,)
        The ranks cannot be larger.
    prime : int

    Returns
    -------
    ranks : ndarray of int, shape (b,)
    certain : ndarray of bool, shape (b,)
        Whether the rank is proved: it meets `sides`, or what remains is zero.
    """
    _, columns, count = s.shape
    ranks = np.full(count, columns)
    certain = np.ones(count, dtype=bool)
    alive = np.ones(count, dtype=bool)
    for c in range(columns):
        column = s[c:, c]
        if c:
            column -= np.einsum("itb,tb->ib", s[c:, :c], s[:c, c])
            centre(column, prime)
        stopped = np.flatnonzero(alive & (column[0] == 0.0))
        if stopped.size:
            ranks[stopped] = c
            alive[stopped] = False
            certain[stopped] = sides[stopped] == c
            unsure = stopped[~certain[stopped]]
            certain[unsure] = _is_finished(s, c, unsure, prime)
            if not alive.any():
                break
        row = s[c, c + 1 :]
        if c and row.size:
            row -= np.einsum("tb,tjb->jb", s[c, :c], s[:c, c + 1 :])
            centre(row, prime)
        row *= inverses(np.where(alive, column[0], 1.0), prime)
        centre(row, prime)
    return ranks, certain


def _is_finished(s: Floats, c: int, which: NDArray[np.intp], prime: int) -> NDArray[np.bool_]:
    """Tell for which matrices nothing is left after `c` pivots; column c is up to date already."""
    batch_first = np.ascontiguousarray(s[:, :, which].transpose(2, 0, 1))
    left = batch_first[:, c:, c + 1 :] - batch_first[:, c:, :c] @ batch_first[:, :c, c + 1 :]
    something = np.any(centre(left, prime), axis=(1, 2)) | np.any(batch_first[:, c:, c], axis=1)
    return np.asarray(~something)
