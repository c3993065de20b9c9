"""How many independent functions the activations of a layer are: a lower bound, certified by a rank mod p."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.evidence.checker.labels import digits
from algebra.evidence.evaluation import Evaluation, Seen, WholeMatrix, look
from algebra.polynomial.activation import Power
from algebra.polynomial.architecture import PolynomialArchitecture
from algebra.polynomial.jacobian import apply_activation, forward
from algebra.polynomial.layout import layout
from algebra.rank.primes import DEFAULT_PRIME

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algebra.rank.field import PrimeField

ATTEMPTS = 2
"""Draws of weights and points; the second is hardly ever needed."""


@dataclass(frozen=True)
class ActivationValues(Evaluation):
    """The activations of the last layer at generic weights and points: neurons times points.

    Parameters
    ----------
    widths, degrees : tuple of int
        Layers 0 … l and the activation degrees of layers 1 … l.
    biases : bool
        Whether layers have biases; the constant function is then counted too, as the last neuron.
    """

    widths: tuple[int, ...]
    degrees: tuple[int, ...]
    biases: bool

    rule = "span"

    @property
    def label(self) -> str:
        """Name of the activations, e.g. ``span:2-5:r2``."""
        shown = f"{'-'.join(map(digits, self.widths))}:r{','.join(map(digits, self.degrees))}"
        return f"span:{shown}{':b' if self.biases else ''}"

    def at(self, field: PrimeField, key: str, rows: int, word_size: int) -> WholeMatrix:
        """Evaluate at weights and `rows` points drawn from a key."""
        return WholeMatrix(self.matrix(field, key, rows, word_size), field.prime)

    def matrix(self, field: PrimeField, key: str, points: int, word_size: int = 1) -> NDArray[Any]:
        """Return the activations (with biases, then the constant 1) as rows, points as columns."""
        values = field.draw(key, "points", (points, self.widths[0]), word_size).T
        if self.degrees:
            plan = layout(PolynomialArchitecture(self.widths, degrees=self.degrees[:-1], biases=self.biases))
            parameters = field.draw(key, "weights", (plan.parameters,), word_size)
            outputs = forward(plan, field, parameters, values)[0][-1]
            values = apply_activation(Power(self.degrees[-1]), field, outputs)[0]
        return np.concatenate([values, field.ones((1, points))]) if self.biases else values

    def details(self, seen: Seen) -> dict[str, Any]:
        """Return key and prime."""
        return {"span_key": seen.key, "span_prime": seen.prime}

    def minor_json(self, seen: Seen, rows: Sequence[int], columns: Sequence[int]) -> dict[str, Any]:
        """Name the neurons and the points of a minor."""
        return {**self.details(seen), "span_rows": list(rows), "span_columns": list(columns)}

    def explain(self, seen: Seen) -> str:
        """Say where the span was seen."""
        return f"{seen.rank} <= span of the activations {self.label}, weights and points from {seen.key!r}"


@lru_cache(maxsize=1 << 15)
def certified_span(widths: tuple[int, ...], degrees: tuple[int, ...], biases: bool, enough: int) -> int:
    """Return a proved lower bound, at most `enough`, for the span of the activations of the last layer.

    Parameters
    ----------
    widths, degrees, biases
        As for `ActivationValues`.
    enough : int
        More is not asked for.

    Returns
    -------
    int

    Examples
    --------
    >>> certified_span((2, 5), (2,), False, 5)
    3
    """
    return seen_span(widths, degrees, biases, enough).rank


@lru_cache(maxsize=1024)
def seen_span(widths: tuple[int, ...], degrees: tuple[int, ...], biases: bool, enough: int) -> Seen:
    """Return where `certified_span` is seen; its rank is what is certified.

    Examples
    --------
    >>> seen_span((2, 5), (2,), False, 5).minor_json()["span_columns"]
    [0, 1, 2]
    """
    values = ActivationValues(widths, degrees, biases)
    tried = []
    for attempt in range(ATTEMPTS):
        tried.append(look(values, f"{values.label}/attempt={attempt}", enough, DEFAULT_PRIME))
        if tried[-1].rank >= enough:
            break
    best = max(tried, key=lambda seen: seen.rank)
    return replace(best, rank=min(enough, best.rank))
