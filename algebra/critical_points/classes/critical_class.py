"""One class of critical point of a deep linear network whose layers are sums of chains, and what theory says of it.

A point is a set S of singular directions that the product keeps, and, beside it, chains: basis vectors that the
layers carry from a hidden layer to a later one.  A chain may start at an input direction or end at an output
direction.  Which of them may coexist at a critical point, and everything that the classification asks (ranks of
partial products, tightened pivots), is then a matter of counting.

References
----------
.. [1] E. M. Achour, F. Malgouyres, S. Gerchinovitz, The loss landscape of deep linear neural networks: a
   second-order analysis, JMLR 25 (242), 2024, arXiv:2107.13289: propositions 1, 2, 9 to 11 and theorem 7.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import combinations, pairwise

from algebra.critical_points.classes.structure import SingularStructure
from algebra.shown import Shown

Chain = tuple[int, int]


@dataclass(frozen=True)
class CriticalClass(Shown):
    """One class of critical point and what theory says of it.

    Attributes
    ----------
    widths : tuple of int
        d_0 to d_H.
    kept : tuple of int
        S: indices of the directions that the product keeps.
    pairs : tuple of (int, int)
        For each direction that is not kept: the last layer b that its input reaches, and the first layer a from which
        its output is reached; b + 2 <= a.  (0, H) means that neither is seen.
    input_reach, output_reach : tuple of int
        The same b for inputs, and a for outputs, on which Y X^T vanishes.
    hidden : tuple of (int, int)
        Chains that start and end in hidden layers.
    structure : SingularStructure

    Notes
    -----
    Layer 0 is the input and layer H the output.
    """

    widths: tuple[int, ...]
    kept: tuple[int, ...]
    pairs: tuple[Chain, ...]
    input_reach: tuple[int, ...]
    output_reach: tuple[int, ...]
    hidden: tuple[Chain, ...]
    structure: SingularStructure = field(repr=False, compare=False)

    @property
    def depth(self) -> int:
        """Number H of weight matrices."""
        return len(self.widths) - 1

    @cached_property
    def rank(self) -> int:
        """Rank r of the product on the data."""
        return sum(self.structure.directions[i].size for i in self.kept)

    @cached_property
    def largest_rank(self) -> int:
        """The k of the theorems: the least width, the input's replaced by the rank of X."""
        return min(self.structure.data_rank, *self.widths[1:])

    @cached_property
    def dropped(self) -> tuple[int, ...]:
        """Indices of the directions that are not kept."""
        return tuple(i for i in range(len(self.structure.directions)) if i not in self.kept)

    @cached_property
    def _seen(self) -> list[Chain]:
        sizes = (self.structure.directions[i].size for i in self.dropped)
        return [pair for pair, size in zip(self.pairs, sizes, strict=True) for _ in range(size)]

    @cached_property
    def hidden_parts(self) -> tuple[Chain, ...]:
        """First and last hidden layer of every chain that meets one."""
        from_input = [(1, b) for b in [b for b, _ in self.pairs] + list(self.input_reach) if b > 0]
        last = self.depth - 1
        to_output = [(a, last) for a in [a for _, a in self.pairs] + list(self.output_reach) if a <= last]
        return (*from_input, *to_output, *self.hidden)

    def excess(self, i: int, j: int) -> int:
        """Return the rank of W_(i-1) ... W_(j+1) minus r, for i > j.

        Parameters
        ----------
        i, j : int
            Layers, 1 <= j < i <= H.

        Returns
        -------
        int
        """
        return sum(start <= j and i - 1 <= end for start, end in self.hidden_parts)

    def sight(self, i: int, j: int) -> int:
        """Return the rank of the complementary block C_j E^T A_i of the pivot (i, j).

        Parameters
        ----------
        i, j : int
            Layers, 1 <= j < i <= H.

        Returns
        -------
        int
        """
        return sum(b >= j - 1 and a <= i for b, a in self._seen)

    @cached_property
    def untightened(self) -> tuple[Chain, ...]:
        """The pivots (i, j) both of whose complementary blocks exceed rank r."""
        pivots = combinations(range(1, self.depth + 1), 2)
        return tuple((i, j) for j, i in pivots if self.sight(i, j) and self.excess(i, j))

    @cached_property
    def keeps_the_largest(self) -> bool:
        """Whether no dropped singular value exceeds a kept one."""
        least = min(self._levels(self.kept), default=None)
        return least is None or max(self._levels(self.dropped), default=least) <= least

    def _levels(self, directions: Sequence[int]) -> list[int]:
        return [level for i in directions for level in self.structure.levels[i]]

    @cached_property
    def verdict(self) -> str:
        """The class that theory gives: global_min, strict_saddle or nonstrict_saddle."""
        if not self.dropped:
            return "global_min"
        if self.rank == self.largest_rank:
            return "global_min" if self.keeps_the_largest else "strict_saddle"
        return "strict_saddle" if not self.keeps_the_largest or self.untightened else "nonstrict_saddle"

    @property
    def is_exotic(self) -> bool:
        """Whether it is a non-strict saddle although fewer than three layers have rank r."""
        return self.verdict == "nonstrict_saddle" and self.layer_ranks.count(self.rank) < 3

    @cached_property
    def layer_ranks(self) -> tuple[int, ...]:
        """Rank of every layer, the first one on the data."""
        first = self.rank + sum(b > 0 for b in [b for b, _ in self.pairs] + list(self.input_reach))
        outs = [a for _, a in self.pairs] + list(self.output_reach)
        last = self.rank + sum(a < self.depth for a in outs)
        middle = [self.rank + self.excess(h + 1, h - 1) for h in range(2, self.depth)]
        return (self.rank,) if self.depth == 1 else (first, *middle, last)

    @cached_property
    def loss(self) -> Fraction:
        """The loss, with factor 1/2."""
        traces = [self.structure.traces[i] for i in self.dropped]
        return self.structure.residual + sum(traces, Fraction(0)) / 2

    @cached_property
    def minimum_loss(self) -> Fraction | None:
        """The least loss of the architecture; None where it is irrational or cannot be read off."""
        values = [eigenvalue.rational for eigenvalue in self.structure.spectrum[self.largest_rank :]]
        known = [value for value in values if value is not None]
        if len(known) < len(values):
            return self.loss if self.verdict == "global_min" else None
        return self.structure.residual + sum(known, Fraction(0)) / 2

    @cached_property
    def inertia(self) -> dict[str, int]:
        """Signs of the Hessian's eigenvalues by the conjectural closed formula: neg, zero, pos."""
        kept, dropped = self._levels(self.kept), self._levels(self.dropped)

        # A kept and a dropped direction rotate into each other: uphill, level or downhill.
        inverted = sum(b > a for a in kept for b in dropped)
        equal = sum(b == a for a in kept for b in dropped)

        # A dropped direction moves with the chains between its ends, but for the directions seen before them.
        starts = [a for _, a in self._seen]
        before = sum(a <= b + 1 for b, _ in self._seen for a in starts)
        pivots = sum(self.excess(a, b + 1) for b, a in self._seen) - before

        # Rotations count twice, whatever their sign; what is left of the parameters is level.
        rotations = 2 * self.rank * len(dropped)
        negative = inverted + pivots
        positive = self._fitted() + rotations - inverted - equal + pivots
        parameters = sum(before * after for before, after in pairwise(self.widths))
        return {"neg": negative, "zero": parameters - negative - positive, "pos": positive}

    def _fitted(self) -> int:
        """Count the squares: what moves the product inside what the error does not see."""
        outs = [self.rank + sum(a <= i for a in self.output_reach) for i in range(1, self.depth + 1)]
        ins = [self.rank + sum(b >= i - 1 for b in self.input_reach) for i in range(1, self.depth + 1)]
        return sum((now - before) * seen for now, before, seen in zip(outs, [0, *outs], ins, strict=False))
