"""The plain way, for comparison: one threshold wherever the label changes along the line; width 3."""

from __future__ import annotations

from itertools import pairwise

from algebra.memorization.builder import Affine
from algebra.memorization.data import DataSet
from algebra.memorization.folding import step_layers
from algebra.memorization.network import RationalNetwork
from algebra.memorization.projection import project
from algebra.memorization.width3 import start


def staircase(data: DataSet, seed: int = 0) -> RationalNetwork:
    """Memorise the data as a step function of a projection: up to N - 3 hidden layers of width 3.

    Parameters
    ----------
    data : DataSet
    seed : int
        Of the projection.

    Returns
    -------
    RationalNetwork

    Examples
    --------
    >>> from algebra.memorization.data import data_set
    >>> network = staircase(data_set([[0], [3], [8], [9]], [1, 0, 1, 0]))
    >>> [int(y) for y in network.evaluate([[0], [3], [8], [9]])], network.hidden_layers
    ([1, 0, 1, 0], 2)
    """
    projection = project(data, seed)
    steps = [(cell, data.labels[point]) for cell, point in zip(projection.floors, projection.order, strict=True)]
    changes = [(cell, label - before) for (_, before), (cell, label) in pairwise(steps) if label != before]
    builder = start(projection)
    step_layers(builder, changes, gain=0)
    return builder.finish(Affine({"x": 1}, steps[0][1]))
