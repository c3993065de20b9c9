"""One trial: the rank of the evaluated Jacobian at random weights, a proved lower bound of the dimension."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.polynomial.activation import Power
from algebra.polynomial.field import PrimeField
from algebra.polynomial.height import log2_trial_error, prime_bits
from algebra.polynomial.jacobian import Jacobian, PoleError, jacobian
from algebra.rank import modular
from algebra.rank.echelon import Echelon, default_block
from algebra.rank.modular_rank import rank_of_array
from algebra.rank.primes import DEFAULT_PRIME, PRIME_LIMIT, largest_prime_below, random_prime

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from threadpoolctl import ThreadpoolController

    from algebra.polynomial.layout import Network

SLACK = 4  # samples beyond the upper bound: a few unlucky ones do not lower the rank
COMPRESS = 256  # below: random combinations of the parameters, so that no pivot block is singular
WORTH_COMPRESSING = 64  # below: unless there are twice as many parameters, it costs more than it saves
EXTRA = 4  # combinations beyond the upper bound
ONE_THREAD = 1500
ATTEMPTS = 64  # keys tried until no denominator vanishes


@dataclass(frozen=True)
class Trial:
    """Where a rank was seen: enough to see it again.

    Parameters
    ----------
    prime : int
    key : str
        Key of the generator of weights, points and covectors.
    word_size : int
        64-bit words in each number drawn.
    rank : int
        A proved lower bound of the dimension.
    log2_error : float or None
        If the prime was drawn too: log2 of the probability that the trial falls short of the generic rank over Q,
        should that be greater than `rank`.
    """

    prime: int
    key: str
    word_size: int
    rank: int
    log2_error: float | None = None


def quick_trial(network: Network, bound: int, seed: int, number: int, slack: int = SLACK) -> Trial:
    """Rank modulo a 23-bit prime, stopping at `bound`."""
    prime = suitable_prime(network)
    field = PrimeField(prime)
    key, evaluated = _evaluate(network, field, f"{network.label}/seed={seed}/trial={number}", bound + slack, 1)
    return Trial(prime, key, 1, _stopped_rank(evaluated, bound))


def careful_trial(network: Network, rank: int, bound: int, seed: int, number: int, word_size: int) -> Trial:
    """Rank modulo a random large prime at random large integers, with its error probability over Q.

    Parameters
    ----------
    rank : int
        Best lower bound so far; the error speaks of a generic rank beyond it.
    bound : int
        Upper bound; never more samples than it asks for.
    """
    key = f"{network.label}/seed={seed}/careful={number}"
    prime = random_prime(key, prime_bits(word_size))
    key, evaluated = _evaluate(network, PrimeField(prime), key, bound + SLACK, word_size)
    matrix, _ = evaluated.transposed()
    found = _large_rank(matrix, prime)
    return Trial(prime, key, word_size, found, log2_trial_error(network, max(rank, found) + 1, word_size))


def suitable_prime(network: Network) -> int:
    """Return the default prime, or the next below it that divides no degree and no denominator."""
    prime = DEFAULT_PRIME
    while any(not _suits(activation, prime) for activation in network.activations):
        prime = largest_prime_below(prime)
    return prime


def _suits(activation: Any, prime: int) -> bool:
    if isinstance(activation, Power):
        return activation.exponent % prime != 0
    coefficients = (*activation.numerator, *activation.denominator)
    return all(c.denominator % prime and (c == 0 or c.numerator % prime) for c in coefficients)


def _evaluate(network: Network, field: PrimeField, key: str, samples: int, size: int) -> tuple[str, Jacobian]:
    for attempt in range(ATTEMPTS):
        tried = key if attempt == 0 else f"{key}/again={attempt}"
        try:
            return tried, jacobian(network, field, tried, samples, size)
        except PoleError:
            continue
    raise ArithmeticError(f"a denominator of {network.label} vanishes at {ATTEMPTS} independent samples")


def _stopped_rank(evaluated: Jacobian, bound: int) -> int:
    """Rank of the float Jacobian, at most `bound`; only as many parameters are gathered as the elimination consumes."""
    prime, samples = evaluated.field.prime, evaluated.adjoints.shape[1]
    plan = evaluated.layout
    if plan.is_shared or bound < COMPRESS:
        matrix, _ = evaluated.transposed()
        if matrix.shape[0] > (1 if bound >= WORTH_COMPRESSING else 2) * (bound + EXTRA):
            matrix = modular.multiply(combinations(bound + EXTRA, matrix.shape[0], prime), matrix, prime)
        return min(bound, rank_of_array(matrix, prime))
    form = Echelon(samples, prime, capacity=bound)
    order = plan.free_places[_shuffle(plan.free_places.size)]
    step = default_block(samples)
    with one_thread(bound):
        for start in range(0, order.size, step):
            form.add(evaluated.places(order[start : start + step]))
            if form.rank >= bound:
                break
    return form.rank


@contextmanager
def one_thread(size: int) -> Iterator[None]:
    """Keep BLAS to one thread below `ONE_THREAD`: a second gains little there, and loses much on shared cores."""
    if size >= ONE_THREAD:
        yield
        return
    with _blas().limit(limits=1):
        yield


@cache
def _blas() -> ThreadpoolController:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def combinations(rows: int, columns: int, prime: int) -> NDArray[np.float64]:
    """A random matrix; multiplying by it never raises a rank."""
    raw = np.random.Philox(key=rows).random_raw(rows * columns) % prime
    return modular.centred_residues(raw.astype(np.int64), prime).reshape(rows, columns)


def _shuffle(size: int) -> NDArray[np.intp]:
    """A random order that is the same on every machine (numpy fixes its bit streams, not its shuffles)."""
    return np.argsort(np.random.Philox(key=size).random_raw(size), kind="stable")


def _large_rank(matrix: NDArray[Any], prime: int) -> int:
    if prime < PRIME_LIMIT:
        return rank_of_array(matrix, prime)
    from flint import fmpz_mod_ctx, fmpz_mod_mat

    context = fmpz_mod_ctx(prime)
    return int(fmpz_mod_mat(*matrix.shape, matrix.ravel().tolist(), context).rank())
