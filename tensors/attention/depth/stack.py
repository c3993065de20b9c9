"""What users type: a stack of attention layers and the ranks that it separates its tokens with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensors.attention.depth.architecture import StackArchitecture
from tensors.attention.depth.question import MOST_WORK
from tensors.attention.depth.rules import whole_bound
from tensors.attention.depth.separation import rank_of_degree, separation_rank

if TYPE_CHECKING:
    from algebra.evidence.bounds import Bounds
    from algebra.evidence.reason import Reason
    from tensors.attention.depth.separation import Separation


class AttentionStack(StackArchitecture):
    """A stack of attention layers without softmax, and two groups of tokens; see `StackArchitecture` for the fields.

    Examples
    --------
    >>> stack = AttentionStack(width=2, heads=1, head_size=2, layers=3, tokens=(2, 2))
    >>> stack.separation_rank()
    232 (proved)
    >>> stack.rank_of_degree(8)
    42 (proved)
    """

    def separation_rank(self, seed: int = 0, log2_error: float | None = None) -> Bounds:
        """Bound the separation rank for almost all weights; see `separation`."""
        return self.separation(seed, log2_error).whole

    def separation(self, seed: int = 0, log2_error: float | None = None, most_work: int = MOST_WORK) -> Separation:
        """Bound the separation rank, and the rank of each degree; where they are large, as far as the work allows."""
        return separation_rank(self, seed, log2_error, most_work)

    def rank_of_degree(self, k: int, seed: int = 0, log2_error: float | None = None) -> Bounds:
        """Bound the rank of f_k."""
        return rank_of_degree(self, k, seed, log2_error)

    def upper_bound(self) -> Reason:
        """Return the least upper bound that a theorem gives, without evaluating anything."""
        return whole_bound(self)
