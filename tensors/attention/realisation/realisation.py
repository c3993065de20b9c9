"""`Realisation`: inputs for which attention with fixed weight matrices shows a wanted matrix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from algebra.exact.pickling import frozen_equal, frozen_hash
from algebra.shown import Shown
from tensors.attention.realisation.facts import NO_FACTS, Facts


@dataclass(frozen=True)
class Realisation(Shown):
    """Queries and keys of a sequence of tokens ``x_i = (q_i; y_i)``; W_Q = [I 0] and W_K = [0 I] are fixed.

    Row i of the attention matrix is the softmax of the logits ``<q_i, y_j>``, j = 0 … L-1.

    Parameters
    ----------
    keys : integer array (L x d)
        The keys y_j.
    queries : integer array (L x d)
        The queries q_i times their denominators.
    denominators : tuple of int
        One for each query.
    method : str
        The construction.
    facts : Facts
        What else is told of the construction: its parameters.
    """

    __eq__ = frozen_equal
    __hash__ = frozen_hash

    keys: NDArray[Any]
    queries: NDArray[Any]
    denominators: tuple[int, ...]
    method: str
    facts: Facts = NO_FACTS

    @property
    def dimension(self) -> int:
        """Head size d; tokens have dimension 2 d."""
        return int(self.keys.shape[1])

    @property
    def length(self) -> int:
        """Number of tokens."""
        return len(self.keys)

    def logits(self, row: int) -> list[Fraction]:
        """Return the logits of one row, exactly.

        Parameters
        ----------
        row : int
            The query.

        Returns
        -------
        list of Fraction
            One for each key.
        """
        query = [int(value) for value in self.queries[row]]
        keys = self.keys.astype(object) if self.keys.dtype != object else self.keys
        return [
            Fraction(sum(int(a) * int(b) for a, b in zip(query, key, strict=True)), self.denominators[row])
            for key in keys
        ]

    def tokens(self) -> list[list[Fraction]]:
        """Return the tokens: L lists of 2 d numbers, the query and then the key.

        Returns
        -------
        list of lists of Fraction
        """
        return [
            [Fraction(int(value), denominator) for value in query] + [Fraction(int(value)) for value in key]
            for query, key, denominator in zip(self.queries, self.keys, self.denominators, strict=True)
        ]

    def weights(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return W_Q = [I 0] and W_K = [0 I], both d x 2d: they depend on the dimension alone.

        Returns
        -------
        (numpy.ndarray, numpy.ndarray)
            W_Q and W_K.
        """
        identity, zero = np.eye(self.dimension, dtype=np.int64), np.zeros((self.dimension,) * 2, np.int64)
        return np.hstack([identity, zero]), np.hstack([zero, identity])

    def approximate_matrix(self) -> NDArray[np.float64]:
        """Return the attention matrix in floating point, for drawings only: nothing is decided by it.

        Returns
        -------
        numpy.ndarray, shape (L, L)
        """
        rows = [[float(value) for value in centred(self.logits(row))] for row in range(self.length)]
        weights = np.exp(np.array(rows))
        return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def centred(logits: Sequence[Fraction]) -> list[Fraction]:
    """Shift logits so that the greatest is 0, and cut them off where a float would be 0 anyway.

    Examples
    --------
    >>> centred([Fraction(1), Fraction(3)])
    [Fraction(-2, 1), Fraction(0, 1)]
    """
    greatest = max(logits)
    return [max(value - greatest, Fraction(-10000)) for value in logits]
