"""Spurious local minima with smooth activations, on the three points of theorem 2, certified in ball arithmetic.

The inputs (1, 0), (0, 1), (1/2, 1/2) have outputs 0, 0, 1.  Take W_1 = 0, both hidden biases b with phi''(b) of sign s
not zero, W_2 = (s, s), and the output bias such that the network is 1/3 on the data, the best affine fit, with
residuals (1/3, 1/3, -2/3).  These sum to zero, also against the inputs, so that along a direction that changes the
output by D and row i of W_1 by v_i the second derivative of the risk 1/2 ||output - Y||^2 is

    ||D||^2 + sum_i |phi''(b)| (v_i1 - v_i2)^2 / 6.

It vanishes exactly on the tangent space of {W_1 constant on the data, output 1/3}, a manifold of codimension 3 on which
the risk is 1/3: the point is a local minimum.  An even combination of two hidden units fits the data exactly.

References
----------
.. [1] C. Yun, S. Sra, A. Jadbabaie, Small nonlinearities in activation functions create bad local minima in neural
   networks, ICLR 2019, arXiv:1802.03487: theorem 2 has these data and the values 1/3 and 0; the point here is another.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import arb, fmpq

from algebra.errors import InputError, one_of
from algebra.exact.balls import WORKING_BITS, Band, ball, band
from algebra.exact.numbers import exact_number
from algebra.exact.precision import precision
from algebra.shown import Shown

Function = Callable[[arb], arb]


@dataclass(frozen=True)
class SmoothActivation:
    """An activation, its second derivative, and whether phi(t) + phi(-t) is constant."""

    value: Function
    second: Function
    is_odd: bool
    default_bias: Fraction


def _sigmoid(t: arb) -> arb:
    return 1 / (1 + (-t).exp())


def _slope_of_sigmoid(t: arb) -> arb:
    return _sigmoid(t) * (1 - _sigmoid(t))


def _elu(t: arb) -> arb:
    return t if t >= 0 else t.exp() - 1


SMOOTH = {
    "tanh": SmoothActivation(arb.tanh, lambda t: -2 * t.tanh() * (1 - t.tanh() * t.tanh()), True, Fraction(-1)),
    "sigmoid": SmoothActivation(_sigmoid, lambda t: _slope_of_sigmoid(t) * (1 - 2 * _sigmoid(t)), True, Fraction(-1)),
    "arctan": SmoothActivation(arb.atan, lambda t: -2 * t / ((1 + t * t) * (1 + t * t)), True, Fraction(-1)),
    "softplus": SmoothActivation(lambda t: (1 + t.exp()).log(), _slope_of_sigmoid, False, Fraction(0)),
    "elu": SmoothActivation(_elu, lambda t: t.exp() if t < 0 else arb(0), False, Fraction(-1)),
}
"""The activations that are treated here; elu is smooth away from 0."""


@dataclass(frozen=True)
class InnerLayer:
    """The layer of two hidden neurons: rows of W_1, and b_1."""

    weights: tuple[tuple[int, int], tuple[int, int]]
    biases: tuple[int, int]


@dataclass(frozen=True)
class SmoothSpuriousMinimum(Shown):
    """A local minimum of risk 1/3 and a network of risk 0, for one activation and one hidden layer of width 2.

    Attributes
    ----------
    activation : str
    bias : Fraction
        Both hidden biases at the local minimum, where W_1 = 0 and W_2 = (sign, sign).
    sign : int
        Of phi'' at the bias.
    second_derivative : Band
        phi'' at the bias, enclosed away from 0: the reason for the local minimum.
    output_bias : Band
    risk : Fraction
        1/3.
    better : InnerLayer
        Of the network of risk 0; with the outer weights below.
    outer : tuple of Band
        Its W_2 and b_2, enclosed; the denominator in them is proved not to vanish.
    """

    activation: str
    bias: Fraction
    sign: int
    second_derivative: Band
    output_bias: Band
    risk: Fraction
    better: InnerLayer
    outer: tuple[Band, Band, Band]


def smooth_spurious_minimum(activation: str, bias: Any = None) -> SmoothSpuriousMinimum:
    """Certify a spurious local minimum for a smooth activation.

    Parameters
    ----------
    activation : str
        tanh, sigmoid, arctan, softplus or elu.
    bias : exact number, optional
        Where phi'' is not zero; every such value gives another local minimum.

    Returns
    -------
    SmoothSpuriousMinimum

    Raises
    ------
    InputError
        If the activation is not among them, or phi'' at the bias is not proved to be nonzero.

    Examples
    --------
    >>> found = smooth_spurious_minimum("tanh")
    >>> found.risk, found.sign, found.second_derivative.lower > 0.6
    (Fraction(1, 3), 1, True)
    """
    one_of("activation", activation, sorted(SMOOTH))
    phi = SMOOTH[activation]
    b = phi.default_bias if bias is None else exact_number("bias", bias)
    with precision(WORKING_BITS):
        at = ball(b)
        second = phi.second(at)
        if not (second > 0 or second < 0):
            raise InputError("bias", bias, "such that the second derivative there is proved not to be zero")
        sign = 1 if second > 0 else -1
        better, outer = _exact_fit(phi)
        output_bias = band(arb(fmpq(1, 3)) - 2 * sign * phi.value(at))
        return SmoothSpuriousMinimum(activation, b, sign, band(second), output_bias, Fraction(1, 3), better, outer)


def _exact_fit(phi: SmoothActivation) -> tuple[InnerLayer, tuple[Band, Band, Band]]:
    """Scale and shift an even function of x_1 - x_2, which is 1, -1, 0 on the data."""
    if phi.is_odd:
        inner = InnerLayer(((1, -1), (1, -1)), (1, -1))
        signs = (1, -1)
    else:
        inner = InnerLayer(((1, -1), (-1, 1)), (0, 0))
        signs = (1, 1)
    at_middle, at_ends = (_inner_sum(phi, inner, signs, t) for t in (0, 1))
    drop = at_middle - at_ends
    assert not drop.contains(0)
    return inner, (band(signs[0] / drop), band(signs[1] / drop), band(-at_ends / drop))


def _inner_sum(phi: SmoothActivation, inner: InnerLayer, signs: tuple[int, int], t: int) -> arb:
    units = zip(signs, inner.weights, inner.biases, strict=True)
    return sum((sign * phi.value(arb(row[0] * t + shift)) for sign, row, shift in units), arb(0))
