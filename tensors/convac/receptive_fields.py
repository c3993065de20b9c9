"""Receptive-field arithmetic, and the overlap theorem that it feeds.

Along one axis, layers 1 … K with windows R_l and strides S_l have total stride ``T_S = S_1 ... S_K`` and total
receptive field ``T_R = 1 + sum (R_l - 1) T_S^(l-1)``; ``T_R > T_S`` measures overlap. The alpha-minimal receptive field
is the least total receptive field above alpha that smaller windows ``S_l <= t_l <= R_l`` can have.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from algebra.memory import power
from tensors.convac.offset_paths import path_base

if TYPE_CHECKING:
    from tensors.convac.architecture import ConvACArchitecture


def total_stride(strides: Sequence[int]) -> int:
    """Stride of the last of these layers in cells of the input.

    Parameters
    ----------
    strides : sequence of int
        Along one axis, the lowest layer first.

    Returns
    -------
    int

    Examples
    --------
    >>> total_stride([1, 2, 1])
    2
    """
    return prod(strides)


def total_receptive_field(windows: Sequence[int], strides: Sequence[int]) -> int:
    """Cells of the input that one window of the last layer sees.

    Parameters
    ----------
    windows, strides : sequence of int
        Along one axis, the lowest layer first.

    Returns
    -------
    int

    Examples
    --------
    >>> total_receptive_field([5, 2, 5], [1, 2, 1])
    14
    """
    return 1 + sum((r - 1) * prod(strides[:k]) for k, r in enumerate(windows))


def minimal_receptive_field(windows: Sequence[int], strides: Sequence[int], alpha: int) -> int | None:
    """Return the alpha-minimal receptive field, or None if no choice of windows exceeds alpha.

    The windows of a layer may shrink down to its stride (a layer whose window is below its stride: down to 1).

    Parameters
    ----------
    windows, strides : sequence of int
        Along one axis, the lowest layer first.
    alpha : int
        Cells that are to be exceeded.

    Returns
    -------
    int or None

    Examples
    --------
    >>> minimal_receptive_field([5, 2, 5], [1, 2, 1], 8), minimal_receptive_field([3, 3, 3, 3], [1, 1, 1, 1], 12)
    (9, None)
    """
    reachable = {1}
    for k, (window, stride) in enumerate(zip(windows, strides, strict=True)):
        unit = prod(strides[:k])
        least = stride if stride <= window else 1
        reachable = {total + (t - 1) * unit for total in reachable for t in range(least, window + 1)}
    return min((total for total in reachable if total > alpha), default=None)


@dataclass(frozen=True)
class OverlapBound:
    """The overlap theorem at one layer.

    Parameters
    ----------
    layer : int
        K, counted from 1.
    base : int
        D, the number of channels that can be told apart.
    exponent : int
    """

    layer: int
    base: int
    exponent: int

    @property
    def value(self) -> int:
        """``base ** exponent``."""
        return power(self.base, self.exponent)


def overlap_bound(architecture: ConvACArchitecture, axis: int) -> OverlapBound | None:
    """Best bound of the overlap theorem for the partition of an axis into halves, or None where it says nothing.

    Sharir and Shashua (ICLR 2018, arXiv:1703.02065), restated: for almost all weights the rank is at least
    ``D^(floor((H - T)/T_S + 1) * prod ceil(H_j / T_S,j))`` with H the even length of the halved axis, T its
    alpha-minimal receptive field for alpha = H/2 through layer K (not the last one), and one factor for each other
    axis j; ``D = min(M, C_K, floor(C_l / 2) for l < K)``. It needs weights that depend on the offset, and either
    ``clip`` borders up to layer K, or K = 1 with stride 1 and a ``same`` border.

    Parameters
    ----------
    architecture : ConvACArchitecture
    axis : int
        The axis that is cut in the middle.

    Returns
    -------
    OverlapBound or None

    Examples
    --------
    >>> from tensors.convac import ConvAC, Layer
    >>> net = ConvAC((8, 8), 2, [Layer(5, 1, 2, sharing="sliding"), Layer(8, 8, 1)])
    >>> overlap_bound(net, 1)
    OverlapBound(layer=1, base=2, exponent=32)
    """
    size = architecture.input_shape[axis]
    if size % 2 or architecture.vanishes or not all(grid.all() for grid in architecture.covered):
        return None
    depths = range(1, len(architecture.layers))
    found = [_overlap_at(architecture, axis, k) for k in depths if _applies(architecture, k)]
    return max((bound for bound in found if bound is not None), key=lambda bound: bound.value, default=None)


def _applies(architecture: ConvACArchitecture, k: int) -> bool:
    layers = architecture.layers[:k]
    if not all(layer.knows_offsets for layer in layers):
        return False
    if all(layer.border == "clip" for layer in layers):
        return True
    return k == 1 and layers[0].border == "same" and set(layers[0].stride) == {1}


def _overlap_at(architecture: ConvACArchitecture, axis: int, k: int) -> OverlapBound | None:
    layers, shape = architecture.layers[:k], architecture.input_shape
    windows, strides = [layer.window[axis] for layer in layers], [layer.stride[axis] for layer in layers]
    size = shape[axis]
    field = minimal_receptive_field(windows, strides, size // 2)
    if field is None or field > size:
        return None
    others = (-(-h // total_stride([layer.stride[j] for layer in layers])) for j, h in enumerate(shape) if j != axis)
    exponent = ((size - field) // total_stride(strides) + 1) * prod(others)
    return OverlapBound(k, path_base(architecture, k, agree=0), exponent)
