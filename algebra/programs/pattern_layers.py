"""Layers of neurons that one number is read off, on given data: `algebra.programs.pattern_relations` is about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from algebra.evidence.evaluation import PoleError
from algebra.programs.core import Relu, Reshape
from algebra.programs.quiet_neurons import LinearMap, linear_maps, may_be_present, neuron_weights
from algebra.programs.running import forward
from algebra.rank.field import prime_field
from algebra.rank.primes import DEFAULT_PRIME

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algebra.programs.batch import Batch
    from algebra.programs.lowering import Graph
    from algebra.types import Array


@dataclass(frozen=True, eq=False)
class Layer:
    """Neurons that one number is read off, at the samples.

    Parameters
    ----------
    map, reader : LinearMap
        In front of the neurons, and behind them.
    patterns : ndarray of bool, shape (samples, neurons)
        Where they are active: only neurons that are read with a weight that is not 0.
    vectors : ndarray, shape (samples, n)
        What they see, with a 1 for the bias at the end: residues modulo the default prime.
    present : ndarray of bool
        Entries of it that are perhaps not 0.
    weights : ndarray of int, shape (neurons, n)
        Numbers of their weights.
    factors : ndarray, shape (neurons,)
        Inverses of the weights that they are read with.
    bias : int or None
        Number of the bias of what reads them, if they have biases, too.
    """

    map: LinearMap
    reader: LinearMap
    patterns: NDArray[np.bool_]
    vectors: Array
    present: NDArray[np.bool_]
    weights: NDArray[np.intp]
    factors: Array
    bias: int | None


def layers(batch: Batch) -> list[Layer]:
    """Return the layers of neurons that one number is read off; none where the default prime divides a denominator."""
    graph = batch.graph
    maps = linear_maps(graph)
    pairs = [(one, other) for one in maps for other in maps if _reads(graph, one, other)]
    numbers = prime_field(DEFAULT_PRIME)
    try:
        leaves = batch.residues(numbers)
        last = max((one.argument for one, _ in pairs), default=-1)
        values = forward(graph, batch.arithmetic(numbers), leaves, (), last + 1)
    except PoleError:
        return []

    found = []
    for one, other in pairs:
        assert one.rectifier is not None
        read_with = leaves[graph.nodes[other.weight].name].ravel()
        kept = np.flatnonzero(read_with)
        z = np.broadcast_to(values[one.argument], (batch.samples, *graph.nodes[one.argument].shape))
        seen, present = z.reshape(batch.samples, -1), may_be_present(batch, one.argument).reshape(batch.samples, -1)
        if one.bias is not None:
            seen = np.concatenate([seen, np.ones((batch.samples, 1))], axis=1)
            present = np.concatenate([present, np.ones((batch.samples, 1), bool)], axis=1)
        bias = None
        if one.bias is not None and other.bias is not None:
            bias = int(graph.places[graph.nodes[other.bias].name].ravel()[0])
        patterns = batch.signs[one.rectifier].reshape(batch.samples, -1)[:, kept]
        weights = neuron_weights(graph, one)[kept]
        factors = numbers.inverse(read_with[kept])
        found.append(Layer(one, other, patterns, seen, present, weights, factors, bias))
    return found


def _reads(graph: Graph, one: LinearMap, other: LinearMap) -> bool:
    """Tell whether a map reads one number off the neurons behind another map, and nothing else reads them."""
    if one.rectifier is None or len(neuron_weights(graph, other)) != 1:
        return False
    uses, i = graph.uses(), other.argument
    while isinstance(graph.nodes[i].operation, Reshape) and len(uses[i]) == 1:
        i = graph.nodes[i].of[0]
    is_read = i == one.rectifier and isinstance(graph.nodes[i].operation, Relu)
    return is_read and len(uses[i]) == 1 and i not in graph.outputs
