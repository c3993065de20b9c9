"""Dimension of an attention network's set of functions, with evidence for both sides."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from algebra.errors import as_integer
from algebra.evidence.bounds import Bounds, Grade
from algebra.memory import check_fits
from algebra.polynomial.dimension import checked_log2_error
from algebra.polynomial.field import PrimeField
from algebra.polynomial.height import prime_bits
from algebra.polynomial.jacobian import PoleError
from algebra.polynomial.trial import Trial, combinations, one_thread
from algebra.rank import DEFAULT_PRIME, largest_prime_below
from algebra.rank.modular_rank import rank_of_array
from algebra.rank.primes import random_prime
from tensors.attention.height import log2_trial_error
from tensors.attention.independence import independent_exponentials
from tensors.attention.network import AttentionNetwork
from tensors.attention.reduction import few_tokens, reduced
from tensors.attention.residue_jacobian import jacobian
from tensors.attention.upper_bounds import upper_bound

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algebra.evidence.certificate import Certificate
    from tensors.attention.upper_bounds import UpperBound

SLACK = 4  # samples beyond the upper bound: a few unlucky ones do not lower the rank
EXTRA = 4  # combinations of the weights beyond the upper bound
QUICK_TRIALS = 2
ATTEMPTS = 64  # keys tried until no column sum vanishes
RULES = {"softmax": "residue-jacobian"}
RULE = "jacobian"
UNPROVED = "nothing (the exponentials were not proved independent)"


@dataclass(frozen=True)
class AttentionEvidence:
    """What stands behind a dimension: the trial that gave the lower bound, and the argument of the upper bound.

    Parameters
    ----------
    network : AttentionNetwork
    seed : int
    evaluated : AttentionNetwork
        The network that the trial evaluated: `network` without invisible widths, perhaps with fewer tokens.
    trial : Trial
    bound : UpperBound
    trials : int
    independence : str or None
        For softmax: why the exponentials may be replaced by independent residues; None if that was not proved.
    """

    network: AttentionNetwork
    seed: int
    evaluated: AttentionNetwork
    trial: Trial
    bound: UpperBound
    trials: int
    independence: str | None = None

    def explain(self) -> str:
        """Return both arguments as text."""
        t = self.trial
        where = f"weights and samples of {self.evaluated.label} from {t.key!r}"
        lines = [f"{t.rank} <= dim: rank of the evaluated Jacobian modulo {t.prime}, {where}"]
        if self.evaluated.tokens < self.network.tokens:
            lines.append("  tokens that are 0 change nothing for the others, so fewer tokens see no more")
        if self.network.kind == "softmax":
            lines.append(f"  independence of the exponentials: {self.independence or 'assumed, not proved'}")
        return "\n".join([*lines, self.bound.explain()])

    @property
    def lower(self) -> int:
        """The lower bound that is proved: nothing for softmax without independence."""
        return 0 if self.network.kind == "softmax" and self.independence is None else self.trial.rank

    def certificate(self) -> Certificate:
        """Write both bounds down for the independent checker.

        Raises
        ------
        InputError
            For networks that the checker has no rules for: normalised, causal or residual ones.
        """
        from tensors.attention.certify import attention_certificate

        return attention_certificate(self)


def attention_dimension(network: AttentionNetwork, seed: int = 0, log2_error: float | None = None) -> Bounds:
    """Bound the dimension of the set of functions of an attention network from both sides.

    The lower bound is the rank of the Jacobian modulo a prime at random weights, exact also for softmax: exponentials
    are replaced by independent residues, and their algebraic independence is itself proved by a rank (see
    `tensors.attention.independence`). The upper bound is the least of the arguments in
    `tensors.attention.upper_bounds`. Where they leave a gap, the rank is repeated at random integers modulo a random
    prime of 62 bits, and the answer is `PROBABLE` with the probability that the generic rank over Q is greater.

    Parameters
    ----------
    network : AttentionNetwork
    seed : int
        Any integer.
    log2_error : float, optional
        Target for log2 of the error probability, between -4096 and -1. Default: what one trial gives.

    Returns
    -------
    Bounds

    Raises
    ------
    InputError
        For a bad seed or target, or a network too large for this machine's memory.

    Examples
    --------
    >>> attention_dimension(AttentionNetwork((3, 3, 3), 2, kind="softmax", tokens=3))
    25 (proved)
    >>> attention_dimension(AttentionNetwork((4, 1), 2, heads=3))
    39 (proved)
    """
    seed = as_integer("seed", seed)
    target = checked_log2_error(log2_error)
    small = reduced(network)
    check_size(few_tokens(small), 1)
    bound = upper_bound(network)
    independence = None
    if network.kind == "softmax":
        independence = independent_exponentials(small)
    best, evaluated, count = _quick(small, bound, seed)
    evidence = AttentionEvidence(network, seed, evaluated, best, bound, count, independence)
    if network.kind == "softmax" and independence is None:
        return Bounds(
            0, bound.value, Grade.INCONCLUSIVE, lower_by=UNPROVED, upper_by=bound.rule, seed=seed, evidence=evidence
        )
    if best.rank == bound.value:
        return _bounds(evidence, None)
    return _careful(evidence, small, target)


def _quick(small: AttentionNetwork, bound: UpperBound, seed: int) -> tuple[Trial, AttentionNetwork, int]:
    """Up to `QUICK_TRIALS` trials, the first with two tokens where the others may be 0."""
    best: tuple[Trial, AttentionNetwork] | None = None
    for number in range(QUICK_TRIALS):
        network = few_tokens(small) if number == 0 else small
        check_size(network, bound.value)
        trial = quick_trial(network, bound.value, seed, number)
        if best is None or trial.rank > best[0].rank:
            best = trial, network
        if trial.rank == bound.value:
            break
    assert best is not None
    return *best, number + 1


def quick_trial(network: AttentionNetwork, bound: int, seed: int, number: int) -> Trial:
    """Rank modulo a 23-bit prime, of as many samples as an upper bound asks for.

    Raises
    ------
    ArithmeticError
        If the rank exceeds the upper bound: one of the two is wrong.
    """
    prime = suitable_prime(network)
    key, matrix = _evaluate(network, PrimeField(prime), f"{network.label}/seed={seed}/trial={number}", bound)
    if matrix.shape[1] > 2 * (bound + EXTRA):
        field = PrimeField(prime)
        matrix = field.multiply(matrix, combinations(matrix.shape[1], bound + EXTRA, prime))
    return _trial(network, prime, key, matrix, bound, None)


def careful_trial(network: AttentionNetwork, rank: int, bound: int, seed: int, number: int) -> Trial:
    """Rank modulo a random 62-bit prime at random 64-bit integers, with its error probability over Q.

    Parameters
    ----------
    network : AttentionNetwork
    rank : int
        Best lower bound so far; the error speaks of a generic rank beyond it.
    bound : int
        Upper bound.
    seed, number : int
    """
    key = f"{network.label}/seed={seed}/careful={number}"
    prime = random_prime(key, prime_bits(1))
    key, matrix = _evaluate(network, PrimeField(prime), key, bound)
    found = _trial(network, prime, key, matrix, bound, 0.0)
    return replace(found, log2_error=log2_trial_error(network, max(rank, found.rank) + 1, 1))


def _trial(
    network: AttentionNetwork, prime: int, key: str, matrix: NDArray[Any], bound: int, log2_error: float | None
) -> Trial:
    with one_thread(bound):
        rank = rank_of_array(matrix, prime)
    if rank > bound:
        raise ArithmeticError(f"{network.label}: rank {rank} of the Jacobian exceeds the upper bound {bound}")
    return Trial(prime, key, 1, rank, log2_error)


@lru_cache(maxsize=256)
def suitable_prime(network: AttentionNetwork) -> int:
    """Return the default prime, or the next below it that does not divide the power of the scores."""
    prime = DEFAULT_PRIME
    while network.score_power % prime == 0:
        prime = largest_prime_below(prime)
    return prime


def _evaluate(network: AttentionNetwork, field: PrimeField, key: str, bound: int) -> tuple[str, NDArray[Any]]:
    for attempt in range(ATTEMPTS):
        tried = key if attempt == 0 else f"{key}/again={attempt}"
        try:
            return tried, jacobian(network, field, tried, bound + SLACK)
        except PoleError:
            continue
    raise ArithmeticError(f"a column sum of {network.label} vanishes at {ATTEMPTS} independent samples")


def _careful(evidence: AttentionEvidence, small: AttentionNetwork, target: float | None) -> Bounds:
    error, number = 0.0, 0
    while number == 0 or (target is not None and error > target):
        bound, best = evidence.bound.value, evidence.trial
        trial = careful_trial(small, best.rank, bound, evidence.seed, number)
        number += 1
        if trial.rank > best.rank:
            evidence, error = replace(evidence, trial=trial, evaluated=small), 0.0  # earlier trials fell short of it
            if trial.rank == bound:
                return _bounds(replace(evidence, trials=evidence.trials + number), None)
        assert trial.log2_error is not None
        error += trial.log2_error
    return _bounds(replace(evidence, trials=evidence.trials + number), error)


def _bounds(evidence: AttentionEvidence, log2_error: float | None) -> Bounds:
    lower, upper = evidence.trial.rank, evidence.bound.value
    return Bounds(
        lower,
        upper,
        Grade.PROVED if lower == upper else Grade.PROBABLE,
        log2_error=log2_error,
        lower_by=RULES.get(evidence.network.kind, RULE),
        upper_by=evidence.bound.rule,
        seed=evidence.seed,
        evidence=evidence,
    )


def memory_estimate(network: AttentionNetwork, bound: int) -> int:
    """Bytes that the evaluated Jacobian and its passes need for a dimension up to `bound`."""
    n = network.tokens
    inner = sum(s.heads * n * (n + 2 * s.head_size + s.after) + n * s.before for s in network.shapes)
    return 3 * 8 * (bound + SLACK) * (network.parameters + inner)


def check_size(network: AttentionNetwork, bound: int) -> None:
    """Refuse a network whose Jacobian does not fit into this machine's memory, naming the estimate.

    Raises
    ------
    InputError
        If it does not fit.
    """
    check_fits("network", network.label, memory_estimate(network, bound))
