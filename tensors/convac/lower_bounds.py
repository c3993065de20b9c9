"""Lower bounds by theorem, with no evaluation: each comes with weights at which the rank is known.

A rank that is reached at one choice of weights is reached at almost all choices, because minors are polynomials.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from algebra.evidence.reason import Reason
from tensors.convac.offset_paths import candidates, edges, path_bases
from tensors.convac.receptive_fields import overlap_bound
from tensors.matricization import NAMED, column_positions, row_positions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tensors.convac.architecture import ConvACArchitecture

    Cells = NDArray[np.int64]


def window_equality_bound(architecture: ConvACArchitecture, rows: Sequence[int]) -> Reason | None:
    """Count the clusters of first windows that meet both sides: rank at least ``min(M, C_1)^clusters``.

    Cohen and Shashua (ICLR 2017, arXiv:1605.06743) state it for windows that do not overlap, where the clusters are
    the windows. Weights that show it: in the first layer channel c selects template c at every offset, later layers
    sum the channels into the first and copy it. So the tensor is 1 where every window sees one template, else 0, and
    windows that share a cell act as one. These weights are fully shared, so every sharing is covered; it needs a
    second layer or a linear output to sum the channels.

    Examples
    --------
    >>> from tensors.convac import ConvAC, Layer
    >>> window_equality_bound(ConvAC(4, 3, [Layer(2, 2, 2), Layer(2, 2, 5)]), (0, 2)).value
    4
    """
    if architecture.vanishes or (len(architecture.layers) == 1 and architecture.output == "single"):
        return None
    base = min(architecture.templates, architecture.layers[0].channels)
    count = _crossing_clusters(architecture, rows)
    return Reason("window-equality", base**count, details=(("base", base), ("clusters", count)))


def overlap_theorem_bound(architecture: ConvACArchitecture, rows: Sequence[int]) -> Reason | None:
    """Apply the overlap theorem where the partition halves an axis; see `receptive_fields.overlap_bound`.

    Parameters
    ----------
    architecture : ConvACArchitecture
    rows : sequence of int
        The positions of one side.

    Returns
    -------
    Reason or None
    """
    shape, best = architecture.input_shape, None
    for axis, name in ((len(shape) - 1, "left"), (0, "top")):
        if row_positions_or_none(shape, name) not in (tuple(rows), column_positions(architecture.positions, rows)):
            continue
        found = overlap_bound(architecture, axis)
        if found is not None and (best is None or found.value > best.value):
            details = {"axis": axis, "layer": found.layer, "base": found.base, "exponent": found.exponent}
            best = Reason("sharir-shashua-overlap", found.value, details=tuple(details.items()))
    return best


def row_positions_or_none(shape: Sequence[int], name: str) -> tuple[int, ...] | None:
    """Return the rows of a named partition, or None if one of its sides is empty."""
    found = sum(NAMED[name](shape, cell) for cell in product(*map(range, shape)))
    return row_positions(shape, name) if 0 < found < prod(shape) else None


def equality_graph_bound(architecture: ConvACArchitecture, rows: Sequence[int]) -> Reason | None:
    """Search for the pair of paths whose equality graph gives the best bound.

    Take a layer K that is not the last and two paths of offsets from it down to the input. The graph on the cells has
    an edge, for every output position u of layer K, between the ends of both paths from u where both stay inside.
    Then the rank is at least ``D^c``: c is the number of connected components that meet both sides of the partition,
    D the least of M, C_K and, for l < K, C_l where the paths agree up to layer l and ``floor(C_l / 2)`` where they do
    not. Weights that show it: each layer carries the indicators "the cell at the end of the path shows template c"
    along both paths, and is constant at the other offsets; so the tensor is, up to constants that are not 0, the
    product over the edges of "both ends show the same template". The overlap theorem is the special case of two
    opposite ends, which are always looked at, so this bound is never below it. It needs weights that depend on the
    offset up to layer K.

    Parameters
    ----------
    architecture : ConvACArchitecture
    rows : sequence of int
        The positions of one side.

    Returns
    -------
    Reason or None

    Examples
    --------
    >>> from tensors.convac import ConvAC, Layer
    >>> net = ConvAC(8, 2, [Layer(4, 1, 2, sharing="sliding"), Layer(8, 8, 3)])
    >>> equality_graph_bound(net, (0, 1, 2, 3)).value
    8
    """
    best = None
    is_row = np.zeros(architecture.positions, dtype=bool)
    is_row[list(rows)] = True
    most = min(len(rows), architecture.positions - len(rows))
    if architecture.vanishes:
        return None
    for k in range(1, len(architecture.layers)):
        if not architecture.layers[k - 1].knows_offsets:
            break
        bases = path_bases(architecture, k)
        for agree in range(k - 1, -1, -1):
            base = bases[agree]
            if base < 2 or (best is not None and base ** min(most, prod(architecture.shapes[k])) <= best.value):
                continue
            for pair in candidates(architecture, k, agree):
                count = crossing_components(*edges(architecture, k, pair), is_row)
                if best is None or base**count > best.value:
                    details = {"layer": k, "paths": [list(map(list, p)) for p in pair], "base": base}
                    best = Reason("equality-graph", base**count, details=(*details.items(), ("components", count)))
    return best


LOWER_RULES = {
    "window-equality": window_equality_bound,
    "sharir-shashua-overlap": overlap_theorem_bound,
    "equality-graph": equality_graph_bound,
}
"""By name, cheap ones first; of equal bounds that of the first rule is taken."""


def best_lower_bound(architecture: ConvACArchitecture, rows: Sequence[int], goal: int | None = None) -> Reason:
    """Return the best of the theorems' bounds; the search ends where one reaches `goal`.

    Examples
    --------
    >>> from tensors.convac import ConvAC, Layer
    >>> net = ConvAC((32, 32), 2, [Layer(2, 1, 2, sharing="sliding"), Layer(32, 32, 1)])
    >>> found = best_lower_bound(net, row_positions((32, 32), "left"))
    >>> found.rule, found.value == 2**32
    ('equality-graph', True)
    """
    if architecture.vanishes:
        return Reason("nonzero", 0)
    best = Reason("nonzero", 1)
    for bound in LOWER_RULES.values():
        if goal is not None and best.value >= goal:
            break
        found = bound(architecture, rows)
        if found is not None and found.value > best.value:
            best = found
    return best


def crossing_components(first: Cells, second: Cells, is_row: NDArray[np.bool_]) -> int:
    """Count the components of a graph that meet both sides, where no cell begins or ends two edges.

    Such components are paths, all in one direction; every cell is led to the beginning of its path by doubling steps.

    Examples
    --------
    >>> crossing_components(np.array([0, 1, 2]), np.array([2, 3, 4]), np.array([True, True, False, False, False]))
    2
    """
    start = np.arange(is_row.size)
    start[second] = first
    while True:
        further = start[start]
        if (further == start).all():
            break
        start = further
    rows = np.zeros(is_row.size, dtype=bool)
    columns = rows.copy()
    rows[start[is_row]] = True
    columns[start[~is_row]] = True
    return int((rows & columns).sum())


def _crossing_clusters(architecture: ConvACArchitecture, rows: Sequence[int]) -> int:
    """Clusters of first windows (joined where they share a cell) that meet both sides."""
    reads, inside = architecture.reads[0], set(rows)
    used = architecture.covered[1][reads.outputs]
    parent = list(range(architecture.positions))

    def root(cell: int) -> int:
        while parent[cell] != cell:
            parent[cell] = parent[parent[cell]]
            cell = parent[cell]
        return cell

    representative: dict[int, int] = {}
    for output, cell in zip(reads.outputs[used].tolist(), reads.inputs[used].tolist(), strict=True):
        parent[root(cell)] = root(representative.setdefault(output, cell))
    sides: dict[int, set[bool]] = {}
    for cell in range(architecture.positions):
        sides.setdefault(root(cell), set()).add(cell in inside)
    return sum(len(both) == 2 for both in sides.values())
