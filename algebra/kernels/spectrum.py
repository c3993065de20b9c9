"""Eigenvalues, rank, inertia and positive semidefiniteness of a kernel on one of the three domains, exactly.

A kernel is given by its values, or by a formula.  Rational values give rational eigenvalues, a symbol t polynomials in
it, and functions such as `exp` and `asin` expressions that are 0 where they cancel, and enclosed elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import comb, lcm
from typing import Any

from algebra.drawn import bars
from algebra.errors import InputError, instance_of
from algebra.evidence.bounds import Bounds, Grade
from algebra.evidence.certificate import Certificate, checked_claim
from algebra.evidence.checker.labels import spectrum_label
from algebra.exact.numbers import long_number, number_text
from algebra.kernels.schemes import Scheme, hamming
from algebra.sequences import as_list
from algebra.shown import Shown

Interval = tuple[Fraction, Fraction]


@dataclass(frozen=True)
class KernelSpectrum(Shown):
    """What is known of a symmetric kernel.

    Parameters
    ----------
    multiplicities : tuple of int
        Dimensions of the levels, or numbers of equal blocks.
    rank : Bounds
        Of the Gram matrix of all points; with a symbol t for all but finitely many t.
    positive, negative : int, optional
        Numbers of eigenvalues, with multiplicity; None where a sign is open, or depends on t.
    is_psd : bool, optional
        Whether the kernel is positive semidefinite, with a symbol t for all t of its interval; None where it is open.
    eigenvalues : tuple of str, optional
        One a level, exact.
    differences : tuple of str, optional
        Of a function of the inner product on {0,1}^n: the coefficients of a congruence, which have the signs.
    negative_at : (int, Fraction or None), optional
        A level with a negative eigenvalue, and with a symbol a t where it is.
    psd_on : tuple of (str, str), optional
        With a symbol: the closed intervals on which the kernel is positive semidefinite; None if there are too many
        roots to tell.
    """

    multiplicities: tuple[int, ...]
    rank: Bounds
    positive: int | None
    negative: int | None
    is_psd: bool | None
    eigenvalues: tuple[str, ...] | None = None
    differences: tuple[str, ...] | None = None
    negative_at: tuple[int, Fraction | None] | None = None
    psd_on: tuple[tuple[str, str], ...] | None = None

    def shown_figure(self) -> str:
        """Draw the multiplicities, by eigenvalue where they are known, else by level.

        Returns
        -------
        str
            SVG.
        """
        names = self.eigenvalues or tuple(map(str, range(len(self.multiplicities))))
        short = [name if len(name) <= 8 else f"{name[:7]}…" for name in names]
        heights = [float(min(count, 10**300)) for count in self.multiplicities]
        return bars(list(zip(short, heights, strict=False)))


Spectrum = KernelSpectrum  # its earlier name


def kernel_spectrum(scheme: Scheme, values: Sequence[Any]) -> KernelSpectrum:
    """Return the exact spectrum of a kernel that depends on the distance.

    Parameters
    ----------
    scheme : Scheme
    values : sequence of int, Fraction or str
        The value at each relation: Hamming distance 0..n on the cube, half of it on a slice.

    Returns
    -------
    KernelSpectrum

    Raises
    ------
    InputError
        If there are not as many values as relations, or one is not an exact real number.

    Examples
    --------
    >>> found = kernel_spectrum(hamming(3), ["1", "1/2", "1/4", "1/8"])
    >>> found.eigenvalues, found.rank, found.is_psd
    (('27/8', '9/8', '3/8', '1/8'), 8 (proved), True)
    """
    instance_of("scheme", scheme, Scheme, "hamming(n) or johnson(n, p)")
    exact = exact_values(values, scheme.diameter + 1, scheme.label)
    below = lcm(*(value.denominator for value in exact))
    found = [Fraction(each, below) for each in scheme.spectrum([int(value * below) for value in exact])]
    return of_signs([_sign(x) for x in found], scheme.multiplicities, [number_text(x) for x in found])


def inner_product_spectrum(n: int, values: Sequence[Any]) -> KernelSpectrum:
    """Return rank and inertia on {0,1}^n of a kernel f(<x, y>), by a congruence.

    f(s) = sum_j a_j C(s, j) with the forward differences a_j of f at 0, and C(<x, y>, j) is the sum of x^S y^S over the
    sets S of j coordinates.  So the Gram matrix is Z diag(a_|S|) Z^T, where Z holds all monomials and is unitriangular.

    Parameters
    ----------
    n : int
    values : sequence of int, Fraction or str
        The value at each inner product 0..n.

    Returns
    -------
    KernelSpectrum

    Examples
    --------
    >>> found = inner_product_spectrum(5, [(s - 1) ** 2 for s in range(6)])
    >>> found.differences, found.positive, found.negative
    (('1', '-1', '2', '0', '0', '0'), 11, 5)
    """
    hamming(n)  # refuses what is no dimension
    left, found = exact_values(values, n + 1, f"{{0,1}}^{n}"), []
    while left:
        found.append(left[0])
        left = [b - a for a, b in pairwise(left)]
    multiplicities = tuple(comb(n, j) for j in range(n + 1))
    return of_signs([_sign(a) for a in found], multiplicities, [number_text(a) for a in found], are_eigenvalues=False)


def inertia_certificate(domain: str, n: int, p: int | None, values: Sequence[Any]) -> Certificate:
    """Return what the independent checker needs for rank and inertia of a kernel that is given by its values.

    Parameters
    ----------
    domain : str
        ``"hypercube"``, ``"slice"`` or ``"cube01"``.
    n : int
    p : int, optional
        Weight of the slice.
    values : sequence of int, Fraction or str
        As `kernel_spectrum` and `inner_product_spectrum` take them.

    Returns
    -------
    Certificate

    Examples
    --------
    >>> inertia_certificate("slice", 6, 3, [16, 9, 4, 1]).check().statement
    'kernel:slice:n6:p3:962969f113906985767597f7c2a8d4d2 has rank 15 and is positive semidefinite'
    """
    found = inner_product_spectrum(n, values) if domain == "cube01" else kernel_spectrum(Scheme(n, p), values)
    written = [number_text(long_number("values", value)) for value in values]
    proof = {"rule": "spectrum"}
    claim = {
        "quantity": "kernel-inertia",
        "label": spectrum_label(domain, n, p, written),
        "domain": domain,
        "n": n,
        "p": p,
        "values": written,
        "positive": found.positive,
        "negative": found.negative,
    }
    return Certificate.of(
        checked_claim(lambda: claim, found.rank.lower, found.rank.upper), None, lower=proof, upper=proof
    )


def of_signs(
    signs: Sequence[int | None],
    multiplicities: tuple[int, ...],
    numbers: Sequence[str],
    are_eigenvalues: bool = True,
) -> KernelSpectrum:
    """Return what signs of numbers, None where one is open, say of a kernel.

    Examples
    --------
    >>> found = of_signs([1, None], (1, 4), ["1", "1.0 +/- 2"])
    >>> found.rank, found.positive, found.is_psd
    (1..5, None, None)
    """
    counted = dict.fromkeys((1, 0, -1, None), 0)
    for sign, multiplicity in zip(signs, multiplicities, strict=True):
        counted[sign] += multiplicity
    is_open = counted[None] > 0
    least = counted[1] + counted[-1]
    grade = Grade.INCONCLUSIVE if is_open else Grade.PROVED
    by = "eigenvalues" if are_eigenvalues else "congruence"
    return KernelSpectrum(
        multiplicities,
        Bounds(least, least + counted[None], grade, lower_by=by, upper_by=by),
        None if is_open else counted[1],
        None if is_open else counted[-1],
        False if counted[-1] else (None if is_open else True),
        tuple(numbers) if are_eigenvalues else None,
        None if are_eigenvalues else tuple(numbers),
        (signs.index(-1), None) if counted[-1] else None,
    )


def exact_values(values: Sequence[Any], count: int, where: str) -> list[Fraction]:
    """Read the values of a kernel.

    Raises
    ------
    InputError
        If there are not so many values.
    """
    given = as_list("values", values, f"a list of {count} values")
    if len(given) != count:
        raise InputError("values", f"{len(given)} values", f"of {where} exactly {count}")
    return [long_number(f"values[{i}]", value) for i, value in enumerate(given)]


def _sign(x: Any) -> int:
    return int(x > 0) - int(x < 0)
