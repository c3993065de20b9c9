"""Rounding, exactly: number formats, and functions that are computed in few bits."""

from algebra.lazy import lazy_face

__getattr__, __dir__, __all__ = lazy_face(__name__, __file__)
