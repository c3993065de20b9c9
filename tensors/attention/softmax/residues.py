"""Ranks of matrices of powers (q^M) over Q(q), q transcendental, by residues of q.

Replacing q by a residue g modulo a prime is a homomorphism of rings, so the rank of (g^M) modulo the prime is a lower
bound, always. A minor is a Laurent polynomial in q, so enough residues give an upper bound too, and random ones a
probability. Exponents are reduced modulo p - 1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from algebra.evidence.error import log2_of, log2_primes, prime_bits
from algebra.evidence.evaluation import Evaluation
from algebra.exact.integers import integer_array, with_room
from algebra.random_words import residues
from algebra.rank import DEFAULT_PRIME, largest_prime_below, rank_mod_batch
from algebra.rank.modular import multiply_elementwise_int64
from algebra.rank.modular_rank import minor_of_array, rank_of_array

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from algebra.evidence.evaluation import Seen
    from algebra.rank.field import PrimeField
    from algebra.types import Array, Integers


MOST_WORK = 4 * 10**9
"""Multiplications modulo p that a proof of an upper bound may cost; some ten seconds."""

PRIME_BITS = prime_bits(1)
"""Of random primes."""

BATCH_SIZE = 1 << 20


class Exponents(Protocol):
    """What (q^M) is made of."""

    @property
    def label(self) -> str:
        """Permanent name of the matrix."""
        ...

    @property
    def exponents(self) -> Array:
        """M, integers."""
        ...

    @property
    def core(self) -> Array:
        """Rows and columns of M that have its rank: the distinct ones, say."""
        ...

    @property
    def visibility(self) -> Array | None:
        """Where the entry is a power of q, and not 0; None: everywhere."""
        ...

    @property
    def core_visibility(self) -> Array | None:
        """Likewise of the core."""
        ...


@dataclass(frozen=True, eq=False)
class PowersOfQ(Evaluation):
    """The matrix (q^M) as one with a generic entry, q."""

    matrix: Exponents

    rule = "residue-minor"

    @property
    def label(self) -> str:
        """Label of the matrix; it takes longer than a small rank, so it is not made before it is asked for."""
        return self.matrix.label

    def at(self, field: PrimeField, key: str, rows: int, word_size: int) -> ResiduePowers:
        """Replace q by a unit other than 1, drawn from a key; the number of rows is not free."""
        base = residue_of(key, field.prime)
        return ResiduePowers(self.matrix, base, field.prime)

    def log2_error(self, rank: int, rows: int, word_size: int) -> float:
        """Bound how seldom a trial misses a rank; see `log2_miss`."""
        return log2_miss(self.matrix.core, rank - 1, prime_bits(word_size))

    def details(self, seen: Seen) -> dict[str, Any]:
        """Return the residue of q and its modulus."""
        return {"modulus": seen.prime, "base": residue_of(seen.key, seen.prime)}


@dataclass(frozen=True, eq=False)
class ResiduePowers:
    """The matrix (g^M) modulo a prime."""

    matrix: Exponents
    base: int
    prime: int

    def rank(self, goal: int) -> int:
        """Return the rank."""
        entries = powers(self.base, self.matrix.core, self.prime)
        return rank_of_array(_seen(entries, self.matrix.core_visibility), self.prime)

    def minor(self, size: int) -> tuple[list[int], list[int]]:
        """Return rows and columns of a minor that is not zero, as large as the rank or `size`."""
        entries = powers(self.base, self.matrix.exponents, self.prime)
        return minor_of_array(_seen(entries, self.matrix.visibility), self.prime, size)


def _seen(entries: Array, visible: Array | None) -> Array:
    """Put 0 where nothing is seen."""
    return entries if visible is None else np.where(visible, entries, 0)


def residue_of(key: str, prime: int) -> int:
    """Draw the residue of q, between 2 and p - 2, from the stream ``base`` of a key.

    Examples
    --------
    >>> residue_of("0", 7)
    3
    """
    return 2 + residues(key, "base", 0, 1, 2, prime - 3)[0]


def exponent_array(exponents: Sequence[Any]) -> Array:
    """Return nested lists of integers as an int64 array if they fit with room, else as Python integers."""
    return integer_array(exponents)


def powers(base: int, exponents: Array, prime: int) -> Array:
    """Return ``base ** exponents`` modulo a prime.

    Parameters
    ----------
    base : int
        Not divisible by the prime.
    exponents : ndarray
        Integers of any sign and size, in any shape.
    prime : int

    Returns
    -------
    ndarray
        Residues in ``0 … prime - 1``: int64 for a prime below 2^31, else Python integers.

    Examples
    --------
    >>> powers(3, np.array([0, 1, 2, -1]), 7)
    array([1, 3, 2, 5])
    """
    if prime > 1 << 63:  # numpy's integers cannot hold the modulus
        exponents = exponents.astype(object)
    reduced = exponents % (prime - 1)
    if prime >= 1 << 31:
        distinct, places = np.unique(reduced, return_inverse=True)
        values = np.array([pow(base, int(e), prime) for e in distinct.tolist()], dtype=object)
        return values[places.reshape(reduced.shape)]
    small, large, half = _tables(base, prime)
    index = reduced.astype(np.int64)
    return multiply_elementwise_int64(small[index & (half - 1)], large[index >> (half.bit_length() - 1)], prime)


@lru_cache(maxsize=16)
def _tables(base: int, prime: int) -> tuple[Integers, Integers, int]:
    """Powers 0 … half-1 of the base and of its power `half`, so that every power is one product."""
    half = 1 << -(-prime.bit_length() // 2)
    sides = []
    for step in (base, pow(base, half, prime)):
        values = [1]
        for _ in range(half - 1):
            values.append(values[-1] * step % prime)
        sides.append(np.array(values, dtype=np.int64))
    return sides[0], sides[1], half


def spread(exponents: Array, size: int) -> int:
    """Bound the difference between the highest and the lowest power of q in any minor of a size.

    It is the same after shifts of rows and columns, here such that all exponents are at least 0.

    Examples
    --------
    >>> spread(np.array([[0, 0, 0], [0, 1, 2], [0, 2, 4]]), 2)
    6
    """
    exponents = with_room(exponents)
    moved = exponents - exponents.min(axis=1, keepdims=True)
    moved = moved - moved.min(axis=0, keepdims=True)
    sides = (sorted(moved.max(axis=axis).tolist(), reverse=True)[:size] for axis in (0, 1))
    return int(min(map(sum, sides)))


def prove_rank_at_most(
    exponents: Array, rank: int, most_work: int = MOST_WORK, visible: Array | None = None
) -> bool | None:
    """Prove that the rank of (q^M) over Q(q) is at most `rank`.

    A minor of size k = rank + 1 is a power of q times a polynomial of degree at most B (`spread`), whose coefficients
    are at most k!/2 in absolute value. If it vanishes at B + 1 distinct units modulo primes whose product exceeds
    k!/2, then it is zero. The units are powers of a primitive root.

    Parameters
    ----------
    exponents : ndarray of integers, two-dimensional
    rank : int
    most_work : int
        Give up beyond so many multiplications modulo p.
    visible : ndarray of bool, optional
        Where an entry is a power of q, and not 0; zeros leave a minor with fewer terms. Default: everywhere.

    Returns
    -------
    bool or None
        False if a residue shows a larger rank; None if the proof is too long.

    Examples
    --------
    >>> prove_rank_at_most(np.array([[0, 0, 0], [0, 1, 1], [0, 2, 2]]), 2)
    True
    """
    size = rank + 1
    if size > min(exponents.shape):
        return True
    points = spread(exponents, size) + 1
    primes = _primes(math.factorial(size) // 2 + 1)
    cost = points * len(primes) * exponents.size * size
    if points >= primes[-1] or cost > most_work:
        return None
    for prime in primes:
        root = primitive_root(prime)
        for ranks in _ranks_at(exponents, prime, root, points, visible):
            if (ranks > rank).any():
                return False
    return True


def _ranks_at(exponents: Array, prime: int, root: int, points: int, visible: Array | None) -> Iterator[Integers]:
    """Yield the ranks at the powers 0 … points-1 of the root, in batches."""
    reduced = (exponents % (prime - 1)).astype(np.int64)
    step = max(8, BATCH_SIZE // reduced.size)
    for start in range(0, points, step):
        logarithms = np.arange(start, min(points, start + step), dtype=np.int64)
        entries = powers(root, logarithms[:, None, None] * reduced, prime)
        yield rank_mod_batch(_seen(entries, visible), prime)


@lru_cache(maxsize=64)
def primitive_root(prime: int) -> int:
    """Return the least generator of the units modulo a prime.

    Examples
    --------
    >>> primitive_root(7), primitive_root(8388593)
    (3, 3)
    """
    from flint import fmpz

    factors = [int(q) for q, _ in fmpz(prime - 1).factor()]
    return next(g for g in range(2, prime) if all(pow(g, (prime - 1) // q, prime) != 1 for q in factors))


def _primes(product: int) -> list[int]:
    """Return the largest primes below 2^23 whose product is at least `product`."""
    found, reached = [DEFAULT_PRIME], DEFAULT_PRIME
    while reached < product:
        found.append(largest_prime_below(found[-1]))
        reached *= found[-1]
    return found


def log2_miss(exponents: Array, rank: int, bits: int = PRIME_BITS) -> float:
    """Bound the probability that a random prime and residue show rank `rank` or less although the rank is larger.

    Returns its base-2 logarithm. A coefficient of the minor is at most k!/2, k = rank + 1, so fewer than
    log2(k!)/(b - 1) of the primes of b bits divide it; else at most `spread` of the residues are roots.

    Examples
    --------
    >>> log2_miss(np.array([[0, 0], [0, 1]]), 1) < -53
    True
    """
    size = rank + 1
    unlucky = math.log2(max(1.0, math.lgamma(size + 1) / math.log(2) / (bits - 1))) - log2_primes(bits)
    roots = log2_of(spread(exponents, size) + 1) - (bits - 2)
    return min(0.0, max(unlucky, roots) + 1)
