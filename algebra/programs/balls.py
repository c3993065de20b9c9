"""Real arithmetic with error bounds on whole arrays: it decides the signs of rectifiers at real weights and inputs.

A ball is stored as a complex number, centre + i radius, so that numpy moves balls about as it moves numbers.
Centres are computed in float64; radii bound all errors, those of rounding included. A sign is decided where the
ball does not meet 0.

Every radius is enlarged by `SAFE`, relative to itself and to what was computed: with sums of at most 2^20 terms
that covers the rounding of centres and radii alike (unit roundoff 2^-53, and 4 units in the last place for exp, as
numpy and the C libraries document it).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algebra.types import Array

SAFE = 2.0**-30
"""Relative error that is allowed for every operation; 2^20 roundings of 2^-53, and a factor of 8."""

MOST_EXPONENT = 700.0
"""exp(709.8) is the largest exponential that is a float; a wider ball becomes the whole line."""

TINY = 1e-290
"""Absolute error that is allowed for every operation: products below it may underflow."""


def ball(centre: Any, radius: Any, size: Any, is_zero: Any = False) -> NDArray[np.complex128]:
    """Return balls whose radii also cover the rounding of numbers up to `size`; no radius where a number is exactly 0.

    That is said, and not seen: a product of numbers that are not 0 may be too small for a float.
    """
    found = np.empty(np.broadcast_shapes(np.shape(centre), np.shape(radius)), np.complex128)
    found.real = centre
    found.imag = np.where(is_zero, 0.0, (radius + size * SAFE) * (1 + SAFE) + TINY)
    return found


def exactly_zero(z: Array) -> NDArray[np.bool_]:
    """Tell which balls are the number 0."""
    return np.asarray((z.real == 0) & (z.imag == 0), bool)


@dataclass(frozen=True, eq=False)
class Balls:
    """Arithmetic of balls.

    Parameters
    ----------
    signs : dict of int to ndarray
        Which entries each rectifier lets through; filled while a program runs.
    undecided : dict of int to ndarray
        Where the sign was not decided.
    zeros : dict of int to ndarray
        Where the argument is exactly 0.
    """

    signs: dict[int, NDArray[np.bool_]] = field(default_factory=dict)
    undecided: dict[int, NDArray[np.bool_]] = field(default_factory=dict)
    zeros: dict[int, NDArray[np.bool_]] = field(default_factory=dict)

    def constant(self, values: NDArray[Any]) -> Array:
        """Return exact numbers as balls."""
        numbers, shape = np.ravel(values).tolist(), np.shape(values)
        nearest = np.array([_nearest(x) for x in numbers]).reshape(shape)
        is_zero = np.array([x == 0 for x in numbers], bool).reshape(shape)
        return ball(nearest, 0.0, np.abs(nearest), is_zero)

    def plus(self, a: Array, b: Array) -> Array:
        """Sum, entry by entry."""
        size = np.abs(a.real) + np.abs(b.real)
        return ball(a.real + b.real, a.imag + b.imag, size, exactly_zero(a) & exactly_zero(b))

    def times(self, a: Array, b: Array) -> Array:
        """Product, entry by entry."""
        size, radius = np.abs(a.real) * np.abs(b.real), _radius(a, b, np.multiply)
        return ball(a.real * b.real, radius, size, exactly_zero(a) | exactly_zero(b))

    def multiply(self, a: Array, b: Array) -> Array:
        """Matrix product of stacks of matrices."""
        size = np.abs(a.real) @ np.abs(b.real)
        radius = _radius(a, b, np.matmul)

        # What seems to be 0 may be too small for a float: how many products have no factor 0 is counted.
        is_zero = size + radius == 0
        if is_zero.any():
            left, right = ~exactly_zero(a), ~exactly_zero(b)
            is_zero = left.astype(float) @ right.astype(float) == 0
        return ball(a.real @ b.real, radius, size, is_zero)

    def power(self, z: Array, exponent: int) -> Array:
        """Power, entry by entry."""
        found = self.constant(np.ones(z.shape, object))
        for bit in bin(exponent)[2:]:
            found = self.times(found, found)
            found = self.times(found, z) if bit == "1" else found
        return found

    def inverse(self, z: Array) -> Array:
        """Inverse, entry by entry; a ball around 0 becomes the whole line."""
        size = np.abs(z.real)
        least = size - z.imag
        with np.errstate(divide="ignore", invalid="ignore"):
            centre = np.where(least > 0, 1.0 / z.real, 0.0)
            radius = np.where(least > 0, z.imag / (size * least), np.inf)
        return ball(centre, radius, np.abs(centre))

    def total(self, z: Array, axes: tuple[int, ...]) -> Array:
        """Sum over axes."""
        centre = z.real.sum(axis=axes, keepdims=True)
        size = np.abs(z.real).sum(axis=axes, keepdims=True)
        radius = z.imag.sum(axis=axes, keepdims=True)
        is_zero = exactly_zero(z).all(axis=axes, keepdims=True)
        return ball(centre, radius, size, is_zero)

    def exponential(self, node: int, exponents: Array) -> Array:
        """Exponentials; |exp(c + t) - exp(c)| <= exp(c) (exp(r) - 1) for |t| <= r."""
        width = exponents.imag
        with np.errstate(over="ignore", invalid="ignore"):
            centre = np.exp(exponents.real)
            radius = centre * np.expm1(np.minimum(width, MOST_EXPONENT))
        return ball(centre, np.where(width > MOST_EXPONENT, np.inf, radius), centre)

    def root(self, node: int, radicands: Array) -> Array:
        """Square roots; a ball that meets 0 or less becomes the whole line."""
        least = radicands.real - radicands.imag
        with np.errstate(invalid="ignore", divide="ignore"):
            centre = np.where(least > 0, np.sqrt(radicands.real), 0.0)
            slope = 2 * np.sqrt(np.where(least > 0, least, 1.0))
            radius = np.where(least > 0, radicands.imag / slope, np.inf)
        return ball(centre, radius, centre)

    def positive(self, node: int, z: Array) -> NDArray[np.bool_]:
        """Decide the signs that are decided, and note both."""
        with np.errstate(invalid="ignore"):
            self.signs[node] = np.asarray(z.real > 0, bool)
            self.zeros[node] = exactly_zero(z)
            self.undecided[node] = ~((np.abs(z.real) > z.imag) | self.zeros[node])
        return self.signs[node]


def _nearest(x: Any) -> float:
    try:
        return float(x)
    except OverflowError:
        return float("nan")  # no sign is decided


def _radius(a: Array, b: Array, product: Any) -> Array:
    """Bound the error of a product of balls: |a| rb + ra |b| + ra rb."""
    found: Array = product(np.abs(a.real) + a.imag, b.imag) + product(a.imag, np.abs(b.real))
    return found


def decided(numbers: Balls, samples: int) -> NDArray[np.bool_]:
    """Tell at which samples every sign was decided."""
    found = np.ones(samples, bool)
    for array in numbers.undecided.values():
        found &= ~array.reshape(len(array), prod(array.shape[1:])).any(axis=1)
    return found
