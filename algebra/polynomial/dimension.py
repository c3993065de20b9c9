"""Dimension of a network's variety, with evidence for both sides."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING

from algebra.errors import InputError, as_integer
from algebra.evidence.bounds import Bounds, Grade
from algebra.memory import check_fits
from algebra.polynomial.architecture import Architecture
from algebra.polynomial.height import log2_trial_error
from algebra.polynomial.network import PolynomialNetwork
from algebra.polynomial.slices import has_slice
from algebra.polynomial.trial import Trial, careful_trial, quick_trial
from algebra.polynomial.upper_bounds import UpperBound, elementary, learn, upper_bound

if TYPE_CHECKING:
    from algebra.evidence import Certificate
    from algebra.polynomial.layout import Network

QUICK_TRIALS = 2  # one published row in 1,576 needed the second
WORTHWHILE = -24.0  # log2 of the error that one careful trial must reach; else its numbers get longer
LEAST_LOG2_ERROR = -4096
TINY = 48  # expected dimension up to which a rank costs less than the recursive bounds: it is tried first
RULE = "jacobian-minor"


@dataclass(frozen=True)
class DimensionEvidence:
    """What stands behind a dimension: the trial that gave the lower bound, and the tree of the upper bound."""

    network: Network
    seed: int
    trial: Trial
    bound: UpperBound
    trials: int

    def explain(self) -> str:
        """Return both arguments as text."""
        t = self.trial
        modulus = f"{t.prime}" if t.prime < 1 << 64 else f"a prime of {t.prime.bit_length()} bits"
        lower = f"{t.rank} <= dim: rank of the evaluated Jacobian modulo {modulus}, weights and samples from {t.key!r}"
        return f"{lower}\n{self.bound.explain()}"

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
    target = checked_log2_error(log2_error)
    best, bound, count = _first_look(network, seed)
    if best.rank == bound.value:
        return bounds_of_trial(network, seed, best, bound, count, None)
    better = explain_gap(network, bound)
    if best.rank == better.value:
        return bounds_of_trial(network, seed, best, better, count, None)
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


def elementary_bound(network: Network) -> UpperBound:
    """Return the least of the bounds that need no look at subnetworks: parameters, and the space of outputs."""
    if isinstance(network, PolynomialNetwork) and network.degrees is not None:
        return elementary(Architecture(network.widths, network.degrees, network.biases))
    return best_upper_bound(network)


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
    check_fits("network", f"a variety of dimension up to {bound}", memory_estimate(bound))


def memory_estimate(bound: int) -> int:
    """Bytes that a dimension up to `bound` needs: 1.3 U^2 doubles."""
    return int(1.3 * 8 * bound * bound)


def checked_log2_error(log2_error: float | None) -> float | None:
    """Return a target for log2 of the error probability as a float; None stays.

    Raises
    ------
    InputError
        If it is no number between -4096 and -1.

    Examples
    --------
    >>> checked_log2_error(-100)
    -100.0
    """
    if log2_error is None:
        return None
    if not isinstance(log2_error, Real) or isinstance(log2_error, bool) or not LEAST_LOG2_ERROR <= log2_error <= -1:
        raise InputError("log2_error", log2_error, f"a number between {LEAST_LOG2_ERROR} and -1")
    return float(log2_error)


def _first_look(network: Network, seed: int) -> tuple[Trial, UpperBound, int]:
    """Best quick trial, best named bound, number of trials. A tiny rank comes before the bounds: it costs less."""
    best = None
    if network.expected_dimension <= TINY:
        bound = elementary_bound(network)
        best = quick_trial(network, bound.value, seed, 0)
        if best.rank == bound.value:
            return best, bound, 1
    bound = best_upper_bound(network)
    check_memory(bound.value)
    best, count = _quick(network, bound.value, seed, best)
    return best, bound, count


def _quick(network: Network, bound: int, seed: int, best: Trial | None = None) -> tuple[Trial, int]:
    """Up to `QUICK_TRIALS` trials until the bound is met; `best` is trial 0 if it was made already."""
    count = 0 if best is None else 1
    while best is None or (best.rank < bound and count < QUICK_TRIALS):
        trial = quick_trial(network, bound, seed, count)
        best = trial if best is None or trial.rank > best.rank else best
        count += 1
    return best, count


def _careful(network: Network, seed: int, best: Trial, bound: UpperBound, count: int, target: float | None) -> Bounds:
    size = _word_size(network, best.rank + 1)
    error, number = 0.0, 0
    while number == 0 or (target is not None and error > target):
        trial = careful_trial(network, best.rank, bound.value, seed, number, size)
        number += 1
        if trial.rank > best.rank:
            best, error = trial, 0.0  # the trials so far all fell short of this rank: they say nothing of it
            if best.rank == bound.value:
                return bounds_of_trial(network, seed, best, bound, count + number, None)
        assert trial.log2_error is not None
        error += trial.log2_error
    return bounds_of_trial(network, seed, best, bound, count + number, error)


def _word_size(network: Network, rank: int) -> int:
    size = 1
    while log2_trial_error(network, rank, size) > WORTHWHILE:
        size += 1
    return size


def bounds_of_trial(
    network: Network, seed: int, trial: Trial, bound: UpperBound, count: int, log2_error: float | None
) -> Bounds:
    """Put a trial and an upper bound together: proved if they meet, else probable with the given error."""
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
