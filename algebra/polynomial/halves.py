"""Two blocks of a network: what they are, what the weights between them span, and the ranks that count there.

`algebra.polynomial.blocks` says what is a block, and has the theorems.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from operator import mul
from typing import TYPE_CHECKING

from algebra.evidence.evaluation import suitable_prime, trial_key
from algebra.polynomial.hilbert import CACHE, Architecture
from algebra.polynomial.jacobian import JacobianEvaluation, jacobian
from algebra.polynomial.rules import upper_bound
from algebra.rank.field import prime_field
from algebra.rank.modular_rank import minor_of_array, rank_of_array
from algebra.rank.primes import DEFAULT_PRIME

if TYPE_CHECKING:
    from algebra.evidence.reason import Reason
    from algebra.types import Array

LEAF = 100
"""Up to this upper bound a rank is seen at random weights. A split costs 0.1 ms, a rank of 100 takes
0.5 ms, of 400 4 ms: (12, 20, 20, 1) with cubes takes 0.5 ms, with leaves of up to 150 1.7 ms, by one rank 12 ms."""

MOST_FACTORS = 1000
"""Beyond this width only those of the halves are looked at: the checker evaluates the network at as many samples."""

EXTRA_SAMPLES = 4
"""Samples beyond the width: a few unlucky ones do not lower a rank."""

MOST_BITS = 128
"""Of a width that is halved: each half is looked at inside the call for the whole, and calls have a limit of depth."""

LayerRanks = tuple[tuple[int, ...], tuple[int, ...]]
"""Of a block: the ranks of its activations in layers 0 … h-1, and of its adjoints in layers 1 … h-1."""


@dataclass(frozen=True, eq=False)  # its parts are shared: comparing would walk the same ones over and over
class Factors:
    """Lower bounds of the ranks of activations and adjoints of a network without biases.

    Parameters
    ----------
    about : Architecture
    activations : tuple of int
        Of layers 0 … h-1.
    adjoints : tuple of int
        Of layers 1 … h-1.
    key : str
        Where they were seen; empty if they are sums.
    prime : int
    parts : tuple of Factors
        Of the two blocks, where they are sums.
    naive : Reason, optional
        That the network has its naive dimension, where they follow from that.
    """

    about: Architecture
    activations: tuple[int, ...]
    adjoints: tuple[int, ...]
    key: str = ""
    prime: int = DEFAULT_PRIME
    parts: tuple[Factors, ...] = ()
    naive: Reason | None = None

    def __str__(self) -> str:
        ranks = (" ".join(map(str, ranks)) for ranks in (self.activations, self.adjoints))
        return "activations of ranks {}, adjoints of ranks {}".format(*ranks)

    @property
    def is_full(self) -> bool:
        """Whether no rank could be greater."""
        widths = self.about.widths
        return self.activations == widths[:-1] and self.adjoints == widths[1:-1]

    def minors(self) -> tuple[list[Minor], list[Minor]]:
        """Find the minors that were seen again, each as neurons and samples: of activations, and of adjoints."""
        activations, adjoints = _layers(self.about, self.key, self.prime)
        return (
            [minor_of_array(values, self.prime, len(values)) for values in activations],
            [minor_of_array(values, self.prime, len(values)) for values in adjoints],
        )


Minor = tuple[list[int], list[int]]


def splits(a: Architecture) -> bool:
    """Tell whether the theorem on blocks speaks of a network, and each half keeps a neuron of every layer.

    Examples
    --------
    >>> splits(Architecture((2, 2, 1), (3,))), splits(Architecture((2, 2, 1), (1,)))
    (True, False)
    """
    powers = a.depth > 1 and min(a.degrees) >= 2
    return powers and not a.biases and min(a.widths[:-1]) >= 2 and max(a.widths).bit_length() <= MOST_BITS


def halved(a: Architecture) -> tuple[Architecture, Architecture]:
    """Return the two blocks: of inputs and hidden neurons the lesser half, and the greater; all outputs.

    Examples
    --------
    >>> [half.widths for half in halved(Architecture((4, 5, 6), (3,)))]
    [(2, 2, 6), (2, 3, 6)]
    """
    inner, outputs = a.widths[:-1], a.widths[-1]
    lesser = a._replace(widths=(*(width // 2 for width in inner), outputs))
    return lesser, a._replace(widths=(*(width - width // 2 for width in inner), outputs))


def crossing(halves: tuple[Architecture, Architecture], first: LayerRanks, second: LayerRanks) -> int:
    """Bound from below what the weights that cross two blocks span; of each block activations and adjoints have ranks.

    Examples
    --------
    >>> halves = halved(Architecture((4, 4, 1), (3,)))
    >>> crossing(halves, ((2, 2), (2,)), ((2, 2), (2,)))
    8
    >>> crossing(halved(Architecture((4, 4, 1), (2,))), ((2, 2), (2,)), ((2, 2), (2,)))
    4
    """
    there: list[int] = list(map(mul, first[1], second[0][:-1]))
    back: list[int] = list(map(mul, second[1], first[0][:-1]))

    # Of squares at the end the last hidden layer counts by itself, both ways at once.
    half, other = halves
    if half.degrees[-1] == 2:
        one, two = (half.widths[-2], first[0][-2]), (other.widths[-2], second[0][-2])
        there[-1], back[-1] = spanned_by_squares(half.widths[-1], one, two), 0
    return sum(there) + sum(back)


def spanned_by_squares(outputs: int, first: tuple[int, int], second: tuple[int, int]) -> int:
    """Bound from below what weights into the last hidden layer span that cross two blocks, if its degree is 2.

    Parameters
    ----------
    outputs : int
    first, second : (int, int)
        Of each block: its neurons in the last hidden layer, and the rank of the activations before.

    Returns
    -------
    int

    Examples
    --------
    >>> [spanned_by_squares(outputs, (2, 2), (2, 2)) for outputs in (1, 2)]
    [4, 8]
    >>> [spanned_by_squares(outputs, (3, 2), (2, 2)) for outputs in (1, 2, 3)]
    [4, 8, 10]
    """
    return sum(
        forms * others * min(outputs, uses + other_uses)
        for uses, forms in shared_out(*first)
        for other_uses, others in shared_out(*second)
    )


def shared_out(neurons: int, forms: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Share neurons out among independent forms: how often a form is used, and how many are used so often.

    Examples
    --------
    >>> shared_out(5, 3)
    ((1, 1), (2, 2))
    """
    uses, more = divmod(neurons, forms) if forms else (0, 0)
    return (uses, forms - more), (uses + 1, more)


def factors_of(found: Reason, seed: int) -> Factors | None:
    """Return ranks of activations and adjoints of a network whose dimension is bounded."""
    a: Architecture = found.about
    if found.value == a.naive:
        return Factors(a, a.widths[:-1], a.widths[1:-1], naive=found)
    return factor_ranks(a, seed)


@lru_cache(maxsize=CACHE)
def factor_ranks(a: Architecture, seed: int = 0) -> Factors | None:
    """Return proved lower bounds of the ranks of a network's activations and adjoints; None if it is too wide.

    Examples
    --------
    >>> print(factor_ranks(Architecture((2, 5, 3, 1), (2, 3))))
    activations of ranks 2 3 3, adjoints of ranks 5 3
    """
    # Of what is split those of the halves are known: each look costs 0.1 ms, whatever its size.
    sums = None
    if upper_bound(a).value > LEAF and splits(a):
        sums = _sums(a, *(factor_ranks(half, seed) for half in halved(a)))
        if sums is not None and sums.is_full:
            return sums

    # The halves may be too small for as many independent forms as there are neurons: then the whole is looked at.
    if max(a.widths) > MOST_FACTORS:
        return sums
    jacobian_of_it = JacobianEvaluation(a.network)
    prime, key = suitable_prime(jacobian_of_it), trial_key(jacobian_of_it, seed, "factors", 0)
    activations, adjoints = _layers(a, key, prime)
    ranks_of_activations = tuple(rank_of_array(values, prime) for values in activations)
    return Factors(a, ranks_of_activations, tuple(rank_of_array(values, prime) for values in adjoints), key, prime)


def _sums(a: Architecture, first: Factors | None, second: Factors | None) -> Factors | None:
    if first is None or second is None:
        return None
    activations = tuple(x + y for x, y in zip(first.activations, second.activations, strict=True))
    adjoints = tuple(x + y for x, y in zip(first.adjoints, second.adjoints, strict=True))
    return Factors(a, activations, adjoints, parts=(first, second))


def _layers(a: Architecture, key: str, prime: int) -> tuple[list[Array], list[Array]]:
    """Return the activations of layers 0 … h-1 and the adjoints of layers 1 … h-1: neurons times samples."""
    samples = max(a.widths) + EXTRA_SAMPLES
    found = jacobian(a.network, prime_field(prime), key, samples)
    below, above = list(accumulate(a.widths[:-1], initial=0)), list(accumulate(a.widths[1:-1], initial=0))
    activations = [found.activations[start:stop] for start, stop in pairwise(below)]
    return activations, [found.adjoints[start:stop] for start, stop in pairwise(above)]
