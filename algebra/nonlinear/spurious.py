"""Spurious local minima of networks with one hidden layer and piecewise linear activation, exact.

References
----------
.. [1] C. Yun, S. Sra, A. Jadbabaie, Small nonlinearities in activation functions create bad local minima in neural
   networks, ICLR 2019, arXiv:1802.03487: theorems 1 and 2.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from itertools import count, pairwise
from typing import Any

from flint import fmpq, fmpq_mat

from algebra.errors import InputError, as_integer
from algebra.exact.elimination import independent_rows
from algebra.exact.matrices import OVER_Q, is_zero, rational_matrix, spread_columns, submatrix
from algebra.exact.numbers import exact_number, to_fmpq
from algebra.nonlinear.network import HiddenLayerNetwork, ReluLike, half_square, with_ones
from algebra.shown import Shown

DISTINCT = "distinct inputs, one a column"
NOT_FITTABLE = "outputs that no affine map of the inputs fits"


@dataclass(frozen=True)
class SpuriousMinimum(Shown):
    """A local minimum that is not global, with the reasons, all checked exactly.

    Attributes
    ----------
    X, Y : fmpq_mat
    network : HiddenLayerNetwork
        The local minimum.
    risk : Fraction
        There; it equals the least risk of an affine map.
    better : HiddenLayerNetwork
        One of strictly smaller risk.
    better_risk : Fraction
    better_by : str
        "paper" (the construction of theorem 1) or "hinge" (one more hinge, where the paper's condition fails).
    """

    X: fmpq_mat = field(repr=False)
    Y: fmpq_mat = field(repr=False)
    network: HiddenLayerNetwork = field(repr=False)
    risk: Fraction
    better: HiddenLayerNetwork = field(repr=False)
    better_risk: Fraction
    better_by: str

    def check(self) -> dict[str, bool]:
        """Recompute every reason, exactly.

        All hidden inputs are positive, hence near these weights the outputs on the data are an affine map of the
        inputs, whose risk is at least the least-squares risk; that is attained.

        Returns
        -------
        dict of str to bool
            Whether each reason holds.
        """
        lifted = with_ones(self.X)
        residual = self.network(self.X) - self.Y
        return {
            "hidden inputs are positive": all(entry > 0 for entry in self.network.hidden(self.X).entries()),
            "least squares is attained": is_zero(residual * lifted.transpose()),
            "risk is as stated": self.network.risk(self.X, self.Y) == self.risk,
            "the other network is better": self.better.risk(self.X, self.Y) == self.better_risk < self.risk,
        }


def spurious_local_minimum(
    X: Any, Y: Any, activation: ReluLike, hidden_width: int = 2, scale: Any = 1
) -> SpuriousMinimum:
    """Construct a spurious local minimum of theorem 1, exactly, and a better network.

    Parameters
    ----------
    X : array_like of shape (d_x, m)
        Exact rationals, distinct columns.
    Y : array_like of shape (1, m)
        Not fitted by any affine map of the inputs.
    activation : ReluLike
    hidden_width : int
        At least 2.
    scale : exact number
        Greater than 0; every value gives another local minimum.

    Returns
    -------
    SpuriousMinimum

    Raises
    ------
    InputError
        If a hypothesis of the theorem fails; it is named.

    Examples
    --------
    >>> found = spurious_local_minimum([[0, 1, 2]], [[0, 1, 0]], ReluLike(1, 0))
    >>> found.risk, found.better_risk < found.risk, all(found.check().values())
    (Fraction(1, 3), True, True)
    """
    x, y = rational_matrix("X", X, OVER_Q), rational_matrix("Y", Y, OVER_Q)
    width = as_integer("hidden_width", hidden_width, 2)
    a = exact_number("scale", scale)
    if a <= 0:
        raise InputError("scale", scale, "an exact number greater than 0")
    fit = _checked_fit(x, y, X, Y)
    fitted = fit * with_ones(x)
    network = _affine_network(fit, fitted, activation, width, to_fmpq(a))
    better, by = _better(x, y, fit, fitted, activation, width)
    return SpuriousMinimum(x, y, network, network.risk(x, y), better, better.risk(x, y), by)


def _checked_fit(x: fmpq_mat, y: fmpq_mat, X: Any, Y: Any) -> fmpq_mat:
    if y.nrows() != 1 or y.ncols() != x.ncols():
        raise InputError("Y", f"{y.nrows()} x {y.ncols()}", f"1 x {x.ncols()}: one output for each column of X")
    columns = [tuple(column) for column in zip(*x.table(), strict=True)]
    if len({tuple(map(str, column)) for column in columns}) < len(columns):
        raise InputError("X", X, DISTINCT)
    fit = least_squares(with_ones(x), y)
    if is_zero(fit * with_ones(x) - y):
        raise InputError("Y", Y, NOT_FITTABLE)
    return fit


def least_squares(X: fmpq_mat, Y: fmpq_mat) -> fmpq_mat:
    """Return a matrix B with the least ||B X - Y||, exact, for X of any rank.

    Examples
    --------
    >>> least_squares(fmpq_mat([[1, 1], [1, 1]]), fmpq_mat([[1, 3]]))
    [2, 0]
    """
    rows = independent_rows(X)
    part = submatrix(X, rows, range(X.ncols()))
    return spread_columns(Y * part.transpose() * (part * part.transpose()).inv(), rows, X.nrows())


def _affine_network(fit: fmpq_mat, fitted: fmpq_mat, phi: ReluLike, width: int, a: fmpq) -> HiddenLayerNetwork:
    """Realise the affine map: the first hidden unit carries it, shifted so that all hidden inputs are positive."""
    d = fit.ncols() - 1
    eta = min(fmpq(-1), 2 * min(fitted.entries()))
    first, bias, last = fmpq_mat(width, d), fmpq_mat(width, 1), fmpq_mat(1, width)
    for j in range(d):
        first[0, j] = a * fit[0, j]
    for i in range(width):
        bias[i, 0] = a * ((fit[0, d] if i == 0 else fmpq(0)) - eta)
    last[0, 0] = 1 / (a * to_fmpq(phi.positive))
    return HiddenLayerNetwork(first, bias, last, fmpq_mat(1, 1, [eta]), phi)


def _better(
    x: fmpq_mat, y: fmpq_mat, fit: fmpq_mat, fitted: fmpq_mat, phi: ReluLike, width: int
) -> tuple[HiddenLayerNetwork, str]:
    values = sorted(zip(fitted.entries(), (fitted - y).entries(), strict=True), key=lambda pair: pair[0])
    total = fmpq(0)
    for (value, residual), (following, _) in pairwise(values):
        total += residual
        if total != 0 and value < following:
            middle, gap = (value + following) / 2, (following - value) / 2
            return _two_sided(x, y, fit, (middle, gap, total), phi, width), "paper"
    return _hinge(x, y, fit, fitted, phi, width), "hinge"


def _two_sided(
    x: fmpq_mat, y: fmpq_mat, fit: fmpq_mat, bend: tuple[fmpq, fmpq, fmpq], phi: ReluLike, width: int
) -> HiddenLayerNetwork:
    """Bend the affine map at a value between two fitted ones; halve the bend until the risk is smaller."""
    middle, gap, total = bend
    d = fit.ncols() - 1
    affine_risk = half_square(fit * with_ones(x) - y)
    first, last = fmpq_mat(width, d), fmpq_mat(1, width)
    for j in range(d):
        first[0, j], first[1, j] = fit[0, j], -fit[0, j]
    weight = 1 / to_fmpq(phi.positive + phi.negative)
    last[0, 0], last[0, 1] = weight, -weight
    sign = 1 if (phi.positive > phi.negative) == (total > 0) else -1
    for halvings in count(1):
        bias = fmpq_mat(width, 1)
        shift = sign * gap / 2**halvings
        bias[0, 0], bias[1, 0] = fit[0, d] - middle + shift, -fit[0, d] + middle + shift
        network = HiddenLayerNetwork(first, bias, last, fmpq_mat(1, 1, [middle]), phi)
        if network.risk(x, y) < affine_risk:
            return network
    raise AssertionError


def _hinge(x: fmpq_mat, y: fmpq_mat, fit: fmpq_mat, fitted: fmpq_mat, phi: ReluLike, width: int) -> HiddenLayerNetwork:
    """Add one hinge along a direction that separates the inputs, below the last one with a residual."""
    base = _affine_network(fit, fitted, phi, width, fmpq(1))
    direction = _separating(x)
    places = (direction * x).entries()
    residual = (fitted - y).entries()
    last = max((place for place, rest in zip(places, residual, strict=True) if rest != 0))
    below = max(place for place in places if place < last)
    threshold = (last + below) / 2
    hinge = phi.on(fmpq_mat(1, len(places), [place - threshold for place in places])).entries()
    slope = -sum((a * b for a, b in zip(residual, hinge, strict=True)), fmpq(0)) / sum(h * h for h in hinge)
    first, bias, weights = fmpq_mat(base.W_1), fmpq_mat(base.b_1), fmpq_mat(base.W_2)
    for j in range(x.nrows()):
        first[1, j] = direction[0, j]
    bias[1, 0], weights[0, 1] = -threshold, slope
    return HiddenLayerNetwork(first, bias, weights, base.b_2, phi)


def _separating(x: fmpq_mat) -> fmpq_mat:
    """Return a row on which distinct columns have distinct values: powers of an integer, one of which must do."""
    for base in count(1):
        row = fmpq_mat(1, x.nrows(), [fmpq(base) ** j for j in range(x.nrows())])
        values = (row * x).entries()
        if len({str(value) for value in values}) == len(values):
            return row
    raise AssertionError


def two_point_bump(activation: ReluLike) -> tuple[fmpq_mat, fmpq_mat, HiddenLayerNetwork]:
    """Return the data of theorem 2 and a network of width 2 that fits them exactly.

    The three inputs (1, 0), (0, 1), (1/2, 1/2) lie on a line and the outputs are 0, 0, 1, so that the least risk of an
    affine map is 1/3.

    Parameters
    ----------
    activation : ReluLike

    Returns
    -------
    X, Y : fmpq_mat
        Shapes (2, 3) and (1, 3).
    network : HiddenLayerNetwork
        Of risk 0.

    Examples
    --------
    >>> X, Y, network = two_point_bump(ReluLike(1, 0))
    >>> network.risk(X, Y), spurious_local_minimum(X, Y, ReluLike(1, 0)).risk
    (Fraction(0, 1), Fraction(1, 3))
    """
    half = fmpq(1, 2)
    X = fmpq_mat(2, 3, [1, 0, half, 0, 1, half])
    drop = -1 / to_fmpq(activation.positive - activation.negative)
    network = HiddenLayerNetwork(
        fmpq_mat([[1, -1], [-1, 1]]),
        fmpq_mat(2, 1),
        fmpq_mat(1, 2, [drop, drop]),
        fmpq_mat(1, 1, [fmpq(1)]),
        activation,
    )
    return X, fmpq_mat([[0, 0, 1]]), network
