"""Elements of a real number field Q(alpha), compared exactly.

Zero is decided by the coefficients, signs by ball arithmetic at the chosen real root, so no comparison is ever guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flint import arb, fmpq, fmpq_mat, fmpq_poly

from algebra.exact.matrices import from_rows, identity
from algebra.exact.precision import precision
from algebra.exact.roots import root_near


@dataclass(frozen=True, eq=False)
class NumberField:
    """Q(alpha), embedded into the reals.

    Parameters
    ----------
    domain : sympy domain
        ``QQ<alpha>``.
    """

    domain: Any

    @cached_property
    def modulus(self) -> fmpq_poly:
        """Minimal polynomial of alpha."""
        return polynomial_of(self.domain.mod.to_list())

    @property
    def degree(self) -> int:
        """Its degree d."""
        return int(self.modulus.degree())

    def alpha(self, bits: int) -> arb:
        """Return a ball of this many bits around alpha."""
        if bits not in self._alphas:
            self._alphas[bits] = root_near(self.modulus.numer(), self.domain.ext.as_expr(), bits)
        return self._alphas[bits]

    @cached_property
    def _alphas(self) -> dict[int, arb]:
        return {}

    @cached_property
    def companion(self) -> fmpq_mat:
        """The multiplication by alpha."""
        d, lead = self.degree, self.modulus[self.degree]
        return from_rows([[fmpq(int(i == j + 1)) for j in range(d - 1)] + [-self.modulus[i] / lead] for i in range(d)])

    @cached_property
    def powers(self) -> tuple[fmpq_mat, ...]:
        """The multiplications by 1, alpha, …, alpha^(d-1)."""
        found = [identity(self.degree)]
        for _ in range(self.degree - 1):
            found.append(found[-1] * self.companion)
        return tuple(found)

    def element(self, value: Any) -> FieldElement:
        """Return the element that an fmpq, an int or an element is."""
        return value if isinstance(value, FieldElement) else FieldElement(self, fmpq_poly([fmpq(value)]))


@dataclass(frozen=True, eq=False)
class FieldElement:
    """An element of a real number field: a polynomial in alpha of degree below d."""

    field: NumberField
    polynomial: fmpq_poly

    def _other(self, other: Any) -> fmpq_poly:
        return self.field.element(other).polynomial

    def __add__(self, other: Any) -> FieldElement:
        return FieldElement(self.field, self.polynomial + self._other(other))

    __radd__ = __add__

    def __neg__(self) -> FieldElement:
        return FieldElement(self.field, -self.polynomial)

    def __sub__(self, other: Any) -> FieldElement:
        return self + (-self.field.element(other))

    def __rsub__(self, other: Any) -> FieldElement:
        return self.field.element(other) - self

    def __mul__(self, other: Any) -> FieldElement:
        if hasattr(other, "nrows"):
            return NotImplemented
        return FieldElement(self.field, self.polynomial * self._other(other) % self.field.modulus)

    __rmul__ = __mul__

    def inverse(self) -> FieldElement:
        """Return the reciprocal."""
        common, inverse, _ = self.polynomial.xgcd(self.field.modulus)
        if common.degree() != 0 or common == 0:
            raise ZeroDivisionError("division by zero in a number field")
        return FieldElement(self.field, inverse / common[0])

    def __truediv__(self, other: Any) -> FieldElement:
        return self * self.field.element(other).inverse()

    def __rtruediv__(self, other: Any) -> FieldElement:
        return self.field.element(other) * self.inverse()

    def ball(self, bits: int) -> arb:
        """Return a ball around the real number."""
        alpha = self.field.alpha(bits)
        with precision(bits):
            total = arb(0)
            for c in reversed(self.polynomial.coeffs()):
                total = total * alpha + arb(c)
        return total

    @property
    def sign(self) -> int:
        """-1, 0 or 1."""
        if self.polynomial == 0:
            return 0
        bits = 64
        while True:
            ball = self.ball(bits)
            if ball > 0 or ball < 0:
                return 1 if ball > 0 else -1
            bits *= 2

    def __eq__(self, other: object) -> bool:
        return bool(self.polynomial == self._other(other))

    def __hash__(self) -> int:
        return hash(str(self))

    def __bool__(self) -> bool:
        return bool(self.polynomial != 0)

    def __lt__(self, other: Any) -> bool:
        return bool((self - other).sign < 0)

    def __gt__(self, other: Any) -> bool:
        return bool((self - other).sign > 0)

    def __le__(self, other: Any) -> bool:
        return bool((self - other).sign <= 0)

    def __ge__(self, other: Any) -> bool:
        return bool((self - other).sign >= 0)

    def floor(self) -> int:
        """Return the largest integer that is not above."""
        with precision(256):
            guess = int(self.ball(256).mid().floor().unique_fmpz())
        while self < guess:
            guess -= 1
        while self >= guess + 1:
            guess += 1
        return guess

    def __str__(self) -> str:
        if self.polynomial.degree() <= 0:
            return str(self.polynomial[0])
        from sympy import Rational, expand

        alpha = self.field.domain.ext.as_expr()
        terms = (Rational(int(c.p), int(c.q)) * alpha**i for i, c in enumerate(self.polynomial.coeffs()))
        return str(expand(sum(terms, Rational(0))))

    __repr__ = __str__


def polynomial_of(highest_first: Sequence[Any]) -> fmpq_poly:
    """Return the polynomial whose coefficients sympy lists, the highest first."""
    return fmpq_poly([fmpq(int(c.numerator), int(c.denominator)) for c in reversed(highest_first)])
