"""Ranks for claims about grid tensors: from values alone, so that no theorem is verified by itself."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from random import Random
from typing import TYPE_CHECKING

from algebra import Bounds
from algebra.evidence.generic_rank import bound_generic_rank
from proofs_check.claim import Hypothesis, Verdict
from proofs_check.deciding.evidence import within
from tensors.convac import ConvAC, ConvLayer
from tensors.matricization import row_positions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tensors.networks import FactorGraph


@dataclass(frozen=True)
class Circuit:
    """A circuit and a partition of its patches.

    Parameters
    ----------
    net : ConvAC
    side : str or tuple of int
        The rows: a name of `tensors.matricization.NAMED`, or positions.
    """

    net: ConvAC
    side: str | tuple[int, ...]

    @cached_property
    def rows(self) -> tuple[int, ...]:
        """Flat positions of the rows, ascending."""
        return row_positions(self.net.input_shape, self.side)

    @property
    def label(self) -> str:
        """The circuit's name and the partition's.

        Examples
        --------
        >>> Circuit(balanced(4, 2, (2, 3)), "left").label
        'convac:4:M2:w2s2c2-w2s2c3 left'
        """
        side = self.side if isinstance(self.side, str) else ",".join(map(str, self.side))
        return f"{self.net.label} {side}"


@dataclass(frozen=True)
class Graph:
    """A factor graph and a partition of its observed variables, under a name."""

    name: str
    graph: FactorGraph
    rows: tuple[int, ...]

    @property
    def label(self) -> str:
        """The name, and the rows."""
        return f"{self.name} {','.join(map(str, self.rows))}"


NON_OVERLAPPING: Hypothesis[Circuit] = Hypothesis(
    "windows do not overlap", lambda c: not any(layer.overlaps for layer in c.net.layers)
)


def balanced(positions: int, templates: int, channels: Sequence[int], window: int = 2, sharing: str = "none") -> ConvAC:
    """Return the circuit of pooling windows that do not overlap, with these channels layer by layer.

    Examples
    --------
    >>> balanced(8, 2, (2, 3, 4)).label
    'convac:8:M2:w2s2c2-w2s2c3-w2s2c4'
    """
    return ConvAC(positions, templates, [ConvLayer(window, window, c, sharing=sharing) for c in channels])


def shallow(positions: int, templates: int, channels: int, sharing: str = "none") -> ConvAC:
    """Return the CP model: one layer whose window is the whole grid.

    Examples
    --------
    >>> shallow(4, 2, 7).label
    'convac:4:M2:w4s4c7'
    """
    return ConvAC(positions, templates, [ConvLayer(positions, positions, channels, sharing=sharing)])


def random_sides(count: int, many: int, seed: int) -> tuple[tuple[int, ...], ...]:
    """Return distinct random sides of a partition of so many positions, always the same.

    Examples
    --------
    >>> random_sides(4, 2, 0)
    ((2,), (0,))
    """
    random = Random(f"sides {count} {seed}")
    found: dict[tuple[int, ...], None] = {}
    for _ in range(20 * many):
        if len(found) < many:
            found[tuple(sorted(random.sample(range(count), random.randint(1, count - 1))))] = None
    return tuple(found)


def every_side(count: int) -> Iterator[tuple[int, ...]]:
    """Yield every partition of so many positions once."""
    from tensors.matricization import all_partitions

    return all_partitions(count)


# ---- ranks from values alone


@lru_cache(maxsize=1 << 12)
def unaided_rank(circuit: Circuit, seed: int = 0) -> Bounds:
    """Generic rank of the matricization, from values at drawn weights and with no upper bound but its size.

    Parameters
    ----------
    circuit : Circuit
    seed : int

    Returns
    -------
    Bounds
        Proved where a minor is as large as the matrix, else probable: then the rank was repeated at random integers
        modulo random large primes. Inconclusive where that would take too long.

    Examples
    --------
    >>> unaided_rank(Circuit(balanced(4, 3, (2, 3)), "left"))
    2 (probable, p < 2^-111)
    >>> unaided_rank(Circuit(balanced(4, 2, (2, 3)), "odd-even"))
    4 (proved)
    """
    from proofs_check.deciding.unaided_ranks import UnaidedRank

    return bound_generic_rank(UnaidedRank(circuit.net, circuit.rows), seed)


@lru_cache(maxsize=1 << 12)
def unaided_graph_rank(graph: FactorGraph, rows: tuple[int, ...], seed: int = 0) -> Bounds:
    """Generic rank of a factor graph's matricization, from all its values and with no upper bound but its size.

    Examples
    --------
    >>> from tensors.mixtures import hidden_markov
    >>> unaided_graph_rank(hidden_markov(4, symbols=3, states=2).graph, (0, 2)).lower
    4
    """
    from proofs_check.deciding.unaided_ranks import UnaidedGraphRank

    return bound_generic_rank(UnaidedGraphRank(graph, rows), seed)


def rank_is(circuit: Circuit, low: int, high: int | None, seed: int, name: str = "rank") -> Verdict:
    """Decide that the generic rank lies between two numbers, from values alone."""
    return within(unaided_rank(circuit, seed), low, high, name)


def graph_rank_is(graph: Graph, low: int, high: int | None, seed: int) -> Verdict:
    """Decide that a factor graph's generic rank lies between two numbers, from values alone."""
    return within(unaided_graph_rank(graph.graph, graph.rows, seed), low, high, "rank")


def both_ways(circuit: Circuit, seed: int) -> Bounds:
    """Generic rank with every bound of the library: what refutes a false statement by a proof."""
    return circuit.net.rank(circuit.rows, seed)
