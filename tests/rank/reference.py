"""Slow and plain: what the fast rank functions are compared with, and matrices of known rank."""

from __future__ import annotations

import numpy as np

from algebra.rank import largest_prime_below

SMALL_PRIMES = [2, 3, 5, 7, 11]
FLOAT_PRIMES = [*SMALL_PRIMES, 101, 65521, 2**23 - 15, 2**26 - 5]
LARGE_PRIMES = [2**31 - 1, 2**61 - 1, largest_prime_below(2**63)]
PRIMES = FLOAT_PRIMES + LARGE_PRIMES


def random_prime(rng: np.random.Generator, most_bits: int = 63) -> int:
    """A prime of random size."""
    bits = int(rng.integers(2, most_bits + 1))
    return largest_prime_below(int(rng.integers(2 ** (bits - 1), 2**bits, dtype=np.uint64)) + 2)


def residues(rng: np.random.Generator, shape: tuple[int, ...], prime: int) -> np.ndarray:
    """Uniform residues, as Python ints."""
    return rng.integers(0, prime, shape, dtype=np.uint64).astype(object)


def matrix_of_rank(rng: np.random.Generator, m: int, n: int, rank: int, prime: int, scramble: int = 3):
    """A sparse matrix of this rank, scrambled by elementary operations."""
    matrix = np.zeros((m, n), dtype=object)
    rows, columns = rng.permutation(m)[:rank], rng.permutation(n)[:rank]
    for i, j in zip(rows, columns, strict=True):
        matrix[i, j] = int(rng.integers(1, prime, dtype=np.uint64))
    for _ in range(scramble * (m + n)):
        factor = int(rng.integers(0, prime, dtype=np.uint64))
        if m > 1 and rng.random() < 0.5:
            i, j = rng.choice(m, 2, replace=False)
            matrix[i] = (matrix[i] + factor * matrix[j]) % prime
        elif n > 1:
            i, j = rng.choice(n, 2, replace=False)
            matrix[:, i] = (matrix[:, i] + factor * matrix[:, j]) % prime
    return matrix


def profile(matrix, prime: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Lexicographic rows and columns: a row is taken if the rank of the rows so far grows, greedily."""
    rows = [[int(x) % prime for x in row] for row in matrix]
    return _greedy(rows, prime), _greedy([list(column) for column in zip(*rows, strict=True)], prime)


def _greedy(vectors: list[list[int]], prime: int) -> tuple[int, ...]:
    basis: list[tuple[int, list[int]]] = []
    taken = []
    for number, given in enumerate(vectors):
        vector = given
        for lead, other in basis:
            if vector[lead]:
                factor = vector[lead]
                vector = [(x - factor * y) % prime for x, y in zip(vector, other, strict=True)]
        lead = next((i for i, x in enumerate(vector) if x), None)
        if lead is not None:
            inverse = pow(vector[lead], -1, prime)
            basis.append((lead, [x * inverse % prime for x in vector]))
            taken.append(number)
    return tuple(taken)


def determinant(matrix, prime: int) -> int:
    """By elimination, in Python ints."""
    rows = [[int(x) % prime for x in row] for row in matrix]
    result = 1
    for c in range(len(rows)):
        pivot = next((i for i in range(c, len(rows)) if rows[i][c]), None)
        if pivot is None:
            return 0
        if pivot != c:
            rows[c], rows[pivot] = rows[pivot], rows[c]
            result = -result
        result = result * rows[c][c] % prime
        inverse = pow(rows[c][c], -1, prime)
        for i in range(c + 1, len(rows)):
            factor = rows[i][c] * inverse
            rows[i] = [(x - factor * y) % prime for x, y in zip(rows[i], rows[c], strict=True)]
    return result % prime
