"""Homogeneous linear equations that come one by one, over the rational numbers, with few unknowns in each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

Form = Mapping[int, int | Fraction]
"""A linear form: numbers of unknowns with their coefficients, none of them 0."""

ZERO: Form = {}


def combine(*parts: tuple[int | Fraction, Form]) -> Form:
    """Return a linear combination of forms.

    Examples
    --------
    >>> combine((2, {0: 1}), (-1, {0: 2, 1: 3}))
    {1: -3}
    """
    found: dict[int, int | Fraction] = {}
    for factor, form in parts:
        for unknown, coefficient in form.items():
            found[unknown] = found.get(unknown, 0) + factor * coefficient
    return {unknown: coefficient for unknown, coefficient in found.items() if coefficient}


class LinearSystem:
    """Unknowns, and what equations say of them; each equation removes one unknown at once.

    Examples
    --------
    >>> system = LinearSystem()
    >>> a, b = system.unknown(), system.unknown()
    >>> system.vanish(combine((1, a), (2, b)))
    >>> system.reduced(a), system.free_among([a, b])
    ({1: -2}, [1])
    """

    def __init__(self) -> None:
        self.count = 0
        self.solved: dict[int, Form] = {}

    def unknown(self) -> Form:
        """Return a new unknown."""
        self.count += 1
        return {self.count - 1: 1}

    def reduced(self, form: Form) -> Form:
        """Return a form in the unknowns that no equation has removed."""
        while True:
            gone = [unknown for unknown in form if unknown in self.solved]
            if not gone:
                return form
            kept = {unknown: c for unknown, c in form.items() if unknown not in self.solved}
            form = combine((1, kept), *((form[unknown], self.solved[unknown]) for unknown in gone))

    def vanish(self, form: Form) -> None:
        """Add the equation that a form is 0."""
        left = self.reduced(form)
        if not left:
            return
        # The youngest unknown goes; of those with coefficient 1 or -1, so that fractions are rare.
        pivot = max(left, key=lambda unknown: (abs(left[unknown]) == 1, unknown))
        factor = Fraction(-1) / left[pivot]
        whole = factor.numerator if factor.denominator == 1 else factor
        self.solved[pivot] = {unknown: whole * c for unknown, c in left.items() if unknown != pivot}

    def agree(self, forms: Iterable[Form]) -> Form:
        """Add the equations that all forms are equal; return the first."""
        first, *others = forms
        for other in others:
            self.vanish(combine((1, first), (-1, other)))
        return first

    def free_among(self, forms: Iterable[Form]) -> list[int]:
        """Return the unknowns that are left in these forms, sorted."""
        return sorted({unknown for form in forms for unknown in self.reduced(form)})
