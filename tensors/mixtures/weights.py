"""Models with weights: exact nonnegative tables, their tensors, probabilities and marginals."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.errors import InputError
from algebra.exact.arrays import as_exact
from algebra.rank import rank_rational
from algebra.shown import Shown
from tensors.networks.arrays import check_size
from tensors.networks.contraction import contract, plan_elimination
from tensors.networks.factor_graph import FactorGraph

if TYPE_CHECKING:
    from algebra.types import Array


class Rationals:
    """The field of rational numbers, on object arrays of Python integers and fractions."""

    def multiply(self, a: Array, b: Array) -> Array:
        """Matrix product."""
        return np.asarray(a @ b, dtype=object)

    def times(self, a: Array, b: Array) -> Array:
        """Elementwise product."""
        return np.asarray(a * b, dtype=object)

    def number(self, value: int | Fraction) -> Any:
        """Return a constant."""
        return value

    def ones(self, shape: tuple[int, ...]) -> Array:
        """Ones."""
        return np.ones(shape, dtype=object)


RATIONALS = Rationals()


@dataclass(frozen=True, eq=False)
class WeightedGraph(Shown):
    """A factor graph with a table for each factor: one tensor.

    Parameters
    ----------
    graph : FactorGraph
    tables : sequence of array_like
        Integers or fractions, nested lists or arrays, of the shapes that the scopes ask for. Floats are refused.

    Raises
    ------
    InputError
        If a table has another shape, an entry is not exact, or tied factors have different tables.

    Examples
    --------
    >>> coin = WeightedGraph(FactorGraph((2, 2, 1), 2, ((0, 2), (1, 2))), [[["1/3"], ["2/3"]], [["1/2"], ["1/2"]]])
    >>> coin.probability([1, 0])
    Fraction(1, 3)
    """

    graph: FactorGraph
    tables: Sequence[Any]

    def __post_init__(self) -> None:
        if len(self.tables) != len(self.graph.factor_scopes):
            raise InputError("tables", len(self.tables), f"{len(self.graph.factor_scopes)} tables, one for each factor")
        tables = tuple(_exact_table(table, self.graph.table_shape(f)) for f, table in enumerate(self.tables))
        for f, first in enumerate(self.graph.tables):
            if first < f and not np.array_equal(tables[f], tables[first]):
                raise InputError("tables", f"{f} and {first}", "the same where factors are tied")
        object.__setattr__(self, "tables", tables)

    @property
    def is_nonnegative(self) -> bool:
        """Whether no entry of a table is negative."""
        return all(entry >= 0 for table in self.tables for entry in table.flat)

    def value(self, likelihoods: Sequence[Sequence[Any]]) -> Any:
        """Contract every mode of the tensor with a vector.

        The vector of densities ``f_i(x_j)`` gives the density at x; all ones sum a variable out.

        Parameters
        ----------
        likelihoods : sequence of sequences
            One vector for each observed variable, as long as its dimension.

        Returns
        -------
        number
            Exact if the tables and the vectors are.

        Raises
        ------
        InputError
            If a vector has another length.
        """
        if len(likelihoods) != self.graph.observed:
            raise InputError("likelihoods", len(likelihoods), f"{self.graph.observed} vectors, one for each variable")
        vectors = [_exact_table(q, (self.graph.variable_dims[j],)) for j, q in enumerate(likelihoods)]
        pieces = [*zip(self.graph.factor_scopes, self.tables, strict=True)]
        pieces += [((j,), vector) for j, vector in enumerate(vectors)]
        return self._sum(pieces, range(len(self.graph.variable_dims)), ()).item()

    def probability(self, assignment: Sequence[int | None]) -> Any:
        """Entry of the tensor; None sums the variable out.

        Parameters
        ----------
        assignment : sequence of int or None
            One for each observed variable.

        Returns
        -------
        number
            Exact if the tables are.

        Raises
        ------
        InputError
            If a value is out of range.
        """
        if len(assignment) != self.graph.observed:
            raise InputError("assignment", list(assignment), f"{self.graph.observed} values, one for each variable")
        return self.value([_indicator(x, dim) for x, dim in zip(assignment, self.graph.variable_dims, strict=False)])

    def total(self) -> Any:
        """Sum of all entries of the tensor: 1 for a density.

        Returns
        -------
        number
            Exact if the tables are.
        """
        return self.probability([None] * self.graph.observed)

    def normalised(self) -> WeightedGraph:
        """Divide one factor by the sum of all entries; the factor must not be tied.

        Returns
        -------
        WeightedGraph

        Raises
        ------
        InputError
            If the sum is not positive, or every factor is tied.
        """
        total = self.total()
        free = _free_factor(self.graph)
        if total <= 0 or free is None:
            raise InputError("tables", total, "of a positive sum, with a factor that is not tied")
        tables = [t * Fraction(1, 1) / total if f == free else t for f, t in enumerate(self.tables)]
        return WeightedGraph(self.graph, tables)

    def tensor(self) -> Array:
        """Write the tensor out.

        Returns
        -------
        numpy.ndarray
            One axis an observed variable.

        Raises
        ------
        InputError
            If it has more than a million entries.
        """
        shape = self.graph.variable_dims[: self.graph.observed]
        check_size(shape)
        pieces = [*zip(self.graph.factor_scopes, self.tables, strict=True)]
        return self._sum(pieces, self.graph.hidden, range(self.graph.observed))

    def matricization(self, row_side: Sequence[int]) -> Array:
        """Write a matricization out: rows and columns in lexicographic order.

        Parameters
        ----------
        row_side : sequence of int
            The observed variables whose values number the rows.

        Returns
        -------
        numpy.ndarray

        Raises
        ------
        InputError
            If the row side is not a set of observed variables, or there are more than a million entries.
        """
        rows = self.graph.check_row_side(row_side)
        tensor = self.tensor().transpose([*rows, *self.graph.other_side(rows)])
        return tensor.reshape(prod(self.graph.variable_dims[v] for v in rows), -1)

    def rank(self, row_side: Sequence[int]) -> int:
        """Exact rank of a matricization of this tensor.

        Parameters
        ----------
        row_side : sequence of int
            The observed variables whose values number the rows.

        Returns
        -------
        int

        Raises
        ------
        InputError
            If the row side is not a set of observed variables, or there are more than a million entries.
        """
        return rank_rational(self.matricization(row_side).tolist())

    def _sum(self, pieces: list[Any], over: Sequence[int], keep: Sequence[int]) -> Array:
        dims = dict(enumerate(self.graph.variable_dims))
        plan = plan_elimination([scope for scope, _ in pieces], dims, over)
        return contract(pieces, plan.order, list(keep), dims, RATIONALS)


def random_weights(graph: FactorGraph, seed: int = 0, largest: int = 9) -> WeightedGraph:
    """Draw integers from 1 to `largest` for every entry, and normalise where a factor is free.

    Parameters
    ----------
    graph : FactorGraph
    seed : int
        Any integer: the seed of every random choice.
    largest : int
        The greatest integer that is drawn.

    Returns
    -------
    WeightedGraph

    Examples
    --------
    >>> graph = FactorGraph((2, 2, 2), 2, ((2,), (0, 2), (1, 2)))
    >>> random_weights(graph, seed=1).total()
    Fraction(1, 1)
    """
    draw = random.Random(seed)
    tables: list[Any] = []
    for f, first in enumerate(graph.tables):
        entries = [draw.randint(1, largest) for _ in range(prod(graph.table_shape(f)))] if f == first else None
        tables.append(np.array(entries, dtype=object).reshape(graph.table_shape(f)) if entries else tables[first])
    weighted = WeightedGraph(graph, tables)
    return weighted if _free_factor(graph) is None else weighted.normalised()


def _free_factor(graph: FactorGraph) -> int | None:
    """Return the first factor that shares its table with no other; None if there is none."""
    shared = Counter(graph.tables)
    return next((f for f, first in enumerate(graph.tables) if shared[first] == 1), None)


def _indicator(value: int | None, dim: int) -> list[int]:
    if value is not None and not 0 <= value < dim:
        raise InputError("assignment", value, f"between 0 and {dim - 1}, or None")
    return [int(value is None or i == value) for i in range(dim)]


def _exact_table(table: Any, shape: tuple[int, ...]) -> Array:
    array = np.array(table, dtype=object)
    if array.shape != shape:
        raise InputError("tables", array.shape, f"a table of shape {shape}")
    return np.array([as_exact("tables", entry) for entry in array.flat], dtype=object).reshape(shape)
