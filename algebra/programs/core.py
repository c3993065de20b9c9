"""The core operations: what each computes, and its derivative beside it.

A few operations are enough for all programs (`algebra.programs.lowering` writes the others in them). Each is one
small class. `forward` computes it for all samples at once; `backward` takes the adjoint of the result, one for
every sample, to the adjoints of what it was computed from: a vector-Jacobian product.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from algebra.programs.arithmetic import Arithmetic
    from algebra.programs.operations import Shape
    from algebra.types import Array


class CoreOperation(Protocol):
    """An operation on arrays with the samples in front."""

    def forward(self, numbers: Arithmetic, node: int, values: Sequence[Array]) -> Array:
        """Compute it; `node` is its number in the program."""
        ...

    def backward(
        self, numbers: Arithmetic, node: int, adjoint: Array, values: Sequence[Array], result: Array
    ) -> list[Array]:
        """Return the adjoints of `values`, all with the samples in front."""
        ...


def aligned(array: Array, rank: int) -> Array:
    """Put axes of length 1 behind the samples, so that so many axes follow them.

    Examples
    --------
    >>> aligned(np.zeros((5, 3)), 2).shape
    (5, 1, 3)
    """
    missing = rank - (array.ndim - 1)
    return array.reshape(array.shape[0], *(1,) * missing, *array.shape[1:]) if missing else array


def summed_to(numbers: Arithmetic, adjoint: Array, shape: Shape) -> Array:
    """Undo broadcasting: sum an adjoint over the axes along which an array of this shape was repeated."""
    padded = (1,) * (adjoint.ndim - 1 - len(shape)) + tuple(shape)
    axes = tuple(i + 1 for i, n in enumerate(padded) if n == 1 and adjoint.shape[i + 1] > 1)
    found = numbers.total(adjoint, axes) if axes else adjoint
    return found.reshape(found.shape[0], *shape)


@dataclass(frozen=True)
class Add:
    """Sum of two arrays."""

    def forward(self, numbers: Arithmetic, node: int, values: Sequence[Array]) -> Array:
        """A + b."""
        rank = max(a.ndim for a in values) - 1
        return numbers.plus(aligned(values[0], rank), aligned(values[1], rank))

    def backward(
        self, numbers: Arithmetic, node: int, adjoint: Array, values: Sequence[Array], result: Array
    ) -> list[Array]:
        """Both adjoints are that of the sum."""
        return [summed_to(numbers, adjoint, a.shape[1:]) for a in values]


@dataclass(frozen=True)
class Multiply:
    """Product, entry by entry."""

    def forward(self, numbers: Arithmetic, node: int, values: Sequence[Array]) -> Array:
        """A * b."""
        rank = max(a.ndim for a in values) - 1
        return numbers.times(aligned(values[0], rank), aligned(values[1], rank))

    def backward(
        self, numbers: Arithmetic, node: int, adjoint: Array, values: Sequence[Array], result: Array
    ) -> list[Array]:
        """Each adjoint is that of the product times the other factor."""
        rank = adjoint.ndim - 1
        a, b = (aligned(each, rank) for each in values)
        return [
            summed_to(numbers, numbers.times(adjoint, b), values[0].shape[1:]),
            summed_to(numbers, numbers.times(adjoint, a), values[1].shape[1:]),
        ]


def stacked_product(numbers: Arithmetic, a: Array, b: Array) -> Array:
    """Multiply stacks of matrices; where one side is the same for all samples, by a single product of matrices.

    Parameters
    ----------
    a, b : ndarray, shapes (samples or 1, …, m, k) and (samples or 1, …, k, n)

    Returns
    -------
    numpy.ndarray
    """
    rank = max(a.ndim, b.ndim) - 1
    a, b = aligned(a, rank), aligned(b, rank)
    if rank == 2 and a.shape[0] == 1 and b.shape[0] > 1:
        samples, inner, columns = b.shape
        side = np.ascontiguousarray(b.transpose(1, 0, 2)).reshape(inner, samples * columns)
        return numbers.multiply(a[0], side).reshape(-1, samples, columns).transpose(1, 0, 2)
    if rank == 2 and b.shape[0] == 1 and a.shape[0] > 1:
        samples, rows, inner = a.shape
        return numbers.multiply(np.ascontiguousarray(a).reshape(samples * rows, inner), b[0]).reshape(samples, rows, -1)
    if a.shape[-1] == 1:
        return numbers.times(a, b)  # outer products: no sum
    return numbers.multiply(a, b)


@dataclass(frozen=True)
class MatMul:
    """Product of matrices, or of stacks of them; both have at least two axes."""

    def forward(self, numbers: Arithmetic, node: int, values: Sequence[Array]) -> Array:
        """A @ b."""
        return stacked_product(numbers, *values)

    def backward(
        self, numbers: Arithmetic, node: int, adjoint: Array, values: Sequence[Array], result: Array
    ) -> list[Array]:
        """Adjoint times the transpose of b; transpose of a times the adjoint."""
        a, b = values
        return [
            summed_to(numbers, stacked_product(numbers, adjoint, b.swapaxes(-1, -2)), a.shape[1:]),
            summed_to(numbers, stacked_product(numbers, a.swapaxes(-1, -2), adjoint), b.shape[1:]),
        ]


@dataclass(frozen=True)
class Power:
    """Power with an exponent of at least 2, entry by entry."""

    exponent: int

    def forward(self, numbers: Arithmetic, node: int, values: Sequence[Array]) -> Array:
        """Z ** exponent."""
        return numbers.power(values[0], self.exponent)

    def backward(
        self, numbers: Arithmetic, node: int, adjoint: Array, values: Sequence[Array], result: Array
    ) -> list[Array]:
        """Exponent times the next lower power."""
        factor = numbers.constant(np.asarray(self.exponent, object))
        slope = numbers.times(numbers.power(values[0], self.exponent - 1), factor)
        return [numbers.times(adjoint, slope)]


@dataclass(frozen=True)
class Reciprocal:
    """1 / z, entry by entry."""

    def forward(self, numbers: Arithmetic, node: int, values: Sequence[Array]) -> Array:
        """1 / z; a denominator that vanishes raises `PoleError`."""
        return numbers.inverse(values[0])

    def backward(
        self, numbers: Arithmetic, node: int, adjoint: Array, values: Sequence[Array], result: Array
    ) -> list[Array]:
        """-1 / z^2."""
        return [-numbers.times(adjoint, numbers.power(result, 2))]


@dataclass(frozen=True)
class Exp:
    """Exponential, entry by entry."""

    def forward(self, numbers: Arithmetic, node: int, values: Sequence[Array]) -> Array:
        """What stands for exp z."""
        return numbers.exponential(node, values[0])

    def backward(
        self, numbers: Arithmetic, node: int, adjoint: Array, values: Sequence[Array], result: Array
    ) -> list[Array]:
        """D exp z = exp z dz."""
        return [numbers.times(adjoint, result)]


@dataclass(frozen=True)
class Sigmoid:
    """E / (1 + E) with E = exp z, entry by entry."""

    def forward(self, numbers: Arithmetic, node: int, values: Sequence[Array]) -> Array:
        """E / (1 + E)."""
        above = numbers.exponential(node, values[0])
        return numbers.times(above, numbers.inverse(numbers.plus(above, numbers.constant(np.asarray(1, object)))))

    def backward(
        self, numbers: Arithmetic, node: int, adjoint: Array, values: Sequence[Array], result: Array
    ) -> list[Array]:
        """Y - y^2."""
        return [numbers.times(adjoint, numbers.plus(result, -numbers.power(result, 2)))]


@dataclass(frozen=True)
class Softmax:
    """Exponentials over their sum along one axis (counted without the samples)."""

    axis: int

    def forward(self, numbers: Arithmetic, node: int, values: Sequence[Array]) -> Array:
        """E / sum E."""
        above = numbers.exponential(node, values[0])
        return numbers.times(above, numbers.inverse(numbers.total(above, (self.axis + 1,))))

    def backward(
        self, numbers: Arithmetic, node: int, adjoint: Array, values: Sequence[Array], result: Array
    ) -> list[Array]:
        """DP = P (ds - sum P ds)."""
        mean = numbers.total(numbers.times(adjoint, result), (self.axis + 1,))
        return [numbers.times(numbers.plus(adjoint, -mean), result)]


@dataclass(frozen=True)
class Sqrt:
    """Square root, entry by entry."""

    def forward(self, numbers: Arithmetic, node: int, values: Sequence[Array]) -> Array:
        """What stands for the root."""
        return numbers.root(node, values[0])

    def backward(
        self, numbers: Arithmetic, node: int, adjoint: Array, values: Sequence[Array], result: Array
    ) -> list[Array]:
        """1 / (2 root)."""
        double = numbers.plus(result, result)
        return [numbers.times(adjoint, numbers.inverse(double))]


@dataclass(frozen=True)
class Relu:
    """max(z, 0), entry by entry; at a kink the derivative is taken to be 0."""

    def forward(self, numbers: Arithmetic, node: int, values: Sequence[Array]) -> Array:
        """Z where it is positive, else 0."""
        return np.where(numbers.positive(node, values[0]), values[0], numbers.constant(np.asarray(0, object)))

    def backward(
        self, numbers: Arithmetic, node: int, adjoint: Array, values: Sequence[Array], result: Array
    ) -> list[Array]:
        """The adjoint where z is positive."""
        return [np.where(numbers.positive(node, values[0]), adjoint, numbers.constant(np.asarray(0, object)))]


@dataclass(frozen=True)
class Sum:
    """Sum over axes (counted without the samples), which stay with length 1."""

    axes: tuple[int, ...]

    def forward(self, numbers: Arithmetic, node: int, values: Sequence[Array]) -> Array:
        """The sum."""
        return numbers.total(values[0], tuple(i + 1 for i in self.axes))

    def backward(
        self, numbers: Arithmetic, node: int, adjoint: Array, values: Sequence[Array], result: Array
    ) -> list[Array]:
        """The adjoint, repeated."""
        return [np.broadcast_to(adjoint, (adjoint.shape[0], *values[0].shape[1:]))]


@dataclass(frozen=True)
class Transpose:
    """New order of the axes (counted without the samples)."""

    axes: tuple[int, ...]

    def forward(self, numbers: Arithmetic, node: int, values: Sequence[Array]) -> Array:
        """Axis i of the result is axis ``axes[i]``."""
        return values[0].transpose(0, *(i + 1 for i in self.axes))

    def backward(
        self, numbers: Arithmetic, node: int, adjoint: Array, values: Sequence[Array], result: Array
    ) -> list[Array]:
        """The old order."""
        return [adjoint.transpose(0, *(self.axes.index(i) + 1 for i in range(len(self.axes))))]


@dataclass(frozen=True)
class Reshape:
    """New axes for the same entries."""

    shape: tuple[int, ...]

    def forward(self, numbers: Arithmetic, node: int, values: Sequence[Array]) -> Array:
        """The entries in their order."""
        return values[0].reshape(values[0].shape[0], *self.shape)

    def backward(
        self, numbers: Arithmetic, node: int, adjoint: Array, values: Sequence[Array], result: Array
    ) -> list[Array]:
        """The old axes."""
        return [adjoint.reshape(adjoint.shape[0], *values[0].shape[1:])]


@dataclass(frozen=True)
class Concatenate:
    """Arrays side by side along one axis (counted without the samples)."""

    axis: int

    def forward(self, numbers: Arithmetic, node: int, values: Sequence[Array]) -> Array:
        """One behind the other."""
        samples = max(a.shape[0] for a in values)
        return np.concatenate([np.broadcast_to(a, (samples, *a.shape[1:])) for a in values], axis=self.axis + 1)

    def backward(
        self, numbers: Arithmetic, node: int, adjoint: Array, values: Sequence[Array], result: Array
    ) -> list[Array]:
        """The parts of the adjoint."""
        cuts = np.cumsum([a.shape[self.axis + 1] for a in values])[:-1]
        return list(np.split(adjoint, cuts, axis=self.axis + 1))


@dataclass(frozen=True)
class Take:
    """Entries along one axis (counted without the samples), perhaps several times."""

    indices: tuple[int, ...]
    axis: int

    def forward(self, numbers: Arithmetic, node: int, values: Sequence[Array]) -> Array:
        """The entries."""
        return values[0].take(self.indices, axis=self.axis + 1)

    def backward(
        self, numbers: Arithmetic, node: int, adjoint: Array, values: Sequence[Array], result: Array
    ) -> list[Array]:
        """Back to where they came from; what was taken several times is added up."""
        shape = values[0].shape[1:]
        rest = prod(shape[: self.axis]), prod(shape[self.axis + 1 :])
        found = np.zeros((shape[self.axis], adjoint.shape[0], *rest), adjoint.dtype)
        parts = np.moveaxis(adjoint.reshape(adjoint.shape[0], rest[0], -1, rest[1]), 2, 0)
        for i, part in zip(self.indices, parts, strict=True):
            found[i] = numbers.plus(found[i], part)
        return [np.moveaxis(found, 0, 2).reshape(adjoint.shape[0], *shape)]
