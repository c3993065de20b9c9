"""All kernels of {0,1}^n that depend on |x|, |y| and <x, y>: the blocks of the Terwilliger algebra of the cube.

The commutant of the permutations of n coordinates splits into a block of order n - 2k + 1 for each k up to n/2, with
multiplicity C(n, k) - C(n, k-1) (A. Schrijver, New code upper bounds from the Terwilliger algebra, 2005).  With the
u-th forward differences a_u(i, j) of f(i, j, t) in t at 0, block k is congruent to

    B_k[i, j] = sum_u C(n-2k, u-k) C(n-k-u, i-u) C(n-k-u, j-u) a_u(i, j),    k <= i, j <= n-k.

Square roots would only be needed for eigenvalues: rank and inertia are those of these rational matrices.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from math import comb
from typing import TYPE_CHECKING

from algebra.errors import InputError
from algebra.evidence.bounds import Bounds
from algebra.kernels.schemes import hamming
from algebra.kernels.spectrum import KernelSpectrum

if TYPE_CHECKING:
    from flint import fmpq_mat

MOST_BLOCKS = 40  # coordinates: differences of n^2 rows of n values, and inertia of matrices of this order
Values = Callable[[int, int, int], Fraction]


def blocks(n: int, f: Values) -> list[tuple[int, fmpq_mat]]:
    """Return multiplicity and matrix of each block of a symmetric kernel f(|x|, |y|, <x, y>) on {0,1}^n.

    Parameters
    ----------
    n : int
        Bits of a point.
    f : callable
        ``f(i, j, t)``: the kernel at points with i and j ones, t of them in common; rational, symmetric in i
        and j.

    Returns
    -------
    list[tuple[int, fmpq_mat]]

    Raises
    ------
    InputError
        If n is too large, or the kernel not symmetric.

    Examples
    --------
    >>> multiplicity, block = blocks(3, lambda a, b, s: Fraction((1 + s) ** 2))[1]
    >>> multiplicity, block.tolist()
    (2, [[3, 3], [3, 5]])
    """
    from flint import fmpq_mat

    from algebra.exact.numbers import to_fmpq

    hamming(n)
    if n > MOST_BLOCKS:
        raise InputError("n", n, f"at most {MOST_BLOCKS} for a kernel that is no function of the inner product alone")
    differences = {(i, j): _differences(n, f, i, j) for i in range(n + 1) for j in range(n + 1)}
    for i, j in differences:
        if differences[i, j] != differences[j, i]:
            raise InputError("formula", f"not symmetric at |x| = {i}, |y| = {j}", "symmetric in x and y")

    def entry(k: int, i: int, j: int) -> Fraction:
        return sum(
            (
                comb(n - 2 * k, u - k) * comb(n - k - u, i - u) * comb(n - k - u, j - u) * differences[i, j][u]
                for u in range(k, min(i, j) + 1)
            ),
            Fraction(0),
        )

    found = []
    for k in range(n // 2 + 1):
        places = range(k, n - k + 1)
        matrix = fmpq_mat([[to_fmpq(entry(k, i, j)) for j in places] for i in places])
        found.append((comb(n, k) - (comb(n, k - 1) if k else 0), matrix))
    return found


def block_spectrum(n: int, f: Values) -> KernelSpectrum:
    """Return rank and inertia of a symmetric kernel f(|x|, |y|, <x, y>) on {0,1}^n, exactly.

    Parameters
    ----------
    n : int
        Bits of a point.
    f : callable
        ``f(i, j, t)``: the kernel at points with i and j ones, t of them in common; rational, symmetric in i
        and j.

    Returns
    -------
    Spectrum

    Examples
    --------
    >>> found = block_spectrum(4, lambda a, b, s: Fraction((s - 1) ** 2))
    >>> found.rank, found.positive, found.negative
    (11 (proved), 7, 4)
    """
    from algebra.exact.inertia import inertia

    parts = [(multiplicity, inertia(block)) for multiplicity, block in blocks(n, f)]
    positive = sum(m * part.pos for m, part in parts)
    negative = sum(m * part.neg for m, part in parts)
    bad = next((k for k, (_, part) in enumerate(parts) if part.neg), None)
    return KernelSpectrum(
        tuple(m for m, _ in parts),
        Bounds.exactly(positive + negative, by="blocks"),
        positive,
        negative,
        negative == 0,
        negative_at=None if bad is None else (bad, None),
    )


def _differences(n: int, f: Values, i: int, j: int) -> list[Fraction]:
    """Return the forward differences in t at 0; triples that do not occur count for nothing in the end."""
    row = [f(i, j, t) if i + j - t <= n else Fraction(0) for t in range(min(i, j) + 1)]
    found = []
    while row:
        found.append(row[0])
        row = [b - a for a, b in pairwise(row)]
    return found
