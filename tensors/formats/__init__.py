"""Tensor formats of shallow, deep and recurrent circuits, exact conversions between them, and tensorly's objects."""

from algebra.lazy import lazy_face

__getattr__, __dir__, __all__ = lazy_face(__name__, __file__)
