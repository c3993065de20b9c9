"""Degree and height of a circuit's values, for `algebra.evidence.error`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from algebra.evidence.error import EntrySize

if TYPE_CHECKING:
    from tensors.convac.architecture import ConvACArchitecture


def value_size(architecture: ConvACArchitecture, bits: int) -> EntrySize:
    """Bound a circuit's value, as a polynomial in weights and input vectors, if every number drawn has so many bits.

    Examples
    --------
    >>> from tensors.convac import ConvAC, Layer
    >>> value_size(ConvAC(4, 2, [Layer(4, 4, 3)]), 10)
    EntrySize(degree=9, log2_height=100, poles=0)
    """
    degree, height = 1, bits
    for layer, channels in zip(architecture.layers, architecture.channels, strict=False):
        degree = layer.offsets * (degree + 1)
        height = layer.offsets * (height + bits + channels.bit_length())
    return EntrySize(degree + 1, height + bits + architecture.layers[-1].channels.bit_length())
