"""Balls of real numbers (Arb, in FLINT): their ends, matrices of them, and what a matrix of balls proves.

The precision is FLINT's: ``with precision(bits)``.  Floats only choose centres, bases and pivots; they cannot spoil
a bound.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from flint import arb, arb_mat, fmpq, fmpz

import algebra.exact.pickling  # noqa: F401  (teaches FLINT's types to be pickled)
from algebra.exact.numbers import to_fmpq
from algebra.exact.precision import precision
from algebra.shown import Shown

if TYPE_CHECKING:
    from algebra.types import Floats


WORKING_BITS = 192


def ball(value: Fraction) -> arb:
    """Return a ball around a rational number.

    Parameters
    ----------
    value : Fraction

    Returns
    -------
    arb
        At the precision in force.
    """
    return arb(to_fmpq(value))


def interval_of(ball: Any) -> tuple[Any, Any]:
    """Return the ends of a ball as rationals.

    Parameters
    ----------
    ball : arb
        Finite.

    Returns
    -------
    (fmpq, fmpq)

    Examples
    --------
    >>> interval_of(arb(3))
    (3, 3)
    """
    middle, radius = _dyadic(ball.mid()), _dyadic(ball.rad())
    return middle - radius, middle + radius


def _dyadic(exact: Any) -> Any:
    mantissa, exponent = exact.man_exp()
    return fmpq(mantissa) * fmpq(2) ** int(exponent) if exponent >= 0 else fmpq(mantissa, fmpz(2) ** int(-exponent))


@dataclass(frozen=True)
class Band:
    """A real number lies between these floats, which are rounded outward.

    Examples
    --------
    >>> Band(0.0, 0.5).is_positive, Band(0.25, 0.5).is_positive
    (False, True)
    """

    lower: float
    upper: float

    @property
    def is_positive(self) -> bool:
        """Whether the number is proved to be greater than 0."""
        return self.lower > 0

    def below(self, other: Band) -> bool | None:
        """Tell whether the number is less than the other; None where the bands overlap."""
        if self.upper < other.lower:
            return True
        return False if self.lower > other.upper else None

    def fields(self) -> dict[str, float]:
        """Return both ends."""
        return {"lower": self.lower, "upper": self.upper}

    def __str__(self) -> str:
        return f"[{one_sided(self.lower, up=False, figures=6)}, {one_sided(self.upper, up=True, figures=6)}]"


def one_sided(bound: float, up: bool, figures: int = 2) -> str:
    """Print a bound with a few figures, at most 6, rounded so that it still is one.

    Parameters
    ----------
    bound : float
    up : bool
        Whether it is an upper bound.
    figures : int

    Returns
    -------
    str

    Examples
    --------
    >>> one_sided(1.81e-27, up=True), one_sided(0.4999, up=False)
    ('1.9e-27', '0.49')
    """
    rounding = ROUND_CEILING if up else ROUND_FLOOR
    return f"{float(Context(prec=figures, rounding=rounding).create_decimal_from_float(bound)):g}"


def band(ball: arb, least: float = -math.inf) -> Band:
    """Return the floats around a ball; `least` is a lower bound that is known otherwise.

    Parameters
    ----------
    ball : arb
    least : float

    Returns
    -------
    Band
    """
    if not ball.is_finite():
        return Band(least, math.inf)
    low, high = ball.lower(), ball.upper()
    lower = 0.0 if low == 0 else math.nextafter(float(low), -math.inf)
    upper = 0.0 if high == 0 else math.nextafter(float(high), math.inf)
    return Band(max(lower, least), max(upper, least))


@dataclass(frozen=True)
class Decimals(Shown):
    """Two decimal strings between which a real number lies, both ends included.

    Parameters
    ----------
    lower, upper : str
    """

    lower: str
    upper: str

    def fields(self) -> dict[str, str]:
        """Return plain JSON values."""
        return {"lower": self.lower, "upper": self.upper}


def decimals(value: arb, digits: int = 12) -> Decimals:
    """Return decimal strings that enclose a ball, however large or small.

    Parameters
    ----------
    value : arb
    digits : int
        Significant ones.

    Returns
    -------
    Decimals

    Examples
    --------
    >>> decimals(arb(1) / 3, 4)
    Decimals(lower='0.3333', upper='0.3334')
    >>> decimals((arb(-10) ** 7).exp(), 3)
    Decimals(lower='1.51e-4342945', upper='1.52e-4342945')
    """
    return Decimals(_decimal(value.lower(), digits, up=False), _decimal(value.upper(), digits, up=True))


def _decimal(value: arb, digits: int, up: bool) -> str:
    if value == 0:
        return "0"
    if not value.is_finite():
        return "inf" if value > 0 or up else "-inf"
    if value < 0:
        return "-" + _decimal(-value, digits, not up)
    size = max(abs(int(value.man_exp()[1])).bit_length(), 1)
    with precision(64 + 4 * digits + 2 * size):
        power = int((value.log() / arb(10).log()).lower().floor().mid().unique_fmpz())  # near a power of 10: one less
        scaled = value * arb(10) ** (digits - 1 - power)
        mantissa = int((scaled.upper().ceil() if up else scaled.lower().floor()).mid().unique_fmpz())
    figures = str(mantissa)
    return _written(figures, power - digits + len(figures))


def _written(figures: str, power: int) -> str:
    if -5 <= power < 0:
        return "0." + "0" * (-power - 1) + figures
    if 0 <= power < len(figures) - 1:
        return f"{figures[: power + 1]}.{figures[power + 1 :]}"
    return f"{figures[0]}.{figures[1:]}e{power}" if power != len(figures) - 1 else figures


def frobenius_squared(matrix: arb_mat) -> arb:
    """Return the sum of the squares of the entries, never below 0.

    Parameters
    ----------
    matrix : arb_mat

    Returns
    -------
    arb
    """
    total = arb(0)
    for entry in matrix.entries():
        low, high = entry.abs_lower(), entry.abs_upper()
        total += (low * low).union(high * high)
    return total


def square_root(ball: arb) -> arb:
    """Return the square root of a number that is at least 0, although its ball may reach below.

    Parameters
    ----------
    ball : arb

    Returns
    -------
    arb
    """
    if not ball.is_finite():
        return arb(0, arb.pos_inf())
    low = ball.lower()
    return (low.sqrt() if low > 0 else arb(0)).union(ball.upper().sqrt() if ball.upper() > 0 else arb(0))


def inner(left: arb_mat, right: arb_mat) -> arb:
    """Return the sum of the products of the entries.

    Parameters
    ----------
    left, right : arb_mat
        Of one shape.

    Returns
    -------
    arb
    """
    return sum((a * b for a, b in zip(left.entries(), right.entries(), strict=True)), arb(0))


def floats(matrix: arb_mat) -> Floats:
    """Return the centres in float64."""
    import numpy as np

    rows = [[float(entry.mid()) for entry in row] for row in matrix.table()]
    return np.array(rows, dtype=np.float64).reshape(matrix.nrows(), matrix.ncols())


def exact_balls(matrix: Floats) -> arb_mat:
    """Return the matrix of the floats themselves, without error.

    Parameters
    ----------
    matrix : numpy.ndarray of float64

    Returns
    -------
    arb_mat
    """
    return arb_mat([[arb(entry) for entry in row] for row in matrix.tolist()])


def symmetric_eigenvalues(matrix: arb_mat) -> list[arb]:
    """Enclose the eigenvalues of every symmetric matrix in the balls, decreasing, with multiplicity.

    Floats give a basis Q that is nearly orthogonal.  By Weyl the eigenvalues of Q^T N Q are near its diagonal, by
    Ostrowski those of N differ from them by factors near 1.

    Parameters
    ----------
    matrix : arb_mat

    Returns
    -------
    list of arb

    Examples
    --------
    >>> largest, least = symmetric_eigenvalues(arb_mat([[2, 1], [1, 2]]))
    >>> largest.contains(3), least.contains(1), bool(largest.rad() < 1e-12)
    (True, True, True)
    """
    import numpy as np

    size = matrix.nrows()
    centre = floats(matrix)
    if not np.isfinite(centre).all():
        return [arb(0, arb.pos_inf())] * size
    basis = exact_balls(np.linalg.eigh((centre + centre.T) / 2)[1])
    turned = basis.transpose() * matrix * basis
    defect = square_root(frobenius_squared(basis.transpose() * basis - exact_balls(np.eye(size)))).upper()
    table = turned.table()
    diagonal = [table[i][i] for i in range(size)]
    off = [table[i][j] for i in range(size) for j in range(size) if i != j]
    spread = arb(0, square_root(frobenius_squared(arb_mat(1, len(off), off))).upper()) if off else arb(0)
    lows = sorted((entry.lower() for entry in diagonal), key=_middle, reverse=True)
    highs = sorted((entry.upper() for entry in diagonal), key=_middle, reverse=True)
    factor = arb(1, defect)
    return [(low.union(high) + spread) / factor for low, high in zip(lows, highs, strict=True)]


def _middle(number: arb) -> Any:
    return _dyadic(number) if number.is_finite() else fmpq(0)


def ball_pivots(rows: Sequence[Sequence[Any]]) -> list[tuple[int, int]]:
    """Return the places of pivots whose balls exclude 0, the largest remaining one first.

    Parameters
    ----------
    rows : sequence of sequences of arb

    Returns
    -------
    list of (int, int)
        Row and column of each pivot: so many rows are independent.

    Examples
    --------
    >>> ball_pivots([[arb(1), arb(2)], [arb(2), arb(5)]])
    [(1, 1), (0, 0)]
    """
    left = [list(row) for row in rows]
    open_rows, open_columns = list(range(len(left))), list(range(len(left[0]) if left else 0))
    pivots: list[tuple[int, int]] = []
    while open_rows and open_columns:
        i, j = max(((i, j) for i in open_rows for j in open_columns), key=lambda at: left[at[0]][at[1]].abs_lower())
        pivot = left[i][j]
        if not pivot.is_finite() or not pivot.abs_lower() > 0:
            break
        pivots.append((i, j))
        open_rows.remove(i)
        open_columns.remove(j)
        for k in open_rows:
            factor = left[k][j] / pivot
            for m in open_columns:
                left[k][m] -= factor * left[i][m]
    return pivots
