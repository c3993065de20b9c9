"""What the core operations compute with: residues modulo a prime, or exact rational numbers.

Every array of a program that runs has one axis in front: the sample. Arrays that no input reaches (weights,
constants, and what is made of them alone) have length 1 there, and are broadcast against the others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from algebra.evidence.evaluation import PoleError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algebra.rank.field import PrimeField
    from algebra.types import Array

Source = Callable[[int, Any], Any]
"""From the number of a node and its argument (exponents, or radicands) to the values that stand for the function."""


class Arithmetic(Protocol):
    """What the core operations need."""

    def constant(self, values: NDArray[Any]) -> Array:
        """Return exact numbers as numbers of this arithmetic."""
        ...

    def plus(self, a: Array, b: Array) -> Array:
        """Sum, entry by entry."""
        ...

    def times(self, a: Array, b: Array) -> Array:
        """Product, entry by entry."""
        ...

    def multiply(self, a: Array, b: Array) -> Array:
        """Matrix product of stacks of matrices."""
        ...

    def power(self, z: Array, exponent: int) -> Array:
        """Power, entry by entry; the power 0 is 1."""
        ...

    def inverse(self, z: Array) -> Array:
        """Inverse, entry by entry; raises `PoleError` at 0."""
        ...

    def total(self, z: Array, axes: tuple[int, ...]) -> Array:
        """Sum over axes, which stay with length 1."""
        ...

    def exponential(self, node: int, exponents: Array) -> Array:
        """What stands for the exponentials."""
        ...

    def root(self, node: int, radicands: Array) -> Array:
        """What stands for the square roots; not 0."""
        ...

    def positive(self, node: int, z: Array) -> NDArray[np.bool_]:
        """Tell which entries a rectifier lets through."""
        ...


def refuse(node: int, argument: Any) -> Any:
    """Stand where a program has no such operation."""
    raise AssertionError(f"node {node} needs a source that was not given")


@dataclass(frozen=True, eq=False)
class Residues:
    """Arithmetic modulo a prime.

    Parameters
    ----------
    field : PrimeField
    exponentials, roots, signs : callable
        What stands for exponentials and square roots, and where rectifiers are active; see
        `algebra.programs.exponentials`, `algebra.programs.roots`, `algebra.programs.rectifiers`.
    """

    field: PrimeField
    exponentials: Source = refuse
    roots: Source = refuse
    signs: Source = refuse

    def constant(self, values: NDArray[Any]) -> Array:
        """Return the residues of fractions; a denominator that the prime divides raises `PoleError`."""
        try:
            flat = [self.field.number(Fraction(x)) for x in values.ravel().tolist()]
        except ZeroDivisionError as error:
            raise PoleError(str(error)) from None
        found = self.field.zeros(values.shape)
        found.reshape(-1)[:] = flat
        return found

    def plus(self, a: Array, b: Array) -> Array:
        """Sum, entry by entry."""
        return self.field.plus(a, b)

    def times(self, a: Array, b: Array) -> Array:
        """Product, entry by entry."""
        return self.field.times(a, b)

    def multiply(self, a: Array, b: Array) -> Array:
        """Matrix product of stacks of matrices."""
        return self.field.multiply(a, b)

    def power(self, z: Array, exponent: int) -> Array:
        """Power, entry by entry."""
        return self.field.power(z, exponent)

    def inverse(self, z: Array) -> Array:
        """Inverse, entry by entry; raises `PoleError` at 0."""
        if not np.all(z != 0):
            raise PoleError("a denominator vanishes at a sample")
        return self.field.inverse(z)

    def total(self, z: Array, axes: tuple[int, ...]) -> Array:
        """Sum over axes; of fewer than 2^30 residues in float64 it is exact."""
        return self.field.residues(z.sum(axis=axes, keepdims=True))

    def exponential(self, node: int, exponents: Array) -> Array:
        """What stands for the exponentials."""
        found: Array = self.exponentials(node, exponents)
        return found

    def root(self, node: int, radicands: Array) -> Array:
        """What stands for the square roots."""
        found: Array = self.roots(node, radicands)
        return found

    def positive(self, node: int, z: Array) -> NDArray[np.bool_]:
        """Tell which entries a rectifier lets through."""
        found: NDArray[np.bool_] = self.signs(node, z)
        return found


@dataclass(frozen=True, eq=False)
class Rationals:
    """Exact arithmetic on object arrays of integers and fractions; `zeros` notes where a rectifier has a kink."""

    signs: dict[int, NDArray[np.bool_]] = field(default_factory=dict)
    zeros: dict[int, NDArray[np.bool_]] = field(default_factory=dict)

    def constant(self, values: NDArray[Any]) -> Array:
        """Return the numbers as they are."""
        return np.asarray(values, object)

    def plus(self, a: Array, b: Array) -> Array:
        """Sum, entry by entry."""
        return np.asarray(a + b, object)

    def times(self, a: Array, b: Array) -> Array:
        """Product, entry by entry."""
        return np.asarray(a * b, object)

    def multiply(self, a: Array, b: Array) -> Array:
        """Matrix product of stacks of matrices."""
        return np.asarray(a @ b, object)

    def power(self, z: Array, exponent: int) -> Array:
        """Power, entry by entry."""
        return np.asarray(np.frompyfunc(lambda x: x**exponent, 1, 1)(z), object)

    def inverse(self, z: Array) -> Array:
        """Inverse, entry by entry; raises `PoleError` at 0."""
        if not np.all(z != 0):
            raise PoleError("a denominator vanishes at a sample")
        return np.asarray(np.frompyfunc(lambda x: 1 / Fraction(x), 1, 1)(z), object)

    def total(self, z: Array, axes: tuple[int, ...]) -> Array:
        """Sum over axes."""
        return np.asarray(z.sum(axis=axes, keepdims=True), object)

    def exponential(self, node: int, exponents: Array) -> Array:
        """Refuse: exponentials of rational numbers are not rational."""
        return np.asarray(refuse(node, exponents))

    def root(self, node: int, radicands: Array) -> Array:
        """Refuse: square roots of rational numbers are not rational."""
        return np.asarray(refuse(node, radicands))

    def positive(self, node: int, z: Array) -> NDArray[np.bool_]:
        """Decide every sign, and note it."""
        self.signs[node] = np.asarray(z > 0, bool)
        self.zeros[node] = np.asarray(z == 0, bool)
        return self.signs[node]
