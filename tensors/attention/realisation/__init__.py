"""Sparse attention matrices realised by inputs to fixed weights, in few dimensions, verified without exponentials."""

from algebra.lazy import lazy_face

__getattr__, __dir__, __all__ = lazy_face(__name__, __file__)
