"""The Jacobian of an attention network as a matrix with generic entries, for `algebra.evidence.evaluation`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.evidence.error import WORD, log2_trial_error
from algebra.evidence.evaluation import Evaluation, WholeMatrix
from tensors.attention.functions.certify import logits_json
from tensors.attention.functions.height import entry_size
from tensors.attention.functions.residue_jacobian import free_weights, jacobian

if TYPE_CHECKING:
    from collections.abc import Sequence

    from algebra.evidence.evaluation import Seen
    from algebra.rank.field import PrimeField
    from tensors.attention.functions.architecture import AttentionArchitecture


@dataclass(frozen=True)
class AttentionJacobian(Evaluation):
    """The Jacobian of weights to functions of an attention network, as a matrix with generic entries.

    Rows are samples (an input with a covector on the outputs), columns are the weights that the gauge leaves free.

    Parameters
    ----------
    network : AttentionArchitecture
        Without invisible widths (`tensors.attention.functions.reduction.reduced`), perhaps with fewer tokens.
    """

    network: AttentionArchitecture

    @property
    def label(self) -> str:
        """Label of the network that is evaluated."""
        return self.network.label

    @property
    def rule(self) -> str:
        """Name of a rank that is seen."""
        return "residue-jacobian" if self.network.kind == "softmax" else "jacobian"

    def suits(self, prime: int) -> bool:
        """Tell whether the prime does not divide the power of the scores."""
        return self.network.score_power % prime != 0

    def at(self, field: PrimeField, key: str, rows: int, word_size: int) -> WholeMatrix:
        """Evaluate under a key; see `jacobian`."""
        return WholeMatrix(jacobian(self.network, field, key, rows, word_size), field.prime)

    def log2_error(self, rank: int, rows: int, word_size: int) -> float:
        """Bound how seldom a trial misses a rank; see `algebra.evidence.error`."""
        return log2_trial_error(entry_size(self.network, WORD * word_size, rows), rank, word_size)

    def details(self, seen: Seen) -> dict[str, Any]:
        """Return prime and key; the word size only where it is not 1."""
        return {"prime": seen.prime, "key": seen.key, **({"word_size": seen.word_size} if seen.word_size > 1 else {})}

    def minor_json(self, seen: Seen, rows: Sequence[int], columns: Sequence[int]) -> dict[str, Any]:
        """Name the samples and the weights of a minor; of deep softmax also why the exponentials are independent."""
        network = self.network
        weights = np.flatnonzero(np.concatenate([free_weights(network, i) for i in range(network.depth)]))
        several = network.kind == "softmax" and network.depth > 1 and network.tokens > 1
        return {
            "rule": "jacobian-minor",
            "widths": list(network.widths),
            "head_sizes": list(network.head_sizes),
            "tokens": network.tokens,
            **self.details(seen),
            "rows": list(rows),
            "columns": [int(weights[i]) for i in columns],
            "logits": logits_json(network) if several else None,
        }

    def explain(self, seen: Seen) -> str:
        """Say where the rank was seen."""
        where = f"weights and samples of {self.label} from {seen.key!r}"
        return f"{seen.rank} <= dim: rank of the evaluated Jacobian modulo {seen.prime}, {where}"
