"""The construction with ``N^(2/3)`` parameters at width 3: Theorem 2 of Park, Lee, Yun and Shin, COLT 2021."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeVar

from algebra.memorization.builder import Affine, Builder
from algebra.memorization.data import DataSet
from algebra.memorization.folding import Fold, fold, step_layers
from algebra.memorization.network import RationalNetwork
from algebra.memorization.projection import Projection, project
from algebra.memorization.reading import Blocks, Covers, read_layers, select_layers

P = TypeVar("P")


@dataclass(frozen=True, eq=False)
class Folded:
    """The cells of the points, in the order of the projection, after some folds.

    A state knows the one before instead of all folds: coordinates of thousands of digits take as many folds, and lists
    of them for every state would fill the memory.

    Parameters
    ----------
    cells : tuple of int
    before : Folded, optional
        The state before the last fold.
    last : Fold, optional
        The last fold.
    layers : int
        Layers of width 3 that all folds take.
    """

    cells: tuple[int, ...]
    before: Folded | None = field(default=None, repr=False)
    last: Fold | None = field(default=None, repr=False)
    layers: int = 0

    @property
    def range(self) -> int:
        """One more than the greatest cell."""
        return max(self.cells) + 1

    @property
    def folds(self) -> tuple[Fold, ...]:
        """All folds, the first in front."""
        found, state = [], self
        while state.before is not None and state.last is not None:
            found.append(state.last)
            state = state.before
        return tuple(reversed(found))

    def then(self, found: Fold) -> Folded:
        """Return the cells after one more fold."""
        return Folded(found.cells, self, found, self.layers + found.layers)


def foldings(cells: Sequence[int], worth: Callable[[Folded], bool]) -> list[Folded]:
    """Return the states that folding by halves passes, the one without folds first.

    Stage B of the theorem stops at ``M = floor(N^2/4) + 1``; beside it, halves are tried from the last state above.

    Parameters
    ----------
    cells : sequence of int
        Distinct, in any order.
    worth : callable
        Whether a state whose folds alone are known may still lead to something better.

    Returns
    -------
    list of Folded
    """
    guaranteed = len(cells) ** 2 // 4 + 1
    states = [Folded(tuple(cells))]
    while states[-1].range > guaranteed:
        halved = fold(states[-1].cells, max(-(-states[-1].range // 2), guaranteed))
        assert halved is not None
        states.append(states[-1].then(halved))
    for start in states[-2:]:
        states += _further(start, worth)
    return states


def _further(state: Folded, worth: Callable[[Folded], bool]) -> list[Folded]:
    found: list[Folded] = []
    while state.range > len(state.cells) and worth(state):
        halved = fold(state.cells, max(-(-state.range // 2), len(state.cells)), most_runs=len(state.cells))
        if halved is None:
            break
        state = state.then(halved)
        found.append(state)
    return found


def best_plan(
    cells: Sequence[int], plan_of: Callable[[Folded], P], cost: Callable[[P], int], least: Callable[[Folded], int]
) -> P:
    """Fold as far as that can still pay off, and return the cheapest plan.

    Parameters
    ----------
    cells : sequence of int
        Distinct, in any order.
    plan_of : callable
        The best plan after given folds.
    cost : callable
        Of a plan.
    least : callable
        What every plan with at least these folds costs.

    Returns
    -------
    object
        A plan, as `plan_of` makes it.
    """
    best: list[P] = []
    seen: set[Folded] = set()

    def consider(state: Folded) -> bool:
        if state not in seen:
            seen.add(state)
            best.append(plan_of(state))
            best[:] = [min(best, key=cost)]
        return least(state) < cost(best[0])

    for state in foldings(cells, consider):
        consider(state)
    return best[0]


@dataclass(frozen=True)
class Plan:
    """Folds and blocks, and the hidden layers of width 3 that they take."""

    folded: Folded
    blocks: Blocks
    layers: int


def plan(cells: Sequence[int], bits: int) -> Plan:
    """Choose how often to fold and the size of the blocks so that the layers are fewest.

    Parameters
    ----------
    cells : sequence of int
        Distinct, in the order of the points.
    bits : int
        D, the bits of a label.

    Returns
    -------
    Plan

    Examples
    --------
    >>> found = plan((0, 3, 8, 9), 1)
    >>> found.layers, found.blocks.size
    (6, 1)
    """
    cost = 2 * bits + 1

    def plan_of(state: Folded) -> Plan:
        blocks = Covers(sorted(state.cells)).best(cost)
        return Plan(state, blocks, state.layers + len(blocks.starts) - 1 + cost * blocks.size)

    return best_plan(cells, plan_of, lambda plan: plan.layers, lambda state: state.layers + cost)


def start(projection: Projection) -> Builder:
    """Return a builder whose x is the projection; it takes no layer of its own."""
    form = Affine(dict(enumerate(projection.v)), projection.b)
    return Builder(len(projection.v), {"x": form})


def label_of(data: DataSet, projection: Projection, cells: Sequence[int]) -> dict[int, int]:
    """Return the label stored at each cell; the cells are in the projection's order."""
    return {cell: data.labels[point] for cell, point in zip(cells, projection.order, strict=True)}


def width3(data: DataSet, seed: int = 0) -> RationalNetwork:
    """Memorise the data at width 3, in STEP and ID neurons.

    Parameters
    ----------
    data : DataSet
    seed : int
        Of the projection.

    Returns
    -------
    Network
        Every hidden layer has width 3; the output at each point is its label, exactly.

    Examples
    --------
    >>> from algebra.memorization.data import data_set
    >>> network = width3(data_set([[0], [3], [8], [9]], [1, 0, 1, 0]))
    >>> [int(y) for y in network.evaluate([[0], [3], [8], [9]])], network.widths[1:-1], network.parameters
    ([1, 0, 1, 0], (3, 3, 3, 3, 3, 3), 70)
    """
    projection = project(data, seed)
    chosen = plan(projection.floors, data.label_bits)
    builder = start(projection)
    for found in chosen.folded.folds:
        step_layers(builder, found.breakpoints)
    words = chosen.blocks.words(label_of(data, projection, chosen.folded.cells), data.label_bits)
    select_layers(builder, chosen.blocks, words)
    read_layers(builder, chosen.blocks.size, data.label_bits)
    return builder.finish(Affine({"w": Fraction(1)}))
