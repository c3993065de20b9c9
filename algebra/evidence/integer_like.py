"""An integer of which bounds are known: compared where they decide, converted where its value is known.

A comparison is a statement, so it needs bounds that prove it or exclude it; a value that is only probable proves
nothing. A conversion is a choice of whoever asks for it, and takes the value as `int` does.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from fractions import Fraction
from numbers import Real
from typing import Any, NoReturn, TypeAlias, cast

Interval: TypeAlias = tuple[Any, ...]  # its two ends, which belong to it unless they are infinite


class IntegerLike:
    """What an integer can do, for a class with bounds ``lower`` and ``upper`` (None: not known) and a ``value``.

    Examples
    --------
    >>> from algebra.evidence import Bounds
    >>> dimension = Bounds.exactly(14, by="minor")
    >>> dimension == 14, dimension < 20, max(dimension, 9), sum([dimension, dimension]), f"{dimension:>4d}"
    (True, True, 14 (proved), 28, '  14')
    """

    lower: int
    upper: int | None

    @property
    def value(self) -> int | None:
        """The value if it is known, else None."""
        raise NotImplementedError

    # ---- comparisons: what the bounds say

    def __eq__(self, other: object) -> bool:
        """Compare with a number, or with another one of these.

        Raises
        ------
        ValueError
            If the bounds neither prove that both are equal nor exclude it.

        Examples
        --------
        >>> from algebra.evidence import Bounds, Grade
        >>> Bounds.exactly(14, by="minor") == 14, Bounds(12, 15, Grade.INCONCLUSIVE) == 16
        (True, False)
        """
        theirs = _interval(other)
        if theirs is None:
            return NotImplemented
        low, high = _interval_of(self)
        if self is other or (low == high == theirs[0] == theirs[1]):
            return True
        if low > theirs[1] or high < theirs[0] or _is_between_integers(theirs):
            return False
        _undecided(self, "==", other)

    def __hash__(self) -> int:
        """Return the hash of the number if it is proved. Otherwise nothing else is known to be equal."""
        return hash(self.lower) if self.lower == self.upper else object.__hash__(self)

    def __lt__(self, other: Any) -> bool:
        return self._ordered(operator.lt, "<", other)

    def __le__(self, other: Any) -> bool:
        return self._ordered(operator.le, "<=", other)

    def __gt__(self, other: Any) -> bool:
        return self._ordered(operator.gt, ">", other)

    def __ge__(self, other: Any) -> bool:
        return self._ordered(operator.ge, ">=", other)

    def _ordered(self, compare: Callable[[Any, Any], bool], sign: str, other: Any) -> bool:
        """Compare all ends, which say what everything between them says; they have to agree."""
        theirs = _interval(other)
        if theirs is None:
            return cast(bool, NotImplemented)  # what Python asks for, from whoever is called for an operator
        if self is other:
            return bool(compare(0, 0))
        ends = _interval_of(self)
        if theirs[0] == theirs[1] and not -math.inf < theirs[0] < math.inf:
            ends = ends[:1]  # to infinity, and to what is not a number, all integers are alike
        answers = {bool(compare(mine, their)) for mine in ends for their in theirs}
        if len(answers) > 1:
            _undecided(self, sign, other)
        return answers.pop()

    # ---- conversions: the value, if it is known

    def __int__(self) -> int:
        if self.value is None:
            raise ValueError(f"the value is not decided: {self}")
        return self.value

    def __index__(self) -> int:
        return int(self)

    def __float__(self) -> float:
        return float(int(self))

    def __complex__(self) -> complex:
        return complex(int(self))

    def __round__(self, digits: int | None = None) -> int:
        return round(int(self), digits) if digits is not None else int(self)

    __trunc__ = __floor__ = __ceil__ = __int__

    def __bool__(self) -> bool:
        """Whether it is not 0, as of an integer."""
        return self != 0

    def _sympy_(self) -> Any:
        from sympy import Integer

        return Integer(int(self))

    # ---- arithmetic: that of the value; the result is a plain number

    def __add__(self, other: Any) -> Any:
        return int(self) + _plain(other)

    def __radd__(self, other: Any) -> Any:
        return other + int(self)

    def __sub__(self, other: Any) -> Any:
        return int(self) - _plain(other)

    def __rsub__(self, other: Any) -> Any:
        return other - int(self)

    def __mul__(self, other: Any) -> Any:
        return int(self) * _plain(other)

    def __rmul__(self, other: Any) -> Any:
        return other * int(self)

    def __truediv__(self, other: Any) -> Any:
        return int(self) / _plain(other)

    def __rtruediv__(self, other: Any) -> Any:
        return other / int(self)

    def __floordiv__(self, other: Any) -> Any:
        return int(self) // _plain(other)

    def __rfloordiv__(self, other: Any) -> Any:
        return other // int(self)

    def __mod__(self, other: Any) -> Any:
        return int(self) % _plain(other)

    def __rmod__(self, other: Any) -> Any:
        return other % int(self)

    def __pow__(self, other: Any) -> Any:
        return int(self) ** _plain(other)

    def __rpow__(self, other: Any) -> Any:
        return other ** int(self)

    def __neg__(self) -> int:
        return -int(self)

    def __pos__(self) -> int:
        return int(self)

    def __abs__(self) -> int:
        return abs(int(self))


def _interval_of(number: IntegerLike) -> Interval:
    return number.lower, math.inf if number.upper is None else number.upper


def _interval(other: object) -> Interval | None:
    """Return where a number lies; None for what is no number. Truth values are none here."""
    if isinstance(other, IntegerLike):
        return _interval_of(other)
    if isinstance(other, Real) and not isinstance(other, bool):
        return other, other
    return None


def _is_between_integers(interval: Interval) -> bool:
    """Whether it is one number, and no integer."""
    number = interval[0]
    if number != interval[1] or isinstance(number, int):
        return bool(number != number)  # what is not a number equals nothing
    return bool(number in (math.inf, -math.inf) or Fraction(number).denominator != 1)


def _plain(other: Any) -> Any:
    return int(other) if isinstance(other, IntegerLike) else other


def _undecided(number: IntegerLike, sign: str, other: object) -> NoReturn:
    least, largest = _interval_of(number)
    possible = f"from {least} on" if largest == math.inf else f"from {least} to {largest}"
    advice = "" if number.value is None else "; compare its .value for what was seen"
    raise ValueError(f"not decided: {number} {sign} {other}, since every value {possible} is possible{advice}")
