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
from functools import lru_cache
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.evidence.error import WORD, log2_trial_error
from algebra.evidence.evaluation import LEAST_LIMITED, SLACK, look
from algebra.evidence.generic_rank import AtLeast, Known
from algebra.evidence.reason import Reason
from algebra.rank import DEFAULT_PRIME, Echelon
from algebra.rank.modular_rank import is_small, minor_of_array, rank_of_array
from algebra.rank.threads import one_thread
from tensors.convac.evaluation import Evaluation
from tensors.convac.height import value_size
from tensors.convac.points import Points, drawn_points, drawn_templates, enumeration, template_matrix, template_points
from tensors.convac.routes import COLUMNS, CROSSING, ROWS
from tensors.convac.weights import Weights
from tensors.matricization import column_positions

if TYPE_CHECKING:
    from typing import TypeAlias

    from numpy.typing import NDArray

    from algebra.evidence.evaluation import Seen
    from algebra.rank.field import PrimeField
    from tensors.convac.architecture import ConvACArchitecture

    Array: TypeAlias = NDArray[Any]

Sides = tuple[tuple[int, ...], tuple[int, ...]]

RULE = "evaluation-minor"
LARGEST = 2048  # points on one side
FLOAT_PRIME = 1 << 23  # below, residues are floats
MOST_WORK = 5 * 10**9  # products of all evaluations together
MOST_HOPELESS_WORK = 10**9  # where the goal is beyond the largest sample
MOST_CAREFUL_WORK = 2 * 10**7  # of Python integers
MOST_KEPT = 256  # positions of a circuit whose order and work are kept


@dataclass(frozen=True)
class CircuitValues:
    """The values of a circuit with generic weights at chosen points: a submatrix of its matricization.

    Parameters
    ----------
    architecture : ConvACArchitecture
    rows : tuple of int
        Row side of the partition.
    scheme : {"enumerated", "drawn", "vectors"}
    varied : tuple of tuple of int
        Positions of either side that vary; the others show the first drawn templates. Vectors vary everywhere.
    count : int
        Points on each side; of enumerated ones the most.
    representation : tuple of tuple of int, optional
        F, if it is not the identity.
    """

    architecture: ConvACArchitecture
    rows: tuple[int, ...]
    scheme: str = "enumerated"
    varied: Sides = ((), ())
    count: int = 0
    representation: tuple[tuple[int, ...], ...] | None = None

    rule = RULE

    @property
    def label(self) -> str:
        """Label of the circuit."""
        return self.architecture.label

    @property
    def sides(self) -> Sides:
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
    def work(self) -> int:
        """Estimate of the products of an evaluation."""
        return work(self.architecture, self.rows, self.varied, self.largest)

    def points(self, field: PrimeField, key: str, word_size: int = 1) -> list[Points]:
        """Return the row points and the column points."""
        if self.scheme == "vectors":
            return drawn_points(self.architecture, self.sides, key, field, self.count, word_size)
        matrix = template_matrix(self.architecture, field, self.representation)
        times = 1 if self.scheme == "enumerated" else 1 + self.count
        drawn = drawn_templates(self.architecture.positions, self.templates, key, times)
        found = []
        for side, varied in zip(self.sides, self.varied, strict=True):
            if self.scheme == "enumerated":
                choices = enumeration(len(varied), self.templates, self.count)
            else:
                choices = drawn[1:, list(varied)].T
            found.append(template_points(side, varied, drawn[0].tolist(), choices, matrix))
        return found

    def suits(self, prime: int) -> bool:
        """Every prime does."""
        return True

    def at(self, field: PrimeField, key: str, rows: int, word_size: int) -> CircuitMatrix:
        """Evaluate at weights and points drawn from a key; the number of rows is not free."""
        weights = Weights.drawn(self.architecture, key, field.prime, word_size)
        return CircuitMatrix(Evaluation(weights, *self.points(field, key, word_size)), field.prime)

    def log2_error(self, rank: int, rows: int, word_size: int) -> float:
        """Bound how seldom a trial misses a rank; see `algebra.evidence.error`."""
        return log2_trial_error(value_size(self.architecture, WORD * word_size), rank, word_size)

    def details(self, seen: Seen) -> dict[str, Any]:
        """Return how the points were chosen, as plain JSON values."""
        varied = {"varied": [list(side) for side in self.varied]} if self.scheme != "vectors" else {}
        return {"prime": seen.prime, "key": seen.key, "scheme": self.scheme, **varied, "count": self.count}

    def minor_json(self, seen: Seen, rows: Sequence[int], columns: Sequence[int]) -> dict[str, Any]:
        """Name the points, and rows and columns of a minor."""
        return {
            "rule": RULE,
            "prime": seen.prime,
            "key": seen.key,
            **({"word_size": seen.word_size} if seen.word_size > 1 else {}),
            "scheme": self.scheme,
            "varied": [list(side) for side in self.varied],
            "count": self.largest,
            "rows": list(rows),
            "columns": list(columns),
        }

    def explain(self, seen: Seen) -> str:
        """Say where the rank was seen."""
        shown = ", ".join(f"{name} {value}" for name, value in self.details(seen).items())
        return f"{seen.rank} <= rank: {self.rule}, {shown}"


@dataclass(frozen=True, eq=False)
class CircuitMatrix:
    """The values of a circuit modulo a prime, made block by block of rows."""

    evaluation: Evaluation
    prime: int

    def rank(self, goal: int) -> int:
        """Return the rank; only as many rows are evaluated as it takes to reach the goal."""
        shape = self.evaluation.rows.count, self.evaluation.columns.count
        with one_thread(max(shape)) if max(shape) >= LEAST_LIMITED else nullcontext():
            if self.prime >= FLOAT_PRIME or is_small(*shape, self.prime) or self.evaluation.is_one_block:
                return rank_of_array(self.evaluation.matrix(), self.prime)
            form = Echelon(shape[1], self.prime, capacity=min(goal, *shape))
            for block in self.evaluation.blocks():
                form.add(block, centred=True)
                if form.rank >= form.capacity:
                    break
            return form.rank

    def minor(self, size: int) -> tuple[list[int], list[int]]:
        """Return rows and columns of a minor that is not zero, as large as the rank or `size`."""
        return minor_of_array(self.evaluation.matrix(), self.prime, size)


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
    """
    stalls, left = 0, MOST_WORK if known.goal <= 2 * LARGEST else MOST_HOPELESS_WORK
    for values, key in _plans(start, known.goal, f"{start.label}/seed={known.seed}"):
        if values.largest <= known.lower.value or values.work > left:
            continue
        left -= values.work
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
        for number in range(2 if enumerated.is_complete else 1):
            yield enumerated, f"{key}/templates.{number}"

    # Generic vectors see the whole rank where the circuit is linear in them.
    if start.architecture.is_multilinear and start.representation is None:
        for count in _growing(min(64, most), most):
            generic = replace(start, scheme="vectors", varied=near, count=min(count + SLACK, LARGEST))
            yield generic, f"{key}/vectors={count}"
        return

    # Else templates at random, first near the other side.
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


def work(architecture: ConvACArchitecture, rows: Sequence[int], varied: Sequence[Sequence[int]], count: int) -> int:
    """Estimate the products of an evaluation at so many points on either side."""
    if architecture.positions <= MOST_KEPT:
        return _kept_work(architecture, tuple(rows), tuple(map(tuple, varied)), count)
    return _work(architecture, rows, varied, count)


def _work(architecture: ConvACArchitecture, rows: Sequence[int], varied: Sequence[Sequence[int]], count: int) -> int:
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
