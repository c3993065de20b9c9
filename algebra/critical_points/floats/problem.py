"""Float data with a stated accuracy."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from flint import arb, arb_mat

from algebra.critical_points.problem import Problem
from algebra.errors import InputError
from algebra.exact.numbers import as_finite_float
from algebra.types import Floats

ACCURACY = "None, a finite number of at least 0, or a dictionary of them with keys among X, Y, W"


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
        accuracy = _checked_accuracy(accuracy)
        exact = Problem.from_floats(X, Y, W)
        x, y, *weights = (np.array(given, dtype=np.float64) for given in (X, Y, *W))
        made = cls(x, y, tuple(weights), accuracy)
        made.__dict__["exact"] = exact
        return made

    @cached_property
    def exact(self) -> Problem:
        """The problem whose numbers are exactly the floats."""
        return Problem.from_floats(self.X, self.Y, self.W)

    @property
    def is_exact(self) -> bool:
        """Whether the stated accuracy is 0 everywhere; entries without a stated one are not exact."""
        return all(map(self.knows, "XYW"))

    def knows(self, name: str) -> bool:
        """Tell whether the stated accuracy of X, Y or W is 0."""
        radius = self._radius(name)
        return radius is not None and radius == 0

    def _radius(self, name: str) -> float | None:
        if isinstance(self.accuracy, Mapping):
            return self.accuracy.get(name)
        return self.accuracy  # type: ignore[no-any-return]

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


def _checked_accuracy(accuracy: Any) -> Any:
    """Return the stated accuracy with floats that are no smaller than what was given."""
    if not isinstance(accuracy, Mapping):
        return None if accuracy is None else _radius_above(accuracy, accuracy)
    if not set(accuracy) <= {"X", "Y", "W"}:
        raise InputError("accuracy", accuracy, ACCURACY)
    return {name: None if value is None else _radius_above(accuracy, value) for name, value in accuracy.items()}


def _radius_above(accuracy: Any, value: Any) -> float:
    radius = as_finite_float("accuracy", value, ACCURACY)
    if radius < 0 or value < 0:
        raise InputError("accuracy", accuracy, ACCURACY)
    return radius if radius >= value else math.nextafter(radius, math.inf)
