"""Convolutional arithmetic circuits as users write them: an architecture that answers for its ranks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tensors.convac.architecture import ConvACArchitecture
from tensors.convac.question import matricization_rank

if TYPE_CHECKING:
    from algebra.evidence.bounds import Bounds


class ConvAC(ConvACArchitecture):
    """A convolutional arithmetic circuit on a grid of patches.

    Its parameters are those of `ConvACArchitecture`: ``input_shape``, ``templates``, ``layers``, and ``output``.

    Examples
    --------
    >>> from tensors.convac import Layer
    >>> net = ConvAC(8, 3, [Layer(2, 2, 3), Layer(2, 2, 4), Layer(2, 2, 6)])
    >>> net.label, net.rank("odd-even")
    ('convac:8:M3:w2s2c3-w2s2c4-w2s2c6', 81 (proved))
    """

    def rank(self, row_side: str | Sequence[int], seed: int = 0) -> Bounds:
        """Bound the generic rank of the grid tensor's matricization; see `tensors.convac.matricization_rank`.

        Parameters
        ----------
        row_side : str or sequence of int
            A name such as ``left``, or flat positions; see `tensors.matricization.row_positions`.
        seed : int
            Of every random choice.

        Returns
        -------
        Bounds
        """
        return matricization_rank(self, row_side, seed=seed)
