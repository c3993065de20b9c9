"""Logarithms of rationals, exactly: against a rational number, and in matrices of rational combinations of them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from flint import arb, fmpq, fmpq_mat

from algebra.exact.balls import ball
from algebra.exact.coprime import coprime_base, exponents
from algebra.exact.matrices import is_zero, submatrix
from algebra.exact.pickling import frozen_hash
from algebra.exact.precision import precision

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class LogMatrix:
    """The matrix ``sum_b log(b) E_b`` over a base of coprime integers b > 1; b = 1 stands for the number 1.

    The numbers log b, and 1, are linearly independent over Q (a rational power of e is irrational). So the matrix is
    zero exactly if every E_b is, and rational matrices act on it exactly. Its rank is another matter: see
    `tensors.attention.low_rank.log_rank`.

    Parameters
    ----------
    base : tuple of int
    coefficients : tuple of fmpq_mat
        The E_b, all of one shape; at least one.

    Examples
    --------
    >>> matrix = log_matrix([[fmpq(1, 2), fmpq(6)]])
    >>> matrix.texts()
    [['-log(2)', 'log(2) + log(3)']]
    """

    base: tuple[int, ...]
    coefficients: tuple[fmpq_mat, ...]

    __hash__ = frozen_hash

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.coefficients[0].nrows(), self.coefficients[0].ncols()

    @property
    def is_zero(self) -> bool:
        """Whether it is exactly zero."""
        return all(map(is_zero, self.coefficients))

    @property
    def is_rational(self) -> bool:
        """Whether all entries are rational."""
        return all(b == 1 or is_zero(e) for b, e in zip(self.base, self.coefficients, strict=True))

    def times(self, right: fmpq_mat) -> LogMatrix:
        """Multiply by a rational matrix from the right."""
        return LogMatrix(self.base, tuple(e * right for e in self.coefficients))

    def after(self, left: fmpq_mat) -> LogMatrix:
        """Multiply by a rational matrix from the left."""
        return LogMatrix(self.base, tuple(left * e for e in self.coefficients))

    def plus(self, other: LogMatrix) -> LogMatrix:
        """Add a matrix over the same base."""
        both = zip(self.coefficients, other.coefficients, strict=True)
        return LogMatrix(self.base, tuple(a + b for a, b in both))

    def minor(self, rows: Sequence[int], columns: Sequence[int]) -> LogMatrix:
        """Return the entries in these rows and columns."""
        return LogMatrix(self.base, tuple(submatrix(e, rows, columns) for e in self.coefficients))

    @cached_property
    def _terms(self) -> list[list[list[tuple[int, fmpq]]]]:
        """For each entry, the places in the base that occur, with their coefficients."""
        rows, columns = self.shape
        found: list[list[list[tuple[int, fmpq]]]] = [[[] for _ in range(columns)] for _ in range(rows)]
        for k, e in enumerate(self.coefficients):
            for place, x in enumerate(e.entries()):
                if x:
                    found[place // columns][place % columns].append((k, x))
        return found

    def balls(self) -> list[list[Any]]:
        """Return the entries as balls, at the precision in force."""
        logs = [arb(1) if b == 1 else arb(b).log() for b in self.base]
        return [[sum((logs[k] * x for k, x in entry), arb(0)) for entry in row] for row in self._terms]

    def texts(self) -> list[list[str]]:
        """Return the entries as text, such as ``1/2*log(2) - log(3)``."""
        return [[self._text(entry) for entry in row] for row in self._terms]

    def _text(self, entry: Sequence[tuple[int, fmpq]]) -> str:
        parts = [f"{'-' if c < 0 else '+'} {_term(abs(c), self.base[k])}" for k, c in entry]
        shown = " ".join(parts).removeprefix("+ ")
        return f"-{shown[2:]}" if shown.startswith("- ") else shown or "0"


def _term(coefficient: fmpq, b: int) -> str:
    if b == 1:
        return str(coefficient)
    return f"log({b})" if coefficient == 1 else f"{coefficient}*log({b})"


def rational_scores(matrix: fmpq_mat) -> LogMatrix:
    """Return a rational matrix as a `LogMatrix`.

    Parameters
    ----------
    matrix : fmpq_mat

    Returns
    -------
    LogMatrix
    """
    return LogMatrix((1,), (matrix,))


def log_matrix(entries: Sequence[Sequence[fmpq]]) -> LogMatrix:
    """Return the logarithms of positive rational numbers, over the coprime base of all of them.

    Parameters
    ----------
    entries : sequence of sequences of fmpq
        Positive; a matrix.

    Returns
    -------
    LogMatrix

    Examples
    --------
    >>> log_matrix([[fmpq(4), fmpq(8)]]).base
    (2,)
    """
    flat = [(int(x.p), int(x.q)) for row in entries for x in row]
    base = coprime_base({part for pair in flat for part in pair})
    powers = [[a - b for a, b in zip(exponents(p, base), exponents(q, base), strict=True)] for p, q in flat]
    shape = len(entries), len(entries[0])
    if not base:
        return rational_scores(fmpq_mat(*shape))
    return LogMatrix(base, tuple(fmpq_mat(*shape, list(column)) for column in zip(*powers, strict=True)))


def over_common_base(matrices: Sequence[LogMatrix]) -> list[LogMatrix]:
    """Write matrices over one base, so that their numbers may be compared.

    Parameters
    ----------
    matrices : sequence of LogMatrix

    Returns
    -------
    list of LogMatrix

    Examples
    --------
    >>> four, two = log_matrix([[fmpq(4)]]), log_matrix([[fmpq(2)]])
    >>> [matrix.coefficients[0].tolist() for matrix in over_common_base([four, two])]
    [[[2]], [[1]]]
    """
    numbers = {b for matrix in matrices for b in matrix.base}
    base = ((1,) if 1 in numbers else ()) + coprime_base(numbers)
    return [_over(matrix, base) for matrix in matrices]


def _over(matrix: LogMatrix, base: tuple[int, ...]) -> LogMatrix:
    found = [fmpq_mat(*matrix.shape) for _ in base]
    for b, coefficients in zip(matrix.base, matrix.coefficients, strict=True):
        powers = [int(c == 1) for c in base] if b == 1 else exponents(b, [c for c in base if c > 1])
        if b > 1 and len(powers) < len(base):
            powers = [0, *powers]
        found = [sum_ + coefficients * fmpq(power) for sum_, power in zip(found, powers, strict=True)]
    return LogMatrix(base, tuple(found))


def compare_with_log(value: Fraction, argument: Fraction) -> int:
    """Return the sign of ``value - log(argument)``, decided.

    Equality is possible only as ``0 = log 1``: the exponential of a nonzero rational is transcendental (Lindemann).
    So balls of growing precision decide in the end.

    Parameters
    ----------
    value : Fraction
    argument : Fraction
        Positive.

    Returns
    -------
    int
        -1, 0 or 1.

    Examples
    --------
    >>> compare_with_log(Fraction(0), Fraction(1)), compare_with_log(Fraction(7, 10), Fraction(2))
    (0, 1)
    """
    if argument == 1:
        return (value > 0) - (value < 0)
    bits = 64
    while True:
        with precision(bits):
            difference = ball(value) - ball(argument).log()
            if difference > 0:
                return 1
            if difference < 0:
                return -1
        bits *= 2


def log_above(argument: Fraction, bits: int) -> Fraction:
    """Return the least multiple of ``2**-bits`` that is certainly greater than ``log(argument)``, or the next one.

    Parameters
    ----------
    argument : Fraction
        Positive.
    bits : int

    Returns
    -------
    Fraction

    Examples
    --------
    >>> log_above(Fraction(2), 4)
    Fraction(3, 4)
    """
    rounded = rounded_log(argument, bits)
    step = Fraction(1, 1 << bits)
    while compare_with_log(rounded, argument) <= 0:
        rounded += step
    return rounded


def rounded_log(argument: Fraction, bits: int) -> Fraction:
    """Return a multiple of ``2**-bits`` within ``2**-bits`` of ``log(argument)``.

    Parameters
    ----------
    argument : Fraction
        Positive.
    bits : int

    Returns
    -------
    Fraction

    Examples
    --------
    >>> rounded_log(Fraction(2), 10)
    Fraction(709, 1024)
    """
    if argument == 1:
        return Fraction(0)
    extra = 64 + argument.numerator.bit_length() + argument.denominator.bit_length()
    with precision(bits + extra):
        scaled = ball(argument).log() * (1 << bits)
        return Fraction(int(scaled.mid().floor().unique_fmpz()), 1 << bits)
