"""Generic matricization ranks of factor graphs: minimal cuts above, disjoint paths and minors modulo a prime below.

Tables with random integers modulo a prime give a minor; if it is not zero, it is a non-zero polynomial in the tables
over the integers, so almost all tables have at least that rank. Rows and columns are chosen by structure: a maximal
flow tells which observed variables matter and how many values of each; all others keep one value.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from algebra.evidence import Bounds, Grade
from algebra.polynomial.field import PrimeField
from algebra.polynomial.trial import one_thread
from algebra.rank import DEFAULT_PRIME, RankProfile, rank_mod, rank_profile_mod
from tensors.disjoint_paths import Wire, disjoint_paths, width
from tensors.factor_contraction import (
    Plan,
    draw_tables,
    evaluated_dims,
    matricization,
    plan_elimination,
    restricted_scopes,
    table_entries,
)
from tensors.min_cut import Cut, Flow, capacities, common_base, flow_cut, symmetric_bound

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from algebra.evidence.certificate import Certificate
    from tensors.factor_graph import FactorGraph

MOST_SIDE = 4096
"""Rows and columns that are evaluated at most."""

HOPELESS_SIDE = 1024
"""The same where the upper bound is beyond `MOST_SIDE`, so that no minor meets it."""

MOST_ENTRIES = 1 << 25
"""Entries of an intermediate array, and of all tables."""

MOST_WORK = 1 << 34
"""Multiplications of one evaluation."""

ATTEMPTS = 3
"""Tables that are drawn before a gap is left open."""

DIGITS = 1e-9
"""Rounding of the flow's logarithms, in bits."""


@dataclass(frozen=True)
class Minor:
    """Where a rank was seen: enough to see it again.

    Parameters
    ----------
    key : str
        Key of the generator of the tables.
    rows, columns : tuple of (int, int)
        Observed variables that vary and how many values they take, increasing; all others stay at 0.
    rank : int
        Rank of that submatrix modulo the prime.
    prime : int
    """

    key: str
    rows: tuple[tuple[int, int], ...]
    columns: tuple[tuple[int, int], ...]
    rank: int
    prime: int = DEFAULT_PRIME


@dataclass(frozen=True)
class Symmetry:
    """An upper bound by exchangeable observed variables of one side.

    Parameters
    ----------
    side : str
        ``"rows"`` or ``"columns"``.
    product : int
        The bound.
    """

    side: str
    product: int


@dataclass(frozen=True)
class FactorGraphEvidence:
    """What stands behind the bounds of a factor graph's matricization rank.

    Parameters
    ----------
    graph : FactorGraph
    row_side : tuple of int
    lower : tuple of Wire or Minor
    upper : Cut or Symmetry
    seed : int
    """

    graph: FactorGraph
    row_side: tuple[int, ...]
    lower: tuple[Wire, ...] | Minor
    upper: Cut | Symmetry
    seed: int

    def certificate(self) -> Certificate:
        """Return the paths or the minor, and the cut, for the independent checker."""
        from tensors.factor_certify import rank_certificate

        return rank_certificate(self)

    @cached_property
    def profile(self) -> RankProfile:
        """Rows and columns of the minor, within those evaluated."""
        assert isinstance(self.lower, Minor)
        return rank_profile_mod(submatrix(self.graph, self.lower), self.lower.prime)


def generic_rank(graph: FactorGraph, row_side: Sequence[int], seed: int = 0) -> Bounds:
    """Bounds of the rank that the matricization has for almost all tables.

    Parameters
    ----------
    graph : FactorGraph
    row_side : sequence of int
        Observed variables that index the rows.
    seed : int
        Seed of the random tables.

    Returns
    -------
    Bounds
        Proved where the minimal cut, or the symmetry of tied factors, is met; else `INCONCLUSIVE`: the lower bound is
        then the best rank seen.

    Raises
    ------
    InputError
        If the row side is not a set of observed variables.

    Examples
    --------
    >>> from tensors.factor_graph import FactorGraph
    >>> train = FactorGraph((4, 4, 4, 4, 3, 3, 3), 4, ((0, 4), (1, 4, 5), (2, 5, 6), (3, 6)))
    >>> generic_rank(train, [0, 2]), generic_rank(train, [0, 1])
    (12 (proved), 3 (proved))
    """
    rows = graph.check_row_side(row_side)
    flow = Flow.of(graph, rows, capacities(graph.variable_dims))
    cut = flow_cut(graph, rows, flow)
    upper = best_upper(graph, rows, cut)
    wires = disjoint_paths(graph, rows, enough=upper.product)
    best: tuple[Wire, ...] | Minor = wires
    if width(wires) < upper.product and width(wires) < _most_side(upper.product):
        minor = best_minor(graph, rows, upper.product, flow, seed)
        best = minor if minor is not None and minor.rank > width(wires) else wires
    lower = best.rank if isinstance(best, Minor) else width(best)
    return Bounds(
        lower,
        upper.product,
        Grade.PROVED if lower == upper.product else Grade.INCONCLUSIVE,
        lower_by="minor" if isinstance(best, Minor) else "disjoint-paths",
        upper_by="minimal-cut" if isinstance(upper, Cut) else "symmetry",
        seed=seed,
        evidence=FactorGraphEvidence(graph, rows, best, upper, seed),
    )


def best_upper(graph: FactorGraph, rows: tuple[int, ...], cut: Cut) -> Cut | Symmetry:
    """Return the cut, or the symmetry of a side if that gives less."""
    if not graph.is_tied:
        return cut
    others = [v for v in range(graph.observed) if v not in set(rows)]
    bounds: list[Cut | Symmetry] = [
        cut,
        Symmetry("rows", symmetric_bound(graph, rows)),
        Symmetry("columns", symmetric_bound(graph, others)),
    ]
    return min(bounds, key=lambda bound: bound.product)


def best_minor(graph: FactorGraph, rows: tuple[int, ...], bound: int, flow: Flow, seed: int) -> Minor | None:
    """Evaluate submatrices, growing until the bound is met or they are whole or too large; None if all are."""
    if table_entries(graph) > MOST_ENTRIES:
        return None
    others = tuple(sorted(set(range(graph.observed)) - set(rows)))
    most = _most_side(bound)
    sides = [_first_values(graph, side, flow, most) for side in (rows, others)]
    best, attempt = None, 0
    while attempt < ATTEMPTS:
        key = f"{graph.label}/rows={'-'.join(map(str, rows))}/seed={seed}/attempt={attempt}"
        varied = [tuple(side.items()) for side in sides]
        found = _evaluate(graph, Minor(key, varied[0], varied[1], 0), bound)
        if found is None:
            return best
        best = found if best is None or found.rank > best.rank else best
        if best.rank >= bound:
            return best
        grown = [_grown(graph, chosen, side, most) for chosen, side in zip(sides, (rows, others), strict=True)]
        full = found.rank == min(math.prod(side.values()) for side in sides)
        attempt += ATTEMPTS if full and grown == sides else int(grown == sides)
        sides = grown
    return best


def _most_side(bound: int) -> int:
    return MOST_SIDE if bound <= MOST_SIDE else min(HOPELESS_SIDE, MOST_SIDE)


def _first_values(graph: FactorGraph, side: tuple[int, ...], flow: Flow, most: int) -> dict[int, int]:
    """As many values of each variable as the flow through it, in bits, asks for; the largest flows first."""
    base = common_base(graph.variable_dims)
    bits = math.log2(base) if base is not None else 2.0**-40
    wanted = {v: min(graph.variable_dims[v], math.ceil(2 ** (flow.through[v] * bits) - DIGITS)) for v in side}
    chosen: dict[int, int] = {}
    total = 1
    for v in sorted(side, key=lambda v: (-wanted[v], v)):
        if wanted[v] > 1 and total * wanted[v] <= most:
            chosen[v] = wanted[v]
            total *= wanted[v]
    return {v: chosen[v] for v in side if v in chosen}


def _grown(graph: FactorGraph, chosen: Mapping[int, int], side: tuple[int, ...], most: int) -> dict[int, int]:
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


def _evaluate(graph: FactorGraph, minor: Minor, bound: int) -> Minor | None:
    """Rank of the submatrix; None if it would take too much memory or time."""
    plan = elimination(graph, minor)
    entries = math.prod(count for _, count in (*minor.rows, *minor.columns))
    if plan.largest > MOST_ENTRIES or entries > MOST_ENTRIES or plan.work > MOST_WORK:
        return None
    matrix = submatrix(graph, minor)
    with one_thread(min(matrix.shape)):
        rank = rank_mod(matrix, minor.prime)
    if rank > bound:
        raise ArithmeticError(f"a rank of {rank} of {graph.label} contradicts the cut's bound {bound}")
    return replace(minor, rank=rank)


def elimination(graph: FactorGraph, minor: Minor) -> Plan:
    """The elimination order for the submatrix, and what it costs."""
    varied = dict((*minor.rows, *minor.columns))
    hidden = range(graph.observed, len(graph.variable_dims))
    return plan_elimination(restricted_scopes(graph, varied), evaluated_dims(graph, varied), hidden)


def submatrix(graph: FactorGraph, minor: Minor) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """Evaluate the submatrix in which a minor was seen: residues as int64."""
    field = PrimeField(minor.prime)
    tables = draw_tables(graph, field, minor.key)
    return matricization(graph, tables, dict(minor.rows), dict(minor.columns), field).astype(np.int64)
