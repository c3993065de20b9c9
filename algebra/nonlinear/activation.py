"""What the theorems on nonlinear networks ask of an activation."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from algebra.errors import InputError, one_of
from algebra.exact.numbers import exact_number
from algebra.shown import Shown


@dataclass(frozen=True)
class ScalarActivation(Shown):
    """An activation with the facts that are known, or declared, of it.

    Attributes
    ----------
    name : str
    zero_at_zero : bool
        Whether it maps 0 to 0.
    least_slope, largest_slope : Fraction or None
        Bounds of the derivative over the whole line: a <= phi' <= b. A least slope of 0 means that the infimum is 0;
        None that no bound is known.
    differentiable, twice_differentiable : bool
        Everywhere.
    declared : bool
        True if the user says so: such facts are not tested.
    """

    name: str
    zero_at_zero: bool
    least_slope: Fraction | None
    largest_slope: Fraction | None
    differentiable: bool
    twice_differentiable: bool
    declared: bool = False


_ONE, _ZERO = Fraction(1), Fraction(0)

KNOWN = {
    "identity": ScalarActivation("identity", True, _ONE, _ONE, True, True),
    "relu": ScalarActivation("relu", True, _ZERO, _ONE, False, False),
    "tanh": ScalarActivation("tanh", True, _ZERO, _ONE, True, True),
    "arctan": ScalarActivation("arctan", True, _ZERO, _ONE, True, True),
    "sigmoid": ScalarActivation("sigmoid", False, _ZERO, Fraction(1, 4), True, True),
    "softplus": ScalarActivation("softplus", False, _ZERO, _ONE, True, True),
    "elu": ScalarActivation("elu", True, _ZERO, _ONE, True, False),
    "x+tanh": ScalarActivation("x+tanh", True, _ONE, Fraction(2), True, True),
    "x+arctan": ScalarActivation("x+arctan", True, _ONE, Fraction(2), True, True),
}
"""Activations whose facts are elementary: phi(0), infimum and supremum of phi', two derivatives everywhere."""


def leaky_relu(slope: Any) -> ScalarActivation:
    """Return max(t, 0) + slope min(t, 0): bounded slopes, but not differentiable at 0.

    Raises
    ------
    InputError
        If the slope is not exact or not between 0 and 1.
    """
    value = _slope(slope)
    return ScalarActivation(f"leaky_relu({value})", True, value, _ONE, value == 1, value == 1)


def leaky_softplus(slope: Any) -> ScalarActivation:
    """Return slope t + (1 - slope) (log(1 + e^t) - log 2): smooth, 0 at 0, derivative between slope and 1.

    Parameters
    ----------
    slope : exact number

    Returns
    -------
    ScalarActivation

    Raises
    ------
    InputError
        If the slope is not exact or not between 0 and 1.

    Examples
    --------
    >>> leaky_softplus("1/10").least_slope
    Fraction(1, 10)
    """
    value = _slope(slope)
    return ScalarActivation(f"leaky_softplus({value})", True, value, _ONE, True, True)


def activation_of(given: Any) -> ScalarActivation:
    """Return a known activation by name, or the given one.

    Parameters
    ----------
    given : str or ScalarActivation

    Returns
    -------
    ScalarActivation

    Raises
    ------
    InputError
        If the name is not known: declare a `ScalarActivation` instead.
    """
    if isinstance(given, ScalarActivation):
        return given
    known = sorted(KNOWN)
    return KNOWN[one_of("activation", given, known, f"one of {', '.join(known)}, or a ScalarActivation")]


def _slope(slope: Any) -> Fraction:
    value = exact_number("slope", slope)
    if not 0 <= value <= 1:
        raise InputError("slope", slope, "an exact number from 0 to 1")
    return value
