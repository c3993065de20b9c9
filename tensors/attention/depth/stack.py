"""What users type: a stack of attention layers and the ranks that it separates its tokens with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from algebra.shown import Shown
from tensors.attention.depth.architecture import StackArchitecture
from tensors.attention.depth.question import MOST_WORK
from tensors.attention.depth.rules import whole_bound
from tensors.attention.depth.separation import rank_of_degree, separation_rank

if TYPE_CHECKING:
    from algebra.evidence.bounds import Bounds
    from algebra.evidence.reason import Reason
    from tensors.attention.depth.separation import StackSeparation


class AttentionStack(StackArchitecture, Shown):
    """A stack of attention layers without softmax, and two groups of tokens; see `StackArchitecture` for the fields.

    Parameters
    ----------
    width : int
        d, coordinates of a token.
    heads : int
        H in each layer.
    head_size : int
        a, at most the width.
    layers : int
        L.
    tokens : (int, int)
        N_A and N_B: tokens in the group of the output, and in the other.
    embedding_rank : int, optional
        All tokens lie in a space of this dimension; default: the width.
    residual : bool
        Whether every layer adds its input to what it gives.
    vocabulary : int, optional
        Tokens are so many words with generic embeddings; default: any vectors.
    positions : bool
        Whether a generic vector of its position is added to each word.
    pooled : bool
        Whether the output is the sum over all tokens, instead of that at one of the N_A.

    Examples
    --------
    >>> stack = AttentionStack(width=2, heads=1, head_size=2, layers=3, tokens=(2, 2))
    >>> stack.separation_rank()
    232 (proved)
    >>> stack.rank_of_degree(8)
    42 (proved)
    """

    def separation_rank(self, seed: int = 0, log2_error: float | None = None) -> Bounds:
        """Bound the separation rank for almost all weights; see `separation`.

        Parameters
        ----------
        seed : int
            Any integer: the seed of every random choice.
        log2_error : float, optional
            Target for log2 of the error probability of each degree; default: -64.

        Returns
        -------
        Bounds
        """
        return self.separation(seed, log2_error).whole

    def separation(self, seed: int = 0, log2_error: float | None = None, most_work: int = MOST_WORK) -> StackSeparation:
        """Bound the separation rank, and the rank of each degree; where they are large, as far as the work allows.

        Parameters
        ----------
        seed : int
            Any integer: the seed of every random choice.
        log2_error : float, optional
            Target for log2 of the error probability of each degree; default: -64.
        most_work : int
            Multiplications that all degrees together may take; a thousand million take a second or two.

        Returns
        -------
        StackSeparation
        """
        return separation_rank(self, seed, log2_error, most_work)

    def rank_of_degree(self, k: int, seed: int = 0, log2_error: float | None = None) -> Bounds:
        """Bound the rank of f_k.

        Parameters
        ----------
        k : int
            The degree.
        seed : int
            Any integer: the seed of every random choice.
        log2_error : float, optional
            Target for log2 of the error probability; default: -64.

        Returns
        -------
        Bounds
        """
        return rank_of_degree(self, k, seed, log2_error)

    def upper_bound(self) -> Reason:
        """Return the least upper bound that a theorem gives, without evaluating anything.

        Returns
        -------
        Reason
        """
        return whole_bound(self)
