"""Lower bounds of circuits that are trees: disjoint paths, where no minor that can be evaluated reaches the rank."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from algebra.evidence.reason import Reason
from tensors.convac.unrolled import unroll

if TYPE_CHECKING:
    from tensors.convac.architecture import ConvACArchitecture

MOST_READS = 8000


def is_free_tree(architecture: ConvACArchitecture) -> bool:
    """Tell whether every vector is read at most once, and each time by a matrix of its own.

    Examples
    --------
    >>> from tensors.convac import ConvAC, Layer
    >>> is_free_tree(ConvAC(4, 2, [Layer(2, 2, 3), Layer(2, 2, 3, sharing="sliding")]))
    True
    >>> is_free_tree(ConvAC(4, 2, [Layer(2, 2, 3, sharing="sliding"), Layer(2, 2, 3)]))
    False
    """
    for number, reads in enumerate(architecture.reads):
        used = architecture.covered[number + 1][reads.outputs]
        matrices = architecture.matrix_numbers(number)[used]
        if len(np.unique(reads.inputs[used])) < used.sum() or len(np.unique(matrices)) < used.sum():
            return False
    return not architecture.vanishes


def tree_paths_bound(architecture: ConvACArchitecture, rows: Sequence[int], enough: int) -> Reason | None:
    """Multiply the widths of disjoint paths from row positions to column positions through the tree.

    The circuit is then a tensor network without copies (Levine, Yakira, Cohen and Shashua, ICLR 2018,
    arXiv:1704.01552), and its matrices are free tables; see `tensors.networks.paths`.

    Parameters
    ----------
    architecture : ConvACArchitecture
    rows : sequence of int
    enough : int
        A proved upper bound; the search ends there.

    Returns
    -------
    Reason or None
        None if the circuit is no such tree, or very large.

    Examples
    --------
    >>> from tensors.convac import ConvAC, Layer
    >>> net = ConvAC(8, 2, [Layer(2, 2, 2), Layer(2, 2, 2), Layer(2, 2, 2)])
    >>> tree_paths_bound(net, (0, 1, 2, 4), 8).value
    8
    """
    if sum(len(reads.outputs) for reads in architecture.reads) > MOST_READS or not is_free_tree(architecture):
        return None
    from tensors.networks.paths import disjoint_paths

    unrolled = unroll(architecture, rows)
    inputs = np.flatnonzero(architecture.covered[0]).tolist()
    wires = disjoint_paths(unrolled.graph, unrolled.row_side, enough)
    paths = [{"width": wire.width, "ends": [inputs[wire.path[0]], inputs[wire.path[-1]]]} for wire in wires]
    return Reason("disjoint-paths", prod(wire.width for wire in wires), details=(("paths", paths),))
