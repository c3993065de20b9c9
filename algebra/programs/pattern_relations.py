r"""Neurons whose activation patterns are dependent on given data, but for few samples.

Let one number f be read off neurons j with weights :math:`v_j`, and let neuron j, with the vector z in front, be
active where :math:`s_j(x) = 1`. If the weights of all neurons j for one entry :math:`z_k` move by :math:`c_j u /
v_j`, then f changes at a sample by :math:`u\, z_k(x) \sum_j c_j s_j(x)`. So a *relation* c of the patterns that
holds wherever :math:`z_k` is not 0 is in the kernel of the Jacobian, whatever stands behind f. Let relations hold
but for some samples R. Then |R| linear equations are left for their numbers u, and what satisfies these is in the
kernel. Quiet neurons are the relations of one neuron; others are neurons that differ at few samples, and nearly
always active ones beside the bias of f, which is a neuron that is always active and sees a 1 alone.

*Nothing else is there in general*: for generic vectors z of length n the rank of the products of s(x) and z(x),
over all samples x, is the least :math:`n \cdot \operatorname{rank}(s(x))_{x \notin R} + |R|` over all sets R of
samples [1]_ [2]_. A least one is taken for R the samples whose row lies in every basis of rows: the others contain
no such row, and a union of n matroids in which every element is in a circuit has the sum of their ranks. So the
dimension of a network with one hidden layer and one output is that number for almost all inputs with given
patterns. Where z is the output of another layer, the bound may be open. The samples at which similar neurons differ
are tried first; then those whose row lies in every basis modulo a prime. Any R proves a bound.

References
----------
.. [1] J. Edmonds, Matroid partition, Mathematics of the Decision Sciences 1 (1968) 335-345.
.. [2] L. Lovasz, Flats in matroids and geometric graphs, Combinatorial Surveys (1977) 45-86: generic points of flats.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from algebra.programs.pattern_layers import Layer, layers
from algebra.programs.quiet_neurons import MOST_EXACT, exact_vectors
from algebra.programs.symmetries import Fields
from algebra.rank import Echelon
from algebra.rank.modular import multiply, multiply_elementwise
from algebra.rank.primes import DEFAULT_PRIME
from algebra.rank.rational import rank_rational

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algebra.programs.batch import Batch
    from algebra.types import Array

RULE = "dependent activation patterns, but for few samples"

MOST_MULTIPLE = 1 << 10
"""Relations of patterns have small integers; entries beyond it are fractions modulo the prime, and are left out."""

MOST_RELATIONS = 10_000
"""Relations times entries of z that are looked at together: a kernel of 800 MB."""

Exceptions = Callable[[Layer], "NDArray[np.intp] | None"]
"""Chooses samples at which relations need not hold; None without a choice."""


@dataclass(frozen=True, eq=False)
class Part:
    """Relations of a layer that share samples where they do not hold; each moves one entry of the neurons' weights.

    Parameters
    ----------
    layer : Layer
    relations : ndarray of int, shape (relations, neurons + 1)
        The last column belongs to the bias of what reads the neurons.
    entries : ndarray of int, shape (relations,)
        Which entry of z each moves.
    samples : ndarray of int
        Where they need not hold.
    """

    layer: Layer
    relations: NDArray[np.int64]
    entries: NDArray[np.intp]
    samples: NDArray[np.intp]

    @cached_property
    def sums(self) -> NDArray[np.int64]:
        """What relations (columns) give at the samples (rows), where their entry of z is perhaps not 0."""
        sums = _with_one(self.layer.patterns[self.samples]).astype(np.int64) @ self.relations.T
        return np.where(self.layer.present[self.samples][:, self.entries], sums, 0)

    @property
    def most(self) -> int:
        """No more independent equations are there, whatever z is: there are that many samples, and relations seen."""
        return min(len(self.samples), int(self.sums.any(axis=0).sum()))

    def kernel(self, batch: Batch) -> Array:
        """Return by what numbers the relations may be multiplied together, as residues; nothing if that is open."""
        seen = self.layer.vectors[self.samples][:, self.entries]
        form = Echelon(len(self.entries), DEFAULT_PRIME)
        form.add(multiply_elementwise(self.sums.astype(float), seen, DEFAULT_PRIME))
        if form.rank < self.most and not self._has_rank(batch, form.rank):
            return np.zeros((0, len(self.entries)))
        return form.kernel()

    def _has_rank(self, batch: Batch, rank: int) -> bool:
        """Tell whether the equations have this rank over the rational numbers, where they are few."""
        if batch.exact.powers or len(self.samples) * len(self.entries) ** 2 > MOST_EXACT:
            return False
        exact = exact_vectors(batch, self.layer.map, self.samples)[:, self.entries]
        return rank_rational((self.sums.astype(object) * exact).tolist()) == rank

    def fields(self, batch: Batch) -> Array:
        """Return the kernel as vectors of the kernel of the Jacobian, modulo the default prime."""
        layer, kernel = self.layer, self.kernel(batch)
        found = np.zeros((len(kernel), batch.graph.count))
        if not len(kernel):
            return found
        moves = multiply_elementwise(self.relations[:, :-1].astype(float), layer.factors, DEFAULT_PRIME)
        for entry in np.unique(self.entries):
            own = self.entries == entry
            found[:, layer.weights[:, entry]] = multiply(kernel[:, own], moves[own], DEFAULT_PRIME)
        if layer.bias is not None:
            found[:, layer.bias] = multiply(kernel, self.relations[:, -1].astype(float), DEFAULT_PRIME)
        return found


def relation_fields(batch: Batch, exceptions: Exceptions) -> Iterator[Fields]:
    """Yield vectors of the kernel, by layer, modulo the default prime.

    Parameters
    ----------
    batch : Batch
    exceptions : callable
        `few_differences` or `rows_of_every_basis` of `algebra.programs.pattern_exceptions`.

    Yields
    ------
    Fields
    """
    graph = batch.graph
    for layer in layers(batch):
        rows = [part.fields(batch) for part in parts(layer, exceptions)]
        whole = np.concatenate([np.zeros((0, graph.count)), *rows])
        if len(whole):
            numbers = (layer.map.weight, layer.map.bias, layer.reader.bias if layer.bias is not None else None)
            names = [graph.nodes[i].name for i in numbers if i is not None]
            yield Fields(RULE, tuple(names), whole)


def parts(layer: Layer, exceptions: Exceptions) -> list[Part]:
    """Return the relations that hold at all samples but the exceptions, those together that share some."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    chosen = exceptions(layer)
    if chosen is None:
        return []
    others = np.ones(len(layer.patterns), bool)
    others[chosen] = False
    rows, entries = _all_relations(layer, others)
    if not 0 < len(rows) <= MOST_RELATIONS:
        return []

    # A relation and a sample at which it does not hold belong together.
    whole = Part(layer, rows, entries, chosen)
    right, left = np.nonzero(whole.sums)
    size = len(rows) + len(chosen)
    edges = coo_array((np.ones(len(left)), (left, right + len(rows))), shape=(size, size))
    names = connected_components(edges, directed=False)[1]
    alone = np.bincount(names)[names] == 1
    names[alone] = -1  # those that hold everywhere are one part
    found = []
    for name in dict.fromkeys(names[: len(rows)].tolist()):
        own = np.flatnonzero(names == name)
        relations, samples = own[own < len(rows)], own[own >= len(rows)] - len(rows)
        found.append(Part(layer, rows[relations], entries[relations], chosen[samples if name >= 0 else []]))
    return found


def _all_relations(layer: Layer, others: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """Return the relations that hold at some samples, for each entry of z at those where it is perhaps not 0."""
    known: dict[bytes, NDArray[np.int64]] = {}
    rows, entries = [], []
    size = layer.vectors.shape[1]
    for entry in range(size):
        seen = others & layer.present[:, entry]
        has_one = layer.bias is not None and entry == size - 1
        key = seen.tobytes() + bytes([has_one])
        if key not in known:
            known[key] = _relations(layer.patterns[seen], has_one)
        rows.append(known[key])
        entries.append(np.full(len(known[key]), entry))
    return np.concatenate(rows), np.concatenate(entries)


def _with_one(patterns: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return patterns with a column for what is always active: the bias of what reads the neurons."""
    return np.concatenate([patterns, np.ones((len(patterns), 1), bool)], axis=1)


def _relations(patterns: NDArray[np.bool_], has_one: bool) -> NDArray[np.int64]:
    """Return independent relations of patterns, verified, each with a unit entry that no other has.

    The bias comes last: no pivot before it depends on it, so at most one relation contains it.
    """
    distinct = np.unique(_with_one(patterns), axis=0).astype(float)
    distinct[:, -1] *= has_one
    form = Echelon(distinct.shape[1], DEFAULT_PRIME)
    form.add(distinct)
    kernel = form.kernel()
    kernel = kernel if has_one else kernel[kernel[:, -1] == 0]
    small = kernel[np.abs(kernel).max(axis=1, initial=0.0) <= MOST_MULTIPLE]
    holds = ~(distinct @ small.T).any(axis=0)
    return np.asarray(small[holds], np.int64)
