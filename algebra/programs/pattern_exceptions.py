"""Samples at which relations between activation patterns need not hold: any choice proves a bound.

Those at which similar neurons differ are found at once. The best choice takes an elimination as long as that of the
rank; see `algebra.programs.pattern_relations` for why it is the best.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from algebra.rank import Echelon
from algebra.rank.field import prime_field
from algebra.rank.modular import multiply
from algebra.rank.primes import DEFAULT_PRIME

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algebra.programs.pattern_layers import Layer
    from algebra.types import Array

KEY = "pattern-relations"
"""Key of the relation between rows whose zeros are the rows of every basis."""

ROWS = 512
"""Rows that are reduced at a time, as in `algebra.rank.echelon` for long rows."""


def few_differences(layer: Layer) -> NDArray[np.intp]:
    """Return samples at which similar neurons differ, by a minimum spanning tree.

    Two neurons that are active at the same samples but for fewer than n, or at complementary ones, are similar, and so
    is a neuron that is active at nearly none or nearly all.
    """
    from scipy.sparse.csgraph import minimum_spanning_tree

    # A neuron that is never active is the first; two differ at as many samples as one of both is active.
    patterns = np.concatenate([np.zeros((len(layer.patterns), 1), bool), layer.patterns], axis=1)
    numbers = patterns.astype(float)
    both, counts = numbers.T @ numbers, numbers.sum(axis=0)
    different = counts[:, None] + counts[None, :] - 2 * both
    nearest = np.minimum(different, len(patterns) - different)
    tree = minimum_spanning_tree(np.triu(nearest + 1, 1)).tocoo()  # an edge of weight 0 would be none

    found = np.zeros(len(patterns), bool)
    for i, j, weight in zip(tree.row, tree.col, tree.data, strict=True):
        if weight - 1 < layer.vectors.shape[1]:
            differ = patterns[:, i] ^ patterns[:, j]
            found |= differ if differ.sum() == weight - 1 else ~differ
    return np.flatnonzero(found)


def rows_of_every_basis(layer: Layer) -> NDArray[np.intp] | None:
    """Return the samples whose row of the layer's Jacobian lies in every basis of rows, modulo the default prime.

    A random relation between all rows is not 0 at the others. None if the rows are independent.
    """
    count = len(layer.patterns)
    form = Echelon(count, DEFAULT_PRIME)
    waiting: list[Array] = [np.ones((1, count))] if layer.bias is not None else []
    turned = np.ascontiguousarray(layer.vectors.T)
    for j, active in enumerate(layer.patterns.T):
        waiting.append(turned * active)
        if sum(map(len, waiting)) >= ROWS or j == layer.patterns.shape[1] - 1:
            form.add(np.concatenate(waiting), centred=True)
            waiting = []
    if form.rank == count:
        return None
    pivots, others, rest = form.relations()
    drawn = prime_field(DEFAULT_PRIME).draw(KEY, "relation", (len(others),))
    zero = multiply(rest, drawn, DEFAULT_PRIME) == 0
    return np.sort(pivots[zero])
