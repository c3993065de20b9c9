"""Submatrices of a factor graph's matricization, evaluated at random tables modulo a prime.

If a minor is not zero there, it is a non-zero polynomial in the tables over the integers, so almost all tables have at
least its rank.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from algebra.evidence.evaluation import Evaluation, WholeMatrix
from tensors.networks.contraction import Plan, draw_tables, matricization, plan_submatrix

if TYPE_CHECKING:
    from collections.abc import Sequence

    from algebra.evidence.evaluation import Seen
    from algebra.rank.field import PrimeField
    from tensors.networks.structure import GraphStructure

RULE = "minor"

MOST_ENTRIES = 1 << 25
"""Entries of an intermediate array, and of all tables: 256 MiB of floats."""

MOST_WORK = 1 << 34
"""Multiplications of one evaluation: as one matrix product modulo a 23-bit prime they take half a second."""


@dataclass(frozen=True)
class GraphValues(Evaluation):
    """A submatrix of the matricization, with generic tables.

    Parameters
    ----------
    graph : GraphStructure
    rows, columns : tuple of (int, int)
        Observed variables that vary and how many values they take, increasing; all others stay at 0.
    """

    graph: GraphStructure
    rows: tuple[tuple[int, int], ...]
    columns: tuple[tuple[int, int], ...]

    rule = RULE

    @property
    def label(self) -> str:
        """Label of the graph."""
        return self.graph.label

    @cached_property
    def elimination(self) -> Plan:
        """The elimination order of the hidden variables, and what it costs."""
        return plan_submatrix(self.graph, dict((*self.rows, *self.columns)))

    @property
    def is_too_large(self) -> bool:
        """Whether it would take too much memory or time."""
        plan, entries = self.elimination, math.prod(count for _, count in (*self.rows, *self.columns))
        return plan.largest > MOST_ENTRIES or entries > MOST_ENTRIES or plan.work > MOST_WORK

    def at(self, field: PrimeField, key: str, rows: int, word_size: int) -> WholeMatrix:
        """Evaluate at tables drawn from a key; the number of rows is not free."""
        tables = draw_tables(self.graph, field, key, word_size)
        array = matricization(self.graph, tables, dict(self.rows), dict(self.columns), field, self.elimination)
        return WholeMatrix(array, field.prime)

    def details(self, seen: Seen) -> dict[str, Any]:
        """Return prime, key, word size, and what varies."""
        varied = [list(pair) for pair in (*self.rows, *self.columns)]
        return {"prime": seen.prime, "key": seen.key, "word_size": seen.word_size, "varied": varied}

    def minor_json(self, seen: Seen, rows: Sequence[int], columns: Sequence[int]) -> dict[str, Any]:
        """Name the submatrix, rows and columns of a minor, and the order in which hidden variables are summed."""
        return {
            "rule": RULE,
            **self.details(seen),
            "rows": list(rows),
            "columns": list(columns),
            "order": list(self.elimination.order),
        }
