"""Convolutional arithmetic circuits as users write them: an architecture that answers for its ranks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

from tensors.convac.architecture import ConvACArchitecture
from tensors.convac.layer import sizes_of
from tensors.convac.stacks import stack_of

if TYPE_CHECKING:
    from algebra.evidence.bounds import Bounds


class ConvAC(ConvACArchitecture):
    """A convolutional arithmetic circuit on a grid of patches.

    Its parameters are those of `ConvACArchitecture`: ``input_shape``, ``templates``, ``layers``, and ``output``.

    Parameters
    ----------
    input_shape : int or tuple of int
        Patches along each axis of the grid.
    templates : int
        M, the number of templates that every patch may show, and of representation functions.
    layers : sequence of Layer
        From input to output; the last one leaves one position.
    output : {"linear", "single"}
        ``linear``: a weighted sum of the last layer's channels. ``single``: its first channel.

    Examples
    --------
    >>> from tensors.convac import Layer
    >>> net = ConvAC(8, 3, [Layer(2, 2, 3), Layer(2, 2, 4), Layer(2, 2, 6)])
    >>> net.label, net.rank("odd-even")
    ('convac:8:M3:w2s2c3-w2s2c4-w2s2c6', 81 (proved))
    """

    @classmethod
    def stack(
        cls,
        input_shape: int | Sequence[int],
        templates: int,
        channels: int | Sequence[int],
        windows: Any,
        strides: Any = None,
        depth: int | None = None,
        *,
        border: str = "clip",
        sharing: str = "none",
        output: str = "linear",
    ) -> Self:
        """Return a stack of like layers, whose last one is a product over what the others leave of the grid.

        Parameters
        ----------
        input_shape : int or sequence of int
            Patches along each axis.
        templates : int
        channels : int or sequence of int
            Of every layer, or one number for each.
        windows, strides : int, tuple or list
            Of every layer: a number, or a tuple with one for each axis; a list has one entry a layer. Without strides
            windows do not overlap. Windows are cut off where the grid has become smaller. The last entry of a list
            stands for all layers that follow.
        depth : int, optional
            Number of layers, the last product included; fewer if the grid is one position before. Default: that of
            the lists, or as many as leave one position.
        border, sharing : str
            See `ConvLayer`.
        output : str
            See `ConvACArchitecture`.

        Returns
        -------
        ConvAC
            Of the class whose method it is.

        Raises
        ------
        InputError
            Naming the argument, its value and what is allowed.

        Examples
        --------
        >>> ConvAC.stack(8, templates=2, channels=3, windows=2).label
        'convac:8:M2:w2s2c3-w2s2c3-w2s2c3'
        >>> ConvAC.stack((8, 8), templates=2, channels=2, windows=3, strides=1, depth=3).label
        'convac:8x8:M2:w3x3s1x1c2-w3x3s1x1c2-w8x8s8x8c2'
        >>> ConvAC.stack(8, 2, [2, 3, 1], windows=[3, 4], strides=[1, 4], depth=3).label
        'convac:8:M2:w3s1c2-w4s4c3-w2s2c1'
        """
        shape = sizes_of("input_shape", input_shape)
        return cls(shape, templates, stack_of(shape, channels, windows, strides, depth, border, sharing), output)

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
        from tensors.convac.question import matricization_rank

        return matricization_rank(self, row_side, seed=seed)
