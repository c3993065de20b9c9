"""Attention networks, as users write them down and ask for their dimension."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensors.attention.functions.architecture import AttentionArchitecture

if TYPE_CHECKING:
    from algebra.evidence.bounds import Bounds


class AttentionNetwork(AttentionArchitecture):
    r"""Layers :math:`Y = \sum_h V_h X P_h`, with weights :math:`P_h` from the scores :math:`(K_h X)^T (Q_h X)`.

    Tokens are the columns of X; row j, column q of the scores belongs to key j and query q. Values :math:`V_h` are
    free matrices (an output projection is absorbed). The *dimension* is that of the set of all functions
    :math:`X \mapsto Y` that the weights give: the generic rank of the Jacobian of weights to function.

    Parameters
    ----------
    widths : sequence of int
        :math:`(d_0, \ldots, d_l)`: width of a token before and after each layer; at least two, each at least 1.
    head_sizes : int or sequence of int
        Rows of K and Q, one number for each layer (one integer for all).
    heads : int or sequence of int
        Heads of each layer (one integer for all).
    kind : {"lightning", "polynomial", "normalised", "softmax"}
        What becomes of the scores: nothing; their `score_power`-th power; division by the sums of their columns;
        softmax of their columns.
    tokens : int
        Number n of tokens.
    score_power : int
        For the kind ``"polynomial"`` only; the power 1 is lightning attention.
    causal : bool
        Whether query q sees the keys j ≤ q only. The weights of the others are exact zeros.
    residual : bool
        Whether every layer adds its input: Y = X + …; all widths must be equal then.

    Raises
    ------
    InputError
        Naming the argument, its value and what is allowed.

    References
    ----------
    .. [1] N. W. Henry, G. L. Marchetti, K. Kohn, Geometry of lightning self-attention: identifiability and dimension,
       ICLR 2025, arXiv:2408.17221.

    Examples
    --------
    >>> network = AttentionNetwork((3, 3, 3), (1, 2))
    >>> network.label, network.parameters
    ('attention:lightning:3-3-3:a1-2:n2', 36)
    >>> network.dimension()
    18 (proved)
    """

    def dimension(self, seed: int = 0, log2_error: float | None = None) -> Bounds:
        """Bound the dimension from both sides; see `tensors.attention.functions.dimension.attention_dimension`.

        Parameters
        ----------
        seed : int
            Any integer: the seed of every random choice.
        log2_error : float, optional
            Target for log2 of the error probability; default: -64.

        Returns
        -------
        Bounds
        """
        # Imported when asked: whoever counts, labels or reads networks needs no linear algebra.
        from tensors.attention.functions.dimension import attention_dimension

        return attention_dimension(self, seed=seed, log2_error=log2_error)
