"""The question after the generic matricization rank of a factor graph: cuts above, disjoint paths and minors below.

Rows and columns of a minor are chosen by structure: a maximal flow tells which observed variables matter and how many
values of each; all others keep one value.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from algebra.evidence.certificate import check_digits
from algebra.evidence.evaluation import look
from algebra.evidence.generic_rank import AtLeast, AtMost, GenericRank, Known
from algebra.evidence.reason import Reason
from algebra.rank import DEFAULT_PRIME
from tensors.networks.cuts import PRECISION, capacities, common_base, flow_cut, symmetric_bound
from tensors.networks.flows import Flow
from tensors.networks.paths import disjoint_paths, width
from tensors.networks.values import MOST_ENTRIES, GraphValues

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from algebra.evidence.generic_rank import Lower, RankEvidence
    from tensors.networks.structure import GraphStructure

MOST_SIDE = 4096
"""Rows and columns that are evaluated at most; the rank of so many, modulo a 23-bit prime, takes half a second."""

HOPELESS_SIDE = 1024
"""The same where the upper bound is beyond `MOST_SIDE`, so that no minor meets it: this takes some 20 ms."""

ATTEMPTS = 3
"""Tables that are drawn before a gap is left open."""

DIGITS = 1e-9
"""Rounding of the flow's logarithms, in bits."""


@dataclass(frozen=True)
class MatricizationRank(GenericRank):
    """The rank that the matricization of a factor graph has for almost all tables.

    Nothing is repeated: a gap is left by submatrices that are not whole, and they say nothing of greater ranks.
    """

    graph: GraphStructure
    row_side: tuple[int, ...]

    @property
    def label(self) -> str:
        """Label of the graph."""
        return self.graph.label

    @property
    def columns(self) -> tuple[int, ...]:
        """The observed variables that index the columns."""
        return self.graph.other_side(self.row_side)

    def arguments(self, known: Known) -> Iterator[AtLeast | AtMost]:
        """Cut, join by disjoint paths, and evaluate where the paths carry too little."""
        graph, rows = self.graph, self.row_side
        flow = Flow.of(graph, rows, capacities(graph.variable_dims))
        yield AtMost(self.upper_bound(flow))

        wires = disjoint_paths(graph, rows, enough=known.goal)
        yield AtLeast(Reason("disjoint-paths", width(wires), details=(("paths", wires),)))
        if width(wires) < _most_side(known.goal) and graph.table_entries <= MOST_ENTRIES:
            yield from self._minors(known, flow)

    def upper_bound(self, flow: Flow) -> Reason:
        """Return the minimal cut, or the symmetry of a side under tied factors if that gives less."""
        cut = flow_cut(self.graph, self.row_side, flow)
        bounds = [Reason("minimal-cut", cut.product, details=(("variables", cut.variables),))]
        if self.graph.is_tied:
            for side, variables in (("rows", self.row_side), ("columns", self.columns)):
                value = symmetric_bound(self.graph, variables)
                bounds.append(Reason("symmetry", value, details=(("side", side),)))
        return min(bounds, key=lambda bound: bound.value)

    def _minors(self, known: Known, flow: Flow) -> Iterator[AtLeast]:
        """Evaluate submatrices, growing until they are whole or too large."""
        graph, both = self.graph, (self.row_side, self.columns)
        most = _most_side(known.goal)
        sides = [_first_values(graph, side, flow, most) for side in both]
        attempt = 0
        while attempt < ATTEMPTS:
            evaluation = GraphValues(graph, tuple(sides[0].items()), tuple(sides[1].items()))
            if evaluation.is_too_large:
                return
            key = f"{graph.label}/rows={'-'.join(map(str, self.row_side))}/seed={known.seed}/attempt={attempt}"
            seen = look(evaluation, key, known.goal, DEFAULT_PRIME)
            yield AtLeast(seen)

            # Larger sides are no new attempt; a submatrix of full rank that cannot grow ends the search.
            grown = [_grown(graph, chosen, side, most) for chosen, side in zip(sides, both, strict=True)]
            full = seen.rank == min(math.prod(side.values()) for side in sides)
            attempt += ATTEMPTS if full and grown == sides else int(grown == sides)
            sides = grown

    def certified(self, evidence: RankEvidence) -> tuple[Lower, Reason | None]:
        """Return both bounds.

        Raises
        ------
        InputError
            If the bound has more digits than JSON readers accept.
        """
        check_digits("row_side", list(self.row_side), None if evidence.upper is None else evidence.upper.value)
        return super().certified(evidence)

    def claim(self) -> dict[str, Any]:
        """Return what is claimed."""
        about = {"graph": self.graph.to_json(), "row_side": list(self.row_side)}
        return {"quantity": "matricization-rank", "label": self.label, **about}

    def lower_json(self, lower: Reason) -> dict[str, Any]:
        """Write disjoint paths down."""
        paths = [{"width": wire.width, "path": list(wire.path)} for wire in lower.detail("paths")]
        return {"rule": "paths", "paths": paths}

    def upper_json(self, upper: Reason) -> dict[str, Any]:
        """Write a cut or a symmetry down."""
        if upper.rule == "minimal-cut":
            return {"rule": "cut", "variables": sorted(upper.detail("variables"))}
        return {"rule": "symmetric", "side": upper.detail("side")}


def _most_side(bound: int) -> int:
    return MOST_SIDE if bound <= MOST_SIDE else min(HOPELESS_SIDE, MOST_SIDE)


def _first_values(graph: GraphStructure, side: tuple[int, ...], flow: Flow, most: int) -> dict[int, int]:
    """As many values of each variable as the flow through it, in bits, asks for; the largest flows first."""
    base = common_base(graph.variable_dims)
    bits = math.log2(base) if base is not None else 2.0**-PRECISION
    wanted = {v: min(graph.variable_dims[v], math.ceil(2 ** (flow.through[v] * bits) - DIGITS)) for v in side}
    chosen: dict[int, int] = {}
    total = 1
    for v in sorted(side, key=lambda v: (-wanted[v], v)):
        if wanted[v] > 1 and total * wanted[v] <= most:
            chosen[v] = wanted[v]
            total *= wanted[v]
    return {v: chosen[v] for v in side if v in chosen}


def _grown(graph: GraphStructure, chosen: Mapping[int, int], side: tuple[int, ...], most: int) -> dict[int, int]:
    """Add values, one variable after the other, until the side is at least twice as large, whole, or at its limit."""
    counts = {v: chosen.get(v, 1) for v in side}
    goal, total = 2 * math.prod(counts.values()), math.prod(counts.values())
    for v in sorted(side, key=lambda v: (v not in chosen, v)):
        if total >= goal:
            break
        more = total // counts[v] * graph.variable_dims[v]
        if total < more <= most:
            counts[v], total = graph.variable_dims[v], more
    return {v: count for v, count in counts.items() if count > 1}
