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
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.polynomial.field import PrimeField
from algebra.polynomial.trial import one_thread
from algebra.rank import DEFAULT_PRIME, Echelon
from algebra.rank.modular_rank import is_small, rank_of_array, rank_profile_mod
from algebra.rank.primes import random_prime
from tensors.convac.evaluation import Evaluation
from tensors.convac.points import Points, drawn_points, drawn_templates, enumeration, template_matrix, template_points
from tensors.convac.routes import COLUMNS, CROSSING, ROWS
from tensors.convac.weights import Weights
from tensors.matricization import column_positions

if TYPE_CHECKING:
    from typing import TypeAlias

    from numpy.typing import NDArray

    from algebra.rank import RankProfile
    from tensors.convac.architecture import ConvAC

    Array: TypeAlias = NDArray[Any]

LARGEST = 2048  # points on one side
TINY = 100  # points below which BLAS starts no second thread anyway
MOST_WORK = 5 * 10**9  # products of all evaluations together
MOST_HOPELESS_WORK = 10**9  # where the goal is beyond the largest sample
MOST_CAREFUL_WORK = 2 * 10**7  # of Python integers
MOST_KEPT = 256  # positions of a circuit whose order and work are kept


@dataclass(frozen=True)
class Sample:
    """Where a rank was seen: enough to see it again.

    Parameters
    ----------
    architecture : ConvAC
    rows : tuple of int
        Row side of the partition.
    key : str
        Key of the generator of weights and points.
    prime : int
    scheme : {"enumerated", "drawn", "vectors"}
    varied : tuple of tuple of int
        Positions of either side that vary; the others show the first drawn templates. Vectors vary everywhere.
    count : int
        Points on each side; of enumerated ones the most.
    representation : tuple of tuple of int, optional
        F, if it is not the identity.
    rank : int
        What was seen; a proved lower bound.
    """

    architecture: ConvAC
    rows: tuple[int, ...]
    key: str
    prime: int
    scheme: str
    varied: tuple[tuple[int, ...], tuple[int, ...]]
    count: int
    representation: tuple[tuple[int, ...], ...] | None = None
    rank: int = 0

    @property
    def sides(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Positions of the rows and of the columns."""
        return self.rows, column_positions(self.architecture.positions, self.rows)

    @property
    def templates(self) -> int:
        """Number of templates."""
        return self.architecture.templates if self.representation is None else len(self.representation)

    @property
    def is_complete(self) -> bool:
        """Whether the points are all rows and all columns that matter."""
        covered = self.architecture.covered[0]
        everything = all(
            self.templates ** len(varied) <= self.count and set(varied) >= {q for q in side if covered[q]}
            for side, varied in zip(self.sides, self.varied, strict=True)
        )
        return self.scheme == "enumerated" and everything

    @property
    def largest(self) -> int:
        """Number of points on the side that has more of them."""
        if self.scheme != "enumerated":
            return self.count
        return max(min(self.count, int(self.templates ** len(side))) for side in self.varied)

    @property
    def details(self) -> dict[str, Any]:
        """Return how the points were chosen, as plain JSON values."""
        varied = {"varied": [list(side) for side in self.varied]} if self.scheme != "vectors" else {}
        return {"prime": self.prime, "key": self.key, "scheme": self.scheme, **varied, "count": self.count}

    def points(self, field: PrimeField) -> list[Points]:
        """Return the row points and the column points."""
        if self.scheme == "vectors":
            return drawn_points(self.architecture, self.sides, self.key, field, self.count)
        matrix = template_matrix(self.architecture, field, self.representation)
        times = 1 if self.scheme == "enumerated" else 1 + self.count
        drawn = drawn_templates(self.architecture.positions, self.templates, self.key, times)
        found = []
        for side, varied in zip(self.sides, self.varied, strict=True):
            if self.scheme == "enumerated":
                choices = enumeration(len(varied), self.templates, self.count)
            else:
                choices = drawn[1:, list(varied)].T
            found.append(template_points(side, varied, drawn[0].tolist(), choices, matrix))
        return found

    @cached_property
    def evaluation(self) -> Evaluation:
        """The circuit at these points."""
        weights = Weights.drawn(self.architecture, self.key, self.prime)
        field = PrimeField(self.prime)
        return Evaluation(weights, *self.points(field))

    def profile(self) -> RankProfile:
        """Return the rank with independent rows and columns (numbers of points)."""
        matrix = self.evaluation.matrix()
        return rank_profile_mod(matrix if matrix.dtype == object else matrix.astype(np.int64), self.prime)

    def measured(self, goal: int) -> Sample:
        """Return the same with its rank, at most `goal`."""
        with one_thread(self.largest) if self.largest >= TINY else nullcontext():
            return replace(self, rank=_rank(self.evaluation, self.prime, goal))


def _rank(evaluation: Evaluation, prime: int, goal: int) -> int:
    """Rank of the values; only as many rows are evaluated as it takes to reach the goal."""
    shape = evaluation.rows.count, evaluation.columns.count
    if prime != DEFAULT_PRIME and prime >= 1 << 23:
        return min(goal, rank_of_array(evaluation.matrix(), prime))
    if is_small(*shape, prime) or evaluation.is_one_block:
        return min(goal, rank_of_array(evaluation.matrix(), prime))
    form = Echelon(shape[1], prime, capacity=min(goal, *shape))
    for block in evaluation.blocks():
        form.add(block, centred=True)
        if form.rank >= form.capacity:
            break
    return form.rank


def best_sample(
    architecture: ConvAC,
    rows: Sequence[int],
    goal: int,
    seed: int = 0,
    known: int = 0,
    representation: tuple[tuple[int, ...], ...] | None = None,
) -> Sample | None:
    """Sample until the rank meets `goal` or stalls; return the best sample, None if none beats `known`.

    Parameters
    ----------
    architecture : ConvAC
    rows : sequence of int
    goal : int
        A proved upper bound.
    seed : int
    known : int
        A lower bound that is known already.
    representation : tuple of tuple of int, optional
        F, if it is not the identity.

    Examples
    --------
    The rank 1024 of a matrix with 2^50 rows and columns:

    >>> from tensors.convac import ConvAC, Layer
    >>> from tensors.matricization import row_positions
    >>> net = ConvAC((10, 10), 2, [Layer(2, 1, 2, sharing="sliding"), Layer(10, 10, 1)])
    >>> found = best_sample(net, row_positions((10, 10), "left"), 1024)
    >>> found.rank, [len(side) for side in found.varied]
    (1024, [10, 10])
    """
    best: Sample | None = None
    stalls, left = 0, MOST_WORK if goal <= 2 * LARGEST else MOST_HOPELESS_WORK
    start = Sample(architecture, tuple(rows), "", DEFAULT_PRIME, "enumerated", ((), ()), 0, representation)
    for sample in _plans(start, goal, f"{architecture.label}/seed={seed}"):
        least = best.rank if best else known
        needed = work(architecture, rows, sample.varied, sample.largest)
        if sample.largest <= least or needed > left:
            continue
        left -= needed
        found = sample.measured(goal)
        if found.rank > least:
            best = found
        if found.rank >= goal:
            break
        stalls += sample.is_complete or (sample.scheme == "vectors" and found.rank < sample.count)
        if stalls == 2:
            break
    return best


def _plans(start: Sample, goal: int, key: str) -> Iterator[Sample]:
    """Samples in the order in which they are tried."""
    near = nearest_first(start.architecture, start.rows)
    most = min(goal, LARGEST)
    tried = set()
    for more in (0, 1, len(near[0]) + len(near[1])):
        varied = _enough(near, start.templates, most, more)
        sizes = [start.templates ** len(side) for side in varied]
        if varied not in tried and (more == 0 or max(sizes) <= 2 * LARGEST):
            tried.add(varied)
            for number in range(2):
                enumerated = replace(start, key=f"{key}/templates.{number}", varied=varied, count=2 * LARGEST)
                if number == 0 or enumerated.is_complete:
                    yield enumerated
    if start.architecture.is_multilinear and start.representation is None:
        for count in _growing(min(64, most), most):
            generic = replace(start, scheme="vectors", varied=near, count=min(count + SLACK, LARGEST))
            yield replace(generic, key=f"{key}/vectors={count}")
        return
    wide = _enough(near, start.templates, most, min(map(len, near)) // 4 + 4)
    for name, varied in (("near", wide), ("all", near)):
        for count in _growing(min(3 * most, 256), min(3 * most, LARGEST)):
            yield replace(start, scheme="drawn", varied=varied, count=count, key=f"{key}/drawn-{name}={count}")


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


SLACK = 4  # generic points beyond the goal: a few unlucky ones do not lower the rank


Sides = tuple[tuple[int, ...], tuple[int, ...]]


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


def nearest_first(architecture: ConvAC, rows: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
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


def _nearest_first(architecture: ConvAC, rows: Sequence[int]) -> Sides:
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


def work(architecture: ConvAC, rows: Sequence[int], varied: Sequence[Sequence[int]], count: int) -> int:
    """Estimate the products of an evaluation at so many points on either side."""
    if architecture.positions <= MOST_KEPT:
        return _kept_work(architecture, tuple(rows), tuple(map(tuple, varied)), count)
    return _work(architecture, rows, varied, count)


def _work(architecture: ConvAC, rows: Sequence[int], varied: Sequence[Sequence[int]], count: int) -> int:
    inside = np.full(architecture.positions, COLUMNS)
    inside[list(rows)] = ROWS
    kind = np.zeros(architecture.positions, dtype=np.int64)
    moving = [position for side in varied for position in side]
    kind[moving] = inside[moving]
    total = 0
    for number, (before, layer) in enumerate(zip(architecture.channels, architecture.layers, strict=False)):
        reads, places = architecture.reads[number], prod(architecture.shapes[number + 1])
        kinds = kind[reads.inputs]
        crossing = int((kinds == CROSSING).sum())
        one_sided = int((kinds > 0).sum()) - crossing
        total += layer.channels * before * (len(kinds) + one_sided * count + crossing * count**2)
        kind = np.zeros(places, dtype=np.int64)
        np.bitwise_or.at(kind, reads.outputs, kinds)
    return total


_kept_work = lru_cache(maxsize=64)(_work)


def careful_sample(sample: Sample, rank: int, goal: int, seed: int, number: int) -> Sample | None:
    """Sample modulo a random 62-bit prime such that a generic rank above `rank` would show, all but certainly.

    The probability that it does not is bounded by `height.log2_trial_error`. Either generic vectors, where the circuit
    is linear in them, or all rows and columns; None if there are too many of them.
    """
    net = sample.architecture
    key = f"{net.label}/seed={seed}/careful={number}"
    prime = random_prime(key, 62)
    near = nearest_first(net, sample.rows)
    if net.is_multilinear and sample.representation is None:
        found = replace(sample, scheme="vectors", varied=near, count=min(goal, rank + SLACK))
    else:
        found = replace(sample, scheme="enumerated", varied=near, count=2 * LARGEST)
        if not found.is_complete:
            return None
    if work(net, sample.rows, near, found.largest) > MOST_CAREFUL_WORK:
        return None
    return replace(found, key=key, prime=prime).measured(goal)
