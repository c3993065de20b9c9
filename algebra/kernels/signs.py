"""Signs of polynomials on an interval, by Sturm's theorem, and of expressions, by balls."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from flint import arb, fmpq, fmpq_poly

from algebra.exact.numbers import to_fmpq, to_fraction
from algebra.exact.precision import precision
from algebra.exact.roots import sign_changes, sign_of, squarefree_parts

if TYPE_CHECKING:
    pass


def negative_point(polynomial: fmpq_poly, lower: Fraction, upper: Fraction) -> Fraction | None:
    """Return a rational point of an interval where a polynomial is negative; None if there is none, which is proved.

    Where no factor of odd multiplicity has a zero inside, the polynomial does not change its sign, and one point where
    it is not 0 decides; elsewhere the interval is halved, until such points show the negative side.

    Examples
    --------
    >>> square = fmpq_poly([fmpq(1, 4), -1, 1])
    >>> negative_point(square, Fraction(0), Fraction(1)) is None
    True
    >>> negative_point(square - fmpq(1, 900), Fraction(0), Fraction(1))
    Fraction(1, 2)
    """
    if polynomial == 0:
        return None
    odd = fmpq_poly([1])
    for factor, multiplicity in squarefree_parts(polynomial.numer()):
        odd *= fmpq_poly(factor) if multiplicity % 2 else 1
    chain = _sturm_chain(odd)

    open_intervals = [(to_fmpq(lower), to_fmpq(upper))]
    while open_intervals:
        low, high = open_intervals.pop()
        is_changing = _zeros_inside(chain, low, high) > 0
        steps = 2 if is_changing else polynomial.degree() + 2  # of as many inner points one is no zero
        for step in range(steps + 1):
            point = low + (high - low) * step / steps
            if polynomial(point) < 0:
                return to_fraction(point)
        if is_changing:
            middle = (low + high) / 2
            open_intervals += [(low, middle), (middle, high)]
    return None


def _sturm_chain(squarefree: fmpq_poly) -> list[fmpq_poly]:
    chain = [squarefree, squarefree.derivative()]
    while chain[-1] != 0:
        rest = -(chain[-2] % chain[-1])
        # without the content, which is positive, coefficients grow with the degree only
        chain.append(fmpq_poly(rest.numer() // rest.numer().content()) if rest != 0 else rest)
    return chain[:-1]


def _zeros_inside(chain: Sequence[fmpq_poly], low: fmpq, high: fmpq) -> int:
    """Count the zeros of the first polynomial of a chain between two points, the points left out."""
    before, after = (sign_changes([sign_of(each(point)) for each in chain]) for point in (low, high))
    return before - after - int(chain[0](high) == 0)


def sign_of_expression(expression: Any, bits: Sequence[int]) -> int | None:
    """Return the sign of a real expression of SymPy, None if balls of that many bits do not tell.

    Examples
    --------
    >>> import sympy
    >>> sign_of_expression(sympy.sqrt(2) + sympy.asin(sympy.Rational(1, 3)) - 2, [64])
    -1
    >>> sign_of_expression(sympy.sqrt(2) + sympy.sqrt(3) - sympy.sqrt(5 + 2 * sympy.sqrt(6)), [64, 256]) is None
    True
    """
    if expression == 0:
        return 0
    for each in bits:
        with precision(each):
            found = _ball(expression)
            if found > 0 or found < 0:
                return 1 if found > 0 else -1
    return None


def _ball(expression: Any) -> arb:
    """Enclose an expression that `algebra.kernels.formulas` makes."""
    if expression.is_Rational:
        return arb(fmpq(int(expression.p), int(expression.q)))
    name = type(expression).__name__
    if name == "Pi":
        return arb.pi()
    if name == "Exp1":
        return arb(1).exp()
    parts = [_ball(part) for part in expression.args]
    match name:
        case "Add":
            return sum(parts, arb(0))
        case "Mul":
            product = arb(1)
            for part in parts:
                product *= part
            return product
        case "Pow":
            return parts[0].sqrt() if str(expression.exp) == "1/2" else parts[0] ** parts[1]
        case _:
            found: arb = getattr(parts[0], name)()
            return found
