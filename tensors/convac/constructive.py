"""Weights at which the rank is known: the lower bounds of `lower_bounds`, attained by exact integers.

Every bound has weights for which the grid tensor is, up to constants that are not 0, a product of equalities "these
cells show the same template, one of the first D". Its matricization has rank exactly D to the number of classes of
cells that lie on both sides of the partition, and a square part with one entry in each row and column shows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.errors import InputError, as_integer, one_of
from algebra.memory import check_fits, power
from algebra.rank.primes import as_prime
from tensors.convac.equality_weights import constant_weights, equality_weights, window_weights
from tensors.convac.evaluation import evaluate
from tensors.convac.grid_tensor import matricization
from tensors.convac.lower_bounds import LOWER_RULES, best_lower_bound
from tensors.convac.offset_paths import Pair, agreement, edges, overlap_pair, path_base
from tensors.convac.points import template_matrix, template_points
from tensors.convac.weights import CircuitWeights
from tensors.grid_points import enumeration
from tensors.matricization import column_positions, row_positions

if TYPE_CHECKING:
    from algebra.evidence.reason import Reason
    from algebra.rank.field import PrimeField
    from algebra.types import Array
    from tensors.convac.architecture import ConvACArchitecture


LARGEST_PART = 4096


@dataclass(frozen=True)
class Construction:
    """Weights with the rank that they attain.

    Parameters
    ----------
    weights : CircuitWeights
        Exact: 0 and 1.
    rows : tuple of int
        Row side of the partition.
    rule : str
        The bound that they attain: ``equality-graph``, ``sharir-shashua-overlap``, ``window-equality`` or ``nonzero``.
    base : int
        D, the number of templates that are told apart.
    classes : tuple of tuple of int
        The classes of cells that must show the same template, each with its cells on both sides of the partition.
    """

    weights: CircuitWeights
    rows: tuple[int, ...]
    rule: str
    base: int
    classes: tuple[tuple[int, ...], ...]

    @property
    def rank(self) -> int:
        """Rank of the matricization at these weights: ``base ** len(classes)``."""
        return power(self.base, len(self.classes))

    def matrix(self) -> Array:
        """Return the whole matricization, exactly, of circuits with few patches.

        Raises
        ------
        InputError
            If the tensor has more than 2^24 entries.
        """
        return matricization(self.weights, self.rows)

    def part(self, labels: Any, prime: int) -> Array:
        """Return the values, modulo a prime above D, where each class shows one template on either side.

        Parameters
        ----------
        labels : array_like of int, shape (points, classes)
            The templates of the classes, between 0 and D - 1; all other cells show the first template. Point i gives
            a row and a column.
        prime : int

        Returns
        -------
        ndarray, shape (points, points)
            Not 0 exactly where two points agree: for distinct points a diagonal matrix of full rank, of circuits of
            any size.

        Raises
        ------
        InputError
            If the labels do not fit, or for what is no prime below 2^63.
        """
        prime = as_prime("prime", prime)
        try:
            given = np.asarray(labels)
        except ValueError:  # rows of different lengths
            given = np.empty(0)
        fits = (
            given.ndim == 2
            and given.dtype.kind in "iu"
            and given.shape[1] == len(self.classes)
            and len(given) <= LARGEST_PART
        )
        if not fits or not ((given >= 0) & (given < self.base)).all():
            allowed = f"at most {LARGEST_PART} rows of {len(self.classes)} integers from 0 to {self.base - 1}"
            raise InputError("labels", f"an array of shape {given.shape}", allowed)

        net = self.weights.architecture
        reduced = self.weights.modulo(prime)
        field: PrimeField = reduced.arithmetic  # type: ignore[assignment]

        # All cells of a class show its template, those of either side at the same points.
        shown = np.zeros((net.positions, len(given)), dtype=np.int64)
        for number, cells in enumerate(self.classes):
            shown[list(cells)] = given[:, number]
        fixed, table = [0] * net.positions, template_matrix(net, field)
        moving = {cell for cells in self.classes for cell in cells}
        sides = []
        for side in (self.rows, column_positions(net.positions, self.rows)):
            varied = [cell for cell in side if cell in moving]
            sides.append(template_points(side, varied, fixed, shown[varied], table))
        return np.asarray(evaluate(reduced, sides))

    def single_labels(self) -> Array:
        """Return the point at which all classes show template 0, and those at which one class shows template 1."""
        count = len(self.classes)
        return np.concatenate([np.zeros((1, count), dtype=np.int64), np.eye(count, dtype=np.int64)])

    def drawn_labels(self, count: int, seed: int = 0) -> Array:
        """Draw so many distinct points (all, if there are no more).

        Parameters
        ----------
        count : int
        seed : int

        Returns
        -------
        numpy.ndarray of int
        """
        places = len(self.classes)
        check_fits("count", count, 16 * places * min(as_integer("count", count, 1), self.rank))
        if self.rank <= count:
            return enumeration(places, self.base, self.rank).T
        random, found = Random(seed), set[tuple[int, ...]]()
        while len(found) < count:
            found.add(tuple(random.randrange(self.base) for _ in range(places)))
        return np.array(sorted(found), dtype=np.int64)


def constructive_weights(
    architecture: ConvACArchitecture, row_side: str | Sequence[int], rule: str | None = None
) -> Construction:
    """Return weights that attain the best of the bounds by theorem, or one of them.

    Parameters
    ----------
    architecture : ConvACArchitecture
        Of any borders and sharing; the rule decides what it covers.
    row_side : str or sequence of int
        See `tensors.matricization.row_positions`.
    rule : str, optional
        ``equality-graph``: needs weights that depend on the offset, in the layers that it uses.
        ``sharir-shashua-overlap``: where the overlap theorem applies (see `receptive_fields.overlap_bound`); its
        proof's weights, which may attain more than its formula. ``window-equality``: weights that are fully shared.

    Returns
    -------
    Construction
        The weights, the rank that they attain, and the cells that show the same template.

    Raises
    ------
    InputError
        If the rule says nothing of this architecture and partition, or zero borders make every tensor 0.

    Examples
    --------
    >>> from algebra.rank import rank_rational
    >>> from tensors.convac import ConvAC, Layer
    >>> net = ConvAC(8, 2, [Layer(2, 1, 4, sharing="sliding"), Layer(4, 1, 2, sharing="sliding"), Layer(8, 8, 1)])
    >>> found = constructive_weights(net, "left")
    >>> found.rank, rank_rational(found.matrix())
    (16, 16)
    """
    rows = row_positions(architecture.input_shape, row_side)
    if architecture.vanishes:
        raise InputError("architecture", architecture.label, "one whose borders do not make its grid tensor 0")
    bound = best_lower_bound(architecture, rows) if rule is None else _bound_by(rule, architecture, rows)
    if bound.rule == "nonzero":
        return Construction(constant_weights(architecture), rows, bound.rule, 1, ())

    # Which cells show the same template: those of every first window, or the ends of two paths.
    if bound.rule == "window-equality":
        weights, base = window_weights(architecture), bound.detail("base")
        joined: tuple[Array, Array] = _window_edges(architecture)
    else:
        layer = bound.detail("layer")
        pair = _stated_pair(architecture, dict(bound.details))
        weights, base = equality_weights(architecture, layer, pair), path_base(architecture, layer, agreement(pair))
        joined = edges(architecture, layer, pair)

    # What is joined to one another is one class; those on both sides of the partition make the rank.
    classes = _crossing_classes(zip(*(ends.tolist() for ends in joined), strict=True), set(rows))
    return Construction(weights, rows, bound.rule, base, classes)


def depth_witness(architecture: ConvACArchitecture) -> CircuitWeights:
    """Return the weights that separate deep from shallow circuits, in every sharing: those of `window_weights`.

    For windows that do not overlap, N = 2^L and the odd-even partition the matricization is, up to rows and columns
    of zeros, an identity matrix of size ``min(M, C_1)^(N/2)`` (Cohen, Sharir and Shashua, COLT 2016,
    arXiv:1509.05009).

    Parameters
    ----------
    architecture : ConvACArchitecture

    Returns
    -------
    CircuitWeights

    Examples
    --------
    >>> from tensors.convac import ConvAC, Layer
    >>> from tensors.convac.grid_tensor import matricization
    >>> net = ConvAC(4, 2, [Layer(2, 2, 2, sharing="full"), Layer(2, 2, 1, sharing="full")])
    >>> matricization(depth_witness(net), "odd-even").tolist()
    [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
    """
    return window_weights(architecture)


def _bound_by(rule: str, architecture: ConvACArchitecture, rows: tuple[int, ...]) -> Reason:
    one_of("rule", rule, sorted(LOWER_RULES))
    found = LOWER_RULES[rule](architecture, rows)
    if found is None:
        raise InputError("rule", rule, f"one that applies to {architecture.label} and these {len(rows)} rows")
    return found


def _stated_pair(architecture: ConvACArchitecture, details: dict[str, Any]) -> Pair:
    if "paths" in details:
        return Pair(*(tuple(map(tuple, path)) for path in details["paths"]))
    return overlap_pair(architecture, details["axis"], details["layer"])


def _window_edges(architecture: ConvACArchitecture) -> tuple[Array, Array]:
    """Join consecutive cells of each first window that the output depends on."""
    reads = architecture.reads[0]
    used = architecture.covered[1][reads.outputs]
    outputs, cells = reads.outputs[used], reads.inputs[used]
    same = outputs[1:] == outputs[:-1]
    return cells[:-1][same], cells[1:][same]


def _crossing_classes(joined: Iterable[tuple[int, int]], rows: set[int]) -> tuple[tuple[int, ...], ...]:
    """Connected components with cells on both sides, in the order of their first cells."""
    import networkx

    found = (tuple(sorted(cells)) for cells in networkx.connected_components(networkx.Graph(joined)))
    return tuple(sorted(cells for cells in found if 0 < sum(cell in rows for cell in cells) < len(cells)))
