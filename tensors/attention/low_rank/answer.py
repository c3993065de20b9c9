"""What is known of the least head size of an attention matrix: bounds, witness, scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from algebra.exact.pickling import frozen_hash
from algebra.shown import Shown

if TYPE_CHECKING:
    from flint import fmpq_mat

    from algebra.evidence import Bounds
    from algebra.exact.logarithms import LogMatrix


@dataclass(frozen=True)
class Witness(Shown):
    """A minor that is not zero: no smaller head size will do.

    Attributes
    ----------
    keys, queries : tuple of int
        Its rows and columns; for a joint score matrix A, rows and columns of A.
    reference : int or None
        The key whose row is subtracted from the others; None if shifts are fixed already.
    determinant : str
        Exact, or a ball that excludes 0.
    """

    keys: tuple[int, ...]
    queries: tuple[int, ...]
    reference: int | None
    determinant: str


@dataclass(frozen=True)
class Contradiction(Shown):
    """Dependent tokens whose scores are not: no weights exist, of any head size.

    Attributes
    ----------
    side : str
        "keys" or "queries": which of the two the relation is applied to.
    relation : tuple of str
        Rational numbers v with sum_k v_k x_k = 0.
    at : int
        The query (for keys) or the key (for queries) at which the same combination of the scores is not 0.
    value : str
        That combination, exactly; the scores are shifted as far as shifts can help.
    """

    side: str
    relation: tuple[str, ...]
    at: int
    value: str


@dataclass(frozen=True)
class HeadSize(Shown):
    """The least head size, or why there is none.

    Attributes
    ----------
    representable : bool
        Whether some head size will do.
    bounds : Bounds or None
        Of the least one; None if there is none.
    reason : str
        Why it is so, in a sentence.
    witness : Witness or None
        That no smaller size than the lower bound will do; None if that bound is 0.
    scores : tuple of LogMatrix
        Scores X^T A X of the rank that is the upper bound, one matrix for each pair; empty if there are none.
    solution : LogMatrix or None
        A itself, if it was solved for.
    tokens : tuple of (fmpq_mat or None)
        The X of each pair.
    contradiction : Contradiction or None
        Why there are no weights, if one pair of dependent tokens was asked about.
    """

    representable: bool
    bounds: Bounds | None
    reason: str
    witness: Witness | None
    scores: tuple[LogMatrix, ...] = ()
    solution: LogMatrix | None = None
    tokens: tuple[fmpq_mat | None, ...] = ()
    contradiction: Contradiction | None = None

    __hash__ = frozen_hash

    def fits(self, head_size: int) -> bool | None:
        """Tell whether there are weights of this head size; None where the bounds leave it open.

        Parameters
        ----------
        head_size : int

        Returns
        -------
        bool or None

        Examples
        --------
        >>> from tensors.attention.low_rank.head_size import least_head_size
        >>> from tensors.attention.low_rank.scores import scores_of_logits
        >>> least_head_size(scores_of_logits([[0, 0, 0], [0, 1, 0], [0, 0, 1]])).fits(1)
        False
        """
        if self.bounds is None or head_size < self.bounds.lower:
            return False
        return True if self.bounds.upper is not None and head_size >= self.bounds.upper else None
