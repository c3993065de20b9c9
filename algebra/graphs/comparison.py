"""Which methods tell two graphs apart, and whether they are isomorphic."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from algebra.errors import InputError
from algebra.evidence.certificate import Certificate
from algebra.graphs.certificates import comparison_certificate
from algebra.graphs.folklore import MOST_NUMBERS, folklore_difference
from algebra.graphs.fractional import FractionalIsomorphism
from algebra.graphs.graph import SimpleGraph
from algebra.graphs.reading import as_graph
from algebra.graphs.refinement import colour_refinement
from algebra.graphs.symmetry import Permutation, Undecided, isomorphism
from algebra.graphs.tinhofer import TinhoferTest, is_path_invariant, tinhofer_test, tree_names
from algebra.graphs.walks import walk_numbers
from algebra.shown import Shown

COLOUR_REFINEMENT, TINHOFER, FOLKLORE = "colour-refinement", "tinhofer", "2-fwl"

MOST_FOR_3_FWL = 30
"""Vertices up to which 3-FWL is asked as well: the numbers of one round are 810,000, a second."""

MOST_FOR_ONE_MARK = 10_000_000
"""Vertices and neighbours that all refinements with one mark may look at: sparse graphs up to 150 vertices. A
ladder with 600 vertices took nine minutes, as each of 1,200 refinements has 300 rounds."""


@dataclass(frozen=True)
class GraphComparison(Shown):
    """What is known of a pair of graphs.

    Each part is computed when it is asked for, and raises `algebra.errors.InputError` where it is out of reach.

    Parameters
    ----------
    first, second : SimpleGraph
    """

    first: SimpleGraph
    second: SimpleGraph

    @property
    def label(self) -> str:
        """Permanent name of the pair."""
        return f"graphs:{self.first.label.partition(':')[2]}:{self.second.label.partition(':')[2]}"

    def certificate(self) -> Certificate:
        """Return what an independent checker needs to check the verdicts.

        Returns
        -------
        Certificate

        Examples
        --------
        >>> print(compare_graphs("EhEG", "EwCW").certificate().check().statement)
        of graphs:EhEG:EwCW: colour refinement cannot tell them apart, 2-FWL tells them apart, they are not isomorphic
        """
        isomorphic = self.is_isomorphic
        images = self.isomorphism if isomorphic else None
        two_fwl = self.separated_by()[FOLKLORE]
        return comparison_certificate(self.label, self.fractional, two_fwl, isomorphic, images)

    # ---- each method

    @cached_property
    def fractional(self) -> FractionalIsomorphism:
        """Fractional isomorphism, which is what colour refinement decides."""
        return FractionalIsomorphism(colour_refinement(self.first), colour_refinement(self.second))

    @cached_property
    def test(self) -> TinhoferTest:
        """One run of Tinhofer's test, which marks the first vertex of the selected cell in both graphs."""
        return tinhofer_test(self.first, self.second)

    @cached_property
    def is_no_proved(self) -> bool | None:
        """Whether a *no* of one run proves that the graphs are not isomorphic; None if that takes too long to decide.

        It does before the first mark, and if the one-path form of either graph is an invariant.
        """
        if not self.fractional:
            return True
        try:
            return bool(is_path_invariant(self.first) or is_path_invariant(self.second))
        except Undecided:
            return None

    @cached_property
    def isomorphism(self) -> Permutation | None:
        """An isomorphism; None if there is none.

        Raises
        ------
        Undecided
            If the search takes too long.
        """
        if self.test.says_yes:
            return self.test.isomorphism
        return None if self.is_no_proved else isomorphism(self.first, self.second)

    @cached_property
    def two_fwl_round(self) -> int | None:
        """The first round in which 2-FWL tells them apart; None if it never does."""
        return folklore_difference(self.first, self.second, 2)

    @property
    def is_large(self) -> bool:
        """Whether a graph is too large for 2-FWL."""
        return max(self.first.order, self.second.order) ** 3 > MOST_NUMBERS

    # ---- verdicts

    @cached_property
    def is_isomorphic(self) -> bool | None:
        """Whether they are isomorphic; None if the search takes too long."""
        if not self.fractional:
            return False
        try:
            return self.isomorphism is not None
        except Undecided:
            return self._without_search

    @property
    def _without_search(self) -> bool | None:
        """False if 2-FWL tells the graphs apart; None if it does not, or if they are too large for it."""
        try:
            return None if self.two_fwl_round is None else False
        except InputError:
            return None

    def separated_by(self) -> dict[str, bool | None]:
        """Say of each method whether it tells the graphs apart; None where they are too large for it.

        Tinhofer's procedure does so if all runs that mark fixed vertices of the first graph, and any of the second one,
        answer *no*: exactly for graphs that are not isomorphic. Whether one run is enough is `is_no_proved`.

        Returns
        -------
        dict of str to bool or None
            By the name of the method.
        """
        isomorphic = self.is_isomorphic
        return {
            COLOUR_REFINEMENT: not self.fractional,
            TINHOFER: None if isomorphic is None else not isomorphic,
            FOLKLORE: self._by_two_fwl(isomorphic),
        }

    def _by_two_fwl(self, isomorphic: bool | None) -> bool | None:
        if not self.fractional:
            return True  # 2-FWL refines colour refinement
        if isomorphic:
            return False
        try:
            return self.two_fwl_round is not None
        except InputError:
            return None

    def others(self) -> dict[str, bool | None]:
        """Say the same of walks, of one mark on every vertex in turn (the tree form M_1), and of 3-FWL.

        None where it is not asked: walks know no colours; the others are asked of small graphs.

        Returns
        -------
        dict of str to bool or None
            Under ``walks``, ``one-mark`` and ``3-fwl``.
        """
        coloured = any(self.first.colours) or any(self.second.colours)
        return {
            "walks": None
            if coloured
            else walk_numbers(self.first, self._steps) != walk_numbers(self.second, self._steps),
            "one-mark": self._by_one_mark(),
            "3-fwl": self._by_three_fwl(),
        }

    @property
    def _steps(self) -> int:
        return self.first.order + self.second.order

    def _by_one_mark(self) -> bool | None:
        if not self.fractional:
            return True
        order, size = self.first.order, self.first.size
        if order * order * (order + 2 * size) > MOST_FOR_ONE_MARK:  # as many rounds as vertices, for each mark
            return None
        return len(set(tree_names([self.first, self.second], 1))) > 1

    def _by_three_fwl(self) -> bool | None:
        if not self.fractional:
            return True
        if max(self.first.order, self.second.order) > MOST_FOR_3_FWL:
            return None
        return folklore_difference(self.first, self.second, 3) is not None


def compare_graphs(first: Any, second: Any) -> GraphComparison:
    """Compare two graphs by colour refinement, Tinhofer's procedure and 2-FWL.

    Parameters
    ----------
    first, second : graph
        Whatever `as_graph` reads.

    Returns
    -------
    GraphComparison

    Examples
    --------
    >>> found = compare_graphs("EhEG", "EwCW")  # one cycle on six vertices, and two on three
    >>> found.separated_by(), found.is_isomorphic
    ({'colour-refinement': False, 'tinhofer': True, '2-fwl': True}, False)
    """
    return GraphComparison(as_graph(first, "first"), as_graph(second, "second"))
