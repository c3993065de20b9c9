"""Activations: powers z^r, and general polynomials or rational functions given by their coefficients."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from algebra.errors import InputError, as_integer
from algebra.evidence.checker.labels import activation_label, digits, fraction_text
from algebra.exact.numbers import exact_number, to_fmpq
from algebra.sequences import as_list
from algebra.shown import Shown

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, repr=False)
class Power(Shown):
    """The activation z ↦ z^r of a polynomial network, r ≥ 1.

    Parameters
    ----------
    exponent : int
        r, at least 1.
    """

    exponent: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "exponent", as_integer("degree", self.exponent, least=1))

    @property
    def homogeneous_degree(self) -> int:
        """The m with σ(tz) = t^m σ(z); it makes hidden neurons scalable (the gauge)."""
        return self.exponent

    def to_json(self) -> int:
        """Describe the activation as certificates do.

        Returns
        -------
        int
            The exponent.
        """
        return self.exponent

    def symmetry_dimension(self, biases: bool) -> int:
        """Scalings of one hidden neuron; those of a linear activation are counted elsewhere.

        Parameters
        ----------
        biases : bool
            Whether the layer has them; it makes no difference to a power.

        Returns
        -------
        int
            1.
        """
        return 1

    @property
    def label(self) -> str:
        """Part of a network's permanent label."""
        return digits(self.exponent)

    def __repr__(self) -> str:
        return f"Power(exponent={digits(self.exponent)})"


@dataclass(frozen=True, init=False, repr=False)
class Rational(Shown):
    """The activation z ↦ numerator(z) / denominator(z), coefficients in ascending order.

    Parameters
    ----------
    numerator : tuple of Fraction
        Coefficients, the constant one first.
    denominator : tuple of Fraction
        Likewise; not zero.

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
            exact = [exact_number(name, c) for c in as_list(name, coefficients, "a list of coefficients")]
            while exact and exact[-1] == 0:
                exact.pop()
            object.__setattr__(self, name, tuple(exact))
        if not self.denominator:
            raise InputError("denominator", [0], "a polynomial other than zero")
        if not any(_wronskian(self.numerator, self.denominator)):
            shown = [str(c) for c in self.numerator]
            raise InputError("numerator", shown, "such that the activation is not constant")

    def __repr__(self) -> str:
        sides = [f"[{', '.join(map(_quoted, side))}]" for side in (self.numerator, self.denominator)]
        return f"Rational({', '.join(sides[: 1 if sides[1] == '[1]' else 2])})"

    def to_json(self) -> dict[str, list[str]]:
        """Describe the activation as certificates do.

        Returns
        -------
        dict
            Coefficients in ascending order, "p/q", under ``numerator`` and ``denominator``.

        Examples
        --------
        >>> Rational([0, 1, "1/2"]).to_json()
        {'numerator': ['0', '1', '1/2'], 'denominator': ['1']}
        """
        return {
            "numerator": list(map(fraction_text, self.numerator)),
            "denominator": list(map(fraction_text, self.denominator)),
        }

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

    def symmetry_dimension(self, biases: bool) -> int:
        """Number of independent infinitesimal symmetries of one hidden neuron.

        Moving its input by αz (with biases: αz + β), its outgoing weights by γ (with biases: and the next bias by ε)
        changes nothing exactly if σ'(z)(αz + β) + γσ(z) + ε = 0 identically: a linear system over Q.

        Parameters
        ----------
        biases : bool
            Whether the layers have biases.

        Returns
        -------
        int

        Examples
        --------
        A square in disguise, z² + z = (z + 1/2)² - 1/4, is scalable once there are biases:

        >>> Rational([0, 1, 1]).symmetry_dimension(False), Rational([0, 1, 1]).symmetry_dimension(True)
        (0, 1)
        """
        from flint import fmpq, fmpq_mat

        slope = _wronskian(self.numerator, self.denominator)
        value = _product(self.numerator, self.denominator)
        moves = [(Fraction(0), *slope), value]
        if biases:
            moves += [slope, _product(self.denominator, self.denominator)]
        length = max(map(len, moves))
        rows = [[to_fmpq(c) for c in move] + [fmpq(0)] * (length - len(move)) for move in moves]
        return len(moves) - int(fmpq_mat(rows).rank())

    @property
    def label(self) -> str:
        """Part of a network's permanent label."""
        return activation_label(self.numerator, self.denominator)


Activation = Power | Rational


def _quoted(number: Fraction) -> str:
    """Write a number as Python reads it back."""
    text = fraction_text(number)
    return text if number.denominator == 1 else repr(text)


def _product(a: tuple[Fraction, ...], b: tuple[Fraction, ...]) -> tuple[Fraction, ...]:
    found = [Fraction(0)] * max(len(a) + len(b) - 1, 0)
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            found[i + j] += x * y
    return tuple(found)


def _wronskian(top: tuple[Fraction, ...], bottom: tuple[Fraction, ...]) -> tuple[Fraction, ...]:
    """Numerator of the derivative: top' bottom - top bottom'."""
    derivatives = [tuple(i * c for i, c in enumerate(side))[1:] for side in (top, bottom)]
    plus, minus = _product(derivatives[0], bottom), _product(top, derivatives[1])
    length = max(len(plus), len(minus))
    padded = [(*side, *(Fraction(0),) * (length - len(side))) for side in (plus, minus)]
    return tuple(x - y for x, y in zip(*padded, strict=True))
