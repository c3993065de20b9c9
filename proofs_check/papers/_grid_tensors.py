"""Ranks for claims about grid tensors: from values alone, so that no theorem is verified by itself."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import prod
from random import Random
from typing import TYPE_CHECKING

from algebra import Bounds, Grade
from algebra.polynomial.height import WORD, log2_of, log2_primes, prime_bits
from proofs_check.claim import Hypothesis, Verdict
from proofs_check.papers._evidence import within
from tensors.convac import ConvAC, Layer
from tensors.matricization import row_positions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tensors.factor_graph import FactorGraph

WORTHWHILE = -24.0  # log2 of the error that the trials must reach
VALUES = "values-modulo-primes"
TEMPLATES = "templates"


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
    return ConvAC(positions, templates, [Layer(window, window, c, sharing=sharing) for c in channels])


def shallow(positions: int, templates: int, channels: int, sharing: str = "none") -> ConvAC:
    """Return the CP model: one layer whose window is the whole grid.

    Examples
    --------
    >>> shallow(4, 2, 7).label
    'convac:4:M2:w4s4c7'
    """
    return ConvAC(positions, templates, [Layer(positions, positions, channels, sharing=sharing)])


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
        modulo random 62-bit primes. Inconclusive where that would take too long.

    Examples
    --------
    >>> unaided_rank(Circuit(balanced(4, 3, (2, 3)), "left"))
    2 (probable, error < 2^-48)
    >>> unaided_rank(Circuit(balanced(4, 2, (2, 3)), "odd-even"))
    4 (proved)
    """
    from tensors.convac.height import log2_trial_error
    from tensors.convac.rank import RankEvidence
    from tensors.convac.rank_bound import RankBound
    from tensors.convac.sampling import Sample, best_sample, careful_sample
    from tensors.convac.unrolled import Fields
    from tensors.convac.upper_bounds import templates_bound

    net, rows = circuit.net, circuit.rows
    upper = templates_bound(Fields(net, rows))
    sample = best_sample(net, rows, upper.value, seed)
    blank = Sample(net, rows, "", 2, "vectors", ((), ()), 0)
    error, number, failed = 0.0, 0, False
    while (rank := 0 if sample is None else sample.rank) < upper.value and error > WORTHWHILE and not failed:
        trial = careful_sample(blank, rank, upper.value, seed, number)
        each = log2_trial_error(net, rank + 1)
        failed = trial is None or each > -1
        if trial is not None and trial.rank > rank:
            sample, error = trial, 0.0
        elif not failed:
            error += each
        number += 1
    lower = RankBound(rank, VALUES, {} if sample is None else sample.details)
    evidence = RankEvidence(net, rows, lower, sample, upper, seed)
    grade = _grade(rank, upper.value, failed)
    log2_error = error if grade is Grade.PROBABLE else None
    return Bounds(rank, upper.value, grade, log2_error, VALUES, TEMPLATES, seed, evidence)


def _grade(rank: int, upper: int, failed: bool) -> Grade:
    if rank == upper:
        return Grade.PROVED
    return Grade.INCONCLUSIVE if failed else Grade.PROBABLE


@lru_cache(maxsize=1 << 12)
def unaided_graph_rank(graph: FactorGraph, rows: tuple[int, ...], seed: int = 0) -> Bounds:
    """Generic rank of a factor graph's matricization, from all its values and with no upper bound but its size.

    Examples
    --------
    >>> from tensors.mixtures import hidden_markov
    >>> unaided_graph_rank(hidden_markov(4, symbols=3, states=2).graph, (0, 2)).lower
    4
    """
    from algebra.polynomial.field import PrimeField
    from algebra.rank.modular_rank import rank_of_array
    from algebra.rank.primes import random_prime
    from tensors.factor_contraction import draw_tables, matricization

    others = tuple(v for v in range(graph.observed) if v not in rows)
    sides = [{v: graph.variable_dims[v] for v in side} for side in (rows, others)]
    upper = min(prod(side.values()) for side in sides)
    rank, error, number = 0, 0.0, 0
    while rank < upper and error > WORTHWHILE:
        key = f"{graph.label}/rows={','.join(map(str, rows))}/seed={seed}/claim={number}"
        field = PrimeField(random_prime(key, prime_bits(1)))
        values = matricization(graph, draw_tables(graph, field, key), sides[0], sides[1], field)
        seen = rank_of_array(values, field.prime)
        rank, error = (seen, 0.0) if seen > rank else (rank, error)
        error += log2_graph_error(graph, rank + 1)
        number += 1
    grade = _grade(rank, upper, failed=False)
    return Bounds(rank, upper, grade, error if rank < upper else None, VALUES, TEMPLATES, seed)


def log2_graph_error(graph: FactorGraph, rank: int) -> float:
    """Bound the probability that random 64-bit tables modulo a random 62-bit prime show less than a generic rank.

    As `tensors.convac.height.log2_trial_error`: an entry is a sum, over the hidden variables, of products of one
    number from each table.

    Examples
    --------
    >>> from tensors.mixtures import hidden_markov
    >>> log2_graph_error(hidden_markov(4, symbols=3, states=2).graph, 5) < -40
    True
    """
    degree, bits = len(graph.factor_scopes), prime_bits(1)
    terms = sum(dim.bit_length() for dim in graph.variable_dims[graph.observed :])
    vanishing = log2_of(rank * degree) - WORD
    height = rank * (degree * WORD + terms) + rank * max(rank.bit_length(), 1)
    return max(vanishing, log2_of(height // (bits - 1) + 1) - log2_primes(bits)) + 1


def rank_is(circuit: Circuit, low: int, high: int | None, seed: int, name: str = "rank") -> Verdict:
    """Decide that the generic rank lies between two numbers, from values alone."""
    return within(unaided_rank(circuit, seed), low, high, name)


def graph_rank_is(graph: Graph, low: int, high: int | None, seed: int) -> Verdict:
    """Decide that a factor graph's generic rank lies between two numbers, from values alone."""
    return within(unaided_graph_rank(graph.graph, graph.rows, seed), low, high, "rank")


def both_ways(circuit: Circuit, seed: int) -> Bounds:
    """Generic rank with every bound of the library: what refutes a false statement by a proof."""
    return circuit.net.rank(circuit.rows, seed)
