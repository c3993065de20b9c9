"""What an honest error probability needs: degree and height of the entries, and the bound of Schwartz and Zippel.

A trial draws integers from [0, 2^(64 s)) for everything that is generic and a prime of b bits, all independent. If the
generic rank over Q is at least R, some R x R minor is a non-zero polynomial with integer coefficients in the drawn
numbers, of degree at most R times that of an entry. By Schwartz and Zippel it vanishes at the drawn integers with
probability at most R deg / 2^(64 s). If it does not, it is an integer of at most log2 H bits (Hadamard), and at most
log2 H / (b - 1) of the b-bit primes divide it.

R is one more than the rank that was found, so it depends on the outcome: the bound is a *p-value*. If the generic rank
were greater, a run would end at or below the printed rank with at most that probability. It is not the probability
that the printed rank is wrong. Of a table of such ranks, the sum of the bounds is one for all its rows together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import fsum, inf, log, log2
from numbers import Real

from algebra.errors import InputError

WORD = 64

DEFAULT_LOG2_ERROR = -64.0
"""Target where the caller names none. The integers come from SHA-256 of label and seed; whoever may choose the seed
finds a failing one in some 2^64 trials, which nobody makes."""

LEAST_LOG2_ERROR = -4096
"""No smaller target: it takes some ten trials with numbers of 510 bits."""

MOST_WORDS = 64
"""64-bit words in each drawn number, at most; the certificates allow no more."""

LONG_WORDS = 8
"""From here on another trial costs less than longer numbers: to prove a prime of 510 bits takes 0.2 s, of 1022 bits
2.6 s, of 2046 bits 23 s."""


@dataclass(frozen=True)
class EntrySize:
    """Size of a matrix's entries, as polynomials in the drawn numbers; all three are exact integers.

    Parameters
    ----------
    degree : int
        Degree of an entry; of a rational entry, of the polynomial that it becomes over a common denominator.
    log2_height : int
        Base-2 logarithm of a bound for its value.
    poles : int
        Degree of the product of all denominators that a trial must not meet, over all samples; 0 if there are none.
    """

    degree: int
    log2_height: int
    poles: int = 0


def log2_of(n: int) -> float:
    """Base-2 logarithm of an integer of any size.

    Parameters
    ----------
    n : int
        Positive.

    Returns
    -------
    float

    Examples
    --------
    >>> log2_of(2**5000)
    5000.0
    """
    shift = max(0, n.bit_length() - 53)
    return log2(n >> shift) + shift


def prime_bits(word_size: int) -> int:
    """Bits of the random primes that go with integers of so many words; below 2^63 for one word.

    Parameters
    ----------
    word_size : int
        64-bit words of each integer.

    Returns
    -------
    int
    """
    return WORD * word_size - 2


def log2_primes(bits: int) -> float:
    """Base-2 logarithm of a lower bound for the number of primes of so many bits.

    pi(2x) - pi(x) > 3x / (5 log x) for x >= 20.5 (Rosser and Schoenfeld 1962, corollary 3), with x = 2^(bits - 1).

    Parameters
    ----------
    bits : int

    Returns
    -------
    float
    """
    return bits - 1 + log2(0.6) - log2((bits - 1) * log(2))


def log2_trial_error(entry: EntrySize, rank: int, word_size: int) -> float:
    """Bound the probability that one trial sees less than a generic rank (over Q) of at least `rank`; log2 of it.

    Parameters
    ----------
    entry : EntrySize
        For numbers of so many words.
    rank : int
        At least 1.
    word_size : int
        64-bit words in each drawn number.

    Returns
    -------
    float
        0 or more where the numbers are too short for a trial to say anything.

    Examples
    --------
    >>> log2_trial_error(EntrySize(3, 3 * 64), rank=6, word_size=1) < -49
    True
    """
    bits = prime_bits(word_size)

    # The minor vanishes at the drawn integers, or the prime divides its value (Hadamard's bound).
    vanishing = log2_of(max(rank * entry.degree, 1)) - WORD * word_size
    height = rank * entry.log2_height + rank * rank.bit_length()
    unlucky = log2_of(height // (bits - 1) + 1) - log2_primes(bits)
    found = max(vanishing, unlucky) + 1
    if not entry.poles:
        return found

    # A trial that meets a pole is repeated. That at most doubles the bound, provided that poles are met with
    # probability at most 1/2: the residue of a drawn number has any given value with probability 2^(1 - bits) at most.
    if log2_of(entry.poles) + 1 - bits >= -1:
        return max(found, 0.0)
    return found + 1


def word_size_for(goal: float, error: Callable[[int], float]) -> int | None:
    """Return how many words the drawn numbers need for one trial to reach a goal, or to be worth repeating.

    Parameters
    ----------
    goal : float
        Base-2 logarithm of an error probability.
    error : callable
        From the number of words to that of one trial.

    Returns
    -------
    int or None
        None if even a trial with the longest numbers does neither.

    Examples
    --------
    >>> [word_size_for(goal, lambda size: 8 - 62 * size) for goal in (-30, -64, -200, -4000)]
    [1, 2, 4, 8]
    >>> word_size_for(-64, lambda size: 0.0) is None
    True
    """
    for size in range(1, MOST_WORDS + 1):
        enough = goal if size < LONG_WORDS else max(goal, DEFAULT_LOG2_ERROR)
        if error(size) <= enough:
            return size
    return None


def log2_of_sum(exponents: Iterable[float]) -> float:
    """Base-2 logarithm of a sum of powers of two, rounded up a little; minus infinity for none.

    Parameters
    ----------
    exponents : iterable of float
        Of the powers of two.

    Returns
    -------
    float

    Examples
    --------
    >>> round(log2_of_sum([-64, -64, -4000]), 6), log2_of_sum([])
    (-63.0, -inf)
    """
    given = list(exponents)
    most = max(given, default=-inf)
    return most + log2(fsum(2.0 ** (each - most) for each in given)) * (1 + 2.0**-50) if given else most


def checked_log2_error(log2_error: float | None) -> float:
    """Return a target for log2 of the error probability as a float; the default for None.

    Parameters
    ----------
    log2_error : float or None

    Returns
    -------
    float

    Raises
    ------
    InputError
        If it is no number between -4096 and -1.

    Examples
    --------
    >>> checked_log2_error(-100), checked_log2_error(None)
    (-100.0, -64.0)
    """
    if log2_error is None:
        return DEFAULT_LOG2_ERROR
    if not isinstance(log2_error, Real) or isinstance(log2_error, bool) or not LEAST_LOG2_ERROR <= log2_error <= -1:
        raise InputError("log2_error", log2_error, f"a number between {LEAST_LOG2_ERROR} and -1")
    return float(log2_error)
