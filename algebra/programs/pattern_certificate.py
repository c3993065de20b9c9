"""The upper bound of a certificate at given weights by relations between activation patterns.

Directions that relations hide are counted, not written down: the checker counts equations. Symmetries, and vectors of
the kernel, come on top as far as they are independent at the weights that no such direction moves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.programs.pattern_exceptions import few_differences, rows_of_every_basis
from algebra.programs.pattern_layers import layers
from algebra.programs.pattern_relations import Part, parts
from algebra.programs.quiet_neurons import linear_maps, neuron_weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algebra.programs.batch import Batch
    from algebra.programs.pattern_relations import Exceptions


def parts_json(batch: Batch, exceptions: Exceptions) -> tuple[list[dict[str, Any]], NDArray[np.bool_]]:
    """Return all relations as the checker reads them, and which weights they move.

    Parameters
    ----------
    batch : Batch
    exceptions : callable
        `few_differences` or `rows_of_every_basis` of `algebra.programs.pattern_exceptions`.

    Returns
    -------
    list of dict, ndarray of bool
    """
    found: list[dict[str, Any]] = []
    moved = np.zeros(batch.graph.count, bool)
    read = layers(batch)
    for layer in read:
        for part in parts(layer, exceptions):
            if part.most < len(part.entries):
                found.append(_part_json(part))
                moves, at = np.nonzero(part.relations[:, :-1])
                moved[layer.weights[at, part.entries[moves]]] = True
                if layer.bias is not None and part.relations[:, -1].any():
                    moved[layer.bias] = True

    # Neurons of other layers, one by one: few samples at which they are active.
    maps = {layer.map.rectifier for layer in read}
    for each in linear_maps(batch.graph):
        if each.rectifier is None or each.rectifier in maps:
            continue
        signs = batch.signs[each.rectifier].reshape(batch.samples, -1)
        for weights, active in zip(neuron_weights(batch.graph, each), signs.T, strict=True):
            if active.sum() < len(weights):
                relation = [[[int(weights[0]), 1]], None, weights.tolist()]
                found.append({"relations": [relation], "samples": np.flatnonzero(active).tolist()})
                moved[weights] = True
    return found, moved


def _part_json(part: Part) -> dict[str, Any]:
    """Write a part down; a neuron is named by its first weight."""
    names = part.layer.weights[:, 0]
    stated = []
    distinct, places = np.unique(part.relations, axis=0, return_inverse=True)
    for i, row in enumerate(distinct):
        used = np.flatnonzero(row[:-1])
        neurons = [[int(names[j]), int(row[j])] for j in used]
        bias = [part.layer.bias, int(row[-1])] if row[-1] else None
        own = part.layer.weights[used[0], part.entries[places.ravel() == i]]
        stated.append([neurons, bias, own.tolist()])
    return {"relations": stated, "samples": part.samples.tolist()}


CHOICES: tuple[Exceptions, ...] = (few_differences, rows_of_every_basis)
"""Of exceptions, the quick one first."""
