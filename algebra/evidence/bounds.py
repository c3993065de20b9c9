"""What is known of an integer: `Bounds`, and how far it is proved: `Grade`."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from algebra.errors import InputError
from algebra.escape import escape
from algebra.evidence.checker.labels import digits
from algebra.evidence.integer_like import IntegerLike

if TYPE_CHECKING:
    from collections.abc import Iterable

    from algebra.evidence.certificate import Certificate


class Grade(StrEnum):
    """How far a result is proved; `PROVED > PROBABLE > NUMERIC > INCONCLUSIVE`. A grade equals its word.

    Examples
    --------
    >>> Grade.PROVED > Grade.PROBABLE, Grade.PROVED == "proved", max("numeric", Grade.PROBABLE)
    (True, True, <Grade.PROBABLE: 'probable'>)
    >>> Grade.weakest([Grade.PROVED, Grade.NUMERIC])
    <Grade.NUMERIC: 'numeric'>
    """

    PROVED = "proved"
    PROBABLE = "probable"
    NUMERIC = "numeric"
    INCONCLUSIVE = "inconclusive"

    @property
    def strength(self) -> int:
        """3 for a proof, 0 for nothing."""
        return ("inconclusive", "numeric", "probable", "proved").index(self.value)

    def __lt__(self, other: str) -> bool:
        return self.strength < _strength(other)

    def __le__(self, other: str) -> bool:
        return self.strength <= _strength(other)

    def __gt__(self, other: str) -> bool:
        return self.strength > _strength(other)

    def __ge__(self, other: str) -> bool:
        return self.strength >= _strength(other)

    @staticmethod
    def weakest(grades: Iterable[Grade]) -> Grade:
        """Grade of a result built from several: as good as its weakest part; `PROVED` of none."""
        return min(grades, key=lambda grade: grade.strength, default=Grade.PROVED)


def _strength(word: str) -> int:
    """Return that of a grade or of its word. Other text would be compared letter by letter, so it is refused."""
    try:
        return Grade(word).strength
    except ValueError:
        raise TypeError(f"{word!r} is no grade, so it is neither weaker nor stronger than one") from None


@runtime_checkable
class Evidence(Protocol):
    """What stands behind a `Bounds`: it can be written down for an independent checker."""

    def certificate(self) -> Certificate:
        """Return everything that a stranger needs to check the bounds.

        Returns
        -------
        Certificate
        """
        ...


@dataclass(frozen=True, eq=False)
class Bounds(IntegerLike):
    """What is known of an integer (a rank, a dimension), and behaves like that integer.

    Comparisons with numbers and with other bounds are true where they are proved and false where the bounds exclude
    them. Otherwise they raise a ValueError that says so: of bounds 12 and 15, nobody knows whether the value is 14.
    Seeds, names of arguments and evidence are no part of equality; `record` holds all but the evidence. `int`, `float`,
    formats, indices and arithmetic take the value if it is known.

    Parameters
    ----------
    lower : int
        Proved lower bound.
    upper : int or None
        Proved upper bound; None if none is known.
    grade : Grade
        `PROVED` exactly when the two meet. `PROBABLE`: if the value were greater, a run would end at or below `lower`
        with probability at most ``2**log2_error`` (a p-value: how seldom greater values stay unseen, not how probable
        it is that this one is wrong). `NUMERIC`: the value is `lower`, up to a tolerance that the evidence names.
    log2_error : float, optional
        Base-2 logarithm of that probability, negative; None unless the grade is `PROBABLE`.
    lower_by, upper_by : str
        Names of the arguments that gave the bounds.
    seed : int, optional
        Seed of every random choice.
    evidence : Evidence, optional
        What stands behind the bounds; not compared.

    Raises
    ------
    InputError
        If the fields contradict each other, a lower bound above the upper one among them.

    Examples
    --------
    >>> dimension = Bounds.exactly(14, by="minor")
    >>> dimension, dimension.is_proved, dimension.grade == "proved"
    (14 (proved), True, True)
    >>> dimension == 14, dimension < 15, dimension == Bounds(12, 13, Grade.INCONCLUSIVE), list(range(20))[dimension]
    (True, True, False, 14)
    >>> Bounds(12, 15, Grade.INCONCLUSIVE)
    12..15
    >>> Bounds(14, 15, Grade.PROBABLE, log2_error=-61.3)
    14 (probable, p < 2^-61)
    """

    lower: int
    upper: int | None
    grade: Grade
    log2_error: float | None = None
    lower_by: str = ""
    upper_by: str = ""
    seed: int | None = None
    evidence: Evidence | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if self.upper is not None and self.lower > self.upper:
            raise InputError("lower", self.lower, f"at most the upper bound {self.upper}")
        if (self.grade is Grade.PROVED) != (self.lower == self.upper):
            raise InputError("grade", self.grade.value, "'proved' exactly when the bounds meet")
        if (self.grade is Grade.PROBABLE) != (self.log2_error is not None):
            raise InputError("log2_error", self.log2_error, "given exactly when the grade is 'probable'")
        if self.log2_error is not None and not self.log2_error < 0:
            raise InputError("log2_error", self.log2_error, "negative: a probability of 1 or more says nothing")

    @classmethod
    def exactly(cls, value: int, by: str, **fields: Any) -> Bounds:
        """Bounds that meet, both by the argument named `by`.

        Parameters
        ----------
        value : int
        by : str
            The rule.
        **fields
            Other fields of `Bounds`, such as ``evidence``.

        Returns
        -------
        Bounds
            Proved.
        """
        return cls(value, value, Grade.PROVED, lower_by=by, upper_by=by, **fields)

    @property
    def error(self) -> float | None:
        """Bound of the probability that a greater value stays unseen: 0 if proved, None if nothing is known of it."""
        if self.grade is Grade.PROVED:
            return 0.0
        return None if self.log2_error is None else 2.0**self.log2_error

    @property
    def value(self) -> int | None:
        """The value if it is known (proved, probable or numeric), else None."""
        return None if self.grade is Grade.INCONCLUSIVE else self.lower

    @property
    def is_proved(self) -> bool:
        """Whether the bounds meet."""
        return self.grade is Grade.PROVED

    def __format__(self, spec: str) -> str:
        """Format as text, or as an integer where the format is one of integers (d, x, ...)."""
        return format(int(self) if spec[-1:] in tuple("bcdoxXneEfFgG%") else str(self), spec)

    @property
    def record(self) -> tuple[Any, ...]:
        """All that is recorded but the evidence: equal of two runs only if they found the same in the same way.

        Examples
        --------
        >>> Bounds(12, 15, Grade.INCONCLUSIVE, seed=3).record
        (12, 15, <Grade.INCONCLUSIVE: 'inconclusive'>, None, '', '', 3)
        """
        known = (self.lower, self.upper, self.grade, self.log2_error)
        return (*known, self.lower_by, self.upper_by, self.seed)

    def explain(self) -> str:
        """Return the arguments for both sides as text.

        Returns
        -------
        str
            One argument a line, what it rests on below it.

        Examples
        --------
        >>> print(Bounds.exactly(14, by="minor").explain())
        14 <= value: minor
        14 >= value: minor
        """
        explain = getattr(self.evidence, "explain", None)
        if explain is not None:
            return str(explain())
        upper = (
            "no upper bound is known"
            if self.upper is None
            else f"{digits(self.upper)} >= value: {self.upper_by or '?'}"
        )
        return f"{digits(self.lower)} <= value: {self.lower_by or '?'}\n{upper}"

    def certificate(self) -> Certificate:
        """Return the certificate of both bounds.

        Returns
        -------
        Certificate

        Raises
        ------
        ValueError
            If nothing that can be checked stands behind these bounds.
        """
        if self.evidence is None:
            raise ValueError(f"no checkable evidence stands behind {self}")
        return self.evidence.certificate()

    def shifted(self, amount: int) -> Bounds:
        """Return the same knowledge of the integer plus `amount`; the evidence stays that of the original.

        Parameters
        ----------
        amount : int

        Returns
        -------
        Bounds
        """
        upper = None if self.upper is None else self.upper + amount
        return replace(self, lower=self.lower + amount, upper=upper)

    @property
    def _error_exponent(self) -> int:
        assert self.log2_error is not None
        # The true error is at most 2^log2_error; printing the next integer above keeps the claim true.
        return math.floor(self.log2_error) + 1

    def __str__(self) -> str:
        if self.grade is Grade.PROBABLE:
            return f"{digits(self.lower)} (probable, p < 2^{self._error_exponent})"
        if self.grade is Grade.INCONCLUSIVE:
            return f"{digits(self.lower)}..{'' if self.upper is None else digits(self.upper)}"
        return f"{digits(self.lower)} ({self.grade.value})"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        colour = {"proved": "#15803d", "probable": "#a16207", "numeric": "#a16207"}.get(self.grade.value, "#b91c1c")
        sides = [("≥", self.lower, self.lower_by), ("≤", self.upper, self.upper_by)]
        shown = [f"{sign} {'' if value is None else digits(value)} {by}" for sign, value, by in sides if by]
        details = " · ".join(shown + ([] if self.seed is None else [f"seed {self.seed}"]))
        return f'<b style="color:{colour}">{escape(str(self))}</b> <small>{escape(details)}</small>'

    def _repr_latex_(self) -> str:
        if self.grade is Grade.INCONCLUSIVE:
            return rf"${digits(self.lower)}\ldots{'' if self.upper is None else digits(self.upper)}$"
        note = rf"\text{{{self.grade.value}}}"
        if self.log2_error is not None:
            note += rf", p < 2^{{{self._error_exponent}}}"
        return rf"${digits(self.lower)}\ ({note})$"
