"""Families of networks, the same at every call."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product
from math import comb
from random import Random
from typing import TypeVar

from algebra import PolynomialNetwork
from proofs_check.claim import Hypothesis, Verdict
from proofs_check.deciding.evidence import fills, within

Item = TypeVar("Item")


def box(ranges: Sequence[Iterable[int]], degrees: Iterable[int]) -> tuple[PolynomialNetwork, ...]:
    """Return all networks with widths in the ranges, for each activation degree.

    Examples
    --------
    >>> [network.label for network in box([[2], [2, 3], [1]], [2])]
    ['pnn:2-2-1:r2', 'pnn:2-3-1:r2']
    """
    widths = list(product(*ranges))
    return tuple(PolynomialNetwork(w, degree=r) for r in degrees for w in widths)


def some(items: Iterable[Item], count: int) -> tuple[Item, ...]:
    """Return at most so many of the items, in order, always the same ones.

    Examples
    --------
    >>> some(range(100), 3) == some(range(100), 3)
    True
    """
    every = list(items)
    if len(every) <= count:
        return tuple(every)
    return tuple(every[i] for i in sorted(Random(0).sample(range(len(every)), count)))


def deep_box(widest: int, degrees: Sequence[int], depths: Sequence[int], count: int) -> tuple[PolynomialNetwork, ...]:
    """Return some networks of the given depths and widths up to `widest`, and as many for each depth.

    Examples
    --------
    >>> len(deep_box(3, [2], [2, 3], 5))
    10
    """
    chosen = [each for h in depths for each in some(product(degrees, *[range(1, widest + 1)] * (h + 1)), count)]
    return tuple(PolynomialNetwork(widths, degree=degree) for degree, *widths in chosen)


def mixed(widest: int, degrees: Sequence[int], depths: Sequence[int], count: int) -> tuple[PolynomialNetwork, ...]:
    """As `deep_box`, with one activation degree for each hidden layer.

    Examples
    --------
    >>> mixed(2, [2, 3], [3], 1)[0].depth
    3
    """
    return tuple(
        PolynomialNetwork(w, degrees=r)
        for h in depths
        for w, r in some(product(product(range(1, widest + 1), repeat=h + 1), product(degrees, repeat=h - 1)), count)
    )


def forms(degree: int, variables: int) -> int:
    """Dimension of the forms of a degree in so many variables.

    Examples
    --------
    >>> forms(2, 3)
    6
    """
    return comb(degree + variables - 1, variables - 1)


def powers(network: PolynomialNetwork) -> tuple[int, ...]:
    """Return the activation degrees of a network whose activations are powers."""
    assert network.degrees is not None
    return network.degrees


def is_minimal_filling(network: PolynomialNetwork, seed: int = 0) -> Verdict:
    """Decide whether a network fills its ambient space, and none of its predecessors does.

    That is enough: the dimension does not decrease when a hidden layer is widened.

    Examples
    --------
    >>> is_minimal_filling(PolynomialNetwork((2, 3, 3, 1), degree=3)).grade
    <Grade.PROVED: 'proved'>
    """
    from proofs_check.deciding.evidence import dimension

    ambient = network.ambient_dimension
    assert ambient is not None
    smaller = [
        within(dimension(n, seed), high=ambient - 1, name=f"the predecessor {n.label} has dimension")
        for n in network.predecessors()
    ]
    verdict = Verdict.all_of([fills(network, seed), *smaller])
    dims = ", ".join(str(part.evidence[0].lower) for part in smaller if part.evidence)
    return verdict if verdict.reason else _with_reason(verdict, f"fills {ambient}; predecessors: {dims}")


def _with_reason(verdict: Verdict, reason: str) -> Verdict:
    return Verdict(verdict.outcome, verdict.grade, reason, verdict.evidence)


def from_degree(least: int) -> Hypothesis[PolynomialNetwork]:
    """Hypothesis: every activation degree is at least so much."""
    return Hypothesis(f"r >= {least}", lambda n: n.degrees is not None and all(r >= least for r in n.degrees))


NO_BIASES: Hypothesis[PolynomialNetwork] = Hypothesis("no biases", lambda n: not n.biases)
SHALLOW: Hypothesis[PolynomialNetwork] = Hypothesis("h = 2", lambda n: n.depth == 2)
DEEP: Hypothesis[PolynomialNetwork] = Hypothesis("h >= 2", lambda n: n.depth >= 2)
POWERS: Hypothesis[PolynomialNetwork] = Hypothesis("activations are powers", lambda n: n.degrees is not None)


def widths_boxed(widest: int, depths: Sequence[int], count: int, least: int = 1) -> tuple[tuple[int, ...], ...]:
    """Return some sequences of widths for each depth, from `least` to `widest`.

    Examples
    --------
    >>> widths_boxed(2, [2], 3)
    ((1, 2, 2), (2, 2, 1), (2, 2, 2))
    """
    sizes = range(least, widest + 1)
    return tuple(w for h in depths for w in some(product(sizes, repeat=h + 1), count))
