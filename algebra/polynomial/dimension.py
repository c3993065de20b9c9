"""Dimension of a network's variety, with evidence for both sides."""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING

from algebra.errors import InputError, as_integer
from algebra.evidence.bounds import Bounds, Grade
from algebra.polynomial.activation import Power
from algebra.polynomial.architecture import Architecture
from algebra.polynomial.height import log2_trial_error
from algebra.polynomial.network import PolynomialNetwork
from algebra.polynomial.slices import has_slice
from algebra.polynomial.trial import Trial, careful_trial, quick_trial
from algebra.polynomial.upper_bounds import UpperBound, learn, upper_bound

if TYPE_CHECKING:
    from algebra.evidence import Certificate
    from algebra.polynomial.layout import Network

QUICK_TRIALS = 2  # one published row in 1,576 needed the second
WORTHWHILE = -24.0  # log2 of the error that one careful trial must reach; else its numbers get longer
LEAST_LOG2_ERROR = -4096
RULE = "jacobian-minor"


@dataclass(frozen=True)
class DimensionEvidence:
    """What stands behind a dimension: the trial that gave the lower bound, and the tree of the upper bound."""

    network: Network
    seed: int
    trial: Trial
    bound: UpperBound
    trials: int

    def certificate(self) -> Certificate:
        """Write both bounds down for the independent checker."""
        from algebra.polynomial.certify import dimension_certificate

        return dimension_certificate(self.network, self.trial, self.bound, self.seed)


def dimension(network: Network, seed: int = 0, log2_error: float | None = None) -> Bounds:
    """Bound the dimension of a network's variety from both sides.

    The lower bound is a rank modulo a prime at random weights; the upper bound is the least of the named rules of
    `algebra.polynomial.upper_bounds`. Where they leave a gap, the rank is repeated at random integers modulo random
    large primes, and the answer is `PROBABLE` with the probability that the generic rank over Q is greater.

    Parameters
    ----------
    network : PolynomialNetwork or ConvolutionalNetwork
    seed : int
        Any integer.
    log2_error : float, optional
        Target for log2 of the error probability, between -4096 and -1. Default: what one trial gives (below 2^-24).

    Returns
    -------
    Bounds

    Raises
    ------
    InputError
        For a bad seed or target, or a network too large for this machine's memory.
    """
    seed = as_integer("seed", seed)
    target = _checked_target(log2_error)
    bound = best_upper_bound(network)
    check_memory(bound.value)
    best, count = _quick(network, bound.value, seed)
    if best.rank == bound.value:
        return _bounds(network, seed, best, bound, count, None)
    better = explain_gap(network, bound)
    if best.rank == better.value:
        return _bounds(network, seed, best, better, count, None)
    return _careful(network, seed, best, better, count, target)


def explain_gap(network: Network, bound: UpperBound) -> UpperBound:
    """Search hidden symmetries of the one-hidden-layer parts of a network; return the bound that they give.

    A part is worth a search if its own rank stays below its own bound.
    """
    from algebra.polynomial.symmetries import discover

    if bound.architecture is None:
        return bound
    for part in _parts(bound):
        known = upper_bound(part)
        rank, _ = _quick(PolynomialNetwork(part.widths, degrees=part.degrees, biases=part.biases), known.value, 0)
        if rank.rank < known.value:
            found = discover(part)
            if found is not None and found.bound < known.value:
                learn(found)
    return upper_bound(bound.architecture)


def _parts(bound: UpperBound) -> list[Architecture]:
    """Subnetworks with one hidden layer: those that the bound rests on, and three consecutive layers."""
    found = []
    for node in bound.nodes():
        a = node.architecture
        if a is not None:
            found += [a.tail(k - 1).head(2) for k in range(1, a.depth)]
    return [a for a in dict.fromkeys(found) if has_slice(a)]


def best_upper_bound(network: Network) -> UpperBound:
    """Return the least proved upper bound for the dimension of a network's variety.

    Examples
    --------
    >>> best_upper_bound(PolynomialNetwork((3, 4, 15, 20, 1), degree=2)).value
    42
    """
    if isinstance(network, PolynomialNetwork) and network.degrees is not None:
        return upper_bound(Architecture(network.widths, network.degrees, network.biases))
    ambient = network.ambient_dimension
    if ambient is not None and ambient < network.naive_dimension:
        return UpperBound("ambient", None, ambient)
    return UpperBound("gauge", None, network.naive_dimension)


def check_memory(bound: int) -> None:
    """Refuse a bound whose matrix does not fit into this machine's memory, naming the estimate.

    Raises
    ------
    InputError
        If 1.3 U^2 doubles exceed the physical memory.
    """
    needed = memory_estimate(bound)
    available = _physical_memory()
    if available is not None and needed > available:
        allowed = (
            f"such that its matrix fits into memory: {needed / 2**30:.1f} GiB needed, {available / 2**30:.1f} there"
        )
        raise InputError("network", f"a variety of dimension up to {bound}", allowed)


def memory_estimate(bound: int) -> int:
    """Bytes that a dimension up to `bound` needs: 1.3 U^2 doubles."""
    return int(1.3 * 8 * bound * bound)


def _physical_memory() -> int | None:
    import os

    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return None


def _checked_target(log2_error: float | None) -> float | None:
    if log2_error is None:
        return None
    if not isinstance(log2_error, Real) or isinstance(log2_error, bool) or not LEAST_LOG2_ERROR <= log2_error <= -1:
        raise InputError("log2_error", log2_error, f"a number between {LEAST_LOG2_ERROR} and -1")
    return float(log2_error)


def _quick(network: Network, bound: int, seed: int) -> tuple[Trial, int]:
    best = None
    for number in range(QUICK_TRIALS):
        trial = quick_trial(network, bound, seed, number)
        if best is None or trial.rank > best.rank:
            best = trial
        if best.rank >= bound:
            break
    assert best is not None
    return best, number + 1


def _careful(network: Network, seed: int, best: Trial, bound: UpperBound, count: int, target: float | None) -> Bounds:
    size = _word_size(network, best.rank + 1)
    error, number = 0.0, 0
    while number == 0 or (target is not None and error > target):
        trial = careful_trial(network, best.rank, bound.value, seed, number, size)
        number += 1
        if trial.rank > best.rank:
            best, error = trial, 0.0  # the trials so far all fell short of this rank: they say nothing of it
            if best.rank == bound.value:
                return _bounds(network, seed, best, bound, count + number, None)
        assert trial.log2_error is not None
        error += trial.log2_error
    return _bounds(network, seed, best, bound, count + number, error)


def _word_size(network: Network, rank: int) -> int:
    size = 1
    while log2_trial_error(network, rank, size) > WORTHWHILE:
        size += 1
    return size


def _bounds(
    network: Network, seed: int, trial: Trial, bound: UpperBound, count: int, log2_error: float | None
) -> Bounds:
    proved = trial.rank == bound.value
    return Bounds(
        trial.rank,
        bound.value,
        Grade.PROVED if proved else Grade.PROBABLE,
        log2_error=log2_error,
        lower_by=RULE,
        upper_by=bound.rule,
        seed=seed,
        evidence=DimensionEvidence(network, seed, trial, bound, count),
    )


def is_power_network(network: Network) -> bool:
    """Whether all activations are powers."""
    return all(isinstance(a, Power) for a in network.activations)


def log2_error_shown(log2_error: float) -> int:
    """The integer e for which 'error < 2^e' is true."""
    return math.floor(log2_error) + 1
