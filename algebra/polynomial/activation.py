"""Activations: powers z^r, and general polynomials or rational functions given by their coefficients."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from algebra.errors import InputError, as_integer

if TYPE_CHECKING:
    from collections.abc import Iterable

EXACT = "exact: an integer, a Fraction or a string 'p/q'"


def exact_number(argument: str, value: Any) -> Fraction:
    """Return `value` as a Fraction; floats are refused, because they are not what the user wrote.

    Raises
    ------
    InputError
        If it is a float, or not a number.

    Examples
    --------
    >>> exact_number("coefficient", "2/3")
    Fraction(2, 3)
    """
    if isinstance(value, float | bool):
        raise InputError(argument, value, EXACT)
    try:
        return Fraction(value) if isinstance(value, str) else Fraction(value.numerator, value.denominator)
    except (AttributeError, TypeError, ValueError, ZeroDivisionError):
        raise InputError(argument, value, EXACT) from None


@dataclass(frozen=True)
class Power:
    """The activation z ↦ z^r of a polynomial network, r ≥ 1."""

    exponent: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "exponent", as_integer("degree", self.exponent, least=1))

    @property
    def homogeneous_degree(self) -> int:
        """The m with σ(tz) = t^m σ(z); it makes hidden neurons scalable (the gauge)."""
        return self.exponent

    @property
    def label(self) -> str:
        """Part of a network's permanent label."""
        return str(self.exponent)


@dataclass(frozen=True, init=False)
class Rational:
    """The activation z ↦ numerator(z) / denominator(z), coefficients in ascending order.

    Raises
    ------
    InputError
        If a coefficient is not exact, the denominator is zero, or the function is constant.

    Examples
    --------
    >>> Rational([0, 1, "1/2"]).label
    '0,1,1/2'
    >>> Rational([1], [0, 1]).homogeneous_degree
    -1
    """

    numerator: tuple[Fraction, ...]
    denominator: tuple[Fraction, ...]

    def __init__(self, numerator: Iterable[Any], denominator: Iterable[Any] = (1,)) -> None:
        for name, coefficients in (("numerator", numerator), ("denominator", denominator)):
            exact = [exact_number(name, c) for c in coefficients]
            while exact and exact[-1] == 0:
                exact.pop()
            object.__setattr__(self, name, tuple(exact))
        if not self.denominator:
            raise InputError("denominator", [0], "a polynomial other than zero")
        if len(self.numerator) <= 1 and len(self.denominator) == 1:
            raise InputError("numerator", [str(c) for c in self.numerator], "such that the activation is not constant")

    @property
    def is_polynomial(self) -> bool:
        """True if the denominator is a constant."""
        return len(self.denominator) == 1

    @property
    def polynomial_degree(self) -> int:
        """Degree of the numerator; it is the activation's degree if `is_polynomial`."""
        return len(self.numerator) - 1

    @property
    def homogeneous_degree(self) -> int | None:
        """The m with σ(tz) = t^m σ(z), or None if there is none."""
        terms = [[i for i, c in enumerate(side) if c] for side in (self.numerator, self.denominator)]
        return terms[0][0] - terms[1][0] if len(terms[0]) == len(terms[1]) == 1 else None

    @property
    def label(self) -> str:
        """Part of a network's permanent label."""
        sides = [",".join(map(str, side)) for side in (self.numerator, self.denominator)]
        return sides[0] if self.denominator == (1,) else "|".join(sides)


Activation = Power | Rational
