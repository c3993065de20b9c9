"""What is evaluated: the values of a circuit with generic weights at chosen points, a part of its matricization."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.evidence.error import WORD, log2_trial_error
from algebra.evidence.evaluation import Evaluation
from algebra.rank import Echelon
from algebra.rank.modular_rank import is_small, minor_of_array, rank_of_array
from algebra.rank.threads import one_thread
from tensors.convac.evaluation import EvaluatedCircuit
from tensors.convac.height import value_size
from tensors.convac.points import Points, drawn_points, template_matrix, template_points
from tensors.convac.routes import COLUMNS, CROSSING, ROWS
from tensors.convac.weights import CircuitWeights
from tensors.grid_points import drawn_templates, enumeration
from tensors.matricization import column_positions

if TYPE_CHECKING:
    from algebra.evidence.evaluation import Seen
    from algebra.rank.field import PrimeField
    from tensors.convac.architecture import ConvACArchitecture

Sides = tuple[tuple[int, ...], tuple[int, ...]]

RULE = "evaluation-minor"

MOST_KEPT = 256
"""Positions of a circuit whose work is kept: of larger ones evaluating takes much longer than estimating."""


@dataclass(frozen=True)
class CircuitValues(Evaluation):
    """The values of a circuit with generic weights at chosen points: a submatrix of its matricization.

    Parameters
    ----------
    architecture : ConvACArchitecture
    rows : tuple of int
        Row side of the partition.
    scheme : {"enumerated", "drawn", "vectors"}
    varied : tuple of tuple of int
        Positions of either side that vary; the others show the first drawn templates. Vectors vary everywhere.
    count : int
        Points on each side; of enumerated ones the most.
    representation : tuple of tuple of int, optional
        F, if it is not the identity.
    """

    architecture: ConvACArchitecture
    rows: tuple[int, ...]
    scheme: str = "enumerated"
    varied: Sides = ((), ())
    count: int = 0
    representation: tuple[tuple[int, ...], ...] | None = None

    rule = RULE

    @property
    def label(self) -> str:
        """Label of the circuit."""
        return self.architecture.label

    @property
    def sides(self) -> Sides:
        """Positions of the rows and of the columns."""
        return self.rows, column_positions(self.architecture.positions, self.rows)

    @property
    def templates(self) -> int:
        """Number of templates."""
        return self.architecture.templates if self.representation is None else len(self.representation)

    @property
    def is_complete(self) -> bool:
        """Whether the points are all rows and all columns that matter."""
        covered = self.architecture.covered[0]
        everything = all(
            self.templates ** len(varied) <= self.count and set(varied) >= {q for q in side if covered[q]}
            for side, varied in zip(self.sides, self.varied, strict=True)
        )
        return self.scheme == "enumerated" and everything

    @property
    def largest(self) -> int:
        """Number of points on the side that has more of them."""
        if self.scheme != "enumerated":
            return self.count
        return max(min(self.count, int(self.templates ** len(side))) for side in self.varied)

    @property
    def work(self) -> int:
        """Estimate of the products of an evaluation."""
        return work(self.architecture, self.rows, self.varied, self.largest)

    def points(self, field: PrimeField, key: str, word_size: int = 1) -> list[Points]:
        """Return the row points and the column points."""
        if self.scheme == "vectors":
            return drawn_points(self.architecture, self.sides, key, field, self.count, word_size)
        matrix = template_matrix(self.architecture, field, self.representation)
        times = 1 if self.scheme == "enumerated" else 1 + self.count
        drawn = drawn_templates(self.architecture.positions, self.templates, key, times)
        found = []
        for side, varied in zip(self.sides, self.varied, strict=True):
            if self.scheme == "enumerated":
                choices = enumeration(len(varied), self.templates, self.count)
            else:
                choices = drawn[1:, list(varied)].T
            found.append(template_points(side, varied, drawn[0].tolist(), choices, matrix))
        return found

    def at(self, field: PrimeField, key: str, rows: int, word_size: int) -> CircuitMatrix:
        """Evaluate at weights and points drawn from a key; the number of rows is not free."""
        weights = CircuitWeights.drawn(self.architecture, key, field.prime, word_size)
        return CircuitMatrix(EvaluatedCircuit(weights, *self.points(field, key, word_size)), field)

    def log2_error(self, rank: int, rows: int, word_size: int) -> float:
        """Bound how seldom a trial misses a rank; see `algebra.evidence.error`."""
        return log2_trial_error(value_size(self.architecture, WORD * word_size), rank, word_size)

    def details(self, seen: Seen) -> dict[str, Any]:
        """Return how the points were chosen, as plain JSON values."""
        varied = {"varied": [list(side) for side in self.varied]} if self.scheme != "vectors" else {}
        return {"prime": seen.prime, "key": seen.key, "scheme": self.scheme, **varied, "count": self.count}

    def minor_json(self, seen: Seen, rows: Sequence[int], columns: Sequence[int]) -> dict[str, Any]:
        """Name the points, and rows and columns of a minor."""
        return {
            "rule": RULE,
            "prime": seen.prime,
            "key": seen.key,
            **({"word_size": seen.word_size} if seen.word_size > 1 else {}),
            "scheme": self.scheme,
            "varied": [list(side) for side in self.varied],
            "count": self.largest,
            "rows": list(rows),
            "columns": list(columns),
        }

    def explain(self, seen: Seen) -> str:
        """Say where the rank was seen."""
        shown = ", ".join(f"{name} {value}" for name, value in self.details(seen).items())
        return f"{seen.rank} <= rank: {self.rule}, {shown}"


@dataclass(frozen=True, eq=False)
class CircuitMatrix:
    """The values of a circuit modulo a prime, made block by block of rows."""

    evaluation: EvaluatedCircuit
    field: PrimeField

    def rank(self, goal: int) -> int:
        """Return the rank; only as many rows are evaluated as it takes to reach the goal."""
        shape, prime = (self.evaluation.rows.count, self.evaluation.columns.count), self.field.prime
        with one_thread(max(shape)):
            if not self.field.is_float or is_small(*shape, prime) or self.evaluation.is_one_block:
                return rank_of_array(self.evaluation.matrix(), prime)
            form = Echelon(shape[1], prime, capacity=min(goal, *shape))
            for block in self.evaluation.blocks():
                form.add(block, centred=True)
                if form.rank >= form.capacity:
                    break
            return form.rank

    def minor(self, size: int) -> tuple[list[int], list[int]]:
        """Return rows and columns of a minor that is not zero, as large as the rank or `size`."""
        return minor_of_array(self.evaluation.matrix(), self.field.prime, size)


def work(architecture: ConvACArchitecture, rows: Sequence[int], varied: Sequence[Sequence[int]], count: int) -> int:
    """Estimate the products of an evaluation at so many points on either side."""
    if architecture.positions <= MOST_KEPT:
        return _kept_work(architecture, tuple(rows), tuple(map(tuple, varied)), count)
    return _work(architecture, rows, varied, count)


def _work(architecture: ConvACArchitecture, rows: Sequence[int], varied: Sequence[Sequence[int]], count: int) -> int:
    inside = np.full(architecture.positions, COLUMNS)
    inside[list(rows)] = ROWS
    kind = np.zeros(architecture.positions, dtype=np.int64)
    moving = [position for side in varied for position in side]
    kind[moving] = inside[moving]
    total = 0
    for number, (before, layer) in enumerate(zip(architecture.channels, architecture.layers, strict=False)):
        reads, places = architecture.reads[number], prod(architecture.shapes[number + 1])
        kinds = kind[reads.inputs]
        crossing = int((kinds == CROSSING).sum())
        one_sided = int((kinds > 0).sum()) - crossing
        total += layer.channels * before * (len(kinds) + one_sided * count + crossing * count**2)
        kind = np.zeros(places, dtype=np.int64)
        np.bitwise_or.at(kind, reads.outputs, kinds)
    return total


_kept_work = lru_cache(maxsize=64)(_work)
