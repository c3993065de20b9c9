"""Networks with one hidden layer and a piecewise linear activation, evaluated exactly."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from flint import fmpq, fmpq_mat

from algebra.errors import InputError
from algebra.exact.matrices import stacked
from algebra.exact.numbers import exact_number, to_fmpq, to_fraction
from algebra.frozen import set_fields
from algebra.shown import Shown


@dataclass(frozen=True)
class ReluLike(Shown):
    """The activation max(s_+ t, 0) + min(s_- t, 0).

    Parameters
    ----------
    positive, negative : exact numbers
        s_+ > 0, s_- >= 0, not equal.

    Raises
    ------
    InputError
        If they are not.

    Examples
    --------
    >>> ReluLike(1, "1/10")(fmpq(-5))
    -1/2
    """

    positive: Fraction
    negative: Fraction

    def __post_init__(self) -> None:
        up, down = exact_number("positive", self.positive), exact_number("negative", self.negative)
        if up <= 0:
            raise InputError("positive", self.positive, "greater than 0")
        if down < 0 or down == up:
            raise InputError("negative", self.negative, "at least 0 and different from the positive slope")
        set_fields(self, positive=up, negative=down)

    def __call__(self, value: fmpq) -> fmpq:
        """Apply it to one rational number."""
        slope = self.positive if value > 0 else self.negative
        return value * to_fmpq(slope)

    def on(self, matrix: fmpq_mat) -> fmpq_mat:
        """Apply it to every entry.

        Parameters
        ----------
        matrix : fmpq_mat

        Returns
        -------
        fmpq_mat
            Of the same shape.
        """
        return fmpq_mat(matrix.nrows(), matrix.ncols(), [self(entry) for entry in matrix.entries()])


@dataclass(frozen=True)
class HiddenLayerNetwork:
    """The network W_2 phi(W_1 x + b_1) + b_2 with exact weights.

    Attributes
    ----------
    W_1, b_1, W_2, b_2 : fmpq_mat
        Shapes (d_1, d_x), (d_1, 1), (1, d_1), (1, 1).
    activation : ReluLike
    """

    W_1: fmpq_mat
    b_1: fmpq_mat
    W_2: fmpq_mat
    b_2: fmpq_mat
    activation: ReluLike

    def hidden(self, X: fmpq_mat) -> fmpq_mat:
        """Return W_1 X + b_1, what enters the activation."""
        return self.W_1 * X + self.b_1 * _ones(X.ncols())

    def __call__(self, X: fmpq_mat) -> fmpq_mat:
        """Return the outputs for the columns of X, exact."""
        return self.W_2 * self.activation.on(self.hidden(X)) + self.b_2 * _ones(X.ncols())

    def risk(self, X: fmpq_mat, Y: fmpq_mat) -> Fraction:
        """Return 1/2 ||output - Y||^2, exact."""
        return half_square(self(X) - Y)


def _ones(size: int) -> fmpq_mat:
    return fmpq_mat(1, size, [1] * size)


def with_ones(x: fmpq_mat) -> fmpq_mat:
    """Append a row of ones."""
    return stacked([x, _ones(x.ncols())])


def half_square(matrix: fmpq_mat) -> Fraction:
    """Return half the sum of the squares of the entries."""
    total = sum((entry * entry for entry in matrix.entries()), fmpq(0)) / 2
    return to_fraction(total)
