"""Arithmetic of limited precision, exactly: formats, tie rules, stochastic rounding, and laws of what is computed."""

from algebra.lazy import lazy_face

__getattr__, __dir__, __all__ = lazy_face(__name__, __file__)
