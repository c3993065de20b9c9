"""Factor graphs, and what can be asked of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from algebra.evidence.generic_rank import bound_generic_rank
from tensors.networks.cuts import Cut, minimal_cut
from tensors.networks.question import MatricizationRank
from tensors.networks.structure import GraphStructure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from algebra.evidence import Bounds


class FactorGraph(GraphStructure):
    """A tensor of order `observed`: the sum over the hidden variables of the product of all factors.

    A variable that several factors touch is one hyperedge (a copy tensor), and so is an observed one.

    Parameters
    ----------
    variable_dims : tuple of int
        Number of values of each variable; the observed ones come first.
    observed : int
        How many variables are observed: the modes of the tensor are ``0 … observed-1``.
    factor_scopes : tuple of tuple of int
        The variables of each factor, in the order of the axes of its table.
    tied : tuple of tuple of int, optional
        Groups of factors that have the same table; a factor in no group has its own.

    Raises
    ------
    InputError
        If a variable does not exist, a scope repeats one, or the tables of a group differ in shape.

    Examples
    --------
    >>> graph = FactorGraph((4, 4, 2), 2, ((0, 2), (1, 2)))
    >>> graph.label
    'fg:v4,4,2:o2:f0-2,1-2'
    >>> graph.rank([0])
    2 (proved)
    """

    def rank(self, row_side: Sequence[int], seed: int = 0) -> Bounds:
        """Bounds of the generic rank of the matricization with these observed variables as rows.

        The value is that of almost all tables (equal within tied groups): over the complex and the real numbers,
        and for nonnegative tables too.

        Parameters
        ----------
        row_side : sequence of int
            Observed variables that index the rows.
        seed : int
            Seed of the random tables, if any are needed.

        Returns
        -------
        Bounds
            Proved where the minimal cut, or the symmetry of tied factors, is met; else `INCONCLUSIVE`: the lower bound
            is then the best rank seen.

        Raises
        ------
        InputError
            If the row side is not a set of observed variables.

        Examples
        --------
        >>> train = FactorGraph((4, 4, 4, 4, 3, 3, 3), 4, ((0, 4), (1, 4, 5), (2, 5, 6), (3, 6)))
        >>> train.rank([0, 2]), train.rank([0, 1])
        (12 (proved), 3 (proved))
        """
        return bound_generic_rank(MatricizationRank(self, self.check_row_side(row_side)), seed)

    def cut(self, row_side: Sequence[int]) -> Cut:
        """Least product of dimensions of variables that separate the row side from the other observed variables.

        Parameters
        ----------
        row_side : sequence of int
            Observed variables.

        Returns
        -------
        Cut
            The variables, and the product of their dimensions.

        Raises
        ------
        InputError
            If the row side is not a set of observed variables.

        Examples
        --------
        >>> FactorGraph((4, 4, 2), 2, ((0, 2), (1, 2))).cut([0])
        Cut(variables=(2,), product=2)
        """
        return minimal_cut(self, row_side)
