"""Optimal tables of K-TanH: an exhaustive search whose result is proved.

**One entry.** With s_i = M_i >> r, its answers are base + s_i, where base = (E << 7) + b is any integer with carry, and
without carry one that leaves all answers in one binade.  The error |value(base + s_i) - tanh x_i| decreases strictly in
base up to its minimum and increases strictly behind it, as the values of words increase.  So does the greatest of them
over i: its minimum is at the sign change of a bisection, and the bases whose error is at most a given level are an
interval.  This is how all bases are looked at without trying each.

**The table.** Entries answer disjoint words, so the least maximal error is the greatest one of the entries' minima.

**Monotone tables.** At a given level, take entries from left to right and keep the smallest last answer that is not
below what came before; this fails exactly if no table of that level is monotone.  The least level is found by bisection
down to one unit of the scale below it, and dynamic programming over (entry, last answer) then finds the least sum of
errors at that level.

**Exactness.** Errors are integers in units of 2^-320, rounded downwards: the true one is less than a unit above.  Two
errors that the search cannot tell apart differ by less than a unit, so whichever it takes, the error that it proves to
be the least is the least up to a unit; that is how it is told.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import NamedTuple

from algebra.errors import InputError, as_integer, one_of
from algebra.rounding.ktanh_bfloat16 import INFINITY, ONE
from algebra.rounding.ktanh_errors import DISTANCES, OBJECTIVES, Objective
from algebra.rounding.ktanh_table import LARGEST_SHIFT, Entry, KTanhTable, Layout


class Choice(NamedTuple):
    """A shift and a base that may become the entry of a piece, its first and last answer and what it costs."""

    shift: int
    base: int
    first: int
    last: int


@dataclass(frozen=True)
class Shifted:
    """The words of one entry with one shift: what depends on the base alone."""

    words: range
    shift: int
    carry: bool
    distance: Callable[[int, int], int]

    @cached_property
    def amounts(self) -> tuple[int, ...]:
        """The shifted mantissas, which increase."""
        return tuple((word & 0x7F) >> self.shift for word in self.words)

    @property
    def bases(self) -> range:
        """All bases whose answers are numbers."""
        return range(-self.amounts[0], INFINITY - self.amounts[-1])

    def errors(self, base: int) -> list[int]:
        """Return the errors with a base."""
        return [self.distance(word, base + amount) for word, amount in zip(self.words, self.amounts, strict=True)]

    @cached_property
    def _greatest(self) -> dict[int, int]:
        """The greatest errors that were asked for, by base: the searches come back to the same bases."""
        return {}

    def error(self, base: int) -> int:
        """Return the greatest error with a base."""
        if base not in self._greatest:
            self._greatest[base] = max(self.errors(base))
        return self._greatest[base]

    def total(self, base: int) -> int:
        """Return the sum of the errors with a base."""
        return sum(self.errors(base))

    def choice(self, base: int) -> Choice:
        """Return a base with what it answers at both ends."""
        return Choice(self.shift, base, base + self.amounts[0], base + self.amounts[-1])

    def is_allowed(self, base: int) -> bool:
        """Say whether the answers lie in one binade, which they need not with carry."""
        return self.carry or (base + self.amounts[0]) >> 7 == (base + self.amounts[-1]) >> 7

    def allowed_from(self, base: int) -> int:
        """Return the least base from `base` on that is allowed: if the answers do not, the last one begins a binade."""
        if self.is_allowed(base):
            return base
        return ((base + self.amounts[-1]) >> 7 << 7) - self.amounts[0]

    def allowed_up_to(self, base: int) -> int:
        """Return the greatest base up to `base` that is allowed; it may lie below all of `bases`."""
        if self.is_allowed(base):
            return base
        return ((base + self.amounts[-1]) >> 7 << 7) - 1 - self.amounts[-1]

    @cached_property
    def best_base(self) -> int:
        """The base with the least error if all were allowed: behind it, errors increase."""
        bases = self.bases
        at = bisect_left(bases, True, hi=len(bases) - 1, key=lambda base: self.error(base + 1) >= self.error(base))
        return bases[at]

    @cached_property
    def least(self) -> int:
        """The least error of a base that is allowed: one of those next to the best."""
        near = {self.allowed_from(self.best_base), self.allowed_up_to(self.best_base)}
        return min(self.error(base) for base in near if base in self.bases)

    def from_level(self, level: int) -> int:
        """Return the least base up to the best whose error is at most a level, which the best one's has to be."""
        bases = range(self.bases.start, self.best_base + 1)
        return bases[bisect_left(bases, True, hi=len(bases) - 1, key=lambda base: self.error(base) <= level)]

    def within(self, level: int, before: int = 0) -> Iterator[Choice]:
        """Yield all choices of a level whose answers are not below a word, in increasing order of the base."""
        if level < self.least:
            return
        base = self.allowed_from(max(self.from_level(level), before - self.amounts[0]))
        while base in self.bases and self.error(base) <= level:
            yield self.choice(base)
            base = self.allowed_from(base + 1)


Shifts = tuple[Shifted, ...]  # of one piece


@cache
def optimal_table(
    layout: Layout,
    carry: bool = False,
    monotone: bool = False,
    objective: Objective = "abs",
    largest_shift: int = LARGEST_SHIFT,
) -> KTanhTable:
    """Return a table whose maximal error over its region is proved to be the least.

    Without `monotone`, each entry has its least maximal error and, among these, the least sum of errors.  With it, the
    table is the one with the least sum among all monotone tables of the least maximal error.

    Parameters
    ----------
    layout : Layout
    carry : bool
        Whether entries may run into the exponent.
    monotone : bool
        Whether answers may not descend, thresholds included.
    objective : str
        ``"abs"``: the distance to tanh; ``"ulp"``: that to the correctly rounded word, in words.
    largest_shift : int
        From 0 to 7.

    Returns
    -------
    KTanhTable

    Raises
    ------
    InputError
        If an argument is none of these, or no table can be monotone since numbers above 1 pass as they are.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from algebra.rounding.ktanh_errors import TableErrors
    >>> table = optimal_table(Layout.between(1, Fraction(1, 4), Fraction(15, 4)), carry=True)
    >>> len(table.entries), round(TableErrors(table).max_abs, 8)
    (8, 0.0273435)
    """
    one_of("objective", objective, OBJECTIVES)
    if as_integer("largest_shift", largest_shift, 0) > LARGEST_SHIFT:
        raise InputError("largest_shift", largest_shift, f"an integer from 0 to {LARGEST_SHIFT}")
    if monotone and layout.first - 1 > ONE:
        raise InputError("monotone", monotone, "left out where t1 is above 1: numbers between them pass as they are")

    pieces = [
        tuple(Shifted(words, shift, carry, DISTANCES[objective]) for shift in range(largest_shift + 1))
        for words in layout.pieces
    ]
    chosen = _monotone(pieces, layout) if monotone else [_best_choice(shifts) for shifts in pieces]
    return KTanhTable(layout, tuple(_entry(choice) for choice in chosen), carry)


def _entry(choice: Choice) -> Entry:
    """Write a base as exponent and addend; the exponent is that of the first answer, so that the addend is a byte."""
    exponent = choice.first >> 7
    return Entry(exponent, choice.shift, choice.base - (exponent << 7))


def _best_choice(shifts: Shifts) -> Choice:
    """Return the choice with the least maximal error, then the least sum of errors, then the least shift and base."""
    least = min(shifted.least for shifted in shifts)
    return min(
        ((shifted.total(choice.base), choice) for shifted in shifts for choice in shifted.within(least)),
    )[1]


def _monotone(pieces: list[Shifts], layout: Layout) -> list[Choice]:
    """Return the monotone table with the least level, and the least sum of errors at it."""
    start = layout.first - 1
    below = max(min(shifted.least for shifted in shifts) for shifts in pieces) - 1  # no table has this level

    # double the level until there is a table, for the constant 1 is one of a level below 1
    level = below + 1
    while (reached := _reached_level(pieces, start, level)) is None:
        below, level = level, 2 * level + 1

    # then halve the gap, and in turn ask for one unit less: most levels are no errors of any table
    is_halving = False
    while reached - below > 1:
        level = (reached + below) // 2 if is_halving else reached - 1
        found = _reached_level(pieces, start, level)
        below, reached = (level, reached) if found is None else (below, found)
        is_halving = not is_halving
    return _least_sum(pieces, start, reached)


def _reached_level(pieces: list[Shifts], start: int, level: int) -> int | None:
    """Return the maximal error of the lowest monotone table of a level; None if there is none.

    Parameters
    ----------
    pieces : list of Shifts
    start : int
        The answer below the first piece.
    level : int
    """
    before, reached = start, 0
    for shifts in pieces:
        found = [choice for shifted in shifts if (choice := _lowest(shifted, before, level)) is not None]
        if not found:
            return None
        lowest = min(found, key=lambda choice: choice.last)
        before, reached = lowest.last, max(reached, shifts[lowest.shift].error(lowest.base))
    return reached if before <= ONE else None


def _lowest(shifted: Shifted, before: int, level: int) -> Choice | None:
    """Return the least base of a level whose first answer is not below what came before."""
    return next(shifted.within(level, before), None)


@dataclass(frozen=True)
class Chain:
    """The cheapest way to a last answer: the choices of all pieces so far, linked backwards."""

    total: int
    choice: Choice | None = None
    before: Chain | None = None


def _least_sum(pieces: list[Shifts], start: int, level: int) -> list[Choice]:
    """Return the monotone table of a level whose sum of errors is the least, by dynamic programming."""
    lasts, chains = [start], [Chain(0)]  # increasing last answers, with decreasing sums
    for shifts in pieces:
        cheapest: dict[int, Chain] = {}
        for shifted in shifts:
            for choice in shifted.within(level, lasts[0]):
                if choice.last > ONE:
                    break
                at = bisect_right(lasts, choice.first) - 1
                total = chains[at].total + shifted.total(choice.base)
                if choice.last not in cheapest or total < cheapest[choice.last].total:
                    cheapest[choice.last] = Chain(total, choice, chains[at])

        # a greater last answer is worth keeping only if it costs less
        lasts, chains = [], []
        for last, chain in sorted(cheapest.items()):
            if not chains or chain.total < chains[-1].total:
                lasts.append(last)
                chains.append(chain)

    found: list[Choice] = []
    link: Chain | None = chains[-1]
    while link is not None and link.choice is not None:
        found.append(link.choice)
        link = link.before
    return found[::-1]
