"""Convolutional arithmetic circuits: their grid tensors, and the ranks of these across partitions of the patches."""

from algebra.lazy import lazy_face
from tensors.convac.grid_tensor import grid_tensor as grid_tensor  # at once: else its module would stand in its place

__getattr__, __dir__, __all__ = lazy_face(__name__, __file__)
