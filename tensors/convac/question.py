"""The generic rank of a circuit's matricization: the question, for `algebra.evidence.generic_rank`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from algebra.errors import InputError
from algebra.evidence.certificate import check_digits
from algebra.evidence.evaluation import Seen
from algebra.evidence.generic_rank import AtLeast, AtMost, GenericRank, Known, bound_generic_rank
from algebra.evidence.reason import Reason
from tensors.convac.lower_bounds import best_lower_bound, equality_graph_bound
from tensors.convac.points import representation_matrix
from tensors.convac.sampling import LARGEST, samples, whole_values
from tensors.convac.tree_paths import tree_paths_bound
from tensors.convac.upper_bounds import best_upper_bound, quick_upper_bound
from tensors.convac.values import CircuitValues
from tensors.matricization import row_positions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from algebra.evidence.bounds import Bounds
    from algebra.evidence.generic_rank import Lower, RankEvidence
    from tensors.convac.architecture import ConvACArchitecture

MOST_TEMPLATES = 4096
"""One vector with an entry for each template stands at every position and point: 128 MB at 4096 points."""

MOST_WEIGHTS = 1 << 26
"""To draw them takes half a minute."""

FEW = 64
"""Templates, and channels of a layer, of what is evaluated of a circuit with more than that."""


@dataclass(frozen=True)
class CircuitRank(GenericRank):
    """The rank of the grid tensor's matricization for almost all weights.

    Parameters
    ----------
    architecture : ConvACArchitecture
    rows : tuple of int
        Row side of the partition.
    representation : tuple of tuple of int, optional
        F, if it is not equivalent to the identity; no theorem is used for the lower bound then.
    """

    architecture: ConvACArchitecture
    rows: tuple[int, ...]
    representation: tuple[tuple[int, ...], ...] | None = None

    @property
    def label(self) -> str:
        """Label of the circuit."""
        return self.architecture.label

    @property
    def values(self) -> CircuitValues:
        """What is evaluated, before points are chosen."""
        net = self.architecture if self.representation is not None else evaluated_part(self.architecture)
        return CircuitValues(net, self.rows, representation=self.representation)

    def arguments(self, known: Known) -> Iterator[AtLeast | AtMost]:
        """Count, compare with theorems, cut, then evaluate at chosen points."""
        net, rows, has_theorems = self.architecture, self.rows, self.representation is None
        on_templates = net if self.representation is None else replace(net, templates=len(self.representation))

        yield AtMost(quick_upper_bound(on_templates, rows))
        yield AtLeast(best_lower_bound(net, rows, known.goal) if has_theorems else Reason("rank", 0))
        yield AtMost(best_upper_bound(on_templates, rows))

        # Disjoint paths through trees, where no minor that can be evaluated reaches the rank.
        if has_theorems and known.goal > max(known.lower.value, 2 * LARGEST):
            paths = tree_paths_bound(net, rows, known.goal)
            if paths is not None:
                yield AtLeast(paths)
        yield from map(AtLeast, samples(self.values, known))

    def repeated(self, known: Known) -> CircuitValues | None:
        """Evaluate generic points, or all of them; None where that would take too long, or is only a part."""
        values = self.values
        return whole_values(values, known) if values.architecture == self.architecture else None

    def certified(self, evidence: RankEvidence) -> tuple[Lower, Reason | None]:
        """Return both bounds; of the overlap theorem the equality graph that it is a special case of.

        Raises
        ------
        InputError
            If a bound has more digits than JSON readers accept, or a representation is not equivalent to the identity.
        """
        lower, upper = evidence.lower, evidence.upper
        check_digits("architecture", self.label, None if upper is None else upper.value)
        if self.representation is not None and not isinstance(lower, Reason):
            allowed = "left out: certificates are of one-hot templates"
            raise InputError("representation", "rows that are dependent", allowed)
        if isinstance(lower, Seen) and lower.evaluation.label != self.label:
            allowed = f"of at most {MOST_TEMPLATES} templates and {MOST_WEIGHTS} weights, to be evaluated as a whole"
            raise InputError("architecture", self.label, allowed)
        if lower.rule == "sharir-shashua-overlap":
            graph = equality_graph_bound(self.architecture, self.rows)
            lower = graph if graph is not None and graph.value >= lower.value else Reason("nonzero", 1)
        return lower, upper

    def claim(self) -> dict[str, Any]:
        """Return what is claimed."""
        about = {"circuit": self.architecture.to_json(), "row_side": list(self.rows)}
        return {"quantity": "grid-tensor-rank", "label": self.label, **about}

    def lower_json(self, lower: Reason) -> dict[str, Any]:
        """Name the theorem, and the paths that it speaks of."""
        shown = {"equality-graph": ("layer", "paths"), "disjoint-paths": ("paths",)}.get(lower.rule, ())
        return {"rule": lower.rule, **{name: lower.detail(name) for name in shown}}

    def upper_json(self, upper: Reason) -> dict[str, Any]:
        """Name the rule; of a cut its variables in the unrolled circuit."""
        variables = upper.detail("variables")
        if variables is None:
            return {"rule": upper.rule}
        rule = upper.rule if upper.rule == "equal-windows" else "cut"
        return {"rule": rule, "graph": upper.detail("graph"), "variables": variables}

    def explain(self, evidence: RankEvidence) -> str:
        """Return both arguments as text."""
        lower, upper = evidence.lower, evidence.upper
        assert upper is not None
        below = _shown(lower, "<=") if isinstance(lower, Reason) else lower.explain()
        return f"{below}\n{_shown(upper, '>=')}"


def evaluated_part(architecture: ConvACArchitecture) -> ConvACArchitecture:
    """Return what is evaluated of a circuit: all of it, but of a huge one few templates and channels.

    Fewer templates give a part of the matricization; fewer channels are the weights that are 0 for the others. So the
    rank of almost all weights is no greater than that of the whole.

    Examples
    --------
    >>> from tensors.convac import ConvAC, Layer
    >>> evaluated_part(ConvAC(4, 10**9, [Layer(2, 2, 3), Layer(2, 2, 10**9)])).label
    'convac:4:M64:w2s2c3-w2s2c64'
    """
    if architecture.templates <= MOST_TEMPLATES and architecture.parameters <= MOST_WEIGHTS:
        return architecture
    layers = tuple(replace(layer, channels=min(layer.channels, FEW)) for layer in architecture.layers)
    return replace(architecture, templates=min(architecture.templates, FEW), layers=layers)


def _shown(reason: Reason, sign: str) -> str:
    return ", ".join(
        [f"{reason.value} {sign} rank: {reason.rule}", *(f"{name} {value}" for name, value in reason.details)]
    )


def matricization_rank(
    architecture: ConvACArchitecture,
    row_side: str | Sequence[int],
    seed: int = 0,
    log2_error: float | None = None,
    representation: Any = None,
) -> Bounds:
    """Bound the rank of the grid tensor's matricization for almost all weights.

    Upper bounds: templates, pooling geometry, symmetry under full sharing, minimal cuts, equal windows, subspaces that
    intersect. Lower bounds: the theorems of `lower_bounds`, disjoint paths through trees whose rank no minor reaches,
    then values at chosen points modulo a prime. Where they leave a gap that all rows and columns (or generic points) do
    not close, the rank is repeated at random integers modulo random large primes, and the answer is `PROBABLE`; where
    that would take too long it is `INCONCLUSIVE`.

    Parameters
    ----------
    architecture : ConvACArchitecture
    row_side : str or sequence of int
        See `tensors.matricization.row_positions`.
    seed : int
        Any integer.
    log2_error : float, optional
        Target for log2 of the error probability, between -4096 and -1. Default: -64.
    representation : array_like of int, shape (templates, M), optional
        F: row i holds the values of the M representation functions at template i. Default: the identity, which every
        invertible F is equivalent to. If its rows are dependent, no theorem is used for the lower bound.

    Returns
    -------
    Bounds

    Raises
    ------
    InputError
        For a bad partition, seed, target or representation.

    Examples
    --------
    >>> from tensors.convac import ConvAC, Layer
    >>> ConvAC(8, 3, [Layer(2, 2, 3), Layer(2, 2, 4), Layer(2, 2, 6)]).rank([0, 1, 2])
    9 (proved)
    >>> ConvAC((10, 10), 2, [Layer(2, 1, 2, sharing="sliding"), Layer(10, 10, 1)]).rank("left").lower_by
    'equality-graph'
    """
    rows = row_positions(architecture.input_shape, row_side)
    return bound_generic_rank(_question(architecture, rows, representation), seed, log2_error)


def _question(architecture: ConvACArchitecture, rows: tuple[int, ...], representation: Any) -> CircuitRank:
    """Return the question of a circuit on one-hot templates, if the representation is equivalent to that."""
    if representation is None:
        return CircuitRank(architecture, rows)
    from algebra.rank import rank_rational

    matrix = representation_matrix(architecture, representation)
    if rank_rational(matrix) == len(matrix):
        return CircuitRank(replace(architecture, templates=len(matrix)), rows)
    return CircuitRank(architecture, rows, tuple(tuple(map(int, row)) for row in matrix))
