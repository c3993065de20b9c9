r"""Why two graphs are not fractionally isomorphic: multipliers of linear equations that contradict X >= 0.

The linear program asks for X >= 0 with A X = X B, X 1 = 1 and 1^T X = 1^T, and X_uv = 0 where given colours differ.
Multipliers P of the entries of A X - X B, a of the rows and b of the columns prove that it has no solution if

    S = A P - P B + a 1^T + 1 b^T >= 0  at all pairs of one given colour,  and  sum a + sum b < 0,

since S · X = sum a + sum b for every solution. No linear program is solved: the multipliers follow colour refinement.

**A contradiction.** Take the first round in which a class has not as many vertices in G (C) as in H (D). If C is the
larger one, a = -1 on C and b = 1 on D has the sum |D| - |C| < 0. Its S is negative at pairs of different classes only.

**A zero of X, from zeros of earlier rounds.** Let (C, D) be a class of the round before, f(u) and h(v) the numbers of
neighbours in C and in D. Each solution has, for every vertex u of G,

    0 = sum_v X_uv (f(u) - h(v)) - sum_{w ~ u} ([w in C] X(w, not D) - [w not in C] X(w, D)),

which is f(u) times row sum u, less the row sums of the neighbours in C, plus (A X - X B) 1_D at u. The second part
holds only pairs that differed a round before. So a multiple of it lifts S at all v with h(v) < f(u), and lowers it at
pairs with h(v) > f(u), and at pairs of earlier rounds. Take pairs by the latest round in which they first differ, then
by the last class that their signatures' first difference names, then by the smaller max(f(u), h(v)): what is lowered
comes later. For h(v) > f(u) the same holds with both graphs exchanged. All multipliers are integers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from algebra.errors import InputError
from algebra.graphs.graph import SimpleGraph
from algebra.graphs.refinement import refinements
from algebra.shown import Shown

Matrix = list[list[int]]

MOST_ORDER = 150
"""Vertices of either graph: each of the pairs is looked at with all others of its row."""


@dataclass(frozen=True)
class Farkas(Shown):
    """Multipliers that prove that no doubly stochastic X has A X = X B.

    Parameters
    ----------
    first, second : SimpleGraph
    pairs : list of lists of int
        P: of the entries of A X - X B.
    rows, columns : list of int
        a and b: of the row sums and of the column sums.
    """

    first: SimpleGraph
    second: SimpleGraph
    pairs: Matrix
    rows: list[int]
    columns: list[int]

    @property
    def total(self) -> int:
        """What S · X would be for a solution: the sum of a and b."""
        return sum(self.rows) + sum(self.columns)

    def slack(self) -> Matrix:
        """Return S = A P - P B + a 1^T + 1 b^T.

        Returns
        -------
        list of lists of int
            n x n.
        """
        P, around = self.pairs, self.second.neighbours
        found = []
        for u, near in enumerate(self.first.neighbours):
            above = [sum(P[w][v] for w in near) for v in range(self.second.order)]
            row = [above[v] - sum(P[u][x] for x in around[v]) + self.rows[u] + b for v, b in enumerate(self.columns)]
            found.append(row)
        return found

    @property
    def is_valid(self) -> bool:
        """Whether S is nonnegative where X may be positive, and S · X would be negative."""
        its = self.second.colours
        pairs = (
            (s, c == d)
            for c, row in zip(self.first.colours, self.slack(), strict=True)
            for s, d in zip(row, its, strict=True)
        )
        return self.total < 0 and all(s >= 0 or not is_free for s, is_free in pairs)


def farkas(first: SimpleGraph, second: SimpleGraph) -> Farkas:
    """Return multipliers for two graphs that colour refinement tells apart.

    Raises
    ------
    InputError
        If it does not, or if they have more than `MOST_ORDER` vertices.

    Examples
    --------
    >>> found = farkas(SimpleGraph([[1], [0], []]), SimpleGraph([[1], [0, 2], [1]]))
    >>> found.total, found.is_valid
    (-1, True)
    """
    if max(first.order, second.order) > MOST_ORDER:
        told = f"{first.order:,} and {second.order:,} vertices"
        raise InputError("graphs", told, f"graphs with at most {MOST_ORDER} vertices for multipliers")
    rounds = [colours for colours, _ in refinements(first.union(second))]
    split = [(colours[: first.order], colours[first.order :]) for colours in rounds]
    last = next((t for t, (mine, its) in enumerate(split) if sorted(mine) != sorted(its)), None)
    if last is None:
        raise InputError("graphs", f"{first.label}, {second.label}", "not fractionally isomorphic")

    search = _Search(first, second, split)
    search.contradict(*split[last])
    for t in range(last, 0, -1):
        search.lift(t)
    return Farkas(first, second, search.P, search.a, search.b)


class _Search:
    """Multipliers in the making, with their S."""

    def __init__(
        self, first: SimpleGraph, second: SimpleGraph, rounds: Sequence[tuple[Sequence[int], Sequence[int]]]
    ) -> None:
        self.first, self.second, self.rounds = first, second, rounds
        self.P = [[0] * second.order for _ in range(first.order)]
        self.a, self.b = [0] * first.order, [0] * second.order
        self.S = [[0] * second.order for _ in range(first.order)]

    def contradict(self, mine: Sequence[int], its: Sequence[int]) -> None:
        """Begin with a class that has not the same size in both graphs."""
        unequal = next(c for c in sorted({*mine, *its}) if mine.count(c) != its.count(c))
        sign = 1 if mine.count(unequal) < its.count(unequal) else -1
        self.a = [sign * (c == unequal) for c in mine]
        self.b = [-sign * (c == unequal) for c in its]
        self.S = [[x + y for y in self.b] for x in self.a]

    def lift(self, t: int) -> None:
        """Make S nonnegative at the pairs that differ in round t, and not before."""
        before, its_before = self.rounds[t - 1]
        now, its_now = self.rounds[t]
        counts = _counts(self.first, before), _counts(self.second, its_before)

        # pairs of one class before and of two classes now, with the class that tells them apart and their level
        steps = []
        for u in range(self.first.order):
            for v in range(self.second.order):
                if before[u] == its_before[v] and now[u] != its_now[v]:
                    f, h = counts[0][u], counts[1][v]
                    j = min(c for c in {*f, *h} if f.get(c, 0) != h.get(c, 0))
                    mine, its = f.get(j, 0), h.get(j, 0)
                    steps.append((-j, max(mine, its), mine < its, u if mine > its else v, abs(mine - its), (u, v)))
        steps.sort()

        # all pairs of one vertex and one level are lifted by one multiple
        for (minus_j, _, is_second, vertex), pairs in groupby(steps, key=lambda step: step[:4]):
            needed = (-(self.S[u][v] // gap) for *_, gap, (u, v) in pairs)
            multiple = max(needed)
            if multiple > 0:
                self._add(multiple, -minus_j, t - 1, is_second, vertex)

    def _add(self, multiple: int, j: int, t: int, is_second: bool, vertex: int) -> None:
        """Add a multiple of what holds at a vertex for class j of round t."""
        C, D = ({v for v, c in enumerate(colours) if c == j} for colours in self.rounds[t])
        if is_second:
            sums, near, inner, outer = self.b, self.second.neighbours, D, C
        else:
            sums, near, inner, outer = self.a, self.first.neighbours, C, D

        changed = inner.intersection(near[vertex])
        sums[vertex] += multiple * len(changed)
        self._add_to_line(is_second, vertex, multiple * len(changed))
        for w in changed:
            sums[w] -= multiple
            self._add_to_line(is_second, w, -multiple)

        for x in outer:
            u, v = (x, vertex) if is_second else (vertex, x)
            signed = -multiple if is_second else multiple
            self.P[u][v] += signed
            for w in self.first.neighbours[u]:
                self.S[w][v] += signed
            for w in self.second.neighbours[v]:
                self.S[u][w] -= signed

    def _add_to_line(self, is_column: bool, vertex: int, value: int) -> None:
        """Add to a row, or to a column, of S."""
        if is_column:
            for row in self.S:
                row[vertex] += value
        else:
            self.S[vertex] = [entry + value for entry in self.S[vertex]]


def _counts(graph: SimpleGraph, colours: Sequence[int]) -> list[dict[int, int]]:
    """For each vertex how many neighbours it has in each class."""
    found = []
    for around in graph.neighbours:
        mine: dict[int, int] = {}
        for w in around:
            mine[colours[w]] = mine.get(colours[w], 0) + 1
        found.append(mine)
    return found
