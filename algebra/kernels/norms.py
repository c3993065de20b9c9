"""The least norm of a function over all Euclidean kernels with k(x, x) <= 1: a sum of square roots of rationals.

Let the symmetries of the points be transitive, and W_j the squared length of the part of g on level j, divided by the
number of points.  The least norm is B(g) = sum_j sqrt(m_j W_j), and no kernel at all, Euclidean or not, does better on
all images of g under the symmetries: the best kernel may be averaged over them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb, lcm
from typing import TYPE_CHECKING, Any

from algebra.errors import InputError, as_integer
from algebra.exact.numbers import exact_number
from algebra.kernels.schemes import Scheme, hamming
from algebra.shown import Shown

if TYPE_CHECKING:
    from flint import arb

SHOWN_BITS = 128
MOST_INPUTS = 20  # of a function that is given by all its values


@dataclass(frozen=True)
class RootSum(Shown):
    """The sum of the square roots of rational numbers that are not negative.

    Parameters
    ----------
    squares : tuple of Fraction
        The numbers under the roots.

    Examples
    --------
    >>> RootSum((Fraction(1, 4), Fraction(9))).enclosure(8)
    ('3.5000000', '3.5000000')
    """

    squares: tuple[Fraction, ...]

    def ball(self, bits: int = SHOWN_BITS) -> arb:
        """Return a ball around it.

        Parameters
        ----------
        bits : int
            Precision.

        Returns
        -------
        flint.arb
            It contains the sum.
        """
        from flint import arb

        from algebra.exact.balls import ball
        from algebra.exact.precision import precision

        with precision(bits):
            return sum((ball(square).sqrt() for square in self.squares), arb(0))

    def enclosure(self, digits: int = 16) -> tuple[str, str]:
        """Return decimal strings between which it lies.

        Parameters
        ----------
        digits : int
            Significant ones.

        Returns
        -------
        (str, str)
            At most the sum, and at least.
        """
        from algebra.exact.balls import decimals
        from algebra.exact.precision import precision

        with precision(SHOWN_BITS):
            ends = decimals(self.ball(), digits)
        return ends.lower, ends.upper


def best_norm(scheme: Scheme, weights: Sequence[Any]) -> RootSum:
    """Return the least norm of a function with these weights on the levels, over all kernels with k(x, x) <= 1.

    Parameters
    ----------
    scheme : Scheme
    weights : sequence of exact numbers
        W_j for levels 0, 1, … ; those left out are 0.

    Returns
    -------
    RootSum

    Raises
    ------
    InputError
        If there are more weights than levels, or one is negative.

    Examples
    --------
    >>> best_norm(hamming(6), [0, 0, 1]).squares  # a parity of two bits needs sqrt(C(6, 2))
    (Fraction(0, 1), Fraction(0, 1), Fraction(15, 1))
    """
    if len(weights) > scheme.diameter + 1:
        raise InputError("weights", f"{len(weights)} weights", f"at most {scheme.diameter + 1}, one a level")
    exact = [exact_number(f"weights[{j}]", weight) for j, weight in enumerate(weights)]
    for j, weight in enumerate(exact):
        if weight < 0:
            raise InputError(f"weights[{j}]", str(weight), "at least 0")
    return RootSum(tuple(m * w for m, w in zip(scheme.multiplicities, exact, strict=False)))


def fourier_weights(values: Sequence[Any]) -> tuple[Fraction, ...]:
    """Return the weight on each level of a function on the cube that is given by all its 2^n values.

    Parameters
    ----------
    values : sequence of exact numbers
        The value at each point; bit i of its place is coordinate i.

    Returns
    -------
    tuple of Fraction

    Raises
    ------
    InputError
        If the number of values is not 2^n.

    Examples
    --------
    >>> [str(w) for w in fourier_weights([0, 0, 0, 1])]  # the conjunction of two bits
    ['1/16', '1/8', '1/16']
    """
    n = len(values).bit_length() - 1
    if len(values) != 2**n or not 1 <= n <= MOST_INPUTS:
        raise InputError("values", f"{len(values)} values", f"2^n values, n from 1 to {MOST_INPUTS}")
    table: list[Fraction] = [exact_number(f"values[{i}]", value) for i, value in enumerate(values)]
    for bit in range(n):
        step = 1 << bit
        for low in (i for i in range(len(table)) if not i & step):
            a, b = table[low], table[low | step]
            table[low], table[low | step] = a + b, a - b
    weights = [Fraction(0)] * (n + 1)
    for place, coefficient in enumerate(table):
        weights[place.bit_count()] += coefficient**2 / 4**n
    return tuple(weights)


def parity_norm(n: int, k: int) -> RootSum:
    """Return the least norm of a parity of k bits: sqrt(C(n, k)), also if only its sign with margin 1 is asked for.

    Parameters
    ----------
    n : int
        Bits of a point.
    k : int
        Bits of the parity.

    Returns
    -------
    RootSum

    Raises
    ------
    InputError
        If k is above n.

    Examples
    --------
    >>> parity_norm(8, 4).squares
    (Fraction(70, 1),)
    """
    hamming(n)
    if as_integer("k", k, least=0) > n:
        raise InputError("k", k, f"at most n = {n}")
    return RootSum((Fraction(comb(n, k)),))


def conjunction_weights(scheme: Scheme, k: int) -> tuple[Fraction, ...]:
    """Return the weights of a conjunction of k literals, with values 0 and 1; on a slice of k coordinates that are 1.

    Parameters
    ----------
    scheme : Scheme
        A cube, or a slice of one.
    k : int
        Literals.

    Returns
    -------
    tuple of Fraction

    Examples
    --------
    >>> from algebra.kernels.schemes import johnson
    >>> [str(w) for w in conjunction_weights(johnson(8, 4), 2)]
    ['9/196', '3/28', '3/49']
    """
    n, p = scheme.n, scheme.p
    if p is None:
        return tuple(Fraction(comb(k, j), 4**k) for j in range(k + 1))

    # Pairs of points where g is 1, by their relation, and the average of Q over them, with one denominator.
    pairs = [comb(p - k, i) * comb(n - p, i) for i in range(scheme.diameter + 1)]
    below = lcm(*scheme.valencies)
    averaged = [count * (below // valency) for count, valency in zip(pairs, scheme.valencies, strict=True)]
    sums = scheme.spectrum(averaged)

    # ||E_j g||^2 = sum_i Q[i][j] / N * (pairs in relation i); the last levels do not meet a conjunction.
    ones, whole = comb(n - k, p - k), below * scheme.size**2
    levels = range(min(k, scheme.diameter) + 1)
    return tuple(Fraction(ones * scheme.multiplicities[j] * sums[j], whole) for j in levels)


def kernel_norm_squared(scheme: Scheme, values: Sequence[Any], weights: Sequence[Any]) -> Fraction | None:
    """Return the squared norm N sum_j W_j / theta_j of a function under one kernel; None if it is infinite.

    Parameters
    ----------
    scheme : Scheme
    values : sequence of exact numbers
        Of a positive semidefinite kernel, as `kernel_spectrum` takes them.
    weights : sequence of exact numbers
        As `best_norm` takes them.

    Returns
    -------
    Fraction, or None

    Raises
    ------
    InputError
        If the kernel has a negative eigenvalue.

    Examples
    --------
    >>> gaussian = [Fraction(1, 2**d) for d in range(9)]
    >>> kernel_norm_squared(hamming(8), gaussian, conjunction_weights(hamming(8), 2))
    Fraction(65536, 6561)
    """
    from algebra.kernels.spectrum import kernel_spectrum

    best_norm(scheme, weights)  # refuses bad weights
    found = kernel_spectrum(scheme, values)
    assert found.eigenvalues is not None
    if not found.is_psd:
        raise InputError("values", f"of a kernel with {found.negative} negative eigenvalues", "positive semidefinite")

    total = Fraction(0)
    for weight, theta in zip(weights, found.eigenvalues, strict=False):
        share = exact_number("weights", weight)
        if share and theta == "0":
            return None
        total += share / Fraction(theta) if share else 0
    return scheme.size * total
