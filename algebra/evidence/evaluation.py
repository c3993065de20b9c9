"""Matrices that are evaluated under a key: where a rank was seen, and how to see it again.

The convention, for every question of this library: a matrix M has entries that are polynomials (or rational functions)
with rational coefficients in generic numbers. An `Evaluation` says what M is. At a *key* it is evaluated: everything
generic is drawn as integers from the generator of the certificates under that key, `word_size` words of 64 bits each,
and reduced modulo a prime. A minor that does not vanish there is not zero, so the rank of what was evaluated is a
lower bound of the generic rank of M, always. `Seen` is enough to see it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from algebra.rank.field import prime_field
from algebra.rank.modular import centred_residues, multiply
from algebra.rank.modular_rank import minor_of_array, rank_of_array
from algebra.rank.primes import DEFAULT_PRIME, largest_prime_below, random_prime
from algebra.rank.threads import one_thread

from .error import prime_bits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algebra.rank.field import PrimeField

SLACK = 4
"""Samples beyond the goal: a few unlucky ones do not lower the rank."""

MINOR_SLACK = 8
"""Samples beyond the rank when a minor is searched, as many as any trial has beyond its goal."""

EXTRA = 4
"""Combinations of the parameters beyond the goal."""

WORTH_COMPRESSING = 64
"""From this goal on combinations pay as soon as there are more parameters; below, if there are twice as many."""

ATTEMPTS = 64
"""Keys tried until no denominator vanishes; each fails with a probability of some samples times degree in 2^23."""


class PoleError(ArithmeticError):
    """A denominator vanishes at a sample; other weights or points will do."""


class Evaluated(Protocol):
    """A matrix modulo a prime at one key; no more of it is made than is asked for."""

    def rank(self, goal: int) -> int:
        """Return the rank; one of at least `goal` need not be told from `goal`."""
        ...

    def minor(self, size: int) -> tuple[Sequence[int], Sequence[int]]:
        """Return rows and columns of a minor that is not zero, as large as the rank or `size`."""
        ...


class Evaluation(Protocol):
    """What is evaluated: a matrix with generic entries.

    A room's evaluation is a subclass, in front of its own forward and backward passes. It needs `label`, `rule`, `at`
    and `details`; the other methods are for what is special.
    """

    @property
    def label(self) -> str:
        """Permanent name of what is evaluated; keys begin with it."""
        ...

    @property
    def rule(self) -> str:
        """Name of a rank that is seen, as an argument for a lower bound."""
        ...

    def suits(self, prime: int) -> bool:
        """Tell whether the matrix keeps its shape modulo this prime: it divides no degree and no denominator.

        By default every prime does.
        """
        return True

    def at(self, field: PrimeField, key: str, rows: int, word_size: int) -> Evaluated:
        """Evaluate; `rows` are as many as are needed, where their number is free.

        Raises
        ------
        PoleError
            If a denominator vanishes under this key.
        """
        ...

    def log2_error(self, rank: int, rows: int, word_size: int) -> float:
        """Bound the probability that a trial with a random prime misses a generic rank of `rank`; log2 of it.

        By default a trial says nothing of ranks beyond the one that it saw.
        """
        return 0.0

    def details(self, seen: Seen) -> dict[str, Any]:
        """Return where a rank was seen, as plain JSON values."""
        ...

    def minor_json(self, seen: Seen, rows: Sequence[int], columns: Sequence[int]) -> dict[str, Any]:
        """Write a minor down for the independent checker: by default where it was seen, its rows and its columns."""
        return {"rule": self.rule, **self.details(seen), "rows": list(rows), "columns": list(columns)}

    def explain(self, seen: Seen) -> str:
        """Say where the rank was seen, as text; by default how."""
        return f"{seen.rank} <= value: {self.rule}"


@dataclass(frozen=True)
class Seen:
    """Where a rank was seen: enough to see it again.

    Parameters
    ----------
    evaluation : Evaluation
    key : str
        Key of the generator.
    prime : int
    word_size : int
        64-bit words in each number drawn.
    rank : int
        A proved lower bound of the generic rank.
    is_random : bool
        Whether the prime was drawn too: only then the trial says something of the ranks that it did not see.
    """

    evaluation: Evaluation
    key: str
    prime: int
    word_size: int
    rank: int
    is_random: bool = False

    @property
    def value(self) -> int:
        """The rank, as the bound that it is."""
        return self.rank

    @property
    def rule(self) -> str:
        """Name of the argument."""
        return self.evaluation.rule

    def explain(self) -> str:
        """Return the argument as text."""
        return self.evaluation.explain(self)

    def again(self, rows: int) -> Evaluated:
        """Evaluate the same once more, with so many rows."""
        return self.evaluation.at(prime_field(self.prime), self.key, rows, self.word_size)

    def to_json(self) -> dict[str, Any]:
        """Return where the rank was seen, as plain JSON values."""
        return self.evaluation.details(self)

    def minor_json(self) -> dict[str, Any]:
        """Find a minor of this rank again and write it down.

        Raises
        ------
        ArithmeticError
            If the rank is not seen again.
        """
        rows, columns = self.again(self.rank + MINOR_SLACK + idle_samples(self.rank, self.prime)).minor(self.rank)
        if len(rows) < self.rank:
            label = self.evaluation.label
            raise ArithmeticError(f"the rank {self.rank} of {label} was not seen again: the samples give {len(rows)}")
        return self.evaluation.minor_json(self, rows, columns)


def suitable_prime(evaluation: Evaluation) -> int:
    """Return the default prime, or the next below it that suits.

    Parameters
    ----------
    evaluation : Evaluation

    Returns
    -------
    int
    """
    prime = DEFAULT_PRIME
    while not evaluation.suits(prime):
        prime = largest_prime_below(prime)
    return prime


def idle_samples(rows: int, prime: int) -> int:
    """Return a number that of so many samples hardly more say nothing: one in p, if their only covector is 0.

    Parameters
    ----------
    rows : int
        Number of samples.
    prime : int

    Returns
    -------
    int

    Examples
    --------
    >>> idle_samples(2725, 509), idle_samples(2725, DEFAULT_PRIME)
    (21, 0)
    """
    return 4 * rows // prime


def trial_key(evaluation: Evaluation, seed: int, stage: str, number: int) -> str:
    """Return the key of a trial.

    Parameters
    ----------
    evaluation : Evaluation
    seed : int
    stage : str
        "quick" or "careful", say.
    number : int
        Of the trial.

    Returns
    -------
    str
    """
    return f"{evaluation.label}/seed={seed}/{stage}={number}"


def quick_trial(evaluation: Evaluation, goal: int, seed: int, number: int) -> Seen:
    """Return the rank modulo a 23-bit prime, which is all that is needed where it meets an upper bound.

    Parameters
    ----------
    evaluation : Evaluation
    goal : int
        More is not asked for: as a rule an upper bound.
    seed, number : int
        Of this trial.

    Returns
    -------
    Seen
    """
    key = trial_key(evaluation, seed, "trial", number)
    return look(evaluation, key, goal, suitable_prime(evaluation))


def careful_trial(evaluation: Evaluation, goal: int, seed: int, number: int, word_size: int) -> Seen:
    """Return the rank modulo a random large prime at random large integers.

    How seldom it misses a greater generic rank, `Evaluation.log2_error` says.
    """
    key = trial_key(evaluation, seed, "careful", number)
    prime = random_prime(key, prime_bits(word_size))
    return look(evaluation, key, goal, prime, word_size, is_random=True)


def look(evaluation: Evaluation, key: str, goal: int, prime: int, word_size: int = 1, is_random: bool = False) -> Seen:
    """Evaluate under a key, or the next of its kind that meets no pole, and return the rank that is seen.

    Parameters
    ----------
    evaluation : Evaluation
    key : str
        Of the generator.
    goal : int
        The rank beyond which nothing is looked for.
    prime : int
    word_size : int
        64-bit words in each number before it is reduced.
    is_random : bool
        Whether the prime was drawn, which is what `Evaluation.log2_error` asks for.

    Returns
    -------
    Seen

    Raises
    ------
    ArithmeticError
        If every key meets a pole.
    """
    field = prime_field(prime)
    for attempt in range(ATTEMPTS):
        tried = key if attempt == 0 else f"{key}/again={attempt}"
        try:
            with one_thread(goal):
                rank = evaluation.at(field, tried, goal + SLACK, word_size).rank(goal)
        except PoleError:
            continue
        return Seen(evaluation, tried, prime, word_size, rank, is_random)
    raise ArithmeticError(f"a denominator of {evaluation.label} vanishes under {ATTEMPTS} independent keys")


@dataclass(frozen=True, eq=False)
class WholeMatrix:
    """An evaluated matrix that is made at once.

    Parameters
    ----------
    array : ndarray, shape (rows, columns), or the transpose
        Reduced: samples times parameters.
    prime : int
    is_transposed : bool
        Whether the array has one row a parameter.
    names : ndarray of int, optional
        Numbers of the parameters; default: 0, 1, ….
    """

    array: NDArray[Any]
    prime: int
    is_transposed: bool = False
    names: NDArray[np.intp] | None = None

    def rank(self, goal: int) -> int:
        """Return the rank; see `compressed_rank`."""
        return compressed_rank(self.array if self.is_transposed else self.array.T, self.prime, goal)

    def minor(self, size: int) -> tuple[list[int], list[int]]:
        """Return rows and columns of a minor that is not zero, as large as the rank or `size`."""
        rows, columns = minor_of_array(self.array, self.prime, size)
        if self.is_transposed:
            rows, columns = columns, rows
        return rows, columns if self.names is None else [int(self.names[i]) for i in columns]


def compressed_rank(array: NDArray[Any], prime: int, goal: int) -> int:
    """Return the rank of a matrix with one row a parameter, of few random combinations where there are many of them.

    Parameters
    ----------
    array : ndarray, shape (parameters, samples)
        Residues.
    prime : int
    goal : int
        A rank beyond it shows as long as it is no greater than ``goal + EXTRA``.

    Returns
    -------
    int
    """
    most = goal + EXTRA
    if len(array) > (1 if goal >= WORTH_COMPRESSING else 2) * most and array.dtype != object:
        array = multiply(combinations(most, len(array), prime), array, prime)
    return rank_of_array(array, prime)


def combinations(rows: int, columns: int, prime: int) -> NDArray[np.float64]:
    """Return a random matrix, the same on every machine; multiplying by it never raises a rank.

    Parameters
    ----------
    rows, columns : int
        The shape; `rows` is also the seed.
    prime : int

    Returns
    -------
    numpy.ndarray of float64, shape (rows, columns)
        Centred residues.
    """
    raw = np.random.Philox(key=rows).random_raw(rows * columns) % prime
    return centred_residues(raw.astype(np.int64), prime).reshape(rows, columns)
