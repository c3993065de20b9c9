"""Ranks of sampled submatrices modulo a prime: lower bounds of the generic rank, always proved.

A minor that is not zero modulo a prime is the residue of a minor of integer weights, so that minor is not zero as a
polynomial in the weights, and the generic rank over Q, R and C is at least its size.

Points are chosen by *structure*: the templates of the positions next to the other side are enumerated and the others
fixed, so that few inputs vary and no two rows agree; as many random ones as the rank reach only 63 % of it. Then at
random: ``drawn`` templates at more positions, and, where the circuit is linear in every input vector, generic
``vectors``, of which n see the whole generic rank up to n.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from algebra.evidence.evaluation import SLACK, look
from algebra.evidence.generic_rank import AtLeast, Known
from algebra.evidence.reason import Reason
from algebra.rank import DEFAULT_PRIME
from tensors.convac.values import CircuitValues, Sides

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algebra.evidence.evaluation import Seen
    from tensors.convac.architecture import ConvACArchitecture

LARGEST = 2048
"""Points on one side; of enumerated ones twice as many, whose values, 4096 x 4096 floats, take 128 MB."""

MOST_WORK = 5 * 10**9
"""Products of all evaluations together: with the ranks of their values some half a minute."""

MOST_HOPELESS_WORK = 10**9
"""The same where the goal is beyond the largest sample: the rank cannot be proved anyway."""

MOST_CAREFUL_WORK = 2 * 10**7
"""Products of Python integers, some ten seconds."""

MOST_KEPT = 256
"""Positions of a circuit whose order is kept: its samples are small, and there may be many of them."""


def best_sample(
    architecture: ConvACArchitecture,
    rows: Sequence[int],
    goal: int,
    seed: int = 0,
    representation: tuple[tuple[int, ...], ...] | None = None,
) -> Seen | None:
    """Sample until the rank meets `goal` or stalls; return where the largest rank was seen, None if nowhere.

    Parameters
    ----------
    architecture : ConvACArchitecture
    rows : sequence of int
    goal : int
        A proved upper bound.
    seed : int
    representation : tuple of tuple of int, optional
        F, if it is not the identity.

    Returns
    -------
    Seen or None

    Examples
    --------
    The rank 1024 of a matrix with 2^50 rows and columns:

    >>> from tensors.convac import ConvAC, Layer
    >>> from tensors.matricization import row_positions
    >>> net = ConvAC((10, 10), 2, [Layer(2, 1, 2, sharing="sliding"), Layer(10, 10, 1)])
    >>> found = best_sample(net, row_positions((10, 10), "left"), 1024)
    >>> found.rank, [len(side) for side in found.evaluation.varied]
    (1024, [10, 10])
    """
    known = Known(seed, upper=Reason("goal", goal))
    for seen in samples(CircuitValues(architecture, tuple(rows), representation=representation), known):
        known.take(AtLeast(seen))
        if known.is_decided:
            break
    return known.seen


def samples(start: CircuitValues, known: Known) -> Iterator[Seen]:
    """Yield ranks of samples until they stall, none of a sample that cannot beat what is known.

    Parameters
    ----------
    start : CircuitValues
        Circuit, rows and representation.
    known : Known
        Whoever takes the samples notes them here.

    Yields
    ------
    Seen
    """
    stalls, left = 0, MOST_WORK if known.goal <= 2 * LARGEST else MOST_HOPELESS_WORK
    for values, key in _plans(start, known.goal, f"{start.label}/seed={known.seed}"):
        if values.largest <= known.lower.value or (needed := values.work) > left:
            continue
        left -= needed
        seen = look(values, key, known.goal, DEFAULT_PRIME)
        yield seen
        stalls += values.is_complete or (values.scheme == "vectors" and seen.rank < values.count)
        if stalls == 2:
            return


def _plans(start: CircuitValues, goal: int, key: str) -> Iterator[tuple[CircuitValues, str]]:
    """Samples with their keys, in the order in which they are tried."""
    near = nearest_first(start.architecture, start.rows)
    most = min(goal, LARGEST)

    # Structure first: all templates of the positions next to the other side, then of some more, then of all.
    tried = set()
    for more in (0, 1, len(near[0]) + len(near[1])):
        varied = _enough(near, start.templates, most, more)
        sizes = [start.templates ** len(side) for side in varied]
        if varied in tried or (more > 0 and max(sizes) > 2 * LARGEST):
            continue
        tried.add(varied)
        enumerated = replace(start, varied=varied, count=2 * LARGEST)
        yield enumerated, f"{key}/templates.0"
        if enumerated.is_complete:
            yield enumerated, f"{key}/templates.1"

    # Generic vectors see the whole rank where the circuit is linear in them.
    if start.architecture.is_multilinear and start.representation is None:
        for count in _growing(min(64, most), most):
            generic = replace(start, scheme="vectors", varied=near, count=min(count + SLACK, LARGEST))
            yield generic, f"{key}/vectors={count}"
        return

    # Else templates at random, first of a quarter of the positions, near the other side. Three times as many as the
    # rank reach 95 % of it.
    wide = _enough(near, start.templates, most, min(map(len, near)) // 4 + 4)
    for name, varied in (("near", wide), ("all", near)):
        for count in _growing(min(3 * most, 256), min(3 * most, LARGEST)):
            yield replace(start, scheme="drawn", varied=varied, count=count), f"{key}/drawn-{name}={count}"


def _growing(first: int, last: int) -> list[int]:
    """Grow fourfold from the first number to the last.

    Examples
    --------
    >>> _growing(64, 1000)
    [64, 256, 1000]
    """
    found = [first]
    while found[-1] < last:
        found.append(min(4 * found[-1], last))
    return found


def _enough(near: Sides, templates: int, goal: int, more: int) -> Sides:
    """Of each side so many of the nearest positions that their templates give at least `goal` points, and some more.

    The nearest come last: enumerated, they change fastest, and leading minors of the values are then seldom singular.
    """
    found = []
    for side in near:
        count = 0
        while count < len(side) and templates > 1 and templates**count < goal:
            count += 1
        found.append(side[: count + more][::-1])
    return found[0], found[1]


def nearest_first(architecture: ConvACArchitecture, rows: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Order the positions of both sides by their distance along the grid from the other side, then by number.

    Examples
    --------
    >>> from tensors.convac import ConvAC, Layer
    >>> nearest_first(ConvAC(6, 2, [Layer(6, 6, 2)]), (0, 1, 2))
    ((2, 1, 0), (3, 4, 5))
    """
    if architecture.positions <= MOST_KEPT:
        return _kept_nearest_first(architecture, tuple(rows))
    return _nearest_first(architecture, rows)


def _nearest_first(architecture: ConvACArchitecture, rows: Sequence[int]) -> Sides:
    # In a row of patches that is cut in two, the distances are those from the cut.
    cut = len(rows)
    if len(architecture.input_shape) == 1 and 0 < cut < architecture.positions and tuple(rows) == tuple(range(cut)):
        left, right = (np.flatnonzero(side).tolist() for side in np.split(architecture.covered[0], [cut]))
        return tuple(left[::-1]), tuple(cut + place for place in right)

    inside = np.zeros(architecture.positions, dtype=bool)
    inside[list(rows)] = True
    found = []
    for side in (inside, ~inside):
        distance = _distances(~side.reshape(architecture.input_shape)).reshape(-1)
        places = np.flatnonzero(side & architecture.covered[0])
        order = np.argsort(distance[places], kind="stable")
        found.append(tuple(places[order].tolist()))
    return found[0], found[1]


_kept_nearest_first = lru_cache(maxsize=16)(_nearest_first)


def _distances(goal: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Steps along the grid to the nearest cell of `goal`."""
    distance = np.where(goal, 0, goal.size)
    for axis, size in enumerate(goal.shape):
        place = np.arange(size).reshape([-1 if k == axis else 1 for k in range(goal.ndim)])
        from_below = np.minimum.accumulate(distance - place, axis=axis) + place
        from_above = np.flip(np.minimum.accumulate(np.flip(distance + place, axis), axis=axis), axis) - place
        distance = np.minimum(from_below, from_above)
    return distance


def whole_values(start: CircuitValues, known: Known) -> CircuitValues | None:
    """Return values in which a generic rank above the known one shows, all but certainly.

    Either generic vectors, where the circuit is linear in them, or all rows and columns; None if there are too many.
    """
    net = start.architecture
    near = nearest_first(net, start.rows)
    if net.is_multilinear and start.representation is None:
        found = replace(start, scheme="vectors", varied=near, count=min(known.goal, known.lower.value + SLACK))
    else:
        found = replace(start, varied=near, count=2 * LARGEST)
        if not found.is_complete:
            return None
    return found if found.work <= MOST_CAREFUL_WORK else None
