"""Evaluate a network at given weights: integers modulo p, rationals, floats, or anything that adds and multiplies."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.errors import InputError
from algebra.exact.given import unmasked
from algebra.exact.numbers import ratio
from algebra.polynomial.activation import Activation, Power
from algebra.polynomial.layout import layout
from algebra.rank.primes import as_prime

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from algebra.polynomial.architecture import Network


def evaluate(network: Network, parameters: Any, points: Any, prime: int | None = None) -> NDArray[Any]:
    """Return the outputs at several points.

    Parameters
    ----------
    network : PolynomialNetwork or ConvolutionalNetwork
    parameters : array_like of numbers, shape (network.parameters,), or a list of matrices W_1 … W_h
        Layer by layer, weights row by row, then biases. Floats are evaluated in float64; integers, Fractions and
        sympy numbers exactly.
    points : array_like, shape (n, d_0)
    prime : int, optional
        Evaluate integers modulo this prime, below 2^63.

    Returns
    -------
    ndarray, shape (n, d_h)
        float64 if any input is a float, else Python integers, Fractions or sympy numbers in an object array.

    Raises
    ------
    InputError
        If a shape does not fit, or floats are given together with a prime.

    Examples
    --------
    >>> from algebra import PolynomialNetwork
    >>> network = PolynomialNetwork((2, 2, 1), degree=2)
    >>> evaluate(network, [1, 0, 1, 1, 3, -1], [[1, 2], [2, "1/2"]])
    array([[-6],
           [Fraction(23, 4)]], dtype=object)
    """
    plan = layout(network)
    theta, x = _numbers("parameters", _flattened(parameters)), _numbers("points", points)
    if theta.shape != (plan.parameters,):
        raise InputError("parameters", theta.shape, f"of {plan.parameters} numbers")
    if x.ndim != 2 or x.shape[1] != network.widths[0]:
        raise InputError("points", x.shape, f"of shape (n, {network.widths[0]})")
    if plan.inputs is not None:
        x = x[:, plan.inputs]
    if prime is not None:
        return _evaluate_mod(network, theta, x, as_prime("prime", prime))
    if theta.dtype == np.float64 or x.dtype == np.float64:
        theta, x = theta.astype(np.float64), x.astype(np.float64)
    values = x.T
    for layer in range(len(plan.widths) - 1):
        which, rows, columns, bias, bias_rows, _ = plan.bands[layer]
        matrix = np.zeros((plan.widths[layer + 1], plan.widths[layer]), theta.dtype)
        matrix[rows, columns] = theta[which]
        values = matrix @ values
        if bias.size:
            values[bias_rows] += theta[bias][:, None]
        if layer < len(plan.activations):
            values = _apply(plan.activations[layer], values)
    return values.T


def _evaluate_mod(network: Network, theta: NDArray[Any], x: NDArray[Any], prime: int) -> NDArray[Any]:
    from algebra.polynomial.jacobian import forward
    from algebra.rank.field import PrimeField

    for name, given in (("parameters", theta), ("points", x)):
        if given.dtype != object or not all(isinstance(v, int) for v in given.ravel()):
            raise InputError(name, given.ravel()[:3].tolist(), "integers when a prime is given")
    field = PrimeField(prime)
    values, _ = forward(layout(network), field, field.residues(theta), field.residues(x.T))
    return values[-1].T.astype(np.int64).astype(object) % prime if field.is_float else values[-1].T


def _flattened(parameters: Any) -> Any:
    """Concatenate a list of matrices; leave a flat sequence of numbers as it is."""
    if isinstance(parameters, list | tuple) and parameters and np.ndim(parameters[0]) == 2:
        return [entry for matrix in parameters for row in matrix for entry in row]
    return parameters


def _numbers(argument: str, values: Any) -> NDArray[Any]:
    if isinstance(values, np.ndarray):
        values = unmasked(argument, values)
    array = np.array(values, dtype=object)
    flat = [_number(argument, v) for v in array.ravel()]
    if any(isinstance(v, float) for v in flat):
        found = np.array([float(v) for v in flat])
        if not np.isfinite(found).all():
            raise InputError(argument, values, "finite")
        return found.reshape(array.shape)
    exact = np.empty(len(flat), dtype=object)
    exact[:] = flat
    return exact.reshape(array.shape)


def _number(argument: str, value: Any) -> Any:
    if isinstance(value, str):
        found = ratio(value)
        if found is None:
            raise InputError(argument, value, "a number; exact ones as 'p/q'")
        return Fraction(*found)
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, np.floating):
        return float(value)
    if isinstance(value, bool | np.bool_) or not hasattr(value, "__add__") or isinstance(value, list | tuple):
        raise InputError(argument, value, "numbers in a rectangular array")
    return value


def _apply(activation: Activation, z: NDArray[Any]) -> NDArray[Any]:
    if isinstance(activation, Power):
        return np.asarray(z**activation.exponent)

    def value(coefficients: Sequence[Fraction]) -> NDArray[Any]:
        exact = z.dtype == object
        terms = [(c if exact else float(c)) * z**i for i, c in enumerate(coefficients)]
        return np.asarray(sum(terms, np.zeros_like(z)))

    return np.asarray(value(activation.numerator) / value(activation.denominator))
