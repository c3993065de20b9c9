"""Approximation of homogeneous mixtures by few products of components: conditional gradient, with its bound.

Rank gaps speak of exact representation. In the L2 distance few components do: Jaini, Poupart, Yu (NeurIPS 2018) show
by conditional gradient that O(1/epsilon^2) suffice. Here is a finite check of it. The mixture p lies in the convex
hull of the products f_{i_1}(x_1) ... f_{i_d}(x_d) of components. Start at any of them; in step k take the product s
with the least inner product with q - p and move to q + (s - q)/k. As p is in the hull, <q - p, s - p> <= 0; so with
c = max ||s - p||^2 over all products

    ||q_{k+1} - p||^2  <=  (1 - 1/(k+1))^2 ||q_k - p||^2 + c/(k+1)^2,      hence      ||q_k - p||^2 <= c/k.

Everything is rational if the Gram matrix of the components is: the check is exact.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.errors import InputError, as_integer
from algebra.exact.arrays import as_exact
from algebra.exact.numbers import binary_exponent
from algebra.shown import Shown
from tensors.mixtures.weights import RATIONALS
from tensors.networks.arrays import LARGEST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from algebra.types import Array


MOST_WORK = 1 << 21
"""Entries that are looked at, in all steps together; some ten seconds of exact arithmetic."""


@dataclass(frozen=True)
class Approximation(Shown):
    """Equal mixtures of k products, for k = 1, 2, …, and how far they are from the target.

    Parameters
    ----------
    products : tuple of tuple of int
        The component of each variable that was added in each step.
    squared_errors : tuple of Fraction
        Exact squared L2 distances after each step.
    constant : Fraction
        The proved c: the squared error after k steps is at most c/k.
    """

    products: tuple[tuple[int, ...], ...]
    squared_errors: tuple[Fraction, ...]
    constant: Fraction

    @property
    def holds(self) -> bool:
        """Whether every step is within the proved bound, exactly."""
        return all(k * error <= self.constant for k, error in enumerate(self.squared_errors, start=1))

    @property
    def scaled_errors(self) -> tuple[float, ...]:
        """Error * sqrt(k) after each step, rounded: bounded by ``sqrt(constant)``."""
        return tuple(_root(k * error) for k, error in enumerate(self.squared_errors, start=1))

    @property
    def components(self) -> int:
        """Number of different products in the last mixture: a shallow mixture of so many components."""
        return len(Counter(self.products))


def approximate(density: Any, steps: int, gram: Any = None) -> Approximation:
    """Approximate a mixture by equal mixtures of products, greedily.

    Parameters
    ----------
    density : array_like of order d, all modes of size M
        The density tensor: nonnegative integers or fractions that sum to 1.
    steps : int
        Number of products.
    gram : array_like of shape (M, M), optional
        Inner products of the components: a positive semidefinite matrix, of which only the symmetry is checked.
        Default: the identity, for discrete data.

    Returns
    -------
    Approximation

    Raises
    ------
    InputError
        If the tensor is no density, or the shapes do not fit.

    Examples
    --------
    >>> found = approximate([["1/2", 0], [0, "1/2"]], steps=4)
    >>> [str(error) for error in found.squared_errors], found.constant, found.holds
    (['1/2', '0', '1/18', '0'], Fraction(3, 2), True)
    """
    steps = as_integer("steps", steps, 1)
    target = _density(density)
    if steps * target.size > MOST_WORK:
        raise InputError("steps", steps, f"at most {MOST_WORK // target.size:,} for a tensor of {target.size} entries")
    matrix = _gram(gram, target.shape[0])
    seen = _smoothed(target, matrix)
    square = (seen * target).sum()
    diagonal = _diagonal(matrix, target.ndim)
    constant = Fraction((diagonal - 2 * seen).max() + square)
    counts = np.zeros(target.shape, dtype=object)
    products: list[tuple[int, ...]] = []
    errors: list[Fraction] = []
    gradient = -seen
    for k in range(1, steps + 1):
        chosen = tuple(int(i) for i in np.unravel_index(int(np.argmin(gradient)), target.shape))
        products.append(chosen)
        counts[chosen] += 1
        smooth = _smoothed(counts, matrix)
        error = Fraction((smooth * counts).sum(), 1) / k**2 - 2 * Fraction((seen * counts).sum()) / k + square
        errors.append(Fraction(error))
        gradient = smooth - k * seen
    return Approximation(tuple(products), tuple(errors), constant)


def _root(square: Fraction) -> float:
    """Return a square root as a float, also where the square is beyond all floats."""
    if not square:
        return 0.0
    half = binary_exponent(square) // 2
    try:
        return math.ldexp(math.sqrt(square / Fraction(4) ** half), half)
    except OverflowError:
        return math.inf


def _smoothed(tensor: Array, gram: Array) -> Array:
    """Multiply every mode with the Gram matrix."""
    if (gram == np.eye(len(gram), dtype=np.int64)).all():
        return tensor
    for axis in range(tensor.ndim):
        flat = np.moveaxis(tensor, axis, 0)
        product = RATIONALS.multiply(gram, flat.reshape(len(gram), -1))
        tensor = np.moveaxis(product.reshape(flat.shape), 0, axis)
    return tensor


def _diagonal(gram: Array, order: int) -> Array:
    """Squared norms of all products of components."""
    found = np.array(1, dtype=object)
    for _ in range(order):
        found = np.multiply.outer(found, np.diagonal(gram))
    return np.asarray(found, dtype=object)


def _density(given: Any) -> Array:
    try:
        array = np.array(given, dtype=object)
    except ValueError:  # of arrays of different shapes
        array = np.empty((), dtype=object)
    if array.ndim < 1 or len(set(array.shape)) != 1 or not 0 < array.size <= LARGEST:
        raise InputError("density", array.shape, "a tensor whose modes have one size, of at most a million entries")
    exact = np.array([as_exact("density", x) for x in array.flat], dtype=object).reshape(array.shape)
    if min(exact.flat) < 0 or sum(exact.flat) != 1:
        raise InputError("density", str(sum(exact.flat)), "nonnegative, with a sum of 1")
    return exact


def _gram(given: Any, size: int) -> Array:
    if given is None:
        return np.eye(size, dtype=np.int64).astype(object)
    rows: Sequence[Sequence[Any]] = [[as_exact("gram", x) for x in row] for row in given]
    matrix = np.array(rows, dtype=object)
    if matrix.shape != (size, size) or (matrix != matrix.T).any():
        raise InputError("gram", matrix.shape, f"a symmetric matrix of shape {(size, size)}")
    return matrix
