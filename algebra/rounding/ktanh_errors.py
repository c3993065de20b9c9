"""Errors of tables of K-TanH, exactly: integers in units of 2^-320, rounded downwards."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from algebra.rounding.ktanh_bfloat16 import (
    INFINITY,
    ONE,
    bfloat16_value,
    reference_magnitudes,
    scaled_value,
    tanh_floor,
)
from algebra.rounding.ktanh_table import KTanhTable
from algebra.shown import Shown

if TYPE_CHECKING:
    from algebra.exact.balls import Decimals

SCALE = 320  # the least error, that of x itself at 2^-10, is about 2^-32: far more bits than any comparison needs
Objective = Literal["abs", "ulp"]
OBJECTIVES: tuple[Objective, ...] = ("abs", "ulp")


def absolute_error(word: int, answer: int) -> int:
    """Return |value(answer) - tanh(word)| in units of 2^-320, rounded downwards.

    Examples
    --------
    >>> f"{absolute_error(0x3F80, 0x3F43) / 2**SCALE:.8f}"  # 0.76171875 for tanh(1)
    '0.00012459'
    """
    difference = scaled_value(answer, SCALE) - tanh_floor(word, SCALE)
    return difference - 1 if difference > 0 else -difference


def tanh_errors(words: Iterable[int], answers: Iterable[int]) -> list[float]:
    """Return how far answers are from tanh, one float a word.

    Parameters
    ----------
    words : iterable of int
        bfloat16, of numbers from 0 on.
    answers : iterable of int
        As many.

    Returns
    -------
    list of float

    Examples
    --------
    >>> from algebra.rounding import correctly_rounded_tanh
    >>> words = [0x3E80, 0x3F80]  # 1/4 and 1
    >>> [f"{error:.8f}" for error in tanh_errors(words, map(int, correctly_rounded_tanh()[words]))]
    ['0.00019853', '0.00012459']
    """
    return [absolute_error(*pair) / (1 << SCALE) for pair in zip(words, answers, strict=True)]


def ulp_error(word: int, answer: int) -> int:
    """Return the number of words between an answer and the correctly rounded tanh."""
    return abs(answer - reference_magnitudes()[word])


DISTANCES: dict[Objective, Callable[[int, int], int]] = {"abs": absolute_error, "ulp": ulp_error}


@dataclass(frozen=True)
class TableErrors(Shown):
    """How far the answers of a table are from tanh; floats are the nearest ones to the exact values.

    Parameters
    ----------
    table : KTanhTable

    Examples
    --------
    >>> from fractions import Fraction
    >>> from algebra.rounding import Layout, optimal_table
    >>> found = TableErrors(optimal_table(Layout.between(3, Fraction(1, 4), Fraction(15, 4))))
    >>> round(found.max_abs, 8), found.max_ulp, found.exact, str(found.worst)
    (0.00892035, 6, 286, '159/256')
    """

    table: KTanhTable

    @property
    def words(self) -> range:
        """The words of the region, those of positive numbers that an entry answers."""
        return range(self.table.layout.first, self.table.layout.last)

    def _errors(self, objective: Objective) -> list[int]:
        pairs = zip(self.words, self.table.outputs, strict=True)
        return [DISTANCES[objective](word, answer) for word, answer in pairs]

    @cached_property
    def abs_errors(self) -> list[int]:
        """The distances to tanh over the region, in units of 2^-320 and rounded downwards."""
        return self._errors("abs")

    @cached_property
    def ulp_errors(self) -> list[int]:
        """The distances to the correctly rounded words over the region, in words."""
        return self._errors("ulp")

    @property
    def max_abs(self) -> float:
        """The maximal distance to tanh over the region."""
        return max(self.abs_errors) / (1 << SCALE)

    @property
    def max_abs_bounds(self) -> Decimals:
        """Decimal strings that enclose it."""
        return enclosure(max(self.abs_errors))

    @property
    def mean_abs(self) -> float:
        """The mean distance to tanh over the region, to 300 bits before it becomes a float."""
        return sum(self.abs_errors) / (len(self.abs_errors) << SCALE)

    @property
    def worst(self) -> Fraction:
        """The number at which the distance is the greatest."""
        value = bfloat16_value(self.words[self.abs_errors.index(max(self.abs_errors))])
        assert value is not None  # words between thresholds are finite
        return value

    @property
    def max_ulp(self) -> int:
        """The maximal distance to the correctly rounded word."""
        return max(self.ulp_errors)

    @property
    def mean_ulp(self) -> float:
        """The mean distance to the correctly rounded word."""
        return sum(self.ulp_errors) / len(self.ulp_errors)

    @property
    def exact(self) -> int:
        """How many words of the region are answered by the correctly rounded tanh."""
        return self.ulp_errors.count(0)

    @property
    def max_abs_everywhere(self) -> float:
        """The maximal distance over all numbers: x - tanh x increases up to t1, and 1 - tanh x decreases from t2 on."""
        first, last = self.table.layout.first, self.table.layout.last
        ends = absolute_error(first - 1, first - 1), absolute_error(last, ONE)
        return max(max(self.abs_errors), *ends) / (1 << SCALE)

    @property
    def max_ulp_everywhere(self) -> int:
        """The maximal distance to the correctly rounded word, over all numbers."""
        passed = (ulp_error(word, word) for word in range(self.table.layout.first))
        saturated = (ulp_error(word, ONE) for word in range(self.table.layout.last, INFINITY + 1))
        return max(self.max_ulp, *passed, *saturated)

    def of_entry(self, number: int) -> tuple[float, int]:
        """Return the maximal distances over one entry's words: to tanh, and to the correctly rounded word.

        Parameters
        ----------
        number : int
            Of the entry, from 0.

        Returns
        -------
        (float, int)
            In absolute terms, and in units in the last place.
        """
        piece = self.table.layout.pieces[number]
        here = slice(piece[0] - self.words[0], piece[-1] + 1 - self.words[0])
        return max(self.abs_errors[here]) / (1 << SCALE), max(self.ulp_errors[here])


def enclosure(error: int) -> Decimals:
    """Return decimal strings that enclose an error, given in units of 2^-320 and rounded downwards."""
    from flint import arb, fmpz

    from algebra.exact.balls import decimals
    from algebra.exact.precision import precision

    with precision(SCALE + 64):
        unit = arb(2) ** -SCALE
        return decimals((arb(fmpz(error)) * unit).union(arb(fmpz(error + 1)) * unit), digits=20)
