"""The rank of a softmax matrix: the question, for `algebra.evidence.generic_rank`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.evidence.checker.softmax import can_be_evaluated
from algebra.evidence.evaluation import look
from algebra.evidence.generic_rank import AtLeast, AtMost, GenericRank, Known
from algebra.evidence.reason import Reason
from algebra.rank import DEFAULT_PRIME
from algebra.rank.primes import random_prime
from tensors.attention.softmax.residues import PRIME_BITS, PowersOfQ, prove_rank_at_most

if TYPE_CHECKING:
    from collections.abc import Iterator

    from algebra.evidence.generic_rank import Lower, RankEvidence
    from algebra.types import Array
    from tensors.attention.softmax.logits import SoftmaxLogits


SMALL_TRIES = 2
"""At residues modulo a 23-bit prime. A residue of small order may show too small a rank; two of them seldom do."""

LARGE_TRIES = 2
"""At residues modulo random 62-bit primes, to which other exponents look equal. How seldom each misses a larger rank
says `log2_miss`."""


@dataclass(frozen=True, eq=False)
class SoftmaxRank(GenericRank):
    """The rank of a softmax matrix: that of a matrix of powers of a variable q."""

    matrix: SoftmaxLogits

    @property
    def label(self) -> str:
        """Label of the matrix."""
        return self.matrix.label

    @property
    def powers(self) -> PowersOfQ:
        """What is evaluated."""
        return PowersOfQ(self.matrix)

    def arguments(self, known: Known) -> Iterator[AtLeast | AtMost]:
        """Count distinct keys and queries, evaluate at residues, then prove that no minor is larger."""
        core, powers = self.matrix.core, self.powers
        distinct = min(core.shape)
        yield AtMost(Reason("distinct-keys" if core.shape[0] == distinct else "distinct-queries", distinct))

        # Small primes first, which the rank core is made for, then random large ones: exponents count modulo p - 1.
        for attempt in range(SMALL_TRIES + LARGE_TRIES):
            key, is_large = f"softmax/{known.seed}/{attempt}", attempt >= SMALL_TRIES
            prime = random_prime(key, PRIME_BITS) if is_large else DEFAULT_PRIME
            yield AtLeast(look(powers, key, distinct, prime, is_random=is_large))

        visible = self.matrix.core_visibility
        if visible is None and _has_rank_one(core):
            yield AtLeast(Reason("total-positivity", distinct))
        rank = known.lower.value
        if prove_rank_at_most(core, rank, visible=visible):
            yield AtMost(Reason("vanishing-minors", rank))

    def repeated(self, known: Known) -> PowersOfQ:
        """Evaluate at residues modulo longer primes."""
        return self.powers

    def certified(self, evidence: RankEvidence) -> tuple[Lower, Reason | None]:
        """Return what the checker can follow.

        An upper bound below the number of distinct keys and queries is certified by one evaluation at a power of 2;
        where that would take the checker too long, the certificate claims the number of distinct ones instead. Where
        total positivity is the reason, the certificate's lower bound is what the residue shows.
        """
        core = self.matrix.core
        assert evidence.seen is not None
        assert evidence.upper is not None
        upper, shape = evidence.upper.value, core.shape
        if upper < min(shape) and can_be_evaluated(self._with_none(), upper):
            return evidence.seen, Reason("evaluation", upper)
        return evidence.seen, Reason("distinct-rows" if shape[0] <= shape[1] else "distinct-columns", min(shape))

    def claim(self) -> dict[str, Any]:
        """Return what is claimed."""
        return {"quantity": "softmax-rank", "label": self.label, "logits": self.matrix.texts()}

    def _with_none(self) -> list[list[int | None]]:
        """Return the core as the checker has it: None where a key is blocked."""
        rows: list[list[int | None]] = self.matrix.core.tolist()
        visible = self.matrix.core_visibility
        if visible is None:
            return rows
        pairs = zip(rows, visible.tolist(), strict=True)
        return [[z if seen else None for z, seen in zip(row, sees, strict=True)] for row, sees in pairs]


def _has_rank_one(exponents: Array) -> bool:
    """Tell whether M = u v^T; then a row and a column of it are zero."""
    big = exponents.astype(object)
    i, j = (int(side[0]) for side in np.nonzero(big))
    return bool((big * big[i, j] == np.multiply.outer(big[:, j], big[i])).all())
