"""Queries for given sign vectors as keys: a k x k Gram system a row makes the logits on the support exact."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from flint import fmpz_mat
from numpy.typing import NDArray

from algebra.exact.integers import LIMIT
from algebra.exact.logarithms import log_above, rounded_log
from algebra.types import Floats
from tensors.attention.realisation.demand import Precision, SparseTarget
from tensors.attention.realisation.facts import Facts
from tensors.attention.realisation.realisation import Realisation

BLOCK_ROWS = 1024
PROBED_ROWS = 64
FIRST_ROWS = 4


@dataclass(frozen=True)
class Plan:
    """Scales of the rows, and what they are expected to give; found in floating point.

    Parameters
    ----------
    scales : float array (L,)
        beta: the least wanted logit of each row.
    margin : float
        ``1 - max_off <q_i, y_j>``, least over all rows, for queries whose logits on the support are all 1.
    spread : float
        Largest difference of two logits off a support.
    logit_range : float
        Largest difference of two logits in a row.
    """

    scales: Floats
    margin: float
    spread: float
    logit_range: float

    def meets(self, precision: Precision, margin: float, most_range: float) -> bool:
        """Tell whether an exact realisation with these scales is worth making."""
        good = self.margin >= margin and self.logit_range <= most_range
        return good and (precision.uniform is None or self.spread < math.log1p(precision.uniform))


@dataclass(frozen=True)
class SignSystem:
    """The Gram systems of a target for sign vectors as keys.

    Parameters
    ----------
    keys : int64 array (L x d)
        Entries 1 and -1.
    target : SparseTarget
    precision : Precision
    """

    keys: NDArray[np.int64]
    target: SparseTarget
    precision: Precision

    @cached_property
    def _floats(self) -> Floats:
        return self.keys.astype(np.float64)

    @cached_property
    def _wanted(self) -> float:
        return float(self.wanted_gap)

    @cached_property
    def wanted_gap(self) -> Fraction:
        """A little more than ``log(1/eps_1)``."""
        bits = self.precision.bits
        return log_above(1 / self.precision.zeros, bits) + Fraction(1, 1 << bits)

    @cached_property
    def logs(self) -> dict[Fraction, Fraction]:
        """Rounded logarithms of the nonzero entries over the least of their row."""
        return {ratio: rounded_log(ratio, self.precision.bits) for ratio in self.target.all_ratios}

    def plan(self, margin: float = 0.0, most_range: float = math.inf) -> Plan | None:
        """Choose the scales; None where a first block of rows shows that margin, range or spread is out of reach."""
        length = self.target.length
        ends = [*range(PROBED_ROWS, length, BLOCK_ROWS), length]
        blocks = []
        # Most keys that are too short fail at once: a few rows are looked at before all of the first block.
        for start, end in [(0, min(FIRST_ROWS, length)), *pairwise([0, *ends])]:
            block = self._block(np.arange(start, end), margin)
            if block is None or not block.meets(self.precision, margin, most_range):
                return None
            blocks.append(block)
        blocks = blocks[1:]
        return Plan(
            np.concatenate([block.scales for block in blocks]),
            min(block.margin for block in blocks),
            max(block.spread for block in blocks),
            max(block.logit_range for block in blocks),
        )

    def _block(self, rows: NDArray[np.int64], least: float) -> Plan | None:
        """Choose the scales of some rows; None where the margin is not above 0, or not the least that is wanted."""
        ones, logs = self._scores(rows)
        if ones is None:
            return None
        supports = [self.target.supports[row] for row in rows]
        sizes = [len(support) for support in supports]
        on = np.repeat(np.arange(len(rows)), sizes), np.array([j for support in supports for j in support])
        ones[on] = -np.inf
        tops = ones.max(axis=1)  # minus infinity where nothing is off the support
        margin = float((1 - tops).min())
        if margin <= 1e-9 or margin < least:
            return None

        if logs is None:  # then scores off a support are multiples of `ones`
            needed, heights = self._wanted / (1 - tops), np.zeros(len(rows))
        else:
            needed = ((self._wanted + logs) / (1 - ones)).max(axis=1)
            heights = np.array([max(float(self.logs[ratio]) for ratio in self.target.ratios(row)) for row in rows])
        scales = np.ceil((np.maximum(needed, 0) * (1 + 1e-12) + 2.0**-20) * 4096) / 4096

        ones[on] = np.inf
        if logs is None:
            greatest, lowest = scales * tops, scales * ones.min(axis=1)
        else:
            scores = scales[:, None] * ones + logs
            lowest = scores.min(axis=1)
            scores[on] = -np.inf
            greatest = scores.max(axis=1)
        spread = float((greatest - lowest)[np.isfinite(tops)].max(initial=0.0))
        ranges = scales + heights - np.minimum(lowest, scales)
        return Plan(scales, margin, spread, float(ranges.max()))

    def _scores(self, rows: NDArray[np.int64]) -> tuple[Floats | None, Floats | None]:
        """Return the scores of all keys for queries with logits 1, and with the logarithms, on the support.

        The second are None where all logarithms are 0; the first where a Gram matrix is singular.
        """
        keys, d = self._floats, self.keys.shape[1]
        ones, logs = np.zeros((len(rows), d)), np.zeros((len(rows), d))
        sizes = np.array([len(self.target.supports[row]) for row in rows])
        for size in np.unique(sizes):
            places = np.nonzero(sizes == size)[0]
            chosen = keys[np.array([self.target.supports[rows[place]] for place in places])]
            right = np.ones((len(places), size, 2))
            right[:, :, 1] = 0
            if not self.target.is_uniform:
                right[:, :, 1] = [[float(self.logs[r]) for r in self.target.ratios(rows[place])] for place in places]
            try:
                solved = np.linalg.solve(chosen @ chosen.transpose(0, 2, 1), right)
            except np.linalg.LinAlgError:
                return None, None
            both = chosen.transpose(0, 2, 1) @ solved
            ones[places], logs[places] = both[:, :, 0], both[:, :, 1]
        return ones @ keys.T, None if self.target.is_uniform else logs @ keys.T

    def realise(self, plan: Plan, method: str, facts_of: Callable[[float, float | None], Facts]) -> Realisation | None:
        """Solve the Gram systems exactly for the logits that the plan's scales ask for; None if one is singular.

        Parameters
        ----------
        plan : Plan
        method : str
            Name of the construction.
        facts_of : callable
            From the greatest scale and the margin to what is told of the construction.

        Returns
        -------
        Realisation or None
        """
        coefficients, denominators = [], []
        for i, support in enumerate(self.target.supports):
            scale = Fraction(float(plan.scales[i]))
            wanted = [scale + self.logs[ratio] for ratio in self.target.ratios(i)]
            solved = self._solve(support, wanted)
            if solved is None:
                return None
            coefficients.append(solved[0])
            denominators.append(solved[1])
        margin = plan.margin if math.isfinite(plan.margin) else None  # without zeros there is nothing to stay above
        facts = facts_of(float(plan.scales.max()), margin)
        return Realisation(self.keys, self._queries(coefficients), tuple(denominators), method, facts)

    def _solve(self, support: tuple[int, ...], wanted: list[Fraction]) -> tuple[list[int], int] | None:
        chosen = self._floats[list(support)]
        gram = (chosen @ chosen.T).astype(np.int64)
        common = math.gcd(*gram.ravel().tolist())
        scale = math.lcm(*(value.denominator for value in wanted))
        right = fmpz_mat(len(wanted), 1, [int(value * scale) for value in wanted])
        matrix = fmpz_mat(len(wanted), len(wanted), (gram // common).ravel().tolist())
        try:
            numerators, denominator = matrix.solve(right).numer_denom()
        except ZeroDivisionError:
            return None
        values, bottom = [int(value) for value in numerators.entries()], int(denominator) * common * scale
        divisor = math.gcd(bottom, *values) * (1 if bottom > 0 else -1)
        return [value // divisor for value in values], bottom // divisor

    def _queries(self, coefficients: list[list[int]]) -> NDArray[Any]:
        """Combine the keys: in int64 where that is certain to be enough."""
        largest = max(sum(map(abs, row)) for row in coefficients)
        kind: Any = np.int64 if 2 * largest < LIMIT else object
        keys = self.keys.astype(kind)
        queries = np.zeros(self.keys.shape, kind)
        for place in range(self.target.k):
            rows = [i for i, row in enumerate(coefficients) if len(row) > place]
            factors = np.array([coefficients[i][place] for i in rows], kind)
            queries[rows] += factors[:, None] * keys[[self.target.supports[i][place] for i in rows]]
        return queries
