"""The field that matrices are evaluated over: F_p in float64 for small primes, in Python integers for large ones."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import accumulate, pairwise
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.random_words import words
from algebra.rank import modular
from algebra.rank.inverses import inverse_elementwise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from algebra.types import Array


@dataclass(frozen=True)
class PrimeField:
    """F_p, on float64 arrays of centred residues if p < 2^23, else on object arrays of Python integers."""

    prime: int

    @cached_property
    def is_float(self) -> bool:
        """Whether residues are float64."""
        return self.prime < 1 << 23

    def residues(self, values: Array) -> Array:
        """Reduce an integer array."""
        if self.is_float:
            return modular.centred_residues(values, self.prime)
        return values.astype(object) % self.prime

    def draw(self, key: str, stream: str, shape: tuple[int, ...], size: int = 1) -> Array:
        """Draw integers of `size` 64-bit words each from the generator of the certificates, and reduce them."""
        return self.draw_streams(key, {stream: prod(shape)}, size)[0].reshape(shape)

    def draw_streams(self, key: str, counts: dict[str, int], size: int = 1) -> list[Array]:
        """Draw from several streams at once: so many integers each."""
        return self.draw_all([(key, stream, count) for stream, count in counts.items()], size)

    def draw_all(self, streams: Sequence[tuple[str, str, int]], size: int = 1) -> list[Array]:
        """Draw from streams under any keys at once: of each its key, its name, and how many integers."""
        raw = b"".join([words(key, stream, count * size) for key, stream, count in streams])
        numbers = self._from_words(np.frombuffer(raw, ">u8").astype(np.uint64), size)
        ends = list(accumulate([count for _, _, count in streams], initial=0))
        return [numbers[start:end] for start, end in pairwise(ends)]

    def _from_words(self, raw: NDArray[np.uint64], size: int) -> Array:
        if self.is_float and size == 1:
            return modular.centre((raw % self.prime).astype(np.float64), self.prime)
        digits = raw.astype(object).reshape(-1, size)
        numbers = digits[:, 0]
        for i in range(1, size):
            numbers = (numbers << 64) + digits[:, i]
        return self.residues(numbers)

    def multiply(self, a: Array, b: Array) -> Array:
        """Matrix product."""
        return modular.multiply(a, b, self.prime) if self.is_float else (a @ b) % self.prime

    def times(self, a: Array, b: Array) -> Array:
        """Elementwise product."""
        return modular.multiply_elementwise(a, b, self.prime) if self.is_float else (a * b) % self.prime

    def plus(self, a: Array, b: Array) -> Array:
        """Elementwise sum."""
        return modular.centre(a + b, self.prime) if self.is_float else (a + b) % self.prime

    def power(self, z: Array, exponent: int) -> Array:
        """Elementwise power, exponent at least 0."""
        if self.is_float:
            return modular.power(z, exponent, self.prime)
        return np.frompyfunc(lambda x: pow(x, exponent, self.prime), 1, 1)(z)  # type: ignore[no-any-return]

    def inverse(self, z: Array) -> Array:
        """Elementwise inverse; 0 stays 0."""
        if self.is_float:
            return inverse_elementwise(z, self.prime)
        inverse = np.frompyfunc(lambda x: pow(x, -1, self.prime) if x else 0, 1, 1)
        return np.asarray(inverse(z), object)

    def number(self, value: int | Fraction) -> Any:
        """Return a constant of the field; a denominator that p divides raises ZeroDivisionError."""
        if isinstance(value, int) and self.is_float and 2 * abs(value) < self.prime:
            return float(value)
        fraction = Fraction(value)
        if fraction.denominator % self.prime == 0:
            raise ZeroDivisionError(f"{value} has no residue modulo {self.prime}")
        residue = fraction.numerator * pow(fraction.denominator, -1, self.prime) % self.prime
        if self.is_float:
            return float(residue - self.prime if residue > self.prime // 2 else residue)
        return residue

    def zeros(self, shape: tuple[int, ...]) -> Array:
        """Zeros."""
        return np.zeros(shape) if self.is_float else np.zeros(shape, object)

    def ones(self, shape: tuple[int, ...]) -> Array:
        """Ones."""
        return np.ones(shape) if self.is_float else np.ones(shape, object)


@lru_cache(maxsize=64)
def prime_field(prime: int) -> PrimeField:
    """Return F_p; of the primes that come again and again the field is kept.

    Parameters
    ----------
    prime : int
        Below 2^63.

    Returns
    -------
    PrimeField

    Examples
    --------
    >>> prime_field(7) is prime_field(7)
    True
    """
    return PrimeField(prime)
