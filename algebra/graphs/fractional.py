"""Fractional isomorphism: doubly stochastic X with A X = X B, and what proves that there is none.

Tinhofer [1]_ and Ramana, Scheinerman and Ullman [2]_: there is such an X exactly if colour refinement cannot tell the
graphs apart. Both answers come with an exact certificate:

* X itself, 1/|cell| where the stable colours agree, and 0 elsewhere;
* the first round in which the transcripts differ, and integer multipliers (Farkas) of the linear equations.

References
----------
.. [1] G. Tinhofer, "Graph isomorphism and theorems of Birkhoff type", Computing 36 (1986).
.. [2] M. V. Ramana, E. R. Scheinerman, D. Ullman, "Fractional isomorphism of graphs", Discrete Math. 132 (1994).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from algebra.errors import InputError
from algebra.graphs.graph import SimpleGraph
from algebra.graphs.reading import as_graph
from algebra.graphs.refinement import StablePartition, colour_refinement
from algebra.shown import Shown

if TYPE_CHECKING:
    from algebra.graphs.farkas import Farkas

MOST_ENTRIES = 1_000_000
"""Of a matrix X that is written down: two graphs with 1,000 vertices."""


@dataclass(frozen=True)
class FractionalIsomorphism(Shown):
    """Whether two graphs are fractionally isomorphic, and why.

    Parameters
    ----------
    first, second : StablePartition
        What colour refinement makes of each graph.
    """

    first: StablePartition
    second: StablePartition

    @property
    def exists(self) -> bool:
        """Whether there is a doubly stochastic X with A X = X B that preserves colours."""
        return self.first.is_equivalent(self.second)

    def __bool__(self) -> bool:
        return self.exists

    @property
    def first_difference(self) -> int | None:
        """The first round in which the transcripts differ; None if there is none."""
        return self.first.first_difference(self.second)

    @cached_property
    def scaled(self) -> tuple[int, list[list[int]]]:
        """The least common multiple D of the sizes of the cells, and the integer matrix D·X.

        Raises
        ------
        InputError
            If there is no X, or it has more than `MOST_ENTRIES` entries.
        """
        if not self.exists:
            raise InputError("graphs", self._labels, "fractionally isomorphic")
        order = self.first.graph.order
        if order**2 > MOST_ENTRIES:
            raise InputError(
                "graphs", self._labels, f"such that X has at most {MOST_ENTRIES:,} entries, not {order**2:,}"
            )
        common = math.lcm(*self.first.sizes)
        of_colour = [common // size for size in self.first.sizes]
        its = self.second.colours
        return common, [[of_colour[c] if c == d else 0 for d in its] for c in self.first.colours]

    @property
    def matrix(self) -> list[list[Fraction]]:
        """The matrix X, in exact rationals."""
        common, rows = self.scaled
        return [[Fraction(entry, common) for entry in row] for row in rows]

    @cached_property
    def farkas(self) -> Farkas:
        """Multipliers of the linear equations that prove that there is no X.

        Raises
        ------
        InputError
            If there is an X.
        """
        from algebra.graphs.farkas import farkas

        if self.exists:
            raise InputError("graphs", self._labels, "not fractionally isomorphic")
        return farkas(self.first.graph, self.second.graph)

    @property
    def _labels(self) -> str:
        return f"{self.first.graph.label}, {self.second.graph.label}"


def fractional_isomorphism(first: Any, second: Any) -> FractionalIsomorphism:
    """Decide whether two graphs are fractionally isomorphic.

    Parameters
    ----------
    first, second : graph
        Whatever `as_graph` reads.

    Returns
    -------
    FractionalIsomorphism

    Examples
    --------
    >>> found = fractional_isomorphism("EhEG", "EwCW")  # one cycle on six vertices, and two on three
    >>> found.exists, found.scaled[0], found.matrix[0][:2]
    (True, 6, [Fraction(1, 6), Fraction(1, 6)])
    >>> found = fractional_isomorphism("Ch", "Cs")  # a path and a star
    >>> found.exists, found.first_difference, found.farkas.is_valid
    (False, 1, True)
    """
    graphs = as_graph(first, "first"), as_graph(second, "second")
    return FractionalIsomorphism(*map(colour_refinement, graphs))


def is_fractional_isomorphism(first: SimpleGraph, second: SimpleGraph, scaled: list[list[int]], common: int) -> bool:
    """Check entry by entry that D·X is nonnegative, preserves colours, has the sums D, and that A X = X B.

    Parameters
    ----------
    first, second : SimpleGraph
    scaled : rows of int
        D X.
    common : int
        D, positive.

    Returns
    -------
    bool

    Examples
    --------
    >>> edge = as_graph("A_")
    >>> is_fractional_isomorphism(edge, edge, [[1, 1], [1, 1]], 2)
    True
    """
    columns = list(zip(*scaled, strict=True))
    if not len(scaled) == first.order == second.order == len(columns):
        return first.order == second.order == len(scaled)  # two graphs without vertices
    if any(sum(line) != common for line in (*scaled, *columns)):
        return False
    for u, row in enumerate(scaled):
        for v, entry in enumerate(row):
            if entry < 0 or (entry and first.colours[u] != second.colours[v]):
                return False
            if sum(scaled[w][v] for w in first.neighbours[u]) != sum(row[w] for w in second.neighbours[v]):
                return False
    return True
