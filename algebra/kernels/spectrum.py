"""Eigenvalues, rank, inertia and positive semidefiniteness of a kernel on the cube or a slice, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import comb, lcm
from typing import Any

from algebra.errors import InputError
from algebra.evidence.bounds import Bounds
from algebra.exact.numbers import long_number
from algebra.kernels.schemes import Scheme, hamming


@dataclass(frozen=True)
class Spectrum:
    """What is known of a symmetric kernel: parts of its space, with a number each whose sign is that of the kernel.

    Parameters
    ----------
    numbers : tuple of Fraction
        One a part: the eigenvalue there, or for inner products on {0,1}^n a coefficient of a congruence.
    multiplicities : tuple of int
        Dimensions of the parts.
    are_eigenvalues : bool

    Examples
    --------
    >>> found = kernel_spectrum(hamming(4), [1, 1, 0, 0, 0])
    >>> [str(x) for x in found.numbers], found.positive, found.negative, found.is_psd
    (['5', '3', '1', '-1', '-3'], 11, 5, False)
    """

    numbers: tuple[Fraction, ...]
    multiplicities: tuple[int, ...]
    are_eigenvalues: bool = True

    @property
    def positive(self) -> int:
        """Number of positive eigenvalues, with multiplicity."""
        return sum(m for x, m in zip(self.numbers, self.multiplicities, strict=True) if x > 0)

    @property
    def negative(self) -> int:
        """Number of negative eigenvalues, with multiplicity."""
        return sum(m for x, m in zip(self.numbers, self.multiplicities, strict=True) if x < 0)

    @property
    def rank(self) -> Bounds:
        """Rank of the Gram matrix on all points."""
        return Bounds.proved(self.positive + self.negative, by="eigenvalues" if self.are_eigenvalues else "congruence")

    @property
    def is_psd(self) -> bool:
        """Whether the kernel is positive semidefinite."""
        return self.negative == 0


def kernel_spectrum(scheme: Scheme, values: Sequence[Any]) -> Spectrum:
    """Return the exact spectrum of a kernel that depends on the distance.

    Parameters
    ----------
    scheme : Scheme
    values : sequence of int, Fraction or str
        The value at each relation: Hamming distance 0..n on the cube, half of it on a slice.

    Raises
    ------
    InputError
        If there are not as many values as relations, or one is not an exact real number.

    Examples
    --------
    >>> [str(x) for x in kernel_spectrum(hamming(3), ["1", "1/2", "1/4", "1/8"]).numbers]
    ['27/8', '9/8', '3/8', '1/8']
    """
    exact = _exact(values, scheme.diameter + 1, scheme.label)
    below = lcm(*(value.denominator for value in exact))
    found = scheme.spectrum([int(value * below) for value in exact])
    return Spectrum(tuple(Fraction(each, below) for each in found), scheme.multiplicities)


def inner_product_spectrum(n: int, values: Sequence[Any]) -> Spectrum:
    """Return rank and inertia on {0,1}^n of a kernel f(<x, y>), by a congruence.

    f(s) = sum_j a_j C(s, j) with the forward differences a_j of f at 0, and C(<x, y>, j) is the sum of x^S y^S over the
    sets S of j coordinates.  So the Gram matrix is Z diag(a_|S|) Z^T, where Z holds all monomials and is unitriangular.

    Parameters
    ----------
    n : int
    values : sequence of int, Fraction or str
        The value at each inner product 0..n.

    Examples
    --------
    >>> found = inner_product_spectrum(5, [(s - 1) ** 2 for s in range(6)])
    >>> [int(a) for a in found.numbers], found.positive, found.negative
    ([1, -1, 2, 0, 0, 0], 11, 5)
    """
    hamming(n)  # refuses what is no dimension
    differences, found = _exact(values, n + 1, f"{{0,1}}^{n}"), []
    while differences:
        found.append(differences[0])
        differences = [b - a for a, b in pairwise(differences)]
    return Spectrum(tuple(found), tuple(comb(n, j) for j in range(n + 1)), are_eigenvalues=False)


def _exact(values: Sequence[Any], count: int, where: str) -> list[Fraction]:
    if len(values) != count:
        raise InputError("values", f"{len(values)} values", f"of {where} exactly {count}")
    return [long_number(f"values[{i}]", value) for i, value in enumerate(values)]
