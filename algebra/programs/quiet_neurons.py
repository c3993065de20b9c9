r"""Weights that given data do not show: neurons that are active at few samples, or that see few others.

Behind a linear map y = W z + b with rectifiers, row j of (W, b) changes the output by :math:`\delta_j (u \cdot (z, 1))`
at the samples where neuron j is active. So every u with u . (z, 1) = 0 at all these samples is in the kernel of the
Jacobian, on the data. The rank of these vectors (z, 1) is at most their number, and at most the number of their
entries that are not always 0. Where it is that modulo a prime, it is that over the rational numbers, too, and the
kernel modulo the prime is what the rational kernel is there: *as many vectors are proved*; none is written down.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from algebra.evidence.evaluation import PoleError
from algebra.programs.arithmetic import Rationals
from algebra.programs.core import Add, MatMul, Relu, Reshape, Transpose
from algebra.programs.running import forward
from algebra.programs.symmetries import Fields
from algebra.rank import Echelon
from algebra.rank.field import prime_field
from algebra.rank.primes import DEFAULT_PRIME
from algebra.rank.rational import rank_rational

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from algebra.programs.batch import Batch
    from algebra.programs.lowering import Graph
    from algebra.types import Array

MOST_EXACT = 1 << 22
"""Samples times the square of the vectors' length up to which an exact rank is asked for: tenths of a second each."""

RULE = "not seen at the samples where a neuron is active"


@dataclass(frozen=True)
class LinearMap:
    """A linear map of one vector, with weights that nothing else uses.

    Parameters
    ----------
    weight : int
    is_transposed : bool
        Whether the weight has one column for every neuron, not one row.
    argument : int
    bias : int or None
    rectifier : int or None
        What alone takes the result.
    """

    weight: int
    is_transposed: bool
    argument: int
    bias: int | None
    rectifier: int | None


def quiet_fields(batch: Batch) -> Iterator[Fields]:
    """Yield vectors of the kernel, by linear map, modulo the default prime."""
    graph = batch.graph
    maps = linear_maps(graph)
    numbers = prime_field(DEFAULT_PRIME)
    try:
        leaves = batch.residues(numbers)
        last = max((each.argument for each in maps), default=0)
        values = forward(graph, batch.arithmetic(numbers), leaves, (), last + 1)
    except PoleError:
        return

    for each in maps:
        z = np.broadcast_to(values[each.argument], (batch.samples, *graph.nodes[each.argument].shape))
        seen = z.reshape(batch.samples, -1)
        places = neuron_weights(graph, each)
        seen = np.concatenate([seen, np.ones((batch.samples, 1))], axis=1) if each.bias is not None else seen
        active = np.ones((batch.samples, len(places)), bool)
        if each.rectifier is not None:
            active = batch.signs[each.rectifier].reshape(batch.samples, -1)
        present = may_be_present(batch, each.argument).reshape(len(seen), -1)
        found = []
        for own, mask in zip(places, active.T, strict=True):
            count = int(present[mask].any(axis=0).sum()) + (each.bias is not None)
            rank = _exact_rank(batch, each, np.flatnonzero(mask), seen[mask], count)
            if rank is not None and rank < len(own):
                found.append(_kernel(seen[mask], own, graph.count))
        rows = np.concatenate([np.zeros((0, graph.count)), *found])
        if len(rows):
            names = [graph.nodes[i].name for i in (each.weight, each.bias) if i is not None]
            yield Fields(RULE, tuple(names), rows)


def may_be_present(batch: Batch, argument: int) -> NDArray[np.bool_]:
    """Tell which entries of an array are perhaps not 0: of rectifiers those that are active."""
    nodes, i = batch.graph.nodes, argument
    while isinstance(nodes[i].operation, Reshape):
        i = nodes[i].of[0]
    if nodes[i].kind == "input":
        return np.asarray(batch.point.leaves[nodes[i].name] != 0, bool)
    shape = (batch.samples, *nodes[i].shape)
    return np.broadcast_to(batch.signs[i], shape) if isinstance(nodes[i].operation, Relu) else np.ones(shape, bool)


def neuron_weights(graph: Graph, each: LinearMap) -> NDArray[np.intp]:
    """Return for every neuron the numbers of its weights, and of its bias."""
    places = graph.places
    own = places[graph.nodes[each.weight].name]
    own = own.T if each.is_transposed else own
    if each.bias is None:
        return own
    bias = places[graph.nodes[each.bias].name].reshape(len(own), 1)
    return np.concatenate([own, bias], axis=1)


def _exact_rank(batch: Batch, each: LinearMap, samples: NDArray[np.intp], seen: Array, most: int) -> int | None:
    """Return the rank of what a map sees at some samples, if it is the same modulo the default prime; else None.

    It is no more than `most`, and no more than there are samples. Only where it is less exact numbers are needed.
    """
    size = seen.shape[1]
    form = Echelon(size, DEFAULT_PRIME)
    form.add(seen)
    most = min(most, len(samples))
    if form.rank == most:
        return most
    if batch.exact.powers or len(samples) * size**2 > MOST_EXACT:
        return None
    if rank_rational(exact_vectors(batch, each, samples).tolist()) != form.rank:
        return None
    return form.rank


def exact_vectors(batch: Batch, each: LinearMap, samples: NDArray[np.intp]) -> Array:
    """Return what a map sees at some samples as exact numbers, one row a sample, with a 1 for the bias at the end."""
    leaves = batch.point.leaves_at(samples)
    value = forward(batch.graph, Rationals(), leaves, (), each.argument + 1)[each.argument]
    rows = np.broadcast_to(value, (len(samples), *batch.graph.nodes[each.argument].shape)).reshape(len(samples), -1)
    ones = np.full((len(samples), int(each.bias is not None)), 1, object)
    return np.concatenate([rows, ones], axis=1)


def _kernel(seen: Array, places: NDArray[np.intp], total: int) -> Array:
    """Return the kernel of what one neuron sees."""
    form = Echelon(len(places), DEFAULT_PRIME)
    form.add(seen)
    kernel = form.kernel()
    found = np.zeros((len(kernel), total))
    found[:, places] = kernel
    return found


def linear_maps(graph: Graph) -> list[LinearMap]:
    """Return the products of a weight with a vector that depends on the input, where the weights are used once."""
    uses, found = graph.uses(), []
    for i, node in enumerate(graph.nodes):
        if not isinstance(node.operation, MatMul):
            continue
        for side in (0, 1):
            weight, is_turned = _weight(graph, uses, node.of[side])
            argument = node.of[1 - side]
            vector = graph.nodes[argument]
            size = graph.nodes[node.of[side]].shape[-1 if side == 0 else -2]
            if weight is None or not vector.sees_input or prod(vector.shape) != size:
                continue
            bias, rectifier = _behind(graph, uses, i)
            found.append(LinearMap(weight, is_turned == (side == 0), argument, bias, rectifier))
    return found


def _weight(graph: Graph, uses: list[list[int]], i: int) -> tuple[int | None, bool]:
    """Return a parameter with two axes that is used once, and whether it is transposed; else None."""
    node, is_turned = graph.nodes[i], False
    if isinstance(node.operation, Transpose) and len(uses[i]) == 1:
        i, is_turned = node.of[0], True
        node = graph.nodes[i]
    is_own = node.kind == "parameter" and len(node.shape) == 2 and len(uses[i]) == 1 and i not in graph.outputs
    return (i if is_own else None), is_turned


def _behind(graph: Graph, uses: list[list[int]], i: int) -> tuple[int | None, int | None]:
    """Return the bias that is added to a product, and the rectifier that alone takes it, as far as they are there."""
    bias, width = None, prod(graph.nodes[i].shape)
    while i not in graph.outputs and len(uses[i]) == 1:
        (user,) = uses[i]
        operation = graph.nodes[user].operation
        if isinstance(operation, Relu):
            return bias, user
        if isinstance(operation, Add) and bias is None:
            other = graph.nodes[user].of[1] if graph.nodes[user].of[0] == i else graph.nodes[user].of[0]
            node = graph.nodes[other]
            is_bias = node.kind == "parameter" and len(uses[other]) == 1 and prod(node.shape) == width
            if not is_bias or prod(graph.nodes[user].shape) != width:
                return bias, None
            bias = other
        elif not isinstance(operation, Reshape):
            return bias, None
        i = user
    return bias, None
