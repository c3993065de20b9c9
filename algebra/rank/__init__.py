"""Exact ranks: modulo a prime, one matrix or many, over the rationals, and in floats with stated bounds."""

from algebra.lazy import lazy_face

__getattr__, __dir__, __all__ = lazy_face(__name__, __file__)
