"""Float data with a stated accuracy, and what ball arithmetic encloses of them.

Every function returns enclosures that hold for all real data and weights within the accuracy.  Floats only choose
centres and bases; they cannot spoil a bound.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context
from functools import cached_property
from typing import Any

import numpy as np
from flint import arb, arb_mat, ctx
from numpy.typing import NDArray

from algebra.errors import InputError
from algebra.linear.problem import Problem

Floats = NDArray[np.float64]

WORKING_BITS = 192
ACCURACY = "None, a finite number of at least 0, or a dictionary of them with keys among X, Y, W"


@contextmanager
def working_precision(bits: int = WORKING_BITS) -> Iterator[None]:
    """Set FLINT's precision for a while."""
    before, ctx.prec = ctx.prec, bits
    try:
        yield
    finally:
        ctx.prec = before


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
        return f"[{_six_digits(self.lower, ROUND_FLOOR)}, {_six_digits(self.upper, ROUND_CEILING)}]"


def _six_digits(value: float, rounding: str) -> str:
    """Print a float so that the printed number errs outward, too."""
    return f"{float(Context(prec=6, rounding=rounding).create_decimal_from_float(value)):g}"


def band(ball: arb, least: float = -math.inf) -> Band:
    """Return the floats around a ball; `least` is a lower bound that is known otherwise."""
    if not ball.is_finite():
        return Band(least, math.inf)
    low, high = ball.lower(), ball.upper()
    lower = 0.0 if low == 0 else math.nextafter(float(low), -math.inf)
    upper = 0.0 if high == 0 else math.nextafter(float(high), math.inf)
    return Band(max(lower, least), max(upper, least))


@dataclass(frozen=True)
class FloatProblem:
    """Data and weights in float64, each entry known up to a radius.

    Attributes
    ----------
    X, Y : ndarray
        Shapes (d_x, m) and (d_y, m).
    W : tuple of ndarray
        W_1 first.
    accuracy : float, dict or None
        As stated; None: half a unit in the last place of each entry.
    """

    X: Floats
    Y: Floats
    W: tuple[Floats, ...]
    accuracy: Any = None

    @classmethod
    def of(cls, X: Any, Y: Any, W: Sequence[Any], accuracy: Any = None) -> FloatProblem:
        """Check shapes, entries and accuracy.

        Raises
        ------
        InputError
            If an entry is infinite or NaN, the shapes do not chain, or the accuracy is negative or not understood.
        """
        _checked_accuracy(accuracy)
        exact = Problem.from_floats(X, Y, W)
        x, y, *weights = (np.asarray(given, dtype=np.float64) for given in (X, Y, *W))
        made = cls(x, y, tuple(weights), accuracy)
        made.__dict__["exact"] = exact
        return made

    @cached_property
    def exact(self) -> Problem:
        """The problem whose numbers are exactly the floats."""
        return Problem.from_floats(self.X, self.Y, self.W)

    @property
    def is_exact(self) -> bool:
        """Whether the stated accuracy is 0 everywhere."""
        return self.accuracy is not None and not any(self._radius(name) for name in "XYW")

    def _radius(self, name: str) -> float | None:
        if isinstance(self.accuracy, Mapping):
            return self.accuracy.get(name)
        return None if self.accuracy is None else float(self.accuracy)

    def balls(self, name: str, matrix: Floats) -> arb_mat:
        """Return the enclosure of a matrix that is one of X, Y, W."""
        radius = self._radius(name)
        return arb_mat([[_ball(entry, radius) for entry in row] for row in matrix.tolist()])

    @property
    def accuracy_text(self) -> str:
        """The stated accuracy in words."""
        words = {name: self._radius(name) for name in "XYW"}
        shown = {n: "half a unit in the last place" if r is None else f"{r:g}" for n, r in words.items()}
        if len(set(shown.values())) == 1:
            return f"each entry within {shown['X']}"
        return "each entry of " + ", ".join(f"{name} within {text}" for name, text in shown.items())


def _ball(entry: float, radius: float | None) -> arb:
    if radius is not None:
        return arb(entry, radius) if radius else arb(entry)
    # Half of the smallest float is no float.
    return arb(entry, arb(math.ulp(entry)) / 2)


def _checked_accuracy(accuracy: Any) -> None:
    given = accuracy if isinstance(accuracy, Mapping) else {"X": accuracy}
    for name, value in given.items():
        number = isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= sys.float_info.max
        if name not in ("X", "Y", "W") or not (value is None or number):
            raise InputError("accuracy", accuracy, ACCURACY)


def frobenius_squared(matrix: arb_mat) -> arb:
    """Return the sum of the squares of the entries, never below 0."""
    total = arb(0)
    for entry in matrix.entries():
        low, high = entry.abs_lower(), entry.abs_upper()
        total += (low * low).union(high * high)
    return total


def square_root(ball: arb) -> arb:
    """Return the square root of a number that is at least 0, although its ball may reach below."""
    if not ball.is_finite():
        return arb(0, arb.pos_inf())
    low = ball.lower()
    return (low.sqrt() if low > 0 else arb(0)).union(ball.upper().sqrt() if ball.upper() > 0 else arb(0))


def inner(left: arb_mat, right: arb_mat) -> arb:
    """Return the sum of the products of the entries."""
    return sum((a * b for a, b in zip(left.entries(), right.entries(), strict=True)), arb(0))


def floats(matrix: arb_mat) -> Floats:
    """Return the centres in float64."""
    rows = [[float(entry.mid()) for entry in row] for row in matrix.table()]
    return np.array(rows, dtype=np.float64).reshape(matrix.nrows(), matrix.ncols())


def exact_balls(matrix: Floats) -> arb_mat:
    """Return the matrix of the floats themselves, without error."""
    return arb_mat([[arb(entry) for entry in row] for row in matrix.tolist()])


def symmetric_eigenvalues(matrix: arb_mat) -> list[arb]:
    """Enclose the eigenvalues of every symmetric matrix in the balls, decreasing, with multiplicity.

    Floats give a basis Q that is nearly orthogonal.  By Weyl the eigenvalues of Q^T N Q are near its diagonal, by
    Ostrowski those of N differ from them by factors near 1.

    Examples
    --------
    >>> largest, least = symmetric_eigenvalues(arb_mat([[2, 1], [1, 2]]))
    >>> largest.contains(3), least.contains(1), bool(largest.rad() < 1e-12)
    (True, True, True)
    """
    size = matrix.nrows()
    centre = floats(matrix)
    if not np.isfinite(centre).all():
        return [arb(0, arb.pos_inf())] * size
    basis = exact_balls(np.linalg.eigh((centre + centre.T) / 2)[1])
    turned = basis.transpose() * matrix * basis
    defect = square_root(frobenius_squared(basis.transpose() * basis - _identity(size))).upper()
    table = turned.table()
    diagonal = [table[i][i] for i in range(size)]
    off = [table[i][j] for i in range(size) for j in range(size) if i != j]
    spread = arb(0, square_root(frobenius_squared(arb_mat(1, len(off), off))).upper()) if off else arb(0)
    lows = sorted((entry.lower() for entry in diagonal), key=_key, reverse=True)
    highs = sorted((entry.upper() for entry in diagonal), key=_key, reverse=True)
    factor = arb(1, defect)
    return [(low.union(high) + spread) / factor for low, high in zip(lows, highs, strict=True)]


def _key(number: arb) -> tuple[int, int] | Any:
    from fractions import Fraction

    if not number.is_finite():
        return Fraction(0)
    mantissa, exponent = number.man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def _identity(size: int) -> arb_mat:
    return arb_mat(size, size, [int(i == j) for i in range(size) for j in range(size)])
