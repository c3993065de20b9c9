"""The questions after ranks of grid tensors that no theorem answers: values alone, as claims are to be judged by."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from algebra.evidence.error import WORD, EntrySize, log2_trial_error
from algebra.evidence.generic_rank import AtLeast, AtMost, Known
from algebra.evidence.reason import Reason
from tensors.convac.question import CircuitRank
from tensors.convac.sampling import samples
from tensors.convac.upper_bounds import templates_bound
from tensors.convac.values import CircuitValues
from tensors.networks.question import MatricizationRank
from tensors.networks.values import GraphValues

if TYPE_CHECKING:
    from collections.abc import Iterator

VALUES = "values-modulo-primes"
TEMPLATES = "templates"


@dataclass(frozen=True)
class UnaidedRank(CircuitRank):
    """The rank of a circuit's matricization, asked without any theorem."""

    def arguments(self, known: Known) -> Iterator[AtLeast | AtMost]:
        """Count the templates, and evaluate."""
        yield AtMost(templates_bound(self.architecture, self.rows))
        yield from map(AtLeast, samples(UnaidedValues(self.architecture, self.rows), known))


class UnaidedValues(CircuitValues):
    """Values under a name of their own, so that a claim's evidence shows where it comes from."""

    rule = VALUES


@dataclass(frozen=True)
class UnaidedGraphRank(MatricizationRank):
    """The rank of a factor graph's matricization, asked without any theorem."""

    def arguments(self, known: Known) -> Iterator[AtLeast | AtMost]:
        """Count rows and columns."""
        dims = self.graph.variable_dims
        yield AtMost(Reason(TEMPLATES, min(prod(dims[v] for v in side) for side in (self.row_side, self.columns))))

    def repeated(self, known: Known) -> WholeGraph:
        """Evaluate all rows and columns."""
        rows, columns = (
            tuple((v, self.graph.variable_dims[v]) for v in side) for side in (self.row_side, self.columns)
        )
        return WholeGraph(self.graph, rows, columns)


@dataclass(frozen=True)
class WholeGraph(GraphValues):
    """The whole matricization: a rank that it does not show is not there, all but certainly."""

    rule = VALUES

    def log2_error(self, rank: int, rows: int, word_size: int) -> float:
        """Bound how seldom a trial misses a rank.

        An entry is a sum, over the hidden variables, of products of one number from each table.
        """
        degree = len(self.graph.factor_scopes)
        terms = sum(dim.bit_length() for dim in self.graph.variable_dims[self.graph.observed :])
        return log2_trial_error(EntrySize(degree, degree * WORD * word_size + terms), rank, word_size)
