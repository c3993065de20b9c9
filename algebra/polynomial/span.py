"""How many independent functions the activations of a layer are: a lower bound, certified by a rank mod p."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.polynomial.activation import Power
from algebra.polynomial.layout import layout
from algebra.rank.field import PrimeField
from algebra.rank.modular_rank import rank_of_array
from algebra.rank.primes import DEFAULT_PRIME

if TYPE_CHECKING:
    from numpy.typing import NDArray

ATTEMPTS = 2
SLACK = 2  # more sample points than neurons


@lru_cache(maxsize=1 << 15)
def certified_span(widths: tuple[int, ...], degrees: tuple[int, ...], biases: bool, enough: int) -> int:
    """Return a proved lower bound, at most `enough`, for the span of the activations of the last layer.

    Parameters
    ----------
    widths, degrees : tuple of int
        Layers 0 … l and the activation degrees of layers 1 … l.
    biases : bool
        Whether layers have biases; the constant function is then counted too.
    enough : int
        More is not asked for.

    Examples
    --------
    >>> certified_span((2, 5), (2,), False, 5)
    3
    """
    best = 0
    for attempt in range(ATTEMPTS):
        values = activation_matrix(widths, degrees, biases, span_key(widths, degrees, biases, attempt), enough + SLACK)
        best = max(best, rank_of_array(values, DEFAULT_PRIME))
        if best >= enough:
            return enough
    return best


def span_key(widths: tuple[int, ...], degrees: tuple[int, ...], biases: bool, attempt: int) -> str:
    """Key of the generator for the weights and points of an attempt."""
    shown = f"{'-'.join(map(str, widths))}:r{','.join(map(str, degrees))}"
    return f"span:{shown}{':b' if biases else ''}/attempt={attempt}"


def activation_matrix(
    widths: tuple[int, ...], degrees: tuple[int, ...], biases: bool, key: str, samples: int
) -> NDArray[Any]:
    """Activations of the last layer (with biases, then the constant 1) as rows, sample points as columns."""
    from algebra.polynomial.architecture import PolynomialArchitecture
    from algebra.polynomial.jacobian import apply_activation, forward

    field = PrimeField(DEFAULT_PRIME)
    points = field.draw(key, "points", (samples, widths[0])).T
    values = points
    if degrees:
        plan = layout(PolynomialArchitecture(widths, degrees=degrees[:-1], biases=biases))
        parameters = field.draw(key, "weights", (plan.parameters,))
        z = forward(plan, field, parameters, points)[0][-1]
        values = apply_activation(Power(degrees[-1]), field, z)[0]
    return np.concatenate([values, field.ones((1, samples))]) if biases else values
